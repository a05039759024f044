"""What `[regex]` gives: matches and groups.

Source: learn.microsoft.com, Regex, Match, Group classes.
"""

from __future__ import annotations

import re
from typing import Final

from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import Closure, EnumValue, TypedArray, Value
from harness.emulator.powershell.types.calls import NetMethod, World
from harness.emulator.powershell.types.patterns import expand_replacement, net_regex
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["REGEX_STATICS", "make_regex", "match_object"]

_SPACE = "System.Text.RegularExpressions"


def _options(values: tuple[Value, ...]) -> int:
    number = 0
    for value in values:
        if isinstance(value, EnumValue):
            number |= value.number
        elif isinstance(value, int):
            number |= int(value)
        elif isinstance(value, str) and value.lower() == "ignorecase":
            number |= 1
        else:
            raise Unmodelled(
                f"the regular expression option {to_text(value)}", "write it as [Text.RegularExpressions.RegexOptions]"
            )
    return number


def _group(found: re.Match[str] | None, key: int | str) -> PSObject:
    value = found[key] if found else None
    success = value is not None
    return PSObject(
        [f"{_SPACE}.Group", f"{_SPACE}.Capture", "System.Object"],
        {
            "Success": success,
            "Name": str(key),
            "Index": found.start(key) if found and success else 0,
            "Length": len(value) if value is not None else 0,
            "Value": value or "",
        },
        text=lambda: value or "",
    )


def match_object(found: re.Match[str] | None) -> PSObject:
    """Return what a regular expression found as .NET's Match; None for a match that failed."""
    groups = TypedArray(f"{_SPACE}.Group", [_group(found, 0)])
    by_name: dict[str, PSObject] = {"0": groups[0]}
    if found:
        named = {number: name for name, number in found.re.groupindex.items()}
        plain = [number for number in range(1, found.re.groups + 1) if number not in named]
        for index, number in enumerate(plain, 1):
            by_name[str(index)] = _group(found, number)
            groups.append(by_name[str(index)])
        for name in found.re.groupindex:
            by_name[name] = _group(found, name)
            groups.append(by_name[name])
    listed = PSObject([f"{_SPACE}.GroupCollection"], {"Count": len(groups)}, data=groups)
    listed.methods["get_item"] = lambda key: by_name.get(to_text(key)) or _group(None, to_text(key))
    listed.methods["getenumerator"] = lambda: list(groups)
    result = PSObject(
        [f"{_SPACE}.Match", f"{_SPACE}.Group", f"{_SPACE}.Capture", "System.Object"],
        {
            "Groups": listed,
            "Success": found is not None,
            "Captures": TypedArray(f"{_SPACE}.Capture", groups[:1] if found else []),
            "Index": found.start() if found else 0,
            "Length": len(found[0]) if found else 0,
            "Value": found[0] if found else "",
        },
        text=lambda: found[0] if found else "",
    )
    result.methods["nextmatch"] = lambda: match_object(
        found.re.search(found.string, max(found.end(), found.start() + 1)) if found else None
    )
    result.methods["result"] = lambda template: expand_replacement(to_text(template), found) if found else ""
    return result


def _matches(pattern: re.Pattern[str], text: str) -> TypedArray:
    return TypedArray(f"{_SPACE}.Match", map(match_object, pattern.finditer(text)))


def _replace(pattern: re.Pattern[str], text: Value, new: Value, count: int = 0) -> str:
    if isinstance(new, Closure):
        raise Unmodelled("Replace of a regular expression object with a script block", "use [regex]::Replace")
    template = to_text(new)
    return pattern.sub(lambda found: expand_replacement(template, found), to_text(text), count=count)


def _split(pattern: re.Pattern[str], text: Value) -> TypedArray:
    return TypedArray("System.String", [part for part in pattern.split(to_text(text)) if part is not None])


def make_regex(_: World, pattern: Value, *options: Value) -> PSObject:
    """Return a Regex object."""
    compiled = net_regex(to_text(pattern), _options(options))
    return PSObject(
        [f"{_SPACE}.Regex", "System.Object"],
        {"Options": EnumValue(f"{_SPACE}.RegexOptions", "None", _options(options))},
        methods={
            "Match": lambda text, start=0: match_object(compiled.search(to_text(text), start)),
            "Matches": lambda text: _matches(compiled, to_text(text)),
            "IsMatch": lambda text: compiled.search(to_text(text)) is not None,
            "Replace": lambda text, new, count=0: _replace(compiled, text, new, count),
            "Split": lambda text: _split(compiled, text),
            "GetGroupNames": lambda: TypedArray("System.String", ["0", *compiled.groupindex]),
        },
        text=lambda: to_text(pattern),
        data=compiled,
    )


REGEX_STATICS: Final[dict[str, NetMethod]] = {
    "Match": lambda _, text, pattern, *options: match_object(
        net_regex(to_text(pattern), _options(options)).search(to_text(text))
    ),
    "Matches": lambda _, text, pattern, *options: _matches(
        net_regex(to_text(pattern), _options(options)), to_text(text)
    ),
    "IsMatch": lambda _, text, pattern, *options: (
        net_regex(to_text(pattern), _options(options)).search(to_text(text)) is not None
    ),
    "Replace": lambda _, text, pattern, new, *options: _replace(
        net_regex(to_text(pattern), _options(options)), text, new
    ),
    "Split": lambda _, text, pattern, *options: _split(net_regex(to_text(pattern), _options(options)), text),
    "Escape": lambda _, text: re.sub(r"([\\*+?|{\[()^$.#\s])", _escaped, to_text(text)),
    "Unescape": lambda _, text: re.sub(r"\\(.)", r"\1", to_text(text)),
    "new": make_regex,
}


def _escaped(found: re.Match[str]) -> str:
    return {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f"}.get(found[1], f"\\{found[1]}")
