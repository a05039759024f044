"""Output into files: `>`, `>>` and Out-File.

Source: learn.microsoft.com, about_Redirection, about_Character_Encoding: UTF-16LE with a byte order mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.output.formatter import Formatter
from harness.emulator.powershell.runtime.values import Value
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["FileSink", "write_text", "ENCODINGS"]

#: -Encoding -> Python's codec and byte order mark. Source: about_Character_Encoding.
ENCODINGS: dict[str, tuple[str, bytes]] = {
    "unicode": ("utf-16-le", b"\xff\xfe"),
    "string": ("utf-16-le", b"\xff\xfe"),
    "unknown": ("utf-16-le", b"\xff\xfe"),
    "bigendianunicode": ("utf-16-be", b"\xfe\xff"),
    "utf8": ("utf-8", b"\xef\xbb\xbf"),
    "utf7": ("utf-7", b""),
    "utf32": ("utf-32-le", b"\xff\xfe\0\0"),
    "ascii": ("ascii", b""),
    "default": ("cp1252", b""),
    "oem": ("cp437", b""),
}


def write_text(shell: Interpreter, path: str, text: str, encoding: str, *, appends: bool) -> None:
    """Write a text to a file; a new file begins with the encoding's byte order mark.

    Raises:
        MachineError: when it cannot be written.
    """
    codec, mark = ENCODINGS[encoding]
    files = shell.run.files
    is_new = not appends or not files.exists(path) or files.info(path).size_bytes == 0
    with files.open(path, "wb" if not appends else "ab") as file:
        file.write((mark if is_new else b"") + text.encode(codec, "replace"))


class FileSink:
    """Writes what it gets to a file, as it would be shown."""

    def __init__(
        self, shell: Interpreter, path: str, *, appends: bool, encoding: str = "unicode", width: int = 80
    ) -> None:
        self._shell = shell
        self._path = path
        self._pieces: list[str] = []
        self._formatter = Formatter(self._line, width=width)
        self._encoding = encoding
        self._appends = appends
        self._is_closed = False
        try:
            write_text(shell, path, "", encoding, appends=appends)
        except MachineError as error:
            from harness.emulator.powershell.runtime.host_errors import from_machine

            raise from_machine(error) from error

    def _line(self, text: str) -> None:
        self._pieces.append(f"{text}\r\n")

    async def write(self, value: Value) -> None:
        """Take a value."""
        self._formatter.accept(value)

    def close(self) -> None:
        """Write everything."""
        if not self._is_closed:
            self._is_closed = True
            self._formatter.finish()
            write_text(self._shell, self._path, "".join(self._pieces), self._encoding, appends=True)
