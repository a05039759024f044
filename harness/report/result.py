"""The result of one run, as values and as the JSON that `ime-harness run --json` prints.

The JSON is one object. Its keys are the attribute names below, in this order, and are described by the JSON Schema
in `result.schema.json` beside this module:

* `format`: always `ime-harness-result/1`; a change that breaks a reader raises the number.
* `outcome`, `intent`, `intent_reached`, `summary`: the verdict, for programs and in one sentence.
* `error`: the code the agent reports, as number, hexadecimal, signed 32-bit and in words; null when there is none.
* `explanation`: why it came so, for a packager.
* `app`, `package`: what was deployed.
* `states`: what the agent and the portal say about the app at the end.
* `attempts`: every run of the installer, with its exit code.
* `restarts`: when the machine restarted, and why.
* `timeline`: what happened, in order.
* `toasts`: what the user was shown, and did.
* `changes`: what is different in the registry and on the disk; the agent's own keys and files are left out.
* `reports`: what the agent sent to the service.
* `device`, `time`, `seed`: where, when, and with which seed the run can be repeated.

Times are ISO 8601 in UTC with milliseconds, durations are seconds. The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from harness.formats.cmtrace import LogEntry
from harness.model.assignments import InstallIntent
from harness.report.facts import (
    AppFacts,
    Attempt,
    Changes,
    DeviceFacts,
    ErrorFacts,
    PackageFacts,
    Restart,
    RunTime,
    SentReport,
    States,
    ToastFacts,
)
from harness.timeline import Event

__all__ = ["RESULT_FORMAT", "Outcome", "RunResult"]

#: The name of the JSON's format.
RESULT_FORMAT: Literal["ime-harness-result/1"] = "ime-harness-result/1"

#: Left out of the JSON: the log has a format and files of its own.
_NOT_IN_JSON = {"json": False}


class Outcome(StrEnum):
    """How the run ended, in the portal's words where it has any."""

    INSTALLED = "installed"
    UNINSTALLED = "uninstalled"
    PENDING_RESTART = "pending restart"
    NOT_APPLICABLE = "not applicable"
    FAILED = "failed"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What one run came to.

    Attributes:
        format: the name and number of this format.
        outcome: how it ended.
        intent: what the administrator wanted.
        intent_reached: whether the machine is as the administrator wanted it.
        summary: the verdict in one sentence.
        error: the code the agent reports; null when there is none.
        explanation: why it came so, in words for a packager, one paragraph each.
        app: what was deployed.
        package: where its content came from.
        states: what the agent and the portal say about the app at the end.
        attempts: every run of the installer, oldest first.
        restarts: when the machine restarted, oldest first.
        timeline: what happened, oldest first.
        toasts: what the user was shown, oldest first.
        changes: what is different on the machine.
        reports: what the agent sent to the service, oldest first.
        device: the emulated machine.
        time: the machine's time that the run took.
        seed: repeats the run exactly.
        log: the agent's workload log; not part of the JSON.
    """

    format: Literal["ime-harness-result/1"] = RESULT_FORMAT
    outcome: Outcome
    intent: InstallIntent
    intent_reached: bool
    summary: str
    error: ErrorFacts | None
    explanation: tuple[str, ...]
    app: AppFacts
    package: PackageFacts
    states: States
    attempts: tuple[Attempt, ...]
    restarts: tuple[Restart, ...]
    timeline: tuple[Event, ...]
    toasts: tuple[ToastFacts, ...]
    changes: Changes
    reports: tuple[SentReport, ...]
    device: DeviceFacts
    time: RunTime
    seed: int
    log: tuple[LogEntry, ...] = field(default=(), metadata=_NOT_IN_JSON)

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the machine's time zone."""
        return moment.astimezone(ZoneInfo(self.device.time_zone))

    def to_json(self) -> str:
        """Write the result as JSON text, two spaces deep, ending in a newline."""
        return json.dumps(_plain(self), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case StrEnum():
            return value.value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            kept = (item for item in fields(value) if item.metadata.get("json", True))
            return {item.name: _plain(getattr(value, item.name)) for item in kept}
        case _:
            return value
