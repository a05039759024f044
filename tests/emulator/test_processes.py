"""The process table: starting, running, ending."""

from datetime import timedelta

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.installers import Installer
from harness.errors import MachineError, NotEmulated, UsageError
from harness.machine.ports import Process, Processes
from harness.model.commands import Command
from harness.timeline import Lane

MINUTE = timedelta(minutes=1)


async def hangs(run):
    """Never end."""
    await run.sleep("30 days")
    return 0


class TestStarting:
    """From a command to a row of the table."""

    def test_a_process_is_on_the_table_while_it_runs(self, machine, start):
        """From its start to its end, and not longer."""
        process = start("setup.exe /S", Installer(takes="4 min"), parent_pid=8, parent_bits=32)
        port: Processes = machine.processes

        assert [process.info] == port.running("SETUP.exe")
        assert process.info in port.running()
        assert process is machine.processes.get(process.info.pid)
        machine.clock.advance(5 * MINUTE)
        assert ([], None) == (port.running("setup.exe"), machine.processes.get(process.info.pid))

    def test_its_row_says_who_and_what_and_when(self, machine, start, ada):
        """Image, command line, account, session, width, parent and time."""
        session = machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        info = start("setup.exe /S", Installer(), account=ada, session_id=session.id, parent_pid=8).info

        assert (r"C:\Package\setup.exe", "setup.exe", "setup.exe /S") == (info.image_path, info.name, info.command_line)
        assert (ada, session.id, 32, 8) == (info.account, info.session_id, info.bits, info.parent_pid)
        assert machine.clock.now() == info.started

    def test_process_ids_are_multiples_of_four_and_rise(self, start):
        """As on Windows; and the same on every run."""
        first, second = start("a.exe", hangs), start("b.exe", hangs)

        assert (0, 4) == (first.info.pid % 4, second.info.pid - first.info.pid)

    def test_two_machines_number_their_processes_alike(self, make_machine):
        """Nothing is left to chance."""
        tables = [make_machine().processes.running() for _ in range(2)]

        assert [row.pid for row in tables[0]] == [row.pid for row in tables[1]]

    def test_the_timeline_tells_of_it(self, machine, finish):
        """Start and end, with the facts."""
        finish("setup.exe /S", Installer(takes="4 min", exit_code=3010), parent_bits=32)

        started, ended = machine.timeline.of(Lane.PROCESS)
        assert "setup.exe started as SYSTEM (32-bit, session 0): setup.exe /S" == started.text
        assert (r"C:\Package", r"NT AUTHORITY\SYSTEM", 32) == tuple(
            started.data[name] for name in ("working_directory", "account", "bits")
        )
        assert "setup.exe ended with exit code 3010 after 4 min" == ended.text
        assert (3010, "exited", 240.0) == tuple(ended.data[name] for name in ("exit_code", "how", "elapsed_s"))

    def test_the_working_folder_must_be_there(self, machine, start):
        """267, as CreateProcess says it; a file is no folder."""
        machine.files.write(r"C:\Windows\a.exe", b"")
        machine.programs["a.exe"] = hangs
        for folder in (r"C:\Nowhere", r"C:\Windows\a.exe"):
            with pytest.raises(MachineError) as caught:
                start("a.exe", working_directory=folder)

            assert (267, folder) == (caught.value.winerror, caught.value.filename)

    def test_nobody_starts_anything_in_a_session_without_a_user(self, start, ada):
        """1008: there is no token to start it with."""
        with pytest.raises(MachineError, match="nobody is signed in to session 3") as caught:
            start("setup.exe", hangs, account=ada, session_id=3)

        assert 1008 == caught.value.winerror

    def test_nothing_starts_while_the_machine_restarts(self, machine, start):
        """1115: the system shuts down."""
        machine.power.restart("test")
        machine.clock.advance(timedelta(seconds=1))

        with pytest.raises(MachineError) as caught:
            start("setup.exe", hangs)
        assert 1115 == caught.value.winerror

    @pytest.mark.parametrize("name", ["start.ps1", "readme.txt", "app.msi", "noextension."])
    def test_documents_and_scripts_are_no_programs(self, machine, start, name):
        """193, even when somebody declared what the file does: Windows would not start it."""
        machine.files.write(rf"C:\Package\{name.rstrip('.')}", b"Write-Host hello")
        machine.programs[name] = hangs

        with pytest.raises(MachineError) as caught:
            start(name)
        assert 193 == caught.value.winerror

    def test_a_file_that_only_stands_for_a_program_is_none(self, machine, start):
        """An empty setup.exe without a declaration is what it is: no program."""
        machine.files.write(r"C:\Package\setup.exe", b"")

        with pytest.raises(MachineError, match="no PE header - if it stands for one, say what it does") as caught:
            start("setup.exe")
        assert 193 == caught.value.winerror


class TestNotEmulated:
    """Files that exist and that nobody described."""

    def test_a_foreign_program_is_named_with_what_to_write(self, machine, start, image):
        """The hint is complete JSON and a line of Python."""
        machine.files.write(r"C:\Package\setup.exe", image(0x014C))

        with pytest.raises(NotEmulated) as caught:
            start('setup.exe /S /D="C:\\Program Files\\X"')

        assert "what 'setup.exe' does" == caught.value.what
        assert 'setup.exe /S /D="C:\\Program Files\\X"' == caught.value.where
        assert '{"program": "setup.exe", "runs": [{"when": ["/S", "/D=C:\\\\Program Files\\\\X"]' in caught.value.hint
        assert 'machine.programs["setup.exe"] = Installer(' in caught.value.hint

    @pytest.mark.parametrize(
        ("command_line", "expected"),
        [
            ("manage-bde.exe -status", "manage-bde.exe, a program of Windows"),
            ("wscript x.vbs", "Windows Script Host scripts (wscript.exe)"),
        ],
    )
    def test_interpreters_and_windows_programs_are_named(self, machine, start, command_line, expected):
        """What they would run is what is not modelled."""
        machine.files.write(r"C:\Package\install.cmd", b"@echo off")

        with pytest.raises(NotEmulated) as caught:
            start(command_line)
        assert expected == caught.value.what

    def test_a_declared_interpreter_runs(self, finish):
        """What a whole command does can be said."""
        assert 7 == finish("cmd.exe /c install.cmd", Installer(exit_code=7)).exit.code

    def test_nothing_is_started(self, machine, start, image):
        """No process, no event."""
        machine.files.write(r"C:\Package\setup.exe", image(0x014C))

        with pytest.raises(NotEmulated):
            start("setup.exe")
        assert ([], []) == (machine.processes.running("setup.exe"), machine.timeline.of(Lane.PROCESS))


class TestEnding:
    """Exit codes, output, and being killed."""

    @pytest.mark.parametrize(("returned", "expected"), [(0, 0), (3010, 3010), (-1, 4294967295), (2**32 + 5, 5)])
    def test_exit_codes_are_unsigned_32_bit(self, finish, returned, expected):
        """As GetExitCodeProcess gives them."""

        async def program(run):
            return returned

        assert expected == finish("setup.exe", program).exit.code

    def test_output_and_time_are_kept(self, finish):
        """Both streams, in lines as Windows programs write them, and how long it ran."""

        async def program(run):
            run.print("one")
            await run.sleep("90 s")
            run.print("two")
            run.print_error("wrong")
            return 1

        ended = finish("setup.exe", program).exit

        assert ("one\r\ntwo\r\n", "wrong\r\n", timedelta(seconds=90)) == (ended.stdout, ended.stderr, ended.elapsed)

    def test_a_time_limit_sees_monotonic_time(self, machine, start):
        """A jump of the wall clock does not make an installer slow."""
        process = start("setup.exe", Installer(takes="4 min"))
        machine.clock.advance(MINUTE)
        machine.clock.jump(timedelta(hours=9))
        machine.clock.advance(5 * MINUTE)

        assert 4 * MINUTE == process.exit.elapsed

    def test_waiting_ends_with_the_process_or_the_time_limit(self, machine, start):
        """None means that it still runs."""
        process: Process = start("setup.exe", Installer(takes="4 min", exit_code=5))
        seen = []

        async def watch():
            seen.append(await process.wait(MINUTE))
            seen.append(await process.wait())
            seen.append(await process.wait(MINUTE))

        machine.clock.spawn(watch(), name="watch")
        machine.clock.advance(10 * MINUTE)

        assert [None, 5, 5] == [ended and ended.code for ended in seen]

    def test_a_killed_process_exits_with_1_and_does_no_more(self, machine, start):
        """What it printed stays."""
        installer = Installer(takes="4 min", writes_files={r"C:\Package\done.txt": ""}, prints="done")
        process = start("setup.exe", installer)
        machine.clock.advance(MINUTE)

        process.kill()
        process.kill()
        machine.clock.advance(10 * MINUTE)

        assert (1, "", MINUTE) == (process.exit.code, process.exit.stdout, process.exit.elapsed)
        assert not machine.files.exists(r"C:\Package\done.txt")
        assert ["setup.exe was killed after 1 min"] == [
            event.text for event in machine.timeline.of(kind="process ended")
        ]

    def test_a_process_killed_before_it_ran_is_gone(self, machine, start):
        """Also between two advances."""
        process = start("setup.exe", hangs)

        process.kill()

        assert (1, []) == (process.exit.code, machine.processes.running("setup.exe"))

    def test_children_outlive_their_parent(self, machine, start):
        """Killing one process leaves what it started alone."""
        parent, child, grandchild = family(machine, start)

        parent.kill()
        machine.clock.advance(MINUTE)

        assert (1, None, None) == (parent.exit.code, child.exit, grandchild.exit)

    def test_a_tree_is_killed_as_a_whole(self, machine, start):
        """Children and grandchildren end with the parent."""
        family_tree = family(machine, start)
        stranger = start("stranger.exe", hangs)

        family_tree[0].kill(tree=True)

        assert [1, 1, 1] == [process.exit.code for process in family_tree]
        assert stranger.exit is None

    def test_orphans_are_not_found_by_their_grandparent(self, machine, start):
        """A tree is followed by parents that still run, as taskkill does."""
        parent, child, grandchild = family(machine, start)
        child.kill()

        parent.kill(tree=True)

        assert grandchild.exit is None

    def test_a_process_that_kills_itself_is_over_at_once(self, machine, start):
        """Its code goes no further than its next wait."""
        seen = []

        async def suicidal(run):
            machine.processes.get(run.info.pid).kill(tree=True)
            seen.append(machine.processes.running("setup.exe"))
            await run.sleep("1 s")
            seen.append("went on")
            return 0

        process = start("setup.exe", suicidal)
        machine.clock.advance(MINUTE)

        assert ([[]], 1) == (seen, process.exit.code)

    def test_an_error_in_a_program_of_ours_reaches_whoever_drives_the_clock(self, machine, start):
        """The process has crashed by then, and the machine goes on."""

        async def broken(run):
            raise ZeroDivisionError

        process = start("setup.exe", broken)

        with pytest.raises(ZeroDivisionError):
            machine.clock.advance(MINUTE)
        assert (0xE0434352, []) == (process.exit.code, machine.processes.running("setup.exe"))
        assert "setup.exe crashed after 0 s" == machine.timeline[-1].text

    def test_what_is_not_emulated_reaches_whoever_drives_the_clock(self, machine, start):
        """Also when somebody waits for the process."""

        async def surprising(run):
            raise NotEmulated("holography", where=run.command_line, hint="leave it")

        process = start("setup.exe", surprising)
        machine.clock.spawn(process.wait(), name="waits")

        with pytest.raises(NotEmulated, match="holography"):
            machine.clock.advance(MINUTE)

    @pytest.mark.parametrize("returned", [None, "0", 1.5])
    def test_a_program_must_return_a_number(self, machine, start, returned):
        """A forgotten `return` is told."""

        async def forgetful(run):
            return returned

        start("setup.exe", forgetful)

        with pytest.raises(UsageError, match="return its exit code"):
            machine.clock.advance(MINUTE)

    def test_a_program_must_be_a_coroutine_function(self, machine, start):
        """A forgotten `async` is told."""
        start("setup.exe", lambda run: 0)

        with pytest.raises(UsageError, match="write it with `async def`"):
            machine.clock.advance(MINUTE)


class TestWindowsItself:
    """What runs anyway."""

    @pytest.mark.parametrize("name", ["services.exe", "lsass.exe", "svchost.exe", "MsMpEng.exe"])
    def test_parts_of_windows_run(self, machine, name):
        """Whoever asks for them finds them."""
        assert machine.processes.running(name)

    def test_services_are_children_of_their_manager(self, machine):
        """As on a real machine."""
        manager = machine.processes.running("services.exe")[0]

        assert {manager.pid} == {row.parent_pid for row in machine.processes.running("svchost.exe")}

    def test_a_user_has_a_shell(self, machine, ada):
        """From sign-in to sign-out."""
        assert [] == machine.processes.running("explorer.exe")
        session = machine.sign_in(ada)
        shell = machine.processes.running("explorer.exe")[0]
        assert (ada, session.id, 64) == (shell.account, shell.session_id, shell.bits)

        machine.sign_out(ada)

        assert [] == machine.processes.running("explorer.exe")

    def test_the_shell_can_be_killed(self, machine, ada):
        """Some setup programs do."""
        machine.sign_in(ada)
        shell = machine.processes.running("explorer.exe")[0]

        machine.processes.get(shell.pid).kill()

        assert [] == machine.processes.running("explorer.exe")

    def test_they_are_not_on_the_timeline(self, machine, ada):
        """They are not what a scenario is about."""
        machine.sign_in(ada)
        machine.sign_out(ada)

        assert [] == machine.timeline.of(Lane.PROCESS)


def test_the_clock_is_the_machines(machine):
    """Processes live in the machine's time."""
    assert isinstance(machine.processes.clock, VirtualClock)
    assert machine.clock is machine.processes.clock


def test_a_command_needs_a_program(machine):
    """An empty line is a bad parameter."""
    with pytest.raises(MachineError) as caught:
        machine.processes.start(Command(command_line="  ", working_directory="C:\\"))

    assert 87 == caught.value.winerror


def family(machine, start):
    """Return a process with a child and a grandchild."""
    children = []

    async def parent(run):
        children.append(run.start("child.exe"))
        return await hangs(run)

    async def child(run):
        children.append(run.start("grandchild.exe"))
        return await hangs(run)

    for name, program in (("child.exe", child), ("grandchild.exe", hangs)):
        machine.files.write(rf"C:\Package\{name}", b"")
        machine.programs[name] = program
    process = start("parent.exe", parent)
    machine.clock.advance(MINUTE)
    return [process, *children]


class TestWindowsOwnPrograms:
    """What is always on the table runs files like everything else."""

    EXPLORER, SERVICE_HOST = r"C:\Windows\explorer.exe", r"C:\Windows\System32\svchost.exe"

    @staticmethod
    def codes_of(machine, deleted, written):
        """Return what deleting one file and writing another fail with."""
        with pytest.raises(MachineError) as deleting:
            machine.files.delete(deleted)
        with pytest.raises(MachineError) as writing:
            machine.files.write(written, b"MZ")
        return deleting.value.winerror, writing.value.winerror

    def test_their_files_are_in_use(self, machine, ada):
        """Deleting one fails with 5, writing it with 32, and the folder of Windows stays whole."""
        machine.sign_in(ada)

        assert (5, 32) == self.codes_of(machine, self.EXPLORER, self.SERVICE_HOST)
        assert (5, 32) == self.codes_of(machine, r"C:\Windows", self.EXPLORER)
        assert machine.files.exists(r"C:\Windows\System32\cmd.exe")

    def test_their_files_are_free_when_they_have_ended(self, machine, ada):
        """Nobody signed in means no Explorer that runs, as often as somebody was."""
        for _ in range(2):
            machine.sign_in(ada)
            machine.sign_out(ada)

        machine.files.delete(self.EXPLORER)

        assert not machine.files.exists(self.EXPLORER)

    def test_after_a_restart_a_loss_of_power_and_a_restore_they_are_in_use_again(self, machine):
        """Whatever ends them lets go of their files, and Windows takes them when it starts."""
        before = machine.snapshot()
        changes = (
            lambda: machine.power.restart(reason="test"),
            lambda: machine.power.lose_power(returns_after="1 min"),
            lambda: machine.restore(before),
        )
        for change in changes:
            change()
            machine.clock.advance(10 * MINUTE)

            assert (5, 32) == self.codes_of(machine, self.SERVICE_HOST, self.SERVICE_HOST)

    def test_a_program_that_is_not_there_is_no_matter(self, machine):
        """A machine whose spooler has been deleted offline still starts; the row is on the table."""
        for row in machine.processes.running("spoolsv.exe"):
            machine.processes.get(row.pid).kill()
        machine.files.delete(r"C:\Windows\System32\spoolsv.exe")

        machine.power.restart(reason="test")
        machine.clock.advance(10 * MINUTE)

        assert machine.processes.running("svchost.exe")
