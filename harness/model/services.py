"""Services as the service control manager tells of them.

Source: learn.microsoft.com, "Service Programs", SERVICE_STATUS_PROCESS, QUERY_SERVICE_CONFIG, SC_ACTION and
SERVICE_FAILURE_ACTIONS; the numbers are winsvc.h's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from harness.model.windows import SYSTEM, Account

__all__ = ["StartType", "ServiceState", "RecoveryAction", "Recovery", "ServiceInfo"]


class StartType(IntEnum):
    """When a service starts."""

    BOOT = 0
    SYSTEM = 1
    AUTOMATIC = 2
    MANUAL = 3
    DISABLED = 4


class ServiceState(IntEnum):
    """What a service is doing."""

    STOPPED = 1
    START_PENDING = 2
    STOP_PENDING = 3
    RUNNING = 4
    CONTINUE_PENDING = 5
    PAUSE_PENDING = 6
    PAUSED = 7


class RecoveryAction(StrEnum):
    """What happens when a service ends without having been told to."""

    NONE = "none"
    RESTART_SERVICE = "restart"
    RESTART_COMPUTER = "reboot"
    RUN_COMMAND = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What to do about the first failure, the second, and all later ones.

    Attributes:
        actions: what to do and how long to wait before; the last one counts for every later failure too.
        reset_after: without a failure for so long, counting starts anew; None for never.
        command: what RUN_COMMAND runs, as the account of the service.
    """

    actions: tuple[tuple[RecoveryAction, timedelta], ...] = ()
    reset_after: timedelta | None = None
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """What a query of a service says.

    Attributes:
        name: its key name, for example `IntuneManagementExtension`.
        display_name: the name people see.
        state: what it is doing.
        start_type: when it starts.
        is_delayed: whether an automatic one waits until others have started.
        image_path: the command line of its process.
        account: who it runs as.
        pid: its process; 0 while it is stopped.
        depends_on: the services it needs.
        exit_code: how it last ended; 1077 when it was not started since the boot.
    """

    name: str
    display_name: str
    state: ServiceState
    start_type: StartType
    is_delayed: bool = False
    image_path: str
    account: Account = SYSTEM
    pid: int = 0
    depends_on: tuple[str, ...] = ()
    exit_code: int = 0
