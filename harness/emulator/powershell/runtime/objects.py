"""Objects with properties: custom objects, and what .NET and the providers hand out.

One class does for all of them: an object has type names, properties, and methods. A property holds a value, or is
worked out when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from harness.emulator.powershell.runtime.values import Closure, Value

__all__ = ["MISSING", "Property", "PSObject", "custom_object", "CUSTOM", "Method"]

CUSTOM: Final = "System.Management.Automation.PSCustomObject"

#: What a property that is not there gives.
MISSING: Final = object()

#: A method of an object: it takes the object and the arguments.
Method = Callable[..., Value]


class Property:
    """One property.

    Attributes:
        name: as it was made.
        value: what it holds; not used when there is `get`.
        kind: `NoteProperty`, `Property`, `ScriptProperty`, `AliasProperty`.
        get: works the value out.
        set: takes a new value; None when it cannot be changed. A note can always be.
        script: a script property's code, run by the interpreter with `$this`.
    """

    __slots__ = ("get", "kind", "name", "script", "set", "value")

    def __init__(
        self,
        name: str,
        value: Value = None,
        kind: str = "NoteProperty",
        *,
        get: Callable[[], Value] | None = None,
        set: Callable[[Value], None] | None = None,  # noqa: A002 - what it does
        script: Closure | None = None,
    ) -> None:
        self.name = name
        self.value = value
        self.kind = kind
        self.get = get
        self.set = set
        self.script = script

    def read(self) -> Value:
        """Return what it has now."""
        return self.value if self.get is None else self.get()


class PSObject:
    """An object.

    Attributes:
        type_names: what it is, the most special first.
        members: its properties by name in lower case.
        methods: its methods by name in lower case; each takes the arguments of the call.
        text: what it is in a text; None for the usual form.
        data: what a provider or a cmdlet keeps with it, nothing a script sees.
    """

    __slots__ = ("data", "members", "methods", "text", "type_names")

    def __init__(
        self,
        type_names: Iterable[str],
        members: Mapping[str, Value] | None = None,
        *,
        kind: str = "Property",
        methods: Mapping[str, Method] | None = None,
        text: Callable[[], str] | None = None,
        data: Any = None,
    ) -> None:
        self.type_names = list(type_names)
        self.members: dict[str, Property] = {}
        for name, value in (members or {}).items():
            self.members[name.lower()] = Property(name, value, kind)
        self.methods: dict[str, Method] = {name.lower(): method for name, method in (methods or {}).items()}
        self.text = text
        self.data = data

    @property
    def is_custom(self) -> bool:
        """Whether it is a custom object, with nothing of .NET behind it."""
        return CUSTOM in self.type_names

    def get(self, name: str, default: Value = MISSING) -> Value:
        """Return a property's value; MISSING or something else when there is none."""
        found = self.members.get(name.lower())
        return default if found is None else found.read()

    def note(self, name: str, value: Value) -> None:
        """Add a note, or change its value."""
        known = self.members.get(name.lower())
        if known is None:
            self.members[name.lower()] = Property(name, value)
        else:
            known.value = value

    def lazily(self, name: str, get: Callable[[], Value], kind: str = "Property") -> None:
        """Add a property that is worked out when somebody looks."""
        self.members[name.lower()] = Property(name, None, kind, get=get)

    def names(self) -> list[str]:
        """Return the names of the properties in their order."""
        return [member.name for member in self.members.values()]

    def copy(self) -> PSObject:
        """Return another object with the same properties."""
        other = PSObject(self.type_names, text=self.text, data=self.data)
        other.methods = dict(self.methods)
        for key, member in self.members.items():
            other.members[key] = Property(
                member.name, member.value, member.kind, get=member.get, set=member.set, script=member.script
            )
        return other


def custom_object(members: Mapping[str, Value] | Iterable[tuple[str, Value]], *type_names: str) -> PSObject:
    """Return a custom object with notes.

    Args:
        members: names and values in their order.
        type_names: what it is, before PSCustomObject.
    """
    return PSObject([*type_names, CUSTOM, "System.Object"], dict(members), kind="NoteProperty")
