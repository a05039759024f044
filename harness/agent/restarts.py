"""What happens about restarts after an installation: nothing, a notice, a countdown, or a restart at once.

Source: learn.microsoft.com, "Add and assign Win32 apps" and "Win32 app management"; where those pages disagree with
Graph's (restart behaviour "allow" with a hard reboot code), the former. How the real agent counts down is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from harness.agent.contexts import CheckInSession
from harness.agent.notifications import Notifier
from harness.agent.pendingrestart import PendingRestart
from harness.agent.settings import AgentSettings
from harness.agent.toolbox import Toolbox
from harness.machine.clock import Task
from harness.machine.ports import ShownToast
from harness.model.apps import DeviceRestartBehavior, ReturnCodeType
from harness.model.assignments import AppPolicy, InstallIntent, RestartSettings
from harness.model.toasts import ToastKind

__all__ = ["RestartCoordinator", "RestartDecision", "decide_restart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartDecision:
    """What the end of an installation means for the machine.

    Attributes:
        is_needed: whether the app is complete only after a restart.
        is_announced: whether the user is told that a restart is needed.
        restarts_in: when the agent restarts the machine; None when it does not, zero for at once.
        countdown: how long before that the countdown is shown.
        snooze: how long a reminder may be put off; None when it may not.
        blocks_others: whether no other app is installed before the restart.
    """

    is_needed: bool = False
    is_announced: bool = False
    restarts_in: timedelta | None = None
    countdown: timedelta = timedelta()
    snooze: timedelta | None = None
    blocks_others: bool = False


def decide_restart(
    behavior: DeviceRestartBehavior,
    meaning: ReturnCodeType | None,
    grace: RestartSettings | None,
    settings: AgentSettings,
) -> RestartDecision:
    """Return what follows from the app's restart behaviour, its exit code, and the assignment's grace period.

    The table: based on return code - soft: notice; hard: restart, with a grace period if there is one. Allow - soft:
    notice; hard: notice and restart after 120 minutes. Suppress - no restart of Intune's. Force - restart after every
    success, with the grace period if there is one.
    """
    is_soft, is_hard = meaning is ReturnCodeType.SOFT_REBOOT, meaning is ReturnCodeType.HARD_REBOOT
    if not (is_soft or is_hard or meaning is ReturnCodeType.SUCCESS):
        return RestartDecision()
    quiet = RestartDecision(is_needed=is_soft or is_hard, blocks_others=is_hard)
    noticed = replace(quiet, is_announced=quiet.is_needed)
    if behavior is DeviceRestartBehavior.SUPPRESS:
        return quiet
    if behavior is DeviceRestartBehavior.FORCE:
        return _restart(quiet, grace)
    if behavior is DeviceRestartBehavior.BASED_ON_RETURN_CODE:
        return _restart(quiet, grace) if is_hard else noticed
    notice = settings.allow_restart_notice
    return replace(noticed, restarts_in=notice, countdown=min(_COUNTDOWN, notice)) if is_hard else noticed


#: How long before a restart the countdown is shown when no setting says so (the portal's default).
_COUNTDOWN = timedelta(minutes=15)


def _restart(decision: RestartDecision, grace: RestartSettings | None) -> RestartDecision:
    if grace is None:
        return replace(decision, restarts_in=timedelta(), blocks_others=True)
    return replace(
        decision,
        is_announced=True,
        restarts_in=grace.grace_period,
        countdown=min(grace.countdown_display_before_restart, grace.grace_period),
        snooze=grace.restart_notification_snooze_duration,
    )


class RestartCoordinator:
    """Brings about the restarts that installations ask for; what is pending survives in the registry."""

    def __init__(self, tools: Toolbox, notifier: Notifier) -> None:
        self._tools = tools
        self._notifier = notifier
        self._countdown: Task[None] | None = None
        self._due_now: str | None = None

    def request(self, decision: RestartDecision, policy: AppPolicy, session: CheckInSession) -> None:
        """Take note of what an installation asks for; of two countdowns the earlier restart counts."""
        app = policy.app
        if decision.restarts_in is None:
            if decision.is_announced:
                self._notifier.notify(ToastKind.RESTART_REQUIRED, policy, session)
            return
        reason = f"{app.display_name} needs a restart"
        if not decision.restarts_in:
            self._due_now = reason
            self._tools.tell("restart requested", f"{reason}, at once", app_id=app.id, seconds=0)
            return
        now = self._tools.now()
        pending = PendingRestart(
            requested_at=now,
            deadline=now + decision.restarts_in,
            countdown=decision.countdown,
            snooze=decision.snooze,
            app_name=app.display_name,
            notifications=policy.assignment.notifications,
            user_id=session.user_id,
            is_uninstall=policy.assignment.intent is InstallIntent.UNINSTALL,
        )
        seconds = int(decision.restarts_in.total_seconds())
        self._tools.tell("restart requested", f"{reason}, in {seconds // 60} min", app_id=app.id, seconds=seconds)
        known = self._tools.store.pending_restart()
        if known is None or pending.deadline < known.deadline:
            self._tools.store.set_pending_restart(pending)
            self._start(pending)

    def resume(self) -> None:
        """Go on counting down after the service was restarted; a restart of the machine has settled it."""
        pending = self._tools.store.pending_restart()
        if pending is None:
            return
        if pending.requested_at < self._tools.machine.power.booted_at:
            self._tools.store.set_pending_restart(None)
        else:
            self._start(pending)

    def restart_if_due(self) -> bool:
        """Restart the machine when an installation asked for it at once; called when the reports are out.

        Returns:
            Whether the machine is about to restart.
        """
        reason, self._due_now = self._due_now, None
        if reason is not None:
            self._restart(reason)
        return reason is not None

    def stop(self) -> None:
        """Stop counting down, because the service stops."""
        if self._countdown is not None:
            self._countdown.cancel()
            self._countdown = None

    def _start(self, pending: PendingRestart) -> None:
        self.stop()
        self._countdown = self._tools.machine.clock.spawn(self._count_down(pending), name="restart countdown")

    async def _count_down(self, pending: PendingRestart) -> None:
        """Remind until the countdown begins, show the countdown, restart at the deadline."""
        if not await self._remind(pending):
            shown = self._show(ToastKind.RESTART_COUNTDOWN, pending, None)
            if await self._answer(shown, pending.deadline) != "restart":
                await self._sleep_until(pending.deadline)
        self._tools.store.set_pending_restart(None)
        self._restart(f"{pending.app_name} needs a restart")

    async def _remind(self, pending: PendingRestart) -> bool:
        """Tell of the restart until the countdown begins; return whether the user wants it at once."""
        begins = pending.deadline - pending.countdown
        while self._tools.now() < begins:
            shown = self._show(ToastKind.RESTART_REQUIRED, pending, pending.snooze)
            answer = await self._answer(shown, begins)
            if answer == "restart":
                return True
            if answer == "snooze" and pending.snooze is not None:
                await self._sleep_until(min(self._tools.now() + pending.snooze, begins))
            else:
                await self._sleep_until(begins)
        return False

    def _show(self, kind: ToastKind, pending: PendingRestart, snooze: timedelta | None) -> ShownToast | None:
        return self._notifier.show(
            kind,
            app_name=pending.app_name,
            notifications=pending.notifications,
            user_id=pending.user_id,
            is_uninstall=pending.is_uninstall,
            restart_in=pending.deadline - self._tools.now(),
            snooze=snooze,
        )

    async def _answer(self, shown: ShownToast | None, until: datetime) -> str:
        """Wait for the user's answer until a time; return the pressed button's argument, or nothing."""
        if shown is None:
            return ""
        await self._tools.machine.clock.wait(shown.answered, until - self._tools.now())
        return shown.response.arguments if shown.response else ""

    async def _sleep_until(self, moment: datetime) -> None:
        await self._tools.machine.clock.sleep(moment - self._tools.now())

    def _restart(self, reason: str) -> None:
        self._tools.machine.power.restart(reason, self._tools.settings.immediate_restart_delay)
