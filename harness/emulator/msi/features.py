"""Features: what of a product is to be installed, removed or left as it is.

Source: learn.microsoft.com, "Feature Table", "INSTALLLEVEL", "ADDLOCAL", "REMOVE", "REINSTALL".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from harness.emulator.msi.numbers import parse_number
from harness.emulator.msi.outcomes import InstallFailure
from harness.errors import NotEmulated
from harness.formats.msidatabase import MsiDatabase

__all__ = ["State", "Feature", "load_features", "select_features", "UNMODELLED_SELECTIONS"]

_DEEPEST: Final = 16
_FAVOR_SOURCE, _FOLLOW_PARENT, _FAVOR_ADVERTISE = 1, 2, 4

#: Properties that select features in ways that are not modelled.
UNMODELLED_SELECTIONS: Final = (
    "ADDSOURCE",
    "ADVERTISE",
    "COMPADDLOCAL",
    "COMPADDSOURCE",
    "COMPADDDEFAULT",
    "FILEADDLOCAL",
    "FILEADDSOURCE",
    "FILEADDDEFAULT",
)
_SELECTIONS: Final = ("ADDLOCAL", "REMOVE", "ADDDEFAULT", "REINSTALL")


class State(IntEnum):
    """The state of a feature or component, and what is to become of it; conditions see the number."""

    UNKNOWN = -1
    ADVERTISED = 1
    ABSENT = 2
    LOCAL = 3
    SOURCE = 4


@dataclass(slots=True, kw_only=True)
class Feature:
    """One feature: what the table says, what is there, and what is to be done (UNKNOWN for nothing)."""

    name: str
    parent: str
    level: int
    attributes: int = 0
    installed: State = State.ABSENT
    action: State = State.UNKNOWN

    @property
    def outcome(self) -> State:
        """The state when everything is done."""
        return self.installed if self.action is State.UNKNOWN else self.action


def load_features(database: MsiDatabase, holds: Callable[[str], bool]) -> dict[str, Feature]:
    """Read the Feature table, parents first, with the levels that the Condition table gives.

    Raises:
        InstallFailure: 2701 when features are nested deeper than 16 levels or form no tree.
    """
    found = {
        row.text("Feature"): Feature(
            name=row.text("Feature"),
            parent="" if row.text("Feature_Parent") == row.text("Feature") else row.text("Feature_Parent"),
            level=row.number("Level"),
            attributes=row.number("Attributes"),
        )
        for row in database.rows("Feature")
    }
    for row in database.rows("Condition"):
        feature = found.get(row.text("Feature_"))
        if feature and holds(row.text("Condition")):
            feature.level = row.number("Level")
    if "" in found:  # a primary key; the name of no parent would be taken for it
        raise InstallFailure("A row of the Feature table has no name.", number=2701)
    depths = {name: _depth(name, found) for name in found}
    return {name: found[name] for name in sorted(found, key=lambda name: depths[name])}


def select_features(features: Mapping[str, Feature], properties: Mapping[str, str], where: str) -> None:
    """Decide what happens to each feature.

    Raises:
        InstallFailure: 2711 when a property names a feature that there is not.
        NotEmulated: when a feature would be advertised or run from the source.
    """
    is_installed = any(feature.installed is not State.ABSENT for feature in features.values())
    if any(properties.get(name) for name in _SELECTIONS):
        _select_by_properties(features, properties)
    elif not is_installed:
        _select_by_level(features, _install_level(properties), where)
    for feature in features.values():
        if feature.action is State.ABSENT and feature.installed is State.ABSENT:
            feature.action = State.UNKNOWN


def _select_by_level(features: Mapping[str, Feature], install_level: int, where: str) -> None:
    for feature in features.values():
        parent = features.get(feature.parent)
        has_parent = parent is None or parent.action is State.LOCAL
        if feature.attributes & _FOLLOW_PARENT and parent is not None:
            is_chosen = has_parent and feature.level > 0
        else:
            is_chosen = has_parent and 0 < feature.level <= install_level
        if is_chosen:
            _check_favourite(feature, where)
            feature.action = State.LOCAL


def _select_by_properties(features: Mapping[str, Feature], properties: Mapping[str, str]) -> None:
    for name in _SELECTIONS:
        for feature in _named(features, properties.get(name, "")):
            if name == "REMOVE":
                _remove(feature, features)
            elif name == "REINSTALL":
                if feature.installed is State.LOCAL:
                    feature.action = State.LOCAL
            elif feature.level > 0:
                _add(feature, features)


def _add(feature: Feature, features: Mapping[str, Feature]) -> None:
    """Add a feature with all those above it, which it cannot be without."""
    chosen: Feature | None = feature
    while chosen:
        if chosen.installed is not State.LOCAL:
            chosen.action = State.LOCAL
        chosen = features.get(chosen.parent)


def _remove(feature: Feature, features: Mapping[str, Feature]) -> None:
    """Remove a feature with all those below it."""
    feature.action = State.ABSENT
    for other in features.values():
        if other.parent == feature.name:
            _remove(other, features)


def _named(features: Mapping[str, Feature], names: str) -> Iterable[Feature]:
    if names.upper() == "ALL":
        return features.values()
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    for name in chosen:
        if name not in features:
            raise InstallFailure(f"The specified Feature name ('{name}') not found in Feature table.", number=2711)
    return [features[name] for name in chosen]


def _check_favourite(feature: Feature, where: str) -> None:
    if feature.attributes & _FAVOR_ADVERTISE:
        what = f"feature '{feature.name}', which is only advertised until somebody uses it"
    elif feature.attributes & _FAVOR_SOURCE:
        what = f"feature '{feature.name}', which runs from the source"
    else:
        return
    raise NotEmulated(what, where=where, hint=f"install it locally with ADDLOCAL={feature.name}")


def _install_level(properties: Mapping[str, str]) -> int:
    return parse_number(properties.get("INSTALLLEVEL", "1"), default=1)


def _depth(name: str, features: Mapping[str, Feature]) -> int:
    depth = 1
    while parent := features[name].parent:
        depth += 1
        if depth > _DEEPEST or parent not in features:
            raise InstallFailure(
                f"The depth of a feature exceeds the acceptable tree depth of {_DEEPEST} levels.", number=2701
            )
        name = parent
    return depth
