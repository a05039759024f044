"""What every machine's registry must do with time: last-write times, watching, keys that end with a boot."""

from __future__ import annotations

from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.clock import Signal
from harness.machine.contract.check import KEY, Examinee, behaviour, expect, expect_error
from harness.model.windows import RegistryPath, RegistryValue, View

_INFO = 'learn.microsoft.com, "RegQueryInfoKeyW"; which changes count is from memory'
_NOTIFY = 'learn.microsoft.com, "RegNotifyChangeKeyValue"'
_VOLATILE = 'learn.microsoft.com, "RegCreateKeyExW", REG_OPTION_VOLATILE; winerror.h'

_TEXT = RegistryValue.of("text")
_SUB = KEY.child("sub")


# Last-write times


@behaviour("registry.times.new", source=_INFO)
def check_new_key_is_written_now(machine: Examinee) -> None:
    """A new key was last written when it was made."""
    before = machine.clock.now()
    machine.registry.create(KEY)
    after = machine.clock.now()
    # Windows counts in steps of its clock interrupt.
    step = timedelta(milliseconds=20)
    expect(True, before - step <= machine.registry.modified(KEY) <= after + step)


def _expect_written(machine: Examinee, change: str) -> None:
    """Make sure that a change of `KEY` moves its time."""
    machine.registry.set(_SUB, "value", _TEXT)
    machine.registry.set(KEY, "value", _TEXT)
    before = machine.registry.modified(KEY)
    machine.pass_time(timedelta(seconds=1))
    match change:
        case "set":
            machine.registry.set(KEY, "value", RegistryValue.of("other"))
        case "delete value":
            machine.registry.delete_value(KEY, "value")
        case "create":
            machine.registry.create(KEY.child("new"))
        case _:
            machine.registry.delete(_SUB)
    expect(True, machine.registry.modified(KEY) > before)


@behaviour("registry.times.set", source=_INFO)
def check_setting_a_value_counts(machine: Examinee) -> None:
    """Setting a value is a write to its key."""
    _expect_written(machine, "set")


@behaviour("registry.times.delete-value", source=_INFO)
def check_deleting_a_value_counts(machine: Examinee) -> None:
    """Deleting a value is a write to its key."""
    _expect_written(machine, "delete value")


@behaviour("registry.times.create", source=_INFO)
def check_making_a_subkey_counts(machine: Examinee) -> None:
    """Making a key is a write to the one it is in."""
    _expect_written(machine, "create")


@behaviour("registry.times.delete", source=_INFO)
def check_deleting_a_subkey_counts(machine: Examinee) -> None:
    """Deleting a key is a write to the one it was in."""
    _expect_written(machine, "delete")


@behaviour("registry.times.not-deeper", source=_INFO)
def check_what_happens_deeper_does_not_count(machine: Examinee) -> None:
    """Nothing that happens inside a subkey is a write to the key above, nor is reading or making it again."""
    machine.registry.set(_SUB, "value", _TEXT)
    before = machine.registry.modified(KEY)
    machine.pass_time(timedelta(seconds=1))
    machine.registry.set(_SUB, "value", RegistryValue.of("other"))
    machine.registry.create(_SUB.child("deeper"))
    machine.registry.create(KEY)
    machine.registry.subkeys(KEY)
    expect(before, machine.registry.modified(KEY))


# Watching


def _tells(machine: Examinee, signal: Signal) -> bool:
    """Return whether a signal is set, or is within a second."""
    return machine.run(machine.clock.wait(signal, timedelta(seconds=1)))


def _watched(machine: Examinee, *, below: bool = False) -> Signal:
    machine.registry.set(_SUB, "value", _TEXT)
    machine.registry.set(KEY, "value", _TEXT)
    return machine.registry.watch(KEY, below=below)


@behaviour("registry.watch.quiet", source=_NOTIFY)
def check_watching_alone_changes_nothing(machine: Examinee) -> None:
    """Whoever watches is told nothing before something changes; reading is no change."""
    signal = _watched(machine)
    machine.registry.get(KEY, "value")
    machine.registry.subkeys(KEY)
    expect(False, _tells(machine, signal))


@behaviour("registry.watch.set", source=_NOTIFY)
def check_watch_tells_of_a_set_value(machine: Examinee) -> None:
    """Whoever watches a key is told when a value in it is set."""
    signal = _watched(machine)
    machine.registry.set(KEY, "value", RegistryValue.of("other"))
    expect(True, _tells(machine, signal))


@behaviour("registry.watch.delete-value", source=_NOTIFY)
def check_watch_tells_of_a_deleted_value(machine: Examinee) -> None:
    """Whoever watches a key is told when a value in it is deleted."""
    signal = _watched(machine)
    machine.registry.delete_value(KEY, "value")
    expect(True, _tells(machine, signal))


@behaviour("registry.watch.create", source=_NOTIFY)
def check_watch_tells_of_a_new_subkey(machine: Examinee) -> None:
    """Whoever watches a key is told when a key is made in it."""
    signal = _watched(machine)
    machine.registry.create(KEY.child("new"))
    expect(True, _tells(machine, signal))


@behaviour("registry.watch.delete", source=_NOTIFY)
def check_watch_tells_of_a_deleted_subkey(machine: Examinee) -> None:
    """Whoever watches a key is told when a key in it is deleted."""
    signal = _watched(machine)
    machine.registry.delete(_SUB)
    expect(True, _tells(machine, signal))


@behaviour("registry.watch.key-deleted", source="from memory of Windows 10 and 11")
def check_watch_tells_of_its_end(machine: Examinee) -> None:
    """Whoever watches a key is told when it is deleted itself."""
    signal = _watched(machine)
    machine.registry.delete(KEY)
    expect(True, _tells(machine, signal))


@behaviour("registry.watch.not-deeper", source=_NOTIFY)
def check_watch_tells_nothing_of_what_is_deeper(machine: Examinee) -> None:
    """Whoever watches a key alone is told nothing of values below."""
    signal = _watched(machine)
    machine.registry.set(_SUB, "value", RegistryValue.of("other"))
    expect(False, _tells(machine, signal))


@behaviour("registry.watch.below", source=_NOTIFY)
def check_watch_of_a_tree(machine: Examinee) -> None:
    """Whoever watches a key with all below is told of changes at any depth."""
    signals = [_watched(machine, below=True)]
    machine.registry.set(_SUB, "value", RegistryValue.of("other"))
    signals.append(machine.registry.watch(KEY, below=True))
    machine.registry.create(_SUB.child(r"one\two"))
    signals.append(machine.registry.watch(KEY, below=True))
    machine.registry.delete(_SUB.child(r"one\two"))
    expect([True, True, True], [_tells(machine, signal) for signal in signals])


@behaviour("registry.watch.once", source=_NOTIFY)
def check_watch_has_to_be_renewed(machine: Examinee) -> None:
    """One watch tells of one change; for the next one it has to be asked for again."""
    machine.registry.create(KEY)
    for number in range(2):
        signal = machine.registry.watch(KEY)
        expect(False, _tells(machine, signal))
        machine.registry.set(KEY, "value", RegistryValue.of(number))
        expect(True, _tells(machine, signal))


@behaviour("registry.watch.views", source=_NOTIFY, needs=[Capability.WOW64])
def check_watch_goes_by_the_view(machine: Examinee) -> None:
    """Whoever watches a key of one half is told nothing of the other's."""
    for view in View:
        machine.registry.create(KEY, view)
    signals = [machine.registry.watch(KEY, view) for view in View]
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    expect([False, True], [_tells(machine, signal) for signal in signals])


@behaviour("registry.watch.missing", source="winerror.h; from memory of Windows 10 and 11")
def check_missing_key_cannot_be_watched(machine: Examinee) -> None:
    """Watching a key that is not there is error 2."""
    with expect_error(2):
        machine.registry.watch(KEY)


# Volatile keys


@behaviour("registry.volatile.use", source=_VOLATILE)
def check_volatile_key_is_a_key(machine: Examinee) -> None:
    """A volatile key holds values and volatile keys as others do."""
    machine.registry.create(KEY.child("volatile"), volatile=True)
    machine.registry.set(KEY.child("volatile"), "value", _TEXT)
    machine.registry.create(KEY.child(r"volatile\sub"), volatile=True)
    expect(_TEXT, machine.registry.get(KEY.child("volatile"), "value"))
    expect(["sub"], list(machine.registry.subkeys(KEY.child("volatile"))))


@behaviour("registry.volatile.lasting-below", source=_VOLATILE)
def check_no_lasting_key_below_a_volatile_one(machine: Examinee) -> None:
    """A key below a volatile one has to be volatile too: error 1021."""
    machine.registry.create(KEY, volatile=True)
    with expect_error(1021):
        machine.registry.create(KEY.child("sub"))


@behaviour("registry.volatile.hardware", source='learn.microsoft.com, "Registry Hives"; from memory')
def check_hardware_is_volatile(machine: Examinee) -> None:
    r"""HKLM\HARDWARE is volatile: a lasting key there is error 1021."""
    with expect_error(1021):
        machine.registry.create(RegistryPath.parse(r"HKLM\HARDWARE\ImeHarnessContract"))


@behaviour("registry.volatile.restart", source=_VOLATILE, needs=[Capability.RESTART])
def check_volatile_keys_end_with_a_restart(machine: Examinee) -> None:
    """After a restart volatile keys are gone, with their values; others are there with theirs."""
    machine.registry.set(KEY.child("lasting"), "value", _TEXT)
    machine.registry.create(KEY.child("volatile"), volatile=True)
    machine.registry.set(KEY.child("volatile"), "value", _TEXT)
    machine.controls.restart()
    expect(["lasting"], list(machine.registry.subkeys(KEY)))
    expect(_TEXT, machine.registry.get(KEY.child("lasting"), "value"))


@behaviour("registry.volatile.existing", source=_VOLATILE, needs=[Capability.RESTART])
def check_lasting_key_stays_lasting(machine: Examinee) -> None:
    """A key that is there stays what it is, whatever it is made as the second time."""
    machine.registry.create(KEY.child("lasting"))
    machine.registry.create(KEY.child("lasting"), volatile=True)
    machine.controls.restart()
    expect(True, machine.registry.exists(KEY.child("lasting")))
