"""What is done with a toast."""

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.emulator.toasts import ToastPlace
from harness.errors import UsageError
from harness.formats.toastxml import read_toast
from harness.model.toasts import (
    ActivationType,
    InputType,
    ToastAnswer,
    ToastButton,
    ToastInput,
    ToastResponse,
    ToastSelection,
)
from tests.emulator.toast_samples import LATER, POWERSHELL, RESTART, SECOND, SUCCESS, XML


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def show(machine, session):
    """Give a function that shows a toast to ada."""
    return lambda toast: machine.toasts.show(toast, session)


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

    def test_the_systems_dismiss_button(self, show):
        """Does what the cross does."""
        button = ToastButton(content="", arguments="dismiss", activation_type=ActivationType.SYSTEM)
        shown = show(replace(RESTART, buttons=(button,)))

        shown.click("dismiss")

        assert (ToastResponse(answer=ToastAnswer.DISMISSED), ToastPlace.GONE) == (shown.response, shown.place)

    def test_a_button_may_keep_its_toast(self, machine, show):
        """Until the app has updated it (pendingUpdate)."""
        shown = show(replace(RESTART, buttons=(replace(LATER, keeps_toast=True),)))
        shown.click("snooze")
        assert (True, "snooze") == (shown.is_on_screen, shown.response.arguments)

        newer = show(RESTART)

        assert [newer] == list(machine.toasts.on_screen)

    def test_a_toast_launches_with_what_it_says(self, show):
        """When it is clicked itself."""
        shown = show(replace(SUCCESS, launch="open=1"))
        shown.click()

        assert ToastResponse(answer=ToastAnswer.CLICKED, arguments="open=1") == shown.response

    def test_what_was_entered_is_on_the_timeline(self, machine, show):
        """Beside what was clicked."""
        show(replace(SUCCESS, inputs=(ToastInput(id="why"),))).click(inputs={"why": "because"})

        assert "why=because" == machine.timeline[-1].data["inputs"]

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


MENU = ToastInput(
    id="when",
    type=InputType.SELECTION,
    default="15",
    selections=(ToastSelection(id="15", content="15 minutes"), ToastSelection(id="60", content="1 hour")),
)
SNOOZE = ToastButton(content="", arguments="snooze", activation_type=ActivationType.SYSTEM, input_id="when")


class TestEntering:
    """Text boxes and menus."""

    TOAST = replace(RESTART, inputs=(ToastInput(id="why", default="busy"), MENU))

    @pytest.mark.parametrize(
        ("inputs", "expected"),
        [
            ({}, {"why": "busy", "when": "15"}),
            ({"why": "", "when": "1 HOUR"}, {"why": "", "when": "60"}),
            ({"when": "60"}, {"why": "busy", "when": "60"}),
        ],
    )
    def test_every_input_has_a_value(self, show, inputs, expected):
        """What was entered, or what was there."""
        shown = show(self.TOAST)

        shown.click("Restart now", inputs=inputs)

        assert expected == shown.response.inputs

    @pytest.mark.parametrize(
        ("toast", "inputs", "message"),
        [
            (TOAST, {"who": "ada"}, "has no input 'who' - it has 'why', 'when'"),
            (SUCCESS, {"who": "ada"}, "it has no inputs"),
            (TOAST, {"when": "never"}, "has no choice 'never' - the choices are: '15 minutes', '1 hour'"),
            (
                replace(SUCCESS, inputs=(ToastInput(id="a", type=InputType.SELECTION),)),
                {"a": "b"},
                "the choices are: none",
            ),
        ],
    )
    def test_what_cannot_be_entered(self, show, toast, inputs, message):
        """Told with what there is; the toast stays."""
        shown = show(toast)

        with pytest.raises(UsageError, match=message):
            shown.click(inputs=inputs)
        assert shown.is_on_screen


class TestSnoozing:
    """The time comes from the toast's menu."""

    @pytest.mark.parametrize(("duration", "minutes"), [("", 15), ("1 h", 60), (timedelta(minutes=15), 15)])
    def test_a_time_it_offers(self, show, duration, minutes):
        """Or the one that is chosen already."""
        shown = show(replace(RESTART, buttons=(SNOOZE,), inputs=(MENU,)))

        shown.snooze(duration)

        assert timedelta(minutes=minutes) == shown.snoozed_for

    @pytest.mark.parametrize("duration", ["", "9 min"])
    def test_without_a_menu_it_is_nine_minutes(self, show, duration):
        """As seen in Windows 10."""
        shown = show(replace(RESTART, buttons=(SNOOZE,)))

        shown.snooze(duration)

        assert timedelta(minutes=9) == shown.snoozed_for

    def test_a_menu_of_other_things_does_not_count(self, show):
        """Its ids are no minutes."""
        entry = replace(MENU, default="later", selections=(ToastSelection(id="later", content="Later"),))
        shown = show(replace(RESTART, buttons=(SNOOZE,), inputs=(entry,)))

        shown.click("Snooze")

        assert timedelta(minutes=9) == shown.snoozed_for

    @pytest.mark.parametrize(
        ("toast", "message"),
        [
            (RESTART, "has no snooze button of the system - it has 'Remind me later', 'Restart now'"),
            (replace(RESTART, buttons=(SNOOZE,), inputs=(MENU,)), "it offers '15 minutes', '1 hour'"),
            (replace(RESTART, buttons=(SNOOZE,)), "cannot be put off for 1 h - it offers 9 min"),
        ],
    )
    def test_what_it_does_not_offer(self, show, toast, message):
        """Is an error of whoever asks."""
        with pytest.raises(UsageError, match=message):
            show(toast).snooze("9 min" if toast.inputs else "1 h")


class TestLooking:
    """How it is shown to people."""

    def test_it_is_drawn_with_what_became_of_it(self, show):
        """In letters, in HTML, and in a few words."""
        shown = show(RESTART)
        shown.click("Restart now")

        note = "2026-03-02 08:00:00 ada: clicked, gone"
        assert f"  {note}" == shown.drawn().split("\n")[-1]
        assert f">{note}</div>" in shown._repr_html_()
        assert "<EmulatedToast 'Restart required' gone>" == repr(shown)

    def test_one_that_was_dropped_says_why(self, machine, session):
        """And one that is there where it is."""
        shown = machine.toasts.show_xml(XML, session, POWERSHELL)
        dropped = machine.toasts.show_xml("<toast/>", session, POWERSHELL)

        assert shown.drawn().endswith("2026-03-02 08:00:00 ada: on the screen")
        assert dropped.drawn().endswith("08:00:00 not shown to ada: its XML is not what Windows wants")

    def test_its_xml(self, machine, session):
        """As a program would hand it to Windows."""
        shown = machine.toasts.show_xml(XML, session, POWERSHELL)

        assert "Hi" == read_toast(shown.xml).title
