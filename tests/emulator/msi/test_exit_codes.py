"""How msiexec ends when it does not do what it was asked for."""

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated
from harness.model.windows import Account, Architecture
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

OTHER = "{00000000-0000-4000-8000-000000000001}"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("msiexec /i missing.msi /qn", 1619),
        (r"msiexec /i C:\Nowhere\app.msi /qn", 1619),
        (r"msiexec /i C:\Windows /qn", 1619),
        (f"msiexec /x {OTHER} /qn", 1605),
        (f"msiexec /i {OTHER} /qn", 1605),
        ("msiexec /x app.msi /qn", 1605),
        ("msiexec /i app.msi REMOVE=ALL /qn", 1605),
        ("msiexec /bogus /qn", 1639),
        (r"msiexec /i app.msi /qn /l*v C:\Nowhere\log.txt", 1622),
        ("msiexec /i text.msi /qn", 1620),
        ("msiexec /i empty.msi /qn", 1620),
    ],
)
def test_refusals(bench: Bench, app: Msi, line: str, code: int) -> None:
    """The exit code is Windows', and nothing changes."""
    bench.put(app)
    bench.put(b"not an MSI at all", "text.msi")
    bench.put(b"", "empty.msi")
    before = bench.machine.snapshot()

    assert code == bench.run(line)

    assert "nothing changed" == str(bench.machine.changes_since(before))
    assert 1 == len(bench.failures())


@pytest.mark.parametrize(
    ("template", "architecture", "code"),
    [
        ("x64;1033", Architecture.X86, 1633),
        ("Arm64;1033", Architecture.X64, 1633),
        ("Intel64;1033", Architecture.X64, 1633),
        ("x64;1033", Architecture.ARM64, 0),
        ("Arm64;1033", Architecture.ARM64, 0),
        ("Intel;1033", Architecture.ARM64, 0),
    ],
)
def test_platform(make_bench, app: Msi, template: str, architecture: Architecture, code: int) -> None:
    """A package for another processor is refused, one that Windows can emulate is not."""
    app.template = template

    assert code == make_bench(architecture).install(app)


def test_package_for_a_newer_installer(bench: Bench, app: Msi) -> None:
    """A package that needs a Windows Installer after 5.0 is refused."""
    app.page_count = 600

    assert 1613 == bench.install(app)


@pytest.mark.parametrize("verb", ["/i", "/x"])
def test_other_package_of_the_same_product(bench: Bench, app: Msi, verb: str) -> None:
    """A rebuilt package with the product code of an installed one is refused."""
    bench.install(app)
    app.package_code = OTHER
    bench.put(app)

    assert 1638 == bench.run(f"msiexec {verb} app.msi /qn")


def test_second_installation_finds_the_first_one_running(bench: Bench, app: Msi) -> None:
    """While one installation runs, another one exits with 1618."""
    app.file("big", bytes(20 << 20))
    other = Msi(package_code=OTHER)
    other.properties["ProductCode"] = OTHER
    bench.put(app)
    bench.put(other, "other.msi")
    bench.start("msiexec /i app.msi /qn")

    assert 1618 == bench.run("msiexec /i other.msi /qn")
    assert 0 == bench.run("msiexec /i other.msi /qn")


def test_somebody_else_holds_the_mutex(bench: Bench, app: Msi) -> None:
    """Any program that owns Windows Installer's mutex keeps installations out."""

    async def holder(run: ProgramRun) -> int:
        assert run.try_lock(r"Global\_MSIExecute")
        await run.sleep("2 h")
        return 0

    bench.machine.files.write(r"C:\Package\holder.exe", b"")
    bench.machine.programs["holder.exe"] = holder
    bench.start("holder.exe")

    assert 1618 == bench.install(app)


def test_kept_package_is_gone(bench: Bench, app: Msi) -> None:
    """Without the kept package and without its source a product cannot be removed."""
    bench.install(app)
    for name in bench.machine.files.names(r"C:\Windows\Installer"):
        bench.machine.files.delete(rf"C:\Windows\Installer\{name}")
    app.package_code = OTHER
    bench.put(app)

    assert 1612 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")


@pytest.mark.parametrize("missing", ["ProductCode", "ProductName", "ProductVersion"])
def test_package_without_what_every_package_has(bench: Bench, app: Msi, missing: str) -> None:
    """A package that lacks a required property is damaged, and the reason says which."""
    del app.properties[missing]

    assert 1620 == bench.install(app)
    assert missing in bench.failures()[0]


@pytest.mark.parametrize("where", ["product", "package"])
def test_codes_that_are_no_guids(bench: Bench, app: Msi, where: str) -> None:
    """A product code or package code that is no GUID makes a package invalid."""
    if where == "product":
        app.properties["ProductCode"] = "1.2.3"
    else:
        app.package_code = "1.2.3"

    assert 1620 == bench.install(app)


def test_package_on_a_web_server(bench: Bench) -> None:
    """What would be downloaded is named."""
    with pytest.raises(NotEmulated, match="web server"):
        bench.run("msiexec /i https://contoso.example/app.msi /qn")


@pytest.mark.parametrize("line", ["msiexec /bogus", "msiexec /i missing.msi", "msiexec /i missing.msi /qb"])
def test_message_box_in_session_0_waits_for_ever(bench: Bench, line: str) -> None:
    """Without /qn an error is shown to nobody, and msiexec hangs."""
    assert bench.run(line) is None

    assert 1 == len(bench.machine.timeline.of(kind="dialog shown"))


def test_message_box_can_be_left_out(bench: Bench) -> None:
    """The minus of /qb- leaves message boxes out."""
    assert 1619 == bench.run("msiexec /i missing.msi /qb-")


def test_message_box_before_a_user(bench: Bench, machine: EmulatedMachine, ada: Account) -> None:
    """Somebody who sees the box would close it, which is not modelled."""
    session = machine.sign_in(ada)

    with pytest.raises(NotEmulated, match="dialog"):
        bench.run("msiexec /i missing.msi", account=ada, session_id=session.id)


def test_full_user_interface_without_dialogs(bench: Bench, app: Msi) -> None:
    """A package without dialogs installs by itself even with the full user interface."""
    app.add("InstallUISequence", ("CostInitialize", None, 1), ("CostFinalize", None, 2), ("ExecuteAction", None, 3))
    bench.put(app)

    assert 0 == bench.run("msiexec /i app.msi")
    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")


def test_full_user_interface_waits_at_its_first_dialog(bench: Bench, app: Msi) -> None:
    """The classic forgotten /qn: the first modal dialog waits for a user who is not there."""
    app.add("Dialog", ("Splash", 1), ("WelcomeDlg", 3))
    app.add("InstallUISequence", ("Splash", None, 5), ("WelcomeDlg", "NOT Installed", 10), ("ExecuteAction", None, 20))
    bench.put(app)

    assert bench.run("msiexec /i app.msi") is None

    (event,) = bench.machine.timeline.of(kind="dialog shown")
    assert "WelcomeDlg" in event.text
    assert bench.text(r"C:\Program Files\Contoso Test\notes.txt") is None


def test_full_user_interface_waits_at_its_last_dialog(bench: Bench, app: Msi) -> None:
    """A dialog at the end waits as well, when everything is installed."""
    app.add("Dialog", ("Exit", 3), ("Progress", 1))
    app.add("InstallUISequence", ("Progress", None, -1), ("Exit", None, -1), ("ExecuteAction", None, 20))
    bench.put(app)

    assert bench.run("msiexec /i app.msi") is None
    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")


def test_basic_user_interface_with_an_end(bench: Bench, app: Msi) -> None:
    """The plus of /qb+ asks for a message box at the end."""
    bench.put(app)

    assert bench.run("msiexec /i app.msi /qb+") is None
    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")


@pytest.mark.parametrize("switch", ["/qb", "/qr", "/passive", "/quiet"])
def test_reduced_user_interfaces_install(bench: Bench, app: Msi, switch: str) -> None:
    """Everything below the full user interface needs no answers."""
    app.add("Dialog", ("WelcomeDlg", 3)).add("InstallUISequence", ("WelcomeDlg", None, 10))
    bench.put(app)

    assert 0 == bench.run(f"msiexec /i app.msi {switch}")


def test_user_interface_hands_its_properties_over(bench: Bench, app: Msi) -> None:
    """Public properties that the user interface sequence sets reach the execute sequence."""
    app.add("CustomAction", ("SetIt", 51, "PUBLIC", "set"))
    app.add("InstallUISequence", ("SetIt", None, 10), ("ExecuteAction", None, 20))
    app.value(r"SOFTWARE\Contoso\Test", "Public", "[PUBLIC]")
    bench.put(app)

    assert 0 == bench.run("msiexec /i app.msi")
    assert "set" == bench.value(r"HKLM\SOFTWARE\Contoso\Test", "Public")


def test_user_interface_may_fail(bench: Bench, app: Msi) -> None:
    """A launch condition of the user interface sequence shows its message, and waits."""
    app.add("InstallUISequence", ("LaunchConditions", None, 10), ("ExecuteAction", None, 20))
    app.add("LaunchCondition", ("Missing", "needs more"))
    bench.put(app)

    assert bench.run("msiexec /i app.msi") is None
    assert ["needs more"] == bench.failures()


@pytest.mark.parametrize("setting", ["TRANSFORMS=de.mst", 'PATCH="C:\\Package\\fix.msp"'])
def test_package_that_is_to_be_changed_first(bench, setting):
    """Transforms and patches make another package of this one; they are named, not skipped."""
    with pytest.raises(NotEmulated, match=r"a transform|a patch"):
        bench.install(Msi(), setting)
