"""Copy-Item, Move-Item, Rename-Item.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

import ntpath

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.targets import FILTERS, PATHS, access_of, is_wanted, places, report_machine
from harness.emulator.powershell.providers.access import Access
from harness.emulator.powershell.providers.places import FILES, REGISTRY, Place
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.parameters import switch, text
from harness.errors import MachineError
from harness.model.files import FileAttributes
from harness.model.windows import RegistryPath

__all__ = ["CMDLETS"]


@cmdlet(
    "Copy-Item",
    *PATHS,
    text("Destination", position=1, from_property=True),
    *FILTERS,
    switch("Container", default=True),
    switch("Recurse"),
    switch("Force"),
    switch("PassThru"),
    aliases=("copy", "cp", "cpi"),
    default_set="Path",
)
async def _copy_item(call: Call) -> None:
    access = access_of(call)
    destination = call.shell.locations.place(call["Destination"] or ".")
    found = [place async for place, _ in places(call) if is_wanted(call, place.name)]
    for place in found:
        try:
            if place.provider == REGISTRY:
                below = destination.child(place.name) if access.exists(destination) else destination
                _copy_key(call, place.key, below.key, recurses=call["Recurse"])
            elif place.provider == FILES:
                await _copy(call, access, place, destination)
            else:
                raise Unmodelled(f"Copy-Item on the provider {place.provider}", "copy the value")
        except MachineError as error:
            await report_machine(call, error, place.path)


async def _copy(call: Call, access: Access, place: Place, destination: Place) -> None:
    files = call.run.files
    into = access.is_container(destination)
    target = destination.child(place.name) if into else destination
    if access.is_container(place):
        if place.path.lower() == target.path.lower():
            return
        files.make_folder(target.path)
        if call["Recurse"]:
            _copy_folder(call, place.path, target.path)
    else:
        if not files.exists(ntpath.dirname(target.path)):
            await call.error(
                f"Could not find a part of the path '{target.path}'.", "CopyFileInfoItemIOError", "WriteError",
                place.path, "System.IO.DirectoryNotFoundException",
            )  # fmt: skip
            return
        _copy_file(call, place.path, target.path)
    if call["PassThru"]:
        await call.write(access.item(target))


def _copy_file(call: Call, source: str, target: str) -> None:
    files = call.run.files
    if call["Force"] and files.exists(target) and files.info(target).attributes & FileAttributes.READONLY:
        files.set_attributes(target, FileAttributes.NORMAL)
    files.copy(source, target)


def _copy_folder(call: Call, source: str, target: str) -> None:
    for name in call.run.files.names(source):
        call.shell.step()
        from_path, to_path = ntpath.join(source, name), ntpath.join(target, name)
        if call.run.files.info(from_path).is_directory:
            call.run.files.make_folder(to_path)
            _copy_folder(call, from_path, to_path)
        else:
            _copy_file(call, from_path, to_path)


def _copy_key(call: Call, source: RegistryPath, target: RegistryPath, *, recurses: bool) -> None:
    registry = call.run.registry
    registry.create(target)
    for name, value in registry.values(source).items():
        registry.set(target, name, value)
    for name in registry.subkeys(source) if recurses else ():
        call.shell.step()
        _copy_key(call, source.child(name), target.child(name), recurses=True)


@cmdlet(
    "Move-Item",
    *PATHS,
    text("Destination", position=1, from_property=True),
    *FILTERS,
    switch("Force"),
    switch("PassThru"),
    aliases=("mi", "mv", "move"),
    default_set="Path",
)
async def _move_item(call: Call) -> None:
    access = access_of(call)
    destination = call.shell.locations.place(call["Destination"] or ".")
    found = [place async for place, _ in places(call) if is_wanted(call, place.name)]
    for place in found:
        target = (
            destination.child(place.name)
            if access.exists(destination) and access.is_container(destination)
            else destination
        )
        await _move(call, access, place, target)


async def _move(call: Call, access: Access, place: Place, target: Place) -> None:
    try:
        if place.provider == REGISTRY:
            _copy_key(call, place.key, target.key, recurses=True)
            call.run.registry.delete(place.key)
        elif place.provider == FILES:
            if access.exists(target) and not call["Force"] and place.path.lower() != target.path.lower():
                await call.error(
                    "Cannot create a file when that file already exists.\r\n", "MoveFileInfoItemIOError", "WriteError",
                    place.path, "System.IO.IOException",
                )  # fmt: skip
                return
            call.run.files.move(place.path, target.path)
        else:
            raise Unmodelled(f"{call.command.name} on the provider {place.provider}", "set the value")
    except MachineError as error:
        await report_machine(call, error, place.path)
        return
    if call["PassThru"]:
        await call.write(access.item(target))


@cmdlet(
    "Rename-Item",
    text("Path", position=0, sets=("Path",), from_pipeline=True, from_property=True, is_mandatory=True),
    text("LiteralPath", sets=("LiteralPath",), aliases=("PSPath",), from_property=True, is_mandatory=True),
    text("NewName", position=1, from_property=True, is_mandatory=True),
    switch("Force"),
    switch("PassThru"),
    aliases=("ren", "rni"),
    default_set="Path",
)
async def _rename_item(call: Call) -> None:
    access = access_of(call)
    name = call["NewName"]
    async for place, written in places(call):
        leaf = ntpath.basename(name)
        if leaf != name and ntpath.dirname(name).lower() != place.parent.lower():
            raise call.failure(
                "Cannot rename the specified target, because it represents a path or device name.", "Argument",
                "InvalidArgument", written, "System.Management.Automation.PSArgumentException",
            )  # fmt: skip
        target = place.at(f"{place.parent.rstrip(chr(92))}\\{leaf}")
        if place.provider == FILES and access.exists(target) and place.path.lower() != target.path.lower():
            await call.error(
                "Cannot create a file when that file already exists.", "RenameItemIOError", "WriteError", place.path,
                "System.IO.IOException",
            )  # fmt: skip
            continue
        await _move(call, access, place, target)


CMDLETS = (_copy_item, _move_item, _rename_item)
