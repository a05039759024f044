"""What is assigned to whom, and how the user is treated (Graph `mobileAppAssignment`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from harness.model.apps import Win32App

__all__ = [
    "InstallIntent",
    "Notifications",
    "DeliveryOptimizationPriority",
    "TargetType",
    "RestartSettings",
    "InstallTimeSettings",
    "Assignment",
    "AppPolicy",
]


class InstallIntent(StrEnum):
    """What the administrator wants (Graph `installIntent`)."""

    AVAILABLE = "available"
    REQUIRED = "required"
    UNINSTALL = "uninstall"
    AVAILABLE_WITHOUT_ENROLLMENT = "availableWithoutEnrollment"


class Notifications(StrEnum):
    """Which toasts the user sees (Graph `win32LobAppNotification`)."""

    SHOW_ALL = "showAll"
    SHOW_REBOOT = "showReboot"
    HIDE_ALL = "hideAll"


class DeliveryOptimizationPriority(StrEnum):
    """How urgently content is downloaded."""

    NOT_CONFIGURED = "notConfigured"
    FOREGROUND = "foreground"


class TargetType(StrEnum):
    """Whether the assignment reached the device, the user, or both."""

    USER = "user"
    DEVICE = "device"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartSettings:
    """The restart grace period. Defaults are the portal's (learn.microsoft.com, "Win32 app management").

    Attributes:
        grace_period: from the end of the installation to the restart; at most two weeks.
        countdown_display_before_restart: when the countdown dialog appears.
        restart_notification_snooze_duration: how long a snooze lasts; None when the user may not snooze.
    """

    grace_period: timedelta = timedelta(minutes=1440)
    countdown_display_before_restart: timedelta = timedelta(minutes=15)
    restart_notification_snooze_duration: timedelta | None = timedelta(minutes=240)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallTimeSettings:
    """When content may be downloaded and when the app must be there.

    Attributes:
        use_local_time: whether the times mean the device's time zone.
        start_date_time: aware when UTC is used, naive when local time is used; None for as soon as possible.
        deadline_date_time: the same for the deadline.
    """

    use_local_time: bool = False
    start_date_time: datetime | None = None
    deadline_date_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One assignment of an app."""

    intent: InstallIntent = InstallIntent.REQUIRED
    target_type: TargetType = TargetType.DEVICE
    notifications: Notifications = Notifications.SHOW_ALL
    restart_settings: RestartSettings | None = None
    install_time_settings: InstallTimeSettings | None = None
    delivery_optimization_priority: DeliveryOptimizationPriority = DeliveryOptimizationPriority.NOT_CONFIGURED


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPolicy:
    """One app with the assignment that reached this device: what the agent works on."""

    app: Win32App
    assignment: Assignment
