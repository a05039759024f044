"""The typed parts of steps: durations, registry places, codes, states and other words with a fixed meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import parse
from pytest_bdd import parsers

from harness.durations import parse_duration
from harness.errors import UsageError
from harness.model.apps import DeviceRestartBehavior
from harness.model.assignments import InstallIntent, Notifications, TargetType
from harness.model.states import ResultantAppState
from harness.model.toasts import ToastKind
from harness.model.windows import RegistryPath, View

__all__ = ["PHRASES", "STATES", "TOASTS", "step"]

T = TypeVar("T")

#: What QA writes -> what the status says. The words are the portal's where it has them.
STATES = (
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
)

#: What QA calls the toasts.
TOASTS = {
    "download": ToastKind.DOWNLOADING,
    "success": ToastKind.SUCCESS,
    "failure": ToastKind.FAILURE,
    "restart required": ToastKind.RESTART_REQUIRED,
    "restart countdown": ToastKind.RESTART_COUNTDOWN,
    "other": ToastKind.OTHER,
}

_TARGETS = {"devices": TargetType.DEVICE, "users": TargetType.USER}


def _words(noun: str, words: Mapping[str, T], pattern: str = r'[^"]+?') -> Callable[[str], T]:
    """Return the reader of one of a few words.

    Args:
        noun: what the words are called, for the message.
        words: what they mean.
        pattern: what a word looks like, so that other steps are left alone.
    """

    def read(text: str) -> T:
        if text not in words:
            raise UsageError(f'"{text}" is not {noun} - use one of: {", ".join(words)}')
        return words[text]

    reader: Callable[[str], T] = parse.with_pattern(pattern)(read)
    return reader


def _by_value(members: Iterable[T]) -> dict[str, T]:
    return {str(member): member for member in members}


@parse.with_pattern(r"[^\"]+?")
def _duration(text: str) -> timedelta:
    return parse_duration(text)


@parse.with_pattern(r"0x[0-9A-Fa-f]{1,8}")
def _code(text: str) -> int:
    return int(text, 16)


@parse.with_pattern(r"\d+ times|once|twice")
def _times(text: str) -> int:
    return {"once": 1, "twice": 2}.get(text) or int(re.sub(r"\D", "", text))


@parse.with_pattern(r"\d+-\d+-\d+ at \d+:\d+")
def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d at %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"'{text}' is not a time - write it as in '2026-11-24 at 07:30'") from None


@parse.with_pattern(r'[^"]+')
def _key(text: str) -> RegistryPath:
    try:
        return RegistryPath.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


#: For `parsers.parse(..., extra_types=PHRASES)`.
PHRASES: Mapping[str, Callable[[str], object]] = {
    "Duration": _duration,
    "Code": _code,
    "Times": _times,
    "Moment": _moment,
    "Key": _key,
    "State": _words("a state of an app", {word: word for word in STATES}, r"[a-z][a-z -]*"),
    "Reported": _words("a state the portal shows", {state.label: state for state in ResultantAppState}),
    "Toast": _words("a toast", TOASTS, r"[a-z][a-z ]*?"),
    "Intent": _words("an intent", _by_value(InstallIntent)),
    "Notifications": _words("a setting of toasts", _by_value(Notifications)),
    "RestartBehavior": _words("a device restart behavior", _by_value(DeviceRestartBehavior)),
    "Targets": _words("what an app is assigned to", _TARGETS),
    "View": _words("a view of the registry", _by_value(View), r"\S+"),
}


class _StepText(parsers.parse):
    """A step text that is found by its form; what its parts mean is looked at when the step runs.

    So a wrong word is an error of its step, with a place in the feature, and steps of another project that happen to
    have the same form are not in its way.
    """

    def is_matching(self, name: str) -> bool:
        """Return whether a step of a feature has this form."""
        return self.parser.parse(name, evaluate_result=False) is not None


def step(text: str) -> parsers.parse:
    """Return the parser of a step text, with the typed parts above."""
    return _StepText(text, extra_types=PHRASES)
