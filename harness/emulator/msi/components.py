"""Components: the parts of a product that are installed and removed as one, shared by their GUID between products.

Source: learn.microsoft.com, "Component Table", "Managing Installation Contexts", "SharedDLLs".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.emulator.msi.features import Feature, State
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.products import Owner
from harness.formats.guids import is_guid
from harness.formats.msidatabase import MsiDatabase
from harness.machine.ports import Registry
from harness.model.windows import Hive, RegistryPath, View

__all__ = ["Component", "load_components", "decide_components", "clients_of", "PERMANENT_CLIENT", "SHARED_DLLS"]

#: The client that a permanent component has besides its products, so that it never goes.
PERMANENT_CLIENT: Final = "0" * 32
#: How often each shared file is in use.
SHARED_DLLS: Final = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion\SharedDLLs")
_SOURCE_ONLY, _REGISTRY_KEY_PATH, _SHARED_DLL, _PERMANENT = 1, 4, 8, 16
_ODBC_KEY_PATH, _TRANSITIVE, _NEVER_OVERWRITE, _64_BIT = 32, 64, 128, 256


@dataclass(slots=True, kw_only=True)
class Component:
    """One component: what the table says, what is there, and what is to be done.

    Attributes:
        guid: empty for one that Windows Installer neither registers nor removes.
        action: LOCAL to install its resources, ABSENT to remove them, UNKNOWN to leave them.
        is_registered: whether this product is to be one of its clients; None for no change.
    """

    name: str
    guid: str
    directory: str
    attributes: int
    condition: str
    key_path: str
    features: list[Feature] = field(default_factory=list)
    is_enabled: bool = True
    installed: State = State.ABSENT
    action: State = State.UNKNOWN
    is_registered: bool | None = None

    @property
    def view(self) -> View:
        """The half of the registry its values go to."""
        return View.VIEW_64 if self.attributes & _64_BIT else View.VIEW_32

    @property
    def has_registry_key_path(self) -> bool:
        """Whether its key path is a row of the Registry table."""
        return bool(self.attributes & _REGISTRY_KEY_PATH)

    @property
    def has_odbc_key_path(self) -> bool:
        """Whether its key path is an ODBC data source."""
        return bool(self.attributes & _ODBC_KEY_PATH)

    @property
    def is_permanent(self) -> bool:
        """Whether it stays when its products go."""
        return bool(self.attributes & _PERMANENT)

    @property
    def is_never_overwritten(self) -> bool:
        """Whether it is left alone where its key path exists."""
        return bool(self.attributes & _NEVER_OVERWRITE)

    @property
    def counts_shared_dll(self) -> bool:
        """Whether its key file is counted under SharedDLLs even if nobody counted it before."""
        return bool(self.attributes & _SHARED_DLL)

    @property
    def runs_from_source(self) -> bool:
        """Whether it cannot be installed locally."""
        return bool(self.attributes & _SOURCE_ONLY)


def load_components(database: MsiDatabase, features: Mapping[str, Feature]) -> dict[str, Component]:
    """Read the Component table and the features that components belong to."""
    components = {
        row.text("Component"): Component(
            name=row.text("Component"),
            guid=_guid(row.text("ComponentId")),
            directory=row.text("Directory_"),
            attributes=row.number("Attributes"),
            condition=row.text("Condition"),
            key_path=row.text("KeyPath"),
        )
        for row in database.rows("Component")
    }
    for row in database.rows("FeatureComponents"):
        feature, component = features.get(row.text("Feature_")), components.get(row.text("Component_"))
        if feature and component:
            component.features.append(feature)
    return components


def decide_components(
    components: Iterable[Component], holds: Callable[[str], bool], has_other_clients: Callable[[Component], bool]
) -> list[str]:
    """Decide what happens to each component; return what the log says of those that are left alone.

    A condition is looked at when a component is installed first; once there, the component stays unless it is
    transitive. A component with other clients stays when this product goes.
    """
    notes = []
    for component in components:
        owners = component.features
        is_wanted = any(owner.outcome is State.LOCAL for owner in owners)
        is_asked_for = any(owner.action is State.LOCAL for owner in owners)
        is_touched = any(owner.action is not State.UNKNOWN for owner in owners)
        component.is_enabled = holds(component.condition)
        is_installed = component.installed is State.LOCAL
        is_kept = is_installed and not component.attributes & _TRANSITIVE
        if is_wanted and (component.is_enabled or is_kept):
            if is_asked_for:
                component.action = State.LOCAL
                component.is_registered = True
        elif is_touched and is_installed:
            component.is_registered = False
            if component.is_permanent or has_other_clients(component):
                reason = "it is permanent" if component.is_permanent else "another client exists"
                notes.append(f"Disallowing uninstallation of component: {component.guid} since {reason}")
            else:
                component.action = State.ABSENT
    return notes


def clients_of(registry: Registry, guid: str, owner: Owner) -> dict[str, str]:
    """Return a component's clients, packed product codes, with their key paths."""
    key = owner.component(guid) if guid else None
    if key is None or not registry.exists(key):
        return {}
    return {name.upper(): str(value) for name, value in registry.values(key).items()}


def _guid(text: str) -> str:
    if text and not is_guid(text):
        raise InstallFailure(f"The component identifier '{text}' is not a GUID.", number=2725)
    return text.upper()
