"""The records a zip file is made of, shared by its reader and its writer.

Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3. The standard library's `zipfile` is not used because it
cuts data at the declared size instead of refusing it, changes names by platform, and writes other bytes on Windows
than on Linux; packages must read strictly and pack to the same bytes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from struct import Struct

__all__ = [
    "ZipEntry",
    "Method",
    "METHOD_NAMES",
    "UTF8_FLAG",
    "ENCRYPTED_FLAGS",
    "NEEDS_ZIP64",
    "LOCAL_HEADER",
    "DIRECTORY_HEADER",
    "END_RECORD",
    "ZIP64_END_RECORD",
    "ZIP64_LOCATOR",
    "EARLIEST",
    "from_dos_time",
    "to_dos_time",
]


class Method(IntEnum):
    """How an entry's bytes are stored; the two that packages use."""

    STORED = 0
    DEFLATED = 8


#: What the other numbers mean, for messages (APPNOTE 4.4.5).
METHOD_NAMES = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "BZIP2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
    99: "AES encryption",
}

#: The name is UTF-8; without it, code page 437.
UTF8_FLAG = 0x0800
#: Traditional, strong and masked-directory encryption.
ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
#: What a 32-bit field says when the real number is in a zip64 record.
NEEDS_ZIP64 = 0xFFFF_FFFF

LOCAL_HEADER = Struct("<4s5H3L2H")
DIRECTORY_HEADER = Struct("<4s6H3L5H2L")
END_RECORD = Struct("<4s4H2LH")
ZIP64_END_RECORD = Struct("<4sQ2H2L4Q")
ZIP64_LOCATOR = Struct("<4sLQL")

#: The first moment a zip file can write down; what packed files get unless told otherwise.
EARLIEST = datetime(1980, 1, 1)  # noqa: DTZ001 - zip files store wall time without a zone
_LATEST = datetime(2107, 12, 31, 23, 59, 58)  # noqa: DTZ001 - see above


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One entry of a zip file's directory; sizes and the offset of its local header in bytes.

    Attributes:
        name: as stored, decoded; with whichever slashes the packer wrote.
        unix_mode: type and permission bits where a Unix packer wrote them, otherwise 0.
        modified: wall time without a zone; None when the field holds no date.
    """

    name: str
    flags: int
    method: int
    crc: int
    compressed_bytes: int
    size_bytes: int
    offset: int
    unix_mode: int
    modified: datetime | None


def from_dos_time(date: int, time: int) -> datetime | None:
    """Return the wall time of the two 16-bit MS-DOS fields, in steps of 2 s; None when they hold no date."""
    try:
        return datetime(  # noqa: DTZ001 - zip files store wall time without a zone
            (date >> 9) + 1980, date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2
        )
    except ValueError:
        return None


def to_dos_time(moment: datetime) -> tuple[int, int]:
    """Return the MS-DOS date and time fields of a wall time, brought into 1980..2107; a zone is not looked at."""
    moment = min(max(moment.replace(tzinfo=None), EARLIEST), _LATEST)
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2
