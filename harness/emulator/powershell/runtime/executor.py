"""Statements: loops, conditions, errors and how control goes.

Source: learn.microsoft.com, the language specification, chapter 8; about_If, about_Switch, about_Foreach,
about_Try_Catch_Finally, about_Trap, about_Throw, about_Break, about_Return.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from harness.emulator.powershell.expressions import (
    Expression,
    Postfix,
    ScriptBlockExpression,
    Statement,
    Unary,
)
from harness.emulator.powershell.runtime.catching import catches, record_of
from harness.emulator.powershell.runtime.defining import Defining
from harness.emulator.powershell.runtime.errors import (
    BreakLoop,
    ContinueLoop,
    ExitScript,
    ReturnFrom,
    ScriptError,
    Unmodelled,
)
from harness.emulator.powershell.runtime.evaluator import collapsed
from harness.emulator.powershell.runtime.sinks import ListSink, Sink
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Value, is_null
from harness.emulator.powershell.statements import (
    Assignment,
    Block,
    CommandExpression,
    Data,
    Flow,
    For,
    ForEach,
    Function,
    If,
    Loop,
    Pipeline,
    Switch,
    Trap,
    Try,
    TypeDefinition,
)
from harness.emulator.powershell.types.conversion import to_bool
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.operators import matches_table
from harness.emulator.powershell.types.patterns import net_regex, wildcard
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Executor"]


class Executor(Defining):
    """Runs statements."""

    _caught: tuple[ScriptError, ...] = ()

    @abstractmethod
    async def run_pipeline(self, node: Pipeline, sink: Sink) -> None:
        """Run commands with `|` between them."""

    # Blocks

    async def run_statements(self, block: Block, sink: Sink) -> None:
        """Run statements; an error that ends one is told, and the next one runs, unless somebody catches it."""
        traps = [statement for statement in block.statements if type(statement) is Trap]
        if traps:
            await self._run_trapped(block, traps, sink)
            return
        for statement in block.statements:
            try:
                await self.run_statement(statement, sink)
            except ScriptError as error:
                await self._ended(error)

    async def _ended(self, error: ScriptError) -> None:
        """Go on behind a statement that an error ended, if that is how it is."""
        self.placed(error.record)
        if self.guarded:
            raise error
        action = self.action()
        if error.ends_script:
            if not (error.is_thrown and action in ("SilentlyContinue", "Ignore")):
                raise error
        elif action == "Stop":
            error.ends_script = True
            raise error
        await self.report_ended(error)

    async def _run_trapped(self, block: Block, traps: list[Trap], sink: Sink) -> None:
        for statement in block.statements:
            self.guarded += 1
            try:
                await self.run_statement(statement, sink)
            except ScriptError as error:
                self.guarded -= 1
                await self._trapped(error, traps, sink)
                self.guarded += 1
            finally:
                self.guarded -= 1

    async def _trapped(self, error: ScriptError, traps: list[Trap], sink: Sink) -> None:
        record = self.placed(error.record)
        trap = next(
            (trap for trap in traps if trap.type is None or catches(self.type_of_name(trap.type), record)), None
        )
        if trap is None:
            await self._ended(error)
            return
        self._note(error)
        try:
            await self._with_item(record, lambda: self.run_statements(trap.body, sink))
        except ContinueLoop:
            return
        except BreakLoop:
            error.ends_script = True
            raise error from None
        await self.report_ended(error)

    async def run_statement(self, statement: Statement, sink: Sink) -> None:
        """Run one statement.

        Raises:
            ScriptError: when it fails.
            NotEmulated: when something in it is not modelled.
        """
        self.step()
        try:
            await _RUNNERS[type(statement)](self, statement, sink)
        except Unmodelled as error:
            raise self.unmodelled(error) from error

    async def _run_pipeline(self, node: Pipeline, sink: Sink) -> None:
        if len(node.elements) > 1:
            await self.run_pipeline(node, sink)
            return
        only = node.elements[0]
        if not isinstance(only, CommandExpression) or only.redirections:
            await self.run_pipeline(node, sink)
            return
        value = await self.value(only.expression)
        self.success = True
        if isinstance(only.expression, Postfix) or (
            isinstance(only.expression, Unary) and only.expression.operator in ("++", "--")
        ):
            return
        if isinstance(value, list):
            for item in list(value):
                await sink.write(item)
        elif value is not NOTHING:
            await sink.write(value)

    async def _run_assignment(self, node: Assignment, _: Sink) -> None:
        await self.assign(node)

    async def _with_item(self, item: Value, work: Callable[[], Awaitable[None]]) -> None:
        """Do something with `$_`."""
        scope = self.frame.scope
        before = scope.variables.get("_")
        scope.variables.pop("_", None)
        scope.put("_", item)
        try:
            await work()
        finally:
            scope.variables.pop("_", None)
            if before is not None:
                scope.variables["_"] = before

    # Conditions

    async def condition(self, node: Statement) -> bool:
        """Return whether a statement's value counts as true."""
        return to_bool(await self.value_of(node))

    async def _if(self, node: If, sink: Sink) -> None:
        for clause, body in node.clauses:
            if await self.condition(clause):
                await self.run_statements(body, sink)
                return
        if node.otherwise:
            await self.run_statements(node.otherwise, sink)

    async def _switch(self, node: Switch, sink: Sink) -> None:
        if "file" in node.options:
            raise self.not_emulated("switch -File", "read the file with Get-Content first", node)
        subject = await self.value_of(node.subject)
        items = subject if isinstance(subject, list) else [] if subject is NOTHING else [subject]
        for item in list(items):
            self.step()
            try:
                await self._with_item(item, partial(self.switch_item, node, item, sink))
            except BreakLoop as leaving:
                if _is_meant(leaving.label, node.label):
                    return
                raise
            except ContinueLoop as leaving:
                if not _is_meant(leaving.label, node.label):
                    raise

    async def switch_item(self, node: Switch, item: Value, sink: Sink) -> None:
        """Run the clauses of a `switch` that fit an item."""
        is_default = True
        for clause, body in node.clauses:
            if clause is not None and await self._fits(node, clause, item):
                is_default = False
                await self.run_statements(body, sink)
        if is_default:
            for clause, body in node.clauses:
                if clause is None:
                    await self.run_statements(body, sink)

    async def _fits(self, node: Switch, clause: Expression, item: Value) -> bool:
        if isinstance(clause, ScriptBlockExpression):
            found = await self.run_block(Closure(clause.block, self.frame.source), item=item)
            return to_bool(collapsed(found))
        value = await self.value(clause)
        if isinstance(value, Closure):
            return to_bool(collapsed(await self.run_block(value, item=item)))
        is_cased = "casesensitive" in node.options
        if is_null(value):
            return is_null(item)
        shown = self.converter.text(item)
        if "regex" in node.options:
            found_match = net_regex(self.converter.text(value), 0 if is_cased else 1).search(shown)
            if found_match:
                self.frame.scope.put("Matches", matches_table(found_match))
            return found_match is not None
        if "wildcard" in node.options:
            return wildcard(self.converter.text(value), is_case_sensitive=is_cased).fullmatch(shown) is not None
        return self.operators.comparison.equals(shown, self.converter.text(value), is_case_sensitive=is_cased)

    # Loops

    async def _body(self, body: Block, label: str, sink: Sink) -> bool:
        """Run a loop's body once; return whether the loop goes on."""
        self.step()
        try:
            await self.run_statements(body, sink)
        except BreakLoop as leaving:
            if _is_meant(leaving.label, label):
                return False
            raise
        except ContinueLoop as leaving:
            if not _is_meant(leaving.label, label):
                raise
        return True

    async def _loop(self, node: Loop, sink: Sink) -> None:
        if node.kind == "while":
            while await self.condition(node.condition):
                if not await self._body(node.body, node.label, sink):
                    return
            return
        goes_on = node.kind == "do while"
        while await self._body(node.body, node.label, sink):
            if await self.condition(node.condition) is not goes_on:
                return

    async def _for(self, node: For, sink: Sink) -> None:
        quiet = ListSink()
        if node.start:
            await self.run_statement(node.start, quiet)
        while node.condition is None or await self.condition(node.condition):
            if not await self._body(node.body, node.label, sink):
                return
            if node.step:
                await self.run_statement(node.step, quiet)

    async def _for_each_item(self, node: ForEach, sink: Sink) -> None:
        value = await self.value_of(node.items)
        items = list(value) if isinstance(value, list) else [] if is_null(value) else [value]
        for item in items:
            self.set_variable(node.variable, item)
            if not await self._body(node.body, node.label, sink):
                return

    async def _flow(self, node: Flow, sink: Sink) -> None:
        self.at = node.at
        match node.kind:
            case "return":
                if node.value:
                    await self.run_statement(node.value, sink)
                raise ReturnFrom
            case "exit":
                raise ExitScript(self._exit_code(await self.value_of(node.value) if node.value else 0))
            case "throw":
                await self._throw(node)
            case kind:
                label = to_text(await self.value(node.label)) if node.label else ""
                raise BreakLoop(label) if kind == "break" else ContinueLoop(label)

    def _exit_code(self, value: Value) -> int:
        try:
            return int(self.converter.convert(value, NetType("System.Int32")))
        except ScriptError:
            return 0

    async def _throw(self, node: Flow) -> None:
        value = await self.value_of(node.value) if node.value else NOTHING
        self.at = node.at
        if value is NOTHING and self._caught:
            error = ScriptError(self._caught[-1].record, ends_script=True)
            error.is_recorded = True
        else:
            error = ScriptError(self.placed(record_of(value)), ends_script=True)
        error.is_thrown = True
        raise error

    # Errors

    async def _try(self, node: Try, sink: Sink) -> None:
        depth = self.guarded
        try:
            self.guarded = depth + bool(node.catches)
            await self._tried(node, depth, sink)
        except Exception:
            self.guarded = depth
            if node.otherwise:
                await self.run_statements(node.otherwise, sink)
            raise
        self.guarded = depth
        if node.otherwise:
            await self.run_statements(node.otherwise, sink)

    async def _tried(self, node: Try, depth: int, sink: Sink) -> None:
        try:
            await self.run_statements(node.body, sink)
        except ScriptError as error:
            self.guarded = depth
            record = self.placed(error.record)
            for clause in node.catches:
                if not clause.types or any(catches(self.type_of_name(name), record) for name in clause.types):
                    await self._catch(error, clause.body, sink)
                    return
            raise

    async def _catch(self, error: ScriptError, body: Block, sink: Sink) -> None:
        self._note(error)
        before = self._caught
        self._caught = (*before, error)
        try:
            await self._with_item(error.record, lambda: self.run_statements(body, sink))
        finally:
            self._caught = before

    def _note(self, error: ScriptError) -> None:
        if not error.is_recorded:
            self.remember(error.record)
            error.is_recorded = True

    async def _trap(self, _: Trap, __: Sink) -> None:
        """Do nothing: a trap holds for the whole block, which has looked at it."""


def _is_meant(label: str, own: str) -> bool:
    return not label or label.lower() == own.lower()


Runner = Callable[[Executor, Any, Sink], Awaitable[None]]
_RUNNERS: dict[type, Runner] = {
    Pipeline: Executor._run_pipeline,  # noqa: SLF001 - of its own class
    Assignment: Executor._run_assignment,  # noqa: SLF001
    If: Executor._if,  # noqa: SLF001
    Switch: Executor._switch,  # noqa: SLF001
    Loop: Executor._loop,  # noqa: SLF001
    For: Executor._for,  # noqa: SLF001
    ForEach: Executor._for_each_item,  # noqa: SLF001
    Flow: Executor._flow,  # noqa: SLF001
    Try: Executor._try,  # noqa: SLF001
    Trap: Executor._trap,  # noqa: SLF001
    Function: Executor._function,  # noqa: SLF001
    TypeDefinition: Executor._type,  # noqa: SLF001
    Data: Executor._data,  # noqa: SLF001
}
