"""Where files come from: cabinets in the MSI, beside it, or the files themselves."""

from __future__ import annotations

import pytest

from tests.emulator.msi.building import Msi
from tests.emulator.msi.cabinets import assemble_cabinet, build_cabinet, cabinet_block
from tests.emulator.msi.conftest import Bench

FOLDER = r"C:\Program Files\Contoso Test"
NOTES = rf"{FOLDER}\notes.txt"


def media(msi: Msi, *cabinets: tuple[int, str | None]) -> Msi:
    """Say where files come from: last sequence numbers and cabinets."""
    rows = [(number, last, None, cabinet, None, None) for number, (last, cabinet) in enumerate(cabinets, start=1)]
    return msi.add("Media", *rows)


def test_cabinet_beside_the_package(bench: Bench, app: Msi) -> None:
    """A cabinet may be a file in the package's folder."""
    media(app, (1, "disk1.cab"))
    bench.machine.files.write(r"C:\Package\disk1.cab", build_cabinet(app.files))

    assert 0 == bench.install(app)
    assert "hello" == bench.text(NOTES)


def test_files_beside_the_package(bench: Bench, app: Msi) -> None:
    """Files without a cabinet lie in the folders of the Directory table."""
    media(app, (1, None)).word_count = 0
    bench.machine.files.write(r"C:\Package\Contoso Test\notes.txt", b"loose")

    assert 0 == bench.install(app)
    assert "loose" == bench.text(NOTES)


def test_file_beside_the_package_that_is_there_already(bench: Bench, app: Msi, versioned) -> None:
    """A loose file is not even opened when the one that is there is kept."""
    media(app, (1, None)).word_count = 0
    bench.machine.files.write(NOTES, versioned(1, 0, 0, 0))

    assert 0 == bench.install(app)


def test_files_beside_the_package_with_short_names(bench: Bench) -> None:
    """The summary says when the source has short names."""
    msi = media(Msi(word_count=1).component().file("f", b"", name="LONGNA~1.TXT|long name.txt"), (1, None))
    bench.machine.files.write(r"C:\Package\CONTOSO\LONGNA~1.TXT", b"short")

    assert 0 == bench.install(msi)
    assert "short" == bench.text(rf"{FOLDER}\long name.txt")


def test_file_attributes_choose_the_source(bench: Bench) -> None:
    """A file may say that it is not in a cabinet although the others are."""
    msi = Msi().component().file("in", b"packed").file("out", b"", attributes=0x2000)
    media(msi, (2, "#files.cab")).streams["files.cab"] = build_cabinet({"in": b"packed"})
    bench.machine.files.write(r"C:\Package\Contoso Test\out", b"loose")

    assert 0 == bench.install(msi)
    assert ("packed", "loose") == (bench.text(rf"{FOLDER}\in"), bench.text(rf"{FOLDER}\out"))


def test_two_cabinets(bench: Bench) -> None:
    """The sequence number of a file says which medium it is on."""
    msi = media(Msi().component().file("a", b"one").file("b", b"two"), (1, "#one.cab"), (2, "#two.cab"))
    msi.streams = {"one.cab": build_cabinet({"a": b"one"}), "two.cab": build_cabinet({"b": b"two"}, method=0)}

    assert 0 == bench.install(msi)
    assert ("one", "two") == (bench.text(rf"{FOLDER}\a"), bench.text(rf"{FOLDER}\b"))


@pytest.mark.parametrize(
    ("cabinet", "stream", "number"),
    [
        ("#missing.cab", None, 1311),
        ("missing.cab", None, 1311),
        ("#files.cab", b"no cabinet", 1335),
        ("#files.cab", build_cabinet({"other": b"x"}), 1334),
        (None, None, 1311),
    ],
)
def test_sources_that_fail(bench: Bench, app: Msi, cabinet: str | None, stream: bytes | None, number: int) -> None:
    """A source that is missing or broken ends the installation with Windows Installer's number, and leaves nothing."""
    media(app, (1, cabinet)).streams = {"files.cab": stream} if stream else {}
    app.word_count = 2 if cabinet else 0
    bench.put(app)
    before = bench.machine.snapshot()

    assert 1603 == bench.run("msiexec /i app.msi /qn")

    assert bench.failures()[0].startswith(f"Error {number}.")
    assert "nothing changed" == str(bench.machine.changes_since(before))


def spanned(msi: Msi) -> Msi:
    """Let a file lie across two cabinets."""
    whole = b"1" * 10 + b"A" * 30 + b"2" * 10
    msi.component().file("one", b"1" * 10).file("across", b"A" * 30).file("two", b"2" * 10)
    head, tail = cabinet_block(whole[:30], 30), cabinet_block(whole[30:], 20)
    msi.streams["one.cab"] = assemble_cabinet(
        folders=[(1, 0, head)], files=[("one", 10, 0, 0), ("across", 30, 10, 0xFFFE)], following="two.cab"
    )
    msi.streams["two.cab"] = assemble_cabinet(
        folders=[(1, 0, tail)], files=[("across", 30, 10, 0xFFFD), ("two", 10, 40, 0)], previous="one.cab"
    )
    return media(msi, (2, "#one.cab"), (3, "#two.cab"))


def test_file_across_two_cabinets(bench: Bench) -> None:
    """A cabinet that continues another is read together with it."""
    assert 0 == bench.install(spanned(Msi()))

    texts = [bench.text(rf"{FOLDER}\{name}") for name in ("one", "across", "two")]
    assert ["1" * 10, "A" * 30, "2" * 10] == texts


def test_second_cabinet_without_the_first(bench: Bench) -> None:
    """A continuation alone is of no use."""
    msi = spanned(Msi())
    msi.tables["Media"] = [(1, 3, None, "#two.cab", None, None)]

    assert 1603 == bench.install(msi)
    assert "Error 1335" in bench.failures()[0]


def test_file_without_a_medium(bench: Bench, app: Msi) -> None:
    """A file beyond the last medium is missing."""
    media(app, (0, "#files.cab"))

    assert 1603 == bench.install(app)
    assert "1334" in bench.failures()[0]
