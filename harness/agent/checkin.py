"""One check-in: the device's session first, then each signed-in user's; ask, evaluate, report.

Source: the order of lines in AppWorkload.log of real devices. Lines about parts that are not here (branding, enrolment
status page, flights) are left out, but for those that frame the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from harness.agent.contexts import DEVICE_SESSION, CheckInSession
from harness.agent.decisions import install_times
from harness.agent.enforcement import Voices
from harness.agent.ids import draw_guid
from harness.agent.processing import SubgraphProcessor
from harness.agent.retries import EvaluationSchedule
from harness.agent.subgraphs import Subgraph, build_subgraphs
from harness.agent.toolbox import Toolbox
from harness.errors import FormatError, MachineError
from harness.formats.policy import decode_response_payload, read_policies
from harness.model.assignments import AppPolicy, InstallIntent

__all__ = ["CheckIn", "CheckInKind"]


class CheckInKind(StrEnum):
    """Which apps a check-in is about."""

    REQUIRED = "required apps"
    AVAILABLE = "available apps"
    REQUESTED = "requested apps"


_RULE = "-" * 53
_DOTS = "." * 21


class CheckIn:
    """Goes through the sessions and brings their apps up to date."""

    def __init__(self, tools: Toolbox, voices: Voices) -> None:
        self._tools = tools
        self._voices = voices
        self._schedule = EvaluationSchedule(tools)
        self._processor = SubgraphProcessor(tools, voices, self._schedule)
        # The service mostly answers what it answered an hour ago.
        self._answers: dict[tuple[str, str], tuple[str, str, tuple[AppPolicy, ...]]] = {}

    async def run(self, kind: CheckInKind, reason: str, interval: timedelta) -> None:
        """Check in once. A service that does not answer, or answers rubbish, is tried again next time.

        Args:
            kind: which apps.
            reason: the service's word for why, for example `MaintenanceTimer`.
            interval: how long until the next one, for the log.

        Raises:
            NotEmulated: when the machine does not model what an app asks of it.
        """
        tools, log = self._tools, self._tools.log.workload
        name = "Win32AvailableAppAsync" if kind is CheckInKind.AVAILABLE else "Win32AppAsync"
        tools.tell("check-in started", f"check-in for {kind} ({reason})", reason=reason, apps=kind.value)
        tools.log.agent(f"[{name}] Starting app check in")
        log(f"[Win32App] {_RULE} Lock DoWorkInternal {_RULE} ", 2)
        log(f"[Win32App] {_RULE} application poller starts. {_RULE} ", 2)
        sessions = self._sessions()
        users = sessions[1:]
        self._log_sessions(users)
        for session in users if kind is not CheckInKind.REQUIRED else sessions:
            if kind is CheckInKind.REQUESTED and not tools.store.requests(session.user_id):
                continue
            await self._run_session(session, kind)
        self._end(sessions, kind, interval)
        log(f"[Win32App] {_RULE} application poller stopped. {_RULE} ", 2)
        log(f"[Win32App] {_RULE} Unlock DoWorkInternal {_RULE} ", 2)
        tools.log.agent(f"[{name}] End app check in")
        tools.tell("check-in finished", f"check-in for {kind} finished", apps=kind.value)

    async def _run_session(self, session: CheckInSession, kind: CheckInKind) -> None:
        tools, log = self._tools, self._tools.log.workload
        log(
            f"[Win32App] {_DOTS} Processing user session {session.id}, userId: {session.user_id}, userSID: "
            f"{session.sid} {_DOTS} ",
            2,
        )
        tools.log.agent("Comgt app workload status False")
        log("[Win32App] The EspPhase: NotInEsp in session", 2)
        try:
            subgraphs = self._ask(session, kind)
        except (ConnectionError, TimeoutError, FormatError) as error:
            log(f"[Win32App] Failed to get policies: {error}", 3)
            tools.tell("check-in failed", f"the apps of session {session.id} are not known: {error}")
        else:
            try:
                await self._process(subgraphs, session)
            except MachineError as error:
                log(f"[Win32App] The session is not processed to its end: {error}", 3)
                tools.tell("check-in failed", f"session {session.id} was not processed to its end: {error}")
        log(
            f"[Win32App] {_DOTS} Completed user session {session.id}, userId: {session.user_id}, userSID: "
            f"{session.sid} {_DOTS} ",
            2,
        )

    # Asking

    def _ask(self, session: CheckInSession, kind: CheckInKind) -> list[Subgraph]:
        """Return the groups of apps this session is about; what the user asked for is always among them."""
        requests = self._tools.store.requests(session.user_id)
        required: Sequence[AppPolicy] = ()
        if kind is CheckInKind.REQUIRED:
            self._tools.log.workload("[Win32App] Requesting required apps", 2)
            payload = self._tools.gateway.request_applications(session.user_id)
            required = self._read(payload, "RequestApplication", session)
        subgraphs = build_subgraphs(required)
        if session.session is not None and (requests or kind is CheckInKind.AVAILABLE):
            self._tools.log.workload("[Win32App] Requesting available apps only", 2)
            payload = self._tools.gateway.get_available_apps(session.user_id)
            available = self._read(payload, "GetAvailableApp", session)
            subgraphs += self._requested(available, requests, session)
            if kind is CheckInKind.AVAILABLE:
                offered = [policy for policy in available if not _is_in(policy, requests)]
                subgraphs += build_subgraphs(offered, is_enforceable=False)
        return subgraphs

    def _requested(
        self, available: Sequence[AppPolicy], requests: dict[str, bool], session: CheckInSession
    ) -> list[Subgraph]:
        """Return the apps the user asked for; a request for anything else is refused."""
        offered = {policy.app.id.casefold(): policy for policy in available}
        subgraphs: list[Subgraph] = []
        for app_id, removes in requests.items():
            policy = offered.get(app_id.casefold())
            if policy is None:
                self._tools.store.settle_request(session.user_id, app_id)
                self._tools.log.workload(f"[Win32App] App with id: {app_id} is not available to the user.", 2)
                self._tools.tell("request refused", f"app {app_id} is not available to this user", app_id=app_id)
                continue
            if removes:
                policy = replace(policy, assignment=replace(policy.assignment, intent=InstallIntent.UNINSTALL))
            subgraphs += build_subgraphs([policy], requested=[policy.app.id])
        return subgraphs

    def _read(self, payload: str, source: str, session: CheckInSession) -> tuple[AppPolicy, ...]:
        """Unpack and parse what the service answered."""
        log, tools = self._tools.log.workload, self._tools
        guid = draw_guid(tools.seed, f"session {session.id} {source}", tools.now())
        before = self._answers.get((source, session.user_id))
        if before is None or before[0] != payload:
            document = decode_response_payload(payload, source)
            before = (payload, document, read_policies(document, source))
            self._answers[source, session.user_id] = before
        _, document, policies = before
        log(f"[Win32App] Got result with session id {guid}")
        log(f"[Win32App] Got {len(policies)} Win32App(s) for user {session.user_id} in session {session.id}")
        log(f"Get policies = {document}")
        return policies

    # Processing

    async def _process(self, subgraphs: list[Subgraph], session: CheckInSession) -> None:
        tools, log, user_id = self._tools, self._tools.log.workload, session.user_id
        log(f"[Win32App] WindowsSID : {session.sid}")
        log("[Win32App] Not in ESP processing. EspPhase: NotInEsp, sender:")
        log(f"[Win32App][V3Processor] Processing {len(subgraphs)} subgraphs.")
        self._schedule.log_evaluations(user_id, subgraphs)
        self._voices.reporter.log_loaded(user_id, [p.app.id for graph in subgraphs for p in graph.policies])
        self._note_times(subgraphs)
        for subgraph in subgraphs:
            await self._processor.process(subgraph, session)
            if subgraph.is_requested:
                for policy in subgraph.policies:
                    tools.store.settle_request(user_id, policy.app.id)
        self._schedule.note_check_in()
        ids = [policy.app.id for subgraph in subgraphs for policy in subgraph.policies]
        known = [tools.store.load(user_id, app_id) for app_id in ids]
        self._voices.reporter.send([state for state in known if state is not None], session)
        log(f"[Win32App][V3Processor] Done processing {len(subgraphs)} subgraphs.")

    def _note_times(self, subgraphs: list[Subgraph]) -> None:
        """Keep the start times and deadlines to come, at which the agent checks in by itself."""
        store, zone = self._tools.store, self._tools.machine.clock.time_zone
        moments, now = store.start_deadline_schedule(), self._tools.now()
        for subgraph in subgraphs:
            for policy in subgraph.policies:
                moments += [moment for moment in install_times(policy, zone) if moment is not None and moment > now]
        store.set_start_deadline_schedule(moments)

    def _end(self, sessions: list[CheckInSession], kind: CheckInKind, interval: timedelta) -> None:
        """Clean up schedules; times that have passed are kept until a check-in for required apps has seen them."""
        store, log = self._tools.store, self._tools.log.workload
        self._schedule.scan([session.user_id for session in sessions])
        before = store.start_deadline_schedule()
        left = [moment for moment in before if moment > self._tools.now() or kind is not CheckInKind.REQUIRED]
        store.set_start_deadline_schedule(left)
        log(f"[Win32App] {len(before)} entries for StartDeadlinetime schedule")
        log(f"[Win32App] {len(left)} entries for StartDeadlinetime schedule after removed past ones")
        if not left:
            log("[Win32App] StartDeadline timer suppressed.")
        milliseconds, head = int(interval.total_seconds() * 1000), "[Win32App][CheckinIntervalManager]"
        log(f"{head} UpdateTimerIntervalForNextCheckin. Updated interval of timer is {milliseconds}")
        self._tools.log.agent(f"[Policy] check in interval from cache is : {milliseconds // 1000} seconds")

    # Sessions

    def _sessions(self) -> list[CheckInSession]:
        """Return the device's session and those of users that Intune knows."""
        signed_in = self._tools.machine.sessions.signed_in()
        return [DEVICE_SESSION, *(CheckInSession(session=one) for one in signed_in if one.account.user_id)]

    def _log_sessions(self, users: list[CheckInSession]) -> None:
        log = self._tools.log.workload
        log("[Win32App] isDeviceWPJ = False")
        log("[Win32App] The EspPhase: NotInEsp.", 2)
        log("[Win32App] Refresh session info.", 2)
        log(f"[Win32App] Got {len(self._tools.machine.sessions.signed_in())} active user sessions")
        for user in users:
            log(f"[Win32App] valid AAD user session id : {user.id}")
        log(f"[Win32App] Total valid AAD User session count is {len(users)}")
        log(f"[Win32App] loggedInIntuneUserIds = {', '.join(user.user_id for user in users)}")
        log("[Win32App] Load global Win32App settings")
        count = len(self._tools.store.start_deadline_schedule())
        log(f"[Win32App] {count} entries from stored allAppStartDeadlineTimeSchedule")


def _is_in(policy: AppPolicy, requests: dict[str, bool]) -> bool:
    return policy.app.id.casefold() in {app_id.casefold() for app_id in requests}
