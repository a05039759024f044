r"""The methods that packages call through `wmic`: products uninstalled, processes and services started and ended.

The provider of products is a service: it uninstalls as SYSTEM, silently, if whoever asks is an administrator.

Source: learn.microsoft.com, "Uninstall method of the Win32_Product class", "Win32_Process", "Win32_Service" (the return
values); captures of `process call create` for the form of the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import not_modelled, unanswered
from harness.emulator.tools.wmiclasses import Row, WmiClass
from harness.emulator.tools.wmicwords import instance_path, say
from harness.errors import MachineError
from harness.model.commands import Command
from harness.model.services import StartType

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["call", "delete_processes"]

_DENIED = 2
#: What StartService and StopService of Win32_Service return for errors of Windows.
_SERVICE_RETURNS = {5: 2, 1051: 3, 1052: 4, 1061: 5, 1062: 5, 1053: 7, 1056: 10, 1068: 13, 1058: 14, 1069: 15, 1072: 16}
_START_MODES = {"AUTOMATIC": StartType.AUTOMATIC, "MANUAL": StartType.MANUAL, "DISABLED": StartType.DISABLED}


async def call(
    run: ProgramRun, wmi_class: WmiClass, rows: Sequence[Row] | None, words: Sequence[str], *, asks: bool
) -> int:
    """Call a method of some instances, or of the class when there are none, and say what it returned.

    Raises:
        NotEmulated: for a method that is not modelled, or a question that nobody answers.
    """
    name, arguments = (words[0].lower(), words[1:]) if words else ("", ())
    if rows is None:
        if (wmi_class.alias, name) != ("process", "create") or not arguments:
            raise not_modelled(run, f"call {name} of {wmi_class.name} without instances")
        return _create_process(run, " ".join(arguments))
    for row in rows:
        path = instance_path(run, wmi_class, row)
        if asks and not _agrees(run, f"Execute ({path})->{name}() (Y/N/?)? "):
            continue
        say(run, f"Executing ({path})->{name}()")
        _say_out(run, {"ReturnValue": await _return_value(run, wmi_class, row, name, arguments)})
    return 0


def delete_processes(run: ProgramRun, found: Sequence[tuple[Row, str]]) -> int:
    """End processes, as deleting their instances does."""
    for row, path in found:
        say(run, f"Deleting instance {path}")
        try:
            run.kill(int(str(row["ProcessId"])))
        except MachineError:
            run.print_error("ERROR:")
            run.print_error("Description = Access denied")
        else:
            say(run, "Instance deletion successful.")
    return 0


async def _return_value(run: ProgramRun, wmi_class: WmiClass, row: Row, name: str, arguments: Sequence[str]) -> int:
    match wmi_class.alias, name:
        case "product", "uninstall":
            return await _uninstall(run, str(row["IdentifyingNumber"]))
        case "process", "terminate":
            return _terminate(run, int(str(row["ProcessId"])))
        case "service", "startservice" | "stopservice":
            return _control(run, str(row["Name"]), starts=name == "startservice")
        case "service", "changestartmode":
            return _change_start_mode(run, str(row["Name"]), arguments)
        case _:
            raise not_modelled(run, f"call {name} of {wmi_class.name}")


async def _uninstall(run: ProgramRun, code: str) -> int:
    line = f"msiexec.exe /x {code} /qn /norestart"
    if run.token.has_all_rights:
        process = run.machine.processes.start(Command(command_line=line, working_directory=r"C:\Windows\System32"))
    else:
        process = run.machine.processes.start(
            Command(
                command_line=line,
                working_directory=r"C:\Windows\System32",
                account=run.token.account,
                session_id=run.info.session_id,
            )
        )
    ended = await process.wait()
    return ended.code if ended else 0


def _terminate(run: ProgramRun, pid: int) -> int:
    try:
        run.machine.processes.terminate(pid, run.token, code=0)
    except MachineError:
        return _DENIED
    return 0


def _control(run: ProgramRun, name: str, *, starts: bool) -> int:
    if not run.token.has_all_rights:
        return _DENIED
    try:
        if starts:
            run.machine.services.assume(name)
        else:
            run.machine.services.stop(name)
    except MachineError as error:
        return _SERVICE_RETURNS.get(error.winerror, 8)
    return 0


def _change_start_mode(run: ProgramRun, name: str, arguments: Sequence[str]) -> int:
    mode = _START_MODES.get(arguments[-1].strip('"').upper()) if arguments else None
    if mode is None:
        raise not_modelled(run, f"ChangeStartMode {' '.join(arguments)}")
    if not run.token.has_all_rights:
        return _DENIED
    config = run.machine.services.get(name).config
    run.machine.services.configure(replace(config, start_type=mode, is_delayed=False))
    return 0


def _create_process(run: ProgramRun, line: str) -> int:
    line = line[1:-1] if len(line) > 1 and line[0] == line[-1] and line[0] in "\"'" else line
    say(run, "Executing (Win32_Process)->Create()")
    try:
        pid = run.start(line).info.pid
    except MachineError as error:
        _say_out(run, {"ReturnValue": {2: 9, 3: 9, 5: 2}.get(error.winerror, 8)})
        return 0
    _say_out(run, {"ProcessId": pid, "ReturnValue": 0})
    return 0


def _say_out(run: ProgramRun, values: dict[str, int]) -> None:
    lines = [f"\t{name} = {value};" for name, value in values.items()]
    say(run, "Method execution successful.", "Out Parameters:", "instance of __PARAMETERS", "{", *lines, "};", "")


def _agrees(run: ProgramRun, question: str) -> bool:
    run.write(question)
    answer = run.read_line()
    if answer is None:
        raise unanswered(run, question, "/nointeractive at the end")
    say(run, "")
    return answer.strip().upper() in ("Y", "YES")
