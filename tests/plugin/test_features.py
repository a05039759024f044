"""Features of a project of one's own."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

NOTES = (
    'Given the app from "packages/contoso-notes/contoso-notes.json" '
    'with the package "packages/contoso-notes/contoso-notes.intunewin"'
)
FEATURE = f"""
Feature: Contoso Notes
  Scenario: It is installed
    {NOTES}
    When the device syncs
    Then "Contoso Notes" is installed within 5 minutes

  Scenario: It is not installed without a check-in
    {NOTES}
    When 1 minute passes
    Then "Contoso Notes" is waiting for check-in

  Scenario Outline: It may take its time
    {NOTES}
    When <time> pass
    Then "Contoso Notes" is <state>

    Examples:
      | time       | state                |
      | 2 minutes  | waiting for check-in |
      | 10 minutes | installed            |
      | 2 days     | installed            |
"""


@pytest.fixture
def features(project):
    """Return a project that collects its features; write them with `makefile`."""
    project.makepyfile(test_it="from pytest_bdd import scenarios\nscenarios('.')")
    return project


def test_features_need_no_python_but_their_collection(features):
    """The vocabulary comes with the package."""
    features.makefile(".feature", notes=FEATURE)
    features.runpytest_subprocess().assert_outcomes(passed=5)


def test_a_step_of_the_project_replaces_that_of_the_library(features):
    """If it has the same words."""
    features.makefile(".feature", notes=FEATURE)
    features.makeconftest(
        """
        from pytest_bdd import when

        @when("the device syncs")
        def syncs_late(device):
            device.advance("30 s")
            device.sync()
            print("by way of the project")
        """
    )
    result = features.runpytest_subprocess("-rP")
    result.assert_outcomes(passed=5)
    assert 1 == result.stdout.str().count("by way of the project")


@pytest.mark.parametrize("sentence", ['"Ada" is happy', '"Ada" is happy within reach', "the test run passes"])
def test_a_step_of_the_project_may_look_like_one_of_the_library(features, sentence):
    """Words that the library does not know are not its business then."""
    features.makefile(".feature", notes=f"Feature: F\n  Scenario: S\n    When {sentence}\n    Then {sentence}")
    features.makeconftest(
        f"""
        from pytest_bdd import then, when

        @when({sentence!r})
        @then({sentence!r})
        def it_is():
            pass
        """
    )
    features.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_missing_file_names_the_near_ones(features):
    """Since most are misspelt."""
    features.makefile(
        ".feature", notes='Feature: F\n  Scenario: S\n    Given the app from "contoso-notes.jsn" without content'
    )
    result = features.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["there is no contoso-notes.jsn in *fixtures* - did you mean *contoso-notes*.json*[?]"])


def test_where_no_name_is_near_the_setting_is_named(pytester):
    """It is what is missing in most new projects."""
    pytester.makeini("[pytest]")
    pytester.makepyfile(test_it="from pytest_bdd import scenarios\nscenarios('.')")
    pytester.makefile(".feature", notes='Feature: F\n  Scenario: S\n    Given the app from "qqq.zzzzz" without content')
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(["there is no qqq.zzzzz in * - set ime_folder in the pytest configuration"])


def test_an_unknown_state_fails_with_the_list(features):
    """In the step where it stands, with its place."""
    features.makefile(".feature", notes=FEATURE.replace("is installed within", "is done within"))
    result = features.runpytest_subprocess()
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(
        [
            '"done" is not a state of an app - use one of: installed, failed, not installed, *',
            "",
            '    Then "Contoso Notes" is done within 5 minutes',
            "*notes.feature:5",
        ]
    )


def test_a_failed_background_step_is_placed_in_the_background(features):
    """Where its line is."""
    text = "Feature: F\n  Background:\n    When a moment passes\n\n  Scenario: S\n    When the device syncs"
    features.makefile(".feature", notes=text)
    result = features.runpytest_subprocess()
    result.stdout.fnmatch_lines(["    When a moment passes", "*notes.feature:3"])


@pytest.mark.slow
def test_order_and_processes_make_no_difference(features):
    """In any order and in parallel, each scenario ends as it does alone, with the same message."""
    pytest.importorskip("xdist", reason="the test extra is not installed")
    broken = FEATURE.replace("is waiting for check-in", "is failed")
    features.makefile(".feature", notes=FEATURE, broken=broken)
    ends = [
        ends_of(features, *options)
        for options in (("-p", "no:randomly"), ("-p", "randomly", "-p", "no:xdist"), ("-n", "2"))
    ]
    assert ends[0] == ends[1] == ends[2]
    assert [10, 1] == [len(ends[0]), sum(message != "" for message in ends[0].values())]


def ends_of(project, *options):
    """Return what is wrong with each test after a run, by its name; nothing where it passes."""
    result = project.path / "result.xml"
    project.runpytest_subprocess(f"--junitxml={result}", *options)
    cases = ET.parse(result).iter("testcase")  # noqa: S314 - pytest has just written it
    return {case.get("name"): "".join(failure.text or "" for failure in case.iter("failure")) for case in cases}
