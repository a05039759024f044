"""Which `catch` takes an error, and what `throw` makes.

Source: learn.microsoft.com, about_Try_Catch_Finally, about_Throw.
"""

from __future__ import annotations

from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException
from harness.emulator.powershell.runtime.values import Value, is_null
from harness.emulator.powershell.types.nettype import NetType, is_instance
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["catches", "record_of"]


def catches(kind: NetType, record: ErrorRecord) -> bool:
    """Return whether a `catch` of a type takes an error: by its exception, or by the one inside that."""
    exception: NetException | None = record.exception
    return any(is_instance(found, kind) for found in (exception, exception.inner if exception else None) if found)


def record_of(value: Value) -> ErrorRecord:
    """Return the error record of a thrown value."""
    if isinstance(value, ErrorRecord):
        return value
    if isinstance(value, NetException):
        return ErrorRecord(value, value.message, "OperationStopped", None)
    if is_null(value):
        exception = NetException("System.Management.Automation.RuntimeException", "ScriptHalted")
        return ErrorRecord(exception, "ScriptHalted", "OperationStopped")
    message = to_text(value)
    exception = NetException("System.Management.Automation.RuntimeException", message)
    return ErrorRecord(exception, message, "OperationStopped", value)
