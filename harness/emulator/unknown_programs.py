"""What to say when a file is started and nobody has said what it does."""

from __future__ import annotations

import json
import ntpath

from harness.emulator.lookup import Image
from harness.errors import MachineError, NotEmulated
from harness.formats.commandline import split_command_line
from harness.model.commands import Command
from harness.model.names import folded

__all__ = ["check_is_startable", "not_emulated"]

#: Extensions whose files may stand for programs, so that an empty `setup.exe` can be given a behaviour.
_STARTABLE = (".exe", ".com", ".scr", ".bat", ".cmd")
_BATCH = (".bat", ".cmd")
_MOST_ARGUMENTS = 8

#: Programs of Windows that run what others wrote -> what they run.
_INTERPRETERS = {
    "CMD.EXE": "batch files and shell commands",
    "POWERSHELL.EXE": "PowerShell scripts",
    "POWERSHELL_ISE.EXE": "PowerShell scripts",
    "PWSH.EXE": "PowerShell scripts",
    "WSCRIPT.EXE": "Windows Script Host scripts",
    "CSCRIPT.EXE": "Windows Script Host scripts",
    "MSHTA.EXE": "HTML applications",
    "RUNDLL32.EXE": "code in DLLs",
    "REGSVR32.EXE": "code in DLLs",
}


def check_is_startable(image: Image) -> None:
    """Refuse a file that Windows cannot start, whatever somebody says about it: a script, a document, an MSI.

    Raises:
        MachineError: 193 for a file that is no program.
    """
    extension = ntpath.splitext(image.path)[1].lower()
    if not image.is_program and extension not in _STARTABLE:
        advice = "start it through the program that runs such files" if extension else "a program has a PE header"
        raise MachineError(193, f"the file is not a valid Win32 application, {advice}", image.path)


def not_emulated(image: Image, command: Command) -> Exception:
    """Return what to raise for a file that exists and has no program: Windows' own error, or how to give it one."""
    name = ntpath.basename(image.path)
    if ntpath.splitext(name)[1].lower() in _BATCH:
        what = f"the batch file {name!r}"
        advice = "batch files are not run; say what the whole file does instead"
    elif folded(name) in _INTERPRETERS:
        what = f"{_INTERPRETERS[folded(name)]} ({name})"
        advice = "say what the whole command does instead"
    elif _is_of_windows(image.path):
        what = f"{name}, a program of Windows"
        advice = "say what this command does"
    elif image.is_program:
        what = f"what {name!r} does"
        advice = "the machine cannot run its code; say what it does"
    else:
        message = (
            f"{name} is not a valid Win32 application, it has no PE header - if it stands for one, say what it does"
        )
        return MachineError(193, message, image.path)
    return NotEmulated(what, where=command.command_line, hint=_hint(name, command, advice))


def _hint(name: str, command: Command, advice: str) -> str:
    arguments = split_command_line(command.command_line.lstrip())[1:]
    run = {
        "when": arguments[:_MOST_ARGUMENTS],
        "takes": "1 min",
        "exit_code": 0,
        "writes_registry": {r"HKLM\SOFTWARE\Contoso": {"Version": "1.0"}},
    }
    document = json.dumps({"program": name, "runs": [run]}, ensure_ascii=False)
    return (
        f"{advice}, with what the app's detection rules look for, in a JSON file for --installer:\n"
        f"  {document}\n"
        "or in Python:\n"
        f'  machine.programs["{name}"] = Installer(takes="1 min", '
        r'writes_registry={r"HKLM\SOFTWARE\Contoso": {"Version": "1.0"}})'
    )


def _is_of_windows(path: str) -> bool:
    below = folded(path).removeprefix("C:\\WINDOWS\\")
    return below != folded(path) and not below.startswith(("TEMP\\", "IMECACHE\\", "INSTALLER\\"))
