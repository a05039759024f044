"""reg.exe: the registry from the command line, in the view of the process that it is.

A 32-bit process starts the `reg.exe` of SysWOW64 and so sees the 32-bit half, unless `/reg:64` is given.

Source: learn.microsoft.com, "reg commands".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.emulator.tools.regarguments import FAILED, refused
from harness.emulator.tools.regcomparing import compare
from harness.emulator.tools.regediting import add, copy, delete
from harness.emulator.tools.regfiles import export, import_file, load, restore, save, unload
from harness.emulator.tools.regquery import query
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["reg"]

_VERBS = {
    "QUERY": query,
    "ADD": add,
    "DELETE": delete,
    "COPY": copy,
    "EXPORT": export,
    "IMPORT": import_file,
    "COMPARE": compare,
    "SAVE": save,
    "RESTORE": restore,
    "LOAD": load,
    "UNLOAD": unload,
}


async def reg(run: ProgramRun) -> int:
    """Run one reg.exe command line and return its exit code.

    Raises:
        NotEmulated: for what it cannot do here.
    """
    check_no_help(run)
    verb, *rest = run.arguments or ("",)
    if verb.upper() == "FLAGS":
        raise not_modelled(run, "reg flags, the marks of registry virtualization")
    action = _VERBS.get(verb.upper())
    if action is None:
        raise ToolFailure(FAILED, "ERROR: Invalid syntax.", 'Type "REG /?" for usage.')
    try:
        return action(run, rest)
    except MachineError as error:
        raise refused(error) from error
