"""tar.exe, which is bsdtar: archives unpacked and listed, zip files too.

Source: learn.microsoft.com, "tar"; libarchive's manual of bsdtar(1).
"""

from __future__ import annotations

import fnmatch
import ntpath
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, BinaryIO
from zipfile import ZipFile

from harness.emulator.tools.errortexts import text_of
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import FormatError, MachineError
from harness.formats.entrynames import name_problems, windows_path
from harness.formats.zips import open_entry, open_zip

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["tar"]

_FAILED = 1
_MOST_ENTRIES = 100_000
_CHUNK = 1 << 20


@dataclass(slots=True)
class _Command:
    mode: str = ""
    file: str = ""
    folder: str = "."
    is_verbose: bool = False
    keeps: bool = False
    strips: int = 0
    names: list[str] = field(default_factory=list)


async def tar(run: ProgramRun) -> int:
    """Run one tar.exe command line and return its exit code.

    Raises:
        NotEmulated: for making archives, for links in them, and for switches that are not modelled.
    """
    check_no_help(run)
    command = _read(run, run.arguments)
    if command.mode not in ("x", "t"):
        raise not_modelled(run, "making an archive (-c, -r, -u)")
    try:
        file = run.files.open(command.file)
    except MachineError as error:
        raise ToolFailure(_FAILED, f"tar: Error opening archive: Failed to open '{command.file}'") from error
    with file:
        try:
            return _go_through(run, command, file)
        except (FormatError, tarfile.TarError, EOFError, OSError, ValueError) as error:
            if isinstance(error, MachineError):
                raise ToolFailure(_FAILED, f"tar: {error.filename}: {text_of(error)}") from error
            raise ToolFailure(_FAILED, "tar: Error opening archive: Unrecognized archive format") from error


def _go_through(run: ProgramRun, command: _Command, file: BinaryIO) -> int:
    if command.folder != "." and not (run.files.exists(command.folder) and run.files.info(command.folder).is_directory):
        raise ToolFailure(_FAILED, f"tar: could not chdir to '{command.folder}'", "")
    wanted = dict.fromkeys(command.names, False)
    for name, is_folder, data in _entries(run, file, command.file):
        meant = [one for one in wanted if _is_meant(one, name)]
        if command.names and not meant:
            continue
        wanted.update(dict.fromkeys(meant, True))
        _take(run, command, name, data, is_folder=is_folder)
    missing = [name for name, is_found in wanted.items() if not is_found]
    for name in missing:
        run.print_error(f"tar: {name}: Not found in archive")
    if missing:
        run.print_error("tar: Error exit delayed from previous errors.")
    return _FAILED if missing else 0


def _take(run: ProgramRun, command: _Command, name: str, data: IO[bytes] | None, *, is_folder: bool) -> None:
    """List or unpack one entry."""
    if command.mode == "t":
        run.print(name)
        return
    problems = list(name_problems(name))
    if problems:
        raise not_modelled(run, f"the entry {name!r}, which {problems[0]}", "unpack an archive without such names")
    parts = windows_path(name).split("\\")[command.strips :]
    if not parts:
        return
    if command.is_verbose:
        run.print_error(f"x {name}")
    place = ntpath.join(command.folder, *parts)
    if is_folder or data is None:
        run.files.make_folder(run.files.resolve(place))
        return
    if command.keeps and run.files.exists(place):
        return
    run.files.make_folder(ntpath.dirname(run.files.resolve(place)))
    with run.files.open(place, "wb") as out:
        while piece := data.read(_CHUNK):
            out.write(piece)


def _entries(run: ProgramRun, file: BinaryIO, path: str) -> Iterator[tuple[str, bool, IO[bytes] | None]]:
    """Return the names of an archive with their data, in its order."""
    is_zip = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    if is_zip:
        archive: ZipFile = open_zip(file, source=path, max_entries=_MOST_ENTRIES)
        for info in archive.infolist():
            is_folder = info.orig_filename.endswith(("/", "\\"))
            if is_folder:
                yield info.orig_filename, True, None
            else:
                with open_entry(archive, info, source=path) as data:
                    yield info.orig_filename, False, data
        return
    with tarfile.open(fileobj=file, mode="r:*") as members:
        for count, member in enumerate(members):
            if count >= _MOST_ENTRIES:
                raise FormatError(path, f"holds more than {_MOST_ENTRIES:,} entries")
            if not (member.isfile() or member.isdir()):
                raise not_modelled(run, f"{member.name!r} in the archive, a link or device")
            yield member.name, member.isdir(), members.extractfile(member) if member.isfile() else None


def _is_meant(pattern: str, name: str) -> bool:
    plain = name.rstrip("/")
    return fnmatch.fnmatchcase(plain, pattern.rstrip("/")) or plain.startswith(f"{pattern.rstrip('/')}/")


def _read(run: ProgramRun, arguments: Sequence[str]) -> _Command:
    command = _Command()
    rest = list(arguments)
    if rest and not rest[0].startswith("-"):
        rest[0] = f"-{rest[0]}"  # the old form, `tar xf`
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            _take_long(run, command, word)
        elif word.startswith("-") and len(word) > 1:
            _take_letters(run, command, word[1:], rest)
        else:
            command.names.append(word)
    if not command.mode:
        raise ToolFailure(_FAILED, "tar: Must specify one of -c, -r, -t, -u, -x")
    if not command.file:
        raise not_modelled(run, "the standard input as the archive", "name the archive with -f")
    return command


def _take_long(run: ProgramRun, command: _Command, word: str) -> None:
    name, _, value = word[2:].partition("=")
    if name == "strip-components" and value.isdigit():
        command.strips = int(value)
    elif name in ("extract", "list"):
        command.mode = name[0].replace("e", "x").replace("l", "t")
    elif name == "verbose":
        command.is_verbose = True
    elif name == "file" and value:
        command.file = value
    elif name == "directory" and value:
        command.folder = value
    else:
        raise not_modelled(run, f"the switch {word}")


def _take_letters(run: ProgramRun, command: _Command, letters: str, rest: list[str]) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in "xtcru":
            if command.mode and command.mode != letter:
                raise ToolFailure(_FAILED, f"tar: Can't specify both -{letter} and -{command.mode}")
            command.mode = letter
        elif letter == "v":
            command.is_verbose = True
        elif letter == "k":
            command.keeps = True
        elif letter in "fC":
            value, letters = letters or (rest.pop(0) if rest else ""), ""
            if not value:
                raise ToolFailure(_FAILED, f"tar: Option -{letter} requires an argument")
            command.file, command.folder = (value, command.folder) if letter == "f" else (command.file, value)
        elif letter not in "zjJmpoa":  # how it is packed shows from the file
            raise not_modelled(run, f"the switch -{letter}")
