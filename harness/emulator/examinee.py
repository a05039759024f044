"""The emulated machine as it sits the exam: with a way to let its time pass and to wait for what takes time."""

from __future__ import annotations

import ntpath
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from harness.emulator.accounts import entra_account
from harness.emulator.baseline import lay_down_user
from harness.emulator.controls import EmulatedControls
from harness.emulator.executables import make_executable
from harness.emulator.machine import EmulatedMachine
from harness.emulator.people import EmulatedPeople
from harness.emulator.probing import probe
from harness.emulator.process_view import ProcessView, seen_by
from harness.emulator.toastdesk import EmulatedToastDesk
from harness.errors import UsageError
from harness.model.files import FileVersion
from harness.model.windows import Account, Architecture, Bits, Token

__all__ = ["EmulatedExaminee"]

T = TypeVar("T")

#: Longer than anything the exam waits for.
_LIMIT = timedelta(days=2)

#: Where the probe lies, outside the places that checks clear away.
_PROBE, _PROBE_32 = r"C:\ImeHarnessProbe\probe.exe", r"C:\ImeHarnessProbe\probe32.exe"


class EmulatedExaminee(EmulatedMachine):
    """An emulated machine that fulfils `harness.machine.contract.check.Examinee`.

    Attributes:
        standard_user: a user with a profile and a loaded hive.
        administrator: a user like that who is one.
        probe: starts the probe.
        probe_32: starts it as a 32-bit program.
    """

    probe = _PROBE
    probe_32 = _PROBE_32

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.standard_user: Account = entra_account("exam.user")
        self.administrator: Account = entra_account("exam.admin", is_administrator=True)
        for account in (self.standard_user, self.administrator):
            lay_down_user(self.registry, self.files, account)
        for account in (self.people.visitor, self.people.manager):  # they have been here before
            lay_down_user(self.registry, self.files, account)
            self.registry.unload_user(account.sid)
        self.files.make_folder(ntpath.dirname(_PROBE))
        self.put_probe(_PROBE)
        self.put_probe(_PROBE_32, Architecture.X86)

    def put_probe(self, path: str, architecture: Architecture | None = None) -> None:
        """Make a program file that is the probe, for the machine's own processor unless another is said."""
        self.files.write(path, make_executable(FileVersion(1), architecture or self.facts.architecture))
        self.programs[path] = probe

    def seen_by(self, token: Token, bits: Bits = 64) -> ProcessView:
        """Return the machine as a program with such a token and of such a width sees it."""
        return seen_by(self, token, bits)

    @property
    def controls(self) -> EmulatedControls:
        """What can be done to it from outside."""
        return EmulatedControls(self)

    def pass_time(self, duration: timedelta) -> None:
        """Let the machine's time pass."""
        self.clock.advance(duration)

    @property
    def people(self) -> EmulatedPeople:
        """Who comes and goes."""
        return EmulatedPeople(self)

    @property
    def toast_desk(self) -> EmulatedToastDesk:
        """Its screen."""
        return EmulatedToastDesk(self)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that awaits the machine's clock, and return what it returns.

        Raises:
            UsageError: when it is not done within two days of the machine's time.
        """
        task = self.clock.spawn_outside(work, name="the exam")
        if not self.clock.run_until(lambda: task.finished.is_set, _LIMIT):
            task.cancel()
            raise UsageError(f"the work is not done after {_LIMIT} of machine time - wait for something that happens")
        return task.result()
