r"""powercfg.exe: hibernation on and off, which fast startup depends on; power plans are not modelled.

Source: learn.microsoft.com, "Powercfg command-line options"; the value is `HibernateEnabled` below
`Control\Power`, from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import MachineError
from harness.model.windows import Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["powercfg"]

_POWER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Power")
_INVALID = 'Invalid Parameters -- try "/?" for help'


async def powercfg(run: ProgramRun) -> int:
    """Run one powercfg.exe command line and return its exit code.

    Raises:
        NotEmulated: for everything but `/hibernate on` and `/hibernate off`.
    """
    check_no_help(run)
    words = [word.lower() for word in run.arguments]
    if not words or words[0][1:] not in ("h", "hibernate"):
        raise not_modelled(run, f"{' '.join(run.arguments) or 'a call without arguments'}, power plans and reports")
    if len(words) != 2 or words[1] not in ("on", "off"):  # noqa: PLR2004 - the switch and what is wanted
        if len(words) > 1 and words[1][1:] in ("size", "type"):
            raise not_modelled(run, f"/hibernate {words[1]}")
        raise ToolFailure(1, _INVALID)
    try:
        run.registry.set(_POWER, "HibernateEnabled", int(words[1] == "on"))
    except MachineError as error:
        text = "Unable to perform operation. You do not have permission to enable or disable the Hibernate feature."
        raise ToolFailure(1, text) from error
    return 0
