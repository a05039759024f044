"""Get-Variable, Set-Variable and their kin; aliases.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.expressions import Span, Variable
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import anything, switch, text, texts
from harness.emulator.powershell.runtime.scope import Scope
from harness.emulator.powershell.runtime.values import NOTHING, Value
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard

__all__ = ["CMDLETS"]


def _scope(call: Call) -> Scope:
    scope = call.shell.frame.scope
    named = (call["Scope"] or "local").lower()
    if named == "global":
        return scope.top()
    if named == "script":
        return scope.script()
    if named.isdigit():
        for _ in range(int(named)):
            scope = scope.parent or scope
    return scope


def _object(name: str, value: Value) -> PSObject:
    return PSObject(["System.Management.Automation.PSVariable", "System.Object"], {"Name": name, "Value": value})


@cmdlet(
    "Get-Variable",
    texts("Name", position=0, from_pipeline=True, from_property=True),
    switch("ValueOnly"),
    texts("Include"),
    texts("Exclude"),
    text("Scope"),
    aliases=("gv",),
)
async def _get_variable(call: Call) -> None:
    known: dict[str, tuple[str, Value]] = {}
    for scope in call.shell.frame.scope.chain() if not call["Scope"] else [_scope(call)]:
        for key, cell in scope.variables.items():
            known.setdefault(key, (cell.name, cell.value))
    for pattern in call["Name"] or ["*"]:
        found = [pair for key, pair in sorted(known.items()) if wildcard(pattern).fullmatch(key)]
        if not found and not has_wildcard(pattern):
            special = call.shell.read_variable(Variable(name=pattern, at=Span(0, 0)))
            if special is None:
                await call.error(
                    f"Cannot find a variable with the name '{pattern}'.", "VariableNotFound", "ObjectNotFound", pattern,
                    "System.Management.Automation.ItemNotFoundException",
                )  # fmt: skip
                continue
            found = [(pattern, special)]
        for name, value in found:
            await call.write(value if call["ValueOnly"] else _object(name, value))


_SETTING = (
    anything("Value", position=1, from_pipeline=True, from_property=True),
    text("Description"),
    text("Option"),
    switch("Force"),
    text("Visibility"),
    switch("PassThru"),
    text("Scope"),
)


async def _set(call: Call, name: str, *, is_new: bool) -> None:
    value = call["Value"] if call.item is NOTHING else (list(call.items) if len(call.items) > 1 else call.item)
    scope = _scope(call)
    option = (call["Option"] or "").lower()
    known = scope.variables.get(name.lower())
    if known is not None and is_new and not call["Force"]:
        await call.error(
            f"A variable with name '{name}' already exists.", "VariableAlreadyExists", "ResourceExists", name,
            "System.Management.Automation.SessionStateException",
        )  # fmt: skip
        return
    if known is not None and known.is_constant and call["Force"]:
        known.is_constant = False
    cell = scope.put(name, value)
    cell.is_constant = option in ("readonly", "constant")
    cell.is_private = option == "private"
    if call["PassThru"]:
        await call.write(_object(name, value))


@cmdlet(
    "Set-Variable",
    texts("Name", position=0, is_mandatory=True, from_property=True),
    *_SETTING,
    texts("Include"),
    texts("Exclude"),
    aliases=("sv", "set"),
)
async def _set_variable(call: Call) -> None:
    for name in call["Name"]:
        await _set(call, name, is_new=False)


@cmdlet("New-Variable", text("Name", position=0, is_mandatory=True, from_property=True), *_SETTING, aliases=("nv",))
async def _new_variable(call: Call) -> None:
    await _set(call, call["Name"], is_new=True)


@cmdlet(
    "Remove-Variable",
    texts("Name", position=0, is_mandatory=True, from_property=True),
    switch("Force"),
    text("Scope"),
    aliases=("rv",),
)
async def _remove_variable(call: Call) -> None:
    for name in call["Name"]:
        scope = call.shell.frame.scope
        found = [key for key in scope.variables if wildcard(name).fullmatch(key)]
        for key in found:
            del scope.variables[key]
        if not found and not has_wildcard(name):
            await call.error(
                f"Cannot find a variable with the name '{name}'.", "VariableNotFound", "ObjectNotFound", name,
                "System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip


@cmdlet(
    "Clear-Variable", texts("Name", position=0, is_mandatory=True), switch("Force"), text("Scope"), aliases=("clv",)
)
async def _clear_variable(call: Call) -> None:
    for name in call["Name"]:
        _scope(call).put(name, None)


@cmdlet(
    "Set-Alias",
    text("Name", position=0, is_mandatory=True),
    text("Value", position=1, is_mandatory=True),
    text("Option"),
    switch("Force"),
    text("Scope"),
    text("Description"),
    aliases=("sal",),
)
async def _set_alias(call: Call) -> None:
    _scope(call).aliases[call["Name"].lower()] = call["Value"]


@cmdlet(
    "New-Alias",
    text("Name", position=0, is_mandatory=True),
    text("Value", position=1, is_mandatory=True),
    text("Option"),
    switch("Force"),
    text("Scope"),
    text("Description"),
    aliases=("nal",),
)
async def _new_alias(call: Call) -> None:
    _scope(call).aliases[call["Name"].lower()] = call["Value"]


@cmdlet("Get-Alias", texts("Name", position=0), texts("Definition"), aliases=("gal",))
async def _get_alias(call: Call) -> None:
    known = dict(call.shell.aliases)
    for scope in call.shell.frame.scope.chain():
        known |= scope.aliases
    for pattern in call["Name"] or ["*"]:
        found = [key for key in sorted(known) if wildcard(pattern).fullmatch(key)]
        if not found and not has_wildcard(pattern):
            await call.error(
                f"This command cannot find a matching alias because an alias with the name '{pattern}' does not exist.",
                "ItemNotFoundException", "ObjectNotFound", pattern,
                "System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip
        for key in found:
            facts = {
                "Name": key,
                "Definition": known[key],
                "ResolvedCommandName": known[key],
                "DisplayName": f"{key} -> {known[key]}",
            }
            await call.write(_alias(key, facts))


def _alias(name: str, facts: dict[str, Value]) -> PSObject:
    kinds = ["System.Management.Automation.AliasInfo", "System.Management.Automation.CommandInfo"]
    return PSObject(kinds, facts, text=lambda: name)


CMDLETS = (
    _get_variable, _set_variable, _new_variable, _remove_variable, _clear_variable, _set_alias, _new_alias, _get_alias,
)  # fmt: skip
