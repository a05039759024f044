"""Running an app's command line: from a 32-bit parent, in the content's folder, as SYSTEM or user, within its time.

Source: Microsoft's pages on Win32 apps (environment, time limit, return codes), experiments of IntuneScriptLab
(32-bit parent, working folder), logs of real devices (lines and their order).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from harness.agent.contexts import InstallContext
from harness.agent.toolbox import Toolbox
from harness.durations import format_duration
from harness.errors import MachineError
from harness.formats import wirenumbers as wire
from harness.formats.commandline import expand_environment, program_of
from harness.machine.ports import Process
from harness.model.apps import DeviceRestartBehavior, ReturnCodeType, RunAsAccount, Win32App
from harness.model.assignments import AppPolicy
from harness.model.commands import Command
from harness.model.states import ErrorCode, as_signed, hresult_from_exit_code

__all__ = ["ExecutionType", "Outcome", "prepare_command_line", "run_installer"]


class ExecutionType(StrEnum):
    """Whether the app is installed or removed; the value is the log's word."""

    INSTALL = "Install"
    UNINSTALL = "Uninstall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one run of a command line ended.

    Attributes:
        exit_code: unsigned; None when the program was not started or outlived its time limit.
        meaning: what the administrator says of the exit code; None when nothing.
        error_code: what the agent reports when this is the end: None for a success.
        is_timeout: whether the time limit passed; the program may still be running.
    """

    exit_code: int | None = None
    meaning: ReturnCodeType | None = None
    error_code: int | None = None
    is_timeout: bool = False

    @property
    def is_success(self) -> bool:
        """Whether detection has the last word."""
        return self.error_code is None

    @property
    def wants_retry(self) -> bool:
        """Whether the exit code asks for another attempt."""
        return self.meaning is ReturnCodeType.RETRY


async def run_installer(
    policy: AppPolicy, kind: ExecutionType, folder: str, tools: Toolbox, *, context: InstallContext, attempt: int = 0
) -> Outcome:
    """Run the install or uninstall command line once.

    Args:
        policy: the app.
        kind: which of its command lines.
        folder: the unpacked content.
        tools: the agent's.
        context: as whom it runs.
        attempt: 0 for the first.

    Raises:
        NotEmulated: when the emulated machine does not know what the program does.
    """
    app, log = policy.app, tools.log.workload
    line = prepare_command_line(app, kind, tools, context)
    limit = app.install_experience.max_run_time or tools.settings.default_max_run_time
    log(f"[Win32App] ===Step=== Execute retry {attempt}")
    log(
        f"[Win32App] ===Step=== InstallBehavior RegularWin32App, Intent {wire.INTENTS[policy.assignment.intent]}, "
        f"UninstallCommandLine {app.uninstall_command_line}"
    )
    log(line)
    log(f"[Win32App] SetCurrentDirectory: {folder}")
    if context.account.is_system:
        log("[Win32App] Launch Win32AppInstaller in machine session")
    else:
        log("[Win32App] Trying to get elevated token for user.")
    facts: dict[str, str | int] = {"app_id": app.id, "command_line": line, "attempt": attempt, "execution": kind.value}
    command = Command(
        command_line=line,
        working_directory=folder,
        account=context.account,
        session_id=context.session_id,
        parent_bits=32,
        parent_pid=tools.own_pid if tools.settings.installers_inherit_variables else 0,
        is_elevated=tools.settings.elevates_user_installs and context.account.is_administrator,
    )
    tools.tell("install started", f"{app.display_name}: {line}", **facts)
    started = tools.machine.clock.monotonic()
    try:
        process = tools.machine.processes.start(command)
    except MachineError as error:
        log(f"[Win32App] Failed to create installer process. Error code = {error.winerror}", 3)
        tools.tell("install finished", f"{app.display_name}: not started, {error}", elapsed_seconds=0.0, **facts)
        return Outcome(error_code=hresult_from_exit_code(error.winerror))
    log("[Win32App] lastWin32Error 0 after CreateProcess")
    log("[Win32App] Create installer process successfully.")
    log(f"[Win32App] process id = {process.info.pid}")
    log(f"[Win32App] Installer process timeout milliseconds: {int(limit.total_seconds() * 1000)}.")
    exit_ = await process.wait(limit)
    if exit_ is None:
        return _time_out(app, process, limit, tools, facts)
    log("[Win32App] Installation is done, collecting result")
    outcome = _judge(app, exit_.code, tools)
    elapsed = (tools.machine.clock.monotonic() - started).total_seconds()
    meaning = outcome.meaning.value if outcome.meaning else None
    text = f"{app.display_name}: exit code {exit_.code} ({meaning or 'not mapped'})"
    tools.tell("install finished", text, exit_code=exit_.code, meaning=meaning, elapsed_seconds=elapsed, **facts)
    return outcome


def prepare_command_line(app: Win32App, kind: ExecutionType, tools: Toolbox, context: InstallContext) -> str:
    """Return the line as the agent runs it.

    Variables are expanded in the install command line, as a 32-bit process has them, but not in the uninstall command
    line (documented). msiexec gets properties added, see `AgentSettings.prepares_msi_command_lines`.
    """
    if kind is ExecutionType.UNINSTALL:
        line = app.uninstall_command_line
    else:
        line = expand_environment(app.install_command_line, tools.machine.environment(context.account, 32))
    if not _is_msiexec(line):
        return line
    settings = tools.settings
    added: list[str] = []
    if settings.adds_quiet_to_msi and not re.search(r"(?i)(?:^|\s)[/-](q|quiet|passive)", line):
        added.append("/qn")
    if settings.prepares_msi_command_lines:
        installs = re.search(r"(?i)\s[/-](i|package)\b", line)
        if installs and context.account.is_system and not re.search(r"(?i)\bALLUSERS\s*=", line):
            added.append("ALLUSERS=1")
        if app.install_experience.device_restart_behavior is DeviceRestartBehavior.SUPPRESS:
            if not re.search(r"(?i)\bREBOOT\s*=", line):
                added.append("REBOOT=ReallySuppress")
            if not re.search(r"(?i)[/-]norestart\b", line):
                added.append("/norestart")
    if app.install_experience.run_as_account is RunAsAccount.SYSTEM:
        tools.log.workload("[Win32App] Prepare .msi cmdline for system context")
    return " ".join([line.rstrip(), *added])


def _is_msiexec(line: str) -> bool:
    names = {program.name.replace("/", "\\").rpartition("\\")[2].casefold() for program in program_of(line)}
    return "msiexec.exe" in names


def _judge(app: Win32App, code: int, tools: Toolbox) -> Outcome:
    """Say what an exit code means: mapped by the administrator, or not."""
    log = tools.log.workload
    meaning = app.meaning_of(code)
    is_error = meaning in (None, ReturnCodeType.FAILED, ReturnCodeType.RETRY)
    error_code = hresult_from_exit_code(code) if is_error else None
    signed = 0 if error_code is None else as_signed(error_code)
    log(f"[Win32App] lpExitCode {code}")
    log(f"[Win32App] hResultFromWin32 {signed}")
    if error_code is not None:
        log(f"[Win32App] Set EnforcementStateMessage.ErrorCode {signed}")
    if meaning is None:
        log(f"[Win32App] Admin did NOT set mapping for lpExitCode: {code} of app: {app.id}")
        log(f"[Win32App] Setting enforcementState as: Error with lpExitCode: {code} without mapping")
    else:
        word = meaning.value[0].upper() + meaning.value[1:]
        log(f"[Win32App] lpExitCode is defined as {word}")
        log(f"[Win32App] Setting enforcementState as: {_ENFORCEMENT_WORDS[meaning]}")
    log(f"[Win32App] DeviceRestartBehavior: {wire.RESTART_BEHAVIORS[app.install_experience.device_restart_behavior]}")
    return Outcome(exit_code=code, meaning=meaning, error_code=error_code)


_ENFORCEMENT_WORDS = {
    ReturnCodeType.SUCCESS: "Success",
    ReturnCodeType.SOFT_REBOOT: "InProgressPendingReboot",
    ReturnCodeType.HARD_REBOOT: "InProgressPendingReboot",
    ReturnCodeType.RETRY: "ErrorWithImmeadiateRetry",
    ReturnCodeType.FAILED: "Error",
}


def _time_out(
    app: Win32App, process: Process, limit: timedelta, tools: Toolbox, facts: Mapping[str, str | int]
) -> Outcome:
    """Give up waiting; whether the program is ended is a setting, left running unless set."""
    tools.log.workload("[Win32App] Installation is timeout, collecting result")
    if tools.settings.kills_on_timeout:
        process.kill(tree=True)
    verb = "ended" if tools.settings.kills_on_timeout else "left running"
    text = f"{app.display_name}: not done after {format_duration(limit)}; the program is {verb}"
    tools.tell("install timed out", text, elapsed_seconds=limit.total_seconds(), **facts)
    return Outcome(error_code=ErrorCode.INSTALL_TIMED_OUT, is_timeout=True)
