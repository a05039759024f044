"""Where the bytes of emulated files are kept."""

from __future__ import annotations

import gc
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.contents import Content, ContentStore
from harness.emulator.files import EmulatedFiles
from harness.errors import Unavailable, UsageError
from harness.model.windows import View

MIB = 2**20


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time


@pytest.fixture
def clock() -> Clock:
    """Give a clock that shows eight o'clock."""
    return Clock()


class TestContents:
    """Where bytes are kept."""

    def test_small_contents_stay_in_memory(self) -> None:
        """Nothing is written to this computer for a few small files."""
        store = ContentStore()
        contents = [store.new(b"x" * 1_000) for _ in range(100)]

        assert all(content.is_in_memory for content in contents)
        assert 100_000 == store.in_memory
        del contents
        assert 0 == store.in_memory

    def test_large_content_goes_to_a_private_folder(self) -> None:
        """A content beyond the limit lies in a host file, which goes with it; the folder goes with the store."""
        store = ContentStore(largest_in_memory=10_000)
        content = store.new(b"x" * 20_000)
        host_file = content.host_file()
        assert host_file is not None
        folder = Path(host_file).parent
        assert 20_000 == Path(host_file).stat().st_size
        if os.name == "posix":
            assert 0o700 == folder.stat().st_mode & 0o777
        del content
        gc.collect()
        assert [] == list(folder.iterdir())

        other = store.new(b"y" * 20_000)
        store.close()
        assert not folder.exists()
        with pytest.raises(UsageError, match="closed"):
            other.read(0, 1)
        store.close()

    def test_folder_goes_with_a_forgotten_machine(self, clock: Clock) -> None:
        """Nobody needs to close a machine for its temporary files to disappear."""
        files = EmulatedFiles(clock, 100, store=ContentStore(largest_in_memory=1_000))
        files.write(r"C:\x", bytes(20_000))
        host_file = files._find.file(r"C:\x", View.VIEW_64).record.content.host_file()
        assert host_file is not None
        assert Path(host_file).exists()
        del files
        gc.collect()

        assert not Path(host_file).parent.exists()

    def test_many_middling_contents_do_not_fill_memory(self) -> None:
        """Past the budget only tiny contents still join memory."""
        store = ContentStore(memory_budget=100_000)
        contents = [store.new(bytes(10_000)) for _ in range(50)]
        tiny = store.new(bytes(4_096))

        assert 100_000 + 4_096 == store.in_memory
        assert 10 == sum(content.is_in_memory for content in contents)
        assert tiny.is_in_memory
        assert all(bytes(10_000) == content.read(0, 10_000) for content in contents)
        store.close()

    def test_gigabytes_are_only_promised(self, clock: Clock) -> None:
        """A file of many gigabytes with a hole takes neither memory nor much disk."""
        files = EmulatedFiles(clock, 100_000)
        with files.open(r"C:\big", "w+b") as file:
            file.truncate(50 * 1024 * MIB)
            file.seek(49 * 1024 * MIB)
            file.write(b"here")
            file.seek(-2 * MIB, 1)
            assert file.read(4 * MIB).endswith(b"here" + bytes(2 * MIB - 0))
        assert 50_000 > files.free_space_mb() > 48_000
        files.close()

    def test_full_host_disk_is_said_in_words(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """When this computer cannot take a large file, the message says so; it is not the machine's error."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

        with pytest.raises(Unavailable, match="temporary folder of this computer cannot be used"):
            ContentStore(largest_in_memory=1).new(bytes(5_000))

    def test_host_failures_later_on(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A host file that somebody took away is reported in the same words."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        store = ContentStore(largest_in_memory=1)
        content = store.new(bytes(5_000))
        host_file = content.host_file()
        assert host_file is not None
        store.host._open.popitem()[1].close()
        Path(host_file).unlink()
        with pytest.raises(Unavailable, match="cannot be used"):
            content.read(0, 1)
        with pytest.raises(Unavailable, match="cannot be used"):
            content.copy()
        store.close()

    @given(
        st.lists(
            st.tuples(st.sampled_from(["write", "truncate", "copy"]), st.integers(0, 9_000), st.binary(max_size=64)),
            max_size=12,
        )
    )
    @settings(deadline=None, max_examples=60)
    def test_contents_are_like_bytes(self, steps: list[tuple[str, int, bytes]]) -> None:
        """In memory or on this computer, a content holds what a bytearray would."""
        for store in (ContentStore(), ContentStore(largest_in_memory=0, memory_budget=0)):
            content, expected, copies = store.new(), bytearray(), list[tuple[Content, bytes]]()
            for action, place, data in steps:
                if action == "write":
                    content.write(place, data)
                    expected.extend(bytes(max(0, place - len(expected))) if data else b"")
                    expected[place : place + len(data)] = data
                elif action == "truncate":
                    expected = expected[:place] + bytes(max(0, place - len(expected)))
                    content.truncate(place)
                else:
                    copies.append((content.copy(), bytes(expected)))
                assert (len(expected), bytes(expected)) == (content.size, content.read(0, 20_000))
            for copy, data in copies:
                assert data == copy.read(0, 20_000)
                assert copy.equals(content) == (data == bytes(expected))
            store.close()

    def test_only_a_few_host_files_are_open_at_a_time(self) -> None:
        """However many large files there are, the process does not run out of handles."""
        store = ContentStore(largest_in_memory=0, memory_budget=0)
        contents = [store.new(bytes([number]) * 5_000) for number in range(40)]

        assert 16 >= len(store.host._open)
        assert all(bytes([number]) == content.read(4_999, 9) for number, content in enumerate(contents))
        store.close()
