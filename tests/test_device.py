"""The managed device: what users hold."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness import AgentSettings, Installer, emulated_device
from harness.agent.status import Phase
from harness.errors import MachineError, NotEmulated, UsageError
from harness.model.states import ErrorCode, ResultantAppState
from harness.model.toasts import ToastKind

REPOSITORY = Path(__file__).parents[1]
PACKAGES = REPOSITORY / "fixtures" / "packages"
SETUP = "contoso-vpn-setup.exe"
NOTES_EXE = r"C:\Program Files\Contoso Notes\notes.exe"


@pytest.fixture
def device():
    """Return a device with Ada signed in."""
    with emulated_device() as device:
        yield device


def publish(device, name, app=None):
    """Publish one of the shipped packages."""
    json = f"{name}/{app or name}.json"
    return device.tenant.publish(PACKAGES / json, PACKAGES / name / f"{name}.intunewin")


def kinds(device):
    """Return what happened, by its short names."""
    return [event.kind for event in device.timeline]


def logs(device):
    """Return every log file's bytes."""
    folder, files = device.agent.log_folder, device.machine.files
    device.advance("1 s")
    return {name: files.read(rf"{folder}\{name}") for name in files.names(folder)}


def play(device):
    """Let the same things happen to a device."""
    publish(device, "contoso-notes")
    publish(device, "contoso-vpn")
    device.machine.programs[SETUP] = Installer(takes="3 min", exit_code=3010)
    device.advance("2 h")
    device.restart()
    device.advance("2 h")
    return device


class TestTime:
    """Nothing happens until time passes."""

    def test_a_new_device_waits(self, device):
        """Publishing an app does nothing to the device."""
        notes = publish(device, "contoso-notes")

        assert ("waiting for check-in", None) == (device.status(notes).words, device.status(notes).intent)
        assert not device.machine.files.exists(NOTES_EXE)

    def test_sync_checks_in_and_lets_no_time_pass(self, device):
        """The check-in begins at once, and goes on when time is advanced."""
        notes, before = publish(device, "contoso-notes"), device.clock.now()

        device.sync()

        assert (before, "downloading") == (device.clock.now(), device.status(notes).words)
        device.advance("2 min")
        assert "installed" == device.status(notes).words

    def test_advance_takes_words_and_durations(self, device):
        """`"90 s"` and a timedelta are the same."""
        before = device.clock.now()
        device.advance("90 s")
        device.advance(timedelta(seconds=30))
        assert timedelta(minutes=2) == device.clock.now() - before

    @pytest.mark.parametrize("duration", ["soon", "4", "", timedelta(seconds=-1)])
    def test_advance_refuses_what_is_no_duration(self, device, duration):
        """Words without a unit, and time that runs backwards, are the caller's mistakes."""
        before = device.clock.now()
        with pytest.raises(UsageError):
            device.advance(duration)
        assert before == device.clock.now()

    def test_run_until_stops_when_it_holds(self, device):
        """Only as much time passes as is needed."""
        notes, before = publish(device, "contoso-notes"), device.clock.now()
        device.sync()

        assert device.run_until(lambda: device.status(notes).words == "installed", "1 h")
        assert timedelta() < device.clock.now() - before < timedelta(minutes=2)

    def test_run_until_gives_up_at_the_limit(self, device):
        """Then all of the time has passed."""
        before = device.clock.now()
        assert not device.run_until(lambda: False, "10 min")
        assert timedelta(minutes=10) == device.clock.now() - before

    def test_the_start_is_the_callers_to_choose(self):
        """The first event is at that time."""
        start = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
        with emulated_device(start=start) as device:
            device.sync()
            assert {start} == {event.at for event in device.timeline}

    def test_settings_reach_the_agent(self):
        """A slow line makes a long download."""
        with emulated_device(settings=AgentSettings(download_overhead=timedelta(minutes=5))) as device:
            notes = publish(device, "contoso-notes")
            device.sync()
            device.advance("4 min")
            assert "downloading" == device.status(notes).words


class TestDeployments:
    """From Sync to the end."""

    def test_an_app_is_installed(self, device):
        """Status, toasts, timeline and report agree."""
        notes = publish(device, "contoso-notes")
        device.sync()
        device.advance("2 min")

        status = device.status("contoso notes")
        assert (ResultantAppState.INSTALLED, Phase.DONE, None, 0) == (
            status.state,
            status.phase,
            status.error_code,
            status.exit_code,
        )
        assert [ToastKind.DOWNLOADING, ToastKind.SUCCESS] == [shown.toast.kind for shown in device.toasts]
        assert [1] == [report.fields["ResultantAppState"] for report in device.tenant.reports_about(notes)]
        assert "install finished" in kinds(device)
        assert "Contoso Notes: installed" == str(status)

    def test_a_failure_is_explained(self, device):
        """The explanation names the code, the rule and what would help."""
        legacy = publish(device, "contoso-legacy", "contoso-legacy-wrong-view")
        device.sync()
        device.advance("10 min")

        explanation = device.explain(legacy)
        assert ErrorCode.NOT_DETECTED_AFTER_INSTALL == device.status(legacy).error_code
        assert "Contoso Legacy (wrong view): failed with 0x87D1041C." == explanation.verdict
        [rule] = explanation.rules
        assert rule.advice is not None
        assert "32-bit" in rule.advice.text
        assert str(explanation).endswith(rule.advice.text)

    def test_explaining_changes_nothing(self, device):
        """Neither the machine nor the record of what happened."""
        notes = publish(device, "contoso-notes")
        device.sync()
        device.advance("10 min")
        before, events = device.machine.snapshot(), len(device.timeline)

        device.explain(notes)
        device.status(notes)

        assert not device.machine.changes_since(before)
        assert events == len(device.timeline)

    def test_what_is_not_modelled_reaches_the_caller(self, device):
        """An opaque setup program that nobody declared cannot be run, and says so."""
        publish(device, "contoso-vpn")
        device.sync()
        with pytest.raises(NotEmulated, match=SETUP) as caught:
            device.advance("10 min")
        assert 3 == caught.value.exit_status

    @pytest.mark.parametrize("ask", ["status", "explain", "install", "uninstall"])
    def test_unknown_apps_are_named(self, device, ask):
        """With those that there are."""
        publish(device, "contoso-notes")
        with pytest.raises(UsageError, match="no app 'Contoso Nots' - published are: 'Contoso Notes'"):
            getattr(device, ask)("Contoso Nots")


class TestRestarts:
    """Of the computer, and of the agent."""

    def test_restart_returns_when_the_computer_is_up(self, device):
        """A little later it is up, and its services have started."""
        before = device.machine.power.booted_at
        device.restart()

        assert before < device.machine.power.booted_at <= device.clock.now()
        assert 2 == len(device.timeline.of(kind="agent started"))

    def test_a_computer_that_stays_down_is_reported(self, device):
        """Not waited for until the end of the calendar."""
        device.machine.power.boot_duration = timedelta(hours=2)
        with pytest.raises(UsageError, match="within an hour"):
            device.restart()

    def test_the_agent_knows_after_a_restart_what_it_wrote_before(self, device):
        """It is a service like others; its memory is the registry."""
        notes = publish(device, "contoso-notes")
        device.sync()
        device.advance("10 min")
        device.restart()

        assert "installed" == device.status(notes).words
        device.advance("1 h")
        assert 1 == len(device.timeline.of(kind="install started"))

    def test_the_agents_service_can_be_restarted_alone(self, device):
        """The computer goes on, and so does what the agent has started."""
        booted = device.machine.power.booted_at
        vpn = publish(device, "contoso-vpn")
        device.machine.programs[SETUP] = Installer(takes="10 min")
        device.sync()
        device.advance("1 min")

        device.restart_agent()

        assert booted == device.machine.power.booted_at
        assert device.machine.processes.running(SETUP)
        assert Phase.WAITING_FOR_CHECK_IN is device.status(vpn).phase
        device.advance("1 s")
        assert 2 == len(device.timeline.of(kind="agent started"))

    def test_the_agent_cannot_be_restarted_while_the_computer_is_down(self, device):
        """Windows says 1115."""
        device.machine.power.restart("somebody")
        device.advance("1 s")
        with pytest.raises(MachineError) as caught:
            device.restart_agent()
        assert 1115 == caught.value.winerror


class TestCompanyPortal:
    """Apps the user chooses."""

    def test_an_available_app_waits_for_the_user(self, device):
        """It is offered, and not installed until asked for."""
        clip = publish(device, "contoso-clip")
        device.sync()
        device.advance("30 min")
        assert "not installed" == device.status(clip).words

        device.install(clip)
        device.advance("5 min")

        assert "installed" == device.status(clip).words
        assert device.account("ada").user_id == device.status(clip).user_id

    def test_it_can_be_removed_there_again(self, device):
        """The files go, and the portal shows that it is not installed."""
        clip = publish(device, "contoso-clip")
        device.install("Contoso Clip")
        device.advance("5 min")
        device.uninstall("Contoso Clip")
        device.advance("5 min")

        assert "not installed" == device.status(clip).words
        assert not device.machine.files.exists(r"C:\Users\ada\AppData\Local\Programs\Contoso Clip\clip.exe")

    def test_an_app_that_is_not_offered_is_refused(self, device):
        """The request is on the record, and nothing is installed."""
        notes = publish(device, "contoso-notes")
        device.tenant.unassign(notes)
        device.install(notes)
        device.advance("10 min")

        assert "request refused" in kinds(device)
        assert not device.machine.files.exists(NOTES_EXE)

    def test_somebody_must_be_there_to_press_the_button(self):
        """Nobody signed in is the caller's mistake."""
        with emulated_device(user=None) as device:
            clip = publish(device, "contoso-clip")
            with pytest.raises(UsageError, match="sign a user in first"):
                device.install(clip)


class TestPeople:
    """Who is signed in."""

    def test_the_same_name_is_the_same_person(self, device):
        """On this device, whatever the case; of another tenant another person."""
        ada = device.account("ada")
        assert [ada.sid] == [session.account.sid for session in device.machine.sessions.signed_in()]
        device.sign_in("Ada")
        assert 1 == len(device.machine.sessions.signed_in())
        with emulated_device(seed=2) as other:
            assert ada.sid != other.account("ada").sid

    def test_whoever_signs_in_gets_their_apps(self):
        """The agent checks in when a session begins."""
        with emulated_device(user=None) as device:
            clip = publish(device, "contoso-clip")
            device.tenant.assign(clip, target_type="user")
            device.sync()
            device.advance("10 min")
            assert "waiting for check-in" == device.status(clip).words

            device.sign_in("bob")
            device.advance("2 min")

            assert "installed" == device.status(clip).words
            assert device.account("bob").user_id == device.status(clip).user_id

    def test_coming_back_to_a_session_is_no_sign_in(self, device):
        """The agent does not check in for it."""
        device.sign_in("ada")
        device.advance("1 min")
        assert [] == device.timeline.of(kind="check-in started")

    def test_signing_out_ends_the_session(self, device):
        """And what runs in it; a second time is the caller's mistake."""
        device.sign_out("ada")
        assert () == device.machine.sessions.signed_in()
        with pytest.raises(UsageError, match="ada is not signed in"):
            device.sign_out("ada")

    def test_toasts_go_to_the_person_at_the_screen(self, device):
        """Not to everybody who is signed in."""
        publish(device, "contoso-notes")
        device.sign_in("bob")
        device.advance("2 min")
        assert {"bob"} == {shown.session.account.name for shown in device.toasts}


class TestLogs:
    """The agent's log files, read back."""

    def test_a_log_is_empty_before_the_agent_writes_it(self, device):
        """And so is one that no agent writes."""
        assert ([], []) == (device.log(), device.log("NoSuchLog"))

    def test_a_log_is_up_to_date_while_an_app_is_installed(self, device):
        """No restart or end is needed to see the last line."""
        publish(device, "contoso-vpn")
        device.machine.programs[SETUP] = Installer(takes="1 h")
        device.sync()
        device.advance("10 min")

        messages = [entry.message for entry in device.log()]
        assert any("contoso-vpn-setup.exe /S" in message for message in messages)
        assert all(entry.component == "AppWorkload" for entry in device.log())
        assert any("EMS Agent Started" in entry.message for entry in device.log("IntuneManagementExtension"))


class TestWorlds:
    """Devices are repeatable, and have nothing to do with each other."""

    def test_the_same_seed_gives_the_same_timeline_and_the_same_logs(self):
        """To the byte."""
        with play(emulated_device(seed=7)) as one, play(emulated_device(seed=7)) as other:
            assert list(one.timeline) == list(other.timeline)
            assert logs(one) == logs(other)
            assert 3 <= len(logs(one))

    def test_another_seed_gives_other_times(self):
        """Delays are drawn from it; the outcome is the same."""
        with play(emulated_device(seed=7)) as one, play(emulated_device(seed=8)) as other:
            times = [[event.at for event in device.timeline.of(kind="check-in started")] for device in (one, other)]
            assert times[0] != times[1]
            assert one.status("Contoso Notes").state is other.status("Contoso Notes").state

    def test_two_devices_never_meet(self):
        """Neither files, registry, time, apps nor programs are shared."""
        with emulated_device("PC-1") as one, emulated_device("PC-2") as other:
            publish(one, "contoso-notes")
            one.machine.programs[SETUP] = Installer.hangs()
            before = other.machine.snapshot()
            one.sync()
            one.advance("10 min")

            assert (True, False) == (one.machine.files.exists(NOTES_EXE), other.machine.files.exists(NOTES_EXE))
            assert () == other.tenant.apps
            assert not other.machine.changes_since(before)
            assert timedelta(minutes=10) == one.clock.now() - other.clock.now()
            assert SETUP not in other.machine.programs
            other.sync()
            assert ("PC-1", "PC-2") == (one.machine.facts.name, other.machine.facts.name)

    @pytest.mark.parametrize("release", ["Windows 10 22H2", "Windows 11 23H2", "Windows 11 24H2"])
    def test_a_release_can_be_chosen(self, release):
        """An app is installed on each."""
        with emulated_device(release=release) as device:
            notes = publish(device, "contoso-notes")
            device.sync()
            device.advance("2 min")
            assert (release, "installed") == (device.machine.facts.release, device.status(notes).words)

    def test_unknown_releases_are_named(self):
        """With those that there are."""
        with pytest.raises(UsageError, match="no emulated machine 'Windows XP' - use one of windows-10-22h2"):
            emulated_device(release="Windows XP")


class TestTheEnd:
    """Closed, left, or forgotten."""

    def test_a_closed_device_gives_its_files_back(self, device):
        """Closing twice changes nothing."""
        publish(device, "contoso-notes")
        device.close()
        device.close()
        assert device.machine.is_closed

    def test_leaving_the_block_closes_it(self):
        """Whatever happens in the block."""
        with pytest.raises(KeyError), emulated_device() as device:
            raise KeyError
        assert device.machine.is_closed

    def test_a_forgotten_device_is_closed(self):
        """As soon as nobody holds it, in the middle of an installation too; whoever has its machine alone is told."""
        device = emulated_device()
        publish(device, "contoso-vpn")
        device.machine.programs[SETUP] = Installer.hangs()
        device.sync()
        device.advance("10 min")
        machine, forgotten = device.machine, weakref.ref(device)

        del device
        gc.collect()

        assert forgotten() is None
        assert machine.is_closed
        with pytest.raises(UsageError, match="hold on to its device"):
            machine.clock.advance(timedelta())
        with pytest.raises(UsageError, match="closed"):
            machine.restore(machine.snapshot())

    def test_a_closed_device_does_nothing_any_more(self, device):
        """Asking it to go on says that it is closed."""
        device.close()
        with pytest.raises(UsageError, match="closed"):
            device.advance("2 h")

    @pytest.mark.parametrize("name", ["a\\b", "a\nb", "x" * 70, "12345"])
    def test_names_that_no_computer_has(self, name):
        """Such a name is refused before anything is made."""
        with pytest.raises(UsageError, match="computer"):
            emulated_device(name)

    def test_devices_forgotten_in_the_middle_of_work_end_in_silence(self):
        """An interpreter that ends says nothing, with all warnings on."""
        program = f"""
from harness import Installer, emulated_device
devices = []
for number in range(3):
    device = emulated_device()
    device.tenant.publish({str(PACKAGES / "contoso-vpn/contoso-vpn.json")!r},
                          {str(PACKAGES / "contoso-vpn/contoso-vpn.intunewin")!r})
    device.machine.programs[{SETUP!r}] = Installer(takes="1 h")
    device.sync()
    device.advance("10 min" if number else "1 s")
    devices.append(device)
del devices[0]
print(device.status("Contoso VPN"))
"""
        ended = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "always", "-c", program],
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
            timeout=120,
        )
        assert (0, "Contoso VPN: installing\n") == (ended.returncode, ended.stdout)
        assert "" == ended.stderr
