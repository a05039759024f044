"""Bringing one app to a device, as an administrator, a user and the hours of a day do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from harness.agent.decisions import install_times
from harness.agent.status import AppStatus, Phase
from harness.cli.apps import ChosenApp
from harness.device import START, ManagedDevice
from harness.emulator.frozen import MachineSnapshot
from harness.formats.intunewin import IntuneWinPackage
from harness.model.apps import Win32App
from harness.model.assignments import AppPolicy, Assignment, InstallIntent, InstallTimeSettings
from harness.model.states import Applicability, DetectionState, ResultantAppState
from harness.timeline import Event, Lane

__all__ = ["Deployment", "deploy", "switched_on_at"]

#: What still happens when an app is done: content is cleaned up, toasts go, the service restarts the machine.
_AFTERWARDS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One app on one device, from the assignment to the end of the run.

    Attributes:
        before: the machine when the app was assigned.
        is_done: whether the agent was done before the time was up.
        was_there: whether an app that was to be removed could be brought onto the machine first; True otherwise.
    """

    before: MachineSnapshot
    is_done: bool
    was_there: bool = True


def switched_on_at(assignment: Assignment) -> datetime:
    """Return when the device is switched on: on the usual day, or later where the assignment lies in the future.

    That is the morning of the assignment's start time, or of the day before its deadline, so that a run sees them come.
    """
    times = assignment.install_time_settings or InstallTimeSettings()
    deadline = times.deadline_date_time
    first = times.start_date_time or (deadline - timedelta(days=1) if deadline else START)
    return max(START, datetime.combine(first.date(), time(START.hour), tzinfo=UTC))


def deploy(device: ManagedDevice, chosen: ChosenApp, package: IntuneWinPackage, limit: timedelta) -> Deployment:
    """Publish and assign the app, and let time pass until the agent is done with it.

    Args:
        device: a new device.
        chosen: the app and its assignment.
        package: its content.
        limit: how much of the machine's time that may take.

    Raises:
        NotEmulated: when the app does something that is not modelled.
    """
    run = _Run(device, chosen.app, limit)
    before = device.machine.snapshot()
    device.tenant.add(chosen.app, package)
    was_there = True
    match chosen.assignment.intent:
        case InstallIntent.UNINSTALL:
            is_done = run.assign(replace(chosen.assignment, intent=InstallIntent.REQUIRED))
            was_there = is_done and run.status.state is ResultantAppState.INSTALLED
            if was_there:
                is_done = run.assign(chosen.assignment)
        case InstallIntent.AVAILABLE:
            is_done = run.assign_and_ask(chosen.assignment)
        case _:
            is_done = run.assign(chosen.assignment)
    run.pass_time(_AFTERWARDS)
    return Deployment(before=before, is_done=is_done, was_there=was_there)


class _Run:
    """A device, an app, and how much time is left."""

    def __init__(self, device: ManagedDevice, app: Win32App, limit: timedelta) -> None:
        self.device, self.app = device, app
        self.ends_at = device.clock.monotonic() + limit

    @property
    def status(self) -> AppStatus:
        return self.device.status(self.app)

    def assign(self, assignment: Assignment) -> bool:
        """Assign the app and wait until the agent is done with it; False when the time is up before."""
        self._assign(assignment)
        return self._wait(lambda: self._is_settled(assignment.intent) and not self._waits_for_its_time(assignment))

    def assign_and_ask(self, assignment: Assignment) -> bool:
        """Offer the app, let the user press Install once the agent knows of it, and wait until it is done."""
        self._assign(assignment)
        if not self._wait(lambda: bool(self._events_of("detection"))):
            return False
        user = self.device.machine.sessions.signed_in()[0].account
        self.device.timeline.add(
            Lane.USER, "install pressed", f"{user.name} presses Install in the Company Portal: {self.app.display_name}"
        )
        asked = len(self.device.timeline)  # before the agent gets to it, which may take no time
        self.device.install(self.app)
        return self._wait(
            lambda: (
                self._is_settled(assignment.intent)
                and any(event.data.get("apps") == "requested apps" for event in self._since(asked, "check-in finished"))
            )
        )

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass, as far as there is any left."""
        self.device.advance(min(duration, max(self.ends_at - self.device.clock.monotonic(), timedelta())))

    def _assign(self, assignment: Assignment) -> None:
        self.device.tenant.assign(self.app, assignment)
        self.device.timeline.add(
            Lane.SERVICE,
            "app assigned",
            f"{self.app.display_name} is assigned: {assignment.intent}",
            app_id=self.app.id,
            intent=assignment.intent.value,
        )

    def _wait(self, condition: Callable[[], bool]) -> bool:
        """Let time pass until the condition holds; it is looked at whenever something has happened."""
        timeline, looked_at = self.device.timeline, -1

        def has_come() -> bool:
            nonlocal looked_at
            if len(timeline) == looked_at:
                return False
            looked_at = len(timeline)
            return condition()

        left = max(self.ends_at - self.device.clock.monotonic(), timedelta())
        return self.device.run_until(has_come, left)

    def _is_settled(self, intent: InstallIntent) -> bool:
        """Return whether nothing more will be done about the app, for now, by the agent or by policy."""
        status = self.status
        if status.intent is not intent or self.device.machine.power.is_down:
            return False
        if status.phase not in (Phase.DONE, Phase.WAITING_FOR_RESTART):
            return False
        restarts, boots = self._last("restart requested"), self._last("booted")
        if restarts > boots:
            return False
        return boots < 0 or self._last("detection") > boots

    def _waits_for_its_time(self, assignment: Assignment) -> bool:
        """Return whether the agent will do something about the app at a start time or deadline to come."""
        status, now = self.status, self.device.clock.now()
        goal = DetectionState.NOT_DETECTED if assignment.intent is InstallIntent.UNINSTALL else DetectionState.DETECTED
        if status.detection is goal or status.error_code is not None:
            return False
        if status.applicability is not Applicability.APPLICABLE:
            return False
        policy = AppPolicy(app=self.app, assignment=assignment)
        return any(moment and now < moment for moment in install_times(policy, self.device.clock.time_zone))

    def _last(self, kind: str) -> int:
        """Return the place of the last event of that kind, -1 when there was none."""
        events = list(self.device.timeline)
        return next((index for index in reversed(range(len(events))) if events[index].kind == kind), -1)

    def _events_of(self, kind: str) -> list[Event]:
        return [event for event in self.device.timeline.of(kind=kind) if event.data.get("app_id") == self.app.id]

    def _since(self, index: int, kind: str) -> list[Event]:
        return [event for event in list(self.device.timeline)[index:] if event.kind == kind]
