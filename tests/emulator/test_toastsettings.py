"""Which apps may show toasts, as the registry and the Start menu say."""

from dataclasses import replace

import pytest

from harness.emulator.toasts import AGENT_APP_ID, NotificationSetting, ToastPlace
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.toast_samples import POWERSHELL, RESTART, SECOND, SUCCESS, XML

PUSH = r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\PushNotifications"
SETTINGS = r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Notifications\Settings"
APP = rf"{SETTINGS}\{AGENT_APP_ID}"
POLICY = r"HKCU\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\PushNotifications"
EXPLORER = r"HKCU\SOFTWARE\Policies\Microsoft\Windows\Explorer"


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def put(machine, session):
    """Give a function that sets a value in ada's registry."""

    def put(key, name, data):
        machine.registry.set(RegistryPath.parse(key).of_user(session.account.sid), name, RegistryValue.of(data))

    return put


@pytest.mark.parametrize(
    ("values", "setting"),
    [
        ([], 0),
        ([(APP, "Enabled", 0)], 1),
        ([(PUSH, "ToastEnabled", 0)], 2),
        ([(SETTINGS, "NOC_GLOBAL_SETTING_TOASTS_ENABLED", 0)], 2),
        ([(POLICY, "NoToastApplicationNotification", 1)], 3),
        ([(APP, "Enabled", 0), (PUSH, "ToastEnabled", 0)], 2),
        ([(PUSH, "ToastEnabled", 1), (POLICY, "NoToastApplicationNotification", 0)], 0),
        ([(PUSH, "ToastEnabled", "0")], 0),
    ],
)
def test_what_turns_toasts_off(machine, session, put, values, setting):
    """Of several reasons the largest counts; the toast is dropped, and says why."""
    for value in values:
        put(*value)
    why = [
        "",
        "the user has turned off the app's notifications",
        "notifications are turned off for the user",
        "a policy has turned off notifications",
    ][setting]

    assert NotificationSetting(setting) is machine.toasts.settings.setting(session.account, AGENT_APP_ID)
    shown = machine.toasts.show(SUCCESS, session)
    assert (why, not why) == (shown.why, shown.is_on_screen)


def test_settings_are_the_users_own(machine, session, put):
    """And may change between two toasts."""
    put(PUSH, "ToastEnabled", 0)
    dropped = machine.toasts.show(SUCCESS, session)
    put(PUSH, "ToastEnabled", 1)

    assert [ToastPlace.DROPPED, ToastPlace.SCREEN] == [dropped.place, machine.toasts.show(SUCCESS, session).place]


def test_a_banner_can_be_turned_off(machine, session, put):
    """The toast goes to the notification centre."""
    put(APP, "ShowBanner", 0)

    assert ToastPlace.CENTRE is machine.toasts.show(SUCCESS, session).place


@pytest.mark.parametrize("value", [(APP, "ShowInActionCenter", 0), (EXPLORER, "DisableNotificationCenter", 1)])
def test_the_notification_centre_can_be_turned_off(machine, ada, session, put, value):
    """What leaves the screen is gone, by itself or with its session."""
    put(*value)
    timed_out, ended = machine.toasts.show(SUCCESS, session), machine.toasts.show(RESTART, session)
    machine.clock.advance(7 * SECOND)
    assert ToastPlace.GONE is timed_out.place
    assert "Contoso VPN is installed leaves the screen" == machine.timeline[-1].text

    machine.sign_out(ada)

    assert ToastPlace.GONE is ended.place


def test_nowhere_to_go(machine, session, put):
    """Without a banner and without the notification centre nothing is shown."""
    put(APP, "ShowBanner", 0)
    put(APP, "ShowInActionCenter", 0)

    why = "it may be neither on the screen nor in the notification centre"
    assert why == machine.toasts.show(SUCCESS, session).why


@pytest.mark.parametrize(
    "value",
    [
        (POLICY, "NoToastApplicationNotificationOnLockScreen", 1),
        (PUSH, "LockScreenToastEnabled", 0),
        (SETTINGS, "NOC_GLOBAL_SETTING_ALLOW_TOASTS_ABOVE_LOCK", 0),
    ],
)
def test_the_lock_screen_may_be_kept_free(machine, session, put, value):
    """The toast goes to the notification centre all the same."""
    put(*value)
    machine.sessions.lock()

    shown = machine.toasts.show(SUCCESS, session)

    assert (False, ToastPlace.CENTRE) == (shown.was_on_lock_screen, shown.place)


class TestRegistration:
    """Who may show toasts at all."""

    @pytest.mark.parametrize("hive", ["HKCU", "HKLM"])
    def test_a_key_of_the_app(self, machine, session, put, hive):
        """For one user or all; without a name it is called by its id."""
        settings = machine.toasts.settings
        assert not settings.is_registered(session.account, "Contoso.IT")
        put(rf"{hive}\SOFTWARE\Classes\AppUserModelId\Contoso.IT", "IconUri", "x")

        assert settings.is_registered(session.account, "Contoso.IT")
        assert "Contoso.IT" == settings.display_name(session.account, "Contoso.IT")

    @pytest.mark.parametrize(
        "folder",
        [
            r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Contoso",
            r"C:\Users\ada\AppData\Roaming\Microsoft\Windows\Start Menu",
        ],
    )
    def test_a_shortcut_that_names_the_app(self, machine, session, folder):
        """In a Start menu, the user's or everybody's; other files do not count."""
        machine.files.make_folder(folder)
        named = b"\x4c\0\0\0" + "Contoso.IT".encode("utf-16-le")
        for name, content in (("a.txt", named), ("b.lnk", b"\x4c\0\0\0"), ("c.lnk", b"x" * (1 << 20) + named)):
            machine.files.write(rf"{folder}\{name}", content)
        settings = machine.toasts.settings
        assert not settings.is_registered(session.account, "Contoso.IT")

        machine.files.write(rf"{folder}\Contoso.LNK", named)

        assert settings.is_registered(session.account, "Contoso.IT")

    def test_a_shortcut_that_cannot_be_read(self, machine, session, monkeypatch):
        """Is passed over."""
        folder = r"C:\ProgramData\Microsoft\Windows\Start Menu"
        machine.files.write(rf"{folder}\x.lnk", b"x")
        with machine.files.open(rf"{folder}\x.lnk", "ab"):
            monkeypatch.setattr(machine.files, "open", _refuses)
            assert not machine.toasts.settings.is_registered(session.account, "Contoso.IT")

    def test_a_menu_that_never_ends(self, machine, session):
        """Is not followed for ever."""
        deep = r"C:\ProgramData\Microsoft\Windows\Start Menu" + r"\a" * 10
        machine.files.make_folder(deep)
        machine.files.write(rf"{deep}\x.lnk", "Contoso.IT".encode("utf-16-le"))

        assert not machine.toasts.settings.is_registered(session.account, "Contoso.IT")

    @pytest.mark.parametrize("app_id", [AGENT_APP_ID, POWERSHELL])
    def test_who_needs_none(self, machine, session, app_id):
        """The agent, and Windows' own."""
        assert machine.toasts.show_xml(XML, session, app_id).is_on_screen

    def test_windows_before_1709_did_not_ask(self, machine, session):
        """Any name would do."""
        machine.facts = replace(machine.facts, build=15063)

        assert machine.toasts.show_xml(XML, session, "Anybody").is_on_screen


def _refuses(*_arguments, **_settings):
    from harness.errors import MachineError

    raise MachineError(5, "access denied")
