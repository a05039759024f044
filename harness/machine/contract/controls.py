"""What a test can do to a machine from outside: its power, its clock, its network. Not every machine has all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

__all__ = ["Controls"]


class Controls(Protocol):
    """The switches of a machine that sits the exam; `Capability` says which of them work."""

    # RESTART

    def restart(self) -> None:
        """Restart the machine; returns when it is up again."""
        ...

    def call_off(self) -> None:
        """Call off a restart that is asked for, as `shutdown /a` does.

        Raises:
            MachineError: 1116 when none is.
        """
        ...

    def shut_down_and_start(self, *, hybrid: bool) -> None:
        """Shut the machine down, turn it on, and return when it is up.

        Args:
            hybrid: whether with fast startup, which is turned on for that, as the Start menu does it.
        """
        ...

    @property
    def uptime(self) -> timedelta:
        """What GetTickCount64 says."""
        ...

    # SLEEP and POWER_LOSS

    def sleep(self, duration: timedelta) -> None:
        """Let the machine sleep; returns when it is awake again."""
        ...

    def lose_power(self) -> None:
        """Cut the power and give it back; returns when the machine is up again."""
        ...

    # WALL_CLOCK

    def move_wall_clock(self, by: timedelta) -> None:
        """Set the wall clock forwards or back."""
        ...

    def set_time_zone(self, name: str) -> None:
        """Move the machine to another IANA time zone."""
        ...

    # NETWORK_CONTROL

    def go_offline(self, *, after: timedelta = timedelta()) -> None:
        """Take the way out away, now or later."""
        ...

    def go_online(self) -> None:
        """Give the way out back."""
        ...

    def drop_line(self, *, after: timedelta = timedelta()) -> None:
        """Break what is being transferred then; the way out is there again at once."""
        ...

    def set_line(self, *, bandwidth: float | None, latency: timedelta = timedelta()) -> None:
        """Make the line so wide, in bytes a second, and so long, one way; None for as it was before the exam."""
        ...
