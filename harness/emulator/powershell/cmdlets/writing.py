"""Write-Output, Write-Host and the other streams.

Source: learn.microsoft.com, the pages of the cmdlets; about_Output_Streams.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.output.console import HOST_INFORMATION
from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import anything, number, switch, text
from harness.emulator.powershell.runtime.sinks import DEBUG, INFORMATION
from harness.emulator.powershell.runtime.values import NOTHING, Hashtable, Value, items_of
from harness.emulator.powershell.types.rendering import shown_text

__all__ = ["CMDLETS"]


@cmdlet(
    "Write-Output",
    anything("InputObject", position=0, is_mandatory=True, allows_null=True, from_pipeline=True, takes_rest=True),
    switch("NoEnumerate"),
)
async def _write_output(call: Call) -> None:
    value = call["InputObject"]
    if call.item is not NOTHING:
        value = call.item
        await call.write_all(items_of(value))
        return
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if call["NoEnumerate"]:
        await call.write(value)
        return
    for item in items_of(value):
        await call.write(item)


def host_text(value: Value, separator: str) -> str:
    """Return what Write-Host shows of a value."""
    if isinstance(value, list):
        return separator.join(host_text(item, separator) for item in value)
    if isinstance(value, Hashtable):
        return separator.join("System.Collections.DictionaryEntry" for _ in value)
    return shown_text(value)


@cmdlet(
    "Write-Host",
    anything("Object", position=0, from_pipeline=True, takes_rest=True, aliases=("Msg", "Message")),
    switch("NoNewline"),
    anything("Separator"),
    text("ForegroundColor"),
    text("BackgroundColor"),
)
async def _write_host(call: Call) -> None:
    separator = " " if call["Separator"] is None else call.shell.converter.text(call["Separator"])
    shown = host_text(call["Object"], separator)
    message = PSObject([HOST_INFORMATION], text=lambda: shown, data=call["NoNewline"])
    if call.shell.action("InformationPreference") != "Ignore":
        await call.shell.frame.streams[INFORMATION].write(message)


@cmdlet(
    "Write-Warning",
    text("Message", position=0, is_mandatory=True, allows_null=True, from_pipeline=True, aliases=("Msg",)),
)
async def _write_warning(call: Call) -> None:
    await call.warning(call["Message"] or "")


@cmdlet(
    "Write-Verbose",
    text("Message", position=0, is_mandatory=True, allows_null=True, from_pipeline=True, aliases=("Msg",)),
)
async def _write_verbose(call: Call) -> None:
    await call.verbose(call["Message"] or "")


@cmdlet(
    "Write-Debug",
    text("Message", position=0, is_mandatory=True, allows_null=True, from_pipeline=True, aliases=("Msg",)),
)
async def _write_debug(call: Call) -> None:
    action = call.shell.action("DebugPreference")
    if "Debug" in call.common:
        action = "Continue" if call.common["Debug"] else "SilentlyContinue"
    await call.shell.tell(DEBUG, call["Message"] or "", action)


@cmdlet(
    "Write-Information",
    anything("MessageData", position=0, is_mandatory=True, from_pipeline=True, aliases=("Msg", "Message")),
    anything("Tags", position=1),
)
async def _write_information(call: Call) -> None:
    await call.information(call["MessageData"])


@cmdlet(
    "Write-Progress",
    text("Activity", position=0),
    text("Status", position=1),
    number("Id", position=2),
    number("PercentComplete"),
    number("SecondsRemaining"),
    text("CurrentOperation"),
    number("ParentId"),
    number("SourceId"),
    switch("Completed"),
)
async def _write_progress(call: Call) -> None:
    """Do nothing that anybody could see: progress has a stream of its own, which nobody reads."""
    del call


@cmdlet(
    "Write-Error",
    text(
        "Message",
        position=0,
        from_pipeline=True,
        aliases=("Msg",),
        allows_null=True,
        sets=("NoException", "WithException"),
    ),
    anything("Exception", sets=("WithException",)),
    anything("ErrorRecord", sets=("ErrorRecord",)),
    text("Category"),
    text("ErrorId"),
    anything("TargetObject"),
    text("RecommendedAction"),
    text("CategoryActivity", aliases=("Activity",)),
    text("CategoryReason", aliases=("Reason",)),
    text("CategoryTargetName", aliases=("TargetName",)),
    text("CategoryTargetType", aliases=("TargetType",)),
    default_set="NoException",
)
async def _write_error(call: Call) -> None:
    if isinstance(call["ErrorRecord"], ErrorRecord):
        await call.report(call["ErrorRecord"])
        return
    message = call["Message"]
    kind = "Microsoft.PowerShell.Commands.WriteErrorException"
    exception = call["Exception"]
    if not isinstance(exception, NetException):
        exception = NetException(kind, message or "", bases=("System.Management.Automation.RuntimeException",))
    record = ErrorRecord(
        exception,
        call["ErrorId"] or exception.type_name,
        call["Category"] or "NotSpecified",
        call["TargetObject"],
        activity=call["CategoryActivity"] or "Write-Error",
    )
    record.details = message if message and call["Exception"] else ""
    record.prefix = call.shell.frame.command or call.shell.frame.source.path or call.run.command_line
    if not call["ErrorId"]:
        record.error_id = exception.type_name
    frame = call.shell.frame
    if frame.closure is not None and frame.command:
        record.command_type = frame.command
    await call.report(record)


CMDLETS = (
    _write_output, _write_host, _write_warning, _write_verbose, _write_debug, _write_information, _write_progress,
    _write_error,
)  # fmt: skip
