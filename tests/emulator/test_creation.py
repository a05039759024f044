"""What is decided before there is a process: rights, variables, faults."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.faults import Fault
from harness.emulator.installers import Installer
from harness.emulator.manifests import ExecutionLevel, execution_level
from harness.errors import MachineError, NotEmulated
from harness.machine.contract.images import X64, X86, image
from harness.model.commands import Command
from harness.model.windows import SYSTEM, RegistryPath, RegistryType, RegistryValue

MINUTE = timedelta(minutes=1)
POLICIES = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System")
VARIABLES = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment")


@pytest.fixture
def boss():
    """Give an administrator."""
    return entra_account("boss", is_administrator=True)


@pytest.fixture
def run_file(machine):
    """Give a function that starts a program file of given content as somebody, and returns the process."""

    def run_file(name, content, account=SYSTEM, **settings):
        machine.files.write(rf"C:\Package\{name}", content)
        machine.programs[name] = Installer()
        command = Command(command_line=name, working_directory=r"C:\Package", account=account, **settings)
        process = machine.processes.start(command)
        machine.clock.advance(MINUTE)
        return process

    return run_file


def code_of(attempt) -> int:
    """Return the Win32 code an attempt fails with; 0 when it works."""
    try:
        attempt()
    except MachineError as error:
        return error.winerror
    return 0


class TestElevation:
    """Manifests and tokens."""

    @pytest.mark.parametrize(
        ("level", "codes"),
        [
            ("requireAdministrator", [740, 740, 0, 0]),
            ("highestAvailable", [0, 740, 0, 0]),
            ("asInvoker", [0, 0, 0, 0]),
            ("nonsense", [740, 740, 0, 0]),
            ("", [740, 740, 0, 0]),
        ],
    )
    def test_who_may_start_what(self, run_file, ada, boss, level, codes):
        """A setup program that does not say what it needs is taken for one that needs an administrator.

        The codes are for a standard user, an administrator's filtered token, the full one, and SYSTEM.
        """
        content = image(X86, level=level)
        tries = (
            lambda: run_file("setup.exe", content, ada),
            lambda: run_file("setup.exe", content, boss),
            lambda: run_file("setup.exe", content, boss, is_elevated=True),
            lambda: run_file("setup.exe", content),
        )

        assert codes == [code_of(attempt) for attempt in tries]

    @pytest.mark.parametrize(
        ("name", "content"),
        [("tool.exe", image(X86)), ("setup.exe", image(X64)), ("setup.exe", b""), ("Update.exe", image(X64))],
    )
    def test_what_does_not_look_like_an_installer(self, run_file, ada, name, content):
        """Other names, 64-bit programs, and files that only stand for programs."""
        assert 0 == code_of(lambda: run_file(name, content, ada))

    @pytest.mark.parametrize("name", ["MyInstaller.exe", "APP-SETUP.EXE", "contoso_updater.exe"])
    def test_words_that_make_an_installer(self, run_file, ada, name):
        """Anywhere in the name."""
        with pytest.raises(MachineError, match="takes it for an installer by its name"):
            run_file(name, image(X86), ada)

    def test_installer_detection_can_be_switched_off(self, machine, run_file, ada):
        """By policy, as enterprises do."""
        machine.registry.set(POLICIES, "EnableInstallerDetection", RegistryValue.of(0))

        assert 0 == code_of(lambda: run_file("setup.exe", image(X86), ada))
        assert 740 == code_of(lambda: run_file("b.exe", image(X86, level="requireAdministrator"), ada))

    def test_without_user_account_control_administrators_have_all_rights(self, machine, run_file, ada, boss):
        """And nobody is asked."""
        machine.registry.set(POLICIES, "EnableLUA", RegistryValue.of(0))
        content = image(X86, level="requireAdministrator")

        assert run_file("a.exe", content, boss).info.is_elevated
        assert not run_file("b.exe", content, ada).info.is_elevated

    def test_the_message_says_who_and_why(self, run_file, ada):
        """And names the file."""
        with pytest.raises(MachineError, match="its manifest asks for an administrator") as caught:
            run_file("tool.exe", image(X64, level="requireAdministrator"), ada)

        assert (740, r"C:\Package\tool.exe") == (caught.value.winerror, caught.value.filename)
        assert r"AzureAD\ada starts tool.exe without it" in str(caught.value)

    def test_it_comes_before_what_is_not_emulated(self, machine, ada):
        """Windows would not have got that far."""
        machine.files.write(r"C:\Package\real.exe", image(X86, level="requireAdministrator"))
        command = {"command_line": "real.exe", "working_directory": r"C:\Package"}

        with pytest.raises(MachineError):
            machine.processes.start(Command(**command, account=ada))
        with pytest.raises(NotEmulated):
            machine.processes.start(Command(**command))


class TestManifests:
    """Reading them."""

    @pytest.mark.parametrize("level", list(ExecutionLevel))
    def test_the_level_is_read(self, machine, level):
        """Whatever its case."""
        assert level is self.level_of(machine, image(X64, level=level.upper()))

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"MZ",
            image(X86),
            image(X86, level="asInvoker").replace(b"</assembly>", b"<assembly> "),
            image(X86, level="asInvoker").replace(b"requestedExecutionLevel", b"requestedSomething_else"),
            image(X86, level="asInvoker").replace(b"?>\n<assembly", b"?>\n<!DOCTYPE x [<!ENTITY e 'x'>]><a", 1),
            image(X86, level="asInvoker")[:600],
        ],
        ids=["empty", "stub", "none", "broken", "other", "hostile", "cut"],
    )
    def test_what_does_not_read_is_none(self, machine, content):
        """Images are untrusted."""
        assert self.level_of(machine, content) is None

    def level_of(self, machine, content):
        """Return the level of a program of that content."""
        machine.files.write(r"C:\Package\x.exe", content)
        with machine.files.open(r"C:\Package\x.exe") as file:
            return execution_level(file)


class TestInheritance:
    """Whose variables a process gets."""

    def set_variable(self, machine, value):
        """Write a variable of the machine."""
        machine.registry.set(VARIABLES, "CONTOSO", RegistryValue(RegistryType.REG_SZ, value))

    def test_a_child_has_what_its_parent_has(self, machine, start):
        """Not what the registry says by then."""
        process = start("parent.exe", Installer(takes="1 h", starts=["child.exe"]))
        machine.files.write(r"C:\Package\child.exe", b"")
        machine.programs["child.exe"] = Installer(takes="1 h")
        self.set_variable(machine, "new")
        process.environment["OWN"] = "1"
        machine.clock.advance(timedelta(hours=1, minutes=1))

        (row,) = machine.processes.running("child.exe")
        child = machine.processes.get(row.pid)
        assert (None, "1") == (child.environment.get("CONTOSO"), child.environment["own"])
        assert child.environment is not process.environment

    def test_without_a_parent_the_registry_counts(self, machine, start):
        """As for what starts in a new session."""
        self.set_variable(machine, "new")

        assert "new" == start("tool.exe", Installer()).environment["CONTOSO"]

    def test_a_service_and_what_it_starts_have_the_block_of_the_boot(self, machine, start):
        """Until the next one: a change needs a restart."""
        manager = machine.processes.running("services.exe")[0]
        self.set_variable(machine, "new")
        old = start("a.exe", Installer(), parent_pid=manager.pid)
        assert "CONTOSO" not in old.environment

        machine.power.restart("test")
        machine.clock.advance(timedelta(minutes=10))
        manager = machine.processes.running("services.exe")[0]

        assert "new" == start("b.exe", Installer(), parent_pid=manager.pid).environment["CONTOSO"]

    def test_somebody_elses_process_gets_a_new_block(self, machine, start, ada):
        """As CreateEnvironmentBlock makes it for CreateProcessAsUser."""
        manager = machine.processes.running("services.exe")[0]
        self.set_variable(machine, "new")

        process = start("tool.exe", Installer(), parent_pid=manager.pid, account=ada)

        assert ("new", "ada") == (process.environment["CONTOSO"], process.environment["USERNAME"])

    def test_the_path_of_the_parent_is_looked_at(self, machine, start):
        """Not what the registry says by then."""
        parent = start("parent.exe", Installer(takes="1 h"))
        machine.files.write(r"C:\Tools\tool.exe", b"")
        machine.programs["tool.exe"] = Installer()
        machine.registry.set(VARIABLES, "Path", RegistryValue.of(r"C:\Tools"))

        with pytest.raises(MachineError):
            start("tool.exe", parent_pid=parent.info.pid)
        assert start("tool.exe").info.image_path == r"C:\Tools\tool.exe"


class TestFaults:
    """Programs that do not start, and that do not last."""

    def test_starting_fails_on_purpose(self, machine, start):
        """With the code of the fault, and nothing is left."""
        machine.faults.add(Fault.start_fails(r"*\setup.exe", 1450, times=1))

        with pytest.raises(MachineError) as caught:
            start("setup.exe", Installer())
        assert (1450, []) == (caught.value.winerror, machine.processes.running("setup.exe"))
        assert start("setup.exe").info.pid

    def test_a_process_crashes_after_a_while(self, machine, start):
        """It has an exit code, an event, and did not get to its end."""
        machine.faults.add(Fault.process_crashes("SETUP.exe", after="30 s"))
        process = start("setup.exe", Installer(takes="4 min", writes_files={r"C:\done.txt": ""}))
        other = start("other.exe", Installer(takes="4 min"))

        machine.clock.advance(10 * MINUTE)

        assert (0xC0000005, timedelta(seconds=30)) == (process.exit.code, process.exit.elapsed)
        assert (0, False) == (other.exit.code, machine.files.exists(r"C:\done.txt"))
        assert "setup.exe crashed after 30 s" in [event.text for event in machine.timeline]

    def test_what_ends_before_does_not_crash(self, machine, start):
        """Nor does the crash linger."""
        machine.faults.add(Fault.process_crashes("setup.exe", after="1 h"))
        process = start("setup.exe", Installer(takes="1 min"))

        machine.clock.advance(2 * MINUTE)

        assert (0, True) == (process.exit.code, process.doom.finished.is_set)

    def test_crashes_can_be_counted_and_placed(self, machine, start):
        """By a pattern for the path, with another code."""
        machine.faults.add(Fault.process_crashes(r"C:\Package\*", exit_code=3, times=1))
        first, second = start("a.exe", Installer(takes="1 s")), start("b.exe", Installer(takes="1 s"))

        machine.clock.advance(MINUTE)

        assert [3, 0] == [first.exit.code, second.exit.code]
