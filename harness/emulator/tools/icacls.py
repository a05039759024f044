r"""icacls.exe: access rights, which are taken note of and not kept.

The machine has no access lists of its own: who may write where follows from the folders, as they are on a fresh
Windows. What icacls would change is therefore accepted, with its output, and told on the timeline (`access rights
assumed`), as a service is that nobody declared; what would show or save lists is `NotEmulated`.

Source: learn.microsoft.com, "icacls"; the texts are from memory.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.emulator.tools.errortexts import text_of
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import MachineError
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["icacls"]

_CHANGES = ("/grant", "/deny", "/remove", "/setintegritylevel", "/inheritance", "/setowner", "/reset")
_SHOWS = ("/save", "/restore", "/verify", "/findsid", "/substitute")
_INVALID_PARAMETER = 87
_RIGHTS = re.compile(r"(?:\((?:OI|CI|IO|NP|I)\))*(?:[NFMRWXD]|RX|\([A-Z]{1,3}(?:,[A-Z]{1,3})*\))+", re.IGNORECASE)


@dataclass(slots=True)
class _Command:
    path: str
    changes: list[str] = field(default_factory=list)
    recurses: bool = False
    goes_on: bool = False
    is_quiet: bool = False


async def icacls(run: ProgramRun) -> int:
    """Run one icacls.exe command line and return its exit code, which is the number of the error if there is one.

    Raises:
        NotEmulated: for what would show access lists.
    """
    check_no_help(run)
    if not run.arguments:
        raise not_modelled(run, "the text of its help")
    command = _read(run, run.arguments)
    if not command.changes:
        raise not_modelled(run, f"the access list of {command.path}", "the machine keeps none; leave the call out")
    done, failed, code = 0, 0, 0
    for path in _paths(run, command):
        try:
            _change(run, path)
        except MachineError as error:
            run.print_error(f"{path}: {text_of(error)}")
            failed, code = failed + 1, error.winerror
            if not command.goes_on:
                break
            continue
        done += 1
        if not command.is_quiet:
            run.print(f"processed file: {path}")
    run.print(f"Successfully processed {done} files; Failed processing {failed} files")
    if done:
        _tell(run, command)
    return code


def _read(run: ProgramRun, arguments: Sequence[str]) -> _Command:
    command = _Command(arguments[0])
    rest = list(arguments[1:])
    while rest:
        argument = rest.pop(0)
        name = argument.partition(":")[0].lower()
        if name in _SHOWS:
            raise not_modelled(run, f"{name}, which works on access lists")
        if name in _CHANGES:
            command.changes.append(" ".join([argument, *_operands(name, rest)]))
        elif name == "/t":
            command.recurses = True
        elif name == "/c":
            command.goes_on = True
        elif name == "/q":
            command.is_quiet = True
        elif name != "/l":
            raise _bad(argument)
    return command


def _operands(name: str, rest: list[str]) -> Iterator[str]:
    """Return what belongs to a switch: accounts with rights, accounts, or nothing."""
    if name in ("/reset", "/inheritance"):
        return
    if name in ("/setowner", "/setintegritylevel"):
        if not rest:
            raise _bad(name)
        yield rest.pop(0)
        return
    is_first = True
    while rest and not rest[0].startswith("/"):
        word = rest.pop(0)
        account, colon, rights = word.rpartition(":")
        if name != "/remove" and not (colon and account and _RIGHTS.fullmatch(rights)):
            raise _bad(word)
        is_first = False
        yield word
    if is_first:
        raise _bad(name)


def _paths(run: ProgramRun, command: _Command) -> Iterator[str]:
    folder, pattern = ntpath.split(command.path.rstrip("\\") or command.path)
    if set("*?") & set(pattern):
        wanted = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
        try:
            names = run.files.names(folder or ".")
        except MachineError:
            names = ()
        for name in names:
            if wanted.fullmatch(name):
                yield from _with_below(run, ntpath.join(folder, name), deep=command.recurses)
        return
    yield from _with_below(run, command.path, deep=command.recurses)


def _with_below(run: ProgramRun, path: str, *, deep: bool) -> Iterator[str]:
    yield path
    if not deep:
        return
    try:
        info = run.files.link_info(path)
        names = run.files.names(path) if info.is_directory and not info.target else ()
    except MachineError:
        return
    for name in names:
        yield from _with_below(run, ntpath.join(path, name), deep=True)


def _change(run: ProgramRun, path: str) -> None:
    """Make sure that there is something there whose list the process may change: its own, or an administrator's."""
    run.files.info(path)
    if run.token.has_all_rights:
        return
    place = run.files.info(path).path
    if run.machine.files.owner(place) != run.token.account.sid and not _is_in_profile(run, place):
        raise MachineError(5, "access is denied", path)


def _is_in_profile(run: ProgramRun, place: str) -> bool:
    return f"{place}\\".lower().startswith(f"{run.token.account.profile}\\".lower())


def _tell(run: ProgramRun, command: _Command) -> None:
    changes = "; ".join(command.changes)
    run.machine.timeline.add(
        Lane.FILES,
        "access rights assumed",
        f"icacls {changes} is accepted for {command.path}; the machine goes on with the rights of a fresh Windows",
        path=command.path,
        changes=changes,
        pid=run.info.pid,
    )


def _bad(word: str) -> ToolFailure:
    return ToolFailure(_INVALID_PARAMETER, f'Invalid parameter "{word}"')
