"""Numbers and states in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.report.facts import AttemptEnd, ToastButtonFacts
from harness.report.result import Outcome, RunResult
from harness.report.words import (
    answer_text,
    duration_text,
    exit_text,
    lane_name,
    meaning_text,
    since_text,
    size_text,
    verdict_of,
)
from harness.timeline import Lane


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KB"),
        (10_188, "9.9 KB"),
        (10_240, "10 KB"),
        (1_023_000, "999 KB"),
        (1_024_000, "1.0 MB"),
        (5 * 1024**3, "5.0 GB"),
        (5000 * 1024**3, "5000 GB"),
    ],
)
def test_sizes_have_two_or_three_digits(size: int, text: str) -> None:
    """In the unit that suits them."""
    assert text == size_text(size)


def test_durations_are_in_words() -> None:
    """Seconds of a result, and time since the start."""
    assert ("4 min", "+1 h 1 min") == (duration_text(240.2), since_text(timedelta(hours=1, seconds=61)))


@pytest.mark.parametrize(
    ("code", "meaning", "end", "texts"),
    [
        (0, "success", "exited", ("0", "success")),
        (3010, "softReboot", "exited", ("3010", "success, wants a restart")),
        (1641, "hardReboot", "exited", ("1641", "success, demands a restart")),
        (1618, "retry", "exited", ("1618", "try again")),
        (1603, "failed", "exited", ("1603", "failure")),
        (0xC0000142, None, "exited", ("0xC0000142", "failure, since no return code names it")),
        (None, None, "timed out", ("none", "the time limit passed first")),
        (None, None, "not started", ("none", "it could not be started")),
        (None, None, "running", ("none", "it still runs")),
    ],
)
def test_exit_codes_are_said_as_people_know_them(
    installed: RunResult, code: int | None, meaning: str | None, end: str, texts: tuple[str, str]
) -> None:
    """Large ones in hexadecimal."""
    attempt = replace(installed.attempts[0], exit_code=code, meaning=meaning, end=AttemptEnd(end))

    assert texts == (exit_text(attempt), meaning_text(attempt))


@pytest.mark.parametrize(
    ("answer", "pressed", "text"),
    [
        (None, False, "still on the screen"),
        ("clicked", True, "ada pressed 'OK'"),
        ("clicked", False, "ada clicked it"),
        ("dismissed", False, "ada dismissed it"),
        ("timed out", False, "went away by itself"),
    ],
)
def test_what_became_of_a_toast(installed: RunResult, answer: str | None, *, pressed: bool, text: str) -> None:
    """The user's name is enough without the domain."""
    button = ToastButtonFacts(content="OK", is_pressed=pressed)

    assert text == answer_text(replace(installed.toasts[0], answer=answer, buttons=(button,)))


@pytest.mark.parametrize(
    ("outcome", "is_reached", "verdict"),
    [
        (Outcome.INSTALLED, True, "good"),
        (Outcome.UNINSTALLED, True, "good"),
        (Outcome.FAILED, False, "bad"),
        (Outcome.NOT_APPLICABLE, False, "bad"),
        (Outcome.PENDING_RESTART, False, "wait"),
        (Outcome.UNFINISHED, False, "wait"),
    ],
)
def test_the_verdict_follows_from_the_outcome(
    installed: RunResult,
    *,
    outcome: Outcome,
    is_reached: bool,
    verdict: str,
) -> None:
    """What is not over is neither good nor bad."""
    assert verdict == verdict_of(replace(installed, outcome=outcome, intent_reached=is_reached))


def test_every_lane_has_a_name() -> None:
    """No part of the machine is nameless."""
    assert len(Lane) == len({lane_name(lane) for lane in Lane})
