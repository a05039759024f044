"""What is wrong in Graph JSON, and where."""

import json

import pytest

from harness.errors import FormatError, NotEmulated
from harness.formats.graph import read_app

_ID = "1f3f5171-25a2-44da-b3e8-fba81184d1df"


def body(**fields):
    """Return the smallest app with the given fields, as JSON."""
    app = {"@odata.type": "#microsoft.graph.win32LobApp", "displayName": "Notes", "installCommandLine": "setup.exe /S"}
    return json.dumps(app | fields).encode()


def app_of(**fields):
    """Read the smallest app with the given fields."""
    return read_app(body(**fields), "app.json").app


def problems_of(data):
    """Return what is wrong with a document, one line for each problem."""
    with pytest.raises(FormatError) as caught:
        read_app(data, "app.json")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"displayName": " "}, "$.displayName: expected a name, found an empty text"),
        ({"displayName": None}, "$.displayName: expected a text, found null"),
        ({"installCommandLine": 5}, "$.installCommandLine: expected a text, found 5"),
        (
            {"id": "..\\.."},
            r"$.id: expected a GUID such as 12345678-90ab-cdef-1234-567890abcdef, found '..\\..'",
        ),
        (
            {"@odata.type": "#microsoft.graph.winGetApp"},
            (
                "$.@odata.type: expected one of #microsoft.graph.win32LobApp, found '#microsoft.graph.winGetApp'"
                " - did you mean '#microsoft.graph.win32LobApp'?"
            ),
        ),
        (
            {"installExperience": {"maxRunTimeInMinutes": 1441}},
            "$.installExperience.maxRunTimeInMinutes: expected 1 to 1440 minutes, found 1441",
        ),
        (
            {"installExperience": {"runAsAccount": "sytem"}},
            "$.installExperience.runAsAccount: expected one of system, user, found 'sytem' - did you mean 'system'?",
        ),
        (
            {"returnCodes": [{"returnCode": 2**32, "type": "success"}]},
            "$.returnCodes[0].returnCode: expected -2147483648 to 4294967295, found 4294967296",
        ),
        ({"minimumMemoryInMB": "5"}, "$.minimumMemoryInMB: expected a whole number, found '5'"),
        ({"minimumMemoryInMb": 5}, "$.minimumMemoryInMb: unknown field - did you mean 'minimumMemoryInMB'?"),
        (
            {"allowedArchitectures": "x64,am64"},
            (
                "$.allowedArchitectures: expected some of x86, x64, arm64, separated by commas, or none, found "
                "'x64,am64'"
                " - did you mean 'arm64'?"
            ),
        ),
        (
            {"minimumSupportedOperatingSystem": {"v10_22H2": True}},
            (
                "$.minimumSupportedOperatingSystem.v10_22H2: expected flags for v8_0, v8_1, v10_0, v10_1607, v10_1703, "
                "v10_1709, v10_1803, v10_1809, v10_1903, v10_1909, v10_2004, v10_2H20, v10_21H1, found another release"
            ),
        ),
        (
            {"committedContentVersion": "one"},
            "$.committedContentVersion: expected a number as a text such as '1', found 'one'",
        ),
        (
            {"rules": [{"@odata.type": "#microsoft.graph.win32LobAppPowerShellScriptRule", "scriptContent": "?"}]},
            "$.rules[0].scriptContent: expected base64, found '?'",
        ),
        ({"rules": [{"keyPath": "x"}]}, "$.rules[0]: the field '@odata.type' is missing"),
        (
            {
                "rules": [
                    {
                        "@odata.type": "#microsoft.graph.win32LobAppProductCodeRule",
                        "ruleType": "requirement",
                        "productCode": "x",
                    }
                ]
            },
            "$.rules[0].ruleType: expected detection, found requirement: Graph has no such product code rule",
        ),
        ({"assignments": [{"intent": "required"}]}, "$.assignments[0]: the field 'target' is missing"),
    ],
)
def test_a_wrong_field_is_named_with_its_path(fields, problem):
    """The message says what was found and what was expected."""
    assert [problem] == problems_of(body(**fields))


def test_all_problems_of_an_app_come_at_once():
    """From every depth of the document."""
    found = problems_of(
        body(
            installCommandLine=None,
            rules=[
                {"@odata.type": "#microsoft.graph.win32LobAppRegistryRule", "keyPath": 1, "operator": "equals"},
                7,
            ],
            assignments=[{"intent": "requird", "target": None, "settings": {"notifications": "showAl"}}],
        )
    )

    assert [
        "$.installCommandLine: expected a text, found null",
        "$.rules[0].keyPath: expected a text, found 1",
        (
            "$.rules[0].operator: expected one of notConfigured, equal, notEqual, greaterThan, greaterThanOrEqual, "
            "lessThan, lessThanOrEqual, found 'equals' - did you mean 'equal'?"
        ),
        "$.rules[1]: expected an object, found 7",
        (
            "$.assignments[0].intent: expected one of available, required, uninstall, availableWithoutEnrollment, "
            "found 'requird' - did you mean 'required'?"
        ),
        "$.assignments[0].target: expected an object, found null",
        (
            "$.assignments[0].settings.notifications: expected one of showAll, showReboot, hideAll, found 'showAl'"
            " - did you mean 'showAll'?"
        ),
    ] == found


@pytest.mark.parametrize("data", [b"[]", b"null", b'"app"'])
def test_something_else_than_an_object_is_refused(data):
    """An app is a JSON object."""
    (problem,) = problems_of(data)
    assert problem.startswith("$: expected an object, found ")


def test_a_list_answer_is_refused_with_what_to_do():
    """What Graph answers to a list request is not one app."""
    assert ["$: expected one app, found a list of them - take one element of its 'value'"] == problems_of(
        b'{"value": []}'
    )


def test_fields_of_the_service_are_no_misspellings():
    """A document with every documented property and only the required ones of ours reads."""
    others = [
        "createdDateTime", "lastModifiedDateTime", "isFeatured", "privacyInformationUrl", "informationUrl", "owner",
        "developer", "notes", "uploadState", "publishingState", "isAssigned", "roleScopeTagIds", "dependentAppCount",
        "supersedingAppCount", "supersededAppCount", "size", "categories", "relationships", "contentVersions",
        "installLanguage", "@odata.context", "mobileAppCatalogPackageId",
    ]  # fmt: skip

    assert app_of() == app_of(**dict.fromkeys(others, "x"))


@pytest.mark.parametrize("name", ["activeInstallScript", "activeUninstallScript"])
def test_script_installers_are_not_emulated(name):
    """They would replace the command line, so they are not passed over."""
    with pytest.raises(NotEmulated, match=rf"script installers \(in app.json: \$\.{name}\)"):
        app_of(**{name: {"targetId": _ID}})
