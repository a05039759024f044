"""What happens when a service ends without having been told to.

Source: learn.microsoft.com, SERVICE_FAILURE_ACTIONS (counting, the last action counts for later failures),
SERVICE_FAILURE_ACTIONS_FLAG; winerror.h for 1067. What Windows writes to its event log is not modelled.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.durations import format_duration
from harness.emulator.serviceconfig import recovery_of
from harness.emulator.serviceprocesses import Service, values_of
from harness.errors import MachineError
from harness.model.commands import Command
from harness.model.services import Recovery, RecoveryAction
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.clock import VirtualTask
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ServiceRecovery"]


class ServiceRecovery:
    """Counts failures, and acts on them.

    Args:
        machine: the machine.
        start: starts a service; what goes wrong is told on the timeline.
    """

    def __init__(self, machine: EmulatedMachine, start: Callable[[Service], None]) -> None:
        self._machine, self._start = machine, start
        self._pending: dict[str, VirtualTask[None]] = {}

    def cancel(self) -> None:
        """Forget what was to be done, as the end of a boot does."""
        pending, self._pending = self._pending, {}
        for task in pending.values():
            task.cancel()

    def failed(self, service: Service) -> None:
        """Note that a service ended without having been told to, and do what its key says about that."""
        recovery = recovery_of(values_of(self._machine, service.name))
        now = self._machine.clock.monotonic()
        if recovery and recovery.reset_after is not None and service.failed_at is not None:
            service.failures = 0 if now - service.failed_at >= recovery.reset_after else service.failures
        service.failures += 1
        service.failed_at = now
        if recovery is None or service.is_marked:
            return
        action, delay = recovery.actions[min(service.failures, len(recovery.actions)) - 1]
        if action is RecoveryAction.NONE:
            return
        text = f"the service {service.display_name} has failed {service.failures} times: {_WORDS[action]}"
        text = f"{text} in {format_duration(delay)}" if delay else text
        self._tell("service recovery", text, service, action=action.value, delay_s=delay.total_seconds())
        work = self._act(service, action, delay, recovery)
        self._pending[service.name] = self._machine.clock.spawn_apart(work, name=f"the recovery of {service.name}")

    async def _act(self, service: Service, action: RecoveryAction, delay: timedelta, recovery: Recovery) -> None:
        await self._machine.clock.sleep(delay)
        self._pending.pop(service.name, None)
        if action is RecoveryAction.RESTART_COMPUTER:
            self._machine.power.restart(f"the service {service.display_name} has failed")
        elif action is RecoveryAction.RUN_COMMAND:
            self._run(service, recovery.command)
        else:
            self._start(service)

    def _run(self, service: Service, command_line: str) -> None:
        process = service.process
        if not command_line or process is None:
            return
        command = Command(
            command_line=command_line,
            working_directory=r"C:\Windows\System32",
            account=process.info.account,
            parent_bits=self._machine.processes.native_bits,
            is_elevated=process.info.is_elevated,
        )
        try:
            self._machine.processes.start(command)
        except MachineError as error:
            text = f"what is to be run after a failure of {service.display_name} does not start: {error}"
            self._tell("service recovery failed", text, service)

    def _tell(self, kind: str, text: str, service: Service, **data: str | float) -> None:
        self._machine.timeline.add(Lane.SERVICE, kind, text, name=service.name, **data)


_WORDS = {
    RecoveryAction.RESTART_SERVICE: "it is started again",
    RecoveryAction.RESTART_COMPUTER: "the computer restarts",
    RecoveryAction.RUN_COMMAND: "a command is run",
}
