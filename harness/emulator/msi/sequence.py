"""Sequences: which actions run, in which order, under which conditions.

Source: learn.microsoft.com, "Using a Sequence Table", "Standard Actions Reference".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.emulator.msi.costing import cost_finalize, cost_initialize, install_validate
from harness.emulator.msi.customactions import run_custom_action
from harness.emulator.msi.environmentwork import remove_environment_strings, write_environment_strings
from harness.emulator.msi.filework import create_folders, install_files, remove_files, remove_folders
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.partregistration import process_components, publish_features, unpublish_features
from harness.emulator.msi.registration import plan_unregistration, publish_product, register_product, register_user
from harness.emulator.msi.registrywork import remove_registry_values, write_registry_values
from harness.emulator.msi.script import Step
from harness.emulator.msi.searches import app_search, launch_conditions
from harness.emulator.msi.serviceconfigwork import configure_services
from harness.emulator.msi.servicework import delete_services, install_services, start_services, stop_services
from harness.emulator.msi.session import Session
from harness.emulator.msi.shortcutwork import create_shortcuts, remove_shortcuts
from harness.emulator.msi.unmodelled import UNMODELLED_ACTIONS, check_action, check_tables
from harness.emulator.msi.upgrades import find_related_products, migrate_feature_states, remove_existing_products
from harness.errors import NotEmulated

__all__ = ["plan_sequence", "end_dialog"]

_MODAL: Final = 2


def _nothing(_session: Session, _step: Step) -> None:
    """Do nothing, as on Windows: the action marks a place, or has nothing to do on current Windows."""


def _install_initialize(session: Session, _step: Step) -> None:
    """Check that whoever installs may do so for everybody (error 1925, or 1730 for a removal)."""
    if session.is_per_machine and not session.acting_token.has_all_rights:
        if session.product:
            raise InstallFailure("You must be an Administrator to remove this application.", number=1730)
        message = "You do not have sufficient privileges to complete this installation for all users of the machine."
        raise InstallFailure(message, number=1925)


def _install_finalize(session: Session, step: Step) -> None:
    """Forget a product that goes as a whole."""
    if session.is_removal:
        plan_unregistration(session, step)


def _schedule_restart(_session: Session, step: Step) -> None:
    step.restarts = True


def _force_restart(session: Session, step: Step) -> None:
    """Ask for a restart; in the midst of an installation, Windows would go on with it afterwards."""
    own, last = (_number_of(session, action) for action in ("ForceReboot", "InstallFinalize"))
    if own < last and not session.properties.get("REBOOT", "").upper().startswith("R"):
        hint = "run it with REBOOT=ReallySuppress"
        raise NotEmulated("ForceReboot before InstallFinalize", where=session.package_name, hint=hint)
    step.restarts = True


def _disable_rollback(session: Session, _step: Step) -> None:
    session.is_rollback_disabled = True


#: What a standard action does while the sequence is run through.
_ACTIONS: Final[dict[str, Callable[[Session, Step], None]]] = {
    "AllocateRegistrySpace": _nothing,
    "AppSearch": app_search,
    "CostFinalize": cost_finalize,
    "CostInitialize": cost_initialize,
    "CreateFolders": create_folders,
    "CreateShortcuts": create_shortcuts,
    "DeleteServices": delete_services,
    "DisableRollback": _disable_rollback,
    "ExecuteAction": _nothing,
    "FileCost": _nothing,
    "FindRelatedProducts": find_related_products,
    "ForceReboot": _force_restart,
    "InstallExecute": _nothing,
    "InstallExecuteAgain": _nothing,
    "InstallFiles": install_files,
    "InstallFinalize": _install_finalize,
    "InstallInitialize": _install_initialize,
    "InstallServices": install_services,
    "InstallValidate": install_validate,
    "LaunchConditions": launch_conditions,
    "MigrateFeatureStates": migrate_feature_states,
    "MsiConfigureServices": configure_services,
    "ProcessComponents": process_components,
    "PublishFeatures": publish_features,
    "PublishProduct": publish_product,
    "RegisterProduct": register_product,
    "RegisterUser": register_user,
    "RemoveEnvironmentStrings": remove_environment_strings,
    "RemoveExistingProducts": remove_existing_products,
    "RemoveFiles": remove_files,
    "RemoveFolders": remove_folders,
    "RemoveRegistryValues": remove_registry_values,
    "RemoveShortcuts": remove_shortcuts,
    "ResolveSource": _nothing,
    "ScheduleReboot": _schedule_restart,
    "StartServices": start_services,
    "StopServices": stop_services,
    "UnpublishFeatures": unpublish_features,
    "ValidateProductID": _nothing,
    "WriteEnvironmentStrings": write_environment_strings,
    "WriteRegistryValues": write_registry_values,
}


def plan_sequence(session: Session, table: str = "InstallExecuteSequence") -> list[Step]:
    """Run through a sequence; the last step may carry the failure that ends it.

    In a user interface sequence the steps end with ExecuteAction, or with the first dialog that waits for the user.

    Raises:
        NotEmulated: for what is not modelled and would be done.
    """
    check_tables(session)
    steps: list[Step] = []
    is_in_script = False
    rows = [row for row in session.rows(table) if row.number("Sequence") > 0]
    for row in sorted(rows, key=lambda row: row.number("Sequence")):
        step = Step(row.text("Action"))
        steps.append(step)
        try:
            step.is_skipped = not session.holds(row.text("Condition"))
            if step.is_skipped:
                continue
            is_in_script = is_in_script or step.action == "InstallInitialize"
            _run(session, step)
            _check_place(step, is_in_script=is_in_script)
            is_in_script = is_in_script and step.action != "InstallFinalize"
        except InstallFailure as failure:
            step.failure = failure
            return steps
        if step.dialog or (step.action == "ExecuteAction" and table == "InstallUISequence"):
            return steps
    return steps


def _run(session: Session, step: Step) -> None:
    if step.action in _ACTIONS:
        _ACTIONS[step.action](session, step)
    elif step.action in UNMODELLED_ACTIONS:
        check_action(session, step.action)
    elif row := session.find("CustomAction", "Action", step.action):
        run_custom_action(session, step, row)
    elif dialog := session.find("Dialog", "Dialog", step.action):
        step.dialog = step.action if dialog.number("Attributes") & _MODAL else ""
    elif step.action in ("INSTALL", "ADMIN", "ADVERTISE", "SEQUENCE"):
        hint = "say with an installer file what the package does"
        raise NotEmulated(f"MSI action '{step.action}'", where=session.package_name, hint=hint)
    else:
        raise InstallFailure(f"Action not found: {step.action}.", number=2726)


def end_dialog(session: Session, sequence: int) -> str:
    """Return the modal dialog that ends a user interface sequence: -1 success, -3 failure; empty for none."""
    for row in session.rows("InstallUISequence"):
        if row.number("Sequence") == sequence and session.holds(row.text("Condition")):
            dialog = session.find("Dialog", "Dialog", row.text("Action"))
            if dialog and dialog.number("Attributes") & _MODAL:
                return row.text("Action")
    return ""


def _number_of(session: Session, action: str) -> int:
    row = session.find("InstallExecuteSequence", "Action", action)
    return row.number("Sequence") if row else 0


def _check_place(step: Step, *, is_in_script: bool) -> None:
    if step.operations and not is_in_script:
        message = f"Action {step.action} must be between InstallInitialize and InstallFinalize."
        raise InstallFailure(message, number=2762)
