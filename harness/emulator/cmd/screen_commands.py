"""The commands that show something, or would change how the window looks.

Source: learn.microsoft.com, pages of the commands; layouts and which of them leave the error level alone: from memory
and Wine's tests (test_builtins.bat.exp).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.emulator.cmd.codepages import is_code_page, set_code_page
from harness.emulator.cmd.tokens import split_arguments
from harness.emulator.cmd.wallclock import clock_time, day_and_date, short_time
from harness.emulator.cmd.wording import error_text

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = [
    "clear",
    "code_page",
    "color",
    "date",
    "echo",
    "nothing",
    "pause",
    "time",
    "title",
    "verify",
    "version",
    "volume",
]


async def echo(interpreter: Interpreter, arguments: str) -> int:
    """Show text, or switch on or off whether commands are shown."""
    shell = interpreter.shell
    text = arguments[1:]
    word = arguments.strip(" \t").lower()
    if arguments[:1] in (" ", "\t", "") and word in ("on", "off"):
        shell.is_echoing = word == "on"
    elif not word and arguments[:1] in (" ", "\t", ""):
        shell.print(f"ECHO is {'on' if shell.is_echoing else 'off'}.")
    elif arguments.startswith('"'):
        shell.print(arguments)
    else:
        shell.print(text)
    return 0


async def nothing(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Do nothing: `rem` after other commands, and `break`."""
    return 0


async def clear(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Clear the screen; a file gets a form feed."""
    interpreter.shell.write("\x0c")
    return 0


async def code_page(interpreter: Interpreter, arguments: str) -> int:
    """Show or set the console's code page, as the program chcp.com does."""
    shell = interpreter.shell
    text = arguments.strip()
    if text:
        if not text.isdigit() or not is_code_page(int(text)):
            return shell.fail("Invalid code page")
        shell.code_page = int(text)
        set_code_page(shell.run, int(text))
    shell.print(f"Active code page: {shell.code_page}")
    return shell.succeed()


async def color(interpreter: Interpreter, arguments: str) -> int:
    """Change the colours of the window; the same one for both is an error."""
    text = arguments.strip()
    is_wrong = text and (not re.fullmatch(r"[0-9a-fA-F]{1,2}", text) or (len(text) > 1 and text[0] == text[1]))
    return interpreter.shell.fail() if is_wrong else 0


async def title(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - nobody sees the window
    """Change the title of the window."""
    return 0


async def pause(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Wait for a key, which comes from a file or a pipe when there is one."""
    shell = interpreter.shell
    shell.write("Press any key to continue . . . ")
    key = shell.stdin.read_key()
    if key is None and not shell.stdin.is_redirected:
        await shell.run.show_dialog("Press any key to continue . . .")
    shell.print()
    return 0


async def version(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Show the version of Windows."""
    shell = interpreter.shell
    facts = shell.run.machine.facts
    shell.print()
    shell.print(f"Microsoft Windows [Version {facts.os_version}.{facts.revision}]")
    return shell.succeed()


async def verify(interpreter: Interpreter, arguments: str) -> int:
    """Show or set whether writing is checked, which does nothing."""
    shell = interpreter.shell
    word = arguments.strip().lower()
    if not word:
        shell.print(f"VERIFY is {'on' if shell.is_verifying else 'off'}.")
    elif word in ("on", "off"):
        shell.is_verifying = word == "on"
    else:
        return shell.fail("An incorrect parameter was\r\nentered for the command.")
    return shell.succeed()


async def date(interpreter: Interpreter, arguments: str) -> int:
    """Show the date with `/t`."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if not given.has("/t"):
        raise shell.not_emulated("setting the date, or asking for it", "show it with date /t")
    shell.print(f"{day_and_date(shell.run.machine.clock.local_now())} ")
    return shell.succeed()


async def time(interpreter: Interpreter, arguments: str) -> int:
    """Show the time with `/t`."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    now = shell.run.machine.clock.local_now()
    if given.has("/t"):
        shell.print(short_time(now))
        return shell.succeed()
    if shell.stdin.is_redirected and not given.names:
        shell.print(f"The current time is: {clock_time(now)}")
        shell.write("Enter the new time: ")
        if not (shell.stdin.read_line() or "").strip():
            shell.print()
            return shell.succeed()
    raise shell.not_emulated("setting the time, or asking for it", "show it with time /t")


async def volume(interpreter: Interpreter, arguments: str) -> int:
    """Show the label and the serial number of a volume."""
    shell = interpreter.shell
    drive = (arguments.strip() or shell.folders.current)[:2].upper()
    found = next((each for each in shell.files.volumes() if each.drive == drive), None)
    if found is None:
        return shell.fail(error_text(3))
    for line in volume_lines(found.drive, found.label):
        shell.print(line)
    return shell.succeed()


def volume_lines(drive: str, label: str) -> list[str]:
    """Return what `vol` and `dir` say of a volume; its serial number is made of its letter."""
    named = f"is {label}" if label else "has no label."
    return [f" Volume in drive {drive[0]} {named}", f" Volume Serial Number is {0x5EED:04X}-{ord(drive[0]):04X}"]
