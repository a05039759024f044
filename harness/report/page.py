"""What the page's template is given: the result, and everything about it that has to be worked out first."""

from __future__ import annotations

import json
import ntpath
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harness.durations import format_duration
from harness.report.drawing import tone_of
from harness.report.groups import Group, by_folder, by_key, is_windows_installer_record
from harness.report.result import RunResult
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

__all__ = ["page_values"]

#: A list of changes of up to so many is shown unfolded.
_SHORT = 60

#: Waits longer than this are said between two steps.
_WORTH_SAYING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One line of the list of steps; `wait` says how long nothing happened before it."""

    at: datetime
    since: str
    wait: str
    lane: str
    tone: str
    text: str


def page_values(result: RunResult) -> dict[str, Any]:
    """Return the names the template uses."""
    registry, files = by_key(result.changes.registry), by_folder(result.changes.files)
    last = result.attempts[-1] if result.attempts else None
    return {
        "result": result,
        "verdict": verdict_of(result),
        "elapsed": duration_text(result.time.elapsed_seconds),
        "period": _period(result.local(result.time.started_at), result.local(result.time.ended_at)),
        "last_exit": exit_text(last) if last else "",
        "last_meaning": meaning_text(last) if last else "",
        "attempts": _attempts(result),
        "restarts": [{"at": result.local(restart.at), "reason": restart.reason} for restart in result.restarts],
        "steps": list(_steps(result)),
        "toasts": _toasts(result),
        "registry": _places(registry),
        "registry_count": len(result.changes.registry),
        "files": _places([_folder(group) for group in files]),
        "files_count": len(result.changes.files),
        "reports": [json.dumps(dict(report.payload), indent=2, ensure_ascii=False) for report in result.reports],
        "package_size": size_text(result.package.size_bytes),
    }


def _period(start: datetime, end: datetime) -> str:
    date = "" if start.date() == end.date() else "%d %b "
    return f"{start:{date}%H:%M:%S} to {end:{date}%H:%M:%S}"


def _attempts(result: RunResult) -> list[dict[str, Any]]:
    return [
        {
            "command_line": attempt.command_line,
            "at": result.local(attempt.started_at),
            "took": duration_text(attempt.elapsed_seconds),
            "exit": exit_text(attempt),
            "meaning": meaning_text(attempt),
        }
        for attempt in result.attempts
    ]


def _steps(result: RunResult) -> Iterator[_Step]:
    before: datetime | None = None
    for event in result.timeline:
        gap = event.at - before if before else timedelta()
        before = event.at
        yield _Step(
            at=result.local(event.at),
            since=since_text(event.at - result.time.started_at),
            wait=format_duration(gap) if gap > _WORTH_SAYING else "",
            lane=lane_name(event.lane),
            tone=tone_of(event),
            text=event.text,
        )


def _toasts(result: RunResult) -> list[dict[str, Any]]:
    return [
        {
            "at": result.local(toast.shown_at),
            "since": since_text(toast.shown_at - result.time.started_at),
            "title": toast.title,
            "lines": toast.lines,
            "sender": toast.attribution or "Intune Management Extension",
            "buttons": toast.buttons,
            "what_became_of_it": answer_text(toast),
        }
        for toast in result.toasts
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """What changed where: the app's own places, and those where Windows Installer keeps its books."""

    own: list[Group[Any]]
    records: list[Group[Any]]

    @property
    def is_short(self) -> bool:
        return sum(max(len(group.members), 1) for group in self.own) <= _SHORT

    @property
    def records_count(self) -> int:
        return sum(max(len(group.members), 1) for group in self.records)


def _places(groups: list[Group[Any]]) -> _Places:
    records = [group for group in groups if is_windows_installer_record(group.path)]
    return _Places(own=[group for group in groups if group not in records], records=records)


def _folder(group: Group[Any]) -> Group[Any]:
    members = [
        {
            "change": member.change,
            "name": ntpath.basename(member.path),
            "size": "" if member.size_bytes_after is None else size_text(member.size_bytes_after),
        }
        for member in group.members
    ]
    return Group(path=group.path, change=group.change, members=tuple(members))
