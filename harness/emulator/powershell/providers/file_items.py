"""Files and folders as objects.

Source: learn.microsoft.com, FileInfo, DirectoryInfo, FileVersionInfo classes, about_FileSystem_Provider. As in .NET
Framework, what Get-ChildItem gives is its name in a text, and what Get-Item gives is its path.
"""

from __future__ import annotations

import ntpath
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.powershell.providers.places import Place
from harness.emulator.powershell.providers.registry_items import provider_notes
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import EnumValue, Int64, Value, Version
from harness.emulator.powershell.types.enums import ENUMS
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError
from harness.model.files import FileAttributes, FileInfo, FileVersion

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["file_object", "mode_of"]

_ATTRIBUTES = ENUMS["System.IO.FileAttributes"][0]


def mode_of(info: FileInfo) -> str:
    """Return the column `Mode`: `d-r---`, `-a----`."""
    marks = (
        (FileAttributes.ARCHIVE, "a"),
        (FileAttributes.READONLY, "r"),
        (FileAttributes.HIDDEN, "h"),
        (FileAttributes.SYSTEM, "s"),
        (FileAttributes.REPARSE_POINT, "l"),
    )
    letters = "".join(letter if info.attributes & flag else "-" for flag, letter in marks)
    return ("d" if info.is_directory else "-") + letters


def _attributes(info: FileInfo) -> EnumValue:
    number = int(info.attributes) | (16 if info.is_directory else 0)
    if info.is_directory:
        number &= ~128
    names = [name for name, flag in _ATTRIBUTES.items() if number & flag]
    return EnumValue("System.IO.FileAttributes", ", ".join(names) or "Normal", number)


def file_object(run: ProgramRun, path: str, place: Place | None = None, *, is_child: bool) -> PSObject:
    """Return a file or folder as FileInfo or DirectoryInfo.

    Args:
        run: the process that sees it.
        path: where it is; when nothing is there, an object that says so.
        place: how it was asked for; None for no notes of the provider.
        is_child: whether a text shows its name alone.
    """
    info: FileInfo | None
    try:
        info = run.files.info(path)
    except MachineError:
        info = None
    is_folder = info is not None and info.is_directory
    name = ntpath.basename(path) or path
    kind = "System.IO.DirectoryInfo" if is_folder else "System.IO.FileInfo"
    made = PSObject(
        [kind, "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"],
        text=lambda: name if is_child else path,
        data=path,
    )
    zone = run.machine.clock.time_zone

    def local(value: datetime) -> datetime:
        return value.astimezone(zone).replace(tzinfo=None)

    if place is not None:
        for note, value in provider_notes(place).items():
            made.note(note, value)
        made.note("PSIsContainer", is_folder)
    stem, extension = ntpath.splitext(name)
    facts: dict[str, Value] = {"BaseName": name if is_folder else stem, "Name": name}
    if info is not None:
        facts["Mode"] = mode_of(info)
        if not is_folder:
            facts["Length"] = Int64(info.size_bytes)
    if not is_folder:
        facts |= {
            "DirectoryName": ntpath.dirname(path),
            "IsReadOnly": bool(info and info.attributes & FileAttributes.READONLY),
        }
    facts |= {"Exists": info is not None, "FullName": path, "Extension": extension}
    if info is not None:
        facts |= {
            "CreationTime": local(info.created),
            "CreationTimeUtc": info.created,
            "LastAccessTime": local(info.modified),
            "LastAccessTimeUtc": info.modified,
            "LastWriteTime": local(info.modified),
            "LastWriteTimeUtc": info.modified,
            "Attributes": _attributes(info),
            "LinkType": None,
            "Target": info.target or None,
        }
    for note, value in facts.items():
        _add(made, note, value)
    if info is not None:
        _settable_times(run, made, path)
    above = ntpath.dirname(path)
    made.lazily(
        "Parent" if is_folder else "Directory",
        lambda: file_object(run, above, is_child=False) if above != path else None,
    )
    made.lazily("Root", lambda: file_object(run, path[:3], is_child=False))
    if not is_folder:
        made.lazily("VersionInfo", lambda: _version(run, path))
    made.methods.update(
        delete=lambda *_: run.files.delete(path),
        refresh=lambda: None,
        tostring=lambda: name if is_child else path,
        copyto=lambda target, replaces=False: _copied(run, path, to_text(target), replaces=bool(replaces)),
        moveto=lambda target: run.files.move(path, to_text(target)),
        create=lambda: run.files.make_folder(path),
        getfiles=lambda *_: _below(run, path, folders=False),
        getdirectories=lambda *_: _below(run, path, folders=True),
    )
    return made


def _below(run: ProgramRun, path: str, *, folders: bool) -> list[PSObject]:
    found = [ntpath.join(path, name) for name in run.files.names(path)]
    return [file_object(run, one, is_child=True) for one in found if run.files.info(one).is_directory is folders]


def _add(made: PSObject, name: str, value: Value) -> None:
    made.note(name, value)
    made.members[name.lower()].kind = "Property"


def _copied(run: ProgramRun, path: str, target: str, *, replaces: bool) -> PSObject:
    run.files.copy(path, target, replace=replaces)
    return file_object(run, target, is_child=False)


def _settable_times(run: ProgramRun, made: PSObject, path: str) -> None:
    zone = run.machine.clock.time_zone

    def set_modified(value: Value) -> None:
        run.files.set_times(path, modified=value.replace(tzinfo=zone))

    def set_created(value: Value) -> None:
        run.files.set_times(path, created=value.replace(tzinfo=zone))

    def set_attributes(value: Value) -> None:
        names = {to_text(part).strip().lower() for part in to_text(value).split(",")}
        number = sum(flag for name, flag in _ATTRIBUTES.items() if name.lower() in names)
        run.files.set_attributes(path, FileAttributes(value.number if isinstance(value, EnumValue) else number))

    made.members["lastwritetime"].set = set_modified
    made.members["creationtime"].set = set_created
    made.members["attributes"].set = set_attributes


def _parts(prefix: str, version: FileVersion | None) -> dict[str, int]:
    found = version or FileVersion()
    return {
        f"{prefix}MajorPart": found.major,
        f"{prefix}MinorPart": found.minor,
        f"{prefix}BuildPart": found.build,
        f"{prefix}PrivatePart": found.private,
    }


def _raw(version: FileVersion | None) -> Version:
    found = version or FileVersion()
    return Version(found.major, found.minor, found.build, found.private)


def _version(run: ProgramRun, path: str) -> PSObject:
    """Return the version resource of a file as FileVersionInfo."""
    fixed = run.files.version(path)
    info = run.machine.files.version_info(run.files.info(path).path)
    texts = {name.lower(): text for name, text in (info.texts if info else {}).items()}
    product = info.product_version if info else fixed

    def text(name: str) -> str | None:
        return texts.get(name.lower())

    facts: dict[str, Value] = {
        "FileVersionRaw": _raw(fixed),
        "ProductVersionRaw": _raw(product),
        "Comments": text("Comments"),
        "CompanyName": text("CompanyName"),
        **_parts("File", fixed),
        **_parts("Product", product),
        "FileDescription": text("FileDescription"),
        "FileName": path,
        "FileVersion": text("FileVersion") or (str(fixed) if fixed else None),
        "InternalName": text("InternalName"),
        "LegalCopyright": text("LegalCopyright"),
        "OriginalFilename": text("OriginalFilename"),
        "ProductName": text("ProductName"),
        "ProductVersion": text("ProductVersion") or (str(product) if product else None),
    }
    return PSObject(["System.Diagnostics.FileVersionInfo", "System.Object"], facts, text=lambda: path)
