"""How the values of a script are kept.

What Python has is used as it is: `None` is `$null`, `bool`, `int` (System.Int32), `float` (System.Double), `str`,
`Decimal`, `timedelta` (System.TimeSpan), `datetime` (System.DateTime: without time zone it is local, with UTC it is
universal), `uuid.UUID` (System.Guid), and `list` (System.Object[]). Everything else is here. Other integers are
subclasses of `int` that know their name; arithmetic gives plain ones, so whoever calculates chooses the type again.

`NOTHING` is what a command without output gives: it is `$null` to whoever asks, but no item of a pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.source import Source
    from harness.emulator.powershell.statements import ScriptBlock

__all__ = [
    "Value",
    "NOTHING",
    "Nothing",
    "is_null",
    "Char",
    "Integer",
    "Int64",
    "Byte",
    "SByte",
    "Int16",
    "UInt16",
    "UInt32",
    "UInt64",
    "Single",
    "Version",
    "TypedArray",
    "ArrayList",
    "Hashtable",
    "Closure",
    "EnumValue",
    "is_list",
    "items_of",
    "NUMBERS",
    "SCALARS",
]

#: Any value of a script.
Value = Any


class Nothing:
    """The output of what has none."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()


def is_null(value: Value) -> bool:
    """Return whether a value is `$null`."""
    return value is None or value is NOTHING


class Char(str):
    """One character, System.Char."""

    __slots__ = ()


class Integer(int):
    """An integer of another width than 32 bits with sign.

    Attributes:
        dotnet: the full name of its type.
        lowest: the smallest value.
        highest: the largest one.
    """

    dotnet: ClassVar[str]
    lowest: ClassVar[int]
    highest: ClassVar[int]

    __slots__ = ()


class Int64(Integer):
    """System.Int64."""

    dotnet, lowest, highest = "System.Int64", -(2**63), 2**63 - 1
    __slots__ = ()


class Byte(Integer):
    """System.Byte."""

    dotnet, lowest, highest = "System.Byte", 0, 255
    __slots__ = ()


class SByte(Integer):
    """System.SByte."""

    dotnet, lowest, highest = "System.SByte", -128, 127
    __slots__ = ()


class Int16(Integer):
    """System.Int16."""

    dotnet, lowest, highest = "System.Int16", -(2**15), 2**15 - 1
    __slots__ = ()


class UInt16(Integer):
    """System.UInt16."""

    dotnet, lowest, highest = "System.UInt16", 0, 2**16 - 1
    __slots__ = ()


class UInt32(Integer):
    """System.UInt32."""

    dotnet, lowest, highest = "System.UInt32", 0, 2**32 - 1
    __slots__ = ()


class UInt64(Integer):
    """System.UInt64."""

    dotnet, lowest, highest = "System.UInt64", 0, 2**64 - 1
    __slots__ = ()


class Single(float):
    """System.Single; kept with a double's precision and shown with a single's."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """System.Version; what is not given is -1, so that `1.0` comes before `1.0.0`."""

    major: int
    minor: int
    build: int = -1
    revision: int = -1

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.major, self.minor, self.build, self.revision) if part >= 0)


class TypedArray(list[Any]):
    """An array of something else than objects.

    Attributes:
        element: the full name of what it is made of.
    """

    __slots__ = ("element",)

    def __init__(self, element: str, items: Iterable[Value] = ()) -> None:
        super().__init__(items)
        self.element = element


class ArrayList(list[Any]):
    """A list that grows: System.Collections.ArrayList, Generic.List and their kin.

    Attributes:
        dotnet: the full name of its type.
        element: the full name of what it is made of; empty for anything.
    """

    __slots__ = ("dotnet", "element")

    def __init__(
        self, items: Iterable[Value] = (), dotnet: str = "System.Collections.ArrayList", element: str = ""
    ) -> None:
        super().__init__(items)
        self.dotnet = dotnet
        self.element = element


class Hashtable:
    """System.Collections.Hashtable and its kin; texts as keys compare without regard to case.

    It lists its items in the order in which they were added, which .NET leaves open.

    Attributes:
        dotnet: the full name of its type.
    """

    __slots__ = ("_items", "dotnet", "is_case_sensitive")

    def __init__(
        self,
        items: Iterable[tuple[Value, Value]] = (),
        dotnet: str = "System.Collections.Hashtable",
        *,
        is_case_sensitive: bool = False,
    ) -> None:
        self.dotnet = dotnet
        self.is_case_sensitive = is_case_sensitive
        self._items: dict[Any, tuple[Value, Value]] = {}
        for key, value in items:
            self[key] = value

    @property
    def is_ordered(self) -> bool:
        """Whether numbers are places in it."""
        return self.dotnet.endswith("OrderedDictionary")

    def __getitem__(self, key: Value) -> Value:
        return self._items[self._fold(key)][1]

    def __setitem__(self, key: Value, value: Value) -> None:
        folded = self._fold(key)
        known = self._items.get(folded)
        self._items[folded] = (known[0] if known else key, value)

    def __delitem__(self, key: Value) -> None:
        del self._items[self._fold(key)]

    def __contains__(self, key: Value) -> bool:
        return self._fold(key) in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Value]:
        return iter([key for key, _ in self._items.values()])

    def get(self, key: Value, default: Value = None) -> Value:
        """Return what a key leads to, or something else."""
        found = self._items.get(self._fold(key))
        return found[1] if found else default

    def pop(self, key: Value) -> None:
        """Remove a key; one that is not there is no mistake."""
        self._items.pop(self._fold(key), None)

    def clear(self) -> None:
        """Remove everything."""
        self._items.clear()

    def items(self) -> list[tuple[Value, Value]]:
        """Return keys and values."""
        return list(self._items.values())

    def values(self) -> list[Value]:
        """Return the values."""
        return [value for _, value in self._items.values()]

    def copy(self) -> Hashtable:
        """Return another one with the same items."""
        return Hashtable(self.items(), self.dotnet, is_case_sensitive=self.is_case_sensitive)

    def _fold(self, key: Value) -> Any:
        if type(key) is str:
            return key if self.is_case_sensitive else key.lower()
        try:
            hash(key)
        except TypeError:
            return id(key)
        return (type(key), key)


class Closure:
    """A script block as a value.

    Attributes:
        block: what it does.
        source: the text it stands in.
        captured: the variables GetNewClosure kept; None for none.
        name: of the function it is the body of; empty for none.
        is_filter: whether its body is a `process` block.
        parameters: those written behind a function's name.
        is_file: whether it is a script file, which `exit` ends.
        spec: what its parameters are, worked out once.
    """

    __slots__ = ("block", "captured", "is_file", "is_filter", "name", "parameters", "source", "spec")

    def __init__(self, block: ScriptBlock, source: Source, *, name: str = "") -> None:
        self.block = block
        self.source = source
        self.name = name
        self.captured: dict[str, Any] | None = None
        self.is_filter = False
        self.is_file = False
        self.parameters: Any = None
        self.spec: Any = None  # what the binder made of its parameters

    @property
    def text(self) -> str:
        """What stands between the braces."""
        text = self.source.text[self.block.at.start : self.block.at.end]
        return text[1:-1] if text.startswith("{") and text.endswith("}") else text


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value of an enumeration.

    Attributes:
        dotnet: the full name of the enumeration.
        name: its name, or names with commas; the number when there is none.
        number: what stands behind it.
    """

    dotnet: str
    name: str
    number: int


#: Types that hold one thing and never several.
NUMBERS = (int, float, Decimal)
SCALARS = (str, int, float, Decimal, datetime, timedelta, UUID, Version, EnumValue)


def is_list(value: Value) -> bool:
    """Return whether a value is a list whose items go down a pipeline one by one."""
    return isinstance(value, list)


def items_of(value: Value) -> list[Value]:
    """Return what a value puts into a pipeline: the items of a list, nothing for NOTHING, or itself."""
    if isinstance(value, list):
        return value
    return [] if value is NOTHING else [value]
