"""New-Object, Add-Member, Add-Type.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import Property, PSObject, custom_object
from harness.emulator.powershell.runtime.parameters import Parameter, anything, switch, text, texts
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Hashtable, Value
from harness.emulator.powershell.types.members import property_of
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.statics import make

__all__ = ["CMDLETS"]


@cmdlet(
    "New-Object",
    text("TypeName", position=0, sets=("Net",), is_mandatory=True),
    Parameter(name="ArgumentList", type="object[]", position=1, sets=("Net",), aliases=("Args",)),
    text("ComObject", position=0, sets=("Com",), is_mandatory=True),
    switch("Strict", sets=("Com",)),
    anything("Property"),
    default_set="Net",
)
async def _new_object(call: Call) -> None:
    if call["ComObject"]:
        raise Unmodelled(f"the COM object {call['ComObject']}", "do the same with cmdlets, or leave it out")
    name = call["TypeName"]
    given = call["Property"]
    if name.lower() in (
        "psobject",
        "pscustomobject",
        "object",
        "system.object",
        "system.management.automation.psobject",
    ):
        source = call["ArgumentList"][0] if call["ArgumentList"] else given
        await call.write(_custom(source if source is not None else given))
        return
    kind = _type(call, name)
    made = make(call.shell, kind, call["ArgumentList"] or [])
    if isinstance(given, Hashtable):
        for key, value in given.items():
            call.shell.set_member(made, to_text(key), value)
    await call.write(made)


def _custom(source: Value) -> PSObject:
    if isinstance(source, Hashtable):
        return custom_object([(to_text(key), value) for key, value in source.items()])
    return custom_object({})


def _type(call: Call, name: str) -> NetType:
    from harness.emulator.powershell.parser import parse_script

    found = find_type(name, call.shell.defined)
    if found:
        return found
    if "[" in name or "<" in name:
        block = parse_script(f"[{name}]")
        statement = block.end.statements[0] if block.end else None
        literal = statement.elements[0].expression  # type: ignore[union-attr]
        return call.shell.type_of_name(literal.type)
    if "." in name:
        raise Unmodelled(f"the type [{name}]", "do the same with cmdlets, or leave it out")
    raise call.failure(
        f"Cannot find type [{name}]: verify that the assembly containing this type is loaded.",
        "TypeNotFound",
        "InvalidType",
        None,
        "System.Management.Automation.PSArgumentException",
    )


@cmdlet(
    "Add-Member",
    anything("InputObject", from_pipeline=True, is_mandatory=True, allows_null=True),
    text("MemberType", position=0, aliases=("Type",), sets=("Member",)),
    text("Name", position=1, sets=("Member",)),
    anything("Value", position=2, sets=("Member",)),
    anything("SecondValue", position=3, sets=("Member",)),
    text("NotePropertyName", position=0, sets=("Note",)),
    anything("NotePropertyValue", position=1, sets=("Note",)),
    anything("NotePropertyMembers", position=0, sets=("Notes",)),
    text("TypeName"),
    switch("Force"),
    switch("PassThru"),
    default_set="Member",
)
async def _add_member(call: Call) -> None:
    target = call["InputObject"] if call.item is NOTHING else call.item
    if not isinstance(target, PSObject):
        raise Unmodelled("Add-Member on what is no object with properties", "make a custom object of it first")
    if call["TypeName"]:
        target.type_names.insert(0, call["TypeName"])
    for name, kind, value in _members(call):
        if name.lower() in target.members and not call["Force"]:
            await call.error(
                f'Cannot add a member with the name "{name}" because a member with that name already exists. To '
                'overwrite '
                "the member anyway, add the Force parameter to your command.",
                "MemberAlreadyExists", "InvalidOperation", target, "System.InvalidOperationException",
            )  # fmt: skip
            continue
        _attach(target, name, kind, value)
    if call["PassThru"]:
        await call.write(target)


def _members(call: Call) -> list[tuple[str, str, Value]]:
    if isinstance(call["NotePropertyMembers"], Hashtable):
        return [(to_text(key), "noteproperty", value) for key, value in call["NotePropertyMembers"].items()]
    if call["NotePropertyName"] is not None and call["Name"] is None:
        return [(call["NotePropertyName"], "noteproperty", call["NotePropertyValue"])]
    if call["Name"] is None:
        return []
    kinds = ("noteproperty", "scriptproperty", "aliasproperty", "scriptmethod")
    written = (call["MemberType"] or "").lower()
    kind = next((known for known in kinds if known.startswith(written)), written)
    return [(call["Name"], kind, call["Value"])]


def _attach(target: PSObject, name: str, kind: str, value: Value) -> None:
    key = name.lower()
    match kind:
        case "noteproperty":
            target.members[key] = Property(name, value)
        case "scriptproperty" if isinstance(value, Closure):
            target.members[key] = Property(name, None, "ScriptProperty", script=value)
        case "aliasproperty":
            target.members[key] = Property(name, None, "AliasProperty", get=lambda: property_of(target, to_text(value)))
        case "scriptmethod" if isinstance(value, Closure):
            target.members[key] = Property(name, value, "ScriptMethod")
        case _:
            raise Unmodelled(f"Add-Member -MemberType {kind}", "use NoteProperty, ScriptProperty or ScriptMethod")


@cmdlet(
    "Add-Type",
    text("TypeDefinition", position=0),
    texts("AssemblyName", aliases=("AN",)),
    text("MemberDefinition"),
    text("Name"),
    text("Namespace"),
    texts("Path"),
    text("Language"),
    texts("ReferencedAssemblies"),
    texts("UsingNamespace"),
    switch("PassThru"),
)
async def _add_type(call: Call) -> None:
    if call["TypeDefinition"] or call["MemberDefinition"] or call["Path"]:
        raise Unmodelled("code in another language (Add-Type)", "do the same with cmdlets, or leave it out")


CMDLETS = (_new_object, _add_member, _add_type)
