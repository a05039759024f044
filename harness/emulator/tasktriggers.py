"""When a trigger of a scheduled task fires, as far as that follows from the wall clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from harness.model.tasks import Daily, Every, Once, Trigger

__all__ = ["next_run", "next_of"]


def next_run(trigger: Trigger, after: datetime, zone: tzinfo, registered: datetime) -> datetime | None:
    """Return when a trigger first fires later than a time; None when it does not, or does not go by the clock.

    Args:
        trigger: which one.
        after: the time, aware.
        zone: the machine's time zone, in which days and times of day are meant.
        registered: when the task was registered, aware.
    """
    match trigger:
        case Once():
            return trigger.at.astimezone(UTC) if trigger.at > after else None
        case Daily():
            return _next_day(trigger, after, zone, registered)
        case Every():
            starts = (trigger.starts or registered).astimezone(UTC)
            if starts > after:
                return starts
            due = starts + ((after - starts) // trigger.interval + 1) * trigger.interval
            return due if trigger.lasts is None or due < starts + trigger.lasts else None
        case _:
            return None


def next_of(triggers: Iterable[Trigger], after: datetime, zone: tzinfo, registered: datetime) -> datetime | None:
    """Return when the first of some triggers fires next; None when none does by the clock."""
    due = [moment for trigger in triggers if (moment := next_run(trigger, after, zone, registered))]
    return min(due, default=None)


def _next_day(trigger: Daily, after: datetime, zone: tzinfo, registered: datetime) -> datetime:
    first: date = trigger.starts or registered.astimezone(zone).date()
    days = max((after.astimezone(zone).date() - first).days, 0)
    day = first + timedelta(days=days - days % trigger.every_days)
    while (due := datetime.combine(day, trigger.at, zone).astimezone(UTC)) <= after:
        day += timedelta(days=trigger.every_days)
    return due
