"""Packages made to do harm, and packages that real tools make."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.errors import NotEmulated
from harness.model.windows import MachineFacts, RegistryPath
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

FIXTURES = Path(__file__).parents[3] / "fixtures" / "packages"
FACTS = MachineFacts(name="PC-1", release="Windows 11 23H2", build=22631, revision=1)
SOUND = (
    Msi()
    .component(key_path="f")
    .file("f", b"hello", version="1.0.0.0")
    .file("g", b"world")
    .value(r"SOFTWARE\Contoso\X", "V", "[ProductName][#f]")
    .value(r"SOFTWARE\Contoso\X", "L", "a[~]b")
    .add("Environment", ("E", "=-*Path", "[~];[INSTALLDIR]", "C1"))
    .add("CreateFolder", ("INSTALLDIR", "C1"))
    .build()
)


@pytest.fixture(scope="module")
def shared_bench() -> Iterator[Bench]:
    """Give one machine for many packages."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    with EmulatedMachine(FACTS, VirtualClock(start, freeze=False)) as machine:
        machine.files.make_folder(r"C:\Package")
        upgrade_codes = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UpgradeCodes"
        machine.registry.create(RegistryPath.parse(upgrade_codes))
        yield Bench(machine)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_package_installs_or_leaves_nothing(shared_bench: Bench, data: st.DataObject) -> None:
    """Whatever bytes of a package are changed, msiexec ends, and after a failure nothing is left."""
    package = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        package[data.draw(st.integers(0, len(package) - 1))] = data.draw(st.integers(0, 255))
    shared_bench.put(bytes(package))
    before = shared_bench.machine.snapshot()
    try:
        code = shared_bench.run("msiexec /i app.msi /qn /norestart")
    except NotEmulated:
        code = 1
    if code == 0:
        # It may lack the action that registers it, so that it cannot be removed; on Windows neither.
        shared_bench.run("msiexec /x app.msi /qn /norestart")
        return
    assert code in (1, 1603, 1613, 1620, 1633, 1638)
    assert "nothing changed" == str(shared_bench.machine.changes_since(before))


def test_text_that_refers_to_itself(bench: Bench) -> None:
    """Brackets nested without end are read in no more time than others."""
    msi = Msi().component().value(r"SOFTWARE\Contoso\X", "V", "[" * 5000 + "A" + "]" * 5000)

    assert 0 == bench.install(msi)


def test_endless_numbers(bench: Bench) -> None:
    """Numbers of thousands of digits are no numbers."""
    digits = "9" * 5000
    msi = Msi(properties={"ProductVersion": digits, "ProductLanguage": digits, "INSTALLLEVEL": digits})
    msi.component(condition=f"{digits} AND A < {digits} OR 1").file("f", b"x", version=digits)
    msi.value(r"SOFTWARE\Contoso\X", "V", f"#{digits}")

    assert 0 == bench.install(msi)
    assert f"#{digits}" == bench.value(r"HKLM\SOFTWARE\Contoso\X", "V")


def test_many_rows(bench: Bench) -> None:
    """A large table does not take long."""
    msi = Msi().component()
    for number in range(3000):
        msi.value(rf"SOFTWARE\Contoso\X\{number % 50}", str(number), f"#{number}")

    assert 0 == bench.install(msi)
    assert 2999 == bench.value(r"HKLM\SOFTWARE\Contoso\X\49", "2999")


def test_file_that_names_itself_as_its_companion(bench: Bench) -> None:
    """A circle of companion files ends."""
    bench.machine.files.write(r"C:\Program Files\Contoso Test\f", b"old")

    assert 0 == bench.install(Msi().component().file("f", b"new", version="f"))


def test_names_in_cabinets_are_no_paths(bench: Bench) -> None:
    """A file in a cabinet is found by its key; the key says nothing of where it goes."""
    msi = Msi().component().file(r"..\..\Windows\System32\evil.dll", b"x", name="good.txt")

    assert 0 == bench.install(msi)
    assert "x" == bench.text(r"C:\Program Files\Contoso Test\good.txt")
    assert not bench.machine.files.exists(r"C:\Windows\System32\evil.dll")


@pytest.mark.parametrize("name", ["bad?.txt", "a/b", "CON", "x" * 300])
def test_file_with_a_name_that_windows_refuses(bench: Bench, app: Msi, name: str) -> None:
    """A file name that no file can have ends the installation, and nothing is left."""
    bench.put(app.file("bad", b"x", name=name))
    before = bench.machine.snapshot()

    assert 1603 == bench.run("msiexec /i app.msi /qn")
    assert "nothing changed" == str(bench.machine.changes_since(before))


@pytest.mark.parametrize("name", ["contoso-notes", "contoso-legacy", "contoso-clip"])
def test_shipped_packages_install_and_go(bench: Bench, name: str) -> None:
    """The packages that come along, which wixl built, install, and leave nothing when they go."""
    bench.put((FIXTURES / name / "content" / f"{name}.msi").read_bytes(), f"{name}.msi")
    upgrade_codes = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UpgradeCodes"
    bench.machine.registry.create(RegistryPath.parse(upgrade_codes))
    before = bench.machine.snapshot()

    assert 0 == bench.run(f"msiexec /i {name}.msi /qn")
    assert "nothing changed" != str(bench.machine.changes_since(before))
    assert 0 == bench.run(f"msiexec /x {name}.msi /qn")


def test_shipped_upgrade(bench: Bench) -> None:
    """The newer package that comes along replaces the older one."""
    for name in ("contoso-notes", "contoso-notes-update"):
        bench.put((FIXTURES / name / "content" / "contoso-notes.msi").read_bytes(), f"{name}.msi")
        assert 0 == bench.run(f"msiexec /i {name}.msi /qn")

    products = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\Installer\Products")
    (product,) = bench.machine.registry.subkeys(products)
    assert "2.4.1" != bench.value(r"HKLM\SOFTWARE\Contoso\Notes", "Version")
    assert bench.machine.files.exists(r"C:\Program Files\Contoso Notes\notes.exe")
    assert "Contoso Notes" == bench.value(rf"{products.short}\{product}", "ProductName")


@pytest.mark.skipif(shutil.which("msiinfo") is None, reason="msitools are not installed here")
def test_other_tools_read_what_these_tests_write(tmp_path: Path) -> None:
    """The packages of these tests are real: msitools list their tables and extract their files."""
    path = tmp_path / "app.msi"
    path.write_bytes(SOUND)
    tables = subprocess.run(["msiinfo", "tables", path], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["msiextract", "-C", tmp_path, path], capture_output=True, check=True)

    assert {"File", "Property", "Registry"} <= set(tables)
    assert "hello" == (tmp_path / "Contoso Test" / "f").read_text()


def test_time_limit_of_a_caller_ends_a_hanging_installation(bench: Bench, app: Msi) -> None:
    """A caller that kills a waiting msiexec gets the machine back as it was."""
    app.add("Dialog", ("Welcome", 3)).add("InstallUISequence", ("Welcome", None, 10))
    bench.put(app)
    before = bench.machine.snapshot()
    process = bench.start("msiexec /i app.msi")
    bench.machine.clock.advance(timedelta(hours=2))

    process.kill()

    assert "nothing changed" == str(bench.machine.changes_since(before))
    assert 1605 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
