"""One msiexec command line from the package to the exit code."""

from __future__ import annotations

import ntpath
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from harness.emulator.msi.commandline import MsiCommand, UiLevel, Verb
from harness.emulator.msi.execution import Execution, MsiPace
from harness.emulator.msi.log import InstallLog
from harness.emulator.msi.opening import Package, open_installed, open_package
from harness.emulator.msi.outcomes import ExitCode, InstallFailure
from harness.emulator.msi.products import find_product
from harness.emulator.msi.properties import initial_properties
from harness.emulator.msi.script import Removal, Step
from harness.emulator.msi.sequence import end_dialog, plan_sequence
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.errors import FormatError, MachineError
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Installation"]

#: Held while an execute sequence runs (learn.microsoft.com, "_MSIExecute Mutex").
_MUTEX: Final = r"Global\_MSIExecute"
_AT_SUCCESS: Final = -1
_DOINGS: Final = {
    Verb.INSTALL: ("Installation", "installed"),
    Verb.UNINSTALL: ("Removal", "removed"),
    Verb.REPAIR: ("Configuration", "reconfigured"),
}


class Installation:
    """What one msiexec process does.

    Args:
        run: the process.
        command: what was asked for.
        log: where it is written down.
        pace: how long things take.
    """

    def __init__(self, run: ProgramRun, command: MsiCommand, log: InstallLog, pace: MsiPace) -> None:
        self._run, self._command, self._log, self._pace = run, command, log, pace
        self._leftovers: list[str] = []

    async def carry_out(self) -> ExitCode:
        """Do it, and return how msiexec exits.

        Raises:
            NotEmulated: for what is not modelled.
        """
        self._log.client(f"******* Product: {self._command.target}", "i")
        await self._run.sleep(self._pace.start_up)
        try:
            package = open_package(self._run, self._command)
        except InstallFailure as failure:
            return await self._fail(failure, ntpath.basename(self._command.target))
        try:
            session = self._session(package)
            await self._user_interface(package, session)
            return await self._install(session)
        except (InstallFailure, FormatError) as error:
            ending = error if isinstance(error, InstallFailure) else _broken(error)
            return await self._fail(ending, package.database.source)
        finally:
            package.stream.close()
            self._delete_leftovers()

    async def _install(self, session: Session) -> ExitCode:
        """Run the execute sequence while nobody else does.

        Raises:
            InstallFailure: if it failed, and when somebody else installs.
        """
        if not self._run.try_lock(_MUTEX):
            message = "Another installation is already in progress. Complete that installation first."
            raise InstallFailure(message, exit_code=ExitCode.ALREADY_RUNNING)
        try:
            await self._execute(session)
        finally:
            with suppress(MachineError):  # a process that was ended has given it back already
                self._run.unlock(_MUTEX)
        if self._command.ui is UiLevel.FULL and (dialog := end_dialog(session, _AT_SUCCESS)):
            await self._show(f"dialog '{dialog}' of {session.package_name}")
        elif self._command.shows_end:
            await self._show(f"{session.product_name}: the end of the installation (/q with +)")
        return await self._restart(session)

    async def _execute(self, session: Session) -> None:
        name = f"{session.product_name} {session.properties.get('ProductVersion', '')}"
        self._event("msi started", f"Windows Installer starts the {self._command.verb} of {name}", session)
        self._log.action_started("INSTALL")
        try:
            steps = plan_sequence(session)
            self._look_ahead(session, steps)
            await Execution(session, self._pace, self._remove).run(
                steps, Transaction(self._run.machine, self._leftovers)
            )
        except (InstallFailure, FormatError):
            self._finish_log(session, ExitCode.INSTALL_FAILURE)
            raise
        self._finish_log(session, ExitCode.SUCCESS)
        done = _DOINGS[self._verb(session)][1]
        self._event("msi finished", f"Windows Installer {done} {name}", session)

    def _verb(self, session: Session) -> Verb:
        if session.is_removal:
            return Verb.UNINSTALL
        return Verb.REPAIR if session.product else Verb.INSTALL

    # Products that are replaced

    async def _remove(self, outer: Session, removal: Removal, to: Transaction | None) -> None:
        """Remove a product within another installation, in the transaction of that one or, for None, in its own."""
        inner = self._inner_session(outer, removal)
        if inner is None:
            return
        own = to or Transaction(self._run.machine, self._leftovers)
        try:
            await Execution(inner, self._pace, self._remove, is_part=to is not None).run(plan_sequence(inner), own)
            outer.needs_restart = outer.needs_restart or inner.needs_restart
        except (InstallFailure, FormatError) as error:
            self._log.service(f"Removing {removal.code} failed: {error}", "e")
            if not removal.ignores_failure:
                raise InstallFailure(f"The older version of {outer.product_name} cannot be removed: {error}") from error
        finally:
            inner.close()

    def _look_ahead(self, session: Session, steps: list[Step]) -> None:
        """Let what is not modelled in the removal of older products come to light before anything is changed."""
        for removal in (removal for step in steps for removal in step.removals):
            # A failure is left for when its time comes: a row of the Upgrade table may not mind it.
            with suppress(InstallFailure, FormatError):
                inner = self._inner_session(session, removal)
                if inner:
                    with closing(inner):
                        plan_sequence(inner)

    def _inner_session(self, outer: Session, removal: Removal) -> Session | None:
        product = find_product(self._run.machine.registry, removal.code, self._run.info.account.sid)
        if product is None:
            return None
        package = open_installed(self._run, product)
        given = {"REMOVE": removal.features, "UPGRADINGPRODUCTCODE": outer.product_code}
        return self._session(package, UiLevel.NONE, given)

    # The parts

    def _session(self, package: Package, ui: UiLevel | None = None, given: dict[str, str] | None = None) -> Session:
        """Return a session with its first properties, those given instead of the command line's."""
        ui = self._command.ui if ui is None else ui
        properties = initial_properties(
            self._run,
            given=self._command.chosen_properties() if given is None else given,
            table=package.database.properties(),
            package=package.path,
            ui=ui,
            product=package.product,
        )
        if self._command.log:
            properties.set("MsiLogFileLocation", self._run.files.resolve(self._command.log.path))
        return Session(
            run=self._run,
            database=package.database,
            stream=package.stream,
            properties=properties,
            log=self._log,
            product=package.product,
        )

    async def _user_interface(self, package: Package, session: Session) -> None:
        """Run the user interface sequence up to its first dialog; without one, take over what it found out.

        Raises:
            InstallFailure: if it ends the installation.
        """
        if self._command.ui is not UiLevel.FULL:
            return
        client = self._session(package)
        for step in plan_sequence(client, "InstallUISequence"):
            if step.dialog:
                await self._show(f"dialog '{step.dialog}' of {client.package_name}")
            if step.failure:
                raise step.failure
        for name, value in client.properties.items():
            if name.isupper():
                session.properties.set(name, value)

    async def _restart(self, session: Session) -> ExitCode:
        """Restart if that is needed and nobody suppresses it (learn.microsoft.com, "REBOOT", "REBOOTPROMPT")."""
        wish = session.properties.get("REBOOT", "")[:1].upper()
        if not session.needs_restart and wish != "F":
            return ExitCode.SUCCESS
        if wish in ("R", "S"):
            return ExitCode.RESTART_REQUIRED
        if self._command.shows_errors and session.properties.get("REBOOTPROMPT", "")[:1].upper() != "S":
            await self._show(f"{session.product_name}: restart now or later?")
        self._log.service(f"Restarting the machine for {session.product_name}.", "i")
        self._run.machine.power.restart(f"Windows Installer: {session.product_name}", self._pace.restart_delay)
        return ExitCode.RESTART_INITIATED

    async def _fail(self, failure: InstallFailure, package: str) -> ExitCode:
        """Write down why, let a message box say so if there are any, and return the exit code."""
        code = failure.exit_code
        self._log.client(f"Note: {failure}", "e")
        text = f"msiexec fails with {int(code)} at {package}: {failure}"
        self._run.machine.timeline.add(
            Lane.PROCESS, "msi failed", text, package=package, exit_code=int(code), reason=str(failure)
        )
        if self._command.shows_errors:
            await self._show(str(failure))
        return code

    def _delete_leftovers(self) -> None:
        while self._leftovers:
            path = self._leftovers.pop()
            if self._run.machine.files.exists(path):
                self._run.machine.files.delete(path)

    async def _show(self, what: str) -> None:
        self._log.flush()
        await self._run.show_dialog(what)

    def _finish_log(self, session: Session, code: ExitCode) -> None:
        self._log.action_ended("INSTALL", 1 if code.is_success else 3)
        hidden = session.properties.get("MsiHiddenProperties", "").split(";")
        self._log.properties(session.properties, frozenset(hidden))
        noun, done = _DOINGS[self._verb(session)]
        outcome = "completed successfully" if code.is_success else "failed"
        self._log.service(f"Product: {session.product_name} -- {noun} {outcome}.", "i")
        details = (
            f"Product Name: {session.product_name}. Product Version: {session.properties.get('ProductVersion', '')}. "
            f"Product Language: {session.properties.get('ProductLanguage', '')}. "
            f"Manufacturer: {session.properties.get('Manufacturer', '')}."
        )
        status = f"{noun} success or error status: {int(code)}."
        self._log.service(f"Windows Installer {done} the product. {details} {status}", "i")

    def _event(self, kind: str, text: str, session: Session) -> None:
        timeline, code = self._run.machine.timeline, session.product_code
        timeline.add(Lane.PROCESS, kind, text, package=session.package_name, product_code=code)


def _broken(error: FormatError) -> InstallFailure:
    return InstallFailure(f"This installation package is damaged: {error}", exit_code=ExitCode.PACKAGE_INVALID)
