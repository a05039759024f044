"""What a boot, and a change of the time zone, makes of the registry."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.errors import UsageError
from harness.machine.restartmarks import RestartReason, mark_restart_pending, pending_restart_reasons
from harness.model.windows import Hive, MachineFacts, RegistryPath

CONTROL = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control")
ZONE = CONTROL.child("TimeZoneInformation")
ZONES = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones")


def data(machine, path, name):
    """Return the data of a value; None when there is none."""
    value = machine.registry.get(path, name)
    return value.data if value else None


def restart(machine):
    """Restart and wait."""
    machine.power.restart("an update")
    machine.clock.advance(timedelta(minutes=5))


def test_a_computer_takes_its_new_name(machine):
    """At the restart; until then the rename is pending."""
    mark_restart_pending(machine.registry, RestartReason.COMPUTER_NAME, name="PC-043")
    active = CONTROL.child(r"ComputerName\ActiveComputerName")
    assert ("PC-042", (RestartReason.COMPUTER_NAME,)) == (
        data(machine, active, "ComputerName"),
        pending_restart_reasons(machine.registry),
    )

    restart(machine)

    assert ("PC-043", ()) == (data(machine, active, "ComputerName"), pending_restart_reasons(machine.registry))


def test_a_computer_keeps_its_name(machine):
    """The active one is made anew at each boot."""
    restart(machine)
    assert "PC-042" == data(machine, CONTROL.child(r"ComputerName\ActiveComputerName"), "ComputerName")


@pytest.mark.parametrize("reason", [RestartReason.SERVICING, RestartReason.UPDATE])
def test_marks_that_are_volatile_go_with_the_restart(machine, reason):
    """Whoever set them."""
    mark_restart_pending(machine.registry, reason)
    restart(machine)
    assert () == pending_restart_reasons(machine.registry)


@pytest.fixture
def berlin():
    """Give a machine in Berlin, in winter."""
    facts = MachineFacts(
        name="PC-042", release="Windows 11 23H2", build=22631, revision=2428, time_zone="Europe/Berlin"
    )
    clock = VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC), time_zone="Europe/Berlin", freeze=False)
    with EmulatedMachine(facts, clock) as machine:
        yield machine


def test_the_bias_of_summer_is_noted_at_a_boot(berlin):
    """Minutes to be added to local time."""
    assert 2**32 - 60 == data(berlin, ZONE, "ActiveTimeBias")
    berlin.clock.advance(timedelta(days=60))
    restart(berlin)
    assert 2**32 - 120 == data(berlin, ZONE, "ActiveTimeBias")


def test_another_zone(berlin):
    """Clock, facts and registry agree; the zone before is not described any more."""
    berlin.set_time_zone("Asia/Tokyo")

    assert ("Asia/Tokyo", "17:00") == (berlin.facts.time_zone, f"{berlin.clock.local_now():%H:%M}")
    assert ("Tokyo Standard Time", 2**32 - 540) == (
        data(berlin, ZONE, "TimeZoneKeyName"),
        data(berlin, ZONE, "ActiveTimeBias"),
    )
    assert ["Tokyo Standard Time"] == list(berlin.registry.subkeys(ZONES))


def test_a_zone_that_windows_does_not_have(berlin):
    """It has a bias, and no name."""
    berlin.set_time_zone("Etc/GMT+12")
    berlin.set_time_zone("Antarctica/Troll")
    assert ("TimeZoneKeyName" in berlin.registry.values(ZONE)) == bool(list(berlin.registry.subkeys(ZONES)))
    assert 0 == data(berlin, ZONE, "ActiveTimeBias")

    berlin.set_time_zone("Europe/Berlin")
    assert "W. Europe Standard Time" == data(berlin, ZONE, "TimeZoneKeyName")


def test_an_unknown_zone_changes_nothing(berlin):
    """It is named."""
    with pytest.raises(UsageError, match="not a time zone"):
        berlin.set_time_zone("Mars/Olympus")
    assert ("Europe/Berlin", 2**32 - 60) == (berlin.facts.time_zone, data(berlin, ZONE, "ActiveTimeBias"))
