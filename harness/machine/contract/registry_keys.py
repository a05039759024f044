"""What every machine's registry must do with keys: names, limits, making and deleting."""

from __future__ import annotations

from harness.machine.contract.check import KEY, Examinee, behaviour, expect, expect_error
from harness.model.windows import Hive, RegistryPath, RegistryValue

_LIMITS = 'learn.microsoft.com, "Registry Element Size Limits"'
_FUNCTIONS = "learn.microsoft.com, registry functions; winerror.h"
_WINE = "observed under Wine 8 with CPython's winreg; the same on Windows from memory"
_MEMORY = "from memory of Windows 10 and 11"

_TEXT = RegistryValue.of("text")


@behaviour("registry.keys.case", source=_FUNCTIONS)
def check_key_names_keep_case(machine: Examinee) -> None:
    """A key is found under any spelling of its name and keeps the first one."""
    machine.registry.create(KEY.child("MixedCase"))
    machine.registry.create(KEY.child("MIXEDCASE"))
    expect(True, machine.registry.exists(KEY.child("mixedcase")))
    expect(["MixedCase"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.keys.case-of-other-letters", source="winternl.h, RtlUpcaseUnicodeChar; from memory")
def check_key_names_of_other_letters(machine: Examinee) -> None:
    """Letters outside ASCII compare without regard to case too, one by one: ß is not SS."""
    machine.registry.create(KEY.child("Änderung"))
    machine.registry.create(KEY.child("straße"))
    expect(True, machine.registry.exists(KEY.child("ÄNDERUNG")))
    expect(False, machine.registry.exists(KEY.child("STRASSE")))


@behaviour("registry.keys.slash", source=_FUNCTIONS)
def check_slash_is_part_of_a_name(machine: Examinee) -> None:
    """A slash separates nothing: it is part of a key's name."""
    machine.registry.create(KEY.child("text/html"))
    expect(["text/html"], list(machine.registry.subkeys(KEY)))
    expect(False, machine.registry.exists(KEY.child(r"text\html")))


@behaviour("registry.keys.dots", source=_MEMORY)
def check_dots_are_names(machine: Examinee) -> None:
    """Two dots are a name like others and lead nowhere."""
    machine.registry.create(KEY.child(r"one\.."))
    expect([".."], list(machine.registry.subkeys(KEY.child("one"))))


@behaviour("registry.keys.spaces", source=_MEMORY)
def check_spaces_count_in_names(machine: Examinee) -> None:
    """Spaces at the beginning and the end belong to a key's name."""
    machine.registry.create(KEY.child(" name "))
    expect([False, True], [machine.registry.exists(KEY.child(name)) for name in ("name", " name ")])


@behaviour("registry.keys.emoji", source=_MEMORY)
def check_names_beyond_the_first_plane(machine: Examinee) -> None:
    """Names hold any character of Unicode."""
    machine.registry.set(KEY.child("ключ \U0001f511"), "значение \U0001f511", _TEXT)
    expect(["ключ \U0001f511"], list(machine.registry.subkeys(KEY)))
    expect(["значение \U0001f511"], list(machine.registry.values(KEY.child("ключ \U0001f511"))))


@behaviour("registry.keys.trailing-backslash", source=_WINE)
def check_backslash_at_the_end(machine: Examinee) -> None:
    """A backslash at the end of a path does not matter."""
    machine.registry.set(KEY, "value", _TEXT)
    expect(_TEXT, machine.registry.get(RegistryPath(KEY.hive, f"{KEY.key}\\"), "value"))


@behaviour("registry.keys.leading-backslash", source=_WINE)
def check_backslash_at_the_beginning(machine: Examinee) -> None:
    """A path that begins with a backslash is error 161."""
    with expect_error(161):
        machine.registry.values(RegistryPath(Hive.HKLM, r"\SOFTWARE"))


@behaviour("registry.keys.missing", source=_WINE)
def check_listing_a_missing_key(machine: Examinee) -> None:
    """Listing a key that is not there, its values and its time, is error 2."""
    for read in (machine.registry.subkeys, machine.registry.values, machine.registry.modified):
        with expect_error(2):
            read(KEY)


@behaviour("registry.keys.delete-missing", source=_WINE)
def check_deleting_a_missing_key(machine: Examinee) -> None:
    """Deleting a key that is not there is error 2."""
    with expect_error(2):
        machine.registry.delete(KEY)


@behaviour("registry.keys.create", source=_FUNCTIONS)
def check_creating_makes_keys_above(machine: Examinee) -> None:
    """Making a key makes those above it, and leaves an existing one as it is."""
    machine.registry.create(KEY.child(r"one\two"))
    machine.registry.set(KEY.child("one"), "value", _TEXT)
    machine.registry.create(KEY.child("one"))
    expect(_TEXT, machine.registry.get(KEY.child("one"), "value"))


@behaviour("registry.keys.new-is-empty", source=_FUNCTIONS)
def check_new_key_is_empty(machine: Examinee) -> None:
    """A new key holds no values, not even a default one, and no keys."""
    machine.registry.create(KEY)
    expect({}, dict(machine.registry.values(KEY)))
    expect([], list(machine.registry.subkeys(KEY)))


@behaviour("registry.keys.delete", source=_FUNCTIONS)
def check_deleting_takes_what_is_below(machine: Examinee) -> None:
    """A deleted key is gone with everything below it; made anew, it is empty."""
    machine.registry.set(KEY.child(r"one\two"), "value", _TEXT)
    machine.registry.delete(KEY.child("one"))
    expect(False, machine.registry.exists(KEY.child(r"one\two")))
    machine.registry.create(KEY.child(r"one\two"))
    expect({}, dict(machine.registry.values(KEY.child(r"one\two"))))


@behaviour("registry.keys.delete-leaves-others", source=_FUNCTIONS)
def check_deleting_leaves_what_is_beside(machine: Examinee) -> None:
    """Deleting a key leaves those beside it, and the values of the one above, as they are."""
    machine.registry.set(KEY, "value", _TEXT)
    machine.registry.set(KEY.child("one"), "value", _TEXT)
    machine.registry.create(KEY.child("one2"))
    machine.registry.delete(KEY.child("one"))
    expect(["one2"], list(machine.registry.subkeys(KEY)))
    expect(_TEXT, machine.registry.get(KEY, "value"))


@behaviour("registry.keys.spelling-anew", source=_MEMORY)
def check_key_made_anew_has_a_new_spelling(machine: Examinee) -> None:
    """A key that was deleted and made anew has the spelling of the second time."""
    machine.registry.create(KEY.child("name"))
    machine.registry.delete(KEY.child("name"))
    machine.registry.create(KEY.child("NAME"))
    expect(["NAME"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.keys.sorted", source=_MEMORY)
def check_keys_are_listed_sorted(machine: Examinee) -> None:
    """Subkeys are listed by name without regard to case; the underscore comes after the letters."""
    for name in ("b", "C", "a", "_", "1"):
        machine.registry.create(KEY.child(name))
    expect(["1", "a", "b", "C", "_"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.keys.not-below-hklm", source=_MEMORY)
def check_no_keys_below_the_root(machine: Examinee) -> None:
    """No key can be made directly below HKLM: error 87."""
    with expect_error(87):
        machine.registry.create(RegistryPath.parse(r"HKLM\ImeHarnessContract"))


@behaviour("registry.keys.not-below-hku", source=_MEMORY)
def check_no_keys_below_the_users(machine: Examinee) -> None:
    """No key can be made directly below HKU: error 87."""
    with expect_error(87):
        machine.registry.create(RegistryPath.parse(r"HKU\ImeHarnessContract"))


@behaviour("registry.limits.key-name", source="wdm.h, REG_MAX_KEY_NAME_LENGTH; CPython's test_winreg makes such a key")
def check_length_of_key_names(machine: Examinee) -> None:
    """A key's name has at most 256 characters; one more is error 87."""
    machine.registry.create(KEY.child("k" * 256))
    with expect_error(87):
        machine.registry.create(KEY.child("k" * 257))


@behaviour("registry.limits.key-name-nothing-made", source=_MEMORY)
def check_too_long_a_name_makes_nothing(machine: Examinee) -> None:
    """When the last name of a path is too long, the keys above it are not made either."""
    machine.registry.create(KEY)
    with expect_error(87):
        machine.registry.create(KEY.child("above").child("k" * 257))
    expect(False, machine.registry.exists(KEY.child("above")))


@behaviour("registry.limits.levels-at-once", source='learn.microsoft.com, "Opening, Creating, and Closing Keys"')
def check_levels_made_at_once(machine: Examinee) -> None:
    """As many as 32 levels of keys can be made at once."""
    machine.registry.create(KEY)
    deep = KEY.child("\\".join("d" * 32))
    machine.registry.create(deep)
    expect(True, machine.registry.exists(deep))


@behaviour("registry.limits.depth", source='learn.microsoft.com, "Opening, Creating, and Closing Keys"')
def check_depth(machine: Examinee) -> None:
    """Keys can stand 500 levels deep."""
    levels = ["d"] * (500 - len(KEY.parts))
    for length in (*range(0, len(levels), 30), len(levels)):
        machine.registry.create(KEY.child("\\".join(levels[:length])))
    machine.registry.set(KEY.child("\\".join(levels)), "value", _TEXT)
    expect(_TEXT, machine.registry.get(KEY.child("\\".join(levels)), "value"))
