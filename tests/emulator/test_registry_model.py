"""Random work on a registry, beside a plain dictionary of places that says what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from harness.emulator.frozen import KeyImage, RegistrySnapshot
from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError
from harness.machine.clock import Signal
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.registries import ADA, START

#: Where a key is, as its names are spelled: HKLM or HKU, and what is below. And the same folded, to look it up by.
Spelled = tuple[str, ...]
Place = tuple[str, ...]

#: What the documented rules say of the beginnings of paths: where they are in the 64-bit view and in the 32-bit view.
MACHINE_ROOTS = {
    r"HKLM\SOFTWARE": (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node"),
    r"HKLM\SOFTWARE\Wow6432Node": (r"HKLM\SOFTWARE\WOW6432Node",) * 2,
    r"HKLM\SOFTWARE\Policies": (r"HKLM\SOFTWARE\Policies",) * 2,
    r"HKLM\SOFTWARE\WOW6432Node\POLICIES": (r"HKLM\SOFTWARE\POLICIES",) * 2,
    r"HKLM\SOFTWARE\Classes": (r"HKLM\SOFTWARE\Classes",) * 2,
    r"HKLM\SOFTWARE\Classes\CLSID": (r"HKLM\SOFTWARE\Classes\CLSID", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID"),
    r"HKLM\SOFTWARE\WOW6432Node\Classes\clsid": (r"HKLM\SOFTWARE\Classes\WOW6432Node\clsid",) * 2,
    r"HKLM\SYSTEM\CurrentControlSet": (r"HKLM\SYSTEM\ControlSet001",) * 2,
    r"HKLM\SYSTEM\ControlSet001": (r"HKLM\SYSTEM\ControlSet001",) * 2,
}
USER_ROOTS = {
    rf"HKU\{ADA}": (rf"HKU\{ADA}",) * 2,
    rf"HKU\{ADA}\Software\Classes": (rf"HKU\{ADA}_Classes",) * 2,
    rf"HKU\{ADA}_Classes\CLSID": (rf"HKU\{ADA}_Classes\CLSID", rf"HKU\{ADA}_Classes\WOW6432Node\CLSID"),
    r"HKU\S-1-5-18": (r"HKU\.DEFAULT",) * 2,
}
#: HKCU is the user's hive while it is loaded.
LOADED = {"HKCU": (rf"HKU\{ADA}",) * 2, r"HKCU\Software": (rf"HKU\{ADA}\Software",) * 2}
NOT_LOADED = {"HKCU": (r"HKU\.DEFAULT",) * 2, r"HKCU\Software": (r"HKU\.DEFAULT\Software",) * 2}

USER, USER_CLASSES = ("HKU", ADA), ("HKU", f"{ADA}_CLASSES")
#: Links that every start of Windows makes.
SYSTEM_LINKS = (
    ("HKLM", "SYSTEM", "CURRENTCONTROLSET"),
    ("HKLM", "SYSTEM", "CONTROLSET001", "HARDWARE PROFILES", "CURRENT"),
    ("HKU", "S-1-5-18"),
)

Path = tuple[str, list[str]]
BELOW = st.sampled_from(["a", "A", "ä", "b", r"A\ä", r"a\Ä", r"a\b", r"a\b\A"]).map(lambda names: names.split("\\"))
MACHINE_PATHS = st.tuples(st.sampled_from(sorted(MACHINE_ROOTS)), BELOW)
PATHS = st.tuples(st.sampled_from(sorted({**MACHINE_ROOTS, **USER_ROOTS, **LOADED})), BELOW)
VIEWS = st.sampled_from(list(View))
VALUE_NAMES = st.sampled_from(["", "x", "X", "y\\z"])
VALUES = st.one_of(
    st.integers(0, 3).map(RegistryValue.of),
    st.sampled_from(["", "x"]).map(RegistryValue.of),
    st.just(RegistryValue(RegistryType(0x99), b"\0")),
)


@dataclass(frozen=True)
class Node:
    """What a key must be."""

    name: str
    modified: datetime
    values: dict[str, tuple[str, RegistryValue]] = field(default_factory=dict)
    is_volatile: bool = False
    target: Spelled | None = None


@dataclass
class Watch:
    """Who watches what, and whether they must have been told."""

    signal: Signal
    place: Place
    below: bool
    is_due: bool = False


@dataclass(frozen=True)
class Kept:
    """A snapshot, and what was at that time."""

    snapshot: RegistrySnapshot
    nodes: dict[Place, Node]
    away: dict[Place, Node] | None


def key(place: Spelled) -> Place:
    """Return a place as it is looked up."""
    return tuple(map(folded, place))


def nodes_of(snapshot: RegistrySnapshot) -> dict[Place, Node]:
    """Return everything that a snapshot holds, by place."""

    def walk(place: Place, image: KeyImage) -> Iterator[tuple[Place, Node]]:
        values, target = dict(image.values), None
        if image.is_link:
            data = values.pop("SYMBOLICLINKVALUE")[1].data
            assert isinstance(data, bytes)
            _, _, hive, *names = data.decode("utf-16-le").split("\\")
            target = ("HKLM" if folded(hive) == "MACHINE" else "HKU", *names)
        yield place, Node(image.name, image.modified, values, image.is_volatile, target)
        for name, child in image.keys.items():
            yield from walk((*place, name), child)

    return {place: node for hive, image in snapshot.hives.items() for place, node in walk((hive.name,), image)}


class RegistryLikeADictionary(RuleBasedStateMachine):
    """Every rule does something to the registry and says by the dictionary what must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.time = START
        self.registry = EmulatedRegistry(lambda: self.time).of_user(ADA)
        self.nodes = nodes_of(self.registry.snapshot())
        self.away: dict[Place, Node] | None = None  # the user's keys while signed out; None before the first time
        self.kept: list[Kept] = []
        self.watches: list[Watch] = []

    # What the rules say

    def place(self, path: Path, view: View) -> Spelled:
        """Return where a path is by the rules of views and users; links come later."""
        roots = {**MACHINE_ROOTS, **USER_ROOTS, **(LOADED if USER in self.nodes else NOT_LOADED)}
        root, below = path
        return (*roots[root][view is View.VIEW_32].split("\\"), *below)

    def resolved(self, place: Spelled, *, follow: bool = True) -> Spelled | None:
        """Return where a place is when links are followed; None when they go on for ever."""
        links, length = 0, 2
        while length <= len(place):
            node = self.nodes.get(key(place[:length]))
            if node is None:
                return place
            if node.target and (follow or length < len(place)):
                links += 1
                if links > 32:
                    return None
                place, length = (*node.target, *place[length:]), 2
            else:
                length += 1
        return place

    def found(self, path: Path, view: View, *, follow: bool = True) -> Place | None:
        """Return the place of a key that is there."""
        place = self.resolved(self.place(path, view), follow=follow)
        return key(place) if place and key(place) in self.nodes else None

    def code_of_making(self, place: Spelled | None, *, volatile: bool) -> int:
        """Return the error that making a key must give, or 0."""
        if place is None:
            return 2
        lengths = [length for length in range(2, len(place) + 1) if key(place[:length]) in self.nodes]
        if not lengths:
            return 87
        above = self.nodes[key(place[: lengths[-1]])]
        if lengths[-1] == len(place):
            return 0
        if len(place) - lengths[-1] > 32:
            return 87
        return 1021 if above.is_volatile and not volatile else 0

    def made(self, place: Spelled, *, volatile: bool = False) -> None:
        """Note that a key is there, and those above it."""
        for length in range(3, len(place) + 1):
            if key(place[:length]) not in self.nodes:
                self.nodes[key(place[:length])] = Node(place[length - 1], self.time, is_volatile=volatile)
                self.written(key(place[: length - 1]))

    def written(self, place: Place, **changes: object) -> None:
        """Note that something in a key changed."""
        self.nodes[place] = replace(self.nodes[place], modified=self.time, **changes)  # type: ignore[arg-type]
        for watch in self.watches:
            watch.is_due |= watch.place == place or (watch.below and watch.place == place[: len(watch.place)])

    def taken_out(self, place: Place) -> dict[Place, Node]:
        """Note that a key is gone with all below it; return what is gone."""
        gone = {one: node for one, node in self.nodes.items() if one[: len(place)] == place}
        for one in gone:
            del self.nodes[one]
        for watch in self.watches:
            watch.is_due |= watch.place in gone
        self.written(place[:-1])
        return gone

    def restarted(self) -> None:
        """Note that volatile keys are gone and the system's links made anew."""
        links = {place: self.nodes[place] for place in SYSTEM_LINKS}
        self.nodes = {place: node for place, node in self.nodes.items() if not node.is_volatile}
        self.nodes |= {place: replace(link, modified=self.time) for place, link in links.items()}
        self.watches.clear()

    @contextmanager
    def expecting(self, code: int) -> Iterator[None]:
        """Make sure that what is done gives an error, or none for 0."""
        self.time += timedelta(minutes=1)
        found = 0
        try:
            yield
        except MachineError as error:
            found = error.winerror
        assert code == found

    # What is done

    @rule(path=PATHS, view=VIEWS, volatile=st.sampled_from([False, False, False, True]))
    def create(self, path: Path, view: View, *, volatile: bool) -> None:
        """Make a key."""
        place = self.resolved(self.place(path, view))
        code = self.code_of_making(place, volatile=volatile)
        with self.expecting(code):
            self.registry.create(path_of(path), view, volatile=volatile)
        if place and not code:
            self.made(place, volatile=volatile)

    @rule(path=PATHS, view=VIEWS, name=VALUE_NAMES, value=VALUES)
    def set(self, path: Path, view: View, name: str, value: RegistryValue) -> None:
        """Set a value."""
        place = self.resolved(self.place(path, view))
        code = self.code_of_making(place, volatile=False)
        with self.expecting(code):
            self.registry.set(path_of(path), name, value, view)
        if place and not code:
            self.made(place)
            values = self.nodes[key(place)].values
            spelling = values.get(folded(name), (name, value))[0]
            self.written(key(place), values={**values, folded(name): (spelling, value)})

    @rule(path=PATHS, view=VIEWS, name=VALUE_NAMES)
    def delete_value(self, path: Path, view: View, name: str) -> None:
        """Delete a value."""
        place = self.found(path, view)
        values = self.nodes[place].values if place else {}
        with self.expecting(0 if folded(name) in values else 2):
            self.registry.delete_value(path_of(path), name, view)
        if place and folded(name) in values:
            self.written(place, values={one: value for one, value in values.items() if one != folded(name)})

    @rule(path=PATHS, view=VIEWS, only_if_empty=st.booleans())
    def delete(self, path: Path, view: View, *, only_if_empty: bool) -> None:
        """Delete a key."""
        place = self.found(path, view, follow=False)
        is_full = place is not None and any(one[:-1] == place for one in self.nodes)
        code = 2 if place is None else 5 if is_full and only_if_empty else 0
        with self.expecting(code):
            self.registry.delete(path_of(path), view, only_if_empty=only_if_empty)
        if place and not code:
            self.taken_out(place)

    @rule(path=MACHINE_PATHS, other=MACHINE_PATHS, view=VIEWS)
    def create_link(self, path: Path, other: Path, view: View) -> None:
        """Make a link."""
        place = self.resolved(self.place(path, view), follow=False)
        code = 183 if place and key(place) in self.nodes else self.code_of_making(place, volatile=False)
        root, below = other
        # The control set in use stays a link in the text of a link; views do not.
        leads_to = (*root.split("\\"), *below) if root.endswith("ControlSet") else self.place(other, view)
        with self.expecting(code):
            self.registry.create_link(path_of(path), path_of(other), view)
        if place and not code:
            self.made(place)
            self.nodes[key(place)] = Node(place[-1], self.time, target=leads_to)

    @rule(path=PATHS, view=VIEWS, name=VALUE_NAMES)
    def read(self, path: Path, view: View, name: str) -> None:
        """Read everything of a key."""
        place = self.found(path, view)
        node = self.nodes[place] if place else None

        assert (node is not None) == self.registry.exists(path_of(path), view)
        value = node.values.get(folded(name), ("", None))[1] if node else None
        assert value == self.registry.get(path_of(path), name, view)
        with self.expecting(0 if node else 2):
            values = self.registry.values(path_of(path), view)
        if node:
            assert dict(node.values.values()) == values
            assert node.modified == self.registry.modified(path_of(path), view)
            names = sorted(one[-1] for one in self.nodes if one[:-1] == place)
            assert names == [folded(one) for one in self.registry.subkeys(path_of(path), view)]

    @rule(path=PATHS, view=VIEWS, below=st.booleans())
    def watch(self, path: Path, view: View, *, below: bool) -> None:
        """Watch a key."""
        place = self.found(path, view)
        with self.expecting(0 if place else 2):
            signal = self.registry.watch(path_of(path), view, below=below)
        if place:
            self.watches.append(Watch(signal, place, below))

    @rule(data=st.data())
    def live(self, data: st.DataObject) -> None:
        """Let one of the things happen that happen more seldom."""
        data.draw(st.sampled_from([self.sign_in, self.sign_in, self.sign_out, self.keep, self.restart]))()

    def sign_in(self) -> None:
        """Sign the user in."""
        self.time += timedelta(minutes=1)
        self.registry.load_user(ADA)
        if USER not in self.nodes:
            new = {USER: Node(ADA, self.time), USER_CLASSES: Node(f"{ADA}_Classes", self.time)}
            self.nodes |= new if self.away is None else self.away
            self.away = {}
            self.written(("HKU",))

    def sign_out(self) -> None:
        """Sign the user out."""
        is_loaded = USER in self.nodes
        with self.expecting(0 if is_loaded else 2):
            self.registry.unload_user(ADA)
        if is_loaded:
            gone = {**self.taken_out(USER), **self.taken_out(USER_CLASSES)}
            self.away = {place: node for place, node in gone.items() if not node.is_volatile}

    def keep(self) -> None:
        """Take a snapshot."""
        self.kept.append(Kept(self.registry.snapshot(), dict(self.nodes), self.away))

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """Go back to a snapshot."""
        self.time += timedelta(minutes=1)
        kept = data.draw(st.sampled_from(self.kept))
        self.registry.restore(kept.snapshot)
        self.nodes, self.away = dict(kept.nodes), kept.away
        self.restarted()

    def restart(self) -> None:
        """Restart."""
        self.time += timedelta(minutes=1)
        self.registry.drop_volatile()
        if USER in self.nodes:
            gone = {**self.taken_out(USER), **self.taken_out(USER_CLASSES)}
            self.away = {place: node for place, node in gone.items() if not node.is_volatile}
        self.restarted()

    @invariant()
    def is_as_it_must_be(self) -> None:
        """Make sure that keys, values, times, links are what they must be."""
        assert self.nodes == nodes_of(self.registry.snapshot())

    @invariant()
    def everybody_was_told(self) -> None:
        """Make sure that those who watch know, and no others."""
        assert [watch.is_due for watch in self.watches] == [watch.signal.is_set for watch in self.watches]


def path_of(path: Path) -> RegistryPath:
    """Return a path as the registry takes it."""
    return RegistryPath.parse("\\".join((path[0], *path[1])))


TestRegistryLikeADictionary = RegistryLikeADictionary.TestCase
TestRegistryLikeADictionary.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


@pytest.mark.slow
def test_registry_like_a_dictionary_for_long() -> None:
    """More than ten thousand steps show no difference."""
    long = settings(
        max_examples=300, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(RegistryLikeADictionary, settings=long)
