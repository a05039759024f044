r"""Windows command lines."""

import mslex
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.formats.commandline import (
    Program,
    expand_environment,
    join_command_line,
    program_of,
    quote_argument,
    split_arguments,
    split_command_line,
)

#: Texts in which everything that matters to splitting is frequent.
_awkward = st.text(alphabet='ab "\\\t\n%', max_size=12)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ('"a b c" d e', ["a b c", "d", "e"]),
        (r'"ab\"c" "\\" d', ['ab"c', "\\", "d"]),
        (r'a\\\b d"e f"g h', [r"a\\\b", "de fg", "h"]),
        (r"a\\\"b c d", [r"a\"b", "c", "d"]),
        (r'a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        (r'"c:\temp\" opt', [r'c:\temp" opt']),
        ("three\tfour\rfour\nfour ", ["three", "four\rfour\nfour"]),
        ('a"one" "second"b', ["aone", "secondb"]),
        ('a "unclosed', ["a", "unclosed"]),
        ('a "', ["a", ""]),
        ('"" b', ["", "b"]),
        ('two""quotes next', ["twoquotes", "next"]),
        ('three"""quotes next', ['three"quotes', "next"]),
        ('four"""" quotes" next', ['four" quotes', "next"]),
        ('"two""quotes next', ['two"quotes', "next"]),
        ('"two"" next', ['two"', "next"]),
        ('"three""" quotes" next', ['three" quotes', "next"]),
        (r'"the crazy \\"""\\" quotes', ['the crazy \\"\\', "quotes"]),
        ("", []),
        ("  ", []),
    ],
)
def test_arguments_are_split_as_windows_does(tail, expected):
    """The documented examples, the classic trap of a folder's last backslash, and runs of quotes."""
    assert expected == split_arguments(tail)
    assert ["setup.exe", *expected] == split_command_line(f"setup.exe {tail}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("exe", ["exe"]),
        ('exe"file"path arg', ['exe"file"path', "arg"]),
        ('exe"path\\ arg', ['exe"path\\', "arg"]),
        ('"spaced exe"\t"next arg"', ["spaced exe", "next arg"]),
        ('"exe"arg" one" two', ["exe", "arg one", "two"]),
        ('"spaced exe\\"arg two', ["spaced exe\\", "arg", "two"]),
        ('"two"" arg ', ["two", " arg "]),
        ('"unclosed name', ["unclosed name"]),
        (' "arg"one two', ["", "argone", "two"]),
    ],
)
def test_the_program_has_rules_of_its_own(line, expected):
    """Backslashes mean nothing in it, and it ends at its quote even when no blank follows."""
    assert expected == split_command_line(line)


@given(_awkward)
@settings(deadline=None, max_examples=200)
def test_splitting_agrees_with_mslex(tail):
    """Another implementation gives the same arguments; it takes line breaks for blanks, so they are left out."""
    assume("\n" not in tail)

    assert mslex.split_msvcrt(tail) == split_arguments(tail)


@given(st.lists(st.one_of(_awkward, st.text(max_size=8)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=200)
def test_what_is_joined_splits_into_the_same(arguments):
    """Joining and splitting are each other's inverse."""
    assume('"' not in arguments[0])

    assert arguments == split_command_line(join_command_line(arguments))


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("plain", "plain"),
        ("", '""'),
        (r"C:\x\ ", r'"C:\x\ "'),
        ("C:\\a b\\", r'"C:\a b\\"'),
        ('say "hi"', r'"say \"hi\""'),
        ('a\\\\"b', r'"a\\\\\"b"'),
        (r"a\b c", r'"a\b c"'),
        ("a b\n", '"a b\n"'),
        (r"C:\plain" + "\\", r"C:\plain" + "\\"),
    ],
)
def test_arguments_are_quoted_only_where_needed(argument, expected):
    """Backslashes are doubled before quotes and at the end of quoted arguments, nowhere else."""
    assert expected == quote_argument(argument)


def test_a_long_run_of_backslashes_is_quoted_in_linear_time():
    """Hostile arguments do not stall."""
    run = "\\" * 30_000

    assert f'"a {run}b"' == quote_argument(f"a {run}b")
    assert f'"a {run * 2}"' == quote_argument(f"a {run}")


def test_joining_nothing_gives_an_empty_line():
    """An empty list and an empty line belong together."""
    assert "" == join_command_line([])


@pytest.mark.parametrize(
    ("arguments", "expected"), [(["a b.exe", "c"], '"a b.exe" c'), (["", "c"], '"" c'), (["a\nb.exe"], "a\nb.exe")]
)
def test_a_program_is_quoted_when_it_has_blanks(arguments, expected):
    """Only blanks and emptiness need quotes in the program's place."""
    assert expected == join_command_line(arguments)


def test_a_program_name_with_a_quote_cannot_be_written():
    """There is no escape in the program's place, so it is refused rather than written wrong."""
    with pytest.raises(UsageError, match="holds a quote - a command line cannot express that"):
        join_command_line(['a"b.exe'])


def test_an_unquoted_name_with_blanks_is_tried_at_every_blank():
    """The example of the CreateProcess reference."""
    assert [
        (r"c:\program.exe", r"files\sub dir\program name"),
        (r"c:\program files\sub.exe", r"dir\program name"),
        (r"c:\program files\sub dir\program.exe", "name"),
        (r"c:\program files\sub dir\program name.exe", ""),
    ] == [(one.name, one.arguments) for one in program_of(r"c:\program files\sub dir\program name")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('"c:\\a b\\setup.exe"  /S "x y"', [(r"c:\a b\setup.exe", '/S "x y"')]),
        ('"c:\\a b\\setup"/S', [(r"c:\a b\setup.exe", "/S")]),
        ('"unclosed name', [("unclosed name.exe", "")]),
        ('msiexec /i "x y.msi" /qn', [("msiexec.exe", '/i "x y.msi" /qn'), ("msiexec /i.exe", '"x y.msi" /qn')]),
        ("install.cmd", [("install.cmd", "")]),
        ("  setup.exe\t ", [("setup.exe", "")]),
        (r"c:\v1.2\setup", [(r"c:\v1.2\setup.exe", "")]),
        ("setup.", [("setup.", "")]),
        ("c:setup", [("c:setup.exe", "")]),
        ('setup"x" y', []),
        ("", []),
        ("   ", []),
        ('""', []),
    ],
)
def test_the_program_of_a_line(line, expected):
    """Quoted names stand alone, `.exe` is appended to a last part without a full stop, quotes end the search."""
    assert [Program(name=name, arguments=arguments) for name, arguments in expected] == list(program_of(line))


def test_names_longer_than_a_path_can_be_are_not_tried():
    """A line of many words gives few candidates."""
    assert ("x" * 260 + ".exe",) == tuple(one.name for one in program_of("x" * 260 + " y"))
    assert () == program_of("x" * 261)
    assert 131 > len(program_of("a " * 10_000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"%windir%\Sysnative\cmd.exe", r"C:\Windows\Sysnative\cmd.exe"),
        (r"%WINDIR%%WinDir%", r"C:\WindowsC:\Windows"),
        ("%ProgramFiles(x86)%", r"C:\Program Files (x86)"),
        ("%none%", "%none%"),
        ("%none%windir%", r"%noneC:\Windows"),
        ("100% %windir%", r"100% C:\Windows"),
        ("50%", "50%"),
        ("%%windir%%", r"%C:\Windows%"),
        ("%%", "%%"),
        ("%self%", "%windir%"),
        ("plain", "plain"),
        ("", ""),
        ("%empty%x", "x"),
    ],
)
def test_environment_variables_are_expanded(text, expected):
    """Without regard to case, once, and unknown ones are left as they are."""
    variables = {
        "windir": r"C:\Windows",
        "ProgramFiles(x86)": r"C:\Program Files (x86)",
        "self": "%windir%",
        "EMPTY": "",
    }

    assert expected == expand_environment(text, variables)


@given(_awkward)
@settings(deadline=None, max_examples=100)
def test_text_without_variables_is_not_changed(text):
    """Percent signs alone mean nothing."""
    assert text == expand_environment(text, {"NOTTHERE": "x"})
