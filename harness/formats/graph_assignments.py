"""Assignments in Graph's JSON: `mobileAppAssignment` with `win32LobAppAssignmentSettings`.

Source: the Graph reference; the limits of restart settings are the portal's (learn.microsoft.com, "Win32 app
management"). Who belongs to a group is not in the document: a group is taken to hold the device and its user, groups
that are excluded and assignment filters are refused rather than passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.errors import NotEmulated
from harness.formats.graph_values import INT32, converter, minutes, read_attributes, reader_of, tag, tagged
from harness.formats.policy_settings import whole_minutes
from harness.formats.structuring import ObjectReader, Reader, one_of, text
from harness.model.assignments import (
    Assignment,
    InstallIntent,
    InstallTimeSettings,
    RestartSettings,
    TargetType,
)

__all__ = ["read_assignment", "write_assignment"]

_GRAPH = "#microsoft.graph."
_TARGETS: Mapping[TargetType, str] = {
    TargetType.DEVICE: f"{_GRAPH}allDevicesAssignmentTarget",
    TargetType.USER: f"{_GRAPH}allLicensedUsersAssignmentTarget",
    TargetType.BOTH: f"{_GRAPH}groupAssignmentTarget",
}
_EXCLUSION = f"{_GRAPH}exclusionGroupAssignmentTarget"
#: The group that stands for "the device and its user" in what is written here; no tenant has it.
_GROUP_ID = "5d6e3f0c-6b0a-5f53-9f4e-1c1a0f2f7b11"
_TWO_WEEKS = 20_160
_NO_SETTINGS: Mapping[str, Any] = {}


def read_assignment(value: object) -> Assignment:
    """Read one assignment.

    Raises:
        Misfit: if it is wrong.
        NotEmulated: if it excludes a group or has an assignment filter.
    """
    fields = ObjectReader(value)
    fields.get("@odata.type", tag({f"{_GRAPH}mobileAppAssignment": True}), default=True)
    intent = fields.require("intent", one_of({one.value: one for one in InstallIntent}))
    target = fields.require("target", _read_target)
    settings = fields.get("settings", _read_settings, _NO_SETTINGS)
    fields.close()
    return Assignment(intent=intent, target_type=target, **settings)


def write_assignment(assignment: Assignment) -> dict[str, object]:
    """Return an assignment as Graph has it."""
    target = {"@odata.type": _TARGETS[assignment.target_type]}
    if assignment.target_type is TargetType.BOTH:
        target["groupId"] = _GROUP_ID
    fields: dict[str, object] = converter().unstructure(assignment)
    intent = fields.pop("intent")
    del fields["targetType"]
    return {
        "@odata.type": f"{_GRAPH}mobileAppAssignment",
        "intent": intent,
        "target": target,
        "settings": {"@odata.type": f"{_GRAPH}win32LobAppAssignmentSettings", **fields},
    }


def _read_target(value: object) -> TargetType:
    return tagged(
        {name: _target_reader(target) for target, name in _TARGETS.items()} | {_EXCLUSION: _refuse_exclusion}
    )(value)


def _target_reader(target: TargetType) -> Reader[TargetType]:
    def read(value: object) -> TargetType:
        fields = ObjectReader(value)
        fields.get("deviceAndAppManagementAssignmentFilterType", _no_filter, None)
        fields.close()
        return target

    return read


def _refuse_exclusion(_: object) -> TargetType:
    raise NotEmulated(
        "an assignment that excludes a group",
        where="assignment",
        hint="delete it from the document, or the app's other assignments if the device is a member of the group",
    )


def _no_filter(value: object) -> None:
    if text(value).lower() != "none":
        raise NotEmulated(
            "an assignment filter", where="assignment", hint="delete the filter's type and id from the target"
        )


def _read_settings(value: object) -> dict[str, Any]:
    """Read the settings into the attributes of `Assignment` they belong to."""
    fields = ObjectReader(value)
    fields.get("@odata.type", tag({f"{_GRAPH}win32LobAppAssignmentSettings": True}), default=True)
    readers: dict[str, Reader[Any]] = {
        "restart_settings": _read_restart,
        "install_time_settings": _read_install_time,
    }
    settings = read_attributes(Assignment, fields, readers=readers, leave_out=("intent", "target_type"))
    fields.close()
    return settings


def _read_restart(value: object) -> RestartSettings:
    fields = ObjectReader(value)
    readers = {
        "grace_period": minutes(1, _TWO_WEEKS),
        "countdown_display_before_restart": minutes(0, INT32),
        "restart_notification_snooze_duration": minutes(1, INT32),
    }
    countdown, snooze = "countdownDisplayBeforeRestartInMinutes", "restartNotificationSnoozeDurationInMinutes"
    settings = RestartSettings(**read_attributes(RestartSettings, fields, readers=readers))
    if not fields.has(snooze):
        # Graph has no default for it: without a value there is no snoozing.
        settings = replace(settings, restart_notification_snooze_duration=None)
    if not fields.has(countdown) and fields.is_right("gracePeriodInMinutes"):
        shorter = min(settings.countdown_display_before_restart, settings.grace_period)
        settings = replace(settings, countdown_display_before_restart=shorter)
    for name, duration in (
        (countdown, settings.countdown_display_before_restart),
        (snooze, settings.restart_notification_snooze_duration),
    ):
        if duration and fields.is_right("gracePeriodInMinutes", name) and duration > settings.grace_period:
            limit = whole_minutes(settings.grace_period)
            fields.fail(name, f"expected at most the grace period of {limit} minutes, found {whole_minutes(duration)}")
    fields.close()
    return settings


def _read_install_time(value: object) -> InstallTimeSettings:
    settings = reader_of(InstallTimeSettings)(value)
    if not settings.use_local_time:
        return settings
    start, deadline = settings.start_date_time, settings.deadline_date_time
    # Graph writes local time with an offset that means nothing.
    return replace(
        settings,
        start_date_time=start and start.replace(tzinfo=None),
        deadline_date_time=deadline and deadline.replace(tzinfo=None),
    )
