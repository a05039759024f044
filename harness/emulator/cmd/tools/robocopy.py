"""`robocopy.exe`.

Source: learn.microsoft.com, "robocopy" (which files are the same, `/purge`, exit codes as bits); the layout of what it
says is from memory.
"""

from __future__ import annotations

import ntpath
from datetime import timedelta
from enum import IntFlag

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import Entry, listed
from harness.emulator.cmd.tools.robocopyoptions import RobocopyOptions, read_options
from harness.emulator.cmd.tools.robocopyreport import Report
from harness.emulator.cmd.wildcards import has_wildcard, matches
from harness.emulator.cmd.wording import error_text
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError
from harness.model.files import FileAttributes, FileInfo
from harness.model.names import folded

__all__ = ["robocopy"]

#: Times closer than this are the same.
_SAME_TIME = timedelta(microseconds=1)


class Outcome(IntFlag):
    """What the exit code says."""

    COPIED = 1
    EXTRA = 2
    MISMATCH = 4
    FAILED = 8
    FATAL = 16


async def robocopy(run: ProgramRun) -> int:
    """Copy folders; the exit code is a set of bits, of which 8 and 16 mean failure."""
    options = read_options(run)
    if isinstance(options, str):
        run.print(f"\r\nERROR : {options}\r\n")
        run.print("       Simple Usage :: ROBOCOPY source destination /MIR\r\n")
        return Outcome.FATAL
    folders = Folders(run)
    source, target = _root(folders.full_path(options.source)), _root(folders.full_path(options.target))
    report = Report(run, options, source, target)
    report.begin()
    if not run.files.exists(source) or not run.files.info(source).is_directory:
        report.error(2, f"Accessing Source Directory {_shown(source)}", "The system cannot find the file specified.")
        report.finish_early()
        return Outcome.FATAL
    job = _Job(run, options, report)
    try:
        await job.folder(source, target, level=1)
    except _GaveUpError:
        report.finish_early()
        return Outcome.FATAL
    report.end()
    return int(job.outcome)


class _GaveUpError(Exception):
    """The target cannot be made."""


class _Job:
    def __init__(self, run: ProgramRun, options: RobocopyOptions, report: Report) -> None:
        self.outcome = Outcome(0)
        self._run = run
        self._files = run.files
        self._options = options
        self._report = report

    async def folder(self, source: str, target: str, *, level: int) -> None:
        """Copy one folder, and those below it."""
        options = self._options
        entries = list(listed(self._files, source, "*"))
        files = [entry for entry in entries if not entry.info.is_directory]
        chosen = [entry for entry in files if any(matches(entry.name, pattern) for pattern in options.patterns)]
        is_new = not self._files.exists(target)
        if is_new and (level == 1 or options.copies_empty or chosen):
            self._make(target)
        self._report.folder(source, len(chosen), is_new=is_new)
        known = {folded(entry.name): entry for entry in listed(self._files, target, "*")}
        for entry in chosen:
            await self._file(entry, ntpath.join(target, entry.name), known.get(folded(entry.name)))
        folders = [entry for entry in entries if entry.info.is_directory]
        self._extras(target, known, {folded(entry.name) for entry in [*files, *folders]})
        if not options.goes_below or (options.depth and level >= options.depth):
            return
        for entry in folders:
            if self._is_excluded(entry, options.excluded_folders):
                self._report.skip_folder()
            else:
                await self.folder(entry.path, ntpath.join(target, entry.name), level=level + 1)
                if "move" in options.flags and not self._files.names(entry.path):
                    self._files.delete(entry.path)

    def _make(self, target: str) -> None:
        if "l" in self._options.flags:
            return
        try:
            self._files.make_folder(target)
        except MachineError as error:
            self._report.error(error.winerror, f"Creating Destination Directory {_shown(target)}", error_text(error))
            raise _GaveUpError from None

    def _extras(self, target: str, known: dict[str, Entry], wanted: set[str]) -> None:
        options = self._options
        for name, entry in known.items():
            if name in wanted:
                continue
            is_folder = entry.info.is_directory
            if is_folder and not (options.goes_below or options.purges):
                continue
            excluded = options.excluded_folders if is_folder else options.excluded_files
            if self._is_excluded(entry, excluded):
                continue
            if not is_folder and not any(matches(entry.name, pattern) for pattern in options.patterns):
                continue
            self.outcome |= Outcome.EXTRA
            self._report.only_in_target(entry, target)
            if options.purges and "l" not in options.flags:
                self._purge(entry)

    def _purge(self, entry: Entry) -> None:
        try:
            if FileAttributes.READONLY in entry.info.attributes:
                marks = entry.info.attributes & ~(FileAttributes.READONLY | FileAttributes.DIRECTORY)
                self._files.set_attributes(entry.path, marks or FileAttributes.NORMAL)
            self._files.delete(entry.path)
        except MachineError as error:
            self.outcome |= Outcome.FAILED
            kind = "Directory" if entry.info.is_directory else "File"
            self._report.error(error.winerror, f"Deleting Extra {kind} {entry.path}", error_text(error))

    async def _file(self, entry: Entry, place: str, known: Entry | None) -> None:
        options = self._options
        if known is not None and known.info.is_directory:
            self.outcome |= Outcome.MISMATCH
            self._report.mismatch(entry)
            return
        kind = self._kind(entry, known.info if known else None)
        if kind is None:
            self._report.skip(entry)
            return
        if "l" not in options.flags and not await self._copied(entry, place):
            self.outcome |= Outcome.FAILED
            self._report.fail(entry)
            return
        self.outcome |= Outcome.COPIED
        self._report.copied(entry, kind)
        if options.flags & {"mov", "move"} and "l" not in options.flags:
            self._purge(entry)

    def _kind(self, entry: Entry, known: FileInfo | None) -> str | None:
        """Return what a file that is to be copied is called; None for one that is not."""
        flags = self._options.flags
        if not self._is_chosen(entry):
            return None
        if known is None:
            return None if "xl" in flags else "New File"
        difference = entry.info.modified - known.modified
        if abs(difference) >= _SAME_TIME:
            kind, left_out = ("Newer", "xn") if difference > timedelta() else ("Older", "xo")
        elif entry.info.size_bytes != known.size_bytes:
            kind, left_out = "Changed", "xc"
        else:
            return "Same" if "is" in flags else None
        return None if left_out in flags else kind

    def _is_chosen(self, entry: Entry) -> bool:
        """Whether nothing about a file itself leaves it out."""
        options, info = self._options, entry.info
        if self._is_excluded(entry, options.excluded_files):
            return False
        if options.leaves_out & info.attributes or (options.needs and not options.needs & info.attributes):
            return False
        if options.flags & {"a", "m"} and FileAttributes.ARCHIVE not in info.attributes:
            return False
        return options.smallest <= info.size_bytes <= options.largest

    async def _copied(self, entry: Entry, place: str) -> bool:
        """Copy a file, trying again as often as asked; return whether it worked."""
        options = self._options
        for attempt in range(options.retries + 1):
            try:
                self._copy(entry, place)
            except MachineError as error:
                self._report.error(error.winerror, f"Copying File {entry.path}", error_text(error))
                if attempt == options.retries:
                    break
                self._report.say(f"Waiting {options.wait_s} seconds...")
                await self._run.sleep(timedelta(seconds=options.wait_s))
                self._report.say(" Retrying...")
            else:
                return True
        self._report.say("\r\nERROR: RETRY LIMIT EXCEEDED.\r\n")
        return False

    def _copy(self, entry: Entry, place: str) -> None:
        files, options = self._files, self._options
        if files.exists(place):
            marks = files.info(place).attributes
            blocking = FileAttributes.READONLY | FileAttributes.HIDDEN | FileAttributes.SYSTEM
            if marks & blocking:
                files.set_attributes(place, (marks & ~blocking) or FileAttributes.NORMAL)
        elif not files.exists(ntpath.dirname(place)):
            files.make_folder(ntpath.dirname(place))
        files.copy(entry.path, place)
        marks = (entry.info.attributes | options.adds) & ~options.takes & ~FileAttributes.NORMAL
        files.set_attributes(place, marks or FileAttributes.NORMAL)
        if "m" in options.flags:
            archive = FileAttributes.ARCHIVE
            files.set_attributes(entry.path, (entry.info.attributes & ~archive) or FileAttributes.NORMAL)

    def _is_excluded(self, entry: Entry, patterns: list[str]) -> bool:
        path = folded(entry.path)
        full = Folders(self._run).full_path
        return any(
            (folded(full(pattern)) == path if "\\" in pattern and not has_wildcard(pattern) else False)
            or matches(entry.name, pattern)
            for pattern in patterns
        )


def _root(path: str) -> str:
    return path.rstrip("\\") if len(path) > 3 else path  # noqa: PLR2004 - a root keeps its backslash


def _shown(path: str) -> str:
    return path if path.endswith("\\") else f"{path}\\"
