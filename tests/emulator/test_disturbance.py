"""Who may be disturbed by what."""

from dataclasses import replace

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.toasts import AGENT_APP_ID, DoNotDisturb, FocusMode, ScreenUse, ToastPlace
from harness.errors import MachineError
from harness.machine.ports import Session
from harness.model.toasts import ToastScenario
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.toast_samples import RESTART, SUCCESS

PRIORITY, ALARMS = DoNotDisturb(), DoNotDisturb(mode=FocusMode.ALARMS_ONLY)


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def attention(machine):
    """Give the machine's users' attention."""
    return machine.toasts.attention


@pytest.mark.parametrize(
    ("focus", "through"),
    [
        (None, "default reminder alarm incomingCall urgent"),
        (PRIORITY, "reminder alarm incomingCall urgent"),
        (replace(PRIORITY, lets_calls_through=False, lets_reminders_through=False), "alarm urgent"),
        (replace(PRIORITY, priority_apps=frozenset({AGENT_APP_ID})), "default reminder alarm incomingCall urgent"),
        (replace(ALARMS, priority_apps=frozenset({AGENT_APP_ID})), "alarm"),
    ],
)
def test_what_comes_through(machine, session, attention, focus, through):
    """The rest goes to the notification centre."""
    attention.set_do_not_disturb(session.account, focus)

    places = {
        str(scenario): machine.toasts.show(replace(RESTART, scenario=scenario, stays=False, tag=""), session).place
        for scenario in ToastScenario
    }

    assert through == " ".join(name for name, place in places.items() if place is ToastPlace.SCREEN)
    assert {ToastPlace.SCREEN, ToastPlace.CENTRE} >= set(places.values())


@pytest.mark.parametrize("scenario", [ToastScenario.REMINDER, ToastScenario.ALARM])
def test_a_scenario_that_windows_ignores_does_not_come_through(machine, session, attention, scenario):
    """A reminder or an alarm without a button is an ordinary toast."""
    attention.set_do_not_disturb(session.account, PRIORITY)

    assert ToastPlace.CENTRE is machine.toasts.show(replace(SUCCESS, scenario=scenario), session).place


def test_urgency_may_be_forbidden(machine, session, attention):
    """By the user, for an app."""
    settings = rf"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Notifications\Settings\{AGENT_APP_ID}"
    key = RegistryPath.parse(settings).of_user(session.account.sid)
    machine.registry.set(key, "AllowUrgentNotifications", RegistryValue.of(0))
    attention.set_do_not_disturb(session.account, PRIORITY)

    urgent = replace(SUCCESS, scenario=ToastScenario.URGENT)
    assert ToastPlace.CENTRE is machine.toasts.show(urgent, session).place


def test_it_is_each_users_own_choice(machine, session, attention):
    """Others are disturbed; and it can be turned off."""
    attention.set_do_not_disturb(entra_account("bob"), PRIORITY)
    assert machine.toasts.show(SUCCESS, session).is_on_screen
    attention.set_do_not_disturb(session.account, PRIORITY)
    assert not machine.toasts.show(SUCCESS, session).is_on_screen

    attention.set_do_not_disturb(session.account, None)

    assert machine.toasts.show(SUCCESS, session).is_on_screen


def test_a_quiet_toast_can_be_answered(machine, session, attention):
    """From the notification centre, and whoever waits learns of it."""
    attention.set_do_not_disturb(session.account, ALARMS)
    shown = machine.toasts.show(RESTART, session)
    assert not shown.answered.is_set

    shown.click("restart")

    assert (True, "restart") == (shown.answered.is_set, shown.response.arguments)


@pytest.mark.parametrize(
    ("use", "state"),
    [
        (ScreenUse.ORDINARY, 5),
        (ScreenUse.FULL_SCREEN, 2),
        (ScreenUse.GAME, 3),
        (ScreenUse.PRESENTATION, 4),
    ],
)
def test_the_use_of_the_screen(machine, session, attention, use, state):
    """Programs can ask for it, and it keeps ordinary toasts away."""
    attention.set_screen_use(session.account, use)

    is_shown = machine.toasts.show(SUCCESS, session).is_on_screen
    assert (state, use is ScreenUse.ORDINARY) == (attention.state(session), is_shown)
    assert machine.toasts.show(RESTART, session).is_on_screen


def test_do_not_disturb_is_nothing_that_programs_can_ask_for(session, attention):
    """The state says that notifications are accepted."""
    attention.set_do_not_disturb(session.account, ALARMS)

    assert 5 == attention.state(session)


def test_a_user_who_is_away_is_not_present(machine, session, attention):
    """Locked, or another one is at the screen."""
    machine.sessions.lock()
    assert 1 == attention.state(session)
    machine.sessions.unlock()
    assert 5 == attention.state(session)

    machine.sign_in(entra_account("bob"))

    assert 1 == attention.state(session)


def test_a_session_without_a_user_has_no_state(machine, session, attention):
    """1008."""
    for other in (Session(id=0, account=session.account), Session(id=1, account=entra_account("bob"))):
        with pytest.raises(MachineError) as caught:
            attention.state(other)
        assert 1008 == caught.value.winerror
