"""Windows command lines: arguments apart and together, the program a line means, environment variables.

Sources: learn.microsoft.com on CommandLineToArgvW, CreateProcessW and ExpandEnvironmentStringsW; the corner cases of
quotes and of the program name are those Windows gave to the tests of Wine's shell32.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.errors import UsageError

__all__ = [
    "split_command_line",
    "split_arguments",
    "join_command_line",
    "quote_argument",
    "Program",
    "program_of",
    "expand_environment",
]

#: Only these separate arguments; a line break does not.
_BLANK = " \t"
#: The longest program name CreateProcess takes from a command line (learn.microsoft.com: MAX_PATH).
_LONGEST_NAME = 260
#: A run of backslashes with what follows it, or a quote alone; a run is one match, so that long ones stay cheap.
_TO_ESCAPE = re.compile(r'(?P<slashes>\\+)(?P<quote>")?(?P<end>\Z)?|"')
_PIECE = re.compile(r'(?P<blank>[ \t]+)|(?P<slashes>\\*)(?P<quotes>"+)|(?P<plain>\\+|[^ \t\\"]+)')


def split_command_line(line: str) -> list[str]:
    r"""Split a line as CommandLineToArgvW does; the first element is the program.

    The program has rules of its own: it ends at the next quote when it begins with one, at the first blank otherwise,
    and backslashes mean nothing in it. A line that begins with a blank has an empty program. For an empty line Windows
    gives the path of the running program; here there is none, and the list is empty.
    """
    if not line:
        return []
    if line[0] == '"':
        end = line.find('"', 1)
        name, rest = (line[1:end], line[end + 1 :]) if end > 0 else (line[1:], "")
    else:
        name = re.match(r"[^ \t]*", line)[0]  # type: ignore[index]  # the pattern also matches nothing
        rest = line[len(name) :]
    return [name, *split_arguments(rest)]


def split_arguments(rest: str) -> list[str]:
    r"""Split what follows the program in a command line.

    Blanks outside quotes separate. Of backslashes before a quote, pairs stand for one, and an odd one makes the quote
    an ordinary character. Three quotes in a row (the opening one counts) stand for one, and end the quoted part.
    """
    arguments: list[str] = []
    argument: list[str] | None = None
    is_quoted = False
    for piece in _PIECE.finditer(rest):
        if piece["blank"] and not is_quoted:
            if argument is not None:
                arguments.append("".join(argument))
            argument = None
            continue
        argument = [] if argument is None else argument
        if piece["quotes"]:
            slashes = len(piece["slashes"])
            argument.append("\\" * (slashes // 2))
            escaped = slashes % 2
            argument.append('"' * escaped)
            # An escaped quote is not counted; it leaves the others as they are.
            quotes = len(piece["quotes"]) - escaped + is_quoted
            argument.append('"' * (quotes // 3))
            is_quoted = quotes % 3 == 1
        else:
            argument.append(piece[0])
    if argument is not None:
        arguments.append("".join(argument))
    return arguments


def join_command_line(arguments: Sequence[str]) -> str:
    """Write a line that `split_command_line` takes apart into the same arguments, the program first.

    Raises:
        UsageError: if the program's name holds a quote, which no command line can express.
    """
    if not arguments:
        return ""
    name, *rest = arguments
    if '"' in name:
        raise UsageError(f"the program name {name!r} holds a quote - a command line cannot express that")
    needs_quotes = not name or any(blank in name for blank in _BLANK)
    return " ".join([f'"{name}"' if needs_quotes else name, *map(quote_argument, rest)])


def quote_argument(argument: str) -> str:
    r"""Write one argument so that it survives splitting; without need it stays as it is.

    Backslashes are doubled before a quote and at the end of a quoted argument only.
    """
    if argument and not re.search(r'[\s"]', argument):
        return argument
    escaped = _TO_ESCAPE.sub(_escaped, argument)
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One reading of a command line.

    Attributes:
        name: the file to look for, with `.exe` appended where Windows appends it; it may or may not have a folder.
        arguments: the rest of the line, as written but for the blanks before it.
    """

    name: str
    arguments: str


def program_of(line: str) -> tuple[Program, ...]:
    r"""Return what CreateProcess tries to start, first choice first; the first that exists is started.

    A quoted name is the only choice. Otherwise the name may end at any blank: for `c:\program files\sub dir\name` that
    is `c:\program.exe`, `c:\program files\sub.exe`, and so on (learn.microsoft.com, CreateProcessW). `.exe` is appended
    to a name without a full stop in its last part. Blanks before the name are passed over; an empty line has no
    program. Names longer than 260 characters and names with a quote are left out, since no file has them.
    """
    line = line.lstrip(_BLANK)
    if line.startswith('"'):
        name, _, rest = line[1:].partition('"')
        return (Program(name=_with_extension(name), arguments=rest.lstrip(_BLANK)),) if name else ()
    return tuple(
        Program(name=_with_extension(line[:end]), arguments=line[end:].lstrip(_BLANK)) for end in _ends_of_names(line)
    )


def expand_environment(text: str, variables: Mapping[str, str]) -> str:
    """Replace `%NAME%` as ExpandEnvironmentStrings does.

    Names are compared without regard to case. What is not a variable stays as it is, and its second percent sign may
    begin the next name. Values are not expanded again.

    Args:
        text: the text.
        variables: the environment.
    """
    if "%" not in text:
        return text
    values = {name.upper(): value for name, value in variables.items()}
    first, *parts = text.split("%")
    written = [first]
    # Between two percent signs stands a name or plain text; after a name that was replaced comes plain text again.
    is_open = True
    for number, part in enumerate(parts, 1):
        is_closed = number < len(parts)
        if is_open and is_closed and part.upper() in values:
            written.append(values[part.upper()])
            is_open = False
        else:
            written.append(f"%{part}" if is_open else part)
            is_open = True
    return "".join(written)


def _ends_of_names(line: str) -> Iterator[int]:
    """Find where an unquoted program name may end: before each run of blanks, and at the end of the line."""
    limit = line.find('"') if '"' in line else len(line)
    for blanks in re.finditer(r"(?<=[^ \t])(?=[ \t])", line[: limit + 1]):
        if blanks.start() > _LONGEST_NAME:
            return
        yield blanks.start()
    if limit == len(line) and 0 < limit <= _LONGEST_NAME and line[-1] not in _BLANK:
        yield limit


def _escaped(found: re.Match[str]) -> str:
    slashes = found["slashes"] or ""
    if found[0].endswith('"'):
        return f'{slashes * 2}\\"'
    return slashes * 2 if found["end"] is not None else slashes


def _with_extension(name: str) -> str:
    last = re.split(r"[\\/:]", name)[-1]
    return name if "." in last else f"{name}.exe"
