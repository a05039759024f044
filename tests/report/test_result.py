"""The result as JSON, and its schema."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from harness.report import result as result_module
from harness.report import schema
from harness.report.facts import ErrorFacts
from harness.report.result import RunResult
from harness.report.schema import result_schema, result_schema_text

FIXTURES = ("installed", "not_detected", "hostile")


@pytest.fixture(params=FIXTURES)
def any_result(request: pytest.FixtureRequest) -> RunResult:
    """Return each of the hand-made results."""
    return request.getfixturevalue(request.param)


def test_the_schema_beside_the_module_is_the_one_the_classes_make() -> None:
    """To change it: `python -m harness.report.schema > harness/report/result.schema.json`."""
    path = Path(str(result_module.__file__)).with_name("result.schema.json")

    assert path.read_text(encoding="utf-8") == result_schema_text()


def test_every_result_fits_the_schema(any_result: RunResult) -> None:
    """The schema is a good one, and the JSON is as it says."""
    jsonschema = pytest.importorskip("jsonschema", reason="comes with nbformat")
    jsonschema.Draft202012Validator.check_schema(result_schema())

    jsonschema.validate(json.loads(any_result.to_json()), result_schema())


def test_the_schema_refuses_what_is_not_a_result(installed: RunResult) -> None:
    """Unknown, missing and wrong members are found."""
    jsonschema = pytest.importorskip("jsonschema", reason="comes with nbformat")
    validator = jsonschema.Draft202012Validator(result_schema())
    good = json.loads(installed.to_json())

    for bad in ({**good, "more": 1}, {**good, "outcome": "done"}, {**good, "seed": "1"}, {**good, "format": "x"}):
        assert not validator.is_valid(bad)
    del good["toasts"]
    assert not validator.is_valid(good)


def test_everything_in_the_schema_is_described() -> None:
    """No member is left without words."""

    def undescribed(schema: dict, path: str) -> list[str]:
        found = []
        for name, member in schema.get("properties", {}).items():
            found += [] if member.get("description") else [f"{path}.{name}"]
            found += undescribed(member, f"{path}.{name}")
        for inner in [schema.get("items"), *schema.get("anyOf", [])]:
            found += undescribed(inner, path) if inner else []
        return found

    assert [] == undescribed(result_schema(), "$")


def test_the_same_result_is_the_same_text(installed: RunResult) -> None:
    """Nothing of the moment gets into the JSON."""
    assert installed.to_json() == installed.to_json()
    assert installed.to_json().endswith("}\n")


def test_times_are_utc_with_milliseconds(installed: RunResult) -> None:
    """Wherever they come from, they compare as text."""
    data = json.loads(installed.to_json())

    assert "2026-03-02T09:00:04.500Z" == data["attempts"][0]["started_at"]
    assert [event["at"] for event in data["timeline"]] == sorted(event["at"] for event in data["timeline"])


def test_the_log_is_not_in_the_json(installed: RunResult) -> None:
    """It has a format and files of its own."""
    assert installed.log
    assert "log" not in json.loads(installed.to_json())


def test_the_documentation_names_every_member(installed: RunResult) -> None:
    """The module's own words keep up with the format."""
    for name in json.loads(installed.to_json()):
        assert f"`{name}`" in (result_module.__doc__ or "")


def test_an_error_code_is_written_in_every_spelling() -> None:
    """Signed or unsigned, it is the same error."""
    facts = ErrorFacts.of(-2016345060, "not detected")

    assert facts == ErrorFacts.of(0x87D1041C, "not detected")
    assert (2278622236, "0x87D1041C", -2016345060) == (facts.code, facts.hex, facts.signed)


def test_local_times_are_those_of_the_machine(installed: RunResult) -> None:
    """Berlin is an hour ahead in March."""
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert timezone(timedelta(hours=1)).utcoffset(None) == installed.local(moment).utcoffset()
    assert 10 == installed.local(moment).hour


def test_the_module_prints_the_schema() -> None:
    """That is how the file beside it is made."""
    command = [sys.executable, "-m", "harness.report.schema"]

    printed = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True).stdout

    assert result_schema_text() == printed


def test_a_type_that_has_no_place_in_the_schema_is_refused() -> None:
    """Whoever adds a member learns of it at once."""
    with pytest.raises(TypeError, match="has no place in the schema"):
        schema._schema(set[str])
