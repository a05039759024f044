"""YAML, read as strictly as JSON: texts, whole numbers, true and false, null, lists and mappings; nothing is guessed.

What YAML would turn into something else than it looks like is refused, with what to write instead: `1.10` is no 1.1,
`010` no 8, `12:30` no 750, `no` not false, `2026-03-02` no date. So are keys given twice, tags, and anchors, which let
a small file grow without bounds.

The home of PyYAML; only its parser is used. Source: yaml.org, YAML 1.1, for what plain scalars mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import yaml

from harness.errors import FormatError, Problem
from harness.formats.misfits import Misfit, Misfits, leaves, step_to

__all__ = ["read_yaml_document"]

T = TypeVar("T")

_DEEPEST = 40
_MOST_PROBLEMS = 100
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)")
_OF_YAML = "tag:yaml.org,2002:"


def read_yaml_document(data: bytes, read: Callable[[object], T], source: str) -> T:
    """Read a YAML document with a reader of `harness.formats.structuring`.

    Args:
        data: the document, in UTF-8 or UTF-16 with a mark at its beginning.
        read: the reader of its outermost value.
        source: the name of the document in error messages.

    Raises:
        FormatError: with every problem, its line and its path.
        NotEmulated: if the document is right but asks for something that is not modelled.
    """
    values = _Values()
    value = values.of(_root(data, source), "$", 0)
    problems = [*values.problems]
    refused = tuple(path for path, _ in problems)
    result: T | None = None
    try:
        result = read(value)
    except (Misfit, Misfits) as error:
        # What was refused stands there as an empty text, of which a reader can say nothing that matters.
        problems += [(path, str(leaf)) for path, leaf in leaves(error) if not path.startswith(refused)]
    if problems:
        problems.sort(key=lambda problem: values.line(problem[0]))
        found = [Problem(f"line {values.line(path)}, {path}", text) for path, text in problems[:_MOST_PROBLEMS]]
        raise FormatError(source, found)
    assert result is not None
    return result


def _root(data: bytes, source: str) -> yaml.Node:
    try:
        for event in yaml.parse(data, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                name = "anchors and aliases (& and *) are not read - write it out"
                raise FormatError(source, [Problem(_line(event.start_mark), name)])
        root = yaml.compose(data, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        what = " ".join(filter(None, (error.context, error.problem)))
        place = _line(error.problem_mark or error.context_mark)
        raise FormatError(source, [Problem(place, f"is no YAML: {what}")]) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(source, f"is no YAML: {' '.join(str(error).split())}") from None
    if root is None:
        raise FormatError(source, "is empty")
    assert isinstance(root, yaml.Node)
    return root


class _Values:
    """Makes values of nodes.

    Attributes:
        problems: what was refused, with its path.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []
        self._lines: dict[str, int] = {}

    def line(self, path: str) -> int:
        """Return the line of a value, or of the nearest one around it."""
        return self._lines[max((step for step in self._lines if path.startswith(step)), key=len)]

    def of(self, node: yaml.Node, path: str, depth: int) -> object:
        """Return a node's value; what is refused becomes an empty text."""
        self._lines.setdefault(path, node.start_mark.line + 1)
        if depth > _DEEPEST:
            return self._refused(path, f"is more than {_DEEPEST} levels deep")
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return self._mapping(node, path, depth)
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return [self.of(item, f"{path}[{number}]", depth + 1) for number, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return self._scalar(node, path)
            case _:
                return self._refused(path, f"has the tag {node.tag!r}, and no tags are read")

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> object:
        fields: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refused(path, f"has a key in {_line(key.start_mark)} that is no text")
                continue
            below = path + step_to(key.value)
            if key.value in fields:
                self._refused(below, f"the field is given a second time in {_line(key.start_mark)}")
                continue
            self._lines[below] = key.start_mark.line + 1
            fields[key.value] = self.of(value, below, depth + 1)
        return fields

    def _scalar(self, node: yaml.ScalarNode, path: str) -> object:
        text: str = node.value
        kind = node.tag.removeprefix(_OF_YAML)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" if _NUMBER.fullmatch(text):
                return int(text, 16 if "x" in text else 10)
            case "int" | "float" | "timestamp" | "bool" | "value" | "merge":
                return self._refused(path, f"{text} means something else in YAML - write it in quotes: '{text}'")
            case _:
                return self._refused(path, f"has the tag {node.tag!r}, and no tags are read")

    def _refused(self, path: str, message: str) -> str:
        self.problems.append((path, message))
        return ""


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}" if mark else "the beginning"
