"""One app's policy as the service writes it. The example on which it rests is a policy seen on a device."""

from __future__ import annotations

from harness.errors import UsageError
from harness.formats import wirenumbers as wire
from harness.formats.architecturemask import architecture_mask
from harness.formats.policy_rules import compact, write_rule
from harness.formats.policy_settings import whole_minutes, write_install_time, write_restart
from harness.model.apps import InstallExperience, Win32App
from harness.model.assignments import AppPolicy, InstallIntent
from harness.model.windows import WINDOWS_RELEASES

__all__ = ["policy_fields", "travelling_intent"]

#: The install script of a script installer; that an app without one has an empty list is inferred.
_NO_SCRIPTS = "[]"


def policy_fields(policy: AppPolicy) -> dict[str, object]:
    """Return a policy as the service writes it, its keys in the service's order.

    Raises:
        UsageError: if the app asks for something Intune does not have.
    """
    app, assignment = policy.app, policy.assignment
    intent = travelling_intent(assignment.intent)
    return {
        "Id": app.id,
        "Name": app.display_name,
        "Version": app.version,
        "Intent": wire.INTENTS[intent],
        "TargetType": wire.TARGET_TYPES[assignment.target_type],
        "AppApplicabilityStateDueToAssginmentFilters": None,
        "AssignmentFilterIds": None,
        "DetectionRule": compact([write_rule(rule) for rule in app.detection_rules]),
        "InstallCommandLine": app.install_command_line,
        "UninstallCommandLine": app.uninstall_command_line,
        "RequirementRules": compact(_requirements(app)),
        "ExtendedRequirementRules": compact([write_rule(rule) for rule in app.requirement_rules]),
        "InstallEx": compact(_install_experience(app.install_experience)),
        "ReturnCodes": compact(
            [{"ReturnCode": code.return_code, "Type": wire.RETURN_CODE_TYPES[code.type]} for code in app.return_codes]
        ),
        # Seen: 1 for an available app, 0 in the report of a required one.
        "AvailableAppEnforcement": int(intent is InstallIntent.AVAILABLE),
        "SetUpFilePath": app.setup_file_path,
        "ToastState": wire.TOAST_STATES[assignment.notifications],
        "Targeted": 1,
        "FlatDependencies": None,
        "MetadataVersion": 4,
        "RelationVersion": 0,
        "RebootEx": write_restart(assignment.restart_settings),
        "InstallBehavior": 0,
        "StartDeadlineEx": write_install_time(assignment.install_time_settings),
        "RemoveUserData": False,
        "DOPriority": wire.PRIORITIES[assignment.delivery_optimization_priority],
        "newFlatDependencies": True,
        "AssignmentFilterIdToEvalStateMap": None,
        "ContentCacheDuration": None,
        "ESPConfiguration": None,
        "ReevaluationInterval": 480,
        "SupportState": None,
        "InstallContext": 1,
        "InstallerData": None,
        "AvailableAppRequestType": 0,
        "ContentMode": 1,
        "Scripts": _NO_SCRIPTS,
    }


def travelling_intent(intent: InstallIntent) -> InstallIntent:
    """Return the intent as the agent sees it, which cannot tell whether a device is enrolled: it is."""
    return InstallIntent.AVAILABLE if intent is InstallIntent.AVAILABLE_WITHOUT_ENROLLMENT else intent


def _requirements(app: Win32App) -> dict[str, object]:
    release = app.minimum_supported_windows_release
    if release is not None and release not in WINDOWS_RELEASES:
        known = ", ".join(WINDOWS_RELEASES)
        raise UsageError(f"the app '{app.display_name}' needs Windows '{release}' - use one of {known}")
    return {
        "RequiredOSArchitecture": architecture_mask(app),
        "MinimumFreeDiskSpaceInMB": app.minimum_free_disk_space_in_mb,
        "MinimumWindows10BuildNumer": release and f"10.0.{WINDOWS_RELEASES[release]}",
        "MinimumMemoryInMB": app.minimum_memory_in_mb,
        "MinimumNumberOfProcessors": app.minimum_number_of_processors,
        "MinimumCpuSpeed": app.minimum_cpu_speed_in_mhz,
        "RunAs32Bit": False,
    }


def _install_experience(experience: InstallExperience) -> dict[str, object]:
    return {
        "RunAs": wire.RUN_AS[experience.run_as_account],
        "RequiresLogon": True,
        "InstallProgramVisibility": 3,
        "MaxRetries": 3,
        "RetryIntervalInMinutes": 5,
        "MaxRunTimeInMinutes": whole_minutes(experience.max_run_time),
        "DeviceRestartBehavior": wire.RESTART_BEHAVIORS[experience.device_restart_behavior],
    }
