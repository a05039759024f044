"""What the timeline says about toasts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from harness.durations import format_duration
from harness.emulator.showntoast import EmulatedToast, ToastPlace
from harness.model.toasts import ToastAnswer, ToastResponse
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.timeline import Timeline

__all__ = ["ToastReports"]


class ToastReports:
    """Writes what happens to toasts on a timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def appeared(self, shown: EmulatedToast, *, is_away: bool) -> None:
        """Say that a toast has reached its user, and where."""
        user, title = shown.session.account.name, shown.toast.title
        match shown.place:
            case ToastPlace.SCREEN:
                text = f"{user} sees{' again' if shown.times > 1 else ''}: {title}"
            case ToastPlace.AWAY:
                text = f"{title} waits for {user}, who is away"
            case _:
                why = "who is away" if is_away else "who is not disturbed"
                text = f"{title} goes to the notification centre of {user}, {why}"
        toast = shown.toast
        self._timeline.add(
            Lane.TOAST,
            "toast shown" if shown.place is ToastPlace.SCREEN else "toast not on screen",
            text,
            title=toast.title,
            lines="\n".join(toast.lines),
            buttons="\n".join(button.words for button in toast.buttons),
            app_name=toast.app_name,
            toast_kind=toast.kind.value,
            user=user,
        )

    def dropped(self, shown: EmulatedToast) -> None:
        """Say that Windows shows nothing of a toast, and why."""
        self._timeline.add(
            Lane.TOAST,
            "toast dropped",
            f"Windows shows nothing of {shown.toast.title!r}: {shown.why}",
            title=shown.toast.title,
            why=shown.why,
            findings="\n".join(map(str, shown.findings)),
            app_id=shown.app_id,
            toast_kind=shown.toast.kind.value,
            user=shown.session.account.name,
        )

    def put_off(self, shown: EmulatedToast, duration: timedelta) -> None:
        """Say that the user has put a toast off."""
        user = shown.session.account.name
        self._timeline.add(
            Lane.USER,
            "toast snoozed",
            f"{user} puts off for {format_duration(duration)}: {shown.toast.title}",
            title=shown.toast.title,
            app_name=shown.toast.app_name,
            toast_kind=shown.toast.kind.value,
            seconds=duration.total_seconds(),
            user=user,
        )

    def closed(self, shown: EmulatedToast, response: ToastResponse | None, why: str) -> None:
        """Say that a toast has left the screen, by an answer or without one."""
        is_answer = response is not None and response.answer is not ToastAnswer.TIMED_OUT
        text, answer = _words(shown, response, why)
        inputs = response.inputs if response else {}
        self._timeline.add(
            Lane.USER,
            "toast answered" if is_answer else "toast gone",
            text,
            title=shown.toast.title,
            app_name=shown.toast.app_name,
            toast_kind=shown.toast.kind.value,
            answer=answer,
            arguments=response.arguments if response else "",
            user=shown.session.account.name,
            **({"inputs": "\n".join(f"{name}={value}" for name, value in inputs.items())} if inputs else {}),
        )


def _words(shown: EmulatedToast, response: ToastResponse | None, why: str) -> tuple[str, str]:
    user, title = shown.session.account.name, shown.toast.title
    if response is None:
        return f"{title} is {why}", why
    match response.answer:
        case ToastAnswer.TIMED_OUT:
            goes = f"goes to {user}'s notification centre" if shown.laid is ToastPlace.CENTRE else "leaves the screen"
            return f"{title} {goes}", response.answer.value
        case ToastAnswer.DISMISSED:
            return f"{user} dismisses: {title}", response.answer.value
        case _:
            content = next((b.words for b in shown.toast.buttons if b.arguments == response.arguments), title)
            return f"{user} clicks: {content}", response.answer.value
