r"""Where a 32-bit program's registry keys and files really are on a 64-bit Windows.

There is one registry and one volume. A 32-bit program sees parts of them under other names: its `HKLM\SOFTWARE\X` is
`HKLM\SOFTWARE\WOW6432Node\X`, its `C:\Windows\System32` is `C:\Windows\SysWOW64`. These functions say what is where;
they look at nothing.

Sources: learn.microsoft.com, "Registry Keys Affected by WOW64", "Registry Redirector", "File System Redirector".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["registry_location", "names_elsewhere", "written_by_32_bit", "file_location", "folder_location"]

#: The key that holds the 32-bit half, as it is spelled in the registry.
_NODE = "WOW6432Node"

#: Keys below HKLM\SOFTWARE that both halves share; all others there are kept twice. What is below a key follows it.
#: The documentation lists MSInfo below `Microsoft\SOFTWARE\Microsoft`, which is taken for a slip.
_SHARED = r"""
    Classes
    Clients
    Microsoft\COM3
    Microsoft\Cryptography\Calais\Current
    Microsoft\Cryptography\Calais\Readers
    Microsoft\Cryptography\Services
    Microsoft\CTF\SystemShared
    Microsoft\CTF\TIP
    Microsoft\DFS
    Microsoft\Driver Signing
    Microsoft\EnterpriseCertificates
    Microsoft\EventSystem
    Microsoft\MSMQ
    Microsoft\Non-Driver Signing
    Microsoft\Notepad\DefaultFonts
    Microsoft\OLE
    Microsoft\RAS
    Microsoft\RPC
    Microsoft\Shared Tools\MSInfo
    Microsoft\SystemCertificates
    Microsoft\TermServLicensing
    Microsoft\TransactionServer
    Microsoft\Windows\CurrentVersion\App Paths
    Microsoft\Windows\CurrentVersion\Control Panel\Cursors\Schemes
    Microsoft\Windows\CurrentVersion\Explorer\AutoplayHandlers
    Microsoft\Windows\CurrentVersion\Explorer\DriveIcons
    Microsoft\Windows\CurrentVersion\Explorer\KindMap
    Microsoft\Windows\CurrentVersion\Group Policy
    Microsoft\Windows\CurrentVersion\Policies
    Microsoft\Windows\CurrentVersion\PreviewHandlers
    Microsoft\Windows\CurrentVersion\Setup
    Microsoft\Windows\CurrentVersion\Telephony\Locations
    Microsoft\Windows NT\CurrentVersion\Console
    Microsoft\Windows NT\CurrentVersion\FontDpi
    Microsoft\Windows NT\CurrentVersion\FontLink
    Microsoft\Windows NT\CurrentVersion\FontMapper
    Microsoft\Windows NT\CurrentVersion\Fonts
    Microsoft\Windows NT\CurrentVersion\FontSubstitutes
    Microsoft\Windows NT\CurrentVersion\Gre_Initialize
    Microsoft\Windows NT\CurrentVersion\Image File Execution Options
    Microsoft\Windows NT\CurrentVersion\Language Pack
    Microsoft\Windows NT\CurrentVersion\NetworkCards
    Microsoft\Windows NT\CurrentVersion\Perflib
    Microsoft\Windows NT\CurrentVersion\Ports
    Microsoft\Windows NT\CurrentVersion\Print
    Microsoft\Windows NT\CurrentVersion\ProfileList
    Microsoft\Windows NT\CurrentVersion\Time Zones
    Policies
    RegisteredApplications
"""

_SHARED_KEYS = [line.strip() for line in _SHARED.splitlines() if line.strip()]
_SHARED_PATHS = frozenset(folded(key) for key in _SHARED_KEYS)

#: Keys below SOFTWARE\Classes that are kept twice, for the machine and for a user; all others there are shared.
_CLASSES_TWICE = ("CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation")
#: Keys below SOFTWARE\Classes\WOW6432Node that are links back to SOFTWARE\Classes.
_CLASSES_LINKED = ("AppID", "PROTOCOLS", "TypeLib")

_CLASSES_TWICE_PATHS = frozenset(folded(name) for name in _CLASSES_TWICE)
_CLASSES_LINKED_PATHS = frozenset(folded(name) for name in _CLASSES_LINKED)


def _by_parent(keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return folded parent -> the names directly below it."""
    below: dict[str, list[str]] = {}
    for key in keys:
        parent, _, name = key.rpartition("\\")
        below.setdefault(folded(parent), []).append(name)
    return below


_SHARED_BELOW = _by_parent(_SHARED_KEYS)


def registry_location(path: RegistryPath, view: View = View.VIEW_64) -> RegistryPath:
    r"""Return where a key really is, given who asks for it.

    `WOW6432Node` written out means the 32-bit half for everybody, and is never doubled. Links that belong to the
    scheme are followed: a user's `SOFTWARE\Classes` is `HKU\<sid>_Classes`, and the 32-bit half of the machine's
    `Classes` is `SOFTWARE\Classes\WOW6432Node`. HKCR is taken for the machine's classes. HKCU stays HKCU: whose it
    is, is not known here.
    """
    parts = path.parts
    match path.hive:
        case Hive.HKCR:
            return RegistryPath(Hive.HKLM, _joined("SOFTWARE", "Classes", *_classes(parts, view)))
        case Hive.HKLM if parts and folded(parts[0]) == "SOFTWARE":
            return RegistryPath(Hive.HKLM, _joined(parts[0], *_software(parts[1:], view)))
        case Hive.HKCU if _begins(parts, "SOFTWARE", "CLASSES"):
            return RegistryPath(Hive.HKCU, _joined(*parts[:2], *_classes(parts[2:], view)))
        case Hive.HKU if parts:
            return RegistryPath(Hive.HKU, _joined(*_users(parts, view)))
        case _:
            return path


def names_elsewhere(path: RegistryPath, view: View = View.VIEW_64) -> Sequence[str]:
    r"""Return names that may be found below a key although they are kept somewhere else.

    For the 32-bit view of `HKLM\SOFTWARE` these are `Classes`, `Clients`, `Policies`, `RegisteredApplications`.
    """
    location = registry_location(path, view)
    names = tuple(folded(part) for part in location.parts)
    match location.hive, names:
        case Hive.HKLM, ("SOFTWARE", "WOW6432NODE", *rest):
            return _SHARED_BELOW.get("\\".join(rest), ())
        case Hive.HKLM, ("SOFTWARE", "CLASSES", "WOW6432NODE"):
            return _CLASSES_LINKED
        case Hive.HKU, (_, "SOFTWARE"):
            return ("Classes",)
        case _:
            pass
    holds_classes = names[-2:] == ("SOFTWARE", "CLASSES") or (len(names) == 1 and names[0].endswith("_CLASSES"))
    return _CLASSES_TWICE if view is View.VIEW_32 and holds_classes else ()


def written_by_32_bit(value: RegistryValue) -> RegistryValue:
    """Return what is stored when a 32-bit program writes a value without asking for the 64-bit view.

    Text that begins with `%ProgramFiles%` or `%commonprogramfiles%`, in exactly that case, is made to say
    `%ProgramFiles(x86)%`. Source: learn.microsoft.com, "Registry Redirector"; the limit is MAX_PATH*2+15 characters.
    """
    if value.type in (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ) and isinstance(value.data, str):
        for name in ("ProgramFiles", "commonprogramfiles"):
            head = f"%{name}%"
            if value.data.startswith(head) and len(value.data) <= 260 * 2 + 15:
                return RegistryValue(value.type, f"%{name}(x86)%{value.data[len(head) :]}")
    return value


def _software(rest: tuple[str, ...], view: View) -> tuple[str, ...]:
    r"""Return the names below HKLM\SOFTWARE where a key really is."""
    below = _without_node(rest)
    if len(below) < len(rest):
        # A link leads from WOW6432Node\Classes to Classes\WOW6432Node, whoever asks; the rest is the 32-bit view.
        if _begins(below, "CLASSES"):
            return ("Classes", *_classes((_NODE, *below[1:]), view))
        view = View.VIEW_32
    if _begins(below, "CLASSES"):
        return (below[0], *_classes(below[1:], view))
    if view is View.VIEW_64 or _is_shared(below):
        return below
    return (_NODE, *below)


def _classes(rest: tuple[str, ...], view: View) -> tuple[str, ...]:
    r"""Return the names below a SOFTWARE\Classes where a key really is."""
    below = _without_node(rest)
    if len(below) < len(rest):
        return below if below and folded(below[0]) in _CLASSES_LINKED_PATHS else (_NODE, *below)
    if view is View.VIEW_32 and below and folded(below[0]) in _CLASSES_TWICE_PATHS:
        return (_NODE, *below)
    return below


def _users(parts: tuple[str, ...], view: View) -> tuple[str, ...]:
    """Return the names below HKU where a key really is."""
    sid = parts[0]
    if folded(sid).endswith("_CLASSES"):
        return (sid, *_classes(parts[1:], view))
    if not _begins(parts[1:], "SOFTWARE", "CLASSES"):
        return parts
    below = _classes(parts[3:], view)
    # Only people's hives come in two parts; those of the services keep their classes inside.
    return (f"{sid}_Classes", *below) if folded(sid).startswith(("S-1-5-21-", "S-1-12-1-")) else (*parts[:3], *below)


def _is_shared(below: tuple[str, ...]) -> bool:
    names = [folded(part) for part in below]
    return any("\\".join(names[:length]) in _SHARED_PATHS for length in range(1, len(names) + 1))


def _without_node(rest: tuple[str, ...]) -> tuple[str, ...]:
    while rest and folded(rest[0]) == "WOW6432NODE":
        rest = rest[1:]
    return rest


def _begins(parts: tuple[str, ...], *names: str) -> bool:
    return len(parts) >= len(names) and all(folded(part) == name for part, name in zip(parts, names, strict=False))


def _joined(*parts: str) -> str:
    return "\\".join(parts)


#: Folders of System32 that a 32-bit program shares with everybody.
_NOT_REDIRECTED = (
    ("CATROOT",),
    ("CATROOT2",),
    ("DRIVERSTORE",),
    ("DRIVERS", "ETC"),
    ("LOGFILES",),
    ("SPOOL",),
)


def file_location(path: str, view: View = View.VIEW_64) -> str:
    r"""Return where a file really is, given who asks for it: `C:\Windows\System32\x.dll` -> `...\SysWOW64\x.dll`.

    The path is an absolute one, without `.` and `..`; `\\?\` in front is kept. Network paths are never redirected.
    """
    prefix, drive, rest = _split(path)
    if view is View.VIEW_64 or folded(drive) != "C:":
        return path
    return prefix + "\\".join((drive, *folder_location(tuple(rest), view)))


def folder_location(names: tuple[str, ...], view: View) -> tuple[str, ...]:
    """Do what `file_location` does for the names below drive C:, outermost first."""
    if view is View.VIEW_64 or len(names) < 2 or folded(names[0]) != "WINDOWS":  # noqa: PLR2004 - Windows and below
        return names
    windows, first, rest = names[0], folded(names[1]), names[2:]
    if first == "SYSNATIVE":
        return (windows, "System32", *rest)
    if first == "SYSTEM32":
        inside = tuple(folded(name) for name in rest[:2])
        is_exempt = any(inside[: len(exempt)] == exempt for exempt in _NOT_REDIRECTED)
        return names if is_exempt else (windows, "SysWOW64", *rest)
    if first == "REGEDIT.EXE" and not rest:
        return (windows, "SysWOW64", names[1])
    if first == "LASTGOOD" and rest and folded(rest[0]) == "SYSTEM32":
        return (windows, names[1], "SysWOW64", *rest[1:])
    return names


def _split(path: str) -> tuple[str, str, list[str]]:
    prefix = "\\\\?\\" if path.startswith("\\\\?\\") else ""
    drive, *rest = path[len(prefix) :].replace("/", "\\").split("\\")
    return prefix, drive, rest
