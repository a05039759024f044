"""setx.exe."""

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryType, RegistryValue
from tests.emulator.tools.cases import MEMORY, Case, ids, said

SAVED = ("", "SUCCESS: Specified value was saved.")
MACHINE = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment")


def wrong(text):
    """Return what setx says of arguments that make no sense."""
    return (f"ERROR: {text}", 'Type "SETX /?" for usage.')


CASES = [
    Case("setx A b", SAVED, source=MEMORY),
    Case("setx /m A b", SAVED, source=MEMORY),
    Case(
        f"setx A {'x' * 1025}",
        ("WARNING: The data being saved is truncated to 1024 characters.", "", *SAVED),
        source=MEMORY,
    ),
    Case("setx", err=wrong("Invalid syntax."), code=1, source=MEMORY),
    Case("setx A", err=wrong("Invalid syntax."), code=1, source=MEMORY),
    Case("setx A=b c", err=wrong("Invalid syntax."), code=1, source=MEMORY),
    Case("setx A b c", err=wrong("Invalid argument/option - 'c'."), code=1, source=MEMORY),
    Case("setx A b /zz", err=wrong("Invalid argument/option - '/zz'."), code=1, source=MEMORY),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(check, case):
    """Variables are saved as setx does."""
    check(case)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("b", RegistryValue.of("b")),
        ('""', RegistryValue.of("")),
        (r"%SystemRoot%\x", RegistryValue(RegistryType.REG_EXPAND_SZ, r"%SystemRoot%\x")),
        ("x" * 1100, RegistryValue.of("x" * 1024)),
    ],
)
def test_what_is_saved(machine, run, text, value):
    """A value with a per cent sign expands, a long one is cut: how paths get lost."""
    run(f"setx A {text} /m")
    assert value == machine.registry.get(MACHINE, "A")


def test_only_what_starts_later_sees_it(machine, run, ada, as_user):
    """A user's variable is there for the user's next process."""
    as_user("setx Colour red")
    assert "red" == machine.environment(ada, 64)["Colour"]


def test_standard_users_are_refused(as_user):
    """The machine's variables take an administrator."""
    assert ((), ("ERROR: Access to the registry path is denied.",), 1) == said(as_user("setx A b /m"))


@pytest.mark.parametrize("line", [r"setx A /k HKLM\X", "setx A b /s PC-1", "setx /?"])
def test_what_is_not_modelled_is_said(run, line):
    """Values out of the registry and other computers."""
    with pytest.raises(NotEmulated, match=r"setx\.exe"):
        run(line)
