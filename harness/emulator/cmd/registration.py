"""Which programs this package has; each is loaded when it is first started."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulator.programs import Program, ProgramRun

__all__ = ["programs"]

#: Image name -> the module, below this package, and its function that is the program.
_PROGRAMS = {
    "attrib.exe": ("tools.attrib", "attrib"),
    "choice.exe": ("tools.timeout", "choice"),
    "cmd.exe": ("program", "command_processor"),
    "find.exe": ("tools.find", "find"),
    "findstr.exe": ("tools.findstr", "findstr"),
    "hostname.exe": ("tools.identity", "hostname"),
    "more.com": ("tools.more", "more"),
    "ping.exe": ("tools.ping", "ping"),
    "robocopy.exe": ("tools.robocopy", "robocopy"),
    "sort.exe": ("tools.sort", "sort"),
    "timeout.exe": ("tools.timeout", "timeout"),
    "tree.com": ("tools.tree", "tree"),
    "where.exe": ("tools.where", "where"),
    "whoami.exe": ("tools.identity", "whoami"),
    "xcopy.exe": ("tools.xcopy", "xcopy"),
}


def programs() -> Mapping[str, Program]:
    """Return the command processor and what belongs to it, as `machine.programs` wants them."""
    return {name: _program(*place) for name, place in _PROGRAMS.items()}


def _program(module: str, function: str) -> Program:
    async def program(run: ProgramRun) -> int:
        found: Program = getattr(import_module(f"harness.emulator.cmd.{module}"), function)
        return await found(run)

    return program
