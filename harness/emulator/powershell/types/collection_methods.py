"""Methods of arrays, lists and hashtables.

Source: learn.microsoft.com, Array, ArrayList, List, Hashtable and OrderedDictionary classes.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import Final

from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import ArrayList, Hashtable, TypedArray, Value
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World, argument_error
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import type_name_of

__all__ = ["LIST_METHODS", "GROWING_METHODS", "HASHTABLE_METHODS", "entries_of", "equal_objects"]


def equal_objects(left: Value, right: Value) -> bool:
    """Return whether two values are equal as `Object.Equals` has it: texts with regard to case."""
    return left is right or (
        type_name_of(left) == type_name_of(right) and not isinstance(left, PSObject) and left == right
    )


def entries_of(table: Hashtable) -> list[PSObject]:
    """Return the items of a hashtable as objects with `Key` and `Value`."""
    return [
        PSObject(
            ["System.Collections.DictionaryEntry", "System.ValueType", "System.Object"],
            {"Name": key, "Key": key, "Value": value},
        )
        for key, value in table.items()
    ]


def _position(items: list[Value], wanted: Value) -> int:
    return next((index for index, item in enumerate(items) if equal_objects(item, wanted)), -1)


def _place(items: list[Value], index: Value, *, allows_end: bool = False) -> int:
    if not isinstance(index, int) or not 0 <= index < len(items) + allows_end:
        raise argument_error(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "index"
        )
    return index


def _get(_: World, items: list[Value], index: Value) -> Value:
    return items[_place(items, index)]


def _set(_: World, items: list[Value], value: Value, index: Value) -> None:
    items[_place(items, index)] = value


def _fixed(_: World, __: list[Value], *___: Value) -> None:
    raise Thrown("System.NotSupportedException", "Collection was of a fixed size.")


LIST_METHODS: Final[dict[str, NetMethod]] = {
    "Contains": lambda _, items, wanted: _position(items, wanted) >= 0,
    "IndexOf": lambda _, items, wanted, *__: _position(items, wanted),
    "GetValue": _get,
    "SetValue": _set,
    "Get": _get,
    "GetLength": lambda _, items, dimension=0: len(items),  # noqa: ARG005
    "GetUpperBound": lambda _, items, dimension=0: len(items) - 1,  # noqa: ARG005
    "GetLowerBound": lambda _, __, dimension=0: 0,  # noqa: ARG005
    "Clone": lambda _, items: TypedArray(items.element, items) if isinstance(items, TypedArray) else list(items),
    "Equals": lambda _, items, other: items is other,
    "Add": _fixed,
    "AddRange": _fixed,
    "Remove": _fixed,
    "RemoveAt": _fixed,
    "Insert": _fixed,
    "Clear": _fixed,
    "CopyTo": lambda _, items, target, start: target.__setitem__(slice(start, start + len(items)), items),
    "GetEnumerator": lambda _, items: items,
}


def _converted(world: World, items: ArrayList, value: Value) -> Value:
    kind = find_type(items.element) if items.element else None
    return world.converter.convert(value, kind) if kind else value


def _add(world: World, items: ArrayList, value: Value) -> int | bool | None:
    converted = _converted(world, items, value)
    if "HashSet" in items.dotnet:
        if _position(items, converted) >= 0:
            return False
        items.append(converted)
        return True
    items.append(converted)
    return len(items) - 1 if items.dotnet == "System.Collections.ArrayList" else None


def _add_range(world: World, items: ArrayList, values: Value) -> None:
    items.extend(_converted(world, items, value) for value in (values if isinstance(values, list) else [values]))


def _remove(_: World, items: ArrayList, value: Value) -> bool | None:
    place = _position(items, value)
    if place >= 0:
        del items[place]
    return None if items.dotnet == "System.Collections.ArrayList" else place >= 0


def _remove_at(_: World, items: ArrayList, index: Value) -> None:
    del items[_place(items, index)]


def _remove_range(_: World, items: ArrayList, start: int, count: int) -> None:
    del items[start : start + count]


def _insert(world: World, items: ArrayList, index: Value, value: Value) -> None:
    items.insert(_place(items, index, allows_end=True), _converted(world, items, value))


def _sort(world: World, items: ArrayList) -> None:
    items.sort(key=cmp_to_key(world.operators.comparison.sort_key()))


def _dequeue(_: World, items: ArrayList) -> Value:
    if not items:
        raise Thrown("System.InvalidOperationException", "Queue empty.")
    return items.pop(0)


def _pop(_: World, items: ArrayList) -> Value:
    if not items:
        raise Thrown("System.InvalidOperationException", "Stack empty.")
    return items.pop()


GROWING_METHODS: Final[dict[str, NetMethod]] = {
    "Add": _add,
    "AddRange": _add_range,
    "Remove": _remove,
    "RemoveAt": _remove_at,
    "RemoveRange": _remove_range,
    "Insert": _insert,
    "Clear": lambda _, items: items.clear(),
    "Sort": _sort,
    "Reverse": lambda _, items: items.reverse(),
    "ToArray": lambda _, items, kind=None: TypedArray(items.element, items) if items.element else list(items),  # noqa: ARG005
    "GetRange": lambda _, items, start, count: ArrayList(items[start : start + count], items.dotnet, items.element),
    "Enqueue": lambda world, items, value: items.append(_converted(world, items, value)),
    "Dequeue": _dequeue,
    "Push": lambda world, items, value: items.append(_converted(world, items, value)),
    "Pop": _pop,
    "Peek": lambda _, items: items[-1] if "Stack" in items.dotnet else items[0],
    "TrimExcess": lambda _, __: None,
    "Clone": lambda _, items: ArrayList(items, items.dotnet, items.element),
}


def _add_key(_: World, table: Hashtable, key: Value, value: Value) -> None:
    if key in table:
        shown = f"Key in dictionary: '{key}'  Key being added: '{key}'"
        raise Thrown("System.ArgumentException", f"Item has already been added. {shown}")
    table[key] = value


def _remove_key(_: World, table: Hashtable, key: Value) -> None:
    table.pop(key)


def _item(_: World, table: Hashtable, key: Value) -> Value:
    if table.is_ordered and isinstance(key, int) and not isinstance(key, bool):
        return table.values()[key]
    return table.get(key)


HASHTABLE_METHODS: Final[dict[str, NetMethod]] = {
    "Add": _add_key,
    "Remove": _remove_key,
    "Contains": lambda _, table, key: key in table,
    "ContainsKey": lambda _, table, key: key in table,
    "ContainsValue": lambda _, table, value: any(equal_objects(item, value) for item in table.values()),
    "Clear": lambda _, table: table.clear(),
    "Clone": lambda _, table: table.copy(),
    "GetEnumerator": lambda _, table: entries_of(table),
    "Item": _item,
    "get_Item": _item,
    "set_Item": lambda _, table, key, value: table.__setitem__(key, value),
    "Equals": lambda _, table, other: table is other,
}
