"""The command line as a whole: help, errors, ends."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import command_line, run_command_line
from harness.cli.command_line import VERBS
from harness.cli.verb import Verb
from harness.errors import FormatError, MachineError, NotEmulated, Problem, Unavailable, UsageError

REPOSITORY = Path(__file__).parents[2]

#: What `--help` must not load: the formats' cryptography, the machine, the report, the terminal's colours.
_HEAVY = {
    "cattrs",
    "cryptography",
    "defusedxml",
    "freezegun",
    "harness.agent",
    "harness.emulator",
    "harness.formats",
    "harness.report",
    "jinja2",
    "pefile",
    "pyfakefs",
    "pymsi",
    "pytest",
    "rich",
}


def in_a_process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run `ime-harness` as its users do."""
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("arguments", [["--help"], *([verb.name, "--help"] for verb in VERBS)], ids=" ".join)
def test_help_is_printed_without_loading_anything_heavy(arguments: list[str]) -> None:
    """Start-up stays short: the modules are loaded when a verb runs."""
    code = (
        "import sys; from harness.cli import run_command_line; status = run_command_line(sys.argv[1:]);"
        "print('\\0' + ' '.join(sys.modules)); sys.exit(status)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    text, _, modules = ended.stdout.partition("\0")
    assert "usage: ime-harness" in text
    assert set() == _HEAVY & set(modules.split())


def test_every_verb_has_examples_that_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the help suggests is understood."""
    import shlex

    seen = []
    for verb in VERBS:
        monkeypatch.setattr(command_line, "_run", lambda arguments: seen.append(arguments.verb.name) or 0)
        for example in verb.examples:
            program, *arguments = shlex.split(example)
            assert ("ime-harness", 0) == (program, run_command_line(arguments))

    assert {verb.name for verb in VERBS} == set(seen)


def test_lines_of_the_help_fit_a_terminal(ime_harness: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty columns are enough, but for examples, which are to be copied."""
    monkeypatch.setenv("COLUMNS", "80")
    for verb in VERBS:
        lines = ime_harness(verb.name, "--help").out.splitlines()
        assert [] == [line for line in lines if len(line) > 80 and "ime-harness" not in line]


def test_the_version_is_that_of_the_distribution(ime_harness: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up only when asked for."""
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"1.2.3 of {name}")

    assert (0, "ime-harness 1.2.3 of ime-harness\n", "") == tuple(vars(ime_harness("--version")).values())


@pytest.mark.parametrize("arguments", [[], ["fly"], ["pack"], ["run", "x", "--intent", "wish"], ["run", "x", "--nix"]])
def test_arguments_that_are_wrong_end_with_2(ime_harness: Callable, arguments: list[str]) -> None:
    """The usage goes to standard error."""
    ended = ime_harness(*arguments)

    assert (2, "") == (ended.status, ended.out)
    assert ended.err.startswith("usage: ime-harness")


@pytest.fixture
def verb_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    """Return a function that puts a verb `go` in the place of all others."""

    def put(does: Callable[[], int]) -> None:
        verb = Verb(
            name="go",
            summary="",
            description="",
            examples=(),
            add_arguments=lambda _: None,
            run=lambda _: does(),
        )
        monkeypatch.setattr(command_line, "VERBS", (verb,))

    return put


def raising(error: BaseException) -> Callable[[], int]:
    """Return a function that raises."""

    def fail() -> int:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (UsageError("wrong - do right"), 2, "wrong - do right\n"),
        (FormatError("x", [Problem("$", "a"), Problem("$.b", "c")]), 2, "x: $: a\nx: $.b: c\n"),
        (NotEmulated("it", where="there", hint="wait"), 3, "not emulated: it (in there) - wait\n"),
        (Unavailable("no such thing here"), 3, "no such thing here\n"),
        (MachineError(5, "access denied", "C:\\x"), 1, "[WinError 5] access denied: C:\\x\n"),
        (UsageError("a\x1b[2Jb\u202e"), 2, "a\\x1b[2Jb\\u202e\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_made_on_purpose_are_shown_as_they_are(
    ime_harness: Callable, verb_that: Callable, *, error: Exception, status: int, message: str
) -> None:
    """One message without a traceback, nothing in it that a terminal obeys, and the family's status."""
    verb_that(raising(error))

    ended = ime_harness("go")

    assert (status, "", message) == (ended.status, ended.out, ended.err)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_bug(ime_harness: Callable, verb_that: Callable, code: int) -> None:
    """Wherever it was met: a temporary file, a report, the terminal's redirection."""
    verb_that(raising(OSError(code, os.strerror(code))))

    expected = (3, "", "cannot write: no space left - free some, or write to another place\n")
    assert expected == tuple(vars(ime_harness("go")).values())


def test_any_other_error_is_a_bug(ime_harness: Callable, verb_that: Callable) -> None:
    """It is shown whole, with what to do, and is nobody's verdict."""
    verb_that(raising(ValueError("oops")))

    ended = ime_harness("go")

    assert 70 == ended.status
    assert "Traceback" in ended.err
    assert "ValueError: oops" in ended.err
    assert ended.err.endswith("this is a bug in ime-harness - please report it with the command and the lines above\n")


def test_ctrl_c_ends_calmly(ime_harness: Callable, verb_that: Callable) -> None:
    """No traceback, and the status shells give it."""
    verb_that(raising(KeyboardInterrupt()))

    assert (130, "", "interrupted\n") == tuple(vars(ime_harness("go")).values())


@pytest.mark.skipif(sys.platform == "win32", reason="closing a pipe under a process differs on Windows")
@pytest.mark.parametrize("arguments", [["--json"], []], ids=["json", "words"])
def test_a_reader_that_goes_away_is_no_error(notes: Path, arguments: list[str]) -> None:
    """`ime-harness ... | head -1` prints nothing on standard error."""
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "harness", "inspect", str(notes), *arguments],
            cwd=REPOSITORY,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)

    assert (141, "") == (ended.returncode, ended.stderr)


def test_a_broken_pipe_gives_the_status_of_the_signal(verb_that: Callable, tmp_path: Path) -> None:
    """What Python flushes at its end goes nowhere then."""
    verb_that(raising(BrokenPipeError()))
    with (tmp_path / "out").open("w") as stream, pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", stream)

        status = run_command_line(["go"])
        stream.write("lost")

    assert (141, "") == (status, (tmp_path / "out").read_text())


def test_a_stream_that_cannot_write_a_character_escapes_it(
    monkeypatch: pytest.MonkeyPatch, verb_that: Callable
) -> None:
    """A console in an old code page does not stop the run."""
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    verb_that(lambda: 0 * sys.stdout.write("Grüße"))

    assert 0 == run_command_line(["go"])
    assert b"Gr\\xfc\\xdfe" == narrow.buffer.getvalue().strip()  # type: ignore[attr-defined]


def test_a_run_in_a_process_of_its_own(notes: Path, packages: Path, tmp_path: Path) -> None:
    """The three statuses of a deployment, with clean streams."""
    legacy = packages / "contoso-legacy"

    good = in_a_process("run", notes, "--json", "--report", tmp_path / "r.html")
    failed = in_a_process(
        "run", legacy / "contoso-legacy.intunewin", "--app", legacy / "contoso-legacy-wrong-view.json"
    )
    wrong = in_a_process("run", REPOSITORY / "pyproject.toml")

    assert (0, "installed", f"wrote the report to {tmp_path / 'r.html'}\n") == (
        good.returncode,
        json.loads(good.stdout)["outcome"],
        good.stderr,
    )
    assert (1, "", True) == (failed.returncode, failed.stderr, failed.stdout.startswith("FAILED  "))
    assert (2, "", 1) == (wrong.returncode, wrong.stdout, len(wrong.stderr.splitlines()))
