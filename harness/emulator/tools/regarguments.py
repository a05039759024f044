r"""The command line of `reg.exe`, taken apart.

Source: learn.microsoft.com, "reg commands" and the pages of its verbs; that `-` does for `/`, that one backslash at the
end of a key is forgiven, and the texts of the errors are from memory of Windows 10.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.emulator.tools.errortexts import text_of
from harness.emulator.tools.failures import ToolFailure, not_modelled
from harness.errors import MachineError
from harness.model.windows import Hive, RegistryPath, View

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["RegCommand", "Verb", "parse", "parse_key", "bad_syntax", "refused", "not_found", "FAILED"]

#: What reg.exe ends with when it fails.
FAILED = 1

_VIEWS = {"reg:32": View.VIEW_32, "reg:64": View.VIEW_64}
_HIVES = {spelling: hive for hive in Hive for spelling in (hive.name, hive.value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What a verb takes.

    Attributes:
        name: `QUERY`, as its errors name it.
        operands: how many words come before the switches.
        flags: switches without a value.
        valued: switches with one.
        optional: of those with a value, the ones that can do without.
    """

    name: str
    operands: int
    flags: Collection[str] = ()
    valued: Collection[str] = ()
    optional: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegCommand:
    """A command line that reads.

    Attributes:
        verb: what it takes.
        operands: keys and files.
        options: the switches by name, in lower case; None for one without a value.
        view: the half of Windows that is asked for; None for the one that this reg.exe sees.
    """

    verb: Verb
    operands: Sequence[str]
    options: Mapping[str, str | None] = field(default_factory=dict)
    view: View | None = None

    def text(self, name: str) -> str | None:
        """Return the value of a switch; None when it is not given."""
        return self.options.get(name)

    def has(self, name: str) -> bool:
        """Return whether a switch is given."""
        return name in self.options


def parse(verb: Verb, arguments: Sequence[str]) -> RegCommand:
    """Take apart what follows the verb.

    Raises:
        ToolFailure: for a switch that there is not, twice the same, or words too many or too few.
    """
    operands = list(arguments[: verb.operands])
    if len(operands) < verb.operands or any(_switch(one) for one in operands):
        raise bad_syntax(verb)
    options: dict[str, str | None] = {}
    view: View | None = None
    rest = list(arguments[verb.operands :])
    while rest:
        name = _switch(rest.pop(0))
        if name in _VIEWS and view is None:
            view = _VIEWS[name]
        elif name in options:
            raise bad_syntax(verb)
        elif name in verb.flags:
            options[name] = None
        elif name in verb.valued:
            has_value = bool(rest) and not (name in verb.optional and _switch(rest[0]))
            if not has_value and name not in verb.optional:
                raise bad_syntax(verb)
            options[name] = rest.pop(0) if has_value else None
        else:
            raise bad_syntax(verb)
    return RegCommand(verb=verb, operands=operands, options=options, view=view)


def parse_key(run: ProgramRun, verb: Verb, text: str) -> RegistryPath:
    r"""Return the key that a word names; only a backslash parts its names.

    Raises:
        ToolFailure: when it does not begin with a root key, or has an empty name in it.
        NotEmulated: for a key of another computer.
    """
    if text.startswith("\\\\"):
        raise not_modelled(run, f"the registry of another computer ({text})", "name the key without a computer")
    root, *names = text.split("\\")
    if names and not names[-1]:
        names.pop()
    hive = _HIVES.get(root.upper())
    if hive is None or not all(names):
        raise ToolFailure(FAILED, "ERROR: Invalid key name.", _usage(verb))
    return RegistryPath(hive, "\\".join(names))


def bad_syntax(verb: Verb, text: str = "ERROR: Invalid syntax.") -> ToolFailure:
    """Return how reg.exe ends when its arguments make no sense."""
    return ToolFailure(FAILED, text, _usage(verb))


def not_found() -> ToolFailure:
    """Return how reg.exe ends when a key or value is not there."""
    return ToolFailure(FAILED, "ERROR: The system was unable to find the specified registry key or value.")


def refused(error: MachineError) -> ToolFailure:
    """Return how reg.exe ends when the registry says no."""
    if error.winerror in (2, 3):
        return not_found()
    return ToolFailure(FAILED, f"ERROR: {text_of(error)}")


def _switch(word: str) -> str:
    return word[1:].lower() if word[:1] in ("/", "-") else ""


def _usage(verb: Verb) -> str:
    return f'Type "REG {verb.name} /?" for usage.' if verb.name else 'Type "REG /?" for usage.'
