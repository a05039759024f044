"""The console's code page, which its processes share: a variable that nobody sees hands it on.

Source: learn.microsoft.com, "chcp" and "Code Page Identifiers"; 437 is what a US English Windows begins with.
"""

from __future__ import annotations

import codecs

from harness.emulator.programs import ProgramRun

__all__ = ["code_page_of", "codec_of", "is_code_page", "set_code_page"]

_VARIABLE = "=ConsoleCodePage"
_UTF_8 = 65_001
_USUAL = 437


def code_page_of(run: ProgramRun) -> int:
    """Return the code page of a process's console."""
    return int(run.environment.get(_VARIABLE) or _USUAL)


def set_code_page(run: ProgramRun, number: int) -> None:
    """Set the code page of a process's console, for what it starts too."""
    run.environment[_VARIABLE] = str(number)


def codec_of(number: int) -> str:
    """Return what Python calls a code page."""
    return "utf-8" if number == _UTF_8 else f"cp{number}"


def is_code_page(number: int) -> bool:
    """Return whether there is such a code page for a console."""
    try:
        codecs.lookup(codec_of(number))
    except LookupError:
        return False
    return True
