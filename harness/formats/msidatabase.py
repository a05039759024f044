"""MSI files: their tables, their streams and their summary.

An MSI is an OLE compound file that holds a relational database. pymsi reads it; this module keeps pymsi in one
place, turns whatever it trips over into one clear error, and reads large streams piece by piece.
"""

from __future__ import annotations

import io
import warnings
from bisect import bisect_right
from collections.abc import Mapping
from importlib import import_module
from typing import Any, BinaryIO

from harness.errors import FormatError, NotEmulated, Problem

__all__ = ["MsiDatabase", "Row", "part_of_pymsi"]

#: Summary information properties (MS-OLEPS, learn.microsoft.com "Summary Information Stream Property Set").
_TEMPLATE, _REVISION, _PAGE_COUNT, _WORD_COUNT = 7, 9, 14, 15
#: The OLE FAT's marks from here on are no sectors (MS-CFB 2.1).
_FIRST_MARK = 0xFFFFFFFA
_CODE_PAGE_ADVICE = "save the MSI with code page 1252 or 65001, or say with an installer file what it does"


class Row:
    """One row of a table; a null is an empty text or the number asked for."""

    __slots__ = ("_cells", "_where")

    def __init__(self, cells: Mapping[str, Any], where: tuple[str, str]) -> None:
        self._cells = cells
        self._where = where

    def text(self, column: str) -> str:
        """Return a text; a null is empty, a number its digits.

        Raises:
            FormatError: if the table has no such column.
        """
        value = self._cell(column)
        return "" if value is None else str(value)

    def number(self, column: str, default: int = 0) -> int:
        """Return a number, the default for a null.

        Raises:
            FormatError: if the table has no such column or it holds a text.
        """
        value = self._cell(column)
        if isinstance(value, str):
            raise self._error(f"column '{column}' holds the text {value[:40]!r}, expected a number")
        return default if value is None else int(value)

    def is_null(self, column: str) -> bool:
        """Return whether the cell is null, which a few tables tell apart from an empty text."""
        return self._cells.get(column) is None

    def _cell(self, column: str) -> str | int | None:
        try:
            value: str | int | None = self._cells[column]
        except KeyError:
            raise self._error(f"column '{column}' is missing") from None
        return value

    def _error(self, message: str) -> FormatError:
        source, table = self._where
        return FormatError(source, [Problem(f"table {table}", message)])


class MsiDatabase:
    """One MSI; tables and streams are read when they are asked for.

    Args:
        stream: the file, seekable; it is read from as long as the database is in use and never closed here.
        source: its name for messages.

    Raises:
        FormatError: if it is not an MSI, or a broken one.
        NotEmulated: if its texts are in a code page that cannot be read.
    """

    def __init__(self, stream: BinaryIO, source: str) -> None:
        self.source = source
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._indexes: dict[tuple[str, str], dict[str, Row]] = {}
        package = part_of_pymsi("package").Package
        with _ParserErrors(source, "not a readable MSI"):
            stream.seek(0)
            self._package: Any = package(stream, strict=False)
            if "Property" not in self._package.tables:
                raise ValueError("it has no Property table")

    def rows(self, table: str) -> tuple[Row, ...]:
        """Return the rows of a table in file order; none when there is no such table.

        Raises:
            FormatError: if the table is broken.
        """
        if table not in self._rows:
            with _ParserErrors(self.source, f"table {table} does not read"):
                found = self._package.get(table)
                where = (self.source, table)
                self._rows[table] = tuple(Row(cells, where) for cells in found or ())
        return self._rows[table]

    def find(self, table: str, column: str, text: str) -> Row | None:
        """Return the first row of a table with that text in a column; None when there is none.

        Raises:
            FormatError: if the table is broken or has no such column.
        """
        index = self._indexes.get((table, column))
        if index is None:
            index = {row.text(column): row for row in reversed(self.rows(table))}
            self._indexes[table, column] = index
        return index.get(text)

    @property
    def tables(self) -> frozenset[str]:
        """The names of all tables, with rows or without."""
        return frozenset(self._package.tables)

    def properties(self) -> dict[str, str]:
        """Return the Property table."""
        return {row.text("Property"): row.text("Value") for row in self.rows("Property")}

    @property
    def package_code(self) -> str:
        """The GUID of this very file, from the summary."""
        return self._summary_text(_REVISION)[:38]

    @property
    def template(self) -> str:
        """Platform and languages from the summary, for example `x64;1033`."""
        return self._summary_text(_TEMPLATE)

    @property
    def installer_version(self) -> int:
        """The Windows Installer version it needs, times 100, for example 500."""
        return self._summary_number(_PAGE_COUNT)

    @property
    def word_count(self) -> int:
        """Source flags: 1 short names, 2 compressed, 4 administrative image, 8 no elevation needed."""
        return self._summary_number(_WORD_COUNT)

    def stream(self, name: str) -> BinaryIO | None:
        """Open a stream by its logical name, for example a cabinet's; None when there is none.

        Raises:
            FormatError: if the stream's sectors do not form a chain.
        """
        with _ParserErrors(self.source, f"stream '{name}' does not read"):
            encode_unicode = part_of_pymsi("streamname").encode_unicode

            ole = self._package.ole
            entry = ole.root.kids_dict.get(encode_unicode(name, isTable=False).lower())
            if entry is None:
                return None
            if entry.size < ole.minisectorcutoff:
                small: BinaryIO = ole.openstream([entry.name])
                return small
            return io.BufferedReader(_SectorStream(ole, entry.isectStart, entry.size))

    def _summary_text(self, number: int) -> str:
        value = self._package.summary.properties.get(number)
        return value if isinstance(value, str) else ""

    def _summary_number(self, number: int) -> int:
        value = self._package.summary.properties.get(number)
        return value if isinstance(value, int) else 0


class _SectorStream(io.RawIOBase):
    """A stream of an OLE file, read sector by sector: a cabinet may be as large as the MSI's 2 GB."""

    def __init__(self, ole: Any, start: int, size: int) -> None:
        self._file, self._size, self._at = ole.fp, size, 0
        self._offsets: list[int] = []
        self._places: list[int] = []
        sector_size: int = ole.sectorsize
        previous, sector = -2, start
        for offset in range(0, size, sector_size):
            if sector >= _FIRST_MARK or sector >= len(ole.fat):
                raise ValueError(f"the chain of sectors ends at byte {offset:,} of {size:,}")
            if sector != previous + 1:
                self._offsets.append(offset)
                self._places.append((sector + 1) * sector_size)
            previous, sector = sector, ole.fat[sector]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        run = bisect_right(self._offsets, self._at) - 1
        end = self._offsets[run + 1] if run + 1 < len(self._offsets) else self._size
        count = min(len(view), end - self._at)
        if count <= 0:
            return 0
        self._file.seek(self._places[run] + self._at - self._offsets[run])
        data = self._file.read(count)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


class _ParserErrors:
    """Turns what a parser of untrusted bytes trips over into an error of ours."""

    def __init__(self, source: str, what: str) -> None:
        self._source, self._what = source, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, FormatError) or not isinstance(error, Exception):
            return
        if isinstance(error, UnicodeDecodeError) or "code page" in str(error).lower():
            what = "an MSI with texts outside a known code page"
            raise NotEmulated(what, where=self._source, hint=_CODE_PAGE_ADVICE) from error
        reason = str(error) or type(error).__name__
        raise FormatError(self._source, f"{self._what}: {reason} - check that the file is complete") from error


def part_of_pymsi(name: str) -> Any:
    """Return a module of pymsi, imported when it is first needed.

    pymsi asks for the array type `u`, which Python 3.13 warns about; that says nothing about the user's file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module(f"pymsi.{name}")
