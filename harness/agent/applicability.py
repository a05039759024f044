"""Whether an app may be installed on this machine: release, architecture, disk, memory, processors, then its rules.

Source of the codes: public admin scripts that read `ComplianceStateMessage`; of the log lines and their order: logs of
real devices. Lines for limits that are not met were not seen; they follow those that are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.agent.contexts import CheckInSession, InstallContext
from harness.agent.evaluation import evaluate_requirement
from harness.agent.findings import Finding
from harness.agent.toolbox import Toolbox
from harness.formats import wirenumbers as wire
from harness.machine.ports import Machine
from harness.model.apps import Win32App
from harness.model.rules import FileSystemRule, PowerShellScriptRule, RegistryRule, Rule
from harness.model.states import Applicability
from harness.model.windows import WINDOWS_RELEASES, Architecture, MachineFacts

__all__ = ["Requirements", "check_requirements", "describe_unmet"]

#: `IMAGE_FILE_MACHINE_*`, as IsWow64Process2 gives them.
_NATIVE_MACHINES = {Architecture.X86: 332, Architecture.X64: 34404, Architecture.ARM64: 43620}
_ARCHITECTURE_WORDS = {Architecture.ARM64: "Arm64", Architecture.X64: "X64", Architecture.X86: "X86"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What the applicability check found.

    Attributes:
        applicability: applicable, or the first requirement that is not met.
        reason: that in words, for people.
        findings: of the extended rules that were evaluated.
    """

    applicability: Applicability
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def are_met(self) -> bool:
        """Whether the app may be installed."""
        return self.applicability is Applicability.APPLICABLE


async def check_requirements(
    app: Win32App, tools: Toolbox, context: InstallContext, session: CheckInSession
) -> Requirements:
    """Check everything an app asks of a machine, up to the first thing that is not met.

    Raises:
        NotEmulated: if a script's result is not declared.
    """
    result = _check_facts(app, tools)
    if result.are_met:
        result = await _check_rules(app, tools, context, session.user_context)
    word = "Applicable" if result.are_met else "NotApplicable"
    tools.log.workload(
        f"[Win32App][ApplicabilityActionHandler] Applicability check for policy with id: {app.id} resulted in action "
        f"status: Success and applicability state: {word}."
    )
    text = f"{app.display_name}: requirements met" if result.are_met else f"{app.display_name}: {result.reason}"
    tools.tell("requirements", text, app_id=app.id, applicability=result.applicability.wire_name)
    return result


def _check_facts(app: Win32App, tools: Toolbox) -> Requirements:
    """Compare the built-in requirements with the machine's facts, in the order of the log."""
    facts = tools.machine.facts
    if facts.is_64_bit:
        tools.log.workload(
            f"[Win32App] Found native machine from WoW64 process: {_NATIVE_MACHINES[facts.architecture]}", 3
        )
    for check in (_check_architecture, _check_release):
        result = check(app, tools)
        if not result.are_met:
            return result
    for limit in _limits(app, tools):
        if limit.wanted is None:
            tools.log.workload(f"[Win32App] applicationRequirementMetadata.{limit.name} is , skip check.")
            continue
        applicability = Applicability.APPLICABLE if limit.found >= limit.wanted else limit.unmet
        tools.log.workload(
            f"[Win32App] applicationRequirementMetadata {limit.name}: {limit.wanted}, {limit.found_words}, "
            f"applicability: {applicability.wire_name}."
        )
        if applicability is not Applicability.APPLICABLE:
            reason = f"needs {limit.words.format(limit.wanted)}, this machine has {limit.words.format(limit.found)}"
            return Requirements(applicability=applicability, reason=reason)
    return Requirements(applicability=Applicability.APPLICABLE)


def _check_architecture(app: Win32App, tools: Toolbox) -> Requirements:
    facts, mask = tools.machine.facts, _mask(app)
    if mask in (0, 3):
        tools.log.workload("[Win32App] applicationRequirementMetadata.RequiredOSArchitecture is 0 or 3, skip check.")
        return Requirements(applicability=Applicability.APPLICABLE)
    # In the older encoding too, "x86" means a 32-bit Windows and not "can run x86" (inferred from the portal's words).
    wanted = app.allowed_architectures or app.applicable_architectures or frozenset()
    is_met = facts.architecture in wanted
    applicability = Applicability.APPLICABLE if is_met else Applicability.PROCESSOR_ARCHITECTURE_NOT_APPLICABLE
    if app.allowed_architectures is not None:
        names = ", ".join(word for one, word in _ARCHITECTURE_WORDS.items() if one in wanted)
        how = f"AllowedArchitectures: {names}"
    else:
        how = f"isArm64: {facts.architecture is Architecture.ARM64}"
    tools.log.workload(
        f"[Win32App] RequiredOSArchitecture: {mask},is64BitOperatingSystem: {facts.is_64_bit},{how},"
        f"applicability: {applicability.wire_name}Build: {facts.build}."
    )
    expected = " or ".join(sorted(wanted))
    reason = "" if is_met else f"is for {expected} only, this machine is {facts.architecture}"
    return Requirements(applicability=applicability, reason=reason)


def _check_release(app: Win32App, tools: Toolbox) -> Requirements:
    release, facts = app.minimum_supported_windows_release, tools.machine.facts
    if release is None:
        tools.log.workload("[Win32App] applicationRequirementMetadata.MinimumWindows10BuildNumer is empty, skip check.")
        return Requirements(applicability=Applicability.APPLICABLE)
    build = WINDOWS_RELEASES[release]
    is_met = facts.build >= build
    applicability = Applicability.APPLICABLE if is_met else Applicability.MINIMUM_OS_VERSION_NOT_MET
    tools.log.workload(
        f"[Win32App] applicationRequirementMetadata expected version: 10.0.{build}, client version: "
        f"{facts.os_version}, applicability: {applicability.wire_name}."
    )
    reason = "" if is_met else f"needs Windows {release} (10.0.{build}), this machine has {facts.os_version}"
    return Requirements(applicability=applicability, reason=reason)


@dataclass(frozen=True, slots=True)
class _Limit:
    name: str
    wanted: int | None
    found: int
    found_words: str
    words: str
    unmet: Applicability


def _limits(app: Win32App, tools: Toolbox) -> Iterator[_Limit]:
    facts: MachineFacts = tools.machine.facts
    free = tools.machine.files.free_space_mb("C:")
    yield _Limit(
        "RequiredFreespace",
        app.minimum_free_disk_space_in_mb,
        free,
        f"availableFreeSpaceInMB: {free} on Drive C:\\",
        "{} MB of free disk space",
        Applicability.MINIMUM_DISK_SPACE_NOT_MET,
    )
    yield _Limit(
        "RequiredMemory",
        app.minimum_memory_in_mb,
        facts.memory_mb,
        f"physicalMemoryInMB: {facts.memory_mb}",
        "{} MB of memory",
        Applicability.MINIMUM_PHYSICAL_MEMORY_NOT_MET,
    )
    yield _Limit(
        "RequiredCPUSpeed",
        app.minimum_cpu_speed_in_mhz,
        facts.cpu_speed_mhz,
        f"cpuSpeedInMHz: {facts.cpu_speed_mhz}",
        "{} MHz",
        Applicability.MINIMUM_CPU_SPEED_NOT_MET,
    )
    yield _Limit(
        "MinimumNumberOfProcessors",
        app.minimum_number_of_processors,
        facts.processors,
        f"numberOfProcessors: {facts.processors}",
        "{} processors",
        Applicability.MINIMUM_LOGICAL_PROCESSOR_COUNT_NOT_MET,
    )


async def _check_rules(
    app: Win32App, tools: Toolbox, context: InstallContext, user: InstallContext | None
) -> Requirements:
    if not app.requirement_rules:
        return Requirements(applicability=Applicability.APPLICABLE)
    tools.log.workload("[Win32App] ProcessRequirementRules starts")
    tools.log.workload("[Win32App] ProcessRequirementRules Parsing InstallEx...")
    findings: list[Finding] = []
    for rule in app.requirement_rules:
        finding = await evaluate_requirement(rule, app, tools, context, user)
        findings += [finding] if finding else []
        if finding is None or not finding.is_met:
            reason = str(finding) if finding else "a requirement script needs a signed-in user, and there is none"
            return Requirements(
                applicability=_unmet(rule, finding), reason=f"requirement {reason}", findings=tuple(findings)
            )
    return Requirements(applicability=Applicability.APPLICABLE, findings=tuple(findings))


def _unmet(rule: Rule, finding: Finding | None) -> Applicability:
    """Return the code of a rule that does not hold; observed: unreadable script output is plain "not met"."""
    if finding and (finding.is_unreadable or finding.problem):
        return Applicability.REQUIREMENTS_NOT_MET
    match rule:
        case RegistryRule():
            return Applicability.REGISTRY_REQUIREMENT_RULE_NOT_MET
        case FileSystemRule():
            return Applicability.FILE_SYSTEM_REQUIREMENT_RULE_NOT_MET
        case PowerShellScriptRule():
            return Applicability.SCRIPT_REQUIREMENT_RULE_NOT_MET
        case _:
            return Applicability.REQUIREMENTS_NOT_MET


def _mask(app: Win32App) -> int:
    """Return `RequiredOSArchitecture` as it crossed the wire."""
    if app.allowed_architectures is not None:
        return sum(wire.ARCHITECTURES[one] for one in app.allowed_architectures)
    return sum(wire.OLD_ARCHITECTURES[one] for one in app.applicable_architectures or ())


def describe_unmet(app: Win32App, applicability: Applicability, machine: Machine) -> str:
    """Say in words why an app does not apply to a machine."""
    facts, free = machine.facts, machine.files.free_space_mb("C:")
    architectures = " or ".join(sorted(app.allowed_architectures or app.applicable_architectures or ()))
    release = app.minimum_supported_windows_release
    disk, memory = app.minimum_free_disk_space_in_mb, app.minimum_memory_in_mb
    speed, processors = app.minimum_cpu_speed_in_mhz, app.minimum_number_of_processors
    texts = {
        Applicability.PROCESSOR_ARCHITECTURE_NOT_APPLICABLE: (
            f"The app is for {architectures} only, and this machine is {facts.architecture}."
        ),
        Applicability.MINIMUM_OS_VERSION_NOT_MET: (
            f"The app needs Windows {release} or newer, and this machine has build {facts.build}."
        ),
        Applicability.MINIMUM_DISK_SPACE_NOT_MET: (
            f"The app needs {disk} MB of free disk space, and {free} MB are free."
        ),
        Applicability.MINIMUM_PHYSICAL_MEMORY_NOT_MET: (
            f"The app needs {memory} MB of memory, and there are {facts.memory_mb} MB."
        ),
        Applicability.MINIMUM_CPU_SPEED_NOT_MET: (
            f"The app needs {speed} MHz, and the processor has {facts.cpu_speed_mhz} MHz."
        ),
        Applicability.MINIMUM_LOGICAL_PROCESSOR_COUNT_NOT_MET: (
            f"The app needs {processors} processors, and there are {facts.processors}."
        ),
        Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON: (
            "The app installs in the user's context but is assigned to the device, whose check-in has no user. "
            "Assign it to users, or install it in the system context."
        ),
    }
    return texts.get(applicability, "A requirement rule does not hold.")
