"""What every machine must do when people sign in, lock, switch and sign out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.contract.probing import started
from harness.machine.contract.visits import session_of, signed_in
from harness.machine.ports import Machine
from harness.model.commands import ProcessInfo
from harness.model.names import folded
from harness.model.windows import Account, Hive, RegistryPath, RegistryValue

_SESSIONS = 'learn.microsoft.com, "Remote Desktop Sessions"'
_ZERO = 'learn.microsoft.com, "Application Compatibility: Session 0 Isolation"'
_NOBODY = "learn.microsoft.com, WTSQueryUserToken"
_SWITCH = 'learn.microsoft.com, "Fast User Switching"'
_LOCK = "learn.microsoft.com, WTSRegisterSessionNotification"
_UAC = 'learn.microsoft.com, "How User Account Control works"'
_RUN = 'learn.microsoft.com, "Run and RunOnce Registry Keys"'
_HIVES = 'learn.microsoft.com, "Registry Hives"'
_MEMORY = "from memory of Windows 10 and 11"

_NEEDS = [Capability.USERS]
_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_PROFILES = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList")
_MINUTE = timedelta(minutes=1)
_ENTRY = "ImeHarnessContract"


def _hive(account: Account) -> RegistryPath:
    return RegistryPath(Hive.HKU, account.sid)


@behaviour("sessions.zero", source=_ZERO)
def check_session_0_is_nobodys(machine: Machine) -> None:
    """Nobody is signed in to session 0, where services run."""
    expect([], [one for one in machine.sessions.signed_in() if one.id == 0])
    expect({0}, {row.session_id for row in machine.processes.running("services.exe")})


@behaviour("sessions.active-first", source=_SESSIONS)
def check_one_session_has_the_screen(machine: Machine) -> None:
    """At most one session is at the screen, and it is listed first."""
    active = [one.is_active for one in machine.sessions.signed_in()]
    expect([False] * len(active[1:]), active[1:])


@behaviour("sessions.sign-in", source=_SESSIONS, needs=_NEEDS)
def check_signing_in_makes_a_session(machine: Examinee) -> None:
    """Whoever signs in has a session of their own at the screen, unlocked."""
    with signed_in(machine, machine.people.visitor) as session:
        expect(True, session.id > 0)
        expect((True, False), (session.is_active, session.is_locked))
        expect(session.id, machine.people.console_session_id)


@behaviour("sessions.sign-in.shell", source=_MEMORY, needs=_NEEDS)
def check_a_session_has_a_desktop(machine: Examinee) -> None:
    """In a session run winlogon.exe as SYSTEM and explorer.exe as the user."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor) as session:
        machine.pass_time(_MINUTE)
        for name, sid in (("winlogon.exe", "S-1-5-18"), ("explorer.exe", visitor.sid)):
            rows = [row for row in machine.processes.running(name) if row.session_id == session.id]
            expect([sid], [row.account.sid for row in rows])


@behaviour("sessions.sign-in.profile", source=_MEMORY, needs=_NEEDS)
def check_signing_in_makes_a_profile(machine: Examinee) -> None:
    """The profile of a user who is signed in is in the list of profiles, and its folder is there."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor):
        value = machine.registry.get(_PROFILES.child(visitor.sid), "ProfileImagePath")
        expect(folded(visitor.profile), folded(str(value)))
        expect(True, machine.files.info(visitor.profile).is_directory)


@behaviour("sessions.sign-in.hive", source=_HIVES, needs=_NEEDS)
def check_the_hive_comes_and_goes(machine: Examinee) -> None:
    """A user's hive is there while the user is signed in, and keeps what was written into it."""
    visitor = machine.people.visitor
    key = _hive(visitor).child(r"SOFTWARE\ImeHarnessContract")
    with signed_in(machine, visitor):
        machine.registry.set(key, "kept", RegistryValue.of(1))
    expect(False, machine.registry.exists(_hive(visitor)))
    with signed_in(machine, visitor):
        expect(RegistryValue.of(1), machine.registry.get(key, "kept"))
        machine.registry.delete(key)


@behaviour("sessions.sign-in.volatile-environment", source=_MEMORY, needs=_NEEDS)
def check_the_volatile_environment(machine: Examinee) -> None:
    """The key Volatile Environment of a user who is signed in says where the profile is."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor):
        value = machine.registry.get(_hive(visitor).child("Volatile Environment"), "USERPROFILE")
        expect(folded(visitor.profile), folded(str(value)))


@behaviour("sessions.sign-in.filtered-token", source=_UAC, needs=_NEEDS)
def check_administrators_have_filtered_tokens(machine: Examinee) -> None:
    """The desktop of an administrator who signs in is not elevated."""
    with signed_in(machine, machine.people.manager) as session:
        machine.pass_time(_MINUTE)
        rows = [row for row in machine.processes.running("explorer.exe") if row.session_id == session.id]
        expect([False], [row.is_elevated for row in rows])


@behaviour("sessions.lock", source=_LOCK, needs=_NEEDS)
def check_a_locked_session_stays(machine: Examinee) -> None:
    """A session that is locked stays at the screen, and is no longer locked when the user unlocks it."""
    with signed_in(machine, machine.people.visitor) as session:
        machine.people.lock()
        locked = session_of(machine, session.account)
        expect((session.id, True, True), (locked.id, locked.is_active, locked.is_locked) if locked else None)
        machine.people.unlock()
        expect(session, session_of(machine, session.account))


@behaviour("sessions.switch", source=_SWITCH, needs=_NEEDS)
def check_users_switch(machine: Examinee) -> None:
    """When a second user signs in the first one's session goes on in the background, and comes back as it was."""
    people = machine.people
    with signed_in(machine, people.visitor) as first, signed_in(machine, people.manager) as second:
        expect(False, first.id == second.id)
        background = session_of(machine, people.visitor)
        expect((first.id, False), (background.id, background.is_active) if background else None)
        expect(True, any(row.session_id == first.id for row in machine.processes.running("explorer.exe")))
        expect(first.id, people.sign_in(people.visitor).id)
        expect(first.id, people.console_session_id)


@behaviour("sessions.sign-out.processes", source=_MEMORY, needs=_NEEDS)
def check_signing_out_ends_processes(machine: Examinee) -> None:
    """Signing out ends every process of the session."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor) as session:
        process = started(machine, f"{machine.probe} sleep:3600", account=visitor, session_id=session.id)
        machine.people.sign_out(visitor)
        machine.pass_time(_MINUTE)
        expect([], [row.pid for row in machine.processes.running() if row.pid == process.info.pid])
        rows = [row for row in machine.processes.running() if row.account.sid == visitor.sid]
        expect([], [row.name for row in rows if row.session_id == session.id])


@behaviour("sessions.sign-out.no-token", source=_NOBODY, needs=_NEEDS)
def check_nobody_has_no_token(machine: Examinee) -> None:
    """Starting a process for a session to which nobody is signed in any more is error 1008."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor) as session:
        machine.people.sign_out(visitor)
    with expect_error(1008):
        started(machine, f"{machine.probe} exit:0", account=visitor, session_id=session.id)


@behaviour("sessions.sign-in.new-number", source=_MEMORY, needs=_NEEDS)
def check_sessions_are_not_used_again(machine: Examinee) -> None:
    """A user who signs out and in again has another session."""
    visitor = machine.people.visitor
    with signed_in(machine, visitor) as first:
        pass
    with signed_in(machine, visitor) as second:
        expect(False, first.id == second.id)


# Run and RunOnce


@behaviour("sessions.run", source=_RUN, needs=_NEEDS)
def check_run_entries_start(machine: Examinee) -> None:
    """What a user's Run key names is started in the session each time the user signs in."""
    with _entry(machine, "Run", _ENTRY, "sleep:3600"):
        for _ in range(2):
            with signed_in(machine, machine.people.visitor) as session:
                machine.pass_time(2 * _MINUTE)
                expect([session.id], [row.session_id for row in _probes(machine)])


@behaviour("sessions.run-once.deleted-before", source=_RUN, needs=_NEEDS)
def check_run_once_entries_are_deleted(machine: Examinee) -> None:
    """A RunOnce value is gone while its command runs."""
    with _entry(machine, "RunOnce", _ENTRY, "sleep:3600") as key, signed_in(machine, machine.people.visitor):
        machine.pass_time(2 * _MINUTE)
        expect((1, None), (len(_probes(machine)), machine.registry.get(key, _ENTRY)))


@behaviour("sessions.run-once.exclamation-mark", source=_RUN, needs=_NEEDS)
def check_run_once_entries_are_deleted_afterwards(machine: Examinee) -> None:
    """A RunOnce value that begins with an exclamation mark is deleted when its command has run."""
    name = f"!{_ENTRY}"
    with _entry(machine, "RunOnce", name, "sleep:300") as key, signed_in(machine, machine.people.visitor):
        machine.pass_time(2 * _MINUTE)
        expect((1, True), (len(_probes(machine)), machine.registry.get(key, name) is not None))
        machine.pass_time(6 * _MINUTE)
        expect((0, None), (len(_probes(machine)), machine.registry.get(key, name)))


def _probes(machine: Examinee) -> list[ProcessInfo]:
    """Return the visitor's probes."""
    sid = machine.people.visitor.sid
    return [row for row in machine.processes.running() if row.account.sid == sid and "sleep:" in row.command_line]


@contextmanager
def _entry(machine: Examinee, key_name: str, name: str, words: str) -> Iterator[RegistryPath]:
    """Let the probe start when the visitor signs in, and take the entry away afterwards."""
    visitor = machine.people.visitor
    key = _hive(visitor).child(rf"{_WINDOWS}\{key_name}")
    with signed_in(machine, visitor):
        machine.registry.set(key, name, RegistryValue.of(f"{machine.probe} {words}"))
    try:
        yield key
    finally:
        with signed_in(machine, visitor):
            if machine.registry.get(key, name) is not None:
                machine.registry.delete_value(key, name)
