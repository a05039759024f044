"""`cmd.exe`: its command line, AutoRun, and what it ends with.

Source: learn.microsoft.com, "cmd" (switches, the quote rule, AutoRun); what it ends with: Wine's tests
(test_cmdline.cmd.exp, test_builtins.bat.exp) and from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.emulator.cmd.interpreter import Interpreter
from harness.emulator.cmd.lookup import find_command
from harness.emulator.cmd.printing import prompt
from harness.emulator.cmd.settings import CommandSettings
from harness.emulator.cmd.shell import LeaveBatch, LeaveShell, Shell
from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath

__all__ = ["CommandProcessor", "command_processor"]

_SWITCH = re.compile(r"[\s,;=]*/(?P<letter>[a-z?])(?P<value>:[^\s/\"]*)?", re.IGNORECASE)
_SPECIAL = re.compile(r"[&<>()@^|]")
_KEY = r"Software\Microsoft\Command Processor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """What the command processor was started with.

    Attributes:
        command: what it is to run; None for commands from its input.
        stays: whether it goes on afterwards, `/k`.
        switches: the other switches in lower case, with what follows a colon.
    """

    command: str | None
    stays: bool
    switches: dict[str, str]


class CommandProcessor:
    """The program `cmd.exe`, with its own limits: `machine.programs["cmd.exe"] = CommandProcessor(settings)`.

    Args:
        settings: how far batch files may go.
    """

    def __init__(self, settings: CommandSettings | None = None) -> None:
        self._settings = settings or CommandSettings()

    async def __call__(self, run: ProgramRun) -> int:
        """Run one command processor; return its exit code."""
        _check_nesting(run, self._settings.most_nested)
        line = read_command_line(run.command_line)
        shell = Shell(run, self._settings)
        shell.folders.current = run.working_directory
        _apply(shell, line)
        interpreter = Interpreter(shell)
        try:
            return await _run(interpreter, line)
        except (LeaveShell, LeaveBatch):
            return shell.error_level
        except RecursionError:
            raise NotEmulated(
                "commands nested this deep", where=str(shell.place), hint="write parts of it as subroutines"
            ) from None


async def command_processor(run: ProgramRun) -> int:
    """Run `cmd.exe` with the usual limits."""
    return await CommandProcessor()(run)


def read_command_line(line: str) -> CommandLine:
    """Take the line that started the command processor apart; what follows `/c`, `/k` or `/r` is the command."""
    rest = _after_program(line)
    switches: dict[str, str] = {}
    while found := _SWITCH.match(rest):
        letter = found["letter"].lower()
        if letter in "ckr":
            return CommandLine(command=rest[found.start("letter") + 1 :], stays=letter == "k", switches=switches)
        switches[letter] = (found["value"] or "").removeprefix(":").lower()
        rest = rest[found.end() :]
    return CommandLine(command=None, stays=False, switches=switches)


def _check_nesting(run: ProgramRun, most: int) -> None:
    """Refuse a chain of command processors that start each other without end."""
    row = run.info
    for _ in range(most):
        parent = run.machine.processes.get(row.parent_pid)
        if parent is None or folded(parent.info.name) != "CMD.EXE":
            return
        row = parent.info
    hint = "see that a batch file does not start itself, or raise CommandSettings.most_nested"
    raise NotEmulated(f"more than {most} command processors in each other", where=run.command_line, hint=hint)


def _after_program(line: str) -> str:
    line = line.lstrip()
    if line.startswith('"'):
        return line[1:].partition('"')[2]
    found = re.match(r"[^\s/]*", line)
    assert found is not None  # it also matches nothing
    return line[found.end() :]


def _apply(shell: Shell, line: CommandLine) -> None:
    switches = line.switches
    if "?" in switches:
        raise shell.not_emulated("the help of cmd.exe", "look it up at learn.microsoft.com")
    if "u" in switches:
        raise shell.not_emulated("output in Unicode, cmd /u", "leave /u out")
    shell.is_echoing = "q" not in switches
    shell.is_delayed = switches.get("v") in ("", "on") if "v" in switches else _preset(shell, "DelayedExpansion")
    shell.has_extensions = switches.get("e") != "off"


def _preset(shell: Shell, name: str) -> bool:
    values = [shell.run.registry.get(RegistryPath(hive, _KEY), name) for hive in (Hive.HKCU, Hive.HKLM)]
    return next((value.data == 1 for value in values if value is not None), False)


async def _run(interpreter: Interpreter, line: CommandLine) -> int:
    shell = interpreter.shell
    if "d" not in line.switches:
        await _run_automatic(interpreter)
    result = 0
    if line.command is not None:
        command = without_quotes(line.command, shell, always="s" in line.switches)
        result = await interpreter.run_line(command)
        if not line.stays:
            return result
    return await _converse(interpreter)


async def _run_automatic(interpreter: Interpreter) -> None:
    shell = interpreter.shell
    for hive in (Hive.HKLM, Hive.HKCU):
        value = shell.run.registry.get(RegistryPath(hive, _KEY), "AutoRun")
        if value is not None and isinstance(value.data, str) and value.data.strip():
            await interpreter.run_line(shell.files.expand(value.data))


def without_quotes(command: str, shell: Shell, *, always: bool) -> str:
    """Return the command after `/c` or `/k` without the quotes around it, by the documented rule.

    They stay when there are just two, nothing special and at least one blank between them, and they hold the name of a
    program.
    """
    text = command.lstrip(" \t")
    if not text.startswith('"'):
        return text
    end = text.rfind('"')
    inner = text[1:end] if end else text[1:]
    is_kept = (
        not always
        and text.count('"') == 2  # noqa: PLR2004 - a pair
        and not _SPECIAL.search(inner)
        and re.search(r"\s", inner) is not None
        and find_command(shell, inner) is not None
    )
    return text if is_kept else inner + (text[end + 1 :] if end else "")


async def _converse(interpreter: Interpreter) -> int:
    """Run the commands that come from a file or a pipe; without one, wait for somebody to type."""
    shell = interpreter.shell
    if not shell.stdin.is_redirected:
        await shell.run.show_dialog("a command prompt that waits for commands")
    shell.write(
        f"Microsoft Windows [Version {shell.run.machine.facts.os_version}.{shell.run.machine.facts.revision}]\r\n"
    )
    shell.write("(c) Microsoft Corporation. All rights reserved.\r\n")
    while (line := shell.stdin.read_line()) is not None:
        shell.write(f"\r\n{prompt(shell)}{line}\r\n")
        await interpreter.run_line(line)
    shell.write(f"\r\n{prompt(shell)}")
    return shell.error_level
