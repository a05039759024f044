"""What every machine's `winreg` must do with handles."""

from __future__ import annotations

from harness.machine.contract.check import KEY, Examinee, behaviour, expect
from harness.machine.contract.winreging import expect_os_error, expect_raises, made

_PYTHON = "docs.python.org, winreg; CPython's PC/winreg.c"
_TRIED = "CPython's PC/winreg.c; tried with CPython 3.13 under Wine 8"

_INVALID, _DELETED = 6, 1018


@behaviour("winreg.handles.with", source=_PYTHON)
def check_with_closes(machine: Examinee) -> None:
    """A `with` statement gives the handle itself and closes it at its end."""
    with made(machine) as key:
        expect(True, bool(key))
    expect(False, bool(key))


@behaviour("winreg.handles.with-error", source=_PYTHON)
def check_with_lets_errors_pass(machine: Examinee) -> None:
    """A `with` statement that an error leaves closes the handle and lets the error pass."""
    winreg = machine.winreg
    with made(machine) as key:
        handle = winreg.OpenKey(key, "")
        with expect_os_error(2), handle:
            winreg.OpenKey(key, "missing")
        expect(False, bool(handle))


@behaviour("winreg.handles.close-twice", source=_PYTHON)
def check_close_twice(machine: Examinee) -> None:
    """Closing a handle that is closed does nothing."""
    with made(machine) as key:
        key.Close()
        key.Close()
        machine.winreg.CloseKey(key)
    expect(0, int(key))


@behaviour("winreg.handles.closed", source=_TRIED)
def check_closed_handle_is_invalid(machine: Examinee) -> None:
    """Whatever is asked of a closed handle is error 6."""
    with made(machine) as key:
        key.Close()
        with expect_os_error(_INVALID):
            machine.winreg.QueryInfoKey(key)
        with expect_os_error(_INVALID):
            machine.winreg.OpenKey(key, "below")


@behaviour("winreg.handles.number", source=_PYTHON)
def check_number_of_a_handle(machine: Examinee) -> None:
    """A handle has one number as long as it is open, which `int` and `handle` tell, and no other handle has it."""
    with made(machine) as key, made(machine) as other:
        number = int(key)
        expect((number, number), (int(key), key.handle))
        expect(True, number > 0)
        expect(False, number == int(other))


@behaviour("winreg.handles.by-number", source=_PYTHON)
def check_numbers_are_handles(machine: Examinee) -> None:
    """A number does wherever a handle does."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(int(key), "x", 0, winreg.REG_DWORD, 7)
        expect((7, winreg.REG_DWORD), winreg.QueryValueEx(int(key), "x"))
        with winreg.OpenKey(int(key), None) as same:
            expect((7, winreg.REG_DWORD), winreg.QueryValueEx(same, "x"))


@behaviour("winreg.handles.no-such-number", source=_TRIED)
def check_unknown_numbers(machine: Examinee) -> None:
    """A number that is no handle is error 6."""
    for number in (0, 0x7FFF_FFF0):
        with expect_os_error(_INVALID):
            machine.winreg.QueryInfoKey(number)


@behaviour("winreg.handles.detach", source=_PYTHON)
def check_detach(machine: Examinee) -> None:
    """A handle that is detached is empty, and the key stays open under the number until that is closed."""
    winreg = machine.winreg
    with made(machine) as key:
        number = int(key)
        expect(number, key.Detach())
        expect((False, 0, 0), (bool(key), int(key), key.Detach()))
        expect((0, 0), winreg.QueryInfoKey(number)[:2])
        winreg.CloseKey(number)
        with expect_os_error(_INVALID):
            winreg.QueryInfoKey(number)


@behaviour("winreg.handles.close-number", source=_TRIED)
def check_closing_the_number_of_a_handle(machine: Examinee) -> None:
    """A handle object does not notice that its number was closed: it is error 6 to use it, and to close it."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CloseKey(int(key))
        expect(True, bool(key))
        with expect_os_error(_INVALID):
            winreg.QueryInfoKey(key)
        with expect_os_error(_INVALID):
            key.Close()


@behaviour("winreg.handles.dropped", source=_PYTHON)
def check_dropped_handles_are_closed(machine: Examinee) -> None:
    """A handle that nobody holds any more is closed."""
    winreg = machine.winreg
    with made(machine) as key:
        handle = winreg.OpenKey(key, None)
        number = int(handle)
        del handle
        with expect_os_error(_INVALID):
            winreg.QueryInfoKey(number)


@behaviour("winreg.handles.comparison", source=_TRIED)
def check_comparison(machine: Examinee) -> None:
    """Two handles are equal only when they are one object, and have no order."""
    with made(machine) as key, made(machine) as other:
        expect((True, False), (key == key, key == other))  # noqa: PLR0124 - that is the question
        expect(2, len({key, other}))
        with expect_raises(TypeError):
            _ = key < other


@behaviour("winreg.handles.arithmetic", source=_TRIED)
def check_arithmetic(machine: Examinee) -> None:
    """A handle is no number to reckon with."""
    with made(machine) as key:
        with expect_raises(TypeError):
            _ = key + 1
        with expect_raises(TypeError):
            _ = -key
        with expect_raises(TypeError):
            float(key)


@behaviour("winreg.handles.type", source=_TRIED)
def check_type(machine: Examinee) -> None:
    """Handles are of `HKEYType`, of which nobody else makes any."""
    winreg = machine.winreg
    with made(machine) as key:
        expect((winreg.HKEYType, "winreg.PyHKEY"), (type(key), f"{type(key).__module__}.{type(key).__qualname__}"))
    with expect_raises(TypeError):
        winreg.HKEYType()


@behaviour("winreg.handles.text", source=_TRIED)
def check_text(machine: Examinee) -> None:
    """A handle prints its number in hexadecimal, as wide as a pointer."""
    with made(machine) as key:
        digits = str(key).removeprefix("<PyHKEY:0x").removesuffix(">")
        expect(int(key), int(digits, 16))
        expect(16 if machine.facts.is_64_bit else 8, len(digits))


@behaviour("winreg.handles.read-only", source=_TRIED)
def check_attributes_cannot_be_set(machine: Examinee) -> None:
    """Nothing can be assigned to a handle."""
    with made(machine) as key:
        for name in ("handle", "x"):
            with expect_raises(AttributeError):
                setattr(key, name, 1)


@behaviour("winreg.handles.wrong-type", source=_TRIED)
def check_other_things_are_no_handles(machine: Examinee) -> None:
    """Anything but a handle or a number is a TypeError, None too."""
    for thing in (None, "x", 1.0):
        with expect_raises(TypeError):
            machine.winreg.QueryInfoKey(thing)


@behaviour("winreg.handles.predefined", source="winreg.h; " + _TRIED)
def check_predefined_keys(machine: Examinee) -> None:
    """The predefined keys are numbers of 32 bits, their sign extended to a pointer; the upper half does not count."""
    winreg = machine.winreg
    expect(0x8000_0002, winreg.HKEY_LOCAL_MACHINE & 0xFFFF_FFFF)
    expect(64 if machine.facts.is_64_bit else 32, winreg.HKEY_LOCAL_MACHINE.bit_length())
    with made(machine), winreg.OpenKey(0x8000_0002, KEY.key) as key:
        expect(True, bool(key))
    with winreg.OpenKey(-0x7FFF_FFFE, KEY.key) as key:
        expect(True, bool(key))


@behaviour("winreg.handles.predefined-itself", source='learn.microsoft.com, "RegOpenKeyExW"; ' + _TRIED)
def check_opening_a_predefined_key_itself(machine: Examinee) -> None:
    """A predefined key that is opened without the name of one below it is the same handle again."""
    winreg = machine.winreg
    for name in ("", None):
        expect(winreg.HKEY_CURRENT_USER, int(winreg.OpenKey(winreg.HKEY_CURRENT_USER, name)))
    expect(winreg.HKEY_CURRENT_USER - winreg.HKEY_LOCAL_MACHINE, -1)
    expect(-0x7FFF_FFFF, winreg.OpenKey(winreg.HKEY_CURRENT_USER, None).handle)


@behaviour("winreg.handles.predefined-close", source=_TRIED)
def check_predefined_keys_stay_open(machine: Examinee) -> None:
    """Closing a predefined key does nothing."""
    winreg = machine.winreg
    winreg.CloseKey(winreg.HKEY_LOCAL_MACHINE)
    winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, None).Close()
    with made(machine):
        pass


@behaviour("winreg.handles.deleted", source="winerror.h; " + _TRIED)
def check_handle_of_a_deleted_key(machine: Examinee) -> None:
    """The handle of a deleted key is good for nothing but closing, error 1018, though the key is made anew."""
    winreg = machine.winreg
    with made(machine) as key:
        gone = winreg.CreateKey(key, "gone")
        winreg.DeleteKey(key, "gone")
        winreg.CreateKey(key, "gone").Close()
        for ask in (winreg.QueryInfoKey, lambda handle: winreg.OpenKey(handle, ""), winreg.FlushKey):
            with expect_os_error(_DELETED):
                ask(gone)
        with expect_os_error(_DELETED):
            winreg.SetValueEx(gone, "x", 0, winreg.REG_SZ, "x")
        gone.Close()
