"""Declaring cmdlets, and what a cmdlet is given when it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException, ScriptError, StopUpstream
from harness.emulator.powershell.runtime.parameters import Parameter
from harness.emulator.powershell.runtime.sinks import INFORMATION, VERBOSE, WARNING, Sink
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Value

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter
    from harness.emulator.programs import ProgramRun

__all__ = ["Cmdlet", "Call", "cmdlet", "Work"]

#: What a cmdlet does with one call.
Work = Callable[["Call"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlet:
    """A cmdlet.

    Attributes:
        name: `Get-Item`.
        parameters: what it takes.
        process: what it does with an item, or once.
        begin: what it does before.
        end: what it does behind.
        aliases: other names.
        gathers: whether it runs once, when everything has come.
        default_set: the parameter set that counts when nothing decides.
        dotnet: the .NET name of the command, which ends the ids of its errors.
    """

    name: str
    parameters: tuple[Parameter, ...]
    process: Work
    begin: Work | None = None
    end: Work | None = None
    aliases: tuple[str, ...] = ()
    gathers: bool = False
    default_set: str = ""
    dotnet: str = ""

    @property
    def command_type(self) -> str:
        """The .NET name of the command."""
        return self.dotnet or f"Microsoft.PowerShell.Commands.{self.name.replace('-', '')}Command"


def cmdlet(
    name: str,
    *parameters: Parameter,
    aliases: Iterable[str] = (),
    begin: Work | None = None,
    end: Work | None = None,
    gathers: bool = False,
    default_set: str = "",
    dotnet: str = "",
) -> Callable[[Work], Cmdlet]:
    """Make a cmdlet of an `async def`.

    Args:
        name: `Get-Item`.
        parameters: what it takes.
        aliases: other names.
        begin: what it does before the first item.
        end: what it does behind the last one.
        gathers: whether it runs once, with everything that came in `call.items`.
        default_set: the parameter set that counts when nothing decides.
        dotnet: the .NET name of the command; without it Microsoft's for that name.
    """

    def declare(process: Work) -> Cmdlet:
        return Cmdlet(
            name=name,
            parameters=parameters,
            process=process,
            begin=begin,
            end=end,
            aliases=tuple(aliases),
            gathers=gathers,
            default_set=default_set,
            dotnet=dotnet,
        )

    return declare


class Call:
    """One use of a cmdlet.

    Attributes:
        command: the cmdlet.
        shell: the interpreter.
        state: what begin, process and end share.
        item: what came down the pipeline; NOTHING when nothing did.
        items: everything that came, for a cmdlet that gathers.
        expects_input: whether something stands before it in the pipeline.
        stage: its place in the pipeline.
        sets: the parameter sets that are possible; None for all.
    """

    def __init__(self, command: Cmdlet, shell: Interpreter, sink: Sink, stage: Any) -> None:
        self.command = command
        self.shell = shell
        self.state = SimpleNamespace()
        self.item: Value = NOTHING
        self.items: list[Value] = []
        self.expects_input = False
        self.stage = stage
        self.sets: set[str] | None = None
        self.arguments: dict[str, Value] = {}
        self.common: dict[str, Value] = {}
        self._sink = sink
        self._defaults = {
            parameter.name: False if parameter.is_switch else parameter.default for parameter in command.parameters
        }

    @property
    def run(self) -> ProgramRun:
        """The process the script runs in."""
        return self.shell.run

    def __getitem__(self, name: str) -> Value:
        return self.arguments[name] if name in self.arguments else self._defaults[name]

    def has(self, name: str) -> bool:
        """Return whether a parameter was given."""
        return name in self.arguments

    # Output

    async def write(self, value: Value) -> None:
        """Put a value out."""
        await self._sink.write(value)

    async def write_all(self, values: Iterable[Value]) -> None:
        """Put values out, one by one."""
        for value in values:
            await self._sink.write(value)

    async def warning(self, text: str) -> None:
        """Write a warning, if warnings are wanted."""
        await self.shell.tell(WARNING, text, self._preference("WarningAction", "WarningPreference"))

    async def verbose(self, text: str) -> None:
        """Write a verbose message, if those are wanted."""
        action = self._preference("", "VerbosePreference")
        if "Verbose" in self.common:
            action = "Continue" if self.common["Verbose"] else "SilentlyContinue"
        await self.shell.tell(VERBOSE, text, action)

    async def information(self, value: Value) -> None:
        """Write to the information stream."""
        await self.shell.tell(INFORMATION, value, self._preference("InformationAction", "InformationPreference"))

    def _preference(self, parameter: str, variable: str) -> str:
        given = self.common.get(parameter)
        return self.shell.action_named(given) if given else self.shell.action(variable)

    # Errors

    def record(
        self,
        message: str,
        error_id: str,
        category: str = "NotSpecified",
        target: Value = None,
        exception: str = "System.Management.Automation.RuntimeException",
    ) -> ErrorRecord:
        """Return an error record of this cmdlet."""
        return ErrorRecord(
            NetException(exception, message, bases=("System.Management.Automation.RuntimeException",)),
            error_id,
            category,
            target,
            activity=self.command.name,
            command_type=self.command.command_type,
        )

    async def error(
        self,
        message: str,
        error_id: str,
        category: str = "NotSpecified",
        target: Value = None,
        exception: str = "System.Management.Automation.RuntimeException",
    ) -> None:
        """Tell an error and go on, unless the script wants it to end.

        Args:
            message: what happened.
            error_id: the first part of FullyQualifiedErrorId.
            category: a name of ErrorCategory.
            target: what it happened with.
            exception: the exception's type.

        Raises:
            ScriptError: when the script wants errors to end it.
        """
        await self.report(self.record(message, error_id, category, target, exception))

    async def report(self, record: ErrorRecord) -> None:
        """Tell an error that is a record already."""
        await self.shell.report_of(record, self.common)

    def failure(
        self,
        message: str,
        error_id: str,
        category: str = "NotSpecified",
        target: Value = None,
        exception: str = "System.Management.Automation.RuntimeException",
    ) -> ScriptError:
        """Return an error to raise, which ends the statement."""
        return ScriptError(self.record(message, error_id, category, target, exception))

    # Script blocks and the pipeline

    async def invoke(self, block: Closure, item: Value = NOTHING, arguments: list[Value] | None = None) -> list[Value]:
        """Run a script block in the scope of the caller and return its output."""
        return await self.shell.run_block(block, item=item, arguments=arguments)

    async def invoke_into(self, block: Closure, item: Value = NOTHING) -> None:
        """Run a script block in the scope of the caller; its output goes down the pipeline."""
        await self.shell.run_block_into(block, self._sink, item=item)

    def stop_upstream(self) -> StopUpstream:
        """Return what to raise when this cmdlet has enough: what stands before it ends."""
        return StopUpstream(self.stage)
