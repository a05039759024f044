"""Who may end whose process."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.installers import Installer
from harness.emulator.processes import STILL_ACTIVE
from harness.errors import MachineError
from harness.model.windows import SYSTEM, Token

HOUR = timedelta(hours=1)


@pytest.fixture
def boss():
    """Give an administrator."""
    return entra_account("boss", is_administrator=True)


def end(machine, process, token, **settings) -> int:
    """Try to end a process, and return the Win32 code, 0 for a success."""
    try:
        machine.processes.terminate(process.info.pid, token, **settings)
    except MachineError as error:
        return error.winerror
    return 0


def test_who_may_end_what(machine, start, ada, boss):
    """SYSTEM and elevated administrators everything, others their own with no more rights than they have."""
    tokens = [Token(account=SYSTEM), Token(account=boss, is_elevated=True), Token(account=boss), Token(account=ada)]
    owners = [{}, {"account": boss, "is_elevated": True}, {"account": boss}, {"account": ada}]

    codes = [
        [end(machine, start(f"v{a}{b}.exe", Installer(takes="1 h"), **owner), token) for a, owner in enumerate(owners)]
        for b, token in enumerate(tokens)
    ]

    assert [[0, 0, 0, 0], [0, 0, 0, 0], [5, 5, 0, 5], [5, 5, 5, 0]] == codes


@pytest.mark.parametrize("name", ["services.exe", "csrss.exe", "MsMpEng.exe"])
def test_windows_guards_some_of_its_own(machine, name):
    """Even against SYSTEM."""
    row = machine.processes.running(name)[0]

    with pytest.raises(MachineError, match=f"may not end {name}"):
        machine.processes.terminate(row.pid, Token(account=SYSTEM))
    assert row in machine.processes.running(name)


def test_an_unknown_id_is_a_bad_parameter(machine):
    """87, as OpenProcess says it."""
    with pytest.raises(MachineError, match="no process with this id") as caught:
        machine.processes.terminate(3, Token(account=SYSTEM))

    assert 87 == caught.value.winerror


def test_a_program_kills_with_its_own_rights(machine, start, ada):
    """Another code than 1 can be given."""
    victim, other = start("a.exe", Installer(takes="1 h")), start("b.exe", Installer(takes="1 h"), account=ada)
    seen = []

    async def killer(run):
        for process in (victim, other):
            try:
                run.kill(process.info.pid)
                seen.append(0)
            except MachineError as error:
                seen.append(error.winerror)
        return 0

    start("killer.exe", killer, account=ada)
    machine.clock.advance(timedelta(minutes=1))

    assert ([5, 0], None, 1) == (seen, victim.exit, other.exit.code)
    machine.processes.terminate(victim.info.pid, Token(account=SYSTEM), code=0xC000013A)
    assert 0xC000013A == victim.exit.code


def test_a_tree_leaves_what_may_not_be_ended(machine, start, ada):
    """The rest of it ends."""
    root = start("root.exe", Installer(takes="1 h"), account=ada)
    systems = start("systems.exe", Installer(takes="1 h"), parent_pid=root.info.pid)
    own = start("own.exe", Installer(takes="1 h"), account=ada, parent_pid=root.info.pid)

    assert 0 == end(machine, root, Token(account=ada), tree=True)
    assert (1, None, 1) == (root.exit.code, systems.exit, own.exit.code)


def test_still_active_is_what_windows_says_of_a_running_process(machine, start):
    """A process may end with 259 too: then it has ended."""
    process = start("setup.exe", Installer(takes="1 min", exit_code=259))
    assert (STILL_ACTIVE, None) == (process.exit_code, process.exit)

    machine.clock.advance(HOUR)

    assert (259, 259) == (process.exit_code, process.exit.code)


def test_a_running_program_holds_its_file(machine, start):
    """It cannot be deleted (5) or written (32), but renamed; however it ends, it can afterwards."""
    path = r"C:\Package\setup.exe"
    process = start("setup.exe", Installer(takes="1 h"))
    codes = []
    for attempt in (lambda: machine.files.delete(path), lambda: machine.files.open(path, "r+b")):
        with pytest.raises(MachineError) as caught:
            attempt()
        codes.append(caught.value.winerror)
    assert [5, 32] == codes
    machine.files.move(path, r"C:\Package\renamed.exe")

    process.kill()

    machine.files.delete(r"C:\Package\renamed.exe")


def test_a_declared_uninstaller_removes_itself(machine, start):
    """As real ones do, by going on from a copy."""
    process = start("uninstall.exe", Installer(removes_files=[r"C:\Package\uninstall.exe"]))
    other = start("other.exe", Installer(removes_files=["running.exe"]))
    start("running.exe", Installer(takes="2 h"))

    machine.clock.advance(HOUR)

    assert (0, False) == (process.exit.code, machine.files.exists(r"C:\Package\uninstall.exe"))
    assert (5, True) == (other.exit.code, machine.files.exists(r"C:\Package\running.exe"))
