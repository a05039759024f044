"""The version resource of programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.contents import ContentStore
from harness.emulator.executables import file_version, make_executable
from harness.emulator.files import EmulatedFiles
from harness.model.windows import Architecture, FileVersion
from tests.emulator.volumes import Clock


@pytest.fixture
def spooling(clock: Clock) -> Iterator[EmulatedFiles]:
    """Give a volume that keeps next to nothing in memory."""
    volume = EmulatedFiles(clock, 1_000, store=ContentStore(largest_in_memory=8_192, memory_budget=16_384))
    yield volume
    volume.close()


class TestVersions:
    """The version resource of programs."""

    @pytest.mark.parametrize("architecture", list(Architecture))
    def test_version_is_read(self, files: EmulatedFiles, architecture: Architecture) -> None:
        """A program's fixed file version is read for every processor."""
        version = FileVersion(10, 0, 22631, 2428)
        files.write(r"C:\x.exe", make_executable(version, architecture, {"FileDescription": "Contoso"}))

        assert version == files.version(r"C:\x.exe")
        assert version == files.version(r"C:\x.exe")

    def test_made_programs_are_what_pefile_expects(self) -> None:
        """The image that is made has the texts, the machine type and no oddities for an independent parser."""
        import pefile

        image = pefile.PE(data=make_executable(FileVersion(1, 2, 3, 4), Architecture.X86, {"CompanyName": "Contoso"}))
        texts = image.FileInfo[0][0].StringTable[0].entries

        assert 0x014C == image.FILE_HEADER.Machine
        assert {b"FileVersion": b"1.2.3.4", b"ProductVersion": b"1.2.3.4", b"CompanyName": b"Contoso"} == texts
        assert [] == [warning for warning in image.get_warnings() if "resource" in warning.lower()]

    def test_version_of_a_file_on_this_computer(self, spooling: EmulatedFiles) -> None:
        """A large program is not read into memory for it."""
        spooling.write(r"C:\x.exe", make_executable(FileVersion(1, 2)) + bytes(50_000))

        assert FileVersion(1, 2) == spooling.version(r"C:\x.exe")
        spooling.delete(r"C:\x.exe")

    def test_version_follows_the_content(self, files: EmulatedFiles) -> None:
        """A new version is read after the file was written anew."""
        files.write(r"C:\x.exe", make_executable(FileVersion(1)))
        assert FileVersion(1) == files.version(r"C:\x.exe")
        with files.open(r"C:\x.exe", "wb") as file:
            file.write(make_executable(FileVersion(2)))

        assert FileVersion(2) == files.version(r"C:\x.exe")

    @pytest.mark.parametrize(
        "data", [b"", b"MZ", b"text", b"MZ" + b"\xff" * 2_000, make_executable(FileVersion(1))[:600]]
    )
    def test_no_version(self, data: bytes) -> None:
        """What is no program, or a broken one, has no version."""
        assert file_version(ContentStore().new(data)) is None

    @given(st.integers(0, 1_023), st.integers(0, 255))
    @settings(deadline=None, max_examples=20)
    def test_damaged_programs_are_no_danger(self, place: int, value: int) -> None:
        """Whichever byte of a program is wrong, reading its version gives a version or none."""
        data = bytearray(make_executable(FileVersion(1, 2, 3, 4)))
        data[place] = value

        assert isinstance(file_version(ContentStore().new(bytes(data))), FileVersion | None)
