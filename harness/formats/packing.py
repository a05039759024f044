"""Making a package of a folder's files: the same bytes for the same files, keys and times, in constant memory."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from harness.errors import UsageError
from harness.formats.applicationinfo import ApplicationInfo, MsiInfo
from harness.formats.contents import DEFAULT_LIMITS, PackageFile, path_problems
from harness.formats.detectionxml import to_detection_xml
from harness.formats.encryption import encrypt
from harness.formats.entrynames import shown, windows_path
from harness.formats.intunewin import CONTENTS_FOLDER, DETECTION_XML
from harness.model.names import folded

__all__ = ["pack", "TOOL_VERSION", "CONTENT_NAME", "EARLIEST"]

#: The version of Microsoft's tool whose layout is written.
TOOL_VERSION = "1.8.6.0"
CONTENT_NAME = "IntunePackage.intunewin"
#: The first moment a zip file can write down; what packed files get unless told otherwise.
EARLIEST = datetime(1980, 1, 1)  # noqa: DTZ001 - zip files store wall time without a zone
_LATEST = datetime(2107, 12, 31, 23, 59, 58)  # noqa: DTZ001 - see above
_DOS_FOLDER = 0x10
_CHUNK = 1 << 20


def pack(
    files: Iterable[PackageFile],
    setup_file: str,
    out: BinaryIO,
    *,
    random_bytes: Callable[[int], bytes],
    spool: Callable[[], BinaryIO],
    name: str | None = None,
    description: str = "",
    msi_info: MsiInfo | None = None,
    tool_version: str = TOOL_VERSION,
    modified: datetime = EARLIEST,
) -> ApplicationInfo:
    """Write a package to `out` and return its Detection.xml.

    Nothing is written to `out` before all files have been read.

    Args:
        files: in any order; folders count only when nothing lies in them.
        setup_file: the path of the setup file among them, compared as Windows does.
        out: empty and seekable.
        random_bytes: gives keys and initialization vector; `secrets.token_bytes`, or seeded for equal packages.
        spool: makes an empty temporary file, readable, writable and seekable; called twice, closed here.
        name: the app's name; the setup file's unless given, as Microsoft's tool does except for an MSI's product name.
        description: optional text.
        msi_info: what the setup file's MSI tables say, if it is one.
        tool_version: written into Detection.xml.
        modified: wall time of the two outer entries, and of files without one.

    Raises:
        UsageError: if the setup file is not among the files, paths are impossible on Windows, the files are larger
            than an app may be, or a file changes while it is read.
    """
    ordered = _ordered(files)
    setup = _setup_file(ordered, setup_file)
    with spool() as encrypted:
        with spool() as plain:
            _write_inner(ordered, plain, modified)
            size = plain.seek(0, io.SEEK_END)
            encryption = encrypt(plain, encrypted, random_bytes=random_bytes)
        info = ApplicationInfo(
            name=setup.path.rpartition("\\")[2] if name is None else name,
            description=description,
            unencrypted_content_size=size,
            file_name=CONTENT_NAME,
            setup_file=setup.path,
            encryption=encryption,
            tool_version=tool_version,
            msi_info=msi_info,
        )
        _write_outer(info, encrypted, out, modified)
    return info


def _ordered(files: Iterable[PackageFile]) -> list[PackageFile]:
    given = list(files)
    if problems := path_problems(given):
        raise UsageError("\n".join(f"cannot pack {problem}" for problem in problems))
    given = [replace(file, path=windows_path(file.path)) for file in given]
    if (total := sum(file.size_bytes for file in given)) > DEFAULT_LIMITS.total_bytes:
        most = DEFAULT_LIMITS.total_bytes
        raise UsageError(f"cannot pack {total:,} bytes of files, Intune takes {most:,} - is it the right folder?")
    parents = {parent for file in given for parent in _parents(folded(file.path))}
    kept = {folded(file.path): file for file in given if not (file.is_folder and folded(file.path) in parents)}
    return [kept[key] for key in sorted(kept, key=lambda key: key.split("\\"))]


def _parents(path: str) -> list[str]:
    parts = path.split("\\")
    return ["\\".join(parts[:count]) for count in range(1, len(parts))]


def _setup_file(files: list[PackageFile], setup_file: str) -> PackageFile:
    wanted = folded(windows_path(setup_file))
    for file in files:
        if not file.is_folder and folded(file.path) == wanted:
            return file
    import difflib

    paths = {folded(file.path): file.path for file in files if not file.is_folder}
    same_name = [key for key in paths if key.rpartition("\\")[2] == wanted.rpartition("\\")[2]]
    near = [paths[key] for key in same_name[:3] or difflib.get_close_matches(wanted, paths, n=3)]
    hint = f"did you mean {' or '.join(repr(shown(path)) for path in near)}?" if near else "name a file in the folder"
    raise UsageError(f"setup file {shown(setup_file)!r} is not among the {len(paths):,} files to pack - {hint}")


def _write_inner(files: list[PackageFile], plain: BinaryIO, modified: datetime) -> None:
    # 1 is what .NET calls Fastest.
    with ZipFile(plain, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            name, moment = file.path.replace("\\", "/"), file.modified or modified
            if file.open is None:
                _write_entry(archive, f"{name}/", io.BytesIO(), size_bytes=0, modified=moment)
                continue
            with file.open() as data:
                _write_entry(archive, name, data, size_bytes=file.size_bytes, modified=moment)


def _write_outer(info: ApplicationInfo, encrypted: BinaryIO, out: BinaryIO, modified: datetime) -> None:
    size = encrypted.seek(0, io.SEEK_END)
    encrypted.seek(0)
    detection = to_detection_xml(info)
    with ZipFile(out, "w") as archive:
        _write_entry(archive, f"{CONTENTS_FOLDER}/{info.file_name}", encrypted, size_bytes=size, modified=modified)
        _write_entry(archive, DETECTION_XML, io.BytesIO(detection), size_bytes=len(detection), modified=modified)


def _write_entry(archive: ZipFile, name: str, data: BinaryIO, *, size_bytes: int, modified: datetime) -> None:
    """Write a file, compressed as the archive says, or an empty folder, whose name ends in `/`."""
    moment = min(max(modified.replace(tzinfo=None), EARLIEST), _LATEST)
    info = ZipInfo(name, moment.timetuple()[:6])
    info.file_size = size_bytes
    info.compress_type = ZIP_STORED if info.is_dir() else archive.compression
    # Without a ZipInfo this would be the archive's by itself, but then entries have no time. Public from 3.13 on.
    setattr(info, "compress_level" if sys.version_info >= (3, 13) else "_compresslevel", archive.compresslevel)
    info.create_system = 0  # MS-DOS, on every platform
    size = 0
    with archive.open(info, "w") as out:
        while chunk := data.read(_CHUNK):
            size += len(chunk)
            if size <= size_bytes:
                out.write(chunk)
    # Only now, for the directory at the end: a file's 0 would have been taken for permissions that are missing.
    info.external_attr = _DOS_FOLDER if info.is_dir() else 0
    if size != size_bytes:
        raise UsageError(
            f"{shown(name)!r} has {size:,} bytes where {size_bytes:,} were announced"
            " - it changed while it was packed; pack again when nobody writes to it"
        )
