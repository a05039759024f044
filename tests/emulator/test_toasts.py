"""Toasts: who is shown what, by whom, and what the notification centre keeps."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.toasts import AGENT_APP_ID, ToastPlace
from harness.errors import FormatError, MachineError, UsageError
from harness.machine.ports import Session, ShownToast, Toasts
from harness.model.toasts import (
    Toast,
    ToastAnswer,
    ToastDuration,
    ToastInput,
    ToastKind,
    ToastResponse,
    ToastScenario,
    ToastSelection,
)
from harness.model.windows import RegistryPath, RegistryValue
from harness.timeline import Lane
from tests.emulator.toast_samples import LATER, POWERSHELL, RESTART, SECOND, SUCCESS, XML

NAIVE = datetime(2026, 3, 2)  # noqa: DTZ001 - the mistake under test


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

    def test_a_long_toast_goes_after_twenty_five(self, machine, show):
        """If it does not stay anyway."""
        shown = show(replace(SUCCESS, duration=ToastDuration.LONG))
        machine.clock.advance(24 * SECOND)
        assert shown.is_on_screen

        machine.clock.advance(SECOND)

        assert not shown.is_on_screen

    def test_a_toast_that_stays_stays(self, machine, show):
        """For days, if nobody answers; then it expires."""
        shown = show(RESTART)
        machine.clock.advance(timedelta(days=3) - SECOND)
        assert shown.is_on_screen

        machine.clock.advance(SECOND)

        assert (ToastPlace.GONE, None, True) == (shown.place, shown.response, shown.answered.is_set)
        assert "Restart required is expired" == machine.timeline[-1].text

    def test_a_reminder_without_a_button_is_an_ordinary_toast(self, machine, show):
        """Windows wants one (documented)."""
        shown = show(replace(RESTART, buttons=()))

        machine.clock.advance(7 * SECOND)

        assert ToastPlace.CENTRE is shown.place

    def test_a_newer_toast_with_the_same_tag_replaces(self, machine, session, show):
        """Of the same app and group; toasts without tags stand beside each other."""
        older, others = show(RESTART), [show(SUCCESS), show(SUCCESS), show(replace(RESTART, group="g"))]
        others.append(machine.toasts.show(RESTART, session, app_id=POWERSHELL))

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
            (Toast(kind=ToastKind.SUCCESS, app_name="x", title="t", buttons=(LATER,) * 6), "shows at most 5"),
            (Toast(kind=ToastKind.SUCCESS, app_name="x", title="t", tag="x" * 65), "takes at most 64 characters"),
            (Toast(title="t", group="x" * 65), "takes at most 64 characters"),
            (Toast(title="t", inputs=(ToastInput(id="a"),) * 6), "has 6 inputs"),
            (
                Toast(title="t", inputs=(ToastInput(id="a", selections=(ToastSelection(id="", content=""),) * 6),)),
                "has 6 choices in 'a'",
            ),
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


class TestByXml:
    """As programs show toasts."""

    def test_it_says_what_the_xml_says(self, machine, session):
        """And comes from the app; the kind is nobody's."""
        shown = machine.toasts.show_xml(XML, session, POWERSHELL, tag="t", group="g")

        expected = Toast(title="Hi", app_name=POWERSHELL, tag="t", group="g")
        assert (expected, POWERSHELL, True) == (shown.toast, shown.app_id, shown.is_on_screen)

    def test_the_registry_names_the_app(self, machine, session):
        """By its DisplayName."""
        key = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\AppUserModelId\Contoso.IT")
        machine.registry.set(key, "DisplayName", RegistryValue.of("Contoso IT"))

        assert "Contoso IT" == machine.toasts.show_xml(XML, session, "Contoso.IT").toast.app_name

    def test_mistakes_that_cost_nothing_are_kept(self, machine, session):
        """The toast is shown."""
        shown = machine.toasts.show_xml(XML.replace("<toast", "<toast x='1'"), session, POWERSHELL)

        assert (True, "") == (shown.is_on_screen, shown.why)
        assert ["line 1, toast: has an attribute 'x', and that part is ignored"] == list(map(str, shown.findings))

    def test_mistakes_that_cost_the_toast(self, machine, session):
        """Nothing is shown; the timeline says why."""
        shown = machine.toasts.show_xml("<toast/>", session, POWERSHELL)

        assert (ToastPlace.DROPPED, True, None) == (shown.place, shown.answered.is_set, shown.response)
        assert ([shown], []) == (list(machine.toasts.dropped), list(machine.toasts.shown))
        (event,) = machine.timeline.of(Lane.TOAST, "toast dropped")
        assert "Windows shows nothing of '': its XML is not what Windows wants" == event.text
        assert "line 1, toast: has no 'visual', and nothing is shown" == event.data["findings"]
        with pytest.raises(UsageError, match="is not on the screen any more"):
            shown.click()

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ({"app_id": ""}, 0x80070490),
            ({"document": XML.replace("Hi", "x" * 5_120)}, 0x803E0115),
            ({"document": XML.replace("Hi", "x" * 5_120).encode()}, 0x803E0115),
            ({"tag": "x" * 65}, 87),
        ],
    )
    def test_what_fails(self, machine, session, arguments, code):
        """With Windows' code."""
        with pytest.raises(MachineError) as caught:
            machine.toasts.show_xml(**{"document": XML, "session": session, "app_id": POWERSHELL} | arguments)
        assert code == caught.value.winerror

    def test_what_is_no_xml_is_refused(self, machine, session):
        """And nothing is noted."""
        with pytest.raises(FormatError, match="not well-formed"):
            machine.toasts.show_xml("<toast", session, POWERSHELL)
        assert () == machine.toasts.dropped

    def test_an_app_that_is_not_registered_shows_nothing(self, machine, session):
        """Without an error, as since Windows 10 1709."""
        shown = machine.toasts.show_xml(XML, session, "Contoso.IT")

        assert "no app 'Contoso.IT' is registered" == shown.why

    def test_a_toast_that_had_expired_is_not_shown(self, machine, session):
        """It came too late."""
        shown = machine.toasts.show_xml(XML, session, POWERSHELL, expires=machine.clock.now())

        assert "it had expired before it was shown" == shown.why


class TestTheNotificationCentre:
    """Where toasts are that are not on the screen any more."""

    def test_an_app_sees_what_there_is(self, machine, session, show):
        """On the screen or not, of its own; put off and gone ones are not there."""
        first, second, gone = show(SUCCESS), show(RESTART), show(SUCCESS)
        machine.toasts.show(SUCCESS, session, app_id=POWERSHELL)
        gone.dismiss()
        machine.clock.advance(10 * SECOND)

        assert [first, second] == list(machine.toasts.history(session.account))

    def test_it_keeps_twenty_of_an_app(self, machine, session, show):
        """The oldest go; those of others stay."""
        other = machine.toasts.show(SUCCESS, session, app_id=POWERSHELL)
        shown = [show(SUCCESS) for _ in range(21)]

        assert shown[1:] == list(machine.toasts.history(session.account))
        assert (ToastPlace.GONE, ToastPlace.SCREEN) == (shown[0].place, other.place)

    def test_toasts_expire(self, machine, show):
        """When they say so, after three days at the latest; nothing is told."""
        soon = show(replace(SUCCESS, expires=machine.clock.now() + timedelta(hours=1)))
        late = show(replace(SUCCESS, expires=machine.clock.now() + timedelta(days=30)))
        machine.clock.advance(timedelta(hours=1))
        events = len(machine.timeline)
        assert [ToastPlace.GONE, ToastPlace.CENTRE] == [soon.place, late.place]

        machine.clock.advance(timedelta(days=3))

        assert (ToastPlace.GONE, events) == (late.place, len(machine.timeline))

    def test_a_banner_ends_when_its_toast_expires(self, machine, show):
        """Even before its seven seconds."""
        shown = show(replace(SUCCESS, expires=machine.clock.now() + 2 * SECOND))

        machine.clock.advance(2 * SECOND)

        assert (ToastPlace.GONE, None) == (shown.place, shown.response)

    def test_a_toast_is_answered_there(self, machine, show):
        """Its last answer counts."""
        shown = show(replace(RESTART, scenario=ToastScenario.DEFAULT, stays=False))
        machine.clock.advance(timedelta(hours=1))
        assert ToastAnswer.TIMED_OUT is shown.response.answer

        shown.click("Restart now")

        assert (ToastPlace.GONE, "restart") == (shown.place, shown.response.arguments)
        assert "ada clicks: Restart now" == machine.timeline[-1].text

    def test_what_is_suppressed_goes_there_at_once(self, machine, show):
        """Nobody has answered it yet."""
        shown = show(replace(SUCCESS, suppress_popup=True))
        machine.clock.advance(timedelta(hours=1))

        assert (ToastPlace.CENTRE, None, False) == (shown.place, shown.response, shown.answered.is_set)
        (event,) = machine.timeline.of(Lane.TOAST)
        assert "toast not on screen" == event.kind
        assert "Contoso VPN is installed goes to the notification centre of ada, who is not disturbed" == event.text

    def test_what_nobody_answers_there_expires(self, machine, show):
        """Whoever waits learns of it."""
        shown = show(replace(SUCCESS, suppress_popup=True))

        machine.clock.advance(timedelta(days=3))

        assert (ToastPlace.GONE, None, True) == (shown.place, shown.response, shown.answered.is_set)

    def test_apps_take_toasts_back(self, machine, session, show):
        """By tag and group; from the screen too."""
        toasts = [show(replace(SUCCESS, tag=tag, group=group)) for group in "gh" for tag in "ab"]
        machine.toasts.remove(session.account, tag="a", group="g")
        assert toasts[1:] == list(machine.toasts.history(session.account))
        assert "Contoso VPN is installed is taken back by its app" == machine.timeline[-1].text

        machine.toasts.remove(session.account, group="h")
        assert [toasts[1]] == list(machine.toasts.history(session.account))

        machine.toasts.remove(session.account, POWERSHELL)
        machine.toasts.remove(session.account)
        assert () == machine.toasts.history(session.account, AGENT_APP_ID)

    def test_the_cross_of_older_windows(self, make_machine, facts, ada):
        """Before 20H2 a dismissed toast went to the notification centre."""
        machine = make_machine()
        machine.facts = replace(facts, build=18363)
        shown = machine.toasts.show(SUCCESS, machine.sign_in(ada))
        shown.dismiss()
        assert (ToastPlace.CENTRE, ToastAnswer.DISMISSED) == (shown.place, shown.response.answer)

        shown.dismiss()

        assert ToastPlace.GONE is shown.place

    def test_short_tags_of_older_windows(self, make_machine, facts, ada):
        """16 characters before the Creators Update."""
        machine = make_machine()
        machine.facts = replace(facts, build=14393)
        with pytest.raises(UsageError, match="takes at most 16 characters"):
            machine.toasts.show(replace(SUCCESS, tag="x" * 17), machine.sign_in(ada))

    def test_a_restart_takes_away_what_says_so(self, machine, ada, show):
        """The others are there when the user is back, and can be answered."""
        gone, stays = show(replace(SUCCESS, expires_on_restart=True)), show(RESTART)
        machine.power.restart("an update")
        machine.clock.advance(timedelta(minutes=10))

        assert [stays] == list(machine.toasts.history(ada))
        assert (ToastPlace.GONE, ToastPlace.CENTRE) == (gone.place, stays.place)
        stays.click("Restart now")
        assert "restart" == stays.response.arguments


class TestImpossibleTimes:
    """Refused before anything is shown."""

    @pytest.mark.parametrize(
        ("times", "message"),
        [
            ({"expires": NAIVE}, "a toast cannot expire at 2026-03-02 00:00:00 without a time zone"),
            ({"timestamp": NAIVE}, "a toast cannot show the time 2026-03-02 00:00:00 without a time zone"),
        ],
    )
    def test_times_without_a_zone(self, machine, show, times, message):
        """Of either kind."""
        with pytest.raises(UsageError, match=message):
            show(replace(SUCCESS, **times))

        assert ((), ()) == (machine.toasts.shown, machine.toasts.dropped)

    def test_by_xml(self, machine, session):
        """The same."""
        with pytest.raises(UsageError, match="a toast cannot expire at"):
            machine.toasts.show_xml(XML, session, POWERSHELL, expires=NAIVE)
