"""The JSON Schema of a run's result, made from the classes in `harness.report.result`.

`python -m harness.report.schema` prints it; `result.schema.json` holds what it printed, and a test compares the two.
"""

from __future__ import annotations

import builtins
import inspect
import json
import re
import sys
import types
import typing
from collections import abc
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from harness.report.result import RESULT_FORMAT, RunResult

__all__ = ["result_schema", "result_schema_text"]

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}


def result_schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": RESULT_FORMAT,
        **_object(RunResult),
    }


def result_schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(result_schema(), indent=2) + "\n"


def _object(kind: type) -> dict[str, Any]:
    hints, words = get_type_hints(kind), _words_about(kind)
    kept = [item.name for item in fields(kind) if item.metadata.get("json", True)]
    properties = {name: {**_schema(hints[name]), "description": words[name]} for name in kept}
    return {"type": "object", "properties": properties, "required": kept, "additionalProperties": False}


def _schema(hint: Any) -> dict[str, Any]:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, type):
        return {"enum": [member.value for member in hint]} if issubclass(hint, Enum) else _object(hint)
    arguments = get_args(hint)
    match get_origin(hint):
        case types.UnionType | typing.Union:
            return {"anyOf": [_schema(argument) for argument in arguments]}
        case typing.Literal:
            return {"const": arguments[0]}
        case builtins.tuple:
            return {"type": "array", "items": _schema(arguments[0])}
        case abc.Mapping:
            return {"type": "object", "additionalProperties": _schema(arguments[1])}
        case _:
            raise TypeError(f"{hint!r} has no place in the schema - give the attribute a plain type")


def _words_about(kind: type) -> dict[str, str]:
    """Read the `Attributes:` section of a class."""
    # Python 3.13 takes the indentation out of docstrings by itself.
    _, _, section = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text).strip() for name, text in entries}


if __name__ == "__main__":
    sys.stdout.write(result_schema_text())
