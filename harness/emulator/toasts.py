"""Toasts on an emulated machine: what was shown, and a scripted user who answers.

A toast that does not stay goes to the notification centre after seven seconds, unless it was answered before (RECALLED:
short toasts stay for 5 to 7 s). A toast that stays waits for ever. Without a rule for its kind, nobody answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harness.durations import parse_duration
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.machine.ports import Session
from harness.model.toasts import Toast, ToastAnswer, ToastButton, ToastKind, ToastResponse
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedToast", "EmulatedToasts", "UserAnswer", "UserRule"]

#: How long a toast without `stays` is on screen.
_ON_SCREEN = timedelta(seconds=7)

_MOST_BUTTONS = 5
_LONGEST_TAG = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAnswer:
    """What the scripted user does about a toast.

    Attributes:
        after: how long the user takes, from when the toast appears; `"2 min"` or a `timedelta`.
        answer: a click or a dismissal.
        button: the button to press, by what it says or by its argument; empty for the toast itself.
    """

    after: timedelta | str = timedelta(seconds=3)
    answer: ToastAnswer = ToastAnswer.CLICKED
    button: str = ""

    @classmethod
    def clicks(cls, button: str = "", *, after: timedelta | str = timedelta(seconds=3)) -> UserAnswer:
        """Return a click on a button, or on the toast itself."""
        return cls(after=after, button=button)

    @classmethod
    def dismisses(cls, *, after: timedelta | str = timedelta(seconds=3)) -> UserAnswer:
        """Return a dismissal."""
        return cls(after=after, answer=ToastAnswer.DISMISSED)


class EmulatedToast:
    """A toast on somebody's screen; fulfils the `ShownToast` port.

    Attributes:
        toast: what it says.
        session: who sees it.
        shown_at: when it appeared.
        answered: set when the user has answered or the toast has gone.
        response: what the user did; None while it is unanswered, and when it went without an answer.
    """

    def __init__(self, toast: Toast, session: Session, toasts: EmulatedToasts, shown_at: datetime) -> None:
        self.toast = toast
        self.session = session
        self.shown_at = shown_at
        self.answered = Signal()
        self.response: ToastResponse | None = None
        self._toasts = toasts

    @property
    def is_on_screen(self) -> bool:
        """Whether the user still sees it."""
        return not self.answered.is_set

    def click(self, button: str = "") -> None:
        """Press a button, by what it says or by its argument; without one, click the toast itself.

        Raises:
            UsageError: if there is no such button, or the toast is not on the screen any more.
        """
        found = self._button(button)
        self._answer(ToastResponse(answer=ToastAnswer.CLICKED, arguments=found.arguments if found else ""))

    def dismiss(self) -> None:
        """Close it without an answer.

        Raises:
            UsageError: if the toast is not on the screen any more.
        """
        self._answer(ToastResponse(answer=ToastAnswer.DISMISSED))

    def _button(self, wanted: str) -> ToastButton | None:
        if not wanted:
            return None
        for button in self.toast.buttons:
            if wanted.casefold() in (button.content.casefold(), button.arguments.casefold()):
                return button
        buttons = ", ".join(repr(button.content) for button in self.toast.buttons) or "no buttons"
        raise UsageError(f"the toast {self.toast.title!r} has no button {wanted!r} - it has {buttons}")

    def _answer(self, response: ToastResponse) -> None:
        if self.answered.is_set:
            raise UsageError(
                f"the toast {self.toast.title!r} is not on the screen any more - answer it while it is shown"
            )
        self._toasts.close(self, response)


#: Decides about one toast; None leaves it alone.
UserRule = Callable[[EmulatedToast], UserAnswer | None]


class EmulatedToasts:
    """Everything that is shown on a machine; fulfils the `Toasts` port.

    Attributes:
        user_answers: what the scripted user does, by kind of toast: an answer, or a function of the shown toast.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.user_answers: dict[ToastKind, UserAnswer | UserRule] = {}
        self._machine = machine
        self._shown: list[EmulatedToast] = []

    @property
    def shown(self) -> Sequence[EmulatedToast]:
        """Everything that was shown since the machine was made, oldest first."""
        return tuple(self._shown)

    @property
    def on_screen(self) -> Sequence[EmulatedToast]:
        """What the users see at the moment, oldest first."""
        return tuple(toast for toast in self._shown if toast.is_on_screen)

    def show(self, toast: Toast, session: Session) -> EmulatedToast:
        """Show a toast in a user's session; an older one with the same tag makes way for it.

        Raises:
            MachineError: 1008 when nobody is signed in to the session.
            UsageError: for more than five buttons or a tag over 64 characters, which Windows drops in silence.
        """
        _check(toast)
        if all(session.id != other.id for other in self._machine.sessions.signed_in()):
            raise MachineError(1008, f"nobody is signed in to session {session.id} to see a toast", toast.title)
        for older in self.on_screen:
            if toast.tag and (toast.tag, session.id) == (older.toast.tag, older.session.id):
                self.close(older, None, "replaced by a newer one")
        shown = EmulatedToast(toast, session, self, self._machine.clock.now())
        self._shown.append(shown)
        self._report(shown)
        self._machine.clock.spawn_apart(self._live(shown), name=f"the toast {toast.title!r}")
        return shown

    def close(self, shown: EmulatedToast, response: ToastResponse | None, why: str = "") -> None:
        """Take a toast off the screen, with the user's answer or without; one that is gone stays as it is."""
        if not shown.is_on_screen:
            return
        shown.response = response
        text, answer = _words(shown, response, why)
        self._machine.timeline.add(
            Lane.USER,
            "toast answered" if response and response.answer is not ToastAnswer.TIMED_OUT else "toast gone",
            text,
            title=shown.toast.title,
            app_name=shown.toast.app_name,
            toast_kind=shown.toast.kind.value,
            answer=answer,
            arguments=response.arguments if response else "",
            user=shown.session.account.name,
        )
        shown.answered.set()

    def end_session(self, session_id: int) -> None:
        """Take the toasts of a session off the screen, as signing out does."""
        for shown in self.on_screen:
            if shown.session.id == session_id:
                self.close(shown, None, "gone with the user's session")

    async def _live(self, shown: EmulatedToast) -> None:
        """Let the scripted user answer, or the toast go."""
        rule = self.user_answers.get(shown.toast.kind)
        planned = rule(shown) if callable(rule) else rule
        leaves = None if shown.toast.stays else _ON_SCREEN
        if planned:
            after = parse_duration(planned.after)
            if leaves is None or after < leaves:
                if not await self._machine.clock.wait(shown.answered, after):
                    _act(shown, planned)
                return
        if not await self._machine.clock.wait(shown.answered, leaves):
            self.close(shown, ToastResponse(answer=ToastAnswer.TIMED_OUT))

    def _report(self, shown: EmulatedToast) -> None:
        toast = shown.toast
        self._machine.timeline.add(
            Lane.TOAST,
            "toast shown",
            f"{shown.session.account.name} sees: {toast.title}",
            title=toast.title,
            lines="\n".join(toast.lines),
            buttons="\n".join(button.content for button in toast.buttons),
            app_name=toast.app_name,
            toast_kind=toast.kind.value,
            user=shown.session.account.name,
        )


def _act(shown: EmulatedToast, planned: UserAnswer) -> None:
    match planned.answer:
        case ToastAnswer.CLICKED:
            shown.click(planned.button)
        case ToastAnswer.DISMISSED:
            shown.dismiss()
        case _:
            raise UsageError("a user cannot time out - leave the rule away, and the toast goes by itself")


def _words(shown: EmulatedToast, response: ToastResponse | None, why: str) -> tuple[str, str]:
    user, title = shown.session.account.name, shown.toast.title
    if response is None:
        return f"{title} is {why}", why
    match response.answer:
        case ToastAnswer.TIMED_OUT:
            return f"{title} goes to {user}'s notification centre", response.answer.value
        case ToastAnswer.DISMISSED:
            return f"{user} dismisses: {title}", response.answer.value
        case _:
            content = next((b.content for b in shown.toast.buttons if b.arguments == response.arguments), title)
            return f"{user} clicks: {content}", response.answer.value


def _check(toast: Toast) -> None:
    if len(toast.buttons) > _MOST_BUTTONS:
        raise UsageError(f"the toast {toast.title!r} has {len(toast.buttons)} buttons - Windows shows at most 5")
    if len(toast.tag) > _LONGEST_TAG:
        raise UsageError(f"the tag {toast.tag!r} is too long - Windows takes at most 64 characters")
