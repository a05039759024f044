"""bcdedit.exe: the boot configuration, which the machine does not have.

Source: learn.microsoft.com, "BCDEdit command-line options"; what it says to users is from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["bcdedit"]


async def bcdedit(run: ProgramRun) -> int:
    """Refuse whoever is no administrator, as Windows does.

    Raises:
        ToolFailure: for a process without an administrator's rights.
        NotEmulated: for any other.
    """
    check_no_help(run)
    if not run.token.has_all_rights:
        raise ToolFailure(1, stdout=("The boot configuration data store could not be opened.", "Access is denied."))
    raise not_modelled(run, "the boot configuration", "leave the call out, or declare what it is to answer")
