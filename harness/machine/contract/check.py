"""One check of the exam, how functions become checks, and where checks may write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.errors import MachineError
from harness.machine.ports import Machine
from harness.model.windows import RegistryPath, View

__all__ = [
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

_KEYS = (KEY, USER_KEY, POLICY_KEY, CLASS_KEY, COM_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One behaviour and how to find out whether a machine has it; call it with the machine.

    Attributes:
        name: what it is about, from the general to the special: `registry.views.shared-keys`.
        source: where it is known from.
        needs_wow64: whether it makes sense only on a 64-bit Windows.
        function: the check itself.
    """

    name: str
    source: str
    needs_wow64: bool
    function: Callable[[Machine], None]

    @property
    def sentence(self) -> str:
        """The behaviour in one sentence."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def applies_to(self, machine: Machine) -> bool:
        """Return whether such a machine can be asked."""
        return machine.facts.is_64_bit or not self.needs_wow64

    def __call__(self, machine: Machine) -> None:
        """Make sure that a machine shows the behaviour.

        Raises:
            AssertionError: when it does not.
        """
        _clean(machine)
        try:
            self.function(machine)
        finally:
            _clean(machine)


def behaviour(name: str, *, source: str, needs_wow64: bool = False) -> Callable[[Callable[[Machine], None]], Check]:
    """Mark a function as the check of a behaviour; its docstring is the sentence."""

    def mark(function: Callable[[Machine], None]) -> Check:
        return Check(name=name, source=source, needs_wow64=needs_wow64, function=function)

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
