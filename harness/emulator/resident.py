"""The processes of Windows itself that are always there, so that whoever asks for one finds it.

They do nothing but keep their files in use. The lists are a part of an idle Windows 11, from memory: one of each kind
that packages and rules ask for, not the dozens of service hosts there really are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.lookup import Image
from harness.model.commands import Command
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, Account

if TYPE_CHECKING:
    from harness.emulator.processes import EmulatedProcesses

__all__ = ["Resident", "SYSTEM_PROCESSES", "SESSION_PROCESSES", "start_residents"]

_SYSTEM32 = r"C:\Windows\System32"
_DEFENDER = r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0"


@dataclass(frozen=True, slots=True)
class Resident:
    """A process of Windows that is always there.

    Attributes:
        image: its file.
        parent: the image name of what starts it; empty when that has gone.
        account: who it runs as; None for the user of the session.
    """

    image: str
    parent: str = ""
    account: Account | None = SYSTEM


SYSTEM_PROCESSES = (
    Resident(rf"{_SYSTEM32}\smss.exe"),
    Resident(rf"{_SYSTEM32}\csrss.exe"),
    Resident(rf"{_SYSTEM32}\wininit.exe"),
    Resident(rf"{_SYSTEM32}\services.exe", "wininit.exe"),
    Resident(rf"{_SYSTEM32}\lsass.exe", "wininit.exe"),
    Resident(rf"{_SYSTEM32}\svchost.exe", "services.exe"),
    Resident(rf"{_SYSTEM32}\svchost.exe", "services.exe", NETWORK_SERVICE),
    Resident(rf"{_SYSTEM32}\svchost.exe", "services.exe", LOCAL_SERVICE),
    Resident(rf"{_SYSTEM32}\spoolsv.exe", "services.exe"),
    Resident(rf"{_SYSTEM32}\SearchIndexer.exe", "services.exe"),
    Resident(rf"{_DEFENDER}\MsMpEng.exe", "services.exe"),
)

SESSION_PROCESSES = (
    Resident(rf"{_SYSTEM32}\csrss.exe"),
    Resident(rf"{_SYSTEM32}\winlogon.exe"),
    Resident(rf"{_SYSTEM32}\dwm.exe", "winlogon.exe"),
    Resident(rf"{_SYSTEM32}\sihost.exe", "svchost.exe", None),
    Resident(rf"{_SYSTEM32}\taskhostw.exe", "svchost.exe", None),
    Resident(r"C:\Windows\explorer.exe", "", None),
    Resident(rf"{_SYSTEM32}\ctfmon.exe", "svchost.exe", None),
)


def start_residents(
    residents: Iterable[Resident], processes: EmulatedProcesses, user: Account = SYSTEM, session_id: int = 0
) -> None:
    """Put parts of Windows on the process table.

    Args:
        residents: which ones.
        processes: the process table.
        user: who those without an account of their own run as.
        session_id: the session they are in.
    """
    bits = processes.native_bits
    blocks: dict[str, Mapping[str, str]] = {}
    for resident in residents:
        parents = processes.running(resident.parent) if resident.parent else ()
        command = Command(
            command_line=resident.image,
            working_directory=_SYSTEM32,
            account=resident.account or user,
            session_id=session_id,
            parent_pid=parents[-1].pid if parents else 0,
        )
        block = blocks.get(command.account.sid)
        image = Image(path=resident.image, bits=bits, is_program=True)
        blocks[command.account.sid] = processes.host(command, image, environment=block).environment
