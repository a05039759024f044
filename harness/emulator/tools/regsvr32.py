"""regsvr32.exe: DLLs that register themselves.

What a DLL registers only its code knows. A call that Windows would carry out is assumed to succeed, and the timeline
tells that nothing was registered (`registration assumed`); one that must fail, fails.

Source: learn.microsoft.com, "regsvr32"; the exit codes are from memory (1 arguments, 2 OLE, 3 loading, 4 no
entry point, 5 the registration itself).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.failures import check_no_help, not_modelled
from harness.errors import MachineError
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["regsvr32"]

_BAD_ARGUMENTS, _LOAD_FAILED = 1, 3


async def regsvr32(run: ProgramRun) -> int:
    """Run one regsvr32.exe command line and return its exit code; without `/s` it ends with a dialog.

    Raises:
        NotEmulated: for DllInstall (`/i`).
    """
    check_no_help(run)
    switches = [word.lower() for word in run.arguments if word[:1] in ("/", "-")]
    paths = [word for word in run.arguments if word[:1] not in ("/", "-")]
    is_silent = any(word[1:] == "s" for word in switches)
    unknown = [word for word in switches if word[1:] not in ("s", "u", "n", "e") and not word[1:].startswith("i")]
    if unknown or not paths:
        what = f"Unrecognized flag: {unknown[0]}" if unknown else "No DLL name specified"
        return await _end(run, _BAD_ARGUMENTS, what, is_silent=is_silent)
    if any(word[1:].startswith("i") for word in switches):
        raise not_modelled(run, "/i, a call of DllInstall, which only the DLL's own code knows")
    for path in paths:
        if not _can_be_loaded(run, path):
            text = f'The module "{path}" failed to load.'
            return await _end(run, _LOAD_FAILED, text, is_silent=is_silent)
        removes = any(word[1:] == "u" for word in switches)
        verb = "DllUnregisterServer" if removes else "DllRegisterServer"
        run.machine.timeline.add(
            Lane.REGISTRY,
            "registration assumed",
            f"{verb} of {path} is assumed to succeed; what it would write is not known and not written",
            path=path,
            function=verb,
            pid=run.info.pid,
        )
        if not is_silent:
            await run.show_dialog(f"{verb} in {path} succeeded.")
    return 0


def _can_be_loaded(run: ProgramRun, path: str) -> bool:
    try:
        with run.files.open(path) as file:
            return file.read(2) == b"MZ"
    except MachineError:
        if "\\" in path:
            return False
    return run.files.exists(rf"C:\Windows\System32\{path}")


async def _end(run: ProgramRun, code: int, text: str, *, is_silent: bool) -> int:
    if not is_silent:
        await run.show_dialog(text)
    return code
