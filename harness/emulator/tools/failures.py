"""How tools end when they cannot do what they were asked, and what is said of what the machine does not model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import NotEmulated
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["ToolFailure", "not_modelled", "check_is_of_windows", "check_no_help", "unanswered"]


class ToolFailure(Exception):
    """A tool gives up.

    Attributes:
        code: its exit code.
        stderr: what it says on the standard error stream, line by line.
        stdout: the same of the standard output, which comes first.
    """

    def __init__(self, code: int, *stderr: str, stdout: tuple[str, ...] = ()) -> None:
        super().__init__(code, stderr, stdout)
        self.code = code
        self.stderr = stderr
        self.stdout = stdout


def not_modelled(run: ProgramRun, what: str, hint: str = "") -> NotEmulated:
    """Return the error for something that the tool can do on Windows and cannot do here.

    Args:
        run: the tool's process.
        what: the switch or verb and what it is for, `reg load of a file`.
        hint: what to do about it; without it, how to declare the whole command.
    """
    name = run.info.name
    declare = f'say what this command does: machine.programs["{name}"] = Installer(...), or an --installer file for it'
    return NotEmulated(f"{name}: {what}", where=run.command_line, hint=hint or declare)


def check_is_of_windows(run: ProgramRun) -> None:
    """Refuse to answer for a file that is only called like a tool of Windows, because a package brought it along.

    Raises:
        NotEmulated: when the file is not in the folder of Windows.
    """
    if not folded(run.info.image_path).startswith("C:\\WINDOWS\\"):
        hint = f'say what this file does: machine.programs[r"{run.info.image_path}"] = Installer(...)'
        raise not_modelled(run, f"{run.info.image_path}, which is not the tool of Windows of that name", hint)


def check_no_help(run: ProgramRun) -> None:
    """Refuse to show a tool's help, whose text is not kept here.

    Raises:
        NotEmulated: when the arguments ask for it.
    """
    if any(argument in ("/?", "-?") for argument in run.arguments):
        raise not_modelled(run, "the text of its help (/?)", "leave the call for help out of the script")


def unanswered(run: ProgramRun, question: str, switch: str) -> NotEmulated:
    """Return the error for a question of a tool that nobody is there to answer; on Windows the tool waits.

    Args:
        run: the tool's process.
        question: what it asks.
        switch: the switch that keeps it from asking.
    """
    hint = f"on Windows it waits for an answer that nobody can give: add {switch}, or pipe the answer in"
    return NotEmulated(f"{run.info.name} asks {question.strip()!r}", where=run.command_line, hint=hint)
