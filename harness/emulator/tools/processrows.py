"""Processes as `tasklist` and `taskkill` tell them apart: rows with session names, owners and services; `/fi` filters.

What the machine does not count is not made up: the memory that a process uses is `N/A`, its processor time is none.

Source: learn.microsoft.com, "tasklist" and "taskkill" (the filters); that a name in a filter may end in `*` is theirs
too. That pid 0 and pid 4 are there, and are critical, is from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.killing import may_open
from harness.emulator.tools.failures import ToolFailure, not_modelled
from harness.model.commands import ProcessInfo
from harness.model.names import folded
from harness.model.windows import SYSTEM

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["ProcessRow", "process_rows", "passes", "matches_name", "status_of"]

#: The kernel's own rows, which are on no process table of ours.
_KERNEL = (("System Idle Process", 0), ("System", 4))
_FILTER = re.compile(r"\s*(\w+)\s+(eq|ne|gt|lt|ge|le)\s+(.*?)\s*", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "lt": lambda a, b: a < b,
    "ge": lambda a, b: a >= b,
    "le": lambda a, b: a <= b,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """A process as the tools see it.

    Attributes:
        name: the image name.
        pid: its id.
        session_id: 0 for services.
        session_name: `Services`, `Console`, or nothing for a session in the background.
        info: what the process table says; None for the kernel's own.
        owner: the account, `N/A` when the tool may not know.
        services: what runs in it; looked up only for those who ask for services.
    """

    name: str
    pid: int
    session_id: int
    session_name: str
    info: ProcessInfo | None = None
    owner: str = "N/A"
    services: Sequence[str] = ()


def process_rows(run: ProgramRun, *, with_services: bool = False) -> list[ProcessRow]:
    """Return what runs, as the tool's process may see it."""
    active = run.machine.sessions.active
    names = {0: "Services"} | ({active.id: "Console"} if active else {})
    services = _services(run) if with_services else {}
    has_rights = run.token.has_all_rights
    rows = [
        ProcessRow(
            name=name,
            pid=pid,
            session_id=0,
            session_name="Services",
            owner=str(SYSTEM) if has_rights or not pid else "N/A",
        )
        for name, pid in _KERNEL
    ]
    return rows + [
        ProcessRow(
            name=info.name,
            pid=info.pid,
            session_id=info.session_id,
            session_name=names.get(info.session_id, ""),
            info=info,
            owner=str(info.account) if may_open(info, run.token) else "N/A",
            services=services.get(info.pid, ()),
        )
        for info in run.machine.processes.running()
    ]


def passes(run: ProgramRun, row: ProcessRow, filters: Iterable[str]) -> bool:
    """Return whether a process passes all filters, `IMAGENAME eq setup.exe` and the like.

    Raises:
        ToolFailure: for a filter that makes no sense.
        NotEmulated: for one about what the machine does not know: memory, windows, modules.
    """
    return all(_passes(run, row, text) for text in filters)


def matches_name(pattern: str, name: str) -> bool:
    """Return whether a name is the one that is meant; `*` at the end stands for anything."""
    wanted = folded(pattern)
    return folded(name).startswith(wanted[:-1]) if wanted.endswith("*") else folded(name) == wanted


def _passes(run: ProgramRun, row: ProcessRow, text: str) -> bool:
    match = _FILTER.fullmatch(text)
    if not match:
        raise _unrecognized()
    name, operator, value = match[1].upper(), match[2].lower(), match[3].strip('"')
    match name:
        case "PID" | "SESSION":
            if not value.isdigit():
                raise _unrecognized()
            return _COMPARE[operator](row.pid if name == "PID" else row.session_id, int(value))
        case "CPUTIME":
            if not (found := re.fullmatch(r"(\d+):(\d\d?):(\d\d?)", value)):
                raise _unrecognized()
            hours, minutes, seconds = map(int, found.groups())
            return _COMPARE[operator](0, hours * 3600 + minutes * 60 + seconds)
        case "MEMUSAGE" | "WINDOWTITLE" | "MODULES":
            raise not_modelled(run, f"/fi {text!r}: the machine has no {name.lower()} of processes")
        case _:
            pass
    if operator not in ("eq", "ne"):
        raise _unrecognized()
    is_equal = _equals(row, name, value)
    return is_equal if operator == "eq" else not is_equal


def _equals(row: ProcessRow, name: str, value: str) -> bool:
    match name:
        case "IMAGENAME":
            return matches_name(value, row.name)
        case "SESSIONNAME":
            return matches_name(value, row.session_name)
        case "USERNAME":
            return matches_name(value, row.owner) or matches_name(value, row.owner.rpartition("\\")[2])
        case "SERVICES":
            return any(matches_name(value, one) for one in row.services)
        case "STATUS":
            if folded(value) not in ("RUNNING", "SUSPENDED", "NOT RESPONDING", "UNKNOWN"):
                raise _unrecognized()
            return folded(value) == folded(status_of(row))
        case _:
            raise _unrecognized()


def status_of(row: ProcessRow) -> str:
    """Return what `tasklist /v` says of a process: whether those with windows answer is not known of services."""
    return "Running" if row.session_id else "Unknown"


def _services(run: ProgramRun) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in run.machine.services.names():
        service = run.machine.services.query(name)
        if service.pid:
            found.setdefault(service.pid, []).append(service.name)
    return found


def _unrecognized() -> ToolFailure:
    return ToolFailure(1, "ERROR: The search filter cannot be recognized.")
