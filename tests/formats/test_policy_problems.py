"""Policies the agent has to be careful with: damaged ones, and fields it does not act on."""

import json

import pytest

from harness.errors import FormatError, NotEmulated
from harness.formats.policy import (
    read_policies,
)
from harness.model.rules import (
    RegistryRule,
)

_REAL = {
    "Id": "6e0911dd-6755-4eb7-8a75-ba02e685232b",
    "Name": "Notes",
    "Version": 1,
    "Intent": 3,
    "TargetType": 2,
    "InstallCommandLine": "setup.exe",
}


def changed(**fields):
    """Return the document of the smallest policy with other fields."""
    return json.dumps([_REAL | fields])


def problems_of(document):
    """Return what is wrong with a document, one line for each problem."""
    with pytest.raises(FormatError) as caught:
        read_policies(document, "wire")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("empty", [None, "[]", "null"])
def test_an_app_may_come_without_detection_rules(empty):
    """Null occurs on devices."""
    (found,) = read_policies(changed(DetectionRule=empty), "wire")

    assert () == found.app.rules


def test_flags_may_be_numbers_or_booleans():
    """The registry's text has 0 or 1 where the file's has a boolean."""
    text = '{"Check32BitOn64System":true,"Path":"HKLM\\\\X","DetectionType":1}'
    rules = json.dumps([{"DetectionType": 0, "DetectionText": text}])
    (found,) = read_policies(changed(DetectionRule=rules), "wire")

    assert (RegistryRule(key_path="HKLM\\X", check_32_bit_on_64_system=True),) == found.app.rules


def test_all_problems_come_at_once_with_paths_through_the_texts():
    """Three levels of JSON, one list of problems."""
    texts = [
        {"DetectionType": 0, "DetectionText": '{"Path":"HKLM\\\\X","DetectionType":7,"Operator":3}'},
        {"DetectionType": 2, "DetectionText": "{"},
        {"DetectionType": 4, "DetectionText": "{}"},
        {"DetectionText": "{}"},
    ]
    document = changed(
        Id="7zip",
        Version="1",
        Intent=2,
        TargetType=0,
        DetectionRule=json.dumps(texts),
        RequirementRules=json.dumps({"RequiredOSArchitecture": 33, "MinimumWindows10BuildNumber": "10.0.26100"}),
        ExtendedRequirementRules=json.dumps([{"Type": 1, "RequirementText": "{}"}]),
        InstallEx=json.dumps({"RunAs": 2, "MaxRunTimeInMinutes": 0}),
        ReturnCodes=json.dumps([{"ReturnCode": 0, "Type": 5}]),
        RebootEx={"GracePeriod": -2, "Countdown": 0},
        StartDeadlineEx={"TimeFormat": "Mars", "StartTime": "/Date(99999999999999999)/", "Deadline": "soon"},
    )

    operators = "0 (notConfigured), 1 (equal), 2 (notEqual), 4 (greaterThan), 5 (greaterThanOrEqual), 8 (lessThan)"
    assert [
        (
            "$[0].RequirementRules(json).RequiredOSArchitecture: expected a sum of 16 (arm64), 32 (x64) and "
            "64 (x86), or of "
            "1 (x86), 2 (x64) and 16, found 33"
        ),
        (
            "$[0].RequirementRules(json).MinimumWindows10BuildNumber: unknown field - did you mean "
            "'MinimumWindows10BuildNumer'?"
        ),
        (
            "$[0].DetectionRule(json)[0].DetectionText(json).DetectionType: expected one of 0 "
            "(notConfigured), 1 (exists), "
            "2 (doesNotExist), 3 (string), 4 (integer), 5 (version), found 7"
        ),
        (
            f"$[0].DetectionRule(json)[0].DetectionText(json).Operator: expected one of {operators}, 9 "
            f"(lessThanOrEqual), "
            "found 3"
        ),
        (
            "$[0].DetectionRule(json)[1].DetectionText(json): not JSON: expecting property name enclosed in "
            "double quotes "
            "at line 1 column 2"
        ),
        "$[0].DetectionRule(json)[2].DetectionType: expected one of 0, 1, 2, 3, 9001, found 4",
        "$[0].DetectionRule(json)[3]: the field 'DetectionType' is missing",
        "$[0].ExtendedRequirementRules(json)[0].Type: expected one of 0, 2, 3, 9001, found 1",
        "$[0].Id: expected a GUID such as 12345678-90ab-cdef-1234-567890abcdef, found '7zip'",
        "$[0].Version: expected a whole number, found '1'",
        "$[0].InstallEx(json).MaxRunTimeInMinutes: expected 1 to 1440 minutes, found 0",
        "$[0].InstallEx(json).RunAs: expected one of 0 (user), 1 (system), found 2",
        (
            "$[0].ReturnCodes(json)[0].Type: expected one of 0 (failed), 1 (success), 2 (softReboot), 3 (hardReboot), "
            "4 (retry), found 5"
        ),
        "$[0].Intent: expected one of 1 (available), 3 (required), 4 (uninstall), found 2",
        "$[0].TargetType: expected one of 1 (user), 2 (device), 3 (both), found 0",
        "$[0].RebootEx.GracePeriod: expected -1 to 2147483647 minutes, found -2",
        "$[0].RebootEx: the field 'Snooze' is missing",
        "$[0].StartDeadlineEx.TimeFormat: expected '', 'UTC' or 'Local', found 'Mars'",
        (
            "$[0].StartDeadlineEx.StartTime: expected a time such as /Date(1767225600000)/, found "
            "'/Date(99999999999999999)/'"
        ),
        "$[0].StartDeadlineEx.Deadline: expected a time such as /Date(1767225600000)/, found 'soon'",
    ] == problems_of(document)


@pytest.mark.parametrize("build", ["10.0.12345", "11"])
def test_a_build_of_no_release_is_refused(build):
    """The model knows releases by name."""
    document = changed(RequirementRules=json.dumps({"MinimumWindows10BuildNumer": build}))

    assert [
        (
            "$[0].RequirementRules(json).MinimumWindows10BuildNumer: expected the build of a Windows release such as "
            f"10.0.22631, found '{build}'"
        )
    ] == problems_of(document)


@pytest.mark.parametrize("build", ["", None])
def test_an_app_may_want_no_release(build):
    """Empty and null mean any."""
    (found,) = read_policies(changed(RequirementRules=json.dumps({"MinimumWindows10BuildNumer": build})), "wire")

    assert found.app.minimum_supported_windows_release is None


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"FlatDependencies": [{"Action": 10}]}, "dependencies and supersedence"),
        ({"InstallerData": '{"PackageIdentifier":"x"}'}, "Store and WinGet apps"),
        ({"Scripts": '[{"Id":"x"}]'}, "script installers"),
        ({"AppApplicabilityStateDueToAssginmentFilters": 1010}, "assignment filters"),
        ({"Intent": 0}, "an app that is not targeted"),
    ],
)
def test_what_the_agent_does_not_do_is_not_passed_over(fields, what):
    """The error names the field of the policy."""
    with pytest.raises(NotEmulated, match=rf"{what}.* \(in wire: \$\[0\]\.{next(iter(fields))}\)"):
        read_policies(changed(**fields), "wire")
