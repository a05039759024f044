"""Why an app is in its state, in words a packager understands: what was looked for, what was there, what would help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.agent.advice import Advice, advise
from harness.agent.applicability import describe_unmet
from harness.agent.detection import look
from harness.agent.exitcodes import describe_exit_code
from harness.agent.findings import Finding
from harness.agent.status import AppStatus, Phase
from harness.durations import format_duration
from harness.machine.ports import Machine
from harness.model.apps import RunAsAccount, Win32App
from harness.model.rules import PowerShellScriptRule, Rule, RuleType
from harness.model.states import Applicability, ErrorCode, ResultantAppState, as_hex
from harness.model.windows import SYSTEM, Account
from harness.timeline import Lane

__all__ = ["Explanation", "RuleExplanation", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExplanation:
    """One rule as it looks now.

    Attributes:
        rule: the rule.
        finding: what looking at it found; None for a script, which is not run for an explanation.
        advice: what would help; None when the rule holds or nothing near is found.
        text: all of that in words.
    """

    rule: Rule
    finding: Finding | None
    advice: Advice | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an app is in its state.

    Attributes:
        verdict: the state in one sentence.
        reasons: what it comes from, and what would help; one paragraph each.
        rules: the rules that matter for it.
    """

    verdict: str
    reasons: tuple[str, ...] = ()
    rules: tuple[RuleExplanation, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Everything, one paragraph each."""
        return (self.verdict, *self.reasons, *(rule.text for rule in self.rules))

    def __str__(self) -> str:
        return "\n".join(self.paragraphs)


def explain(app: Win32App, status: AppStatus, machine: Machine) -> Explanation:
    """Say why an app is in its state.

    The rules are looked at anew, so that this tells what is on the machine now; nothing is changed by it.
    """
    account = _account_of(app, status, machine)
    kind = RuleType.DETECTION
    rules = app.detection_rules
    if status.applicability in _RULE_NOT_MET:
        kind, rules = RuleType.REQUIREMENT, app.requirement_rules
    explained = [_explain_rule(rule, app, machine, account) for rule in rules]
    if kind is RuleType.REQUIREMENT:
        explained = [one for one in explained if one.finding is None or not one.finding.is_met]
    elif status.state is ResultantAppState.NOT_APPLICABLE or _is_not_about_detection(status):
        explained = []
    verdict = f"{app.display_name}: {status.words}"
    if status.error_code is not None:
        verdict += f" with {as_hex(status.error_code)}"
    return Explanation(verdict=f"{verdict}.", reasons=tuple(_reasons(app, status, machine)), rules=tuple(explained))


_RULE_NOT_MET = (
    Applicability.REQUIREMENTS_NOT_MET,
    Applicability.FILE_SYSTEM_REQUIREMENT_RULE_NOT_MET,
    Applicability.REGISTRY_REQUIREMENT_RULE_NOT_MET,
    Applicability.SCRIPT_REQUIREMENT_RULE_NOT_MET,
)
_DETECTION_ERRORS = (
    ErrorCode.NOT_DETECTED_AFTER_INSTALL,
    ErrorCode.STILL_DETECTED_AFTER_UNINSTALL,
    ErrorCode.INVALID_DETECTION_RULE,
)


def _is_not_about_detection(status: AppStatus) -> bool:
    return status.error_code is not None and status.error_code not in _DETECTION_ERRORS


def _reasons(app: Win32App, status: AppStatus, machine: Machine) -> Iterator[str]:
    if status.applicability is not Applicability.APPLICABLE:
        yield describe_unmet(app, status.applicability, machine)
        return
    if status.phase is Phase.WAITING_FOR_RESTART:
        yield "The machine must restart before it goes on; the agent looks again after that."
    if status.phase is Phase.WAITING_FOR_CHECK_IN:
        yield "The agent has not dealt with it yet; it does so at its next check-in, within about an hour."
    if status.phase is Phase.WAITING_FOR_RETRY:
        yield f"The installer ended with {status.exit_code}, which means: try again. The agent waits before it does."
    if status.error_code is not None:
        yield from _about_error(app, status, machine)


def _about_error(app: Win32App, status: AppStatus, machine: Machine) -> Iterator[str]:
    code = status.error_code
    verb = "uninstall" if status.is_removal else "install"
    match code:
        case ErrorCode.NOT_DETECTED_AFTER_INSTALL:
            ended = f"The installer ended with {status.exit_code}, a success"
            yield f"{ended}, but the app's detection rules do not all hold."
        case ErrorCode.STILL_DETECTED_AFTER_UNINSTALL:
            ended = f"The uninstaller ended with {status.exit_code}, a success"
            yield f"{ended}, but the app's detection rules still hold."
        case ErrorCode.INVALID_DETECTION_RULE:
            what = "A detection rule cannot be evaluated" if app.detection_rules else "The app has no detection rule"
            yield f"{what}, so the agent neither installs nor removes the app."
        case ErrorCode.INSTALL_TIMED_OUT:
            limit = format_duration(app.install_experience.max_run_time)
            yield (
                f"The {verb} command line did not end within {limit}. It may wait for somebody to answer a question "
                "that nobody sees: make it silent. If it is only slow, raise 'Installation time required'."
            )
        case int() if code in ErrorCode.__members__.values():
            yield ErrorCode(code).text
            yield from _last_text(machine, app, "download failed")
        case _ if status.exit_code is None:
            yield (
                f"The {verb} command line could not be started. It runs in the unpacked package, from a 32-bit "
                "process: check the program's name, and that it is part of the package."
            )
        case _:
            yield describe_exit_code(app, status.exit_code)


def _explain_rule(rule: Rule, app: Win32App, machine: Machine, account: Account) -> RuleExplanation:
    if isinstance(rule, PowerShellScriptRule):
        last = next(_last_text(machine, app, "detection"), "it has not run yet")
        return RuleExplanation(rule=rule, finding=None, advice=None, text=f"A script decides; when it last ran: {last}")
    finding = look(rule, machine, account)
    advice = None if finding.is_met else advise(finding, app, machine, account)
    verdict = "holds" if finding.is_met else "does not hold"
    evidence = finding.evidence
    where = f"looked for in {evidence.where}; found: {evidence.found}"
    text = f"The {rule.rule_type} rule {verdict}: {evidence.wanted}, {where}."
    if finding.problem:
        text += f" {finding.problem[0].upper()}{finding.problem[1:]}."
    if advice:
        text += f" {advice.text}"
    return RuleExplanation(rule=rule, finding=finding, advice=advice, text=text)


def _last_text(machine: Machine, app: Win32App, kind: str) -> Iterator[str]:
    """Yield what the timeline last said of an app; nothing when it did not."""
    events = [event for event in machine.timeline.of(Lane.AGENT, kind) if event.data.get("app_id") == app.id]
    if events:
        yield events[-1].text


def _account_of(app: Win32App, status: AppStatus, machine: Machine) -> Account:
    """Return as whom the rules are evaluated: the user of a user's app if they are there, SYSTEM otherwise."""
    if app.install_experience.run_as_account is RunAsAccount.SYSTEM:
        return SYSTEM
    accounts = [session.account for session in machine.sessions.signed_in()]
    return next((account for account in accounts if account.user_id == status.user_id), SYSTEM)
