"""What becomes of toasts while their user is away, or has put them off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.toasts import ToastPlace, UserAnswer
from harness.errors import UsageError
from harness.model.toasts import (
    ActivationType,
    ToastAnswer,
    ToastButton,
    ToastKind,
)
from harness.timeline import Lane
from tests.emulator.toast_samples import RESTART, SECOND, SUCCESS


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def show(machine, session):
    """Give a function that shows a toast to ada."""
    return lambda toast: machine.toasts.show(toast, session)


class TestAway:
    """A locked screen, or another user at it."""

    def test_an_ordinary_toast_is_on_the_lock_screen(self, machine, session, show):
        """Afterwards it is in the notification centre, and not on the screen again."""
        machine.sessions.lock()
        shown = show(SUCCESS)
        machine.clock.advance(SECOND)

        machine.sessions.unlock()

        assert (True, ToastPlace.CENTRE, 1) == (shown.was_on_lock_screen, shown.place, shown.times)
        assert "who is away" in machine.timeline.of(Lane.TOAST)[0].text

    def test_a_toast_that_stays_waits(self, machine, session, show):
        """It cannot be answered before its user is back."""
        machine.sessions.lock()
        shown = show(RESTART)
        machine.clock.advance(timedelta(hours=1))
        with pytest.raises(UsageError, match="ada is away - unlock"):
            shown.click("Restart now")

        machine.sessions.unlock()

        assert shown.is_on_screen
        assert ["Restart required waits for ada, who is away", "ada sees again: Restart required"] == [
            event.text for event in machine.timeline.of(Lane.TOAST)
        ]

    def test_locking_hides_what_is_on_the_screen(self, machine, session, show):
        """What stays comes back, the rest is in the notification centre."""
        stays, goes = show(RESTART), show(SUCCESS)
        machine.sessions.lock()
        assert [ToastPlace.AWAY, ToastPlace.CENTRE] == [stays.place, goes.place]

        machine.sessions.unlock()

        assert [ToastPlace.SCREEN, ToastPlace.CENTRE] == [stays.place, goes.place]

    def test_another_user_at_the_screen(self, machine, ada, session, show):
        """Sees nothing of it."""
        shown = show(RESTART)
        bob = machine.sign_in(entra_account("bob"))
        bobs = machine.toasts.show(SUCCESS, bob)
        assert [bobs] == list(machine.toasts.on_screen)

        machine.sign_in(ada)

        assert [shown] == list(machine.toasts.on_screen)

    def test_a_user_who_was_away_answers_when_back(self, machine, session, show):
        """The time they take begins then."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("restart", after="1 min")
        machine.sessions.lock()
        shown = show(RESTART)
        machine.clock.advance(timedelta(hours=2))
        machine.sessions.unlock()
        machine.clock.advance(59 * SECOND)
        assert shown.is_on_screen

        machine.clock.advance(SECOND)

        assert "restart" == shown.response.arguments

    def test_a_user_who_goes_before_answering_answers_when_back(self, machine, session, show):
        """Thinking begins anew."""
        machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("restart", after="1 min")
        shown = show(RESTART)
        machine.clock.advance(50 * SECOND)
        machine.sessions.lock()
        machine.clock.advance(timedelta(hours=1))
        machine.sessions.unlock()
        machine.clock.advance(59 * SECOND)
        assert shown.response is None

        machine.clock.advance(SECOND)

        assert "restart" == shown.response.arguments

    def test_a_user_who_was_away_looks_for_what_they_missed(self, machine, session, show):
        """If they are one who does."""
        machine.user_answers[ToastKind.SUCCESS] = UserAnswer.clicks(looks_in_centre=True)
        machine.sessions.lock()
        shown = show(SUCCESS)
        machine.clock.advance(timedelta(hours=2))
        assert shown.response is None
        machine.sessions.unlock()

        machine.clock.advance(3 * SECOND)

        assert ToastAnswer.CLICKED is shown.response.answer

    def test_toasts_wait_no_longer_than_they_live(self, machine, session, show):
        """A user who does not come back misses them."""
        machine.sessions.lock()
        shown = show(RESTART)
        machine.clock.advance(timedelta(days=4))
        machine.sessions.unlock()

        assert (ToastPlace.GONE, None) == (shown.place, shown.response)

    def test_a_clock_that_was_set_back(self, machine, show):
        """Lets a toast live longer."""
        shown = show(RESTART)
        machine.clock.advance(SECOND)
        machine.clock.jump(-timedelta(hours=1))
        machine.clock.advance(timedelta(days=3))
        assert shown.is_on_screen

        machine.clock.advance(timedelta(hours=1))

        assert ToastPlace.GONE is shown.place

    def test_toasts_of_a_session_that_ended_while_away(self, machine, ada, session, show):
        """Are in the notification centre at the next one."""
        machine.sessions.lock()
        shown = show(RESTART)
        machine.sign_out(ada)
        machine.sign_in(ada)

        assert (ToastPlace.CENTRE, True) == (shown.place, shown.answered.is_set)


class TestPuttingOff:
    """The system's snooze button."""

    SNOOZE = ToastButton(content="", arguments="snooze", activation_type=ActivationType.SYSTEM)
    TOAST = replace(RESTART, buttons=(SNOOZE,))

    def test_it_comes_back(self, machine, show):
        """The app is not told meanwhile."""
        shown = show(self.TOAST)
        shown.click("Snooze")
        assert (ToastPlace.SNOOZED, None, False) == (shown.place, shown.response, shown.answered.is_set)
        assert ("toast snoozed", "ada puts off for 9 min: Restart required") == (
            machine.timeline[-1].kind,
            machine.timeline[-1].text,
        )

        machine.clock.advance(timedelta(minutes=9))

        assert (ToastPlace.SCREEN, 2) == (shown.place, shown.times)
        assert "ada sees again: Restart required" == machine.timeline[-1].text

    def test_it_cannot_be_answered_meanwhile(self, show):
        """It is not there."""
        shown = show(self.TOAST)
        shown.snooze()

        for attempt in (shown.snooze, shown.click, shown.dismiss):
            with pytest.raises(UsageError, match="is not on the screen any more"):
                attempt()

    def test_a_user_who_signed_out_meanwhile(self, machine, ada, show):
        """Finds it in the notification centre."""
        shown = show(self.TOAST)
        shown.snooze()
        machine.sign_out(ada)
        machine.clock.advance(timedelta(minutes=10))

        assert ToastPlace.CENTRE is shown.place

    def test_a_user_who_signed_in_anew_meanwhile(self, machine, ada, session, show):
        """Sees it in the new session."""
        shown = show(self.TOAST)
        shown.snooze()
        machine.sign_out(ada)
        machine.sign_in(ada)
        machine.clock.advance(timedelta(minutes=10))

        assert shown.is_on_screen
        assert session.id != shown.session.id

    def test_it_may_be_taken_back_meanwhile(self, machine, show):
        """Then it does not come back."""
        shown = show(self.TOAST)
        machine.clock.advance(SECOND)
        shown.snooze()
        machine.clock.advance(SECOND)
        machine.toasts.close(shown, None, "taken back")
        machine.clock.advance(timedelta(minutes=10))

        assert ToastPlace.GONE is shown.place
