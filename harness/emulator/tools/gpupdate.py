"""gpupdate.exe: group policies applied anew. The machine is in no domain, so that there is nothing to apply.

Source: learn.microsoft.com, "gpupdate"; the texts are from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["gpupdate"]


async def gpupdate(run: ProgramRun) -> int:
    """Run one gpupdate.exe command line and return its exit code.

    Raises:
        NotEmulated: for the switches that sign out or restart.
    """
    check_no_help(run)
    targets: tuple[str, ...] = ("Computer", "User")
    for word in run.arguments:
        name, _, value = word[1:].partition(":")
        match name.lower():
            case "force":
                pass
            case "wait" if value.lstrip("-").isdigit():
                pass
            case "target" if value.lower() in ("computer", "user"):
                targets = (value.capitalize(),)
            case "logoff" | "boot" | "sync":
                raise not_modelled(run, f"/{name}")
            case _:
                raise ToolFailure(1, f"Unrecognized parameter {word}")
    run.print("Updating policy...")
    run.print("")
    for target in targets:
        run.print(f"{target} Policy update has completed successfully.")
    run.print("")
    return 0
