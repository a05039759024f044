"""`xcopy.exe`.

Source: learn.microsoft.com, "xcopy" (switches, exit codes); messages, and that it asks before overwriting unless told
not to, from memory.
"""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass, field
from datetime import date, datetime

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import Entry, is_hidden, listed
from harness.emulator.cmd.tools.texts import has_input, lines_of, read_text, words_of
from harness.emulator.cmd.wildcards import has_wildcard
from harness.emulator.cmd.wording import error_text
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileAttributes

__all__ = ["xcopy"]

_PLAIN = "aceifhklmnpqrstuvwxzgbjyo"
_NO_FILES, _WRONG, _NO_SPACE = 1, 4, 5
_READ_ONLY, _ARCHIVE = FileAttributes.READONLY, FileAttributes.ARCHIVE


@dataclass(slots=True)
class _Request:
    flags: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    asks: bool = True
    since: date | None = None
    is_newer_only: bool = False
    excluded: list[str] = field(default_factory=list)
    copied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One folder to copy, which of its files, how it is shown, and where to."""

    folder: str
    pattern: str
    shown: str
    target: str


async def xcopy(run: ProgramRun) -> int:
    """Copy files and folders; the exit code is 0, or 4 when something is wrong."""
    try:
        request = _read(run)
    except MachineError as error:
        run.print_error(f"Can't read file: {error.filename}\r\n")
        return _WRONG
    if request is None:
        return _WRONG
    folders = Folders(run)
    source = folders.full_path(request.names[0])
    shown = request.names[0]
    is_folder = run.files.exists(source) and run.files.info(source).is_directory
    if is_folder:
        folder, pattern, prefix = source.rstrip("\\") if len(source) > 3 else source, "*", shown.rstrip("\\") + "\\"  # noqa: PLR2004
        prefix = "" if shown in (".", ".\\") else prefix
    else:
        folder, pattern = ntpath.split(source)
        prefix = shown[: len(shown) - len(ntpath.basename(shown))]
    written = request.names[1] if len(request.names) > 1 else "."
    if not is_folder and not any(True for _ in _files(run, folder, pattern, request)) and "s" not in request.flags:
        run.print(f"File not found - {ntpath.basename(shown)}")
        run.print("0 File(s) copied")
        return _WRONG
    target = await _target(
        run, folders.full_path(written), written, request, is_many=is_folder or has_wildcard(pattern)
    )
    try:
        await _copy_folder(run, _Part(folder=folder, pattern=pattern, shown=prefix, target=target), request)
    except MachineError as error:
        run.print_error(error_text(error))
        run.print(f"{request.copied} File(s) copied")
        return _NO_SPACE if error.winerror == 112 else _WRONG  # noqa: PLR2004 - the disk is full
    word = "File(s)" if "l" in request.flags else "File(s) copied"
    run.print(f"{request.copied} {word}")
    return 0


def _read(run: ProgramRun) -> _Request | None:
    request = _Request()
    preset = (run.environment.get("COPYCMD") or "").split()
    for word in [*preset, *words_of(run)]:
        for switch in re.findall(r"/[^/]*", word) if word.startswith("/") else [word]:
            if not switch.startswith("/"):
                request.names.append(switch)
            elif not _take(run, request, switch):
                run.print_error(f"Invalid switch - {switch}")
                return None
    if not 1 <= len(request.names) <= 2:  # noqa: PLR2004 - from and to
        run.print_error("Invalid number of parameters")
        return None
    if request.flags & {"p", "w"}:
        raise NotEmulated("xcopy asking for every file", where=run.command_line, hint="leave /p and /w out")
    if "e" in request.flags:
        request.flags.add("s")
    return request


def _take(run: ProgramRun, request: _Request, switch: str) -> bool:
    """Note a switch; return False when there is no such one."""
    lower = switch.lower()
    if lower in ("/y", "/-y"):
        request.asks = lower == "/-y"
    elif lower == "/d":
        request.is_newer_only = True
    elif found := re.fullmatch(r"/d:(\d+)-(\d+)-(\d+)", lower):
        try:
            request.since = date(int(found[3]), int(found[1]), int(found[2]))
        except ValueError:
            return False
    elif lower.startswith("/exclude:"):
        for name in switch[9:].split("+"):
            request.excluded += [line.lower() for line in lines_of(read_text(run, name)) if line]
    elif len(lower) == 2 and lower[1] in _PLAIN:  # noqa: PLR2004 - a slash and a letter
        request.flags.add(lower[1])
    else:
        return False
    return True


async def _target(run: ProgramRun, path: str, written: str, request: _Request, *, is_many: bool) -> str:
    r"""Return where to copy to, with a backslash at its end when it is a folder."""
    if written.endswith(("\\", "/")) or (run.files.exists(path) and run.files.info(path).is_directory):
        return path.rstrip("\\") + "\\"
    if run.files.exists(path) and not is_many:
        return path
    if "i" in request.flags and is_many:
        return path + "\\"
    question = f"Does {written} specify a file name\r\nor directory name on the target\r\n(F = file, D = directory)?"
    while True:
        run.write(question)
        answer = run.read_line()
        if answer is None:
            if has_input(run):
                raise NotEmulated(
                    "xcopy asking without end whether its target is a file or a folder",
                    where=run.command_line,
                    hint="end the target with a backslash, or give /i",
                )
            await run.show_dialog(question)
        run.print(answer or "")
        if (answer or "").strip().upper()[:1] in ("F", "D"):
            return path if (answer or "").strip().upper()[0] == "F" else path + "\\"


def _files(run: ProgramRun, folder: str, pattern: str, request: _Request) -> list[Entry]:
    return [
        entry
        for entry in listed(run.files, folder, pattern)
        if not entry.info.is_directory and ("h" in request.flags or not is_hidden(entry.info))
    ]


async def _copy_folder(run: ProgramRun, part: _Part, request: _Request) -> None:
    flags, target = request.flags, part.target
    if target.endswith("\\") and flags & {"e", "t"} and "l" not in flags:
        run.files.make_folder(target.rstrip("\\") if len(target) > 3 else target)  # noqa: PLR2004 - a root
    for entry in [] if "t" in flags else _files(run, part.folder, part.pattern, request):
        place = target + entry.name if target.endswith("\\") else target
        if not _is_wanted(run, entry, place, request) or not await _may_replace(run, place, request):
            continue
        if "q" not in flags:
            run.print(f"{entry.path} -> {place}" if "f" in flags else f"{part.shown}{entry.name}")
        if "l" not in flags:
            _copy(run, entry, place, request)
        request.copied += 1
    if not flags & {"s", "t"}:
        return
    for entry in listed(run.files, part.folder, "*"):
        if entry.info.is_directory and not entry.info.target and ("h" in flags or not is_hidden(entry.info)):
            inner = _Part(
                folder=entry.path,
                pattern=part.pattern,
                shown=f"{part.shown}{entry.name}\\",
                target=f"{target}{entry.name}\\",
            )
            await _copy_folder(run, inner, request)


def _is_wanted(run: ProgramRun, entry: Entry, place: str, request: _Request) -> bool:
    if any(text in entry.path.lower() for text in request.excluded):
        return False
    flags = request.flags
    if flags & {"a", "m"} and _ARCHIVE not in entry.info.attributes:
        return False
    known = run.files.info(place) if run.files.exists(place) else None
    if "u" in flags and known is None:
        return False
    if request.is_newer_only and known is not None and known.modified >= entry.info.modified:
        return False
    return request.since is None or _day(run, entry.info.modified) >= request.since


def _day(run: ProgramRun, at: datetime) -> date:
    return at.astimezone(run.machine.clock.time_zone).date()


async def _may_replace(run: ProgramRun, place: str, request: _Request) -> bool:
    if not request.asks or "l" in request.flags or not run.files.exists(place):
        return True
    question = f"Overwrite {place} (Yes/No/All)?"
    run.write(question)
    answer = run.read_line()
    if answer is None:
        if has_input(run):
            run.print("")
            return False
        await run.show_dialog(question)
    run.print(answer or "")
    letter = (answer or "").strip().lower()[:1]
    request.asks = letter != "a"
    return letter in ("y", "a")


def _copy(run: ProgramRun, entry: Entry, place: str, request: _Request) -> None:
    flags = request.flags
    if not run.files.exists(ntpath.dirname(place)):
        run.files.make_folder(ntpath.dirname(place))
    try:
        if "r" in flags and run.files.exists(place):
            marks = run.files.info(place).attributes
            run.files.set_attributes(place, (marks & ~_READ_ONLY) or FileAttributes.NORMAL)
        run.files.copy(entry.path, place)
    except MachineError as error:
        if "c" not in flags:
            raise
        run.print_error(error_text(error))
        request.copied -= 1
        return
    marks = run.files.info(place).attributes
    if "k" not in flags and _READ_ONLY in marks:
        run.files.set_attributes(place, marks & ~_READ_ONLY)
    if "m" in flags:
        run.files.set_attributes(entry.path, (entry.info.attributes & ~_ARCHIVE) or FileAttributes.NORMAL)
