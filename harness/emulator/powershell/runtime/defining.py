"""Definitions: functions, enumerations, data.

Source: learn.microsoft.com, about_Functions, about_Enum, about_Data_Sections.
"""

from __future__ import annotations

from harness.emulator.powershell.expressions import (
    Variable,
)
from harness.emulator.powershell.runtime.assigning import Assigning
from harness.emulator.powershell.runtime.evaluator import collapsed
from harness.emulator.powershell.runtime.sinks import ListSink, Sink
from harness.emulator.powershell.runtime.values import Closure
from harness.emulator.powershell.statements import (
    Data,
    Function,
    TypeDefinition,
)
from harness.emulator.powershell.types.nettype import NetType

__all__ = ["Defining"]


class Defining(Assigning):
    """Defines functions and types."""

    # Definitions

    async def _function(self, node: Function, _: Sink) -> None:
        if node.kind == "workflow":
            raise self.not_emulated("a workflow", "write it as a function", node)
        scope, _colon, name = node.name.rpartition(":")
        closure = Closure(node.body, self.frame.source, name=name)
        closure.parameters = node.parameters
        closure.is_filter = node.kind == "filter"
        where = self._scope_named(scope.lower())
        where.functions[name.lower()] = closure
        where.aliases.pop(name.lower(), None)

    async def _type(self, node: TypeDefinition, _: Sink) -> None:
        if node.kind != "enum":
            raise self.not_emulated(f"the class {node.name}", "use functions and custom objects", node)
        members: dict[str, int] = {}
        following = 0
        for member in node.members:
            if member.value is not None:
                following = int(self.converter.convert(await self.value(member.value), NetType("System.Int32")))
            members[member.name] = following
            following += 1
        is_flags = any(attribute.type.name.lower() in ("flags", "system.flags") for attribute in node.attributes)
        self.defined[node.name.lower()] = NetType(node.name, members, is_flags)

    async def _data(self, node: Data, sink: Sink) -> None:
        found = ListSink()
        await self.run_statements(node.body, found)
        if node.name:
            self.set_variable(Variable(name=node.name, at=node.at), collapsed(found.items))
        else:
            for item in found.items:
                await sink.write(item)
