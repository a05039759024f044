"""What `robocopy` says: header, files and folders, totals. The layout is from memory."""

from __future__ import annotations

import ntpath
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.emulator.cmd.listing import Entry
from harness.emulator.cmd.tools.robocopyoptions import RobocopyOptions
from harness.emulator.programs import ProgramRun

__all__ = ["Report"]

_RULE = "-" * 78
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_UNITS = (("g", 1024**3), ("m", 1024**2), ("k", 1024))
_WIDTH = 10


@dataclass(slots=True)
class _Count:
    total: int = 0
    copied: int = 0
    skipped: int = 0
    mismatch: int = 0
    failed: int = 0
    extras: int = 0

    def row(self, *, are_bytes: bool = False) -> str:
        """Return the numbers in their columns."""
        numbers = (self.total, self.copied, self.skipped, self.mismatch, self.failed, self.extras)
        return "".join(f"{_size(number) if are_bytes else number:>{_WIDTH}}" for number in numbers)


class Report:
    """What one run says, on the screen and in its log files.

    Args:
        run: the process.
        options: what it was asked to do.
        source: where from, in full.
        target: where to, in full.
    """

    def __init__(self, run: ProgramRun, options: RobocopyOptions, source: str, target: str) -> None:
        self._run = run
        self._options = options
        self._source = source
        self._target = target
        self._folders, self._files, self._bytes = _Count(), _Count(), _Count()
        self._began = run.machine.clock.local_now()
        self._logs_begun: set[str] = set()

    def say(self, line: str) -> None:
        """Write a line where it is to go."""
        options = self._options
        if not options.logs or "tee" in options.flags:
            self._run.print(line)
        for path, is_added in options.logs:
            is_first = path not in self._logs_begun
            self._logs_begun.add(path)
            with self._run.files.open(path, "wb" if is_first and not is_added else "ab") as file:
                file.write(f"{line}\r\n".encode("cp437", "replace"))

    def begin(self) -> None:
        """Say what is going to be done."""
        if self._options.logs and "tee" not in self._options.flags:
            for path, _ in self._options.logs:
                self._run.print(f"\r\n Log File : {self._run.files.resolve(path)}")
        if "njh" in self._options.flags:
            return
        self.say(f"\r\n{_RULE}-\r\n   ROBOCOPY     ::     Robust File Copy for Windows                              ")
        self.say(f"{_RULE}-\r\n")
        self.say(f"  Started : {_moment(self._began)}")
        self.say(f"   Source : {_shown(self._source)}")
        self.say(f"     Dest : {_shown(self._target)}\r\n")
        self.say(f"    Files : {' '.join(self._options.patterns)}\r\n\t    ")
        self.say(f"  Options : {self._options.written} \r\n\r\n{_RULE}\r\n")

    def folder(self, path: str, files: int, *, is_new: bool) -> None:
        """Tell of a folder and how many of its files are looked at."""
        self._folders.total += 1
        if is_new:
            self._folders.copied += 1
        else:
            self._folders.skipped += 1
        if "ndl" not in self._options.flags:
            self.say(f"\t{'  New Dir  ' if is_new else '           '}{files:>8}\t{_shown(path)}")

    def skip_folder(self) -> None:
        """Count a folder that is left out."""
        self._folders.total += 1
        self._folders.skipped += 1

    def copied(self, entry: Entry, kind: str) -> None:
        """Tell of a file that was copied."""
        self._count(entry, "copied")
        if "nfl" not in self._options.flags:
            self.say(f"\t    {kind:<10}\t\t{_size(entry.info.size_bytes):>8}\t{entry.name}")

    def skip(self, entry: Entry) -> None:
        """Count a file that is the same, or left out."""
        self._count(entry, "skipped")

    def fail(self, entry: Entry) -> None:
        """Count a file that could not be copied."""
        self._count(entry, "failed")

    def mismatch(self, entry: Entry) -> None:
        """Tell of a file that is a folder in the target."""
        self._count(entry, "mismatch")
        self.say(f"\t*Mismatch*\t\t{_size(entry.info.size_bytes):>8}\t{entry.name}")

    def only_in_target(self, entry: Entry, folder: str) -> None:
        """Tell of what is only in the target."""
        if entry.info.is_directory:
            self._folders.extras += 1
            if "ndl" not in self._options.flags and "xx" not in self._options.flags:
                self.say(f"\t*EXTRA Dir        -1\t{_shown(ntpath.join(folder, entry.name))}")
            return
        self._files.extras += 1
        self._bytes.extras += entry.info.size_bytes
        if "nfl" not in self._options.flags and "xx" not in self._options.flags:
            self.say(f"\t  *EXTRA File \t\t{_size(entry.info.size_bytes):>8}\t{entry.name}")

    def error(self, code: int, what: str, text: str) -> None:
        """Tell of a failure, with the time."""
        now = self._run.machine.clock.local_now()
        self.say(f"{now:%Y/%m/%d %H:%M:%S} ERROR {code} (0x{code:08X}) {what}\r\n{text}")

    def finish_early(self) -> None:
        """End without totals."""
        if "njs" not in self._options.flags:
            self.say("")

    def end(self) -> None:
        """Give the totals."""
        if "njs" in self._options.flags:
            return
        took = _clock(self._run.machine.clock.local_now() - self._began)
        self.say(f"\r\n{_RULE}\r\n")
        self.say("               Total    Copied   Skipped  Mismatch    FAILED    Extras")
        self.say(f"    Dirs :{self._folders.row()}")
        self.say(f"   Files :{self._files.row()}")
        self.say(f"   Bytes :{self._bytes.row(are_bytes=True)}")
        self.say(f"   Times :{took:>10}{took:>10}{'':>20}{'0:00:00':>10}{'0:00:00':>10}")
        self.say(f"   Ended : {_moment(self._run.machine.clock.local_now())}\r\n")

    def _count(self, entry: Entry, column: str) -> None:
        for count, number in ((self._files, 1), (self._bytes, entry.info.size_bytes)):
            count.total += number
            setattr(count, column, getattr(count, column) + number)


def _shown(path: str) -> str:
    return path if path.endswith("\\") else f"{path}\\"


def _size(number: int) -> str:
    for unit, size in _UNITS:
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return str(number)


def _clock(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _moment(at: datetime) -> str:
    hour = (at.hour + 11) % 12 + 1
    half = "AM" if at.hour < 12 else "PM"  # noqa: PLR2004 - noon
    day = f"{_DAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}, {at.year}"
    return f"{day} {hour}:{at.minute:02}:{at.second:02} {half}"
