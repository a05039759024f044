"""What Windows says of its error codes, in English.

Source: learn.microsoft.com, "System Error Codes".
"""

from __future__ import annotations

from harness.errors import MachineError

__all__ = ["error_text", "text_of"]

_TEXTS = {
    2: "The system cannot find the file specified.",
    3: "The system cannot find the path specified.",
    5: "Access is denied.",
    19: "The media is write protected.",
    32: "The process cannot access the file because it is being used by another process.",
    50: "The request is not supported.",
    87: "The parameter is incorrect.",
    80: "The file exists.",
    112: "There is not enough space on the disk.",
    123: "The filename, directory name, or volume label syntax is incorrect.",
    145: "The directory is not empty.",
    161: "The specified path is invalid.",
    183: "Cannot create a file when that file already exists.",
    193: "%1 is not a valid Win32 application.",
    206: "The filename or extension is too long.",
    267: "The directory name is invalid.",
    740: "The requested operation requires elevation.",
    1009: "The configuration registry database is corrupt.",
    1018: "Illegal operation attempted on a registry key that has been marked for deletion.",
    1021: "Cannot create a stable subkey under a volatile parent key.",
    1051: "A stop control has been sent to a service that other running services are dependent on.",
    1052: "The requested control is not valid for this service.",
    1053: "The service did not respond to the start or control request in a timely fashion.",
    1056: "An instance of the service is already running.",
    1057: "The account name is invalid or does not exist, or the password is invalid for the account name specified.",
    1058: "The service cannot be started, either because it is disabled or because it has no enabled devices "
    "associated with it.",
    1059: "Circular service dependency was specified.",
    1060: "The specified service does not exist as an installed service.",
    1061: "The service cannot accept control messages at this time.",
    1062: "The service has not been started.",
    1067: "The process terminated unexpectedly.",
    1068: "The dependency service or group failed to start.",
    1069: "The service did not start due to a logon failure.",
    1072: "The specified service has been marked for deletion.",
    1073: "The specified service already exists.",
    1075: "The dependency service does not exist or has been marked for deletion.",
    1077: "No attempts to start the service have been made since the last boot.",
    1078: "The name is already in use as either a service name or a service display name.",
    1115: "A system shutdown is in progress.",
    1116: "Unable to abort the system shutdown because no shutdown was in progress.",
    1190: "A system shutdown has already been scheduled.",
    1314: "A required privilege is not held by the client.",
    1332: "No mapping between account names and security IDs was done.",
    1639: "Invalid command line argument. Consult the Windows Installer SDK for detailed command line help.",
}


def error_text(code: int) -> str:
    """Return Windows' sentence for an error code; one that is not listed here gives its number."""
    return _TEXTS.get(code, f"Error {code}.")


def text_of(error: MachineError) -> str:
    """Return Windows' sentence for what a part of the machine refused."""
    return error_text(error.winerror)
