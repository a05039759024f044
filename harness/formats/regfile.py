r"""`.reg` files, read: "Windows Registry Editor Version 5.00" and REGEDIT4, as a sequence of edits.

Registry Editor passes over a line it does not understand and says nothing, so that half of a file goes missing
unnoticed. Here such a line is an error, and every one of a file is named. Otherwise a file means what it means to
Windows: names of roots in any case, blanks around `=`, comments behind `;` (and whole lines behind `#`, which Windows
passes over too), hexadecimal data over several lines with comments between them, data that lack their last NUL.

Two things are ours: short names of roots (`HKLM`), which Microsoft's documentation does not have, and UTF-8 without a
mark at its beginning, which Windows would take for the ANSI code page.

Source: learn.microsoft.com, "How to add, modify, or delete registry subkeys and values by using a .reg file"; for what
Windows takes and what not, Wine's conformance tests of `reg import`, which pass on Windows. Whether
it takes `DWORD:` is not known: capitals are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from harness.errors import FormatError, Problem
from harness.formats.registrybytes import value_of_bytes
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

__all__ = ["RegEdit", "RegFile", "read_reg", "VERSION_4", "VERSION_5"]

VERSION_5 = "Windows Registry Editor Version 5.00"
VERSION_4 = "REGEDIT4"

#: A hostile file has no say in how long its error message gets.
_MOST_PROBLEMS = 100

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_VALUE = re.compile(rf"(?:(@)|{_QUOTED})[ \t]*=[ \t]*")
_TEXT = re.compile(_QUOTED)
_DWORD = re.compile(r"dword:([0-9a-fA-F]{1,8})")
_HEX = re.compile(r"hex(?:\(([0-9a-fA-F]{1,8})\))?:")
_WHOLE_BYTES = re.compile(r"(?:[0-9a-fA-F]{2},)*[0-9a-fA-F]{2},?")
_BYTE = re.compile(r"[0-9a-fA-F]{1,2}")
_REST = re.compile(r"[ \t]*(?:;.*)?")
_NO_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\[^\\\"])")
_TEXT_TYPES = (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ, RegistryType.REG_MULTI_SZ)
_BLANKS = " \t"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegEdit:
    r"""One thing that a `.reg` file does.

    Attributes:
        path: the key.
        name: the value, empty for the default value; None when it is the key itself that is made or deleted.
        value: what the value becomes; None when it is deleted, or when it is about the key itself.
        is_deletion: whether the key with all below it, or the value, goes away.
        line: where it stands in the file, from 1.
    """

    path: RegistryPath
    name: str | None = None
    value: RegistryValue | None = None
    is_deletion: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegFile:
    """What a `.reg` file says.

    Attributes:
        version: its first line, `VERSION_5` or `VERSION_4`.
        edits: what it does, in its order.
    """

    version: str
    edits: tuple[RegEdit, ...]


def read_reg(data: bytes | str, *, source: str, code_page: str = "cp1252") -> RegFile:
    """Read a `.reg` file.

    Args:
        data: the file; as bytes it is UTF-16 or UTF-8 with a mark at its beginning, or UTF-8 or UTF-16 without one, or
            else in the code page.
        source: its name for messages.
        code_page: the ANSI code page of the machine, for REGEDIT4.

    Raises:
        FormatError: with every line that does not read.
    """
    text = data if isinstance(data, str) else _decoded(data, source, code_page)
    return _Reader(text, source, code_page).read()


def _decoded(data: bytes, source: str, code_page: str) -> str:
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
    mark = next((mark for mark in marks if data.startswith(mark)), b"")
    encoding = marks.get(mark) or ("utf-16-le" if data[1:2] == b"\0" else "utf-8")
    try:
        return data[len(mark) :].decode(encoding, "surrogatepass" if encoding.startswith("utf-16") else "strict")
    except UnicodeDecodeError as error:
        if mark or encoding != "utf-8":
            raise FormatError(source, f"is no {encoding.upper()} text at byte {len(mark) + error.start:,}") from None
    try:
        return data.decode(code_page)
    except UnicodeDecodeError as error:
        found = f"is neither UTF-8 nor {code_page} text at byte {error.start:,} - save it as UTF-16 or UTF-8"
        raise FormatError(source, found) from None


class _Bad(Exception):
    """A line that does not read, with what is wrong."""


class _Reader:
    """Reads the lines of a file and keeps every problem."""

    def __init__(self, text: str, source: str, code_page: str) -> None:
        self._lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._source = source
        self._code_page = code_page
        self._at = 0
        self._version = ""
        self._edits: list[RegEdit] = []
        self._problems: list[Problem] = []
        #: The key that values are for; None where there is none yet, or it does not read.
        self._key: RegistryPath | None = None
        self._why_no_key = (
            "there is no key above it - begin with a line such as [HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]"
        )

    def read(self) -> RegFile:
        self._read_version()
        while self._at < len(self._lines) and len(self._problems) < _MOST_PROBLEMS:
            line, number = self._lines[self._at].strip(_BLANKS), self._at + 1
            self._at += 1
            try:
                self._read_line(line, number)
            except _Bad as bad:
                if str(bad):
                    self._problems.append(Problem(f"line {number}", str(bad)))
        if self._problems:
            if len(self._problems) == _MOST_PROBLEMS:
                self._problems.append(Problem("", f"{_MOST_PROBLEMS} lines are wrong; the rest was not read"))
            raise FormatError(self._source, self._problems)
        return RegFile(version=self._version, edits=tuple(self._edits))

    def _read_version(self) -> None:
        first = self._lines[0].strip(_BLANKS)
        if first not in (VERSION_5, VERSION_4):
            meant = get_close_matches(first, (VERSION_5, VERSION_4), 1, 0.6)
            hint = f"did you mean {meant[0]!r}?" if meant else "without it Windows takes no file for one of its own"
            expected = f"expected {VERSION_5!r} or {VERSION_4!r}, found {_shown(first)}"
            raise FormatError(self._source, [Problem("line 1", f"{expected} - {hint}")])
        self._version = first
        self._at = 1

    def _read_line(self, line: str, number: int) -> None:
        if not line or line[0] in ";#":
            return
        if line[0] == "[":
            self._read_key(line, number)
        elif line[0] in '"@':
            self._read_value(line, number)
        else:
            raise _Bad(f"is neither a key in brackets, nor a value in quotes, nor a comment: {_shown(line)}")

    def _read_key(self, line: str, number: int) -> None:
        self._key, self._why_no_key = None, ""  # until it reads, its values are passed over: one error is enough
        name, bracket, rest = line[1:].rpartition("]")
        if not bracket or not _REST.fullmatch(rest):
            raise _Bad(f"is a key without a bracket at its end: {_shown(line)}")
        is_deletion = name.startswith("-")
        path = _path(name.removeprefix("-"))
        if is_deletion and not path.key:
            raise _Bad(f"deletes all of {path}, which Windows does not do")
        self._edits.append(RegEdit(path=path, is_deletion=is_deletion, line=number))
        if is_deletion:
            self._why_no_key = "is below a key that is deleted - write the key again, without the minus, above it"
        else:
            self._key = path

    def _read_value(self, line: str, number: int) -> None:
        found = _VALUE.match(line)
        if not found:
            raise _Bad(f'expected "name"=..., found {_shown(line)}')
        name = "" if found[1] else _unescaped(found[2])
        value = self._read_data(line[found.end() :])
        if self._key is None:
            raise _Bad(self._why_no_key)
        self._edits.append(RegEdit(path=self._key, name=name, value=value, is_deletion=value is None, line=number))

    def _read_data(self, data: str) -> RegistryValue | None:
        """Read what is behind the `=`; nothing means that the value is deleted."""
        if data.startswith("-") and _REST.fullmatch(data, 1):
            return None
        if (text := _TEXT.match(data)) and _REST.fullmatch(data, text.end()):
            return RegistryValue(RegistryType.REG_SZ, _unescaped(text[1]))
        if (number := _DWORD.match(data)) and _REST.fullmatch(data, number.end()):
            return RegistryValue(RegistryType.REG_DWORD, int(number[1], 16))
        if head := _HEX.match(data):
            type_ = int(head[1], 16) if head[1] else RegistryType.REG_BINARY
            return self._value_of(type_, self._read_bytes(data[head.end() :]))
        raise _Bad(_what_is_wrong(data))

    def _value_of(self, type_: int, data: bytes) -> RegistryValue:
        if self._version == VERSION_4 and type_ in _TEXT_TYPES:
            try:
                data = data.decode(self._code_page).encode("utf-16-le", "surrogatepass")
            except UnicodeDecodeError:
                raise _Bad(f"has bytes that are no text in the code page {self._code_page}") from None
        return value_of_bytes(type_, data)

    def _read_bytes(self, first: str) -> bytes:
        """Read hexadecimal bytes from this line, and from the next ones while a line ends with a backslash."""
        data = bytearray()
        line, is_first = first, True
        while True:
            body = line.partition(";")[0].strip(_BLANKS)
            is_continued = body.endswith("\\")
            if is_continued:
                body = body[:-1].rstrip(_BLANKS)
                if not body.endswith(",") and not (is_first and not body):
                    raise _Bad("goes on in the next line without a comma before the backslash")
            data += _bytes(body)
            if not is_continued:
                return bytes(data)
            line, is_first = self._next_line(), False

    def _next_line(self) -> str:
        """Return the line that goes on with data; empty ones and comments between do not count."""
        while self._at < len(self._lines):
            line = self._lines[self._at].strip(_BLANKS)
            self._at += 1
            if line and line[0] != ";":
                if not _BYTE.match(line):
                    self._at -= 1
                    raise _Bad(f"goes on in line {self._at + 1}, which has no bytes but {_shown(line)}")
                return line
        return ""


def _path(name: str) -> RegistryPath:
    root, _, key = name.partition("\\")
    hives = {spelling: hive for hive in Hive for spelling in (hive.name, hive.value)}
    hive = hives.get(root.upper())
    if hive is None:
        meant = get_close_matches(root.upper(), [hive.value for hive in Hive], 1, 0.7)
        hint = f"did you mean {meant[0]}?" if meant else f"expected one of {', '.join(hive.value for hive in Hive)}"
        raise _Bad(f"there is no root key called {_shown(root)} - {hint}")
    key = key.removesuffix("\\")
    if key and not all(key.split("\\")):
        raise _Bad(f"has an empty name between two backslashes: {_shown(name)}")
    return RegistryPath(hive, key)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    if wrong := _NO_ESCAPE.search(text):
        raise _Bad(f"has {wrong[1]!r} in {_shown(text)} - write a backslash as two")
    return re.sub(r"\\(.)", r"\1", text)


def _bytes(body: str) -> bytes:
    if not body:
        return b""
    if _WHOLE_BYTES.fullmatch(body):
        return bytes.fromhex(body.replace(",", ""))
    parts = [part.strip(_BLANKS) for part in body.split(",")]
    if not parts[-1] and len(parts) > 1:
        parts.pop()
    for part in parts:
        if not _BYTE.fullmatch(part):
            raise _Bad(f"expected hexadecimal bytes with commas between them, found {_shown(part)}")
    return bytes(int(part, 16) for part in parts)


def _what_is_wrong(data: str) -> str:
    if data.startswith('"'):
        return f"has a text without a quote at its end, or with something behind it: {_shown(data)}"
    if data.startswith("-"):
        return f"has something behind the minus that deletes a value: {_shown(data)}"
    if data.startswith("dword:"):
        return f"expected one to eight hexadecimal digits, found {_shown(data[6:])}"
    expected = 'expected "text", dword:..., hex:..., hex(type):... or -'
    kind = data.partition(":")[0].lower()
    hint = f" - write {kind} in small letters" if re.match(r"dword$|hex(\(|$)", kind) and ":" in data else ""
    return f"{expected}, found {_shown(data)}{hint}"


def _shown(text: str, most: int = 60) -> str:
    return repr(text if len(text) <= most else f"{text[:most]}...")
