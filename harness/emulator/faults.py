"""Things that go wrong on purpose: values that say what fails, where, from when and how often.

Chance comes from a seed, so that a run with faults is the same every time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypedDict, Unpack

from harness.durations import parse_duration
from harness.errors import MachineError, UsageError
from harness.model.names import folded
from harness.model.windows import Hive

__all__ = ["Operation", "Fault", "Crash", "Faults", "When"]

#: STATUS_ACCESS_VIOLATION (ntstatus.h): what most programs crash with.
_ACCESS_VIOLATION = 0xC0000005


class Operation(StrEnum):
    """What can be made to fail."""

    READ_FILE = "reading a file"
    WRITE_FILE = "writing a file"
    DELETE_FILE = "deleting or moving a file"
    READ_REGISTRY = "reading the registry"
    WRITE_REGISTRY = "writing the registry"
    START_PROCESS = "starting a process"
    TRANSFER = "transferring over the network"


class When(TypedDict, total=False):
    """From when and how often a fault strikes; see `Fault`."""

    after: timedelta | str
    times: int | None
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    r"""One thing that goes wrong.

    Attributes:
        operation: what fails.
        code: the Win32 error it fails with.
        where: a pattern for the path, the key (`HKLM\SOFTWARE\*`) or the image, without regard to case. Only `*` and
            `?` are special. The empty text means everywhere. Places are physical: what a 32-bit process writes to
            `HKLM\SOFTWARE\Contoso` strikes as `HKLM\SOFTWARE\WOW6432Node\Contoso`, what it writes to System32 as
            SysWOW64, and a user's keys are below `HKU\<sid>` and `HKU\<sid>_Classes`. Only the control set in use goes
            by its link, `HKLM\SYSTEM\CurrentControlSet`.
        after: how long after it was added it begins to count; `"2 min"` or a `timedelta`.
        times: how often it strikes; None for ever.
        probability: how likely it strikes each time, from 0 to 1.
    """

    operation: Operation
    code: int
    where: str = ""
    after: timedelta | str = timedelta()
    times: int | None = None
    probability: float = 1.0

    @classmethod
    def disk_full(cls, where: str = "", **when: Unpack[When]) -> Fault:
        """Return one that lets writing files fail with 112."""
        return cls(operation=Operation.WRITE_FILE, code=112, where=where, **when)

    @classmethod
    def access_denied(cls, where: str, operation: Operation = Operation.WRITE_FILE, **when: Unpack[When]) -> Fault:
        """Return one that lets an operation fail with 5; without another word, writing a file."""
        return cls(operation=operation, code=5, where=where, **when)

    @classmethod
    def file_in_use(cls, where: str, operation: Operation = Operation.WRITE_FILE, **when: Unpack[When]) -> Fault:
        """Return one that lets an operation fail with 32, as while a virus scanner holds the file."""
        return cls(operation=operation, code=32, where=where, **when)

    @classmethod
    def registry_write_fails(cls, where: str = "", code: int = 5, **when: Unpack[When]) -> Fault:
        """Return one that lets writing the registry fail, with 5 unless another code is given."""
        return cls(operation=Operation.WRITE_REGISTRY, code=code, where=where, **when)

    @classmethod
    def start_fails(cls, image: str, code: int = 5, **when: Unpack[When]) -> Fault:
        r"""Return one that lets starting a program fail, `*\setup.exe`, with 5 unless another code is given."""
        return cls(operation=Operation.START_PROCESS, code=code, where=image, **when)

    @classmethod
    def network_lost(cls, **when: Unpack[When]) -> Fault:
        """Return one that lets transfers fail with 12030, ERROR_WINHTTP_CONNECTION_ERROR."""
        return cls(operation=Operation.TRANSFER, code=12030, **when)

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            UsageError: for a duration, a probability or a number of times that cannot be, and for a key of a hive
                that is no place, `HKCU` or `HKCR`.
        """
        parse_duration(self.after)
        _pattern(self)
        if not 0 <= self.probability <= 1:
            raise UsageError(f"a probability of {self.probability} cannot be - write a number from 0 to 1")
        if self.times is not None and self.times < 1:
            raise UsageError(f"a fault cannot strike {self.times} times - write 1 or more, or None for ever")

    @staticmethod
    def process_crashes(image: str, *, exit_code: int = _ACCESS_VIOLATION, **when: Unpack[When]) -> Crash:
        """Return what makes processes of an image end by themselves a while after their start.

        Args:
            image: a file name such as `setup.exe`, or a pattern for the whole path; without regard to case.
            exit_code: what it ends with; an access violation unless something else is given.
            **when: `after`, how long each process has run by then (`"30 s"`; those that end before do not crash),
                `times`, how many processes it strikes, and `probability`.

        Raises:
            UsageError: for a duration, a probability or a number of times that cannot be.
        """
        return Crash(image=image, exit_code=exit_code, **when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """Processes of an image end by themselves; `Fault.process_crashes` makes one.

    Attributes:
        image: a file name, or a pattern for the whole path, without regard to case.
        after: how long a process has run by then; `"30 s"` or a `timedelta`.
        exit_code: what it ends with.
        times: how many processes it strikes; None for every one.
        probability: how likely it strikes each time, from 0 to 1.
    """

    image: str
    after: timedelta | str = timedelta()
    exit_code: int = _ACCESS_VIOLATION
    times: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            UsageError: for a duration, a probability or a number of times that cannot be.
        """
        parse_duration(self.after)
        self.as_fault()

    def as_fault(self) -> Fault:
        """Return when and where it strikes, as of the start of a process."""
        where = self.image if "\\" in self.image or "/" in self.image else f"*\\{self.image}"
        return Fault(
            operation=Operation.START_PROCESS,
            code=0,
            where=where,
            times=self.times,
            probability=self.probability,
        )


class _Active:
    """A fault that was added, and how often it may still strike."""

    def __init__(self, fault: Fault, begins: timedelta, crash: Crash | None = None) -> None:
        self.fault = fault
        self.crash = crash
        self.begins = begins
        self.left = fault.times
        self.pattern = _pattern(fault)


class Faults:
    """The faults of one machine. Whoever does something that can fail asks `strike` first.

    Args:
        monotonic: the machine's elapsed time.
        seed: decides about probabilities.
    """

    def __init__(self, monotonic: Callable[[], timedelta], *, seed: int = 0) -> None:
        self._monotonic = monotonic
        self._random = random.Random(f"faults {seed}")  # noqa: S311 - not for secrets
        self._active: list[_Active] = []
        self._listeners: list[Callable[[Operation, str], None]] = []

    def __bool__(self) -> bool:
        """Return whether any fault was added or anybody listens: the quick question before an operation."""
        return bool(self._active or self._listeners)

    def listen(self, listener: Callable[[Operation, str], None]) -> None:
        """Call a listener before every operation that can fail, with the operation and its place."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[Operation, str], None]) -> None:
        """Stop calling a listener; one that is not known is ignored."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def add(self, *faults: Fault | Crash) -> None:
        """Let these go wrong from now on."""
        for fault in faults:
            if isinstance(fault, Crash):
                self._active.append(_Active(fault.as_fault(), self._monotonic(), fault))
            else:
                self._active.append(_Active(fault, self._monotonic() + parse_duration(fault.after)))

    def clear(self) -> None:
        """Let everything work again."""
        self._active.clear()

    def strike(self, operation: Operation, place: str) -> None:
        """Fail if a fault is due for that operation at that place.

        Raises:
            MachineError: with the fault's code.
        """
        for listener in tuple(self._listeners):
            listener(operation, place)
        for active in self._active:
            if active.crash is None and self._is_due(active, operation, place):
                raise MachineError(active.fault.code, f"{operation} fails on purpose", place)

    def crash_of(self, image_path: str) -> Crash | None:
        """Return how a process that starts now will crash; None when it will not."""
        for active in self._active:
            if active.crash is not None and self._is_due(active, Operation.START_PROCESS, image_path):
                return active.crash
        return None

    def _is_due(self, active: _Active, operation: Operation, place: str) -> bool:
        """Return whether a fault strikes here and now, and count that."""
        fault = active.fault
        if (
            fault.operation is operation
            and active.left != 0
            and self._monotonic() >= active.begins
            and fnmatchcase(folded(place), active.pattern)
            and (fault.probability == 1 or self._random.random() < fault.probability)
        ):
            if active.left is not None:
                active.left -= 1
            return True
        return False


#: A hive at the beginning of a folded pattern, in either form, with the colon that PowerShell's drives have.
_HIVE = re.compile(rf"({'|'.join(name for hive in Hive for name in (hive.name, hive.value))}):?(?=[\\*?]|$)")


def _pattern(fault: Fault) -> str:
    """Return what the folded places have to fit where a fault strikes, for `fnmatchcase`.

    Raises:
        UsageError: for a key of a hive that is no place.
    """
    if not fault.where or fault.operation is Operation.TRANSFER:
        where = fault.where
    elif fault.operation in (Operation.READ_REGISTRY, Operation.WRITE_REGISTRY):
        where = _key(fault.where)
    else:
        where = fault.where.replace("/", "\\")
    return folded(where).replace("[", "[[]") or "*"


def _key(where: str) -> str:
    """Return the pattern of a key in the form in which places are given: with the long name of its hive."""
    # A slash separates only in a text without backslashes: key names may hold slashes.
    path = where if "\\" in where else where.replace("/", "\\")
    prefix, separator, rest = path.partition("\\")
    is_shown = separator and folded(prefix) == "COMPUTER"
    path = rest if is_shown else path
    found = _HIVE.match(folded(path))
    if found is None:
        return path if is_shown else where
    below = path[found.end() :].rstrip("\\")
    hive = next(hive for hive in Hive if found[1] in (hive.name, hive.value))
    inside = below.lstrip("\\") or "*"
    if hive is Hive.HKCU:
        raise UsageError(f"whose key {where} is cannot be known - write HKU\\<sid>\\{inside}")
    if hive is Hive.HKCR:
        mends = rf"HKLM\SOFTWARE\Classes\{inside} for the machine's, HKU\<sid>_Classes\{inside} for a user's"
        raise UsageError(f"{where} shows keys of the machine and of a user - write {mends}")
    if hive is Hive.HKCC:  # it leads to the hardware profile in use, which goes by a number
        return rf"{Hive.HKLM}\SYSTEM\CurrentControlSet\Hardware Profiles\????{below}"
    return hive.value + below
