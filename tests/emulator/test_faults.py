"""Things that go wrong on purpose."""

from datetime import timedelta

import pytest

from harness.emulator.faults import Fault, Faults, Operation
from harness.errors import MachineError, UsageError


class Elapsed:
    """A stopwatch that a test sets."""

    def __init__(self) -> None:
        self.value = timedelta()

    def __call__(self) -> timedelta:
        """Return what the test has set."""
        return self.value


@pytest.fixture
def elapsed() -> Elapsed:
    """Give a stopwatch at zero."""
    return Elapsed()


@pytest.fixture
def faults(elapsed: Elapsed) -> Faults:
    """Give a machine's faults, none of them yet."""
    return Faults(elapsed)


def outcomes(faults: Faults, operation: Operation, place: str, times: int) -> list[int]:
    """Return the codes of so many attempts, 0 for success."""
    found = []
    for _ in range(times):
        try:
            faults.strike(operation, place)
        except MachineError as error:
            found.append(error.winerror)
        else:
            found.append(0)
    return found


def test_nothing_fails_without_faults(faults: Faults) -> None:
    """Without faults everything works, and the quick question says that there are none."""
    assert not faults
    assert [0] == outcomes(faults, Operation.WRITE_FILE, r"C:\x", 1)


@pytest.mark.parametrize(
    ("fault", "operation", "code"),
    [
        (Fault.disk_full(), Operation.WRITE_FILE, 112),
        (Fault.access_denied("*"), Operation.WRITE_FILE, 5),
        (Fault.access_denied("*", Operation.READ_FILE), Operation.READ_FILE, 5),
        (Fault.file_in_use("*", Operation.DELETE_FILE), Operation.DELETE_FILE, 32),
        (Fault.registry_write_fails(), Operation.WRITE_REGISTRY, 5),
        (Fault.registry_write_fails(code=1016), Operation.WRITE_REGISTRY, 1016),
        (Fault.start_fails("*"), Operation.START_PROCESS, 5),
        (Fault.network_lost(), Operation.TRANSFER, 12030),
    ],
)
def test_each_fault_strikes_its_operation_only(faults: Faults, fault: Fault, operation: Operation, code: int) -> None:
    """A fault fails its operation with its code and leaves every other one alone."""
    faults.add(fault)

    for each in Operation:
        assert [code if each is operation else 0] == outcomes(faults, each, r"C:\x", 1)


def test_place_is_a_pattern_without_regard_to_case(faults: Faults) -> None:
    """A fault strikes where its pattern fits, however the path is spelled."""
    faults.add(Fault.disk_full(r"c:\program files\*.DLL"))

    assert [112] == outcomes(faults, Operation.WRITE_FILE, r"C:\Program Files\Contoso\core.dll", 1)
    assert [0] == outcomes(faults, Operation.WRITE_FILE, r"C:\Program Files\Contoso\core.exe", 1)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (r"HKLM\SOFTWARE\F*", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        (r"hklm\software\foo", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        ("HKLM:\\SOFTWARE\\Foo\\", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        ("HKLM*", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKLM/SOFTWARE/Foo", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        (r"Computer\HKEY_LOCAL_MACHINE\SOFTWARE\*", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        (r"Computer\HKU\S-1-5-18\*", r"HKEY_USERS\S-1-5-18\Foo"),
        (r"Computer\*\Foo", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
        (
            r"HKCC\Software\*",
            r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Hardware Profiles\0001\Software\X",
        ),
        (r"HKLM\*\text/html", r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\text/html"),
        ("*text/html", r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\text/html"),
        (r"HKLM\SOFTWARE\[F]oo", r"HKEY_LOCAL_MACHINE\SOFTWARE\[F]oo"),
        ("*", r"HKEY_LOCAL_MACHINE\SOFTWARE\Foo"),
    ],
)
def test_keys_as_people_type_them(faults: Faults, where: str, place: str) -> None:
    """Short hive names, Registry Editor's prefix, PowerShell's colon and slashes name the same places."""
    faults.add(Fault.registry_write_fails(where))

    assert [0] == outcomes(faults, Operation.WRITE_REGISTRY, r"HKEY_DYN_DATA\F", 1) or where == "*"
    assert [5] == outcomes(faults, Operation.WRITE_REGISTRY, place, 1)


@pytest.mark.parametrize("operation", [Operation.READ_FILE, Operation.WRITE_FILE, Operation.START_PROCESS])
@pytest.mark.parametrize(
    ("where", "fits", "fits_not"),
    [
        ("c:/Temp/*.exe", r"C:\Temp\a.exe", r"C:\Temp\a.dll"),
        (r"C:\[a].txt", r"C:\[a].txt", r"C:\a.txt"),
        (r"C:\[!a].txt", r"C:\[!a].txt", r"C:\b.txt"),
        (r"C:\?].txt", r"C:\a].txt", r"C:\].txt"),
    ],
)
def test_files_as_people_type_them(faults: Faults, operation: Operation, where: str, fits: str, fits_not: str) -> None:
    """Slashes separate folders, and only `*` and `?` stand for something else."""
    faults.add(Fault.access_denied(where, operation))

    assert [5] == outcomes(faults, operation, fits, 1)
    assert [0] == outcomes(faults, operation, fits_not, 1)


def test_image_of_a_crash_with_slashes(faults: Faults) -> None:
    """A path with slashes is a path, too."""
    faults.add(Fault.process_crashes("C:/Temp/[1]*.exe"))

    assert faults.crash_of(r"C:\Temp\[1]setup.exe")
    assert faults.crash_of(r"C:\Other\C:\Temp\1setup.exe") is None


@pytest.mark.parametrize(
    ("where", "mend"),
    [
        (r"HKCU\Software\X", r"HKU\<sid>\Software\X"),
        (r"Computer\HKEY_CURRENT_USER\Software\X", r"HKU\<sid>\Software\X"),
        ("hkcu:/Software/*", r"HKU\<sid>\Software\*"),
        ("HKCU*", r"HKU\<sid>\*"),
        ("HKCU", r"HKU\<sid>\*"),
        (r"HKCR\.txt", r"HKLM\SOFTWARE\Classes\.txt"),
    ],
)
@pytest.mark.parametrize("operation", [Operation.READ_REGISTRY, Operation.WRITE_REGISTRY])
def test_hives_that_are_another_for_everybody(operation: Operation, where: str, mend: str) -> None:
    """A hive that is no place but a view is refused when the fault is written, with what to write instead."""
    with pytest.raises(UsageError) as caught:
        Fault.access_denied(where, operation)

    assert where in str(caught.value)
    assert f"write {mend}" in str(caught.value)


def test_file_in_a_folder_that_is_called_like_a_hive(faults: Faults) -> None:
    """Only keys have hives."""
    faults.add(Fault.disk_full(r"*\HKCU\x"))

    assert [112] == outcomes(faults, Operation.WRITE_FILE, r"C:\HKCU\x", 1)


def test_fault_strikes_so_often_and_no_more(faults: Faults) -> None:
    """After its number of times a fault is over."""
    faults.add(Fault.disk_full(times=2))

    assert [112, 112, 0, 0] == outcomes(faults, Operation.WRITE_FILE, r"C:\x", 4)


def test_fault_begins_later(faults: Faults, elapsed: Elapsed) -> None:
    """A fault counts from when it was added."""
    elapsed.value = timedelta(minutes=10)
    faults.add(Fault.disk_full(after="2 min"))

    assert [0] == outcomes(faults, Operation.WRITE_FILE, r"C:\x", 1)
    elapsed.value = timedelta(minutes=12)
    assert [112] == outcomes(faults, Operation.WRITE_FILE, r"C:\x", 1)


def test_chance_comes_from_the_seed(elapsed: Elapsed) -> None:
    """The same seed gives the same failures, another one others; about as many as the probability says."""

    def run(seed: int) -> list[int]:
        faults = Faults(elapsed, seed=seed)
        faults.add(Fault.disk_full(probability=0.25))
        return outcomes(faults, Operation.WRITE_FILE, r"C:\x", 200)

    assert run(1) == run(1) != run(2)
    assert 30 <= sum(code > 0 for code in run(1)) <= 70


def test_cleared_faults_are_over(faults: Faults) -> None:
    """After clearing everything works again."""
    faults.add(Fault.disk_full(), Fault.network_lost())
    faults.clear()

    assert not faults
    assert [0] == outcomes(faults, Operation.WRITE_FILE, r"C:\x", 1)


def test_failure_says_that_it_is_on_purpose(faults: Faults) -> None:
    """Nobody takes a fault for a bug of the emulator."""
    faults.add(Fault.disk_full())

    with pytest.raises(MachineError, match="on purpose") as caught:
        faults.strike(Operation.WRITE_FILE, r"C:\x")
    assert r"C:\x" in str(caught.value)


@pytest.mark.parametrize("wrong", [{"probability": 1.5}, {"probability": -0.1}, {"times": 0}, {"after": "soon"}])
def test_impossible_fault(wrong: dict[str, float | int | str]) -> None:
    """A probability, a count or a duration that cannot be is refused when the fault is written."""
    with pytest.raises(UsageError):
        Fault.disk_full(**wrong)  # type: ignore[arg-type]
