"""When the agent checks in, looks again, and tries again."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from harness.agent.retries import EvaluationSchedule
from harness.agent.settings import AgentSettings, draw
from harness.agent.subgraphs import Subgraph, build_subgraphs
from harness.emulator.installers import Installer
from harness.errors import MachineError, UsageError
from harness.model.apps import Win32App
from harness.model.assignments import (
    AppPolicy,
    Assignment,
    DeliveryOptimizationPriority,
    InstallIntent,
    InstallTimeSettings,
)
from harness.model.states import EnforcementState, ErrorCode, ResultantAppState
from harness.model.windows import Account, Hive, RegistryPath, RegistryValue
from tests.agent.stage import DEVICE, KEY, START

ROOT = r"SOFTWARE\Microsoft\IntuneManagementExtension"
HOUR = timedelta(hours=1)


def _check_ins(stage, apps="required apps"):
    return [e.at - START for e in stage.machine.timeline.of(kind="check-in started") if e.data["apps"] == apps]


# Check-ins


def test_start_up_delays(stage):
    """After the start come some 37 s, then 119 s for available and 199 to 278 s for required apps (seen)."""
    stage.device.advance("10 min")
    (required,), (available,) = _check_ins(stage), _check_ins(stage, "available apps")
    assert timedelta(seconds=155) <= available <= timedelta(seconds=156)
    assert timedelta(seconds=235) <= required <= timedelta(seconds=315)
    assert any(line.startswith("Delaying all checkins by 36 s") for line in stage.lines("IntuneManagementExtension"))


def test_hourly_check_ins(stage):
    """Check-ins for required apps come 56 to 65 minutes apart, those for available apps every 8 hours (seen)."""
    stage.device.advance("24 h")
    moments = _check_ins(stage)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(timedelta(minutes=56) <= gap <= timedelta(minutes=66) for gap in gaps)
    assert len(set(gaps)) > 10
    available = _check_ins(stage, "available apps")
    assert [8 * HOUR, 8 * HOUR] == [later - earlier for earlier, later in pairwise(available)]


def test_reasons(stage):
    """A check-in names its reason in the service's words."""
    stage.device.advance("2 h")
    stage.device.sync()
    stage.agent.session_changed()
    stage.device.advance("1 min")
    reasons = [event.data["reason"] for event in stage.machine.timeline.of(kind="check-in started")]
    assert ["AgentRestart", "AgentRestart", "MaintenanceTimer"] == reasons[:3]
    assert ["Notification", "Notification", "UserLogOn", "UserLogOn"] == reasons[-4:]


def test_same_seed_same_schedule(make_stage):
    """The schedule follows from the seed."""
    runs = []
    for _ in range(2):
        stage = make_stage()
        stage.device.advance("6 h")
        runs.append(_check_ins(stage))
    assert runs[0] == runs[1]


def test_draw_depends_on_everything():
    """Seed, purpose and time each change what is drawn."""
    between = (timedelta(), HOUR)
    drawn = {
        draw(seed, purpose, START + shift, between)
        for seed in (1, 2)
        for purpose in ("a", "b")
        for shift in (timedelta(), HOUR)
    }
    assert 8 == len(drawn)


def test_interval_set_in_the_registry(stage):
    """An administrator may set the interval in seconds."""
    stage.machine.registry.set(RegistryPath(Hive.HKLM, rf"{ROOT}\Settings"), "Interval", RegistryValue.of("600"))
    stage.device.advance("1 h")
    assert timedelta(minutes=10) == _check_ins(stage)[-1] - _check_ins(stage)[-2]


@pytest.mark.parametrize(("data", "expected"), [(600, 600), ("soon", None), (0, None), ("600", 600)])
def test_interval_of_any_type(stage, data, expected):
    """The interval may be a number or text; rubbish does not count."""
    stage.machine.registry.set(RegistryPath(Hive.HKLM, rf"{ROOT}\Settings"), "Interval", RegistryValue.of(data))
    assert expected == stage.agent._tools.store.check_in_interval_override()


def test_sync_during_the_start(make_stage):
    """A sync does not wait for the start-up delay, unless set otherwise."""
    stage = make_stage()
    stage.sync("1 s")
    assert [timedelta()] == _check_ins(stage)
    patient = make_stage(AgentSettings(sync_ends_startup_delay=False))
    patient.sync("2 min")
    assert [] == _check_ins(patient)
    patient.device.advance("1 min")
    assert 1 == len(_check_ins(patient))


def test_service_restart(stage):
    """Restarting the service leads to a check-in after its start-up delay; a sync asked of a stopped one is kept."""
    stage.device.advance("30 min")
    stage.machine.services.restart("IntuneManagementExtension")
    stage.device.advance("10 min")
    assert 2 == len(_check_ins(stage))
    assert "EMS Agent Stopped" in stage.lines("IntuneManagementExtension")
    stage.machine.services.stop("IntuneManagementExtension")
    stage.agent.sync()
    stage.device.advance("3 h")
    assert 2 == len(_check_ins(stage))
    stage.machine.services.start("IntuneManagementExtension")
    stage.device.advance("1 s")
    assert 3 == len(_check_ins(stage))


# The service


def test_service_that_does_not_answer(stage):
    """While the service is down the agent only notes it, and goes on at the next check-in."""
    app = stage.require()
    stage.tenant.is_reachable = False
    stage.sync()
    assert ("waiting for check-in", 2) == (stage.device.status(app).words, len(stage.texts("check-in failed")) - 1)
    assert any("Failed to get policies" in line for line in stage.lines())
    stage.tenant.is_reachable = True
    stage.device.advance("70 min")
    assert "installed" == stage.device.status(app).words


@pytest.mark.parametrize("answer", ["rubbish", "", "H4sIAAAA"])
def test_service_that_answers_rubbish(stage, monkeypatch, answer):
    """What does not read is noted, and the agent goes on at the next check-in."""
    stage.require()
    monkeypatch.setattr(stage.tenant, "request_applications", lambda user_id: answer)
    stage.sync()
    assert ["the apps of session 0", "the apps of session 1"] == [text[:21] for text in stage.texts("check-in failed")]


def test_results_that_are_not_taken(stage, monkeypatch):
    """A report the service does not take is sent at the next check-in; one it has is not sent again."""
    app = stage.require()
    send = stage.tenant.send_results

    def fail(payload):
        raise TimeoutError("too slow")

    monkeypatch.setattr(stage.tenant, "send_results", fail)
    stage.sync()
    assert ("installed", []) == (stage.device.status(app).words, stage.tenant.reports)
    assert ["1 reports are not taken: too slow"] == stage.texts("report not sent")
    monkeypatch.setattr(stage.tenant, "send_results", send)
    stage.device.advance("3 h")
    assert [1] == [report.fields["ResultantAppState"] for report in stage.tenant.reports]
    assert any("Found unchanged cached reports" in line for line in stage.lines())


def test_full_report(stage):
    """All reports are sent again when a full sync is due."""
    stage.require()
    stage.sync("8 d")
    assert 2 == len(stage.tenant.reports)


def test_machine_error_ends_a_session(stage, monkeypatch):
    """A registry that cannot be written is noted, and the agent goes on."""
    stage.require()
    original = stage.machine.registry.set

    def refuse(path, name, value, *view):
        if name == "ComplianceStateMessage":
            raise MachineError(5, "access is denied", str(path))
        return original(path, name, value, *view)

    monkeypatch.setattr(stage.machine.registry, "set", refuse)
    stage.sync()
    assert ["session 0 was not processed to its end: [WinError 5]"] == [
        text.split(" access")[0] for text in stage.texts("check-in failed")
    ]


# Looking again and trying again


def test_re_evaluation(stage):
    """An app is looked at again after 8 hours, not at every check-in (observed)."""
    app = stage.require()
    stage.sync("30 min")
    before = len(stage.texts("detection"))
    stage.device.advance("7 h")
    assert before == len(stage.texts("detection"))
    stage.device.advance("2 h")
    assert before + 1 == len(stage.texts("detection"))
    assert any("Subgraph reevaluation interval is not expired.\nHash = " in line for line in stage.lines())
    assert "installed" == stage.device.status(app).words


def test_removed_app_comes_back(stage):
    """A required app that somebody removed is installed again within about a day (documented)."""
    app = stage.require()
    stage.sync()
    stage.machine.registry.delete(RegistryPath.parse(KEY))
    stage.device.advance("10 h")
    assert ResultantAppState.NOT_INSTALLED is stage.device.status(app).state
    assert any("is in GRS. The app will not be enforced." in line for line in stage.lines("AppActionProcessor"))
    stage.device.advance("20 h")
    assert "installed" == stage.device.status(app).words


def test_failed_app_waits_a_day(stage):
    """A failed app is tried again after 24 hours (documented)."""
    stage.require(program=Installer.fails())
    stage.sync("23 h")
    assert 1 == len(stage.texts("install started"))
    stage.device.advance("10 h")
    assert 2 == len(stage.texts("install started"))


def test_new_version_starts_afresh(stage):
    """A new version of an app waits for nothing, and the old one's keys go."""
    app = stage.require(program=Installer.fails())
    stage.sync()
    stage.tenant.add(replace(app, version=2))
    stage.sync()
    assert 2 == len(stage.texts("install started"))
    users = RegistryPath(Hive.HKLM, rf"{ROOT}\Win32Apps\{DEVICE}")
    assert [f"{app.id}_2"] == [name for name in stage.machine.registry.subkeys(users) if name != "GRS"]


def test_grs_in_the_registry(stage):
    """The time of an attempt is kept as real devices keep it."""
    app = stage.require()
    stage.sync()
    key = RegistryPath(Hive.HKLM, rf"{ROOT}\Win32Apps\{DEVICE}\GRS")
    (hash_,) = stage.machine.registry.subkeys(key)
    values = stage.machine.registry.values(key.child(hash_))
    assert 44 == len(hash_)
    assert ("03/02/2026 08:00:00", "03/02/2026 08:00:52") == (
        values["SubgraphEvaluationTimeUTC"].data,
        values[app.id].data,
    )
    assert rf"[Win32App][GRSManager] Saved GRS value: 03/02/2026 08:00:52 to path: {DEVICE}\GRS\{hash_}\{app.id}" in (
        stage.lines()
    )


def test_clock_set_back(stage):
    """Times in the future, from before the clock was set back, hold nothing up."""
    app = stage.require(program=Installer.fails())
    stage.sync()
    stage.machine.clock.jump(timedelta(days=-30))
    stage.sync()
    assert 2 == len(stage.texts("install started"))
    assert "failed" == stage.device.status(app).words


def test_old_schedules_are_cleaned_up(stage):
    """Times of groups that are no more go after two days."""
    app = stage.require()
    stage.sync()
    stage.tenant.unassign(app)
    stage.device.advance("3 d")
    key = RegistryPath(Hive.HKLM, rf"{ROOT}\Win32Apps\{DEVICE}\GRS")
    assert [] == list(stage.machine.registry.subkeys(key))


def test_download_that_takes_too_long(make_stage):
    """A background download that takes over half an hour goes on, and the next check-in tries again (seen)."""
    stage = make_stage()
    stage.machine.network.bandwidth = 1
    app = stage.require(size=3000)
    stage.sync("31 min")
    assert 1 == len(stage.texts("download failed"))
    assert EnforcementState.IN_PROGRESS is stage.device.status(app).enforcement_state
    lines = stage.lines()
    assert "[Win32App][DownloadActionHandler] Handler completed with action status: Timeout." in lines
    assert f"[Win32App][GRSManager] Cleared GRS value for app: {app.id} and user: {DEVICE}." in lines
    stage.device.advance("70 min")
    assert "installed" == stage.device.status(app).words


def test_foreground_download(make_stage):
    """A foreground download is waited for up to 12 hours (seen)."""
    stage = make_stage()
    stage.machine.network.bandwidth = 1
    urgent = Assignment(delivery_optimization_priority=DeliveryOptimizationPriority.FOREGROUND)
    app = stage.require(size=3000, assignment=urgent)
    stage.sync("3 h")
    assert "installed" == stage.device.status(app).words
    assert any("BG_JOB_PRIORITY_FOREGROUND == time out is 43200000 ms" in line for line in stage.lines())


def test_hash_of_a_group():
    """Groups are told apart by id, version and intent; the order of their apps does not matter."""

    def policy(number, **changes):
        app = Win32App(id=f"{number}", display_name="x", install_command_line="x", **changes)
        return AppPolicy(app=app, assignment=Assignment())

    pair = Subgraph(policies=(policy(1), policy(2)))
    assert pair.hash == Subgraph(policies=(policy(2), policy(1))).hash
    assert "1, 2" == pair.app_ids
    uninstall = replace(policy(1), assignment=Assignment(intent=InstallIntent.UNINSTALL))
    hashes = {build_subgraphs([one])[0].hash for one in (policy(1), policy(2), policy(1, version=2), uninstall)}
    assert 4 == len(hashes)


def test_nothing_to_save(stage):
    """A check-in in which nothing was settled writes no GRS lines."""
    schedule = EvaluationSchedule(stage.agent._tools)
    schedule.save_grs(DEVICE, Subgraph(policies=()), [])
    stage.device.advance(timedelta())
    assert not any("Saving GRS" in line for line in stage.lines())


# Start times and deadlines


def _times(start=None, deadline=None, *, local=False):
    settings = InstallTimeSettings(use_local_time=local, start_date_time=start, deadline_date_time=deadline)
    return Assignment(install_time_settings=settings)


def test_start_and_deadline(stage):
    """Content is fetched at the start time and the app installed at the deadline, both to the minute (documented)."""
    start, deadline = START + 1.5 * HOUR, START + 4.25 * HOUR
    app = stage.require(assignment=_times(start, deadline))
    stage.sync("80 min")
    assert ("not installed", []) == (stage.device.status(app).words, stage.texts("download started"))
    stage.device.advance("20 min")
    status = stage.device.status(app)
    assert ("pending install", "waiting for deadline") == (status.words, status.phase)
    assert start == stage.machine.timeline.of(kind="download started")[0].at
    stage.device.advance("5 h")
    assert deadline == stage.machine.timeline.of(kind="content ready")[0].at - timedelta(microseconds=20)
    assert ("installed", 1) == (stage.device.status(app).words, len(stage.texts("download started")))
    assert 1 == stage.toasts.count("DOWNLOADING")


def test_local_time(make_stage):
    """A deadline may be meant in the machine's time zone."""
    stage = make_stage()
    deadline = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001 - local time of the machine
    app = stage.require(assignment=_times(deadline=deadline, local=True))
    stage.sync("110 min")
    assert "pending install" == stage.device.status(app).words
    stage.device.advance("20 min")
    assert "installed" == stage.device.status(app).words
    assert any("Local deadline time = 3/2/2026 10:00:00 AM" in line for line in stage.lines("AppActionProcessor"))


def test_deadline_in_the_past(stage):
    """A deadline that has passed means at once."""
    app = stage.require(assignment=_times(START - HOUR, START - HOUR))
    stage.sync()
    assert "installed" == stage.device.status(app).words


def test_deadline_while_the_machine_is_off(stage):
    """A deadline that passed while the agent did not run is caught up with after its start."""
    app = stage.require(assignment=_times(deadline=START + HOUR))
    stage.sync()
    stage.machine.services.stop("IntuneManagementExtension")
    stage.device.advance("2 h")
    stage.machine.services.start("IntuneManagementExtension")
    stage.device.advance("10 min")
    assert "installed" == stage.device.status(app).words


def test_download_before_the_deadline_fails(stage, monkeypatch):
    """Content that cannot be had at the start time is an error as at any other."""
    app = stage.require(assignment=_times(deadline=START + 4 * HOUR))
    monkeypatch.setattr(stage.tenant, "get_content_info", lambda app_id, version: "null")
    stage.sync()
    status = stage.device.status(app)
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.CONTENT_INFO_NOT_RETRIEVED) == (
        status.enforcement_state,
        status.error_code,
    )


# The Company Portal


def test_available_app(stage, ada):
    """An available app is looked at and offered, and installed when the user asks for it."""
    app = stage.offer()
    stage.sync()
    assert ("not installed", []) == (stage.device.status(app).words, stage.texts("install started"))
    stage.agent.request_app(app.id)
    stage.device.advance("2 min")
    assert ("installed", ada.user_id) == (stage.device.status(app).words, stage.device.status(app).user_id)
    assert ["OnDemand"] == [e.data["reason"] for e in stage.machine.timeline.of(kind="check-in started")][-1:]
    lines = stage.lines("AppActionProcessor")
    assert any("AvailableInstall, and enforceability: DetectOnly" in line for line in lines)
    assert any("effective intent: AvailableInstall, and enforceability: Enforceable" in line for line in lines)


def test_available_app_again(stage):
    """What the user asks for is tried at once, whatever was tried before."""
    app = stage.offer(program=Installer.fails())
    for count in (1, 2, 3):
        stage.agent.request_app(app.id)
        stage.device.advance("2 min")
        assert count == len(stage.texts("install started"))
    line = "is not expired but will be enforced due to targeting intent on the subgraph."
    assert any(line in text for text in stage.lines())
    stage.device.advance("30 h")
    assert 3 == len(stage.texts("install started"))


def test_available_uninstall(stage):
    """The user may remove an available app again, which then stays away."""
    app = stage.offer()
    stage.agent.request_app(app.id)
    stage.device.advance("2 min")
    stage.agent.request_app(app.id, uninstall=True)
    stage.device.advance("2 min")
    assert "not installed" == stage.device.status(app).words
    stage.device.advance("2 d")
    assert "not installed" == stage.device.status(app).words


def test_request_with_a_sync(stage):
    """A request is served by whatever check-in comes first."""
    app = stage.offer()
    stage.agent.request_app(app.id)
    stage.sync("2 min")
    assert "installed" == stage.device.status(app).words


def test_request_of_one_of_two_users(make_stage):
    """A request is about its user's session alone."""
    stage = make_stage(users=("ada", "bob"))
    ada = next(one.account for one in stage.machine.sessions.signed_in() if one.account.name == "ada")
    app = stage.offer()
    stage.agent.request_app(app.id, ada)
    stage.device.advance("2 min")
    assert ("installed", ada.user_id) == (stage.device.status(app).words, stage.device.status(app).user_id)
    assert 1 == len([line for line in stage.lines() if "Processing user session" in line])


def test_request_for_something_else(stage):
    """A request for an app that is not offered is refused and forgotten."""
    app = stage.require()
    stage.agent.request_app(app.id)
    stage.device.advance("1 min")
    assert [f"app {app.id} is not available to this user"] == stage.texts("request refused")
    assert {} == stage.agent._tools.store.requests(stage.machine.sessions.signed_in()[0].account.user_id)


def test_request_survives_a_restart(stage, ada):
    """What the user asked for is done after a restart, too."""
    app = stage.offer()
    stage.agent.request_app(app.id, ada)
    stage.device.advance("10 s")
    stage.device.restart()
    stage.device.advance("10 min")
    assert ("installed", 2) == (stage.device.status(app).words, len(stage.texts("install started")))


def test_request_without_anybody(make_stage):
    """Nobody can press the button when nobody is signed in, nor can a local account."""
    stage = make_stage(users=())
    with pytest.raises(UsageError, match="nobody is signed in"):
        stage.agent.request_app("x")
    local = Account(name="bob", domain="PC", sid="S-1-5-21-1-2-3-1001", profile=r"C:\Users\bob")
    with pytest.raises(UsageError, match="has no Entra user id"):
        stage.agent.request_app("x", local)


def test_several_users(make_stage):
    """Every signed-in user has a session of their own in a check-in, after the device's."""
    stage = make_stage(users=("ada", "bob"))
    stage.sync("1 min")
    lines = [line for line in stage.lines() if "Processing user session" in line][:3]
    ids = [session.account.user_id for session in stage.machine.sessions.signed_in()]
    assert [DEVICE, *ids] == [line.split("userId: ")[1].split(",")[0] for line in lines]


@pytest.mark.parametrize("name", ["max_attempts", "unpack_rate"])
def test_impossible_settings(name):
    """Rates and numbers of attempts start at 1."""
    with pytest.raises(UsageError, match=f"{name} is 0"):
        AgentSettings(**{name: 0})
