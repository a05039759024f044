"""Where files come from: cabinets inside the MSI, cabinets beside it, or files beside it.

Source: learn.microsoft.com, "Media Table", "File Table", "Word Count Summary"; error numbers 1311, 1334, 1335 from
"Windows Installer Error Messages".
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from harness.emulator.msi.folders import DirectoryTree, long_name
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.session import Session
from harness.errors import FormatError, MachineError
from harness.formats.cabinet import is_continuation, read_cabinet
from harness.formats.msidatabase import Row

__all__ = ["Source", "sources_of", "read_source"]

_NOT_COMPRESSED, _COMPRESSED, _PATCH_ADDED = 0x2000, 0x4000, 0x1000
_SHORT_NAMES, _IS_COMPRESSED = 1, 2
_PIECE: Final = 1 << 20


@dataclass(slots=True)
class Source:
    """One cabinet, or the files beside the MSI (an empty name), with the rows of the File table it gives."""

    cabinet: str
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """How much there is to copy."""
        return sum(max(row.number("FileSize"), 0) for row in self.rows.values())


#: Takes a row of the File table with its content in pieces.
Take = Callable[[Row, Iterator[bytes]], None]


def sources_of(session: Session, rows: list[Row]) -> list[Source]:
    """Return where these files come from, in the order of the media.

    Raises:
        InstallFailure: 1334 when no media has a file's sequence number.
    """
    media = sorted(session.rows("Media"), key=lambda row: row.number("LastSequence"))
    found: dict[str, Source] = {}
    for row in sorted(rows, key=lambda row: row.number("Sequence")):
        disk = next((one for one in media if row.number("Sequence") <= one.number("LastSequence")), None)
        if disk is None:
            raise _missing(row.text("File"), "Media table")
        cabinet = disk.text("Cabinet") if _is_compressed(session, row) else ""
        found.setdefault(cabinet, Source(cabinet)).rows[row.text("File")] = row
    return list(found.values())


def read_source(session: Session, source: Source, wants: Callable[[Row], bool], take: Take) -> None:
    """Hand over the content of every file that is wanted.

    Raises:
        InstallFailure: 1311 for a missing cabinet or file, 1334 for a file missing in its cabinet, 1335 for a broken
            cabinet.
        NotEmulated: for a way of compression that is not modelled.
    """
    if source.cabinet:
        _read_cabinet(session, source, wants, take)
    else:
        for row in source.rows.values():
            if wants(row):
                _read_loose(session, row, take)


def _read_cabinet(session: Session, source: Source, wants: Callable[[Row], bool], take: Take) -> None:
    stream = _open_cabinet(session, source.cabinet)
    if stream is None:
        raise InstallFailure(f"Source file not found(cabinet): {source.cabinet}.", number=1311)
    missing = dict(source.rows)
    try:
        if is_continuation(stream, source.cabinet):
            stream = _first_of_set(session, source.cabinet) or stream
        for file, pieces in read_cabinet(stream, source.cabinet, lambda name: _open_next(session, source, name)):
            row = missing.pop(file.name, None)
            if row is not None and wants(row):
                take(row, pieces)
    except FormatError as error:
        message = f"The cabinet file '{source.cabinet}' required for this installation is corrupt: {error}"
        raise InstallFailure(message, number=1335) from error
    if missing:
        raise _missing(next(iter(missing)), source.cabinet)


def _first_of_set(session: Session, cabinet: str) -> BinaryIO | None:
    """Return the nearest cabinet before this one that continues no other; None when there is none."""
    media = sorted(session.rows("Media"), key=lambda row: row.number("LastSequence"), reverse=True)
    names = [row.text("Cabinet") for row in media]
    streams = ((name, _open_cabinet(session, name)) for name in names[names.index(cabinet) + 1 :] if name)
    return next((stream for name, stream in streams if stream and not is_continuation(stream, name)), None)


def _open_next(session: Session, source: Source, name: str) -> BinaryIO | None:
    return _open_cabinet(session, f"#{name}" if source.cabinet.startswith("#") else name)


def _open_cabinet(session: Session, cabinet: str) -> BinaryIO | None:
    if cabinet.startswith("#"):
        return session.database.stream(cabinet[1:])
    try:
        return session.run.files.open(ntpath.join(session.properties["SourceDir"], cabinet))
    except MachineError:
        return None


def _read_loose(session: Session, row: Row, take: Take) -> None:
    component = session.component(row.text("Component_"), "File")
    has_short_names = bool(session.database.word_count & _SHORT_NAMES)
    folder = DirectoryTree(session.rows("Directory")).source(component.directory, has_short_names=has_short_names)
    name = row.text("FileName").partition("|")[0] if has_short_names else long_name(row.text("FileName"))
    path = ntpath.join(session.properties["SourceDir"], folder + name)
    try:
        stream = session.run.files.open(path)
    except MachineError as error:
        raise InstallFailure(f"Source file not found: {path}.", number=1311) from error
    with stream:
        take(row, iter(lambda: stream.read(_PIECE), b""))


def _is_compressed(session: Session, row: Row) -> bool:
    attributes = row.number("Attributes")
    if attributes & (_NOT_COMPRESSED | _COMPRESSED):
        return not attributes & _NOT_COMPRESSED
    return bool(session.database.word_count & _IS_COMPRESSED)


def _missing(file: str, place: str) -> InstallFailure:
    message = f"The file '{file}' cannot be installed because the file cannot be found in '{place}'."
    return InstallFailure(message, number=1334)
