"""Names with `*` and `?`, as FindFirstFile matches them.

Source: learn.microsoft.com, "Naming Files, Paths, and Namespaces" (short names match too) and
FsRtlIsNameInExpression (what `?` and dots do at the end of a name); `*.*` and `*.` are from memory.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.emulator.shortnames import is_short
from harness.model.names import folded

__all__ = ["has_wildcard", "matches", "renamed", "short_form"]

_MOST_KEPT = 256


def has_wildcard(path: str) -> bool:
    """Return whether a path stands for any number of files."""
    return "*" in path or "?" in path


def matches(name: str, pattern: str) -> bool:
    """Return whether a file's name, or its short name, fits a pattern."""
    expression = _expression(folded(pattern))
    return expression.fullmatch(folded(name)) is not None or (
        not is_short(name) and name not in (".", "..") and expression.fullmatch(folded(short_form(name))) is not None
    )


def short_form(name: str, number: int = 1) -> str:
    """Return the 8.3 name that Windows would give to the so-many-th file of such a name."""
    stem, dot, extension = name.replace(" ", "").strip(".").rpartition(".")
    stem, extension = (stem, extension) if dot else (extension, "")
    short = re.sub(r"[.+,;=\[\]]", lambda found: "" if found[0] == "." else "_", stem)[:6].upper()
    return f"{short}~{number}" + (f".{extension[:3].upper()}" if extension else "")


def renamed(name: str, pattern: str) -> str:
    """Return the name that a pattern makes of another one, as the second name of `ren` and `copy` does.

    `?` keeps a character, `*` all up to what follows it in the pattern, and to the end when nothing does.
    Source: superuser.com, question 475874, "How does the Windows RENAME command interpret wildcards?".
    """
    result: list[str] = []
    position = 0
    for index, character in enumerate(pattern):
        if character == "?":
            if name[position : position + 1] not in ("", "."):
                result.append(name[position])
                position += 1
        elif character == "*":
            following = pattern[index + 1 : index + 2]
            if following in ("", "*", "?"):
                result.append(name[position:])
                position = len(name)
            else:
                end = folded(name).rfind(folded(following), position)
                end = len(name) if end < 0 else end
                result.append(name[position:end])
                position = end + (1 if end < len(name) and following != "." else 0)
                if end < len(name) and following != ".":
                    position -= 1
        else:
            result.append(character)
            if character == ".":
                dot = name.find(".", position)
                position = len(name) if dot < 0 else dot + 1
            elif name[position : position + 1] not in ("", "."):
                position += 1
    return "".join(result).rstrip(". ")


@lru_cache(maxsize=_MOST_KEPT)
def _expression(pattern: str) -> re.Pattern[str]:
    if pattern.endswith("*.*"):
        pattern = pattern[:-2]
    pieces: list[str] = []
    without_extension = pattern.endswith("*.") and pattern.count(".") == 1
    body = pattern[:-1] if without_extension else pattern
    for index, character in enumerate(body):
        if character == "*":
            if not pieces or pieces[-1] != ".*":  # a run of stars is one, so that matching stays cheap
                pieces.append("[^.]*" if without_extension else ".*")
        elif character == "?":
            at_end = set(body[index:]) <= {"?"} or re.match(r"\?+\.", body[index:]) is not None
            pieces.append("[^.]?" if at_end else ".")
        elif character == "." and set(body[index + 1 :]) <= {"?", "*"}:
            pieces.append(r"(?:\.|$)" if body[index + 1 :] else r"\.?")
        else:
            pieces.append(re.escape(character))
    return re.compile("".join(pieces), re.DOTALL)
