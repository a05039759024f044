"""Switches as `tasklist`, `taskkill`, `schtasks`, `setx` and `systeminfo` read them: all alike, with the same errors.

Source: learn.microsoft.com, the pages of these commands; the texts of the errors are as captures of Windows 10 and 11
have them, and go to the standard error stream.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, not_modelled

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Syntax", "Options"]

_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """The switches of a tool.

    Attributes:
        tool: `TASKKILL`, as its errors name it.
        flags: switches without a value.
        valued: switches with one.
        repeated: of those, the ones that may be given more than once.
        remote: the switches that are about another computer, which is not modelled.
        unmodelled: other switches that Windows knows and the machine does not.
        most_words: how many words may stand outside of switches.
    """

    tool: str
    flags: Collection[str] = ()
    valued: Collection[str] = ()
    repeated: Collection[str] = ()
    remote: Collection[str] = ("s", "u", "p")
    unmodelled: Collection[str] = ()
    most_words: int = 0

    def read(self, run: ProgramRun, arguments: Sequence[str]) -> Options:
        """Take the arguments apart.

        Raises:
            ToolFailure: for what the tool does not know.
            NotEmulated: for what the machine does not.
        """
        given: dict[str, list[str]] = {}
        words: list[str] = []
        rest = list(arguments)
        while rest:
            argument = rest.pop(0)
            name = argument[1:].lower() if argument[:1] in ("/", "-") else ""
            if name in self.remote:
                raise not_modelled(run, f"/{name}, another computer", "run the tool without the name of a computer")
            if name in self.unmodelled:
                raise not_modelled(run, f"/{name}")
            if name in self.valued:
                given.setdefault(name, []).append(self._value(name, rest))
            elif name in self.flags:
                given.setdefault(name, []).append("")
            elif not name and len(words) < self.most_words:
                words.append(argument)
            else:
                raise self.error(f"Invalid argument/option - '{argument}'.")
        self._check_counts(given)
        return Options(words=words, given=given)

    def error(self, text: str) -> ToolFailure:
        """Return how the tool ends over its arguments."""
        return ToolFailure(_FAILED, f"ERROR: {text}", f'Type "{self.tool} /?" for usage.')

    def _value(self, name: str, rest: list[str]) -> str:
        if not rest or self._is_switch(rest[0]):
            raise self.error(f"Invalid syntax. Value expected for '/{name}'.")
        return rest.pop(0)

    def _is_switch(self, word: str) -> bool:
        known: Iterable[str] = (*self.flags, *self.valued, *self.remote, *self.unmodelled)
        return word[:1] in ("/", "-") and word[1:].lower() in known

    def _check_counts(self, given: Mapping[str, Sequence[str]]) -> None:
        for name, values in given.items():
            if len(values) > 1 and name not in self.repeated:
                raise self.error(f"Invalid syntax. '/{name}' option is not allowed more than '1' time(s).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was given.

    Attributes:
        words: what stands outside of switches.
        given: the values by switch; an empty text for one without value.
    """

    words: Sequence[str]
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def get(self, name: str) -> str | None:
        """Return the value of a switch; None when it was not given."""
        return self.given[name][0] if name in self.given else None

    def all(self, name: str) -> Sequence[str]:
        """Return the values of a switch that may be repeated."""
        return self.given.get(name, ())
