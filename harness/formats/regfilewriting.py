r"""`.reg` files, written byte for byte as Registry Editor exports them.

Two losses are Registry Editor's own: of a text, only what is before an embedded NUL is written; and a number of the
wrong length, like every type without a form of its own, is written as bytes (`hex(4):`).

Source: files that Registry Editor wrote, and Wine's conformance tests of `reg export`, which pass on Windows. A text
with a line break is written as `hex(1):`, which reads back for certain; what Registry Editor does is not known.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.errors import UsageError
from harness.formats.regfile import VERSION_4, VERSION_5, RegEdit
from harness.formats.registrybytes import bytes_of_value
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

__all__ = ["write_reg"]

#: A line of bytes is broken as soon as it has so many characters; with the backslash that makes 78 to 80.
_FULL_LINE = 77
_TEXT_TYPES = (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ, RegistryType.REG_MULTI_SZ)


def write_reg(edits: Iterable[RegEdit], *, version: str = VERSION_5, code_page: str = "cp1252") -> bytes:
    """Return a `.reg` file that does these edits.

    Args:
        edits: in the order of the file; a value of another key than the one before it gets that key's line first.
        version: `VERSION_5`, which is UTF-16 with a mark at its beginning, or `VERSION_4`, in the code page.
        code_page: the ANSI code page of the machine, for REGEDIT4.

    Raises:
        UsageError: if REGEDIT4's code page lacks a character, or a name holds a line break or NUL, which no `.reg` file
            can say.
    """
    lines = [version]
    key: RegistryPath | None = None
    for edit in edits:
        if edit.name is None or edit.path != key:
            sign = "-" if edit.name is None and edit.is_deletion else ""
            lines += ["", f"[{sign}{_plain(str(edit.path), edit)}]"]
            key = None if sign else edit.path
        if edit.name is not None:
            lines.append(_value_line(edit, version, code_page))
    text = "\r\n".join([*lines, "", ""])
    if version == VERSION_5:
        return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")
    return _encoded(text, code_page)


def _value_line(edit: RegEdit, version: str, code_page: str) -> str:
    assert edit.name is not None
    name = f'"{_escaped(_plain(edit.name, edit))}"' if edit.name else "@"
    if edit.value is None:
        return f"{name}=-"
    return f"{name}={_data(edit.value, len(name) + 1, version, code_page)}"


def _data(value: RegistryValue, column: int, version: str, code_page: str) -> str:
    match value.type, value.data:
        case RegistryType.REG_SZ, str(text) if not set("\r\n") & set(text.partition("\0")[0]):
            return f'"{_escaped(text.partition(chr(0))[0])}"'
        case RegistryType.REG_DWORD, int(number):
            return f"dword:{number:08x}"
        case _:
            pass
    data = bytes_of_value(value)
    if version == VERSION_4 and value.type in _TEXT_TYPES:
        data = _encoded(data.decode("utf-16-le", "surrogatepass"), code_page)
    head = "hex:" if value.type is RegistryType.REG_BINARY else f"hex({value.type:x}):"
    return head + _wrapped(data, column + len(head))


def _wrapped(data: bytes, column: int) -> str:
    lines = []
    at = 0
    while at < len(data):
        count = max(1, -(-(_FULL_LINE - column) // 3))
        lines.append(data[at : at + count].hex(","))
        at, column = at + count, 2
    return ",\\\r\n  ".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _plain(name: str, edit: RegEdit) -> str:
    if set("\r\n\0") & set(name):
        raise UsageError(f"{edit.path.short}: the name {name!r} holds a line break or NUL, which no .reg file can say")
    return name


def _encoded(text: str, code_page: str) -> bytes:
    try:
        return text.encode(code_page)
    except UnicodeEncodeError as error:
        missing = text[error.start]
        raise UsageError(f"{missing!r} is not in the code page {code_page} of REGEDIT4 - write version 5") from None
