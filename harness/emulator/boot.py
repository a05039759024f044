"""What Windows does at a boot before anything else runs: volatile keys are gone, files in use are replaced.

Source: learn.microsoft.com, "RegCreateKeyExW" (REG_OPTION_VOLATILE) and "MoveFileExW" (MOVEFILE_DELAY_UNTIL_REBOOT: the
moves are made after the disk is checked and before any program runs, in the order they were asked for). What fails is
passed over; without `!` an existing target stays (from memory).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harness.emulator.baseline_data import value_of
from harness.emulator.resident import SYSTEM_PROCESSES, start_residents
from harness.emulator.timezones import time_zone_keys, windows_zone_name
from harness.errors import MachineError
from harness.machine.storage import Registry
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["start_windows", "write_time_zone"]

_SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")
_RENAMES = ("PendingFileRenameOperations", "PendingFileRenameOperations2")
_ZONE = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation")
_DESCRIBED = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones")
_NT_PREFIX = "\\??\\"
_NAMES = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\ComputerName")


def start_windows(machine: EmulatedMachine) -> None:
    """Do what a full boot does: make of registry and volumes what is to be, then start what starts by itself."""
    machine.registry.drop_volatile()
    _rename_files(machine)
    _take_the_name(machine)
    _take_the_bias(machine)
    start_residents(SYSTEM_PROCESSES, machine.processes)
    machine.services.start_automatic()
    machine.tasks.start_with_machine()


def write_time_zone(registry: Registry, zone: str, now: datetime, *, before: str) -> None:
    """Let the registry say which time zone the machine is in, and how far it is from UTC at that moment.

    Windows describes every zone it knows; an emulated machine its own alone, so that the one before goes.

    Args:
        registry: where.
        zone: the IANA name.
        now: the machine's time, aware.
        before: the zone the machine was in.
    """
    gone = _DESCRIBED.child(windows_zone_name(before) or before)
    if registry.exists(gone):
        registry.delete(gone)
    for key, values in time_zone_keys(zone, now).items():
        path = RegistryPath(Hive.HKLM, key)
        if "Bias" in values and "TimeZoneKeyName" not in values and registry.get(path, "TimeZoneKeyName"):
            registry.delete_value(path, "TimeZoneKeyName")
        for name, data in values.items():
            if registry.get(path, name) != value_of(data):
                registry.set(path, name, value_of(data))


def _rename_files(machine: EmulatedMachine) -> None:
    """Delete and move the files that were in use before the restart, and forget the list."""
    registry, files = machine.registry, machine.files
    for name in _RENAMES:
        value = registry.get(_SESSION_MANAGER, name)
        if value is None:
            continue
        for source, target, replaces in _pairs(value):
            try:
                if not target:
                    files.delete(source)
                elif replaces or not files.exists(target):
                    files.move(source, target)
            except MachineError as error:
                text = f"{source} stays as it is: {error}"
                machine.timeline.add(Lane.POWER, "rename failed", text, reason="", path=source)
        registry.delete_value(_SESSION_MANAGER, name)


def _pairs(value: RegistryValue) -> Iterator[tuple[str, str, bool]]:
    """Return source, target and whether an existing target is replaced; an empty target means to delete."""
    texts = value.data if value.type is RegistryType.REG_MULTI_SZ and isinstance(value.data, tuple) else ()
    for source, target in zip(texts[::2], texts[1::2], strict=False):
        bare = target.removeprefix("!").removeprefix(_NT_PREFIX)
        yield source.removeprefix(_NT_PREFIX), bare, target.startswith("!")


def _take_the_bias(machine: EmulatedMachine) -> None:
    """Let the registry say how far local time is from UTC; as Windows does when summer begins, too."""
    bias = -(machine.clock.local_now().utcoffset() or timedelta()) // timedelta(minutes=1) % 2**32
    if machine.registry.get(_ZONE, "ActiveTimeBias") not in (None, RegistryValue.of(bias)):
        machine.registry.set(_ZONE, "ActiveTimeBias", RegistryValue.of(bias))


def _take_the_name(machine: EmulatedMachine) -> None:
    """Let the computer be called what it was renamed to (from memory: the active name is written at each boot)."""
    name = machine.registry.get(_NAMES.child("ComputerName"), "ComputerName")
    if name is not None and name != machine.registry.get(_NAMES.child("ActiveComputerName"), "ComputerName"):
        machine.registry.create(_NAMES.child("ActiveComputerName"), volatile=True)
        machine.registry.set(_NAMES.child("ActiveComputerName"), "ComputerName", name)
