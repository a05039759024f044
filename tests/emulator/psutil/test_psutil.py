"""The psutil of an emulated machine."""

import importlib
import sys
from datetime import timedelta
from types import ModuleType

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.installed_modules import installed_module
from harness.emulator.installers import Installer
from harness.errors import MachineError, NotEmulated
from harness.model.windows import Token

MINUTE = timedelta(minutes=1)


@pytest.fixture
def psutil(machine):
    """Give the machine's psutil."""
    return machine.psutil


@pytest.fixture
def setup(start):
    """Start a setup program that runs for four minutes."""
    return start(r'setup.exe /S "a b"', Installer(takes="4 min", exit_code=3010))


@pytest.fixture
def as_ada(machine, ada):
    """Give psutil as one of ada's programs has it."""
    return machine.psutil_for(Token(account=ada))


class TestProcesses:
    """What a process is."""

    def test_it_says_what_it_is(self, machine, psutil, setup):
        """With psutil's names and types."""
        process = psutil.Process(setup.info.pid)

        assert (setup.info.pid, "setup.exe", r"C:\Package\setup.exe") == (process.pid, process.name(), process.exe())
        assert (["setup.exe", "/S", "a b"], r"C:\Package", 0) == (process.cmdline(), process.cwd(), process.ppid())
        assert (r"NT AUTHORITY\SYSTEM", "running", True) == (
            process.username(),
            process.status(),
            process.is_running(),
        )
        assert machine.clock.now().timestamp() == process.create_time()
        assert (r"C:\Windows", True) == (process.environ()["SYSTEMROOT"], "Path" not in process.environ())
        assert f"psutil.Process(pid={setup.info.pid}, name='setup.exe', status='running')" == repr(process)

    def test_ids(self, psutil, setup):
        """Rising, and asked one by one."""
        pids = psutil.pids()

        assert sorted(pids) == pids
        assert (True, True, False) == (setup.info.pid in pids, psutil.pid_exists(setup.info.pid), psutil.pid_exists(3))

    @pytest.mark.parametrize(("pid", "error"), [(3, "NoSuchProcess"), (-1, "ValueError"), ("4", "TypeError")])
    def test_what_is_no_process(self, psutil, pid, error):
        """Each with its error."""
        with pytest.raises(Exception, match=r"(?i)pid") as caught:
            psutil.Process(pid)

        assert error == type(caught.value).__name__

    def test_two_of_one_process_are_equal(self, psutil, setup):
        """And count once in a set."""
        one, other = psutil.Process(setup.info.pid), psutil.Process(setup.info.pid)

        assert (True, 1, False) == (one == other, len({one, other}), one == setup.info.pid)

    def test_a_process_that_has_ended_is_gone(self, machine, psutil, setup):
        """Its id and its start are still known, and its exit code."""
        process = psutil.Process(setup.info.pid)
        machine.clock.advance(5 * MINUTE)

        for ask in (process.name, process.cmdline, process.ppid, process.status, process.children, process.kill):
            with pytest.raises(psutil.NoSuchProcess) as caught:
                ask()
            assert (setup.info.pid, "setup.exe") == (caught.value.pid, caught.value.name)
        assert (False, 3010) == (process.is_running(), process.wait())
        assert process.create_time()
        assert "status='terminated'" in repr(process)
        with pytest.raises(psutil.NoSuchProcess):
            process.parent()

    def test_iterating(self, psutil, setup):
        """With what was asked for."""
        (process,) = [one for one in psutil.process_iter(["pid", "name"]) if one.info["name"] == "setup.exe"]

        assert {"pid": setup.info.pid, "name": "setup.exe"} == process.info
        assert psutil.pids() == [one.pid for one in psutil.process_iter()]

    def test_what_ends_meanwhile_is_left_out(self, machine, psutil, setup):
        """As psutil passes it over."""
        processes = psutil.process_iter()
        next(processes)
        setup.kill()

        assert setup.info.pid not in [process.pid for process in processes]

    def test_many_things_at_once(self, psutil, setup):
        """Inside `oneshot` too."""
        process = psutil.Process(setup.info.pid)
        with process.oneshot():
            found = process.as_dict(("pid", "cmdline"))

        assert {"pid": setup.info.pid, "cmdline": ["setup.exe", "/S", "a b"]} == found

    @pytest.mark.parametrize(("attrs", "error"), [("name", TypeError), (["nam"], ValueError), (["a", "b"], ValueError)])
    def test_names_that_psutil_does_not_have(self, psutil, setup, attrs, error):
        """Its own errors."""
        with pytest.raises(error, match="invalid attr"):
            psutil.Process(setup.info.pid).as_dict(attrs)


class TestFamilies:
    """Parents and children."""

    def test_parents_and_children(self, machine, psutil, start):
        """Direct ones, and all."""
        machine.files.write(r"C:\Package\child.exe", b"")
        machine.programs["child.exe"] = Installer(takes="0 s", starts=["grandchild.exe"])
        machine.programs["child.exe"] = hangs_after_starting("grandchild.exe")
        machine.files.write(r"C:\Package\grandchild.exe", b"")
        machine.programs["grandchild.exe"] = Installer(takes="1 h")
        root = psutil.Process(start("root.exe", hangs_after_starting("child.exe")).info.pid)
        machine.clock.advance(MINUTE)

        (child,) = root.children()
        grandchild = child.children()[0]

        assert ["child.exe", "grandchild.exe"] == [one.name() for one in root.children(recursive=True)]
        assert (child, [child, root]) == (grandchild.parent(), grandchild.parents())
        assert (None, []) == (root.parent(), root.parents())
        child.kill()
        assert (None, child.pid) == (grandchild.parent(), grandchild.ppid())


class TestEnding:
    """Killing and waiting."""

    @pytest.mark.parametrize("how", ["kill", "terminate", "send_signal"])
    def test_killing(self, psutil, setup, how):
        """The exit code is 15, whatever the method."""
        process = psutil.Process(setup.info.pid)

        getattr(process, how)(*([15] if how == "send_signal" else []))

        assert (15, 15, False) == (setup.exit.code, process.wait(0), process.is_running())

    def test_other_signals(self, psutil, setup):
        """Windows knows two more, which are not modelled."""
        process = psutil.Process(setup.info.pid)

        with pytest.raises(ValueError, match="only SIGTERM"):
            process.send_signal(9)
        with pytest.raises(NotEmulated, match="CTRL_C_EVENT"):
            process.send_signal(0)

    def test_waiting_lets_no_time_pass(self, machine, psutil, setup):
        """A time-out is over at once; without one the caller would hang."""
        process, before = psutil.Process(setup.info.pid), machine.clock.now()

        with pytest.raises(psutil.TimeoutExpired) as caught:
            process.wait(timeout=3)
        assert (3, setup.info.pid, "setup.exe") == (caught.value.seconds, caught.value.pid, caught.value.name)
        assert f"timeout after 3 seconds (pid={setup.info.pid}, name='setup.exe')" == str(caught.value)
        with pytest.raises(NotEmulated, match="without a time-out"):
            process.wait()
        assert before == machine.clock.now()

    @pytest.mark.parametrize(("timeout", "error"), [("3", TypeError), (-1, ValueError)])
    def test_time_outs_that_cannot_be(self, psutil, setup, timeout, error):
        """Its own errors."""
        with pytest.raises(error, match="timeout must be"):
            psutil.Process(setup.info.pid).wait(timeout)

    def test_waiting_for_several(self, psutil, start, setup):
        """Those that have ended get their code."""
        other = start("other.exe", Installer(takes="1 h"))
        processes = [psutil.Process(one.info.pid) for one in (setup, other)]
        processes[0].kill()
        seen = []

        gone, alive = psutil.wait_procs(processes, timeout=1, callback=seen.append)

        assert ([processes[0]], [processes[1]], [processes[0]]) == (gone, alive, seen)
        assert 15 == gone[0].returncode
        assert ([processes[0]], []) == psutil.wait_procs(gone)


class TestRights:
    """What a standard user's program may not ask."""

    def test_other_peoples_processes(self, as_ada, psutil, setup):
        """Names and files are public; the rest is denied, and `ad_value` stands for it."""
        process = as_ada.Process(setup.info.pid)

        for ask in (process.cmdline, process.cwd, process.environ, process.username, process.kill):
            with pytest.raises(psutil.AccessDenied) as caught:
                ask()
            assert setup.info.pid == caught.value.pid
        assert {"name": "setup.exe", "cwd": "?"} == process.as_dict(["name", "cwd"], ad_value="?")

    def test_ones_own(self, machine, as_ada, start, ada):
        """Everything."""
        own = start("own.exe", Installer(takes="1 h"), account=ada)

        assert r"AzureAD\ada" == as_ada.Process(own.info.pid).username()
        as_ada.Process(own.info.pid).kill()
        assert own.exit

    def test_windows_guards_its_own(self, machine, psutil):
        """Also against SYSTEM."""
        row = machine.processes.running("csrss.exe")[0]

        with pytest.raises(psutil.AccessDenied):
            psutil.Process(row.pid).kill()


class TestMachine:
    """Users, start-up, disks, memory, processors."""

    def test_users(self, machine, psutil):
        """Names, since when, and no more."""
        assert [] == psutil.users()
        machine.clock.advance(MINUTE)
        machine.sign_in(entra_account("ada"))

        (user,) = psutil.users()

        assert ("ada", None, None, machine.clock.now().timestamp(), None) == tuple(user)

    def test_facts(self, machine, psutil):
        """As the inventory has them."""
        assert machine.power.booted_at.timestamp() == psutil.boot_time()
        assert (machine.facts.processors, machine.facts.memory_mb * 2**20) == (
            psutil.cpu_count(),
            psutil.virtual_memory().total,
        )

    def test_disks(self, machine, psutil):
        """Space of the volume that a path is on."""
        (volume,) = machine.files.volumes()

        usage = psutil.disk_usage("C:\\Windows")

        assert (volume.size_bytes, volume.free_bytes) == (usage.total, usage.free)
        assert (usage.total - usage.free, True) == (usage.used, 0 <= usage.percent < 100)
        assert [("C:\\", "NTFS")] == [(part.mountpoint, part.fstype) for part in psutil.disk_partitions()]
        for path in (r"C:\nowhere", "Q:\\"):
            with pytest.raises(MachineError):
                psutil.disk_usage(path)


class TestLimits:
    """What is not modelled is named; what psutil does not have is not there."""

    @pytest.mark.parametrize("name", ["cpu_percent", "net_io_counters", "win_service_get", "swap_memory", "Popen"])
    def test_functions(self, psutil, name):
        """Named at once."""
        with pytest.raises(NotEmulated, match=f"psutil.{name}"):
            getattr(psutil, name)

    @pytest.mark.parametrize("name", ["memory_info", "suspend", "open_files", "nice"])
    def test_methods(self, psutil, setup, name):
        """Named at once."""
        with pytest.raises(NotEmulated, match=f"psutil.Process.{name}"):
            getattr(psutil.Process(setup.info.pid), name)

    def test_names_that_windows_does_not_have(self, psutil, setup):
        """So that code that asks finds out."""
        assert not hasattr(psutil, "sensors_temperatures")
        assert not hasattr(psutil.Process(setup.info.pid), "uids")
        assert not hasattr(psutil.virtual_memory(), "cached")
        assert (True, False, False) == (psutil.WINDOWS, psutil.LINUX, psutil.POSIX)

    def test_parts_of_answers(self, psutil, setup):
        """Free memory, cores, all attributes at once, the caller's own process."""
        for ask in (
            lambda: psutil.virtual_memory().available,
            lambda: psutil.cpu_count(logical=False),
            lambda: psutil.Process(setup.info.pid).as_dict(),
            lambda: psutil.Process(setup.info.pid).as_dict(["num_threads"]),
            psutil.Process,
        ):
            with pytest.raises(NotEmulated):
                ask()

    def test_the_real_one_has_nothing_else(self, machine, psutil, setup):
        """Every name of the real psutil is answered, named as not modelled, or not there on Windows."""
        real = pytest.importorskip("psutil", reason="psutil is not installed")
        elsewhere = {"sensors_temperatures", "sensors_fans", "heap_info", "heap_trim"}
        constants = {name for name in real.__all__ if name.isupper()}

        for name in set(real.__all__) - constants - elsewhere - {"__version__", "PROCFS_PATH"}:
            self.answers(psutil, name)
        for name in (name for name in dir(real.Process) if not name.startswith("_")):
            if name not in {"uids", "gids", "terminal", "num_fds", "rlimit", "cpu_num"}:
                self.answers(psutil.Process(setup.info.pid), name)

    def answers(self, thing, name):
        """Make sure that a name is there or is said to be not modelled."""
        try:
            getattr(thing, name)
        except NotEmulated:
            return


class TestErrors:
    """The classes of errors."""

    def test_families(self, psutil):
        """As code under test catches them."""
        assert issubclass(psutil.ZombieProcess, psutil.NoSuchProcess)
        for error in (psutil.NoSuchProcess, psutil.AccessDenied, psutil.TimeoutExpired):
            assert issubclass(error, psutil.Error)

    def test_texts(self, psutil):
        """What is wrong, and with which process."""
        assert "process no longer exists (pid=7)" == str(psutil.NoSuchProcess(7))
        assert "no (pid=7, name='x')" == str(psutil.AccessDenied(7, "x", "no"))
        assert "" == str(psutil.AccessDenied())


class TestInstalled:
    """`import psutil`."""

    def test_importing_finds_the_machines(self, machine):
        """Inside the block, whatever this computer has."""
        before = sys.modules.get("psutil")

        with machine.psutil_installed() as installed:
            import psutil
            from psutil import Process

            assert machine.psutil is psutil is installed
            assert Process is psutil.Process
        assert sys.modules.get("psutil") is before

    def test_a_programs_own(self, machine, finish):
        """Which knows itself."""
        seen = []

        async def program(run):
            with machine.psutil_installed(run.psutil) as psutil:
                seen.append(psutil.Process().name())
            return 0

        finish("setup.exe", program)

        assert ["setup.exe"] == seen

    def test_what_was_not_there_is_not_there_afterwards(self):
        """Nor after an error."""
        module = ModuleType("imeharnessnosuch")

        def fail() -> None:
            assert module is importlib.import_module("imeharnessnosuch")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), installed_module(module):
            fail()
        with pytest.raises(ImportError):
            importlib.import_module("imeharnessnosuch")


def hangs_after_starting(child):
    """Return a program that starts a child and runs for an hour."""

    async def program(run):
        run.start(child)
        await run.sleep("1 h")
        return 0

    return program


class TestMemory:
    """`virtual_memory`, a named tuple."""

    def test_what_is_known(self, machine, psutil):
        """By name, by index, printed."""
        memory, total = psutil.virtual_memory(), machine.facts.memory_mb * 2**20

        assert isinstance(memory, tuple)
        assert (total, total, (total,), 5) == (memory.total, memory[0], memory[:1], len(memory))
        assert f"svmem(total={total}, available=<not emulated>" in repr(memory)

    @pytest.mark.parametrize(
        "ask",
        [lambda memory: memory[1], lambda memory: memory[-1], lambda memory: memory[:2], list, lambda m: m._asdict()],
    )
    def test_what_is_not(self, psutil, ask):
        """In whatever way it is asked for."""
        with pytest.raises(NotEmulated, match=r"psutil.virtual_memory\(\)"):
            ask(psutil.virtual_memory())


class TestKernel:
    """System Idle Process and System."""

    def test_they_are_there(self, machine, psutil):
        """While the machine is up."""
        assert [0, 4] == psutil.pids()[:2]
        assert ["System Idle Process", "System"] == [one.name() for one in psutil.process_iter()][:2]
        machine.power.power_returns_after = None
        machine.power.lose_power()
        assert (False, []) == (psutil.pid_exists(4), psutil.pids())

    def test_what_they_say(self, psutil, as_ada):
        """To everybody."""
        idle, system = (as_ada.Process(pid) for pid in (0, 4))

        assert ("", [], {}, r"NT AUTHORITY\SYSTEM") == (
            system.exe(),
            system.cmdline(),
            system.environ(),
            system.username(),
        )
        assert (psutil.boot_time(), idle, None, [system]) == (
            system.create_time(),
            system.parent(),
            idle.parent(),
            idle.children(),
        )
        for ask in (idle.exe, system.cwd, system.kill):
            with pytest.raises(psutil.AccessDenied):
                ask()

    def test_they_are_the_same_for_all_programs(self, machine, psutil):
        """Of one machine."""
        assert machine.psutil.Process(4) == psutil.Process(4)
        assert psutil.Process(0) != psutil.Process(4)


def test_the_version(psutil):
    """As text and as numbers."""
    assert psutil.__version__ == ".".join(map(str, psutil.version_info))


def test_unknown_attributes_of_a_process(psutil, setup):
    """Named; what Windows does not have is not there."""
    with pytest.raises(NotEmulated, match=r"psutil\.Process\.page_faults"):
        psutil.Process(setup.info.pid).page_faults()
    assert not hasattr(psutil.Process(setup.info.pid), "info")
