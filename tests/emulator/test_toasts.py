"""Toasts, and the user who answers them."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.toasts import UserAnswer
from harness.errors import MachineError, UsageError
from harness.machine.ports import Session, ShownToast, Toasts
from harness.model.toasts import Toast, ToastAnswer, ToastButton, ToastKind, ToastResponse
from harness.timeline import Lane

SECOND = timedelta(seconds=1)
SNOOZE = ToastButton(content="Remind me later", arguments="snooze")
RESTART = Toast(
    kind=ToastKind.RESTART_REQUIRED,
    app_name="Contoso VPN",
    title="Restart required",
    lines=("Save your work.", "At 18:00 the device restarts."),
    buttons=(SNOOZE, ToastButton(content="Restart now", arguments="restart")),
    stays=True,
    tag="restart",
)
SUCCESS = Toast(kind=ToastKind.SUCCESS, app_name="Contoso VPN", title="Contoso VPN is installed")


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def show(machine, session):
    """Give a function that shows a toast to ada."""
    return lambda toast: machine.toasts.show(toast, session)


class TestShowing:
    """On the screen, and for how long."""

    def test_a_shown_toast_is_remembered(self, machine, session, show):
        """What, when, to whom."""
        port: Toasts = machine.toasts
        machine.clock.advance(SECOND)

        shown: ShownToast = show(SUCCESS)

        assert [shown] == list(port.shown) == list(machine.toasts.on_screen)
        assert (SUCCESS, session, machine.clock.now()) == (shown.toast, shown.session, shown.shown_at)
        assert (None, False) == (shown.response, shown.answered.is_set)

    def test_an_ordinary_toast_goes_after_seven_seconds(self, machine, show):
        """To the notification centre."""
        shown = show(SUCCESS)
        machine.clock.advance(6 * SECOND)
        assert shown.is_on_screen

        machine.clock.advance(SECOND)

        assert (False, ToastResponse(answer=ToastAnswer.TIMED_OUT)) == (shown.is_on_screen, shown.response)
        assert "Contoso VPN is installed goes to ada's notification centre" == machine.timeline[-1].text

    def test_a_toast_that_stays_stays(self, machine, show):
        """For days, if nobody answers."""
        shown = show(RESTART)

        machine.clock.advance(timedelta(days=3))

        assert shown.is_on_screen

    def test_a_newer_toast_with_the_same_tag_replaces(self, machine, session, show):
        """In the same session; toasts without tags stand beside each other."""
        bob = machine.sign_in(entra_account("bob"))
        older, others = show(RESTART), [show(SUCCESS), show(SUCCESS), machine.toasts.show(RESTART, bob)]

        newer = show(RESTART)

        assert (False, None, True) == (older.is_on_screen, older.response, older.answered.is_set)
        assert [*others, newer] == list(machine.toasts.on_screen)
        assert "Restart required is replaced by a newer one" in [event.text for event in machine.timeline]

    def test_what_is_gone_stays_as_it_is(self, machine, show):
        """Closing once more changes nothing."""
        shown = show(RESTART)
        shown.click("snooze")

        machine.toasts.close(shown, None, "gone")

        assert "snooze" == shown.response.arguments

    def test_toasts_go_with_the_session(self, machine, ada, show):
        """Nobody has answered."""
        shown = show(RESTART)
        bobs = machine.toasts.show(SUCCESS, machine.sign_in(entra_account("bob")))

        machine.sign_out(ada)

        assert (False, None) == (shown.is_on_screen, shown.response)
        assert bobs.is_on_screen

    def test_nobody_sees_a_toast_without_a_session(self, machine, ada):
        """1008; services cannot show any."""
        for session in (Session(id=0, account=ada), Session(id=7, account=ada)):
            with pytest.raises(MachineError, match="to see a toast") as caught:
                machine.toasts.show(SUCCESS, session)

            assert 1008 == caught.value.winerror

    @pytest.mark.parametrize(
        ("toast", "message"),
        [
            (Toast(kind=ToastKind.SUCCESS, app_name="x", title="t", buttons=(SNOOZE,) * 6), "shows at most 5"),
            (Toast(kind=ToastKind.SUCCESS, app_name="x", title="t", tag="x" * 65), "takes at most 64 characters"),
        ],
    )
    def test_what_windows_would_drop_is_an_error(self, show, toast, message):
        """Too many buttons, too long a tag."""
        with pytest.raises(UsageError, match=message):
            show(toast)

    def test_the_timeline_has_what_the_user_sees(self, machine, show):
        """Title, lines, buttons, kind, app and user."""
        show(RESTART)

        (event,) = machine.timeline.of(Lane.TOAST, "toast shown")
        assert "ada sees: Restart required" == event.text
        assert {
            "title": "Restart required",
            "lines": "Save your work.\nAt 18:00 the device restarts.",
            "buttons": "Remind me later\nRestart now",
            "app_name": "Contoso VPN",
            "toast_kind": "restartRequired",
            "user": "ada",
        } == event.data


class TestAnsweringByHand:
    """What whoever holds the machine does for the user."""

    @pytest.mark.parametrize(
        ("button", "arguments"), [("Restart now", "restart"), ("RESTART", "restart"), ("snooze", "snooze"), ("", "")]
    )
    def test_a_button_is_pressed_by_its_words_or_its_argument(self, show, button, arguments):
        """Without one, the toast itself is clicked."""
        shown = show(RESTART)

        shown.click(button)

        assert ToastResponse(answer=ToastAnswer.CLICKED, arguments=arguments) == shown.response
        assert shown.answered.is_set

    def test_a_toast_is_dismissed(self, machine, show):
        """Closed without an answer."""
        shown = show(RESTART)

        shown.dismiss()

        assert ToastResponse(answer=ToastAnswer.DISMISSED) == shown.response
        assert "ada dismisses: Restart required" == machine.timeline[-1].text

    def test_whoever_waits_learns_of_it(self, machine, show):
        """At the next advance."""
        shown = show(RESTART)
        waits = machine.clock.spawn(machine.clock.wait(shown.answered), name="waits")
        machine.clock.advance(SECOND)

        shown.click("Restart now")
        machine.clock.advance(timedelta())

        assert waits.result()
        assert "ada clicks: Restart now" == machine.timeline[-1].text

    def test_a_click_on_the_toast_itself_is_told_by_its_title(self, machine, show):
        """It has no words of its own."""
        show(SUCCESS).click()

        assert "ada clicks: Contoso VPN is installed" == machine.timeline[-1].text

    @pytest.mark.parametrize(
        ("toast", "buttons"), [(RESTART, "it has 'Remind me later', 'Restart now'"), (SUCCESS, "it has no buttons")]
    )
    def test_a_missing_button_is_an_error(self, show, toast, buttons):
        """Told with the buttons there are; the toast stays."""
        shown = show(toast)

        with pytest.raises(UsageError, match=buttons):
            shown.click("Shut down")
        assert shown.is_on_screen

    def test_a_toast_that_is_gone_cannot_be_answered(self, show):
        """Once is enough."""
        shown = show(RESTART)
        shown.dismiss()

        for attempt in (shown.dismiss, shown.click):
            with pytest.raises(UsageError, match="is not on the screen any more"):
                attempt()


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
