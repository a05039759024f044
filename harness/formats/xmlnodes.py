"""XML written element by element, and read into a small tree that knows the line of each element."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from harness.errors import FormatError, Problem, UsageError
from harness.formats.entrynames import shown

__all__ = ["XmlNode", "read_xml", "xml_element"]

#: Deeper documents are refused: nothing that people write comes near it.
_DEEPEST = 100


@dataclass(slots=True, kw_only=True, eq=False)
class XmlNode:
    """An element. Names are without their namespaces.

    Attributes:
        name: its name.
        attributes: its attributes, in their order.
        line: the line it begins on, from 1.
        path: where it is: `toast/actions/action[2]`; the first of a name has no number.
        children: the elements inside, in their order.
        text: the text directly inside.
    """

    name: str
    attributes: Mapping[str, str]
    line: int
    path: str
    children: list[XmlNode] = field(default_factory=list)
    text: str = ""

    @property
    def where(self) -> str:
        """The place for messages: `line 4, toast/visual`."""
        return f"line {self.line}, {self.path}"

    def all(self, name: str) -> list[XmlNode]:
        """Return the children of a name, in their order."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> XmlNode | None:
        """Return the first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute's value."""
        return self.attributes.get(name, default)


def read_xml(document: str | bytes, source: str) -> XmlNode:
    """Read a document; bytes are UTF-8 or UTF-16, by their first characters.

    Args:
        document: the document.
        source: its name for messages.

    Raises:
        FormatError: if it is not well-formed, is nested too deeply, or holds a document type.
    """
    import defusedxml
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    builder = _Builder()
    try:
        parser = DefusedXMLParser(target=builder, forbid_dtd=True)
        builder.lines = parser.parser
        parser.feed(_decoded(document))
        parser.close()
    except UnicodeError as error:
        text = f"is not text: {shown(str(error))}"
    except defusedxml.DefusedXmlException:
        text = "has a document type, which could make a parser fetch files or explode"
    except ParseError as error:
        text = f"is not well-formed XML: {error}"
    except _TooDeepError as error:
        raise FormatError(source, [Problem(str(error), f"is nested more than {_DEEPEST} deep")]) from None
    else:
        assert builder.root is not None
        return builder.root
    raise FormatError(source, text)


def xml_element(name: str, attributes: Mapping[str, str], inside: str | Sequence[str] = ()) -> str:
    """Write an element; `inside` is its text, or the elements in it as this function writes them, each on its lines.

    Raises:
        UsageError: if a text holds a character that XML cannot.
    """
    start = name + "".join(f' {key}="{_escaped(value, _IN_ATTRIBUTE)}"' for key, value in attributes.items())
    if isinstance(inside, str):
        return f"<{start}>{_escaped(inside, _IN_TEXT)}</{name}>"
    if not inside:
        return f"<{start} />"
    lines = "\n".join(inside).replace("\n", "\n  ")
    return f"<{start}>\n  {lines}\n</{name}>"


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Ends of lines are escaped, so that indenting what holds them does not change them.
_IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;", "\n": "&#xA;"}
_IN_ATTRIBUTE = _IN_TEXT | {'"': "&quot;", "\t": "&#x9;"}


def _escaped(text: str, entities: Mapping[str, str]) -> str:
    if found := _NOT_XML.search(text):
        raise UsageError(
            f"{shown(text)!r} holds the character {found[0]!a}, which XML has no way to say - leave it out"
        )
    return text.translate({ord(character): entity for character, entity in entities.items()})


class _TooDeepError(Exception):
    """Says where."""


class _Lines(Protocol):
    """A parser that knows where it is."""

    CurrentLineNumber: int


class _Builder:
    """Makes the tree; what an `ElementTree` parser calls its target."""

    def __init__(self) -> None:
        self.root: XmlNode | None = None
        self.lines: _Lines | None = None
        self._open: list[_Open] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        above = self._open[-1] if self._open else None
        path = above.path_of(name) if above else name
        line = self.lines.CurrentLineNumber if self.lines else 0
        if len(self._open) >= _DEEPEST:
            raise _TooDeepError(f"line {line}")
        local = {_local(key): value for key, value in attributes.items()}
        node = XmlNode(name=name, attributes=local, line=line, path=path)
        if above:
            above.node.children.append(node)
        else:
            self.root = node
        self._open.append(_Open(node))

    def end(self, _tag: str) -> None:
        done = self._open.pop()
        done.node.text = "".join(done.texts)

    def data(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def close(self) -> None:
        """Nothing is left to do."""


class _Open:
    """An element whose end has not come yet."""

    def __init__(self, node: XmlNode) -> None:
        self.node = node
        self.texts: list[str] = []
        self._counts: dict[str, int] = {}

    def path_of(self, name: str) -> str:
        """Return the path of the next child of a name."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return f"{self.node.path}/{name}" + (f"[{count}]" if count > 1 else "")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _decoded(document: str | bytes) -> str:
    if isinstance(document, str):
        return document
    if document.startswith((b"\xff\xfe", b"\xfe\xff")):
        return document.decode("utf-16")
    if document.startswith((b"<\0", b"\0<")):
        return document.decode("utf-16-le" if document.startswith(b"<") else "utf-16-be")
    return document.decode("utf-8-sig")
