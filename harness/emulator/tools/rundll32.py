"""rundll32.exe: functions in DLLs, of which only a few are known.

Source: learn.microsoft.com, "rundll32"; what the known functions do is Windows' documentation of each. That a missing
DLL is told in a dialog, and the exit code, are from memory.
"""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import check_no_help, not_modelled
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["rundll32"]

#: Functions that change nothing that the machine models.
_WITHOUT_EFFECT = {
    ("USER32", "UPDATEPERUSERSYSTEMPARAMETERS"),
    ("ADVAPI32", "PROCESSIDLETASKS"),
    ("IERNONCE", "RUNONCEEXPROCESS"),
}
_CALL = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^,\s]+))\s*[,\s]\s*(?P<function>[^\s,]+)')


async def rundll32(run: ProgramRun) -> int:
    """Run one rundll32.exe command line and return its exit code; a missing DLL is told in a dialog.

    Raises:
        NotEmulated: for functions that are not known.
    """
    check_no_help(run)
    line = run.command_line.lstrip()
    program = re.match(r'"[^"]*"|\S+', line)
    rest = line[program.end() :] if program else ""
    match = _CALL.match(rest)
    if not rest.strip():
        return 0
    if not match:
        raise not_modelled(run, "a call without the name of a function")
    dll, function = match["quoted"] or match["plain"], match["function"]
    name = dll if ntpath.splitext(dll)[1] else f"{dll}.dll"
    call = (folded(ntpath.splitext(ntpath.basename(name))[0]), folded(function))
    if call in _WITHOUT_EFFECT:
        return 0
    if call == ("USER32", "LOCKWORKSTATION"):
        active = run.machine.sessions.active
        if active and active.id == run.info.session_id:
            run.machine.sessions.lock()
        return 0
    if ("\\" in dll or "/" in dll) and not run.files.exists(name):
        text = f"There was a problem starting {dll}. The specified module could not be found."
        await run.show_dialog(text)
    raise not_modelled(run, f"the function {function} of {dll}, which only its code knows")
