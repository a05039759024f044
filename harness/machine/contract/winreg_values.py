"""What every machine's `winreg` must do with values: reading, writing, listing, and what becomes of the data."""

from __future__ import annotations

from typing import Any

from harness.machine.contract.check import Examinee, behaviour, expect
from harness.machine.contract.winreging import expect_os_error, expect_raises, made

_PYTHON = "docs.python.org, winreg; CPython's PC/winreg.c"
_TRIED = "CPython's PC/winreg.c; tried with CPython 3.13 under Wine 8"

_MISSING, _DENIED, _INVALID_DATA, _NO_MORE = 2, 5, 13, 259


def _expect_back(machine: Examinee, type_: int, written: Any, read: Any) -> None:
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "x", 0, type_, written)
        expect((read, type_), winreg.QueryValueEx(key, "x"))


def _expect_refused(machine: Examinee, type_: int, written: Any, kind: type[Exception]) -> None:
    with made(machine) as key, expect_raises(kind):
        machine.winreg.SetValueEx(key, "x", 0, type_, written)


@behaviour("winreg.values.missing", source=_TRIED)
def check_missing_value(machine: Examinee) -> None:
    """A value that is not there, the default one too, is error 2 to read and to delete."""
    winreg = machine.winreg
    with made(machine) as key:
        for name in ("x", "", None):
            for call in (winreg.QueryValueEx, winreg.DeleteValue):
                with expect_os_error(_MISSING, FileNotFoundError):
                    call(key, name)


@behaviour("winreg.values.default", source=_PYTHON)
def check_default_value(machine: Examinee) -> None:
    """None and the empty name mean the default value."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, None, 0, winreg.REG_SZ, "text")
        expect(("text", winreg.REG_SZ), winreg.QueryValueEx(key, ""))
        expect("text", winreg.QueryValue(key, None))
        expect("", winreg.EnumValue(key, 0)[0])
        winreg.DeleteValue(key, None)
        expect(0, winreg.QueryInfoKey(key)[1])


@behaviour("winreg.values.no-default", source=_TRIED)
def check_missing_default_value(machine: Examinee) -> None:
    """`QueryValue` gives an empty text for a missing default value, and error 13 for one that is no REG_SZ."""
    winreg = machine.winreg
    with made(machine) as key:
        expect("", winreg.QueryValue(key, None))
        winreg.SetValueEx(key, "", 0, winreg.REG_EXPAND_SZ, "text")
        with expect_os_error(_INVALID_DATA):
            winreg.QueryValue(key, None)


@behaviour("winreg.values.set-value", source=_PYTHON)
def check_set_value_takes_text_only(machine: Examinee) -> None:
    """`SetValue` takes no type but REG_SZ and nothing but text."""
    winreg = machine.winreg
    with made(machine) as key:
        with expect_raises(TypeError):
            winreg.SetValue(key, "", winreg.REG_DWORD, "1")
        with expect_raises(TypeError):
            winreg.SetValue(key, "", winreg.REG_SZ, 1)
        expect((0, 0), winreg.QueryInfoKey(key)[:2])


@behaviour("winreg.values.names", source=_PYTHON)
def check_names(machine: Examinee) -> None:
    """A value's name may hold backslashes, is found in any spelling, and is listed in the first one."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, r"C:\Path", 0, winreg.REG_SZ, "1")
        winreg.SetValueEx(key, r"c:\PATH", 0, winreg.REG_SZ, "2")
        expect(("2", winreg.REG_SZ), winreg.QueryValueEx(key, r"C:\path"))
        expect((r"C:\Path", "2", winreg.REG_SZ), winreg.EnumValue(key, 0))


@behaviour("winreg.values.nul-in-name", source=_TRIED)
def check_nul_in_a_name(machine: Examinee) -> None:
    """A NUL in a value's name is a ValueError; bytes are a TypeError."""
    winreg = machine.winreg
    with made(machine) as key:
        for name, kind in (("a\0b", ValueError), (b"a", TypeError), (1, TypeError)):
            with expect_raises(kind):
                winreg.QueryValueEx(key, name)
            with expect_raises(kind):
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, "")


@behaviour("winreg.values.longest-name", source='learn.microsoft.com, "Registry Element Size Limits"; ' + _TRIED)
def check_longest_name(machine: Examinee) -> None:
    """A value's name has at most 16,383 characters, error 87."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "v" * 16_383, 0, winreg.REG_SZ, "x")
        expect("v" * 16_383, winreg.EnumValue(key, 0)[0])
        with expect_os_error(87):
            winreg.SetValueEx(key, "v" * 16_384, 0, winreg.REG_SZ, "x")


@behaviour("winreg.values.list", source=_PYTHON + "; the order from memory of Windows")
def check_listing_values(machine: Examinee) -> None:
    """Values are listed by index as name, data and type, in the order they were made, until error 259."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "b", 0, winreg.REG_SZ, "1")
        winreg.SetValueEx(key, "a", 0, winreg.REG_DWORD, 2)
        winreg.SetValueEx(key, "b", 0, winreg.REG_SZ, "3")
        expect(("b", "3", winreg.REG_SZ), winreg.EnumValue(key, 0))
        expect(("a", 2, winreg.REG_DWORD), winreg.EnumValue(key, 1))
        for index in (2, -1):
            with expect_os_error(_NO_MORE):
                winreg.EnumValue(key, index)


@behaviour("winreg.values.rights", source='learn.microsoft.com, "RegSetValueExW"; ' + _TRIED)
def check_rights(machine: Examinee) -> None:
    """A value is set and deleted through a handle with KEY_SET_VALUE only, whatever the key's own list says."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "x")
        with winreg.OpenKey(key, "", 0, winreg.KEY_READ) as reading:
            with expect_os_error(_DENIED, PermissionError):
                winreg.SetValueEx(reading, "x", 0, winreg.REG_SZ, "y")
            with expect_os_error(_DENIED, PermissionError):
                winreg.DeleteValue(reading, "x")
        with winreg.OpenKey(key, "", 0, winreg.KEY_SET_VALUE) as writing:
            winreg.DeleteValue(writing, "x")


@behaviour("winreg.data.type-number", source=_TRIED)
def check_type_is_a_number(machine: Examinee) -> None:
    """The type is a number without a sign that fits into 32 bits."""
    with made(machine) as key:
        for type_, kind in (("x", TypeError), (None, TypeError), (2**32, OverflowError)):
            with expect_raises(kind):
                machine.winreg.SetValueEx(key, "x", 0, type_, b"")


@behaviour("winreg.data.text", source=_TRIED)
def check_text(machine: Examinee) -> None:
    """Text comes back as it was, letters outside the first 65,536 and halves of such too; None is the empty text."""
    for type_ in (machine.winreg.REG_SZ, machine.winreg.REG_EXPAND_SZ):
        for written, read in (("täxt", "täxt"), ("\U0001f600", "\U0001f600"), ("\ud800", "\ud800"), (None, "")):
            _expect_back(machine, type_, written, read)


@behaviour("winreg.data.text-nul", source="CPython's PC/winreg.c, since 3.8; " + _TRIED)
def check_text_ends_at_nul(machine: Examinee) -> None:
    """Text is read up to its first NUL."""
    _expect_back(machine, machine.winreg.REG_SZ, "abc\0def", "abc")


@behaviour("winreg.data.text-else", source=_TRIED)
def check_text_only(machine: Examinee) -> None:
    """Anything but text is a ValueError for a type that is text."""
    for written in (1, b"x", ["x"]):
        _expect_refused(machine, machine.winreg.REG_SZ, written, ValueError)


@behaviour("winreg.data.not-expanded", source=_PYTHON)
def check_variables_stay(machine: Examinee) -> None:
    """Variables in a REG_EXPAND_SZ are not expanded by reading it."""
    _expect_back(machine, machine.winreg.REG_EXPAND_SZ, "%windir%", "%windir%")


@behaviour("winreg.data.list", source="CPython's PC/winreg.c, since 3.8; " + _TRIED)
def check_list(machine: Examinee) -> None:
    """A list of texts comes back with its empty texts; None is the empty list."""
    multi = machine.winreg.REG_MULTI_SZ
    for written in (["a", "b"], [], [""], ["", "a", "", "", ""]):
        _expect_back(machine, multi, written, written)
    _expect_back(machine, multi, None, [])


@behaviour("winreg.data.list-nul", source=_TRIED)
def check_nul_in_a_list(machine: Examinee) -> None:
    """A NUL in one of the texts of a list makes two of it."""
    _expect_back(machine, machine.winreg.REG_MULTI_SZ, ["a\0b", "c"], ["a", "b", "c"])


@behaviour("winreg.data.list-else", source=_TRIED)
def check_list_only(machine: Examinee) -> None:
    """Anything but a list of texts is a ValueError for REG_MULTI_SZ, a tuple too."""
    for written in (("a",), "a", ["a", 1], ["a", None]):
        _expect_refused(machine, machine.winreg.REG_MULTI_SZ, written, ValueError)


@behaviour("winreg.data.dword", source=_PYTHON)
def check_dword(machine: Examinee) -> None:
    """A REG_DWORD holds 0 to 2**32 - 1; None is 0, and True is 1."""
    for written, read in ((0, 0), (0x8000_0000, 0x8000_0000), (2**32 - 1, 2**32 - 1), (None, 0), (True, 1)):
        _expect_back(machine, machine.winreg.REG_DWORD, written, read)


@behaviour("winreg.data.qword", source=_PYTHON)
def check_qword(machine: Examinee) -> None:
    """A REG_QWORD holds 0 to 2**64 - 1; None is 0."""
    for written, read in ((0, 0), (2**63, 2**63), (2**64 - 1, 2**64 - 1), (None, 0)):
        _expect_back(machine, machine.winreg.REG_QWORD, written, read)


@behaviour("winreg.data.number-range", source=_TRIED)
def check_range_of_numbers(machine: Examinee) -> None:
    """A number that is negative or too large is an OverflowError."""
    winreg = machine.winreg
    for type_, bits in ((winreg.REG_DWORD, 32), (winreg.REG_QWORD, 64)):
        for written in (-1, 2**bits, 2**80):
            _expect_refused(machine, type_, written, OverflowError)


@behaviour("winreg.data.number-else", source=_TRIED)
def check_numbers_only(machine: Examinee) -> None:
    """Anything but a whole number is a ValueError for a type that is one."""
    for type_ in (machine.winreg.REG_DWORD, machine.winreg.REG_QWORD):
        for written in ("5", 5.0, b"5"):
            _expect_refused(machine, type_, written, ValueError)


@behaviour("winreg.data.binary", source=_PYTHON)
def check_binary(machine: Examinee) -> None:
    """REG_BINARY takes whatever has bytes in it and gives bytes; none at all come back as None."""
    binary = machine.winreg.REG_BINARY
    for written in (b"\0xy", bytearray(b"\0xy"), memoryview(b"\0xy")):
        _expect_back(machine, binary, written, b"\0xy")
    for nothing in (None, b""):
        _expect_back(machine, binary, nothing, None)


@behaviour("winreg.data.binary-else", source=_TRIED)
def check_binary_only(machine: Examinee) -> None:
    """Anything without bytes in it is a TypeError for REG_BINARY and for all types that are not known better."""
    winreg = machine.winreg
    for type_ in (winreg.REG_BINARY, winreg.REG_NONE, winreg.REG_LINK, winreg.REG_DWORD_BIG_ENDIAN, 4711):
        for written in ("x", 1, [1]):
            _expect_refused(machine, type_, written, TypeError)


@behaviour("winreg.data.other-types", source=_TRIED)
def check_other_types(machine: Examinee) -> None:
    """REG_NONE, REG_LINK, big-endian numbers, resource lists and unknown types are kept as the bytes they are."""
    winreg = machine.winreg
    known = (winreg.REG_NONE, winreg.REG_LINK, winreg.REG_DWORD_BIG_ENDIAN, winreg.REG_RESOURCE_LIST)
    for type_ in (*known, winreg.REG_FULL_RESOURCE_DESCRIPTOR, winreg.REG_RESOURCE_REQUIREMENTS_LIST, 12, 4711):
        for written, read in ((b"\0\0\0\x01", b"\0\0\0\x01"), (b"abc", b"abc"), (None, None)):
            _expect_back(machine, type_, written, read)


@behaviour("winreg.data.high-types", source=_TRIED)
def check_high_types(machine: Examinee) -> None:
    """A type of 2**31 and more is read with a sign."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "x", 0, 2**32 - 1, b"x")
        expect((b"x", -1), winreg.QueryValueEx(key, "x"))


@behaviour("winreg.data.reserved", source=_PYTHON)
def check_reserved_argument(machine: Examinee) -> None:
    """What `SetValueEx` says is reserved may be anything."""
    winreg = machine.winreg
    with made(machine) as key:
        for reserved in (0, None, "anything"):
            winreg.SetValueEx(key, "x", reserved, winreg.REG_SZ, "x")
        expect(1, winreg.QueryInfoKey(key)[1])


@behaviour("winreg.environment", source='learn.microsoft.com, "ExpandEnvironmentStringsW"; ' + _TRIED)
def check_expanding_variables(machine: Examinee) -> None:
    """`ExpandEnvironmentStrings` replaces variables in any spelling and leaves alone what is none."""
    expand = machine.winreg.ExpandEnvironmentStrings
    folder = expand("%windir%")
    expect(False, "%" in folder)
    expect(rf"{folder}\x", expand(r"%WINDIR%\x"))
    expect("%ImeHarnessNone% 100% %", expand("%ImeHarnessNone% 100% %"))
    with expect_raises(TypeError):
        expand(None)
    with expect_raises(ValueError):
        expand("a\0b")
