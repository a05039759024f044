"""Assignments in Graph JSON."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from harness.errors import FormatError, NotEmulated
from harness.formats.graph import read_app
from harness.model.assignments import (
    Assignment,
    DeliveryOptimizationPriority,
    InstallIntent,
    InstallTimeSettings,
    Notifications,
    RestartSettings,
    TargetType,
)

_ID = "1f3f5171-25a2-44da-b3e8-fba81184d1df"


def body(**fields):
    """Return the smallest app with the given fields, as JSON."""
    app = {"@odata.type": "#microsoft.graph.win32LobApp", "displayName": "Notes", "installCommandLine": "setup.exe /S"}
    return json.dumps(app | fields).encode()


def assignment_of(**fields):
    """Read one assignment with the given fields."""
    target = {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}
    return read_app(body(assignments=[{"intent": "required", "target": target} | fields]), "app.json").assignments[0]


def problems_of(data):
    """Return what is wrong with a document, one line for each problem."""
    with pytest.raises(FormatError) as caught:
        read_app(data, "app.json")
    return [str(problem) for problem in caught.value.problems]


def test_an_assignment_is_read_with_its_settings():
    """As `$expand=assignments` gives it."""
    settings_ = {
        "@odata.type": "#microsoft.graph.win32LobAppAssignmentSettings",
        "notifications": "hideAll",
        "deliveryOptimizationPriority": "foreground",
        "restartSettings": {
            "gracePeriodInMinutes": 60,
            "countdownDisplayBeforeRestartInMinutes": 10,
            "restartNotificationSnoozeDurationInMinutes": 20,
        },
        "installTimeSettings": {
            "useLocalTime": False,
            "startDateTime": "2026-01-31T08:00:00+02:00",
            "deadlineDateTime": "0001-01-01T00:00:00Z",
        },
    }

    assert Assignment(
        intent=InstallIntent.AVAILABLE,
        target_type=TargetType.DEVICE,
        notifications=Notifications.HIDE_ALL,
        restart_settings=RestartSettings(
            grace_period=timedelta(minutes=60),
            countdown_display_before_restart=timedelta(minutes=10),
            restart_notification_snooze_duration=timedelta(minutes=20),
        ),
        install_time_settings=InstallTimeSettings(start_date_time=datetime(2026, 1, 31, 6, tzinfo=UTC)),
        delivery_optimization_priority=DeliveryOptimizationPriority.FOREGROUND,
    ) == assignment_of(intent="Available", settings=settings_)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}, TargetType.DEVICE),
        ({"@odata.type": "microsoft.graph.allLicensedUsersAssignmentTarget"}, TargetType.USER),
        ({"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": _ID}, TargetType.BOTH),
        (
            {
                "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget",
                "deviceAndAppManagementAssignmentFilterId": None,
                "deviceAndAppManagementAssignmentFilterType": "none",
            },
            TargetType.DEVICE,
        ),
    ],
)
def test_the_target_says_whom_an_assignment_reaches(target, expected):
    """A group is taken to hold the device and its user."""
    assert expected == assignment_of(target=target).target_type


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            {"@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": _ID},
            r"an assignment that excludes a group \(in app.json: \$\.assignments\[0\]\.target\) - delete it",
        ),
        (
            {
                "@odata.type": "#microsoft.graph.groupAssignmentTarget",
                "deviceAndAppManagementAssignmentFilterType": "include",
            },
            r"an assignment filter \(in .*\.deviceAndAppManagementAssignmentFilterType\) - delete the filter",
        ),
    ],
)
def test_exclusions_and_filters_are_not_emulated(target, message):
    """They take an app away from somebody, so they are not passed over."""
    with pytest.raises(NotEmulated, match=message):
        assignment_of(target=target)


def test_local_times_have_no_zone():
    """Graph writes them with an offset that means nothing."""
    times = {"useLocalTime": True, "startDateTime": "2026-01-31T08:00:00.1234567Z", "deadlineDateTime": None}

    assert (
        InstallTimeSettings(
            use_local_time=True,
            start_date_time=datetime(2026, 1, 31, 8, 0, 0, 123456),  # noqa: DTZ001  # local time
        )
        == assignment_of(settings={"installTimeSettings": times}).install_time_settings
    )


def test_a_time_without_an_offset_is_utc():
    """What the service would assume is assumed."""
    times = {"startDateTime": "2026-01-31T08:00:00"}
    found = assignment_of(settings={"installTimeSettings": times}).install_time_settings

    assert datetime(2026, 1, 31, 8, tzinfo=UTC) == found.start_date_time


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, RestartSettings(restart_notification_snooze_duration=None)),
        (
            {"gracePeriodInMinutes": 5},
            RestartSettings(
                grace_period=timedelta(minutes=5),
                countdown_display_before_restart=timedelta(minutes=5),
                restart_notification_snooze_duration=None,
            ),
        ),
    ],
)
def test_restart_settings_have_the_portals_defaults(given_, expected):
    """Without a duration there is no snoozing, and the countdown fits into the grace period."""
    assert expected == assignment_of(settings={"restartSettings": given_}).restart_settings


@pytest.mark.parametrize(
    ("settings_", "problems"),
    [
        (
            {
                "restartSettings": {
                    "gracePeriodInMinutes": 10,
                    "countdownDisplayBeforeRestartInMinutes": 11,
                    "restartNotificationSnoozeDurationInMinutes": 12,
                }
            },
            [
                (
                    "restartSettings.countdownDisplayBeforeRestartInMinutes: expected at most the grace period of 10 "
                    "minutes, found 11"
                ),
                (
                    "restartSettings.restartNotificationSnoozeDurationInMinutes: expected at most the grace period "
                    "of 10 "
                    "minutes, found 12"
                ),
            ],
        ),
        (
            {"restartSettings": {"gracePeriodInMinutes": 20161, "restartNotificationSnoozeDurationInMinutes": 0}},
            [
                "restartSettings.gracePeriodInMinutes: expected 1 to 20160 minutes, found 20161",
                "restartSettings.restartNotificationSnoozeDurationInMinutes: expected 1 to 2147483647 minutes, found 0",
            ],
        ),
        (
            {"installTimeSettings": {"startDateTime": "9999-12-31T23:59:59-14:00"}},
            [
                (
                    "installTimeSettings.startDateTime: expected a time such as 2026-01-31T08:00:00Z, "
                    "found '9999-12-31T23:59:59-14:00'"
                )
            ],
        ),
        (
            {"installTimeSettings": {"startDateTime": "2026-01-31", "deadlineDateTime": "T-soon"}},
            [
                "installTimeSettings.startDateTime: expected a time such as 2026-01-31T08:00:00Z, found '2026-01-31'",
                "installTimeSettings.deadlineDateTime: expected a time such as 2026-01-31T08:00:00Z, found 'T-soon'",
            ],
        ),
    ],
)
def test_the_limits_of_settings_are_checked(settings_, problems):
    """The portal's limits, and times with a date and a time."""
    target = {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}
    document = body(assignments=[{"intent": "required", "target": target, "settings": settings_}])

    assert [f"$.assignments[0].settings.{problem}" for problem in problems] == problems_of(document)
