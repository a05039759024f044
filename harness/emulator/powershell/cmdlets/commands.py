"""Get-Command, Import-Module, Set-StrictMode, Set-ExecutionPolicy, transcripts and other supporting commands.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, Cmdlet, cmdlet
from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import Parameter, anything, switch, text, texts
from harness.emulator.powershell.runtime.scripts import parsed
from harness.emulator.powershell.runtime.source import Source
from harness.emulator.powershell.runtime.values import Closure, EnumValue, Value, Version
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.errors import NotEmulated

__all__ = ["CMDLETS"]

_KINDS = "System.Management.Automation.CommandTypes"


def _info(kind: str, name: str, definition: str, target: Value) -> PSObject:
    found = PSObject(
        [f"System.Management.Automation.{kind}Info", "System.Management.Automation.CommandInfo", "System.Object"],
        {
            "CommandType": EnumValue(_KINDS, kind, 0),
            "Name": name,
            "Version": Version(3, 1, 0, 0) if kind == "Cmdlet" else Version(0, 0, 0, 0),
            "Source": definition if kind == "Application" else "Microsoft.PowerShell.Core" if kind == "Cmdlet" else "",
            "Definition": definition,
            "Path": definition if kind in ("Application", "ExternalScript") else None,
            "ModuleName": "",
        },
        text=lambda: name,
        data=target,
    )
    if isinstance(target, Closure):
        found.note("ScriptBlock", target)
    return found


async def _described(call: Call, name: str) -> PSObject | None:
    alias = call.shell.frame.scope.alias(name) or call.shell.aliases.get(name.lower())
    if alias:
        found = _info("Alias", name, alias, alias)
        found.note("ResolvedCommandName", alias)
        return found
    try:
        target = await call.shell.resolve(name)
    except ScriptError:
        return None
    except NotEmulated:
        return _info("Cmdlet", name, name, name)
    if isinstance(target, Cmdlet):
        return _info("Cmdlet", target.name, target.name, target)
    if isinstance(target, Closure):
        kind = (
            "ExternalScript"
            if target.source.path.lower().endswith(name.lower()) and name.lower().endswith(".ps1")
            else "Function"
        )
        return _info(kind, target.name or name, target.source.path if kind == "ExternalScript" else target.text, target)
    return _info("Application", target.rpartition("\\")[2], target, target)


@cmdlet(
    "Get-Command",
    texts("Name", position=0, from_pipeline=True, from_property=True),
    texts("Verb"),
    texts("Noun"),
    texts("Module"),
    texts("CommandType", aliases=("Type",)),
    switch("All"),
    switch("Syntax"),
    switch("ListImported"),
    aliases=("gcm",),
)
async def _get_command(call: Call) -> None:
    if call["Verb"] or call["Noun"] or call["Module"] or not call["Name"]:
        raise Unmodelled("Get-Command without a name", "ask for one command by its name")
    for name in call["Name"]:
        if has_wildcard(name):
            known = {key: command.name for key, command in call.shell.cmdlets.items()}
            for scope in call.shell.frame.scope.chain():
                known |= {key: closure.name for key, closure in scope.functions.items()}
            found = [
                await _described(call, shown) for key, shown in sorted(known.items()) if wildcard(name).fullmatch(key)
            ]
        else:
            found = [await _described(call, name)]
            if found[0] is None:
                await call.error(
                    f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
                    "program. Check the spelling of the name, or if a path was included, verify that the path is "
                    "correct "
                    "and try again.",
                    "CommandNotFoundException",
                    "ObjectNotFound",
                    name,
                    "System.Management.Automation.CommandNotFoundException",
                )
        for info in found:
            if info is None:
                continue
            kind = info.get("CommandType").name
            if not call["CommandType"] or any(
                wanted.lower() in (kind.lower(), "all") for wanted in call["CommandType"]
            ):
                await call.write(info)


#: Modules that come with Windows; what of them is emulated is there without importing.
_MODULES = (
    "microsoft.powershell.", "cimcmdlets", "appx", "dism", "scheduledtasks", "storage", "netsecurity", "nettcpip",
    "bitlocker", "defender", "international", "printmanagement", "smbshare", "startlayout", "pki", "psreadline",
    "configdefender", "dnsclient", "netadapter", "secureboot", "servermanager", "trustedplatformmodule", "vpnclient",
    "bitstransfer", "provisioning", "pnpdevice", "windowsupdate", "processmitigations", "eventtracingmanagement",
)  # fmt: skip


@cmdlet(
    "Import-Module",
    texts("Name", position=0, from_pipeline=True, is_mandatory=True),
    switch("Force"),
    switch("PassThru"),
    switch("Global"),
    text("Scope"),
    text("Prefix"),
    texts("Function"),
    texts("Cmdlet"),
    Parameter(name="MinimumVersion", type="version", aliases=("Version",)),
    Parameter(name="RequiredVersion", type="version"),
    Parameter(name="MaximumVersion", type="string"),
    switch("DisableNameChecking"),
    switch("NoClobber"),
    switch("SkipEditionCheck"),
    anything("ArgumentList"),
    aliases=("ipmo",),
)
async def _import_module(call: Call) -> None:
    for name in call["Name"]:
        if name.lower().startswith(_MODULES):
            continue
        path = call.shell.full_path(name)
        if name.lower().endswith((".psm1", ".ps1")) and call.run.files.exists(path):
            closure = await call.shell.script_file(path)
            frame = call.shell.frame
            frame.scope.put("PSScriptRoot", path.rpartition("\\")[0])
            await call.shell.run_dotted(closure)
            continue
        if name.lower().endswith(".psd1") and call.run.files.exists(path):
            raise Unmodelled("a module with a manifest", "import its .psm1 file")
        await call.error(
            f"The specified module '{name}' was not loaded because no valid module file was found in any module "
            "directory.",
            "Modules_ModuleNotFound", "ResourceUnavailable", name, "System.IO.FileNotFoundException",
        )  # fmt: skip


@cmdlet(
    "Get-Module",
    texts("Name", position=0),
    switch("ListAvailable"),
    switch("All"),
    switch("Refresh"),
    anything("FullyQualifiedName"),
    aliases=("gmo",),
)
async def _get_module(call: Call) -> None:
    for name in call["Name"] or ():
        if name.lower().startswith(_MODULES):
            facts = {"ModuleType": "Manifest", "Version": Version(3, 1, 0, 0), "Name": name, "ExportedCommands": []}
            await call.write(_module(name, facts))


def _module(name: str, facts: dict[str, Value]) -> PSObject:
    return PSObject(["System.Management.Automation.PSModuleInfo", "System.Object"], facts, text=lambda: name)


@cmdlet("Export-ModuleMember", texts("Function", position=0), texts("Cmdlet"), texts("Variable"), texts("Alias"))
async def _export(call: Call) -> None:
    """Do nothing: everything of a module is there."""
    del call


@cmdlet("Set-StrictMode", Parameter(name="Version", type="string"), switch("Off"))
async def _strict(call: Call) -> None:
    version = str(call["Version"] or "").partition(".")[0]
    call.shell.strict = 0 if call["Off"] else int(version) if version.isdigit() else 3


@cmdlet(
    "Set-ExecutionPolicy",
    text("ExecutionPolicy", position=0, is_mandatory=True),
    text("Scope", position=1),
    switch("Force"),
)
async def _set_policy(call: Call) -> None:
    scope = (call["Scope"] or "LocalMachine").lower()
    if scope == "process":
        call.shell.set_environment("PSExecutionPolicyPreference", call["ExecutionPolicy"])
        return
    hive = "HKCU" if scope == "currentuser" else "HKLM"
    key = rf"{hive}\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
    call.run.registry.set(key, "ExecutionPolicy", call["ExecutionPolicy"])


@cmdlet("Get-ExecutionPolicy", text("Scope", position=0), switch("List"))
async def _get_policy(call: Call) -> None:
    if call["List"]:
        raise Unmodelled("Get-ExecutionPolicy -List", "ask for one scope")
    found = call.run.environment.get("PSExecutionPolicyPreference")
    if not found:
        key = r"HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
        value = call.run.registry.get(key, "ExecutionPolicy")
        found = str(value.data) if value else "Restricted"
    await call.write(EnumValue("Microsoft.PowerShell.ExecutionPolicy", found, 0))


@cmdlet("Invoke-Expression", text("Command", position=0, is_mandatory=True, from_pipeline=True), aliases=("iex",))
async def _invoke_expression(call: Call) -> None:
    source = Source(text=call["Command"])
    block = parsed(source)
    await call.invoke_into(Closure(block, source))


@cmdlet(
    "Invoke-Command",
    Parameter(name="ScriptBlock", type="scriptblock", position=0, is_mandatory=True, aliases=("Command",)),
    Parameter(name="ArgumentList", type="object[]", aliases=("Args",)),
    texts("ComputerName", aliases=("Cn",)),
    anything("InputObject", from_pipeline=True),
    switch("NoNewScope"),
    anything("Session"),
    anything("Credential"),
    switch("AsJob"),
    aliases=("icm",),
    gathers=True,
)
async def _invoke_command(call: Call) -> None:
    if call["ComputerName"] or call["Session"] or call["AsJob"]:
        raise Unmodelled("Invoke-Command on another computer or as a job", "run the block here")
    await call.write_all(await call.invoke(call["ScriptBlock"], arguments=call["ArgumentList"] or []))


@cmdlet(
    "Start-Transcript",
    text("Path", position=0),
    text("LiteralPath", aliases=("PSPath",)),
    text("OutputDirectory"),
    switch("Append"),
    switch("Force"),
    switch("NoClobber"),
    switch("IncludeInvocationHeader"),
)
async def _start_transcript(call: Call) -> None:
    written = call["Path"] or call["LiteralPath"]
    path = (
        call.shell.full_path(written)
        if written
        else rf"{call.shell.variable('HOME')}\Documents\PowerShell_transcript.txt"
    )
    with call.run.files.open(path, "ab" if call["Append"] else "wb") as file:
        file.write(b"**********************\r\nWindows PowerShell transcript start\r\n**********************\r\n")
    call.shell.transcript = path
    await call.write(f"Transcript started, output file is {path}")


@cmdlet("Stop-Transcript")
async def _stop_transcript(call: Call) -> None:
    if not call.shell.transcript:
        raise call.failure(
            "An error occurred stopping transcription: The host is not currently transcribing.", "InvalidOperation",
            "InvalidOperation", None, "System.Management.Automation.PSInvalidOperationException",
        )  # fmt: skip
    path, call.shell.transcript = call.shell.transcript, ""
    with call.run.files.open(path, "ab") as file:
        file.write(b"**********************\r\nWindows PowerShell transcript end\r\n**********************\r\n")
    await call.write(f"Transcript stopped, output file is {path}")


CMDLETS = (
    _get_command, _import_module, _get_module, _export, _strict, _set_policy, _get_policy, _invoke_expression,
    _invoke_command, _start_transcript, _stop_transcript,
)  # fmt: skip
