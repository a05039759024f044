r"""Keys that lead to others: `REG_OPTION_CREATE_LINK`."""

from __future__ import annotations

import pytest

from harness.emulator.registry import EmulatedRegistry
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.registries import ADA, APP, LINK, TEXT, Ticking, code_of, path

VALUE = "SymbolicLinkValue"


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give a registry with nothing in it but the hives."""
    return EmulatedRegistry(Ticking())


def to(target: str) -> RegistryValue:
    """Return the value of a link."""
    return RegistryValue(RegistryType.REG_LINK, target.encode("utf-16-le"))


def test_link_is_the_key_it_leads_to(registry: EmulatedRegistry) -> None:
    """Reading and writing through a link is reading and writing the other key, at once and below."""
    registry.set(APP, "x", TEXT)
    registry.create_link(LINK, APP)
    registry.set(LINK.child("sub"), "y", TEXT)

    assert TEXT == registry.get(LINK, "x")
    assert TEXT == registry.get(APP.child("sub"), "y")
    assert ["App", "Link"] == registry.subkeys(APP.parent)
    assert ["sub"] == registry.subkeys(LINK)
    assert registry.get(LINK, VALUE) is None


def test_link_itself(registry: EmulatedRegistry) -> None:
    """Opened itself it shows where it leads, has nothing below it, and takes no other value."""
    registry.create(APP.child("sub"))
    registry.create_link(LINK, APP)
    link = registry.open_key(LINK, follow=False)

    assert to(r"\Registry\Machine\SOFTWARE\Contoso\App") == registry.get(link, VALUE)
    assert 2 == code_of(lambda: registry.open_key(link, "sub"))
    assert 5 == code_of(lambda: registry.create_key(link, "new"))
    assert 5 == code_of(lambda: registry.set(link, "other", to("x")))
    assert 5 == code_of(lambda: registry.set(link, VALUE, TEXT))
    assert {VALUE: to(r"\Registry\Machine\SOFTWARE\Contoso\App")} == registry.values(link)


def test_link_can_be_bent(registry: EmulatedRegistry) -> None:
    """Whatever was found through a link before, a new target counts at once; without a value it leads nowhere."""
    registry.set(APP, "x", TEXT)
    registry.set(APP.child("sub"), "x", RegistryValue.of(2))
    registry.create_link(LINK, APP)
    assert TEXT == registry.get(LINK, "x")

    link = registry.open_key(LINK, follow=False)
    registry.set(link, VALUE, to(r"\registry\MACHINE\software\contoso\app\sub"))
    assert RegistryValue.of(2) == registry.get(LINK, "x")
    registry.delete_value(link, VALUE)
    assert not registry.exists(LINK)


def test_deleting_deletes_the_link(registry: EmulatedRegistry) -> None:
    """What it leads to stays; afterwards the path leads nowhere, though it was read before."""
    registry.set(APP, "x", TEXT)
    registry.create_link(LINK, APP)
    assert TEXT == registry.get(LINK, "x")
    registry.delete(LINK)

    assert registry.get(LINK, "x") is None
    assert TEXT == registry.get(APP, "x")


def test_deleting_a_tree_deletes_links_in_it(registry: EmulatedRegistry) -> None:
    """A link deep in a deleted key goes, what it leads to stays."""
    registry.set(APP, "x", TEXT)
    registry.create_link(path(r"HKLM\SOFTWARE\Tree\Sub\Link"), APP)
    assert TEXT == registry.get(path(r"HKLM\SOFTWARE\Tree\Sub\Link"), "x")
    registry.delete(path(r"HKLM\SOFTWARE\Tree"))

    assert registry.get(path(r"HKLM\SOFTWARE\Tree\Sub\Link"), "x") is None
    assert TEXT == registry.get(APP, "x")


def test_name_has_to_be_free(registry: EmulatedRegistry) -> None:
    """A link with the name of a key or a link is error 183."""
    registry.create(APP)
    registry.create_link(LINK, APP)

    assert 183 == code_of(lambda: registry.create_link(APP, LINK))
    assert 183 == code_of(lambda: registry.create_link(LINK, APP))


def test_target_need_not_exist(registry: EmulatedRegistry) -> None:
    """A link to nothing is error 2 to read; making a key through it makes the target."""
    registry.create_link(LINK, APP)

    assert not registry.exists(LINK)
    assert 2 == code_of(lambda: registry.values(LINK))
    registry.set(LINK, "x", TEXT)
    assert TEXT == registry.get(APP, "x")


@pytest.mark.parametrize(
    "value",
    [
        None,
        to("\\Registry\\Machine\\SOFTWARE\\Contoso\\App\0"),
        to(r"Registry\Machine\SOFTWARE\Contoso\App"),
        to("App"),
        to(r"\Registry\Elsewhere\X"),
        RegistryValue(RegistryType.REG_LINK, b"odd"),
        to(r"\Registry\Machine\SOFTWARE\Contoso\Link"),
        to(r"\Registry\Machine\SOFTWARE\Contoso\Link\deeper"),
    ],
)
def test_links_that_lead_nowhere(registry: EmulatedRegistry, value: RegistryValue | None) -> None:
    """Without a target, with one the kernel does not understand, or round and round: nothing is found or made."""
    registry.create(APP)
    link = registry.make_link(LINK)
    if value:
        registry.set(link, VALUE, value)

    assert not registry.exists(LINK)
    assert 2 == code_of(lambda: registry.create(LINK))
    assert 2 == code_of(lambda: registry.create(LINK.child("sub")))
    assert registry.exists(registry.open_key(LINK, follow=False))
    registry.delete(LINK)


def test_links_in_a_row(registry: EmulatedRegistry) -> None:
    """A link may lead to a link; after 32 of them nothing is found."""
    registry.set(APP, "x", TEXT)
    before = APP
    for number in range(33):
        link = path(rf"HKLM\SOFTWARE\Links\{number}")
        registry.create_link(link, before)
        before = link

    assert TEXT == registry.get(path(r"HKLM\SOFTWARE\Links\31"), "x")
    assert not registry.exists(path(r"HKLM\SOFTWARE\Links\32"))


@pytest.mark.parametrize(
    ("target", "view", "written"),
    [
        (r"HKLM\SOFTWARE\X", View.VIEW_32, r"\Registry\Machine\SOFTWARE\WOW6432Node\X"),
        (r"HKLM\SYSTEM\CurrentControlSet\X", View.VIEW_64, r"\Registry\Machine\SYSTEM\CurrentControlSet\X"),
        (r"HKCU\X", View.VIEW_64, r"\Registry\User\S-1-5-18\X"),
        (r"HKCR\.x", View.VIEW_64, r"\Registry\Machine\SOFTWARE\Classes\.x"),
        ("HKU", View.VIEW_64, r"\Registry\User"),
    ],
)
def test_target_is_a_path_of_the_kernel(registry: EmulatedRegistry, target: str, view: View, written: str) -> None:
    """It names a place in the tree, without user or view."""
    registry.create_link(LINK, path(target), view)

    assert to(written) == registry.get(registry.open_key(LINK, "", view, follow=False), VALUE)


def test_volatile_link(registry: EmulatedRegistry) -> None:
    """A link can be volatile too, and is where it is made below a volatile key."""
    registry.create(APP)
    registry.make_link(LINK, target=APP, volatile=True)
    registry.drop_volatile()

    assert ["App"] == registry.subkeys(APP.parent)


def test_link_is_restored(registry: EmulatedRegistry) -> None:
    """A snapshot keeps links."""
    registry.set(APP, "x", TEXT)
    registry.create_link(LINK, APP)
    registry.restore(registry.snapshot())

    assert TEXT == registry.get(LINK, "x")


def test_users_hive_does_not_lead_to_the_machines(registry: EmulatedRegistry) -> None:
    """A link from a user's hive to HKLM is not followed: error 5. To another user's it is."""
    registry.load_user(ADA)
    registry.create(APP)
    for target in (APP, path(r"HKU\.DEFAULT\Environment")):
        registry.create(target)
        link = RegistryPath.parse(rf"HKU\{ADA}\Link{target.hive.name}")
        registry.create_link(link, target)

    assert 5 == code_of(lambda: registry.exists(path(rf"HKU\{ADA}\LinkHKLM")))
    assert registry.exists(path(rf"HKU\{ADA}\LinkHKU"))


def test_links_of_windows_are_links(registry: EmulatedRegistry) -> None:
    """CurrentControlSet, the hardware profile and SYSTEM's hive can be opened themselves."""
    for link, target in {
        r"HKLM\SYSTEM\CurrentControlSet": r"\Registry\Machine\SYSTEM\ControlSet001",
        r"HKU\S-1-5-18": r"\Registry\User\.DEFAULT",
    }.items():
        assert to(target) == registry.get(registry.open_key(path(link), follow=False), VALUE)
