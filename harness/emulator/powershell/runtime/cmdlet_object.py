"""`$PSCmdlet` of an advanced function.

Source: learn.microsoft.com, about_Functions_CmdletBindingAttribute, PSCmdlet class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.runtime.binding import Binder, Bound
from harness.emulator.powershell.runtime.errors import ErrorRecord, ScriptError, Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.sinks import OUTPUT
from harness.emulator.powershell.runtime.values import NOTHING, Value

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["cmdlet_object"]


def cmdlet_object(shell: Interpreter, bound: Bound, binder: Binder) -> PSObject:
    """Return `$PSCmdlet` for a function that begins now."""
    frame = shell.frame

    def should_process(*_: Value) -> bool:
        if bound.values.get("WhatIf"):
            raise Unmodelled("ShouldProcess with -WhatIf", "run the function without -WhatIf")
        return True

    def throw(record: Value) -> Value:
        if not isinstance(record, ErrorRecord):
            raise Unmodelled("ThrowTerminatingError without an error record", "use throw")
        raise ScriptError(record)

    async def write_error(record: Value) -> Value:
        await shell.report(record)
        return NOTHING

    async def write_object(value: Value, enumerates: Value = False) -> Value:  # noqa: FBT002
        items = value if isinstance(value, list) and enumerates else [value]
        for item in items:
            await frame.streams[OUTPUT].write(item)
        return NOTHING

    chosen = next(iter(bound.sets or ()), "__AllParameterSets")
    del binder
    return PSObject(
        ["System.Management.Automation.PSScriptCmdlet", "System.Management.Automation.PSCmdlet"],
        {
            "ParameterSetName": chosen,
            "MyInvocation": shell.frame.scope.find("MyInvocation") and shell.variable("MyInvocation"),
        },
        methods={
            "ShouldProcess": should_process,
            "ShouldContinue": lambda *_: True,
            "ThrowTerminatingError": throw,
            "WriteError": write_error,
            "WriteObject": write_object,
        },
    )
