"""The states and codes the agent keeps in the registry and sends to the service.

Numbers: community observations of `ComplianceStateMessage`, `EnforcementStateMessage` and the reporting JSON on
devices (public admin scripts), and Graph `resultantAppState`. Texts of error codes: Microsoft support articles and
community lists.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "Applicability",
    "ComplianceState",
    "DesiredState",
    "DetectionState",
    "EnforcementState",
    "ResultantAppState",
    "ErrorCode",
    "hresult_from_exit_code",
    "as_hex",
    "as_signed",
]


class Applicability(IntEnum):
    """Whether an app may be installed on this device, and if not, why."""

    APPLICABLE = 0
    REQUIREMENTS_NOT_MET = 1
    HOST_PLATFORM_NOT_APPLICABLE = 3
    PROCESSOR_ARCHITECTURE_NOT_APPLICABLE = 1000
    MINIMUM_DISK_SPACE_NOT_MET = 1001
    MINIMUM_OS_VERSION_NOT_MET = 1002
    MINIMUM_PHYSICAL_MEMORY_NOT_MET = 1003
    MINIMUM_LOGICAL_PROCESSOR_COUNT_NOT_MET = 1004
    MINIMUM_CPU_SPEED_NOT_MET = 1005
    FILE_SYSTEM_REQUIREMENT_RULE_NOT_MET = 1006
    REGISTRY_REQUIREMENT_RULE_NOT_MET = 1007
    SCRIPT_REQUIREMENT_RULE_NOT_MET = 1008
    NOT_TARGETED_AND_SUPERSEDING_APPS_NOT_APPLICABLE = 1009
    ASSIGNMENT_FILTERS_CRITERIA_NOT_MET = 1010
    APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON = 1011
    USER_CONTEXT_APP_NOT_SUPPORTED_DURING_DEVICE_ONLY_CHECKIN = 1012

    @property
    def wire_name(self) -> str:
        """The agent's own spelling, for example `MinimumOSVersionNotMet`."""
        return _pascal(self.name, {"OS": "OS", "CPU": "CPU"})


class ComplianceState(IntEnum):
    """Whether the app is there, in the ComplianceStateMessage."""

    INSTALLED = 1
    NOT_INSTALLED = 2
    ERROR = 4
    UNKNOWN = 5
    CLEANUP = 100


class DesiredState(IntEnum):
    """What the agent works towards."""

    NONE = 0
    NOT_PRESENT = 1
    PRESENT = 2
    UNKNOWN = 3
    AVAILABLE = 4


class DetectionState(IntEnum):
    """What detection said."""

    DETECTED = 1
    NOT_DETECTED = 2
    NOT_COMPUTED = 3


class EnforcementState(IntEnum):
    """How far bringing the app into its desired state got (the values this agent reaches)."""

    SUCCESS = 1000
    SUCCESS_FAST_NOTIFY = 1003
    SUCCESS_UNINSTALL_PENDING_REBOOT = 1011
    IN_PROGRESS = 2000
    IN_PROGRESS_DEPENDENCY_INSTALLING = 2007
    IN_PROGRESS_PENDING_REBOOT = 2008
    IN_PROGRESS_DOWNLOAD_COMPLETED = 2009
    IN_PROGRESS_UNINSTALL_PENDING_REBOOT = 2011
    REQUIREMENTS_NOT_MET = 3000
    UNKNOWN = 4000
    ERROR = 5000
    ERROR_DOWNLOADING_CONTENT = 5003
    ERROR_WITH_IMMEDIATE_RETRY = 5999
    NOT_ATTEMPTED = 6000
    NOT_ATTEMPTED_PENDING_REBOOT = 6002

    @property
    def wire_name(self) -> str:
        """The agent's own spelling, for example `InProgressDownloadCompleted`; one of them is misspelt there."""
        if self is EnforcementState.ERROR_WITH_IMMEDIATE_RETRY:
            return "ErrorWithImmeadiateRetry"
        return _pascal(self.name, {})


class ResultantAppState(IntEnum):
    """What the portal shows for the app on this device (Graph `resultantAppState`)."""

    INSTALLED = 1
    FAILED = 2
    NOT_INSTALLED = 3
    UNINSTALL_FAILED = 4
    PENDING_INSTALL = 5
    UNKNOWN = 99
    NOT_APPLICABLE = -1

    @property
    def graph_name(self) -> str:
        """Graph's spelling: `installed`, `notInstalled`, `pendingInstall`, ..."""
        words = _pascal(self.name, {})
        return words[0].lower() + words[1:]

    @property
    def label(self) -> str:
        """The words people use: `installed`, `not installed`, `pending install`, ..."""
        return self.name.lower().replace("_", " ")


class ErrorCode(IntEnum):
    """Codes the agent itself reports; every other one comes from an installer's exit code."""

    NOT_DETECTED_AFTER_INSTALL = 0x87D1041C
    STILL_DETECTED_AFTER_UNINSTALL = 0x87D1041D
    UNKNOWN_ERROR = 0x87D30000
    INVALID_DETECTION_RULE = 0x87D30004
    CONTENT_INFO_NOT_RETRIEVED = 0x87D30065
    UNZIP_FAILED = 0x87D30067
    DOWNLOAD_FAILED = 0x87D30068
    INSTALL_TIMED_OUT = 0x87D300C9
    USER_SIGNED_OUT = 0x87D300CD

    @property
    def text(self) -> str:
        """What the portal or the support article says about the code."""
        return _ERROR_TEXTS[self]


_ERROR_TEXTS = {
    ErrorCode.NOT_DETECTED_AFTER_INSTALL: "The application was not detected after installation completed successfully.",
    ErrorCode.STILL_DETECTED_AFTER_UNINSTALL: "The application was still detected after uninstallation completed.",
    ErrorCode.UNKNOWN_ERROR: "Unknown error.",
    ErrorCode.INVALID_DETECTION_RULE: "Invalid detection rule or unable to parse detection rule.",
    ErrorCode.CONTENT_INFO_NOT_RETRIEVED: "Failed to retrieve content information.",
    ErrorCode.UNZIP_FAILED: "Error unzipping downloaded content.",
    ErrorCode.DOWNLOAD_FAILED: "Error downloading content.",
    ErrorCode.INSTALL_TIMED_OUT: "The unmonitored process is in progress, however it may timeout.",
    ErrorCode.USER_SIGNED_OUT: "The user signed out while the policy was processed.",
}


def hresult_from_exit_code(exit_code: int) -> int:
    """Return the code the agent reports for an exit code that the administrator did not map.

    `0x80070000 | low word`, as an unsigned number: exit 1 gives 0x80070001, 0xC0000142 gives 0x80070142. Two values
    were seen on devices; the formula is inferred from them.
    """
    return 0x80070000 | (exit_code & 0xFFFF)


def as_hex(code: int) -> str:
    """Write a code as people search for it: `0x87D1041C`."""
    return f"0x{code & 0xFFFFFFFF:08X}"


def as_signed(code: int) -> int:
    """Return the signed 32-bit number that goes into messages and logs: 0x87D1041C is -2016345060."""
    code &= 0xFFFFFFFF
    return code - 2**32 if code >= 2**31 else code


def _pascal(name: str, keep: dict[str, str]) -> str:
    return "".join(keep.get(part, part.capitalize()) for part in name.split("_"))
