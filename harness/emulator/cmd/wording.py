"""What Windows says when something fails, by error code.

Source: learn.microsoft.com, "System Error Codes" (winerror.h with FormatMessage's texts, US English); which of them the
command processor says itself: from memory.
"""

from __future__ import annotations

from harness.errors import MachineError

__all__ = ["error_text", "not_recognized"]

_TEXTS = {
    2: "The system cannot find the file specified.",
    3: "The system cannot find the path specified.",
    5: "Access is denied.",
    15: "The system cannot find the drive specified.",
    17: "The system cannot move the file to a different disk drive.",
    32: "The process cannot access the file because it is being used by another process.",
    53: "The network path was not found.",
    67: "The network name cannot be found.",
    80: "The file exists.",
    87: "The parameter is incorrect.",
    112: "There is not enough space on the disk.",
    123: "The filename, directory name, or volume label syntax is incorrect.",
    145: "The directory is not empty.",
    161: "The specified path is invalid.",
    183: "Cannot create a file when that file already exists.",
    193: "%1 is not a valid Win32 application.",
    206: "The filename or extension is too long.",
    216: (
        "This version of %1 is not compatible with the version of Windows you're running. Check your computer's system "
        "information and then contact the software publisher."
    ),
    225: (
        "Operation did not complete successfully because the file contains a virus or potentially unwanted software."
    ),
    267: "The directory name is invalid.",
    740: "The requested operation requires elevation.",
    1115: "A system shutdown is in progress.",
    1260: "This program is blocked by group policy. For more information, contact your system administrator.",
    1314: "A required privilege is not held by the client.",
    1921: "The name of the file cannot be resolved by the system.",
}


def error_text(error: MachineError | int, subject: str = "") -> str:
    """Return Windows' sentence for an error.

    Args:
        error: the error, or its code.
        subject: what stands for `%1` in it.
    """
    code = error if isinstance(error, int) else error.winerror
    text = _TEXTS.get(code) or (str(error.strerror).capitalize() + "." if isinstance(error, MachineError) else "")
    return (text or f"The system cannot perform the operation, error {code}.").replace("%1", subject)


def not_recognized(name: str) -> str:
    """Return what is said about a command that is none."""
    return f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file."
