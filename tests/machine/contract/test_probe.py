"""The probe: what its words mean, on this computer and on the emulated machine."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from harness.emulator.baseline import MACHINES
from harness.emulator.clock import VirtualClock
from harness.emulator.examinee import EmulatedExaminee
from harness.errors import UsageError
from harness.machine.contract.probe import Word, main, parse
from harness.machine.contract.probing import ended, probed, started, told

MODULE = "harness.machine.contract.probe"


@pytest.fixture(scope="module")
def machine():
    """Give a machine that sits the exam."""
    clock = VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC), freeze=False)
    with EmulatedExaminee(MACHINES["Windows 11 23H2"], clock) as machine:
        yield machine


class TestWords:
    """The language."""

    def test_verbs_and_operands(self):
        """What follows the first colon belongs to the word."""
        assert [Word("print", "a:b"), Word("cwd"), Word("exit", "3")] == parse(["print:a:b", "cwd", "exit:3"])

    def test_arguments_are_told_and_not_done(self):
        """All after `args`."""
        assert [Word("pid"), Word("arg", "exit:3"), Word("arg", "")] == parse(["pid", "args", "exit:3", ""])

    @pytest.mark.parametrize("word", ["", "nosuch", "exit", "cwd:", ":"])
    def test_unknown_words(self, word):
        """Told with those there are."""
        with pytest.raises(UsageError, match="the probe does not know the word"):
            parse([word])


class TestReal:
    """As a program of this computer."""

    def run(self, *words, **settings):
        """Start the module as a program."""
        return subprocess.run(
            [sys.executable, "-m", MODULE, *words], capture_output=True, text=True, check=False, **settings
        )

    def test_it_is_a_program(self):
        """Streams, input, exit code."""
        how = self.run("print:hello", "error:wrong", "readline", "readline", "exit:7", "print:never", input="one\n")

        assert (7, ["hello", '"one"', "null"], ["wrong"]) == (
            how.returncode,
            how.stdout.splitlines(),
            how.stderr.splitlines(),
        )

    def test_facts(self, capsys, monkeypatch, tmp_path):
        """Folder, variables, itself."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("IMEHARNESS", "x")
        words = ["cwd", "env:IMEHARNESS", "env:IMEHARNESS_NOSUCH", "bits", "pid", "parent", "image", "args", "a b"]

        assert 0 == main(words)

        cwd, known, unknown, bits, pid, parent, image, argument = map(json.loads, capsys.readouterr().out.splitlines())
        assert (str(tmp_path.resolve()), "x", None, "a b") == (cwd, known, unknown, argument)
        assert (True, True, sys.executable) == (bits in (32, 64), pid != parent, image)

    def test_variables_can_be_set_and_required(self, monkeypatch):
        """A missing one is as an empty one."""
        monkeypatch.setenv("IMEHARNESS", "old")

        assert 0 == main(["set:IMEHARNESS=new", "require:IMEHARNESS=new", "require:IMEHARNESS_NOSUCH="])
        assert 1 == main(["require:IMEHARNESS=old"])

    def test_children(self, tmp_path):
        """Started and killed; a missing one is an error's number."""
        held = tmp_path / "held"
        held.write_bytes(b"")
        how = self.run(f"hold:{held}", f"spawn:{sys.executable}", "spawn:imeharness-nosuch", "sleep:0", input="")

        pid, error = map(json.loads, how.stdout.splitlines())
        assert (0, True) == (how.returncode, pid > 0 > error)
        first, second = map(json.loads, self.run(f"kill:{pid}", "kill:99999999").stdout.splitlines())
        assert (True, True) == (first >= 0, second > 0)

    def test_waiting_for_a_child(self, capsys):
        """Its exit code; without a child there is nothing to wait for."""
        main([f"spawn:{sys.executable}" if sys.platform == "win32" else "spawn:true", "wait"])
        assert "0" == capsys.readouterr().out.splitlines()[1]

        with pytest.raises(UsageError, match="no child to wait for"):
            main(["wait"])

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows knows these")
    @pytest.mark.parametrize("word", ["session", "account", "elevated", "command-line", "lock:x"])
    def test_what_only_windows_knows(self, word):
        """Elsewhere there is no answer."""
        with pytest.raises(AttributeError):
            main([word])


class TestEmulated:
    """As a program of the emulated machine."""

    def test_every_word(self, machine):
        """Each does what it says."""
        words = "print:hello error:wrong set:A=1 require:A=1 sleep:1 account session bits pid parent cwd image elevated"
        process = started(machine, f"{machine.probe} {words} command-line exit:3")
        how = ended(machine, process)

        hello, *facts, line = how.stdout.splitlines()
        info = process.info
        assert ("hello", "wrong\r\n", 3) == (hello, how.stderr, how.code)
        assert [
            *(r"NT AUTHORITY\SYSTEM", 0, 64, info.pid, 0),
            *(info.working_directory, info.image_path, True),
        ] == [json.loads(fact) for fact in facts]
        assert info.command_line == json.loads(line)

    def test_children(self, machine):
        """Started, waited for, killed."""
        probe = machine.probe
        pid, missing, own = told(machine, f'"spawn:{probe} sleep:60" spawn:nosuch pid')

        assert (True, -2, True) == (pid > 0, missing, own < pid)
        assert 4 == told(machine, f'"spawn:{probe} exit:4" wait')[1]
        assert [0, 87] == told(machine, f"kill:{pid} kill:{pid}")

    def test_waiting_without_a_child(self, machine):
        """The author's mistake."""
        with pytest.raises(UsageError, match="no child to wait for"):
            probed(machine, "wait")

    def test_one_that_hangs(self, machine):
        """A check says so, and ends it."""
        process = started(machine, f"{machine.probe} sleep:1000")

        with pytest.raises(AssertionError, match="still runs after"):
            ended(machine, process)
        assert process.exit
