"""Bringing one app into its desired state: download, unpack, detect again, run, detect, clean up, tell the user.

This is the middle of the agent. Source: Microsoft's description of the Win32 app flow, with the second detection that
experiments have found; the order of states is that of real logs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from harness.agent import content
from harness.agent.appstate import AppState, RebootStatus
from harness.agent.content import ContentFailure
from harness.agent.contexts import CheckInSession, InstallContext
from harness.agent.evaluation import Detection, detect
from harness.agent.execution import ExecutionType, Outcome, run_installer
from harness.agent.notifications import Notifier
from harness.agent.reporting import Reporter
from harness.agent.restarts import RestartCoordinator, decide_restart
from harness.agent.toolbox import Toolbox
from harness.durations import format_duration
from harness.model.apps import ReturnCodeType
from harness.model.assignments import AppPolicy
from harness.model.states import DetectionState, EnforcementState, ErrorCode
from harness.model.toasts import ToastKind

__all__ = ["Enforced", "Enforcement", "Voices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Those an enforcement speaks through.

    Attributes:
        reporter: to the registry, the log and the service.
        notifier: to the user.
        restarts: to the machine, about restarts.
    """

    reporter: Reporter
    notifier: Notifier
    restarts: RestartCoordinator


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforced:
    """How bringing an app into its desired state ended.

    Attributes:
        state: where the app stands now.
        blocks_others: whether no other app is installed before the machine has restarted.
        is_passing: whether the next check-in tries again, as after a download that took too long.
    """

    state: AppState
    blocks_others: bool = False
    is_passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """One app to be brought into its desired state, once.

    Attributes:
        policy: the app and its assignment.
        kind: whether it is installed or removed.
        session: whose check-in it is.
        context: as whom its program runs.
        tools: the agent's.
        voices: who is told.
    """

    policy: AppPolicy
    kind: ExecutionType
    session: CheckInSession
    context: InstallContext
    tools: Toolbox
    voices: Voices

    async def run(self, state: AppState) -> Enforced:
        """Do it: download, unpack, detect, run, detect, clean up.

        Args:
            state: where the app stands.

        Raises:
            NotEmulated: when the machine does not model what the app asks of it.
        """
        state = self._begin(state)
        try:
            info = await self._download()
            folder = await content.unpack(self.policy.app, info, self.tools)
        except ContentFailure as failure:
            return self._content_failed(state, failure)
        state = self._set(state, "Download", enforcement=EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED)
        self._phase("detecting")
        detection = await self._detect()
        if detection.state is self._goal:
            return await self._finish(state, detection, Outcome())  # nothing was run, so nothing asks for a restart
        state, outcome = await self._execute(state, folder)
        if not outcome.is_success:
            return await self._execution_failed(state, outcome)
        self._phase("verifying")
        return await self._finish(state, await self._detect(), outcome)

    async def run_download(self, state: AppState) -> Enforced:
        """Bring the content to the machine before the deadline, and leave it there."""
        state = self._begin(state)
        try:
            await self._download()
        except ContentFailure as failure:
            return self._content_failed(state, failure)
        return Enforced(state=self._set(state, "Download", enforcement=EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED))

    # The steps, in their order

    def _begin(self, state: AppState) -> AppState:
        """Set the app in progress; the user is told once, when its content is fetched."""
        if state.enforcement is EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED:
            return state
        begun = {"enforcement": EnforcementState.IN_PROGRESS, "reboot": RebootStatus.CLEAN}
        state = self._set(state, "Download", error_code=None, exit_code=None, attempts=0, **begun)
        self.voices.notifier.notify(ToastKind.DOWNLOADING, self.policy, self.session)
        return state

    async def _download(self) -> content.ContentInfo:
        self._phase("downloading")
        return await content.download(self.policy, self.tools, self.session)

    async def _detect(self) -> Detection:
        log = self.tools.log.workload
        log("[Win32App][DetectionActionHandler] Handler invoked for 1 app detections.")
        detection = await detect(self.policy.app, self.tools, self.context)
        log("[Win32App][DetectionActionHandler] Handler completed.")
        return detection

    async def _execute(self, state: AppState, folder: str) -> tuple[AppState, Outcome]:
        """Run the command line; exit codes that mean "retry" get two more attempts, five minutes apart."""
        app, tools, attempt = self.policy.app, self.tools, 0
        tools.log.workload(
            f"[Win32App][ExecutionActionHandler] Handler invoked with execution type: {self.kind} for policy with id: "
            f"{app.id} and version: {app.version}."
        )
        while True:
            self._phase("installing")
            state = self._set(state, "Execution", attempts=attempt + 1)
            outcome = await run_installer(self.policy, self.kind, folder, tools, context=self.context, attempt=attempt)
            state = self.voices.reporter.update(state, self._after(state, outcome), "Execution")
            attempt += 1
            if not outcome.wants_retry or attempt >= tools.settings.max_attempts:
                return state, outcome
            pause = tools.settings.retry_interval
            text = f"{app.display_name}: exit code {outcome.exit_code}, again in {format_duration(pause)}"
            tools.tell("retry scheduled", text, app_id=app.id, attempt=attempt, seconds=int(pause.total_seconds()))
            self._phase("waiting for retry")
            await tools.machine.clock.sleep(pause)

    async def _execution_failed(self, state: AppState, outcome: Outcome) -> Enforced:
        """Report what the exit code or the time limit says; a user who is gone is the better explanation."""
        code = outcome.error_code
        if not self.context.account.is_system and outcome.exit_code is not None:
            sessions = [session.id for session in self.tools.machine.sessions.signed_in()]
            code = code if self.context.session_id in sessions else ErrorCode.USER_SIGNED_OUT
        state = self._fail(state, code)
        await self._clean_up(is_running=outcome.is_timeout)
        return Enforced(state=state)

    async def _finish(self, state: AppState, detection: Detection, outcome: Outcome) -> Enforced:
        """Let the last detection decide, tell the user, say what the machine needs, and clean up."""
        settings, voices = self.tools.settings, self.voices
        behavior = self.policy.app.install_experience.device_restart_behavior
        grace = self.policy.assignment.restart_settings
        restart = decide_restart(behavior, outcome.meaning, grace, settings)
        state = self._set(state, "Detection", detection=detection.state, detected_version=detection.version)
        is_excused = restart.is_needed and settings.pending_restart_excuses_detection and not detection.error_code
        if detection.state is not self._goal and not is_excused:
            state = self._fail(state, detection.error_code or self._not_reached)
            await self._clean_up()
            return Enforced(state=state)
        enforcement = self._pending if restart.is_needed else EnforcementState.SUCCESS
        state = self._set(state, "Execution", enforcement=enforcement, error_code=None)
        if not restart.is_announced:
            voices.notifier.notify(ToastKind.SUCCESS, self.policy, self.session)
        voices.restarts.request(restart, self.policy, self.session)
        await self._clean_up()
        return Enforced(state=state, blocks_others=restart.blocks_others)

    def _fail(self, state: AppState, code: int | None) -> AppState:
        clean = RebootStatus.CLEAN
        state = self._set(state, "Execution", enforcement=EnforcementState.ERROR, error_code=code, reboot=clean)
        self.voices.notifier.notify(ToastKind.FAILURE, self.policy, self.session)
        return state

    def _content_failed(self, state: AppState, failure: ContentFailure) -> Enforced:
        """Report that the content could not be had; what passes by itself stays in progress (seen for time-outs)."""
        app = self.policy.app
        status = "Timeout" if failure.is_passing else "Failed"
        self.tools.log.workload(f"[Win32App][DownloadActionHandler] Handler completed with action status: {status}.")
        self.tools.tell("download failed", f"{app.display_name}: {failure}", app_id=app.id, error_code=failure.code)
        if failure.is_passing:
            return Enforced(state=state, is_passing=True)
        state = self._set(
            state, "Download", enforcement=EnforcementState.ERROR_DOWNLOADING_CONTENT, error_code=failure.code
        )
        self.voices.notifier.notify(ToastKind.FAILURE, self.policy, self.session)
        content.clean_up(app, self.tools)
        return Enforced(state=state)

    async def _clean_up(self, *, is_running: bool = False) -> None:
        await self.tools.machine.clock.sleep(self.tools.settings.cleanup_delay)
        content.clean_up(self.policy.app, self.tools, is_running=is_running)

    # What the steps need

    def _set(self, state: AppState, step: str, **changes: Any) -> AppState:
        return self.voices.reporter.update(state, replace(state, **changes), step)

    def _phase(self, phase: str) -> None:
        self.tools.phases[self.session.user_id, self.policy.app.id] = phase

    def _after(self, state: AppState, outcome: Outcome) -> AppState:
        """Return the state right after the program has ended; seen: "Success" before detection has its say."""
        state = replace(state, exit_code=outcome.exit_code, error_code=outcome.error_code)
        match outcome.meaning:
            case ReturnCodeType.SUCCESS:
                return replace(state, enforcement=EnforcementState.SUCCESS)
            case ReturnCodeType.SOFT_REBOOT:
                return replace(state, enforcement=self._pending, reboot=RebootStatus.SOFT)
            case ReturnCodeType.HARD_REBOOT:
                return replace(state, enforcement=self._pending, reboot=RebootStatus.HARD)
            case ReturnCodeType.RETRY:
                return replace(state, enforcement=EnforcementState.ERROR_WITH_IMMEDIATE_RETRY)
            case _:
                return replace(state, enforcement=EnforcementState.ERROR)

    @property
    def _goal(self) -> DetectionState:
        return DetectionState.DETECTED if self.kind is ExecutionType.INSTALL else DetectionState.NOT_DETECTED

    @property
    def _not_reached(self) -> ErrorCode:
        if self.kind is ExecutionType.INSTALL:
            return ErrorCode.NOT_DETECTED_AFTER_INSTALL
        return ErrorCode.STILL_DETECTED_AFTER_UNINSTALL

    @property
    def _pending(self) -> EnforcementState:
        if self.kind is ExecutionType.INSTALL:
            return EnforcementState.IN_PROGRESS_PENDING_REBOOT
        return EnforcementState.IN_PROGRESS_UNINSTALL_PENDING_REBOOT
