"""Where an app stands for one user on this machine: the value that every step of an enforcement moves on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from harness.agent.gateway import DEVICE_USER_ID
from harness.model.apps import RunAsAccount
from harness.model.assignments import AppPolicy, InstallIntent, TargetType
from harness.model.states import (
    Applicability,
    ComplianceState,
    DesiredState,
    DetectionState,
    EnforcementState,
    ResultantAppState,
)

__all__ = ["AppState", "RebootStatus"]

#: The states of an enforcement that has begun and not ended.
_UNDER_WAY = (
    EnforcementState.IN_PROGRESS,
    EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED,
    EnforcementState.ERROR_WITH_IMMEDIATE_RETRY,
)
_WAITING_FOR_RESTART = (
    EnforcementState.IN_PROGRESS_PENDING_REBOOT,
    EnforcementState.IN_PROGRESS_UNINSTALL_PENDING_REBOOT,
    EnforcementState.NOT_ATTEMPTED_PENDING_REBOOT,
)


class RebootStatus(StrEnum):
    """Whether an app waits for a restart; "Clean" is the log's word, the others are ours."""

    CLEAN = "Clean"
    SOFT = "SoftReboot"
    HARD = "HardReboot"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppState:
    """What the agent knows of one app for one user.

    Attributes:
        user_id: whose check-in it belongs to; zeros for the device.
        app_id: the app.
        version: its policy and content version.
        name: its display name.
        intent: what is assigned.
        desired: what the agent works towards.
        detection: what the last detection said.
        detected_version: the version it found.
        applicability: whether the app may be installed here.
        enforcement: how far installing or removing it got; None when nothing was tried.
        error_code: what is reported beside it; unsigned.
        exit_code: how the installer last ended; unsigned.
        attempts: how often the installer was run in the present enforcement.
        reboot: whether a restart is needed.
        target_type: whether the device or the user is targeted.
        install_context: as whom the installer runs.
        updated_at: when this was last written; None before.
    """

    user_id: str = DEVICE_USER_ID
    app_id: str
    version: int = 1
    name: str = ""
    intent: InstallIntent | None = None
    desired: DesiredState = DesiredState.NONE
    detection: DetectionState = DetectionState.NOT_COMPUTED
    detected_version: str | None = None
    applicability: Applicability = Applicability.APPLICABLE
    enforcement: EnforcementState | None = None
    error_code: int | None = None
    exit_code: int | None = None
    attempts: int = 0
    reboot: RebootStatus = RebootStatus.CLEAN
    target_type: TargetType = TargetType.DEVICE
    install_context: RunAsAccount = RunAsAccount.SYSTEM
    updated_at: datetime | None = None

    @classmethod
    def new(cls, policy: AppPolicy, user_id: str) -> AppState:
        """Return the state of an app that was never looked at."""
        return cls(
            user_id=user_id,
            app_id=policy.app.id,
            version=policy.app.version,
            name=policy.app.display_name,
            intent=policy.assignment.intent,
            target_type=policy.assignment.target_type,
            install_context=policy.app.install_experience.run_as_account,
        )

    @property
    def is_detected(self) -> bool:
        """Whether the app was there when last looked for."""
        return self.detection is DetectionState.DETECTED

    @property
    def is_under_way(self) -> bool:
        """Whether an enforcement has begun and not ended; after a restart it was cut off."""
        return self.enforcement in _UNDER_WAY

    @property
    def waits_for_restart(self) -> bool:
        """Whether a restart comes next."""
        return self.enforcement in _WAITING_FOR_RESTART

    @property
    def compliance(self) -> ComplianceState:
        """What the ComplianceStateMessage says."""
        if self.applicability is Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON:
            return ComplianceState.UNKNOWN
        if self.detection is DetectionState.NOT_COMPUTED and self.error_code is not None:
            return ComplianceState.ERROR
        return ComplianceState.INSTALLED if self.is_detected else ComplianceState.NOT_INSTALLED

    @property
    def resultant(self) -> ResultantAppState:
        """What the portal shows.

        Seen: installed, failed, not installed, not applicable. Inferred: everything that waits is pending.
        """
        if self.applicability is not Applicability.APPLICABLE:
            return ResultantAppState.NOT_APPLICABLE
        is_removal = self.desired is DesiredState.NOT_PRESENT
        if self.is_under_way or self.waits_for_restart:
            return ResultantAppState.PENDING_INSTALL
        if self.error_code is not None:
            return ResultantAppState.UNINSTALL_FAILED if is_removal else ResultantAppState.FAILED
        return {
            DetectionState.DETECTED: ResultantAppState.INSTALLED,
            DetectionState.NOT_DETECTED: ResultantAppState.NOT_INSTALLED,
            DetectionState.NOT_COMPUTED: ResultantAppState.UNKNOWN,
        }[self.detection]
