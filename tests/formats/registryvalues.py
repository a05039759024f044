"""Registry values and names for property tests, and keys with such values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import strategies as st

from harness.model.names import folded
from harness.model.windows import RegistryType, RegistryValue

#: Any UTF-16 that Python can hold, but for NUL, which ends texts.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=20)
MOMENTS = st.datetimes(datetime(1601, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def names(longest: int = 30) -> st.SearchStrategy[str]:
    """Return names of keys: no backslash, nothing empty."""
    return st.text(st.characters(exclude_characters="\0\\", exclude_categories=("Cs",)), min_size=1, max_size=longest)


def values(text: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[RegistryValue]:
    """Return values of every type."""
    bytes_ = st.binary(max_size=40)
    number = {RegistryType.REG_DWORD: 32, RegistryType.REG_DWORD_BIG_ENDIAN: 32, RegistryType.REG_QWORD: 64}
    one_of = [st.builds(RegistryValue, st.just(type_), st.integers(0, 2**bits - 1)) for type_, bits in number.items()]
    others = st.integers(0, 2**32 - 1).filter(lambda type_: type_ not in (0, 1, 2, 4, 5, 7, 11))
    return st.one_of(
        *one_of,
        st.builds(RegistryValue, st.sampled_from([RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ]), text),
        st.builds(RegistryValue, st.just(RegistryType.REG_MULTI_SZ), st.lists(text, max_size=4).map(tuple)),
        st.builds(RegistryValue, st.just(RegistryType.REG_NONE), bytes_.map(lambda data: data or None)),
        st.builds(RegistryValue, others.map(RegistryType), bytes_),
        st.builds(RegistryValue, st.just(RegistryType.REG_DWORD), bytes_.filter(lambda data: len(data) != 4)),
    )


@dataclass(eq=False)
class TreeKey:
    """A key to write: what `write_hive` asks for."""

    name: str
    keys: dict[str, TreeKey] = field(default_factory=dict)
    values: dict[str, tuple[str, RegistryValue]] = field(default_factory=dict)
    modified: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)
    is_volatile: bool = False
    is_link: bool = False

    def key(self, name: str, **facts: object) -> TreeKey:
        """Return a new key below this one."""
        self.keys[folded(name)] = key = TreeKey(name, **facts)  # type: ignore[arg-type]
        return key

    def set(self, name: str, value: RegistryValue) -> None:
        """Set a value."""
        self.values[folded(name)] = (name, value)


def flat(key: object, path: str = "") -> list[tuple[object, ...]]:
    """Return everything about a key and those below it, sorted, so that two trees can be compared."""
    rows = [(path, key.name, key.modified, key.is_link, tuple(key.values.values()))]
    for name in sorted(key.keys):
        rows += flat(key.keys[name], f"{path}\\{name}")
    return rows


def trees() -> st.SearchStrategy[TreeKey]:
    """Return keys with others below them, and values."""

    def built(name: str, values_: dict, modified: datetime, below: list[TreeKey], *, is_link: bool) -> TreeKey:
        key = TreeKey(name, modified=modified, is_link=is_link)
        for value_name, value in values_.items():
            key.set(value_name, value)
        key.keys = {folded(child.name): child for child in below}
        return key

    value_names = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=12)
    found = st.dictionaries(value_names, values(), max_size=4).map(_by_one_spelling)

    def level(below: st.SearchStrategy[list[TreeKey]]) -> st.SearchStrategy[TreeKey]:
        return st.builds(built, names(), found, MOMENTS, below, is_link=st.booleans())

    return st.recursive(level(st.just([])), lambda inner: level(st.lists(inner, max_size=4)), max_leaves=8)


def _by_one_spelling(found: dict[str, RegistryValue]) -> dict[str, RegistryValue]:
    return dict({folded(name): (name, value) for name, value in found.items()}.values())
