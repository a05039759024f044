r"""Who may do what with which file: the access rights, and what the default access lists of a Windows client give.

SYSTEM may do everything. Administrators with all their rights may too, but for what belongs to SYSTEM alone; everybody
else is a member of Users. Not modelled are lists that an administrator changed, and Windows' own files, which belong to
TrustedInstaller: an administrator cannot really overwrite them.

Source: winnt.h and learn.microsoft.com, "File Security and Access Rights", for the rights; the lists are from memory of
Windows 10 and 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import Token

__all__ = ["FileRights", "check_file_access", "file_rights"]

_ACCESS_DENIED = 5


class FileRights(IntFlag):
    """What may be done with a file or folder, with winnt.h's numbers; three bits have another name for a folder."""

    FILE_READ_DATA = 0x1
    FILE_LIST_DIRECTORY = 0x1
    FILE_WRITE_DATA = 0x2
    FILE_ADD_FILE = 0x2
    FILE_APPEND_DATA = 0x4
    FILE_ADD_SUBDIRECTORY = 0x4
    FILE_READ_EA = 0x8
    FILE_WRITE_EA = 0x10
    FILE_EXECUTE = 0x20
    FILE_TRAVERSE = 0x20
    FILE_DELETE_CHILD = 0x40
    FILE_READ_ATTRIBUTES = 0x80
    FILE_WRITE_ATTRIBUTES = 0x100
    DELETE = 0x1_0000
    READ_CONTROL = 0x2_0000
    WRITE_DAC = 0x4_0000
    WRITE_OWNER = 0x8_0000
    SYNCHRONIZE = 0x10_0000
    FILE_GENERIC_READ = 0x12_0089
    FILE_GENERIC_WRITE = 0x12_0116
    FILE_GENERIC_EXECUTE = 0x12_00A0
    FILE_ALL_ACCESS = 0x1F_01FF


_NOTHING = FileRights(0)
_FULL = FileRights.FILE_ALL_ACCESS
_READ = FileRights.FILE_GENERIC_READ | FileRights.FILE_GENERIC_EXECUTE
_MODIFY = _READ | FileRights.FILE_GENERIC_WRITE | FileRights.DELETE
_PASS = FileRights.FILE_GENERIC_EXECUTE
_ADD_FOLDERS = _READ | FileRights.FILE_ADD_SUBDIRECTORY
_ADD = _ADD_FOLDERS | FileRights.FILE_ADD_FILE


@dataclass(frozen=True, slots=True)
class _List:
    """What Users may do with a folder, with the folders and the files below it, and whether their makers may do all."""

    itself: FileRights
    folders: FileRights
    files: FileRights
    is_makers: bool = False


_CLOSED = _List(_NOTHING, _NOTHING, _NOTHING)
_READABLE = _List(_READ, _READ, _READ)
_OPEN = _List(_MODIFY, _MODIFY, _MODIFY)
_OWN = _List(_FULL, _FULL, _FULL)
#: Everybody may make files and folders; only who made them may change them.
_SHARED = _List(_ADD, _ADD, _READ, is_makers=True)
#: The same, but nobody sees what others put there.
_DROP = _List(_PASS | _ADD & ~FileRights.FILE_LIST_DIRECTORY, _ADD, _READ, is_makers=True)
#: The root of the Windows volume: Users may make folders in it, and below those everything.
_ROOT = _List(_ADD_FOLDERS, _MODIFY, _MODIFY)

#: Places whose lists are their own; what is below has the list of the nearest one above.
_LISTS = {
    folded(place): access
    for access, places in (
        (_ROOT, ("C:",)),
        (
            _READABLE,
            (
                r"C:\Windows", r"C:\Program Files", r"C:\Program Files (x86)", r"C:\Users", r"C:\ProgramData\Microsoft",
                r"C:\Users\Default", r"C:\Users\Public\Desktop", r"C:\ProgramData\Package Cache",
            ),
        ),
        (_OPEN, (r"C:\Users\Public",)),
        (_SHARED, (r"C:\ProgramData",)),
        (
            _DROP,
            (
                r"C:\Windows\Temp", r"C:\Windows\Tasks", r"C:\Windows\tracing", r"C:\Windows\System32\FxsTmp",
                r"C:\Windows\System32\com\dmp", r"C:\Windows\System32\spool\PRINTERS",
                r"C:\Windows\System32\spool\SERVERS", r"C:\Windows\System32\spool\drivers\color",
                r"C:\Windows\SysWOW64\FxsTmp", r"C:\Windows\SysWOW64\com\dmp",
            ),
        ),
        (
            _CLOSED,
            (
                r"C:\Windows\System32\config", r"C:\Windows\SysWOW64\config\systemprofile", r"C:\Windows\Prefetch",
                r"C:\Windows\ServiceProfiles\LocalService", r"C:\Windows\ServiceProfiles\NetworkService",
                r"C:\Windows\SystemTemp", r"C:\Windows\CSC", r"C:\PerfLogs", r"C:\Recovery", r"C:\$WinREAgent",
                r"C:\Config.Msi",
            ),
        ),
    )
    for place in places
}  # fmt: skip

_PROFILES = folded(r"C:\Users") + "\\"
_SYSTEM_ONLY = folded(r"\System Volume Information")


def file_rights(place: str, token: Token, *, is_folder: bool = False, owner: str | None = None) -> FileRights:
    r"""Return what a token may do with a file or folder.

    Args:
        place: where it really is, `C:\Windows\win.ini`: without `.` and `..`, short names, links and redirection. It
            need not exist.
        token: whose rights.
        is_folder: whether it is a folder.
        owner: the SID of who made it. None when that is not known; then it counts as the token's own.
    """
    if token.account.is_system:
        return _FULL
    path = folded(place).rstrip("\\")
    if path[2:] == _SYSTEM_ONLY or path[2:].startswith(f"{_SYSTEM_ONLY}\\"):
        return _NOTHING
    if token.has_all_rights or _is_below(path, folded(token.account.profile)):
        return _FULL
    found, access = _list_for(path)
    if path == found:
        return access.itself
    if access.is_makers and (owner is None or owner == token.account.sid):
        return _FULL
    return access.folders if is_folder else access.files


def check_file_access(
    place: str, wanted: FileRights, token: Token, *, is_folder: bool = False, owner: str | None = None
) -> None:
    r"""Make sure that a token may do something with a file or folder.

    For something that is to be made, ask for FILE_ADD_FILE or FILE_ADD_SUBDIRECTORY in its folder.

    Args:
        place: where it really is: `EmulatedFiles.location` says so.
        wanted: the rights it takes.
        token: whose rights.
        is_folder: whether `place` is a folder.
        owner: the SID of who made it; None when that is not known.

    Raises:
        MachineError: 5 when it may not.
    """
    if wanted & ~file_rights(place, token, is_folder=is_folder, owner=owner):
        raise MachineError(_ACCESS_DENIED, f"access is denied to {token.account}", place)


def _list_for(path: str) -> tuple[str, _List]:
    """Return the nearest place above that has a list of its own, and the list."""
    place = path
    while place:
        access = _LISTS.get(place)
        if access is not None:
            return _profile_list(path) if access is _READABLE and f"{place}\\" == _PROFILES else (place, access)
        place = place.rpartition("\\")[0]
    # Another volume than that of Windows: whoever may sign in may use it.
    return path[:2], _OPEN


def _profile_list(path: str) -> tuple[str, _List]:
    r"""Return the list for `C:\Users` and the profiles of others in it."""
    name = path[len(_PROFILES) :].partition("\\")[0]
    is_own_list = not name or path == _PROFILES + "DESKTOP.INI"
    return (_PROFILES.rstrip("\\"), _READABLE) if is_own_list else (_PROFILES + name, _CLOSED)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}\\")
