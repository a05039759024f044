"""What Windows remembers of features and components: ProcessComponents, PublishFeatures, UnpublishFeatures.

Source: registries that msiexec wrote; learn.microsoft.com, "Component Table" on SharedDLLs.
"""

from __future__ import annotations

from functools import partial

from harness.emulator.msi.components import PERMANENT_CLIENT, SHARED_DLLS, Component
from harness.emulator.msi.features import Feature, State
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.errors import NotEmulated
from harness.formats.guids import encode_guid, pack_guid
from harness.model.windows import RegistryPath, RegistryValue, View

__all__ = ["process_components", "publish_features", "unpublish_features"]

_ABSENT_MARK, _PARENT_MARK = "\x06", "\x02"


def process_components(session: Session, step: Step) -> None:
    """Enter the product as a client of components that come, with their key paths; take it out of those that go."""
    packed = pack_guid(session.product_code)
    for component in session.components.values():
        if not component.guid or component.is_registered is None:
            continue
        key = session.owner.component(component.guid)
        if component.is_registered:
            path = _key_path(session, component)
            clients = (packed, PERMANENT_CLIENT) if component.is_permanent else (packed,)
            text = f"ComponentRegister(ComponentId={component.guid},KeyPath={path})"
            step.add(text, partial(_register, key, clients, path))
        else:
            text = f"ComponentUnregister(ComponentId={component.guid})"
            step.add(text, partial(_unregister, key, packed))
        _plan_shared_dll(session, step, component)


def publish_features(session: Session, step: Step) -> None:
    """List the product's features and which of them are there."""
    if session.is_removal:
        return
    packed = pack_guid(session.product_code)
    listed = session.owner.advertised.child("Features").child(packed)
    details = session.owner.product(session.product_code).child("Features")
    for feature in session.features.values():
        parent = feature.parent
        state = parent if feature.outcome is State.LOCAL else _ABSENT_MARK + parent
        step.add(f"FeaturePublish(Feature={feature.name})", partial(_set, listed, feature.name, state))
        step.add(
            f"FeatureRegister(Feature={feature.name})",
            partial(_set, details, feature.name, _components_of(session, feature)),
        )


def unpublish_features(session: Session, step: Step) -> None:
    """Forget the features of a product that goes; those of one that stays are listed anew."""
    if not session.is_removal:
        return
    listed = session.owner.advertised.child("Features").child(pack_guid(session.product_code))
    for feature in session.features.values():
        step.add(f"FeatureUnpublish(Feature={feature.name})", partial(_forget, listed, feature.name))


def _components_of(session: Session, feature: Feature) -> str:
    guids = [one.guid for one in session.components.values() if feature in one.features and one.guid]
    parent = _PARENT_MARK + feature.parent if feature.parent else ""
    return "".join(map(encode_guid, guids)) + parent


def _key_path(session: Session, component: Component) -> str:
    """Return a component's key path as the registry has it: a file, a folder, or `02:` and a registry value."""
    if component.has_odbc_key_path:
        hint = "leave the component's feature out with ADDLOCAL"
        raise NotEmulated("MSI table 'ODBCDataSource'", where=session.package_name, hint=hint)
    if not component.key_path:
        return session.directory(component.directory)
    if not component.has_registry_key_path:
        return session.file_path(component.key_path)
    row = session.find("Registry", "Registry", component.key_path)
    if row is None:
        message = f"Invalid database tables: the key path of '{component.name}' is not there."
        raise InstallFailure(message, number=2725)
    root = row.number("Root")
    root = (2 if session.is_per_machine else 1) if root == -1 else root
    number = root + (20 if component.view is View.VIEW_64 and session.machine.facts.is_64_bit else 0)
    key, name = session.format(row.text("Key")).strip("\\"), session.format(row.text("Name"))
    return rf"{number:02}:\{key}" + "\\" + (name if not row.is_null("Name") else "")


def _plan_shared_dll(session: Session, step: Step, component: Component) -> None:
    path = "" if component.has_registry_key_path else session.file_path(component.key_path)
    if not path:
        return
    is_new = component.is_registered and component.installed is not State.LOCAL
    if is_new or not component.is_registered:
        change = 1 if is_new else -1
        text = f"SharedDll(Path={path},Change={change})"
        step.add(text, partial(_count, component, path, change))


def _count(component: Component, path: str, change: int, to: Transaction) -> None:
    """Change the count of a shared file; one that nobody counts is counted only if the component says so."""
    value = to.value(SHARED_DLLS, path, component.view)
    count = value.data if value and isinstance(value.data, int) else None
    if count is None and not (component.counts_shared_dll and change > 0):
        return
    after = (count or 0) + change
    if after > 0:
        to.set_value(SHARED_DLLS, path, RegistryValue.of(after), component.view)
    else:
        to.delete_value(SHARED_DLLS, path, component.view)


def _register(key: RegistryPath, clients: tuple[str, ...], path: str, to: Transaction) -> None:
    for client in clients:
        _set(key, client, path, to)


def _unregister(key: RegistryPath, client: str, to: Transaction) -> None:
    to.delete_value(key, client)
    to.delete_empty_key(key)


def _set(key: RegistryPath, name: str, text: str, to: Transaction) -> None:
    to.set_value(key, name, RegistryValue.of(text))


def _forget(key: RegistryPath, name: str, to: Transaction) -> None:
    to.delete_value(key, name)
