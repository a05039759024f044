"""Get-Content, Set-Content, Add-Content, Clear-Content.

Source: learn.microsoft.com, the pages of the cmdlets; about_Character_Encoding.
"""

from __future__ import annotations

import re

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.showing import encoding_named
from harness.emulator.powershell.cmdlets.targets import (
    FILTERS,
    PATHS,
    access_of,
    is_wanted,
    places,
    report_error,
    report_machine,
)
from harness.emulator.powershell.providers.places import ENVIRONMENT, FILES, Place
from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled
from harness.emulator.powershell.runtime.filesinks import ENCODINGS
from harness.emulator.powershell.runtime.parameters import Parameter, anything, number, switch, text
from harness.emulator.powershell.runtime.scripts import decoded
from harness.emulator.powershell.runtime.values import Byte, Value, items_of
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError

__all__ = ["CMDLETS"]


@cmdlet(
    "Get-Content",
    *PATHS,
    *FILTERS,
    switch("Force"),
    number("ReadCount", default=1),
    number("TotalCount", aliases=("First", "Head")),
    number("Tail", aliases=("Last",)),
    text("Delimiter"),
    switch("Raw"),
    switch("Wait"),
    text("Encoding"),
    text("Stream"),
    aliases=("gc", "cat", "type"),
    default_set="Path",
)
async def _get_content(call: Call) -> None:
    if call["Wait"]:
        raise Unmodelled("Get-Content -Wait", "read the file again after a while")
    async for place, _ in places(call):
        if not is_wanted(call, place.name):
            continue
        if place.provider == FILES:
            await _read(call, place)
        elif place.provider == ENVIRONMENT:
            await call.write(call.run.environment.get(place.path))
        else:
            await call.write(access_of(call).item(place).get("Value"))


async def _read(call: Call, place: Place) -> None:
    try:
        data = call.run.files.read(place.path)
    except MachineError as error:
        if error.winerror == 5:  # noqa: PLR2004 - access denied, a folder too
            await call.error(
                f"Access to the path '{place.path}' is denied.", "GetContentReaderUnauthorizedAccessError",
                "PermissionDenied", place.path, "System.UnauthorizedAccessException",
            )  # fmt: skip
        else:
            await report_machine(call, error, place.path)
        return
    encoding = (call["Encoding"] or "").lower()
    if encoding == "byte":
        await call.write([Byte(byte) for byte in data]) if call["Raw"] else await call.write_all(map(Byte, data))
        return
    content = decoded(data, ENCODINGS[encoding_named(encoding)][0] if encoding and encoding != "default" else "")
    if call["Raw"]:
        if content:
            await call.write(content)
        return
    lines = re.split(re.escape(call["Delimiter"]) if call["Delimiter"] else r"\r\n|\r|\n", content)
    if lines and not lines[-1]:
        lines.pop()
    if call.has("TotalCount"):
        lines = lines[: call["TotalCount"]] if call["TotalCount"] >= 0 else lines
    if call.has("Tail"):
        lines = lines[-call["Tail"] :] if call["Tail"] else []
    if call["ReadCount"] == 0 and lines:
        await call.write(lines)
    else:
        await call.write_all(lines)


_WRITING = (
    *PATHS,
    Parameter(
        name="Value",
        type="object[]",
        position=1,
        is_mandatory=True,
        allows_null=True,
        from_pipeline=True,
        from_property=True,
    ),
    *FILTERS,
    switch("PassThru"),
    switch("Force"),
    switch("NoNewline"),
    text("Encoding"),
    text("Stream"),
)


async def _begin(call: Call) -> None:
    call.state.values = []


async def _gather(call: Call) -> None:
    call.state.values += items_of(call["Value"])
    call.state.arguments = dict(call.arguments)


async def _end_set(call: Call) -> None:
    await _write(call, appends=False)


async def _end_add(call: Call) -> None:
    await _write(call, appends=True)


def _bytes(call: Call, values: list[Value]) -> bytes:
    encoding = (call["Encoding"] or "default").lower()
    if encoding == "byte":
        return bytes(int(value) for value in values)
    codec, mark = ENCODINGS[encoding_named(encoding)]
    separator = "" if call["NoNewline"] else "\r\n"
    return mark + "".join(call.shell.converter.text(value) + separator for value in values).encode(codec, "replace")


async def _write(call: Call, *, appends: bool) -> None:
    values = call.state.values
    is_literal = call.has("LiteralPath") and not call.has("Path")
    access = access_of(call)
    for written in call["LiteralPath"] if is_literal else call["Path"]:
        try:
            found = access.expand(written, is_literal=is_literal)
        except ScriptError as error:
            await report_error(call, error)
            continue
        for place in found:
            await _write_one(call, place, values, appends=appends)


async def _write_one(call: Call, place: Place, values: list[Value], *, appends: bool) -> None:
    if place.provider == ENVIRONMENT:
        call.shell.set_environment(place.path, "".join(map(to_text, values)))
        return
    if place.provider != FILES:
        raise Unmodelled(f"{call.command.name} on the provider {place.provider}", "use Set-Item or Set-ItemProperty")
    data = _bytes(call, values)
    files = call.run.files
    keeps = appends and files.exists(place.path) and files.info(place.path).size_bytes > 0
    if keeps and not call["Encoding"]:
        data = _like_the_file(call, place, values)
    elif keeps:
        mark = ENCODINGS[encoding_named(call["Encoding"])][1] if call["Encoding"].lower() != "byte" else b""
        data = data.removeprefix(mark)
    try:
        with files.open(place.path, "ab" if keeps else "wb") as file:
            file.write(data)
    except MachineError as error:
        if error.winerror == 5:  # noqa: PLR2004 - access denied
            await call.error(
                f"Access to the path '{place.path}' is denied.", "GetContentWriterUnauthorizedAccessError",
                "PermissionDenied", place.path, "System.UnauthorizedAccessException",
            )  # fmt: skip
        else:
            await call.error(
                f"Could not find a part of the path '{place.path}'.", "GetContentWriterDirectoryNotFoundError",
                "ObjectNotFound", place.path, "System.IO.DirectoryNotFoundException",
            )  # fmt: skip


def _like_the_file(call: Call, place: Place, values: list[Value]) -> bytes:
    """Return what is added to a file, in the encoding it has."""
    with call.run.files.open(place.path) as file:
        head = file.read(4)
    codec = next((codec for codec, mark in ENCODINGS.values() if mark and head.startswith(mark)), "cp1252")
    separator = "" if call["NoNewline"] else "\r\n"
    return "".join(call.shell.converter.text(value) + separator for value in values).encode(codec, "replace")


@cmdlet("Set-Content", *_WRITING, aliases=("sc",), begin=_begin, end=_end_set, default_set="Path")
async def _set_content(call: Call) -> None:
    await _gather(call)


@cmdlet("Add-Content", *_WRITING, aliases=("ac",), begin=_begin, end=_end_add, default_set="Path")
async def _add_content(call: Call) -> None:
    await _gather(call)


@cmdlet("Clear-Content", *PATHS, *FILTERS, switch("Force"), anything("Stream"), aliases=("clc",), default_set="Path")
async def _clear_content(call: Call) -> None:
    async for place, _ in places(call):
        with call.run.files.open(place.path, "wb"):
            pass


CMDLETS = (_get_content, _set_content, _add_content, _clear_content)
