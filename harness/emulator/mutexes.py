r"""Named mutexes: how programs keep each other out, as Windows Installer does with `Global\_MSIExecute`.

Names are compared with regard to case. `Global\X` is one mutex for the whole machine; `X` and `Local\X` are one per
session, and in session 0 the same as the global one. Its owner may take a mutex again, and gives it back as often.
A process that ends gives back what it owned. Source: learn.microsoft.com, "Kernel object namespaces", CreateMutexW.
"""

from __future__ import annotations

from harness.errors import MachineError
from harness.model.commands import ProcessInfo

__all__ = ["Mutexes"]

_NOT_OWNER = 288


class Mutexes:
    """Every named mutex that somebody owns."""

    def __init__(self) -> None:
        self._owned: dict[tuple[int, str], list[int]] = {}

    def try_lock(self, name: str, process: ProcessInfo) -> bool:
        """Take a mutex; return whether the process owns it now."""
        owners = self._owned.setdefault(_place(name, process.session_id), [])
        if owners and owners[0] != process.pid:
            return False
        owners.append(process.pid)
        return True

    def unlock(self, name: str, process: ProcessInfo) -> None:
        """Give a mutex back.

        Raises:
            MachineError: 288 when the process does not own it.
        """
        place = _place(name, process.session_id)
        owners = self._owned.get(place, [])
        if process.pid not in owners:
            raise MachineError(_NOT_OWNER, "attempt to release mutex not owned by caller", name)
        owners.pop()
        if not owners:
            del self._owned[place]

    def release_all(self, pid: int) -> None:
        """Give back everything that a process owned, since it has ended."""
        self._owned = {place: owners for place, owners in self._owned.items() if pid not in owners}


def _place(name: str, session_id: int) -> tuple[int, str]:
    prefix, slash, rest = name.partition("\\")
    match prefix.casefold() if slash else "":
        case "global":
            return 0, rest
        case "local":
            return session_id, rest
        case _:
            return session_id, name
