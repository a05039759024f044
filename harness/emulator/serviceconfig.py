r"""How a service is written down below `HKLM\SYSTEM\CurrentControlSet\Services`, and read back.

The registry holds what installers, scripts and hives put there, so nothing in it is trusted: a value of another type
than Windows expects counts as missing.

Source: winsvc.h and learn.microsoft.com, "Database of Installed Services", QUERY_SERVICE_CONFIG,
SERVICE_FAILURE_ACTIONS; that `FailureActions` holds the 32-bit layout of that structure (five DWORDs, then pairs of
action and milliseconds) is as [MS-SCMR], SERVICE_FAILURE_ACTIONS_WOW64, has it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from harness.model.names import folded
from harness.model.services import Recovery, RecoveryAction, StartType
from harness.model.windows import Hive, RegistryData, RegistryPath, RegistryType, RegistryValue

__all__ = [
    "SERVICES",
    "DELETE_FLAG",
    "KeyValues",
    "ServiceConfig",
    "config_of",
    "recovery_of",
    "registry_values",
    "recovery_values",
]

SERVICES = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Services")
#: Set to 1 on the key of a service that is to be deleted when it has stopped (from memory of such keys).
DELETE_FLAG = "DeleteFlag"

#: The values of a key by folded name, each with its name, as images of keys have them.
KeyValues = Mapping[str, tuple[str, RegistryValue]]

_OWN_PROCESS, _SHARED_PROCESS, _ANY_DRIVER = 0x10, 0x20, 0x0B
_INFINITE = 0xFFFFFFFF
_HEADER = struct.Struct("<5I")
_ACTION = struct.Struct("<2I")
#: SC_ACTION_TYPE.
_ACTIONS = {
    0: RecoveryAction.NONE,
    1: RecoveryAction.RESTART_SERVICE,
    2: RecoveryAction.RESTART_COMPUTER,
    3: RecoveryAction.RUN_COMMAND,
}
_NUMBERS = {action: number for number, action in _ACTIONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    r"""What the key of a service says.

    Attributes:
        name: the key's name.
        display_name: the name people see; the key's where there is none.
        type: what kind of service it is: 0x10 in its own process, 0x20 in one it shares, 1 and 2 drivers.
        start_type: when it starts.
        is_delayed: whether an automatic one waits until others have started.
        error_control: how bad it is when it does not start at a boot.
        image_path: the command line of its process, as written, with `%variables%`.
        object_name: who it runs as: `LocalSystem`, `NT AUTHORITY\LocalService`, `.\name`, `DOMAIN\name`.
        depends_on: the services it needs.
        groups_needed: the load order groups of which it needs one member.
        group: the load order group it is in.
        is_deleted: whether it is to go.
    """

    name: str
    display_name: str
    type: int = _OWN_PROCESS
    start_type: StartType
    is_delayed: bool = False
    error_control: int = 1
    image_path: str
    object_name: str = "LocalSystem"
    depends_on: tuple[str, ...] = ()
    groups_needed: tuple[str, ...] = ()
    group: str = ""
    is_deleted: bool = False

    @property
    def is_driver(self) -> bool:
        """Whether it is a driver, which runs in the kernel."""
        return bool(self.type & _ANY_DRIVER)

    @property
    def shares_process(self) -> bool:
        """Whether it runs in a process with others."""
        return bool(self.type & _SHARED_PROCESS)

    @property
    def is_automatic(self) -> bool:
        """Whether it starts with the machine without waiting for others."""
        return self.start_type is StartType.AUTOMATIC and not self.is_delayed


def config_of(name: str, values: KeyValues) -> ServiceConfig | None:
    """Return what a key says of a service; None for a key that is none, as those with only performance counters."""
    kind, start = _number(values, "Type"), _data(values, "Start")
    if not kind & (_OWN_PROCESS | _SHARED_PROCESS | _ANY_DRIVER) or start not in set(StartType):
        return None
    return ServiceConfig(
        name=name,
        display_name=_text(values, "DisplayName") or name,
        type=kind,
        start_type=StartType(_number(values, "Start")),
        is_delayed=bool(_number(values, "DelayedAutostart")),
        error_control=_number(values, "ErrorControl"),
        image_path=_text(values, "ImagePath"),
        object_name=_text(values, "ObjectName") or "LocalSystem",
        depends_on=_texts(values, "DependOnService"),
        groups_needed=_texts(values, "DependOnGroup"),
        group=_text(values, "Group"),
        is_deleted=bool(_number(values, DELETE_FLAG)),
    )


def registry_values(config: ServiceConfig) -> dict[str, RegistryValue | None]:
    """Return the values of a service's key; None for one that must not be there."""
    numbers = {"Type": config.type, "Start": int(config.start_type), "ErrorControl": config.error_control}
    return {
        **{name: RegistryValue.of(number) for name, number in numbers.items()},
        "ImagePath": RegistryValue(RegistryType.REG_EXPAND_SZ, config.image_path),
        "DisplayName": RegistryValue.of(config.display_name),
        "DependOnService": RegistryValue.of(config.depends_on) if config.depends_on else None,
        "DependOnGroup": RegistryValue.of(config.groups_needed) if config.groups_needed else None,
        "ObjectName": RegistryValue.of(config.object_name),
        "DelayedAutostart": RegistryValue.of(1) if config.is_delayed else None,
        "Group": RegistryValue.of(config.group) if config.group else None,
    }


def recovery_of(values: KeyValues) -> Recovery | None:
    """Return what a key says is to be done about failures; None when it says nothing or nothing that makes sense."""
    data = _data(values, "FailureActions")
    if not isinstance(data, bytes) or len(data) < _HEADER.size:
        return None
    reset, _, _, count, offset = _HEADER.unpack_from(data)
    offset = offset or _HEADER.size
    if not count or len(data) < offset + count * _ACTION.size:
        return None
    actions = []
    for at in range(offset, offset + count * _ACTION.size, _ACTION.size):
        number, milliseconds = _ACTION.unpack_from(data, at)
        if number not in _ACTIONS:
            return None
        actions.append((_ACTIONS[number], timedelta(milliseconds=milliseconds)))
    return Recovery(
        actions=tuple(actions),
        reset_after=None if reset == _INFINITE else timedelta(seconds=reset),
        command=_text(values, "FailureCommand"),
    )


def recovery_values(recovery: Recovery) -> dict[str, RegistryValue]:
    """Return the values that say what is to be done about failures."""
    reset = _INFINITE if recovery.reset_after is None else _in(recovery.reset_after, timedelta(seconds=1))
    header = _HEADER.pack(reset, 0, 0, len(recovery.actions), _HEADER.size)
    actions = [
        _ACTION.pack(_NUMBERS[action], _in(delay, timedelta(milliseconds=1))) for action, delay in recovery.actions
    ]
    values = {"FailureActions": RegistryValue.of(header + b"".join(actions))}
    return {**values, "FailureCommand": RegistryValue.of(recovery.command)} if recovery.command else values


def _in(duration: timedelta, unit: timedelta) -> int:
    """Return a duration in a unit, as far as a DWORD can say it."""
    return min(max(duration // unit, 0), _INFINITE)


def _data(values: KeyValues, name: str) -> RegistryData:
    found = values.get(folded(name))
    return found[1].data if found else None


def _number(values: KeyValues, name: str) -> int:
    data = _data(values, name)
    return data if isinstance(data, int) else 0


def _text(values: KeyValues, name: str) -> str:
    data = _data(values, name)
    return data if isinstance(data, str) else ""


def _texts(values: KeyValues, name: str) -> tuple[str, ...]:
    data = _data(values, name)
    return tuple(text for text in data if text) if isinstance(data, tuple) else ()
