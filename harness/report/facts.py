"""The parts of a run's result: plain values, written as JSON with the names they have here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from harness.emulator.changes import Change
from harness.model.states import as_hex, as_signed

__all__ = [
    "ErrorFacts",
    "AppFacts",
    "PackageFacts",
    "States",
    "Attempt",
    "AttemptEnd",
    "Restart",
    "ToastButtonFacts",
    "ToastFacts",
    "RegistryChange",
    "FileChange",
    "Changes",
    "SentReport",
    "DeviceFacts",
    "RunTime",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """An error code in every spelling people search for.

    Attributes:
        code: the unsigned 32-bit number.
        hex: as the portal shows it, `0x87D1041C`.
        signed: as the agent's log and messages write it, -2016345060.
        text: what it means.
    """

    code: int
    hex: str
    signed: int
    text: str

    @classmethod
    def of(cls, code: int, text: str) -> ErrorFacts:
        """Return the facts of a code, signed or unsigned."""
        return cls(code=code & 0xFFFFFFFF, hex=as_hex(code), signed=as_signed(code), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppFacts:
    """The app that was deployed.

    Attributes:
        id: its GUID.
        name: its display name.
        version: the number of the content and policy version.
        display_version: the version people speak of; null when nobody gave one.
        publisher: who makes it; may be empty.
        install_command_line: what the agent runs to install it.
        uninstall_command_line: what the agent runs to remove it; may be empty.
        definition: where the app came from: the name of its JSON file, or `Detection.xml`.
    """

    id: str
    name: str
    version: int
    display_version: str | None
    publisher: str
    install_command_line: str
    uninstall_command_line: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """The package the content came from.

    Attributes:
        file_name: the name of the `.intunewin` file.
        size_bytes: its size.
        setup_file: the setup file that it names.
        tool_version: the version of the packaging tool that it names.
    """

    file_name: str
    size_bytes: int
    setup_file: str
    tool_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What the agent keeps and the portal shows; null where the agent did not get that far.

    Attributes:
        detection: `detected`, `not detected`, `not computed`.
        applicability: `Applicable`, or the requirement that is not met, in the agent's spelling.
        enforcement: for example `Success`, `InProgressPendingReboot`, `Error`, in the agent's spelling.
        compliance: `Installed`, `NotInstalled`, `Error`, `Unknown`.
        resultant: what the portal shows, in Graph's spelling, for example `installed`, `failed`.
    """

    detection: str | None
    applicability: str | None
    enforcement: str | None
    compliance: str | None
    resultant: str | None


class AttemptEnd(StrEnum):
    """How a run of the installer ended."""

    EXITED = "exited"
    TIMED_OUT = "timed out"
    NOT_STARTED = "not started"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of the installer.

    Attributes:
        started_at: when it was started.
        command_line: what was run.
        end: how it ended; `running` when it went on to the end of the run.
        exit_code: the unsigned 32-bit exit code; null unless it exited.
        meaning: what the return codes say of it: `success`, `softReboot`, `hardReboot`, `retry`, `failed`; null
            when they do not name it.
        elapsed_seconds: how long it ran.
    """

    started_at: datetime
    command_line: str
    end: AttemptEnd
    exit_code: int | None
    meaning: str | None
    elapsed_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """One restart of the machine.

    Attributes:
        at: when it began.
        reason: who asked for it and why.
    """

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastButtonFacts:
    """A button on a toast.

    Attributes:
        content: what it says.
        is_pressed: whether the user pressed it.
    """

    content: str
    is_pressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastFacts:
    """One toast as the user saw it.

    Attributes:
        shown_at: when it appeared.
        user: who saw it.
        kind: why it was shown.
        app_name: the app it is about.
        title: the first line.
        lines: the lines below.
        attribution: who it comes from; may be empty.
        buttons: what could be pressed.
        answer: what became of it: `clicked`, `dismissed`, `timed out`, `gone with the session`, `not on the
            screen` (yet); null while it is on the screen.
    """

    shown_at: datetime
    user: str
    kind: str
    app_name: str
    title: str
    lines: tuple[str, ...]
    attribution: str
    buttons: tuple[ToastButtonFacts, ...]
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChange:
    r"""A registry key or value that is not as it was before.

    Attributes:
        change: what became of it.
        key: the key as a 64-bit program sees it, `HKLM\SOFTWARE\Contoso`.
        name: the value; an empty text is the default value, null is the key itself.
        type: the value's type, `REG_SZ`; null for a key.
        before: the data before, as text; null when there was none.
        after: the data now, as text; null when there is none.
    """

    change: Change
    key: str
    name: str | None
    type: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file or folder that is not as it was before.

    Attributes:
        change: what became of it.
        path: the path as a 64-bit program sees it.
        is_directory: whether it is a folder.
        size_bytes_before: its size before; null for a folder and for what was not there.
        size_bytes_after: its size now; null for a folder and for what is gone.
    """

    change: Change
    path: str
    is_directory: bool
    size_bytes_before: int | None
    size_bytes_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is different on the machine; the agent's own keys, logs and caches are left out.

    Attributes:
        registry: keys and values.
        files: files and folders.
    """

    registry: tuple[RegistryChange, ...] = ()
    files: tuple[FileChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReport:
    """One report the agent sent to the service.

    Attributes:
        user_id: the user it is about; zeros for the device.
        app_id: the app it is about.
        payload: what was sent, with the agent's own keys.
    """

    user_id: str
    app_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    r"""The emulated machine.

    Attributes:
        name: the computer's name.
        release: for example `Windows 11 23H2`.
        os_version: build and revision, `10.0.22631.4317`.
        edition: for example `Enterprise`.
        architecture: `x64`, `x86` or `arm64`.
        memory_mb: memory in megabytes.
        disk_mb: size of the system volume in megabytes.
        processors: logical processors.
        time_zone: the IANA name.
        users: who is signed in at the end, as `domain\name`.
    """

    name: str
    release: str
    os_version: str
    edition: str
    architecture: str
    memory_mb: int
    disk_mb: int
    processors: int
    time_zone: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTime:
    """The machine's time that the run took.

    Attributes:
        started_at: when the app was assigned.
        ended_at: when the run was over.
        elapsed_seconds: the machine time between them.
    """

    started_at: datetime
    ended_at: datetime
    elapsed_seconds: float
