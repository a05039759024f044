"""What an error of Windows is as an exception of .NET.

Source: learn.microsoft.com, "Handling and throwing exceptions in .NET", winerror.h; __Error.WinIOError of .NET
Framework
for which exception stands for which code.
"""

from __future__ import annotations

from harness.emulator.powershell.runtime.errors import ScriptError, failure
from harness.errors import MachineError

__all__ = ["from_machine", "exception_of"]


def exception_of(error: MachineError) -> tuple[str, str, str, str]:
    """Return the type of exception, its message, id and category for an error of Windows."""
    path = error.filename or ""
    match error.winerror:
        case 2:
            return (
                "System.IO.FileNotFoundException",
                f"Could not find file '{path}'.",
                "FileNotFoundException",
                "ObjectNotFound",
            )
        case 3:
            return (
                "System.IO.DirectoryNotFoundException",
                f"Could not find a part of the path '{path}'.",
                "DirectoryNotFoundException",
                "ObjectNotFound",
            )
        case 5:
            return (
                "System.UnauthorizedAccessException",
                f"Access to the path '{path}' is denied.",
                "UnauthorizedAccessException",
                "PermissionDenied",
            )
        case 32:
            return (
                "System.IO.IOException",
                f"The process cannot access the file '{path}' because it is being used by another process.",
                "IOException",
                "WriteError",
            )
        case 112:
            return ("System.IO.IOException", "There is not enough space on the disk.", "IOException", "WriteError")
        case _:
            return ("System.IO.IOException", str(error.strerror), "IOException", "WriteError")


def from_machine(error: MachineError) -> ScriptError:
    """Return an error of Windows as one that ends a statement."""
    kind, message, error_id, category = exception_of(error)
    bases = ("System.IO.IOException",) if ".IO." in kind else ()
    return failure(message, error_id, category, type_name=kind, target=error.filename, bases=bases)
