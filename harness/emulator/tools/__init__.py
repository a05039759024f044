"""The command-line tools of Windows that packages call: `reg.exe`, `sc.exe`, `schtasks.exe` and their like.

Each is a program of the emulated machine, in a module of its own that is loaded when the tool is first started. What a
tool says and how it ends is Windows' own; what it could do there and cannot here raises `NotEmulated`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulator.programs import Program, ProgramRun

__all__ = ["console_tools"]

#: The file, the module here, and the function in it.
_TOOLS = {
    "bcdedit.exe": ("bcdedit", "bcdedit"),
    "certutil.exe": ("certutil", "certutil"),
    "dism.exe": ("dism", "dism"),
    "expand.exe": ("expand", "expand"),
    "gpupdate.exe": ("gpupdate", "gpupdate"),
    "icacls.exe": ("icacls", "icacls"),
    "logoff.exe": ("terminalsessions", "logoff"),
    "msg.exe": ("terminalsessions", "msg"),
    "net.exe": ("net", "net"),
    "net1.exe": ("net", "net"),
    "netsh.exe": ("netsh", "netsh"),
    "powercfg.exe": ("powercfg", "powercfg"),
    "query.exe": ("terminalsessions", "query"),
    "quser.exe": ("terminalsessions", "quser"),
    "reg.exe": ("reg", "reg"),
    "regsvr32.exe": ("regsvr32", "regsvr32"),
    "rundll32.exe": ("rundll32", "rundll32"),
    "sc.exe": ("sc", "sc"),
    "schtasks.exe": ("schtasks", "schtasks"),
    "setx.exe": ("setx", "setx"),
    "shutdown.exe": ("shutdown", "shutdown"),
    "systeminfo.exe": ("systeminfo", "systeminfo"),
    "tar.exe": ("tar", "tar"),
    "taskkill.exe": ("taskkill", "taskkill"),
    "tasklist.exe": ("tasklist", "tasklist"),
    "wmic.exe": ("wmic", "wmic"),
}


def console_tools() -> Mapping[str, Program]:
    """Return the tools by the names of their files, as `machine.programs` wants them."""
    return {name: _program(*place) for name, place in _TOOLS.items()}


def _program(module: str, function: str) -> Program:
    async def program(run: ProgramRun) -> int:
        from harness.emulator.tools.failures import ToolFailure, check_is_of_windows

        check_is_of_windows(run)
        tool: Program = getattr(import_module(f"harness.emulator.tools.{module}"), function)
        try:
            return await tool(run)
        except ToolFailure as failure:
            for line in failure.stdout:
                run.print(line)
            for line in failure.stderr:
                run.print_error(line)
            return failure.code

    program.__name__ = program.__qualname__ = function
    return program
