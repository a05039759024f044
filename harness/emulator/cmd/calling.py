"""Batch files and subroutines that are run.

Source: learn.microsoft.com, "call"; that a chain of calls ends with a message when it is too long: from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from harness.emulator.cmd.script import Script
from harness.emulator.cmd.shell import Frame, LeaveShell, Shell
from harness.emulator.cmd.tokens import batch_arguments
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["frame_of", "run_batch"]

#: So many calls in each other share one of Python's stacks.
_LEVELS_AT_ONCE = 8


def frame_of(shell: Shell, path: str, name: str, arguments: str) -> Frame:
    """Return a batch file that is to be run.

    Args:
        shell: the command processor.
        path: the file, in full.
        name: how it was written.
        arguments: the rest of the line.
    """
    return Frame(
        script=Script(path, _reader(shell, path)),
        name=name,
        arguments=batch_arguments(arguments),
        all_arguments=arguments.strip(" \t"),
    )


async def run_batch(interpreter: Interpreter, frame: Frame) -> int:
    """Run a batch file or a subroutine that returns; return what it ends with, which is also the error level then.

    Raises:
        LeaveShell: when too many call each other.
    """
    shell = interpreter.shell
    if shell.depth >= shell.settings.most_calls:
        shell.error("******  B A T C H   R E C U R S I O N  exceeds STACK limits ******")
        shell.error(f"Recursion Count={shell.depth}, Stack Usage=90 percent")
        shell.error("******       B A T C H   PROCESSING IS   A B O R T E D      ******")
        shell.end_with(1)
        raise LeaveShell
    work = interpreter.run_frame(frame)
    is_deep = shell.depth % _LEVELS_AT_ONCE == _LEVELS_AT_ONCE - 1
    return shell.end_with(await (_afresh(shell, work) if is_deep else work))


async def _afresh(shell: Shell, work: Coroutine[Any, Any, int]) -> int:
    """Await work on a stack of its own, since Python's is not deep enough for long chains of calls."""
    outcome: list[int | Exception] = []

    async def run() -> None:
        try:
            outcome.append(await work)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the work is awaited
            outcome.append(error)

    clock = shell.run.machine.clock
    await clock.wait(clock.spawn(run(), name=f"a call in {shell.run.info.name}").finished)
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _reader(shell: Shell, path: str) -> Callable[[], str | None]:
    """Return what reads a batch file, and knows when it has not changed."""
    known: tuple[object, str] | None = None

    def read() -> str | None:
        nonlocal known
        try:
            info = shell.files.info(path)
            state = (info.modified, info.size_bytes, info.created, shell.code_page)
            if known is None or known[0] != state:
                known = (state, shell.read_text(path))
        except MachineError:
            return None
        return known[1]

    return read
