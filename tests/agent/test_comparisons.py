"""Comparing what was found with what a rule says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.agent.comparisons import (
    Incomparable,
    compare,
    compare_text,
    compare_versions,
    read_as,
    read_date,
    read_integer,
)
from harness.model.rules import Operator, ScriptOperation

VERSIONS = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (Operator.EQUAL, (False, True, False)),
        (Operator.NOT_EQUAL, (True, False, True)),
        (Operator.GREATER_THAN, (False, False, True)),
        (Operator.GREATER_THAN_OR_EQUAL, (False, True, True)),
        (Operator.LESS_THAN, (True, False, False)),
        (Operator.LESS_THAN_OR_EQUAL, (True, True, False)),
    ],
)
def test_operators(operator, expected):
    """Every operator means what it says for a smaller, an equal and a larger value."""
    assert expected == tuple(compare(found, operator, 2) for found in (1, 2, 3))


def test_no_operator():
    """A comparison without an operator is refused."""
    with pytest.raises(Incomparable, match="no operator"):
        compare(1, Operator.NOT_CONFIGURED, 1)


def test_text_has_no_case():
    """Texts compare without regard to case."""
    assert compare_text("ContosO", Operator.EQUAL, "cONTOSo")


@pytest.mark.parametrize(
    ("found", "operator", "wanted", "expected"),
    [
        ("10.0.1", Operator.LESS_THAN, "9.0", False),
        ("110.0.2", Operator.GREATER_THAN_OR_EQUAL, "99.0.0", True),
        ("1.2", Operator.EQUAL, "1.2.0.0", True),
        ("1.2.0.1", Operator.GREATER_THAN, "1.2", True),
        ("v1.2", Operator.EQUAL, "V1.2", True),
        ("beta", Operator.LESS_THAN, "1.0", False),
    ],
)
def test_versions(found, operator, wanted, expected):
    """Versions compare part by part, missing parts being 0; other texts compare as texts."""
    assert expected is compare_versions(found, operator, wanted)


@given(VERSIONS, VERSIONS)
@settings(deadline=None, max_examples=60)
def test_version_order_is_total(left, right):
    """Of two versions exactly one of less, equal and greater holds."""
    held = [compare_versions(left, op, right) for op in (Operator.LESS_THAN, Operator.EQUAL, Operator.GREATER_THAN)]
    assert 1 == held.count(True)


@given(VERSIONS)
@settings(deadline=None, max_examples=40)
def test_padding_does_not_matter(version):
    """A version equals itself with zeros behind it."""
    assert compare_versions(version, Operator.EQUAL, f"{version}.0")


@pytest.mark.parametrize(("text", "expected"), [("42", 42), (" -7 ", -7), ("+3", 3)])
def test_integers(text, expected):
    """Whole numbers may have a sign and spaces around them."""
    assert expected == read_integer(text)


@pytest.mark.parametrize("text", ["", "4.2", "0x10", "four", "1" * 30])
def test_no_integers(text):
    """What is no whole number is refused."""
    with pytest.raises(Incomparable, match="not a whole number"):
        read_integer(text)


@pytest.mark.parametrize(
    "text", ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01", "2024-01-01T00:00:00"]
)
def test_dates(text):
    """Dates are UTC unless they say otherwise."""
    assert datetime(2024, 1, 1, tzinfo=UTC) == read_date(text)


def test_no_date():
    """What is no date is refused."""
    with pytest.raises(Incomparable, match="not a date"):
        read_date("yesterday")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ScriptOperation.STRING, "Yes", "yes"),
        (ScriptOperation.INTEGER, "5", 5),
        (ScriptOperation.FLOAT, " 1.5e1", 15.0),
        (ScriptOperation.VERSION, "1.2.0.0", (1, 2)),
        (ScriptOperation.BOOLEAN, "TRUE", True),
        (ScriptOperation.BOOLEAN, "false ", False),
        (ScriptOperation.DATE_TIME, "2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_output_is_read_as_the_rule_says(kind, text, expected):
    """The output of a script becomes a value of the rule's type."""
    assert expected == read_as(kind, text)


@pytest.mark.parametrize(
    "kind",
    [
        ScriptOperation.INTEGER,
        ScriptOperation.FLOAT,
        ScriptOperation.VERSION,
        ScriptOperation.BOOLEAN,
        ScriptOperation.DATE_TIME,
        ScriptOperation.NOT_CONFIGURED,
    ],
)
def test_output_of_another_type(kind):
    """Output that is not of the rule's type is refused."""
    with pytest.raises(Incomparable):
        read_as(kind, "something else")
