"""The agent as a Windows service: starts, waits, checks in, and survives restarts by what is in the registry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness.agent.checkin import CheckIn, CheckInKind
from harness.agent.enforcement import Voices
from harness.agent.folders import LOGS
from harness.agent.gateway import DEVICE_USER_ID, Gateway
from harness.agent.line import Line
from harness.agent.log import AgentLog
from harness.agent.notifications import Notifier
from harness.agent.reporting import Reporter
from harness.agent.restarts import RestartCoordinator
from harness.agent.settings import AgentSettings, draw
from harness.agent.status import AppStatus, status_from
from harness.agent.store import AgentStore
from harness.agent.toolbox import Toolbox
from harness.agent.wording import Wording, default_wording
from harness.errors import UsageError
from harness.machine.clock import Signal
from harness.machine.ports import Machine
from harness.model.apps import Win32App
from harness.model.windows import Account

__all__ = ["Agent"]

#: The service's name and display name on real devices.
SERVICE_NAME = "IntuneManagementExtension"
DISPLAY_NAME = "Microsoft Intune Management Extension"
#: Why the agent checks in, in the words of the service's protocol (seen).
_ON_DEMAND, _AT_START, _BY_TIMER = "OnDemand", "AgentRestart", "MaintenanceTimer"
_NEVER = datetime.min.replace(tzinfo=UTC)


class Agent:
    """The Intune Management Extension of one machine.

    Args:
        machine: the machine.
        gateway: the service.
        settings: intervals, limits and guesses.
        seed: what ids and jitter are drawn from.
        wording: what toasts say.

    Attributes:
        seed: as given.
        log_folder: where the log files are.
    """

    def __init__(
        self,
        machine: Machine,
        gateway: Gateway,
        settings: AgentSettings | None = None,
        seed: int = 0,
        *,
        wording: Wording | None = None,
    ) -> None:
        self.seed = seed
        self.log_folder = LOGS
        self._machine = machine
        self._settings = settings or AgentSettings()
        self._tools = Toolbox(
            machine=machine,
            gateway=Line(gateway, machine),
            settings=self._settings,
            seed=seed,
            log=AgentLog(machine, self._settings),
            store=AgentStore(machine.registry),
            service_name=SERVICE_NAME,
        )
        self._wording = wording
        self._wake = Signal()
        self._reasons: list[str] = []

    # What happens to it from outside

    def install(self) -> None:
        """Register the service with the machine, which starts it."""
        image = f'"{self._tools.folders.service_image}"'
        self._machine.services.install(
            SERVICE_NAME, display_name=DISPLAY_NAME, image_path=image, main=self.main, bits=32
        )

    def sync(self) -> None:
        """Check in now: the user pressed Sync in the Company Portal, or the service sent a push."""
        self._ask_for("Notification")

    def session_changed(self) -> None:
        """Check in because a user has signed in (`OnSessionChange` in logs)."""
        self._ask_for("UserLogOn")

    def request_app(self, app_id: str, user: Account | None = None, *, uninstall: bool = False) -> None:
        """Install or remove an available app: the user pressed the button in the Company Portal.

        Args:
            app_id: the app.
            user: who; the one at the screen when not given.
            uninstall: whether the app is to go.

        Raises:
            UsageError: when nobody is signed in who could press it, or Intune does not know the user.
        """
        if user is None:
            signed_in = self._machine.sessions.signed_in()
            if not signed_in:
                raise UsageError(f"nobody is signed in to ask for app {app_id} - sign a user in first")
            user = signed_in[0].account
        if not user.user_id:
            raise UsageError(f"{user} has no Entra user id, so Intune offers them no apps - use an Entra account")
        self._tools.store.request(user.user_id, app_id, uninstall=uninstall)
        self._ask_for(_ON_DEMAND)

    # What it knows

    def status_of(self, app: Win32App | str) -> AppStatus:
        """Return how far an app is; of several users' states the one written last, of an unknown app that it waits."""
        app_id = app.id if isinstance(app, Win32App) else app
        states = [state for state in self._tools.store.states() if state.app_id.casefold() == app_id.casefold()]
        if not states:
            name = app.display_name if isinstance(app, Win32App) else ""
            return AppStatus(app_id=app_id, name=name, user_id=DEVICE_USER_ID)
        latest = max(states, key=lambda state: state.updated_at or _NEVER)
        return status_from(latest, self._tools.phases)

    def statuses(self) -> list[AppStatus]:
        """Return the status of every app the agent has looked at, for each user."""
        return [status_from(state, self._tools.phases) for state in self._tools.store.states()]

    # What it does

    async def main(self) -> None:
        """Run as a service does, from its start until it is stopped.

        Raises:
            NotEmulated: when the machine does not model what an app asks of it.
        """
        tools = self._tools
        notifier = Notifier(tools, self._wording or default_wording())
        restarts = RestartCoordinator(tools, notifier)
        voices = Voices(reporter=Reporter(tools), notifier=notifier, restarts=restarts)
        check_in = CheckIn(tools, voices)
        try:
            tools.log.agent("EMS Agent Started")
            tools.log.agent(f"Agent version is: {self._settings.agent_version}")
            tools.tell("agent started", f"the agent {self._settings.agent_version} starts")
            restarts.resume()
            await self._serve(check_in, restarts)
        finally:
            restarts.stop()
            tools.phases.clear()
            tools.transfers.clear()
            self._reasons.clear()
            tools.log.agent("EMS Agent Stopped")
            tools.log.flush()

    async def _serve(self, check_in: CheckIn, restarts: RestartCoordinator) -> None:
        """Check in when a timer, a start time or deadline, or somebody outside says so."""
        clock, due = self._machine.clock, self._first_due()
        fresh = set(due)
        if not self._settings.sync_ends_startup_delay:
            await clock.sleep(min(due.values()) - clock.monotonic())
        while True:
            await self._wait(min(due.values()))
            reasons, self._reasons = self._reasons, []
            for kind in self._kinds(reasons, due):
                interval = self._interval(kind)
                own = _AT_START if kind in fresh else _BY_TIMER
                await check_in.run(kind, next(iter(reasons), own), interval)
                fresh.discard(kind)
                if kind in due:
                    due[kind] = clock.monotonic() + interval
                if restarts.restart_if_due():
                    break

    async def _wait(self, due: timedelta) -> None:
        """Wait until a check-in is due by the timer, by a start time or deadline, or because somebody asks for it."""
        clock = self._machine.clock
        left = [due - clock.monotonic()]
        left += [moment - clock.now() for moment in self._tools.store.start_deadline_schedule()[:1]]
        if not self._reasons:
            await clock.wait(self._wake, max(min(left), timedelta()))
        self._wake = Signal()

    def _kinds(self, reasons: list[str], due: dict[CheckInKind, timedelta]) -> list[CheckInKind]:
        """Return which check-ins are to be made now; what somebody asks for counts as all they could mean."""
        clock = self._machine.clock
        if set(reasons) == {_ON_DEMAND}:
            return [CheckInKind.REQUESTED]
        if reasons:
            return [CheckInKind.REQUIRED, CheckInKind.AVAILABLE]
        kinds = [kind for kind, moment in due.items() if moment <= clock.monotonic()]
        times = self._tools.store.start_deadline_schedule()
        if times and times[0] <= clock.now() and CheckInKind.REQUIRED not in kinds:
            kinds.insert(0, CheckInKind.REQUIRED)
        return kinds

    def _first_due(self) -> dict[CheckInKind, timedelta]:
        """Return when the first check-ins are due after the service has started, and log it."""
        settings, clock, log = self._settings, self._machine.clock, self._tools.log.agent
        now = clock.now()
        common = draw(self.seed, "startup", now, settings.startup_delay)
        required = draw(self.seed, "required", now, settings.required_startup_delay)
        available = draw(self.seed, "available", now, settings.available_startup_delay)
        log("first check in on start")
        log(f"Delaying all checkins by {int(common.total_seconds())} s")
        log(f"Delaying PS and Win32 app workload checkins by {int(required.total_seconds())} s")
        return {
            CheckInKind.REQUIRED: clock.monotonic() + common + required,
            CheckInKind.AVAILABLE: clock.monotonic() + common + available,
        }

    def _interval(self, kind: CheckInKind) -> timedelta:
        """Return how long until the next check-in of that kind."""
        if kind is CheckInKind.AVAILABLE:
            return self._settings.available_check_in_interval
        seconds = self._tools.store.check_in_interval_override()
        if seconds is not None:
            return timedelta(seconds=seconds)
        return draw(self.seed, "interval", self._machine.clock.now(), self._settings.check_in_interval)

    def _ask_for(self, reason: str) -> None:
        self._reasons.append(reason)
        self._wake.set()
