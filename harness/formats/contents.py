"""The files inside a package: the inner zip, checked as a whole before the first file is given out."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from harness.errors import FormatError, Problem
from harness.formats.entrynames import clashes, name_problems, shown, windows_path
from harness.formats.zips import entry_problems, open_entry, open_zip
from harness.model.names import folded

__all__ = ["PackageFile", "PackageContents", "Limits", "DEFAULT_LIMITS", "open_contents", "path_problems"]

_MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    r"""One file or folder of a package, read from one or to be packed into one.

    Attributes:
        path: relative, with backslashes, for example `Files\setup.exe`.
        size_bytes: of the plain data; 0 for folders.
        modified: wall time without a zone, in steps of 2 s; None when unknown.
        open: opens the data for reading; None for a folder.
    """

    path: str
    size_bytes: int = 0
    modified: datetime | None = None
    open: Callable[[], BinaryIO] | None = field(repr=False, compare=False)

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder."""
        return self.open is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken for an attack and not for an app; sizes in bytes.

    Attributes:
        total_bytes: of all files together; 30 GB is the service's maximum for an app (learn.microsoft.com, "Add,
            assign, and monitor a Win32 app").
        entries: files and folders (our guess; about 1 kB of memory each).
        ratio: plain bytes for each byte of the zip file, looked at above `ratio_from_bytes` (our guess; Deflate
            reaches 1,032 on nothing but zeros).
    """

    total_bytes: int = 30 * 1024**3
    entries: int = 200_000
    ratio: int = 200
    ratio_from_bytes: int = 256 * 1024**2


DEFAULT_LIMITS = Limits()


class PackageContents:
    """The files and folders of a package, in the order of the archive. Iterate over it, or `find` one.

    Folders come only where the packer wrote them, usually for empty ones; files may lie in folders not listed.
    """

    def __init__(self, files: Sequence[PackageFile]) -> None:
        self.files = tuple(files)

    @property
    def total_bytes(self) -> int:
        """The plain size of all files."""
        return sum(file.size_bytes for file in self.files)

    def find(self, path: str) -> PackageFile | None:
        """Return the file or folder of that path, compared as Windows does; None if there is none."""
        wanted = folded(windows_path(path))
        return next((file for file in self.files if folded(file.path) == wanted), None)

    def __iter__(self) -> Iterator[PackageFile]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def open_contents(plain: BinaryIO, *, source: str, limits: Limits = DEFAULT_LIMITS) -> PackageContents:
    """Read the directory of a decrypted inner zip and check every entry of it.

    Reading a file's data raises FormatError where it is damaged, or longer or shorter than declared.

    Args:
        plain: seekable; stays in use by the files.
        source: the package's name for messages.
        limits: what is too much.

    Raises:
        FormatError: with all names that do not stay below their folder on Windows or clash there, links, encrypted
            or unreadable entries, and for contents beyond the limits.
    """
    archive = open_zip(plain, source=source, max_entries=limits.entries)
    entries = archive.infolist()
    found = [(index, text) for index, entry in enumerate(entries) for text in _entry_problems(entry)]
    found += clashes([(windows_path(entry.orig_filename), _is_folder(entry)) for entry in entries])
    problems = [Problem(shown(entries[index].orig_filename), text) for index, text in sorted(found)]
    problems += (Problem("", text) for text in _limit_problems(entries, plain.seek(0, io.SEEK_END), limits))
    if problems:
        raise FormatError(source, _abridged(problems))
    return PackageContents([_package_file(archive, entry, source) for entry in _without_repetition(entries)])


def path_problems(files: Sequence[PackageFile]) -> list[Problem]:
    """Say which paths could not be unpacked on Windows, or clash there."""
    found = [(index, text) for index, file in enumerate(files) for text in name_problems(file.path)]
    found += clashes([(windows_path(file.path), file.is_folder) for file in files])
    return _abridged([Problem(shown(files[index].path), text) for index, text in sorted(found)])


def _entry_problems(entry: ZipInfo) -> Iterator[str]:
    yield from name_problems(entry.orig_filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        yield "is a symbolic link, expected a file or a folder"
    elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield "is a device or pipe, expected a file or a folder"
    if _is_folder(entry) and entry.file_size:
        yield f"is a folder but holds {entry.file_size:,} bytes"
    yield from entry_problems(entry)


def _limit_problems(entries: Sequence[ZipInfo], zip_bytes: int, limits: Limits) -> Iterator[str]:
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        yield f"declares {total:,} bytes of files, more than the {limits.total_bytes:,} that an app may have"
    if total > limits.ratio_from_bytes and total > limits.ratio * zip_bytes:
        yield (
            f"declares {total:,} bytes of files in a zip of {zip_bytes:,},"
            f" more than {limits.ratio} for one - it looks like a zip bomb"
        )


def _abridged(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _MOST_PROBLEMS:
        return problems
    return [*problems[:_MOST_PROBLEMS], Problem("", f"has {len(problems) - _MOST_PROBLEMS:,} more problems")]


def _is_folder(entry: ZipInfo) -> bool:
    return entry.orig_filename.endswith(("/", "\\")) or stat.S_ISDIR(entry.external_attr >> 16)


def _without_repetition(entries: Sequence[ZipInfo]) -> Iterator[ZipInfo]:
    """Leave out folders that were there before; nothing else can be there twice by now."""
    seen: set[str] = set()
    for entry in entries:
        key = folded(windows_path(entry.orig_filename))
        if key not in seen:
            seen.add(key)
            yield entry


def _package_file(archive: ZipFile, entry: ZipInfo, source: str) -> PackageFile:
    return PackageFile(
        path=windows_path(entry.orig_filename),
        size_bytes=entry.file_size,
        modified=_modified(entry),
        open=None if _is_folder(entry) else partial(open_entry, archive, entry, source=source),
    )


def _modified(entry: ZipInfo) -> datetime | None:
    try:
        return datetime(*entry.date_time)  # noqa: DTZ001 - zip files store wall time without a zone
    except ValueError:
        return None
