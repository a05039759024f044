"""Running an app's rules: the detection pass, and the requirement rules of the applicability check.

All rules of a pass are evaluated and must hold; each writes its block of log lines (observed: one block a rule).
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.agent.contexts import InstallContext
from harness.agent.detection import look
from harness.agent.findings import Finding
from harness.agent.scripts import run_script_rule
from harness.agent.toolbox import Toolbox
from harness.formats import wirenumbers as wire
from harness.model.apps import Win32App
from harness.model.rules import (
    FileSystemRule,
    PowerShellScriptRule,
    ProcessRule,
    ProductCodeRule,
    RegistryRule,
    Rule,
    RuleRunAs,
)
from harness.model.states import DetectionState, ErrorCode

__all__ = ["Detection", "detect", "evaluate_requirement"]

_KINDS: dict[type[Rule], tuple[int, str]] = {
    RegistryRule: (wire.REGISTRY, "Registry"),
    ProductCodeRule: (wire.PRODUCT_CODE, "ProductCode"),
    FileSystemRule: (wire.FILE_SYSTEM, "File"),
    PowerShellScriptRule: (wire.SCRIPT, "Script"),
    ProcessRule: (wire.PROCESS, "Process"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a detection pass found.

    Attributes:
        state: detected when every rule holds; not computed when one of them cannot be evaluated.
        findings: one for every rule.
        version: the version that was found, where a rule compares versions.
        error_code: why nothing was computed.
    """

    state: DetectionState
    findings: tuple[Finding, ...] = ()
    version: str | None = None
    error_code: ErrorCode | None = None

    @property
    def is_detected(self) -> bool:
        """Whether the app is there."""
        return self.state is DetectionState.DETECTED


async def detect(app: Win32App, tools: Toolbox, context: InstallContext) -> Detection:
    """Run all detection rules of an app.

    Raises:
        NotEmulated: if a script's result is not declared.
    """
    log = tools.log.workload
    log(f"[Win32App][DetectionActionHandler] Detection running for policy with id: {app.id}.")
    log("[Win32App] ProcessDetectionRules starts")
    log("[Win32App] ProcessDetectionRules Parsing InstallEx...")
    findings = []
    for rule in app.detection_rules:
        number, manager = _KINDS[type(rule)]
        log(f"[Win32App] DetectionType {number}")
        name = f"SideCar{manager}DetectionManager"
        log(f"[Win32App] Start detectionManager {name}")
        finding = await _evaluate(rule, app, tools, context)
        log(
            f"[Win32App] detectionManager {name} got applicationDetectedByCurrentRule: {finding.is_met} "
            f"as {context.word}"
        )
        log(f"[Win32App] Completed detectionManager {name}, applicationDetectedByCurrentRule: {finding.is_met}")
        findings.append(finding)
    detection = _verdict(tuple(findings))
    status = "Failed" if detection.error_code else "Success"
    log(
        f"[Win32App][DetectionActionHandler] Detection for policy with id: {app.id} resulted in action status: "
        f"{status} and detection state: {_STATE_WORDS[detection.state]}."
    )
    _tell(app, tools, detection)
    return detection


_STATE_WORDS = {
    DetectionState.DETECTED: "Detected",
    DetectionState.NOT_DETECTED: "NotDetected",
    DetectionState.NOT_COMPUTED: "NotComputed",
}


async def evaluate_requirement(
    rule: Rule, app: Win32App, tools: Toolbox, context: InstallContext, user: InstallContext | None
) -> Finding | None:
    """Evaluate one extended requirement rule; None when its script needs a user and nobody is signed in."""
    number, kind = _KINDS[type(rule)]
    name = f"SideCar{kind}RequirementManager"
    tools.log.workload(f"[Win32App] RequirementType {number}")
    tools.log.workload(f"[Win32App] Start requirementManager {name}")
    if isinstance(rule, PowerShellScriptRule):
        runs_as = user if rule.run_as_account is RuleRunAs.USER else InstallContext()
        if runs_as is None:
            tools.log.workload(f"[Win32App] {name} needs a signed-in user, result of requirementMet: False", 2)
            return None
        context = runs_as
    finding = await _evaluate(rule, app, tools, context)
    tools.log.workload(
        f"[Win32App] requirementManager {name} got applicationDetectedByCurrentRule: {finding.is_met} as {context.word}"
    )
    tools.log.workload(
        f"[Win32App] Completed detectionManager {name}, applicationDetectedByCurrentRule: {finding.is_met}"
    )
    return finding


async def _evaluate(rule: Rule, app: Win32App, tools: Toolbox, context: InstallContext) -> Finding:
    if isinstance(rule, PowerShellScriptRule):
        return await run_script_rule(rule, app, tools, context)
    finding = look(rule, tools.machine, context.account)
    for type_, note in finding.notes:
        tools.log.workload(note, type_)
    return finding


def _verdict(findings: tuple[Finding, ...]) -> Detection:
    """Put the findings together; without any rule nothing can be detected, which Intune does not allow."""
    if not findings or any(finding.problem for finding in findings):
        return Detection(
            state=DetectionState.NOT_COMPUTED, findings=findings, error_code=ErrorCode.INVALID_DETECTION_RULE
        )
    if not all(finding.is_met for finding in findings):
        return Detection(state=DetectionState.NOT_DETECTED, findings=findings)
    return Detection(state=DetectionState.DETECTED, findings=findings, version=_version(findings))


def _version(findings: tuple[Finding, ...]) -> str | None:
    """Return the version that was found, for reports; the real agent's choice among several is not known."""
    for finding in findings:
        is_version = isinstance(finding.rule, ProductCodeRule) or (
            isinstance(finding.rule, RegistryRule | FileSystemRule) and finding.rule.operation_type.value == "version"
        )
        if is_version and finding.evidence.actual:
            return finding.evidence.actual
    return None


def _tell(app: Win32App, tools: Toolbox, detection: Detection) -> None:
    word = {
        DetectionState.DETECTED: "detected",
        DetectionState.NOT_DETECTED: "not detected",
        DetectionState.NOT_COMPUTED: "not computed",
    }[detection.state]
    rules = "; ".join(str(finding) for finding in detection.findings)
    tools.tell("detection", f"{app.display_name}: {word} ({rules or 'no rule'})", app_id=app.id, state=word)
