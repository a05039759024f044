"""One app's policy as the agent understands it. Fields that mean nothing to it are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from harness.errors import NotEmulated
from harness.formats import wirenumbers as wire
from harness.formats.architecturemask import Architectures, architectures_of
from harness.formats.misfits import Misfit, describe
from harness.formats.policy_rules import read_rule
from harness.formats.policy_settings import read_install_time, read_restart, whole_minutes
from harness.formats.structuring import ObjectReader, Reader, guid, integer, list_of, nested_json, text
from harness.formats.wirenumbers import named_by
from harness.model.apps import DEFAULT_RETURN_CODES, InstallExperience, ReturnCode, RunAsAccount, Win32App
from harness.model.assignments import (
    AppPolicy,
    Assignment,
    DeliveryOptimizationPriority,
    InstallIntent,
    Notifications,
)
from harness.model.rules import Rule, RuleType
from harness.model.windows import WINDOWS_RELEASES

__all__ = ["read_policy"]

_INT32 = 2**31 - 1
_A_DAY = 1440
_SIZE = integer(0, _INT32)
_NO_REQUIREMENTS: Mapping[str, Any] = {}
_BUILDS = {f"10.0.{build}": release for release, build in WINDOWS_RELEASES.items()}


def read_policy(value: object) -> AppPolicy:
    """Read one element of the service's answer.

    Raises:
        Misfit: if it is wrong.
        NotEmulated: if it asks for what is not modelled.
    """
    fields = ObjectReader(value)
    requirements = fields.get("RequirementRules", nested_json(_read_requirements), _NO_REQUIREMENTS)
    rules_of = {kind: nested_json(_list_or_null(read_rule(kind))) for kind in RuleType}
    detection = fields.get("DetectionRule", rules_of[RuleType.DETECTION], ())
    requirement = fields.get("ExtendedRequirementRules", rules_of[RuleType.REQUIREMENT], ())
    identity: dict[str, Any] = {
        "id": fields.require("Id", guid),
        "display_name": fields.require("Name", text),
        "version": fields.require("Version", integer(0, _INT32)),
        "setup_file_path": fields.get("SetUpFilePath", text, None),
        "install_command_line": fields.require("InstallCommandLine", text),
        "uninstall_command_line": fields.get("UninstallCommandLine", text, ""),
        "install_experience": fields.get("InstallEx", nested_json(_read_experience), InstallExperience()),
        "return_codes": fields.get("ReturnCodes", nested_json(list_of(_read_return_code)), DEFAULT_RETURN_CODES),
    }
    assignment = Assignment(
        intent=fields.require("Intent", _read_intent),
        target_type=fields.require("TargetType", named_by(wire.TARGET_TYPES)),
        notifications=fields.get("ToastState", named_by(wire.TOAST_STATES), Notifications.SHOW_ALL),
        restart_settings=fields.get("RebootEx", read_restart, None),
        install_time_settings=fields.get("StartDeadlineEx", read_install_time, None),
        delivery_optimization_priority=fields.get(
            "DOPriority", named_by(wire.PRIORITIES), DeliveryOptimizationPriority.NOT_CONFIGURED
        ),
    )
    for name, (what, hint) in _NOT_MODELLED.items():
        fields.get(name, _refuse(what, hint), None)
    fields.close()
    return AppPolicy(app=Win32App(rules=(*detection, *requirement), **identity, **requirements), assignment=assignment)


#: Fields that mean nothing when they are null or empty, and something we do not do otherwise.
_NOT_MODELLED = {
    "FlatDependencies": ("dependencies and supersedence", "deploy the app without its relations"),
    "InstallerData": ("Store and WinGet apps", "only Win32 apps are installed here"),
    "Scripts": ("script installers", "use a command line as the installer"),
    "AppApplicabilityStateDueToAssginmentFilters": ("assignment filters", "assign the app without a filter"),
}


def _refuse(what: str, hint: str) -> Reader[None]:
    def read(value: object) -> None:
        if value not in ("", "[]", "{}", "null", [], 0):
            raise NotEmulated(what, where="policy", hint=hint)

    return read


def _list_or_null(item: Reader[Rule]) -> Reader[tuple[Rule, ...]]:
    def read(value: object) -> tuple[Rule, ...]:
        return () if value is None else list_of(item)(value)

    return read


def _read_intent(value: object) -> InstallIntent:
    if value == 0 and value is not False:
        hint = "such an app comes only as the dependency of another; assign it"
        raise NotEmulated("an app that is not targeted (Intent 0)", where="policy", hint=hint)
    return named_by(wire.INTENTS)(value)


def _read_return_code(value: object) -> ReturnCode:
    fields = ObjectReader(value)
    code = ReturnCode(
        return_code=fields.require("ReturnCode", integer(-(2**31), 2**32 - 1)),
        type=fields.require("Type", named_by(wire.RETURN_CODE_TYPES)),
    )
    fields.close()
    return code


def _read_experience(value: object) -> InstallExperience:
    fields = ObjectReader(value)
    default = InstallExperience()
    minutes = fields.get("MaxRunTimeInMinutes", integer(1, _A_DAY, "minutes"), whole_minutes(default.max_run_time))
    experience = InstallExperience(
        run_as_account=fields.get("RunAs", named_by(wire.RUN_AS), RunAsAccount.SYSTEM),
        max_run_time=timedelta(minutes=minutes or 0),
        device_restart_behavior=fields.get(
            "DeviceRestartBehavior", named_by(wire.RESTART_BEHAVIORS), default.device_restart_behavior
        ),
    )
    fields.close()
    return experience


def _read_requirements(value: object) -> Mapping[str, Any]:
    fields = ObjectReader(value)
    found: dict[str, Any] = {
        "architectures": fields.get("RequiredOSArchitecture", _read_architectures, (None, None)),
        "minimum_supported_windows_release": fields.get("MinimumWindows10BuildNumer", _read_build, None),
        "minimum_free_disk_space_in_mb": fields.get("MinimumFreeDiskSpaceInMB", _SIZE, None),
        "minimum_memory_in_mb": fields.get("MinimumMemoryInMB", _SIZE, None),
        "minimum_number_of_processors": fields.get("MinimumNumberOfProcessors", _SIZE, None),
        "minimum_cpu_speed_in_mhz": fields.get("MinimumCpuSpeed", _SIZE, None),
    }
    fields.close()
    applicable, allowed = found.pop("architectures")
    return {**found, "applicable_architectures": applicable, "allowed_architectures": allowed}


def _read_architectures(value: object) -> tuple[Architectures, Architectures]:
    return architectures_of(_SIZE(value))


def _read_build(value: object) -> str | None:
    found = text(value)
    if found and found not in _BUILDS:
        raise Misfit(f"expected the build of a Windows release such as 10.0.22631, found {describe(value)}")
    return _BUILDS.get(found)
