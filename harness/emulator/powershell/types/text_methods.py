"""Methods of texts and characters.

Source: learn.microsoft.com, String Class (.NET Framework): `Split` and `Trim` take a text as a set of characters.
"""

from __future__ import annotations

import re
from typing import Final

from harness.emulator.powershell.runtime.values import Char, EnumValue, TypedArray, Value, is_null
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World, argument_error
from harness.emulator.powershell.types.comparison import collated
from harness.emulator.powershell.types.formats import composite
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["TEXT_METHODS", "TEXT_STATICS", "CHAR_STATICS"]

_WHITE = "\t\n\v\f\r\x85\xa0 \u1680\u2028\u2029\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def _text(value: Value) -> str:
    return to_text(value)


def _number(world: World, value: Value) -> int:
    return int(world.converter.convert(value, NetType("System.Int32")))


def _ignores_case(options: tuple[Value, ...]) -> bool:
    if not options:
        return False
    option = options[-1]
    name = option.name if isinstance(option, EnumValue) else option
    return name is True or (isinstance(name, str) and name.lower().endswith("ignorecase"))


def _characters(values: tuple[Value, ...]) -> str:
    found: list[str] = []
    for value in values:
        found += [_text(item) for item in value] if isinstance(value, list) else [_text(value)]
    return "".join(found)


def _substring(world: World, text: str, start: Value, length: Value = None) -> str:
    first = _number(world, start)
    count = len(text) - first if length is None else _number(world, length)
    if first < 0:
        raise argument_error("StartIndex cannot be less than zero.", "startIndex")
    if first > len(text):
        raise argument_error("startIndex cannot be larger than length of string.", "startIndex")
    if count < 0:
        raise argument_error("Length cannot be less than zero.", "length")
    if first + count > len(text):
        raise argument_error("Index and length must refer to a location within the string.", "length")
    return text[first : first + count]


def _split(world: World, text: str, *arguments: Value) -> TypedArray:
    separators = list(arguments)
    drops_empty = False
    most = 0
    if len(separators) > 1:
        last = separators[-1]
        name = last.name if isinstance(last, EnumValue) else last
        if isinstance(name, str) and not isinstance(name, Char) and name.lower() in ("none", "removeemptyentries"):
            drops_empty = name.lower() == "removeemptyentries"
            separators.pop()
    if len(separators) > 1 and isinstance(separators[-1], int) and not isinstance(separators[-1], bool):
        most = _number(world, separators.pop())
    is_list_of_texts = (
        isinstance(separators[0], TypedArray) and separators[0].element == "System.String" if separators else False
    )
    if is_list_of_texts:
        choices = [re.escape(_text(item)) for item in separators[0] if _text(item)]
        pattern = "|".join(choices) or r"(?!)"
    else:
        characters = _characters(tuple(separators)) or _WHITE
        pattern = "[" + re.escape(characters) + "]"
    parts = re.split(pattern, text)
    if drops_empty:
        parts = [part for part in parts if part]
    if most and len(parts) > most:
        limited = re.split(pattern, text, maxsplit=most - 1) if most > 1 else [text]
        parts = [part for part in limited if part or not drops_empty]
    return TypedArray("System.String", parts)


def _index_of(world: World, text: str, wanted: Value, *options: Value) -> int:  # noqa: ARG001
    start = next((int(option) for option in options if isinstance(option, int) and not isinstance(option, bool)), 0)
    if not 0 <= start <= len(text):
        raise argument_error(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "startIndex"
        )
    if _ignores_case(options):
        return text.lower().find(_text(wanted).lower(), start)
    return text.find(_text(wanted), start)


def _last_index_of(_: World, text: str, wanted: Value, *options: Value) -> int:
    if _ignores_case(options):
        return text.lower().rfind(_text(wanted).lower())
    return text.rfind(_text(wanted))


def _starts(_: World, text: str, wanted: Value, *options: Value) -> bool:
    if _ignores_case(options):
        return text.lower().startswith(_text(wanted).lower())
    return text.startswith(_text(wanted))


def _ends(_: World, text: str, wanted: Value, *options: Value) -> bool:
    if _ignores_case(options):
        return text.lower().endswith(_text(wanted).lower())
    return text.endswith(_text(wanted))


def _equals(_: World, text: str, other: Value, *options: Value) -> bool:
    if not isinstance(other, str):
        return False
    return text.lower() == other.lower() if _ignores_case(options) else text == other


def _replace(_: World, text: str, old: Value, new: Value) -> str:
    if not _text(old):
        raise Thrown("System.ArgumentException", "String cannot be of zero length.\r\nParameter name: oldValue")
    return text.replace(_text(old), _text(new))


def _remove(world: World, text: str, start: Value, count: Value = None) -> str:
    first = _number(world, start)
    length = len(text) - first if count is None else _number(world, count)
    if not 0 <= first <= len(text) or length < 0:
        raise argument_error(
            "StartIndex cannot be less than zero." if first < 0 else "startIndex must be less than length of string.",
            "startIndex",
        )
    if first + length > len(text):
        raise argument_error("Index and count must refer to a location within the string.", "count")
    return text[:first] + text[first + length :]


def _insert(world: World, text: str, at: Value, more: Value) -> str:
    place = _number(world, at)
    if not 0 <= place <= len(text):
        raise argument_error("Specified argument was out of the range of valid values.", "startIndex")
    return text[:place] + _text(more) + text[place:]


def _pad(text: str, width: int, fill: Value, *, is_left: bool) -> str:
    char = _text(fill)[:1] or " "
    if not 0 <= width <= 1_000_000:  # noqa: PLR2004
        raise argument_error("Non-negative number required.", "totalWidth")
    return text.rjust(width, char) if is_left else text.ljust(width, char)


def _char_at(world: World, text: str, index: Value) -> Char:
    place = _number(world, index)
    if not 0 <= place < len(text):
        raise Thrown("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    return Char(text[place])


def _compare(left: str, right: str, *, ignores_case: bool = False) -> int:
    a, b = collated(left), collated(right)
    if ignores_case:
        return (a[0] > b[0]) - (a[0] < b[0])
    return (a > b) - (a < b)


def _to_char_array(world: World, text: str, start: Value = None, length: Value = None) -> TypedArray:
    part = text if start is None else _substring(world, text, start, length)
    return TypedArray("System.Char", map(Char, part))


TEXT_METHODS: Final[dict[str, NetMethod]] = {
    "Substring": _substring,
    "Split": _split,
    "Replace": _replace,
    "Trim": lambda _, text, *chars: text.strip(_characters(chars) or _WHITE),
    "TrimStart": lambda _, text, *chars: text.lstrip(_characters(chars) or _WHITE),
    "TrimEnd": lambda _, text, *chars: text.rstrip(_characters(chars) or _WHITE),
    "ToUpper": lambda _, text, __=None: text.upper(),
    "ToLower": lambda _, text, __=None: text.lower(),
    "ToUpperInvariant": lambda _, text: text.upper(),
    "ToLowerInvariant": lambda _, text: text.lower(),
    "ToString": lambda _, text, __=None: str(text),
    "ToCharArray": _to_char_array,
    "StartsWith": _starts,
    "EndsWith": _ends,
    "Contains": lambda _, text, wanted: _text(wanted) in text,
    "IndexOf": _index_of,
    "LastIndexOf": _last_index_of,
    "IndexOfAny": lambda _, text, chars: min((text.find(_text(c)) for c in chars if _text(c) in text), default=-1),
    "Equals": _equals,
    "CompareTo": lambda _, text, other: _compare(text, _text(other)) if not is_null(other) else 1,
    "Remove": _remove,
    "Insert": _insert,
    "PadLeft": lambda world, text, width, fill=" ": _pad(text, _number(world, width), fill, is_left=True),
    "PadRight": lambda world, text, width, fill=" ": _pad(text, _number(world, width), fill, is_left=False),
    "Chars": _char_at,
    "get_Chars": _char_at,
    "Clone": lambda _, text: text,
    "GetTypeCode": lambda _, __: EnumValue("System.TypeCode", "String", 18),
    "Normalize": lambda _, text: text,
}


def _is_blank(_: World, value: Value) -> bool:
    return is_null(value) or not _text(value).strip(_WHITE)


def _join(_: World, separator: Value, *values: Value) -> str:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    return _text(separator).join([_text(item) for item in items])


def _static_compare(_: World, left: Value, right: Value, *options: Value) -> int:
    return _compare(_text(left), _text(right), ignores_case=_ignores_case(options))


def _format(_: World, template: Value, *values: Value) -> str:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    return composite(_text(template), items)


TEXT_STATICS: Final[dict[str, NetMethod]] = {
    "IsNullOrEmpty": lambda _, value: is_null(value) or not _text(value),
    "IsNullOrWhiteSpace": _is_blank,
    "Join": _join,
    "Format": _format,
    "Concat": lambda _, *values: "".join(
        _text(item) for value in values for item in (value if isinstance(value, list) else [value])
    ),
    "Compare": _static_compare,
    "CompareOrdinal": lambda _, left, right: (_text(left) > _text(right)) - (_text(left) < _text(right)),
    "Equals": lambda _, left, right, *options: _equals(_, _text(left), right, *options),
    "Copy": lambda _, text: _text(text),
}

CHAR_STATICS: Final[dict[str, NetMethod]] = {
    "IsDigit": lambda _, char, *at: _at(char, at).isdigit(),
    "IsNumber": lambda _, char, *at: _at(char, at).isnumeric(),
    "IsLetter": lambda _, char, *at: _at(char, at).isalpha(),
    "IsLetterOrDigit": lambda _, char, *at: _at(char, at).isalnum(),
    "IsWhiteSpace": lambda _, char, *at: _at(char, at) in _WHITE,
    "IsUpper": lambda _, char, *at: _at(char, at).isupper(),
    "IsLower": lambda _, char, *at: _at(char, at).islower(),
    "IsPunctuation": lambda _, char, *at: bool(re.match(r"[!-#%-*,-/:;?@\[-\]_{}]", _at(char, at))),
    "ToUpper": lambda _, char: Char(_text(char).upper()),
    "ToLower": lambda _, char: Char(_text(char).lower()),
}


def _at(value: Value, index: tuple[Value, ...]) -> str:
    text = chr(value) if isinstance(value, int) else _text(value)
    return text[int(index[0])] if index else text[:1]
