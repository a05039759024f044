"""Conditions of MSI tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.msi.conditions import evaluate
from harness.emulator.msi.outcomes import InstallFailure

SYMBOLS = {
    "VersionNT": "603",
    "NAME": "Contoso Notes",
    "TEN": "10",
    "NINE": "9",
    "ZERO": "0",
    "FLAGS": "6",
    "PLUS": "+7",
    "BLANK": " 7",
    "LONG": "65538",
    "%PATH": r"C:\Windows",
    "$comp": "3",
    "?comp": "2",
    "&feat": "-1",
    "!feat": "3",
}


def holds(condition: str) -> bool:
    """Evaluate with the symbols above; unknown ones are empty."""
    return evaluate(condition, lambda name: SYMBOLS.get(name, ""))


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "  ",
        "1",
        "NAME",
        "ZERO",
        "NOT Missing",
        "not Missing",
        "VersionNT >= 600",
        "VersionNT = 603",
        "VersionNT<>602",
        'NAME = "Contoso Notes"',
        'NAME ~= "CONTOSO NOTES"',
        'NAME >< "so No"',
        'NAME << "Contoso"',
        'NAME >> "Notes"',
        'NAME ~>< "NOTES"',
        "TEN > NINE",
        "NAME = NAME",
        'NINE < "10"',
        '"9" > "10"',
        'TEN <> "9"',
        "FLAGS >< 2",
        "LONG << 1",
        "LONG >> 2",
        "NAME <> 5",
        'Missing = ""',
        "%PATH",
        "$comp = 3",
        "?comp=2 AND !feat=3",
        "&feat = -1",
        "NAME AND VersionNT OR Missing",
        "Missing OR NAME AND VersionNT",
        "NOT Missing AND NAME",
        "NOT (Missing AND NAME)",
        "Missing IMP Missing",
        "NAME EQV VersionNT",
        "NAME XOR Missing",
        "Missing IMP NAME XOR NAME",
        "TEN >= 10 AND TEN <= 10 AND NOT (TEN < 10)",
        "-1 < 0",
        '"" = Missing',
    ],
)
def test_condition_holds(condition: str) -> None:
    """These hold."""
    assert holds(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "0",
        "Missing",
        "name",
        'NAME = "contoso notes"',
        "NAME = 5",
        "NAME > 5",
        'NAME << "Notes"',
        'NAME >> "Contoso"',
        'NAME >< "xyz"',
        "FLAGS >< 1",
        "LONG >> 1",
        "NOT NAME OR Missing",
        "NAME IMP Missing",
        "NAME XOR VersionNT",
        "NAME EQV Missing",
        "VersionNT < 603",
        '"a" > "b"',
        'NINE > "10"',
        '10 > "9"',
        '10 = "10"',
        "PLUS = 7",
        "BLANK = 7",
        'TEN >< "1"',
    ],
)
def test_condition_does_not_hold(condition: str) -> None:
    """These do not."""
    assert not holds(condition)


@pytest.mark.parametrize(
    "condition",
    ["NAME =", "= 5", "(NAME", "NAME)", "NAME NAME", 'NAME = "open', "NAME & 5", "NOT", "()", "1 + 1", "NAME AND"],
)
def test_broken_condition_stops_the_installation(condition: str) -> None:
    """What is no condition is a failure that quotes it."""
    with pytest.raises(InstallFailure, match="Condition"):
        holds(condition)


def test_deep_nesting_is_refused() -> None:
    """A condition that would exhaust the stack is refused."""
    with pytest.raises(InstallFailure):
        holds("(" * 5000 + "1" + ")" * 5000)


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from(' ABn"()=<>~%$?&!0123456789ANDORT')))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    """No text does anything else than hold, not hold, or be refused."""
    try:
        result = holds(text)
    except InstallFailure:
        return
    assert result in (True, False)
