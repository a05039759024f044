"""`sort.exe`.

Source: learn.microsoft.com, "sort".
"""

from __future__ import annotations

import re

from harness.emulator.cmd.tools.texts import lines_of, read_text, words_of, write_text
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError

__all__ = ["sort"]

_TAKES_VALUE = ("/l", "/locale", "/m", "/memory", "/rec", "/record_maximum", "/t", "/temporary")


async def sort(run: ProgramRun) -> int:
    """Sort lines: `/r` backwards, `/+n` from a column on, `/o` into a file, `/unique` without repetitions."""
    words = iter(words_of(run))
    column, flags, target, source = 1, set[str](), None, None
    for word in words:
        switch = word.lower()
        if re.fullmatch(r"/\+\d+", word):
            column = max(int(word[2:]), 1)
        elif switch in ("/r", "/reverse", "/unique", "/uniq"):
            flags.add(switch[:2])
        elif switch in ("/o", "/output"):
            target = next(words, None)
        elif switch in _TAKES_VALUE:
            next(words, None)
        elif switch.startswith("/"):
            run.print_error("Invalid switch.")
            return 1
        else:
            source = word
    try:
        lines = lines_of(run.stdin.read() if source is None else read_text(run, source))
    except MachineError:
        run.print_error(f"{source}The system cannot find the file specified.")
        return 1
    lines.sort(key=lambda line: line[column - 1 :].lower(), reverse="/r" in flags)
    if "/u" in flags:
        lines = list({line.lower(): line for line in reversed(lines)}.values())[::-1]
    text = "".join(f"{line}\r\n" for line in lines)
    if target:
        write_text(run, target, text)
    else:
        run.write(text)
    return 0
