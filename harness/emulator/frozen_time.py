"""`datetime.now()` and `time.time()` of other code give the machine's time: the adapter to freezegun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

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


class FrozenTime:
    """A context in which Python's own clocks stand at a given wall time, in a given time zone.

    Entering costs some milliseconds, since freezegun looks through every loaded module; moving costs nothing.

    Args:
        wall: the wall time to begin with, aware.
        zone: the time zone that naive `datetime.now()` shows.
    """

    def __init__(self, wall: datetime, zone: tzinfo) -> None:
        self._wall = wall
        self._zone = zone
        self._exits = ExitStack()
        self._factory: FrozenDateTimeFactory | None = None
        self._offset = timedelta()

    def __enter__(self) -> Self:
        self._freeze()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.close()

    def move_to(self, wall: datetime) -> None:
        """Show another wall time; daylight saving time begins and ends as the time zone says."""
        self._wall = wall
        if self._factory is not None and self._offset == self._offset_now():
            self._factory.move_to(wall)
        else:
            self._exits.close()
            self._freeze()

    def _offset_now(self) -> timedelta:
        return self._wall.astimezone(self._zone).utcoffset() or timedelta()

    def _freeze(self) -> None:
        from freezegun import freeze_time

        self._offset = self._offset_now()
        freezer = freeze_time(self._wall, tz_offset=self._offset, real_asyncio=True, ignore=_REAL_TIME)
        self._factory = cast("FrozenDateTimeFactory", self._exits.enter_context(freezer))
        self._exits.enter_context(_aware_now_ignores_the_offset())


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
