"""One registry key, laid out from an image or made by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.frozen import FrozenKey
from harness.emulator.keys import Key
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.registries import START, TEXT, CountingImage, image

LATER = START + timedelta(hours=1)
OTHER = RegistryValue.of("other")


def key_of(*keys: FrozenKey, **values: RegistryValue) -> Key:
    """Return a key laid out from an image."""
    return Key.of_image(image("HKEY_LOCAL_MACHINE", *keys, **values), None)


class TestImages:
    """Keys laid out from images."""

    def test_nothing_is_looked_at_before_it_is_used(self) -> None:
        """Laying a key out, freezing it and telling its path does not look into its image."""
        inner = CountingImage("Inner", x=TEXT)
        outer = CountingImage("HKEY_LOCAL_MACHINE", {"Inner": inner})
        key = Key.of_image(outer, None)

        assert outer is key.frozen()
        assert RegistryPath.parse("HKLM") == key.path
        assert 0 == outer.looks

        assert ["INNER"] == list(key.keys)
        assert (1, 0) == (outer.looks, inner.looks)
        assert TEXT == key.keys["INNER"].values["X"][1]
        assert 1 == inner.looks

    def test_untouched_key_is_its_image_however_much_was_read(self) -> None:
        """Reading everything makes no new image."""
        inner = image("Inner", x=TEXT)
        key = key_of(inner)
        whole = key.frozen()
        assert ("x", TEXT) == key.keys["INNER"].values["X"]

        assert whole is key.frozen()
        assert inner is key.keys["INNER"].frozen()

    def test_change_leaves_the_image_alone(self) -> None:
        """A value that is set is in the key and its next image, not in the image it came from; what is beside stays."""
        beside, before = image("Beside"), image("Inner", x=TEXT)
        key = key_of(beside, before)
        key.keys["INNER"].set("x", OTHER, LATER)
        key.keys["INNER"].set("y", OTHER, LATER)
        after = key.frozen()

        assert {"X": ("x", TEXT)} == before.values
        assert {"X": ("x", OTHER), "Y": ("y", OTHER)} == after.keys["INNER"].values
        assert beside is after.keys["BESIDE"]
        assert (START, LATER) == (before.modified, after.keys["INNER"].modified)

    def test_image_made_of_a_key_stays_as_it_is(self) -> None:
        """What is done to a key after it was frozen is not in the image, and is in the next one."""
        key = Key("HKEY_LOCAL_MACHINE", None, START)
        key.child("Sub", START).set("x", TEXT, START)
        first = key.frozen()
        key.keys["SUB"].set("x", OTHER, LATER)
        key.keys["SUB"].remove_value("none", LATER)
        second = key.frozen()
        key.keys["SUB"].remove_value("X", LATER)
        third = key.frozen()

        assert [TEXT, OTHER] == [one.keys["SUB"].values["X"][1] for one in (first, second)]
        assert {} == third.keys["SUB"].values

    def test_key_that_was_changed_without_a_look_below(self) -> None:
        """A value set in a key whose subkeys nobody looked at: the image takes those over as they are."""
        inner = image("Inner", is_volatile=True)
        outer = FrozenKey(name="Outer", keys={"INNER": inner}, values={}, modified=START, holds_volatile=True)
        key = key_of(outer).keys["OUTER"]
        key.set("x", TEXT, LATER)
        after = key.frozen()

        assert outer.keys is after.keys
        assert isinstance(after, FrozenKey)
        assert after.holds_volatile

    def test_values_nobody_looked_at(self) -> None:
        """A key made below one whose values nobody looked at: the image takes those over as they are."""
        outer = image("Outer", x=TEXT)
        key = key_of(outer).keys["OUTER"]
        key.child("New", LATER)

        assert outer.values is key.frozen().values

    def test_other_attributes_stay_errors(self) -> None:
        """What a key does not have is an AttributeError, laid out from an image or not."""
        for key in (key_of(), Key("x", None, START)):
            with pytest.raises(AttributeError, match="valuez"):
                getattr(key, "valuez")  # noqa: B009 - to the type checker it is wrong, which is the point


class TestLists:
    """What a key lists."""

    def test_names_and_rows_follow_every_change(self) -> None:
        """Lists that were asked for once are right after keys and values came and went."""
        key = Key("HKEY_LOCAL_MACHINE", None, START)
        key.child("b", START)
        key.set("v", TEXT, START)
        assert (("b",), (("v", TEXT),)) == (key.names, key.rows)

        key.child("A", START)
        key.set("V", OTHER, START)
        assert (("A", "b"), (("v", OTHER),)) == (key.names, key.rows)

        key.keys["B"].remove(LATER)
        key.remove_value("v", LATER)
        key.put(Key("c", None, START))
        assert (("A", "c"), ()) == (key.names, key.rows)


class TestVolatile:
    """Keys that do not outlive a boot."""

    def test_below_a_volatile_key_everything_is_volatile(self) -> None:
        """Whatever the image of a key below says."""
        key = key_of(FrozenKey(name="V", keys={"SUB": image("Sub")}, values={}, modified=START, is_volatile=True))

        assert key.keys["V"].keys["SUB"].is_volatile

    def test_dropping(self) -> None:
        """Volatile keys go and are deleted; no time changes; what holds none is not looked at."""
        lasting = CountingImage("Lasting")
        key = key_of(lasting)
        key.child("Sub", START).child("Volatile", START, is_volatile=True)
        volatile = key.keys["SUB"].keys["VOLATILE"]
        key.frozen()
        key.drop_volatile()

        assert volatile.is_deleted
        assert {} == key.keys["SUB"].keys
        assert START == key.keys["SUB"].modified
        assert 0 == lasting.looks

    def test_image_knows_that_it_holds_one(self) -> None:
        """A restored key that nobody looked at loses the volatile ones deep in it."""
        key = Key("HKEY_LOCAL_MACHINE", None, START)
        key.child("A", START).child("B", START).child("V", START, is_volatile=True)
        again = Key.of_image(key.frozen(), None)
        again.drop_volatile()

        assert {} == again.keys["A"].keys["B"].keys


def test_put_tells_how_deep_everything_stands() -> None:
    """What is put somewhere stands as deep as its new place says, with all that was looked at below it."""
    moved = Key("Moved", None, START)
    below = moved.child("Below", START)
    assert (0, 1) == (moved.depth, below.depth)

    key_of(image("SOFTWARE")).keys["SOFTWARE"].put(moved)

    assert (2, 3) == (moved.depth, below.depth)


def test_put_deletes_what_was_there() -> None:
    """A key put in the place of another one deletes that with all below."""
    key = Key("HKEY_LOCAL_MACHINE", None, START)
    below = key.child("x", START).child("y", START)
    key.put(Key("X", key, START))

    assert below.is_deleted
    assert "X" == key.keys["X"].name


def test_renamed_key_has_another_image() -> None:
    """A hive file's root is called otherwise in the file."""
    key = Key.of_image(image("ROOT", x=TEXT), None)
    key.rename("Contoso")

    assert ("Contoso", {"X": ("x", TEXT)}) == (key.frozen().name, key.frozen().values)
