"""Members and elements: `$x.Name`, `$x.Trim()`, `$x[0]`, `[math]::Round(1.5)`.

Source: learn.microsoft.com, about_Member-Access_Enumeration, about_Arrays, about_Hash_Tables, about_Methods.
"""

from __future__ import annotations

from abc import abstractmethod
from inspect import isawaitable
from typing import Any

from harness.emulator.powershell.runtime.errors import Unmodelled, failure
from harness.emulator.powershell.runtime.objects import MISSING, Property, PSObject
from harness.emulator.powershell.runtime.state import State
from harness.emulator.powershell.runtime.values import (
    NOTHING,
    ArrayList,
    Char,
    Closure,
    Hashtable,
    TypedArray,
    Value,
    is_null,
    items_of,
)
from harness.emulator.powershell.types.calls import Thrown, no_method, wrapped
from harness.emulator.powershell.types.conversion import to_bool
from harness.emulator.powershell.types.members import ArrayOfProperties, property_of
from harness.emulator.powershell.types.methods import call_method, find_method
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType, type_name_of
from harness.emulator.powershell.types.patterns import net_regex, wildcard
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.statics import call_static, static_property

__all__ = ["MemberAccess", "to_bool_of"]


class MemberAccess(State):
    """Reads, writes and calls members."""

    @abstractmethod
    async def run_block(
        self, closure: Closure, *, item: Value = NOTHING, arguments: list[Value] | None = None, this: Value = NOTHING
    ) -> list[Value]:
        """Run a script block and return its output."""

    # Reading

    async def member(self, target: Value, name: str) -> Value:
        """Return a property; `$null` when there is none. Of a list without it, that of its items."""
        found = property_of(target, name)
        if found is MISSING:
            value = await self._of_items(target, name) if isinstance(target, list) else None
            if self.strict > 1 and value is None and not isinstance(target, Hashtable):
                raise failure(
                    f"The property '{name}' cannot be found on this object. Verify that the property exists.",
                    "PropertyNotFoundStrict",
                    "InvalidOperation",
                )
            return value
        if isinstance(found, Property):
            return await self._scripted(found, target)
        return found

    async def _of_items(self, items: list[Value], name: str) -> Value:
        if isinstance(items, ArrayOfProperties) and name.lower() in ("match", "add", "remove"):
            return None
        found: list[Value] = []
        for item in items:
            value = property_of(item, name)
            if isinstance(item, list) and value is MISSING:
                value = await self._of_items(item, name)
                value = MISSING if value is None else value
            if isinstance(value, Property):
                value = await self._scripted(value, item)
            if value is not MISSING:
                found += items_of(value) if isinstance(value, list) else [value]
        return None if not found else found[0] if len(found) == 1 else found

    async def _scripted(self, member: Property, target: Value) -> Value:
        assert member.script is not None
        found = await self.run_block(member.script, this=target)
        return found[0] if len(found) == 1 else found or None

    def static_member(self, kind: NetType, name: str) -> Value:
        """Return a static property or a constant of a type.

        Raises:
            Unmodelled: when it is not modelled.
        """
        return static_property(self, kind, name)

    # Writing

    def set_member(self, target: Value, name: str, value: Value) -> None:
        """Set a property.

        Raises:
            ScriptError: when there is none of that name, or it cannot be changed.
        """
        if isinstance(target, PSObject):
            found = target.members.get(name.lower())
            if found is not None and (found.kind == "NoteProperty" or found.set is not None):
                if found.set is not None:
                    found.set(value)
                else:
                    found.value = value
                return
            if found is not None:
                raise failure(
                    f"'{found.name}' is a ReadOnly property.", "PropertyAssignmentException", "InvalidOperation"
                )
        elif isinstance(target, Hashtable):
            target[name] = value
            return
        elif isinstance(target, list):
            for item in target:
                self.set_member(item, name, value)
            return
        if isinstance(target, NetType):
            raise Unmodelled(f"setting [{target.name}]::{name}", "leave it out")
        raise failure(
            f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
            "PropertyNotFound",
            "InvalidOperation",
        )

    # Elements

    def element(self, target: Value, index: Value) -> Value:
        """Return an element, or several for several indexes.

        Raises:
            ScriptError: for `$null`, or an index that is none.
        """
        if is_null(target):
            raise failure("Cannot index into a null array.", "NullArray", "InvalidOperation")
        if isinstance(target, Hashtable):
            return self._value_of_key(target, index)
        if isinstance(target, ArrayOfProperties):
            return next((item for item in target if str(item.get("Name")).lower() == to_text(index).lower()), None)
        if isinstance(index, list):
            found = [self._item(target, part) for part in index]
            return [item for item in found if item is not MISSING]
        found_item = self._item(target, index)
        return None if found_item is MISSING else found_item

    def _value_of_key(self, table: Hashtable, key: Value) -> Value:
        if isinstance(key, list):
            return [table.get(part) for part in key]
        if is_null(key):
            return None
        if table.is_ordered and isinstance(key, int) and not isinstance(key, bool):
            values = table.values()
            return values[key] if -len(values) <= key < len(values) else None
        return table.get(key)

    def _item(self, target: Value, index: Value) -> Value:
        if isinstance(target, PSObject):
            item = target.methods.get("get_item")
            if item is not None:
                return item(index)
        number = int(self.converter.convert(index, _INT))
        if isinstance(target, str) and not isinstance(target, Char):
            return Char(target[number]) if -len(target) <= number < len(target) else MISSING
        if isinstance(target, list):
            return target[number] if -len(target) <= number < len(target) else MISSING
        if number in (0, -1):
            return target
        return MISSING

    def set_element(self, target: Value, index: Value, value: Value) -> None:
        """Set an element.

        Raises:
            ScriptError: when there is none.
        """
        if is_null(target):
            raise failure("Cannot index into a null array.", "NullArray", "InvalidOperation")
        if isinstance(target, Hashtable):
            if target.is_ordered and isinstance(index, int) and not isinstance(index, bool):
                index = list(target)[index]
            target[index] = value
            return
        if not isinstance(target, list):
            raise failure(
                f"Unable to index into an object of type {type_name_of(target)}.", "CannotIndex", "InvalidOperation"
            )
        number = int(self.converter.convert(index, _INT))
        if not -len(target) <= number < len(target):
            raise failure(
                "Index was outside the bounds of the array."
                if not isinstance(target, ArrayList)
                else "Index was out of range. Must be non-negative and less than the size of the collection.\r\n"
                "Parameter name: index",
                "System.IndexOutOfRangeException",
                "OperationStopped",
                type_name="System.IndexOutOfRangeException",
            )
        if isinstance(target, TypedArray):
            kind = find_type(target.element)
            value = self.converter.convert(value, kind) if kind else value
        target[number] = value

    # Calling

    async def invoke(self, target: Value, name: str, arguments: list[Value]) -> Value:
        """Call a method.

        Raises:
            ScriptError: when it throws, or there is none.
        """
        key = name.lower()
        if key in ("where", "foreach") and find_method(target, name) is None:
            items = items_of(target)
            return await (self._where(items, arguments) if key == "where" else self._for_each(items, arguments))
        if is_null(target):
            raise failure(
                "You cannot call a method on a null-valued expression.", "InvokeMethodOnNull", "InvalidOperation"
            )
        if isinstance(target, Closure):
            return await self._closure_method(target, key, name, arguments)
        if isinstance(target, ArrayOfProperties):
            return self._properties_method(target, key, arguments)
        if isinstance(target, list) and find_method(target, name) is None:
            return await self._on_items(target, name, arguments)
        if isinstance(target, PSObject) and key not in target.methods:
            held = target.members.get(key)
            if held is not None and isinstance(held.value, Closure):
                found = await self.run_block(held.value, arguments=arguments, this=target)
                return found[0] if len(found) == 1 else found or NOTHING
        return await self._awaited(call_method(self, target, name, arguments), name, len(arguments))

    async def _awaited(self, result: Any, name: str, count: int) -> Value:
        if not isawaitable(result):
            return result
        try:
            return await result
        except Thrown as thrown:
            raise wrapped(thrown, name, count) from thrown

    async def _on_items(self, items: list[Value], name: str, arguments: list[Value]) -> Value:
        if not items:
            raise no_method(type_name_of(items), name)
        found: list[Value] = []
        for item in items:
            value = await self.invoke(item, name, arguments)
            if value is not NOTHING and not (value is None and isinstance(item, Hashtable | list)):
                found += items_of(value)
        return NOTHING if not found else found[0] if len(found) == 1 else found

    async def invoke_static(self, kind: NetType, name: str, arguments: list[Value]) -> Value:
        """Call a static method of a type, or make an object of it with `new`.

        Raises:
            ScriptError: when it throws, or there is none.
            Unmodelled: when it is not modelled.
        """
        is_replace = kind.name.endswith(".Regex") and name.lower() == "replace"
        if is_replace and len(arguments) > 2 and isinstance(arguments[2], Closure):  # noqa: PLR2004 - the third
            return await self._replace_by_block(arguments[0], arguments[1], arguments[2])
        return await self._awaited(call_static(self, kind, name, arguments), name, len(arguments))

    async def _replace_by_block(self, text: Value, pattern: Value, block: Closure) -> str:
        whole = to_text(text)
        pieces, position = [], 0
        for found in net_regex(to_text(pattern)).finditer(whole):
            made = await self.run_block(block, arguments=[call_static_match(found)])
            pieces += [whole[position : found.start()], to_text(made[0] if made else "")]
            position = found.end()
        return "".join([*pieces, whole[position:]])

    # Methods that every collection has

    async def _where(self, items: list[Value], arguments: list[Value]) -> Value:
        if not arguments or not isinstance(arguments[0], Closure):
            raise failure('Cannot find an overload for "Where".', "MethodCountCouldNotFindBest", "NotSpecified")
        mode = to_text(arguments[1]).lower() if len(arguments) > 1 else "default"
        most = int(arguments[2]) if len(arguments) > 2 else 0  # noqa: PLR2004 - the third says how many
        results = [to_bool_of(await self.run_block(arguments[0], item=item)) for item in items]
        fitting = [item for item, fits in zip(items, results, strict=True) if fits]
        first = results.index(True) if True in results else len(items)
        match mode:
            case "first":
                return ArrayList(fitting[: most or 1], _COLLECTION, "System.Management.Automation.PSObject")
            case "last":
                return ArrayList(fitting[-(most or 1) :], _COLLECTION, "System.Management.Automation.PSObject")
            case "skipuntil":
                return ArrayList(items[first:], _COLLECTION, "System.Management.Automation.PSObject")
            case "until":
                return ArrayList(items[:first], _COLLECTION, "System.Management.Automation.PSObject")
            case "split":
                rest = [item for item, fits in zip(items, results, strict=True) if not fits]
                return [ArrayList(fitting, _COLLECTION), ArrayList(rest, _COLLECTION)]
            case _:
                kept = fitting[:most] if most else fitting
                return ArrayList(kept, _COLLECTION, "System.Management.Automation.PSObject")

    async def _for_each(self, items: list[Value], arguments: list[Value]) -> Value:
        found = ArrayList((), _COLLECTION, "System.Management.Automation.PSObject")
        first = arguments[0] if arguments else None
        for item in items:
            if isinstance(first, Closure):
                found += await self.run_block(first, item=item, arguments=arguments[1:])
            elif isinstance(first, NetType):
                found.append(self.converter.convert(item, first))
            elif find_method(item, to_text(first)) and (
                len(arguments) > 1 or property_of(item, to_text(first)) is MISSING
            ):
                found += items_of(await self.invoke(item, to_text(first), arguments[1:]))
            else:
                found += items_of(await self.member(item, to_text(first)))
        return found

    async def _closure_method(self, block: Closure, key: str, name: str, arguments: list[Value]) -> Value:
        match key:
            case "invoke":
                found = await self.run_block(block, arguments=arguments)
                return ArrayList(found, _COLLECTION, "System.Management.Automation.PSObject")
            case "invokereturnasis":
                found = await self.run_block(block, arguments=arguments)
                return found[0] if len(found) == 1 else found or NOTHING
            case "getnewclosure":
                copy = Closure(block.block, block.source, name=block.name)
                copy.parameters, copy.is_filter = block.parameters, block.is_filter
                copy.captured = {
                    cell.name: cell.value for cell in self.frame.scope.variables.values() if not cell.is_constant
                }
                return copy
            case "tostring" | "gettype" | "equals":
                return call_method(self, block, name, arguments)
            case _:
                raise Unmodelled(f"the method {name} of a script block", "call it with & or Invoke()")

    def _properties_method(self, listed: ArrayOfProperties, key: str, arguments: list[Value]) -> Value:
        owner = listed.owner
        if key == "match":
            pattern = wildcard(to_text(arguments[0]))
            return [item for item in listed if pattern.fullmatch(str(item.get("Name")))]
        if key == "remove" and isinstance(owner, PSObject):
            owner.members.pop(to_text(arguments[0]).lower(), None)
            return NOTHING
        if key == "add" and isinstance(owner, PSObject) and isinstance(arguments[0], PSObject):
            owner.note(str(arguments[0].get("Name")), arguments[0].get("Value"))
            return NOTHING
        raise Unmodelled(f"the method {key} of a list of properties", "use Add-Member or Select-Object")


_COLLECTION = "System.Collections.ObjectModel.Collection`1"
_INT = NetType("System.Int32")


def to_bool_of(output: list[Value]) -> bool:
    """Return whether the output of a script block counts as true."""
    return to_bool(output[0]) if len(output) == 1 else bool(output)


def call_static_match(found: Any) -> Value:
    """Return a match as an object."""
    from harness.emulator.powershell.types.regex_objects import match_object

    return match_object(found)
