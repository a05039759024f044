"""The user who answers by rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.emulator.toasts import ToastPlace, UserAnswer
from harness.errors import UsageError
from harness.model.toasts import (
    ActivationType,
    ToastAnswer,
    ToastButton,
    ToastInput,
    ToastKind,
    ToastResponse,
)
from harness.timeline import Lane
from tests.emulator.toast_samples import LATER, RESTART, SECOND, SUCCESS


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def show(machine, session):
    """Give a function that shows a toast to ada."""
    return lambda toast: machine.toasts.show(toast, session)


class TestTheScriptedUser:
    """Answers by rule."""

    @pytest.mark.parametrize(
        ("rule", "arguments"),
        [
            (UserAnswer.clicks("Restart now", after="2 min"), "restart"),
            (lambda shown: UserAnswer.clicks(shown.toast.buttons[0].content, after="2 min"), "snooze"),
        ],
    )
    def test_a_rule_clicks_after_its_time(self, machine, show, rule, arguments):
        """A fixed answer, or one that looks at the toast."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = rule
        shown = show(RESTART)
        machine.clock.advance(119 * SECOND)
        assert shown.is_on_screen

        machine.clock.advance(SECOND)

        assert ToastResponse(answer=ToastAnswer.CLICKED, arguments=arguments) == shown.response

    def test_a_rule_dismisses(self, machine, show):
        """After three seconds unless it says otherwise."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.dismisses()
        shown = show(SUCCESS)

        machine.clock.advance(3 * SECOND)

        assert ToastResponse(answer=ToastAnswer.DISMISSED) == shown.response

    @pytest.mark.parametrize(
        "rule", [None, lambda shown: None, UserAnswer.clicks(after=7 * SECOND), UserAnswer.clicks(after="1 h")]
    )
    def test_without_a_rule_or_too_late_the_toast_goes(self, machine, show, rule):
        """A slow user finds it in the notification centre."""
        if rule:
            machine.user_answers[ToastKind.SUCCESS] = rule
        shown = show(SUCCESS)

        machine.clock.advance(timedelta(hours=2))

        assert ToastAnswer.TIMED_OUT is shown.response.answer

    def test_a_rule_counts_for_its_kind_only(self, machine, show):
        """Other toasts are left alone."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks()
        shown = show(RESTART)

        machine.clock.advance(timedelta(hours=2))

        assert shown.is_on_screen

    def test_a_toast_that_is_gone_is_not_answered(self, machine, show):
        """Somebody was quicker."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("Restart now", after="2 min")
        shown = show(RESTART)
        machine.clock.advance(SECOND)
        shown.dismiss()

        machine.clock.advance(timedelta(hours=2))

        assert ToastAnswer.DISMISSED is shown.response.answer

    def test_a_rule_for_a_missing_button_is_told(self, machine, show):
        """To whoever drives the clock."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks("Restart now")
        show(SUCCESS)

        with pytest.raises(UsageError, match="has no button 'Restart now'"):
            machine.clock.advance(timedelta(hours=2))

    def test_nobody_can_decide_to_time_out(self, machine, show):
        """That is what happens without a rule."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer(answer=ToastAnswer.TIMED_OUT)
        show(SUCCESS)

        with pytest.raises(UsageError, match="leave the rule away"):
            machine.clock.advance(timedelta(hours=2))

    def test_a_toast_outlives_whoever_showed_it(self, machine, session, start):
        """Its process has long ended when the user answers."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks(after="1 h")

        async def shows(run):
            run.machine.toasts.show(RESTART, session)
            return 0

        start("notify.exe", shows)
        machine.clock.advance(timedelta(hours=2))

        assert ToastAnswer.CLICKED is machine.toasts.shown[0].response.answer

    def test_answers_in_turn(self, machine, show):
        """One each time; the last one stays, and none leaves the toast alone."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = [
            UserAnswer.clicks("snooze"),
            None,
            UserAnswer.clicks("restart"),
        ]
        answers = []
        for _ in range(4):
            shown = show(RESTART)
            machine.clock.advance(timedelta(hours=1))
            answers.append(shown.response and shown.response.arguments)

        assert ["snooze", None, "restart", "restart"] == answers

    def test_no_answers_in_turn(self, machine, show):
        """Are no answer."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = []
        shown = show(RESTART)
        machine.clock.advance(timedelta(hours=1))

        assert shown.response is None

    def test_a_rule_for_every_kind(self, machine, show):
        """Where none is given for the kind."""
        machine.toasts.user.rule = lambda shown: UserAnswer.dismisses() if shown.toast.buttons else None
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks()
        toasts = [show(RESTART), show(SUCCESS), show(replace(SUCCESS, kind=ToastKind.FAILURE))]
        machine.clock.advance(timedelta(minutes=1))

        assert [ToastAnswer.DISMISSED, ToastAnswer.CLICKED, ToastAnswer.TIMED_OUT] == [
            shown.response.answer for shown in toasts
        ]

    def test_a_user_types_and_chooses(self, machine, show):
        """Before the click."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks(inputs={"why": "because"})
        shown = show(replace(SUCCESS, inputs=(ToastInput(id="why"),)))
        machine.clock.advance(3 * SECOND)

        assert {"why": "because"} == shown.response.inputs

    def test_a_user_snoozes_twice_and_gives_in(self, machine, show):
        """Asked each time the toast comes back."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = [
            UserAnswer.snoozes(after="1 min"),
            UserAnswer.snoozes("9 min"),
            UserAnswer.clicks("restart"),
        ]
        snooze = ToastButton(content="", arguments="snooze", activation_type=ActivationType.SYSTEM)
        shown = show(replace(RESTART, buttons=(*RESTART.buttons[1:], snooze)))
        machine.clock.advance(timedelta(minutes=19, seconds=3))
        assert (3, None) == (shown.times, shown.response)

        machine.clock.advance(3 * SECOND)

        assert "restart" == shown.response.arguments

    @pytest.mark.parametrize(("looks", "answer"), [(True, ToastAnswer.CLICKED), (False, ToastAnswer.TIMED_OUT)])
    def test_a_slow_user_may_look_in_the_notification_centre(self, machine, show, looks, answer):
        """An hour after the toast appeared."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks(after="1 h", looks_in_centre=looks)
        shown = show(SUCCESS)
        machine.clock.advance(timedelta(hours=1) - SECOND)
        assert ToastAnswer.TIMED_OUT is shown.response.answer

        machine.clock.advance(SECOND)

        assert answer is shown.response.answer

    def test_a_user_dismisses_in_the_notification_centre(self, machine, show):
        """What was never on the screen."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.dismisses(looks_in_centre=True)
        shown = show(replace(SUCCESS, suppress_popup=True))
        machine.clock.advance(3 * SECOND)

        assert (ToastPlace.GONE, ToastAnswer.DISMISSED) == (shown.place, shown.response.answer)

    def test_a_user_answers_once(self, machine, show):
        """A toast that stays after the answer is left alone."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("snooze")
        shown = show(replace(RESTART, buttons=(replace(LATER, keeps_toast=True),)))
        machine.clock.advance(timedelta(hours=1))

        assert shown.is_on_screen
        assert 1 == len(machine.timeline.of(Lane.USER, "toast answered"))

    def test_a_toast_that_comes_before_its_time_is_up(self, machine, show):
        """Is replaced, and its answer with it."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("restart", after="1 min")
        older = show(RESTART)
        machine.clock.advance(50 * SECOND)
        newer = show(RESTART)
        machine.clock.advance(50 * SECOND)
        assert (None, None) == (older.response, newer.response)

        machine.clock.advance(10 * SECOND)

        assert "restart" == newer.response.arguments

    def test_a_time_that_is_none(self, machine, show):
        """Is told when it is needed."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks(after="soon")
        show(SUCCESS)

        with pytest.raises(UsageError, match="'soon' is not a duration"):
            machine.clock.advance(SECOND)
