"""The agent's policy document."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.formats.policy import (
    as_carried,
    read_policies,
    write_policies,
)
from harness.model.apps import (
    DEFAULT_RETURN_CODES,
    DeviceRestartBehavior,
    InstallExperience,
    MsiInformation,
    Win32App,
)
from harness.model.assignments import (
    AppPolicy,
    Assignment,
    DeliveryOptimizationPriority,
    InstallIntent,
    InstallTimeSettings,
    RestartSettings,
    TargetType,
)
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    PowerShellScriptRule,
    ProcessRule,
    ProductCodeRule,
    RegistryOperation,
    RegistryRule,
    RuleType,
    ScriptOperation,
)
from harness.model.windows import Architecture
from tests.formats.strategies import policies

_ID = "6e0911dd-6755-4eb7-8a75-ba02e685232b"
#: A policy as a device logged it, but for its install script, which makes it another kind of app.
_REAL = (
    r'[{"Id":"6e0911dd-6755-4eb7-8a75-ba02e685232b","Name":"7z2501-x64","Version":1,"Intent":1,"TargetType":1,'
    r'"AppApplicabilityStateDueToAssginmentFilters":null,"AssignmentFilterIds":null,'
    r'"DetectionRule":"[{\"DetectionType\":2,\"DetectionText\":\"{\\\"Path\\\":\\\"C:\\\\\\\\Program Files\\\\\\\\7-zip'
    r"\\\",\\\"FileOrFolderName\\\":\\\"7z.exe\\\",\\\"Check32BitOn64System\\\":false,\\\"DetectionType\\\":4,"
    r'\\\"Operator\\\":5,\\\"DetectionValue\\\":\\\"25.01.00.0\\\"}\"}]",'
    r'"InstallCommandLine":"msiexec /i \"7z2501-x64.msi\" /qn",'
    r'"UninstallCommandLine":"msiexec /x \"{23170F69-40C1-2702-2501-000001000000}\" /qn",'
    r'"RequirementRules":"{\"RequiredOSArchitecture\":32,\"MinimumFreeDiskSpaceInMB\":null,'
    r"\"MinimumWindows10BuildNumer\":\"10.0.26100\",\"MinimumMemoryInMB\":null,\"MinimumNumberOfProcessors\":null,"
    r'\"MinimumCpuSpeed\":null,\"RunAs32Bit\":false}","ExtendedRequirementRules":"[]",'
    r'"InstallEx":"{\"RunAs\":1,\"RequiresLogon\":true,\"InstallProgramVisibility\":3,\"MaxRetries\":3,'
    r'\"RetryIntervalInMinutes\":5,\"MaxRunTimeInMinutes\":60,\"DeviceRestartBehavior\":1}",'
    r'"ReturnCodes":"[{\"ReturnCode\":0,\"Type\":1},{\"ReturnCode\":1707,\"Type\":1},{\"ReturnCode\":3010,\"Type\":2},'
    r'{\"ReturnCode\":1641,\"Type\":3},{\"ReturnCode\":1618,\"Type\":4}]","AvailableAppEnforcement":1,'
    r'"SetUpFilePath":"7z2501-x64.msi","ToastState":0,"Targeted":1,"FlatDependencies":null,"MetadataVersion":4,'
    r'"RelationVersion":0,"RebootEx":{"GracePeriod":-1,"Countdown":-1,"Snooze":-1},"InstallBehavior":0,'
    r'"StartDeadlineEx":{"TimeFormat":"","StartTime":"\/Date(-62135596800000)\/",'
    r'"Deadline":"\/Date(-62135596800000)\/"},"RemoveUserData":false,"DOPriority":1,"newFlatDependencies":true,'
    r'"AssignmentFilterIdToEvalStateMap":null,"ContentCacheDuration":null,"ESPConfiguration":null,'
    r'"ReevaluationInterval":480,"SupportState":null,"InstallContext":1,"InstallerData":null,'
    r'"AvailableAppRequestType":0,"ContentMode":1,"Scripts":"[]"}]'
)
_POLICY = AppPolicy(
    app=Win32App(
        id=_ID,
        display_name="7z2501-x64",
        setup_file_path="7z2501-x64.msi",
        install_command_line='msiexec /i "7z2501-x64.msi" /qn',
        uninstall_command_line='msiexec /x "{23170F69-40C1-2702-2501-000001000000}" /qn',
        rules=(
            FileSystemRule(
                path=r"C:\Program Files\7-zip",
                file_or_folder_name="7z.exe",
                operation_type=FileSystemOperation.VERSION,
                operator=Operator.GREATER_THAN_OR_EQUAL,
                comparison_value="25.01.00.0",
            ),
        ),
        install_experience=InstallExperience(device_restart_behavior=DeviceRestartBehavior.ALLOW),
        allowed_architectures=frozenset({Architecture.X64}),
        minimum_supported_windows_release="Windows11_24H2",
    ),
    assignment=Assignment(
        intent=InstallIntent.AVAILABLE,
        target_type=TargetType.USER,
        delivery_optimization_priority=DeliveryOptimizationPriority.FOREGROUND,
    ),
)


def policy(assignment=None, **fields):
    """Return a small policy."""
    app = {"id": _ID, "display_name": "Notes", "install_command_line": "setup.exe"} | fields
    return AppPolicy(app=Win32App(**app), assignment=assignment or Assignment())


def written(one):
    """Return the fields of a policy on the wire."""
    return json.loads(write_policies([one]))[0]


def changed(**fields):
    """Return the real document with other fields."""
    return json.dumps([json.loads(_REAL)[0] | fields])


def test_a_policy_is_written_letter_for_letter_as_a_device_saw_it():
    """Keys, their order and spelling, texts in texts, escaped dates, no blanks."""
    assert _REAL == write_policies([_POLICY])


def test_a_policy_of_a_device_is_read():
    """The real document gives the app it describes."""
    assert (_POLICY,) == read_policies(_REAL, "wire")
    assert DEFAULT_RETURN_CODES == _POLICY.app.return_codes


@pytest.mark.parametrize(
    ("rule", "kind", "text"),
    [
        (
            RegistryRule(key_path="HKEY_LOCAL_MACHINE\\X", check_32_bit_on_64_system=True),
            0,
            (
                r'{"Check32BitOn64System":1,"Path":"HKEY_LOCAL_MACHINE\\X","KeyName":"","DetectionType":1,"Operator":0,'
                '"DetectionValue":null}'
            ),
        ),
        (
            ProductCodeRule(
                product_code="{X}", product_version="1.0", product_version_operator=Operator.LESS_THAN_OR_EQUAL
            ),
            1,
            '{"ProductCode":"{X}","ProductVersion":"1.0","ProductVersionOperator":9}',
        ),
        (
            PowerShellScriptRule(script_content=b"\xef\xbb\xbf", run_as_32_bit=True),
            3,
            '{"EnforceSignatureCheck":0,"RunAs32Bit":1,"ScriptBody":"77u/"}',
        ),
        (
            ProcessRule(process_name="notes.exe"),
            9001,
            (
                '{"ImeHarnessExtension":"process existence; not a rule of Intune\'s","ProcessName":"notes.exe",'
                '"DetectionType":1}'
            ),
        ),
    ],
)
def test_detection_rules_on_the_wire(rule, kind, text):
    """The texts seen on devices; the process rule has a number of its own and says what it is."""
    (found,) = json.loads(written(policy(rules=(rule,)))["DetectionRule"])

    assert {"DetectionType": kind, "DetectionText": text} == found


@pytest.mark.parametrize(
    ("rule", "kind", "text"),
    [
        (
            RegistryRule(
                rule_type=RuleType.REQUIREMENT,
                key_path="HKLM\\X",
                value_name="V",
                operation_type=RegistryOperation.INTEGER,
                operator=Operator.GREATER_THAN,
                comparison_value="5",
            ),
            0,
            r'{"Check32BitOn64System":0,"Path":"HKLM\\X","KeyName":"V","Type":4,"Operator":4,"Value":"5"}',
        ),
        (
            FileSystemRule(rule_type=RuleType.REQUIREMENT, path="C:\\", file_or_folder_name="x"),
            2,
            r'{"Path":"C:\\","FileOrFolderName":"x","Check32BitOn64System":false,"Type":1,"Operator":0,"Value":null}',
        ),
        (
            PowerShellScriptRule(
                rule_type=RuleType.REQUIREMENT,
                script_content=b"\0",
                operation_type=ScriptOperation.STRING,
                operator=Operator.EQUAL,
                comparison_value="OK",
            ),
            3,
            (
                '{"EnforceSignatureCheck":0,"RunAs32Bit":0,"RunAsAccount":0,"Type":1,"Operator":1,"Value":"OK",'
                '"ScriptBody":"AA=="}'
            ),
        ),
    ],
)
def test_requirement_rules_on_the_wire(rule, kind, text):
    """They travel as extended requirement rules."""
    (found,) = json.loads(written(policy(rules=(rule,)))["ExtendedRequirementRules"])

    assert {"Type": kind, "RequirementText": text} == found


@pytest.mark.parametrize(
    ("fields", "mask"),
    [
        ({}, 0),
        ({"applicable_architectures": frozenset({Architecture.X86, Architecture.X64})}, 3),
        ({"applicable_architectures": frozenset({Architecture.X64})}, 2),
        ({"allowed_architectures": frozenset({Architecture.X86, Architecture.X64})}, 96),
        ({"allowed_architectures": frozenset({Architecture.X64, Architecture.ARM64})}, 48),
        ({"allowed_architectures": frozenset(Architecture)}, 112),
    ],
)
def test_architectures_have_two_encodings(fields, mask):
    """The older one for what is applicable, the newer one for what is allowed."""
    sent = policy(**fields)

    assert mask == json.loads(written(sent)["RequirementRules"])["RequiredOSArchitecture"]
    assert (sent,) == read_policies(write_policies([sent]), "wire")


def test_restart_settings_on_the_wire():
    """Minutes, and -1 when the user may not snooze."""
    settings_ = RestartSettings(
        grace_period=timedelta(hours=1),
        countdown_display_before_restart=timedelta(seconds=90),
        restart_notification_snooze_duration=None,
    )

    assert {"GracePeriod": 60, "Countdown": 2, "Snooze": -1} == written(policy(Assignment(restart_settings=settings_)))[
        "RebootEx"
    ]


@pytest.mark.parametrize("reboot", [None, {"GracePeriod": 0, "Countdown": 0, "Snooze": 0}])
def test_restart_settings_that_are_not_set(reboot):
    """Zeros and null occur as well as -1."""
    (found,) = read_policies(changed(RebootEx=reboot), "wire")

    assert found.assignment.restart_settings is None


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (
            InstallTimeSettings(start_date_time=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))),
            ("UTC", "/Date(1767225600000)/", "/Date(-62135596800000)/"),
        ),
        (
            InstallTimeSettings(
                use_local_time=True,
                deadline_date_time=datetime(2026, 1, 1, 0, 0, 0, 1999),  # noqa: DTZ001  # local time
            ),
            ("Local", "/Date(-62135596800000)/", "/Date(1767225600001)/"),
        ),
        (
            InstallTimeSettings(start_date_time=datetime(2026, 1, 1)),  # noqa: DTZ001  # a slip of the caller's
            ("UTC", "/Date(1767225600000)/", "/Date(-62135596800000)/"),
        ),
    ],
)
def test_times_on_the_wire(times, expected):
    """Milliseconds since 1970; local time is the wall's."""
    sent = policy(Assignment(install_time_settings=times))
    found = written(sent)["StartDeadlineEx"]

    assert expected == (found["TimeFormat"], found["StartTime"], found["Deadline"])
    assert (as_carried(sent),) == read_policies(write_policies([sent]), "wire")


def test_a_time_without_a_format_is_utc():
    """An offset in a date changes nothing, as in .NET."""
    times = {"TimeFormat": "", "StartTime": "/Date(1767225600000+0100)/", "Deadline": "/Date(-62135596800000)/"}
    (found,) = read_policies(changed(StartDeadlineEx=times), "wire")

    assert (
        InstallTimeSettings(start_date_time=datetime(2026, 1, 1, tzinfo=UTC)) == found.assignment.install_time_settings
    )


def test_what_does_not_travel_is_known():
    """The agent never sees these."""
    sent = policy(
        Assignment(intent=InstallIntent.AVAILABLE_WITHOUT_ENROLLMENT),
        description="d",
        publisher="p",
        display_version="1",
        file_name="f",
        msi_information=MsiInformation(),
        allow_available_uninstall=True,
        install_experience=InstallExperience(max_run_time=timedelta(seconds=61)),
        applicable_architectures=frozenset({Architecture.ARM64}),
        rules=(
            PowerShellScriptRule(rule_type=RuleType.REQUIREMENT, display_name="n", script_content=b""),
            PowerShellScriptRule(display_name="n", script_content=b""),
        ),
    )
    left = policy(
        Assignment(intent=InstallIntent.AVAILABLE),
        install_experience=InstallExperience(max_run_time=timedelta(minutes=2)),
        allowed_architectures=frozenset({Architecture.ARM64}),
        rules=(
            PowerShellScriptRule(script_content=b""),
            PowerShellScriptRule(rule_type=RuleType.REQUIREMENT, script_content=b""),
        ),
    )

    assert left == as_carried(sent)
    assert (left,) == read_policies(write_policies([sent]), "wire")


@given(st.lists(policies, max_size=2))
@settings(deadline=None, max_examples=50)
def test_policies_arrive_as_they_were_sent_but_for_what_does_not_travel(sent):
    """Reading what was written gives the policies, less the fields the wire has no place for."""
    received = read_policies(write_policies(sent), "wire")

    assert tuple(as_carried(one) for one in sent) == received


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"rules": (ProductCodeRule(rule_type=RuleType.REQUIREMENT, product_code="{X}"),)},
            "the product code {X} is a requirement - Intune only detects by product codes",
        ),
        (
            {"minimum_supported_windows_release": "Windows12"},
            "the app 'Notes' needs Windows 'Windows12' - use one of 15",
        ),
    ],
)
def test_what_intune_does_not_have_is_not_written(fields, message):
    """It is the caller's mistake, and is said so."""
    with pytest.raises(UsageError, match=message):
        write_policies([policy(**fields)])
