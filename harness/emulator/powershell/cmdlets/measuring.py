"""Measure-Object, Group-Object.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.calculated import calculated
from harness.emulator.powershell.cmdlets.selecting import sort_keys
from harness.emulator.powershell.runtime.errors import ScriptError
from harness.emulator.powershell.runtime.objects import MISSING, PSObject
from harness.emulator.powershell.runtime.parameters import Parameter, anything, switch
from harness.emulator.powershell.runtime.values import ArrayList, Hashtable, Value, is_null
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["CMDLETS"]


@cmdlet(
    "Measure-Object",
    anything("InputObject", from_pipeline=True),
    Parameter(name="Property", type="object[]", position=0),
    switch("Sum"),
    switch("Average"),
    switch("Maximum"),
    switch("Minimum"),
    switch("Line"),
    switch("Word"),
    switch("Character"),
    switch("IgnoreWhiteSpace"),
    aliases=("measure",),
    gathers=True,
)
async def _measure(call: Call) -> None:
    if call["Line"] or call["Word"] or call["Character"]:
        await _measure_text(call)
        return
    items = [item for item in call.items if not is_null(item)]
    if call["Property"] is None:
        await call.write(await _measured(call, items, None))
        return
    for one in (calculated(value) for value in call["Property"]):
        values = []
        for item in items:
            value = await one.value(call, item)
            if value is not MISSING and not is_null(value):
                values.append(value)
        if not values and items:
            await call.error(
                f'The property "{one.name}" cannot be found in the input for any objects.',
                "GenericMeasurePropertyNotFound",
                "InvalidArgument",
                None,
                "System.Management.Automation.PSArgumentException",
            )
            continue
        await call.write(await _measured(call, values, one.name))


async def _measured(call: Call, values: list[Value], name: str | None) -> PSObject:
    needs_numbers = call["Sum"] or call["Average"]
    numbers: list[float] = []
    if needs_numbers:
        for value in values:
            try:
                numbers.append(float(call.shell.converter.convert(value, NetType("System.Double"))))
            except ScriptError:
                await call.error(
                    f'Input object "{to_text(value)}" is not numeric.', "NonNumericInputObject", "InvalidType", value,
                    "System.Management.Automation.PSInvalidOperationException",
                )  # fmt: skip
    facts: dict[str, Value] = {
        "Count": len(values),
        "Average": sum(numbers) / len(numbers) if call["Average"] and numbers else None,
        "Sum": float(sum(numbers)) if call["Sum"] and numbers else None,
        "Maximum": _extreme(call, values, 1) if call["Maximum"] else None,
        "Minimum": _extreme(call, values, -1) if call["Minimum"] else None,
        "Property": name,
    }
    return PSObject(["Microsoft.PowerShell.Commands.GenericMeasureInfo", "System.Object"], facts)


def _extreme(call: Call, values: list[Value], sign: int) -> Value:
    order = call.shell.operators.comparison.sort_key()
    found: Value = None
    for value in values:
        if found is None or order(value, found) * sign > 0:
            found = value
    return float(found) if isinstance(found, int) and not isinstance(found, bool) else found


async def _measure_text(call: Call) -> None:
    texts = [to_text(item) for item in call.items]
    text = "\n".join(texts)
    await call.write(
        PSObject(
            ["Microsoft.PowerShell.Commands.TextMeasureInfo", "System.Object"],
            {
                "Lines": len(text.splitlines()) if call["Line"] else None,
                "Words": len(text.split()) if call["Word"] else None,
                "Characters": sum(map(len, texts)) if call["Character"] else None,
                "Property": None,
            },
        )
    )


@cmdlet(
    "Group-Object",
    anything("InputObject", from_pipeline=True),
    Parameter(name="Property", type="object[]", position=0),
    switch("NoElement"),
    switch("AsHashTable", aliases=("AHT",)),
    switch("AsString"),
    switch("CaseSensitive"),
    aliases=("group",),
    gathers=True,
)
async def _group(call: Call) -> None:
    wanted = [calculated(value) for value in call["Property"] or ()]
    groups: list[tuple[list[Value], list[Value]]] = []
    comparison = call.shell.operators.comparison
    for keys, item in await sort_keys(call, call.items, wanted):
        for known, members in groups:
            if all(
                comparison.equals(a, b, is_case_sensitive=call["CaseSensitive"])
                for a, b in zip(known, keys, strict=True)
            ):
                members.append(item)
                break
        else:
            groups.append((keys, [item]))
    if call["AsHashTable"]:
        table = Hashtable()
        for keys, members in groups:
            table[to_text(keys[0]) if call["AsString"] else keys[0]] = list(members)
        await call.write(table)
        return
    for keys, members in groups:
        kind = "GroupInfoNoElement" if call["NoElement"] else "GroupInfo"
        facts: dict[str, Value] = {
            "Count": len(members),
            "Name": ", ".join(map(to_text, keys)),
            "Values": ArrayList(keys),
        }
        facts["Group"] = ArrayList([] if call["NoElement"] else members, "System.Collections.ObjectModel.Collection`1")
        await call.write(
            PSObject([f"Microsoft.PowerShell.Commands.{kind}", "Microsoft.PowerShell.Commands.GroupInfo"], facts)
        )


CMDLETS = (_measure, _group)
