"""Start-Process, Stop-Process, Wait-Process, Get-Process.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

import ntpath
from datetime import timedelta

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import Parameter, anything, switch, text, texts
from harness.emulator.powershell.runtime.values import Value
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.errors import MachineError
from harness.machine.ports import Process
from harness.model.commands import Exit, ProcessInfo

__all__ = ["CMDLETS"]


def _signed(code: int) -> int:
    return code - 2**32 if code >= 2**31 else code


def process_object(call: Call, info: ProcessInfo, process: Process | None = None) -> PSObject:
    """Return a process as an object."""
    machine = call.run.machine
    name = info.name.rpartition(".")[0] or info.name
    found = PSObject(
        ["System.Diagnostics.Process", "System.ComponentModel.Component", "System.Object"],
        text=lambda: f"System.Diagnostics.Process ({name})",
        data=info,
    )

    def ended() -> Exit | None:
        return process.exit if process is not None else None  # type: ignore[attr-defined]

    facts: dict[str, Value] = {
        "Name": name, "ProcessName": name, "Id": info.pid, "SessionId": info.session_id, "Path": info.image_path,
        "MachineName": ".", "Responding": True, "Handle": info.pid, "HandleCount": 0,
        "StartTime": info.started.astimezone(machine.clock.time_zone).replace(tzinfo=None),
    }  # fmt: skip
    for key, value in facts.items():
        found.note(key, value)
        found.members[key.lower()].kind = "Property"
    found.lazily(
        "HasExited",
        lambda: ended() is not None if process else info.pid not in [row.pid for row in machine.processes.running()],
    )
    found.lazily("ExitCode", lambda: _signed(end.code) if (end := ended()) else None)
    found.lazily("Company", lambda: None)

    async def wait(milliseconds: Value = None) -> Value:
        if process is None:
            raise Unmodelled("WaitForExit of a process that the script did not start", "use Wait-Process")
        limit = None if milliseconds is None or milliseconds < 0 else timedelta(milliseconds=int(milliseconds))
        done = await process.wait(limit)
        return None if milliseconds is None else done is not None

    found.methods.update(
        waitforexit=wait,
        kill=lambda: call.run.kill(info.pid),
        refresh=lambda: None,
        close=lambda: None,
        dispose=lambda: None,
    )
    return found


@cmdlet(
    "Start-Process",
    text("FilePath", position=0, is_mandatory=True, aliases=("PSPath",)),
    texts("ArgumentList", position=1, aliases=("Args",)),
    text("WorkingDirectory"),
    switch("LoadUserProfile", aliases=("Lup",)),
    switch("NoNewWindow", aliases=("nnw",)),
    switch("PassThru"),
    text("RedirectStandardError", aliases=("RSE",)),
    text("RedirectStandardInput", aliases=("RSI",)),
    text("RedirectStandardOutput", aliases=("RSO",)),
    text("Verb"),
    text("WindowStyle"),
    switch("Wait"),
    switch("UseNewEnvironment"),
    anything("Credential", aliases=("RunAs",)),
    aliases=("saps", "start"),
)
async def _start_process(call: Call) -> None:
    written = call["FilePath"].strip('"')
    program = call.shell.find_program(written) or written
    if call["Credential"] is not None:
        raise Unmodelled("Start-Process -Credential", "run as the account of the script")
    if program.lower().endswith((".cmd", ".bat")):
        line = f'cmd.exe /c ""{program}" {" ".join(call["ArgumentList"] or ())}"'
    elif program.lower().endswith(".msi"):
        line = f'msiexec.exe /i "{program}" {" ".join(call["ArgumentList"] or ())}'
    else:
        line = " ".join([f'"{program}"', *(call["ArgumentList"] or ())])
    folder = call.shell.full_path(call["WorkingDirectory"]) if call["WorkingDirectory"] else call.shell.file_location()
    stdin = ""
    if call["RedirectStandardInput"]:
        stdin = call.run.files.read(call.shell.full_path(call["RedirectStandardInput"])).decode("cp1252", "replace")
    try:
        process = call.run.start(line.rstrip(), working_directory=folder, stdin=stdin)
    except MachineError as error:
        raise _not_started(call, error) from error
    redirected = call["RedirectStandardOutput"] or call["RedirectStandardError"]
    if call["Wait"] or redirected:
        ended = await process.wait()
        assert ended is not None
        _keep_output(call, ended)
    if call["PassThru"]:
        await call.write(process_object(call, process.info, process))


def _not_started(call: Call, error: MachineError) -> Exception:
    texts_ = {
        2: "The system cannot find the file specified.",
        3: "The system cannot find the file specified.",
        5: "Access is denied",
        193: "%1 is not a valid Win32 application",
        267: "The directory name is invalid",
        740: "The requested operation requires elevation",
    }
    message = texts_.get(error.winerror, str(error.strerror))
    return call.failure(
        f"This command cannot be run due to the error: {message}",
        "InvalidOperationException",
        "InvalidOperation",
        None,
        "System.InvalidOperationException",
    )


def _keep_output(call: Call, ended: Exit) -> None:
    for parameter, content in (("RedirectStandardOutput", ended.stdout), ("RedirectStandardError", ended.stderr)):
        if call[parameter]:
            with call.run.files.open(call.shell.full_path(call[parameter]), "wb") as file:
                file.write(content.encode("cp437", "replace"))
        elif parameter == "RedirectStandardOutput" and call["NoNewWindow"] and content:
            call.run.write(content)


@cmdlet(
    "Get-Process",
    texts("Name", position=0, sets=("Name",), from_property=True, aliases=("ProcessName",)),
    Parameter(name="Id", type="int[]", sets=("Id",), from_property=True, aliases=("PID",)),
    anything("InputObject", sets=("InputObject",), from_pipeline=True),
    switch("IncludeUserName"),
    switch("FileVersionInfo", aliases=("FV",)),
    switch("Module"),
    texts("ComputerName"),
    aliases=("gps", "ps"),
    default_set="Name",
)
async def _get_process(call: Call) -> None:
    running = sorted(call.run.machine.processes.running(), key=lambda row: (row.name.lower(), row.pid))
    for wanted in call["Id"] or ():
        found = [row for row in running if row.pid == wanted]
        if not found:
            await call.error(
                f"Cannot find a process with the process identifier {wanted}.", "NoProcessFoundForGivenId",
                "ObjectNotFound", wanted, "Microsoft.PowerShell.Commands.ProcessCommandException",
            )  # fmt: skip
        await _put(call, found)
    if call["Id"]:
        return
    for name in call["Name"] or ["*"]:
        found = [row for row in running if wildcard(name).fullmatch(row.name.rpartition(".")[0] or row.name)]
        if not found and not has_wildcard(name):
            await call.error(
                f'Cannot find a process with the name "{name}". Verify the process name and call the cmdlet again.',
                "NoProcessFoundForGivenName",
                "ObjectNotFound",
                name,
                "Microsoft.PowerShell.Commands.ProcessCommandException",
            )
        await _put(call, found)


async def _put(call: Call, rows: list[ProcessInfo]) -> None:
    for row in rows:
        made = process_object(call, row)
        if call["IncludeUserName"]:
            made.note("UserName", str(row.account))
        await call.write(made)


async def _pids(call: Call) -> list[int]:
    if call["InputObject"] is not None:
        items = call["InputObject"] if isinstance(call["InputObject"], list) else [call["InputObject"]]
        return [item.get("Id") for item in items if isinstance(item, PSObject)]
    running = call.run.machine.processes.running()
    found: list[int] = list(call["Id"] or ())
    for name in call["Name"] or ():
        matching = [row.pid for row in running if wildcard(name).fullmatch(row.name.rpartition(".")[0] or row.name)]
        if not matching and not has_wildcard(name):
            await call.error(
                f'Cannot find a process with the name "{name}". Verify the process name and call the cmdlet again.',
                "NoProcessFoundForGivenName", "ObjectNotFound", name,
                "Microsoft.PowerShell.Commands.ProcessCommandException",
            )  # fmt: skip
        found += matching
    return found


_WHICH = (
    Parameter(name="Id", type="int[]", position=0, sets=("Id",), from_property=True),
    texts("Name", sets=("Name",), from_property=True, aliases=("ProcessName",)),
    anything("InputObject", sets=("InputObject",), from_pipeline=True),
)


@cmdlet("Stop-Process", *_WHICH, switch("Force"), switch("PassThru"), aliases=("kill", "spps"), default_set="Id")
async def _stop_process(call: Call) -> None:
    for pid in await _pids(call):
        try:
            call.run.kill(pid)
        except MachineError as error:
            await _not_stopped(call, pid, is_denied=error.winerror == 5)  # noqa: PLR2004 - access denied


async def _not_stopped(call: Call, pid: int, *, is_denied: bool) -> None:
    kind = "Microsoft.PowerShell.Commands.ProcessCommandException"
    if is_denied:
        message = f"Cannot stop process ({pid}) because of the following error: Access is denied"
        await call.error(message, "CouldNotStopProcess", "CloseError", pid, kind)
    else:
        message = f"Cannot find a process with the process identifier {pid}."
        await call.error(message, "NoProcessFoundForGivenId", "ObjectNotFound", pid, kind)


@cmdlet("Wait-Process", *_WHICH, Parameter(name="Timeout", type="int", aliases=("TimeoutSec",)), default_set="Name")
async def _wait_process(call: Call) -> None:
    clock = call.run.machine.clock
    for pid in await _pids(call):
        process = call.run.machine.processes.get(pid)
        if process is None:
            continue
        limit = timedelta(seconds=call["Timeout"]) if call.has("Timeout") else None
        if not await clock.wait(process.ended, limit):
            await call.error(
                f'This command stopped operation because process "{ntpath.basename(process.info.image_path)} '
                f'({pid})" is '
                "not stopped in the specified time-out.",
                "ProcessNotTerminated", "CloseError", pid, "System.TimeoutException",
            )  # fmt: skip


CMDLETS = (_start_process, _get_process, _stop_process, _wait_process)
