"""Which app a package is deployed as: the one in a JSON file, or what the Intune portal would fill in for an MSI."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from harness.cli.files import read_input
from harness.errors import FormatError, NotEmulated, Problem, UsageError
from harness.formats.applicationinfo import ApplicationInfo, MsiExecutionContext
from harness.formats.graph import app_id_for, read_app
from harness.model.apps import InstallExperience, MsiInformation, MsiPackageType, RunAsAccount, Win32App
from harness.model.assignments import Assignment, InstallIntent, TargetType
from harness.model.rules import ProductCodeRule

__all__ = ["ChosenApp", "app_for", "portal_app"]

#: An app's JSON with its icon and a few scripts stays far below that.
_MOST_JSON = 16 * 1024**2

_PACKAGE_TYPES = {
    None: MsiPackageType.PER_MACHINE,
    MsiExecutionContext.SYSTEM: MsiPackageType.PER_MACHINE,
    MsiExecutionContext.USER: MsiPackageType.PER_USER,
    MsiExecutionContext.ANY: MsiPackageType.DUAL_PURPOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenApp:
    """What is deployed.

    Attributes:
        app: the app.
        assignment: how it is assigned, with the wanted intent.
        definition: where that comes from: a file's name, or `Detection.xml`.
    """

    app: Win32App
    assignment: Assignment
    definition: str


def app_for(info: ApplicationInfo, package: str, *, app_file: Path | None, intent: str | None) -> ChosenApp:
    """Return the app to deploy, assigned with the intent.

    Args:
        info: what the package says about itself.
        package: its name for messages.
        app_file: Graph JSON; without any the package must be an MSI's.
        intent: wins over the intent of the JSON's assignments; `required` where neither says anything.

    Raises:
        UsageError: if the file cannot be read, or the package does not say enough.
        FormatError: if the JSON does not read.
        NotEmulated: if the app asks for something that is not emulated.
    """
    wanted = InstallIntent(intent) if intent else None
    if app_file is None:
        app = portal_app(info, package)
        return ChosenApp(app=app, assignment=_assignment(app, (), wanted), definition="Detection.xml")
    document = read_app(read_input(app_file, most_bytes=_MOST_JSON), str(app_file))
    assignment = _assignment(document.app, document.assignments, wanted)
    if assignment.intent is InstallIntent.AVAILABLE_WITHOUT_ENROLLMENT:
        hint = "the device is enrolled; add --intent available"
        raise NotEmulated(f"the intent '{assignment.intent}'", where=str(app_file), hint=hint)
    return ChosenApp(app=document.app, assignment=assignment, definition=app_file.name)


def _assignment(app: Win32App, given: tuple[Assignment, ...], wanted: InstallIntent | None) -> Assignment:
    """Choose an assignment: the first of the wanted intent, or the first one's settings with that intent.

    Where there is none, an app that installs as the user is assigned to users: for a device it could not be installed.
    """
    fitting = [assignment for assignment in given if wanted in (None, assignment.intent)]
    if fitting:
        return fitting[0]
    is_for_user = app.install_experience.run_as_account is RunAsAccount.USER
    first = given[0] if given else Assignment(target_type=TargetType.USER if is_for_user else TargetType.DEVICE)
    return replace(first, intent=wanted) if wanted else first


def portal_app(info: ApplicationInfo, package: str) -> Win32App:
    r"""Return what the portal fills in when an administrator uploads the package of an MSI.

    Source: learn.microsoft.com, "Add and assign Win32 apps" (command lines and the MSI detection rule are prefilled,
    the install behavior follows the MSI's context), and apps that were made so: `msiexec /i "x.msi" /qn` and
    `msiexec /x "{code}" /qn`.

    Args:
        info: what the package says about itself.
        package: its name for messages.

    Raises:
        UsageError: if the setup file is not an MSI.
        FormatError: if the package does not say the product code.
    """
    msi = info.msi_info
    if msi is None:
        raise UsageError(_how_to_define(info, package))
    if not msi.product_code:
        raise FormatError(package, [Problem("Detection.xml: MsiInfo/MsiProductCode", "is empty, expected a GUID")])
    is_for_user = msi.execution_context is MsiExecutionContext.USER
    return Win32App(
        id=app_id_for(info.name),
        display_name=info.name,
        description=info.description,
        publisher=msi.publisher,
        display_version=msi.product_version or None,
        file_name=info.file_name,
        setup_file_path=info.setup_file,
        install_command_line=f'msiexec /i "{info.setup_file}" /qn',
        uninstall_command_line=f'msiexec /x "{msi.product_code}" /qn',
        rules=(ProductCodeRule(product_code=msi.product_code),),
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER if is_for_user else RunAsAccount.SYSTEM),
        msi_information=MsiInformation(
            product_code=msi.product_code,
            product_version=msi.product_version or None,
            upgrade_code=msi.upgrade_code or None,
            requires_reboot=msi.requires_reboot,
            package_type=_PACKAGE_TYPES[msi.execution_context],
            product_name=info.name,
            publisher=msi.publisher or None,
        ),
    )


def _how_to_define(info: ApplicationInfo, package: str) -> str:
    name = info.setup_file.rpartition("\\")[2]
    program = f'"{info.setup_file}"' if " " in info.setup_file else info.setup_file
    skeleton = {
        "@odata.type": "#microsoft.graph.win32LobApp",
        "displayName": name.rpartition(".")[0] or name,
        "setupFilePath": info.setup_file,
        "installCommandLine": f"{program} /S",
        "uninstallCommandLine": r'"C:\Program Files\Contoso App\uninstall.exe" /S',
        "rules": [
            {
                "@odata.type": "#microsoft.graph.win32LobAppRegistryRule",
                "ruleType": "detection",
                "keyPath": r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App",
                "valueName": "Version",
                "operationType": "exists",
            }
        ],
    }
    return (
        f"{package}: its setup file is {info.setup_file}, and only an MSI says how it is installed and detected"
        " - add --app FILE.json with at least displayName, installCommandLine and one detection rule, for example:\n"
        f"{json.dumps(skeleton, indent=2, ensure_ascii=False)}"
    )
