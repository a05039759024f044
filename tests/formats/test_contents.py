"""The files inside a package: all names are checked before the first file is given out."""

import io
import stat
import zipfile
from datetime import datetime

import pytest

from harness.errors import FormatError
from harness.formats.contents import Limits, open_contents


def archive_of(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> io.BytesIO:
    """Write an archive with the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(
                name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED
            )
    return out


def unix_entry(name: str, mode: int) -> zipfile.ZipInfo:
    """Return an entry as a Unix packer writes it."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def problems(stream: io.BytesIO, **limits: int) -> list[str]:
    """Return what is found wrong with an archive."""
    with pytest.raises(FormatError) as caught:
        open_contents(stream, source="app.intunewin", limits=Limits(**limits))
    return [str(problem) for problem in caught.value.problems]


def test_files_come_in_the_order_of_the_archive():
    """Path, size, time and data of each file, and folders where the packer wrote them."""
    info = zipfile.ZipInfo("Files/setup.exe", (2026, 8, 14, 9, 30, 58))
    contents = open_contents(archive_of(("z.txt", b"last?"), (info, b"MZ"), ("Empty/", b"")), source="app.intunewin")

    assert [(file.path, file.size_bytes, file.is_folder) for file in contents] == [
        ("z.txt", 5, False),
        ("Files\\setup.exe", 2, False),
        ("Empty", 0, True),
    ]
    assert contents.files[1].modified == datetime.fromisoformat("2026-08-14T09:30:58")
    assert [file.open().read() for file in contents if file.open] == [b"last?", b"MZ"]
    assert (3, 7) == (len(contents), contents.total_bytes)


def test_a_date_that_is_none_is_no_time():
    """Some packers leave the date out; the 0th day of month 0 is not guessed at."""
    info = zipfile.ZipInfo("a", (1980, 0, 0, 0, 0, 0))

    assert open_contents(archive_of((info, b"")), source="app.intunewin").files[0].modified is None


def test_names_are_taken_as_they_are_stored():
    """What stands behind a NUL is part of the name, and a name that Windows has not."""
    data = archive_of(("setup.exe1.txt", b"")).getvalue().replace(b"setup.exe1", b"setup.exe\0")

    assert problems(io.BytesIO(data)) == [
        "setup.exe\\x00.txt: has characters that Windows does not allow in names: \\x00"
    ]


def test_a_file_is_found_as_windows_finds_it():
    """Case and the kind of slash make no difference; what is not there is None."""
    contents = open_contents(archive_of(("Files/Setup.exe", b"MZ")), source="app.intunewin")

    assert contents.find("files/SETUP.EXE") is contents.files[0]
    assert contents.find("setup.exe") is None


def test_a_repeated_folder_comes_once():
    """Folders may be listed again, by another spelling; they come once."""
    contents = open_contents(archive_of(("a/", b""), ("A\\", b""), ("a/b", b"")), source="app.intunewin")

    assert [file.path for file in contents] == ["a", "a\\b"]


def test_a_folder_by_its_unix_mode_alone_is_a_folder():
    """Some Unix packers give folders no slash at the end."""
    contents = open_contents(archive_of((unix_entry("a", stat.S_IFDIR | 0o755), b"")), source="app.intunewin")

    assert contents.files[0].is_folder


def test_all_problems_come_at_once():
    """Names that escape, devices, duplicates, links and clashes are all named, in the order of the archive."""
    stream = archive_of(
        ("good.txt", b""),
        ("../evil.exe", b""),
        ("C:/Windows/x.dll", b""),
        ("NUL.txt", b""),
        (unix_entry("link", stat.S_IFLNK | 0o777), b"good.txt"),
        (unix_entry("pipe", stat.S_IFIFO), b""),
        ("GOOD.TXT", b""),
        ("good.txt/x", b""),
        (unix_entry("folder", stat.S_IFDIR), b"data"),
    )

    assert problems(stream) == [
        "../evil.exe: leads out of its folder with '..'",
        "C:/Windows/x.dll: begins with a drive letter, expected a relative path",
        "NUL.txt: has a part that is a device on Windows ('NUL.txt'), not a file",
        "link: is a symbolic link, expected a file or a folder",
        "pipe: is a device or pipe, expected a file or a folder",
        "GOOD.TXT: is there twice: as 'good.txt' too, and Windows does not tell upper from lower case",
        "good.txt/x: clashes with 'good.txt': one path would be both a file and a folder",
        "folder: is a folder but holds 4 bytes",
    ]


def test_very_many_problems_are_cut_short():
    """A hostile archive cannot fill the screen."""
    found = problems(archive_of(*((f"..{number}/..", b"") for number in range(150))))

    assert len(found) == 101
    assert found[-1] == "has 50 more problems"


def test_unreadable_entries_are_named_before_anything_is_read():
    """A zip password and an unknown method are found up front."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", b"hello")

    assert problems(stream) == ["a.txt: is compressed with method 12 (BZIP2), expected 0 (stored) or 8 (Deflate)"]


def test_contents_beyond_the_limits_are_refused():
    """Too many entries, too many bytes, and too many bytes for the size of the file."""
    bomb = archive_of(("zeros", bytes(10_000_000)))

    assert problems(archive_of(("a", b""), ("b", b"")), entries=1) == [
        "holds 2 entries, more than the 1 that are taken"
    ]
    assert problems(bomb, total_bytes=9_999_999) == [
        "declares 10,000,000 bytes of files, more than the 9,999,999 that an app may have"
    ]
    assert problems(bomb, ratio_from_bytes=1_000_000)[0].startswith("declares 10,000,000 bytes of files in a zip of ")
    assert len(open_contents(bomb, source="app.intunewin")) == 1


def test_the_default_limit_is_the_services_maximum():
    """30 GB is the most that an app may have."""
    assert Limits().total_bytes == 32_212_254_720
