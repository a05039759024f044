"""The version resource of programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.contents import ContentStore
from harness.emulator.executables import VersionInfo, make_executable, version_info
from harness.emulator.files import EmulatedFiles
from harness.model.files import FileVersion
from harness.model.windows import Architecture
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

    def test_everything_the_resource_says(self, files: EmulatedFiles) -> None:
        """Fixed versions and texts are read as they are, also where they differ; a folder and a text have neither."""
        texts = {"ProductName": "Contoso Ünïcode", "FileVersion": "1.2 (build 7)"}
        files.write(r"C:\x\x.exe", make_executable(FileVersion(1, 2, 3, 4), texts=texts))
        found = files.version_info(r"C:\x\x.exe")

        assert found is not None
        assert (FileVersion(1, 2, 3, 4), FileVersion(1, 2, 3, 4)) == (found.file_version, found.product_version)
        assert {"FileVersion": "1.2 (build 7)", "ProductVersion": "1.2.3.4", "ProductName": "Contoso Ünïcode"} == dict(
            found.texts
        )
        files.write(r"C:\x\x.txt", b"text")
        assert files.version_info(r"C:\x\x.txt") is None
        assert files.version_info(r"C:\x") is None

    def test_texts_of_the_language_that_is_listed(self) -> None:
        """The table of the listed translation counts; without one, English ones; without those, there are none."""
        image = make_executable(FileVersion(1), texts={"ProductName": "Contoso"})
        language = "040904B0".encode("utf-16-le")
        listed = bytes([0x09, 0x04]) + (1200).to_bytes(2, "little")
        assert (1, 1) == (image.count(language), image.count(listed))
        german = image.replace(language, "040704B0".encode("utf-16-le"))
        for data, name in (
            (image.replace(listed, b"\x07\x04\xb0\x04"), "Contoso"),
            (german.replace(listed, b"\x07\x04\xb0\x04"), "Contoso"),
            (german, None),
        ):
            found = version_info(ContentStore().new(data))
            assert found
            assert name == found.texts.get("ProductName")

    def test_numbers_without_texts(self) -> None:
        """Where the texts are broken or missing, the numbers count all the same."""
        image = make_executable(FileVersion(1, 2))
        broken = version_info(ContentStore().new(image.replace("StringFileInfo".encode("utf-16-le"), bytes(28))))
        assert broken
        assert (FileVersion(1, 2), {}) == (broken.file_version, dict(broken.texts))

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
        assert version_info(ContentStore().new(data)) is None

    @given(st.integers(0, 1_023), st.integers(0, 255))
    @settings(deadline=None, max_examples=20)
    def test_damaged_programs_are_no_danger(self, place: int, value: int) -> None:
        """Whichever byte of a program is wrong, reading its version gives a version or none."""
        data = bytearray(make_executable(FileVersion(1, 2, 3, 4)))
        data[place] = value

        assert isinstance(version_info(ContentStore().new(bytes(data))), VersionInfo | None)
