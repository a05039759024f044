"""tasklist.exe: what runs.

Source: learn.microsoft.com, "tasklist"; the widths are those of captures of Windows 10 and 11.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import check_no_help
from harness.emulator.tools.options import Options, Syntax
from harness.emulator.tools.processrows import ProcessRow, passes, process_rows, status_of
from harness.emulator.tools.resulttables import Column, csv_lines, lists, table

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["tasklist"]

_SYNTAX = Syntax(
    tool="TASKLIST",
    flags=("v", "svc", "nh"),
    valued=("fi", "fo"),
    repeated=("fi",),
    unmodelled=("m", "apps"),
)
_PLAIN = (
    Column("Image Name", 25),
    Column("PID", 8, is_right=True),
    Column("Session Name", 16),
    Column("Session#", 11, is_right=True),
    Column("Mem Usage", 12, is_right=True),
)
_VERBOSE = (
    *_PLAIN,
    Column("Status", 15),
    Column("User Name", 50),
    Column("CPU Time", 12, is_right=True),
    Column("Window Title", 72),
)
_SERVICES = (*_PLAIN[:2], Column("Services", 44))
_NONE = "INFO: No tasks are running which match the specified criteria."


async def tasklist(run: ProgramRun) -> int:
    """Run one tasklist.exe command line and return its exit code.

    Raises:
        NotEmulated: for modules, windows and memory, which the machine does not have.
    """
    check_no_help(run)
    options = _SYNTAX.read(run, run.arguments)
    form = (options.get("fo") or "TABLE").upper()
    if form not in ("TABLE", "LIST", "CSV"):
        raise _SYNTAX.error(f"Invalid syntax. '{options.get('fo')}' value is not allowed for '/fo' option.")
    if "svc" in options and "v" in options:
        raise _SYNTAX.error("Invalid syntax. /V, /M and /SVC options cannot be used together.")
    if form == "LIST" and "nh" in options:
        raise _SYNTAX.error("Invalid syntax. /NH option is valid only for TABLE and CSV formats.")
    filters = options.all("fi")
    needs_services = "svc" in options or any("SERVICES" in text.upper() for text in filters)
    rows = [row for row in process_rows(run, with_services=needs_services) if passes(run, row, filters)]
    if not rows:
        run.print(_NONE)
        return 0
    for line in _lines(options, form, rows):
        run.print(line)
    return 0


def _lines(options: Options, form: str, rows: Sequence[ProcessRow]) -> Iterator[str]:
    has_heading = "nh" not in options
    columns = _SERVICES if "svc" in options else _VERBOSE if "v" in options else _PLAIN
    if form == "CSV":
        yield from csv_lines(columns, [_cells(columns, row) for row in rows], has_heading=has_heading)
    elif form == "LIST":
        for lines in lists(columns, [_cells(columns, row) for row in rows]):
            yield ""
            yield from lines
    else:
        cells = [line for row in rows for line in _wrapped(columns, _cells(columns, row))]
        yield ""
        yield from table(columns, cells, has_heading=has_heading)


def _cells(columns: Sequence[Column], row: ProcessRow) -> list[str]:
    if columns is _SERVICES:
        return [row.name, str(row.pid), ",".join(row.services) or "N/A"]
    plain = [row.name, str(row.pid), row.session_name, str(row.session_id), "N/A"]
    return plain if columns is _PLAIN else [*plain, status_of(row), row.owner, "0:00:00", "N/A"]


def _wrapped(columns: Sequence[Column], cells: list[str]) -> Iterator[list[str]]:
    """Return the lines of a row in a table: services that do not fit go on in the next one."""
    if columns is not _SERVICES:
        yield cells
        return
    texts = textwrap.wrap(cells[2].replace(",", ", "), _SERVICES[2].width, break_long_words=False)
    for index, text in enumerate(texts):
        yield [*(cells[:2] if index == 0 else ("", "")), text]
