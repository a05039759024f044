"""Toasts: which are shown, where they are and for how long."""

from __future__ import annotations

from datetime import timedelta

from harness.errors import FormatError
from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.contract.toastdesk import APP, POLICY, PUSH, SETTINGS, registered, seconds, setting, toast_xml
from harness.machine.ports import Session
from harness.model.toasts import Toast

__all__: list[str] = []

_TOASTS = [Capability.TOASTS]
_TIME = [Capability.TOASTS, Capability.VIRTUAL_TIME]
_CONTENT = 'learn.microsoft.com, "App notification content"'
_REASON = 'learn.microsoft.com, "ToastDismissalReason"'
_LOCAL = 'learn.microsoft.com, "Send a local toast notification from a C# app"'
_SCHEMA = 'learn.microsoft.com, "Toast XML Schema"'
_SETTING = 'learn.microsoft.com, "NotificationSetting"'
_HISTORY = 'learn.microsoft.com, "ToastNotificationHistory"'
_BUTTONS = '<actions><action content="OK" arguments="ok" activationType="background"/></actions>'


@behaviour(
    "toasts.registered-app", source='learn.microsoft.com, "Send a local toast ... unpackaged apps"', needs=_TOASTS
)
def _registered(machine: Examinee) -> None:
    """A toast of an app that is named in the user's AppUserModelId key is shown."""
    with registered(machine) as desk:
        expect(True, desk.show(toast_xml()).is_on_screen)


@behaviour(
    "toasts.unregistered-app", source="issues of winrt-notification and others, since version 1709", needs=_TOASTS
)
def _unregistered(machine: Examinee) -> None:
    """A toast of an app that is not registered is not shown, without an error."""
    shown = machine.toast_desk.show(toast_xml(), "ImeHarness.Nobody")
    expect((False, ()), (shown.is_open, tuple(machine.toast_desk.history("ImeHarness.Nobody"))))


@behaviour("toasts.no-app", source="issues of windows-dev-docs: CreateToastNotifier() of a desktop app", needs=_TOASTS)
def _no_app(machine: Examinee) -> None:
    """A toast without an app's id fails with 0x80070490."""
    with expect_error(0x80070490):
        machine.toast_desk.show(toast_xml(), "")


@behaviour("toasts.no-user", source='learn.microsoft.com, "WTSQueryUserToken" (ERROR_NO_TOKEN)', needs=_TOASTS)
def _no_user(machine: Examinee) -> None:
    """Nobody sees a toast in the session of services."""
    with expect_error(1008):
        machine.toasts.show(Toast(title="x"), Session(id=0, account=machine.toast_desk.session.account))


@behaviour("toasts.time.short", source=_REASON, needs=_TIME)
def _short(machine: Examinee) -> None:
    """An ordinary toast is on the screen for at most seven seconds."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml())
        machine.pass_time(seconds(7.5))
        expect(False, shown.is_on_screen)


@behaviour("toasts.time.long", source=_REASON, needs=_TIME)
def _long(machine: Examinee) -> None:
    """A toast with duration="long" is on the screen for 25 seconds."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(duration="long"))
        machine.pass_time(seconds(20))
        expect(True, shown.is_on_screen)
        machine.pass_time(seconds(6))
        expect(False, shown.is_on_screen)


@behaviour("toasts.centre", source=_LOCAL, needs=_TIME)
def _centre(machine: Examinee) -> None:
    """A toast that was ignored is in the notification centre."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml())
        machine.pass_time(seconds(60))
        expect((True, [shown]), (shown.is_open, [*desk.history()]))


@behaviour("toasts.scenario.reminder", source=_CONTENT, needs=_TIME)
def _reminder(machine: Examinee) -> None:
    """A reminder with a button stays on the screen."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_BUTTONS, scenario="reminder"))
        machine.pass_time(seconds(120))
        expect(True, shown.is_on_screen)


@behaviour("toasts.scenario.reminder-without-button", source=_CONTENT, needs=_TIME)
def _bare_reminder(machine: Examinee) -> None:
    """A reminder without a button is an ordinary toast."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(scenario="reminder"))
        machine.pass_time(seconds(30))
        expect(False, shown.is_on_screen)


@behaviour("toasts.scenario.alarm", source=_CONTENT, needs=_TIME)
def _alarm(machine: Examinee) -> None:
    """An alarm with a button stays on the screen."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(rest=_BUTTONS, scenario="alarm"))
        machine.pass_time(seconds(60))
        expect(True, shown.is_on_screen)


@behaviour("toasts.scenario.call", source=_CONTENT, needs=_TIME)
def _call(machine: Examinee) -> None:
    """An incoming call stays on the screen even without a button."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(scenario="incomingCall"))
        machine.pass_time(seconds(30))
        expect(True, shown.is_on_screen)


@behaviour("toasts.tag.replaces", source=_LOCAL, needs=_TOASTS)
def _replaces(machine: Examinee) -> None:
    """A toast takes the place of an older one with the same tag and group."""
    with registered(machine) as desk:
        older = desk.show(toast_xml(), tag="t", group="g")
        newer = desk.show(toast_xml(), tag="t", group="g")
        expect((False, [newer]), (older.is_open, [*desk.history()]))


@behaviour("toasts.tag.other-group", source=_LOCAL, needs=_TOASTS)
def _other_group(machine: Examinee) -> None:
    """The same tag in another group is another toast."""
    with registered(machine) as desk:
        one, other = desk.show(toast_xml(), tag="t", group="g"), desk.show(toast_xml(), tag="t", group="h")
        expect([one, other], [*desk.history()])


@behaviour("toasts.tag.none", source=_LOCAL, needs=_TOASTS)
def _no_tag(machine: Examinee) -> None:
    """Toasts without a tag never replace each other."""
    with registered(machine) as desk:
        one, other = desk.show(toast_xml()), desk.show(toast_xml())
        expect([one, other], [*desk.history()])


@behaviour("toasts.tag.length", source='learn.microsoft.com, "ToastNotification.Tag"', needs=_TOASTS)
def _tag_length(machine: Examinee) -> None:
    """A tag may be 64 characters long."""
    with registered(machine) as desk:
        expect(True, desk.show(toast_xml(), tag="t" * 64).is_open)


@behaviour("toasts.remove.tag", source=_HISTORY, needs=_TOASTS)
def _remove_tag(machine: Examinee) -> None:
    """A program takes back the toast of a tag and leaves the others."""
    with registered(machine) as desk:
        gone, stays = desk.show(toast_xml(), tag="a"), desk.show(toast_xml(), tag="b")
        desk.remove(tag="a")
        expect((False, [stays]), (gone.is_open, [*desk.history()]))


@behaviour("toasts.remove.group", source=_HISTORY, needs=_TOASTS)
def _remove_group(machine: Examinee) -> None:
    """A program takes back all toasts of a group."""
    with registered(machine) as desk:
        for tag in ("a", "b"):
            desk.show(toast_xml(), tag=tag, group="g")
        other = desk.show(toast_xml(), tag="a", group="h")
        desk.remove(group="g")
        expect([other], [*desk.history()])


@behaviour("toasts.remove.all", source=_HISTORY, needs=_TOASTS)
def _remove_all(machine: Examinee) -> None:
    """A program takes back everything it has shown."""
    with registered(machine) as desk:
        desk.show(toast_xml(), tag="a")
        desk.show(toast_xml())
        desk.remove()
        expect([], [*desk.history()])


@behaviour("toasts.suppress-popup", source='learn.microsoft.com, "ToastNotification.SuppressPopup"', needs=_TOASTS)
def _suppressed(machine: Examinee) -> None:
    """A toast with SuppressPopup goes to the notification centre without having been on the screen."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(), suppress_popup=True)
        expect((False, True), (shown.is_on_screen, shown.is_open))


@behaviour("toasts.expiry.set", source='learn.microsoft.com, "ToastNotification.ExpirationTime"', needs=_TIME)
def _expires(machine: Examinee) -> None:
    """A toast goes from the notification centre at its expiration time."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(), expires=machine.clock.now() + timedelta(minutes=5))
        machine.pass_time(timedelta(minutes=4))
        expect(True, shown.is_open)
        machine.pass_time(timedelta(minutes=2))
        expect(False, shown.is_open)


@behaviour("toasts.expiry.longest", source=_LOCAL, needs=_TIME)
def _longest(machine: Examinee) -> None:
    """A toast is kept for three days and not longer, even if it asks for more."""
    with registered(machine) as desk:
        shown = desk.show(toast_xml(), expires=machine.clock.now() + timedelta(days=9))
        machine.pass_time(timedelta(days=2, hours=23))
        expect(True, shown.is_open)
        machine.pass_time(timedelta(hours=2))
        expect(False, shown.is_open)


@behaviour(
    "toasts.kept.twenty", source='learn.microsoft.com, "Managing toast notifications in action center"', needs=_TOASTS
)
def _twenty(machine: Examinee) -> None:
    """The notification centre keeps the last twenty toasts of an app."""
    with registered(machine) as desk:
        shown = [desk.show(toast_xml(), suppress_popup=True) for _ in range(22)]
        expect(shown[2:], [*desk.history()])


@behaviour("toasts.xml.malformed", source='learn.microsoft.com, "XmlDocument.LoadXml"', needs=_TOASTS)
def _malformed(machine: Examinee) -> None:
    """XML that is not well-formed is refused."""
    try:
        machine.toast_desk.show("<toast><visual></toast>")
    except FormatError:
        return
    raise AssertionError("expected the XML to be refused, but it was taken")


@behaviour("toasts.xml.no-visual", source=_SCHEMA, needs=_TOASTS)
def _no_visual(machine: Examinee) -> None:
    """A toast without a visual is not shown, without an error."""
    with registered(machine) as desk:
        expect(False, desk.show("<toast/>").is_open)


@behaviour("toasts.xml.case", source='learn.microsoft.com, "Troubleshooting push notifications"', needs=_TOASTS)
def _case(machine: Examinee) -> None:
    """Names of elements are case-sensitive: a toast with a Visual has no visual."""
    with registered(machine) as desk:
        expect(False, desk.show(toast_xml().replace("visual", "Visual")).is_open)


@behaviour("toasts.xml.buttons", source=_SCHEMA, needs=_TOASTS)
def _six_buttons(machine: Examinee) -> None:
    """A toast with six buttons is not shown, one with five is."""
    with registered(machine) as desk:
        for count in (5, 6):
            actions = "".join(f'<action content="{number}" arguments="{number}"/>' for number in range(count))
            expect(count == 5, desk.show(toast_xml(rest=f"<actions>{actions}</actions>")).is_open)  # noqa: PLR2004


@behaviour("toasts.xml.unknown", source=_SCHEMA, needs=_TOASTS)
def _unknown(machine: Examinee) -> None:
    """Attributes that Windows does not know are ignored."""
    with registered(machine) as desk:
        expect(True, desk.show(toast_xml(contoso="1")).is_open)


@behaviour("toasts.xml.size", source='learn.microsoft.com, "How to keep your ... payload under 5 KB"', needs=_TOASTS)
def _too_large(machine: Examinee) -> None:
    """A toast of more than 5 KB fails with 0x803E0115."""
    with registered(machine) as desk, expect_error(0x803E0115):
        desk.show(toast_xml(f"<text>{'x' * 6000}</text>"))


@behaviour("toasts.setting.policy", source=_SETTING, needs=_TOASTS)
def _policy(machine: Examinee) -> None:
    """A policy turns off all toasts of a user."""
    with registered(machine) as desk, setting(machine, POLICY, "NoToastApplicationNotification", 1):
        expect(False, desk.show(toast_xml()).is_open)


@behaviour("toasts.setting.user", source=_SETTING, needs=_TOASTS)
def _turned_off(machine: Examinee) -> None:
    """A user turns off all toasts."""
    with registered(machine) as desk, setting(machine, PUSH, "ToastEnabled", 0):
        expect(False, desk.show(toast_xml()).is_open)


@behaviour("toasts.setting.app", source=_SETTING, needs=_TOASTS)
def _app_turned_off(machine: Examinee) -> None:
    """A user turns off the toasts of one app."""
    with registered(machine) as desk, setting(machine, rf"{SETTINGS}\{APP}", "Enabled", 0):
        expect(False, desk.show(toast_xml()).is_open)
