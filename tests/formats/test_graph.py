"""Microsoft Graph JSON."""

import base64
import json
import pathlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError
from harness.formats.graph import AppDocument, app_id_for, read_app, write_app
from harness.model.apps import (
    DEFAULT_RETURN_CODES,
    DeviceRestartBehavior,
    InstallExperience,
    MsiInformation,
    MsiPackageType,
    ReturnCode,
    ReturnCodeType,
    RunAsAccount,
    Win32App,
)
from harness.model.assignments import (
    Assignment,
    TargetType,
)
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    PowerShellScriptRule,
    ProcessOperation,
    ProcessRule,
    ProductCodeRule,
    RegistryOperation,
    RegistryRule,
    RuleRunAs,
    RuleType,
    ScriptOperation,
)
from harness.model.windows import Architecture
from tests.formats.strategies import apps, assignments

_CORPUS = pathlib.Path(__file__).parents[2] / ".." / "shared" / "corpora" / "graph"
_ID = "1f3f5171-25a2-44da-b3e8-fba81184d1df"
_SCRIPT = base64.b64encode(b"\xef\xbb\xbfWrite-Output 1").decode()


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


def test_a_full_app_is_read():
    """Every property the model knows, in Graph's spelling."""
    document = body(
        id=_ID,
        description="Takes notes",
        publisher="Contoso",
        displayVersion="1.2",
        fileName="notes.intunewin",
        setupFilePath="notes.msi",
        uninstallCommandLine="setup.exe /X",
        largeIcon={"type": "image/png", "value": "AAAA"},
        committedContentVersion="7",
        applicableArchitectures="none",
        allowedArchitectures="x64,arm64",
        minimumFreeDiskSpaceInMB=10,
        minimumMemoryInMB=20,
        minimumNumberOfProcessors=2,
        minimumCpuSpeedInMHz=1000,
        minimumSupportedWindowsRelease="windows11_23h2",
        allowAvailableUninstall=True,
        installExperience={"runAsAccount": "USER", "maxRunTimeInMinutes": 90, "deviceRestartBehavior": "force"},
        returnCodes=[{"returnCode": -1, "type": "failed"}, {"returnCode": 3221225794, "type": "retry"}],
        msiInformation={
            "productCode": "{X}",
            "requiresReboot": "false",
            "packageType": "DualPurpose",
            "publisher": None,
        },
        rules=[
            {
                "@odata.type": "#microsoft.graph.win32LobAppProductCodeRule",
                "productCode": "X",
                "productVersionOperator": "greaterThan",
                "productVersion": "1",
            }
        ],
    )

    assert (
        Win32App(
            id=_ID,
            display_name="Notes",
            version=7,
            description="Takes notes",
            publisher="Contoso",
            display_version="1.2",
            file_name="notes.intunewin",
            setup_file_path="notes.msi",
            install_command_line="setup.exe /S",
            uninstall_command_line="setup.exe /X",
            rules=(
                ProductCodeRule(product_code="X", product_version_operator=Operator.GREATER_THAN, product_version="1"),
            ),
            install_experience=InstallExperience(
                run_as_account=RunAsAccount.USER,
                max_run_time=timedelta(minutes=90),
                device_restart_behavior=DeviceRestartBehavior.FORCE,
            ),
            return_codes=(
                ReturnCode(return_code=-1, type=ReturnCodeType.FAILED),
                ReturnCode(return_code=3221225794, type=ReturnCodeType.RETRY),
            ),
            msi_information=MsiInformation(product_code="{X}", package_type=MsiPackageType.DUAL_PURPOSE),
            allowed_architectures=frozenset({Architecture.X64, Architecture.ARM64}),
            minimum_supported_windows_release="Windows11_23H2",
            minimum_free_disk_space_in_mb=10,
            minimum_memory_in_mb=20,
            minimum_number_of_processors=2,
            minimum_cpu_speed_in_mhz=1000,
            allow_available_uninstall=True,
        )
        == read_app(document, "app.json").app
    )


def test_what_is_missing_or_null_has_the_default():
    """The service writes null for what is not set."""
    expected = Win32App(id=app_id_for("Notes"), display_name="Notes", install_command_line="setup.exe /S")

    assert expected == app_of()
    assert expected == app_of(
        id=None,
        description=None,
        rules=None,
        detectionRules=None,
        returnCodes=None,
        msiInformation=None,
        installExperience=None,
        allowedArchitectures=None,
        minimumMemoryInMB=None,
        assignments=None,
        activeInstallScript=None,
    )
    assert DEFAULT_RETURN_CODES == expected.return_codes
    assert () == app_of(returnCodes=[]).return_codes


def test_an_app_without_an_id_always_gets_the_same_one():
    """The id comes from the name alone."""
    assert "c2fbd95f-2805-5d32-9ff0-f5706cba9edf" == app_id_for("Notes")
    assert app_id_for("Notes") == app_of().id
    assert app_id_for("Other") == app_of(displayName="Other").id


_FILE = {"path": "C:\\x", "fileOrFolderName": "a.exe", "check32BitOn64System": True, "operator": "equal"}
_REGISTRY = {"keyPath": "HKLM\\X", "valueName": "V", "check32BitOn64System": True, "operator": "lessThan"}
_PS = {"scriptContent": _SCRIPT, "enforceSignatureCheck": True, "runAs32Bit": True}


@pytest.mark.parametrize(
    ("tag", "fields", "expected"),
    [
        (
            "#microsoft.graph.win32LobAppRegistryRule",
            _REGISTRY | {"ruleType": "requirement", "operationType": "INTEGER", "comparisonValue": "5"},
            RegistryRule(
                rule_type=RuleType.REQUIREMENT,
                key_path="HKLM\\X",
                value_name="V",
                check_32_bit_on_64_system=True,
                operation_type=RegistryOperation.INTEGER,
                operator=Operator.LESS_THAN,
                comparison_value="5",
            ),
        ),
        (
            "microsoft.graph.win32LobAppFileSystemRule",
            _FILE | {"operationType": "sizeInMB", "comparisonValue": "5"},
            FileSystemRule(
                path="C:\\x",
                file_or_folder_name="a.exe",
                check_32_bit_on_64_system=True,
                operation_type=FileSystemOperation.SIZE_IN_MB,
                operator=Operator.EQUAL,
                comparison_value="5",
            ),
        ),
        (
            "#Microsoft.Graph.win32LobAppPowerShellScriptRule",
            _PS
            | {"ruleType": "requirement", "displayName": "Check", "runAsAccount": "user", "operationType": "boolean"},
            PowerShellScriptRule(
                rule_type=RuleType.REQUIREMENT,
                display_name="Check",
                script_content=b"\xef\xbb\xbfWrite-Output 1",
                enforce_signature_check=True,
                run_as_32_bit=True,
                run_as_account=RuleRunAs.USER,
                operation_type=ScriptOperation.BOOLEAN,
            ),
        ),
        (
            "#imeHarness.win32LobAppProcessRule",
            {"processName": "notes.exe", "operationType": "doesNotExist"},
            ProcessRule(process_name="notes.exe", operation_type=ProcessOperation.DOES_NOT_EXIST),
        ),
    ],
)
def test_rules_are_read_by_their_type(tag, fields, expected):
    """With or without the number sign, without regard to case; the process rule is this project's own."""
    assert (expected,) == app_of(rules=[{"@odata.type": tag} | fields]).rules


def test_the_older_spelling_is_read():
    """`detectionType` and `detectionValue`, and two lists instead of `ruleType`."""
    older = "#microsoft.graph.win32LobApp"
    found = app_of(
        detectionRules=[
            _REGISTRY | {"@odata.type": f"{older}RegistryDetection", "detectionType": "string", "detectionValue": "x"},
            _FILE | {"@odata.type": f"{older}FileSystemDetection", "detectionType": "version", "detectionValue": "1"},
            {"@odata.type": f"{older}ProductCodeDetection", "productCode": "{X}", "productVersionOperator": "equal"},
            _PS | {"@odata.type": f"{older}PowerShellScriptDetection"},
        ],
        requirementRules=[
            _REGISTRY | {"@odata.type": f"{older}RegistryRequirement", "detectionType": "exists"},
            _FILE | {"@odata.type": f"{older}FileSystemRequirement", "detectionType": "doesNotExist"},
            _PS
            | {
                "@odata.type": f"{older}PowerShellScriptRequirement",
                "displayName": "Check",
                "detectionType": "integer",
                "operator": "greaterThan",
                "detectionValue": "5",
                "runAsAccount": "system",
            },
        ],
    )

    assert ["x", "1", None, None] == [getattr(rule, "comparison_value", None) for rule in found.detection_rules]
    assert (RegistryOperation.STRING, FileSystemOperation.VERSION) == tuple(
        rule.operation_type for rule in found.detection_rules[:2]
    )
    assert ProductCodeRule(product_code="{X}", product_version_operator=Operator.EQUAL) == found.detection_rules[2]
    assert (
        PowerShellScriptRule(
            rule_type=RuleType.REQUIREMENT,
            display_name="Check",
            script_content=b"\xef\xbb\xbfWrite-Output 1",
            enforce_signature_check=True,
            run_as_32_bit=True,
            operation_type=ScriptOperation.INTEGER,
            operator=Operator.GREATER_THAN,
            comparison_value="5",
        )
        == found.requirement_rules[2]
    )
    assert 3 == len(found.requirement_rules)


def test_when_both_spellings_agree_the_present_one_counts():
    """The service answers with both."""
    old = {"@odata.type": "#microsoft.graph.win32LobAppFileSystemDetection", "detectionType": "exists"} | _FILE
    new = {"@odata.type": "#microsoft.graph.win32LobAppFileSystemRule", "operationType": "exists"} | _FILE

    assert 1 == len(app_of(rules=[new], detectionRules=[old], requirementRules=[]).rules)
    assert 1 == len(app_of(rules=[], detectionRules=[old]).rules)


def test_when_the_spellings_disagree_the_document_is_refused():
    """Which of the two is meant cannot be known."""
    old = {"@odata.type": "#microsoft.graph.win32LobAppFileSystemDetection", "detectionType": "version"} | _FILE
    new = {"@odata.type": "#microsoft.graph.win32LobAppFileSystemRule", "operationType": "exists"} | _FILE

    assert ["$.detectionRules: says something else than 'rules' - delete one of the two spellings"] == problems_of(
        body(rules=[new], detectionRules=[old])
    )


def test_an_older_list_holds_only_its_own_kind():
    """There is no product code requirement, and no detection among requirements."""
    wrong = {"@odata.type": "#microsoft.graph.win32LobAppProductCodeRequirement", "productCode": "x"}

    (problem,) = problems_of(body(requirementRules=[wrong]))

    assert problem.startswith(
        "$.requirementRules[0].@odata.type: expected one of #microsoft.graph.win32LobAppRegistryRequirement, "
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"minimumSupportedWindowsRelease": "2H20"}, "20H2"),
        ({"minimumSupportedWindowsRelease": "20H2"}, "20H2"),
        ({"minimumSupportedWindowsRelease": "1607", "minimumSupportedOperatingSystem": {"v10_2004": True}}, "1607"),
        ({"minimumSupportedOperatingSystem": {"v10_1607": True, "v10_2004": "true", "v10_21H1": False}}, "2004"),
        ({"minimumSupportedOperatingSystem": {"@odata.type": "x", "v8_0": True, "v10_0": False}}, None),
        ({"minimumSupportedOperatingSystem": {"v10_9999": False}}, None),
    ],
)
def test_the_oldest_release_of_windows(fields, expected):
    """By name, or the newest of the older object's flags."""
    assert expected == app_of(**fields).minimum_supported_windows_release


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x64", {Architecture.X64}),
        ("X86, x64", {Architecture.X86, Architecture.X64}),
        ("none", None),
        ("", None),
    ],
)
def test_architectures_are_a_list_in_a_text(text, expected):
    """Separated by commas; none means that it does not decide."""
    found = app_of(applicableArchitectures=text).applicable_architectures

    assert (frozenset(expected) if expected else None) == found


# Writing


def test_an_app_is_written_in_the_present_spelling():
    """What is not set is left out, and a detection script has no name or account."""
    app = Win32App(
        id=_ID,
        display_name="Nötes",
        install_command_line="setup.exe",
        applicable_architectures=frozenset({Architecture.X64, Architecture.X86}),
        minimum_supported_windows_release="20H2",
        rules=(PowerShellScriptRule(script_content=b"\0"), ProcessRule(process_name="notes.exe")),
    )
    text = write_app(AppDocument(app=app, assignments=(Assignment(target_type=TargetType.BOTH),)))
    written = json.loads(text)

    assert "Nötes" in text
    assert "#microsoft.graph.win32LobApp" == next(iter(written.values()))
    assert ("x86,x64", "2H20", "1") == (
        written["applicableArchitectures"],
        written["minimumSupportedWindowsRelease"],
        written["committedContentVersion"],
    )
    assert {"detectionRules", "msiInformation", "version"}.isdisjoint(written)
    assert {
        "@odata.type": "#microsoft.graph.win32LobAppPowerShellScriptRule",
        "ruleType": "detection",
        "scriptContent": "AA==",
        "enforceSignatureCheck": False,
        "runAs32Bit": False,
        "operationType": "notConfigured",
        "operator": "notConfigured",
    } == written["rules"][0]
    assert "#imeHarness.win32LobAppProcessRule" == written["rules"][1]["@odata.type"]
    assert "#microsoft.graph.groupAssignmentTarget" == written["assignments"][0]["target"]["@odata.type"]
    assert "groupId" in written["assignments"][0]["target"]


@given(st.builds(AppDocument, app=apps, assignments=st.lists(assignments, max_size=2).map(tuple)))
@settings(deadline=None, max_examples=50)
def test_an_app_survives_being_written_and_read(document):
    """Everything the model knows of an app has its place in Graph's JSON."""
    assert document == read_app(write_app(document), "app.json")


@pytest.mark.parametrize(
    "path", sorted(_CORPUS.glob("*.json")) or [None], ids=lambda path: path.name if path else "none"
)
def test_real_request_bodies_are_read(path):
    """Bodies that were sent to Graph, both spellings in each."""
    if path is None:
        pytest.skip("the public request bodies are not on this computer")
    document = read_app(path.read_bytes(), path.name)

    assert document.app.detection_rules
    assert document == read_app(write_app(document), path.name)
