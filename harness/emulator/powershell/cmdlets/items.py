"""Get-Item, Get-ChildItem, Test-Path, Resolve-Path.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

import ntpath

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.targets import (
    FILTERS,
    PATHS,
    access_of,
    is_pattern,
    is_wanted,
    places,
    report_machine,
)
from harness.emulator.powershell.providers.access import Access
from harness.emulator.powershell.providers.places import FILES, Place
from harness.emulator.powershell.runtime.errors import ScriptError
from harness.emulator.powershell.runtime.locations import path_info
from harness.emulator.powershell.runtime.parameters import Parameter, number, switch, text, texts
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError
from harness.model.files import FileAttributes

__all__ = ["CMDLETS"]


def _is_hidden(call: Call, place: Place) -> bool:
    if place.provider != FILES:
        return False
    try:
        attributes = call.run.files.info(place.path).attributes
    except MachineError:
        return False
    return bool(attributes & FileAttributes.HIDDEN)


@cmdlet("Get-Item", *PATHS, *FILTERS, switch("Force"), text("Stream"), aliases=("gi",), default_set="Path")
async def _get_item(call: Call) -> None:
    access = access_of(call)
    async for place, written in places(call):
        if not is_wanted(call, place.name):
            continue
        if _is_hidden(call, place) and not call["Force"]:
            if not is_pattern(written):
                await call.error(
                    f"Could not find item {place.path}.",
                    "ItemNotFound",
                    "ObjectNotFound",
                    place.path,
                    "System.IO.IOException",
                )
            continue
        if place.is_flat and not place.path:
            for name in access.names(place):
                await call.write(access.item(place.child(name)))
            continue
        await call.write(access.item(place))


@cmdlet(
    "Get-ChildItem",
    texts("Path", position=0, sets=("Items",), from_pipeline=True, from_property=True),
    texts("LiteralPath", sets=("LiteralItems",), aliases=("PSPath",), from_property=True),
    text("Filter", position=1),
    texts("Include"),
    texts("Exclude"),
    switch("Recurse", aliases=("s",)),
    number("Depth"),
    switch("Force"),
    switch("Name"),
    switch("Directory", aliases=("ad", "d")),
    switch("File", aliases=("af",)),
    switch("Hidden", aliases=("ah", "h")),
    switch("ReadOnly", aliases=("ar",)),
    switch("System", aliases=("as",)),
    text("Attributes"),
    aliases=("gci", "ls", "dir"),
    default_set="Items",
)
async def _get_child_item(call: Call) -> None:
    if not call.has("Path") and not call.has("LiteralPath"):
        call.arguments = {**call.arguments, "Path": ["."]}
    access = access_of(call)
    async for place, written in places(call):
        if place.is_flat and place.path:
            await call.write(access.item(place))
            continue
        if place.provider == FILES and not access.is_container(place):
            if _is_shown(call, access, place):
                await call.write(place.name if call["Name"] else access.item(place, is_child=True))
            continue
        if (
            is_pattern(written)
            and not call["Recurse"]
            and place.provider == FILES
            and written.rstrip("\\").endswith("*")
        ):
            if _is_shown(call, access, place):
                await call.write(place.name if call["Name"] else access.item(place, is_child=True))
            continue
        most = call["Depth"] if call.has("Depth") else (10_000 if call["Recurse"] else 0)
        await _list(call, access, place, "", most)


def _is_shown(call: Call, access: Access, place: Place) -> bool:
    if not is_wanted(call, place.name):
        return False
    if place.provider != FILES:
        return True
    is_folder = access.is_container(place)
    if (call["Directory"] and not is_folder) or (call["File"] and is_folder):
        return False
    is_hidden = _is_hidden(call, place)
    if call["Hidden"]:
        return is_hidden
    return call["Force"] or not is_hidden


async def _list(call: Call, access: Access, place: Place, above: str, depth: int) -> None:
    call.shell.step()
    try:
        names = access.names(place)
    except MachineError as error:
        if error.winerror == 5:  # noqa: PLR2004 - access denied
            await _denied(call, place)
        else:
            await report_machine(call, error, place.path)
        return
    below = [place.child(name) for name in names]
    for one in below:
        if _is_shown(call, access, one):
            await call.write(f"{above}{one.name}" if call["Name"] else access.item(one, is_child=True))
    if depth <= 0:
        return
    for one in below:
        if access.is_container(one) and (call["Force"] or not _is_hidden(call, one)):
            await _list(call, access, one, f"{above}{one.name}\\", depth - 1)


async def _denied(call: Call, place: Place) -> None:
    if place.provider == FILES:
        await call.error(
            f"Access to the path '{place.path}' is denied.", "DirUnauthorizedAccessError", "PermissionDenied",
            place.path,
            "System.UnauthorizedAccessException",
        )  # fmt: skip
    else:
        await call.error(
            "Requested registry access is not allowed.", "System.Security.SecurityException", "PermissionDenied",
            place.path, "System.Security.SecurityException",
        )  # fmt: skip


@cmdlet(
    "Test-Path",
    texts("Path", position=0, sets=("Path",), from_pipeline=True, from_property=True, is_mandatory=True),
    texts("LiteralPath", sets=("LiteralPath",), aliases=("PSPath",), from_property=True, is_mandatory=True),
    *FILTERS,
    Parameter(name="PathType", type="string", aliases=("Type",), choices=("Any", "Container", "Leaf")),
    switch("IsValid"),
    Parameter(name="NewerThan", type="datetime"),
    Parameter(name="OlderThan", type="datetime"),
    default_set="Path",
)
async def _test_path(call: Call) -> None:
    access = access_of(call)
    is_literal = call.has("LiteralPath") and not call.has("Path")
    for written in call["LiteralPath"] if is_literal else call["Path"]:
        if call["IsValid"]:
            await call.write(not any(char in written for char in '<>"|'))
            continue
        try:
            found = access.expand(written, is_literal=is_literal)
        except ScriptError:
            await call.write(value=False)
            continue
        await call.write(any(_fits(call, access, place) for place in found))


def _fits(call: Call, access: Access, place: Place) -> bool:
    if not access.exists(place) or not is_wanted(call, place.name):
        return False
    kind = (call["PathType"] or "Any").lower()
    if kind != "any" and access.is_container(place) is not (kind == "container"):
        return False
    if place.provider == FILES and (call["NewerThan"] or call["OlderThan"]):
        modified = (
            call.run.files.info(place.path).modified.astimezone(call.run.machine.clock.time_zone).replace(tzinfo=None)
        )
        if call["NewerThan"] and modified <= call["NewerThan"]:
            return False
        if call["OlderThan"] and modified >= call["OlderThan"]:
            return False
    return True


@cmdlet("Resolve-Path", *PATHS, switch("Relative"), aliases=("rvpa",), default_set="Path")
async def _resolve_path(call: Call) -> None:
    async for place, _ in places(call):
        if call["Relative"]:
            relative = ntpath.relpath(place.path, call.shell.file_location())
            await call.write(relative if relative.startswith(".") else f".\\{relative}")
        else:
            await call.write(path_info(place))


@cmdlet("Convert-Path", *PATHS, aliases=("cvpa",), default_set="Path")
async def _convert_path(call: Call) -> None:
    async for place, _ in places(call):
        await call.write(to_text(place.path))


CMDLETS = (_get_item, _get_child_item, _test_path, _resolve_path, _convert_path)
