"""Python's own clocks show the machine's time: the adapter to freezegun.

freezegun replaces `datetime` and the functions of `time` wherever they were imported. What it leaves to the computer it
runs on is put right here: the local time and the name of its zone are the machine's, `time.monotonic()` counts the time
the machine was awake and never jumps, and an aware `datetime.now(tz)` is the right instant.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from freezegun.api import FakeDatetime, FrozenDateTimeFactory

__all__ = ["FrozenTime"]

#: Modules that must keep real time meanwhile: a notebook's kernel, the test runner, the progress display.
_REAL_TIME = [
    "ipykernel",
    "IPython",
    "zmq",
    "tornado",
    "jupyter_client",
    "_pytest",
    "xdist",
    "execnet",
    "rich",
]

#: What freezegun replaces in every module, and what it leaves alone in `time`.
_FAKES = ("localtime", "strftime", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
_OURS_ALONE = ("ctime", "mktime")
_CONSTANTS = ("tzname", "timezone", "altzone", "daylight")


class FrozenTime:
    """A context in which Python's own clocks stand at a given time, in a given time zone.

    Entering costs some milliseconds, since freezegun looks through every loaded module; moving costs nothing. Contexts
    may be nested; the innermost counts.

    Args:
        wall: the wall time to begin with, aware.
        zone: the time zone that naive local time is in.
        running: what `time.monotonic()` shows.

    Attributes:
        wall: the wall time that is shown.
        zone: the time zone that is shown.
        running: what `time.monotonic()` shows.
    """

    def __init__(self, wall: datetime, zone: tzinfo, running: timedelta = timedelta()) -> None:
        self.wall = wall
        self.zone = zone
        self.running = running
        self._exits = ExitStack()
        self._factory: FrozenDateTimeFactory | None = None
        self._level = 0
        self._real: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            self._freeze(exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.close()

    def move_to(self, wall: datetime, running: timedelta) -> None:
        """Show another time; daylight saving time begins and ends as the time zone says."""
        self.wall = wall
        self.running = running
        if self._factory is not None:
            self._factory.move_to(wall)
            self._show_offset()

    def change_zone(self, zone: tzinfo) -> None:
        """Show the time in another zone from now on."""
        self.zone = zone
        self._show_offset()
        self._set_constants()

    # What code under test calls instead

    def fake_localtime(self, seconds: float | None = None) -> time.struct_time:
        """Return local time in the machine's zone, now or at an instant."""
        if self._is_real():
            return cast("time.struct_time", self._real["localtime"](seconds))
        shown = self._top()
        at = shown.wall if seconds is None else _at(seconds)
        local = at.astimezone(shown.zone)
        offset = int((local.utcoffset() or timedelta()).total_seconds())
        return time.struct_time((*local.timetuple(), local.tzname() or "", offset))

    def fake_strftime(self, format_: str, moment: Any = None) -> str:
        """Write a moment, by default the local time."""
        if moment is None and not self._is_real():
            moment = self.fake_localtime()
        given = () if moment is None else (moment,)
        return cast("str", self._real["strftime"](format_, *given))

    def fake_ctime(self, seconds: float | None = None) -> str:
        """Write the local time as `time.asctime` does."""
        return time.asctime(self.fake_localtime(seconds))

    def fake_mktime(self, moment: Any) -> float:
        """Return the instant of a local time."""
        shown = self._top()
        year, month, day, hour, minute, second, *_, is_summer = tuple(moment)[:9]
        local = datetime(year, month, day, hour, minute, second, tzinfo=shown.zone, fold=int(is_summer == 0))
        return (local.astimezone(UTC) - _EPOCH) / timedelta(seconds=1)

    def fake_monotonic(self) -> float:
        """Return the seconds that the machine was awake."""
        if self._is_real():
            return cast("float", self._real["monotonic"]())
        return self._top().running / timedelta(seconds=1)

    def fake_monotonic_ns(self) -> int:
        """Return the nanoseconds that the machine was awake."""
        if self._is_real():
            return cast("int", self._real["monotonic_ns"]())
        return self._top().running // timedelta(microseconds=1) * 1_000

    def fake_perf_counter(self) -> float:
        """Return what `time.monotonic` does."""
        if self._is_real():
            return cast("float", self._real["perf_counter"]())
        return self._top().running / timedelta(seconds=1)

    def fake_perf_counter_ns(self) -> int:
        """Return what `time.monotonic_ns` does."""
        if self._is_real():
            return cast("int", self._real["perf_counter_ns"]())
        return self._top().running // timedelta(microseconds=1) * 1_000

    # How it works

    def _freeze(self, exits: ExitStack) -> None:
        from freezegun import api, freeze_time

        names = (*_FAKES, *_OURS_ALONE)
        self._real = {name: getattr(api, f"real_{name}", None) or getattr(time, name) for name in names}
        fakes = {name: getattr(self, f"fake_{name}") for name in names}
        with _set(api, {f"fake_{name}": fakes[name] for name in _FAKES}):
            # freezegun puts these functions wherever the real ones were imported.
            freezer = freeze_time(self.wall, tz_offset=self._offset(), real_asyncio=True, ignore=_REAL_TIME)
            self._factory = cast("FrozenDateTimeFactory", exits.enter_context(freezer))
        self._factory.shown_by = self  # type: ignore[attr-defined]
        self._level = len(api.tz_offsets) - 1
        constants = {name: getattr(time, name) for name in _CONSTANTS if hasattr(time, name)}
        exits.enter_context(_set(time, {**fakes, **constants}))
        # freezegun looks five callers up; then a test would have real time, which the test runner calls.
        exits.enter_context(_set(api, {"call_stack_inspection_limit": 1}))
        self._set_constants()
        exits.enter_context(_aware_now_ignores_the_offset())

    def _offset(self) -> timedelta:
        return self.wall.astimezone(self.zone).utcoffset() or timedelta()

    def _show_offset(self) -> None:
        from freezegun import api

        api.tz_offsets[self._level] = self._offset()

    def _set_constants(self) -> None:
        """Let `time.tzname` and its like be those of the zone in this year."""
        local = self.wall.astimezone(self.zone)
        halves = [local.replace(month=month, day=1) for month in (1, 7)]
        winter, summer = sorted(halves, key=lambda half: half.utcoffset() or timedelta())
        time.tzname = (winter.tzname() or "", summer.tzname() or "")
        time.timezone = _seconds_west(winter)
        if hasattr(time, "altzone"):
            time.altzone = _seconds_west(summer)
        time.daylight = int(winter.utcoffset() != summer.utcoffset())

    def _top(self) -> FrozenTime:
        """Return the innermost context; functions of an outer one may still be in somebody's hands."""
        from freezegun import api

        found = getattr(api.freeze_factories[-1], "shown_by", self) if api.freeze_factories else self
        return cast("FrozenTime", found)

    def _is_real(self) -> bool:
        """Return whether whoever called a function above is one of those that keep real time."""
        from freezegun import api

        frame = inspect.currentframe()
        caller = frame and frame.f_back and frame.f_back.f_back
        name = caller.f_globals.get("__name__", "") if caller else ""
        return not api.ignore_lists or name.startswith(api.ignore_lists[-1])


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _seconds_west(local: datetime) -> int:
    return -int((local.utcoffset() or timedelta()).total_seconds())


@contextmanager
def _set(holder: object, values: dict[str, Any]) -> Iterator[None]:
    """Set attributes, and put back what was there."""
    before = {name: getattr(holder, name) for name in values}
    for name, value in values.items():
        setattr(holder, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(holder, name, value)


@contextmanager
def _aware_now_ignores_the_offset() -> Iterator[None]:
    """Let `datetime.now(tz)` be the right instant.

    freezegun 1.5 shifts aware times by the offset that is meant for naive ones (its issues 348 and 553).
    """
    from freezegun import api

    naive_now: Callable[[type[FakeDatetime]], FakeDatetime] = api.FakeDatetime.__dict__["now"].__func__
    original = api.FakeDatetime.__dict__["now"]

    def now(cls: type[FakeDatetime], tz: tzinfo | None = None) -> FakeDatetime:
        if tz is None:
            return naive_now(cls)
        return api.datetime_to_fakedatetime(api.get_current_time().replace(tzinfo=UTC).astimezone(tz))

    api.FakeDatetime.now = classmethod(now)  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        api.FakeDatetime.now = original  # type: ignore[method-assign]
