"""A restart that is being counted down, as it is kept in the registry; the JSON is ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.formats.misfits import Misfit
from harness.formats.structuring import ObjectReader, boolean, integer, one_of, read_document, text
from harness.model.assignments import Notifications

__all__ = ["PendingRestart", "read_pending_restart", "write_pending_restart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRestart:
    """A restart that will come.

    Attributes:
        requested_at: when the installation ended; the machine's start after that has settled it.
        deadline: when the machine restarts.
        countdown: how long before that the countdown is shown.
        snooze: how long a reminder may be put off; None when it may not.
        app_name: the app that needs it.
        notifications: which toasts its assignment shows.
        user_id: whose session they go to.
        is_uninstall: whether the app is removed.
    """

    requested_at: datetime
    deadline: datetime
    countdown: timedelta
    snooze: timedelta | None
    app_name: str
    notifications: Notifications
    user_id: str
    is_uninstall: bool


def write_pending_restart(pending: PendingRestart) -> str:
    """Write it as JSON."""
    return json.dumps(
        {
            "RequestedAt": pending.requested_at.isoformat(),
            "Deadline": pending.deadline.isoformat(),
            "CountdownSeconds": int(pending.countdown.total_seconds()),
            "SnoozeSeconds": None if pending.snooze is None else int(pending.snooze.total_seconds()),
            "AppName": pending.app_name,
            "Notifications": pending.notifications.value,
            "UserId": pending.user_id,
            "IsUninstall": pending.is_uninstall,
        }
    )


def read_pending_restart(document: str) -> PendingRestart:
    """Read it from JSON.

    Raises:
        FormatError: if it is damaged.
    """
    return read_document(document, _read, "PendingRestart")


def _read(value: object) -> PendingRestart:
    fields = ObjectReader(value)
    pending = PendingRestart(
        requested_at=fields.require("RequestedAt", _moment),
        deadline=fields.require("Deadline", _moment),
        countdown=fields.require("CountdownSeconds", _seconds),
        snooze=fields.get("SnoozeSeconds", _seconds, None),
        app_name=fields.require("AppName", text),
        notifications=fields.require("Notifications", one_of({one.value: one for one in Notifications})),
        user_id=fields.require("UserId", text),
        is_uninstall=fields.require("IsUninstall", boolean),
    )
    fields.close()
    return pending


def _seconds(value: object) -> timedelta:
    return timedelta(seconds=integer(0, 10**9, "seconds")(value))


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        raise Misfit(f"expected a time in ISO format, found {value!r}") from None
    if moment.tzinfo is None:
        raise Misfit(f"expected a time with its zone, found {value!r}")
    return moment
