"""Progress and consoles."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from harness.cli.terminal import CountedStream, LateBar, console, plain_output, progress, whole_lines


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def as_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal; within a test, since the test runner puts its own there before."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def seconds(*times: float) -> Iterator[float]:
    """Return the answers of a clock."""
    yield from times


def test_work_that_is_done_soon_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar that flashes up helps nobody."""
    terminal = as_terminal(monkeypatch)
    with progress("packing") as bar:
        bar.total_bytes = 100
        bar.advance(100)

    assert "" == terminal.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log files of build servers stay readable."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    clock = seconds(0, 99)
    bar = LateBar("packing", is_wanted=sys.stderr.isatty(), now=lambda: next(clock))

    bar.advance(10)
    bar.stop()

    assert "" == stream.getvalue()


def test_work_that_takes_longer_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is done, and gone when it is over."""
    terminal = as_terminal(monkeypatch)
    clock = seconds(0, 0.5, 1.5)
    bar = LateBar("packing", is_wanted=True, now=lambda: next(clock))
    bar.total_bytes = 2_000_000

    bar.advance(1_000_000)
    early = terminal.getvalue()
    bar.advance(500_000)
    bar.restart("unpacking", 4_000_000)
    bar.advance(9_000_000)
    bar.stop()

    assert "" == early
    assert "packing" in terminal.getvalue()
    assert "unpacking" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


def test_a_counted_stream_is_the_stream_it_counts() -> None:
    """Reading, seeking and closing go through, and what was read is told."""
    below, read = io.BytesIO(b"0123456789"), []
    stream = CountedStream(below, read.append)

    assert (True, True) == (stream.readable(), stream.seekable())
    assert b"01" == stream.read(2)
    assert 2 == stream.tell()
    assert 8 == stream.seek(-2, io.SEEK_END)
    buffer = bytearray(4)
    assert 2 == stream.readinto(buffer)
    assert b"89\0\0" == bytes(buffer)
    stream.close()
    assert below.closed
    assert [2, 2] == read


def test_lines_are_written_whole_and_without_spaces_at_their_ends() -> None:
    """Nothing is written before all of it is known."""
    file = io.StringIO()
    out = console(file)

    with whole_lines(out):
        out.print("a   ")
        out.print()
        out.print("b")
        before = file.getvalue()

    assert ("", "a\n\nb\n") == (before, file.getvalue())


def test_a_console_is_plain_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours in files, and lines of a fixed width; markup is text everywhere."""
    terminal = as_terminal(monkeypatch)
    file = io.StringIO()
    console(file).print("[bold]x[/bold] :smile:", style="red")
    console(terminal).print("y", style="red")

    assert "[bold]x[/bold] :smile:\n" == file.getvalue()
    assert "\x1b[31my" in terminal.getvalue()


def test_output_for_programs_is_utf_8_with_line_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every system; what is no text file is left as it is."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n"))
    plain_output().write("€\n")
    sys.stdout.flush()
    data = raw.getvalue()
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert "€\n".encode() == data
    assert plain_output() is sys.stdout
