"""What `winreg` must do about the two halves of a 64-bit Windows, and which errors it raises."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import CLASS_KEY, KEY, USER_KEY, Examinee, behaviour, expect
from harness.machine.contract.winreging import expect_os_error, made
from harness.model.windows import RegistryValue, View

_VIEWS = 'learn.microsoft.com, "Accessing an Alternate Registry View"'
_TRIED = "CPython's PC/winreg.c; tried with CPython 3.13 under Wine 8"


@behaviour("winreg.views.both", source=_VIEWS)
def check_both_views(machine: Examinee) -> None:
    """Asking for both views at once is error 87."""
    winreg = machine.winreg
    both = winreg.KEY_WOW64_32KEY | winreg.KEY_WOW64_64KEY
    with made(machine) as key:
        with expect_os_error(87):
            winreg.OpenKey(key, "", 0, winreg.KEY_READ | both)
        with expect_os_error(87):
            winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY.key, 0, winreg.KEY_READ | both)


@behaviour("winreg.views.32", source=_VIEWS, needs=[Capability.WOW64])
def check_other_view(machine: Examinee) -> None:
    """KEY_WOW64_32KEY makes and finds a key in the 32-bit half, and nowhere else."""
    winreg = machine.winreg
    access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_32KEY
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY.key, 0, access) as key:
        winreg.SetValueEx(key, "x", 0, winreg.REG_DWORD, 32)
    expect(RegistryValue.of(32), machine.registry.get(KEY, "x", View.VIEW_32))
    with expect_os_error(2, FileNotFoundError):
        winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY.key)


@behaviour(
    "winreg.views.handle",
    source="tried with CPython 3.13 under Wine 8; from memory of Windows",
    needs=[Capability.WOW64],
)
def check_handle_remembers_its_view(machine: Examinee) -> None:
    """What is below a handle is found where the handle points, also without the flag."""
    winreg = machine.winreg
    access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_32KEY
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY.key, 0, access) as key:
        winreg.CreateKey(key, "below").Close()
    expect(True, machine.registry.exists(KEY.child("below"), View.VIEW_32))
    expect(False, machine.registry.exists(KEY))


@behaviour("winreg.views.delete", source='learn.microsoft.com, "RegDeleteKeyExW"', needs=[Capability.WOW64])
def check_deleting_in_a_view(machine: Examinee) -> None:
    """`DeleteKeyEx` deletes in the half it is told."""
    winreg = machine.winreg
    for view in View:
        machine.registry.create(KEY, view)
    winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY.key, winreg.KEY_WOW64_32KEY)
    expect([True, False], [machine.registry.exists(KEY, view) for view in (View.VIEW_64, View.VIEW_32)])
    winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY.key)
    expect(False, machine.registry.exists(KEY))


@behaviour("winreg.views.shared", source='learn.microsoft.com, "Registry Keys Affected by WOW64"')
def check_views_of_shared_keys(machine: Examinee) -> None:
    """The flags make no difference for keys that both halves share."""
    winreg = machine.winreg
    for root, path in ((winreg.HKEY_LOCAL_MACHINE, CLASS_KEY), (winreg.HKEY_CURRENT_USER, USER_KEY)):
        winreg.CreateKeyEx(root, path.key, 0, winreg.KEY_WRITE | winreg.KEY_WOW64_32KEY).Close()
        winreg.OpenKey(root, path.key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY).Close()


@behaviour("winreg.views.port", source="docs.python.org, winreg")
def check_what_is_written_is_there(machine: Examinee) -> None:
    """What is written through `winreg` is in the registry at once, and the other way round."""
    winreg = machine.winreg
    with made(machine) as key:
        winreg.SetValueEx(key, "x", 0, winreg.REG_MULTI_SZ, ["a", "b"])
        expect(RegistryValue.of(("a", "b")), machine.registry.get(KEY, "x"))
        machine.registry.set(KEY, "y", RegistryValue.of(b"bytes"))
        expect((b"bytes", winreg.REG_BINARY), winreg.QueryValueEx(key, "y"))


@behaviour("winreg.views.classes", source='learn.microsoft.com, "Merged View of HKEY_CLASSES_ROOT"')
def check_classes_root(machine: Examinee) -> None:
    """HKEY_CLASSES_ROOT shows the machine's classes, and new ones are made there."""
    winreg = machine.winreg
    with winreg.CreateKeyEx(winreg.HKEY_CLASSES_ROOT, CLASS_KEY.name, 0, winreg.KEY_ALL_ACCESS) as key:
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "text")
        winreg.CreateKey(key, "below").Close()
        expect((1, 1), winreg.QueryInfoKey(key)[:2])
        expect(("below", ("x", "text", winreg.REG_SZ)), (winreg.EnumKey(key, 0), winreg.EnumValue(key, 0)))
    expect(RegistryValue.of("text"), machine.registry.get(CLASS_KEY, "x"))


@behaviour("winreg.errors.class", source="CPython's Objects/exceptions.c; " + _TRIED)
def check_errors_are_os_errors(machine: Examinee) -> None:
    """`error` is OSError, and what is raised is one whose error number belongs to the code of Windows."""
    winreg = machine.winreg
    expect(OSError, winreg.error)
    try:
        winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY.key)
    except winreg.error as error:
        expect((2, 2, None), (error.winerror, error.errno, error.filename))
        expect(True, str(error).startswith("[WinError 2] ") and not str(error).endswith("."))
        expect(5, len(error.args))


@behaviour("winreg.errors.numbers", source="CPython's PC/errmap.h; " + _TRIED)
def check_error_numbers(machine: Examinee) -> None:
    """An invalid handle is error number 9, what has none of its own is 22."""
    winreg = machine.winreg
    found = []
    with made(machine) as key:
        for call, arguments in (
            (winreg.QueryInfoKey, (0,)),
            (winreg.EnumKey, (key, 0)),
            (winreg.CreateKeyEx, (key, "x", 1)),
        ):
            try:
                call(*arguments)
            except OSError as error:
                found.append((getattr(error, "winerror", None), error.errno, type(error).__name__))
    expect([(6, 9, "OSError"), (259, 22, "OSError"), (87, 22, "OSError")], found)


@behaviour("winreg.constants", source="winnt.h; " + _TRIED)
def check_constants(machine: Examinee) -> None:
    """Rights, types and options have the numbers of Windows."""
    winreg = machine.winreg
    rights = winreg.KEY_QUERY_VALUE | winreg.KEY_ENUMERATE_SUB_KEYS | winreg.KEY_NOTIFY | 0x2_0000
    expect((rights, rights), (winreg.KEY_READ, winreg.KEY_EXECUTE))
    expect((0xF_003F, 0x2_0006), (winreg.KEY_ALL_ACCESS, winreg.KEY_WRITE))
    expect(
        (4, 4, 5, 11, 11),
        (
            winreg.REG_DWORD,
            winreg.REG_DWORD_LITTLE_ENDIAN,
            winreg.REG_DWORD_BIG_ENDIAN,
            winreg.REG_QWORD,
            winreg.REG_QWORD_LITTLE_ENDIAN,
        ),
    )
    expect((0x1F, 0x1000_000F), (winreg.REG_LEGAL_OPTION, winreg.REG_LEGAL_CHANGE_FILTER))
