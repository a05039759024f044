"""The command processor as a process: its command line, time, limits, what it cannot do."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.cmd.program import CommandProcessor, read_command_line
from harness.emulator.cmd.settings import CommandSettings
from harness.emulator.installers import Installer
from harness.emulator.machine import EmulatedMachine
from harness.emulator.processes import EmulatedProcess
from harness.errors import NotEmulated
from harness.model.commands import Command
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.cmd.conformance import all_cases

FOLDER = r"C:\Package"
PROCESSOR = RegistryPath.parse(r"HKLM\Software\Microsoft\Command Processor")
Finish = Callable[..., EmulatedProcess]


def write(machine: EmulatedMachine, script: str, name: str = "t.cmd") -> None:
    """Write a batch file into the package's folder."""
    machine.files.write(rf"{FOLDER}\{name}", f"@echo off\n{script}\n".replace("\n", "\r\n").encode())


class TestCommandLine:
    """What follows the switches, and the quotes around it."""

    @pytest.mark.parametrize(
        ("line", "command", "stays", "switches"),
        [
            ("cmd", None, False, {}),
            ("cmd.exe /c echo hi", " echo hi", False, {}),
            ("cmd/cecho hi", "echo hi", False, {}),
            (r'"C:\Windows\System32\cmd.exe" /d /s /c "a b"', ' "a b"', False, {"d": "", "s": ""}),
            ("cmd /V:ON /Q /K x", " x", True, {"v": "on", "q": ""}),
            ("cmd /e:off /r x", " x", False, {"e": "off"}),
        ],
    )
    def test_it_is_taken_apart(self, line, command, stays, switches):
        """Switches come first; what follows /c, /k or /r is the command."""
        found = read_command_line(line)

        assert (command, stays, switches) == (found.command, found.stays, found.switches)

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('cmd /c "echo a b"', "a b"),
            ('cmd /c "t.cmd" x', "[x]"),
            (r'cmd /c "C:\Package\a b.cmd"', "[]"),
            (r'cmd /c ""C:\Package\a b.cmd" "x y""', '["x y"]'),
            (r'cmd /s /c "echo "q""', '"q"'),
            ("cmd /c echo a ^& b", "a & b"),
            ("cmd /v:on /c set A=1& echo !A!", "1"),
            ("cmd /c set A=1& echo !A!", "!A!"),
            ("cmd /c for %i in (1 2) do @echo %i", "1\r\n2"),
            ("cmd /c echo %NOSUCH% %%", "%NOSUCH% %%"),
            ("cmd /c call :x", "Invalid attempt to call batch label outside of batch script."),
        ],
    )
    def test_quotes_are_taken_off_by_the_rule(
        self, machine: EmulatedMachine, finish: Finish, line: str, expected: str
    ) -> None:
        """Two quotes around a program's name stay, others go."""
        write(machine, "echo [%*]")
        write(machine, "echo [%*]", "a b.cmd")

        assert f"{expected}\r\n" == finish(line).output.combined

    def test_a_batch_file_is_started_by_its_name(self, machine: EmulatedMachine, finish: Finish) -> None:
        """CreateProcess runs the command processor for it."""
        write(machine, "echo %~nx0 %~1\nexit /b 4", "a b.cmd")
        process = finish(r'"C:\Package\a b.cmd" "x y"')

        assert ("cmd.exe", 4, "a b.cmd x y\r\n") == (process.info.name, process.exit.code, process.exit.stdout)

    def test_a_declared_batch_file_is_not_read(self, machine: EmulatedMachine, finish: Finish) -> None:
        """What somebody says it does counts, also when another one calls it."""
        machine.programs["t.cmd"] = Installer(exit_code=9)
        write(machine, "exit /b 1")
        write(machine, "call t.cmd\nexit /b %errorlevel%0", "outer.cmd")

        assert [9, 90] == [finish("t.cmd").exit.code, finish("outer.cmd").exit.code]

    @pytest.mark.parametrize(("switches", "expected"), [("", "auto\r\nmain\r\n"), ("/d", "main\r\n")])
    def test_autorun_comes_first(self, machine: EmulatedMachine, finish: Finish, switches: str, expected: str) -> None:
        """The registry's command runs before, unless /d is given."""
        machine.registry.set(PROCESSOR, "AutoRun", RegistryValue.of("echo auto"))

        assert expected == finish(f"cmd {switches} /c echo main").exit.stdout

    def test_delayed_expansion_can_be_switched_on_for_all(self, machine: EmulatedMachine, finish: Finish) -> None:
        """By a value of the registry."""
        machine.registry.set(PROCESSOR, "DelayedExpansion", RegistryValue.of(1))

        assert "C:\\Package\r\n" == finish("cmd /c echo !CD!").exit.stdout

    def test_commands_come_from_the_input(self, finish: Finish) -> None:
        """Without /c, each with the prompt before it."""
        process = finish("cmd /q", stdin="set A=5\r\nexit /b %A%\r\n")

        assert 5 == process.exit.code
        assert process.exit.stdout.endswith("\r\nC:\\Package>exit /b %A%\r\n")

    @pytest.mark.parametrize("line", ["cmd", "cmd /k ver"])
    def test_nobody_types(self, finish: Finish, line: str) -> None:
        """Without an input it waits for ever in session 0."""
        assert finish(line).exit is None

    @pytest.mark.parametrize("line", ["cmd /?", "cmd /u /c dir"])
    def test_switches_that_are_not_modelled(self, finish: Finish, line: str) -> None:
        """They are refused."""
        with pytest.raises(NotEmulated):
            finish(line)


class TestTime:
    """What takes time takes machine time."""

    @pytest.mark.parametrize(
        ("script", "seconds"),
        [
            ("ping -n 5 127.0.0.1 >nul", 4),
            ("ping 127.0.0.1 -n 1 -w 1000 >nul", 0),
            ("ping 192.0.2.1 -n 1 -w 3000 >nul", 3),
            ("timeout /t 30 /nobreak >nul", 30),
            ("timeout 5", 5),
            ("choice /c yn /t 8 /d y >nul", 8),
            ('start "" /wait cmd /c timeout 3', 3),
            ('start "" cmd /c timeout 3', 0),
            ("for /l %%i in (1,1,3) do timeout /t 2 >nul", 6),
        ],
    )
    def test_it_takes(self, machine: EmulatedMachine, finish: Finish, script: str, seconds: int) -> None:
        """So many seconds of the machine's clock."""
        write(machine, script)

        assert timedelta(seconds=seconds) == finish("t.cmd").exit.elapsed

    @pytest.mark.parametrize(
        "script",
        ["pause", "set /p A=Name:", "del *", "rd /s C:\\Package", "choice", "timeout -1", "start /wait t2.cmd"],
    )
    def test_it_waits_for_somebody(self, machine: EmulatedMachine, finish: Finish, script: str) -> None:
        """In session 0 nobody answers."""
        write(machine, script)
        write(machine, "ver", "t2.cmd")

        assert finish("t.cmd").exit is None

    @pytest.mark.parametrize(
        ("script", "answer", "expected"),
        [
            ("pause", "x", "Press any key to continue . . . \r\n"),
            ("set /p A=Name: \necho %A%", "ada\r\n", "Name: ada\r\n"),
            ("rd /s d && if not exist d echo gone", "y\r\n", "d, Are you sure (Y/N)? y\r\ngone\r\n"),
            ("rd /s d\nif exist d echo still", "n\r\n", "d, Are you sure (Y/N)? n\r\nstill\r\n"),
            ("del /p f", "y\r\n", "C:\\Package\\f, Delete (Y/N)? y\r\n"),
            ("copy /-y f g", "n\r\n", "Overwrite C:\\Package\\g? (Yes/No/All): n\r\n        0 file(s) copied.\r\n"),
            ("xcopy f g", "a\r\n", "Overwrite C:\\Package\\g (Yes/No/All)?a\r\nf\r\n1 File(s) copied\r\n"),
        ],
    )
    def test_answers_come_from_the_input(
        self, machine: EmulatedMachine, finish: Finish, script: str, answer: str, expected: str
    ) -> None:
        """A file or a pipe answers for the user."""
        machine.files.write(r"C:\Package\d\x", b"")
        machine.files.write(r"C:\Package\f", b"1")
        machine.files.write(r"C:\Package\g", b"2")
        write(machine, script)

        assert expected == finish("t.cmd", stdin=answer).exit.stdout


class TestLimits:
    """Nothing goes on for ever."""

    def test_a_loop_without_time_ends_in_an_error(self, machine: EmulatedMachine, finish: Finish) -> None:
        """With the file and the line."""
        machine.programs["cmd.exe"] = CommandProcessor(CommandSettings(most_steps=1000))
        write(machine, ":a\nset X=1\ngoto a")

        with pytest.raises(NotEmulated, match=r"1,000 commands without time passing \(in C:\\Package\\t.cmd, line "):
            finish("t.cmd")

    def test_a_loop_that_waits_goes_on(self, machine: EmulatedMachine, finish: Finish) -> None:
        """Steps count from the last time that time passed."""
        machine.programs["cmd.exe"] = CommandProcessor(CommandSettings(most_steps=50))
        write(machine, "for /l %%i in (1,1,100) do ping -n 2 127.0.0.1 >nul")

        assert timedelta(seconds=100) == finish("t.cmd").exit.elapsed

    @pytest.mark.parametrize("script", [":a\ncall :a", "call t.cmd"])
    def test_calls_come_to_an_end(self, machine: EmulatedMachine, finish: Finish, script: str) -> None:
        """With the message of Windows."""
        write(machine, script)

        assert "B A T C H   R E C U R S I O N" in finish("t.cmd").exit.stderr

    def test_command_processors_in_each_other_come_to_an_end(self, machine: EmulatedMachine, finish: Finish) -> None:
        """A batch file that starts itself is refused."""
        write(machine, "cmd /c t.cmd")

        with pytest.raises(NotEmulated, match="more than 40 command processors in each other"):
            finish("t.cmd")

    def test_output_has_an_end(self, machine: EmulatedMachine, finish: Finish) -> None:
        """So much and not more."""
        machine.programs["cmd.exe"] = CommandProcessor(CommandSettings(most_output=100))
        write(machine, "for /l %%i in (1,1,100) do echo a long line")

        with pytest.raises(NotEmulated, match="more than 100 characters of output"):
            finish("t.cmd")

    def test_a_line_has_an_end(self, machine: EmulatedMachine, finish: Finish) -> None:
        """At 8,191 characters."""
        write(machine, "set A=aaaaaaaa\n:a\nset A=%A%%A%\ngoto a")

        process = finish("t.cmd")
        assert (255, "The input line is too long.\r\n") == (process.exit.code, process.exit.stderr)

    def test_deep_nesting_is_refused(self, machine: EmulatedMachine, finish: Finish) -> None:
        """With its place."""
        write(machine, "(" * 60 + "echo a" + ")" * 60)

        with pytest.raises(NotEmulated, match=r"nested more than 50 deep \(in C:\\Package\\t.cmd, line 2\)"):
            finish("t.cmd")


class TestNotEmulated:
    """What is not modelled says so, with file and line."""

    @pytest.mark.parametrize(
        ("script", "what"),
        [
            ("x.ps1", "opening C:\\\\Package\\\\x.ps1 with an editor"),
            ("x.vbs", "opening C:\\\\Package\\\\x.vbs with wscript.exe"),
            ("start x.txt", "opening C:\\\\Package\\\\x.txt"),
            ("start https://contoso.com", "opening https://contoso.com"),
            ("start C:\\Package", "opening the folder"),
            ("setup.exe /S", "what 'setup.exe' does"),
            ("pushd \\\\server\\share", "pushd to a network share"),
            ("date 01-02-2026", "setting the date"),
            ("time 10:00", "setting the time"),
            ("dir /w", "dir /w"),
            ("echo a>prn", "output to the device PRN"),
            ("set /p A=<com1", "input from the device COM1"),
            ("copy con x.txt", "copying from the keyboard"),
            ("assoc", "listing every association"),
            ("call if 1==1 echo x", "call with"),
            ("ping contoso.com", "whether contoso.com answers a ping"),
            ("whoami /groups", "whoami /groups"),
            ("robocopy a b /mon:1", "robocopy /mon:1"),
            ("findstr /d:x y z", "findstr /d"),
        ],
    )
    def test_it_says_so(
        self, machine: EmulatedMachine, finish: Finish, image: Callable[[int], bytes], script: str, what: str
    ) -> None:
        """What, where, and what to do."""
        for name in ("x.ps1", "x.vbs", "x.txt"):
            machine.files.write(rf"{FOLDER}\{name}", b"")
        machine.files.write(rf"{FOLDER}\setup.exe", image(0x8664))
        write(machine, f"echo first\n{script}")

        with pytest.raises(NotEmulated, match=what):
            finish("t.cmd")

    def test_the_place_is_told(self, machine: EmulatedMachine, finish: Finish, image: Callable[[int], bytes]) -> None:
        """Inside of a block the line of the command."""
        machine.files.write(rf"{FOLDER}\setup.exe", image(0x8664))
        write(machine, "if 1==1 (\necho a\nsetup.exe /S\n)")

        with pytest.raises(NotEmulated) as caught:
            finish("t.cmd")
        assert r"C:\Package\t.cmd, line 4: setup.exe /S" == caught.value.where


class TestStreams:
    """What others write comes out here, in order."""

    def test_streams_of_programs_are_passed_on_in_order(self, machine: EmulatedMachine, finish: Finish) -> None:
        """Both streams, as they were written."""

        async def talk(run):
            run.print("one")
            run.print_error("two")
            run.print("three")
            return 0

        machine.files.write(rf"{FOLDER}\talk.exe", b"")
        machine.programs["talk.exe"] = talk
        write(machine, "echo zero\ntalk.exe\necho four")

        assert "zero\r\none\r\ntwo\r\nthree\r\nfour\r\n" == finish("t.cmd").output.combined

    def test_what_was_written_before_a_time_out_is_there(self, machine: EmulatedMachine, start: Finish) -> None:
        """A killed batch file has said what it said."""
        write(machine, "echo before\nping -n 100 127.0.0.1 >nul\necho after")
        process = start("t.cmd")
        machine.clock.advance(timedelta(seconds=5))
        process.kill()

        assert "before\r\n" == process.exit.stdout
        assert ["PING.EXE"] == [row.name.upper() for row in machine.processes.running("ping.exe")]

    def test_the_code_page_of_files(self, machine: EmulatedMachine, finish: Finish) -> None:
        """Bytes go through unchanged; chcp changes how they are read, for children too."""
        write(machine, "echo ü>f.txt\nchcp 65001 >nul\ntype f.txt\nmore f.txt")

        assert "ü\r\nü\r\n" == finish("t.cmd").exit.stdout
        assert "ü\r\n".encode() == machine.files.read(rf"{FOLDER}\f.txt")

    def test_a_byte_order_mark_spoils_the_first_line(self, machine: EmulatedMachine, finish: Finish) -> None:
        """As on Windows, where echo stays on then."""
        machine.files.write(rf"{FOLDER}\t.cmd", "\ufeff@echo off\r\n@echo hi\r\n".encode())
        process = finish("t.cmd")

        assert "'∩╗┐@echo' is not recognized" in process.exit.stderr
        assert process.exit.stdout.endswith("hi\r\n")

    def test_the_batch_file_may_change_while_it_runs(self, machine: EmulatedMachine, finish: Finish) -> None:
        """It is read anew after every command."""
        write(machine, "echo echo added>>t.cmd\necho original")

        assert "original\r\nadded\r\n" == finish("t.cmd").exit.stdout


PIECES = (
    '"', "%", "!", "^", "&", "|", "<", ">", "(", ")", "if ", "for ", "%%i in (", "do ", "echo ", "set ", "a", "1", "==",
    " ", "\n", "call ", ":x", "goto ", "~", "/f ", "@", ",", "*", "?", "%~", ":~", "=", "else ", "set /a ", "\\",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_batch_file_breaks_the_command_processor(parts: list[str]) -> None:
    """Whatever is in it, it ends, waits, or an error of ours says what is wrong."""
    from harness.emulator.clock import VirtualClock
    from harness.model.windows import MachineFacts
    from tests.emulator.conftest import START

    facts = MachineFacts(name="PC-042", release="Windows 11 23H2", build=22631, revision=2428)
    with EmulatedMachine(facts, VirtualClock(START, freeze=False)) as machine:
        machine.files.make_folder(FOLDER)
        machine.programs["cmd.exe"] = CommandProcessor(CommandSettings(most_steps=300))
        write(machine, "".join(parts))
        process = machine.processes.start(Command(command_line="t.cmd", working_directory=FOLDER))
        with suppress(NotEmulated):
            machine.clock.advance(timedelta(hours=1))
            assert process.exit is None or 0 <= process.exit.code < 2**32


def test_cases_leave_nothing_behind(machine: EmulatedMachine) -> None:
    """Batch files one after the other on one machine leave no process behind."""
    for case in all_cases()[:40]:
        machine.files.write(rf"{FOLDER}\case\case.{case.kind}", case.content)
        machine.processes.start(Command(command_line=f"case.{case.kind}", working_directory=rf"{FOLDER}\case"))
        machine.clock.advance(timedelta(minutes=5))

    assert () == tuple(machine.processes.running("cmd.exe"))
