"""Pictures of registry keys."""

from __future__ import annotations

import pytest

from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError, UsageError
from harness.model.windows import RegistryType, RegistryValue, View
from tests.emulator.registries import APP, TEXT, Ticking, path


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give a registry with one key of all sorts of values."""
    registry = EmulatedRegistry(Ticking())
    registry.set(APP, "", TEXT)
    for name, value in {
        "Number": RegistryValue.of(10),
        "Long number": RegistryValue(RegistryType.REG_QWORD, 10),
        "List": RegistryValue.of(["one", "two"]),
        "Empty list": RegistryValue.of([]),
        "Bytes": RegistryValue.of(b"\x01\xff"),
        "No bytes": RegistryValue.of(b""),
        "Many bytes": RegistryValue.of(bytes(1_000)),
        "Nothing": RegistryValue(RegistryType.REG_NONE, None),
        "Long": RegistryValue.of("x" * 100),
        "Odd": RegistryValue(RegistryType(0x1234), b"\0"),
        "<b>": RegistryValue.of("<i>\r\n\x1b[2J"),
    }.items():
        registry.set(APP, name, value)
    registry.set(APP.child(r"Sub\Deeper"), "v", TEXT)
    registry.create(APP.child("Zed"))
    return registry


def test_tree_of_text(registry: EmulatedRegistry) -> None:
    """Values with their types, long data cut, nothing that moves the cursor, keys below with lines."""
    expected = r"""
HKLM\SOFTWARE\Contoso\App
├─ (default) = "text"  [REG_SZ]
├─ Number = 10 (0x0000000a)  [REG_DWORD]
├─ Long number = 10 (0x000000000000000a)  [REG_QWORD]
├─ List = "one"; "two"  [REG_MULTI_SZ]
├─ Empty list = (empty list)  [REG_MULTI_SZ]
├─ Bytes = 01 ff  [REG_BINARY]
├─ No bytes = (no data)  [REG_BINARY]
├─ Many bytes = 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ... (1,000 bytes)  [REG_BINARY]
├─ Nothing = (no data)  [REG_NONE]
├─ Long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (102 characters)  [REG_SZ]
├─ Odd = 00  [REG_0x1234]
├─ <b> = "<i>\r\n\x1b[2J"  [REG_SZ]
├─ Sub\
│  └─ Deeper\
│     └─ v = "text"  [REG_SZ]
└─ Zed\
"""
    assert expected.strip() == str(registry.show(APP))


def test_depth(registry: EmulatedRegistry) -> None:
    """What is deeper than asked for is counted."""
    lines = str(registry.show(r"HKLM\SOFTWARE\Contoso", depth=0)).splitlines()
    assert [r"HKLM\SOFTWARE\Contoso", "└─ ... 1 more key"] == lines

    assert "├─ Sub\\\n│  └─ ... 1 more key\n└─ Zed\\" in str(registry.show(APP, depth=1))


def test_large_keys_are_cut(registry: EmulatedRegistry) -> None:
    """A picture has 2,000 keys at most and says how many more there are."""
    for number in range(2_005):
        registry.create(path(rf"HKLM\SOFTWARE\Many\{number}"))

    assert "└─ ... 5 more keys" in str(registry.show(r"HKLM\SOFTWARE\Many"))


def test_notebook(registry: EmulatedRegistry) -> None:
    """It folds, and markup in names and data is text."""
    html = registry.show(APP, depth=1)._repr_html_()

    assert 3 == html.count("<details")
    assert 1 == html.count("<details open")
    assert "&lt;b&gt;" in html
    assert "<i>(default)</i>" in html
    assert "&lt;i&gt;" in html
    assert "<b>" not in html
    assert "1 more key<" in html


def test_no_name_moves_the_cursor(registry: EmulatedRegistry) -> None:
    """The names of the outermost key, of those below and of values are spelled out."""
    evil, shown = "\x1b[2J\u202e\n", r"\x1b[2J\u202e\n"
    registry.set(APP.child(evil).child(evil), evil, RegistryValue.of(evil))

    assert [
        rf"HKLM\SOFTWARE\Contoso\App\{shown}",
        f"└─ {shown}\\",
        f'   └─ {shown} = "{shown}"  [REG_SZ]',
    ] == str(registry.show(APP.child(evil))).splitlines()


def test_picture_stays_as_it_was(registry: EmulatedRegistry) -> None:
    """What happens later is not in it."""
    picture = registry.show(APP)
    before = str(picture)
    registry.delete(APP)

    assert before == str(picture)


def test_view(registry: EmulatedRegistry) -> None:
    """The 32-bit half is another key."""
    registry.set(APP, "x", TEXT, View.VIEW_32)

    assert ['└─ x = "text"  [REG_SZ]'] == str(registry.show(APP, view=View.VIEW_32)).splitlines()[1:]


def test_what_cannot_be_shown(registry: EmulatedRegistry) -> None:
    """A missing key is error 2 and named; a text that is no path and a negative depth are the caller's mistakes."""
    with pytest.raises(MachineError, match=r"no such registry key: HKLM\\SOFTWARE\\None") as caught:
        registry.show(r"HKLM\SOFTWARE\None")
    assert 2 == caught.value.winerror

    with pytest.raises(UsageError, match="does not begin with a hive"):
        registry.show("SOFTWARE")
    with pytest.raises(UsageError, match="depth of -1"):
        registry.show(APP, depth=-1)
