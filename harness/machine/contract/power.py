"""What every machine must keep and forget when it restarts, sleeps, or loses its power."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, KEY, Examinee, behaviour, expect, expect_error
from harness.machine.ports import Machine
from harness.machine.restartmarks import RestartReason, mark_restart_pending, pending_restart_reasons
from harness.model.commands import Command
from harness.model.windows import Hive, RegistryPath, RegistryValue

_BOOT = "learn.microsoft.com, Win32_OperatingSystem.LastBootUpTime"
_TICKS = "learn.microsoft.com, GetTickCount64"
_VOLATILE = "learn.microsoft.com, RegCreateKeyExW: REG_OPTION_VOLATILE"
_MOVES = "learn.microsoft.com, MoveFileExW: MOVEFILE_DELAY_UNTIL_REBOOT"
_FAST = 'learn.microsoft.com, "shutdown" (/hybrid) and "Delivering fast startup"; that renames wait: from memory'
_SLEEP = 'learn.microsoft.com, "System Sleeping States"'
_LOSS = 'learn.microsoft.com, RegFlushKey, "Event ID 41"; what was flushed stays'
_MARKS = "places that public admin scripts look at; that the key is volatile: from memory"
_WAITS = "learn.microsoft.com, WaitForSingleObject: since Windows 8 a time-out does not include low-power states"

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)
_SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")
_ONE = RegistryValue.of(1)
#: The boot time is worked out from two clocks, which are not read at the same instant.
_ROUNDING = 2 * _SECOND


@behaviour("power.boot-time", source=_BOOT)
def check_the_boot_is_over(machine: Machine) -> None:
    """The machine was started before now."""
    expect(True, machine.power.booted_at <= machine.clock.now())


@behaviour("power.boot-time.lasts", source=_BOOT)
def check_the_boot_time_does_not_move(machine: Examinee) -> None:
    """The time of the last start stays the same while the machine runs."""
    before = machine.power.booted_at
    machine.pass_time(2 * _SECOND)
    expect(True, _is_same_boot(machine, before))


@behaviour("power.processes.of-this-boot", source=_BOOT)
def check_processes_are_of_this_boot(machine: Machine) -> None:
    """No process was started before the machine was."""
    expect([], [one.name for one in machine.processes.running() if one.started < machine.power.booted_at - _ROUNDING])


@behaviour("power.pending.none", source=_MARKS)
def check_marks_are_found(machine: Machine) -> None:
    """The value that old updates set means that a restart is pending, and zero that none is."""
    updates = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Updates")
    was_there, before = machine.registry.exists(updates), machine.registry.get(updates, "UpdateExeVolatile")
    mark_restart_pending(machine.registry, RestartReason.OLD_UPDATE)
    expect(True, RestartReason.OLD_UPDATE in pending_restart_reasons(machine.registry))
    machine.registry.set(updates, "UpdateExeVolatile", RegistryValue.of(0))
    expect(False, RestartReason.OLD_UPDATE in pending_restart_reasons(machine.registry))
    if before is not None:
        machine.registry.set(updates, "UpdateExeVolatile", before)
    elif was_there:
        machine.registry.delete_value(updates, "UpdateExeVolatile")
    else:
        machine.registry.delete(updates)


# A restart


@behaviour("power.restart.boot-time", source=_BOOT, needs=[Capability.RESTART])
def check_a_restart_is_a_start(machine: Examinee) -> None:
    """After a restart the machine was started later."""
    before = machine.power.booted_at
    machine.controls.restart()
    expect(True, machine.power.booted_at > before)


@behaviour("power.restart.uptime", source=_TICKS, needs=[Capability.RESTART])
def check_uptime_begins_anew(machine: Examinee) -> None:
    """After a restart the tick count begins anew."""
    machine.pass_time(timedelta(minutes=5))
    before = machine.controls.uptime
    machine.controls.restart()
    expect(True, machine.controls.uptime < before)


@behaviour("power.restart.delayed", source="learn.microsoft.com, InitiateShutdownW", needs=[Capability.RESTART])
def check_a_restart_can_be_called_off(machine: Examinee) -> None:
    """A restart that is asked for in advance does not happen before, and not at all when it is called off."""
    before = machine.power.booted_at
    machine.power.restart("the exam", _HOUR)
    machine.pass_time(_SECOND)
    machine.controls.call_off()
    machine.pass_time(_SECOND)
    expect(True, _is_same_boot(machine, before))


@behaviour("power.restart.none-to-call-off", source="winerror.h; AbortSystemShutdownW", needs=[Capability.RESTART])
def check_nothing_can_be_called_off(machine: Examinee) -> None:
    """Without a restart to come there is nothing to call off: 1116."""
    with expect_error(1116):
        machine.controls.call_off()


@behaviour("power.restart.registry", source=_VOLATILE, needs=[Capability.RESTART])
def check_keys_outlast_a_restart(machine: Examinee) -> None:
    """Values of ordinary keys are there after a restart; volatile keys are gone."""
    _leave_keys(machine)
    machine.controls.restart()
    expect((_ONE, False), _found_keys(machine))


@behaviour("power.restart.files", source='learn.microsoft.com, "File Management"', needs=[Capability.RESTART])
def check_files_outlast_a_restart(machine: Examinee) -> None:
    """Files are there after a restart."""
    _write(machine, "file.txt")
    machine.controls.restart()
    expect(True, machine.files.exists(rf"{FOLDER}\file.txt"))


@behaviour("power.restart.processes", source=_BOOT, needs=[Capability.RESTART])
def check_processes_end_with_the_boot(machine: Examinee) -> None:
    """No process outlasts a restart."""
    expect(True, _runs(machine, _start_sleeper(machine, "3600")))
    machine.controls.restart()
    check_processes_are_of_this_boot.function(machine)


@behaviour("power.restart.replaces", source=_MOVES, needs=[Capability.RESTART])
def check_a_file_is_replaced_at_the_restart(machine: Examinee) -> None:
    """A move that waits for the restart replaces the target then, and not before."""
    _write(machine, "new.txt", b"new")
    _write(machine, "old.txt", b"old")
    machine.files.move_at_restart(rf"{FOLDER}\new.txt", rf"{FOLDER}\old.txt")
    expect(b"old", _read(machine, "old.txt"))
    machine.controls.restart()
    expect((b"new", False), (_read(machine, "old.txt"), machine.files.exists(rf"{FOLDER}\new.txt")))


@behaviour("power.restart.deletes", source=_MOVES, needs=[Capability.RESTART])
def check_a_file_is_deleted_at_the_restart(machine: Examinee) -> None:
    """A file that is to be deleted at the restart is gone after it."""
    _write(machine, "file.txt")
    machine.files.move_at_restart(rf"{FOLDER}\file.txt", None)
    machine.controls.restart()
    expect(False, machine.files.exists(rf"{FOLDER}\file.txt"))


@behaviour("power.restart.order", source=_MOVES, needs=[Capability.RESTART])
def check_moves_are_made_in_their_order(machine: Examinee) -> None:
    """Moves are made in the order they were asked for, so that one may go on where another ended."""
    _write(machine, "a.txt")
    machine.files.move_at_restart(rf"{FOLDER}\a.txt", rf"{FOLDER}\b.txt")
    machine.files.move_at_restart(rf"{FOLDER}\b.txt", rf"{FOLDER}\c.txt")
    machine.controls.restart()
    expect(["c.txt"], list(machine.files.names(FOLDER)))


@behaviour("power.restart.moves-forgotten", source=_MOVES, needs=[Capability.RESTART])
def check_moves_are_forgotten(machine: Examinee) -> None:
    """The list of moves is gone after the restart, and with it the mark that a restart is pending."""
    _write(machine, "file.txt")
    machine.files.move_at_restart(rf"{FOLDER}\file.txt", None)
    expect(True, RestartReason.FILE_RENAME in pending_restart_reasons(machine.registry))
    machine.controls.restart()
    expect(None, machine.registry.get(_SESSION_MANAGER, "PendingFileRenameOperations"))


@behaviour("power.restart.marks", source=_MARKS, needs=[Capability.RESTART])
def check_marks_go_with_the_restart(machine: Examinee) -> None:
    """The mark of servicing that a restart is pending is volatile: the restart itself takes it away."""
    mark_restart_pending(machine.registry, RestartReason.SERVICING)
    expect(True, RestartReason.SERVICING in pending_restart_reasons(machine.registry))
    machine.controls.restart()
    expect(False, RestartReason.SERVICING in pending_restart_reasons(machine.registry))


@behaviour("power.restart.sessions", source=_BOOT, needs=[Capability.RESTART, Capability.USERS])
def check_sessions_are_of_this_boot(machine: Examinee) -> None:
    """Nothing of a user's session before the restart is left: whoever is there has signed in since."""
    machine.controls.restart()
    ids = {session.id for session in machine.sessions.signed_in()}
    strays = [one.name for one in machine.processes.running() if one.session_id and one.session_id not in ids]
    expect([], [name for name in strays if name.lower() not in ("csrss.exe", "winlogon.exe", "dwm.exe", "logonui.exe")])


# Shutdown, and fast startup


@behaviour("power.shutdown.full", source=_FAST, needs=[Capability.RESTART])
def check_a_full_shutdown_is_the_end(machine: Examinee) -> None:
    """After a full shutdown the machine starts from scratch, without volatile keys."""
    before = machine.power.booted_at
    _leave_keys(machine)
    machine.controls.shut_down_and_start(hybrid=False)
    expect((_ONE, False), _found_keys(machine))
    expect(True, machine.power.booted_at > before)


@behaviour("power.fast-startup.boot-time", source=_FAST, needs=[Capability.RESTART])
def check_a_fast_startup_is_no_start(machine: Examinee) -> None:
    """With fast startup, turning a machine off and on does not count as a start, and uptime goes on."""
    before, uptime = machine.power.booted_at, machine.controls.uptime
    machine.controls.shut_down_and_start(hybrid=True)
    expect(True, _is_same_boot(machine, before))
    expect(True, machine.controls.uptime >= uptime)


@behaviour("power.fast-startup.moves", source=_FAST, needs=[Capability.RESTART])
def check_moves_wait_for_a_restart(machine: Examinee) -> None:
    """With fast startup, moves that wait for a restart still wait after turning the machine off and on."""
    _write(machine, "file.txt")
    machine.files.move_at_restart(rf"{FOLDER}\file.txt", None)
    machine.controls.shut_down_and_start(hybrid=True)
    expect(True, machine.files.exists(rf"{FOLDER}\file.txt"))
    machine.controls.restart()
    expect(False, machine.files.exists(rf"{FOLDER}\file.txt"))


@behaviour("power.fast-startup.volatile", source=_FAST, needs=[Capability.RESTART])
def check_volatile_keys_outlast_a_fast_startup(machine: Examinee) -> None:
    """With fast startup, volatile keys of the machine are there after turning it off and on: the kernel was kept."""
    _leave_keys(machine)
    machine.controls.shut_down_and_start(hybrid=True)
    expect((_ONE, True), _found_keys(machine))


# Sleep


@behaviour("power.sleep.boot-time", source=_SLEEP, needs=[Capability.SLEEP])
def check_sleep_is_no_start(machine: Examinee) -> None:
    """Waking up is no start."""
    before = machine.power.booted_at
    machine.controls.sleep(_HOUR)
    expect(True, _is_same_boot(machine, before))


@behaviour("power.sleep.volatile", source=_SLEEP, needs=[Capability.SLEEP])
def check_memory_outlasts_sleep(machine: Examinee) -> None:
    """What only memory holds, a volatile key, is there after sleep."""
    _leave_keys(machine)
    machine.controls.sleep(_HOUR)
    expect((_ONE, True), _found_keys(machine))


@behaviour("power.sleep.waits", source=_WAITS, needs=[Capability.SLEEP])
def check_waits_do_not_count_sleep(machine: Examinee) -> None:
    """A program that waits for some minutes waits on after an hour of sleep: what it slept does not count."""
    pid = _start_sleeper(machine, "120")
    machine.controls.sleep(_HOUR)
    expect(True, _runs(machine, pid))
    machine.pass_time(timedelta(seconds=130))
    expect(False, _runs(machine, pid))


# Power loss


@behaviour("power.loss.registry", source=_LOSS, needs=[Capability.POWER_LOSS])
def check_keys_outlast_a_power_loss(machine: Examinee) -> None:
    """What was written to the registry, and has reached the disk, is there after a power loss; volatile keys go."""
    _leave_keys(machine)
    machine.pass_time(timedelta(minutes=2))
    machine.controls.lose_power()
    expect((_ONE, False), _found_keys(machine))


@behaviour("power.loss.files", source=_LOSS, needs=[Capability.POWER_LOSS])
def check_files_outlast_a_power_loss(machine: Examinee) -> None:
    """A file that had time to reach the disk is whole after a power loss."""
    _write(machine, "file.txt", b"whole")
    machine.pass_time(timedelta(minutes=2))
    machine.controls.lose_power()
    expect(b"whole", _read(machine, "file.txt"))


@behaviour("power.loss.boot-time", source=_BOOT, needs=[Capability.POWER_LOSS])
def check_a_power_loss_is_a_start(machine: Examinee) -> None:
    """When the power is back the machine starts from scratch, with processes of that start alone."""
    before = machine.power.booted_at
    machine.controls.lose_power()
    expect(True, machine.power.booted_at > before)
    check_processes_are_of_this_boot.function(machine)


@behaviour("power.loss.moves", source=_MOVES, needs=[Capability.POWER_LOSS])
def check_moves_are_made_after_a_power_loss(machine: Examinee) -> None:
    """Moves that wait for a restart are made at the start after a power loss as well."""
    _write(machine, "file.txt")
    machine.files.move_at_restart(rf"{FOLDER}\file.txt", None)
    machine.pass_time(timedelta(minutes=2))
    machine.controls.lose_power()
    expect(False, machine.files.exists(rf"{FOLDER}\file.txt"))


# Writing checks


def _is_same_boot(machine: Machine, before: datetime) -> bool:
    return abs(machine.power.booted_at - before) < _ROUNDING


def _write(machine: Machine, name: str, data: bytes = b"x") -> None:
    machine.files.make_folder(FOLDER)
    with machine.files.open(rf"{FOLDER}\{name}", "wb") as file:
        file.write(data)


def _read(machine: Machine, name: str) -> bytes:
    with machine.files.open(rf"{FOLDER}\{name}") as file:
        return file.read()


def _leave_keys(machine: Machine) -> None:
    """Make a value in a lasting key, and a volatile key beside it."""
    machine.registry.set(KEY.child("lasting"), "x", _ONE)
    machine.registry.create(KEY.child("volatile"), volatile=True)


def _found_keys(machine: Machine) -> tuple[RegistryValue | None, bool]:
    return machine.registry.get(KEY.child("lasting"), "x"), machine.registry.exists(KEY.child("volatile"))


def _start_sleeper(machine: Examinee, seconds: str) -> int:
    """Start a program that does nothing for some seconds; return its process id."""
    command = Command(
        command_line=f"{machine.probe} sleep:{seconds}",
        working_directory=r"C:\Windows",
        parent_bits=64 if machine.facts.is_64_bit else 32,
    )
    process = machine.processes.start(command)
    machine.pass_time(_SECOND)
    return process.info.pid


def _runs(machine: Machine, pid: int) -> bool:
    return any(one.pid == pid for one in machine.processes.running())
