"""The network of the emulated machine: how long transfers take, and how they fail."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.clock import VirtualClock
from harness.emulator.faults import Fault, Operation
from harness.emulator.machine import EmulatedMachine
from harness.errors import MachineError, UsageError
from harness.machine.ports import Network
from harness.model.windows import MachineFacts
from harness.timeline import Lane
from tests.emulator.conftest import START

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Transfers:
    """Starts transfers and notes when and how they end."""

    def __init__(self, machine):
        self.machine = machine
        self.ends = {}

    def start(self, name, size, after=0):
        """Start one, now or some seconds later."""

        async def work():
            await self.machine.clock.sleep(after * SECOND)
            try:
                await self.machine.network.transfer(size)
            except MachineError as error:
                self.ends[name] = (self.seconds(), error.winerror)
            else:
                self.ends[name] = self.seconds()

        return self.machine.clock.spawn(work(), name=name)

    def seconds(self):
        """Return the seconds since the start, to the millisecond."""
        return round(self.machine.clock.monotonic() / SECOND, 3)


@pytest.fixture
def network(machine):
    """Give the network of a machine, 100 bytes a second wide."""
    machine.network.bandwidth = 100
    return machine.network


@pytest.fixture
def transfers(machine, network):
    """Give what starts transfers."""
    assert network is machine.network
    return Transfers(machine)


class TestTime:
    """How long bytes take."""

    def test_it_is_a_network(self, machine):
        """The emulated one fits the port; a new machine has an ordinary line."""
        port: Network = machine.network
        status = port.status
        expected = (True, False, 12_500_000, timedelta())
        assert expected == (status.is_online, status.is_metered, status.bandwidth, status.latency)

    @pytest.mark.parametrize(("size", "expected"), [(0, 0), (1, 0.01), (100, 1), (1_000_000, 10_000)])
    def test_size_by_bandwidth(self, machine, transfers, size, expected):
        """To the microsecond."""
        transfers.start("a", size)
        machine.clock.advance(24 * HOUR)
        assert {"a": expected} == transfers.ends

    def test_a_round_trip_comes_first(self, machine, network, transfers):
        """Latency is that of one way; it takes no bandwidth from others."""
        network.latency = "2 s"
        transfers.start("a", 100)
        machine.clock.advance(timedelta())
        network.latency = timedelta()
        transfers.start("b", 300)
        machine.clock.advance(HOUR)

        assert {"a": 5, "b": 3} == transfers.ends

    def test_a_line_without_limit_takes_no_time(self, machine, network, transfers):
        """But for the round trip."""
        network.bandwidth = None
        network.latency = SECOND
        transfers.start("a", 10**12)
        machine.clock.advance(HOUR)
        assert {"a": 2} == transfers.ends

    def test_a_transfer_of_ages(self, machine, network, transfers):
        """Is not done when the calendar ends."""
        network.bandwidth = 1e-9
        transfers.start("a", 10**15)
        machine.clock.advance(timedelta(days=365_000))
        assert {} == transfers.ends

    @pytest.mark.parametrize("value", [0, -1])
    def test_impossible_bandwidths_are_refused(self, network, value):
        """A line that carries nothing is no line."""
        with pytest.raises(UsageError, match="take the machine offline instead"):
            network.bandwidth = value
        assert 100 == network.bandwidth

    def test_metered_is_only_told(self, network):
        """Nothing depends on it here."""
        network.is_metered = True
        assert network.status.is_metered


class TestSharing:
    """Several transfers at the same time."""

    def test_shares_are_fair(self, machine, transfers):
        """Each gets as much as the others; who is done leaves the line to them."""
        transfers.start("a", 100)
        transfers.start("b", 300)
        transfers.start("c", 100, after=1)
        machine.clock.advance(HOUR)

        # a and b: 50 B/s each; from 1 s on three share until a is done, and so on.
        assert {"a": 2.5, "c": 3.5, "b": 5} == transfers.ends

    def test_whoever_is_cancelled_leaves_the_line(self, machine, transfers):
        """At once."""
        transfers.start("a", 200)
        task = transfers.start("b", 10_000)
        machine.clock.advance(2 * SECOND)
        task.cancel()
        machine.clock.advance(HOUR)

        assert {"a": 3} == transfers.ends

    def test_a_wider_line_counts_from_then(self, machine, network, transfers):
        """Narrower as well."""
        transfers.start("a", 1_000)
        machine.clock.advance(2 * SECOND)
        network.bandwidth = 400
        machine.clock.advance(SECOND)
        network.bandwidth = 10
        machine.clock.advance(HOUR)

        assert {"a": 43} == transfers.ends

    def test_a_limit_may_be_taken_away(self, machine, network, transfers):
        """Then the rest is there at once."""
        transfers.start("a", 1_000)
        machine.clock.advance(2 * SECOND)
        network.bandwidth = None
        machine.clock.advance(HOUR)

        assert {"a": 2} == transfers.ends

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5)), min_size=1, max_size=6))
    def test_no_byte_is_lost_or_won(self, sizes):
        """However transfers overlap: the line is never idle while there is work, and never carries more than it can."""
        facts = MachineFacts(name="PC", release="Windows 11 23H2", build=22631, revision=2428)
        with EmulatedMachine(facts, VirtualClock(START, freeze=False)) as machine:
            machine.network.bandwidth = 100
            transfers = Transfers(machine)
            for number, (size, after) in enumerate(sizes):
                transfers.start(str(number), size, after)
            machine.clock.advance(HOUR)

        end = busy_until = 0.0
        for size, after in sorted(sizes, key=lambda one: one[1]):
            busy_until = max(busy_until, after) + size / 100
            end = max(end, busy_until)
        assert len(sizes) == len(transfers.ends)
        assert end == pytest.approx(max(transfers.ends.values()), abs=0.002)


class TestFailing:
    """No line, or one that breaks."""

    def test_offline_a_transfer_does_not_begin(self, machine, network, transfers):
        """12007; what is under way breaks at once with 12030."""
        transfers.start("a", 1_000)
        transfers.start("b", 100, after=10)
        network.goes_offline(after="5 s")
        machine.clock.advance(HOUR)

        assert {"a": (5, 12030), "b": (10, 12007)} == transfers.ends
        assert not network.status.is_online

    def test_offline_for_a_while(self, machine, network, transfers):
        """Then it works again; both are told, once."""
        network.goes_offline(for_="1 min")
        network.goes_offline()
        transfers.start("a", 100, after=30)
        transfers.start("b", 100, after=60)
        machine.clock.advance(HOUR)
        network.goes_online()

        assert {"a": (30, 12007), "b": 61} == transfers.ends
        told = [(event.kind, event.text) for event in machine.timeline.of(Lane.NETWORK)]
        assert [("offline", "the machine is offline for 1 min"), ("online", "the machine is online again")] == told

    def test_in_the_middle_of_the_round_trip(self, machine, network, transfers):
        """The line breaks there as well."""
        network.latency = "5 s"
        transfers.start("a", 100)
        network.goes_offline(after="3 s")
        machine.clock.advance(HOUR)
        assert {"a": (3, 12030)} == transfers.ends

    def test_a_dropped_connection(self, machine, network, transfers):
        """Breaks what is under way; the next transfer works."""
        transfers.start("a", 1_000)
        transfers.start("b", 100, after=4)
        network.drop(after="3 s")
        machine.clock.advance(HOUR)

        assert {"a": (3, 12030), "b": 5} == transfers.ends
        assert 1 == len(machine.timeline.of(kind="line dropped"))

    def test_nothing_to_drop_is_nothing_to_tell(self, machine, network):
        """On an idle line."""
        network.drop()
        assert [] == machine.timeline.of(Lane.NETWORK)

    @pytest.mark.parametrize("bandwidth", [100, None])
    def test_a_drop_after_so_many_bytes(self, machine, network, transfers, bandwidth):
        """Counted over all transfers; once."""
        network.bandwidth = bandwidth
        network.drop_after(450)
        transfers.start("a", 300)
        transfers.start("b", 300, after=10)
        transfers.start("c", 300, after=20)
        machine.clock.advance(HOUR)

        ends = {"a": 3, "b": (11.5, 12030), "c": 23} if bandwidth else {"a": 0, "b": (10, 12030), "c": 20}
        assert ends == transfers.ends

    def test_a_drop_breaks_all_that_share_the_line(self, machine, network, transfers):
        """At the same instant."""
        transfers.start("a", 300)
        transfers.start("b", 300)
        network.drop_after(100)
        machine.clock.advance(HOUR)
        assert {"a": (1, 12030), "b": (1, 12030)} == transfers.ends
        assert 1 == len(machine.timeline.of(kind="line dropped"))

    def test_faults_strike_at_the_beginning(self, machine, transfers):
        """With their own code."""
        machine.faults.add(Fault(operation=Operation.TRANSFER, code=12002, times=1))
        transfers.start("a", 100)
        transfers.start("b", 100, after=1)
        machine.clock.advance(HOUR)
        assert {"a": (0, 12002), "b": 2} == transfers.ends

    @pytest.mark.parametrize("how", ["sleep", "hibernate"])
    def test_a_machine_that_sleeps_is_not_on_the_net(self, machine, network, transfers, how):
        """Its transfers have broken when it wakes; then it is online again."""
        transfers.start("a", 1_000)
        machine.clock.advance(3 * SECOND)
        getattr(machine.power, how)("1 h")
        assert not network.status.is_online
        machine.clock.advance(HOUR)
        transfers.start("b", 100)
        machine.clock.advance(HOUR)

        assert {"a": (3, 12030), "b": 4} == transfers.ends

    def test_a_restart_leaves_nothing_on_the_line(self, machine, network, start):
        """Who transfers next has it alone."""

        async def transfers(run):
            await run.machine.network.transfer(10**6)
            return 0

        start("a.exe", transfers)
        machine.clock.advance(SECOND)
        machine.power.restart("an update")
        machine.clock.advance(HOUR)
        alone = Transfers(machine)
        before = machine.clock.monotonic() / SECOND
        alone.start("a", 100)
        machine.clock.advance(HOUR)

        assert {"a": round(before + 1, 3)} == alone.ends


class TestImpossibleValues:
    """Refused when they are given; the line stays what it was."""

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), "1 MB", True, 10**400])
    def test_bandwidths(self, network, value):
        """What is no number of bytes."""
        with pytest.raises(UsageError, match="bytes a second cannot be - write a positive number"):
            network.bandwidth = value
        assert 100 == network.bandwidth

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (-SECOND, "a latency cannot be -1 s"),
            (5, "a latency cannot be 5, which is no duration"),
            (timedelta.max, "take the machine offline instead"),
        ],
    )
    def test_latencies(self, network, value, message):
        """Negative ones, and those that are longer than times go."""
        with pytest.raises(UsageError, match=message):
            network.latency = value
        assert timedelta() == network.latency

    @pytest.mark.parametrize("size", [-1, float("nan"), "1 MB"])
    def test_sizes(self, network, size):
        """After which the line breaks."""
        with pytest.raises(UsageError, match=r"the line cannot break after .* bytes - write a number from 0 on"):
            network.drop_after(size)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda network: network.goes_offline(after=-SECOND),
            lambda network: network.goes_offline(for_=-SECOND),
            lambda network: network.goes_online(after=-SECOND),
            lambda network: network.drop(after=-SECOND),
        ],
    )
    def test_times(self, network, ask):
        """Before now."""
        with pytest.raises(UsageError, match="-1 s - use a duration that is not negative"):
            ask(network)
        assert network.is_online
