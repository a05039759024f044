"""Compare-Object, Get-Member, Select-String.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

import re

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.calculated import Calculated, calculated
from harness.emulator.powershell.cmdlets.targets import places
from harness.emulator.powershell.runtime.objects import CUSTOM, MISSING, PSObject, custom_object
from harness.emulator.powershell.runtime.parameters import Parameter, anything, number, switch, texts
from harness.emulator.powershell.runtime.scripts import decoded
from harness.emulator.powershell.runtime.values import NOTHING, EnumValue, TypedArray, Value
from harness.emulator.powershell.types.members import properties_of
from harness.emulator.powershell.types.methods import method_names
from harness.emulator.powershell.types.nettype import type_name_of
from harness.emulator.powershell.types.patterns import net_regex, wildcard
from harness.emulator.powershell.types.regex_objects import match_object
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["CMDLETS"]


@cmdlet(
    "Compare-Object",
    Parameter(name="ReferenceObject", type="object[]", position=0, is_mandatory=True, allows_null=True),
    Parameter(
        name="DifferenceObject", type="object[]", position=1, is_mandatory=True, allows_null=True, from_pipeline=True
    ),
    Parameter(name="Property", type="object[]"),
    switch("IncludeEqual"),
    switch("ExcludeDifferent"),
    switch("PassThru"),
    switch("CaseSensitive"),
    number("SyncWindow"),
    gathers=True,
)
async def _compare(call: Call) -> None:
    wanted = [calculated(value) for value in call["Property"] or ()]
    left = await _keyed(call, call["ReferenceObject"] or [], wanted)
    right = await _keyed(call, call.items or call["DifferenceObject"] or [], wanted)
    equal: list[tuple[list[Value], Value]] = []
    rest = list(left)
    extra = []
    for keys, item in right:
        found = next((pair for pair in rest if _same(call, pair[0], keys)), None)
        if found is None:
            extra.append((keys, item))
        else:
            rest.remove(found)
            equal.append(found)
    if call["IncludeEqual"]:
        for pair in equal:
            await _put(call, pair, "==")
    if not call["ExcludeDifferent"]:
        for pair in extra:
            await _put(call, pair, "=>")
        for pair in rest:
            await _put(call, pair, "<=")


async def _keyed(call: Call, items: list[Value], wanted: list[Calculated]) -> list[tuple[list[Value], Value]]:
    found = []
    for item in items:
        keys = [item]
        if wanted:
            keys = [await one.value(call, item) for one in wanted]
            keys = [None if key is MISSING else key for key in keys]
        found.append((keys, item))
    return found


def _same(call: Call, left: list[Value], right: list[Value]) -> bool:
    equals = call.shell.operators.comparison.equals
    return all(
        equals(a, b, is_case_sensitive=call["CaseSensitive"]) or to_text(a) == to_text(b)
        for a, b in zip(left, right, strict=True)
    )


async def _put(call: Call, pair: tuple[list[Value], Value], side: str) -> None:
    keys, item = pair
    if call["PassThru"]:
        await call.write(item)
        return
    names = [calculated(value).name for value in call["Property"] or ()]
    facts = dict(zip(names, keys, strict=True)) if names else {"InputObject": item}
    await call.write(custom_object({**facts, "SideIndicator": side}))


@cmdlet(
    "Get-Member",
    anything("InputObject", from_pipeline=True),
    texts("Name", position=0),
    texts("MemberType", aliases=("Type",)),
    switch("Static"),
    switch("Force"),
    gathers=True,
)
async def _get_member(call: Call) -> None:
    seen: list[str] = []
    for item in call.items or ([] if call["InputObject"] is None else [call["InputObject"]]):
        kind = item.type_names[0] if isinstance(item, PSObject) else type_name_of(item)
        if kind in seen:
            continue
        seen.append(kind)
        await _describe(call, item, kind)
    if not seen:
        await call.error(
            "You must specify an object for the Get-Member cmdlet.", "NoObjectInGetMember", "CloseError", None,
            "System.InvalidOperationException",
        )  # fmt: skip


async def _describe(call: Call, item: Value, kind: str) -> None:
    found = [(name, "Method", name) for name in method_names(item)]
    if isinstance(item, PSObject) and item.is_custom:
        found = [(name, "Method", name) for name in ("Equals", "GetHashCode", "GetType", "ToString")]
    for member in sorted(properties_of(item), key=lambda one: one.name.lower()):
        found.append((member.name, member.kind, member.name))
    for name, member_type, definition in found:
        if call["Name"] and not any(wildcard(pattern).fullmatch(name) for pattern in call["Name"]):
            continue
        if call["MemberType"] and not any(_is_type(wanted, member_type) for wanted in call["MemberType"]):
            continue
        await call.write(
            PSObject(
                ["Microsoft.PowerShell.Commands.MemberDefinition", "System.Object"],
                {
                    "TypeName": kind if kind != CUSTOM else CUSTOM,
                    "Name": name,
                    "MemberType": EnumValue("System.Management.Automation.PSMemberTypes", member_type, 0),
                    "Definition": definition,
                },
            )
        )


def _is_type(wanted: str, kind: str) -> bool:
    wanted = wanted.lower()
    return wanted in (kind.lower(), "all") or (
        wanted in ("properties", "methods")
        and kind.lower().endswith(wanted[:-3] if wanted == "properties" else "method")
    )


@cmdlet(
    "Select-String",
    anything("InputObject", from_pipeline=True, sets=("Object",)),
    texts("Pattern", position=0, is_mandatory=True),
    texts("Path", position=1, sets=("File",), from_property=True),
    texts("LiteralPath", aliases=("PSPath",), sets=("LiteralFile",), from_property=True),
    switch("SimpleMatch"),
    switch("CaseSensitive"),
    switch("Quiet"),
    switch("List"),
    switch("AllMatches"),
    switch("NotMatch"),
    default_set="File",
    end=lambda call: _end_string(call),  # noqa: PLW0108
    begin=lambda call: _begin_string(call),  # noqa: PLW0108
)
async def _select_string(call: Call) -> None:
    patterns = [
        net_regex(re.escape(text) if call["SimpleMatch"] else text, 0 if call["CaseSensitive"] else 1)
        for text in call["Pattern"]
    ]
    if call.has("Path") or call.has("LiteralPath"):
        async for place, _ in places(call):
            lines = decoded(call.run.files.read(place.path), "utf-8").splitlines()
            for count, line in enumerate(lines, 1):
                if await _match(call, patterns, line, place.path, count) and call["List"]:
                    break
        return
    item = call["InputObject"]
    if call.item is NOTHING and item is None:
        return
    for line in item if isinstance(item, list) else [item]:
        call.state.count += 1
        await _match(call, patterns, to_text(line), "InputStream", call.state.count)


async def _begin_string(call: Call) -> None:
    call.state.count, call.state.found = 0, False


async def _end_string(call: Call) -> None:
    if call["Quiet"] and not call.state.found:
        await call.write(value=False)


async def _match(call: Call, patterns: list[re.Pattern[str]], line: str, path: str, count: int) -> bool:
    found = next((match for pattern in patterns if (match := pattern.search(line))), None)
    if (found is None) is not call["NotMatch"]:
        return False
    if call["Quiet"]:
        if not call.state.found:
            call.state.found = True
            await call.write(value=True)
        return True
    name = path.rpartition("\\")[2]
    matches = (
        []
        if found is None
        else [match_object(match) for match in (found.re.finditer(line) if call["AllMatches"] else [found])]
    )
    shown = line if path == "InputStream" else f"{path}:{count}:{line}"
    await call.write(
        PSObject(
            ["Microsoft.PowerShell.Commands.MatchInfo", "System.Object"],
            {
                "IgnoreCase": not call["CaseSensitive"],
                "LineNumber": count,
                "Line": line,
                "Filename": name,
                "Path": path,
                "Pattern": call["Pattern"][0],
                "Context": None,
                "Matches": TypedArray("System.Text.RegularExpressions.Match", matches),
            },
            text=lambda: shown,
        )
    )
    return True


CMDLETS = (_compare, _get_member, _select_string)
