"""The network of an emulated machine: one line out, shared fairly by what is transferred at the same time.

How long bytes take follows from latency and bandwidth: first a round trip, then size by share of the bandwidth. When a
transfer begins or ends, or the line changes, the shares are worked out anew. Without a way out a transfer fails at its
beginning with 12007; when the line breaks on the way, at once with 12030, as when the adapter loses its link (a path
that goes silent would be noticed only by a time-out, 12002: add a `Fault` for that). Source of the codes: winhttp.h.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.durations import format_duration
from harness.emulator.faults import Operation
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.machine.moments import lasting
from harness.model.network import NetworkStatus
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["BANDWIDTH", "EmulatedNetwork"]

#: Of a new machine, in bytes a second: 100 Mbit/s. A guess at an ordinary office.
BANDWIDTH = 12_500_000.0

_NO_WAY_OUT, _LINE_BROKEN = 12007, 12030
#: Longer than any test waits; more seconds than that no `timedelta` holds.
_FOR_EVER = 1e13
#: Longer than any line's; what is far longer cannot be added to a time.
_LONGEST_LATENCY = timedelta(days=1)

_CHANGE = "the line cannot change after"


class _Transfer:
    """Bytes on their way."""

    def __init__(self, size_bytes: int) -> None:
        self.left = float(size_bytes)
        self.is_moving = False
        self.is_broken = False


class EmulatedNetwork:
    """The way out of an emulated machine; fulfils the `Network` port.

    Attributes:
        is_metered: whether the user pays by the byte.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.is_metered = False
        self._machine = machine
        self._is_connected = True
        self._bandwidth: float | None = BANDWIDTH
        self._latency = timedelta()
        self._transfers: list[_Transfer] = []
        self._changed = Signal()
        self._settled_at = machine.clock.monotonic()
        self._drops_after: float | None = None

    # The port

    @property
    def status(self) -> NetworkStatus:
        """How the machine is connected at the moment."""
        return NetworkStatus(
            is_online=self.is_online, is_metered=self.is_metered, bandwidth=self._bandwidth, latency=self._latency
        )

    async def transfer(self, size_bytes: int) -> None:
        """Let so many bytes come or go; takes the time that the line needs.

        Raises:
            MachineError: 12007 when there is no way out, 12030 when the line breaks on the way, and what a fault says.
        """
        if not self.is_online:
            raise MachineError(_NO_WAY_OUT, "the machine has no network, so that no name can be resolved")
        if self._machine.faults:
            self._machine.faults.strike(Operation.TRANSFER, "network")
        transfer = _Transfer(size_bytes)
        self._transfers.append(transfer)
        try:
            await self._make_contact(transfer)
            while transfer.left > 0:
                await self._move(transfer)
        finally:
            self._settle()
            self._transfers.remove(transfer)
            self._share_anew()

    # What somebody does to the line

    @property
    def is_online(self) -> bool:
        """Whether there is a way out: the line is there, and the machine is awake."""
        return self._is_connected and self._machine.power.is_awake

    @property
    def bandwidth(self) -> float | None:
        """Bytes a second, of all transfers together; None when they take no time."""
        return self._bandwidth

    @bandwidth.setter
    def bandwidth(self, value: float | None) -> None:
        if value is not None and not (_is_number(value) and value > 0):
            raise UsageError(
                f"a bandwidth of {value!r} bytes a second cannot be - write a positive number, None for a line that "
                f"takes no time, or take the machine offline instead"
            )
        self._settle()
        self._bandwidth = value
        self._share_anew()

    @property
    def latency(self) -> timedelta:
        """How long one way takes; counts for transfers that begin from now on."""
        return self._latency

    @latency.setter
    def latency(self, value: timedelta | str) -> None:
        latency = lasting(value, "a latency cannot be")
        if latency > _LONGEST_LATENCY:
            raise UsageError(f"a latency cannot be {format_duration(latency)} - take the machine offline instead")
        self._latency = latency

    def goes_offline(self, *, after: timedelta | str = timedelta(), for_: timedelta | str | None = None) -> None:
        """Take the way out away; what is being transferred breaks.

        Args:
            after: how long from now.
            for_: after how long it comes back; None for not by itself.
        """
        lasts = None if for_ is None else lasting(for_, "the machine cannot be offline for")
        self._later(lasting(after, _CHANGE), lambda: self._disconnect(lasts))

    def goes_online(self, *, after: timedelta | str = timedelta()) -> None:
        """Give the way out back, now or later."""
        self._later(lasting(after, _CHANGE), self._connect)

    def drop(self, *, after: timedelta | str = timedelta()) -> None:
        """Break what is being transferred then; the way out is there again at once, as after a hiccup of the line."""
        self._later(lasting(after, _CHANGE), self._break_line)

    def drop_after(self, size_bytes: int) -> None:
        """Break the line as soon as that many more bytes have been transferred, by whatever transfers."""
        if not (_is_number(size_bytes) and size_bytes >= 0):
            raise UsageError(f"the line cannot break after {size_bytes!r} bytes - write a number from 0 on")
        self._settle()
        self._drops_after = float(size_bytes)
        self._share_anew()

    def machine_stops(self) -> None:
        """Break what is being transferred, because the machine goes to sleep or off."""
        self._settle()
        self._break_silently()

    def _later(self, after: timedelta, change: object) -> None:
        assert callable(change)
        if after <= timedelta():
            change()
            return

        async def work() -> None:
            await self._machine.clock.sleep(after)
            change()

        self._machine.clock.spawn_outside(work(), name="a change of the network")

    def _disconnect(self, lasts: timedelta | None) -> None:
        if self._is_connected:
            self._is_connected = False
            self._tell("offline", f"the machine is offline{f' for {format_duration(lasts)}' if lasts else ''}")
            self.machine_stops()
        if lasts is not None:
            self._later(lasts, self._connect)

    def _connect(self) -> None:
        if not self._is_connected:
            self._is_connected = True
            self._tell("online", "the machine is online again")

    # Transferring

    async def _make_contact(self, transfer: _Transfer) -> None:
        """Take the round trip before the first byte; then the transfer takes part in sharing the line."""
        clock = self._machine.clock
        due = clock.monotonic() + 2 * self._latency
        while clock.monotonic() < due and not transfer.is_broken:
            await clock.wait(self._changed, due - clock.monotonic())
        self._check(transfer)
        self._settle()
        transfer.is_moving = True
        self._share_anew()

    async def _move(self, transfer: _Transfer) -> None:
        """Let bytes move until the transfer is done, the line breaks, or the shares change."""
        moving = self._moving()
        if self._bandwidth is None:
            until_done = until_drop = 0.0
            is_dropped = self._drops_after is not None and self._drops_after <= transfer.left
        else:
            until_done = transfer.left * len(moving) / self._bandwidth
            until_drop = _FOR_EVER if self._drops_after is None else self._drops_after / self._bandwidth
            is_dropped = until_drop <= until_done
        wait = timedelta(seconds=min(until_done, until_drop, _FOR_EVER))
        if wait and await self._machine.clock.wait(self._changed, wait):
            self._settle()
        elif is_dropped:
            self._break_line()
        else:
            self._settle()
            if self._bandwidth is None and self._drops_after is not None:
                self._drops_after -= transfer.left
            transfer.left = 0
        self._check(transfer)

    def _moving(self) -> list[_Transfer]:
        return [transfer for transfer in self._transfers if transfer.is_moving]

    def _settle(self) -> None:
        """Book what has moved since the last change."""
        now = self._machine.clock.monotonic()
        seconds, self._settled_at = (now - self._settled_at).total_seconds(), now
        moving = self._moving()
        if self._bandwidth is None or not moving or not seconds:
            return
        for transfer in moving:
            transfer.left = max(0.0, transfer.left - seconds * self._bandwidth / len(moving))
        if self._drops_after is not None:
            self._drops_after = max(0.0, self._drops_after - seconds * self._bandwidth)

    def _share_anew(self) -> None:
        """Wake those who wait, since the shares have changed."""
        changed, self._changed = self._changed, Signal()
        changed.set()

    def _break_line(self) -> None:
        self._settle()
        self._drops_after = None
        if any(not transfer.is_broken for transfer in self._transfers):
            self._tell("line dropped", "the connection breaks in the middle of a transfer")
        self._break_silently()

    def _break_silently(self) -> None:
        for transfer in self._transfers:
            transfer.is_broken = True
        self._share_anew()

    def _check(self, transfer: _Transfer) -> None:
        if transfer.is_broken:
            raise MachineError(_LINE_BROKEN, "the connection broke in the middle of a transfer")

    def _tell(self, kind: str, text: str) -> None:
        self._machine.timeline.add(Lane.NETWORK, kind, text)


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # more than a float holds
        return False
