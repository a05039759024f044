"""Custom actions, sequences, launch conditions and searches."""

from __future__ import annotations

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

KEY = r"HKLM\SOFTWARE\Contoso\Test"


def shows(msi: Msi, name: str) -> Msi:
    """Let the package write a property to the registry."""
    return msi.value(r"SOFTWARE\Contoso\Test", name, f"[{name}]")


@pytest.fixture
def plain() -> Msi:
    """Give a package with one component."""
    return Msi().component()


def test_property_is_set(bench: Bench, plain: Msi) -> None:
    """Type 51 sets a property, whatever its scheduling flags, and only under its condition."""
    shows(shows(plain, "ONE"), "TWO")
    plain.properties["THREE"] = "3"
    plain.action("ClearThree", 199, 51, "THREE", "[NOTHING]").action("Never", 210, 19, "", "x", "THREE OR %NOTHING")
    plain.action("SetOne", 200, 51 + 256, "ONE", "[ProductName]!").action("SetTwo", 201, 51, "TWO", "x", "Installed")

    bench.install(plain)

    assert ("Contoso Test!", "") == (bench.value(KEY, "ONE"), bench.value(KEY, "TWO"))


@pytest.mark.parametrize("number", [900, 1100])
def test_directory_is_set(bench: Bench, app: Msi, number: int) -> None:
    """Type 35 moves a directory with those below it, before or after costing."""
    app.add("Directory", ("SUB", "INSTALLDIR", "Sub")).add("CreateFolder", ("SUB", "C1"))
    app.action("Move", number, 35, "INSTALLDIR", r"C:\[Manufacturer]\Moved")

    assert 0 == bench.install(app)

    assert "hello" == bench.text(r"C:\Contoso\Moved\notes.txt")
    assert bench.machine.files.exists(r"C:\Contoso\Moved\Sub")


@pytest.mark.parametrize(("source", "target", "number"), [("NONE", r"C:\X", 2727), ("INSTALLDIR", "", 2704)])
def test_directory_that_cannot_be_set(bench: Bench, plain: Msi, source: str, target: str, number: int) -> None:
    """A directory that there is not, and an empty path, end the installation."""
    plain.action("Move", 1100, 35, source, target)

    assert 1603 == bench.install(plain)
    assert bench.failures()[0].startswith(f"Error {number}.")


@pytest.mark.parametrize(
    ("target", "message"),
    [("Stop, [ProductName]", "Stop, Contoso Test"), ("25001", "from the table"), ("25002", "25002")],
)
def test_error_action(bench: Bench, plain: Msi, target: str, message: str) -> None:
    """Type 19 stops with a message, its own or the Error table's."""
    plain.add("Error", (25001, "from the table")).action("Stop", 200, 19, "", target)

    assert 1603 == bench.install(plain)
    assert [message] == bench.failures()


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (1, "a DLL"),
        (2, "a program in the Binary table"),
        (6, "VBScript"),
        (18, "a program that is installed"),
        (34 + 3072, "a command line"),
        (50, "a program named by a property"),
        (63, "unknown"),
    ],
)
def test_other_custom_actions_are_named(bench: Bench, app: Msi, kind: int, what: str) -> None:
    """What would run something is named before anything is changed."""
    bench.put(app.action("RunIt", 6500, kind, "X", "Y"))
    before = bench.machine.snapshot()

    with pytest.raises(NotEmulated, match=rf"RunIt.*{what}"):
        bench.run("msiexec /i app.msi /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_custom_action_that_does_not_run(bench: Bench, plain: Msi) -> None:
    """An action that is not sequenced, or whose condition is false, does not matter."""
    plain.add("CustomAction", ("Idle", 1, "X", "Y")).action("Later", 200, 2, "X", "Y", "Installed")

    assert 0 == bench.install(plain)


def test_rollback_action(bench: Bench, app: Msi) -> None:
    """A rollback action matters only when the installation fails; everything is taken back, and it is named."""
    app.action("Undo", 1600, 1 + 1280, "X", "Y")
    assert 0 == bench.install(app)
    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    bench.put(app.value("Nonsense", "V", "1"))
    before = bench.machine.snapshot()

    with pytest.raises(NotEmulated, match="rollback custom action 'Undo'"):
        bench.run("msiexec /i app.msi /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_unknown_action(bench: Bench, plain: Msi) -> None:
    """An action that nobody knows ends the installation."""
    assert 1603 == bench.install(plain.action("Nonsense", 200))
    assert ["Error 2726. Action not found: Nonsense."] == bench.failures()


def test_sequence_within_a_sequence(bench: Bench, plain: Msi) -> None:
    """Actions that run other sequences are named."""
    with pytest.raises(NotEmulated, match="SEQUENCE"):
        bench.install(plain.action("SEQUENCE", 200))


def test_action_outside_the_script(bench: Bench, app: Msi) -> None:
    """What changes the machine must stand between InstallInitialize and InstallFinalize."""
    assert 1603 == bench.install(app.action("WriteRegistryValues", 1450))
    assert "2762" in bench.failures()[0]


@pytest.mark.parametrize("table", ["Registry", "RemoveRegistry", "File", "CreateFolder", "Environment", "Shortcut"])
def test_row_of_a_component_that_there_is_not(bench: Bench, app: Msi, table: str) -> None:
    """A row whose component is missing ends the installation."""
    rows = {
        "Registry": ("R", 2, "K", "N", "V", "Ghost"),
        "RemoveRegistry": ("R", 2, "K", "N", "Ghost"),
        "File": ("g", "Ghost", "g", 1, None, None, 0, 1),
        "CreateFolder": ("INSTALLDIR", "Ghost"),
        "Environment": ("E", "=X", "Y", "Ghost"),
        "Shortcut": ("S", "INSTALLDIR", "S", "Ghost", "[#f]"),
    }
    app.add(table, rows[table])

    assert 1603 == bench.install(app)
    assert "Ghost" in bench.failures()[0]


def test_component_whose_directory_there_is_not(bench: Bench) -> None:
    """A component in a directory that is missing ends the installation."""
    assert 1603 == bench.install(Msi().component(directory="GHOST").file("f", b"x"))
    assert "Error 2727" in bench.failures()[0]


def test_launch_conditions(bench: Bench, plain: Msi) -> None:
    """Every launch condition must hold; the first that does not gives the message."""
    plain.add("LaunchCondition", ("VersionNT >= 600", "old"), ("Privileged", "rights"))
    assert 0 == bench.install(plain)
    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    plain.add("LaunchCondition", ("NETFRAMEWORK45 >= 378389", "[ProductName] needs .NET"))
    assert 1603 == bench.install(plain)
    assert "Contoso Test needs .NET" == bench.failures()[-1]


def test_broken_condition(bench: Bench, plain: Msi) -> None:
    """A condition that cannot be read ends the installation."""
    assert 1603 == bench.install(plain.action("SetIt", 200, 51, "X", "Y", "A ="))


@pytest.mark.parametrize(
    ("action", "table", "row"),
    [
        ("InstallODBC", "ODBCDriver", ("D", "C1", "d", "f", None)),
        ("SelfRegModules", "SelfReg", ("f", 1)),
        ("RegisterFonts", "Font", ("f", None)),
    ],
)
def test_unmodelled_table(bench: Bench, action: str, table: str, row: tuple) -> None:
    """A table that is not modelled is named when its action runs and its component comes."""
    msi = Msi().component(key_path="f", condition="NOT SKIP").file("f", b"x").add(table, row).action(action, 5800)
    bench.put(msi)
    before = bench.machine.snapshot()

    with pytest.raises(NotEmulated, match=rf"MSI table '{table}'"):
        bench.run("msiexec /i app.msi /qn")
    assert "nothing changed" == str(bench.machine.changes_since(before))

    assert 0 == bench.run("msiexec /i app.msi /qn SKIP=1")


@pytest.mark.parametrize("action", ["SelfUnregModules", "UnregisterFonts", "RemoveODBC"])
def test_unmodelled_removal_does_not_matter_at_installation(bench: Bench, action: str) -> None:
    """An action that only removes has nothing to do when components come, but when they go."""
    msi = Msi().component(key_path="f").file("f", b"x").action(action, 2200)
    msi.add("SelfReg", ("f", 1)).add("Font", ("f", None)).add("ODBCDataSource", ("D", "C1", "d"))

    assert 0 == bench.install(msi)
    with pytest.raises(NotEmulated, match=action):
        bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert "x" == bench.text(r"C:\Program Files\Contoso Test\f")


def test_unmodelled_table_without_its_action(bench: Bench, plain: Msi) -> None:
    """Without its action nobody reads a table, on Windows neither."""
    assert 0 == bench.install(plain.add("Font", ("f", None)))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("LockPermissions", ("INSTALLDIR", "CreateFolder", "", "Everyone", 1)),
        ("MsiShortcutProperty", ("P", "S", "K", "V")),
    ],
)
def test_table_that_changes_other_actions(bench: Bench, plain: Msi, table: str, row: tuple) -> None:
    """Tables that change what modelled actions do are named."""
    with pytest.raises(NotEmulated, match=table):
        bench.install(plain.add(table, row))


def test_odbc_key_path_is_named(bench: Bench) -> None:
    """A component whose key path is an ODBC data source is named."""
    with pytest.raises(NotEmulated, match="ODBCDataSource"):
        bench.install(Msi().component(attributes=256 + 32, key_path="DSN"))


def test_key_path_that_there_is_not(bench: Bench) -> None:
    """A registry key path without a row ends the installation."""
    assert 1603 == bench.install(Msi().component(attributes=256 + 4, key_path="R99"))
    assert "key path of 'C1'" in bench.failures()[0]


@pytest.mark.parametrize(
    ("attributes", "root", "name", "path"),
    [
        (256 + 4, 2, "V", r"22:\SOFTWARE\Contoso\Test\V"),
        (4, 2, "V", r"02:\SOFTWARE\Contoso\Test\V"),
        (256 + 4, -1, None, "22:\\SOFTWARE\\Contoso\\Test\\"),
        (256 + 4, 1, "V", r"21:\SOFTWARE\Contoso\Test\V"),
    ],
)
def test_registry_key_paths(bench: Bench, attributes: int, root: int, name: str | None, path: str) -> None:
    """A registry key path is written with the number of its root, 20 higher in the 64-bit view."""
    msi = Msi().component(attributes=attributes, key_path="R1").value(r"SOFTWARE\Contoso\Test", name, "1", root=root)
    bench.install(msi)

    components = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Components"
    (component,) = bench.machine.registry.subkeys(RegistryPath.parse(components))
    assert path == bench.value(rf"{components}\{component}", "11111111222233334444555555555555")
