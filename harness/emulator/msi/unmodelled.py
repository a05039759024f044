"""What packages may ask for and nothing here does: named before anything is changed, never skipped.

A table matters only when the action that reads it runs, and when it has a row for a component that comes or goes.
Tables that no standard action reads are data of custom actions, and those are named themselves.
"""

from __future__ import annotations

from typing import Final

from harness.emulator.msi.features import State
from harness.emulator.msi.session import Session
from harness.errors import NotEmulated
from harness.formats.msidatabase import Row

__all__ = ["UNMODELLED_ACTIONS", "check_action", "check_tables"]

#: Action -> the tables it reads. Source: learn.microsoft.com, "Standard Actions Reference".
UNMODELLED_ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "BindImage": (),
    "CCPSearch": ("CCPSearch",),
    "RMCCPSearch": ("CCPSearch",),
    "IsolateComponents": ("IsolatedComponent",),
    "SetODBCFolders": ("ODBCDriver", "ODBCTranslator"),
    "InstallODBC": ("ODBCDriver", "ODBCTranslator", "ODBCDataSource"),
    "RemoveODBC": ("ODBCDriver", "ODBCTranslator", "ODBCDataSource"),
    "RegisterComPlus": ("Complus",),
    "UnregisterComPlus": ("Complus",),
    "SelfRegModules": ("SelfReg",),
    "SelfUnregModules": ("SelfReg",),
    "RegisterTypeLibraries": ("TypeLib",),
    "UnregisterTypeLibraries": ("TypeLib",),
    "RegisterFonts": ("Font",),
    "UnregisterFonts": ("Font",),
    "RegisterClassInfo": ("Class", "AppId"),
    "UnregisterClassInfo": ("Class", "AppId"),
    "RegisterExtensionInfo": ("Extension", "Verb"),
    "UnregisterExtensionInfo": ("Extension", "Verb"),
    "RegisterProgIdInfo": ("ProgId",),
    "UnregisterProgIdInfo": ("ProgId",),
    "RegisterMIMEInfo": ("MIME",),
    "UnregisterMIMEInfo": ("MIME",),
    "WriteIniValues": ("IniFile", "RemoveIniFile"),
    "RemoveIniValues": ("IniFile",),
    "DuplicateFiles": ("DuplicateFile",),
    "RemoveDuplicateFiles": ("DuplicateFile",),
    "MoveFiles": ("MoveFile",),
    "PatchFiles": ("Patch",),
    "PublishComponents": ("PublishComponent",),
    "UnpublishComponents": ("PublishComponent",),
    "MsiPublishAssemblies": ("MsiAssembly",),
    "MsiUnpublishAssemblies": ("MsiAssembly",),
    "InstallSFPCatalogFile": (),
}

#: Tables that change what other actions do, whichever those are.
_GENERAL: Final = ("LockPermissions", "MsiLockPermissionsEx", "MsiEmbeddedChainer")
#: How the actions begin that only matter for components that go.
_REMOVING: Final = ("Unregister", "Remove", "SelfUnreg", "Unpublish", "MsiUnpublish")
_HINT: Final = "leave its feature out with ADDLOCAL, or say with an installer file what the package does"


def check_tables(session: Session) -> None:
    """Stop for tables with rows that change what modelled actions do.

    Raises:
        NotEmulated: with the table's name.
    """
    for table in _GENERAL:
        if session.rows(table):
            raise NotEmulated(f"MSI table '{table}'", where=session.package_name, hint=_HINT)


def check_action(session: Session, action: str) -> None:
    """Stop if an action that is not modelled has something to do.

    Raises:
        NotEmulated: with the table's name.
    """
    concerned = {State.ABSENT} if action.startswith(_REMOVING) else {State.LOCAL}
    for table in UNMODELLED_ACTIONS[action]:
        if any(_state(session, row) in concerned | {None} for row in session.rows(table)):
            raise NotEmulated(f"MSI table '{table}' ({action})", where=session.package_name, hint=_HINT)


def _state(session: Session, row: Row) -> State | None:
    """Return what happens to a row's component; None for a row that belongs to no component, which always counts."""
    name = "" if row.is_null("Component_") else row.text("Component_")
    if not row.is_null("File_"):
        file = session.find("File", "File", row.text("File_"))
        name = file.text("Component_") if file else ""
    component = session.components.get(name)
    return component.action if component else None
