"""Costing: what is there, what is to happen to each feature and component, and whether it fits on the disk.

Source: learn.microsoft.com, "CostInitialize", "CostFinalize", "InstallValidate" and "File Versioning Rules".
"""

from __future__ import annotations

from harness.emulator.msi.components import SHARED_DLLS, Component, clients_of, decide_components, load_components
from harness.emulator.msi.features import UNMODELLED_SELECTIONS, State, load_features, select_features
from harness.emulator.msi.folders import DirectoryTree, file_name
from harness.emulator.msi.numbers import parse_version
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.errors import NotEmulated
from harness.formats.guids import pack_guid

__all__ = ["cost_initialize", "cost_finalize", "install_validate", "decide"]

_SELECTIONS = ("ADDLOCAL", "REMOVE", "ADDDEFAULT", "REINSTALL")


def cost_initialize(session: Session, _step: Step) -> None:
    """Load features and components, and find out which are installed."""
    for name in UNMODELLED_SELECTIONS:
        if session.properties.get(name):
            hint = "choose features with ADDLOCAL and REMOVE"
            raise NotEmulated(f"installation property {name}", where=session.package_name, hint=hint)
    if any(session.properties.get(name) for name in _SELECTIONS):
        session.properties.set("Preselected", "1")
    session.features = load_features(session.database, session.holds)
    session.components = load_components(session.database, session.features)
    if session.product:
        _find_installed(session)


def cost_finalize(session: Session, step: Step) -> None:
    """Resolve the folders and decide about features and components."""
    tree = DirectoryTree(session.rows("Directory"))
    session.directories = tree.targets(session.properties)
    for name, path in session.directories.items():
        session.properties.set(name, path)
    select_features(session.features, session.properties, session.package_name)
    decide(session, step)


def install_validate(session: Session, step: Step) -> None:
    """Tell conditions that the whole product goes, and stop if the files do not fit."""
    if session.is_removal:
        session.properties.set("REMOVE", "ALL")
    for feature in session.features.values():
        states = f"Installed: {_name(feature.installed)};   Action: {_name(feature.action)}"
        step.note(f"Feature: {feature.name}; {states}", "i")
    for component in session.components.values():
        states = f"Installed: {_name(component.installed)};   Action: {_name(component.action)}"
        step.note(f"Component: {component.name}; {states}", "i")
    for path in {session.directory(one.directory) for one in session.components.values() if one.action is State.LOCAL}:
        if not session.machine.files.exists(path[:3]) and not path.startswith("\\\\"):
            raise InstallFailure(f"Invalid Drive: {path[:3]}", number=1327)
    required = sum(
        row.number("FileSize")
        for row in session.rows("File")
        if session.component(row.text("Component_"), "File").action is State.LOCAL
    )
    available_kb = session.machine.files.free_space_mb() * 1024
    if required > available_kb * 1024:
        session.properties.set("OutOfDiskSpace", "1")
        space = f"required space: {required // 1024} KB; available space: {available_kb} KB"
        raise InstallFailure(f"Disk full: Out of disk space -- Volume: 'C:'; {space}.")


def decide(session: Session, step: Step) -> None:
    """Decide about components once the features are decided about.

    Raises:
        NotEmulated: for a component that only runs from the source.
    """
    for component in session.components.values():
        component.action, component.is_registered = State.UNKNOWN, None
    notes = decide_components(
        session.components.values(), session.holds, lambda component: _has_other_clients(session, component)
    )
    for note in notes:
        step.note(note)
    for component in session.components.values():
        if component.action is State.LOCAL and component.runs_from_source:
            what = f"component '{component.name}', which runs from the source"
            raise NotEmulated(what, where=session.package_name, hint="leave its feature out with ADDLOCAL")
    _leave_newer_alone(session, step)


def _find_installed(session: Session) -> None:
    product = session.product
    assert product is not None, "callers look first"
    registry, packed = session.machine.registry, pack_guid(product.code)
    listed = product.owner.advertised.child("Features").child(packed)
    for feature in session.features.values():
        value = registry.get(listed, feature.name)
        if value is not None:
            feature.installed = State.ABSENT if str(value).startswith("\x06") else State.LOCAL
    for component in session.components.values():
        if packed in clients_of(registry, component.guid, product.owner):
            component.installed = State.LOCAL


def _has_other_clients(session: Session, component: Component) -> bool:
    own = {pack_guid(session.product_code)}
    clients = set(clients_of(session.machine.registry, component.guid, session.owner))
    if clients - own or component.has_registry_key_path:
        return bool(clients - own)
    count = session.machine.registry.get(SHARED_DLLS, session.file_path(component.key_path), component.view)
    return count is not None and isinstance(count.data, int) and count.data > 1


def _leave_newer_alone(session: Session, step: Step) -> None:
    """Install no component whose key file is there in a higher version, or that is never to be overwritten."""
    if set(session.reinstall_mode) & set("ad"):
        return
    versions = {row.text("File"): row for row in session.rows("File")}
    for component in session.components.values():
        row = versions.get(component.key_path)
        if component.action is not State.LOCAL or component.has_registry_key_path or row is None:
            continue
        path = session.directory(component.directory) + file_name(row.text("FileName"))
        if not session.machine.files.exists(path):
            continue
        offered = parse_version(row.text("Version"))
        present = session.machine.files.version(path)
        is_older = present is not None and offered is not None and offered < present
        if is_older or (component.is_never_overwritten and component.installed is not State.LOCAL):
            component.action = State.UNKNOWN
            reason = "higher versioned keyfile exists" if is_older else "keyfile exists and is never overwritten"
            step.note(f"Disallowing installation of component: {component.guid} since the same component with {reason}")


def _name(state: State) -> str:
    return "Null" if state is State.UNKNOWN else state.name.capitalize()
