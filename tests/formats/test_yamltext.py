"""YAML, read strictly."""

from __future__ import annotations

import pytest

from harness.errors import FormatError, NotEmulated
from harness.formats.misfits import Misfit, placed
from harness.formats.structuring import integer, strict_object, text
from harness.formats.yamltext import read_yaml_document


def read(document: str | bytes) -> object:
    """Return what a document holds."""
    data = document.encode() if isinstance(document, str) else document
    return read_yaml_document(data, lambda value: [value], "x.yaml")[0]


def problems(document: str | bytes) -> list[str]:
    """Return what is wrong with a document."""
    with pytest.raises(FormatError) as raised:
        read(document)
    assert "x.yaml" == raised.value.source
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ("a", "a"),
        ("'1.10'", "1.10"),
        ("-12", -12),
        ("0x1F", 31),
        ("True", True),
        ("{a: null, b: , c: [1, x]}", {"a": None, "b": None, "c": [1, "x"]}),
        ("on: off.exe", {"on": "off.exe"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("\ufeffa: ä", {"a": "ä"}),
    ],
)
def test_values(document: str, value: object) -> None:
    """Texts, whole numbers, true and false, null, lists and mappings."""
    assert value == read(document)


def test_utf_16() -> None:
    """With a mark at its beginning."""
    assert {"a": "ä"} == read("a: ä".encode("utf-16"))


@pytest.mark.parametrize(
    "scalar", ["1.10", "010", "12:30", "no", "on", "2026-03-02", "1.0e+3", ".inf", "=", "1_000", "<<"]
)
def test_what_looks_like_something_else(scalar: str) -> None:
    """YAML would make another value of it; the message says what to write."""
    expected = f"line 2, $.b: {scalar} means something else in YAML - write it in quotes: '{scalar}'"

    assert [expected] == problems(f"a: x\nb: {scalar}")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("a: b: c", "line 1: is no YAML: mapping values are not allowed here"),
        ("a: 'b", "is no YAML: while scanning a quoted scalar found unexpected end of stream"),
        ("a\n---\nb", "line 2: is no YAML: expected a single document in the stream but found another document"),
        ("a: &x 1\nb: *x", "line 1: anchors and aliases (& and *) are not read - write it out"),
        ("b: *x", "line 1: anchors and aliases"),
        (
            "a: !!python/object:os.system x",
            "has the tag 'tag:yaml.org,2002:python/object:os.system', and no tags are read",
        ),
        ("a: !x [1]", "line 1, $.a: has the tag '!x', and no tags are read"),
        ("a: !!binary aGk=", "has the tag 'tag:yaml.org,2002:binary', and no tags are read"),
        ("a: 1\nb: 2\na: 3", "line 1, $.a: the field is given a second time in line 3"),
        ("{[1]: 2}", "line 1, $: has a key in line 1 that is no text"),
        ("[" * 60 + "]" * 60, "is more than 40 levels deep"),
        ("[" * 5_000, "is no YAML"),
        (b"\xff\xfe\x00", "is no YAML"),
        (b"a: \xff", "is no YAML"),
        ("a: \x07", "is no YAML: unacceptable character"),
    ],
)
def test_problems(document: str | bytes, message: str) -> None:
    """What is no YAML, and what is not read of it."""
    assert message in problems(document)[0]


def test_all_at_once_in_the_order_of_the_lines() -> None:
    """What the reader says and what YAML is refused for; a value that was refused is not held against the reader."""

    def reader(value: object) -> int:
        fields = strict_object(value, ("first", "second", "third"))
        fields.require("third", text)
        fields.require("second", integer(0, 9))
        fields.require("first", integer(0, 9))
        fields.close()
        return 1

    with pytest.raises(FormatError) as raised:
        read_yaml_document(b"first: 1.0\nsecond: 10\nthirt: x\n", reader, "x")
    assert [
        "line 1, $.first: 1.0 means something else in YAML - write it in quotes: '1.0'",
        "line 1, $: the field 'third' is missing",
        "line 2, $.second: expected 0 to 9, found 10",
        "line 3, $.thirt: unknown field - did you mean 'third'?",
    ] == sorted(map(str, raised.value.problems), key=lambda text: text[:6])


def test_a_reader_of_one_value() -> None:
    """One misfit, at a place that is not there: the nearest one around it counts."""

    def reader(value: object) -> int:
        raise placed(".a", placed(".nowhere", Misfit("x")))

    with pytest.raises(FormatError, match=r"line 2, \$\.a\.nowhere: x"):
        read_yaml_document(b"\na: b", reader, "x")


def test_what_is_not_emulated_comes_through() -> None:
    """It is no error of the document."""

    def reader(value: object) -> int:
        raise NotEmulated("x", where="y", hint="z")

    with pytest.raises(NotEmulated):
        read_yaml_document(b"a: b", reader, "x")
