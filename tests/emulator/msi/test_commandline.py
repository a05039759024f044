"""msiexec's command line."""

import pytest

from harness.emulator.msi.commandline import Misuse, UiLevel, Verb, parse_command_line
from harness.errors import NotEmulated

GUID = "{11111111-2222-3333-4444-555555555555}"


@pytest.mark.parametrize(
    ("line", "verb", "target"),
    [
        ("msiexec /i app.msi", Verb.INSTALL, "app.msi"),
        ('"C:\\Windows\\System32\\msiexec.exe" -I "my app.msi"', Verb.INSTALL, "my app.msi"),
        ("msiexec /package app.msi", Verb.INSTALL, "app.msi"),
        (f"MsiExec.exe /X{GUID}", Verb.UNINSTALL, GUID),
        (f"msiexec /uninstall {GUID}", Verb.UNINSTALL, GUID),
        (r"msiexec /iC:\a\app.msi", Verb.INSTALL, r"C:\a\app.msi"),
        ("msiexec /f app.msi", Verb.REPAIR, "app.msi"),
        (f"msiexec /famus{GUID}", Verb.REPAIR, GUID),
    ],
)
def test_verb_and_target_are_read(line: str, verb: Verb, target: str) -> None:
    """A package or product follows the option, after a blank or at once."""
    command = parse_command_line(line)

    assert (verb, target) == (command.verb, command.target)


@pytest.mark.parametrize(
    ("switch", "level", "shows_errors"),
    [
        ("", UiLevel.FULL, True),
        ("/q", UiLevel.NONE, False),
        ("/qn", UiLevel.NONE, False),
        ("/quiet", UiLevel.NONE, False),
        ("/qb", UiLevel.BASIC, True),
        ("/qb!", UiLevel.BASIC, True),
        ("/QB-!", UiLevel.BASIC, False),
        ("/passive", UiLevel.BASIC, True),
        ("/qr", UiLevel.REDUCED, True),
        ("/qf", UiLevel.FULL, True),
    ],
)
def test_user_interface_level(switch: str, level: UiLevel, shows_errors: bool) -> None:  # noqa: FBT001
    """The letters after /q say how much is shown; a minus leaves message boxes out."""
    command = parse_command_line(f"msiexec /i app.msi {switch}")

    assert (level, shows_errors) == (command.ui, command.shows_errors)


@pytest.mark.parametrize(
    ("words", "properties"),
    [
        ("PROP=1", {"PROP": "1"}),
        ("  PROP=1   ", {"PROP": "1"}),
        ("prop=Mixed", {"PROP": "Mixed"}),
        ('PROP="two words"', {"PROP": "two words"}),
        ('PROP="say ""hi"" now"', {"PROP": 'say "hi" now'}),
        (r'DIR="C:\a b\\"', {"DIR": "C:\\a b\\\\"}),
        ("PROP=", {"PROP": ""}),
        ("PROP=a=b", {"PROP": "a=b"}),
        ("/norestart", {"REBOOT": "ReallySuppress"}),
        ("/forcerestart", {"REBOOT": "Force"}),
        ("/promptrestart", {"REBOOTPROMPT": ""}),
        ("/passive", {"REBOOTPROMPT": "S"}),
        ("A=1 a=2", {"A": "2"}),
    ],
)
def test_properties_are_read(words: str, properties: dict[str, str]) -> None:
    """Names are raised to upper case, two quotes inside quotes are one, and a backslash escapes nothing."""
    assert properties == parse_command_line(f"msiexec /i app.msi /qn {words}").properties | {}


@pytest.mark.parametrize(
    ("words", "flags", "appends"),
    [
        ("/l*v log.txt", set("iwearucmopv"), False),
        ("/L* log.txt", set("iwearucmop"), False),
        ("/l log.txt", set("iwearmo"), False),
        ("/le+ log.txt", {"e"}, True),
        ("/log log.txt", set("iwearucmop"), False),
        ("/lvx! log.txt", {"v", "x"}, False),
    ],
)
def test_log_options_are_read(words: str, flags: set[str], appends: bool) -> None:  # noqa: FBT001
    """The star stands for every letter but v and x, and no letter for the usual ones."""
    log = parse_command_line(f"msiexec /i app.msi {words}").log

    assert log is not None
    assert ("log.txt", flags, appends) == (log.path, set(log.flags), log.appends)


@pytest.mark.parametrize(
    "line",
    [
        "msiexec",
        "msiexec /i",
        "msiexec /i /qn",
        "msiexec /bogus app.msi",
        "msiexec /install app.msi",
        "msiexec /norestar /i app.msi",
        "msiexec /i a.msi /x b.msi",
        "msiexec /i a.msi stray",
        "msiexec /i a.msi /qz",
        "msiexec /i a.msi /l*k log.txt",
        "msiexec /i a.msi /l*v",
        "msiexec /?",
        "msiexec /i a.msi 1A=2",
        "msiexec /i a.msi /",
    ],
)
def test_misuse_is_refused(line: str) -> None:
    """What msiexec would answer with its help is a misuse."""
    with pytest.raises(Misuse):
        parse_command_line(line)


@pytest.mark.parametrize(("switch", "is_quiet"), [("/qn", True), ("/quiet", True), ("/qb", False), ("", False)])
def test_misuse_knows_whether_help_is_shown(switch: str, is_quiet: bool) -> None:  # noqa: FBT001
    """A silent command line shows no help dialog."""
    with pytest.raises(Misuse) as misuse:
        parse_command_line(f"msiexec /bogus {switch}")

    assert is_quiet == misuse.value.is_quiet


@pytest.mark.parametrize("option", ["/a", "/j", "/ju", "/p", "/update", "/y", "/z", "/n", "/t"])
def test_unmodelled_option_is_named(option: str) -> None:
    """Real options that are not modelled say so."""
    with pytest.raises(NotEmulated, match="msiexec"):
        parse_command_line(f"msiexec {option} app.msi /qn")


def test_verbs_stand_for_properties() -> None:
    """/x is REMOVE=ALL, and /f a reinstallation that ignores the properties given."""
    removal = parse_command_line(f"msiexec /x {GUID} A=1").chosen_properties()
    repair = parse_command_line(f"msiexec /fa {GUID} A=1").chosen_properties()

    assert {"A": "1", "REMOVE": "ALL"} == removal
    assert {"REINSTALL": "ALL", "REINSTALLMODE": "a"} == repair
    assert "omus" == parse_command_line(f"msiexec /f {GUID}").repair_mode
