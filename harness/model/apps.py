"""A Win32 app as an administrator defines it, in Graph's words (`win32LobApp`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from harness.model.rules import Rule, RuleType
from harness.model.windows import Architecture

__all__ = [
    "RunAsAccount",
    "DeviceRestartBehavior",
    "InstallExperience",
    "ReturnCodeType",
    "ReturnCode",
    "DEFAULT_RETURN_CODES",
    "MsiPackageType",
    "MsiInformation",
    "Win32App",
]


class RunAsAccount(StrEnum):
    """Whose account the installer runs under."""

    SYSTEM = "system"
    USER = "user"


class DeviceRestartBehavior(StrEnum):
    """What happens about restarts after the installer has run (Graph `win32LobAppRestartBehavior`)."""

    BASED_ON_RETURN_CODE = "basedOnReturnCode"
    ALLOW = "allow"
    SUPPRESS = "suppress"
    FORCE = "force"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallExperience:
    """How the installer runs.

    Attributes:
        run_as_account: SYSTEM or the signed-in user.
        max_run_time: how long the agent waits for the installer; 60 minutes unless set, at most a day
            (learn.microsoft.com, "Add and assign Win32 apps").
        device_restart_behavior: what happens about restarts.
    """

    run_as_account: RunAsAccount = RunAsAccount.SYSTEM
    max_run_time: timedelta = timedelta(minutes=60)
    device_restart_behavior: DeviceRestartBehavior = DeviceRestartBehavior.BASED_ON_RETURN_CODE


class ReturnCodeType(StrEnum):
    """What an installer's exit code means."""

    FAILED = "failed"
    SUCCESS = "success"
    SOFT_REBOOT = "softReboot"
    HARD_REBOOT = "hardReboot"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCode:
    """The administrator's mapping of one exit code."""

    return_code: int
    type: ReturnCodeType


#: What the portal fills in (learn.microsoft.com, "Add and assign Win32 apps", return codes).
DEFAULT_RETURN_CODES: tuple[ReturnCode, ...] = (
    ReturnCode(return_code=0, type=ReturnCodeType.SUCCESS),
    ReturnCode(return_code=1707, type=ReturnCodeType.SUCCESS),
    ReturnCode(return_code=3010, type=ReturnCodeType.SOFT_REBOOT),
    ReturnCode(return_code=1641, type=ReturnCodeType.HARD_REBOOT),
    ReturnCode(return_code=1618, type=ReturnCodeType.RETRY),
)


class MsiPackageType(StrEnum):
    """Whom an MSI installs for."""

    PER_MACHINE = "perMachine"
    PER_USER = "perUser"
    DUAL_PURPOSE = "dualPurpose"


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiInformation:
    """What the portal read from the MSI."""

    product_code: str | None = None
    product_version: str | None = None
    upgrade_code: str | None = None
    requires_reboot: bool = False
    package_type: MsiPackageType = MsiPackageType.PER_MACHINE
    product_name: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Win32App:
    r"""One Win32 app.

    Attributes:
        id: the app's GUID.
        version: the number of the content and policy version, as in `IMECache\<id>_<version>`.
        allowed_architectures: None means that `applicable_architectures` decides.
        minimum_supported_windows_release: Graph's name of a release (`1607`, `Windows11_23H2`), None for any.
    """

    id: str
    display_name: str
    version: int = 1
    description: str = ""
    publisher: str = ""
    display_version: str | None = None
    file_name: str | None = None
    setup_file_path: str | None = None
    install_command_line: str
    uninstall_command_line: str = ""
    rules: tuple[Rule, ...] = ()
    install_experience: InstallExperience = InstallExperience()
    return_codes: tuple[ReturnCode, ...] = DEFAULT_RETURN_CODES
    msi_information: MsiInformation | None = None
    applicable_architectures: frozenset[Architecture] | None = None
    allowed_architectures: frozenset[Architecture] | None = None
    minimum_supported_windows_release: str | None = None
    minimum_free_disk_space_in_mb: int | None = None
    minimum_memory_in_mb: int | None = None
    minimum_number_of_processors: int | None = None
    minimum_cpu_speed_in_mhz: int | None = None
    allow_available_uninstall: bool = False

    @property
    def detection_rules(self) -> tuple[Rule, ...]:
        """The rules that say whether the app is there; all must hold."""
        return tuple(rule for rule in self.rules if rule.rule_type is RuleType.DETECTION)

    @property
    def requirement_rules(self) -> tuple[Rule, ...]:
        """The rules that say whether the app may be installed; all must hold."""
        return tuple(rule for rule in self.rules if rule.rule_type is RuleType.REQUIREMENT)

    def meaning_of(self, exit_code: int) -> ReturnCodeType | None:
        """Return what the administrator says the exit code means; None when it is not mapped.

        Exit codes are unsigned 32-bit on Windows; administrators also write them signed.
        """
        for mapping in self.return_codes:
            if mapping.return_code & 0xFFFFFFFF == exit_code & 0xFFFFFFFF:
                return mapping.type
        return None
