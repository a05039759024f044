"""Arguments of commands: apart, without their quotes, switches told from names.

Source: learn.microsoft.com, "call" (batch parameters) and the pages of the commands; what separates batch parameters:
stackoverflow.com, question 4094699.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.emulator.cmd.reading import DELIMITERS

__all__ = ["Arguments", "batch_arguments", "split_arguments", "unquoted"]

_BATCH = re.compile(rf'(?:"[^"]*"?|[^{re.escape(DELIMITERS)}"])+')
_SWITCH = re.compile(r'/[^/\s,;="]*(?:"[^"]*"?[^/\s,;=]*)*')
_WORD = re.compile(rf'(?:"[^"]*"?|[^{re.escape(DELIMITERS)}"/])+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of a built-in command.

    Attributes:
        names: what is no switch, without quotes.
        switches: the switches in lower case with their slash, without quotes.
    """

    names: tuple[str, ...]
    switches: tuple[str, ...]

    def has(self, *switches: str) -> bool:
        """Whether one of the switches is there."""
        return any(switch in self.switches for switch in switches)

    def value(self, switch: str) -> str | None:
        """Return what follows a switch, with or without a colon: `/a:-d` and `/a-d`; None without the switch."""
        for written in self.switches:
            if written.startswith(switch):
                return written[len(switch) :].removeprefix(":")
        return None


def batch_arguments(text: str) -> list[str]:
    """Split as `%1` to `%9` see it: blanks, commas, semicolons and equal signs separate; quotes stay."""
    return _BATCH.findall(text)


def split_arguments(text: str) -> Arguments:
    """Split the arguments of a command such as `copy`: a slash begins a switch, wherever it stands outside quotes."""
    names: list[str] = []
    switches: list[str] = []
    position = 0
    while position < len(text):
        if text[position] == "/":
            found = _SWITCH.match(text, position)
            assert found is not None  # it begins with a slash
            switches.append(unquoted(found[0]).lower())
        else:
            found = _WORD.match(text, position)
            if found is None:
                position += 1
                continue
            names.append(unquoted(found[0]))
        position = found.end()
    return Arguments(names=tuple(names), switches=tuple(switches))


def unquoted(text: str) -> str:
    """Return a text without its quotes, wherever they are."""
    return text.replace('"', "")
