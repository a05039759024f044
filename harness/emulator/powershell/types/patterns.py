r"""Patterns: wildcards, and regular expressions of .NET in Python's dialect.

What differs is rewritten: `(?<name>...)`, `\k<name>`, `\z`, `\Z`, `$`, `\p{L}` and its kin, inline options in the
middle, `\e`. What Python's `re` cannot do (balancing groups, subtraction of classes, `\G`, right to left) is said to be
not modelled.

Source: learn.microsoft.com, "Regular Expression Language - Quick Reference", about_Wildcards; Python's documentation
of `re`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.emulator.powershell.runtime.errors import Unmodelled, failure

__all__ = ["net_regex", "wildcard", "has_wildcard", "expand_replacement", "group_names"]

_OPTIONS = {1: re.IGNORECASE, 2: re.MULTILINE, 16: re.DOTALL, 32: re.VERBOSE}
_UNSUPPORTED = {4: "ExplicitCapture", 64: "RightToLeft", 256: "ECMAScript"}

#: Unicode categories as classes of Python's dialect; outside and inside square brackets.
_CATEGORIES = {
    "L": r"[^\W\d_]", "Lu": r"[A-Z\u00c0-\u00d6\u00d8-\u00de]", "Ll": r"[a-z\u00df-\u00f6\u00f8-\u00ff]",
    "N": r"\d", "Nd": r"\d", "Z": r"\s", "Zs": r"\s", "IsBasicLatin": r"[\x00-\x7f]",
}  # fmt: skip
_NEGATED = {"L": r"[\W\d_]", "N": r"\D", "Nd": r"\D", "Z": r"\S", "Zs": r"\S", "IsBasicLatin": r"[^\x00-\x7f]"}
_INSIDE = {
    "Lu": r"A-Z\u00c0-\u00d6\u00d8-\u00de",
    "Ll": r"a-z\u00df-\u00f6\u00f8-\u00ff",
    "N": r"\d",
    "Nd": r"\d",
    "Z": r"\s",
    "Zs": r"\s",
}
_INSIDE["L"] = r"A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u1fff"

_TOKEN = re.compile(
    r"\\(?P<category>[pP])\{(?P<name>\w+)\}"
    r"|\\k(?:<(?P<ref>\w+)>|'(?P<ref2>\w+)')"
    r"|\\(?P<escape>[\s\S])"
    r"|\(\?(?:<(?P<group>\w+)>|'(?P<group2>\w+)')"
    r"|(?P<balance>\(\?(?:<\w*-\w+>|'\w*-\w+'))"
    r"|\(\?(?P<inline>[imsnx]*(?:-[imsnx]+)?)(?P<end>[):])"
    r"|(?P<class>\[\^?\]?)"
    r"|(?P<dollar>\$)"
)


@lru_cache(maxsize=512)
def net_regex(pattern: str, options: int = 0) -> re.Pattern[str]:
    """Return a regular expression of .NET, compiled.

    Args:
        pattern: as .NET has it.
        options: RegexOptions as a number; 1 is IgnoreCase.

    Raises:
        ScriptError: when .NET would not take it.
        Unmodelled: when it cannot be expressed here.
    """
    for bit, name in _UNSUPPORTED.items():
        if options & bit:
            raise Unmodelled(f"RegexOptions.{name}", "write the expression so that it does without it")
    flags = re.NOFLAG
    for bit, flag in _OPTIONS.items():
        if options & bit:
            flags |= flag
    translated = _Translation(pattern, is_multiline=bool(options & 2)).run()
    try:
        return re.compile(translated, flags)
    except (re.error, OverflowError, RecursionError) as error:
        if "look-behind" in str(error):
            raise Unmodelled(
                f"the regular expression {pattern!r} (it looks behind by a varying length)", "rewrite the expression"
            ) from error
        raise failure(
            f'parsing "{pattern}" - {error}.', "InvalidRegularExpression", type_name="System.ArgumentException"
        ) from error


class _Translation:
    def __init__(self, pattern: str, *, is_multiline: bool) -> None:
        self._pattern = pattern
        self._position = 0
        self._is_multiline = is_multiline
        self._pieces: list[str] = []
        self._open_options = 0

    def run(self) -> str:
        depths: list[int] = []
        while self._position < len(self._pattern):
            found = _TOKEN.match(self._pattern, self._position)
            if found:
                self._position = found.end()
                self._take(found, depths)
            else:
                char = self._pattern[self._position]
                self._position += 1
                if char == "(":
                    depths.append(0)
                elif char == ")" and depths:
                    char += ")" * depths.pop()
                self._pieces.append(char)
        return "".join(self._pieces) + ")" * self._open_options

    def _take(self, found: re.Match[str], depths: list[int]) -> None:
        if found["category"]:
            self._pieces.append(_category(found["category"], found["name"], self._pattern))
        elif found["ref"] or found["ref2"]:
            self._pieces.append(_reference(found["ref"] or found["ref2"]))
        elif found["escape"]:
            self._pieces.append(_escape(found["escape"], self._pattern))
        elif found["group"] or found["group2"]:
            depths.append(0)
            name = found["group"] or found["group2"]
            if name.isdigit():
                raise Unmodelled(
                    f"the numbered group {name} in the regular expression {self._pattern!r}", "name it with letters"
                )
            self._pieces.append(f"(?P<{name}>")
        elif found["balance"]:
            raise Unmodelled(
                f"the balancing group in the regular expression {self._pattern!r}", "rewrite the expression"
            )
        elif found["class"]:
            self._class(found["class"])
        elif found["dollar"]:
            self._pieces.append("$" if self._is_multiline else r"(?=\n?\Z)")
        else:
            self._options(found["inline"], found["end"], depths)

    def _options(self, inline: str, end: str, depths: list[int]) -> None:
        if "n" in inline:
            raise Unmodelled(
                f"the option n in the regular expression {self._pattern!r}", "write (?:...) for such groups"
            )
        if "m" in inline.partition("-")[0]:
            self._is_multiline = True
        if end == ":":
            depths.append(0)
            self._pieces.append(f"(?{inline}:")
        elif inline:
            self._pieces.append(f"(?{inline}:")  # up to the end of the group it stands in
            if depths:
                depths[-1] += 1
            else:
                self._open_options += 1

    def _class(self, opening: str) -> None:
        """Copy what is in square brackets."""
        self._pieces.append(opening.replace("]", r"\]"))
        while self._position < len(self._pattern):
            char = self._pattern[self._position]
            if char == "]":
                self._position += 1
                self._pieces.append("]")
                return
            if char == "\\":
                self._class_escape()
                continue
            if char == "[":
                if self._pattern[self._position - 1] == "-" and self._position > 1:
                    raise Unmodelled(f"the subtraction of classes in {self._pattern!r}", "list the characters")
                char = r"\["
            elif char in "&~|":
                char = f"\\{char}"
            self._pieces.append(char)
            self._position += 1

    def _class_escape(self) -> None:
        found = re.compile(r"\\(?:([pP])\{(\w+)\}|([\s\S]?))").match(self._pattern, self._position)
        assert found is not None
        self._position = found.end()
        if found[1]:
            if found[1] == "P" or found[2] not in _INSIDE:
                raise Unmodelled(f"\\{found[1]}{{{found[2]}}} in a class of {self._pattern!r}", "list the characters")
            self._pieces.append(_INSIDE[found[2]])
        else:
            self._pieces.append(_escape(found[3], self._pattern))


def _category(kind: str, name: str, pattern: str) -> str:
    table = _CATEGORIES if kind == "p" else _NEGATED
    if name not in table:
        raise Unmodelled(f"\\{kind}{{{name}}} in the regular expression {pattern!r}", "list the characters")
    return table[name]


def _reference(name: str) -> str:
    return f"\\{name}" if name.isdigit() else f"(?P={name})"


def _escape(char: str, pattern: str) -> str:  # noqa: PLR0911
    if char == "z":
        return r"\Z"
    if char == "Z":
        return r"(?=\n?\Z)"
    if char == "e":
        return r"\x1b"
    if char == "G":
        raise Unmodelled(rf"\G in the regular expression {pattern!r}", "rewrite the expression")
    if char.isascii() and char.isalpha() and char not in "abBdDfnrsStuvwWxAU":
        return f"\\{char}"  # unknown to both; the compiler says so
    if char == "U":
        return "U"
    if char == " " or not char.isascii():
        return re.escape(char)
    return f"\\{char}"


def group_names(found: re.Pattern[str]) -> list[str]:
    """Return the names of groups in .NET's order: those without a name by number, then the named ones."""
    named = {number: name for name, number in found.groupindex.items()}
    plain = [str(number) for number in range(1, found.groups + 1) if number not in named]
    return ["0", *[str(index) for index in range(1, len(plain) + 1)], *found.groupindex]


_SUBSTITUTION = re.compile(r"\$(?:(\d{1,3})|\{(\w+)\}|([$&`'+_]))")


def expand_replacement(template: str, match: re.Match[str]) -> str:
    """Return what a replacement text stands for: `$1`, `${name}`, `$&`, `$$`."""
    if "$" not in template:
        return template
    return _SUBSTITUTION.sub(lambda found: _substituted(found, match), template)


def _substituted(found: re.Match[str], match: re.Match[str]) -> str:
    key = found[1] or found[2]
    if key:
        number: int | str = int(key) if key.isdigit() else key
        try:
            return match[number] or ""
        except IndexError:
            return found[0]
    whole = match.string
    return {
        "$": "$",
        "&": match[0],
        "`": whole[: match.start()],
        "'": whole[match.end() :],
        "+": match[match.lastindex or 0] or "",
        "_": whole,
    }[found[3]]


def has_wildcard(text: str) -> bool:
    """Return whether a text has characters that stand for others."""
    return any(char in text for char in "*?[")


@lru_cache(maxsize=1024)
def wildcard(pattern: str, *, is_case_sensitive: bool = False) -> re.Pattern[str]:
    """Return a wildcard pattern as a regular expression to match as a whole.

    Raises:
        ScriptError: when it is malformed.
    """
    pieces: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "`" and position < len(pattern):
            pieces.append(re.escape(pattern[position]))
            position += 1
        elif char == "[":
            end = pattern.find("]", position + 1)
            if end < 0:
                raise failure(
                    f"The specified wildcard character pattern is not valid: {pattern}",
                    "RuntimeException", "NotSpecified",
                    type_name="System.Management.Automation.WildcardPatternException",
                )  # fmt: skip
            inner = re.sub(r"([\\^\[\]&~|])", r"\\\1", pattern[position:end])
            pieces.append(f"[{inner}]")
            position = end + 1
        else:
            pieces.append({"*": ".*", "?": "."}.get(char) or re.escape(char))
    flags = re.DOTALL if is_case_sensitive else re.DOTALL | re.IGNORECASE
    try:
        return re.compile("".join(pieces), flags)
    except re.error as error:
        raise failure(
            f"The specified wildcard character pattern is not valid: {pattern}", "RuntimeException", "NotSpecified"
        ) from error
