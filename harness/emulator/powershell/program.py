"""powershell.exe: its command line, and running what it says.

Source: learn.microsoft.com, about_PowerShell_exe; the exit code of a missing file is from memory.
"""

from __future__ import annotations

import base64
import binascii
import ntpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.emulator.powershell.output.console import Console
from harness.emulator.powershell.runtime.binding import Argument
from harness.emulator.powershell.runtime.errors import (
    BreakLoop,
    ContinueLoop,
    ExitScript,
    ReturnFrom,
    ScriptError,
    Unmodelled,
)
from harness.emulator.powershell.runtime.interpreter import Interpreter
from harness.emulator.powershell.runtime.scripts import parsed, read_script
from harness.emulator.powershell.runtime.source import Source
from harness.emulator.powershell.runtime.state import Settings
from harness.emulator.powershell.runtime.values import NOTHING
from harness.errors import MachineError, NotEmulated

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["PowerShell", "powershell", "Options", "read_options"]

_MISSING_FILE = 0xFFFD0000

#: Parameters with a value, then those without one.
_WITH_VALUE = (
    *("psconsolefile", "version", "inputformat", "outputformat", "windowstyle", "encodedcommand", "configurationname"),
    *("executionpolicy", "file", "command", "encodedarguments"),
)
_WITHOUT_VALUE = ("nologo", "noexit", "sta", "mta", "noprofile", "noninteractive", "help")
_EXACT = {
    "ec": "encodedcommand",
    "e": "encodedcommand",
    "ep": "executionpolicy",
    "ex": "executionpolicy",
    "c": "command",
    "f": "file",
    "w": "windowstyle",
    "nop": "noprofile",
    "noni": "noninteractive",
}


_NOT_ENCODED = (
    "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value "
    "must be Base64 encoded."
)


@dataclass(slots=True)
class Options:
    """What a command line asks for.

    Attributes:
        file: the script; empty for none.
        command: the commands; None for none.
        arguments: what follows the script.
        is_interactive: whether questions may be asked.
        problem: what is wrong with the line; empty when nothing is.
    """

    file: str = ""
    command: str | None = None
    arguments: list[str] = field(default_factory=list)
    is_interactive: bool = True
    problem: str = ""


def read_options(arguments: tuple[str, ...]) -> Options:  # noqa: PLR0911
    """Return what a command line asks for; a unique beginning of a parameter's name is enough."""
    options = Options()
    rest = list(arguments)
    while rest:
        word = rest[0]
        if not re.match(r"[-/\u2013\u2014\u2015]", word):
            options.command = " ".join(rest)
            return options
        name = _parameter(word[1:].lower())
        rest.pop(0)
        if name is None:
            options.problem = f"The term '{word}' is no parameter of powershell.exe."
            return options
        if name in _WITHOUT_VALUE:
            options.is_interactive = options.is_interactive and name != "noninteractive"
            continue
        if not rest:
            options.problem = f"Cannot process the command because of a missing parameter. A value must follow -{name}."
            return options
        if name == "command":
            options.command = " ".join(rest)
            return options
        value = rest.pop(0)
        if name == "file":
            options.file, options.arguments = value, rest
            return options
        if name == "encodedcommand":
            options.command = _decoded(value)
            if options.command is None:
                options.problem = _NOT_ENCODED
                return options
    return options


def _parameter(written: str) -> str | None:
    if written in _EXACT:
        return _EXACT[written]
    if written == "?":
        return "help"
    found = [name for name in (*_WITH_VALUE, *_WITHOUT_VALUE) if name.startswith(written)]
    return found[0] if found and written else None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        return None


class PowerShell:
    """Windows PowerShell 5.1 as a program of the machine.

    Args:
        settings: what bounds scripts.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    async def __call__(self, run: ProgramRun) -> int:
        """Run what the command line says and return the exit code.

        Raises:
            NotEmulated: when a script asks for something that is not modelled.
        """
        options = read_options(run.arguments)
        if options.problem:
            run.print_error(options.problem)
            return _MISSING_FILE
        if options.file == "-" or (not options.file and options.command in (None, "-")):
            options.command, options.file = run.stdin.read(), ""
        console = Console(run)
        shell = Interpreter(run, console, self._settings)
        try:
            if options.file:
                return await self._run_file(run, shell, options)
            return await self._run_command(shell, options.command or "")
        except RecursionError as error:
            raise NotEmulated(
                "a script that nests this deeply",
                where=run.command_line,
                hint="let functions call one another less deeply",
            ) from error
        except MemoryError as error:
            raise NotEmulated(
                "a script that needs this much memory",
                where=run.command_line,
                hint="let it build smaller texts and lists",
            ) from error
        finally:
            console.finish()

    async def _run_file(self, run: ProgramRun, shell: Interpreter, options: Options) -> int:
        path = ntpath.normpath(ntpath.join(run.working_directory, options.file.strip("'\"")))
        if not run.files.exists(path) or not path.lower().endswith(".ps1"):
            run.print_error(
                f"The argument '{options.file}' to the -File parameter does not exist. Provide the path to an existing "
                "'.ps1' file as an argument to the -File parameter."
            )
            return _MISSING_FILE
        try:
            source = Source(text=read_script(run, path), path=path)
        except MachineError as error:
            run.print_error(str(error.strerror))
            return 1
        return await self._run(shell, source, _arguments(options.arguments), is_file=True)

    async def _run_command(self, shell: Interpreter, text: str) -> int:
        code = await self._run(shell, Source(text=text), [], is_file=False)
        if code == 0 and not shell.success:
            return 1
        return code

    async def _run(self, shell: Interpreter, source: Source, arguments: list[Argument], *, is_file: bool) -> int:
        shell.frame.source = source
        try:
            closure = shell.closure_of(parsed(source), source)
            await shell.run_script(closure, arguments, source.path if is_file else "")
        except ExitScript as leaving:
            shell.success = True
            return leaving.code & 0xFFFFFFFF
        except ScriptError as error:
            shell.console.finish()
            shell.console.show_error(shell.placed(error.record))
            return 1
        except Unmodelled as error:
            raise shell.unmodelled(error) from error
        except (BreakLoop, ContinueLoop, ReturnFrom):
            return 0
        return 0


def _arguments(words: list[str]) -> list[Argument]:
    """Return what follows the script: parameters by their dash, everything else as it is."""
    found: list[Argument] = []
    for word in words:
        match = re.fullmatch(r"-([^\W\d][\w-]*)(:(.*))?", word, re.DOTALL)
        if match is None:
            found.append(Argument(word))
        elif match[2] is None:
            found.append(Argument(NOTHING, "", match[1]))
        else:
            value = {"$true": True, "$false": False}.get(match[3].lower(), match[3])
            found.append(Argument(value, "", match[1]))
    return found


async def powershell(run: ProgramRun) -> int:
    """Run Windows PowerShell with the usual bounds."""
    return await PowerShell()(run)
