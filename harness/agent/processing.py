"""One group of apps from beginning to end: detect, check requirements, decide, enforce, report, schedule.

Source: the order of lines in logs of real devices ("V3Processor").
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.agent.applicability import Requirements, check_requirements
from harness.agent.appstate import AppState, RebootStatus
from harness.agent.contexts import CheckInSession
from harness.agent.decisions import Action, Evaluated, decide, desired_state, install_times
from harness.agent.enforcement import Enforced, Enforcement, Voices
from harness.agent.evaluation import Detection, detect
from harness.agent.execution import ExecutionType
from harness.agent.retries import EvaluationSchedule
from harness.agent.subgraphs import Subgraph
from harness.agent.toolbox import Toolbox
from harness.model.assignments import AppPolicy, InstallIntent
from harness.model.states import Applicability, DesiredState, DetectionState, EnforcementState, ErrorCode

__all__ = ["SubgraphProcessor"]

_NO_USER = Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON


class SubgraphProcessor:
    """Processes groups of apps, one after the other."""

    def __init__(self, tools: Toolbox, voices: Voices, schedule: EvaluationSchedule) -> None:
        self._tools = tools
        self._voices = voices
        self._schedule = schedule

    async def process(self, subgraph: Subgraph, session: CheckInSession) -> None:
        """Look at the apps of a group if they are due, and do what is to be done about them.

        Raises:
            NotEmulated: when the machine does not model what an app asks of it.
        """
        tools, user_id, log = self._tools, session.user_id, self._tools.log.workload
        log(f"[Win32App][V3Processor] Processing subgraph with app ids: {subgraph.app_ids}")
        grs = {p.app.id: self._schedule.is_grs_expired(user_id, subgraph, p.app.id) for p in subgraph.policies}
        is_forced = subgraph.is_requested or any(self._is_forced(p, subgraph, user_id) for p in subgraph.policies)
        if self._schedule.is_evaluation_due(user_id, subgraph, is_forced=is_forced):
            self._schedule.set_evaluated(user_id, subgraph)
            try:
                await self._process_due(subgraph, session, grs)
            finally:
                for policy in subgraph.policies:
                    tools.phases.pop((user_id, policy.app.id), None)
        log("[Win32App][V3Processor] Done processing subgraph.")

    async def _process_due(self, subgraph: Subgraph, session: CheckInSession, grs: dict[str, bool]) -> None:
        apps = await self._evaluate(subgraph, session, grs)
        actions = decide(apps, subgraph, self._tools, is_blocked=self._restart_comes_first())
        settled: list[str] = []
        for app, action in zip(apps, actions, strict=True):
            enforced = await self._act(app, action, session)
            state = self._conclude(app, action, enforced)
            self._voices.reporter.tell_company_portal(state)
            app_id = app.policy.app.id
            if enforced is not None and enforced.is_passing:
                self._schedule.clear(session.user_id, subgraph, app_id)
            elif action in (Action.INSTALL, Action.UNINSTALL) or (app.is_as_desired and app.grs_expired):
                settled.append(app_id)
        self._schedule.save_grs(session.user_id, subgraph, settled)

    # Looking

    async def _evaluate(self, subgraph: Subgraph, session: CheckInSession, grs: dict[str, bool]) -> list[Evaluated]:
        """Run detection for every app of the group, then the requirements, as the agent does."""
        log, count = self._tools.log.workload, len(subgraph.policies)
        self._tools.log.actions(
            "[Win32App][ActionProcessor] Processor initializing. Detection and applicability checks will run for all "
            "apps in the subgraph."
        )
        log(f"[Win32App][DetectionActionHandler] Handler invoked for {count} app detections.")
        detections = [await self._detect(policy, session) for policy in subgraph.policies]
        log("[Win32App][DetectionActionHandler] Handler completed.")
        log(f"[Win32App][ApplicabilityActionHandler] Handler invoked for {count} app applicability checks.")
        pairs = list(zip(subgraph.policies, detections, strict=True))
        requirements = [await self._check(policy, detection, session) for policy, detection in pairs]
        log("[Win32App][ApplicabilityActionHandler] Handler completed.")
        return [
            self._bring_up_to_date(policy, detection, required, session, grs_expired=grs[policy.app.id])
            for (policy, detection), required in zip(pairs, requirements, strict=True)
        ]

    async def _detect(self, policy: AppPolicy, session: CheckInSession) -> Detection | None:
        """Run an app's detection; None for a user's app in the device's session, which nobody can look for."""
        context = session.context_of(policy.app)
        if context is None:
            self._tools.log.workload(
                f"[Win32Apps] App policy with id: {policy.app.id} will not be evaluated as it has user install context "
                "and this is a userless check-in. The app will be reported as not applicable."
            )
            return None
        self._tools.phases[session.user_id, policy.app.id] = "detecting"
        return await detect(policy.app, self._tools, context)

    async def _check(self, policy: AppPolicy, detection: Detection | None, session: CheckInSession) -> Requirements:
        context = session.context_of(policy.app)
        if context is None or detection is None:
            return Requirements(applicability=_NO_USER, reason="is a user's app, and this is the device's check-in")
        self._tools.phases[session.user_id, policy.app.id] = "checking requirements"
        required = await check_requirements(policy.app, self._tools, context, session)
        is_removal = policy.assignment.intent is InstallIntent.UNINSTALL
        if required.are_met or not (detection.is_detected or is_removal):
            return required
        self._tools.log.workload(
            f"[Win32App][ReportingManager] App with id: {policy.app.id} has applicability state: "
            f"{required.applicability.wire_name} but is detected or has NotPresent desired state. App will instead be "
            "reported as Applicable."
        )
        return Requirements(applicability=Applicability.APPLICABLE, findings=required.findings)

    def _bring_up_to_date(
        self,
        policy: AppPolicy,
        detection: Detection | None,
        required: Requirements,
        session: CheckInSession,
        *,
        grs_expired: bool,
    ) -> Evaluated:
        """Put together what is known of an app and what was found now."""
        reporter, new = self._voices.reporter, AppState.new(policy, session.user_id)
        known = self._tools.store.load(session.user_id, policy.app.id)
        if known is None or known.version != new.version:
            known = new
        is_restarted = known.waits_for_restart and not self._is_of_this_boot(known)
        state = replace(
            known,
            name=new.name,
            intent=new.intent,
            target_type=new.target_type,
            install_context=new.install_context,
            reboot=RebootStatus.CLEAN if is_restarted else known.reboot,
        )
        found = detection or Detection(state=DetectionState.NOT_COMPUTED)
        after = replace(state, detection=found.state, detected_version=found.version)
        if found.error_code is not None:
            after = replace(after, enforcement=None, error_code=found.error_code)
        elif after.enforcement is None:
            after = replace(after, error_code=None)
        state = reporter.update(state, after, "Detection")
        desired = desired_state(policy, required.applicability, is_detected=found.is_detected)
        after = replace(state, applicability=required.applicability, desired=desired)
        if required.applicability is not Applicability.APPLICABLE:
            after = replace(after, enforcement=None, error_code=None, exit_code=None)
        state = reporter.update(state, after, "Applicability")
        return Evaluated(policy=policy, state=state, grs_expired=grs_expired, is_restarted=is_restarted)

    # Acting

    async def _act(self, app: Evaluated, action: Action, session: CheckInSession) -> Enforced | None:
        context = session.context_of(app.policy.app)
        if context is None or action in (Action.NOTHING, Action.WAIT_FOR_RESTART):
            return None
        removes = app.state.desired is DesiredState.NOT_PRESENT
        enforcement = Enforcement(
            policy=app.policy,
            kind=ExecutionType.UNINSTALL if removes else ExecutionType.INSTALL,
            session=session,
            context=context,
            tools=self._tools,
            voices=self._voices,
        )
        if action is Action.DOWNLOAD:
            return await enforcement.run_download(app.state)
        return await enforcement.run(app.state)

    def _conclude(self, app: Evaluated, action: Action, enforced: Enforced | None) -> AppState:
        """Return where an app stands at the end; where nothing was done, what was found settles what was open."""
        if enforced is not None:
            return enforced.state
        state, changes = app.state, dict[str, Any]()
        if action is Action.WAIT_FOR_RESTART:
            changes = {"enforcement": EnforcementState.NOT_ATTEMPTED_PENDING_REBOOT, "error_code": None}
        elif state.waits_for_restart and not app.is_restarted:
            pass
        elif app.is_as_desired:
            changes = {"enforcement": EnforcementState.SUCCESS, "error_code": None}
        elif state.enforcement is EnforcementState.NOT_ATTEMPTED_PENDING_REBOOT:
            changes = {"enforcement": None, "error_code": None}
        elif app.is_restarted:
            removes = state.desired is DesiredState.NOT_PRESENT
            code = ErrorCode.STILL_DETECTED_AFTER_UNINSTALL if removes else ErrorCode.NOT_DETECTED_AFTER_INSTALL
            changes = {"enforcement": EnforcementState.ERROR, "error_code": code}
        return self._voices.reporter.update(state, replace(state, **changes), "Execution")

    # What the registry says about restarts and times

    def _is_forced(self, policy: AppPolicy, subgraph: Subgraph, user_id: str) -> bool:
        """Return whether an app is due whatever the interval says.

        That is when an enforcement was cut off, a restart has settled something, or a start time or deadline has come
        since the app was last looked at.
        """
        now, state = self._tools.now(), self._tools.store.load(user_id, policy.app.id)
        start, deadline = install_times(policy, self._tools.machine.clock.time_zone)
        before = self._schedule.evaluated_at(user_id, subgraph)
        if before is not None and any(moment and before < moment <= now for moment in (start, deadline)):
            return True
        if state is None:
            return False
        has_time = deadline is not None and now < deadline
        is_cached = state.enforcement is EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED and has_time
        if state.is_under_way:
            return not is_cached
        return state.waits_for_restart and not self._is_of_this_boot(state)

    def _restart_comes_first(self) -> bool:
        """Return whether an installation of this boot ended with a hard restart, which no other may follow."""
        return any(
            state.reboot is RebootStatus.HARD and self._is_of_this_boot(state) for state in self._tools.store.states()
        )

    def _is_of_this_boot(self, state: AppState) -> bool:
        """Return whether a state was written since the machine was started."""
        return state.updated_at is not None and state.updated_at >= self._tools.machine.power.booted_at
