"""Restarts that installations ask for, and what is known after one."""

import json
from datetime import timedelta

import pytest

from harness.agent.contexts import DEVICE_SESSION
from harness.agent.notifications import Notifier
from harness.agent.pendingrestart import PendingRestart, read_pending_restart, write_pending_restart
from harness.agent.restarts import RestartCoordinator, RestartDecision, decide_restart
from harness.agent.service import Agent
from harness.agent.settings import AgentSettings
from harness.agent.wording import default_wording
from harness.emulator.installers import Installer
from harness.emulator.toasts import UserAnswer
from harness.errors import FormatError
from harness.model.apps import DeviceRestartBehavior, InstallExperience, ReturnCodeType
from harness.model.assignments import (
    AppPolicy,
    Assignment,
    InstallIntent,
    InstallTimeSettings,
    Notifications,
    RestartSettings,
)
from harness.model.rules import RegistryRule
from harness.model.states import EnforcementState, ErrorCode, ResultantAppState
from harness.model.toasts import ToastKind
from harness.model.windows import RegistryPath, View
from tests.agent.stage import KEY, START

BASED, ALLOW = DeviceRestartBehavior.BASED_ON_RETURN_CODE, DeviceRestartBehavior.ALLOW
SUPPRESS, FORCE = DeviceRestartBehavior.SUPPRESS, DeviceRestartBehavior.FORCE
SUCCESS, SOFT, HARD = ReturnCodeType.SUCCESS, ReturnCodeType.SOFT_REBOOT, ReturnCodeType.HARD_REBOOT
GRACE = RestartSettings(
    grace_period=timedelta(hours=8),
    countdown_display_before_restart=timedelta(minutes=15),
    restart_notification_snooze_duration=timedelta(hours=2),
)
NOW, LATER = timedelta(), timedelta(hours=8)


def _exits(code: int, **more: object) -> Installer:
    written = {KEY: {"Version": "1.0"}}
    return Installer(**{"takes": "30 s", "exit_code": code, "writes_registry": written, "view": View.VIEW_64} | more)


def _behaves(behavior: DeviceRestartBehavior) -> InstallExperience:
    return InstallExperience(device_restart_behavior=behavior)


@pytest.mark.parametrize(
    ("behavior", "meaning", "grace", "expected"),
    [
        # needed, announced, restarts in, blocks others
        (BASED, SUCCESS, None, (False, False, None, False)),
        (BASED, SOFT, None, (True, True, None, False)),
        (BASED, HARD, None, (True, False, NOW, True)),
        (BASED, SUCCESS, GRACE, (False, False, None, False)),
        (BASED, SOFT, GRACE, (True, True, None, False)),
        (BASED, HARD, GRACE, (True, True, LATER, True)),
        (ALLOW, SUCCESS, None, (False, False, None, False)),
        (ALLOW, SOFT, None, (True, True, None, False)),
        (ALLOW, HARD, None, (True, True, timedelta(minutes=120), True)),
        (SUPPRESS, SUCCESS, None, (False, False, None, False)),
        (SUPPRESS, SOFT, None, (True, False, None, False)),
        (SUPPRESS, HARD, GRACE, (True, False, None, True)),
        (FORCE, SUCCESS, None, (False, False, NOW, True)),
        (FORCE, SOFT, None, (True, False, NOW, True)),
        (FORCE, HARD, None, (True, False, NOW, True)),
        (FORCE, SUCCESS, GRACE, (False, True, LATER, False)),
        (FORCE, HARD, GRACE, (True, True, LATER, True)),
        (FORCE, ReturnCodeType.FAILED, None, (False, False, None, False)),
        (FORCE, ReturnCodeType.RETRY, None, (False, False, None, False)),
        (FORCE, None, None, (False, False, None, False)),
    ],
)
def test_decisions(behavior, meaning, grace, expected):
    """What follows from restart behaviour, exit code and grace period is documented."""
    decision = decide_restart(behavior, meaning, grace, AgentSettings())
    assert expected == (decision.is_needed, decision.is_announced, decision.restarts_in, decision.blocks_others)


def test_decision_carries_the_grace_period():
    """Countdown and snooze come from the assignment; the countdown is no longer than the grace period."""
    decision = decide_restart(FORCE, SUCCESS, GRACE, AgentSettings())
    assert (timedelta(minutes=15), timedelta(hours=2)) == (decision.countdown, decision.snooze)
    short = RestartSettings(grace_period=timedelta(minutes=5))
    assert timedelta(minutes=5) == decide_restart(FORCE, SUCCESS, short, AgentSettings()).countdown
    assert RestartDecision() == decide_restart(FORCE, None, short, AgentSettings())


def test_soft_restart(stage):
    """After 3010 the app waits for a restart that the user makes, and is installed after it."""
    app = stage.require(program=_exits(3010))
    stage.sync()
    status = stage.device.status(app)
    assert ("pending restart", EnforcementState.IN_PROGRESS_PENDING_REBOOT, ResultantAppState.PENDING_INSTALL) == (
        status.words,
        status.enforcement_state,
        status.state,
    )
    assert ["DOWNLOADING", "RESTART_REQUIRED"] == stage.toasts
    stage.device.advance("10 h")
    assert [] == stage.texts("booted")
    assert "pending restart" == stage.device.status(app).words
    stage.device.restart()
    stage.device.advance("10 min")
    assert "installed" == stage.device.status(app).words
    assert [5, 1] == [report.fields["ResultantAppState"] for report in stage.tenant.reports]


def test_undetected_until_the_restart(stage):
    """An app whose exit code asks for a restart may be undetected until then; after it, it counts as failed."""
    app = stage.require(program=Installer(exit_code=3010))
    stage.sync()
    assert "pending restart" == stage.device.status(app).words
    stage.device.restart()
    stage.device.advance("10 min")
    status = stage.device.status(app)
    assert (ResultantAppState.FAILED, ErrorCode.NOT_DETECTED_AFTER_INSTALL) == (status.state, status.error_code)


def test_undetected_is_not_excused(make_stage):
    """That may be switched off."""
    stage = make_stage(AgentSettings(pending_restart_excuses_detection=False))
    app = stage.require(program=Installer(exit_code=3010))
    stage.sync()
    assert ErrorCode.NOT_DETECTED_AFTER_INSTALL == stage.device.status(app).error_code


def test_removal_that_needs_a_restart(stage):
    """A removal may need a restart as well, and is judged after it."""
    app = stage.require(
        RegistryRule(key_path=r"HKLM\SOFTWARE\Microsoft"), assignment=Assignment(intent=InstallIntent.UNINSTALL)
    )
    stage.machine.programs["remove.exe"] = Installer(exit_code=3010)
    stage.sync()
    assert EnforcementState.IN_PROGRESS_UNINSTALL_PENDING_REBOOT is stage.device.status(app).enforcement_state
    stage.device.restart()
    stage.device.advance("10 min")
    status = stage.device.status(app)
    assert ("uninstall failed", ErrorCode.STILL_DETECTED_AFTER_UNINSTALL) == (status.words, status.error_code)


def test_hard_restart(stage):
    """After 1641 the machine restarts when the reports are out, and the app is installed after it."""
    app = stage.require(program=_exits(1641))
    stage.sync("2 min")
    (report,) = stage.tenant.reports
    restart = stage.machine.timeline.of(kind="restart")[0]
    assert timedelta(seconds=5) == restart.at - stage.machine.timeline.of(kind="report sent")[0].at
    assert 2008 == report.fields["EnforcementState"]
    stage.device.advance("10 min")
    assert "installed" == stage.device.status(app).words


@pytest.mark.parametrize("behavior", [BASED, SUPPRESS])
def test_others_wait_for_a_hard_restart(stage, behavior):
    """No other app is installed before a hard restart; it is afterwards (documented)."""
    stage.require(program=_exits(1641), install_experience=_behaves(behavior))
    second = stage.require(RegistryRule(key_path=r"HKLM\SOFTWARE\Second"), program=_exits(1641))
    stage.sync("90 s")
    assert EnforcementState.NOT_ATTEMPTED_PENDING_REBOOT is stage.device.status(second).enforcement_state
    assert "pending restart" == stage.device.status(second).words
    assert 1 == len(stage.texts("install started"))
    stage.device.advance("2 h")
    if behavior is SUPPRESS:
        assert 1 == len(stage.texts("install started"))
        stage.device.restart()
    stage.device.advance("10 min")
    assert 2 == len(stage.texts("install started"))


def test_waiting_app_that_is_not_wanted_any_more(stage):
    """An app that waited for a restart and no longer applies afterwards is not a failure."""
    stage.require(program=_exits(1641), install_experience=_behaves(SUPPRESS))
    second = stage.require(RegistryRule(key_path=r"HKLM\SOFTWARE\Second"), program=_exits(1641))
    stage.sync()
    times = InstallTimeSettings(start_date_time=START + timedelta(days=30))
    stage.tenant.assign(second, Assignment(install_time_settings=times))
    stage.device.restart()
    stage.device.advance("10 min")
    status = stage.device.status(second)
    assert (None, None, "not installed") == (status.enforcement_state, status.error_code, status.words)


def test_forced_restart_after_any_success(stage):
    """With "force" the machine restarts even after exit code 0."""
    app = stage.require(install_experience=_behaves(FORCE))
    stage.sync()
    assert 1 == len(stage.texts("booted"))
    assert "installed" == stage.device.status(app).words


def test_no_forced_restart_after_a_failure(stage):
    """A failed installation restarts nothing."""
    stage.require(program=Installer(), install_experience=_behaves(FORCE))
    stage.sync("1 h")
    assert [] == stage.texts("booted")


def test_allow_and_a_hard_restart(stage):
    """With "allow" and 1641 the user is told that the machine restarts in 120 minutes (documented)."""
    stage.require(program=_exits(1641), install_experience=_behaves(ALLOW))
    stage.sync()
    (toast,) = [shown.toast for shown in stage.machine.toasts.shown if shown.toast.kind is ToastKind.RESTART_REQUIRED]
    assert "This device will restart in 2 h." in toast.lines
    stage.device.advance("102 min")
    assert ("RESTART_COUNTDOWN", []) == (stage.toasts[-1], stage.texts("booted"))
    stage.device.advance("20 min")
    assert 1 == len(stage.texts("booted"))


def _grace(notifications: Notifications = Notifications.SHOW_ALL) -> Assignment:
    return Assignment(restart_settings=GRACE, notifications=notifications)


def _restarts_at(stage) -> timedelta:
    return stage.machine.timeline.of(kind="restart")[0].at - START


def test_grace_period(stage):
    """The machine restarts when the grace period is over; the countdown comes before it."""
    stage.require(install_experience=_behaves(FORCE), assignment=_grace())
    stage.sync("9 h")
    assert ["DOWNLOADING", "RESTART_REQUIRED", "RESTART_COUNTDOWN"] == stage.toasts
    assert timedelta(hours=8, seconds=37) == timedelta(seconds=round(_restarts_at(stage).total_seconds()))
    shown = stage.machine.toasts.shown[-1]
    assert ("Restart in 15 min", True) == (shown.toast.title, shown.toast.stays)
    assert ["Restart now", "Dismiss"] == [button.content for button in shown.toast.buttons]


def test_snooze(stage):
    """A reminder may be put off as often as there is time, which does not move the restart."""
    stage.machine.user_answers[ToastKind.RESTART_REQUIRED] = UserAnswer.clicks("snooze", after="1 min")
    stage.require(install_experience=_behaves(FORCE), assignment=_grace())
    stage.sync("9 h")
    assert 4 == stage.toasts.count("RESTART_REQUIRED")
    assert timedelta(hours=8) < _restarts_at(stage) < timedelta(hours=8, minutes=1)


@pytest.mark.parametrize("kind", [ToastKind.RESTART_REQUIRED, ToastKind.RESTART_COUNTDOWN])
def test_restart_now(stage, kind):
    """The user may restart at once, from the reminder or the countdown."""
    stage.machine.user_answers[kind] = UserAnswer.clicks("restart", after="1 min")
    stage.require(install_experience=_behaves(FORCE), assignment=_grace())
    stage.sync("8 h")
    expected = {ToastKind.RESTART_REQUIRED: timedelta(), ToastKind.RESTART_COUNTDOWN: timedelta(hours=7, minutes=45)}
    assert timedelta() < _restarts_at(stage) - expected[kind] < timedelta(minutes=2)


def test_hidden_toasts_do_not_stop_a_restart(stage):
    """Without toasts the machine restarts all the same; a snooze that is offered nobody can take."""
    stage.require(install_experience=_behaves(FORCE), assignment=_grace(Notifications.HIDE_ALL))
    stage.sync("9 h")
    assert ([], 1) == (stage.toasts, len(stage.texts("booted")))


def test_restart_of_the_service_during_the_grace_period(stage):
    """The countdown goes on after the service was restarted."""
    stage.require(install_experience=_behaves(FORCE), assignment=_grace())
    stage.sync("1 h")
    stage.machine.services.restart("IntuneManagementExtension")
    stage.device.advance("8 h")
    assert timedelta(hours=8) < _restarts_at(stage) < timedelta(hours=8, minutes=1)


def test_restart_by_the_user_during_the_grace_period(stage):
    """A restart settles the countdown."""
    app = stage.require(program=_exits(1641), assignment=_grace())
    stage.sync("1 h")
    stage.device.restart()
    stage.device.advance("10 h")
    assert (1, "installed") == (len(stage.texts("booted")), stage.device.status(app).words)
    assert stage.agent._tools.store.pending_restart() is None


def test_earliest_of_two_restarts(stage):
    """Of two countdowns the earlier restart counts, whichever comes first."""
    short = Assignment(restart_settings=RestartSettings(grace_period=timedelta(hours=2)))
    stage.require(install_experience=_behaves(FORCE), assignment=_grace())
    second = stage.publish(
        RegistryRule(key_path=r"HKLM\SOFTWARE\Other"),
        install_experience=_behaves(FORCE),
        install_command_line="remove.exe",
    )
    other = Installer(writes_registry={r"HKLM\SOFTWARE\Other": {}}, view=View.VIEW_64)
    stage.machine.programs["remove.exe"] = other
    stage.tenant.assign(second, short)
    stage.sync("3 h")
    assert timedelta(hours=2) < _restarts_at(stage) < timedelta(hours=2, minutes=3)
    assert 2 == len(stage.texts("restart requested"))


def test_later_of_two_restarts(stage):
    """A later restart does not move an earlier one."""
    tools = stage.agent._tools
    coordinator = RestartCoordinator(tools, Notifier(tools, default_wording()))
    policy = AppPolicy(app=stage.publish(), assignment=Assignment())
    for hours in (2, 3):
        coordinator.request(RestartDecision(restarts_in=timedelta(hours=hours)), policy, DEVICE_SESSION)
    assert START + timedelta(hours=2) == tools.store.pending_restart().deadline
    coordinator.stop()


# After a restart


def test_power_cut_during_the_installation(stage):
    """An installation that a restart cut off is looked at again, and done from what the registry says."""
    app = stage.require()
    stage.sync("20 s")
    assert "installing" == stage.device.status(app).words
    stage.machine.power.restart("power cut")
    stage.device.advance("1 s")
    assert "pending install" == stage.device.status(app).words
    stage.device.advance("10 min")
    assert ("installed", 2) == (stage.device.status(app).words, len(stage.texts("install started")))
    assert any("Content cache found for app id" in line for line in stage.lines())


def test_installer_that_restarts_the_machine(stage):
    """An installer that restarts the machine itself is found done afterwards, and not run again."""
    app = stage.require(program=_exits(0, restarts_machine=True))
    stage.sync("15 min")
    assert ("installed", 1) == (stage.device.status(app).words, len(stage.texts("install started")))


def test_new_agent_on_the_same_machine(stage):
    """Another agent on the machine knows all that the first one wrote."""
    app = stage.require(program=Installer.fails(1618))
    stage.sync("20 min")
    again = Agent(stage.machine, stage.tenant, seed=5)
    assert stage.agent.statuses() == again.statuses()
    assert stage.agent.status_of(app.id) == again.status_of(app)


# The registry


def test_pending_restart_round_trip():
    """What is pending comes back from the registry as it was."""
    pending = PendingRestart(
        requested_at=START,
        deadline=START + timedelta(hours=1),
        countdown=timedelta(minutes=5),
        snooze=None,
        app_name="Contoso",
        notifications=Notifications.SHOW_REBOOT,
        user_id="u",
        is_uninstall=True,
    )
    assert pending == read_pending_restart(write_pending_restart(pending))


@pytest.mark.parametrize("moment", ["soon", "2026-03-02T08:00:00", 5])
def test_damaged_pending_restart(stage, moment):
    """A damaged entry counts as none."""
    fields = {"RequestedAt": moment, "Deadline": "2026-03-02T08:00:00Z", "CountdownSeconds": 5, "AppName": "x"}
    document = json.dumps({**fields, "Notifications": "showAll", "UserId": "u", "IsUninstall": False})
    with pytest.raises(FormatError, match="RequestedAt"):
        read_pending_restart(document)
    store = stage.agent._tools.store
    store.settings.set("PendingRestart", document)
    assert store.pending_restart() is None


def test_registry_of_a_waiting_app(stage):
    """The registry says that an app waits for a restart."""
    app = stage.require(program=_exits(3010))
    stage.sync()
    path = (
        rf"HKLM\SOFTWARE\Microsoft\IntuneManagementExtension\Win32Apps\00000000-0000-0000-0000-000000000000\{app.id}_1"
    )
    assert "SoftReboot" == stage.machine.registry.get(RegistryPath.parse(path), "RebootStatus").data
