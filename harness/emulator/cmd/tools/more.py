"""`more.com`: text as it is, since there is no screen to fill.

Source: learn.microsoft.com, "more".
"""

from __future__ import annotations

import re

from harness.emulator.cmd.tools.texts import lines_of, read_text, words_of
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError

__all__ = ["more"]

_TAB = 8


async def more(run: ProgramRun) -> int:
    """Show the standard input or files, from line `+n` on; `/s` makes one of several empty lines."""
    start, squeezes, width, names = 0, False, _TAB, []
    for word in words_of(run):
        if re.fullmatch(r"\+\d+", word):
            start = int(word)
        elif re.fullmatch(r"/t\d+", word, re.IGNORECASE):
            width = int(word[2:])
        elif word.lower() in ("/s", "/e", "/c", "/p"):
            squeezes = squeezes or word.lower() == "/s"
        elif word.startswith("/"):
            run.print_error(f"Invalid switch - {word[1:]}")
            return 1
        else:
            names.append(word)
    texts: list[str] = []
    for name in names:
        try:
            texts.append(read_text(run, name))
        except MachineError:
            run.print_error(f"Cannot access file {run.files.resolve(name)}")
            return 1
    lines = lines_of("".join(texts) if names else run.stdin.read())[start:]
    previous = None
    for line in lines:
        if not (squeezes and not line and previous == ""):
            run.print(line.expandtabs(width))
        previous = line
    return 0
