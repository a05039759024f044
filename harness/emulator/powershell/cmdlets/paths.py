"""Join-Path, Split-Path, Get-Location and its kin, drives.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

import ntpath

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.targets import access_of
from harness.emulator.powershell.providers.access import not_found
from harness.emulator.powershell.providers.places import FILES, REGISTRY, Place, drive_not_found
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import anything, switch, text, texts
from harness.emulator.powershell.runtime.values import UInt64
from harness.emulator.powershell.types.patterns import wildcard

__all__ = ["CMDLETS"]


@cmdlet(
    "Join-Path",
    texts("Path", position=0, is_mandatory=True, from_pipeline=True, from_property=True, aliases=("PSPath",)),
    text("ChildPath", position=1, is_mandatory=True, from_property=True, allows_null=True),
    switch("Resolve"),
)
async def _join_path(call: Call) -> None:
    for path in call["Path"]:
        drive = path.partition(":")[0] if ":" in path and "::" not in path else ""
        if drive:
            try:
                call.shell.locations.place(f"{drive}:\\")
            except Exception as error:
                from harness.emulator.powershell.runtime.errors import ScriptError

                if not isinstance(error, ScriptError):
                    raise
                raise drive_not_found(drive) from error
        joined = _joined(path.replace("/", "\\"), call["ChildPath"].replace("/", "\\"))
        if not call["Resolve"]:
            await call.write(joined)
            continue
        access = access_of(call)
        for place in access.expand(joined):
            access.must_exist(place, joined)
            await call.write(place.path)


def _joined(path: str, child: str) -> str:
    if not path:
        return f"\\{child.lstrip(chr(92))}"
    if not child:
        return path if path.endswith("\\") else f"{path}\\"
    return f"{path.rstrip(chr(92))}\\{child.lstrip(chr(92))}"


@cmdlet(
    "Split-Path",
    texts(
        "Path",
        position=0,
        from_pipeline=True,
        from_property=True,
        sets=("Parent", "Leaf", "Qualifier", "NoQualifier", "IsAbsolute"),
        is_mandatory=True,
    ),
    texts("LiteralPath", aliases=("PSPath",), sets=("LiteralPath",), from_property=True, is_mandatory=True),
    switch("Parent", sets=("Parent",)),
    switch("Leaf", sets=("Leaf",)),
    switch("Qualifier", sets=("Qualifier",)),
    switch("NoQualifier", sets=("NoQualifier",)),
    switch("IsAbsolute", sets=("IsAbsolute",)),
    switch("Resolve"),
    default_set="Parent",
)
async def _split_path(call: Call) -> None:
    for path in call["Path"] or call["LiteralPath"]:
        await call.write(_part(call, path))


def _part(call: Call, path: str) -> str | bool:
    qualifier, colon, rest = path.partition("::") if "::" in path else path.partition(":")
    if call["Qualifier"]:
        if not colon:
            raise call.failure(
                f"Cannot parse path because path '{path}' does not have a qualifier specified.", "ParsePathFormatError",
                "InvalidArgument", path, "System.FormatException",
            )  # fmt: skip
        return qualifier + colon
    if call["NoQualifier"]:
        return rest if colon else path
    if call["IsAbsolute"]:
        return bool(colon)
    stripped = path.rstrip("\\/") if path.rstrip("\\/")[-1:] != ":" else path
    if call["Leaf"]:
        return ntpath.basename(stripped) or stripped
    head = ntpath.dirname(stripped.replace("/", "\\")) if not ("::" in path and "\\" not in rest) else ""
    return "" if head == stripped else head


@cmdlet("Get-Location", text("PSProvider"), text("PSDrive"), switch("Stack"), aliases=("gl", "pwd"))
async def _get_location(call: Call) -> None:
    await call.write(call.shell.locations.current_object())


@cmdlet(
    "Set-Location",
    text("Path", position=0, from_pipeline=True, from_property=True),
    text("LiteralPath", aliases=("PSPath",)),
    switch("PassThru"),
    aliases=("cd", "sl", "chdir"),
)
async def _set_location(call: Call) -> None:
    await _go(call, call["Path"] or call["LiteralPath"] or call.shell.variable("HOME"))
    if call["PassThru"]:
        await call.write(call.shell.locations.current_object())


async def _go(call: Call, written: str) -> None:
    access = access_of(call)
    found = access.expand(written)
    if len(found) != 1 or not access.exists(found[0]) or not access.is_container(found[0]):
        raise not_found(found[0].path if found else written)
    call.shell.locations.move(found[0])


@cmdlet(
    "Push-Location",
    text("Path", position=0, from_pipeline=True),
    text("LiteralPath", aliases=("PSPath",)),
    text("StackName"),
    switch("PassThru"),
    aliases=("pushd",),
)
async def _push_location(call: Call) -> None:
    call.shell.locations.stack.append(call.shell.locations.current)
    if call["Path"] or call["LiteralPath"]:
        await _go(call, call["Path"] or call["LiteralPath"])


@cmdlet("Pop-Location", text("StackName"), switch("PassThru"), aliases=("popd",))
async def _pop_location(call: Call) -> None:
    if call.shell.locations.stack:
        call.shell.locations.move(call.shell.locations.stack.pop())


def _drive(name: str, place: Place, call: Call) -> PSObject:
    facts: dict[str, object] = {}
    if place.provider == FILES and len(name) == 1:
        volume = next(volume for volume in call.run.files.volumes() if volume.drive[:1].upper() == name.upper())
        facts = {"Used": UInt64(volume.size_bytes - volume.free_bytes), "Free": UInt64(volume.free_bytes)}
    return PSObject(
        ["System.Management.Automation.PSDriveInfo", "System.Object"],
        {
            **facts,
            "CurrentLocation": "",
            "Name": name,
            "Provider": place.provider,
            "Root": place.path,
            "Description": "",
        },
        text=lambda: name,
    )


@cmdlet(
    "Get-PSDrive",
    texts("Name", position=0, from_property=True),
    texts("LiteralName"),
    texts("PSProvider"),
    text("Scope"),
    aliases=("gdr",),
)
async def _get_drive(call: Call) -> None:
    known = {
        letter: Place(FILES, f"{letter}:\\", letter, f"{letter}:\\")
        for letter in sorted(call.shell.locations.letters())
    }
    known |= {
        "HKCU": Place(REGISTRY, "HKEY_CURRENT_USER", "HKCU"),
        "HKLM": Place(REGISTRY, "HKEY_LOCAL_MACHINE", "HKLM"),
    }
    known |= {place.drive: place for place in call.shell.locations.drives.values()}
    for name in call["Name"] or [None]:
        found = [key for key in known if name is None or wildcard(name).fullmatch(key)]
        if not found and name is not None:
            await call.error(
                f"Cannot find drive. A drive with the name '{name}' does not exist.",
                "GetLocationNoMatchingDrive",
                "ObjectNotFound",
                name,
                "System.Management.Automation.DriveNotFoundException",
            )
        for key in found:
            if not call["PSProvider"] or known[key].provider.lower() in [one.lower() for one in call["PSProvider"]]:
                await call.write(_drive(key, known[key], call))


@cmdlet(
    "New-PSDrive",
    text("Name", position=0, is_mandatory=True),
    text("PSProvider", position=1, is_mandatory=True),
    text("Root", position=2, is_mandatory=True, allows_null=True),
    text("Description"),
    text("Scope"),
    switch("Persist"),
    anything("Credential"),
    aliases=("ndr", "mount"),
)
async def _new_drive(call: Call) -> None:
    name = call["Name"]
    if call["Persist"]:
        raise Unmodelled("New-PSDrive -Persist", "use a local folder")
    if name.lower() in call.shell.locations.drives or name.lower() in (
        "hklm",
        "hkcu",
        "env",
        "variable",
        "function",
        "alias",
    ):
        raise call.failure(
            f"A drive with the name '{name}' already exists.", "DriveAlreadyExists", "ResourceExists", name,
            "System.Management.Automation.SessionStateException",
        )  # fmt: skip
    root = call.shell.locations.place(
        f"{call['PSProvider']}::{call['Root']}"
        if call["PSProvider"].lower() == "registry" and "::" not in call["Root"]
        else call["Root"]
    )
    if not access_of(call).exists(root):
        raise call.failure(
            f"The specified drive root \"{call['Root']}\" either does not exist, or it is not a folder.",
            "DriveRootError", "ReadError", name, "System.IO.IOException",
        )  # fmt: skip
    place = Place(root.provider, root.path, name, root.path)
    call.shell.locations.drives[name.lower()] = place
    await call.write(_drive(name, place, call))


@cmdlet(
    "Remove-PSDrive",
    texts("Name", position=0, is_mandatory=True, from_property=True),
    switch("Force"),
    text("Scope"),
    aliases=("rdr",),
)
async def _remove_drive(call: Call) -> None:
    for name in call["Name"]:
        if call.shell.locations.drives.pop(name.lower(), None) is None:
            await call.error(
                f"Cannot find drive. A drive with the name '{name}' does not exist.",
                "DriveNotFound",
                "ObjectNotFound",
                name,
                "System.Management.Automation.DriveNotFoundException",
            )


CMDLETS = (
    _join_path, _split_path, _get_location, _set_location, _push_location, _pop_location, _get_drive, _new_drive,
    _remove_drive,
)  # fmt: skip
