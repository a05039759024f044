"""From JSON text to values, with every error of a document and the JSON path of each.

A *reader* is a function from a parsed JSON value to a value of ours; it raises `Misfit`. Readers are put together:
`list_of(text)`, `nested_json(list_of(rule))`. `ObjectReader` reads the fields of an object and keeps going after an
error, so that one run names everything that is wrong. `read_document` is the outermost call.

What is refused is refused everywhere: text that is not UTF-8, `NaN`, a key given twice, half a surrogate pair.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from itertools import islice
from typing import TypeVar, cast

from harness.errors import FormatError, NotEmulated, Problem
from harness.formats.jsontext import parse_json
from harness.formats.misfits import Misfit, Misfits, describe, leaves, nearest, placed, step_to, suggestion

__all__ = [
    "Reader",
    "read_document",
    "ObjectReader",
    "text",
    "integer",
    "boolean",
    "flag",
    "guid",
    "base64_bytes",
    "list_of",
    "mapping_of",
    "nested_json",
    "one_of",
    "strict_object",
]

T = TypeVar("T")
D = TypeVar("D")

#: A function from a parsed JSON value to a value of ours; it raises `Misfit` (or `NotEmulated`).
Reader = Callable[[object], T]

#: How many wrong items of one list are named; a hostile document has no say in how long its error message gets.
_MOST_ERRORS_OF_A_LIST = 100
_MOST_UNKNOWN_FIELDS = 200
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


#: What a reader raises about its document; everything else is a bug and comes through as it is.
_ABOUT_THE_DOCUMENT = (Misfit, NotEmulated, Misfits)


def read_document(data: bytes | str, read: Reader[T], source: str) -> T:
    """Read a JSON document.

    Args:
        data: the document; bytes must be UTF-8, a byte order mark is tolerated.
        read: the reader of its outermost value.
        source: the name of the document in error messages.

    Raises:
        FormatError: with every problem and its JSON path; a text that is no JSON gives one problem without a path.
        NotEmulated: if the document is right but asks for something that is not modelled.
    """
    try:
        return read(parse_json(data))
    except _ABOUT_THE_DOCUMENT as error:
        found = list(leaves(error))
    problems = [Problem(path, str(leaf)) for path, leaf in found if not isinstance(leaf, NotEmulated)]
    if problems:
        raise FormatError(source, problems)
    path, first = found[0]
    assert isinstance(first, NotEmulated)
    raise NotEmulated(first.what, where=f"{source}: {path}", hint=first.hint)


class ObjectReader:
    """Reads the fields of one JSON object and keeps every error until `close`.

    Until `close` has returned, what `get` returned for a wrong field is a placeholder: build values from it, but do
    not look inside.
    """

    def __init__(self, value: object) -> None:
        """Take the object apart.

        Raises:
            Misfit: if the value is not an object.
        """
        if not isinstance(value, dict):
            raise Misfit(f"expected an object, found {describe(value)}")
        self._fields: Mapping[str, object] = value
        self._errors: list[Exception] = []
        self._asked: set[str] = set()
        self._wrong: set[str] = set()

    def require(self, name: str, read: Reader[T]) -> T:
        """Read a field that must be there and must not be null."""
        if name not in self._fields:
            self._asked.add(name)
            self._wrong.add(name)
            self._errors.append(Misfit(f"the field '{name}' is missing"))
            return cast("T", None)
        return self._read(name, read)

    def get(self, name: str, read: Reader[T], default: D) -> T | D:
        """Read a field that may be missing; null means the same, as the service writes null for what is not set."""
        if self._fields.get(name) is None:
            self._asked.add(name)
            return default
        return self._read(name, read)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in their order."""
        return tuple(self._fields)

    def has(self, name: str) -> bool:
        """Return whether a field is there and is not null."""
        return self._fields.get(name) is not None

    def is_right(self, *names: str) -> bool:
        """Return whether fields that have been read were right, so that they can be compared with each other."""
        return self._wrong.isdisjoint(names)

    def fail(self, name: str, message: str) -> None:
        """Keep an error that was found by comparing fields; `name` is the one to be mended."""
        self._wrong.add(name)
        self._errors.append(placed(step_to(name), Misfit(message)))

    def close(self) -> None:
        """End reading.

        An unknown field is passed over, as the service's documents have many more fields than matter here, unless it
        looks like a misspelling of a field that is not there.

        Raises:
            ExceptionGroup: if anything was wrong.
        """
        missing = sorted(self._asked - self._fields.keys())
        unknown_names = (name for name in self._fields if name not in self._asked)
        for unknown in islice(unknown_names, _MOST_UNKNOWN_FIELDS if missing else 0):
            if meant := nearest(unknown, missing, 0.88):
                self.fail(unknown, f"unknown field - did you mean '{meant}'?")
        if self._errors:
            raise Misfits("object", self._errors)

    def _read(self, name: str, read: Reader[T]) -> T:
        self._asked.add(name)
        try:
            return read(self._fields[name])
        except _ABOUT_THE_DOCUMENT as error:
            self._wrong.add(name)
            self._errors.append(placed(step_to(name), error))
            return cast("T", None)


def strict_object(value: object, known: Collection[str]) -> ObjectReader:
    """Take an object apart of which every field is known; the others are errors.

    Raises:
        Misfit: if the value is not an object.
    """
    fields = ObjectReader(value)
    for name in fields.names:
        if name not in known:
            hint = suggestion(name, known) or f" - the fields here are {', '.join(known)}"
            fields.require(name, _refuse(f"unknown field{hint}"))
    return fields


def _refuse(message: str) -> Reader[None]:
    def read(value: object) -> None:  # noqa: ARG001 - whatever it is
        raise Misfit(message)

    return read


def text(value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise Misfit(f"expected a text, found {describe(value)}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit("expected a text, found one with half a surrogate pair (\\ud800 to \\udfff)") from None
    return value


def integer(lowest: int, highest: int, unit: str = "") -> Reader[int]:
    """Return a reader of whole numbers within a range; neither `5.0` nor `"5"` is one."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Misfit(f"expected a whole number, found {describe(value)}")
        if not lowest <= value <= highest:
            raise Misfit(f"expected {lowest} to {highest}{unit and ' ' + unit}, found {describe(value)}")
        return value

    return read


def boolean(value: object) -> bool:
    """Read true or false, also as a text: Graph takes `"false"` for false, and real documents have it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Misfit(f"expected true or false, found {describe(value)}")


def flag(value: object) -> bool:
    """Read true or false, also as 1 or 0, as the agent's policies write some of them."""
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise Misfit(f"expected true, false, 1 or 0, found {describe(value)}")


def guid(value: object) -> str:
    """Read a GUID without braces; its case is kept."""
    found = text(value)
    if not _GUID.fullmatch(found):
        raise Misfit(f"expected a GUID such as 12345678-90ab-cdef-1234-567890abcdef, found {describe(value)}")
    return found


def base64_bytes(value: object) -> bytes:
    """Read base64, line breaks tolerated."""
    try:
        return base64.b64decode("".join(text(value).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        if isinstance(error, Misfit):
            raise
        raise Misfit(f"expected base64, found {describe(value)}") from None


def list_of(item: Reader[T]) -> Reader[tuple[T, ...]]:
    """Return a reader of lists."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise Misfit(f"expected a list, found {describe(value)}")
        items: list[T] = []
        errors: list[Exception] = []
        for number, one in enumerate(value):
            try:
                items.append(item(one))
            except _ABOUT_THE_DOCUMENT as error:
                errors.append(placed(f"[{number}]", error))
                if len(errors) == _MOST_ERRORS_OF_A_LIST:
                    errors.append(Misfit(f"{len(errors)} items are wrong; the rest of the list was not read"))
                    break
        if errors:
            raise Misfits("list", errors)
        return tuple(items)

    return read


def mapping_of(key: Reader[object], item: Reader[T]) -> Reader[Mapping[str, T]]:
    """Return a reader of objects whose keys are data, as with paths; the keys stay as they are written."""

    def read(value: object) -> Mapping[str, T]:
        fields = ObjectReader(value)
        items = {name: fields.require(name, _both(key, name, item)) for name in fields.names}
        fields.close()
        return items

    return read


def _both(key: Reader[object], name: str, item: Reader[T]) -> Reader[T]:
    def read(value: object) -> T:
        key(name)
        return item(value)

    return read


def nested_json(read: Reader[T]) -> Reader[T]:
    """Return a reader of JSON that stands inside a text; `(json)` marks the border in paths."""

    def read_text(value: object) -> T:
        inner = text(value)
        try:
            return read(parse_json(inner))
        except _ABOUT_THE_DOCUMENT as error:
            raise placed("(json)", error) from None

    return read_text


def one_of(values: Mapping[str, T]) -> Reader[T]:
    """Return a reader of names, matched without regard to case as Graph does."""
    by_folded = {name.casefold(): value for name, value in values.items()}

    def read(value: object) -> T:
        found = by_folded.get(value.casefold()) if isinstance(value, str) else None
        if found is None:
            expected = ", ".join(values)
            hint = suggestion(value, values)
            raise Misfit(f"expected one of {expected}, found {describe(value)}{hint}")
        return found

    return read
