"""Running what was understood: each kind of command, batch files line by line.

Source: learn.microsoft.com, "if", "for", "call", "Using command redirection operators"; stackoverflow.com, question
4094699 (the order of expansion, echo, redirection); which results set the error level, and what `||` sees: the tests of
Wine's cmd (programs/cmd/tests/test_builtins.bat), whose expectations were recorded on Windows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness.emulator.cmd.commands import run_simple
from harness.emulator.cmd.conditions import holds
from harness.emulator.cmd.console import Captured, Source
from harness.emulator.cmd.expansion import LineTooLong, expand_delayed, expand_loop_variables, expand_percent
from harness.emulator.cmd.loops import run_loop
from harness.emulator.cmd.parser import parse_statement
from harness.emulator.cmd.printing import prompt, written
from harness.emulator.cmd.redirecting import redirected
from harness.emulator.cmd.shell import Frame, Jump, LeaveBatch, LeaveShell, Shell, Transfer
from harness.emulator.cmd.syntax import (
    Block,
    Chain,
    Comment,
    For,
    If,
    Link,
    Node,
    Place,
    Quiet,
    Redirected,
    Simple,
    SyntaxFault,
)

__all__ = ["Interpreter"]

#: How a batch file ends that does not parse. Source: Wine's cmd, RETURN_CODE_SYNTAX_ERROR.
_SYNTAX_ERROR = 255
_TOO_LONG = "The input line is too long."


class Interpreter:
    """Runs commands for one command processor.

    Args:
        shell: its state.
    """

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    # Lines

    async def run_line(self, line: str) -> int:
        """Run a command line; return its result.

        Args:
            line: as it was typed, or as it came after `/c`.
        """
        shell = self.shell
        place = Place(shell.run.command_line)
        frame, shell.frame = shell.frame, None
        try:
            node = parse_statement(expand_percent(line, shell), lambda: None, place)
            return await self.execute(node) if node else 0
        except SyntaxFault as fault:
            shell.error(fault.text)
            return shell.end_with(_SYNTAX_ERROR)
        except LineTooLong:
            return shell.fail(_TOO_LONG)
        finally:
            shell.frame = frame

    async def run_frame(self, frame: Frame) -> int:
        """Run a batch file or a subroutine to its end; return what it ends with.

        Args:
            frame: the file, and where in it.

        Raises:
            LeaveShell: when it does not parse: then the whole command processor ends.
        """
        shell = self.shell
        before, loops, shell.frame = shell.frame, shell.loops, frame
        shell.loops = {}
        shell.depth += 1
        try:
            return await self._lines(frame)
        except LeaveBatch:
            return shell.error_level
        except (SyntaxFault, LineTooLong) as fault:
            shell.fail(fault.text if isinstance(fault, SyntaxFault) else _TOO_LONG, _SYNTAX_ERROR)
            raise LeaveShell from None
        finally:
            for saved in frame.saved[:1]:
                shell.restore(saved)
            shell.frame, shell.loops = before, loops
            shell.depth -= 1

    async def _lines(self, frame: Frame) -> int:
        """Run the commands of a batch file one after the other; return what the last one leaves behind."""
        shell = self.shell
        result = 0
        shell.is_level_set = True
        while (node := self._next(frame)) is not None:
            shell.is_level_set = False
            try:
                self._show(node)
                result = await self.execute(node)
            except (Jump, Transfer) as leap:
                if leap.frame is not frame:
                    raise
        return result if result and not shell.is_level_set else shell.error_level

    def _next(self, frame: Frame) -> Node | None:
        """Return the next command of a batch file; None at its end."""
        shell = self.shell
        while True:
            if not frame.script.refresh():
                shell.fail("The batch file cannot be found.")
                return None
            line = frame.script.line(frame.position)
            if line is None:
                return None
            place = frame.script.place(frame.position)
            frame.position += 1
            if line.lstrip().startswith(":"):
                shell.step()
                continue
            node = parse_statement(expand_percent(line, shell), lambda: self._more(frame), place)
            if node is not None:
                return node

    def _more(self, frame: Frame) -> str | None:
        line = frame.script.line(frame.position)
        if line is None:
            return None
        frame.position += 1
        return expand_percent(line, self.shell)

    def _show(self, node: Node) -> None:
        """Show a command before it runs, unless echo is off or it begins with `@`."""
        if self.shell.is_echoing and not isinstance(node, Quiet):
            self.shell.write(f"\r\n{prompt(self.shell)}{written(node, self._with_loops)}\r\n")

    # Commands

    async def execute(self, node: Node) -> int:
        """Run a command; return its result, which is 0 when it succeeded."""
        match node:
            case Quiet():
                return await self.execute(node.node)
            case Block():
                result = 0
                for each in node.body:
                    result = await self.execute(each)
                return result
            case Chain():
                return await self._chain(node)
            case Redirected():
                return await redirected(self, node)
            case _:
                self.shell.place = node.place
                self.shell.step()
                return await self._single(node)

    async def _single(self, node: Simple | If | For | Comment) -> int:
        match node:
            case Simple():
                return await run_simple(self, self.text(node.text))
            case If():
                if holds(self, node.condition):
                    return await self.execute(node.then)
                return await self.execute(node.otherwise) if node.otherwise else 0
            case For():
                return await run_loop(self, node)
            case Comment():
                return 0

    def _with_loops(self, text: str) -> str:
        return expand_loop_variables(text, self.shell.loops, self.shell)

    def text(self, text: str) -> str:
        """Return a part of a command with the variables of loops and delayed ones replaced."""
        shell = self.shell
        text = self._with_loops(text)
        return expand_delayed(text, shell.variable) if shell.is_delayed else text

    async def iterate(self, body: Node) -> int:
        """Run the body of a loop once, showing it first."""
        self._show(body)
        return await self.execute(body)

    async def _chain(self, node: Chain) -> int:
        if node.link is Link.PIPE:
            return await self._pipe(node)
        result = await self.execute(node.left)
        if node.link is Link.SUCCESS and result:
            return result
        if node.link is Link.FAILURE:
            if not result:
                return result
            self.shell.end_with(result)
        return await self.execute(node.right)

    async def _pipe(self, node: Chain) -> int:
        """Run both sides of a pipe, each as a command processor of its own, the right one reading what the left wrote.

        They run one after the other; on Windows both run at the same time.
        """
        shell = self.shell
        pipe = Captured()
        with shell.streams({1: pipe}):
            await self.apart(lambda: self.execute(node.left))
        with shell.streams({}, Source(pipe.text, is_redirected=True)):
            return shell.end_with(await self.apart(lambda: self.execute(node.right)))

    async def apart(self, work: Callable[[], Awaitable[int]]) -> int:
        """Run something as a new command processor would, which changes nothing of this one but files.

        Args:
            work: returns what is to be awaited.
        """
        shell = self.shell
        saved, frame, echoing, level = shell.save(), shell.frame, shell.is_echoing, shell.error_level
        shell.frame, shell.is_delayed, shell.is_echoing = None, False, False
        try:
            return await work()
        except LeaveShell:
            return shell.error_level
        except LeaveBatch:
            return shell.error_level
        finally:
            shell.restore(saved)
            shell.frame, shell.is_echoing, shell.error_level = frame, echoing, level
