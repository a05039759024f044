r"""Which file a command line starts: the search of CreateProcess.

Source: learn.microsoft.com, CreateProcessW (candidates, search order, `.exe`, the longest line), "File System
Redirector" (a 32-bit parent finds `SysWOW64` where it says `System32`), winerror.h (193, 206, 216); from memory: that a
missing folder gives 3 and a folder 5, and that `.exe` is appended to a name with a folder too if there is no such file.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.emulator.process_view import view_of
from harness.emulator.variables import Variables
from harness.errors import MachineError
from harness.formats.commandline import program_of
from harness.machine.ports import FileSystem
from harness.model.commands import Command
from harness.model.names import folded
from harness.model.windows import Architecture, Bits, MachineFacts, View

__all__ = ["Image", "find_image", "file_at", "path_folders"]

#: In characters; with the one that ends it, 32,767.
_LONGEST_COMMAND_LINE = 32_766

#: PE machine types (learn.microsoft.com, "PE Format") that a Windows of each architecture starts.
_WIDTHS: dict[int, Bits] = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_STARTS = {
    Architecture.X86: {0x014C},
    Architecture.X64: {0x014C, 0x8664},
    Architecture.ARM64: {0x014C, 0x8664, 0xAA64},
}
_SYSTEM32 = folded(r"C:\Windows\System32")
_SYSWOW64 = folded(r"C:\Windows\SysWOW64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    r"""A file that CreateProcess starts.

    Attributes:
        path: where it really is: `C:\Windows\SysWOW64\msiexec.exe`.
        bits: how wide the process is.
        is_program: whether the file is a PE image; what is none starts only when somebody says what it does.
    """

    path: str
    bits: Bits
    is_program: bool


def find_image(
    command: Command,
    *,
    files: FileSystem,
    facts: MachineFacts,
    environment: Mapping[str, str],
    parent_image: str | None = None,
) -> Image:
    """Find the file a command starts.

    A name without folder is looked for beside the parent's image, in the working folder, in the system folders and on
    the path. (Windows means the parent's current folder; a command has one folder only, and the agent is known to find
    setup files in the folder it starts them in.) Of a name with a folder, the file without `.exe` comes first.

    Args:
        command: what is to be started.
        files: the volumes.
        facts: the machine's architecture.
        environment: the parent's variables; `Path` is looked at.
        parent_image: the file the parent runs, if it is known.

    Raises:
        MachineError: 2 when there is no such file, 3 when its folder is not there, 5 when it is a folder, 87 for an
            empty command line, 206 for one of more than 32,766 characters, 216 when it is made for another processor.
    """
    if len(command.command_line) > _LONGEST_COMMAND_LINE:
        limit = f"the command line has more than {_LONGEST_COMMAND_LINE:,} characters"
        raise MachineError(206, limit, f"{command.command_line[:80]}...")
    view = view_of(command.parent_bits, facts)
    names = _names(command.command_line)
    if not names:
        raise MachineError(87, "the command line names no program", command.command_line)
    folders = list(_folders(command, environment, parent_image))
    for alternatives in names:
        for path in _places(alternatives, command.working_directory, folders):
            if found := file_at(path, files, view):
                return _image(found, files, facts)
    raise _not_found(names[0][0], names[0][-1], command.working_directory, files, view)


def file_at(path: str, files: FileSystem, view: View) -> str | None:
    """Return where a file really is; None when there is none."""
    try:
        info = files.info(path, view)
    except MachineError:
        return None
    return None if info.is_directory else info.path


def path_folders(environment: Mapping[str, str]) -> Iterator[str]:
    """Return the folders of `PATH` in their order, without quotes and empty ones."""
    path = environment.get("PATH") if isinstance(environment, Variables) else Variables(environment).get("PATH")
    yield from (folder for part in (path or "").split(";") if (folder := part.strip().strip('"')))


def _names(line: str) -> list[tuple[str, ...]]:
    """Return what the line may mean, first choice first; each as written, and with `.exe` where Windows appends it."""
    written = line.lstrip(" \t").removeprefix('"')
    names: list[tuple[str, ...]] = []
    for candidate in program_of(line):
        name = candidate.name
        is_appended = not written.startswith(name)
        names.append((name.removesuffix(".exe"), name) if is_appended else (name,))
    return names


def _folders(command: Command, environment: Mapping[str, str], parent_image: str | None) -> Iterator[str]:
    if parent_image:
        yield ntpath.dirname(parent_image)
    yield command.working_directory
    yield from (r"C:\Windows\System32", r"C:\Windows\System", r"C:\Windows")
    yield from path_folders(environment)


def _places(alternatives: tuple[str, ...], working_directory: str, folders: list[str]) -> Iterator[str]:
    name = alternatives[-1]
    if ":" in name[2:]:
        return  # arguments such as LOG:x, taken for a part of the name
    if _has_folder(name):
        yield from (ntpath.join(working_directory, written) for written in alternatives)
    else:
        yield from (ntpath.join(folder, name) for folder in folders)


def _has_folder(name: str) -> bool:
    return re.search(r"[\\/:]", name) is not None


def _image(path: str, files: FileSystem, facts: MachineFacts) -> Image:
    with files.open(path) as file:
        machine = _machine_type(file.read(4096))
    place = folded(path)
    if not facts.is_64_bit:
        bits: Bits = 32
    elif place.startswith(f"{_SYSTEM32}\\"):
        bits = 64
    elif place.startswith(f"{_SYSWOW64}\\"):
        bits = 32
    else:
        bits = _WIDTHS.get(machine or 0, 32)
    if machine is not None and machine not in _STARTS[facts.architecture]:
        raise MachineError(216, f"the program is made for another processor than this {facts.architecture} one", path)
    return Image(path=path, bits=bits, is_program=machine is not None)


def _machine_type(header: bytes) -> int | None:
    """Return the machine field of a PE header; None when it is none."""
    start = int.from_bytes(header[0x3C:0x40], "little")
    if header[:2] != b"MZ" or header[start : start + 4] != b"PE\0\0":
        return None
    return int.from_bytes(header[start + 4 : start + 6], "little")


def _not_found(written: str, name: str, working_directory: str, files: FileSystem, view: View) -> MachineError:
    place = ntpath.join(working_directory, written)
    if files.exists(place, view) and files.info(place, view).is_directory:
        return MachineError(5, "access is denied, this is a folder and no program", place)
    if _has_folder(name):
        folder = ntpath.dirname(place)
        if not files.exists(folder, view):
            return MachineError(3, f"the system cannot find the path specified, the folder {folder} is not there", name)
        return MachineError(2, f"the system cannot find the file specified, {folder} does not hold it", name)
    where = f"looked in {working_directory}, the Windows folders and PATH"
    return MachineError(2, f"the system cannot find the file specified, {where}", name)
