"""The two processes of Windows' kernel, which have no file and are on no process table here.

Source: learn.microsoft.com, "Process Handles and Identifiers" (0 and 4); what psutil says of them is from memory.
"""

from __future__ import annotations

from datetime import datetime

from harness.emulator.processes import EmulatedProcess, EmulatedProcesses
from harness.emulator.variables import Variables
from harness.model.commands import ProcessInfo
from harness.model.windows import SYSTEM

__all__ = ["IDLE", "KERNEL", "kernel_processes"]

#: The ids of System Idle Process and System.
IDLE, KERNEL = 0, 4


def kernel_processes(table: EmulatedProcesses, started: datetime) -> dict[int, EmulatedProcess]:
    """Return both by their ids.

    Args:
        table: the process table of the machine.
        started: when the machine was started, aware.
    """
    return {
        pid: EmulatedProcess(
            ProcessInfo(
                pid=pid,
                parent_pid=IDLE,
                image_path=name,
                command_line="",
                account=SYSTEM,
                session_id=0,
                bits=table.native_bits,
                started=started,
                is_elevated=True,
            ),
            Variables({}),
            table,
        )
        for pid, name in ((IDLE, "System Idle Process"), (KERNEL, "System"))
    }
