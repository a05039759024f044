"""What every machine's `winreg` must do with keys: opening, making, listing, deleting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness.machine.contract.check import KEY, Examinee, behaviour, expect
from harness.machine.contract.winreging import expect_os_error, expect_raises, made

_PYTHON = "docs.python.org, winreg; CPython's PC/winreg.c"
_TRIED = "CPython's PC/winreg.c; tried with CPython 3.13 under Wine 8"
_RIGHTS = 'learn.microsoft.com, "Registry Key Security and Access Rights"'

_MISSING, _DENIED, _BAD_PATH, _NO_MORE = 2, 5, 161, 259


@behaviour("winreg.keys.missing", source=_TRIED)
def check_opening_a_missing_key(machine: Examinee) -> None:
    """Opening a key that is not there is a FileNotFoundError with error 2."""
    winreg = machine.winreg
    with expect_os_error(_MISSING, FileNotFoundError):
        winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY.key)
    with made(machine) as key, expect_os_error(_MISSING, FileNotFoundError):
        winreg.OpenKey(key, "below")


@behaviour("winreg.keys.leading-backslash", source="winerror.h; " + _TRIED)
def check_leading_backslash(machine: Examinee) -> None:
    """A path that begins with a backslash is error 161, whatever is there."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "x").Close()
        for call in (winreg.OpenKey, winreg.CreateKey, winreg.DeleteKey):
            with expect_os_error(_BAD_PATH, FileNotFoundError):
                call(key, r"\x")


@behaviour("winreg.keys.other-backslashes", source=_TRIED)
def check_other_backslashes(machine: Examinee) -> None:
    """A backslash at the end, or two in a row, make no difference."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "a\\\\b\\").Close()
        with winreg.OpenKey(key, "a\\b") as below:
            winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "x")
            expect((0, 0), winreg.QueryInfoKey(below)[:2])
        winreg.OpenKey(key, "a\\\\\\b\\\\").Close()


@behaviour("winreg.keys.slash", source=_TRIED)
def check_slash(machine: Examinee) -> None:
    """A slash is an ordinary character."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "text/html").Close()
        expect("text/html", winreg.EnumKey(key, 0))
        with expect_os_error(_MISSING):
            winreg.OpenKey(key, "text")


@behaviour("winreg.keys.case", source=_PYTHON)
def check_case(machine: Examinee) -> None:
    """A key is found in any spelling and listed in the one it was made with."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "MixedCase").Close()
        winreg.CreateKey(key, "mixedCASE").Close()
        winreg.OpenKey(key, "MIXEDCASE").Close()
        expect(("MixedCase", 1), (winreg.EnumKey(key, 0), winreg.QueryInfoKey(key)[0]))


@behaviour("winreg.keys.above", source=_PYTHON)
def check_keys_above_are_made(machine: Examinee) -> None:
    """Making a key makes those above it, and so does setting the default value of one."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKeyEx(key, r"a\b\c").Close()
        winreg.SetValue(key, r"d\e", winreg.REG_SZ, "text")
        expect(["a", "d"], [winreg.EnumKey(key, index) for index in range(2)])
        expect("text", winreg.QueryValue(key, r"d\e"))


@behaviour("winreg.keys.longest-name", source="wdm.h, REG_MAX_KEY_NAME_LENGTH; CPython's test_winreg")
def check_longest_name(machine: Examinee) -> None:
    """A key with a name of 256 characters is made, and listed with all of them."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValue(key, "x" * 256, winreg.REG_SZ, "x")
        expect("x" * 256, winreg.EnumKey(key, 0))


@behaviour("winreg.keys.nul", source=_TRIED)
def check_nul_in_a_path(machine: Examinee) -> None:
    """A NUL in a path is a ValueError; bytes are a TypeError."""
    winreg = machine.winreg
    with made(machine) as key:
        for call in (winreg.OpenKey, winreg.CreateKey, winreg.DeleteKey, winreg.QueryValue):
            with expect_raises(ValueError):
                call(key, "a\0b")
            with expect_raises(TypeError):
                call(key, b"a")


@behaviour("winreg.keys.arguments", source=_PYTHON)
def check_arguments(machine: Examinee) -> None:
    """`OpenKey` and `CreateKeyEx` take keywords; `CreateKey`, `EnumKey` and the others do not."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKeyEx(key=key, sub_key="x", reserved=0, access=winreg.KEY_READ).Close()
        winreg.OpenKey(key=key, sub_key="x", access=winreg.KEY_READ).Close()
        winreg.DeleteKeyEx(key=key, sub_key="x", reserved=0)
        with expect_raises(TypeError):
            winreg.CreateKey(key=key, sub_key="x")
        with expect_raises(TypeError):
            winreg.EnumKey(key=key, index=0)


@behaviour("winreg.keys.access-number", source=_TRIED)
def check_access_is_a_number(machine: Examinee) -> None:
    """The access mask is a number that fits into 32 bits with a sign."""
    winreg = machine.winreg
    with made(machine) as key:
        with expect_raises(OverflowError):
            winreg.OpenKey(key, "", 0, 2**31)
        with expect_raises(TypeError):
            winreg.OpenKey(key, "", 0, "read")


@behaviour("winreg.keys.default-rights", source=_PYTHON + "; " + _RIGHTS)
def check_default_rights(machine: Examinee) -> None:
    """`OpenKey` opens for reading, `CreateKeyEx` for writing, `CreateKey` for both."""
    winreg = machine.winreg
    with made(machine) as key:
        with winreg.OpenKey(key, "") as reading, expect_os_error(_DENIED, PermissionError):
            winreg.SetValueEx(reading, "x", 0, winreg.REG_SZ, "x")
        with winreg.CreateKeyEx(key, "below") as writing, expect_os_error(_DENIED, PermissionError):
            winreg.QueryValueEx(writing, "x")
        with winreg.CreateKey(key, "below") as both:
            winreg.SetValueEx(both, "x", 0, winreg.REG_SZ, "x")
            expect("x", winreg.QueryValueEx(both, "x")[0])


@behaviour("winreg.keys.right-to-list", source=_RIGHTS)
def check_listing_needs_its_right(machine: Examinee) -> None:
    """Keys are listed through a handle with KEY_ENUMERATE_SUB_KEYS only, values through one with KEY_QUERY_VALUE."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "below").Close()
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "x")
        with winreg.OpenKey(key, "", 0, winreg.KEY_QUERY_VALUE) as values, expect_os_error(_DENIED):
            winreg.EnumKey(values, 0)
        with winreg.OpenKey(key, "", 0, winreg.KEY_ENUMERATE_SUB_KEYS) as keys:
            expect("below", winreg.EnumKey(keys, 0))
            with expect_os_error(_DENIED):
                winreg.EnumValue(keys, 0)


@behaviour("winreg.keys.no-rights", source="ReactOS, ntoskrnl/se/accesschk.c; from memory of Windows")
def check_no_rights(machine: Examinee) -> None:
    """Who asks for no rights at all is denied, also with a flag for a view."""
    winreg = machine.winreg
    with made(machine) as key:
        for access in (0, winreg.KEY_WOW64_64KEY):
            with expect_os_error(_DENIED, PermissionError):
                winreg.OpenKey(key, "", 0, access)


@behaviour("winreg.keys.rights-below", source='learn.microsoft.com, "RegOpenKeyExW" and "RegDeleteKeyExW", remarks')
def check_rights_of_a_handle_do_not_count_below(machine: Examinee) -> None:
    """Keys are made and deleted below a handle that was opened for reading: the key's own list decides."""
    winreg = machine.winreg
    with made(machine) as key, winreg.OpenKey(key, "") as reading:
        winreg.CreateKey(reading, "below").Close()
        winreg.DeleteKey(reading, "below")
        expect(0, winreg.QueryInfoKey(key)[0])


@behaviour("winreg.keys.reserved", source='learn.microsoft.com, "RegCreateKeyExW"; ' + _TRIED)
def check_reserved_argument(machine: Examinee) -> None:
    """What is reserved must be 0 for `CreateKeyEx`, error 87."""
    with made(machine) as key, expect_os_error(87):
        machine.winreg.CreateKeyEx(key, "x", 1)


@behaviour("winreg.keys.list", source=_PYTHON)
def check_listing_keys(machine: Examinee) -> None:
    """Keys are listed by index and in the order of their names, until error 259."""
    winreg = machine.winreg
    with made(machine) as key:
        for name in ("b", "C", "a"):
            winreg.CreateKey(key, name).Close()
        expect(["a", "b", "C"], [winreg.EnumKey(key, index) for index in range(3)])
        for index in (3, -1):
            with expect_os_error(_NO_MORE):
                winreg.EnumKey(key, index)


@behaviour("winreg.keys.list-changing", source=_TRIED)
def check_listing_keys_while_they_go(machine: Examinee) -> None:
    """An index counts anew each time: who deletes what is listed gets every key with index 0."""
    winreg = machine.winreg
    with made(machine) as key:
        for name in ("a", "b", "c"):
            winreg.CreateKey(key, name).Close()
        gone = []
        while winreg.QueryInfoKey(key)[0]:
            gone.append(winreg.EnumKey(key, 0))
            winreg.DeleteKey(key, gone[-1])
        expect(["a", "b", "c"], gone)


@behaviour("winreg.keys.info", source=_PYTHON)
def check_info(machine: Examinee) -> None:
    """`QueryInfoKey` counts keys and values, and tells the last-write time in tenths of microseconds since 1601."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.CreateKey(key, "below").Close()
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "x")
        winreg.SetValueEx(key, "y", 0, winreg.REG_SZ, "y")
        keys, values, ticks = winreg.QueryInfoKey(key)
        expect((1, 2), (keys, values))
        expect(machine.registry.modified(KEY), datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10))


@behaviour("winreg.keys.delete-missing", source=_TRIED)
def check_deleting_a_missing_key(machine: Examinee) -> None:
    """Deleting a key that is not there is error 2; without a name it is a TypeError."""
    winreg = machine.winreg
    with made(machine) as key:
        for delete in (winreg.DeleteKey, winreg.DeleteKeyEx):
            with expect_os_error(_MISSING, FileNotFoundError):
                delete(key, "below")
            with expect_raises(TypeError):
                delete(key, None)


@behaviour("winreg.keys.delete-full", source=_PYTHON)
def check_deleting_a_key_with_others_below(machine: Examinee) -> None:
    """A key with keys below it is not deleted, error 5; one with values is."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValue(key, r"a\b", winreg.REG_SZ, "x")
        for delete in (winreg.DeleteKey, winreg.DeleteKeyEx):
            with expect_os_error(_DENIED, PermissionError):
                delete(key, "a")
        winreg.DeleteKey(key, r"a\b")
        winreg.DeleteKeyEx(key, "a")
        expect(0, winreg.QueryInfoKey(key)[0])


@behaviour(
    "winreg.keys.delete-itself", source="Wine's dlls/advapi32/tests/registry.c, which passes on Windows; " + _TRIED
)
def check_deleting_the_key_itself(machine: Examinee) -> None:
    """The empty name deletes the key of the handle itself."""
    winreg = machine.winreg
    with made(machine) as key:
        with winreg.CreateKey(key, "below") as below:
            winreg.DeleteKey(below, "")
        expect(0, winreg.QueryInfoKey(key)[0])


@behaviour("winreg.keys.flush", source=_PYTHON)
def check_flush(machine: Examinee) -> None:
    """Flushing a key returns nothing and changes nothing."""
    with made(machine) as key:
        expect(None, machine.winreg.FlushKey(key))


@behaviour("winreg.keys.this-computer", source=_PYTHON)
def check_connecting_to_this_computer(machine: Examinee) -> None:
    """Without a name `ConnectRegistry` connects to the computer itself."""
    winreg = machine.winreg
    with made(machine), winreg.ConnectRegistry(None, winreg.HKEY_LOCAL_MACHINE) as root:
        winreg.OpenKey(root, KEY.key).Close()


@behaviour("winreg.keys.save", source='learn.microsoft.com, "RegSaveKeyW", "RegLoadKeyW", "LocalSystem Account"')
def check_hive_files_need_privileges(machine: Examinee) -> None:
    """Saving and loading hives fails with error 1314 for a program that has not enabled the privileges."""
    winreg = machine.winreg
    with made(machine) as key, expect_os_error(1314):
        winreg.SaveKey(key, r"C:\ProgramData\ImeHarnessContract.hiv")
    with expect_os_error(1314):
        winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, "ImeHarness", r"C:\ProgramData\ImeHarnessContract.hiv")
