"""The agent's log files on the machine, in the format and with the names of real ones.

Lines are kept until nothing more happens at this instant and then written together, so that a check-in costs a few
writes and not hundreds.
"""

from __future__ import annotations

from enum import StrEnum

from harness.agent.folders import LOGS
from harness.agent.settings import AgentSettings, LogThread
from harness.errors import MachineError
from harness.formats.cmtrace import LogEntry, LogType, write_entry
from harness.machine.ports import Machine

__all__ = ["AgentLog", "LogName"]


class LogName(StrEnum):
    """The log files; the value is the file's name and the component in its lines."""

    WORKLOAD = "AppWorkload"
    AGENT = "IntuneManagementExtension"
    ACTIONS = "AppActionProcessor"
    EXECUTOR = "AgentExecutor"


class AgentLog:
    r"""Writes log lines into `C:\ProgramData\Microsoft\IntuneManagementExtension\Logs`."""

    def __init__(self, machine: Machine, settings: AgentSettings) -> None:
        self._machine = machine
        self._settings = settings
        self._waiting: dict[LogName, list[LogEntry]] = {}
        self._is_flush_due = False

    def workload(self, message: str, type_: int = LogType.INFO) -> None:
        """Write a line about apps to AppWorkload.log; `type_` is 1, 2 (banners and warnings) or 3 (errors)."""
        self.write(LogName.WORKLOAD, message, type_)

    def actions(self, message: str) -> None:
        """Write a line about what is to be done to AppActionProcessor.log."""
        self.write(LogName.ACTIONS, message)

    def agent(self, message: str, type_: int = LogType.INFO) -> None:
        """Write a line about the service to IntuneManagementExtension.log."""
        self.write(LogName.AGENT, message, type_)

    def executor(self, message: str) -> None:
        """Write a line about scripts and toasts to AgentExecutor.log."""
        self.write(LogName.EXECUTOR, message)

    def write(self, name: LogName, message: str, type_: int = LogType.INFO) -> None:
        """Write a line; it is in the file as soon as the machine's clock turns to anything else."""
        clock = self._machine.clock
        thread = LogThread.EXECUTOR if name is LogName.EXECUTOR else LogThread.WORKLOAD
        at = clock.local_now().replace(tzinfo=None)
        entry = LogEntry(at=at, message=message, component=name.value, type=LogType(type_), thread=thread)
        self._waiting.setdefault(name, []).append(entry)
        if not self._is_flush_due:
            self._is_flush_due = True
            clock.spawn(self._flush_soon(), name="agent log")

    def flush(self) -> None:
        """Write what waits. What a full or broken disk does not take is lost, as it is for any program."""
        self._is_flush_due = False
        waiting, self._waiting = self._waiting, {}
        for name, entries in waiting.items():
            try:
                self._append(name, entries)
            except MachineError:
                continue

    async def _flush_soon(self) -> None:
        self.flush()

    def _append(self, name: LogName, entries: list[LogEntry]) -> None:
        files, path = self._machine.files, rf"{LOGS}\{name}.log"
        if files.exists(path) and files.info(path).size_bytes >= self._settings.log_max_bytes:
            self._roll_over(name, path, entries[0])
        elif not files.exists(LOGS):
            files.make_folder(LOGS)
        with files.open(path, "ab") as file:
            file.write("".join(map(write_entry, entries)).encode())

    def _roll_over(self, name: LogName, path: str, first: LogEntry) -> None:
        """Set a full file aside; seen on devices: `AppWorkload-20260324-092249.log`."""
        files = self._machine.files
        files.move(path, rf"{LOGS}\{name}-{first.at:%Y%m%d-%H%M%S}.log")
        old = sorted(n for n in files.names(LOGS) if n.startswith(f"{name}-") and n.endswith(".log"))
        for surplus in old[: max(0, len(old) - self._settings.log_max_history)]:
            files.delete(rf"{LOGS}\{surplus}")
