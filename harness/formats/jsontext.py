"""JSON text to plain values, strictly: UTF-8, no number that JSON does not have, no key twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from harness.formats.misfits import Misfit, Misfits, NotJson, placed, step_to

__all__ = ["parse_json"]

#: How many errors of this kind are named: a hostile document has no say in how long its error message gets.
_MOST_ERRORS = 100


def parse_json(data: bytes | str) -> Any:
    """Parse JSON strictly.

    Raises:
        Misfit: if it is no JSON, or has keys twice or numbers JSON does not know; those with their places.
    """
    suspects: list[object] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        fields = dict(found)
        if len(fields) == len(found):
            return fields
        suspects.append(fields)
        return _Repeated(fields, [name for name, times in Counter(name for name, _ in found).items() if times > 1])

    def constant(name: str) -> _Constant:
        suspects.append(name)
        return _Constant(name)

    text = data.removeprefix("\ufeff") if isinstance(data, str) else _decoded(data)
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno} column {error.colno}"
        raise NotJson(f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} at {at}") from None
    except RecursionError:
        raise NotJson("not read: objects and lists are nested too deep") from None
    except ValueError:
        raise NotJson("not read: a number has too many digits") from None
    if suspects:
        raise Misfits("document", list(islice(_found_in(value), _MOST_ERRORS)))
    return value


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"{\x00", b"[\x00")):
        raise NotJson("expected UTF-8, found UTF-16 - save the file again as UTF-8")
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    try:
        return data[mark:].decode()
    except UnicodeDecodeError as error:
        found, offset = data[error.start + mark], error.start + mark
        message = f"expected UTF-8, found byte 0x{found:02x} at offset {offset} - save the file again as UTF-8"
        raise NotJson(message) from None


class _Repeated(dict[str, object]):
    """An object with keys that were given more than once."""

    def __init__(self, fields: dict[str, object], names: list[str]) -> None:
        super().__init__(fields)
        self.names = names


class _Constant:
    """`NaN`, `Infinity` or `-Infinity`: Python reads them, JSON does not have them."""

    def __init__(self, name: str) -> None:
        self.name = name


def _found_in(document: object) -> Iterator[Exception]:
    """Find the places of what parsing objected to; without recursion, since the depth is the document's choice."""
    left: list[tuple[str, object]] = [("", document)]
    while left:
        path, value = left.pop()
        match value:
            case _Constant():
                yield placed(path, Misfit(f"expected JSON, which has no number {value.name}"))
            case dict():
                for name in getattr(value, "names", ()):
                    yield placed(path + step_to(name), Misfit("the field is given more than once"))
                left += [(path + step_to(name), inner) for name, inner in reversed(value.items())]
            case list():
                left += [(f"{path}[{number}]", inner) for number, inner in reversed([*enumerate(value)])]
            case _:
                continue
