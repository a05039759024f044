"""What the agent knows of an app, for those who watch from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.agent.appstate import AppState
from harness.model.assignments import InstallIntent
from harness.model.states import (
    Applicability,
    ComplianceState,
    DesiredState,
    DetectionState,
    EnforcementState,
    ResultantAppState,
)

__all__ = ["AppStatus", "Phase", "status_from"]


class Phase(StrEnum):
    """What is being done about an app, or what it waits for."""

    WAITING_FOR_CHECK_IN = "waiting for check-in"
    CHECKING_REQUIREMENTS = "checking requirements"
    DETECTING = "detecting"
    DOWNLOADING = "downloading"
    INSTALLING = "installing"
    VERIFYING = "verifying"
    WAITING_FOR_RETRY = "waiting for retry"
    WAITING_FOR_DEADLINE = "waiting for deadline"
    WAITING_FOR_RESTART = "waiting for restart"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppStatus:
    """How far an app is.

    Attributes:
        app_id: the app.
        name: its display name.
        user_id: whose check-in it belongs to; zeros for the device.
        intent: what is assigned; None when the agent has not seen the app.
        phase: what is being done, or what comes next.
        state: what the portal shows.
        detection: what the last detection said.
        applicability: whether the app may be installed here.
        compliance: whether it counts as there.
        enforcement_state: how far installing or removing it got; None when nothing was tried.
        error_code: what is reported beside it, unsigned; None when there is none.
        exit_code: how the installer last ended, unsigned; None when it has not.
        attempts: how often the installer was run.
        is_removal: whether the app is to be removed.
    """

    app_id: str
    name: str
    user_id: str
    intent: InstallIntent | None = None
    phase: Phase = Phase.WAITING_FOR_CHECK_IN
    state: ResultantAppState = ResultantAppState.UNKNOWN
    detection: DetectionState = DetectionState.NOT_COMPUTED
    applicability: Applicability = Applicability.APPLICABLE
    compliance: ComplianceState = ComplianceState.UNKNOWN
    enforcement_state: EnforcementState | None = None
    error_code: int | None = None
    exit_code: int | None = None
    attempts: int = 0
    is_removal: bool = False

    @property
    def words(self) -> str:
        """The status as people say it: `downloading`, `installing`, `pending restart`, `installed`, `failed`, ..."""
        match self.phase:
            case Phase.INSTALLING | Phase.VERIFYING:
                return "uninstalling" if self.is_removal else "installing"
            case Phase.DOWNLOADING | Phase.WAITING_FOR_RETRY:
                return self.phase.value
            case Phase.WAITING_FOR_RESTART:
                return "pending restart"
            case _ if self.intent is None:
                return Phase.WAITING_FOR_CHECK_IN.value
            case _:
                return self.state.label

    def __str__(self) -> str:
        code = "" if self.error_code is None else f" (0x{self.error_code:08X})"
        return f"{self.name or self.app_id}: {self.words}{code}"


def status_from(state: AppState, phases: Mapping[tuple[str, str], str]) -> AppStatus:
    """Return the status of an app from what is stored, and from what is being done right now."""
    doing = phases.get((state.user_id, state.app_id))
    return AppStatus(
        app_id=state.app_id,
        name=state.name,
        user_id=state.user_id,
        intent=state.intent,
        phase=Phase(doing) if doing else _resting_phase(state),
        state=state.resultant,
        detection=state.detection,
        applicability=state.applicability,
        compliance=state.compliance,
        enforcement_state=state.enforcement,
        error_code=state.error_code,
        exit_code=state.exit_code,
        attempts=state.attempts,
        is_removal=state.desired is DesiredState.NOT_PRESENT,
    )


def _resting_phase(state: AppState) -> Phase:
    """Return what an app waits for while nothing is done about it; after a restart, cut off work waits as well."""
    if state.waits_for_restart:
        return Phase.WAITING_FOR_RESTART
    if state.enforcement is EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED and not state.attempts:
        return Phase.WAITING_FOR_DEADLINE
    if state.is_under_way or state.updated_at is None:
        return Phase.WAITING_FOR_CHECK_IN
    return Phase.DONE
