"""The log that `msiexec /L` writes.

The shape of its lines is that of real logs, from memory. Every line belongs to one of the letters of `/L`, and is
written when that letter was given: `a` actions, `c` the user interface's start, `e` errors, `i` information, `m` how it
ended, `p` properties at the end, `r` records of actions, `u` requests to the user, `v` everything else, `w` warnings.
"""

from __future__ import annotations

import codecs
import ntpath
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.msi.commandline import LogRequest
from harness.emulator.msi.outcomes import ExitCode, InstallFailure
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["InstallLog"]

_BUILD = "SHIP UNICODE 5.00.10011.00"


class InstallLog:
    """Collects lines and writes them to the file that was asked for, if any.

    Args:
        run: the msiexec process.
        request: what `/L` says; None writes nothing.

    Raises:
        InstallFailure: 1622 when the file cannot be made.
    """

    def __init__(self, run: ProgramRun, request: LogRequest | None) -> None:
        self._run, self._request = run, request
        self._lines: list[str] = []
        self._prefixes = _prefixes(run.info.pid)
        if request:
            self._create(request)
        kind = "Verbose logging" if request and request.is_verbose else "Logging"
        tail = f"  Build type: {_BUILD}  Calling process: {run.info.image_path}" if kind.startswith("V") else ""
        self._kind = kind
        self._lines.append(f"=== {kind} started: {_date(self._now())}{tail} ===")

    def client(self, text: str, letter: str = "v") -> None:
        """Add a line of the msiexec process that was started."""
        self._add("c", text, letter)

    def service(self, text: str, letter: str = "v") -> None:
        """Add a line of the Windows Installer service."""
        self._add("s", text, letter)

    def action_started(self, name: str) -> None:
        """Add the line that begins an action."""
        self.plain(f"Action start {self._now():%H:%M:%S}: {name}.", "a")

    def action_ended(self, name: str, return_value: int) -> None:
        """Add the line that ends an action: 1 for success, 2 user exit, 3 failure, 4 suspended."""
        self.plain(f"Action ended {self._now():%H:%M:%S}: {name}. Return value {return_value}.", "a")

    def properties(self, properties: Mapping[str, str], hidden: frozenset[str]) -> None:
        """Add the properties as they are at the end; those that are hidden show asterisks."""
        for name in sorted(properties):
            value = "**********" if name in hidden else properties[name]
            self.plain(f"Property(S): {name} = {value}", "p")

    def plain(self, text: str, letter: str) -> None:
        """Add a line without a prefix."""
        if self._request and letter in self._request.flags:
            self._lines.append(text)

    def flush(self) -> None:
        """Write what was added; a log that can no longer be written is given up, as Windows does."""
        if self._request and self._lines:
            text = "".join(f"{line}\r\n" for line in self._lines)
            try:
                with self._run.files.open(self._request.path, "ab") as file:
                    file.write(text.encode("utf-16-le", "replace"))
            except MachineError:
                self._request = None
        self._lines.clear()

    def close(self) -> None:
        """Write the last line."""
        self._lines.append(f"=== {self._kind} stopped: {_date(self._now())} ===")
        self.flush()

    def _create(self, request: LogRequest) -> None:
        try:
            if not (request.appends and self._run.files.exists(request.path)):
                with self._run.files.open(request.path, "wb") as file:
                    file.write(codecs.BOM_UTF16_LE)
        except MachineError as error:
            message = f"The log file {ntpath.basename(request.path)} cannot be opened: {error}"
            raise InstallFailure(message, exit_code=ExitCode.LOG_FAILURE) from error

    def _add(self, who: str, text: str, letter: str) -> None:
        now = self._now()
        moment = f"{now:%H:%M:%S}:{now.microsecond // 1000:03d}"
        self.plain(f"MSI ({who}) ({self._prefixes[who]}) [{moment}]: {text}", letter)

    def _now(self) -> datetime:
        return self._run.machine.clock.local_now()


def _prefixes(pid: int) -> dict[str, str]:
    """Return process and thread as the log shows them: the low bytes; the threads' are made up, there are none here."""
    return {"c": f"{pid & 0xFF:02X}:{pid + 4 & 0xFF:02X}", "s": f"{pid + 16 & 0xFF:02X}:{pid + 28 & 0xFF:02X}"}


def _date(moment: datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment.year}  {moment:%H:%M:%S}"
