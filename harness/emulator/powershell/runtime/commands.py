"""Commands: what a name means, pipelines, redirections.

Source: learn.microsoft.com, about_Command_Precedence, about_Pipelines, about_Redirection, about_Splatting,
about_Operators ("Call operator", "Dot sourcing operator").
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from harness.emulator.powershell.cmdlets.api import Cmdlet
from harness.emulator.powershell.expressions import Expression, Number, Text, Unary, Variable
from harness.emulator.powershell.runtime.binding import Argument, Binder, ParameterName
from harness.emulator.powershell.runtime.errors import ScriptError, StopUpstream, failure
from harness.emulator.powershell.runtime.executor import Executor
from harness.emulator.powershell.runtime.native import NativeStage
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.signatures import Signature, signature_of
from harness.emulator.powershell.runtime.sinks import ERROR, OUTPUT, NullSink, Sink
from harness.emulator.powershell.runtime.stages import CmdletStage, FunctionStage, Stage, StageSink
from harness.emulator.powershell.runtime.state import Frame
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Hashtable, Value, is_null
from harness.emulator.powershell.statements import Command, CommandExpression, CommandParameter, Pipeline, Redirection
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Commands"]

#: Verbs of cmdlets that change something.
_CHANGING = ("new", "set", "remove", "rename", "copy", "move", "clear", "start", "stop", "restart", "add", "mkdir")


class Commands(Executor):
    """Runs commands.

    Attributes:
        cmdlets: by name in lower case.
        aliases: what each stands for, by name in lower case.
    """

    cmdlets: Mapping[str, Cmdlet]
    aliases: Mapping[str, str]

    @abstractmethod
    def file_sink(self, path: str, *, appends: bool) -> Sink:
        """Return what writes to a file as Out-File does."""

    @abstractmethod
    async def script_file(self, path: str) -> Closure:
        """Return a script file as something that can be called."""

    @abstractmethod
    def find_program(self, name: str) -> str | None:
        """Return the file of a program or script that a name means; None when there is none."""

    @abstractmethod
    def is_known_command(self, name: str) -> bool:
        """Return whether Windows has a command of that name, though it is not emulated."""

    # Pipelines

    async def run_pipeline(self, node: Pipeline, sink: Sink) -> None:
        """Run commands with `|` between them; the last one's output goes to a sink."""
        self.at = node.elements[0].at
        self.success = True
        first = node.elements[0]
        started: list[Value] | None = None
        elements = node.elements
        if isinstance(first, CommandExpression):
            streams = await self._redirected(first.redirections, self.frame.streams, sink)
            if len(elements) == 1:
                await self._write_value(first, streams[OUTPUT])
                await self._finish(streams)
                return
            value = await self.value(first.expression)
            started = list(value) if isinstance(value, list) else [] if value is NOTHING else [value]
            elements = elements[1:]
        prepared = [await self._prepared(element) for element in elements if isinstance(element, Command)]
        stages: list[Stage] = []
        following = sink
        opened: list[dict[int, Sink]] = []
        for position in range(len(prepared) - 1, -1, -1):
            command, arguments, element = prepared[position]
            streams = await self._redirected(element.redirections, self.frame.streams, following)
            opened.append(streams)
            stage = self._stage(command, arguments, element, streams)
            stage.at = element.at
            stage.expects_input = position > 0 or started is not None
            stages.insert(0, stage)
            following = StageSink(stage)
        await self._drive(stages, started)
        for streams in opened:
            await self._finish(streams)

    async def _write_value(self, node: CommandExpression, sink: Sink) -> None:
        value = await self.value(node.expression)
        for item in list(value) if isinstance(value, list) else [] if value is NOTHING else [value]:
            await sink.write(item)

    async def _drive(self, stages: list[Stage], started: list[Value] | None) -> None:
        begun = 0
        try:
            try:
                for stage in stages:
                    await stage.begin()
                    begun += 1
                if started is None:
                    await stages[0].process(NOTHING)
                else:
                    for item in started:
                        self.step()
                        await stages[0].process(item)
            except StopUpstream as stop:
                if stop.stage not in stages:
                    raise
                stages = stages[stages.index(stop.stage) :]
            while stages:
                try:
                    await stages[0].end()
                    stages = stages[1:]
                except StopUpstream as stop:
                    if stop.stage not in stages:
                        raise
                    stages = stages[stages.index(stop.stage) :]
        except ScriptError:
            self.success = False
            raise

    # Redirections

    async def _redirected(
        self, redirections: tuple[Redirection, ...], streams: dict[int, Sink], output: Sink
    ) -> dict[int, Sink]:
        found = {**streams, OUTPUT: output}
        for redirection in redirections:
            if redirection.merge:
                numbers = (redirection.stream,) if redirection.stream else tuple(range(2, 7))
                for number in numbers:
                    found[number] = found[OUTPUT]
                continue
            assert redirection.target is not None
            target = await self.value(redirection.target)
            sink: Sink = NullSink()
            if not is_null(target):
                sink = self.file_sink(self.converter.text(target), appends=redirection.appends)
            for number in (redirection.stream,) if redirection.stream else range(1, 7):
                found[number] = sink
        return found

    async def _finish(self, streams: dict[int, Sink]) -> None:
        """Close what redirections opened."""
        for sink in streams.values():
            close = getattr(sink, "close", None)
            if close is not None:
                close()

    # What a command is

    async def _prepared(self, node: Command) -> tuple[Value, list[Argument], Command]:
        """Find out what a command is, and work out its arguments."""
        self.at = node.at
        command: Value = (
            node.name.value if isinstance(node.name, Text) and node.name.is_bare else await self.value(node.name)
        )
        if isinstance(node.name, Number):
            command = node.name.text
        if (
            isinstance(command, PSObject)
            and command.get("Name", None)
            and "CommandInfo" in " ".join(command.type_names)
        ):
            command = command.data if command.data is not None else command.get("Name")
        if is_null(command):
            raise failure(
                "The expression after '&' in a pipeline element produced an object that was not valid. It must "
                "result in "
                "a command name, a script block, or a CommandInfo object.",
                "BadExpression",
            )
        arguments: list[Argument] = []
        for element in node.elements:
            await self._add_argument(element, arguments)
        self.at = node.at
        if not isinstance(command, Closure | Cmdlet):
            command = await self.resolve(self.converter.text(command), node)
        return command, arguments, node

    async def _add_argument(self, element: CommandParameter | Expression, arguments: list[Argument]) -> None:
        if isinstance(element, CommandParameter):
            value = NOTHING if element.argument is None else await self.value(element.argument)
            if element.argument is not None and value is NOTHING:
                value = None
            arguments.append(Argument(value, "", element.name))
        elif isinstance(element, Variable) and element.is_splatted:
            self._splat(self.read_variable(element), arguments)
        elif isinstance(element, Number):
            arguments.append(Argument(await self.value(element), element.text))
        elif isinstance(element, Unary) and element.operator == "-" and isinstance(element.operand, Number):
            arguments.append(Argument(await self.value(element), f"-{element.operand.text}"))
        else:
            value = await self.value(element)
            arguments.append(Argument(None if value is NOTHING else value))

    def _splat(self, value: Value, arguments: list[Argument]) -> None:
        if isinstance(value, Hashtable):
            arguments += [Argument(item, "", to_text(key)) for key, item in value.items()]
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ParameterName):
                    arguments.append(Argument(NOTHING, "", item[1:]))
                else:
                    arguments.append(Argument(item))
        elif not is_null(value):
            arguments.append(Argument(value))

    async def resolve(self, name: str, node: Command | None = None) -> Closure | Cmdlet | str:
        """Return what a command's name means: a function, a cmdlet, a script, or a program's path.

        Raises:
            ScriptError: when it means nothing.
            NotEmulated: when Windows has it and the emulated one does not.
        """
        for _ in range(16):
            alias = self.frame.scope.alias(name) or self.aliases.get(name.lower())
            if alias is None or alias.lower() == name.lower():
                break
            name = alias
        function = self.frame.scope.function(name.removeprefix("global:").removeprefix("script:"))
        if function is not None:
            return function
        key = (
            name.lower().rpartition("\\")[2]
            if name.lower().startswith(("microsoft.powershell.", "cimcmdlets\\"))
            else name.lower()
        )
        cmdlet = self.cmdlets.get(key)
        if cmdlet is not None:
            return cmdlet
        program = self.find_program(name)
        if program is not None:
            return await self.script_file(program) if program.lower().endswith(".ps1") else program
        if "-" not in name and (retried := self.cmdlets.get(f"get-{key}")):
            return retried
        if self.is_known_command(name):
            raise self.not_emulated(
                f"the command {name}", "do the same with another command, or define a function of that name", node
            )
        raise self._not_found(name)

    def _not_found(self, name: str) -> ScriptError:
        error = failure(
            f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
            "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
            "CommandNotFoundException",
            "ObjectNotFound",
            type_name="System.Management.Automation.CommandNotFoundException",
            target=name,
        )
        error.record.prefix = name
        return error

    def _stage(
        self, command: Closure | Cmdlet | str, arguments: list[Argument], node: Command, streams: dict[int, Sink]
    ) -> Stage:
        frame = self.frame
        if streams != frame.streams:
            frame = Frame(frame.scope, frame.source, streams, depth=frame.depth)
            frame.command, frame.closure = self.frame.command, self.frame.closure
        if isinstance(command, Cmdlet):
            return CmdletStage(self, frame, streams, command, arguments)  # type: ignore[arg-type]
        if isinstance(command, Closure):
            binder = self.binder_of_closure(command)
            return FunctionStage(
                self,  # type: ignore[arg-type]
                frame, streams, command, arguments, binder, is_dotted=node.operator == ".",
            )  # fmt: skip
        has_errors = streams.get(ERROR) is not self.frame.streams.get(ERROR)
        return NativeStage(self, frame, streams, command, arguments, keeps_errors=has_errors)  # type: ignore[arg-type]

    # Binders

    def signature(self, closure: Closure) -> Signature:
        """Return the parameters of a function."""
        return signature_of(closure, self.defined)

    def is_advanced(self, closure: Closure) -> bool:
        """Return whether a function takes only what it declares."""
        return self.signature(closure).is_advanced

    def binder_of_closure(self, closure: Closure) -> Binder:
        """Return what binds a function's arguments."""
        signature = self.signature(closure)
        return Binder(
            closure.name,
            signature.parameters,
            self.converter,
            defined=self.defined,
            is_script=True,
            is_strict=signature.is_advanced,
            default_set=signature.default_set,
        )

    def binder_of(self, command: Cmdlet) -> Binder:
        """Return what binds a cmdlet's arguments."""
        verb = command.name.partition("-")[0].lower()
        return Binder(
            command.name,
            command.parameters,
            self.converter,
            default_set=command.default_set,
            changes=verb in _CHANGING or command.name == "Out-File",
        )
