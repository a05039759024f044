"""From states to reports: what is logged about a change, shown in the Company Portal, and sent to the service.

The report is the reporting state the agent logs (verbatim samples exist). How it is uploaded is not known: ours is a
JSON array of these reports, each with two more fields, `UserId` and `UpdatedTimeUTC`. Reports that did not change are
held back until a full sync (seen).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from harness.agent.appstate import AppState, RebootStatus
from harness.agent.contexts import CheckInSession
from harness.agent.ids import draw_guid
from harness.agent.registryvalues import to_wire_time
from harness.agent.toolbox import Toolbox
from harness.formats.statemessages import Change, ReportingState, write_report, write_report_delta
from harness.model.assignments import InstallIntent
from harness.model.states import (
    Applicability,
    DetectionState,
    EnforcementState,
    ResultantAppState,
    as_signed,
)

__all__ = ["Reporter", "report_of"]

_DETECTION_WORDS = {
    DetectionState.DETECTED: "Installed",
    DetectionState.NOT_DETECTED: "NotInstalled",
    DetectionState.NOT_COMPUTED: "NotComputed",
}


def report_of(state: AppState) -> ReportingState:
    """Return the reporting state of an app."""
    is_detection_error = state.enforcement is None and state.error_code is not None
    return ReportingState(
        application_id=state.app_id,
        resultant_app_state=state.resultant,
        can_generate_enforcement_state=state.enforcement is not None,
        desired_state=state.desired,
        detection_state=state.detection,
        detection_error_occurred=is_detection_error,
        detection_error_code=state.error_code if is_detection_error else None,
        applicability_state=state.applicability,
        enforcement_state=state.enforcement,
        enforcement_error_code=None if is_detection_error else state.error_code,
        targeting_type=state.target_type,
        install_context=state.install_context,
        intent=state.intent or InstallIntent.REQUIRED,
        internal_version=state.version,
        detected_identity_version=state.detected_version,
    )


class Reporter:
    """Keeps states, logs how they change, and sends them."""

    def __init__(self, tools: Toolbox) -> None:
        self._tools = tools
        self._written: dict[tuple[str, str], tuple[AppState | None, str]] = {}

    def update(self, old: AppState, new: AppState, step: str) -> AppState:
        """Write a state that has moved on, and say so.

        Args:
            old: the state before.
            new: the state now.
            step: what moved it: `Detection`, `Applicability`, `Download`, `Execution`.

        Returns:
            The new state with its time.
        """
        tools, state = self._tools, replace(new, updated_at=self._tools.now())
        tools.store.save(state)
        before, after = _reported(old), _reported(new)
        changes = {name: Change(old=before[name], new=after[name]) for name in after if before[name] != after[name]}
        if changes:
            tools.log.workload(
                f"[Win32App][ReportingManager] {step} state for app with id: {state.app_id} has been updated. "
                f"Report delta: {write_report_delta(changes)}"
            )
        if (old.enforcement, old.error_code) != (new.enforcement, new.error_code):
            self._tell(state)
        return state

    def log_loaded(self, user_id: str, app_ids: Sequence[str]) -> None:
        """Log what is known of apps from before, as the agent does when it begins."""
        log = self._tools.log.workload
        for app_id in app_ids:
            state = self._tools.store.load(user_id, app_id)
            if state is not None:
                log(
                    f"[Win32App][ReportingManager] App with id: {app_id} and prior AppAuthority: V3 has been loaded "
                    f"and reporting state initialized. ReportingState: {self._report(state)}"
                )
        full = self._tools.store.full_sync_time(user_id)
        if full is not None:
            is_over = full + self._tools.settings.full_report_interval <= self._tools.now()
            log(
                f"[Win32App][ReportingCacheManager] Found a full sync time: {to_wire_time(full)} for user: {user_id}, "
                f"which is {'' if is_over else 'not '}expired."
            )

    def tell_company_portal(self, state: AppState) -> None:
        """Write what the Company Portal shows."""
        tools = self._tools
        report = self._report(state)
        tools.log.workload(f"[Win32App][ReportingManager] Sending status to company portal based on report: {report}")
        if status := _portal_status(state):
            tools.store.save_status(state.user_id, state.app_id, status)
            tools.log.workload(
                f"[Win32App][StatusServiceReportsStore] Saved AppInstallStatusReport for user {state.user_id} "
                f"for app {state.app_id} in the StatusServiceReports registry."
            )
        tools.log.workload(
            f"[Win32App][RealTimeStatusManager] Not sending status update for user with id: {state.user_id} and app: "
            f"{state.app_id} because there is currently no subscriber for status updates."
        )

    def send(self, states: Sequence[AppState], session: CheckInSession) -> None:
        """Send the reports that changed, or all when a full sync is due; what is not taken is sent next time."""
        tools, user_id, now = self._tools, session.user_id, self._tools.now()
        reports = {state.app_id: self._report(state) for state in states}
        last_full = tools.store.full_sync_time(user_id)
        is_full = last_full is None or not last_full <= now < last_full + tools.settings.full_report_interval
        changed = {
            app_id: report
            for app_id, report in reports.items()
            if is_full or tools.store.cached_report(user_id, app_id) != report
        }
        self._log_unchanged(user_id, [report for app_id, report in reports.items() if app_id not in changed])
        if not changed or not self._upload(list(changed.values()), session):
            return
        for app_id, report in changed.items():
            tools.store.cache_report(user_id, app_id, report)
        if is_full:
            tools.store.set_full_sync_time(user_id, now)

    def _report(self, state: AppState) -> str:
        """Return the JSON of a report; that of an unchanged state is kept."""
        key = (state.user_id, state.app_id)
        known, text = self._written.get(key, (None, ""))
        if known is not state:
            text = write_report(report_of(state))
            self._written[key] = (state, text)
        return text

    def _upload(self, reports: list[str], session: CheckInSession) -> bool:
        """Send reports; return whether the service took them."""
        tools, log = self._tools, self._tools.log.workload
        at = tools.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        extra = {"UserId": session.user_id, "UpdatedTimeUTC": at}
        payload = json.dumps([{**json.loads(report), **extra} for report in reports], separators=(",", ":"))
        guid = draw_guid(tools.seed, "results", tools.now())
        joined = f"[{','.join(reports)}]"
        log(f"[Win32App][ReportingCacheManager] Sending reports for user with id: {session.user_id}. Reports: {joined}")
        log(f"[Win32App] Win32AppResults count: {len(reports)}, size {len(payload)}")
        log(f"[Win32App] Reporting app results from 0 to {len(reports) - 1}...")
        log(f"[Win32App] Sending results to service. session Guid: {guid}")
        log(f"[Win32App] Sending results to service. session RequestPayload: {payload}")
        try:
            tools.gateway.send_results(payload)
        except (ConnectionError, TimeoutError) as error:
            log(f"[Win32App] Failed to send results to service: {error}", 3)
            tools.tell("report not sent", f"{len(reports)} reports are not taken: {error}", count=len(reports))
            return False
        log(f"[Win32App] Got result with session id {guid}. RequestContentType: Acknowledge")
        log("[Win32App] Results are successfully sent. ack result is []")
        sent = f"{len(reports)} report{'' if len(reports) == 1 else 's'} sent"
        tools.tell("report sent", sent, count=len(reports), user_id=session.user_id)
        return True

    def _log_unchanged(self, user_id: str, reports: list[str]) -> None:
        if reports:
            self._tools.log.workload(
                f"[Win32App][ReportingCacheManager] Found unchanged cached reports for user with id: {user_id}. These "
                "reports will not be sent to the service until they change or during a full sync. "
                f"Reports: [{','.join(reports)}]"
            )

    def _tell(self, state: AppState) -> None:
        word = state.enforcement.wire_name if state.enforcement else "nothing attempted"
        code = None if state.error_code is None else f"0x{state.error_code:08X}"
        self._tools.tell(
            "state",
            f"{state.name}: {word}{f', {code}' if code else ''}",
            app_id=state.app_id,
            user_id=state.user_id,
            enforcement=state.enforcement.wire_name if state.enforcement else None,
            error_code=state.error_code,
        )


def _reported(state: AppState) -> dict[str, str | int | None]:
    """Return the fields that deltas name (seen), as they write them."""
    enforcement, code = state.enforcement, state.error_code
    is_ended = enforcement not in (
        None,
        EnforcementState.IN_PROGRESS,
        EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED,
    )
    return {
        "DetectionState": _DETECTION_WORDS[state.detection],
        "DetectedIdentityVersion": state.detected_version,
        "ApplicabilityState": state.applicability.wire_name,
        "EnforcementState": enforcement.wire_name if enforcement else None,
        "EnforcementErrorCode": as_signed(code or 0) if is_ended else None,
    }


def _portal_status(state: AppState) -> int | None:
    """Return the number in the StatusServiceReports key (seen); None where the Company Portal shows nothing."""
    if state.applicability is not Applicability.APPLICABLE:
        return 2000
    if state.reboot is not RebootStatus.CLEAN:
        return 1004 if state.is_detected else 1003
    return {
        ResultantAppState.INSTALLED: 1000,
        ResultantAppState.PENDING_INSTALL: 1001,
        ResultantAppState.FAILED: 3000,
        ResultantAppState.UNINSTALL_FAILED: 3000,
    }.get(state.resultant)
