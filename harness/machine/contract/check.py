"""One check of the exam, how functions become checks, and where checks may write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from harness.errors import MachineError
from harness.machine.capabilities import Capability
from harness.machine.contract.controls import Controls
from harness.machine.contract.people import People
from harness.machine.contract.toastdesk import ToastDesk
from harness.machine.ports import FileSystem, Machine, Registry
from harness.machine.tasks import Tasks
from harness.model.windows import Account, Bits, RegistryPath, Token, View

__all__ = [
    "Examinee",
    "Standpoint",
    "Check",
    "behaviour",
    "expect",
    "expect_error",
    "KEY",
    "USER_KEY",
    "POLICY_KEY",
    "CLASS_KEY",
    "COM_KEY",
    "FOLDER",
]

#: Where checks may write. `COM_KEY` is one that a 64-bit Windows keeps twice, the policy and class keys are shared.
KEY = RegistryPath.parse(r"HKLM\SOFTWARE\ImeHarnessContract")
USER_KEY = RegistryPath.parse(r"HKCU\SOFTWARE\ImeHarnessContract")
POLICY_KEY = RegistryPath.parse(r"HKLM\SOFTWARE\Policies\ImeHarnessContract")
CLASS_KEY = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\ImeHarnessContract")
COM_KEY = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\CLSID\{D1A5C0DE-0000-4000-8000-C0FFEE000001}")
FOLDER = r"C:\ProgramData\ImeHarnessContract"

T = TypeVar("T")

_KEYS = (KEY, USER_KEY, POLICY_KEY, CLASS_KEY, COM_KEY)


class Standpoint(Protocol):
    """Registry and volumes as one program sees them: its HKCU, its half of Windows, what it may and may not."""

    @property
    def registry(self) -> Registry:
        """The registry; where no view is said, the program's own."""
        ...

    @property
    def files(self) -> FileSystem:
        """The volumes; where no view is said, as the program's own half of Windows has them."""
        ...


class Examinee(Machine, Protocol):
    """A machine that sits the exam: a test can let its time pass, and start a program on it that does as told."""

    @property
    def winreg(self) -> Any:
        """The standard library's `winreg`, or what stands in for it, as a 64-bit program of SYSTEM has it."""
        ...

    @property
    def controls(self) -> Controls:
        """What can be done to the machine from outside."""
        ...

    def pass_time(self, duration: timedelta) -> None:
        """Let the machine's time pass: at once where it is virtual, by waiting where it is not."""
        ...

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that awaits the machine's clock, and return what it returns."""
        ...

    @property
    def standard_user(self) -> Account:
        """A standard user with a profile and a loaded hive; for machines that can act as another account."""
        ...

    @property
    def administrator(self) -> Account:
        """A user like that who is a member of Administrators."""
        ...

    def seen_by(self, token: Token, bits: Bits = 64) -> Standpoint:
        """Return the machine as a program with such a token and of such a width sees it."""
        ...

    @property
    def toast_desk(self) -> ToastDesk:
        """A screen with a user at it; for machines with toasts that a test sees."""
        ...

    @property
    def people(self) -> People:
        """Who comes and goes; for machines with users who sign in at a test's word."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Task Scheduler; for machines with tasks that a test may register."""
        ...

    @property
    def probe(self) -> str:
        """The beginning of a command line that starts the probe, `harness.machine.contract.probe`.

        What it is to do follows after a blank.
        """
        ...

    @property
    def probe_32(self) -> str:
        """What `probe` is, as a 32-bit program of a machine with two halves."""
        ...

    def put_probe(self, path: str) -> None:
        """Make a program file, in a folder that is there, that is the probe: its words follow the file's name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One behaviour and how to find out whether a machine has it; call it with the machine.

    Attributes:
        name: what it is about, from the general to the special: `registry.views.shared-keys`.
        source: where it is known from.
        needs: what a machine must be capable of to be asked.
        function: the check itself.
    """

    name: str
    source: str
    needs: frozenset[Capability]
    function: Callable[[Examinee], None]

    @property
    def sentence(self) -> str:
        """The behaviour in one sentence."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def applies_to(self, machine: Machine) -> bool:
        """Return whether such a machine can be asked."""
        return self.needs <= set(machine.capabilities)

    def __call__(self, machine: Examinee) -> None:
        """Make sure that a machine shows the behaviour.

        Raises:
            AssertionError: when it does not.
        """
        _clean(machine)
        try:
            self.function(machine)
        finally:
            _clean(machine)


def behaviour(
    name: str, *, source: str, needs: Collection[Capability] = ()
) -> Callable[[Callable[[Examinee], None]], Check]:
    """Mark a function as the check of a behaviour; its docstring is the sentence."""

    def mark(function: Callable[[Examinee], None]) -> Check:
        return Check(name=name, source=source, needs=frozenset(needs), function=function)

    return mark


def expect(expected: object, actual: object) -> None:
    """Make sure that two things are equal.

    Raises:
        AssertionError: saying both.
    """
    if expected != actual:
        raise AssertionError(f"expected {expected!r}, found {actual!r}")


@contextmanager
def expect_error(winerror: int) -> Iterator[None]:
    """Make sure that what is done inside fails with a Win32 error code.

    Raises:
        AssertionError: when it works, or fails with another code.
    """
    try:
        yield
    except MachineError as error:
        expect(winerror, error.winerror)
    else:
        raise AssertionError(f"expected error {winerror}, but it worked")


def _clean(machine: Machine) -> None:
    for key in _KEYS:
        for view in View:
            if machine.registry.exists(key, view):
                machine.registry.delete(key, view)
    if machine.files.exists(FOLDER):
        machine.files.delete(FOLDER)
