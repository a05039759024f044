"""Detection and requirement rules, in Graph's words.

Source: learn.microsoft.com, Graph resources `win32LobAppRegistryRule`, `...FileSystemRule`, `...ProductCodeRule`,
`...PowerShellScriptRule`. `ProcessRule` is an extension of this project: Intune has no such rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.windows import View

__all__ = [
    "RuleType",
    "Operator",
    "RegistryOperation",
    "FileSystemOperation",
    "ScriptOperation",
    "ProcessOperation",
    "RuleRunAs",
    "RegistryRule",
    "FileSystemRule",
    "ProductCodeRule",
    "PowerShellScriptRule",
    "ProcessRule",
    "Rule",
]


class RuleType(StrEnum):
    """What a rule decides: whether the app is there, or whether it may be installed."""

    DETECTION = "detection"
    REQUIREMENT = "requirement"


class Operator(StrEnum):
    """How the found value is compared with the rule's (Graph `win32LobAppRuleOperator`)."""

    NOT_CONFIGURED = "notConfigured"
    EQUAL = "equal"
    NOT_EQUAL = "notEqual"
    GREATER_THAN = "greaterThan"
    GREATER_THAN_OR_EQUAL = "greaterThanOrEqual"
    LESS_THAN = "lessThan"
    LESS_THAN_OR_EQUAL = "lessThanOrEqual"


class RegistryOperation(StrEnum):
    """What a registry rule looks at (Graph `win32LobAppRegistryRuleOperationType`)."""

    NOT_CONFIGURED = "notConfigured"
    EXISTS = "exists"
    DOES_NOT_EXIST = "doesNotExist"
    STRING = "string"
    INTEGER = "integer"
    VERSION = "version"


class FileSystemOperation(StrEnum):
    """What a file rule looks at (Graph `win32LobAppFileSystemOperationType`)."""

    NOT_CONFIGURED = "notConfigured"
    EXISTS = "exists"
    MODIFIED_DATE = "modifiedDate"
    CREATED_DATE = "createdDate"
    VERSION = "version"
    SIZE_IN_MB = "sizeInMB"
    DOES_NOT_EXIST = "doesNotExist"


class ScriptOperation(StrEnum):
    """What the output of a requirement script is read as (Graph `win32LobAppPowerShellScriptRuleOperationType`)."""

    NOT_CONFIGURED = "notConfigured"
    STRING = "string"
    DATE_TIME = "dateTime"
    INTEGER = "integer"
    FLOAT = "float"
    VERSION = "version"
    BOOLEAN = "boolean"


class ProcessOperation(StrEnum):
    """What a process rule asks (ours, not Intune's)."""

    EXISTS = "exists"
    DOES_NOT_EXIST = "doesNotExist"


class RuleRunAs(StrEnum):
    """Whose account a rule's script runs under (Graph `runAsAccountType`)."""

    SYSTEM = "system"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRule:
    """A registry key or value to look for.

    An empty `value_name` means the key itself (exists, doesNotExist) or its default value (comparisons).
    """

    rule_type: RuleType = RuleType.DETECTION
    key_path: str
    value_name: str = ""
    check_32_bit_on_64_system: bool = False
    operation_type: RegistryOperation = RegistryOperation.EXISTS
    operator: Operator = Operator.NOT_CONFIGURED
    comparison_value: str | None = None

    @property
    def view(self) -> View:
        """Which registry view the rule looks into."""
        return View.VIEW_32 if self.check_32_bit_on_64_system else View.VIEW_64


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemRule:
    """A file or folder to look for, by its folder and its name; the folder may hold environment variables."""

    rule_type: RuleType = RuleType.DETECTION
    path: str
    file_or_folder_name: str
    check_32_bit_on_64_system: bool = False
    operation_type: FileSystemOperation = FileSystemOperation.EXISTS
    operator: Operator = Operator.NOT_CONFIGURED
    comparison_value: str | None = None

    @property
    def view(self) -> View:
        """Which half of Windows the path is read in."""
        return View.VIEW_32 if self.check_32_bit_on_64_system else View.VIEW_64


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCodeRule:
    """An installed MSI product to look for, with a version if wanted."""

    rule_type: RuleType = RuleType.DETECTION
    product_code: str
    product_version_operator: Operator = Operator.NOT_CONFIGURED
    product_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerShellScriptRule:
    """A script to run. As detection its exit code and output decide; as requirement its output is compared.

    Attributes:
        script_content: the file's bytes as uploaded; a byte order mark is part of them.
    """

    rule_type: RuleType = RuleType.DETECTION
    display_name: str = ""
    script_content: bytes
    enforce_signature_check: bool = False
    run_as_32_bit: bool = False
    run_as_account: RuleRunAs = RuleRunAs.SYSTEM
    operation_type: ScriptOperation = ScriptOperation.NOT_CONFIGURED
    operator: Operator = Operator.NOT_CONFIGURED
    comparison_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRule:
    """A process that runs, or does not, by its image name.

    An extension of this project, not Intune's: it is marked so wherever it shows, and a tenant of Microsoft's would
    not take it.
    """

    rule_type: RuleType = RuleType.DETECTION
    process_name: str
    operation_type: ProcessOperation = ProcessOperation.EXISTS


Rule = RegistryRule | FileSystemRule | ProductCodeRule | PowerShellScriptRule | ProcessRule
