"""A toast that was shown to somebody: where it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.durations import format_duration, parse_duration
from harness.errors import UsageError
from harness.machine.clock import Signal
from harness.machine.moments import aware
from harness.machine.ports import Session
from harness.model.toasts import InputType, Toast, ToastAnswer, ToastButton, ToastInput, ToastResponse

if TYPE_CHECKING:
    from harness.emulator.scripteduser import UserAnswer
    from harness.emulator.toasts import EmulatedToasts
    from harness.formats.toastxml import ToastFinding

__all__ = ["EmulatedToast", "ToastPlace", "LONGEST_LIFE"]

#: Default and longest time in the notification centre. Source: learn.microsoft.com, "Send a local toast notification".
LONGEST_LIFE = timedelta(days=3)

#: What the system's snooze button does without a menu. Source: seen in Windows 10 (the blog of BurntToast's author).
_SNOOZE = timedelta(minutes=9)


class ToastPlace(StrEnum):
    """Where a toast is; the value reads on after "the toast is"."""

    SCREEN = "on the screen"
    AWAY = "waiting for its user to come back"
    CENTRE = "in the notification centre"
    SNOOZED = "put off"
    GONE = "gone"
    DROPPED = "not shown"


class EmulatedToast:
    """A toast on somebody's screen or in their notification centre; fulfils the `ShownToast` port.

    Attributes:
        toast: what it says.
        session: who sees it; after a sign-out the session in which it came back.
        app_id: the AppUserModelID of the app it comes from.
        shown_at: when it first appeared.
        expires: when it goes from the notification centre too.
        answered: set when the user has answered or the toast has left the screen. It may be answered after that, from
            the notification centre; `response` has the last answer.
        response: what the user did; None while it is unanswered, and when it went without an answer.
        findings: what Windows made of its XML, for one that was shown by its XML.
        why: why it was not shown, for one that was dropped.
        was_on_lock_screen: whether it was shown on the lock screen.
        times: how often it has appeared.
    """

    def __init__(
        self, toast: Toast, session: Session, toasts: EmulatedToasts, *, app_id: str, now: datetime, since: timedelta
    ) -> None:
        self.toast = toast
        self.session = session
        self.app_id = app_id
        self.shown_at = now
        longest = now + LONGEST_LIFE
        self.expires = min(aware(toast.expires, "a toast cannot expire at"), longest) if toast.expires else longest
        self.answered = Signal()
        self.response: ToastResponse | None = None
        self.findings: Sequence[ToastFinding] = ()
        self.why = ""
        self.was_on_lock_screen = False
        self.times = 0
        self._toasts = toasts
        # What follows is the business of `EmulatedToasts`.
        self.laid = ToastPlace.DROPPED
        self.moved = Signal()
        self.appeared = since
        self.shown_since_start = since
        self.plan: UserAnswer | None = None
        self.is_planned = False
        self.plan_since: timedelta | None = None
        self.snoozed_for = _SNOOZE

    @property
    def place(self) -> ToastPlace:
        """Where it is."""
        return ToastPlace.GONE if self._toasts.is_over(self) else self.laid

    @property
    def is_on_screen(self) -> bool:
        """Whether the user sees it without looking for it."""
        return self.place is ToastPlace.SCREEN

    @property
    def is_open(self) -> bool:
        """Whether the user can get at it, on the screen or in the notification centre."""
        return self.place in (ToastPlace.SCREEN, ToastPlace.CENTRE)

    @property
    def xml(self) -> str:
        """Its XML.

        Raises:
            UsageError: if a text holds a character that XML cannot.
        """
        from harness.formats.toastxml import to_toast_xml

        return to_toast_xml(self.toast)

    # What the user does

    def click(self, button: str = "", *, inputs: Mapping[str, str] | None = None) -> None:
        """Press a button, by what it says or by its argument; without one, click the toast itself.

        Args:
            button: which button.
            inputs: what is entered first, by the id of the input; a choice by its id or its words.

        Raises:
            UsageError: if there is no such button, input or choice, or the toast is neither on the screen nor in the
                notification centre.
        """
        found = self._button(button)
        entered = self._entered(inputs or {})
        if found and found.is_snooze:
            self._toasts.put_off(self, self._snooze_time(found, entered))
        elif found and found.is_dismiss:
            self._toasts.answer(self, ToastResponse(answer=ToastAnswer.DISMISSED))
        else:
            arguments = found.arguments if found else self.toast.launch
            response = ToastResponse(answer=ToastAnswer.CLICKED, arguments=arguments, inputs=entered)
            self._toasts.answer(self, response, found)

    def dismiss(self) -> None:
        """Close it without an answer.

        Raises:
            UsageError: if the toast is neither on the screen nor in the notification centre.
        """
        self._toasts.answer(self, ToastResponse(answer=ToastAnswer.DISMISSED))

    def snooze(self, duration: timedelta | str = "") -> None:
        """Press the system's snooze button, for a time that the toast offers; without one, as its menu stands.

        Raises:
            UsageError: if it has no such button or does not offer that time, or is not there to be pressed.
        """
        button = next((button for button in self.toast.buttons if button.is_snooze), None)
        if button is None:
            raise UsageError(
                f"the toast {self.toast.title!r} has no snooze button of the system - it has {self._has()}"
            )
        wanted: dict[str, str] = {}
        if duration != "":
            time = parse_duration(duration)
            minutes = str(int(time / timedelta(minutes=1)))
            offered = [
                choice for entry in self.toast.inputs if entry.id == button.input_id for choice in entry.selections
            ]
            if minutes not in [choice.id for choice in offered] and (offered or time != _SNOOZE):
                words = ", ".join(repr(choice.content) for choice in offered) or format_duration(_SNOOZE)
                raise UsageError(
                    f"the toast {self.toast.title!r} cannot be put off for {format_duration(time)} - it offers {words}"
                )
            wanted = {button.input_id: minutes} if offered else {}
        self._toasts.put_off(self, self._snooze_time(button, self._entered(wanted)))

    # How it looks

    def drawn(self) -> str:
        """Return it drawn with lines and letters, for a terminal."""
        from harness.model.toastdrawing import draw_text

        return draw_text(self.toast, self._note())

    def _repr_html_(self) -> str:
        from harness.model.toastdrawing import draw_html

        return draw_html(self.toast, self._note())

    def __repr__(self) -> str:
        return f"<EmulatedToast {self.toast.title!r} {self.place}>"

    def _note(self) -> str:
        user, at = self.session.account.name, f"{self.shown_at:%Y-%m-%d %H:%M:%S}"
        if self.why:
            return f"{at} not shown to {user}: {self.why}"
        answer = f"{self.response.answer}, " if self.response else ""
        return f"{at} {user}: {answer}{self.place}"

    # Looking for what is pressed and entered

    def _button(self, wanted: str) -> ToastButton | None:
        if not wanted:
            return None
        for button in self.toast.buttons:
            if wanted.casefold() in (button.words.casefold(), button.arguments.casefold()):
                return button
        raise UsageError(f"the toast {self.toast.title!r} has no button {wanted!r} - it has {self._has()}")

    def _has(self) -> str:
        return ", ".join(repr(button.words) for button in self.toast.buttons) or "no buttons"

    def _entered(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """Return the value of every input: what was entered, else what was there."""
        known = {entry.id: entry for entry in self.toast.inputs}
        if unknown := [name for name in inputs if name not in known]:
            names = ", ".join(map(repr, known)) or "no inputs"
            raise UsageError(f"the toast {self.toast.title!r} has no input {unknown[0]!r} - it has {names}")
        return {
            name: self._chosen(entry, inputs[name]) if name in inputs else entry.default
            for name, entry in known.items()
        }

    def _chosen(self, entry: ToastInput, wanted: str) -> str:
        if entry.type is InputType.TEXT:
            return wanted
        for choice in entry.selections:
            if wanted.casefold() in (choice.id.casefold(), choice.content.casefold()):
                return choice.id
        choices = ", ".join(repr(choice.content) for choice in entry.selections) or "none"
        raise UsageError(f"the input {entry.id!r} has no choice {wanted!r} - the choices are: {choices}")

    def _snooze_time(self, button: ToastButton, entered: Mapping[str, str]) -> timedelta:
        minutes = entered.get(button.input_id, "")
        is_number = minutes.isascii() and minutes.isdecimal() and len(minutes) <= 6  # noqa: PLR2004 - two years
        return timedelta(minutes=int(minutes)) if is_number else _SNOOZE
