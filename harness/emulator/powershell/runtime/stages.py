"""The places of a pipeline: each takes items, does something with them, and hands its output on.

Source: learn.microsoft.com, about_Pipelines, about_Functions_Advanced_Methods.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from harness.emulator.powershell.cmdlets.api import Call, Cmdlet
from harness.emulator.powershell.runtime.binding import Argument, Binder, Bound, binding_error
from harness.emulator.powershell.runtime.errors import ErrorRecord, ExitScript, ReturnFrom, ScriptError, Unmodelled
from harness.emulator.powershell.runtime.host_errors import from_machine
from harness.emulator.powershell.runtime.scope import Scope
from harness.emulator.powershell.runtime.sinks import OUTPUT, Sink
from harness.emulator.powershell.runtime.state import Frame
from harness.emulator.powershell.runtime.values import NOTHING, ArrayList, Closure, Value
from harness.emulator.powershell.statements import Block
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["Stage", "CmdletStage", "FunctionStage", "StageSink"]


class Stage:
    """A place of a pipeline.

    Attributes:
        shell: the interpreter.
        frame: what holds while its code runs.
        streams: where its streams go; the output is at 1.
        expects_input: whether something stands before it.
        at: where in the script it is.
    """

    def __init__(self, shell: Interpreter, frame: Frame, streams: dict[int, Sink]) -> None:
        self.shell = shell
        self.streams = streams
        self.frame = frame
        self.expects_input = False
        self.at = shell.at

    @property
    def sink(self) -> Sink:
        """Where its output goes."""
        return self.streams[OUTPUT]

    @abstractmethod
    async def begin(self) -> None:
        """Do what comes before the first item."""

    @abstractmethod
    async def process(self, item: Value) -> None:
        """Take an item; NOTHING when the pipeline has none."""

    @abstractmethod
    async def end(self) -> None:
        """Do what comes behind the last item."""


class StageSink:
    """Hands what one place puts out to the next."""

    __slots__ = ("_stage",)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def write(self, value: Value) -> None:
        """Hand a value on."""
        await self._stage.process(value)


class CmdletStage(Stage):
    """A cmdlet in a pipeline."""

    def __init__(
        self, shell: Interpreter, frame: Frame, streams: dict[int, Sink], command: Cmdlet, arguments: list[Argument]
    ) -> None:
        super().__init__(shell, frame, streams)
        self._command = command
        self._binder = shell.binder_of(command)
        self._arguments = arguments
        self._bound = Bound()
        self._call: Call | None = None

    async def begin(self) -> None:
        """Bind what is written behind the command, and do what comes first."""
        self.shell.at = self.at
        try:
            bound = self._bound = self._binder.bind(self._arguments)
            self._binder.check_mandatory(bound, expects_input=self.expects_input)
        except ScriptError as error:
            raise self._of_command(error) from None
        call = self._call = Call(self._command, self.shell, self.sink, self)
        call.arguments = bound.values
        call.common = bound.common
        call.sets = bound.sets
        call.expects_input = self.expects_input
        self.shell.begin_common(call)
        if self._command.begin:
            await self._run(self._command.begin)

    async def process(self, item: Value) -> None:
        """Run for an item, or keep it."""
        call = self._call
        assert call is not None
        if self._command.gathers:
            if item is not NOTHING:
                call.items.append(item)
            return
        call.item = item
        self.shell.step()
        if item is NOTHING or not self.expects_input:
            await self._run(self._command.process)
            return
        try:
            found = self._binder.bind_item(self._bound, item)
        except ScriptError as error:
            await self._report(self._of_command(error).record)
            return
        if found is None:
            await self._report(self._of_command(_not_bound(item)).record)
            return
        call.arguments = {**self._bound.values, **found}
        await self._run(self._command.process)

    async def end(self) -> None:
        """Do what comes last."""
        call = self._call
        assert call is not None
        call.item = NOTHING
        if self._command.gathers:
            await self._run(self._command.process)
        if self._command.end:
            await self._run(self._command.end)

    async def _report(self, record: ErrorRecord) -> None:
        assert self._call is not None
        await self._call.report(record)

    async def _run(self, work: object) -> None:
        shell = self.shell
        before, shell.frame = shell.frame, self.frame
        shell.at = self.at
        try:
            await work(self._call)  # type: ignore[operator]
        except ScriptError as error:
            raise self._of_command(error) from error.__cause__
        except MachineError as error:
            raise self._of_command(from_machine(error)) from error
        except Unmodelled as error:
            shell.at = self.at
            raise shell.unmodelled(error) from error
        finally:
            shell.frame = before
            shell.at = self.at

    def _of_command(self, error: ScriptError) -> ScriptError:
        """Say in an error which command it came from, unless another one has said so."""
        record = error.record
        if record.place is None:
            record.place = self.frame.source.place(self.at)
            if not record.activity:
                record.activity = self._command.name
                record.command_type = record.command_type or self._command.command_type
        return error


def _not_bound(item: Value) -> ScriptError:
    error = binding_error(
        "The input object cannot be bound to any parameters for the command either because the command does not take "
        "pipeline input or the input and its properties do not match any of the parameters that take pipeline input.",
        "InputObjectNotBound",
        "InvalidArgument",
    )
    error.record.target = item
    return error


class FunctionStage(Stage):
    """A function or a script block in a pipeline."""

    def __init__(  # noqa: PLR0917
        self,
        shell: Interpreter,
        frame: Frame,
        streams: dict[int, Sink],
        closure: Closure,
        arguments: list[Argument],
        binder: Binder,
        *,
        is_dotted: bool = False,
    ) -> None:
        super().__init__(shell, frame, streams)
        self._caller = frame
        self._closure = closure
        self._arguments = arguments
        self._binder = binder
        self._is_dotted = is_dotted
        self._bound = Bound()
        self._input: list[Value] = []
        self._is_ended = False

    async def begin(self) -> None:
        """Bind the arguments in a new scope, and run the `begin` block."""
        shell, closure = self.shell, self._closure
        shell.at = self.at
        caller = self._caller
        scope = caller.scope if self._is_dotted else Scope(caller.scope)
        frame = Frame(scope, closure.source, self.streams, depth=caller.depth + 1)
        frame.command = closure.name
        frame.closure = closure
        if closure.captured:
            for name, value in closure.captured.items():
                scope.put(name, value)
        shell.check_depth(frame)
        try:
            self._bound = self._binder.bind(self._arguments)
            self._binder.check_mandatory(self._bound, expects_input=self.expects_input)
        except ScriptError as error:
            raise self._of_function(error) from None
        self.frame = frame
        await self._enter(lambda: shell.set_parameters(scope, self._binder, self._bound, self.at))
        shell.apply_common(scope, self._bound.common)
        if closure.block.begin:
            await self._run(closure.block.begin)

    async def process(self, item: Value) -> None:
        """Run the `process` block for an item, or keep it for `$input`."""
        block = self._process_block()
        if item is not NOTHING or self.expects_input:
            if self._binder.takes_pipeline() and item is not NOTHING:
                try:
                    found = self._binder.bind_item(self._bound, item)
                except ScriptError as error:
                    await self.shell.report(self._of_function(error).record)
                    return
                if found is None and self._binder_is_advanced():
                    await self.shell.report(self._of_function(_not_bound(item)).record)
                    return
                for name, value in (found or {}).items():
                    self.frame.scope.put(name, value)
            if block is None:
                self._input.append(item)
                return
        if block is not None and not self._is_ended:
            if item is not NOTHING:
                self.frame.scope.variables.pop("_", None)
                self.frame.scope.put("_", item)
            await self._run(block)

    def _binder_is_advanced(self) -> bool:
        return self.shell.is_advanced(self._closure)

    def _process_block(self) -> Block | None:
        if self._closure.is_filter and not self._closure.block.is_named:
            return self._closure.block.end
        return self._closure.block.process

    async def end(self) -> None:
        """Run the `end` block."""
        block = self._closure.block.end
        if self._is_ended or block is None or (self._closure.is_filter and not self._closure.block.is_named):
            return
        if self.expects_input:
            self.frame.scope.put("input", ArrayList(self._input))
        await self._run(block)

    async def _run(self, block: Block) -> None:
        async def work() -> None:
            try:
                await self.shell.run_statements(block, self.sink)
            except ReturnFrom:
                return
            except ExitScript as leaving:
                if not self._closure.is_file:
                    raise
                self._is_ended = True
                self.shell.set_exit_code(leaving.code)
                self.shell.success = leaving.code == 0

        await self._enter(work)

    async def _enter(self, work: object) -> None:
        shell = self.shell
        before, shell.frame = shell.frame, self.frame
        try:
            await shell.on_fresh_stack(work, self.frame.depth)  # type: ignore[arg-type]
        except ScriptError as error:
            shell.placed(error.record)
            raise
        finally:
            shell.frame = before
            shell.at = self.at

    def _of_function(self, error: ScriptError) -> ScriptError:
        record = error.record
        if record.place is None:
            record.place = self._caller.source.place(self.at)
            record.activity = record.activity or self._closure.name
            record.command_type = record.command_type or self._closure.name
        return error
