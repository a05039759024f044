"""New-Item, Remove-Item, Set-Item, Clear-Item.

Source: learn.microsoft.com, the pages of the cmdlets; FileSystemProvider.cs of PowerShell for how -ItemType is matched.
"""

from __future__ import annotations

import ntpath

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.targets import (
    FILTERS,
    PATHS,
    access_of,
    is_wanted,
    places,
    report_error,
    report_machine,
)
from harness.emulator.powershell.providers.access import Access
from harness.emulator.powershell.providers.file_items import file_object
from harness.emulator.powershell.providers.places import ENVIRONMENT, FUNCTION, REGISTRY, VARIABLE, Place
from harness.emulator.powershell.providers.registry_items import typed_value
from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled
from harness.emulator.powershell.runtime.parameters import anything, switch, text, texts
from harness.emulator.powershell.runtime.values import Value
from harness.emulator.powershell.types.patterns import wildcard
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError
from harness.model.files import FileAttributes, LinkKind

__all__ = ["CMDLETS"]

_DENIED = 5
_TYPES = ("directory", "container", "file", "symboliclink", "junction", "hardlink")


def _item_type(written: str) -> str:
    pattern = wildcard(f"{written or 'file'}*")
    return next((name for name in _TYPES if pattern.fullmatch(name)), "")


@cmdlet(
    "New-Item",
    texts("Path", position=0, sets=("Path", "Name"), from_property=True),
    text("Name", sets=("Name",), from_property=True, allows_null=True),
    text("ItemType", aliases=("Type",), from_property=True),
    anything("Value", aliases=("Target",), from_pipeline=True, from_property=True),
    switch("Force"),
    default_set="Path",
    aliases=("ni",),
)
async def _new_item(call: Call) -> None:
    access = access_of(call)
    for written in call["Path"] or ["."]:
        whole = written if not call["Name"] else f"{written.rstrip(chr(92))}\\{call['Name']}"
        try:
            place = call.shell.locations.place(whole)
        except ScriptError as error:
            await report_error(call, error)
            continue
        try:
            await _make(call, access, place)
        except MachineError as error:
            await _not_made(call, place, error)


async def _not_made(call: Call, place: Place, error: MachineError) -> None:
    if error.winerror != _DENIED:
        await report_machine(call, error, place.path)
    elif place.provider == REGISTRY:
        await _registry_denied(call, place)
    else:
        await call.error(
            f"Access to the path '{place.name}' is denied.",
            "NewItemUnauthorizedAccessError",
            "PermissionDenied",
            place.path,
            "System.UnauthorizedAccessException",
        )


async def _registry_denied(call: Call, place: Place) -> None:
    await call.error(
        "Requested registry access is not allowed.",
        "System.Security.SecurityException",
        "PermissionDenied",
        place.path,
        "System.Security.SecurityException",
    )


@cmdlet(
    "mkdir",
    texts("Path", position=0, from_property=True),
    text("Name", from_property=True, allows_null=True),
    anything("Value", from_pipeline=True, from_property=True),
    switch("Force"),
    aliases=("md",),
    dotnet="Microsoft.PowerShell.Commands.NewItemCommand",
)
async def _mkdir(call: Call) -> None:
    call.arguments = {**call.arguments, "ItemType": "directory"}
    await _new_item.process(call)


async def _make(call: Call, access: Access, place: Place) -> None:
    match place.provider:
        case "FileSystem":
            await _make_file(call, access, place)
        case "Registry":
            await _make_key(call, access, place)
        case "Environment":
            call.shell.set_environment(place.path, to_text(call["Value"]))
            await call.write(access.item(place))
        case "Variable":
            call.shell.frame.scope.put(place.path, call["Value"])
            await call.write(access.item(place))
        case provider:
            raise Unmodelled(f"New-Item on the provider {provider}", "define it in the script")


async def _exists(call: Call, place: Place, message: str, error_id: str) -> None:
    await call.error(
        message,
        error_id,
        "WriteError" if "NewItemIO" in error_id else "ResourceExists",
        place.path,
        "System.IO.IOException",
    )


async def _make_file(call: Call, access: Access, place: Place) -> None:
    kind = _item_type(call["ItemType"] or "")
    files = call.run.files
    if not kind:
        raise call.failure(
            'The type is not a known type for the file system. Only "file","directory" or "symboliclink" can be '
            'specified.',
            "Argument", "InvalidArgument", call["ItemType"], "System.Management.Automation.PSArgumentException",
        )  # fmt: skip
    if kind in ("symboliclink", "junction", "hardlink"):
        links = {"symboliclink": LinkKind.SYMBOLIC, "junction": LinkKind.JUNCTION, "hardlink": LinkKind.HARD}
        files.make_link(place.path, to_text(call["Value"]), links[kind])
        await call.write(access.item(place))
        return
    if kind in ("directory", "container"):
        if access.exists(place) and not call["Force"]:
            await _exists(
                call, place, f"An item with the specified name {place.path} already exists.", "DirectoryExist"
            )
            return
        files.make_folder(place.path)
        made = file_object(
            call.run, place.path, place, is_child=True
        )  # .NET Framework's CreateDirectory gives the name
        await call.write(made)
        return
    if access.exists(place) and not call["Force"]:
        await _exists(call, place, f"The file '{place.path}' already exists.", "NewItemIOError")
        return
    folder = ntpath.dirname(place.path)
    if not files.exists(folder):
        if not call["Force"]:
            await call.error(
                f"Could not find a part of the path '{place.path}'.", "NewItemIOError", "WriteError", place.path,
                "System.IO.DirectoryNotFoundException",
            )  # fmt: skip
            return
        files.make_folder(folder)
    with files.open(place.path, "wb") as file:
        file.write(to_text(call["Value"]).encode("utf-8") if call.has("Value") else b"")
    await call.write(access.item(place))


async def _make_key(call: Call, access: Access, place: Place) -> None:
    registry = call.run.registry
    if access.exists(place):
        if not call["Force"]:
            await _exists(call, place, "A key in this path already exists.", "System.IO.IOException")
            return
        registry.delete(place.key)
    elif not registry.exists(place.key.parent) and not call["Force"] and place.key.parent.key:
        await call.error(
            "The registry key at the specified path does not exist.", "System.ArgumentException", "InvalidArgument",
            place.path, "System.ArgumentException",
        )  # fmt: skip
        return
    registry.create(place.key)
    if call.has("Value"):
        kind = call["ItemType"] or ""
        registry.set(
            place.key, "", typed_value(call["Value"], kind if kind.lower() not in ("registrykey", "key") else "")
        )
    await call.write(access.item(place))


@cmdlet(
    "Remove-Item",
    *PATHS,
    *FILTERS,
    switch("Recurse"),
    switch("Force"),
    aliases=("ri", "rm", "rmdir", "del", "erase", "rd"),
    default_set="Path",
)
async def _remove_item(call: Call) -> None:
    access = access_of(call)
    found = [place async for place, _ in places(call)]
    for place in found:
        if not is_wanted(call, place.name) or not access.exists(place):
            continue
        try:
            await _remove(call, access, place)
        except MachineError as error:
            await _not_removed(call, place, error)


async def _not_removed(call: Call, place: Place, error: MachineError) -> None:
    if place.provider == REGISTRY:
        await _registry_denied(call, place)
        return
    denied = error.winerror == _DENIED
    why = (
        f"Access to the path '{place.path}' is denied." if denied
        else f"The process cannot access the file '{place.path}' because it is being used by another process."
    )  # fmt: skip
    await call.error(
        f"Cannot remove item {place.path}: {why}",
        "RemoveFileSystemItemUnAuthorizedAccess" if denied else "RemoveFileSystemItemIOError",
        "PermissionDenied" if denied else "WriteError",
        place.path,
        "System.UnauthorizedAccessException" if denied else "System.IO.IOException",
    )


async def _remove(call: Call, access: Access, place: Place) -> None:
    match place.provider:
        case "FileSystem":
            await _remove_file(call, access, place)
        case "Registry":
            if call.run.registry.subkeys(place.key) and not call["Recurse"]:
                raise _asks(call, place)
            call.run.registry.delete(place.key)
        case "Environment":
            call.shell.set_environment(place.path, None)
        case "Variable":
            _forget(call, place.path, "variables")
        case "Function":
            _forget(call, place.path, "functions")
        case provider:
            raise Unmodelled(f"Remove-Item on the provider {provider}", "leave it out")


def _forget(call: Call, name: str, table: str) -> None:
    for scope in call.shell.frame.scope.chain():
        if name.lower() in getattr(scope, table):
            del getattr(scope, table)[name.lower()]
            return


def _asks(call: Call, place: Place) -> ScriptError:
    """Return the error of a question that nobody can answer."""
    del place
    return call.failure(
        "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "InvalidOperation",
        "InvalidOperation",
        None,
        "System.Management.Automation.PSInvalidOperationException",
    )


async def _remove_file(call: Call, access: Access, place: Place) -> None:
    files = call.run.files
    if access.is_container(place):
        if files.names(place.path) and not call["Recurse"]:
            raise _asks(call, place)
        if call["Force"]:
            _clear_attributes(call, place.path)
        files.delete(place.path)
        return
    attributes = files.info(place.path).attributes
    marked = attributes & (FileAttributes.READONLY | FileAttributes.HIDDEN | FileAttributes.SYSTEM)
    if marked and not call["Force"]:
        await call.error(
            f"Cannot remove item {place.path}: You do not have sufficient access rights to perform this operation.",
            "RemoveFileSystemItemUnAuthorizedAccess", "PermissionDenied", place.path, "System.IO.IOException",
        )  # fmt: skip
        return
    if marked:
        files.set_attributes(place.path, FileAttributes.NORMAL)
    files.delete(place.path)


def _clear_attributes(call: Call, folder: str) -> None:
    for name in call.run.files.names(folder):
        path = ntpath.join(folder, name)
        info = call.run.files.info(path)
        if info.attributes & FileAttributes.READONLY:
            call.run.files.set_attributes(path, info.attributes & ~FileAttributes.READONLY)
        if info.is_directory:
            _clear_attributes(call, path)


@cmdlet(
    "Set-Item",
    *PATHS,
    anything("Value", position=1, from_pipeline=True),
    *FILTERS,
    switch("Force"),
    switch("PassThru"),
    aliases=("si",),
    default_set="Path",
)
async def _set_item(call: Call) -> None:
    async for place, _ in places(call, must_exist=False):
        value: Value = call["Value"]
        if place.provider == ENVIRONMENT:
            call.shell.set_environment(place.path, None if value is None else to_text(value))
        elif place.provider == VARIABLE:
            call.shell.frame.scope.put(place.path, value)
        elif place.provider == FUNCTION:
            call.shell.frame.scope.functions[place.path.lower()] = value
        elif place.provider == REGISTRY:
            call.run.registry.set(place.key, "", typed_value(value))
        else:
            raise Unmodelled("Set-Item on files", "use Set-Content")


CMDLETS = (_new_item, _mkdir, _remove_item, _set_item)
