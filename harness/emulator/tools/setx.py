r"""setx.exe: environment variables for the programs that start later, not for those that run.

A value with a per cent sign becomes REG_EXPAND_SZ; of more than 1,024 characters the rest is cut off, which is how
paths get lost.

Source: learn.microsoft.com, "setx"; the type of the value and the texts are from memory of Windows 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help
from harness.emulator.tools.options import Syntax
from harness.errors import MachineError
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["setx"]

_SYNTAX = Syntax(tool="SETX", flags=("m",), most_words=2, unmodelled=("k", "f", "a", "r", "x", "d"))
_MACHINE = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
_USER = RegistryPath(Hive.HKCU, "Environment")
_LONGEST = 1024


async def setx(run: ProgramRun) -> int:
    """Run one setx.exe command line and return its exit code.

    Raises:
        NotEmulated: for values out of files and the registry.
    """
    check_no_help(run)
    options = _SYNTAX.read(run, run.arguments)
    if len(options.words) != 2 or not options.words[0] or "=" in options.words[0]:  # noqa: PLR2004 - name and value
        raise _SYNTAX.error("Invalid syntax.")
    name, value = options.words
    if len(value) > _LONGEST:
        run.print(f"WARNING: The data being saved is truncated to {_LONGEST} characters.")
        run.print("")
        value = value[:_LONGEST]
    kind = RegistryType.REG_EXPAND_SZ if "%" in value else RegistryType.REG_SZ
    try:
        run.registry.set(_MACHINE if "m" in options else _USER, name, RegistryValue(kind, value))
    except MachineError as error:
        raise ToolFailure(1, "ERROR: Access to the registry path is denied.") from error
    run.print("")
    run.print("SUCCESS: Specified value was saved.")
    return 0
