"""What is wrong in a JSON document, and where: errors that gather the steps of a JSON path on their way out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

__all__ = [
    "Misfit",
    "Misfits",
    "NotJson",
    "placed",
    "step_to",
    "leaves",
    "describe",
    "suggestion",
    "nearest",
]

#: Texts found in a document are shown up to this length, and longer ones are not compared with known names.
_LONGEST_FOUND = 60


class Misfit(ValueError):
    """A JSON value is not what was expected; the message says what was found and what was expected instead."""


class NotJson(Misfit):
    """The text is no JSON at all, so that there is no path to point at."""


class Misfits(ExceptionGroup[Exception]):
    """Several misfits below one value."""


class _Step(str):
    """One step of a JSON path, kept as a note on the exception that passed it."""

    __slots__ = ()


def placed(step: str, error: Exception) -> Exception:
    """Say where below the present value an error belongs: `.name`, `[0]`, `(json)` for JSON inside a text."""
    error.add_note(_Step(step))
    return error


def step_to(name: str) -> str:
    """Write a key as a step of a path; odd keys in brackets."""
    return f".{name}" if re.fullmatch(r"[\w@.]{1,80}", name) else f"[{describe(name)}]"


def leaves(error: Exception, path: str = "$") -> Iterator[tuple[str, Exception]]:
    """Take an error apart into the single ones, each with its path; no JSON at all has an empty path."""
    steps = [note for note in getattr(error, "__notes__", ()) if isinstance(note, _Step)]
    path += "".join(reversed(steps))
    if isinstance(error, Misfits):
        for inner in error.exceptions:
            yield from leaves(inner, path)
    else:
        yield ("" if path == "$" and isinstance(error, NotJson) else path), error


def describe(value: object) -> str:
    """Say in a few words what a JSON value is: `'text'`, `5`, `true`, `null`, `a list`, `an object`."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            shown = repr(value if len(value) <= _LONGEST_FOUND else f"{value[:_LONGEST_FOUND]}...")
        case int() if not isinstance(value, bool) and value.bit_length() > 8 * _LONGEST_FOUND:
            shown = "a very large number"
        case _:
            shown = json.dumps(value)
    return shown


def suggestion(found: object, known: Collection[str]) -> str:
    """Return ` - did you mean 'x'?` for the known name that is nearest, or nothing when none is near."""
    meant = nearest(found, known, 0.6) if isinstance(found, str) else None
    return f" - did you mean '{meant}'?" if meant else ""


def nearest(found: str, known: Iterable[str], likeness: float) -> str | None:
    """Return the known name that is most like the one found, if it is like enough (0 to 1); case does not count."""
    if len(found) > _LONGEST_FOUND:
        return None
    import difflib  # only damaged documents need it

    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(found.casefold(), by_folded, n=1, cutoff=likeness)
    return by_folded[near[0]] if near else None
