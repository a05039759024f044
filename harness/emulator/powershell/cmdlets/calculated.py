"""Properties that are worked out: names, wildcards, script blocks, `@{n='x'; e={...}}`.

Source: learn.microsoft.com, about_Calculated_Properties.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.emulator.powershell.cmdlets.api import Call
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import MISSING, Property
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Hashtable, Value
from harness.emulator.powershell.types.members import properties_of, property_of
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Calculated", "calculated", "names_of"]

_KEYS = ("name", "label", "expression", "formatstring", "width", "alignment", "descending", "ascending", "depth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated:
    """One property that is asked for.

    Attributes:
        name: what it is called, a pattern maybe.
        block: what works it out; None for the property of that name.
        source: the property it is taken from.
        options: what else is said about it, by name in lower case.
    """

    name: str
    block: Closure | None = None
    source: str = ""
    options: dict[str, Value]

    async def value(self, call: Call, item: Value) -> Value:
        """Return what it is worth for an object; MISSING when the object has no such property."""
        if self.block is not None:
            try:
                found = await call.invoke(self.block, item)
            except Exception as error:
                from harness.emulator.powershell.runtime.errors import ScriptError

                if isinstance(error, ScriptError) and not error.ends_script:
                    call.shell.remember(error.record)
                    return None
                raise
            return found[0] if len(found) == 1 else found or None
        found_value = property_of(item, self.source or self.name)
        if isinstance(found_value, Property):
            return await call.shell.member(item, self.source or self.name)
        return found_value


def calculated(value: Value) -> Calculated:
    """Return a property from what a parameter was given.

    Raises:
        Unmodelled: for keys that are not known.
    """
    if isinstance(value, Closure):
        return Calculated(name=value.text.strip(), block=value, options={})
    if not isinstance(value, Hashtable):
        return Calculated(name=to_text(value), options={})
    options: dict[str, Value] = {}
    for key, content in value.items():
        written = to_text(key).lower()
        found = [known for known in _KEYS if written and known.startswith(written)]
        if not found:
            raise Unmodelled(f"the key {to_text(key)!r} of a calculated property", "use Name and Expression")
        options[found[0]] = content
    expression = options.get("expression")
    name = options.get("name", options.get("label"))
    block = expression if isinstance(expression, Closure) else None
    source = "" if block or expression is None else to_text(expression)
    shown = to_text(name) if name is not None else block.text.strip() if block else source
    return Calculated(name=shown, block=block, source=source, options=options)


def names_of(wanted: Calculated, item: Value) -> list[str]:
    """Return the properties of an object that a name or pattern means."""
    if wanted.block is not None or wanted.source or not has_wildcard(wanted.name):
        return [wanted.name]
    pattern = wildcard(wanted.name)
    return [member.name for member in properties_of(item) if pattern.fullmatch(member.name)]


def is_there(value: Value) -> bool:
    """Return whether a property was there."""
    return value is not MISSING and value is not NOTHING
