"""How Graph spells the model's classes: names, types and limits, for reading and writing alike.

The model's attributes are Graph's properties in snake_case, so one pair of hooks serves every class; cattrs finds the
hook for each attribute's type. Durations are minutes and say so in their names. Source: the Graph reference.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import types
import typing
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from harness.formats.misfits import Misfit, describe, suggestion
from harness.formats.policy_settings import whole_minutes
from harness.formats.structuring import ObjectReader, Reader, base64_bytes, boolean, integer, list_of, one_of, text
from harness.model.windows import Architecture

if typing.TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "INT32",
    "converter",
    "read_attributes",
    "reader_of",
    "minutes",
    "tagged",
    "tag",
]

T = TypeVar("T")

INT32 = 2**31 - 1
_MINUTE = timedelta(minutes=1)
#: Parts of names that do not just begin with a capital letter.
_CAPITALS = {"mb": "MB", "mhz": "MHz"}


@functools.cache
def converter() -> Converter:
    """Return the converter between Graph's JSON and the model. It is made once, and nobody adds to it."""
    # Late: cattrs takes longer to import than everything else here together.
    from cattrs import Converter

    made = Converter()
    readers: dict[Any, Reader[Any]] = {
        str: text,
        int: integer(0, INT32),
        bool: boolean,
        bytes: base64_bytes,
        timedelta: minutes(0, INT32),
        datetime: _moment,
    }
    for cls, read in readers.items():
        made.register_structure_hook(cls, _hook(read))
    made.register_structure_hook(StrEnum, lambda value, cls: _names_of(cls)(value))
    made.register_structure_hook_factory(_is_architectures, lambda _: _hook(_architectures))
    made.register_structure_hook_factory(_is_tuple, lambda cls: _hook(list_of(_reader(made, typing.get_args(cls)[0]))))
    made.register_structure_hook_factory(dataclasses.is_dataclass, lambda cls: _hook(reader_of(cls)))
    made.register_unstructure_hook(bytes, lambda content: base64.b64encode(content).decode())
    made.register_unstructure_hook(timedelta, whole_minutes)
    made.register_unstructure_hook(datetime, _write_moment)
    made.register_unstructure_hook(frozenset, lambda found: ",".join(one for one in Architecture if one in found))
    made.register_unstructure_hook_factory(dataclasses.is_dataclass, lambda cls: _writer_of(cls, made))
    return made


def read_attributes(
    cls: type,
    fields: ObjectReader,
    *,
    names: Mapping[str, str] = types.MappingProxyType({}),
    readers: Mapping[str, Reader[Any]] = types.MappingProxyType({}),
    leave_out: Collection[str] = (),
) -> dict[str, Any]:
    """Read the attributes of a class of the model from an object.

    Args:
        cls: the class.
        fields: the object; the caller closes it, and only then are the attributes right.
        names: Graph's names where they are not the attribute's own.
        readers: readers of attributes that have narrower limits than their type.
        leave_out: attributes that the caller reads.
    """
    values = {}
    for attribute in _attributes(cls):
        if attribute.name in leave_out:
            continue
        name = names.get(attribute.name, attribute.wire_name)
        read = readers.get(attribute.name) or _reader(converter(), attribute.type)
        if attribute.default is dataclasses.MISSING:
            values[attribute.name] = fields.require(name, read)
        else:
            values[attribute.name] = fields.get(name, read, attribute.default)
    return values


def reader_of(
    cls: type[T],
    *,
    names: Mapping[str, str] = types.MappingProxyType({}),
    readers: Mapping[str, Reader[Any]] = types.MappingProxyType({}),
    fixed: Mapping[str, Any] = types.MappingProxyType({}),
) -> Reader[T]:
    """Return a reader of one class of the model; attributes in `fixed` have that value whatever the object says."""

    def read(value: object) -> T:
        fields = ObjectReader(value)
        values = read_attributes(cls, fields, names=names, readers=readers, leave_out=fixed)
        fields.close()
        return cls(**values, **fixed)

    return read


def minutes(lowest: int, highest: int) -> Reader[timedelta]:
    """Return a reader of durations in minutes within a range."""
    read_number = integer(lowest, highest, "minutes")
    return lambda value: read_number(value) * _MINUTE


def tag(names: Mapping[str, T]) -> Reader[T]:
    """Return a reader of `@odata.type`; the number sign before it may be missing, as the service allows."""
    read_name = one_of(names)

    def read(value: object) -> T:
        has_sign = not isinstance(value, str) or value.startswith("#")
        return read_name(value if has_sign else f"#{value}")

    return read


def tagged(readers: Mapping[str, Reader[T]]) -> Reader[T]:
    """Return a reader of objects whose `@odata.type` says which reader takes them."""
    read_tag = tag(readers)

    def read(value: object) -> T:
        fields = ObjectReader(value)
        read_object = fields.require("@odata.type", read_tag)
        if not fields.is_right("@odata.type"):
            fields.close()
        return read_object(value)

    return read


# Types


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Attribute:
    """One attribute of a class: its type without None, its default, and Graph's name of it."""

    name: str
    wire_name: str
    type: Any
    default: Any


@functools.cache
def _attributes(cls: type) -> tuple[_Attribute, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(
        _Attribute(
            name=field.name,
            wire_name=_wire_name(field.name, _without_none(hints[field.name])),
            type=_without_none(hints[field.name]),
            default=field.default,
        )
        for field in dataclasses.fields(cls)
    )


def _without_none(hint: Any) -> Any:
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    return kinds[0] if isinstance(hint, types.UnionType) and len(kinds) == 1 else hint


def _wire_name(name: str, hint: Any) -> str:
    first, *rest = name.split("_")
    camel = first + "".join(_CAPITALS.get(part, part.capitalize()) for part in rest)
    return f"{camel}InMinutes" if hint is timedelta else camel


def _reader(made: Converter, cls: Any) -> Reader[Any]:
    hook = made.get_structure_hook(cls)
    return lambda value: hook(value, cls)


def _hook(read: Reader[Any]) -> Any:
    return lambda value, _: read(value)


def _writer_of(cls: type, made: Converter) -> Any:
    attributes = _attributes(cls)

    def write(value: object) -> dict[str, object]:
        found = ((attribute.wire_name, getattr(value, attribute.name)) for attribute in attributes)
        return {name: made.unstructure(one) for name, one in found if one is not None}

    return write


@functools.cache
def _names_of(cls: type[StrEnum]) -> Reader[StrEnum]:
    return one_of({name.value: name for name in cls})


def _is_architectures(cls: Any) -> bool:
    return bool(cls == frozenset[Architecture])


def _is_tuple(cls: Any) -> bool:
    return typing.get_origin(cls) is tuple


# Values


def _architectures(value: object) -> frozenset[Architecture] | None:
    """Read `x86,x64`; `none` says that the other property decides, and is None."""
    names = [name.strip() for name in text(value).split(",")]
    if [name.lower() for name in names] in (["none"], [""]):
        return None
    known = {name.value: name for name in Architecture}
    found = {name: known.get(name.lower()) for name in names}
    if unknown := [name for name, architecture in found.items() if architecture is None]:
        raise Misfit(
            f"expected some of {', '.join(known)}, separated by commas, or none, found {describe(value)}"
            f"{suggestion(unknown[0], known)}"
        )
    return frozenset(architecture for architecture in found.values() if architecture)


def _moment(value: object) -> datetime | None:
    """Read a time; without an offset it is UTC, and .NET's first moment means not set."""
    found = text(value)
    wrong = Misfit(f"expected a time such as 2026-01-31T08:00:00Z, found {describe(value)}")
    if "T" not in found:
        raise wrong
    try:
        at = datetime.fromisoformat(found)
        if at.replace(tzinfo=None) == datetime.min:  # noqa: DTZ901  # compared without its zone
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        at.astimezone(UTC)  # an offset may lead out of the calendar
    except (ValueError, OverflowError):
        raise wrong from None
    return at


def _write_moment(at: datetime) -> str:
    """Write a time with an offset, which Graph demands; local time is written as if it were UTC."""
    in_utc = at.astimezone(UTC) if at.tzinfo else at
    return f"{in_utc.replace(tzinfo=None).isoformat()}Z"
