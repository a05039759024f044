"""What the command processor and its tools say when the machine refuses, and odd corners of single parts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from harness.emulator.changes import Change
from harness.emulator.cmd.arithmetic import ArithmeticFault, evaluate
from harness.emulator.cmd.expansion import changed
from harness.emulator.cmd.listing import attributes_fit, check_letters
from harness.emulator.cmd.loop_text import read_options, tokens_of
from harness.emulator.cmd.tools.expressions import compiled, has_meta, literal
from harness.emulator.cmd.wildcards import matches, renamed, short_form
from harness.emulator.cmd.wording import error_text
from harness.emulator.installers import Installer
from harness.emulator.machine import EmulatedMachine
from harness.emulator.processes import EmulatedProcess
from harness.errors import MachineError, NotEmulated
from harness.model.commands import Command
from harness.model.windows import Account

FOLDER = r"C:\Package"
IN_USE = "The process cannot access the file because it is being used by another process.\n"
Finish = Callable[..., EmulatedProcess]


def write(machine: EmulatedMachine, script: str, name: str = "t.cmd") -> None:
    """Write a batch file into the package's folder."""
    machine.files.write(rf"{FOLDER}\{name}", f"@echo off\n{script}\n".replace("\n", "\r\n").encode())


def ran(machine: EmulatedMachine, script: str, **settings: object) -> tuple[int, str]:
    """Run a batch file; return its exit code and all it wrote."""
    write(machine, script)
    process = machine.processes.start(Command(command_line="t.cmd", working_directory=FOLDER, **settings))
    machine.clock.advance(timedelta(hours=1))
    return process.exit.code, process.output.combined.replace("\r\n", "\n")


class TestStandardUser:
    """Somebody without the rights of an administrator."""

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            (r"md C:\Windows\x", "Access is denied.\n"),
            (r"echo x>C:\Windows\x.txt", "Access is denied.\n"),
            (r"copy t.cmd C:\Windows\x.txt", "Access is denied.\n        0 file(s) copied.\n"),
            (r"copy nul C:\Windows\x.txt", "Access is denied.\n        0 file(s) copied.\n"),
            (r"move C:\Windows\win.ini C:\Users\Public\x.ini", "Access is denied.\n        0 file(s) moved.\n"),
            (r"ren C:\Windows\win.ini x.ini", "Access is denied.\n"),
            (r"del C:\Windows\win.ini", "C:\\Windows\\win.ini\nAccess is denied.\n"),
            (r"rd C:\Windows\Panther", "Access is denied.\n"),
            (r"mklink C:\Users\Public\l C:\x", "You do not have sufficient privilege to perform this operation.\n"),
            (r"attrib +r C:\Windows\win.ini", "Access is denied - C:\\Windows\\win.ini\n"),
            (r"type C:\Windows\System32\config\SAM.txt", "Access is denied.\n"),
            (r"more C:\Windows\System32\config\SAM.txt", "Cannot access file C:\\Windows\\System32\\config\\SAM.txt\n"),
            (r'find "a" C:\Windows\System32\config\SAM.txt',
             "File not found - C:\\WINDOWS\\SYSTEM32\\CONFIG\\SAM.TXT\n"),
            (r'findstr "a" C:\Windows\System32\config\SAM.txt', None),
            (r"for /f %%a in (C:\Windows\System32\config\SAM.txt) do echo %%a", "Access is denied.\n"),
            (r"rd /s /q C:\Windows\Fonts", None),
        ],
    )  # fmt: skip
    def test_it_is_refused(self, machine: EmulatedMachine, ada: Account, script: str, expected: str | None) -> None:
        """With Windows' words; nothing changes."""
        session = machine.sign_in(ada)
        machine.files.write(r"C:\Windows\System32\config\SAM.txt", b"secret")
        machine.files.write(r"C:\Windows\Fonts\a.ttf", b"font")
        write(machine, script)
        before = machine.snapshot()
        _, output = ran(machine, script, account=ada, session_id=session.id)

        if expected is None:
            assert "secret" not in output
        else:
            assert expected.lower() == output.lower()
        assert not [each for each in machine.changes_since(before).files if each.change is Change.REMOVED]

    def test_a_dialog_on_the_screen_is_not_modelled(self, machine: EmulatedMachine, ada: Account) -> None:
        """A person would press a key."""
        session = machine.sign_in(ada)

        with pytest.raises(NotEmulated, match="a dialog on"):
            ran(machine, "pause", account=ada, session_id=session.id)


class TestInUse:
    """Files that somebody holds."""

    def test_robocopy_tries_again(self, machine: EmulatedMachine) -> None:
        """As often as told, waiting in between, then the exit code says so."""
        machine.files.write(rf"{FOLDER}\s\a", b"new content")
        machine.files.write(rf"{FOLDER}\t\a", b"old")
        with machine.files.open(rf"{FOLDER}\t\a"):
            code, output = ran(machine, "robocopy s t /r:2 /w:10 /njh /njs /ndl")

        assert 8 == code
        assert 3 == output.count("ERROR 32 (0x00000020) Copying File C:\\Package\\s\\a")
        assert 2 == output.count("Waiting 10 seconds...")
        assert "08:00:20 ERROR 32" in output
        assert output.endswith("ERROR: RETRY LIMIT EXCEEDED.\n\n")

    def test_robocopy_cannot_purge(self, machine: EmulatedMachine) -> None:
        """What it cannot delete is a failure."""
        machine.files.make_folder(rf"{FOLDER}\s")
        machine.files.write(rf"{FOLDER}\t\a", b"old")
        with machine.files.open(rf"{FOLDER}\t\a"):
            code, output = ran(machine, "robocopy s t /purge /njh /njs /ndl")

        assert (10, True) == (code, "Deleting Extra File C:\\Package\\t\\a" in output)

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("rd /s /q t", f"t\\a - {IN_USE}"),
            ("move t u", "Access is denied.\n"),
            ("move t\\a u", f"{IN_USE}        0 file(s) moved.\n"),
            ("copy /y f t\\a", f"{IN_USE}        0 file(s) copied.\n"),
            ("ren t\\a b", IN_USE),
            ("copy /y *.t t\\a*", "f.t\n        1 file(s) copied.\n"),
        ],
    )  # fmt: skip
    def test_it_is_said(self, machine: EmulatedMachine, script: str, expected: str) -> None:
        """And the rest goes on."""
        for name in ("f", "f.t", r"t\a"):
            machine.files.write(rf"{FOLDER}\{name}", b"x")
        with machine.files.open(rf"{FOLDER}\t\a"):
            _, output = ran(machine, script)

        assert expected in output


class TestStarting:
    """Programs that do not start."""

    def test_a_file_that_is_no_program(self, machine: EmulatedMachine) -> None:
        """Windows' error, by its number."""
        machine.files.write(rf"{FOLDER}\x.exe", b"text")

        assert (193, "x.exe is not a valid Win32 application.\n") == ran(machine, "x.exe")

    def test_start_says_it_too(self, machine: EmulatedMachine) -> None:
        """In its own way."""
        machine.files.write(rf"{FOLDER}\x.exe", b"text")

        assert (9059, "x.exe is not a valid Win32 application.\n") == ran(machine, "start x.exe")

    def test_an_msi_is_installed(self, machine: EmulatedMachine) -> None:
        """By name, with `start` and without."""
        machine.files.write(rf"{FOLDER}\a.msi", b"")
        machine.programs["msiexec.exe"] = Installer(exit_code=1620)

        assert [1620, 1620] == [ran(machine, "a.msi /qn")[0], ran(machine, "start /wait a.msi /qn")[0]]

    def test_a_declared_program_elsewhere_is_found_by_its_path(self, machine: EmulatedMachine) -> None:
        """The current folder comes before the system's."""
        machine.files.write(rf"{FOLDER}\ping.exe", b"")
        machine.programs[rf"{FOLDER}\ping.exe"] = Installer(exit_code=77)

        assert 77 == ran(machine, "ping")[0]

    def test_a_name_with_an_extension_is_no_built_in_command(self, machine: EmulatedMachine) -> None:
        """When there is such a program."""
        machine.files.write(rf"{FOLDER}\time.exe", b"")
        machine.programs["time.exe"] = Installer(exit_code=5)

        assert 5 == ran(machine, "time.exe")[0]

    def test_output_of_what_goes_on_in_the_same_window(self, machine: EmulatedMachine) -> None:
        """Comes as long as the command processor is there."""
        code, output = ran(machine, 'start "" /b cmd /c echo child\nping -n 2 127.0.0.1 >nul\necho end')

        assert (0, "child\nend\n") == (code, output)

    @pytest.mark.parametrize(
        ("network", "line", "expected"),
        [
            (False, "ping contoso.com", "Ping request could not find host contoso.com."),
            (False, "ping -n 1 10.0.0.1", "PING: transmit failed. General failure."),
            (True, "ping -n 1 -w 500 203.0.113.7", "Request timed out."),
        ],
    )
    def test_nobody_answers_a_ping(self, machine: EmulatedMachine, network: object, line: str, expected: str) -> None:
        """Without a network, or where nobody is."""
        if not network:
            machine.network.goes_offline()
            machine.clock.advance(timedelta(seconds=1))
        code, output = ran(machine, line)

        assert (1, True) == (code, expected in output)


class TestCommandLines:
    """What goes wrong on a command line, not in a batch file."""

    @pytest.mark.parametrize(
        ("line", "code", "expected"),
        [
            ("cmd /c if", 255, "The syntax of the command is incorrect.\r\n"),
            ("cmd /c echo a | | b", 255, "| was unexpected at this time.\r\n"),
            ("cmd /c goto x", 0, ""),
            ("cmd /c shift", 0, ""),
            ("cmd /c setlocal", 0, ""),
            ("cmd /c endlocal", 0, ""),
            ("cmd /c exit", 0, ""),
            ("cmd /c exit /b 3", 3, ""),
            ("cmd /c echo a | exit 4", 4, ""),
            ("cmd /c echo %RANDOM:~0,0%x%HIGHESTNUMANODENUMBER%", 0, "x0\r\n"),
            ("cmd /c echo %CMDCMDLINE%", 0, "cmd /c echo %CMDCMDLINE%\r\n"),
            ("cmd /c for /f %a in ('exit 3') do echo %a", 0, ""),
        ],
    )
    def test_it_ends_with(self, finish: Finish, line: str, code: int, expected: str) -> None:
        """A result, and what is said."""
        process = finish(line)

        assert (code, expected) == (process.exit.code, process.output.combined)

    def test_a_long_one_is_refused(self, finish: Finish) -> None:
        """When its variables make it too long."""
        process = finish("cmd /c echo %A%%A%", environment={"A": "x" * 5000})

        assert (1, "The input line is too long.\r\n") == (process.exit.code, process.exit.stderr)


class TestParts:
    """Single functions at their edges."""

    @pytest.mark.parametrize(
        ("name", "pattern", "expected"),
        [
            ("a.txt", "*.*", True),
            ("a", "*.*", True),
            ("a", "*.", True),
            ("a.t", "*.", False),
            ("page.html", "*.htm", True),
            ("page.htm", "*.html", False),
            ("ab", "a?", True),
            ("a", "a?", True),
            ("a", "a??", True),
            ("abc", "a?", False),
            ("a.txt", "a?.txt", True),
            ("A.TXT", "a.txt", True),
            ("axb", "a*b", True),
            ("a", "a.?", True),
            ("aaaa", "*a*a*", True),
            (".x", "*.x", True),
        ],
    )
    def test_patterns(self, name: str, pattern: str, expected: bool) -> None:  # noqa: FBT001 - a table
        """As FindFirstFile matches them."""
        assert expected is matches(name, pattern)

    @pytest.mark.parametrize(
        ("name", "pattern", "expected"),
        [
            ("a.txt", "*.log", "a.log"),
            ("abc.txt", "x*", "xbc.txt"),
            ("abc.txt", "?x?", "axc"),
            ("a.b.c", "*.x", "a.b.x"),
            ("abc", "*.x", "abc.x"),
            ("abcd.txt", "*c.y", "abc.y"),
            ("abc.txt", "*", "abc.txt"),
            ("a.txt", "b.", "b"),
            ("abc.txt", "**", "abc.txt"),
        ],
    )
    def test_renaming_by_pattern(self, name: str, pattern: str, expected: str) -> None:
        """As `ren` does it."""
        assert expected == renamed(name, pattern)

    def test_short_names(self) -> None:
        """Of a long name, and of one without an extension."""
        assert ["LONGNA~1.TEX", "A_B~2", "NAME~1"] == [
            short_form("long name.text"),
            short_form("a+b", 2),
            short_form("name", 1),
        ]

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ("~abc", "qwerty"),
            ("~0x2", "erty"),
            ("~010,1", ""),
            ("~-99,2", "qw"),
            ("~1,-99", ""),
            ("nothing", "qwerty"),
            ("=x", "qwerty"),
            ("*=x", "qwerty"),
            ("*z=x", "qwerty"),
            ("*e=x", "xrty"),
            ("=a=x", "qwerty"),
        ],
    )
    def test_changes_of_values(self, change: str, expected: str) -> None:
        """What follows the colon."""
        assert expected == changed("qwerty", change)

    @pytest.mark.parametrize("text", ["1 +", "(1", "1)", "1 2", "$ $", "0x", "09", "=1", "99999999999", "1//0", "<>"])
    def test_calculations_that_fail(self, text: str) -> None:
        """With a code of their own."""
        with pytest.raises(ArithmeticFault) as caught:
            evaluate(text, lambda _: None, lambda *_: None)
        assert 1073750988 <= caught.value.code <= 1073750993

    def test_deep_calculations_fail(self) -> None:
        """Before Python does."""
        with pytest.raises(ArithmeticFault):
            evaluate("(" * 500 + "1" + ")" * 500, lambda _: None, lambda *_: None)

    def test_values_of_variables_that_are_too_large(self) -> None:
        """They are cut off at the largest number."""
        assert 2**31 - 1 == evaluate("A", {"A": "99999999999"}.get, lambda *_: None)

    @pytest.mark.parametrize("text", ["tokens=a", "tokens=32", "tokens=1-40", "eol", "skip=x", "tokens=1--2"])
    def test_options_of_loops_that_make_no_sense(self, text: str) -> None:
        """They are refused."""
        assert read_options(text) is None

    def test_tokens_with_gaps(self) -> None:
        """Commas may be doubled; the comment sign may be any."""
        options = read_options("tokens=2,,4* delims=: eol=x")

        assert ["b", "d", "e:f"] == tokens_of("a:b:c:d:e:f", options)
        assert tokens_of("xa:b", options) is None

    def test_expressions(self) -> None:
        """What `findstr` takes for one, and what not."""
        assert [True, False, True, False] == [has_meta(each) for each in ("a.b", r"a\.b", r"\<a", "ab")]
        assert r"a\.b\\c" == literal(r"a.b\\c")
        assert compiled("[]", is_caseless=False).search("[]")
        assert compiled(r"\.$x^", is_caseless=False).search(".$x^")
        assert compiled("[z-a]", is_caseless=False).search("-")

    def test_letters_of_attributes(self) -> None:
        """Unknown ones are refused."""
        with pytest.raises(ValueError, match="q"):
            check_letters("r-q")

    def test_texts_of_errors(self) -> None:
        """Known ones are Windows' own; others say what the machine said."""
        assert "The file exists." == error_text(80)
        assert "Something odd." == error_text(MachineError(99999, "something odd"))
        assert "99999" in error_text(99999)


def test_attributes_of_a_file(machine: EmulatedMachine) -> None:
    """Minus asks for what a file has not."""
    info = machine.files.info(r"C:\Windows\win.ini")

    assert [True, False, True] == [attributes_fit(info, letters) for letters in ("-d", "d", "-h-r")]
