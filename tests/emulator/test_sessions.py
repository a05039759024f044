"""Who is signed in, and who they are."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.accounts import entra_account, local_account, virtual_account
from harness.emulator.installers import Installer
from harness.emulator.sessions import SessionChange
from harness.errors import MachineError, UsageError
from harness.machine.ports import Sessions
from harness.model.windows import LOCAL_SERVICE, SYSTEM, Hive, RegistryPath, RegistryValue
from harness.timeline import Lane


@pytest.fixture
def bob():
    """Give another user."""
    return entra_account("bob")


class TestAccounts:
    """People made from names."""

    def test_a_user_of_entra(self):
        """Domain, profile, ids."""
        ada = entra_account("ada")

        assert (r"AzureAD\ada", r"C:\Users\ada", False) == (str(ada), ada.profile, ada.is_administrator)
        assert entra_account("ada", is_administrator=True).is_administrator

    def test_the_same_name_is_the_same_person(self):
        """The seed tells worlds apart; the case of the name does not."""
        assert entra_account("ada") == entra_account("ada")
        assert entra_account("ada").user_id == entra_account("Ada").user_id
        assert 3 == len({entra_account(name, seed=seed).sid for name, seed in (("ada", ""), ("ada", "2"), ("bob", ""))})

    @settings(deadline=None, max_examples=30)
    @given(st.from_regex(r"[a-z][a-z .'-]{0,20}[a-z]", fullmatch=True))
    def test_the_sid_holds_the_object_id(self, name):
        """Sixteen bytes as four little-endian numbers after S-1-12-1, as on Entra-joined devices."""
        account = entra_account(name)
        *head, a, b, c, d = account.sid.split("-")

        assert ["S", "1", "12", "1"] == head
        joined = b"".join(int(part).to_bytes(4, "little") for part in (a, b, c, d))
        assert uuid.UUID(account.user_id) == uuid.UUID(bytes_le=joined)

    @pytest.mark.parametrize("name", ["", " ", " ada", "a\\b", "a/b", "a:b", "a@b", "...", "x" * 65, "a\nb"])
    def test_impossible_names_are_refused(self, name):
        """They could not be a folder's name either."""
        with pytest.raises(UsageError, match="is not a user's name"):
            entra_account(name)


class TestSigningIn:
    """From the first time on."""

    def test_the_first_user_gets_session_1(self, machine, ada, bob):
        """Session 0 belongs to services and is never listed."""
        port: Sessions = machine.sessions
        assert () == port.signed_in()

        assert [1, 2] == [machine.sign_in(account).id for account in (ada, bob)]

    def test_whoever_came_last_is_at_the_screen(self, machine, ada, bob):
        """The others go on in the background."""
        machine.sign_in(ada)
        machine.sign_in(bob)

        assert [("bob", True), ("ada", False)] == at_screen(machine)

    def test_signing_in_again_switches(self, machine, ada, bob):
        """It is the same session as before."""
        first = machine.sign_in(ada)
        machine.sign_in(bob)

        again = machine.sign_in(ada)

        assert (first, [("ada", True), ("bob", False)]) == (again, at_screen(machine))
        assert ["signed in", "signed in", "switched user"] == [event.kind for event in machine.timeline.of(Lane.USER)]

    def test_the_first_time_makes_a_profile_and_a_hive(self, machine, ada):
        """Folders, the list of profiles, the user's keys."""
        profile = RegistryPath(Hive.HKLM, rf"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\{ada.sid}")
        assert not machine.registry.exists(profile)

        machine.sign_in(ada)

        assert r"C:\Users\ada" == machine.registry.get(profile, "ProfileImagePath").data
        assert machine.registry.exists(RegistryPath(Hive.HKU, ada.sid))
        assert machine.files.exists(r"C:\Users\ada\AppData\Local\Temp")

    def test_what_a_user_left_is_there_the_next_time(self, machine, ada):
        """The hive goes at sign-out and comes back."""
        key = RegistryPath(Hive.HKU, rf"{ada.sid}\Software\X")
        machine.sign_in(ada)
        machine.registry.set(key, "a", RegistryValue.of("b"))

        machine.sign_out(ada)
        assert not machine.registry.exists(key)
        machine.sign_in(ada)

        assert "b" == machine.registry.get(key, "a").data

    def test_users_can_be_there_from_the_start(self, make_machine, ada, bob):
        """The last one is at the screen."""
        assert [("bob", True), ("ada", False)] == at_screen(make_machine(users=[ada, bob]))

    def test_system_never_signs_in(self, machine):
        """It is no person."""
        with pytest.raises(UsageError, match="give the account of a person"):
            machine.sign_in(SYSTEM)

    def test_nobody_signs_in_while_the_machine_restarts(self, machine, ada):
        """1115: the system shuts down."""
        machine.power.restart("test")
        machine.clock.advance(timedelta(seconds=1))

        with pytest.raises(MachineError) as caught:
            machine.sign_in(ada)
        assert 1115 == caught.value.winerror


class TestSigningOut:
    """Everything of the session ends."""

    def test_processes_of_the_session_end(self, machine, start, ada, bob):
        """With the code of a session's end; others' go on."""
        session, other = machine.sign_in(ada), machine.sign_in(bob)
        hers = start("a.exe", Installer.hangs(), account=ada, session_id=session.id)
        his = start("b.exe", Installer.hangs(), account=bob, session_id=other.id)
        systems = start("c.exe", Installer.hangs())

        machine.sign_out(ada)

        assert (0x40010004, None, None) == (hers.exit.code, his.exit, systems.exit)
        assert "a.exe ended with its session after 0 s" in [event.text for event in machine.timeline.of(Lane.PROCESS)]

    def test_the_sign_in_screen_follows(self, machine, ada, bob):
        """Another user's session stays in the background until somebody switches to it."""
        machine.sign_in(ada)
        machine.sign_in(bob)

        machine.sign_out(bob)
        assert [("ada", False)] == at_screen(machine)
        machine.sign_out(ada)

        assert [] == at_screen(machine)

    def test_a_background_session_may_end(self, machine, ada, bob):
        """Whoever is at the screen stays there."""
        machine.sign_in(ada)
        machine.sign_in(bob)

        machine.sign_out(ada)

        assert [("bob", True)] == at_screen(machine)

    def test_the_next_session_has_a_new_number(self, machine, ada):
        """Numbers are not used again before the next boot."""
        machine.sign_in(ada)
        machine.sign_out(ada)

        assert 2 == machine.sign_in(ada).id

    def test_who_is_not_signed_in_cannot_sign_out(self, machine, ada, bob):
        """The message says who is."""
        with pytest.raises(UsageError, match="is not signed in - signed in: nobody"):
            machine.sign_out(ada)
        machine.sign_in(bob)
        with pytest.raises(UsageError, match=r"AzureAD\\ada is not signed in - signed in: AzureAD\\bob"):
            machine.sign_out(ada)

    def test_the_timeline_tells_of_people(self, machine, ada):
        """With name, identifier and session."""
        machine.sign_in(ada)
        machine.sign_out(ada)

        came, went = machine.timeline.of(Lane.USER)
        assert ("ada signs in", "ada signs out") == (came.text, went.text)
        assert {"user": "ada", "sid": ada.sid, "session_id": 1} == came.data == went.data


class TestTheScreen:
    """Who is at it, and whether it is locked."""

    def test_a_locked_session_goes_on(self, machine, ada):
        """It stays at the screen."""
        machine.sign_in(ada)

        locked = machine.lock()
        assert (True, True) == (locked.is_locked, locked.is_active)
        assert (locked,) == machine.sessions.signed_in()
        machine.lock(ada)  # a second time changes nothing
        unlocked = machine.unlock(ada)

        assert (False, unlocked) == (unlocked.is_locked, machine.unlock())
        assert ["signed in", "locked", "unlocked"] == [event.kind for event in machine.timeline.of(Lane.USER)]

    def test_signing_in_unlocks(self, machine, ada):
        """It is the same session."""
        first = machine.sign_in(ada)
        machine.lock()

        assert first == machine.sign_in(ada)

    def test_users_switch(self, machine, ada, bob):
        """A locked session is unlocked by coming back."""
        machine.sign_in(ada)
        machine.lock()
        machine.sign_in(bob)
        assert [("bob", True, False), ("ada", False, True)] == [
            (session.account.name, session.is_active, session.is_locked) for session in machine.sessions.signed_in()
        ]

        ada_again = machine.switch(ada)

        assert (1, True, False) == (ada_again.id, ada_again.is_active, ada_again.is_locked)
        assert [("ada", True), ("bob", False)] == at_screen(machine)

    def test_a_user_may_leave_the_screen(self, machine, ada):
        """The session goes on behind the sign-in screen."""
        machine.sign_in(ada)

        machine.sessions.disconnect()

        assert (None, [("ada", False)]) == (machine.sessions.active, at_screen(machine))
        assert machine.processes.running("explorer.exe")

    def test_the_screen_has_a_session_always(self, machine, ada, bob):
        """That of the sign-in screen too; none while the machine restarts."""
        sessions = machine.sessions
        assert 1 == sessions.console_session_id
        machine.sign_in(ada)
        assert 1 == sessions.console_session_id
        machine.sign_in(bob)
        assert 2 == sessions.console_session_id
        machine.sign_out(bob)
        assert 3 == sessions.console_session_id

        machine.power.restart("test")
        machine.clock.advance(timedelta(seconds=1))

        assert 0xFFFFFFFF == sessions.console_session_id

    @pytest.mark.parametrize(
        ("attempt", "message"),
        [
            (lambda machine, _: machine.lock(), "nobody is at the screen"),
            (lambda machine, _: machine.unlock(), "nobody is at the screen"),
            (lambda machine, _: machine.sessions.disconnect(), "nobody is at the screen"),
            (lambda machine, bob: machine.switch(bob), "bob is not signed in"),
        ],
    )
    def test_what_cannot_be_done_is_refused(self, machine, bob, attempt, message):
        """By whoever is not there."""
        with pytest.raises(UsageError, match=message):
            attempt(machine, bob)

    def test_only_the_screen_is_locked(self, machine, ada, bob):
        """A session in the background has none."""
        machine.sign_in(ada)
        machine.sign_in(bob)

        with pytest.raises(UsageError, match=r"AzureAD\\ada is not at the screen, AzureAD\\bob is - switch to ada"):
            machine.lock(ada)

    def test_sessions_are_found(self, machine, ada, bob):
        """By number and by user, as they are now."""
        session = machine.sign_in(ada)
        machine.lock()

        assert (session.id, True) == (machine.sessions.get(1).id, machine.sessions.get(1).is_locked)
        assert machine.sessions.get(1) == machine.sessions.of(ada)
        assert (None, None) == (machine.sessions.get(2), machine.sessions.of(bob))


class TestTelling:
    """Those who want to know."""

    def test_listeners_are_told_of_every_change(self, machine, ada, bob):
        """In order, with the session as it is then."""
        told = []
        machine.sessions.listen(lambda change, session: told.append((change.name, session.id, session.is_active)))

        machine.sign_in(ada)
        machine.lock()
        machine.unlock()
        machine.sign_in(bob)
        machine.sign_out(bob)

        assert [
            ("CONNECTED", 1, True),
            ("SIGNED_IN", 1, True),
            ("LOCKED", 1, True),
            ("UNLOCKED", 1, True),
            ("DISCONNECTED", 1, False),
            ("CONNECTED", 2, True),
            ("SIGNED_IN", 2, True),
            ("SIGNED_OUT", 2, False),
        ] == told
        assert 7 == SessionChange.LOCKED

    def test_work_can_wait_for_a_change(self, machine, ada):
        """For the next one, again and again."""
        seen = []

        async def watch():
            while True:
                await machine.clock.wait(machine.sessions.changed)
                seen.append(len(machine.sessions.signed_in()))

        machine.clock.spawn(watch(), name="watch")
        machine.clock.advance(timedelta())
        machine.sign_in(ada)
        machine.clock.advance(timedelta())
        machine.sign_out(ada)
        machine.clock.advance(timedelta())

        assert [1, 0] == seen


class TestTokens:
    """What a session's processes may do."""

    def test_an_administrator_has_a_filtered_token(self, machine, start):
        """What is started elevated has the full one."""
        boss = local_account("boss", "PC-042", is_administrator=True)
        session = machine.sign_in(boss)

        shell = next(info for info in machine.processes.running("explorer.exe"))
        full = start("a.exe", Installer.hangs(), account=boss, session_id=session.id, is_elevated=True)

        assert (False, True) == (shell.is_elevated, full.info.is_elevated)

    def test_nobody_there(self, machine, start, ada):
        """1008, as WTSQueryUserToken has it; a session that was is none."""
        session = machine.sign_in(ada)
        machine.sign_out(ada)

        with pytest.raises(MachineError) as caught:
            start("a.exe", Installer.hangs(), account=ada, session_id=session.id)
        assert 1008 == caught.value.winerror

    def test_variables_of_the_session(self, machine, ada):
        """They are gone with it."""
        key = RegistryPath(Hive.HKU, rf"{ada.sid}\Volatile Environment")
        machine.sign_in(ada)
        assert (r"C:\Users\ada", "ada") == tuple(
            machine.registry.get(key, name).data for name in ("USERPROFILE", "USERNAME")
        )
        machine.sign_out(ada)

        machine.registry.load_user(ada.sid)

        assert not machine.registry.exists(key)

    @pytest.mark.parametrize("account", [LOCAL_SERVICE, virtual_account("Contoso")])
    def test_accounts_of_services_never_sign_in(self, machine, account):
        """They are no people."""
        with pytest.raises(UsageError, match="give the account of a person"):
            machine.sign_in(account)


def at_screen(machine):
    """Return who is signed in and who of them is at the screen."""
    return [(session.account.name, session.is_active) for session in machine.sessions.signed_in()]
