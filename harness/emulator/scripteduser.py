"""The user of an emulated machine: what they do about the toasts they see, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.durations import parse_duration
from harness.errors import UsageError
from harness.model.toasts import ToastAnswer, ToastKind

if TYPE_CHECKING:
    from harness.emulator.showntoast import EmulatedToast

__all__ = ["UserAnswer", "UserRule", "UserPlan", "ScriptedUser"]

_THINKS = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAnswer:
    """What the scripted user does about a toast.

    Attributes:
        after: how long the user takes, from when they can see the toast; `"2 min"` or a `timedelta`. A user who is
            away or has locked the screen begins when they are back.
        answer: a click or a dismissal.
        button: the button to press, by what it says or by its argument; empty for the toast itself.
        inputs: what is entered first, by the id of the input; a choice by its id or its words.
        snooze: presses the system's snooze button; a duration chooses it from the toast's menu, an empty text takes
            what is chosen there already. None for another button.
        looks_in_centre: whether the user finds the toast in the notification centre when it is not on the screen.
    """

    after: timedelta | str = _THINKS
    answer: ToastAnswer = ToastAnswer.CLICKED
    button: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict, hash=False)
    snooze: timedelta | str | None = None
    looks_in_centre: bool = False

    @classmethod
    def clicks(
        cls,
        button: str = "",
        *,
        after: timedelta | str = _THINKS,
        inputs: Mapping[str, str] | None = None,
        looks_in_centre: bool = False,
    ) -> UserAnswer:
        """Return a click on a button, or on the toast itself, with what was entered before."""
        return cls(after=after, button=button, inputs=inputs or {}, looks_in_centre=looks_in_centre)

    @classmethod
    def dismisses(cls, *, after: timedelta | str = _THINKS, looks_in_centre: bool = False) -> UserAnswer:
        """Return a dismissal."""
        return cls(after=after, answer=ToastAnswer.DISMISSED, looks_in_centre=looks_in_centre)

    @classmethod
    def snoozes(cls, duration: timedelta | str = "", *, after: timedelta | str = _THINKS) -> UserAnswer:
        """Return a click on the system's snooze button, for a time that the toast offers."""
        return cls(after=after, snooze=duration)

    @property
    def delay(self) -> timedelta:
        """How long the user takes.

        Raises:
            UsageError: if `after` is not a duration.
        """
        return parse_duration(self.after)


#: Decides about one toast; None leaves it alone.
UserRule = Callable[["EmulatedToast"], UserAnswer | None]

#: The same answer every time, a rule, or an answer for each time in turn (None leaves it alone; the last one stays).
UserPlan = UserAnswer | UserRule | Sequence[UserAnswer | None]


class ScriptedUser:
    """Decides what is done about toasts; without a plan nobody does anything.

    Attributes:
        answers: what is done, by kind of toast.
        rule: decides about toasts whose kind has no answer.
    """

    def __init__(self) -> None:
        self.answers: dict[ToastKind, UserPlan] = {}
        self.rule: UserRule | None = None
        self._times: dict[ToastKind, int] = {}

    def decide(self, shown: EmulatedToast) -> UserAnswer | None:
        """Return what the user will do about a toast; asked once each time it appears."""
        kind = shown.toast.kind
        time = self._times[kind] = self._times.get(kind, 0) + 1
        plan = self.answers.get(kind, self.rule)
        if plan is None or isinstance(plan, UserAnswer):
            return plan
        if callable(plan):
            return plan(shown)
        return plan[min(time, len(plan)) - 1] if plan else None

    @staticmethod
    def act(shown: EmulatedToast, planned: UserAnswer) -> None:
        """Do it.

        Raises:
            UsageError: if the toast has no such button, input or choice, or the answer is none a user can give.
        """
        if planned.snooze is not None:
            shown.snooze(planned.snooze)
        elif planned.answer is ToastAnswer.CLICKED:
            shown.click(planned.button, inputs=planned.inputs)
        elif planned.answer is ToastAnswer.DISMISSED:
            shown.dismiss()
        else:
            raise UsageError("a user cannot time out - leave the rule away, and the toast goes by itself")
