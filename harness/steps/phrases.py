"""The typed parts of steps: durations, places in the registry, codes, states."""

from __future__ import annotations

import re
from datetime import timedelta

import parse
from pytest_bdd import parsers

from harness.durations import parse_duration
from harness.errors import UsageError

__all__ = ["PHRASES", "STATES", "step"]

#: What QA writes -> what the status says. The words are the portal's where it has them.
STATES = {
    "installed",
    "failed",
    "not installed",
    "uninstall failed",
    "pending install",
    "pending restart",
    "not applicable",
    "unknown",
    "waiting for check-in",
    "downloading",
    "installing",
    "uninstalling",
    "waiting for retry",
}


@parse.with_pattern(r"[^\"]+?")
def _duration(text: str) -> timedelta:
    return parse_duration(text)


@parse.with_pattern(r"0x[0-9A-Fa-f]{1,8}")
def _code(text: str) -> int:
    return int(text, 16)


@parse.with_pattern(r"[a-z][a-z -]*")
def _state(text: str) -> str:
    if text not in STATES:
        raise UsageError(f'"{text}" is not a state of an app - use one of {", ".join(sorted(STATES))}')
    return text


@parse.with_pattern(r"\d+ times|once|twice")
def _times(text: str) -> int:
    return {"once": 1, "twice": 2}.get(text) or int(re.sub(r"\D", "", text))


#: For `parsers.parse(..., extra_types=PHRASES)`.
PHRASES = {"Duration": _duration, "Code": _code, "State": _state, "Times": _times}


def step(text: str) -> parsers.parse:
    """Return the parser of a step text, with the typed parts above."""
    return parsers.parse(text, extra_types=PHRASES)
