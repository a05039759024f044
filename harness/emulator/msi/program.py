r"""msiexec.exe: installs and removes what real MSIs describe.

The program that is started is only a client. The Windows Installer service does the work, as a 64-bit process of
SYSTEM, so everything is written through the machine's own registry and volumes, in the view of each component.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.msi.commandline import Misuse, parse_command_line
from harness.emulator.msi.execution import MsiPace
from harness.emulator.msi.installation import Installation
from harness.emulator.msi.log import InstallLog
from harness.emulator.msi.outcomes import ExitCode, InstallFailure
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["msiexec"]

_DEFAULT_PACE = MsiPace()


async def msiexec(run: ProgramRun, pace: MsiPace = _DEFAULT_PACE) -> int:
    """Run one msiexec command line and return its exit code.

    Args:
        run: the process; its command line says what to do.
        pace: how long things take.

    Raises:
        NotEmulated: for what the package or the command line asks for and is not modelled; the machine is then as it
            was before.
    """
    try:
        command = parse_command_line(run.command_line)
        log = InstallLog(run, command.log)
    except Misuse as misuse:
        if not misuse.is_quiet:
            await run.show_dialog(f"Windows Installer's help, because {misuse}")
        return _refuse(run, ExitCode.INVALID_COMMAND_LINE, str(misuse))
    except InstallFailure as failure:
        return _refuse(run, failure.exit_code, str(failure))
    try:
        code = await Installation(run, command, log, pace).carry_out()
        log.client(f"MainEngineThread is returning {int(code)}")
    finally:
        log.close()
    return int(code)


def _refuse(run: ProgramRun, code: ExitCode, reason: str) -> int:
    text = f"msiexec does nothing ({int(code)}): {reason}"
    run.machine.timeline.add(Lane.PROCESS, "msi failed", text, exit_code=int(code), reason=reason)
    return int(code)
