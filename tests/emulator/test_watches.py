"""Signals that are set when a registry key changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.emulator.registry import EmulatedRegistry
from tests.emulator.registries import ADA, APP, TEXT, Ticking, code_of, image, path


@pytest.fixture
def registry() -> EmulatedRegistry:
    r"""Give a registry with `HKLM\SOFTWARE\Contoso\App`."""
    registry = EmulatedRegistry(Ticking())
    registry.set(APP, "x", TEXT)
    return registry


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: registry.set(APP, "x", TEXT),
        lambda registry: registry.delete_value(APP, "x"),
        lambda registry: registry.create(APP.child("new")),
        lambda registry: registry.create_link(APP.child("link"), path("HKLM")),
        lambda registry: registry.delete(APP),
        lambda registry: registry.delete(APP.parent),
    ],
)
@pytest.mark.parametrize("below", [False, True])
def test_changes_of_the_key(
    registry: EmulatedRegistry, change: Callable[[EmulatedRegistry], None], *, below: bool
) -> None:
    """Its values, its direct subkeys, and that it is deleted."""
    signal = registry.watch(APP, below=below)
    assert not signal.is_set
    change(registry)

    assert signal.is_set


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: registry.set(APP.child("sub"), "x", TEXT),
        lambda registry: registry.create(APP.child(r"sub\new")),
        lambda registry: registry.delete(APP.child(r"sub\deep")),
    ],
)
def test_changes_below_it(registry: EmulatedRegistry, change: Callable[[EmulatedRegistry], None]) -> None:
    """Deeper changes count for those who want to know of everything below only."""
    registry.create(APP.child(r"sub\deep"))
    near, far = registry.watch(APP), registry.watch(APP, below=True)
    change(registry)

    assert (False, True) == (near.is_set, far.is_set)


def test_one_signal_tells_of_one_change(registry: EmulatedRegistry) -> None:
    """Before a change everybody gets the same signal; after it, another one."""
    first = registry.watch(APP)
    assert first is registry.watch(APP)
    registry.set(APP, "x", TEXT)
    second = registry.watch(APP)

    assert second is not first
    assert not second.is_set


def test_each_is_told_of_what_they_watch(registry: EmulatedRegistry) -> None:
    """Of two who watch a key, the one who wants to know of all below is told of a deeper change, the other later."""
    alone, whole = registry.watch(APP.parent), registry.watch(APP.parent, below=True)
    registry.set(APP, "x", TEXT)
    assert (False, True) == (alone.is_set, whole.is_set)

    registry.set(APP.parent, "x", TEXT)
    assert alone.is_set


def test_others_keys_do_not_matter(registry: EmulatedRegistry) -> None:
    """What happens beside or above leaves it alone."""
    signal = registry.watch(APP, below=True)
    registry.set(APP.parent, "x", TEXT)
    registry.create(APP.parent.child("Beside"))
    registry.delete(APP.parent.child("Beside"))

    assert not signal.is_set


def test_missing_key_cannot_be_watched(registry: EmulatedRegistry) -> None:
    """It is error 2, as for reading."""
    assert 2 == code_of(lambda: registry.watch(APP.child("none")))


def test_both_halves_of_a_class_are_watched(registry: EmulatedRegistry) -> None:
    """A key of HKCR that two keys make up tells of changes of either, also to who watched one of them before."""
    registry.load_user(ADA)
    adas = registry.of_user(ADA)
    machine, user = path(r"HKLM\SOFTWARE\Classes\CLSID"), path(rf"HKU\{ADA}_Classes\CLSID")
    registry.create(machine)
    registry.create(user)
    for changed in (machine, user):
        alone = registry.watch(changed)
        signal = adas.watch(path(r"HKCR\CLSID"))
        registry.set(changed, "x", TEXT)

        assert signal.is_set
        assert alone.is_set


def test_hives_that_come_and_go(registry: EmulatedRegistry) -> None:
    """Loading a hive is a change of HKU, unloading it also deletes the watched key in it."""
    users = registry.watch(path("HKU"))
    registry.load_user(ADA)
    assert users.is_set

    key, users = registry.watch(path(rf"HKU\{ADA}")), registry.watch(path("HKU"))
    registry.unload_user(ADA)
    assert (True, True) == (key.is_set, users.is_set)

    machine = registry.watch(path("HKLM"))
    registry.mount(path(r"HKLM\Hive"), image("ROOT"))
    assert machine.is_set


def test_restart_forgets_everybody(registry: EmulatedRegistry) -> None:
    """Who watched is gone with the restart."""
    signal = registry.watch(APP)
    registry.drop_volatile()
    registry.set(APP, "x", TEXT)

    assert not signal.is_set
