"""`"4 min"` and `timedelta`: one spelling of durations for Gherkin, notebooks and the command line."""

from __future__ import annotations

import re
from datetime import timedelta

from harness.errors import UsageError

__all__ = ["parse_duration", "format_duration"]

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "second": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
    "w": timedelta(weeks=1),
    "week": timedelta(weeks=1),
}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
_LONGEST_SHOWN = 40
_JOINT = re.compile(r"(?:,\s*)?(?:and\s+)?(?=\d)", re.IGNORECASE)


def parse_duration(text: str | timedelta) -> timedelta:
    """Read `90 s`, `4 min`, `1 h 30 min`, `1 hour and 5 minutes`, `2 days`; a `timedelta` is returned as it is.

    Raises:
        UsageError: if the text is not a duration.
    """
    if isinstance(text, timedelta):
        return text
    written = text.strip()
    total, at = timedelta(), 0
    try:
        while (part := _PART.match(written, at)) and (unit := _unit(part[2])):
            total += float(part[1]) * unit
            if part.end() == len(written):
                return total
            joint = _JOINT.match(written, part.end())
            at = joint.end() if joint else len(written)
    except OverflowError:
        raise UsageError(f"the duration {_shown(text)} is too long - the longest is about 2.7 million years") from None
    raise UsageError(
        f"{_shown(text)} is not a duration - write a number and a unit, for example '4 min' or '1 h 30 min'"
    )


def format_duration(duration: timedelta) -> str:
    """Write a duration in the two largest units that say something: `1 h 30 min`, `4 min`, `2 s`, `250 ms`."""
    if duration < timedelta():
        return f"-{format_duration(-duration)}"
    milliseconds = round(duration / timedelta(milliseconds=1))
    if milliseconds < 1000:  # noqa: PLR2004
        return f"{milliseconds} ms" if duration else "0 s"
    seconds = round(duration.total_seconds())
    parts = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])


def _unit(word: str) -> timedelta | None:
    word = word.lower()
    singular = word.removesuffix("s") if len(word) > len("ms") else word
    return _UNITS.get(word) or _UNITS.get(singular)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")
