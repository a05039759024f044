"""What a script finds around it: automatic variables, the host, the version.

Source: learn.microsoft.com, about_Automatic_Variables, about_Preference_Variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.expressions import Span
from harness.emulator.powershell.runtime.binding import Bound
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.state import PREFERENCES
from harness.emulator.powershell.runtime.values import EnumValue, Hashtable, TypedArray, Value, Version

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter
    from harness.emulator.programs import ProgramRun

__all__ = ["automatic_variables", "version_table", "host_object", "invocation", "powershell_home"]

_OLDER = [Version(number, 0) for number in range(1, 6)]
_ACTIONS = {"SilentlyContinue": 0, "Stop": 1, "Continue": 2, "Inquire": 3, "Ignore": 4}


def powershell_home(run: ProgramRun) -> str:
    """Return the folder of powershell.exe, as the process sees it."""
    folder = "System32" if run.info.bits == 64 or not run.machine.facts.is_64_bit else "SysWOW64"  # noqa: PLR2004
    return rf"C:\Windows\{folder}\WindowsPowerShell\v1.0"


def automatic_variables(run: ProgramRun) -> dict[str, Value]:
    """Return the variables every script begins with."""
    home = run.environment.get("USERPROFILE") or run.info.account.profile
    found: dict[str, Value] = {
        name: EnumValue("System.Management.Automation.ActionPreference", value, _ACTIONS[value])
        for name, value in PREFERENCES.items()
    }
    found |= {
        "HOME": home,
        "PID": run.info.pid,
        "PSHOME": powershell_home(run),
        "ShellId": "Microsoft.PowerShell",
        "PSCulture": "en-US",
        "PSUICulture": "en-US",
        "ConfirmPreference": "High",
        "WhatIfPreference": False,
        "ErrorView": "NormalView",
        "FormatEnumerationLimit": 4,
        "MaximumErrorCount": 256,
        "OutputEncoding": "System.Text.ASCIIEncoding",
        "PROFILE": rf"{home}\Documents\WindowsPowerShell\Microsoft.PowerShell_profile.ps1",
        "PSSessionApplicationName": "wsman",
        "StackTrace": "",
        "args": [],
        "PSDefaultParameterValues": Hashtable(dotnet="System.Management.Automation.DefaultParameterDictionary"),
        "NestedPromptLevel": 0,
        "PSEdition": "Desktop",
    }
    return found


def _release(run: ProgramRun) -> Version:
    facts = run.machine.facts
    return Version(5, 1, facts.build, facts.revision)


def version_table(run: ProgramRun) -> Hashtable:
    """Return `$PSVersionTable`."""
    facts = run.machine.facts
    return Hashtable(
        [
            ("PSVersion", _release(run)),
            ("PSEdition", "Desktop"),
            ("PSCompatibleVersions", TypedArray("System.Version", [*_OLDER, _release(run)])),
            ("BuildVersion", Version(10, 0, facts.build, facts.revision)),
            ("CLRVersion", Version(4, 0, 30319, 42000)),
            ("WSManStackVersion", Version(3, 0)),
            ("PSRemotingProtocolVersion", Version(2, 3)),
            ("SerializationVersion", Version(1, 1, 0, 1)),
        ]
    )  # fmt: skip


def host_object() -> PSObject:
    """Return `$Host`."""
    ui = PSObject(["System.Management.Automation.Internal.Host.InternalHostUserInterface"])
    raw = PSObject(
        ["System.Management.Automation.Internal.Host.InternalHostRawUserInterface"],
        {"WindowTitle": "Windows PowerShell"},
    )
    for member in raw.members.values():
        member.kind = "NoteProperty"  # it can be set
    ui.note("RawUI", raw)
    return PSObject(
        ["System.Management.Automation.Internal.Host.InternalHost"],
        {
            "Name": "ConsoleHost",
            "Version": Version(5, 1),
            "UI": ui,
            "CurrentCulture": "en-US",
            "CurrentUICulture": "en-US",
        },
    )


def invocation(shell: Interpreter, bound: Bound, at: Span) -> PSObject:
    """Return `$MyInvocation`."""
    frame = shell.frame
    path = frame.source.path
    name = frame.command
    command = PSObject(
        ["System.Management.Automation.FunctionInfo" if name else "System.Management.Automation.ExternalScriptInfo"],
        {
            "Name": name or path.rpartition("\\")[2],
            "Path": path,
            "Definition": path,
            "CommandType": EnumValue(
                "System.Management.Automation.CommandTypes", "Function" if name else "ExternalScript", 0
            ),
        },
        text=lambda: name or path.rpartition("\\")[2],
    )
    place = frame.source.place(at)
    return PSObject(
        ["System.Management.Automation.InvocationInfo"],
        {
            "MyCommand": command,
            "BoundParameters": Hashtable(list(bound.values.items())),
            "UnboundArguments": list(bound.rest),
            "ScriptName": path or None,
            "ScriptLineNumber": place.line,
            "OffsetInLine": place.column,
            "Line": place.text,
            "PSScriptRoot": path.rpartition("\\")[0],
            "PSCommandPath": path,
            "InvocationName": name or path,
            "CommandOrigin": EnumValue("System.Management.Automation.CommandOrigin", "Runspace", 0),
        },
    )
