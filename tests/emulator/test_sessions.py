"""Who is signed in, and who they are."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.accounts import entra_account
from harness.emulator.installers import Installer
from harness.errors import MachineError, UsageError
from harness.machine.ports import Sessions
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryValue
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

    def test_another_session_comes_to_the_screen(self, machine, ada, bob):
        """If there is one."""
        machine.sign_in(ada)
        machine.sign_in(bob)

        machine.sign_out(bob)
        assert [("ada", True)] == at_screen(machine)
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


def at_screen(machine):
    """Return who is signed in and who of them is at the screen."""
    return [(session.account.name, session.is_active) for session in machine.sessions.signed_in()]
