"""What goes wrong in a script, as PowerShell tells it: exceptions, error records, and how control leaves a block.

Source: learn.microsoft.com, about_Error_Handling, about_Try_Catch_Finally, ErrorRecord, ErrorCategory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.emulator.powershell.runtime.values import Value

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.source import Place

__all__ = [
    "NetException",
    "ErrorRecord",
    "ScriptError",
    "Unmodelled",
    "Leave",
    "BreakLoop",
    "ContinueLoop",
    "ReturnFrom",
    "ExitScript",
    "StopUpstream",
    "failure",
]

_RUNTIME = "System.Management.Automation.RuntimeException"


class NetException:
    """An exception object of .NET.

    Attributes:
        type_name: the full name of its type.
        message: what it says.
        inner: the exception it came from.
        extra: further properties.
        bases: what else it is an instance of, besides System.Exception.
    """

    __slots__ = ("bases", "extra", "inner", "message", "type_name")

    def __init__(
        self,
        type_name: str,
        message: str,
        inner: NetException | None = None,
        extra: Mapping[str, Value] | None = None,
        bases: tuple[str, ...] = (),
    ) -> None:
        self.type_name = type_name
        self.message = message
        self.inner = inner
        self.extra = dict(extra or {})
        self.bases = bases


class ErrorRecord:
    """What `$_` is in a `catch` block and `$Error` holds.

    Attributes:
        exception: what happened.
        error_id: the first part of FullyQualifiedErrorId; commands add their own name.
        category: a name of ErrorCategory.
        target: the object it happened with.
        activity: the command; empty for none.
        command_type: the .NET name of the command; it ends FullyQualifiedErrorId.
        place: where in the script.
        reason: the type shown in CategoryInfo; empty for the exception's.
        prefix: what is shown before the message; None for the activity.
    """

    __slots__ = (
        "activity",
        "category",
        "command_type",
        "details",
        "error_id",
        "exception",
        "place",
        "prefix",
        "reason",
        "target",
    )

    def __init__(
        self,
        exception: NetException,
        error_id: str,
        category: str = "NotSpecified",
        target: Value = None,
        *,
        activity: str = "",
        command_type: str = "",
        reason: str = "",
    ) -> None:
        self.exception = exception
        self.error_id = error_id
        self.category = category
        self.target = target
        self.activity = activity
        self.command_type = command_type
        self.reason = reason
        self.prefix: str | None = None
        self.details = ""
        self.place: Place | None = None

    @property
    def full_id(self) -> str:
        """FullyQualifiedErrorId."""
        return f"{self.error_id},{self.command_type}" if self.command_type else self.error_id

    @property
    def message(self) -> str:
        """What is shown."""
        return self.details or self.exception.message


class ScriptError(Exception):
    """An error that ends a statement, or the script.

    Attributes:
        record: what happened.
        ends_script: whether it ends the script, as `throw` and `-ErrorAction Stop` do.
        is_recorded: whether `$Error` has it already.
        is_thrown: whether `throw` made it.
    """

    def __init__(self, record: ErrorRecord, *, ends_script: bool = False) -> None:
        super().__init__(record.message)
        self.record = record
        self.ends_script = ends_script
        self.is_thrown = False
        self.is_recorded = False


class Unmodelled(Exception):
    """Something that is not modelled, found where the place in the script is not known.

    The interpreter turns it into NotEmulated with script, line and column.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class Leave(Exception):
    """Control leaves a block."""


class BreakLoop(Leave):
    """`break`, of the loop with a label, or of the innermost one."""

    def __init__(self, label: str = "") -> None:
        super().__init__(label)
        self.label = label


class ContinueLoop(Leave):
    """`continue`."""

    def __init__(self, label: str = "") -> None:
        super().__init__(label)
        self.label = label


class ReturnFrom(Leave):
    """`return`; what it returns has been put out already."""


class ExitScript(Leave):
    """`exit`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StopUpstream(Leave):
    """A command of a pipeline has enough: what stands before it ends."""

    def __init__(self, stage: Any) -> None:
        super().__init__()
        self.stage = stage


def failure(
    message: str,
    error_id: str = "RuntimeException",
    category: str = "InvalidOperation",
    *,
    type_name: str = _RUNTIME,
    target: Value = None,
    inner: NetException | None = None,
    bases: tuple[str, ...] = (),
) -> ScriptError:
    """Return an error that ends a statement.

    Args:
        message: what it says.
        error_id: FullyQualifiedErrorId.
        category: a name of ErrorCategory.
        type_name: the exception's type.
        target: the object it happened with.
        inner: the exception it came from.
        bases: what else the exception is.
    """
    exception = NetException(type_name, message, inner, bases=bases)
    return ScriptError(ErrorRecord(exception, error_id, category, target))
