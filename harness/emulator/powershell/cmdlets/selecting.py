"""Select-Object, Sort-Object, Get-Unique.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from functools import cmp_to_key

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.calculated import Calculated, calculated, names_of
from harness.emulator.powershell.runtime.objects import CUSTOM, MISSING, Property, PSObject
from harness.emulator.powershell.runtime.parameters import Parameter, anything, number, switch, text, texts
from harness.emulator.powershell.runtime.values import NOTHING, Value, is_null, items_of
from harness.emulator.powershell.types.conversion import to_bool
from harness.emulator.powershell.types.members import properties_of
from harness.emulator.powershell.types.nettype import type_name_of
from harness.emulator.powershell.types.patterns import wildcard
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["CMDLETS", "sort_keys"]


async def _begin_select(call: Call) -> None:
    call.state.wanted = [calculated(value) for value in call["Property"] or ()]
    call.state.count = 0
    call.state.kept = []
    call.state.seen = []


@cmdlet(
    "Select-Object",
    anything("InputObject", from_pipeline=True),
    Parameter(name="Property", type="object[]", position=0),
    texts("ExcludeProperty"),
    text("ExpandProperty"),
    number("First"),
    number("Last"),
    number("Skip", default=0),
    number("SkipLast", default=0),
    switch("Unique"),
    switch("Wait"),
    Parameter(name="Index", type="int[]"),
    begin=_begin_select,
    end=lambda call: _end_select(call),  # noqa: PLW0108
)
async def _select(call: Call) -> None:
    if call.item is NOTHING and not call.has("InputObject"):
        return
    item = call["InputObject"] if call.item is NOTHING else call.item
    state = call.state
    state.count += 1
    if call.has("Last") or call["SkipLast"]:
        state.kept.append(item)
        return
    if call.has("Index"):
        if state.count - 1 in call["Index"]:
            await _put(call, item)
        return
    if state.count <= call["Skip"]:
        return
    taken = state.count - call["Skip"]
    if call.has("First") and taken > call["First"]:
        raise call.stop_upstream()
    await _put(call, item)
    if call.has("First") and taken >= call["First"] and not call["Wait"]:
        raise call.stop_upstream()


async def _end_select(call: Call) -> None:
    kept = call.state.kept
    if call.has("Last"):
        end = len(kept) - call["Skip"]
        kept = kept[max(0, end - call["Last"]) : end] if call["Last"] else []
    elif call["SkipLast"]:
        kept = kept[call["Skip"] : max(0, len(kept) - call["SkipLast"])]
    for item in kept:
        await _put(call, item)


async def _put(call: Call, item: Value) -> None:
    for made in await _selected(call, item):
        if call["Unique"]:
            if any(_same(made, known, call) for known in call.state.seen):
                continue
            call.state.seen.append(made)
        await call.write(made)


def _same(left: Value, right: Value, call: Call) -> bool:
    if isinstance(left, PSObject) and isinstance(right, PSObject):
        names = [name.lower() for name in left.names()]
        if names != [name.lower() for name in right.names()]:
            return False
        return all(
            call.shell.operators.comparison.equals(left.get(name), right.get(name), is_case_sensitive=True)
            for name in names
        )
    return call.shell.operators.comparison.equals(left, right, is_case_sensitive=True)


async def _selected(call: Call, item: Value) -> list[Value]:
    wanted: list[Calculated] = call.state.wanted
    expanded = call["ExpandProperty"]
    if expanded is not None:
        return await _expanded(call, item, expanded)
    if not wanted and not call["ExcludeProperty"]:
        return [item]
    names = [f"Selected.{type_name_of(item)}", CUSTOM, "System.Object"]
    made = PSObject(names)
    for one in wanted or [calculated("*")]:
        for name in names_of(one, item):
            source = one if name == one.name else Calculated(name=name, options={})
            value = await source.value(call, item)
            made.members[name.lower()] = Property(name, None if value is MISSING or is_null(value) else value)
    for pattern in call["ExcludeProperty"] or ():
        for key in [key for key in made.members if wildcard(pattern).fullmatch(key)]:
            del made.members[key]
    return [made]


async def _expanded(call: Call, item: Value, name: str) -> list[Value]:
    found = [member.name for member in properties_of(item) if wildcard(name).fullmatch(member.name)]
    value = await Calculated(name=found[0] if found else name, options={}).value(call, item)
    if value is MISSING:
        await call.error(
            f'Property "{name}" cannot be found.',
            "ExpandPropertyNotFound",
            "InvalidArgument",
            item,
            "System.Management.Automation.PSArgumentException",
        )
        return []
    return list(items_of(value))


async def sort_keys(call: Call, items: list[Value], wanted: list[Calculated]) -> list[tuple[list[Value], Value]]:
    """Return objects with what they are sorted or grouped by."""
    found = []
    for item in items:
        keys: list[Value] = []
        for one in wanted:
            value = await one.value(call, item)
            keys.append(None if value is MISSING else value)
        found.append((keys if wanted else [item], item))
    return found


@cmdlet(
    "Sort-Object",
    anything("InputObject", from_pipeline=True),
    Parameter(name="Property", type="object[]", position=0),
    switch("Descending"),
    switch("Unique"),
    switch("CaseSensitive"),
    text("Culture"),
    gathers=True,
)
async def _sort(call: Call) -> None:
    wanted = [calculated(value) for value in call["Property"] or ()]
    order = call.shell.operators.comparison.sort_key()
    is_cased = call["CaseSensitive"]
    pairs = await sort_keys(call, [item for item in call.items if not is_null(item)], wanted)
    reversed_ = [
        to_bool(one.options["descending"]) if "descending" in one.options
        else not to_bool(one.options["ascending"]) if "ascending" in one.options
        else call["Descending"]
        for one in wanted
    ] or [call["Descending"]]  # fmt: skip

    def compare(left: tuple[list[Value], Value], right: tuple[list[Value], Value]) -> int:
        for number_, (a, b) in enumerate(zip(left[0], right[0], strict=True)):
            result = (
                _order(a, b, order)
                if not is_cased
                else call.shell.operators.comparison.compare(a, b, is_case_sensitive=True)
            )
            if result:
                return -result if reversed_[number_] else result
        return 0

    ordered = sorted(pairs, key=cmp_to_key(compare))
    last: tuple[list[Value], Value] | None = None
    for pair in ordered:
        if not call["Unique"] or last is None or compare(last, pair):
            await call.write(pair[1])
        last = pair


def _order(left: Value, right: Value, order: object) -> int:
    if is_null(left) or is_null(right):
        return int(is_null(right)) - int(is_null(left))
    return int(order(left, right))  # type: ignore[operator]


@cmdlet(
    "Get-Unique",
    anything("InputObject", from_pipeline=True),
    switch("AsString"),
    switch("OnType"),
    aliases=("gu",),
    gathers=True,
)
async def _unique(call: Call) -> None:
    last: Value = NOTHING
    for item in call.items:
        is_same = (
            to_text(item) == to_text(last)
            if call["AsString"]
            else call.shell.operators.comparison.equals(item, last, is_case_sensitive=True)
        )
        if last is NOTHING or not is_same:
            await call.write(item)
        last = item


CMDLETS = (_select, _sort, _unique)
