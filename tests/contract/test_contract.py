"""The exam of a machine, sat by the emulated one; and the exam itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.baseline import MACHINES
from harness.emulator.clock import VirtualClock
from harness.emulator.examinee import EmulatedExaminee
from harness.emulator.machine import EmulatedMachine
from harness.errors import MachineError
from harness.machine.contract import Check, checks
from harness.machine.contract.check import FOLDER, KEY, Examinee, behaviour, expect, expect_error
from harness.machine.ports import Machine
from harness.model.windows import Architecture, MachineFacts, RegistryPath, RegistryValue

#: One of each kind of Windows, and each processor once: what differs between them is what the exam is about.
EVERY = [
    replace(MACHINES["Windows 10 22H2"], architecture=Architecture.X86),
    MACHINES["Windows 11 23H2"],
    replace(MACHINES["Windows 11 24H2"], architecture=Architecture.ARM64),
    MACHINES["Windows Server 2022"],
]


@pytest.fixture(scope="module", params=EVERY, ids=lambda facts: f"{facts.release} {facts.architecture}")
def machine(request: pytest.FixtureRequest) -> Iterator[EmulatedExaminee]:
    """Give each emulated machine; the exam leaves nothing behind, so that one does for all checks."""
    facts: MachineFacts = request.param
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with EmulatedExaminee(facts, VirtualClock(start), users=[entra_account("exam")]) as emulated:
        yield emulated


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.name)
def test_emulated_machine_behaves_like_windows(check: Check, machine: EmulatedExaminee) -> None:
    """The emulated machine shows every behaviour, and is afterwards as it was."""
    port: Examinee = machine
    before = machine.snapshot()
    if check.applies_to(port):
        check(port)

    left = [str(change) for change in machine.changes_since(before).registry]
    assert [] == left
    assert [] == list(machine.changes_since(before).files)


class TestExam:
    """The exam itself."""

    def test_every_check_says_what_and_whence(self) -> None:
        """Names are unique; every check has a sentence and a source."""
        names = [check.name for check in checks()]

        assert len(names) == len(set(names)) >= 250
        assert all(check.sentence.endswith(".") and check.source for check in checks())

    def test_wrong_machine_fails(self, machine: EmulatedMachine) -> None:
        """A check that finds something else says what; what it left is cleared away all the same."""

        @behaviour("wrong", source="nowhere")
        def wrong(under_test: Machine) -> None:
            """Nothing is as it should be."""
            under_test.registry.set(KEY, "x", RegistryValue.of("1"))
            under_test.files.make_folder(FOLDER)
            expect(RegistryValue.of("2"), under_test.registry.get(KEY, "x"))

        with pytest.raises(AssertionError, match=r"expected .*'2'.*, found .*'1'"):
            wrong(machine)
        assert not machine.registry.exists(KEY)
        assert not machine.files.exists(FOLDER)

    def test_expected_errors(self) -> None:
        """Success and another code are both failures."""
        with expect_error(2):
            raise MachineError(2, "missing")
        with pytest.raises(AssertionError, match="expected 3, found 2"), expect_error(3):
            raise MachineError(2, "missing")
        with pytest.raises(AssertionError, match="it worked"), expect_error(2):
            pass

    def test_some_checks_need_a_64_bit_windows(self, machine: EmulatedMachine) -> None:
        """Checks of views make no sense on a 32-bit Windows."""
        is_asked = [check for check in checks() if check.applies_to(machine)]

        assert (len(is_asked) == len(checks())) == machine.facts.is_64_bit


def test_registry_of_two_machines_never_meets() -> None:
    """Two machines in one process share neither registry nor files nor time, however the calls alternate."""
    facts = MACHINES["Windows 11 23H2"]
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    key = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso")
    with EmulatedMachine(facts, VirtualClock(start)) as one, EmulatedMachine(facts, VirtualClock(start)) as two:
        before = two.snapshot()
        one.registry.set(key, "x", RegistryValue.of("one"))
        two.files.write(r"C:\x.txt", b"two")
        one.files.write(r"C:\x.txt", b"one")
        with one.files.open(r"C:\x.txt", "ab"), two.files.open(r"C:\x.txt", "ab") as file:
            file.write(b"!")

        assert [r"+ C:\x.txt (4 bytes)"] == str(two.changes_since(before)).splitlines()
        assert b"one" == one.files.read(r"C:\x.txt")
        one.files.delete(r"C:\x.txt")
        assert two.files.exists(r"C:\x.txt")
