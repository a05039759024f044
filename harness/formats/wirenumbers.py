"""The numbers the agent's documents write where Graph has names: one table for every enumeration.

Sources: public parsers of the agent's logs and policies, and policies seen on devices. They are not Graph's numbers:
`RunAs` for one is the other way round. What is not certain says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import TypeVar

from harness.formats.misfits import Misfit, describe
from harness.formats.structuring import Reader
from harness.model.apps import DeviceRestartBehavior, ReturnCodeType, RunAsAccount
from harness.model.assignments import DeliveryOptimizationPriority, InstallIntent, Notifications, TargetType
from harness.model.rules import (
    FileSystemOperation,
    Operator,
    ProcessOperation,
    RegistryOperation,
    RuleRunAs,
    ScriptOperation,
)
from harness.model.windows import Architecture

__all__ = [
    "INTENTS",
    "TARGET_TYPES",
    "INSTALL_CONTEXTS",
    "RUN_AS",
    "RESTART_BEHAVIORS",
    "RETURN_CODE_TYPES",
    "TOAST_STATES",
    "PRIORITIES",
    "OPERATORS",
    "REGISTRY_OPERATIONS",
    "FILE_OPERATIONS",
    "SCRIPT_OPERATIONS",
    "PROCESS_OPERATIONS",
    "RULE_RUN_AS",
    "ARCHITECTURES",
    "OLD_ARCHITECTURES",
    "REGISTRY",
    "PRODUCT_CODE",
    "FILE_SYSTEM",
    "SCRIPT",
    "PROCESS",
    "named_by",
]

E = TypeVar("E", bound=Enum)

#: `Intent`. 0 stands for apps that come only with another app; 2 was never seen.
INTENTS: Mapping[InstallIntent, int] = {
    InstallIntent.AVAILABLE: 1,
    InstallIntent.REQUIRED: 3,
    InstallIntent.UNINSTALL: 4,
}
#: `TargetType`. 0 stands for none.
TARGET_TYPES: Mapping[TargetType, int] = {TargetType.USER: 1, TargetType.DEVICE: 2, TargetType.BOTH: 3}
#: `InstallContext` of state messages; that of a policy means something else.
INSTALL_CONTEXTS: Mapping[RunAsAccount, int] = {RunAsAccount.USER: 1, RunAsAccount.SYSTEM: 2}
#: `InstallEx.RunAs`; that 0 is the user is inferred.
RUN_AS: Mapping[RunAsAccount, int] = {RunAsAccount.USER: 0, RunAsAccount.SYSTEM: 1}
#: `InstallEx.DeviceRestartBehavior`.
RESTART_BEHAVIORS: Mapping[DeviceRestartBehavior, int] = {
    DeviceRestartBehavior.BASED_ON_RETURN_CODE: 0,
    DeviceRestartBehavior.ALLOW: 1,
    DeviceRestartBehavior.SUPPRESS: 2,
    DeviceRestartBehavior.FORCE: 3,
}
#: `ReturnCodes[].Type`.
RETURN_CODE_TYPES: Mapping[ReturnCodeType, int] = {
    ReturnCodeType.FAILED: 0,
    ReturnCodeType.SUCCESS: 1,
    ReturnCodeType.SOFT_REBOOT: 2,
    ReturnCodeType.HARD_REBOOT: 3,
    ReturnCodeType.RETRY: 4,
}
#: `ToastState`: Graph's numbers, which occur on the wire; their meaning there is inferred.
TOAST_STATES: Mapping[Notifications, int] = {
    Notifications.SHOW_ALL: 0,
    Notifications.SHOW_REBOOT: 1,
    Notifications.HIDE_ALL: 2,
}
#: `DOPriority`: Graph's numbers; their meaning on the wire is inferred.
PRIORITIES: Mapping[DeliveryOptimizationPriority, int] = {
    DeliveryOptimizationPriority.NOT_CONFIGURED: 0,
    DeliveryOptimizationPriority.FOREGROUND: 1,
}
#: `Operator` and `ProductVersionOperator`.
OPERATORS: Mapping[Operator, int] = {
    Operator.NOT_CONFIGURED: 0,
    Operator.EQUAL: 1,
    Operator.NOT_EQUAL: 2,
    Operator.GREATER_THAN: 4,
    Operator.GREATER_THAN_OR_EQUAL: 5,
    Operator.LESS_THAN: 8,
    Operator.LESS_THAN_OR_EQUAL: 9,
}
#: What a registry rule looks at: `DetectionType` inside its text, `Type` in a requirement.
REGISTRY_OPERATIONS: Mapping[RegistryOperation, int] = {
    RegistryOperation.NOT_CONFIGURED: 0,
    RegistryOperation.EXISTS: 1,
    RegistryOperation.DOES_NOT_EXIST: 2,
    RegistryOperation.STRING: 3,
    RegistryOperation.INTEGER: 4,
    RegistryOperation.VERSION: 5,
}
#: The same of a file rule.
FILE_OPERATIONS: Mapping[FileSystemOperation, int] = {
    FileSystemOperation.NOT_CONFIGURED: 0,
    FileSystemOperation.EXISTS: 1,
    FileSystemOperation.MODIFIED_DATE: 2,
    FileSystemOperation.CREATED_DATE: 3,
    FileSystemOperation.VERSION: 4,
    FileSystemOperation.SIZE_IN_MB: 5,
    FileSystemOperation.DOES_NOT_EXIST: 6,
}
#: What the output of a requirement script is read as.
SCRIPT_OPERATIONS: Mapping[ScriptOperation, int] = {
    ScriptOperation.NOT_CONFIGURED: 0,
    ScriptOperation.STRING: 1,
    ScriptOperation.DATE_TIME: 2,
    ScriptOperation.INTEGER: 3,
    ScriptOperation.FLOAT: 4,
    ScriptOperation.VERSION: 5,
    ScriptOperation.BOOLEAN: 6,
}
#: Ours, as the whole rule is; the numbers of a registry rule.
PROCESS_OPERATIONS: Mapping[ProcessOperation, int] = {
    ProcessOperation.EXISTS: 1,
    ProcessOperation.DOES_NOT_EXIST: 2,
}
#: `RunAsAccount` of a requirement script; only 0 is certain.
RULE_RUN_AS: Mapping[RuleRunAs, int] = {RuleRunAs.SYSTEM: 0, RuleRunAs.USER: 1}

#: The bits of `RequiredOSArchitecture` as written for Graph's `allowedArchitectures`; the agent's log names them.
ARCHITECTURES: Mapping[Architecture, int] = {
    Architecture.ARM64: 16,
    Architecture.X64: 32,
    Architecture.X86: 64,
}
#: The bits of the older encoding, for `applicableArchitectures`: Graph's own numbers of `windowsArchitecture`.
OLD_ARCHITECTURES: Mapping[Architecture, int] = {
    Architecture.X86: 1,
    Architecture.X64: 2,
    Architecture.ARM64: 16,
}

#: The kinds of rules: `DetectionType` of a detection rule, `Type` of an extended requirement rule.
REGISTRY, PRODUCT_CODE, FILE_SYSTEM, SCRIPT = 0, 1, 2, 3
#: Our process rule, far outside of Microsoft's numbers: the real agent would not know it.
PROCESS = 9001


def named_by(table: Mapping[E, int]) -> Reader[E]:
    """Return a reader of the numbers of a table."""
    members = {number: member for member, number in table.items()}

    def read(value: object) -> E:
        if isinstance(value, int) and not isinstance(value, bool) and value in members:
            return members[value]
        expected = ", ".join(f"{number} ({_shown(member)})" for number, member in members.items())
        raise Misfit(f"expected one of {expected}, found {describe(value)}")

    return read


def _shown(member: Enum) -> str:
    return str(member) if isinstance(member, StrEnum) else member.name
