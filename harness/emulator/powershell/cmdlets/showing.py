"""Out-Null, Out-String, Out-Host, Out-File, Tee-Object, Format-Table, Format-List, Format-Wide.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.calculated import calculated, names_of
from harness.emulator.powershell.output.formatter import FORMAT_DATA, Formatter, list_lines, table_lines
from harness.emulator.powershell.output.views import Column, rows_of, view_of
from harness.emulator.powershell.providers.places import FILES
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.filesinks import ENCODINGS, write_text
from harness.emulator.powershell.runtime.objects import MISSING, PSObject, custom_object
from harness.emulator.powershell.runtime.parameters import Parameter, anything, number, switch, text
from harness.emulator.powershell.runtime.values import Value, is_null
from harness.emulator.powershell.types.members import properties_of
from harness.emulator.powershell.types.nettype import type_name_of

__all__ = ["CMDLETS"]


@cmdlet("Out-Null", anything("InputObject", from_pipeline=True))
async def _out_null(call: Call) -> None:
    """Forget everything."""
    del call


def _lines(items: list[Value], width: int) -> list[str]:
    found: list[str] = []
    formatter = Formatter(found.append, width=width)
    for item in items:
        formatter.accept(item)
    formatter.finish()
    return found


@cmdlet(
    "Out-String",
    anything("InputObject", from_pipeline=True),
    number("Width", default=80),
    switch("Stream"),
    gathers=True,
)
async def _out_string(call: Call) -> None:
    items = call.items or ([] if is_null(call["InputObject"]) else [call["InputObject"]])
    lines = _lines(items, call["Width"])
    if call["Stream"]:
        await call.write_all(lines)
    else:
        await call.write("".join(f"{line}\r\n" for line in lines))


@cmdlet("Out-Host", anything("InputObject", from_pipeline=True), switch("Paging"), aliases=("oh",), gathers=True)
async def _out_host(call: Call) -> None:
    for item in call.items or ([] if is_null(call["InputObject"]) else [call["InputObject"]]):
        await call.shell.console_sink.write(item)


def encoding_named(name: str) -> str:
    """Return an encoding by a beginning of its name.

    Raises:
        Unmodelled: when there is none.
    """
    key = name.lower()
    found = [known for known in ENCODINGS if known == key] or [known for known in ENCODINGS if known.startswith(key)]
    if not found:
        raise Unmodelled(f"the encoding {name}", "use one of " + ", ".join(ENCODINGS))
    return found[0]


@cmdlet(
    "Out-File",
    text("FilePath", position=0, sets=("Path",), is_mandatory=True),
    text("LiteralPath", sets=("LiteralPath",), aliases=("PSPath",), is_mandatory=True),
    text("Encoding", position=1, default="unicode"),
    switch("Append"),
    switch("Force"),
    switch("NoClobber", aliases=("NoOverwrite",)),
    switch("NoNewline"),
    number("Width", default=80),
    anything("InputObject", from_pipeline=True),
    default_set="Path",
    gathers=True,
)
async def _out_file(call: Call) -> None:
    items = call.items or ([] if is_null(call["InputObject"]) else [call["InputObject"]])
    lines = _lines(items, call["Width"])
    written = call["FilePath"] or call["LiteralPath"]
    place = call.shell.locations.place(written)
    if place.provider != FILES:
        raise call.failure(
            "Cannot open file because the current provider cannot open a file.", "ReadWriteFileNotFileSystemProvider",
            "InvalidArgument", written,
        )  # fmt: skip
    if call["NoClobber"] and not call["Append"] and call.run.files.exists(place.path):
        raise call.failure(
            f"The file '{place.path}' already exists.",
            "NoClobber",
            "ResourceExists",
            place.path,
            "System.IO.IOException",
        )
    separator = "" if call["NoNewline"] else "\r\n"
    encoding = encoding_named(call["Encoding"])
    write_text(call.shell, place.path, "".join(line + separator for line in lines), encoding, appends=call["Append"])


@cmdlet(
    "Tee-Object",
    anything("InputObject", from_pipeline=True),
    text("FilePath", position=0, sets=("File",)),
    text("Variable", sets=("Variable",)),
    switch("Append"),
    default_set="File",
    gathers=True,
)
async def _tee(call: Call) -> None:
    if call["Variable"]:
        items = call.items
        call.shell.frame.scope.put(call["Variable"], items[0] if len(items) == 1 else list(items))
    else:
        lines = "".join(f"{line}\r\n" for line in _lines(call.items, 80))
        write_text(call.shell, call.shell.full_path(call["FilePath"]), lines, "unicode", appends=call["Append"])
    await call.write_all(call.items)


async def _projected(call: Call, items: list[Value]) -> tuple[list[Value], list[str], list[str]]:
    """Return objects with only the properties that are asked for, the properties, and how they are called."""
    wanted = [calculated(value) for value in call["Property"] or ()]
    names: list[str] = []
    made: list[Value] = []
    for number_, item in enumerate(items):
        notes: dict[str, Value] = {}
        for one in wanted:
            for name in names_of(one, item):
                value = await (one if name == one.name else calculated(name)).value(call, item)
                notes[name] = None if value is MISSING else value
                if number_ == 0:
                    names.append(name)
        made.append(custom_object(notes))
    return made, names, names


def _data(lines: list[str]) -> PSObject:
    return PSObject([FORMAT_DATA, "System.Object"], data=lines)


_FORMAT = (
    anything("InputObject", from_pipeline=True),
    Parameter(name="Property", type="object[]", position=0),
    anything("GroupBy"),
    text("View"),
    switch("Force"),
    switch("ShowError"),
    switch("DisplayError"),
    text("Expand"),
)


async def _rows(call: Call) -> list[Value]:
    items = call.items or ([] if is_null(call["InputObject"]) else [call["InputObject"]])
    if call["GroupBy"] or call["View"]:
        raise Unmodelled(f"{call.command.name} -GroupBy and -View", "group with Group-Object first")
    return [row for item in items if not is_null(item) for row in rows_of(item)]


@cmdlet(
    "Format-Table",
    *_FORMAT,
    switch("AutoSize"),
    switch("HideTableHeaders"),
    switch("Wrap"),
    aliases=("ft",),
    gathers=True,
)
async def _format_table(call: Call) -> None:
    rows = await _rows(call)
    if not rows:
        return
    if isinstance(rows[0], str | int | float):
        await call.write_all(rows)
        return
    is_generated = True
    if call["Property"]:
        items, names, _ = await _projected(call, rows)
        columns = [Column(label=name) for name in names]
    else:
        items = rows
        view = view_of(rows[0], type_name_of(rows[0]))
        is_generated = not (view and view.columns)
        columns = (
            list(view.columns)
            if view and view.columns
            else [Column(label=member.name) for member in properties_of(rows[0])][:10]
        )
    lines = table_lines(items, columns, 80, has_header=not call["HideTableHeaders"], is_generated=is_generated)
    await call.write(_data([*lines, ""]))


@cmdlet("Format-List", *_FORMAT, aliases=("fl",), gathers=True)
async def _format_list(call: Call) -> None:
    rows = await _rows(call)
    if not rows:
        return
    if isinstance(rows[0], str | int | float):
        await call.write_all(rows)
        return
    if call["Property"]:
        items, names, labels = await _projected(call, rows)
    else:
        items, names = rows, [member.name for member in properties_of(rows[0])]
        labels = names
    await call.write(_data([*list_lines(items, names, labels), ""]))


@cmdlet("Format-Wide", *_FORMAT, switch("AutoSize"), number("Column", default=2), aliases=("fw",), gathers=True)
async def _format_wide(call: Call) -> None:  # noqa: ARG001
    raise Unmodelled("Format-Wide", "use Format-Table or Format-List")


CMDLETS = (_out_null, _out_string, _out_host, _out_file, _tee, _format_table, _format_list, _format_wide)
