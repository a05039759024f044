"""Which toast is shown to whom, and what it says."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest

from harness.agent.contexts import DEVICE_SESSION
from harness.agent.notifications import Notifier
from harness.agent.service import Agent
from harness.agent.wording import default_wording, fill, read_wording
from harness.errors import FormatError
from harness.formats.toastxml import check_toast, to_toast_xml
from harness.model.assignments import Assignment, InstallIntent, Notifications, TargetType
from harness.model.toasts import ToastKind
from tests.agent.stage import INSTALLS, Stage


@pytest.mark.parametrize(
    ("notifications", "code", "expected"),
    [
        (Notifications.SHOW_ALL, 0, ["DOWNLOADING", "SUCCESS"]),
        (Notifications.SHOW_ALL, 3010, ["DOWNLOADING", "RESTART_REQUIRED"]),
        (Notifications.SHOW_ALL, 1, ["DOWNLOADING", "FAILURE"]),
        (Notifications.SHOW_REBOOT, 0, []),
        (Notifications.SHOW_REBOOT, 3010, ["RESTART_REQUIRED"]),
        (Notifications.SHOW_REBOOT, 1, []),
        (Notifications.HIDE_ALL, 0, []),
        (Notifications.HIDE_ALL, 3010, []),
    ],
)
def test_toasts_of_an_installation(stage, notifications, code, expected):
    """One toast at the download, one with the result, as far as the assignment allows (documented)."""
    stage.require(program=replace(INSTALLS, exit_code=code), assignment=Assignment(notifications=notifications))
    stage.sync()
    assert expected == stage.toasts


def test_nobody_signed_in(make_stage):
    """Without a user nobody sees a toast, and the app is installed."""
    stage = make_stage(users=())
    app = stage.require()
    stage.sync()
    assert ([], "installed") == (stage.toasts, stage.device.status(app).words)


def test_who_sees_it(make_stage):
    """A user's app tells its user, a device's app whoever is at the screen."""
    stage = make_stage(users=("ada", "bob"))
    ada = next(one for one in stage.machine.sessions.signed_in() if one.account.name == "ada")
    stage.require(assignment=Assignment(target_type=TargetType.DEVICE))
    stage.sync("2 min")
    assert {"bob"} == {shown.session.account.name for shown in stage.machine.toasts.shown}
    notifier = Notifier(stage.agent._tools, default_wording())
    show = {"app_name": "x", "notifications": Notifications.SHOW_ALL}
    shown = notifier.show(ToastKind.SUCCESS, user_id=ada.account.user_id, **show)
    assert "ada" == shown.session.account.name
    assert DEVICE_SESSION.user_id not in {one.account.user_id for one in stage.machine.sessions.signed_in()}


def test_wording_of_a_removal(stage):
    """A removal is worded as one."""
    app = stage.require()
    stage.sync()
    stage.tenant.assign(app, intent=InstallIntent.UNINSTALL)
    stage.sync()
    lines = [shown.toast.lines[0] for shown in stage.machine.toasts.shown]
    assert ["Changes are being made to this app.", "The app is removed."] == lines[-2:]


def test_lines(stage):
    """AgentExecutor is started with the toast's name and the app's in base64 (seen)."""
    stage.require(display_name="Contoso Ü")
    stage.sync()
    name = base64.b64encode("Contoso Ü".encode()).decode()
    (line,) = [line for line in stage.lines() if "-toast" in line and "ToastDownloadingMessage" in line]
    program = r"C:\Program Files (x86)\Microsoft Intune Management Extension\agentexecutor.exe"
    start = f'[Win32App] Toast message with: "{program}"'
    assert line.startswith(f'{start}  -toast "ToastDownloadingMessage" "{name}" "eyJDb')
    expected = "Adding argument toast with value ToastDownloadingMessage to the named argument list."
    assert expected in stage.lines("AgentExecutor")


def test_restart_toast(stage):
    """A toast about a restart whose time is set names it, stays, and can be answered."""
    notifier = Notifier(stage.agent._tools, default_wording())
    shown = notifier.show(
        ToastKind.RESTART_REQUIRED,
        app_name="Contoso",
        notifications=Notifications.SHOW_ALL,
        user_id="",
        restart_in=timedelta(hours=3),
        snooze=timedelta(hours=1),
    )
    assert ("Contoso: restart required", True) == (shown.toast.title, shown.toast.stays)
    assert "This device will restart in 3 h." == shown.toast.lines[-1]
    assert ["Restart now", "Remind me in 1 h", "Dismiss"] == [button.content for button in shown.toast.buttons]


@pytest.mark.parametrize("is_uninstall", [False, True])
@pytest.mark.parametrize("restart_in", [None, timedelta(hours=3)])
@pytest.mark.parametrize("kind", [kind for kind in ToastKind if kind.is_of_agent])
def test_every_toast_is_one_that_windows_shows(stage, kind, restart_in, is_uninstall):
    """As XML it has nothing that Windows would drop, ignore or be in doubt about; what is to stay does."""
    notifier = Notifier(stage.agent._tools, default_wording())
    shown = notifier.show(
        kind,
        app_name='Contoso "VPN" <5> & more',
        notifications=Notifications.SHOW_ALL,
        user_id="",
        is_uninstall=is_uninstall,
        restart_in=restart_in,
        snooze=timedelta(hours=1),
    )
    assert [] == check_toast(to_toast_xml(shown.toast))
    assert shown.toast.stays_on_screen == (restart_in is not None)


def _document() -> dict:
    return json.loads(files("harness.agent").joinpath("toasts.json").read_text(encoding="utf-8"))


def test_own_wording(make_stage):
    """The texts may be replaced, for another language for example."""
    document = _document()
    document["install"]["ToastDownloadingMessage"] = {"title": "{app} wird geladen", "lines": []}
    wording = read_wording(json.dumps(document), "own.json")
    stage: Stage = make_stage()
    stage.machine.services.stop("IntuneManagementExtension")
    stage.require()
    agent = Agent(stage.machine, stage.tenant, seed=1, wording=wording)
    stage.machine.clock.spawn(agent.main(), name="another agent")
    agent.sync()
    stage.device.advance("5 min")
    assert "App 1 wird geladen" == stage.machine.toasts.shown[0].toast.title


def test_missing_text():
    """A wording that lacks a text is refused with the place."""
    document = _document()
    del document["uninstall"]["success"]
    with pytest.raises(FormatError, match=r"own.json: \$.uninstall: .*success"):
        read_wording(json.dumps(document), "own.json")


def test_the_wording_is_marked():
    """The file says that its texts are not Microsoft's."""
    assert "not known" in _document()["about"]


def test_names_are_not_patterns():
    """An app's name is put in as it is, whatever it holds."""
    assert "{time} {app.__class__} in 5 min" == fill("{app} in {time}", "{time} {app.__class__}", "5 min")
