"""Carrying out what a sequence planned, with everything taken back when a part of it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Operation, Removal, Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.errors import MachineError, NotEmulated
from harness.timeline import Lane

__all__ = ["MsiPace", "Execution"]

#: Actions that carry out what was planned before them.
_RUN_SCRIPT = ("InstallExecute", "InstallExecuteAgain", "InstallFinalize")
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiPace:
    """How long an installation takes; guesses, for a laptop with a solid-state drive.

    Attributes:
        start_up: until the Windows Installer service has opened the package and costed it.
        copying_mb_per_second: unpacking and writing files.
        finish: registering the product.
        restart_delay: from the exit with 1641 to the restart, so that the caller still sees the exit code.
    """

    start_up: timedelta = timedelta(seconds=1)
    copying_mb_per_second: float = 20.0
    finish: timedelta = timedelta(seconds=1)
    restart_delay: timedelta = timedelta(seconds=5)


class Execution:
    """One run of planned steps.

    Args:
        session: the installation.
        pace: how fast it goes.
        remove: removes another product, in the transaction it is given or, for None, in its own.
        is_part: whether this is part of another installation's transaction, which commits or takes back later.
    """

    def __init__(
        self,
        session: Session,
        pace: MsiPace,
        remove: Callable[[Session, Removal, Transaction | None], Awaitable[None]],
        *,
        is_part: bool = False,
    ) -> None:
        self._session, self._pace, self._remove, self._is_part = session, pace, remove, is_part
        self._is_in_script = False
        self._mark = 0
        self._script: list[Operation] = []
        self._copied = 0

    async def run(self, steps: list[Step], to: Transaction) -> None:
        """Carry the steps out; when one fails, or msiexec is ended, everything not yet committed is taken back.

        Raises:
            InstallFailure: why it failed.
            NotEmulated: for what only comes to light now.
        """
        is_done = False
        self._mark = to.mark
        try:
            for step in steps:
                await self._step(step, to)
            is_done = True
        finally:
            if not is_done:
                self._take_back(to)

    async def _step(self, step: Step, to: Transaction) -> None:
        session, log = self._session, self._session.log
        if step.is_skipped:
            log.service(f"Skipping action: {step.action} (condition is false)")
            return
        log.service(f"Doing action: {step.action}")
        log.action_started(step.action)
        for letter, text in step.notes:
            log.service(text, letter)
        if step.failure:
            log.action_ended(step.action, 3)
            raise step.failure
        self._script += step.operations
        self._is_in_script = self._is_in_script or step.action == "InstallInitialize"
        for removal in step.removals:
            await self._remove(session, removal, to if self._is_in_script else None)
        try:
            if step.action in _RUN_SCRIPT:
                await self._run_script(to)
        except InstallFailure:
            log.action_ended(step.action, 3)
            raise
        if step.action == "InstallFinalize":
            await self._pause(self._pace.finish)
            session.needs_restart = session.needs_restart or to.needs_restart
            self._is_in_script = False
            if not self._is_part:
                to.commit()
                self._mark = 0
        if step.restarts:
            session.needs_restart = True
        log.action_ended(step.action, 1)

    async def _run_script(self, to: Transaction) -> None:
        script, self._script = self._script, []
        for operation in script:
            self._copied += operation.size_bytes
            if self._copied >= _MEGABYTE:
                await self._pause(timedelta(seconds=self._copied / _MEGABYTE / self._pace.copying_mb_per_second))
                self._copied = 0
            self._session.log.service(f"Executing op: {operation.text}")
            try:
                operation.apply(to)
            except MachineError as error:
                raise InstallFailure(f"{operation.text} failed: {error}", number=1307) from error
            if operation.settles:
                await operation.settles()

    async def _pause(self, duration: timedelta) -> None:
        self._session.log.flush()
        await self._session.run.sleep(duration)

    def _take_back(self, to: Transaction) -> None:
        """Undo; rollback custom actions would run now, and are not modelled."""
        session = self._session
        if to.mark == self._mark:
            return
        if session.is_rollback_disabled or session.properties.get("DISABLEROLLBACK"):
            to.commit()
            return
        for trouble in to.rollback(self._mark):
            session.log.service(f"Rollback error: {trouble}", "w")
        session.log.service("Rollback finished.", "i")
        text = f"what {session.package_name} did was taken back"
        session.machine.timeline.add(Lane.PROCESS, "msi rolled back", text, package=session.package_name)
        if session.rollback_actions:
            what = f"rollback custom action '{session.rollback_actions[0]}'"
            raise NotEmulated(
                what, where=session.package_name, hint="let the installation succeed, or model its failure"
            )
