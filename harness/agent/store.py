r"""What the agent remembers: its registry keys, typed. What is not here is forgotten at a restart.

The layout is that of real devices (public admin scripts, `Win32Apps\<user>\<app>_<version>` and its two messages):

    Win32Apps\<user>\<app>_<version>          ExitCode, Intent, LastUpdatedTimeUtc, RebootStatus
        \ComplianceStateMessage               ComplianceStateMessage: JSON
        \EnforcementStateMessage              EnforcementStateMessage: JSON
    Win32Apps\<user>\GRS\<hash>               see harness.agent.retries
    Win32Apps\OperationalState\<user>\<app>   DownloadStartTime, ExecutionStatus; ours: AppName, Attempts,
                                              RequestedIntent
    Win32Apps\Reporting\<user>                ours: FullSyncTimeUTC, and ReportCache below each app
    SideCarPolicies\StatusServiceReports\<user>\<app>   Status
    Win32AppSettings                          LastEvaluationCheckInTimeUTC; ours: PendingRestart,
                                              StartDeadlineSchedule

Names marked as ours hold what must survive a restart and whose real place is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from harness.agent.appstate import AppState, RebootStatus
from harness.agent.pendingrestart import PendingRestart, read_pending_restart, write_pending_restart
from harness.agent.registryvalues import ROOT, RegistryValues
from harness.errors import FormatError
from harness.formats import wirenumbers as wire
from harness.formats.statemessages import (
    ComplianceStateMessage,
    EnforcementStateMessage,
    read_compliance_message,
    read_enforcement_message,
    write_compliance_message,
    write_enforcement_message,
)
from harness.machine.ports import Registry
from harness.model.assignments import InstallIntent
from harness.model.states import ComplianceState, DetectionState

__all__ = ["AgentStore"]

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COMPLIANCE, _ENFORCEMENT = "ComplianceStateMessage", "EnforcementStateMessage"
_DETECTIONS = {
    ComplianceState.INSTALLED: DetectionState.DETECTED,
    ComplianceState.NOT_INSTALLED: DetectionState.NOT_DETECTED,
}
_INTENTS = {number: intent for intent, number in wire.INTENTS.items()}
#: What a user can ask for, in the numbers of `Intent`.
_INSTALL, _UNINSTALL = wire.INTENTS[InstallIntent.AVAILABLE], wire.INTENTS[InstallIntent.UNINSTALL]


class AgentStore:
    """Reads and writes the agent's keys of one machine."""

    def __init__(self, registry: Registry) -> None:
        root = RegistryValues(registry, ROOT)
        self.apps = root.child("Win32Apps")
        self.settings = root.child("Win32AppSettings")
        self.overrides = root.child("Settings")
        self._operational = self.apps.child("OperationalState")
        self._reporting = self.apps.child("Reporting")
        self._status = root.child(r"SideCarPolicies\StatusServiceReports")
        # Reading JSON again that has not changed is most of what an idle check-in would do.
        self._read_before: dict[tuple[str, str], tuple[tuple[object, ...], AppState]] = {}

    # App states

    def load(self, user_id: str, app_id: str) -> AppState | None:
        """Return what is known of an app for a user; None when it was never looked at."""
        _, known = self._read_before.get((user_id, app_id), (None, None))
        if known is not None:
            key = self.apps.child(user_id).child(f"{app_id}_{known.version}")
            if key.exists():
                return self._read(user_id, app_id, known.version, key)
        for name in self.apps.child(user_id).names():
            found, _, version = name.rpartition("_")
            if found.casefold() == app_id.casefold() and version.isdecimal():
                return self._read(user_id, found, int(version), self.apps.child(user_id).child(name))
        return None

    def save(self, state: AppState) -> None:
        """Write what is known of an app; keys of its other versions go."""
        user, wanted = self.apps.child(state.user_id), f"{state.app_id}_{state.version}"
        for name in user.names():
            if name.rpartition("_")[0].casefold() == state.app_id.casefold() and name.casefold() != wanted.casefold():
                user.child(name).delete()
        key = user.child(wanted)
        key.set("ExitCode", state.exit_code)
        key.set("Intent", wire.INTENTS[state.intent] if state.intent else None)
        key.set("LastUpdatedTimeUtc", state.updated_at)
        key.set("RebootStatus", state.reboot.value)
        key.child(_COMPLIANCE).set(_COMPLIANCE, _compliance_of(state))
        if state.enforcement is None:
            key.child(_ENFORCEMENT).delete()
        else:
            key.child(_ENFORCEMENT).set(_ENFORCEMENT, _enforcement_of(state))
        operational = self._operational.child(state.user_id).child(state.app_id)
        operational.set("AppName", state.name or None)
        operational.set("Attempts", state.attempts)
        if state.enforcement is not None:
            operational.set("ExecutionStatus", "InProgress" if state.is_under_way else "Completed")

    def states(self) -> Iterator[AppState]:
        """Yield everything known, user by user."""
        for user_id in self.apps.names():
            if _GUID.fullmatch(user_id):
                for name in self.apps.child(user_id).names():
                    app_id, _, version = name.rpartition("_")
                    if _GUID.fullmatch(app_id) and version.isdecimal():
                        yield self._read(user_id, app_id, int(version), self.apps.child(user_id).child(name))

    def _read(self, user_id: str, app_id: str, version: int, key: RegistryValues) -> AppState:
        """Put a state together; a message that does not read counts as missing."""
        operational = self._operational.child(user_id).child(app_id)
        compliance, enforcement = (key.child(name).text(name) for name in (_COMPLIANCE, _ENFORCEMENT))
        values, own = key.values(), operational.values()
        raw = (version, compliance, enforcement, values, own)
        before, known = self._read_before.get((user_id, app_id), ((), None))
        if known is not None and before == raw:
            return known
        reboot = key.text("RebootStatus")
        state = AppState(
            user_id=user_id,
            app_id=app_id,
            version=version,
            name=operational.text("AppName") or "",
            intent=_INTENTS.get(key.number("Intent") or 0),
            exit_code=key.number("ExitCode"),
            attempts=operational.number("Attempts") or 0,
            reboot=RebootStatus(reboot) if reboot in list(RebootStatus) else RebootStatus.CLEAN,
            updated_at=key.moment("LastUpdatedTimeUtc"),
        )
        state = _with_enforcement(_with_compliance(state, compliance), enforcement)
        self._read_before[user_id, app_id] = (raw, state)
        return state

    # What the user asked for

    def request(self, user_id: str, app_id: str, *, uninstall: bool) -> None:
        """Note that a user wants an app installed or removed."""
        self._operational.child(user_id).child(app_id).set("RequestedIntent", _UNINSTALL if uninstall else _INSTALL)

    def settle_request(self, user_id: str, app_id: str) -> None:
        """Forget what the user asked for, because it is done."""
        self._operational.child(user_id).child(app_id).set("RequestedIntent", None)

    def requests(self, user_id: str) -> dict[str, bool]:
        """Return the apps a user asked for; True for those to be removed."""
        user = self._operational.child(user_id)
        found = {name: user.child(name).number("RequestedIntent") for name in user.names()}
        return {name: number == _UNINSTALL for name, number in found.items() if number is not None}

    # Downloads

    def set_download_started(self, user_id: str, app_id: str, moment: datetime | None) -> None:
        """Note when a download was started; None when it is done."""
        self._operational.child(user_id).child(app_id).set("DownloadStartTime", moment)

    # Reports

    def cached_report(self, user_id: str, app_id: str) -> str | None:
        """Return the report that the service has already got."""
        return self._reporting.child(user_id).child(app_id).text("ReportCache")

    def cache_report(self, user_id: str, app_id: str, report: str) -> None:
        """Note which report the service has got."""
        self._reporting.child(user_id).child(app_id).set("ReportCache", report)

    def full_sync_time(self, user_id: str) -> datetime | None:
        """Return when all reports of a user were last sent, changed or not."""
        return self._reporting.child(user_id).moment("FullSyncTimeUTC")

    def set_full_sync_time(self, user_id: str, moment: datetime) -> None:
        """Note when all reports of a user were sent."""
        self._reporting.child(user_id).set("FullSyncTimeUTC", moment)

    def save_status(self, user_id: str, app_id: str, status: int) -> None:
        """Write what the Company Portal reads."""
        self._status.child(user_id).child(app_id).set("Status", status)

    # The agent itself

    def check_in_interval_override(self) -> int | None:
        r"""Return the seconds between check-ins that somebody has set on this machine (`Settings\Interval`)."""
        text = self.overrides.text("Interval")
        number = int(text) if text and text.isdecimal() else self.overrides.number("Interval")
        return number if number and number > 0 else None

    def pending_restart(self) -> PendingRestart | None:
        """Return the restart that is being counted down."""
        text = self.settings.text("PendingRestart")
        try:
            return read_pending_restart(text) if text else None
        except FormatError:
            return None

    def set_pending_restart(self, pending: PendingRestart | None) -> None:
        """Note the restart that is being counted down; None when there is none."""
        self.settings.set("PendingRestart", write_pending_restart(pending) if pending else None)

    def start_deadline_schedule(self) -> list[datetime]:
        """Return the start times and deadlines at which a check-in is due."""
        try:
            found = json.loads(self.settings.text("StartDeadlineSchedule") or "[]")
            return sorted(datetime.fromisoformat(text) for text in found)
        except (ValueError, TypeError):
            return []

    def set_start_deadline_schedule(self, moments: list[datetime]) -> None:
        """Note the start times and deadlines at which a check-in is due."""
        texts = [moment.isoformat() for moment in sorted(set(moments))]
        self.settings.set("StartDeadlineSchedule", json.dumps(texts) if texts else None)


def _compliance_of(state: AppState) -> str:
    return write_compliance_message(
        ComplianceStateMessage(
            applicability=state.applicability,
            compliance_state=state.compliance,
            desired_state=state.desired,
            error_code=state.error_code if state.enforcement is None else None,
            install_context=state.install_context,
            target_type=state.target_type,
            product_version=state.detected_version,
        )
    )


def _enforcement_of(state: AppState) -> str:
    assert state.enforcement is not None
    return write_enforcement_message(
        EnforcementStateMessage(
            enforcement_state=state.enforcement,
            error_code=state.error_code,
            install_context=state.install_context,
            target_type=state.target_type,
            product_version=state.detected_version,
        )
    )


def _with_compliance(state: AppState, document: str | None) -> AppState:
    try:
        message = read_compliance_message(document or "", _COMPLIANCE)
    except FormatError:
        return state
    return replace(
        state,
        applicability=message.applicability,
        detection=_DETECTIONS.get(message.compliance_state, DetectionState.NOT_COMPUTED),
        desired=message.desired_state,
        error_code=message.error_code,
        install_context=message.install_context,
        target_type=message.target_type,
        detected_version=message.product_version,
    )


def _with_enforcement(state: AppState, document: str | None) -> AppState:
    try:
        message = read_enforcement_message(document or "", _ENFORCEMENT)
    except FormatError:
        return state
    return replace(state, enforcement=message.enforcement_state, error_code=message.error_code)
