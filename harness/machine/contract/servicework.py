"""A service that the exam installs, and what checks do with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from harness.errors import MachineError
from harness.machine.contract.check import Examinee, expect
from harness.machine.contract.probing import ended, started
from harness.machine.ports import Machine
from harness.model.services import Recovery, ServiceState, StartType
from harness.model.windows import SYSTEM, Account, RegistryPath

__all__ = ["SERVICES", "NAME", "OTHER", "IMAGE", "until", "service", "run", "end_process"]

SERVICES = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Services")
NAME, OTHER = "ImeHarnessContract", "ImeHarnessContractOther"
IMAGE = r'"C:\ProgramData\ImeHarnessService\service.exe" /run'
_SECOND = timedelta(seconds=1)


def until(machine: Examinee, state: ServiceState, name: str = NAME) -> None:
    """Wait until a service is in a state.

    Raises:
        AssertionError: when it is not within a minute.
    """
    for _ in range(60):
        if machine.services.query(name).state is state:
            return
        machine.pass_time(_SECOND)
    expect(state, machine.services.query(name).state)


@contextmanager
def service(
    machine: Examinee,
    name: str = NAME,
    *,
    start_type: StartType = StartType.MANUAL,
    is_delayed: bool = False,
    depends_on: Sequence[str] = (),
    account: Account = SYSTEM,
    recovery: Recovery | None = None,
) -> Iterator[None]:
    """Install a service that runs until it is stopped, and remove it afterwards."""

    async def main() -> None:
        await machine.clock.sleep(timedelta(days=1))

    _remove(machine, name)
    machine.services.install(
        name,
        display_name=f"{name} (exam)",
        image_path=IMAGE,
        main=main,
        start_type=start_type,
        is_delayed=is_delayed,
        depends_on=depends_on,
        account=account,
        recovery=recovery,
    )
    try:
        yield
    finally:
        _remove(machine, name)


def _remove(machine: Machine, name: str) -> None:
    with suppress(MachineError):
        machine.services.stop(name)
    with suppress(MachineError):
        machine.services.delete(name)


def run(machine: Examinee, name: str = NAME) -> None:
    """Start a service and wait until it runs."""
    machine.services.start(name)
    until(machine, ServiceState.RUNNING, name)


def end_process(machine: Examinee) -> None:
    """End the process of the service as Task Manager does."""
    pid = machine.services.query(NAME).pid
    ended(machine, started(machine, f"{machine.probe} kill:{pid}"))
