"""What every machine's network must do when somebody cuts it, narrows it or gives it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.ports import Machine

_CODES = 'learn.microsoft.com, "WinHTTP error messages"; winhttp.h'
_TCP = "RFC 9293; fair shares of equal flows: RFC 2914"
_ADAPTER = 'learn.microsoft.com, "Network List Manager"'
_CONTROL = [Capability.NETWORK_CONTROL]

_SECOND = timedelta(seconds=1)
_NARROW = 100_000.0
_NO_WAY_OUT, _BROKEN = 12007, 12030


@behaviour("network.online", source=_ADAPTER, needs=_CONTROL)
def check_a_machine_with_a_line_is_online(machine: Machine) -> None:
    """A machine with a line says that it is online."""
    expect(True, machine.network.status.is_online)


@behaviour("network.nothing", source=_TCP, needs=_CONTROL)
def check_nothing_is_transferred_quickly(machine: Examinee) -> None:
    """Transferring no bytes at all works."""
    expect(True, _time_of(machine, 0) < 10 * _SECOND)


@behaviour("network.bandwidth", source=_TCP, needs=_CONTROL)
def check_bytes_take_time(machine: Examinee) -> None:
    """A transfer takes at least its size by the bandwidth."""
    with _line(machine, _NARROW):
        expect(True, _time_of(machine, 300_000) >= 3 * _SECOND)


@behaviour("network.bandwidth.said", source=_ADAPTER, needs=_CONTROL)
def check_the_bandwidth_is_known(machine: Examinee) -> None:
    """The machine knows how wide its line is."""
    with _line(machine, _NARROW):
        expect(_NARROW, machine.network.status.bandwidth)


@behaviour("network.latency", source=_TCP, needs=_CONTROL)
def check_a_transfer_takes_a_round_trip(machine: Examinee) -> None:
    """Even one byte takes a round trip."""
    with _line(machine, None, _SECOND):
        expect(True, _time_of(machine, 1) >= 2 * _SECOND)


@behaviour("network.share", source=_TCP, needs=_CONTROL)
def check_two_transfers_share_the_line(machine: Examinee) -> None:
    """Two equal transfers at the same time take about twice as long as one."""

    async def both() -> timedelta:
        begin = machine.clock.monotonic()
        tasks = [machine.clock.spawn(machine.network.transfer(300_000), name=f"transfer {n}") for n in (1, 2)]
        for task in tasks:
            await machine.clock.wait(task.finished)
        return machine.clock.monotonic() - begin

    with _line(machine, _NARROW):
        expect(True, machine.run(both()) >= 6 * _SECOND)


@behaviour("network.changes", source=_TCP, needs=_CONTROL)
def check_a_change_counts_from_then(machine: Examinee) -> None:
    """When the line gets narrower in the middle of a transfer, the rest takes longer."""

    async def narrow() -> timedelta:
        begin = machine.clock.monotonic()
        task = machine.clock.spawn(machine.network.transfer(300_000), name="transfer")
        await machine.clock.sleep(_SECOND)
        machine.controls.set_line(bandwidth=_NARROW / 4)
        await machine.clock.wait(task.finished)
        return machine.clock.monotonic() - begin

    with _line(machine, _NARROW):
        expect(True, machine.run(narrow()) >= 8 * _SECOND)


@behaviour("network.offline", source=_CODES, needs=_CONTROL)
def check_offline_no_name_is_resolved(machine: Examinee) -> None:
    """Without a line a transfer fails at once: 12007, no name can be resolved."""
    machine.controls.go_offline()
    try:
        expect(False, machine.network.status.is_online)
        with expect_error(_NO_WAY_OUT):
            machine.run(machine.network.transfer(1))
    finally:
        machine.controls.go_online()


@behaviour("network.offline.back", source=_ADAPTER, needs=_CONTROL)
def check_the_line_comes_back(machine: Examinee) -> None:
    """When the line is back, the machine is online and transfers work."""
    machine.controls.go_offline()
    machine.controls.go_online()
    expect(True, machine.network.status.is_online)
    machine.run(machine.network.transfer(1))


@behaviour("network.offline.in-the-middle", source=_CODES, needs=_CONTROL)
def check_a_transfer_breaks_with_its_line(machine: Examinee) -> None:
    """A transfer whose line goes away fails with 12030: the connection was reset."""
    with _line(machine, _NARROW):
        machine.controls.go_offline(after=_SECOND)
        try:
            with expect_error(_BROKEN):
                machine.run(machine.network.transfer(300_000))
        finally:
            machine.controls.go_online()


@behaviour("network.drop", source=_CODES, needs=_CONTROL)
def check_a_dropped_connection_is_no_offline(machine: Examinee) -> None:
    """A connection that drops fails its transfer with 12030; the machine is online and the next transfer works."""
    with _line(machine, _NARROW):
        machine.controls.drop_line(after=_SECOND)
        with expect_error(_BROKEN):
            machine.run(machine.network.transfer(300_000))
        expect(True, machine.network.status.is_online)
        machine.run(machine.network.transfer(1))


@behaviour("network.asleep", source=_ADAPTER, needs=[Capability.NETWORK_CONTROL, Capability.SLEEP])
def check_a_machine_that_woke_up_is_online(machine: Examinee) -> None:
    """After sleep the machine is online again."""
    machine.controls.sleep(timedelta(hours=1))
    expect(True, machine.network.status.is_online)
    machine.run(machine.network.transfer(1))


# Writing checks


def _time_of(machine: Examinee, size_bytes: int) -> timedelta:
    async def measure() -> timedelta:
        begin = machine.clock.monotonic()
        await machine.network.transfer(size_bytes)
        return machine.clock.monotonic() - begin

    return machine.run(measure())


@contextmanager
def _line(machine: Examinee, bandwidth: float | None, latency: timedelta = timedelta()) -> Iterator[None]:
    """Make the line so wide and so long for a block, and as it was after it."""
    machine.controls.set_line(bandwidth=bandwidth, latency=latency)
    try:
        yield
    finally:
        machine.controls.set_line(bandwidth=None)
