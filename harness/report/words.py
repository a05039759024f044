"""Numbers and states in words, the same on the terminal and on the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from harness.durations import format_duration
from harness.report.facts import Attempt, AttemptEnd, ToastFacts
from harness.report.result import Outcome, RunResult
from harness.timeline import Lane

__all__ = [
    "Verdict",
    "answer_text",
    "duration_text",
    "exit_text",
    "lane_name",
    "meaning_text",
    "since_text",
    "size_text",
    "verdict_of",
]

#: How good the outcome is: what colour it gets.
Verdict = Literal["good", "bad", "wait"]

_LANES = {
    Lane.SERVICE: "Services",
    Lane.AGENT: "Agent",
    Lane.CONTENT: "Content",
    Lane.PROCESS: "Processes",
    Lane.REGISTRY: "Registry",
    Lane.FILES: "Files",
    Lane.TOAST: "Toasts",
    Lane.USER: "User",
    Lane.POWER: "Power",
    Lane.NETWORK: "Network",
}

_MEANINGS = {
    "success": "success",
    "softReboot": "success, wants a restart",
    "hardReboot": "success, demands a restart",
    "retry": "try again",
    "failed": "failure",
}

_NO_EXIT = {
    AttemptEnd.TIMED_OUT: "the time limit passed first",
    AttemptEnd.NOT_STARTED: "it could not be started",
    AttemptEnd.RUNNING: "it still runs",
    AttemptEnd.EXITED: "it is not known",
}

#: Exit codes above this are NTSTATUS or HRESULT values, which people know in hexadecimal.
_LARGEST_DECIMAL = 0xFFFF


def verdict_of(result: RunResult) -> Verdict:
    """Return how good the outcome is."""
    if result.intent_reached:
        return "good"
    return "wait" if result.outcome in (Outcome.PENDING_RESTART, Outcome.UNFINISHED) else "bad"


def lane_name(lane: Lane) -> str:
    """Return what people call a lane of the timeline."""
    return _LANES[lane]


def duration_text(seconds: float) -> str:
    """Write a number of seconds as people say it: `4 min`, `1 d 6 min`."""
    return format_duration(timedelta(seconds=seconds))


def since_text(elapsed: timedelta) -> str:
    """Write how long after the start something was: `+4 min 3 s`."""
    return f"+{format_duration(elapsed)}"


def exit_text(attempt: Attempt) -> str:
    """Write an exit code: `3010`, `0xC0000142`; `none` when it did not exit."""
    if attempt.exit_code is None:
        return "none"
    return str(attempt.exit_code) if attempt.exit_code <= _LARGEST_DECIMAL else f"0x{attempt.exit_code:08X}"


def meaning_text(attempt: Attempt) -> str:
    """Say what the app's return codes make of an exit code, or why there is none."""
    if attempt.exit_code is None:
        return _NO_EXIT[attempt.end]
    if attempt.meaning is None:
        return "failure, since no return code names it"
    return _MEANINGS[attempt.meaning]


def answer_text(toast: ToastFacts) -> str:
    """Say what the user did about a toast."""
    pressed = [button.content for button in toast.buttons if button.is_pressed]
    who = toast.user.rsplit("\\", 1)[-1]
    match toast.answer:
        case None:
            return "still on the screen"
        case "clicked":
            return f"{who} pressed '{pressed[0]}'" if pressed else f"{who} clicked it"
        case "dismissed":
            return f"{who} dismissed it"
        case "timed out":
            return "went away by itself"
        case other:
            return other


def size_text(size_bytes: int) -> str:
    """Write a size in the unit that suits it: `112 bytes`, `47 KB`, `1.4 MB`; a KB is 1024 bytes, as in Explorer."""
    if size_bytes < 1024:  # noqa: PLR2004 - a KB
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    size, unit = float(size_bytes), ""
    for unit in ("KB", "MB", "GB"):  # noqa: B007 - the last one is used below
        size /= 1024
        if round(size) < 1000:  # noqa: PLR2004 - three digits at most
            break
    return f"{size:.1f} {unit}" if size < 9.95 else f"{size:.0f} {unit}"  # noqa: PLR2004 - two digits at least
