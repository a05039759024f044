"""`findstr.exe`: lines that hold texts or fit expressions.

Source: learn.microsoft.com, "findstr"; stackoverflow.com, question 8844868, "What are the undocumented features and
limitations of the Windows FINDSTR command?" (what counts as an expression, prefixes, exit codes).
"""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass, field

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import below, listed
from harness.emulator.cmd.tools.expressions import compiled, has_meta, literal
from harness.emulator.cmd.tools.texts import lines_of, read_text
from harness.emulator.cmd.wildcards import has_wildcard
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError, NotEmulated

__all__ = ["findstr"]

_FLAGS = "belrsixvnmop"
_WRONG = 2


@dataclass(slots=True)
class _Request:
    """What was asked for: flags by letter, texts to look for, files."""

    flags: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    is_literal_by_default: bool = False
    files: list[str] = field(default_factory=list)


async def findstr(run: ProgramRun) -> int:
    """Show the lines that fit any of the texts or expressions."""
    request = _read(run)
    if request is None:
        return _WRONG
    if not request.texts:
        run.print_error("FINDSTR: Bad command line")
        return _WRONG
    patterns = _patterns(request)
    if not request.files:
        return int(not _show(run, lines_of(run.stdin.read()), "", patterns, request))
    found = False
    for path, shown in _files(run, request):
        try:
            lines = lines_of(read_text(run, path))
        except MachineError:
            run.print_error(f"FINDSTR: Cannot open {shown}")
            continue
        found = _show(run, lines, shown, patterns, request) or found
    return int(not found)


def _read(run: ProgramRun) -> _Request | None:
    request = _Request()
    has_text = False
    for word in run.arguments:
        if not word.startswith(("/", "-")) or len(word) == 1:
            if has_text:
                request.files.append(word)
            else:
                request.texts += [text for text in word.split(" ") if text]
                has_text = True
        elif word[2:3] == ":":
            has_text = has_text or word[1].lower() in "cg"
            if not _take_value(run, request, word[1].lower(), word[3:]):
                return None
        elif word.lower() != "/offline":
            letters = set(word[1:].lower().replace("/", ""))
            if letters - set(_FLAGS):
                run.print_error(f"FINDSTR: /{word[1:2]} ignored")
            request.flags |= letters & set(_FLAGS)
    return request


def _take_value(run: ProgramRun, request: _Request, letter: str, value: str) -> bool:
    """Note a switch with a value; return False when a file cannot be read."""
    if letter == "c":
        request.texts.append(value)
        request.is_literal_by_default = True
    elif letter in "gf":
        try:
            lines = lines_of(run.stdin.read() if value == "/" else read_text(run, value))
        except MachineError:
            run.print_error(f"FINDSTR: Cannot open {value}")
            return False
        (request.texts if letter == "g" else request.files).extend(lines)
    elif letter == "d":
        raise NotEmulated("findstr /d", where=run.command_line, hint="name the files with their folders")
    return True


def _patterns(request: _Request) -> list[re.Pattern[str]]:
    flags = request.flags
    if "r" in flags:
        is_expression = True
    elif "l" in flags or request.is_literal_by_default:
        is_expression = False
    else:
        is_expression = has_meta(request.texts[0])
    return [
        compiled(
            text if is_expression else literal(text),
            is_caseless="i" in flags,
            at_start=bool(flags & {"b", "x"}),
            at_end=bool(flags & {"e", "x"}),
        )
        for text in request.texts
    ]


def _files(run: ProgramRun, request: _Request) -> list[tuple[str, str]]:
    """Return the files to look through, with the names they are shown by; empty names for a single file."""
    folders = Folders(run)
    is_single = len(request.files) == 1 and "s" not in request.flags and not has_wildcard(request.files[0])
    if is_single:
        path = folders.full_path(request.files[0])
        if not run.files.exists(path):
            run.print_error(f"FINDSTR: Cannot open {request.files[0]}")
            return []
        return [(path, request.files[0] if request.flags & {"m"} else "")]
    found: list[tuple[str, str]] = []
    for name in request.files:
        base, pattern = ntpath.split(folders.full_path(name))
        prefix = name[: len(name) - len(ntpath.basename(name))]
        for folder in below(run.files, base) if "s" in request.flags else [base]:
            inner = folder[len(base) :].strip("\\")
            shown = prefix + (f"{inner}\\" if inner else "")
            held = listed(run.files, folder, pattern)
            found += [(entry.path, shown + entry.name) for entry in held if not entry.info.is_directory]
        if not found and not has_wildcard(name):
            run.print_error(f"FINDSTR: Cannot open {name}")
    return found


def _show(run: ProgramRun, lines: list[str], name: str, patterns: list[re.Pattern[str]], request: _Request) -> bool:
    flags = request.flags
    found = False
    offset = 0
    for number, line in enumerate(lines, 1):
        at, offset = offset, offset + len(line) + 2
        if any(pattern.search(line) for pattern in patterns) is ("v" in flags):
            continue
        found = True
        if "m" in flags:
            run.print(name)
            return True
        prefixes = [name] if name else []
        prefixes += [str(number)] if "n" in flags else []
        prefixes += [str(at)] if "o" in flags else []
        run.print("".join(f"{each}:" for each in prefixes) + line)
    return found
