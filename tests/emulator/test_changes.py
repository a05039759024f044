"""Snapshots of a machine, and what became of it between two."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.changes import Change, FileChange, MachineDiff, RegistryChange, diff
from harness.emulator.contents import ContentStore
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import FrozenFolder, MachineSnapshot
from harness.emulator.registry import EmulatedRegistry
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import Hive, RegistryPath, RegistryValue, View


class Volumes:
    """A registry and a volume under one clock."""

    def __init__(self, store: ContentStore | None = None) -> None:
        self.time = datetime(2026, 3, 2, 8, tzinfo=UTC)
        self.registry = EmulatedRegistry(lambda: self.time)
        self.files = EmulatedFiles(lambda: self.time, 1_000, store=store)

    def snapshot(self) -> MachineSnapshot:
        """Return how everything is."""
        return MachineSnapshot(at=self.time, registry=self.registry.snapshot(), files=self.files.snapshot())

    def since(self, before: MachineSnapshot) -> MachineDiff:
        """Return what changed."""
        self.time += timedelta(minutes=1)
        return diff(before, self.snapshot())


@pytest.fixture
def volumes() -> Volumes:
    """Give an empty registry and an empty volume."""
    return Volumes()


def path(text: str) -> RegistryPath:
    """Return the path a text says."""
    return RegistryPath.parse(text)


APP = path(r"HKLM\SOFTWARE\Contoso")


class TestRegistry:
    """Keys and values."""

    def test_nothing_changed(self, volumes: Volumes) -> None:
        """Two snapshots of an idle machine are alike, and share what they hold."""
        volumes.registry.set(APP, "x", RegistryValue.of("1"))
        before = volumes.snapshot()

        assert not volumes.since(before)
        assert "nothing changed" == str(volumes.since(before))
        assert before.registry.hives[Hive.HKLM] is volumes.snapshot().registry.hives[Hive.HKLM]
        assert before.files.drives["C:"] is volumes.snapshot().files.drives["C:"]

    def test_added_changed_removed(self, volumes: Volumes) -> None:
        """Every key and value that is different is listed once, by place."""
        registry = volumes.registry
        for name in ("same", "changed", "removed"):
            registry.set(APP, name, RegistryValue.of("1"))
        registry.set(APP.child("gone"), "", RegistryValue.of(7))
        before = volumes.snapshot()
        registry.set(APP, "same", RegistryValue.of("1"))
        registry.set(APP, "CHANGED", RegistryValue.of(2))
        registry.delete_value(APP, "removed")
        registry.delete(APP.child("gone"))
        registry.set(APP.child("new"), "x", RegistryValue.of(("a", "b")))

        assert [
            r"~ HKLM\SOFTWARE\Contoso : changed = 1 -> 2 (REG_SZ -> REG_DWORD)",
            r"- HKLM\SOFTWARE\Contoso : removed = 1 (REG_SZ)",
            r"- HKLM\SOFTWARE\Contoso\gone",
            r"- HKLM\SOFTWARE\Contoso\gone : (default) = 7 (REG_DWORD)",
            r"+ HKLM\SOFTWARE\Contoso\new",
            r"+ HKLM\SOFTWARE\Contoso\new : x = a; b (REG_MULTI_SZ)",
        ] == str(volumes.since(before)).splitlines()

    def test_32_bit_data_shows_where_it_is(self, volumes: Volumes) -> None:
        """What a 32-bit program wrote is listed below WOW6432Node."""
        before = volumes.snapshot()
        volumes.registry.create(APP, View.VIEW_32)
        volumes.registry.create(path(r"HKCR\CLSID\{1}"), View.VIEW_32)

        assert {r"HKLM\SOFTWARE\WOW6432Node\Contoso", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{1}"} < {
            change.path.short for change in volumes.since(before).registry
        }

    def test_control_set_shows_by_its_link(self, volumes: Volumes) -> None:
        """The control set in use is named as everybody names it."""
        before = volumes.snapshot()
        volumes.registry.set(path(r"HKLM\SYSTEM\ControlSet001\Services\X"), "Start", RegistryValue.of(2))

        (change,) = (change for change in volumes.since(before).registry if change.name)
        assert path(r"HKLM\SYSTEM\CurrentControlSet\Services\X") == change.path

    def test_new_hive(self, volumes: Volumes) -> None:
        """A user's hive that was loaded counts as added."""
        before = volumes.snapshot()
        volumes.registry.load_user("S-1-5-21-1")

        assert [r"+ HKU\S-1-5-21-1", r"+ HKU\S-1-5-21-1_Classes"] == str(volumes.since(before)).splitlines()


class TestFiles:
    """Folders and files."""

    @pytest.fixture(params=["in memory", "on this computer"])
    def volumes(self, request: pytest.FixtureRequest) -> Volumes:
        """Give volumes that keep contents in either place."""
        small = ContentStore(largest_in_memory=0, memory_budget=0)
        return Volumes() if request.param == "in memory" else Volumes(small)

    def test_added_changed_removed(self, volumes: Volumes) -> None:
        """Every folder and file that is different is listed once, with sizes."""
        files = volumes.files
        for name in ("same", "changed", "other", "removed"):
            files.write(rf"C:\x\{name}.bin", b"1" * 5_000)
        before = volumes.snapshot()
        files.write(r"C:\x\same.bin", b"1" * 5_000)
        files.write(r"C:\x\other.bin", b"2" * 5_000)
        with files.open(r"C:\x\changed.bin", "ab") as file:
            file.write(b"2")
        files.delete(r"C:\x\removed.bin")
        files.write(r"C:\y\new.bin", b"12345" * 1_000)

        assert [
            r"~ C:\x\changed.bin (5,000 -> 5,001 bytes)",
            r"~ C:\x\other.bin (5,000 -> 5,000 bytes)",
            r"- C:\x\removed.bin (5,000 bytes)",
            "+ C:\\y\\",
            r"+ C:\y\new.bin (5,000 bytes)",
        ] == str(volumes.since(before)).splitlines()

    def test_snapshot_keeps_what_was(self, volumes: Volumes) -> None:
        """Writing to a file after a snapshot leaves the snapshot's bytes alone, also through a handle opened before."""
        with volumes.files.open(r"C:\a", "wb") as file:
            file.write(b"before" * 1_000)
            snapshot = volumes.snapshot()
            file.seek(0)
            file.write(b"after!")
            file.truncate(6)
        frozen = snapshot.files.drives["C:"].entries["A"]

        assert b"before" * 1_000 == frozen.content.read(0, 9_999)  # type: ignore[union-attr]
        assert 6_000 == frozen.size_bytes  # type: ignore[union-attr]
        assert b"after!" == volumes.files.read(r"C:\a")

    def test_attributes(self, volumes: Volumes) -> None:
        """What a file and a folder are marked as is compared, alone and beside the size."""
        files = volumes.files
        files.write(r"C:\x.txt", b"1")
        files.write(r"C:\plain", b"1")
        files.set_attributes(r"C:\plain", FileAttributes.NORMAL)
        files.make_folder(r"C:\folder")
        before = volumes.snapshot()
        files.set_attributes(r"C:\x.txt", FileAttributes.ARCHIVE | FileAttributes.HIDDEN)
        files.write(r"C:\plain", b"22")
        files.set_attributes(r"C:\plain", FileAttributes.READONLY)
        files.set_attributes(r"C:\folder", FileAttributes.HIDDEN)
        found = volumes.since(before)

        assert [
            "~ C:\\folder\\ (attributes DIRECTORY -> DIRECTORY | HIDDEN)",
            r"~ C:\plain (1 -> 2 bytes, attributes NORMAL -> READONLY)",
            r"~ C:\x.txt (attributes ARCHIVE -> ARCHIVE | HIDDEN)",
        ] == str(found).splitlines()
        assert {"attributes_before": "ARCHIVE", "attributes_after": "ARCHIVE | HIDDEN"}.items() <= (
            found.to_json()["files"][2].items()
        )

    def test_links_show_where_they_lead(self, volumes: Volumes) -> None:
        """A link that came or went shows its target; one that leads elsewhere went and came."""
        files = volumes.files
        files.make_folder(r"C:\app")
        files.write(r"C:\app\a", b"")
        files.make_link(r"C:\l", r"C:\old", LinkKind.SYMBOLIC)
        before = volumes.snapshot()
        files.delete(r"C:\l")
        files.make_link(r"C:\l", r"C:\app\a", LinkKind.SYMBOLIC)
        files.make_link(r"C:\j", r"C:\app", LinkKind.JUNCTION)
        found = volumes.since(before)

        assert [
            "+ C:\\j\\ -> C:\\app",
            r"- C:\l -> C:\old",
            r"+ C:\l -> C:\app\a",
        ] == str(found).splitlines()
        assert [r"C:\app", r"C:\old", r"C:\app\a"] == [entry["target"] for entry in found.to_json()["files"]]

    def test_folder_in_place_of_a_file(self, volumes: Volumes) -> None:
        """A name that was a file and is a folder was removed and added."""
        volumes.files.write(r"C:\a", b"1" * 5_000)
        before = volumes.snapshot()
        volumes.files.delete(r"C:\a")
        volumes.files.write(r"C:\a\b", b"1")

        assert [r"- C:\a (5,000 bytes)", "+ C:\\a\\", r"+ C:\a\b (1 bytes)"] == str(volumes.since(before)).splitlines()

    def test_moved_folder(self, volumes: Volumes) -> None:
        """A move is a removal and an addition of everything that moved."""
        volumes.files.write(r"C:\a\b\c", b"1")
        before = volumes.snapshot()
        volumes.files.move(r"C:\a\b", r"C:\d")

        assert {("removed", r"C:\a\b"), ("removed", r"C:\a\b\c"), ("added", r"C:\d"), ("added", r"C:\d\c")} == {
            (change.change.value, change.path) for change in volumes.since(before).files
        }

    def test_renamed_case_is_no_change(self, volumes: Volumes) -> None:
        """Another spelling of a name is still the same file; the next snapshot has the new one."""
        volumes.files.write(r"C:\a", b"1")
        before = volumes.snapshot()
        volumes.files.move(r"C:\a", r"C:\A")

        assert not volumes.since(before)
        assert "A" == volumes.snapshot().files.drives["C:"].entries["A"].name

    def test_only_the_way_to_a_change_is_made_anew(self, volumes: Volumes) -> None:
        """Snapshots share the folders in which nothing happened."""
        volumes.files.write(r"C:\a\x", b"1")
        volumes.files.write(r"C:\b\x", b"1")
        before = volumes.snapshot().files.drives["C:"]
        volumes.files.write(r"C:\b\y", b"1")
        after = volumes.snapshot().files.drives["C:"]

        assert before.entries["A"] is after.entries["A"]
        assert before.entries["B"] is not after.entries["B"]
        assert isinstance(after.entries["B"], FrozenFolder)


class TestMachineDiff:
    """The difference as a value."""

    @pytest.fixture
    def found(self, volumes: Volumes) -> MachineDiff:
        """Give the difference an agent and an app make."""
        volumes.registry.create(path(r"HKLM\SOFTWARE\Microsoft"))
        before = volumes.snapshot()
        volumes.registry.set(path(r"HKLM\SOFTWARE\Microsoft\Agent\Apps"), "State", RegistryValue.of(b"\1\2"))
        volumes.registry.set(path(r"HKLM\SOFTWARE\Microsoft\AgentX"), "", RegistryValue.of("x"))
        volumes.files.write(r"C:\ProgramData\Agent\Logs\a.log", b"line")
        volumes.files.write(r"C:\App\app.exe", b"MZ")
        return volumes.since(before)

    def test_without(self, found: MachineDiff) -> None:
        """Places can be left out with all below them, whatever the spelling, and nothing that only begins alike."""
        rest = found.without([r"hkey_local_machine\software\microsoft\AGENT", "C:/programdata/"])

        assert [
            r"+ HKLM\SOFTWARE\Microsoft\AgentX",
            r"+ HKLM\SOFTWARE\Microsoft\AgentX : (default) = x (REG_SZ)",
            "+ C:\\App\\",
            r"+ C:\App\app.exe (2 bytes)",
        ] == str(rest).splitlines()
        assert found == found.without([])

    def test_json(self, found: MachineDiff) -> None:
        """The difference is plain JSON values."""
        written = json.loads(json.dumps(found.to_json()))

        assert {
            "change": "added",
            "key": r"HKLM\SOFTWARE\Microsoft\Agent\Apps",
            "name": "State",
            "type": "REG_BINARY",
            "before": None,
            "after": "01 02",
        } in written["registry"]
        assert {
            "change": "added",
            "path": r"C:\App\app.exe",
            "is_directory": False,
            "size_bytes_before": None,
            "size_bytes_after": 2,
            "attributes_before": None,
            "attributes_after": "ARCHIVE",
            "target": None,
        } in written["files"]

    def test_attributes_without_a_name(self) -> None:
        """A mark that has no name shows as its number."""
        change = FileChange(
            change=Change.CHANGED,
            path=r"C:\x",
            is_directory=False,
            size_before=1,
            size_after=1,
            attributes_before=FileAttributes(0x40020),
            attributes_after=FileAttributes(0),
            is_content_same=True,
        )
        assert r"~ C:\x (attributes ARCHIVE | 0x40000 -> none)" == str(change)

    def test_nothing_reaches_the_terminal_raw(self) -> None:
        """Names, data and targets are spelled out where they would move the cursor or turn the writing."""
        evil, shown = "\x1b[2J\u202e\r\n+ x", r"\x1b[2J\u202e\r\n+ x"
        value = RegistryValue.of(evil)
        added = Change.ADDED
        found = MachineDiff(
            registry=(
                RegistryChange(change=added, path=APP.child(evil)),
                RegistryChange(change=added, path=APP, name=evil, after=value),
            ),
            files=(
                FileChange(change=added, path=f"C:\\{evil}", is_directory=True),
                FileChange(change=added, path=f"C:\\{evil}", is_directory=False, size_after=1),
                FileChange(change=added, path=r"C:\l", is_directory=False, target=evil),
            ),
        )

        assert [
            rf"+ HKLM\SOFTWARE\Contoso\{shown}",
            rf"+ HKLM\SOFTWARE\Contoso : {shown} = {shown} (REG_SZ)",
            f"+ C:\\{shown}\\",
            rf"+ C:\{shown} (1 bytes)",
            rf"+ C:\l -> {shown}",
        ] == str(found).splitlines()
        assert evil == found.to_json()["registry"][1]["after"]

    def test_values(self) -> None:
        """Changes are values that compare."""
        key = RegistryChange(change=Change.REMOVED, path=APP, before=None)
        assert key == RegistryChange(change=Change.REMOVED, path=path(r"hklm\software\contoso"))
        assert {"type": None, "before": None, "after": None}.items() <= key.to_json().items()
        assert "- C:\\x\\" == str(FileChange(change=Change.REMOVED, path=r"C:\x", is_directory=True))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "delete", "set", "unset", "snapshot"]),
            st.sampled_from(["a", "b", r"a\c", r"b\c", r"b\c\d"]),
            st.integers(0, 2),
        ),
        max_size=25,
    )
)
@settings(deadline=None, max_examples=60)
def test_difference_is_what_happened(steps: list[tuple[str, str, int]]) -> None:
    """However often one looks in between, the difference of two snapshots leads from one to the other."""
    volumes = Volumes()
    before = volumes.snapshot()
    for action, name, number in steps:
        place, key = rf"C:\{name}.d\x", APP.child(name)
        if action == "write":
            volumes.files.write(place, bytes(number))
        elif action == "delete" and volumes.files.exists(place):
            volumes.files.delete(place)
        elif action == "set":
            volumes.registry.set(key, "n", RegistryValue.of(number))
        elif action == "unset" and volumes.registry.exists(key):
            volumes.registry.delete(key)
        else:
            volumes.snapshot()
    found = volumes.since(before)

    files = {change.path for change in found.files if not change.is_directory}
    assert files == {
        rf"C:\{n}.d\x" for n in ("a", "b", r"a\c", r"b\c", r"b\c\d") if volumes.files.exists(rf"C:\{n}.d\x")
    }
    values = {change.path.short: change.after for change in found.registry if change.name}
    keys = {APP.child(n) for n in ("a", "b", r"a\c", r"b\c", r"b\c\d")}
    assert values == {key.short: value for key in keys if (value := volumes.registry.get(key, "n"))}
