"""Where-Object and ForEach-Object.

Source: learn.microsoft.com, Where-Object, ForEach-Object; the blocks run in the scope of the caller.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.runtime.member_access import to_bool_of
from harness.emulator.powershell.runtime.objects import MISSING
from harness.emulator.powershell.runtime.parameters import anything, switch, text
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Value, items_of
from harness.emulator.powershell.types.conversion import to_bool
from harness.emulator.powershell.types.members import property_of
from harness.emulator.powershell.types.methods import find_method

__all__ = ["CMDLETS"]

_OPERATORS = (
    *(
        "EQ",
        "NE",
        "GT",
        "LT",
        "GE",
        "LE",
        "Like",
        "NotLike",
        "Match",
        "NotMatch",
        "Contains",
        "NotContains",
        "In",
        "NotIn",
    ),
    *("Is", "IsNot"),
)
_CASED = (
    "EQ",
    "NE",
    "GT",
    "LT",
    "GE",
    "LE",
    "Like",
    "NotLike",
    "Match",
    "NotMatch",
    "Contains",
    "NotContains",
    "In",
    "NotIn",
)
_SWITCHES = tuple(
    [switch(name, sets=("Property",), aliases=(f"I{name}",) if name in _CASED else ()) for name in _OPERATORS]
    + [switch(f"C{name}", sets=("Property",)) for name in _CASED]
)


@cmdlet(
    "Where-Object",
    anything("InputObject", from_pipeline=True),
    anything("FilterScript", position=0, sets=("Script",)),
    text("Property", position=0, sets=("Property",)),
    anything("Value", position=1, sets=("Property",)),
    *_SWITCHES,
    switch("Not", sets=("Property",)),
    aliases=("?", "where"),
    default_set="Script",
)
async def _where(call: Call) -> None:
    item = call["InputObject"] if call.item is NOTHING else call.item
    if call.item is NOTHING and not call.has("InputObject"):
        return
    block = call["FilterScript"]
    if isinstance(block, Closure):
        if to_bool_of(await call.invoke(block, item)):
            await call.write(item)
        return
    if await _fits(call, item):
        await call.write(item)


async def _fits(call: Call, item: Value) -> bool:
    name = call["Property"] if call["Property"] is not None else call.shell.converter.text(call["FilterScript"])
    value = await call.shell.member(item, name)
    chosen = next((known.name for known in _SWITCHES if call[known.name]), None)
    if chosen is None:
        return to_bool(value) is not call["Not"]
    return to_bool(call.shell.operators.apply(f"-{chosen.lower()}", value, call["Value"]))


@cmdlet(
    "ForEach-Object",
    anything("InputObject", from_pipeline=True),
    anything("Process", position=0, sets=("Script",)),
    anything("Begin", sets=("Script",)),
    anything("End", sets=("Script",)),
    anything("RemainingScripts", sets=("Script",), takes_rest=True),
    text("MemberName", position=0, sets=("Member",)),
    anything("ArgumentList", sets=("Member",), aliases=("Args",)),
    aliases=("%", "foreach"),
    default_set="Script",
    begin=lambda call: _begin(call),  # noqa: PLW0108
    end=lambda call: _end(call),  # noqa: PLW0108
)
async def _for_each(call: Call) -> None:
    item = call["InputObject"] if call.item is NOTHING else call.item
    if call.item is NOTHING and call.expects_input:
        return
    blocks = call.state.process
    if blocks:
        for block in blocks:
            await call.invoke_into(block, item)
        return
    name = call["MemberName"] if call["MemberName"] is not None else call.shell.converter.text(call["Process"])
    found = property_of(item, name)
    if found is MISSING and find_method(item, name) is not None:
        arguments = call["ArgumentList"]
        values = arguments if isinstance(arguments, list) else [] if arguments is None else [arguments]
        await call.write_all(items_of(await call.shell.invoke(item, name, values)))
        return
    await call.write_all(items_of(await call.shell.member(item, name)))


async def _begin(call: Call) -> None:
    given = call["Process"]
    blocks = [block for block in (given if isinstance(given, list) else [given]) if isinstance(block, Closure)]
    more = call["RemainingScripts"] or []
    blocks += [block for block in more if isinstance(block, Closure)]
    begin, end = call["Begin"], call["End"]
    if len(blocks) > 1 and begin is None:
        begin = blocks.pop(0)
        if len(blocks) > 1 and end is None:
            end = blocks.pop()
    call.state.process, call.state.end = blocks, end
    if isinstance(begin, Closure):
        await call.invoke_into(begin)


async def _end(call: Call) -> None:
    if isinstance(call.state.end, Closure):
        await call.invoke_into(call.state.end)


CMDLETS = (_where, _for_each)
