"""What is to be done about an app: the agent's ActionProcessor, without side effects but its log lines.

Source: AppActionProcessor.log of real devices for the words and their order; the documented meaning of start times and
deadlines (content is downloaded at the start time, the app installed at the deadline).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from harness.agent.appstate import AppState, RebootStatus
from harness.agent.subgraphs import Subgraph
from harness.agent.toolbox import Toolbox
from harness.machine.localtime import as_utc
from harness.model.assignments import AppPolicy, InstallIntent, InstallTimeSettings
from harness.model.states import Applicability, DesiredState, DetectionState

__all__ = ["Action", "Evaluated", "decide", "desired_state", "install_times"]


class Action(StrEnum):
    """What is done about an app in this check-in."""

    NOTHING = "nothing"
    DOWNLOAD = "download"
    INSTALL = "install"
    UNINSTALL = "uninstall"
    WAIT_FOR_RESTART = "wait for restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An app after detection and applicability.

    Attributes:
        policy: the app and its assignment.
        state: where it stands.
        grs_expired: whether the global re-evaluation schedule lets it be enforced.
        is_restarted: whether the machine has restarted since the app was left waiting for that.
    """

    policy: AppPolicy
    state: AppState
    grs_expired: bool
    is_restarted: bool = False

    @property
    def is_as_desired(self) -> bool:
        """Whether nothing is left to do."""
        wanted = {
            DesiredState.PRESENT: DetectionState.DETECTED,
            DesiredState.NOT_PRESENT: DetectionState.NOT_DETECTED,
        }.get(self.state.desired)
        return wanted is self.state.detection


def desired_state(policy: AppPolicy, applicability: Applicability, *, is_detected: bool) -> DesiredState:
    """Return what the agent works towards; nothing where the app does not apply (observed)."""
    if policy.assignment.intent is InstallIntent.UNINSTALL:
        return DesiredState.NOT_PRESENT
    if applicability is not Applicability.APPLICABLE and not is_detected:
        return DesiredState.NONE
    return DesiredState.PRESENT


def install_times(policy: AppPolicy, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return start time and deadline of an assignment in UTC; None for what is not set."""
    settings = policy.assignment.install_time_settings or InstallTimeSettings()
    return _in_utc(settings.start_date_time, zone), _in_utc(settings.deadline_date_time, zone)


def decide(apps: list[Evaluated], subgraph: Subgraph, tools: Toolbox, *, is_blocked: bool) -> list[Action]:
    """Return what to do about each app of a group, in their order, and log it as the agent does.

    Args:
        apps: the apps after detection.
        subgraph: the group they are of.
        tools: the agent's.
        is_blocked: whether a hard restart must come first.
    """
    log = tools.log.actions
    for app in apps:
        _log_projection(app, subgraph, tools)
    removals = [app.policy.app.id for app in apps if app.state.desired is DesiredState.NOT_PRESENT]
    installs = [app.policy.app.id for app in apps if app.state.desired is DesiredState.PRESENT]
    head = "[Win32App][ActionProcessor]"
    removed, installed = ", ".join(removals), ", ".join(installs)
    log(f"{head} Found: {len(removals)} apps with intent to uninstall before enforcing installs: [{removed}].")
    log(f"{head} Found: {len(installs)} apps with intent to install: [{installed}].")
    log(f"{head} Found: 0 apps with intent to uninstall after enforcing installs: [].")
    actions = []
    for app in apps:
        verb = "uninstall" if app.state.desired is DesiredState.NOT_PRESENT else "install"
        log(f"{head} Evaluating {verb} enforcement actions for app with id: {app.policy.app.id}.")
        action, why = _decide_one(app, subgraph, tools, is_blocked=is_blocked)
        log(f"{head} {why.format(app.policy.app.id)}")
        actions.append(action)
    return actions


def _decide_one(app: Evaluated, subgraph: Subgraph, tools: Toolbox, *, is_blocked: bool) -> tuple[Action, str]:
    """Return the action and the log's sentence about it; the first of the cases that holds."""
    state, now = app.state, tools.now()
    removes = state.desired is DesiredState.NOT_PRESENT
    start, deadline = install_times(app.policy, tools.machine.clock.time_zone)
    is_early = not subgraph.is_requested and start is not None and now < start
    is_before_deadline = not subgraph.is_requested and deadline is not None and now < deadline
    is_idle = app.is_as_desired or state.desired is DesiredState.NONE or not subgraph.is_enforceable
    subject = f"App with id: {{}} to {'uninstall' if removes else 'install'}"
    # Seen: the first three and "is in GRS"; the others are worded like them.
    cases = (
        (
            removes and state.detection is DetectionState.NOT_DETECTED,
            Action.NOTHING,
            f"{subject} has a detection state of: NotDetected. The app will not be enforced.",
        ),
        (is_idle, Action.NOTHING, "No action required for app with id: {}."),
        (
            state.detection is DetectionState.NOT_COMPUTED,
            Action.NOTHING,
            f"{subject} has a detection state of: NotComputed. The app will not be enforced.",
        ),
        (not app.grs_expired, Action.NOTHING, f"{subject} is in GRS. The app will not be enforced."),
        (is_early, Action.NOTHING, f"{subject} has a start time in the future. The app will not be enforced."),
        (is_blocked, Action.WAIT_FOR_RESTART, f"{subject} waits for a restart. The app will not be enforced."),
        (
            is_before_deadline,
            Action.DOWNLOAD,
            f"{subject} has a deadline in the future. The app will only be downloaded.",
        ),
    )
    chosen = Action.UNINSTALL if removes else Action.INSTALL
    default = (chosen, f"{subject} has been selected for enforcement.")
    return next(((action, sentence) for holds, action, sentence in cases if holds), default)


def _log_projection(app: Evaluated, subgraph: Subgraph, tools: Toolbox) -> None:
    state, policy = app.state, app.policy
    start, deadline = install_times(policy, tools.machine.clock.time_zone)
    is_void = state.applicability is not Applicability.APPLICABLE and not state.is_detected
    classification = "NotApplicableOrNotTargeted" if is_void else "EnforcementPoint"
    zone, local = tools.machine.clock.time_zone, "Resolved local" if subgraph.is_requested else "Local"
    detection = {
        DetectionState.DETECTED: "Detected",
        DetectionState.NOT_DETECTED: "NotDetected",
        DetectionState.NOT_COMPUTED: "NotComputed",
    }[state.detection]
    desired = {DesiredState.PRESENT: "Present", DesiredState.NOT_PRESENT: "NotPresent"}.get(state.desired, "None")
    tools.log.actions(
        f"[Win32App][ActionProcessor] App with id: {policy.app.id}, "
        f"{'effective' if subgraph.is_requested else 'targeted'} intent: {_INTENT_WORDS[policy.assignment.intent]}, "
        f"and enforceability: {'Enforceable' if subgraph.is_enforceable else 'DetectOnly'} has projected enforcement "
        f"classification: {classification} with desired state: {desired}. Current state is:"
        f"\nDetection = {detection}"
        f"\nApplicability =  {'NotApplicable' if is_void else 'Applicable'}"
        f"\nReboot = {'Clean' if state.reboot is RebootStatus.CLEAN else state.reboot.value}"
        f"\n{local} start time = {_local_words(start, zone)}"
        f"\n{local} deadline time = {_local_words(deadline, zone)}"
        f"\nGRS expired = {app.grs_expired}"
    )


_INTENT_WORDS = {
    InstallIntent.REQUIRED: "RequiredInstall",
    InstallIntent.UNINSTALL: "RequiredUninstall",
    InstallIntent.AVAILABLE: "AvailableInstall",
    InstallIntent.AVAILABLE_WITHOUT_ENROLLMENT: "AvailableInstall",
}


def _local_words(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a time as .NET does in the en-US culture; the real format follows the device's locale (seen)."""
    at = moment.astimezone(zone) if moment else datetime(1, 1, 1, tzinfo=UTC)
    return f"{at.month}/{at.day}/{at.year:04} {at:%I:%M:%S %p}".replace(" 0", " ", 1)


def _in_utc(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else as_utc(moment, zone)
