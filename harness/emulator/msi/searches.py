"""AppSearch and LaunchConditions: what packages look for before they install.

Source: learn.microsoft.com, "AppSearch Table", "RegLocator Table", "CompLocator Table", "DrLocator Table", "Signature
Table", "LaunchCondition Table".
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from typing import Final

from harness.emulator.msi.components import clients_of
from harness.emulator.msi.folders import long_name, with_backslash
from harness.emulator.msi.numbers import parse_version
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.products import Context, Owner
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.errors import NotEmulated
from harness.formats.guids import is_guid
from harness.formats.msidatabase import Row
from harness.model.files import FileVersion
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["app_search", "launch_conditions"]

_DIRECTORY, _FILE, _RAW = range(3)
_64_BIT: Final = 16
_DEEPEST: Final = 16
_HINT: Final = "set the property on the command line, for example NAME=VALUE"


def launch_conditions(session: Session, _step: Step) -> None:
    """Stop unless every launch condition holds."""
    for row in session.rows("LaunchCondition"):
        if not session.holds(row.text("Condition")):
            raise InstallFailure(session.format(row.text("Description")))


def app_search(session: Session, step: Step) -> None:
    """Set the properties whose signatures are found; those that are not found keep what they have."""
    found: set[str] = set()
    for row in session.rows("AppSearch"):
        name = row.text("Property")
        if name in found:
            continue
        value = _search(session, row.text("Signature_"))
        if value:
            found.add(name)
            session.properties.set(name, value)
            step.note(f"PROPERTY CHANGE: Modifying {name} property. Its new value: '{value}'.")


def _search(session: Session, signature: str, depth: int = 0) -> str:
    if _row_of(session, "IniLocator", signature):
        raise NotEmulated("MSI table 'IniLocator'", where=session.package_name, hint=_HINT)
    if row := _row_of(session, "CompLocator", signature):
        return _search_component(session, row, signature)
    if row := _row_of(session, "RegLocator", signature):
        return _search_registry(session, row, signature)
    row = _row_of(session, "DrLocator", signature)
    return _search_folder(session, row, signature, depth) if row and depth < _DEEPEST else ""


def _search_component(session: Session, row: Row, signature: str) -> str:
    """Find an installed component by its GUID; its key path is a file, or a folder with a backslash."""
    user = Owner(Context.USER, session.run.info.account.sid)
    guid = row.text("ComponentId")
    for owner in (user, Owner(Context.MACHINE)):
        clients = clients_of(session.machine.registry, guid, owner) if is_guid(guid) else {}
        for path in clients.values():
            folder = path if path.endswith("\\") else ntpath.dirname(path)
            if _row_of(session, "Signature", signature):
                return _file_in(session, folder, signature)
            return path if row.number("Type") else with_backslash(folder)
    return ""


def _search_registry(session: Session, row: Row, signature: str) -> str:
    kind = row.number("Type")
    is_64_bit = bool(kind & _64_BIT) or not session.machine.facts.is_64_bit
    key, name = session.format(row.text("Key")), session.format(row.text("Name"))
    value = _registry_value(session, row.number("Root"), key, name, View.VIEW_64 if is_64_bit else View.VIEW_32)
    if value is None:
        return ""
    kind &= _64_BIT - 1
    if kind == _RAW:
        return _raw(value)
    path = str(value).strip('"')
    if _row_of(session, "Signature", signature):
        return _file_in(session, path if kind == _DIRECTORY else ntpath.dirname(path), signature)
    if not path or not session.machine.files.exists(path):
        return ""
    return with_backslash(path) if kind == _DIRECTORY else path


def _registry_value(session: Session, root: int, key: str, name: str, view: View) -> RegistryValue | None:
    places = [session.registry_place(root, key)]
    if root == 0:
        classes = rf"SOFTWARE\Classes\{key}"
        places = [RegistryPath(Hive.HKCU, classes).of_user(session.run.info.account.sid)]
        places.append(RegistryPath(Hive.HKLM, classes))
    for place in places:
        value = session.machine.registry.get(place, name, view)
        if value is not None:
            return value
    return None


def _search_folder(session: Session, row: Row, signature: str, depth: int) -> str:
    """Look into a folder, below what another search found if it has a parent, and into those below it."""
    path = session.format(row.text("Path"))
    if parent := row.text("Parent"):
        base = _search(session, parent, depth + 1)
        if not base:
            return ""
        path = ntpath.join(base if base.endswith("\\") else ntpath.dirname(base), path)
    has_signature = _row_of(session, "Signature", signature) is not None
    for folder in _folders_below(session, path or session.properties["ROOTDRIVE"], row.number("Depth")):
        if found := _file_in(session, folder, signature) if has_signature else with_backslash(folder):
            return found
    return ""


def _folders_below(session: Session, folder: str, depth: int) -> Iterator[str]:
    """Return a folder if it is there, then those below it, breadth first."""
    files = session.machine.files
    level = [with_backslash(folder)]
    while level and depth >= 0:
        level = [path for path in level if files.exists(path) and files.info(path).is_directory]
        yield from level
        level = [f"{path}{name}\\" for path in level for name in files.names(path)]
        depth -= 1


def _file_in(session: Session, folder: str, signature: str) -> str:
    """Return the file of a signature in a folder, if its version is in the range; empty when it is not there."""
    row = _row_of(session, "Signature", signature)
    assert row is not None, "callers look first"
    unmodelled = [name for name in ("MinSize", "MaxSize", "MinDate", "MaxDate", "Languages") if not row.is_null(name)]
    if unmodelled:
        what = f"column '{unmodelled[0]}' of MSI table 'Signature'"
        raise NotEmulated(what, where=session.package_name, hint=_HINT)
    path = with_backslash(folder) + long_name(row.text("FileName"))
    if not session.machine.files.exists(path):
        return ""
    version = session.machine.files.version(path) or FileVersion()
    lowest, highest = parse_version(row.text("MinVersion")), parse_version(row.text("MaxVersion"))
    # An equal version counts only if the languages are equal too, which packages avoid by naming a lower one.
    is_in_range = (lowest is None or version > lowest) and (highest is None or version <= highest)
    return path if is_in_range else ""


def _raw(value: RegistryValue) -> str:
    """Return a value as AppSearch shows its type."""
    match value.type, value.data:
        case (RegistryType.REG_DWORD | RegistryType.REG_QWORD, int(number)):
            return f"#{number}"
        case (RegistryType.REG_EXPAND_SZ, str(text)):
            return f"#%{text}"
        case (RegistryType.REG_MULTI_SZ, tuple(texts)):
            return "[~]" + "[~]".join(texts) + "[~]"
        case (_, bytes(data)):
            return f"#x{data.hex().upper()}"
        case (_, str(text)):
            return f"#{text}" if text.startswith("#") else text
        case _:
            return ""


def _row_of(session: Session, table: str, signature: str) -> Row | None:
    return session.find(table, "Signature" if table == "Signature" else "Signature_", signature)
