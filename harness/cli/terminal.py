"""Where output goes: a console for people, and progress for those who wait."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["CountedStream", "LateBar", "Ticker", "console", "plain_output", "progress", "whole_lines"]

#: How many columns lines have where there is no terminal.
_PLAIN_WIDTH = 110

#: Work that is done sooner shows no progress.
_PATIENCE_SECONDS = 1.0

#: Tells how many more bytes have been dealt with.
Ticker = Callable[[int], None]


def console(stream: TextIO) -> Console:
    """Return a console that writes plain text unless the stream is a terminal."""
    from rich.console import Console

    width = None if stream.isatty() else _PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


@contextmanager
def whole_lines(out: Console) -> Iterator[None]:
    """Gather what is printed, and write it in one go, without spaces at the ends of lines.

    Raises:
        BrokenPipeError: if nobody reads it any more; rich would end the program instead.
    """
    with out.capture() as capture:
        yield
    out.file.write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def plain_output() -> TextIO:
    """Return standard output set up for programs: UTF-8 and line feeds on every system."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout


@contextmanager
def progress(doing: str) -> Iterator[LateBar]:
    """Show progress on standard error, once it takes longer than a second, and only on a terminal.

    Args:
        doing: what is done, for example `packing`.
    """
    bar = LateBar(doing, is_wanted=sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.stop()


class LateBar:
    """A progress bar that appears when there has been something to wait for.

    Attributes:
        total_bytes: how many bytes there are to deal with; 0 while that is not known.
    """

    def __init__(self, doing: str, *, is_wanted: bool, now: Callable[[], float] = time.monotonic) -> None:
        self.total_bytes = 0
        self._doing, self._is_wanted = doing, is_wanted
        self._done = 0
        # Kept as it was when this module was loaded: while a machine's time advances, `time.monotonic` gives that.
        self._now = now
        self._due = now() + _PATIENCE_SECONDS
        self._bar: Progress | None = None

    def restart(self, doing: str, total_bytes: int) -> None:
        """Begin with something else to do."""
        self._doing, self.total_bytes, self._done = doing, total_bytes, 0
        if self._bar:
            self._bar.update(self._bar.task_ids[0], description=doing, total=total_bytes, completed=0)

    def advance(self, count: int) -> None:
        """Tell that so many more bytes have been dealt with."""
        self._done += count
        if self._is_wanted and self._bar is None and self._now() >= self._due:
            self._bar = self._start()
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=min(self._done, self.total_bytes))

    def _start(self) -> Progress:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TimeRemainingColumn(),
        )
        bar = Progress(*columns, console=console(sys.stderr), transient=True)
        bar.add_task(self._doing, total=self.total_bytes or None)
        bar.start()
        return bar

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()


class CountedStream(io.RawIOBase):
    """A stream for reading that tells how much was read."""

    def __init__(self, stream: BinaryIO, tick: Ticker) -> None:
        self._stream, self._tick = stream, tick

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether the stream below is seekable."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move in the stream below."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in the stream below."""
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        """Read and tell how much it was."""
        data = self._stream.read(size)
        self._tick(len(data))
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer and tell how much it was."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream below, too."""
        self._stream.close()
        super().close()
