"""The families of errors: who must act, what they say, how they travel."""

import errno
import pickle

import pytest

from harness.errors import FormatError, HarnessError, MachineError, NotEmulated, Problem, Unavailable, UsageError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (HarnessError("x"), 1),
        (MachineError(5, "access is denied"), 1),
        (UsageError("x"), 2),
        (FormatError("a.json", "x"), 2),
        (Unavailable("x"), 3),
        (NotEmulated("x", where="y", hint="z"), 3),
    ],
)
def test_the_family_decides_the_exit_status(error, status):
    """The device's failure is 1, the caller's mistake 2, what is missing 3; all are one family."""
    assert status == error.exit_status
    assert isinstance(error, HarnessError)


def test_a_format_error_names_every_problem_with_its_place():
    """One line per problem: document, place, message."""
    error = FormatError("app.json", [Problem("$.rules[0]", "expected an object"), Problem("", "is empty")])

    assert "app.json: $.rules[0]: expected an object\napp.json: is empty" == str(error)


def test_a_format_error_of_one_sentence_is_about_the_whole_document():
    """A plain text stands for one problem without a place."""
    assert (Problem("", "is truncated"),) == FormatError("a.intunewin", "is truncated").problems


def test_a_machine_error_is_an_os_error_with_both_codes():
    """Code under test that catches `OSError` behaves as on Windows."""
    error = MachineError(2, "the system cannot find the file specified", r"C:\gone.txt")

    assert isinstance(error, OSError)
    assert (2, errno.ENOENT, r"C:\gone.txt") == (error.winerror, error.errno, error.filename)
    assert r"[WinError 2] the system cannot find the file specified: C:\gone.txt" == str(error)


def test_a_machine_error_without_a_place_says_only_what_happened():
    """No colon without something behind it."""
    assert "[WinError 1060] no such service" == str(MachineError(1060, "no such service"))


@pytest.mark.parametrize(
    ("winerror", "expected"),
    [
        (3, errno.ENOENT),
        (5, errno.EACCES),
        (32, errno.EACCES),
        (183, errno.EEXIST),
        (112, errno.ENOSPC),
        (145, errno.ENOTEMPTY),
        (193, errno.ENOEXEC),
        (267, errno.ENOTDIR),
        (1060, errno.EINVAL),
    ],
)
def test_windows_codes_have_the_errno_of_the_c_runtime(winerror, expected):
    """What is not in the table is EINVAL, as there."""
    assert expected == MachineError(winerror, "x").errno


def test_not_emulated_says_what_where_and_what_to_do():
    """The message is complete by itself."""
    error = NotEmulated("MSI table 'ODBCDriver'", where="setup.msi", hint="leave it out")

    assert "not emulated: MSI table 'ODBCDriver' (in setup.msi) - leave it out" == str(error)


@pytest.mark.parametrize(
    "error",
    [
        FormatError("app.json", [Problem("$.a", "one"), Problem("$.b", "two")]),
        MachineError(32, "in use", r"C:\busy.txt"),
        NotEmulated("a", where="b", hint="c"),
        UsageError("x"),
    ],
)
def test_errors_travel_between_processes(error):
    """Parallel test runs pickle errors; nothing is lost on the way."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert (type(error), str(error), vars(error)) == (type(copy), str(copy), vars(copy))
    assert getattr(error, "winerror", None) == getattr(copy, "winerror", None)
