"""Power that fails at any instant: what is written stays, what only memory held is gone, and nobody gets to clean up.

Python runs the `finally` blocks of a coroutine that is thrown away; on a machine without power nothing runs. So the
registry and the volumes are remembered at the instant of the cut, everything is torn down, and then they are put back:
whatever was done to them on the way out has not happened. What is told meanwhile is not on the timeline.

What was written but not flushed. Windows writes changes of the registry into its logs, and file data from its cache,
within seconds; NTFS keeps its metadata whole by a journal, but not what is in files (learn.microsoft.com, RegFlushKey,
"File Caching", "Registry hives": "lazily flushed"). How much a real machine loses depends on its disk and on luck. By
default everything that was written is kept; with `Unflushed.LOST` the registry is as it was some seconds before, and
files that were written since then have their length, but zeros in them: the worst that may happen. Both are guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from harness.emulator.faults import Operation
from harness.emulator.frozen import FilesSnapshot, FrozenFile, FrozenFolder, MachineSnapshot, RegistrySnapshot
from harness.errors import MachineError
from harness.timeline import Timeline

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["FLUSHED_AFTER", "PowerLoss", "Unflushed"]

#: After how long what was written is on the disk: the registry's lazy flush. From memory.
FLUSHED_AFTER = timedelta(seconds=5)

_CHUNK = 1024 * 1024
_WRITES = (Operation.WRITE_FILE, Operation.DELETE_FILE, Operation.WRITE_REGISTRY)


class Unflushed(StrEnum):
    """What becomes of what was written in the last seconds before the power fails."""

    KEPT = "kept"
    LOST = "lost"


class PowerLoss:
    """Takes the power of one machine away."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._registry: RegistrySnapshot | None = None
        self._files: FilesSnapshot | None = None
        self._timeline = machine.timeline
        # What of the registry is on the disk, and since when more waits to get there; only while that matters.
        self._on_disk: RegistrySnapshot | None = None
        self._waiting_since = machine.clock.elapsed()
        self._loses_unflushed = False

    @property
    def unflushed(self) -> Unflushed:
        """What becomes of the last seconds' writes."""
        return Unflushed.LOST if self._loses_unflushed else Unflushed.KEPT

    @unflushed.setter
    def unflushed(self, value: Unflushed) -> None:
        self._machine.faults.forget(self._note_write)
        self._loses_unflushed = value is Unflushed.LOST
        self._on_disk = None
        if self._loses_unflushed:
            self._machine.faults.listen(self._note_write)

    def cut(self, fall: Callable[[], None]) -> None:
        """Remember how the machine is, and let `fall` follow as soon as nothing of it runs.

        Raises:
            Halted: when a part of the machine is running.
        """
        machine = self._machine
        self._registry, self._files = machine.registry.snapshot(), machine.files.snapshot()
        self._timeline, machine.timeline = machine.timeline, Timeline(machine.clock.now)
        machine.clock.scheduler.halt(fall)

    def fall(self) -> None:
        """End everything that runs, and let registry and volumes be as they were at the cut."""
        machine = self._machine
        self._tear_down()
        machine.timeline = self._timeline
        assert self._registry is not None
        assert self._files is not None
        machine.registry.restore(self._registry if self._is_flushed() else self._on_disk or self._registry)
        machine.registry.drop_volatile()
        machine.files.restore(self._files)
        if self._loses_unflushed:
            self._lose_data(self._files)
        self._registry = self._files = self._on_disk = None

    def revert(self, snapshot: MachineSnapshot) -> None:
        """End everything that runs, untold, and let registry and volumes be as they were at a snapshot."""
        machine = self._machine
        timeline, machine.timeline = machine.timeline, Timeline(machine.clock.now)
        self._tear_down()
        machine.timeline = timeline
        machine.registry.restore(snapshot.registry)
        machine.files.restore(snapshot.files)

    def cut_at_write(self, number: int, cut: Callable[[], None]) -> None:
        """Call `cut` just before the n-th next change that a part of the machine makes to registry or volumes."""
        machine, left = self._machine, number

        def count(operation: Operation, _: str) -> None:
            nonlocal left
            if operation in _WRITES and machine.clock.scheduler.machine_runs:
                left -= 1
                if left <= 0:
                    machine.faults.forget(count)
                    cut()

        machine.faults.listen(count)

    def _tear_down(self) -> None:
        machine, scheduler = self._machine, self._machine.clock.scheduler
        scheduler.stop_machine()
        scheduler.resume()
        for end in (machine.processes.end_everything, machine.sessions.end_all):
            with suppress(Exception):  # nobody is there to hear what fails
                end()

    # What was not flushed

    def _note_write(self, operation: Operation, _: str) -> None:
        """Keep the registry as it is before the first write that waits; all that waits is flushed together."""
        if operation is Operation.WRITE_REGISTRY and self._is_flushed():
            self._on_disk = self._machine.registry.snapshot()
            self._waiting_since = self._machine.clock.elapsed()

    def _is_flushed(self) -> bool:
        return self._on_disk is None or self._machine.clock.elapsed() - self._waiting_since >= FLUSHED_AFTER

    def _lose_data(self, files: FilesSnapshot) -> None:
        """Fill the files that were written in the last seconds with zeros; their names, lengths and times are safe."""
        machine = self._machine
        since = machine.clock.now() - FLUSHED_AFTER
        for drive, root in files.drives.items():
            for path, file in _files_within(drive, root):
                if file.modified > since and file.size_bytes:
                    with suppress(MachineError), machine.files.open(path, "r+b") as stream:
                        _fill_with_zeros(stream, file.size_bytes)
                        machine.files.set_times(path, modified=file.modified)


def _files_within(path: str, folder: FrozenFolder) -> Iterator[tuple[str, FrozenFile]]:
    for entry in folder.entries.values():
        if isinstance(entry, FrozenFolder):
            yield from _files_within(rf"{path}\{entry.name}", entry)
        elif isinstance(entry, FrozenFile):
            yield rf"{path}\{entry.name}", entry


def _fill_with_zeros(stream: BinaryIO, size: int) -> None:
    stream.writelines(bytes(min(_CHUNK, size - start)) for start in range(0, size, _CHUNK))
