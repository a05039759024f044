"""A toast's life: its time on the screen, in the notification centre, put off; and the scripted user who answers it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from harness.emulator.showntoast import EmulatedToast, ToastPlace
from harness.model.toasts import ToastDuration

if TYPE_CHECKING:
    from harness.emulator.toasts import EmulatedToasts

__all__ = ["live"]

#: Source: learn.microsoft.com, "ToastDismissalReason".
_ON_SCREEN = {ToastDuration.SHORT: timedelta(seconds=7), ToastDuration.LONG: timedelta(seconds=25)}


async def live(shown: EmulatedToast, toasts: EmulatedToasts) -> None:
    """Let the scripted user answer and the time pass, until nobody will do anything about the toast any more."""
    clock = toasts.machine.clock
    while (place := shown.place) is not ToastPlace.GONE:
        moved = shown.moved
        if place is ToastPlace.SNOOZED:
            if not await clock.wait(moved, shown.snoozed_for):
                _come_back(shown, toasts)
            continue
        does, leaves = _does_in(shown, toasts), _leaves_in(shown, toasts)
        if shown.plan and does is not None and does < leaves:
            if not await clock.wait(moved, does):
                plan, shown.plan = shown.plan, None
                toasts.user.act(shown, plan)
        elif place is ToastPlace.CENTRE and shown.answered.is_set:
            return
        elif not await clock.wait(moved, leaves):
            _leave(shown, toasts)


def _does_in(shown: EmulatedToast, toasts: EmulatedToasts) -> timedelta | None:
    """Return how long until the scripted user acts; None if they do not, or do not see the toast."""
    if not shown.is_open or not toasts.attention.is_present(shown.session.account):
        return None
    if not shown.is_planned:
        shown.plan, shown.is_planned = toasts.user.decide(shown), True
    if shown.plan is None or (shown.place is ToastPlace.CENTRE and not shown.plan.looks_in_centre):
        return None
    now = toasts.machine.clock.monotonic()
    if shown.plan_since is None:
        shown.plan_since = now
    return max(shown.plan.delay - (now - shown.plan_since), timedelta())


def _leaves_in(shown: EmulatedToast, toasts: EmulatedToasts) -> timedelta:
    """Return how long until the toast leaves the place where it is."""
    clock = toasts.machine.clock
    expires = max(shown.expires - clock.now(), timedelta())
    if shown.place is not ToastPlace.SCREEN or shown.toast.stays_on_screen:
        return expires
    return min(expires, max(_ON_SCREEN[shown.toast.duration] - (clock.monotonic() - shown.appeared), timedelta()))


def _leave(shown: EmulatedToast, toasts: EmulatedToasts) -> None:
    if toasts.is_over(shown):
        toasts.expire(shown)
    elif shown.place is ToastPlace.SCREEN and not shown.toast.stays_on_screen:
        toasts.time_out(shown)


def _come_back(shown: EmulatedToast, toasts: EmulatedToasts) -> None:
    """Show a toast again that was put off, in whatever session its user has now."""
    session = toasts.machine.sessions.of(shown.session.account)
    if session is None:
        toasts.lay(shown, ToastPlace.CENTRE)
    else:
        shown.session = session
        toasts.appear(shown)
