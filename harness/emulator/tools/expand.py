"""expand.exe: files taken out of cabinets.

Source: learn.microsoft.com, "expand"; texts and exit codes are from memory.
"""

from __future__ import annotations

import fnmatch
import ntpath
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import FormatError, MachineError
from harness.formats.cabinet import read_cabinet
from harness.formats.entrynames import name_problems, windows_path

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["expand"]

_BANNER = ("Microsoft (R) File Expansion Utility", "Copyright (c) Microsoft Corporation. All rights reserved.", "")
_FAILED = 1


async def expand(run: ProgramRun) -> int:
    """Run one expand.exe command line and return its exit code.

    Raises:
        NotEmulated: for files that are no cabinets, those of the time before Windows 95 among them.
    """
    check_no_help(run)
    switches = [word.lower() for word in run.arguments if word[:1] in ("-", "/")]
    words = [word for word in run.arguments if word[:1] not in ("-", "/")]
    patterns = [word[3:] for word in run.arguments if word[:3].lower() in ("-f:", "/f:")]
    others = [word[1:] for word in switches if not word[1:].startswith("f:")]
    for other in others:
        if other not in ("d", "i"):
            raise not_modelled(run, f"the switch {other}")
    for line in _BANNER:
        run.print(line)
    is_listing = "d" in others
    if not words or (not is_listing and len(words) != 2):  # noqa: PLR2004 - from where to where
        raise ToolFailure(_FAILED, stdout=("No destination specified for: " + (words[0] if words else "") + ".",))
    path = words[0]
    try:
        file = run.files.open(path)
    except MachineError as error:
        raise ToolFailure(_FAILED, stdout=(f"Can't open input file: {path}.",)) from error
    with file:
        if file.read(4) != b"MSCF":
            raise not_modelled(run, f"{path}, which is no cabinet")
        file.seek(0)
        try:
            return _unpack(run, file, words, patterns or ["*"], is_listing=is_listing, is_flat="i" in others)
        except FormatError as error:
            raise ToolFailure(
                _FAILED, stdout=(f"Unable to expand {path}: the cabinet is damaged ({error}).",)
            ) from error


def _unpack(
    run: ProgramRun, file: BinaryIO, words: Sequence[str], patterns: Sequence[str], *, is_listing: bool, is_flat: bool
) -> int:
    path = words[0]
    target = words[1] if len(words) > 1 else ""
    is_folder = not is_listing and run.files.exists(target) and run.files.info(target).is_directory
    if not is_listing and not is_folder and patterns != ["*"]:
        raise ToolFailure(_FAILED, stdout=(f"Can't open output file: {target}.",))
    count = 0
    for found, pieces in read_cabinet(file, path):
        name = windows_path(found.name)
        if not any(fnmatch.fnmatch(ntpath.basename(name).lower(), one.lower()) for one in patterns):
            continue
        if problems := list(name_problems(found.name)):
            raise not_modelled(run, f"the name {found.name!r} in the cabinet, which {problems[0]}")
        count += 1
        if is_listing:
            run.print(f"{path}: {name}")
            continue
        place = ntpath.join(target, ntpath.basename(name) if is_flat else name) if is_folder else target
        if not is_folder and count > 1:
            raise not_modelled(run, "a cabinet of several files into one", "name a folder as the destination")
        run.files.make_folder(ntpath.dirname(run.files.resolve(place)))
        with run.files.open(place, "wb") as out:
            for piece in pieces:
                out.write(piece)
        run.print(f"Adding {place} to Extraction Queue")
    _end(run, count, is_listing=is_listing)
    return 0


def _end(run: ProgramRun, count: int, *, is_listing: bool) -> None:
    if is_listing:
        return
    run.print("")
    run.print("Expanding Files ....")
    run.print("")
    run.print("Expanding Files Complete ...")
    if count > 1:
        run.print(f"{count} files total.")
