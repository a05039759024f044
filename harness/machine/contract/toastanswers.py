"""Toasts: what a user does with them, and when they are not disturbed."""

from __future__ import annotations

from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect
from harness.machine.contract.toastdesk import registered, seconds, toast_xml
from harness.model.toasts import ToastAnswer, ToastResponse

__all__: list[str] = []

_USER = [Capability.TOASTS, Capability.SCRIPTED_USER]
_TIME = [*_USER, Capability.VIRTUAL_TIME]
_SIGNS = [*_TIME, Capability.USERS]
_CONTENT = 'learn.microsoft.com, "App notification content"'
_STATE = 'learn.microsoft.com, "QUERY_USER_NOTIFICATION_STATE"'
_BUTTON = '<action content="Later" arguments="later" activationType="background"/>'
_REPLY = '<input id="why" type="text" placeHolderContent="Say why"/>'
_WHEN = (
    '<input id="when" type="selection" defaultInput="15"><selection id="15" content="15 minutes"/>'
    '<selection id="60" content="1 hour"/></input>'
)
_SNOOZE = '<action activationType="system" arguments="snooze" hint-inputId="when" content=""/>'
_DISMISS = '<action activationType="system" arguments="dismiss" content=""/>'


def _actions(*inside: str) -> str:
    return f"<actions>{''.join(inside)}</actions>"


@behaviour("toasts.click.button", source='learn.microsoft.com, "ToastActivatedEventArgs.Arguments"', needs=_USER)
def _click(machine: Examinee) -> None:
    """A click on a button tells the app the button's arguments, and the toast is gone."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_BUTTON)))
        shown.click("Later")
        expect(ToastResponse(answer=ToastAnswer.CLICKED, arguments="later"), shown.response)
        expect((False, []), (shown.is_open, [*desk.history()]))


@behaviour("toasts.click.toast", source='learn.microsoft.com, "toast (Toast XML Schema)", launch', needs=_USER)
def _click_toast(machine: Examinee) -> None:
    """A click on the toast itself tells the app what it was to launch with."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(launch="open=1"))
        shown.click()
        expect(ToastResponse(answer=ToastAnswer.CLICKED, arguments="open=1"), shown.response)


@behaviour("toasts.click.centre", source='learn.microsoft.com, "Send a local toast ... C# app"', needs=_TIME)
def _click_in_centre(machine: Examinee) -> None:
    """A toast can be answered from the notification centre, long after it was on the screen."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_BUTTON)))
        machine.pass_time(timedelta(hours=5))
        shown.click("Later")
        expect("later", shown.response.arguments if shown.response else None)


@behaviour("toasts.inputs.text", source='learn.microsoft.com, "ToastActivatedEventArgs.UserInput"', needs=_USER)
def _text(machine: Examinee) -> None:
    """What was typed is told with the click, by the id of the text box."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_REPLY, _BUTTON)))
        shown.click("Later", inputs={"why": "busy"})
        expect({"why": "busy"}, dict(shown.response.inputs) if shown.response else None)


@behaviour("toasts.inputs.choice", source=_CONTENT, needs=_USER)
def _choice(machine: Examinee) -> None:
    """Of a choice its id is told, of one that was not touched the default."""
    with registered(machine) as desk:
        for inputs, told in (({"when": "1 hour"}, "60"), ({}, "15")):
            shown = desk.show(toast_xml(rest=_actions(_WHEN, _BUTTON)))
            shown.click("Later", inputs=inputs)
            expect({"when": told}, dict(shown.response.inputs) if shown.response else None)


@behaviour("toasts.dismiss.cross", source='learn.microsoft.com, "ToastDismissalReason"', needs=_USER)
def _dismiss(machine: Examinee) -> None:
    """Closing a toast takes it off the screen and tells the app no arguments."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_BUTTON), scenario="reminder"))
        shown.dismiss()
        expect((False, ToastResponse(answer=ToastAnswer.DISMISSED)), (shown.is_on_screen, shown.response))


@behaviour("toasts.dismiss.system", source=_CONTENT, needs=_USER)
def _system_dismiss(machine: Examinee) -> None:
    """The system's dismiss button says Dismiss by itself and takes the toast away."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_DISMISS), scenario="reminder"))
        shown.click("Dismiss")
        expect((False, ToastAnswer.DISMISSED), (shown.is_open, shown.response.answer if shown.response else None))


@behaviour("toasts.snooze.chosen", source=_CONTENT, needs=_TIME)
def _snooze(machine: Examinee) -> None:
    """The system's snooze button takes a toast away for the chosen minutes, and the app is not told."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_WHEN, _SNOOZE, _DISMISS), scenario="reminder"))
        shown.click("Snooze", inputs={"when": "60"})
        expect((False, None), (shown.is_open, shown.response))
        machine.pass_time(timedelta(minutes=59))
        expect(False, shown.is_on_screen)
        machine.pass_time(timedelta(minutes=2))
        expect(True, shown.is_on_screen)


@behaviour("toasts.snooze.default", source=_CONTENT, needs=_TIME)
def _snooze_default(machine: Examinee) -> None:
    """A snooze button whose menu was not touched takes the default of the menu."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_actions(_WHEN, _SNOOZE, _DISMISS), scenario="reminder"))
        shown.click("Snooze")
        machine.pass_time(timedelta(minutes=16))
        expect(True, shown.is_on_screen)


@behaviour("toasts.quiet.ordinary", source='support.microsoft.com, "Notifications and Do Not Disturb"', needs=_USER)
def _quiet(machine: Examinee) -> None:
    """While the user is not to be disturbed an ordinary toast goes to the notification centre at once."""
    with registered(machine) as desk:
        desk.set_do_not_disturb(is_on=True)
        try:
            shown = desk.show(toast_xml())
            expect((False, True), (shown.is_on_screen, shown.is_open))
        finally:
            desk.set_do_not_disturb(is_on=False)


@behaviour("toasts.quiet.alarm", source='support.microsoft.com, "Notifications and Do Not Disturb"', needs=_USER)
def _quiet_alarm(machine: Examinee) -> None:
    """An alarm is on the screen even while the user is not to be disturbed."""
    with registered(machine) as desk:
        desk.set_do_not_disturb(is_on=True)
        try:
            expect(True, desk.show(toast_xml(rest=_actions(_BUTTON), scenario="alarm")).is_on_screen)
        finally:
            desk.set_do_not_disturb(is_on=False)


@behaviour("toasts.state.accepts", source=_STATE, needs=_USER)
def _accepts(machine: Examinee) -> None:
    """At a screen that is used for ordinary work the state is QUNS_ACCEPTS_NOTIFICATIONS."""
    expect(5, machine.toast_desk.state())


@behaviour("toasts.state.locked", source=_STATE, needs=_SIGNS)
def _locked_state(machine: Examinee) -> None:
    """Behind a locked screen the state is QUNS_NOT_PRESENT."""
    desk = machine.toast_desk
    desk.set_locked(is_locked=True)
    try:
        expect(1, desk.state())
    finally:
        desk.set_locked(is_locked=False)


@behaviour("toasts.locked.reminder", source="seen on Windows 10 and 11; not documented", needs=_SIGNS)
def _locked_reminder(machine: Examinee) -> None:
    """A reminder that came while the screen was locked is on the screen when it is unlocked."""
    with registered(machine) as desk:
        desk.set_locked(is_locked=True)
        shown = desk.show(toast_xml(rest=_actions(_BUTTON), scenario="reminder"))
        machine.pass_time(seconds(60))
        expect(False, shown.is_on_screen)
        desk.set_locked(is_locked=False)
        expect(True, shown.is_on_screen)
