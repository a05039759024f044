"""`dir`.

Source: learn.microsoft.com, "dir" (switches, orders, attributes); the layout of lists and totals is from memory.
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from harness.emulator.cmd.listing import Entry, attributes_fit, below, is_hidden, listed
from harness.emulator.cmd.screen_commands import volume_lines
from harness.emulator.cmd.tokens import Arguments, split_arguments
from harness.emulator.cmd.wallclock import short_time, thousands
from harness.emulator.cmd.wildcards import has_wildcard
from harness.emulator.cmd.wording import error_text
from harness.model.files import FileInfo

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["list_folder"]

_IGNORED = ("/n", "/4", "/c", "/p", "/-p", "/-w", "/-b", "/-s", "/-l", "/-n", "/-q", "/-x", "/-d", "/-r")
_KNOWN = ("/a", "/-a", "/b", "/o", "/-o", "/s", "/t", "/l", "/-c")
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a list is to look."""

    letters: str | None
    order: str
    is_bare: bool
    goes_below: bool
    is_lower: bool
    has_thousands: bool
    shows_creation: bool
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Total:
    """How much is listed."""

    files: int
    size_bytes: int
    folders: int


async def list_folder(interpreter: Interpreter, arguments: str) -> int:
    """Show what folders hold."""
    shell = interpreter.shell
    given = split_arguments(f"{shell.environment.get('DIRCMD') or ''} {arguments}")
    for switch in given.switches:
        if switch in _IGNORED:
            continue
        if not switch.startswith(_KNOWN) or (switch[:2] not in ("/a", "/o", "/t", "/-") and switch not in _KNOWN):
            if switch[:2] in ("/w", "/d", "/q", "/x", "/r"):
                raise shell.not_emulated(f"dir {switch}", "list names with dir /b")
            return shell.fail(f'Invalid switch - "{switch[1:]}".')
    form = _form(shell, given)
    try:
        found = [_list(shell, name, form) for name in given.names or (".",)]
    except ValueError as error:
        return shell.fail(f'Parameter format not correct - "{error}".')
    return shell.succeed() if all(found) else shell.end_with(1)


def _form(shell: Shell, given: Arguments) -> _Form:
    order = given.value("/o")
    if order is None and given.value("/-o") is not None:
        order = None
    return _Form(
        letters=None if given.has("/-a") else given.value("/a"),
        order="" if order is None else order or "gn",
        is_bare=given.has("/b"),
        goes_below=given.has("/s"),
        is_lower=given.has("/l"),
        has_thousands=not given.has("/-c"),
        shows_creation=(given.value("/t") or "") == "c",
        zone=shell.time_zone,
    )


def _list(shell: Shell, name: str, form: _Form) -> bool:
    path = shell.full_path(name)
    is_whole = shell.is_folder(path)
    folder, pattern = (path, "*") if is_whole else ntpath.split(path)
    folder = folder.rstrip("\\") if len(folder) > 3 else folder  # noqa: PLR2004 - a root keeps its backslash
    if name.endswith("\\") and not is_whole:
        shell.error(error_text(2))
        return False
    if not form.is_bare:
        for line in volume_lines(folder[:2].upper(), _label(shell, folder[:2])):
            shell.print(line)
    if not shell.is_folder(folder):
        shell.error(error_text(3))
        return False
    if not has_wildcard(pattern) and "." not in pattern and not shell.find_info(path):
        pattern = f"{pattern}.*"
    totals: list[_Total] = []
    for each in below(shell.files, folder) if form.goes_below else [folder]:
        entries = _chosen(listed(shell.files, each, pattern, has_dots=not form.is_bare), form)
        if entries:
            totals.append(_show(shell, each, entries, form))
    if not totals:
        shell.error("File Not Found")
        return False
    if not form.is_bare:
        _show_totals(shell, folder, totals, form)
    return True


def _label(shell: Shell, drive: str) -> str:
    return next((each.label for each in shell.files.volumes() if each.drive == drive.upper()), "")


def _chosen(entries: Iterable[Entry], form: _Form) -> list[Entry]:
    if form.letters is None:
        chosen = [entry for entry in entries if not is_hidden(entry.info)]
    else:
        chosen = [entry for entry in entries if attributes_fit(entry.info, form.letters)]
    is_reversed = False
    keys: list[tuple[Callable[[Entry], object], bool]] = []
    for letter in form.order:
        if letter == "-":
            is_reversed = True
            continue
        if letter not in _ORDERS:
            raise ValueError(letter)
        keys.append((_ORDERS[letter], is_reversed))
        is_reversed = False
    for key, backwards in reversed(keys):
        chosen.sort(key=key, reverse=backwards)  # type: ignore[arg-type]  # every key orders its own kind
    return chosen


_ORDERS: dict[str, Callable[[Entry], object]] = {
    "n": lambda entry: entry.name.lower(),
    "e": lambda entry: ntpath.splitext(entry.name)[1].lower(),
    "s": lambda entry: entry.info.size_bytes,
    "d": lambda entry: entry.info.modified,
    "g": lambda entry: not entry.info.is_directory,
}


def _show(shell: Shell, folder: str, entries: list[Entry], form: _Form) -> _Total:
    """Show one folder; return how much it lists."""
    files = [entry for entry in entries if not entry.info.is_directory]
    total = _Total(len(files), sum(entry.info.size_bytes for entry in files), len(entries) - len(files))
    if form.is_bare:
        for entry in entries:
            shell.print(_cased(entry.path if form.goes_below else entry.name, form))
        return total
    shell.print(f"\r\n Directory of {folder}\r\n")
    for entry in entries:
        shell.print(_line(entry, form))
    if form.goes_below:
        shell.print(f"{total.files:16} File(s) {_number(total.size_bytes, form):>14} bytes")
    return total


def _show_totals(shell: Shell, folder: str, totals: list[_Total], form: _Form) -> None:
    files, size = sum(each.files for each in totals), sum(each.size_bytes for each in totals)
    folders = sum(each.folders for each in totals)
    if form.goes_below:
        shell.print("\r\n     Total Files Listed:")
    shell.print(f"{files:16} File(s) {_number(size, form):>14} bytes")
    free = next((each.free_bytes for each in shell.files.volumes() if each.drive == folder[:2].upper()), 0)
    shell.print(f"{folders:16} Dir(s) {_number(free, form):>15} bytes free")


def _line(entry: Entry, form: _Form) -> str:
    info = entry.info
    at = (info.created if form.shows_creation else info.modified).astimezone(form.zone)
    kind = _kind(info)
    middle = f"{kind:<14}" if kind else f"{_number(info.size_bytes, form):>14}"
    target = f" [{info.target}]" if info.target else ""
    return f"{at:%m/%d/%Y}  {short_time(at)}    {middle} {_cased(entry.name, form)}{target}"


def _kind(info: FileInfo) -> str:
    if info.target:
        if not info.is_directory:
            return "<SYMLINK>"
        return "<JUNCTION>" if ntpath.isabs(info.target) else "<SYMLINKD>"
    return "<DIR>" if info.is_directory else ""


def _cased(name: str, form: _Form) -> str:
    return name.lower() if form.is_lower else name


def _number(number: int, form: _Form) -> str:
    return thousands(number) if form.has_thousands else str(number)
