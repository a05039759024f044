"""Whether an app may be installed on a machine."""

import pytest

from harness.agent.applicability import describe_unmet
from harness.emulator.installers import Installer
from harness.model.apps import InstallExperience, RunAsAccount
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    ProcessRule,
    RegistryOperation,
    RegistryRule,
    RuleType,
)
from harness.model.states import Applicability, ComplianceState, ResultantAppState
from harness.model.windows import Architecture
from tests.agent.stage import MARK, make_facts

X64, X86, ARM64 = Architecture.X64, Architecture.X86, Architecture.ARM64


def _applicability(stage, *rules, **fields):
    app = stage.require(MARK, *rules, **fields)
    stage.sync("1 min")
    return stage.device.status(app).applicability


@pytest.mark.parametrize(
    ("machine_is", "fields", "expected"),
    [
        (X64, {"allowed_architectures": frozenset({X64})}, True),
        (X64, {"allowed_architectures": frozenset({X86})}, False),
        (X64, {"allowed_architectures": frozenset({X64, X86})}, True),
        (X86, {"allowed_architectures": frozenset({X64})}, False),
        (ARM64, {"allowed_architectures": frozenset({ARM64, X64})}, True),
        (ARM64, {"allowed_architectures": frozenset({X64})}, False),
        (X64, {"applicable_architectures": frozenset({X64})}, True),
        (X64, {"applicable_architectures": frozenset({X86})}, False),
        (X86, {"applicable_architectures": frozenset({X86})}, True),
        (X86, {"applicable_architectures": frozenset({X64, X86})}, True),
        (ARM64, {}, True),
    ],
)
def test_architecture(make_stage, machine_is, fields, expected):
    """The machine's own architecture must be among those of the app, in both encodings."""
    found = _applicability(make_stage(facts=make_facts(machine_is)), program=Installer(), **fields)
    unmet = Applicability.PROCESSOR_ARCHITECTURE_NOT_APPLICABLE
    assert (Applicability.APPLICABLE if expected else unmet) is found


@pytest.mark.parametrize(
    ("fields", "unmet"),
    [
        ({"minimum_supported_windows_release": "Windows11_23H2"}, None),
        ({"minimum_supported_windows_release": "Windows11_24H2"}, Applicability.MINIMUM_OS_VERSION_NOT_MET),
        ({"minimum_free_disk_space_in_mb": 1_000}, None),
        ({"minimum_free_disk_space_in_mb": 900_000}, Applicability.MINIMUM_DISK_SPACE_NOT_MET),
        ({"minimum_memory_in_mb": 16_384}, None),
        ({"minimum_memory_in_mb": 16_385}, Applicability.MINIMUM_PHYSICAL_MEMORY_NOT_MET),
        ({"minimum_cpu_speed_in_mhz": 2_400}, None),
        ({"minimum_cpu_speed_in_mhz": 2_401}, Applicability.MINIMUM_CPU_SPEED_NOT_MET),
        ({"minimum_number_of_processors": 8}, None),
        ({"minimum_number_of_processors": 9}, Applicability.MINIMUM_LOGICAL_PROCESSOR_COUNT_NOT_MET),
    ],
)
def test_limits(stage, fields, unmet):
    """Every limit has its code, and exactly meeting it is enough."""
    assert (unmet or Applicability.APPLICABLE) is _applicability(stage, **fields)


def _registry(name):
    return RegistryRule(rule_type=RuleType.REQUIREMENT, key_path=r"HKLM\SOFTWARE\Microsoft", value_name=name)


@pytest.mark.parametrize(
    ("rule", "unmet"),
    [
        (_registry(""), None),
        (_registry("Missing"), Applicability.REGISTRY_REQUIREMENT_RULE_NOT_MET),
        (
            FileSystemRule(rule_type=RuleType.REQUIREMENT, path=r"C:\Windows", file_or_folder_name="none"),
            Applicability.FILE_SYSTEM_REQUIREMENT_RULE_NOT_MET,
        ),
        (
            FileSystemRule(
                rule_type=RuleType.REQUIREMENT,
                path=r"C:\Windows",
                file_or_folder_name="System32",
                operation_type=FileSystemOperation.CREATED_DATE,
                operator=Operator.EQUAL,
                comparison_value="tomorrow",
            ),
            Applicability.REQUIREMENTS_NOT_MET,
        ),
        (
            RegistryRule(rule_type=RuleType.REQUIREMENT, key_path="nowhere", operation_type=RegistryOperation.EXISTS),
            Applicability.REQUIREMENTS_NOT_MET,
        ),
        (
            ProcessRule(rule_type=RuleType.REQUIREMENT, process_name="none.exe"),
            Applicability.REQUIREMENTS_NOT_MET,
        ),
    ],
)
def test_extended_rules(stage, rule, unmet):
    """Every kind of requirement rule has its code."""
    assert (unmet or Applicability.APPLICABLE) is _applicability(stage, rule)


def test_not_applicable_app(stage):
    """An app that does not apply is detected once, reported as not applicable, and left alone (observed)."""
    app = stage.require(minimum_memory_in_mb=99_999)
    stage.sync()
    status = stage.device.status(app)
    assert (ResultantAppState.NOT_APPLICABLE, ComplianceState.NOT_INSTALLED) == (status.state, status.compliance)
    fields = stage.tenant.reports[-1].fields
    assert (-1, 0, 1003, None) == tuple(
        fields[name] for name in ("ResultantAppState", "DesiredState", "ApplicabilityState", "EnforcementState")
    )
    assert [] == stage.toasts


def test_detected_app_whose_requirements_are_not_met(stage):
    """An app that is there counts as applicable (seen)."""
    app = stage.require(RegistryRule(key_path=r"HKLM\SOFTWARE\Microsoft"), minimum_memory_in_mb=99_999)
    stage.sync()
    status = stage.device.status(app)
    assert (Applicability.APPLICABLE, ResultantAppState.INSTALLED) == (status.applicability, status.state)
    line = "has applicability state: MinimumPhysicalMemoryNotMet but is detected or has NotPresent desired state."
    assert any(line in text for text in stage.lines())


def test_users_app_for_the_device(stage):
    """A user's app that targets the device is never evaluated (observed)."""
    experience = InstallExperience(run_as_account=RunAsAccount.USER)
    app = stage.require(install_experience=experience)
    stage.sync()
    status = stage.device.status(app)
    assert Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON is status.applicability
    assert ComplianceState.UNKNOWN is status.compliance
    assert [] == stage.texts("detection")
    assert any("[Win32Apps] App policy with id" in line and "userless check-in" in line for line in stage.lines())


def test_lines(stage):
    """The lines are those of real devices."""
    app = stage.require(
        allowed_architectures=frozenset({X64, X86}),
        minimum_supported_windows_release="Windows11_23H2",
        minimum_free_disk_space_in_mb=500,
    )
    stage.sync("1 min")
    lines = stage.lines()
    free = stage.machine.files.free_space_mb()
    for line in (
        "[Win32App] Found native machine from WoW64 process: 34404",
        (
            "[Win32App] RequiredOSArchitecture: 96,is64BitOperatingSystem: True,AllowedArchitectures: X64, X86,"
            "applicability: ApplicableBuild: 22631."
        ),
        (
            "[Win32App] applicationRequirementMetadata expected version: 10.0.22631, client version: 10.0.22631, "
            "applicability: Applicable."
        ),
        "[Win32App] applicationRequirementMetadata.RequiredMemory is , skip check.",
        "[Win32App] applicationRequirementMetadata.RequiredCPUSpeed is , skip check.",
        "[Win32App] applicationRequirementMetadata.MinimumNumberOfProcessors is , skip check.",
        (
            f"[Win32App][ApplicabilityActionHandler] Applicability check for policy with id: {app.id} resulted in "
            "action status: Success and applicability state: Applicable."
        ),
    ):
        assert line in lines
    assert any(f"RequiredFreespace: 500, availableFreeSpaceInMB: {free}"[:45] in line for line in lines)


@pytest.mark.parametrize(
    ("applicability", "words"),
    [
        (Applicability.PROCESSOR_ARCHITECTURE_NOT_APPLICABLE, "for arm64 only, and this machine is x64"),
        (Applicability.MINIMUM_OS_VERSION_NOT_MET, "needs Windows 20H2"),
        (Applicability.MINIMUM_DISK_SPACE_NOT_MET, "needs 1 MB of free"),
        (Applicability.MINIMUM_PHYSICAL_MEMORY_NOT_MET, "needs 2 MB of memory"),
        (Applicability.MINIMUM_CPU_SPEED_NOT_MET, "needs 3 MHz"),
        (Applicability.MINIMUM_LOGICAL_PROCESSOR_COUNT_NOT_MET, "needs 4 processors"),
        (Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON, "Assign it to users"),
        (Applicability.SCRIPT_REQUIREMENT_RULE_NOT_MET, "requirement rule"),
    ],
)
def test_words(stage, applicability, words):
    """Every reason can be said in words."""
    app = stage.publish(
        allowed_architectures=frozenset({ARM64}),
        minimum_supported_windows_release="20H2",
        minimum_free_disk_space_in_mb=1,
        minimum_memory_in_mb=2,
        minimum_cpu_speed_in_mhz=3,
        minimum_number_of_processors=4,
    )
    assert words in describe_unmet(app, applicability, stage.machine)
