"""Reading JSON with every error and its path."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, NotEmulated
from harness.formats.misfits import Misfit, describe, suggestion
from harness.formats.structuring import (
    ObjectReader,
    base64_bytes,
    boolean,
    flag,
    guid,
    integer,
    list_of,
    nested_json,
    one_of,
    read_document,
    text,
)


def problems_of(data, read):
    """Return what is wrong with a document, as (path, message)."""
    with pytest.raises(FormatError) as caught:
        read_document(data, read, "x.json")
    assert "x.json" == caught.value.source
    return [(problem.where, problem.message) for problem in caught.value.problems]


def anything(value):
    """Read any JSON value as it is."""
    return value


def pair(value):
    """Read an object with two numbers, the second of which may be missing."""
    fields = ObjectReader(value)
    found = fields.require("first", integer(0, 9)), fields.get("second", integer(0, 9), None)
    fields.close()
    return found


@pytest.mark.parametrize("data", [b'{"a": 1}', b'\xef\xbb\xbf{"a": 1}', '{"a": 1}', '\ufeff{"a": 1}'])
def test_bytes_and_texts_are_read_with_and_without_a_byte_order_mark(data):
    """A byte order mark is passed over."""
    assert {"a": 1} == read_document(data, anything, "x.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": "\xff"}', "expected UTF-8, found byte 0xff at offset 7 - save the file again as UTF-8"),
        (b"\xef\xbb\xbf[\xfc]", "expected UTF-8, found byte 0xfc at offset 4 - save the file again as UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "expected UTF-8, found UTF-16 - save the file again as UTF-8"),
        ("[1]".encode("utf-16-le"), "expected UTF-8, found UTF-16 - save the file again as UTF-8"),
        (b'{"a":\n  }', "not JSON: expecting value at line 2 column 3"),
        (b"", "not JSON: expecting value at line 1 column 1"),
        (b"[" * 200_000, "not read: objects and lists are nested too deep"),
        (b"9" * 5_000, "not read: a number has too many digits"),
    ],
)
def test_what_is_no_json_is_one_problem_without_a_path(data, message):
    """The message says where in the text it stops being JSON."""
    assert [("", message)] == problems_of(data, anything)


def test_fields_given_twice_and_numbers_json_does_not_have_are_refused_with_their_paths():
    """What Python's parser lets pass is refused wherever it stands, all at once."""
    data = b'{"a": [1, {"b": NaN, "c": 1, "c": 2}], "odd key": -Infinity}'

    assert [
        ("$.a[1].c", "the field is given more than once"),
        ("$.a[1].b", "expected JSON, which has no number NaN"),
        ("$['odd key']", "expected JSON, which has no number -Infinity"),
    ] == problems_of(data, anything)


def test_a_flood_of_repeated_fields_is_named_only_in_part():
    """A hostile document does not decide how long its error message gets."""
    data = "[" + ",".join(['{"a":1,"a":1}'] * 500) + "]"

    assert 100 == len(problems_of(data, anything))


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (text, '"Ω"', "Ω"),
        (integer(-1, 5), "-1", -1),
        (boolean, "true", True),
        (boolean, '"False"', False),
        (flag, "1", True),
        (flag, "false", False),
        (guid, '"6E0911DD-6755-4eb7-8a75-ba02e685232b"', "6E0911DD-6755-4eb7-8a75-ba02e685232b"),
        (base64_bytes, '"AAEC\\r\\n/w=="', b"\0\1\2\xff"),
        (list_of(text), '["a", "b"]', ("a", "b")),
        (nested_json(list_of(integer(0, 9))), '"[1,2]"', (1, 2)),
        (one_of({"showAll": 0}), '"SHOWALL"', 0),
        (pair, '{"first": 1, "second": null, "third": 3}', (1, None)),
    ],
)
def test_readers_read(read, value, expected):
    """Each reader takes what it is for."""
    assert expected == read_document(value, read, "x.json")


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (text, "5", "expected a text, found 5"),
        (text, "null", "expected a text, found null"),
        (text, r'"\ud800"', r"expected a text, found one with half a surrogate pair (\ud800 to \udfff)"),
        (integer(0, 5), "5.0", "expected a whole number, found 5.0"),
        (integer(0, 5), '"5"', "expected a whole number, found '5'"),
        (integer(0, 5), "true", "expected a whole number, found true"),
        (integer(1, 5, "minutes"), "6", "expected 1 to 5 minutes, found 6"),
        (integer(0, 5), "9" * 400, "expected 0 to 5, found a very large number"),
        (boolean, "1", "expected true or false, found 1"),
        (boolean, '"yes"', "expected true or false, found 'yes'"),
        (flag, "2", "expected true, false, 1 or 0, found 2"),
        (flag, '"1"', "expected true, false, 1 or 0, found '1'"),
        (guid, '"..\\\\x"', r"expected a GUID such as 12345678-90ab-cdef-1234-567890abcdef, found '..\\x'"),
        (base64_bytes, '"AA"', "expected base64, found 'AA'"),
        (base64_bytes, '"Ω"', "expected base64, found 'Ω'"),
        (base64_bytes, "[]", "expected a text, found a list"),
        (list_of(text), '"ab"', "expected a list, found 'ab'"),
        (list_of(text), "{}", "expected a list, found an object"),
        (one_of({"equal": 1}), '"equl"', "expected one of equal, found 'equl' - did you mean 'equal'?"),
        (one_of({"equal": 1}), "[]", "expected one of equal, found a list"),
        (pair, "[]", "expected an object, found a list"),
    ],
)  # fmt: skip
def test_readers_say_what_they_expected_and_what_they_found(read, value, message):
    """A wrong value is named with what was expected in its place; nothing is converted in silence."""
    assert [("$", message)] == problems_of(value, read)


def test_all_errors_of_a_document_come_at_once_in_their_order():
    """Every wrong field and item is named with its path, not only the first."""
    document = [{"second": 10}, {"first": 1}, {"first": "x", "secnd": 2}, 7]

    assert [
        ("$[0]", "the field 'first' is missing"),
        ("$[0].second", "expected 0 to 9, found 10"),
        ("$[2].first", "expected a whole number, found 'x'"),
        ("$[2].secnd", "unknown field - did you mean 'second'?"),
        ("$[3]", "expected an object, found 7"),
    ] == problems_of(json.dumps(document), list_of(pair))


def test_paths_lead_through_texts_that_hold_json():
    """The border of a nested document is marked."""
    document = json.dumps({"first": 1, "second": json.dumps([1, 99])})

    def read(value):
        fields = ObjectReader(value)
        fields.get("second", nested_json(list_of(integer(0, 9))), None)
        fields.close()

    assert [("$.second(json)[1]", "expected 0 to 9, found 99")] == problems_of(document, read)


def test_a_nested_text_that_is_no_json_has_a_path():
    """The line and column count inside the nested text."""
    assert [("$(json)", "not JSON: expecting value at line 1 column 2")] == problems_of('"["', nested_json(anything))


def test_a_long_list_of_errors_ends():
    """After a hundred wrong items the rest of a list is not read."""
    found = problems_of(json.dumps(["x"] * 1_000), list_of(integer(0, 9)))

    assert 101 == len(found)
    assert ("$", "100 items are wrong; the rest of the list was not read") == found[-1]


def test_unknown_fields_are_passed_over_unless_they_look_like_misspellings():
    """A field that resembles nothing missing is the service's business."""
    assert (1, 2) == read_document('{"first": 1, "second": 2, "Second": 3, "other": 4}', pair, "x.json")


def test_what_is_not_modelled_is_raised_with_its_place_when_all_else_is_right():
    """The error says in which document and where in it."""

    def refuse(_):
        raise NotEmulated("Store apps", where="", hint="use a Win32 app")

    with pytest.raises(NotEmulated, match=r"not emulated: Store apps \(in x.json: \$\[0\]\) - use a Win32 app"):
        read_document("[0]", list_of(refuse), "x.json")


def test_errors_of_the_document_come_before_what_is_not_modelled():
    """A document is first to be right."""

    def refuse_zero(value):
        if value == 0:
            raise NotEmulated("zero", where="", hint="")
        return text(value)

    assert [("$[1]", "expected a text, found 1")] == problems_of("[0, 1]", list_of(refuse_zero))


def test_a_bug_in_a_reader_is_not_taken_for_an_error_of_the_document():
    """Only what readers raise on purpose is gathered."""

    def broken(value):
        return value.no_such_attribute

    with pytest.raises(AttributeError):
        read_document('{"first": 1}', broken, "x.json")


def test_fields_can_be_compared_once_they_are_right():
    """A comparison that fails is named at the field to be mended."""

    def read(value):
        fields = ObjectReader(value)
        low, high = fields.require("low", integer(0, 9)), fields.require("high", integer(0, 9))
        if fields.is_right("low", "high") and low > high:
            fields.fail("high", f"expected at least {low}, found {high}")
        fields.close()
        return low, high

    assert (1, 2) == read_document('{"low": 1, "high": 2}', read, "x.json")
    assert [("$.high", "expected at least 3, found 2")] == problems_of('{"low": 3, "high": 2}', read)
    assert [("$.low", "expected 0 to 9, found 10")] == problems_of('{"low": 10, "high": 2}', read)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a" * 100, "'" + "a" * 60 + "...'"), ("\ud800", r"'\ud800'"), (None, "null"), (1.5, "1.5"), ({}, "an object")],
)
def test_values_are_described_briefly(value, expected):
    """Whatever a document holds, the description is short and can be printed."""
    assert expected == describe(value)


def test_suggestions_are_made_only_for_what_is_near_and_short():
    """A long text is not compared with every known name."""
    assert " - did you mean 'required'?" == suggestion("Requird", ["required", "available"])
    assert "" == suggestion("x", ["required"])
    assert "" == suggestion("required" * 100, ["required"])
    assert "" == suggestion(5, ["required"])


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.one_of(_json.map(json.dumps), st.text(max_size=20), st.binary(max_size=20)))
@settings(deadline=None, max_examples=80)
def test_no_document_breaks_a_reader(data):
    """Whatever comes, it is read or refused with problems, never with another error."""
    with contextlib.suppress(FormatError):
        read_document(data, list_of(pair), "x.json")


def test_a_misfit_is_a_value_error():
    """Readers can be used as converters where a `ValueError` is expected."""
    with pytest.raises(ValueError, match="expected a text"):
        text(1)
    assert issubclass(Misfit, ValueError)
