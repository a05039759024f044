"""dism.exe: features, packages and images of Windows, which the machine does not model.

Source: learn.microsoft.com, "DISM operating system package servicing command-line options"; what it says without
administrator's rights (error 740) is from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["dism"]

_NEEDS_ELEVATION = 740


async def dism(run: ProgramRun) -> int:
    """Refuse whoever is no administrator, as Windows does.

    Raises:
        ToolFailure: for a process without an administrator's rights.
        NotEmulated: for any other.
    """
    check_no_help(run)
    if not run.token.has_all_rights:
        text = "Elevated permissions are required to run DISM."
        lines = ("", f"Error: {_NEEDS_ELEVATION}", "", text, "Use an elevated command prompt to complete these tasks.")
        raise ToolFailure(_NEEDS_ELEVATION, stdout=lines)
    what = next((word for word in run.arguments if word.lower() not in ("/online", "/english", "/quiet")), "no command")
    raise not_modelled(
        run,
        f"{what}, the features and packages of Windows",
        "a feature changes files and registry in ways that are not known here: say what this command leaves behind "
        'with machine.programs["dism.exe"] = Installer(...)',
    )
