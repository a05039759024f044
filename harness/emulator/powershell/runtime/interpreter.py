"""The interpreter of Windows PowerShell 5.1: scripts, functions, and what they find around them.

Source: learn.microsoft.com, about_Automatic_Variables, about_Functions, about_Scopes.
"""

from __future__ import annotations

import ntpath
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from harness.emulator.powershell.cmdlets.api import Call
from harness.emulator.powershell.cmdlets.catalogue import aliases, cmdlets
from harness.emulator.powershell.expressions import Span
from harness.emulator.powershell.runtime.binding import Binder, Bound
from harness.emulator.powershell.runtime.conversions import conversions_of
from harness.emulator.powershell.runtime.errors import ErrorRecord, ReturnFrom, ScriptError, failure
from harness.emulator.powershell.runtime.filesinks import FileSink
from harness.emulator.powershell.runtime.finding import Finding
from harness.emulator.powershell.runtime.known import is_known
from harness.emulator.powershell.runtime.locations import Locations
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import Parameter
from harness.emulator.powershell.runtime.scope import Scope
from harness.emulator.powershell.runtime.scripts import parsed, read_script
from harness.emulator.powershell.runtime.sinks import ERROR, INFORMATION, OUTPUT, VERBOSE, WARNING, ListSink, Sink
from harness.emulator.powershell.runtime.source import Source
from harness.emulator.powershell.runtime.state import Frame, Settings
from harness.emulator.powershell.runtime.surroundings import automatic_variables, host_object, invocation, version_table
from harness.emulator.powershell.runtime.values import NOTHING, ArrayList, Closure, Hashtable, Value, is_null
from harness.emulator.powershell.statements import ScriptBlock
from harness.emulator.powershell.types.names import find_type

if TYPE_CHECKING:
    from harness.emulator.powershell.output.console import Console
    from harness.emulator.programs import ProgramRun

__all__ = ["Interpreter"]

#: How many functions run on one stack of Python.
_DEPTH_OF_A_STACK = 14


class Interpreter(Finding):
    """Runs scripts in a process.

    Args:
        run: the process.
        console: where streams end.
        settings: what bounds scripts.

    Attributes:
        console: where streams end.
        console_sink: the output that goes there.
        locations: current locations and drives.
        transcript: the file Start-Transcript named; empty for none.
    """

    def __init__(self, run: ProgramRun, console: Console, settings: Settings) -> None:
        top = Scope()
        streams = console.streams()
        super().__init__(run, Frame(top, Source(text=""), streams), settings)
        self.console = console
        self.console_sink = streams[OUTPUT]
        self.locations = Locations(run)
        self.transcript = ""
        self.cmdlets = cmdlets()
        self.aliases = aliases()
        self.special_conversions.update(conversions_of(self))
        for name, value in automatic_variables(run).items():
            top.put(name, value)

    # Scripts

    async def run_script(
        self, closure: Closure, arguments: list[Any], path: str = "", *, is_dotted: bool = True
    ) -> None:
        """Run a script with arguments; its output goes to the console.

        Raises:
            ExitScript: for `exit`.
            ScriptError: when an error ends it.
        """
        scope = self.frame.scope.top()
        scope.is_script = True
        scope.put("PSScriptRoot", ntpath.dirname(path))
        scope.put("PSCommandPath", path)
        await self._call(closure, arguments, self.frame.streams[OUTPUT], is_dotted=is_dotted)

    async def _call(self, closure: Closure, arguments: list[Any], sink: Sink, *, is_dotted: bool) -> None:
        from harness.emulator.powershell.runtime.stages import FunctionStage

        streams = {**self.frame.streams, OUTPUT: sink}
        binder = self.binder_of_closure(closure)
        stage = FunctionStage(self, self.frame, streams, closure, arguments, binder, is_dotted=is_dotted)
        await self._drive([stage], None)

    async def run_dotted(self, closure: Closure) -> None:
        """Run a script in the scope of the caller; its output goes down the pipeline."""
        await self._call(closure, [], self.frame.streams[OUTPUT], is_dotted=True)

    def closure_of(self, block: ScriptBlock, source: Source, name: str = "") -> Closure:
        """Return a parsed script as something that can be called."""
        return Closure(block, source, name=name)

    async def script_file(self, path: str) -> Closure:
        """Return a script file as something that can be called; it has a scope of its own.

        Raises:
            ScriptError: when it does not parse.
        """
        text = read_script(self.run, path)
        source = Source(text=text, path=path)
        block = parsed(source)
        name = ntpath.basename(path)
        closure = Closure(block, source, name=name)
        closure.is_file = True
        closure.captured = {"PSScriptRoot": ntpath.dirname(path), "PSCommandPath": path}
        return closure

    def is_known_command(self, name: str) -> bool:
        """Return whether Windows has a command of that name, though it is not emulated."""
        return is_known(name)

    # Script blocks

    async def run_block(
        self, closure: Closure, *, item: Value = NOTHING, arguments: list[Value] | None = None, this: Value = NOTHING
    ) -> list[Value]:
        """Run a script block in the scope of the caller and return its output."""
        sink = ListSink()
        await self.run_block_into(closure, sink, item=item, arguments=arguments, this=this)
        return sink.items

    async def run_block_into(
        self,
        closure: Closure,
        sink: Sink,
        *,
        item: Value = NOTHING,
        arguments: list[Value] | None = None,
        this: Value = NOTHING,
    ) -> None:
        """Run a script block in the scope of the caller; its output goes to a sink."""
        if closure.block.parameters or arguments or closure.captured or this is not NOTHING or closure.block.is_named:
            await self._run_with_parameters(closure, sink, item, arguments or [], this)
            return
        before = self.frame
        frame = Frame(before.scope, closure.source, before.streams, depth=before.depth + 1)
        frame.command, frame.closure = before.command, before.closure
        self.frame = frame
        block = closure.block.end
        try:
            if block is None:
                return
            self.check_depth(frame)
            work = self.run_statements
            if item is NOTHING:
                await self.on_fresh_stack(lambda: work(block, sink), frame.depth)
            else:
                await self._with_item(item, lambda: self.on_fresh_stack(lambda: work(block, sink), frame.depth))
        except ReturnFrom:
            return
        except ScriptError as error:
            self.placed(error.record)
            raise
        finally:
            self.frame = before

    async def _run_with_parameters(
        self, closure: Closure, sink: Sink, item: Value, arguments: list[Value], this: Value
    ) -> None:
        from harness.emulator.powershell.runtime.binding import Argument

        async def work() -> None:
            if this is not NOTHING:
                self.frame.scope.put("this", this)
            await self._call(closure, [Argument(value) for value in arguments], sink, is_dotted=False)

        before = self.frame
        if this is not NOTHING:
            self.frame = Frame(Scope(before.scope), before.source, before.streams, depth=before.depth)
        try:
            await (work() if item is NOTHING else self._with_item(item, work))
        finally:
            self.frame = before

    def check_depth(self, frame: Frame) -> None:
        """Make sure that functions do not call one another for ever.

        Raises:
            ScriptError: beyond a thousand, as PowerShell does.
        """
        if frame.depth > self.settings.deepest_call:
            raise failure(
                "The script failed due to call depth overflow.",
                "CallDepthOverflow",
                "InvalidOperation",
                type_name="System.Management.Automation.ScriptCallDepthException",
            )

    async def on_fresh_stack(self, work: Callable[[], Awaitable[None]], depth: int) -> None:
        """Do something, on another stack of Python when many functions are open."""
        if depth % _DEPTH_OF_A_STACK or not depth:
            await work()
            return
        failed: list[Exception] = []

        async def apart() -> None:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - handed on to whoever waits
                failed.append(error)

        clock = self.run.machine.clock
        task = clock.spawn(apart(), name=f"a function of {self.run.info.name}")
        await clock.wait(task.finished)
        if failed:
            raise failed[0]

    # Parameters of functions

    async def set_parameters(self, scope: Scope, binder: Binder, bound: Bound, at: Span) -> None:
        """Put arguments and defaults into the variables of a function."""
        given = Hashtable(
            [(name, value) for name, value in bound.values.items()],
            "System.Management.Automation.PSBoundParametersDictionary",
        )
        scope.put("PSBoundParameters", given)
        scope.put("args", bound.rest)
        scope.put("MyInvocation", invocation(self, bound, at))
        for parameter in binder.parameters:
            if parameter.name in bound.values:
                value = bound.values[parameter.name]
            else:
                value = await self._default(parameter, binder)
            kind = find_type(parameter.type, self.defined)
            typed = kind if kind is not None and kind.name != "System.Object" else None
            scope.variables.pop(parameter.name.lower(), None)
            cell = scope.put(parameter.name, value, typed)
            if parameter.validations:
                cell.checks = parameter
        closure = self.frame.closure
        if closure is not None and self.signature(closure).is_advanced:
            from harness.emulator.powershell.runtime.cmdlet_object import cmdlet_object

            scope.put("PSCmdlet", cmdlet_object(self, bound, binder))

    async def _default(self, parameter: Parameter, binder: Binder) -> Value:
        if parameter.written_default is not None:
            value = await self.value(parameter.written_default)
            kind = find_type(parameter.type, self.defined)
            return self.converter.convert(value, kind) if kind is not None and not is_null(value) else value
        del binder
        if parameter.is_switch:
            return False
        kind = find_type(parameter.type, self.defined)
        if kind is not None and kind.name in _ZEROS:
            return self.converter.convert(None, kind)
        return None

    def validate(self, parameter: object, value: Value) -> None:
        """Check a value against a parameter's attributes."""
        from harness.emulator.powershell.runtime.validation import check_value

        if isinstance(parameter, Parameter):
            for validation in parameter.validations:
                check_value(validation, parameter.name, value, self.converter)

    def apply_common(self, scope: Scope, common: dict[str, Value]) -> None:
        """Let a function's common parameters hold inside it."""
        for parameter in common:
            if parameter not in _PREFERENCES and parameter != "OutBuffer":
                raise self.not_emulated(f"-{parameter} of a function", "assign the output to a variable")
        for parameter, variable in _PREFERENCES.items():
            if parameter in common:
                value = common[parameter]
                scope.put(
                    variable,
                    ("Continue" if value else "SilentlyContinue")
                    if isinstance(value, bool)
                    else self.action_named(value),
                )

    # Streams

    def begin_common(self, call: Call) -> None:
        """Make the variables that a cmdlet's common parameters name.

        Raises:
            NotEmulated: for parameters that are not modelled.
        """
        for parameter in ("OutVariable", "WarningVariable", "InformationVariable", "PipelineVariable"):
            if parameter in call.common:
                raise self.not_emulated(f"-{parameter}", "assign the output to a variable")
        if call.common.get("WhatIf"):
            raise self.not_emulated(f"{call.command.name} -WhatIf", "run it without -WhatIf")
        name = call.common.get("ErrorVariable")
        if name and not name.startswith("+"):
            self.frame.scope.put(name, ArrayList())

    async def report_of(self, record: ErrorRecord, common: dict[str, Value]) -> None:
        """Tell an error of a cmdlet, as its common parameters say."""
        self.placed(record)
        given = common.get("ErrorAction")
        action = self.action_named(given) if given else self.action()
        self.success = False
        if action in ("Stop", "Inquire"):
            raise ScriptError(record, ends_script=True)
        if common.get("ErrorVariable"):
            variable = common["ErrorVariable"].lstrip("+")
            held = self.variable(variable)
            if isinstance(held, list):
                held.append(record)
        if action != "Ignore":
            self.remember(record)
        if action == "Continue":
            await self.frame.streams[ERROR].write(record)

    async def tell(self, stream: int, content: Value, action: str) -> None:
        """Write to the stream of warnings, verbose or other messages, as a preference says.

        Raises:
            ScriptError: when the preference is Stop.
        """
        if action in ("SilentlyContinue", "Ignore"):
            return
        names = {WARNING: "Warning", VERBOSE: "Verbose", INFORMATION: "Information"}
        name = names.get(stream, "Debug")
        if action == "Stop":
            raise ScriptError(
                failure(
                    f'The running command stopped because the preference variable "{name}Preference" or common '
                    f"parameter is set to Stop: {self.converter.text(content)}",
                    "ActionPreferenceStop",
                    "OperationStopped",
                    type_name="System.Management.Automation.ActionPreferenceStopException",
                ).record,
                ends_script=True,
            )
        text = self.converter.text(content)
        record = PSObject(
            [f"System.Management.Automation.{name}Record"], {"Message": text, "MessageData": content}, text=lambda: text
        )
        record.data = content
        await self.frame.streams[stream].write(record)

    def file_sink(self, path: str, *, appends: bool) -> Sink:
        """Return what writes to a file as Out-File does."""
        return FileSink(self, self.full_path(path), appends=appends)

    # Surroundings

    def set_exit_code(self, code: int) -> None:
        """Set `$LASTEXITCODE`."""
        self.exit_code = code
        self.frame.scope.top().put("LASTEXITCODE", code)

    def location_object(self) -> Value:
        """Return `$PWD`."""
        return self.locations.current_object()

    def invocation_object(self) -> Value:
        """Return `$MyInvocation` outside of functions."""
        return invocation(self, Bound(), self.at)

    def host_object(self) -> Value:
        """Return `$Host`."""
        return host_object()

    def version_table(self) -> Value:
        """Return `$PSVersionTable`."""
        return version_table(self.run)


_ZEROS = (
    *("System.Int32", "System.Int64", "System.Double", "System.Boolean", "System.String", "System.Byte"),
    *("System.Int16", "System.UInt32", "System.UInt64", "System.UInt16", "System.Decimal", "System.Single"),
)
_PREFERENCES = {
    "ErrorAction": "ErrorActionPreference",
    "WarningAction": "WarningPreference",
    "InformationAction": "InformationPreference",
    "Verbose": "VerbosePreference",
    "Debug": "DebugPreference",
}
