"""Toasts: what the user is shown, and what the user did about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from harness.model.toastparts import (
    ActivationType,
    ButtonStyle,
    ImagePlacement,
    InputType,
    ToastAudio,
    ToastButton,
    ToastColumn,
    ToastDuration,
    ToastGroup,
    ToastHeader,
    ToastImage,
    ToastInput,
    ToastPriority,
    ToastProgress,
    ToastScenario,
    ToastSelection,
    ToastText,
)

__all__ = [
    "ToastKind",
    "Toast",
    "ToastAnswer",
    "ToastResponse",
    "ToastScenario",
    "ToastDuration",
    "ToastPriority",
    "ActivationType",
    "ButtonStyle",
    "ToastButton",
    "InputType",
    "ToastSelection",
    "ToastInput",
    "ImagePlacement",
    "ToastImage",
    "ToastText",
    "ToastColumn",
    "ToastGroup",
    "ToastProgress",
    "ToastHeader",
    "ToastAudio",
]


class ToastKind(StrEnum):
    """Why a toast is shown.

    The names of the first two are the agent's own (`ToastDownloadingMessage`, `ToastFailureMessage`, seen in logs);
    the others are ours, since the real ones are not known.
    """

    DOWNLOADING = "ToastDownloadingMessage"
    FAILURE = "ToastFailureMessage"
    SUCCESS = "success"
    RESTART_REQUIRED = "restartRequired"
    RESTART_COUNTDOWN = "restartCountdown"
    #: Not the agent's: a package or a script shows it.
    OTHER = "other"

    @property
    def is_about_restart(self) -> bool:
        """Whether the toast is still shown when an assignment shows only restart toasts."""
        return self in (ToastKind.RESTART_REQUIRED, ToastKind.RESTART_COUNTDOWN)

    @property
    def is_of_agent(self) -> bool:
        """Whether the agent shows it."""
        return self is not ToastKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """One toast as the user sees it (the template `ToastGeneric`).

    The last attributes, from `tag` on, are not part of a toast's XML: whoever shows it gives them with it.

    Attributes:
        kind: why it is shown.
        app_name: the app it is about; for a toast that is no toast of the agent's, the app it comes from.
        title: the first line.
        lines: the lines below it, at most two are shown.
        buttons: at most five.
        attribution: a small line below the others.
        stays: whether it asks to stay on the screen until it is answered. It follows from `scenario`; to ask for it
            without a scenario makes the toast a reminder, so that `replace(..., scenario=DEFAULT)` needs `stays=False`.
        scenario: what it is for.
        duration: how long it is on the screen if it does not stay.
        inputs: what can be entered, at most five.
        images: pictures.
        groups: columns below the text.
        progress: progress bars.
        header: what it is gathered under in the notification centre.
        audio: its sound; None for the usual one.
        launch: what the app is told when the toast itself is clicked.
        activation_type: who is told then.
        timestamp: the time it shows, aware; None for the time it is shown at.
        tag: a newer toast of the same app with the same tag and group replaces it.
        group: see `tag`.
        expires: when it goes from the notification centre too, aware; three days at the latest, None for then.
        expires_on_restart: whether a restart of the machine takes it away.
        priority: whether it may wake the screen.
        suppress_popup: whether it goes to the notification centre without having been on the screen.
    """

    kind: ToastKind = ToastKind.OTHER
    app_name: str = ""
    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[ToastButton, ...] = ()
    attribution: str = ""
    stays: bool = False
    scenario: ToastScenario = ToastScenario.DEFAULT
    duration: ToastDuration = ToastDuration.SHORT
    inputs: tuple[ToastInput, ...] = ()
    images: tuple[ToastImage, ...] = ()
    groups: tuple[ToastGroup, ...] = ()
    progress: tuple[ToastProgress, ...] = ()
    header: ToastHeader | None = None
    audio: ToastAudio | None = None
    launch: str = ""
    activation_type: ActivationType = ActivationType.FOREGROUND
    timestamp: datetime | None = None
    tag: str = ""
    group: str = ""
    expires: datetime | None = None
    expires_on_restart: bool = False
    priority: ToastPriority = ToastPriority.DEFAULT
    suppress_popup: bool = False

    def __post_init__(self) -> None:
        if self.stays and self.scenario is ToastScenario.DEFAULT:
            object.__setattr__(self, "scenario", ToastScenario.REMINDER)
        object.__setattr__(self, "stays", self.scenario.stays)

    @property
    def stays_on_screen(self) -> bool:
        """Whether Windows leaves it on the screen: a reminder or an alarm needs a button for that, a call does not.

        Source: learn.microsoft.com, "App notification content".
        """
        return self.stays and (bool(self.buttons) or self.scenario is ToastScenario.INCOMING_CALL)

    def drawn(self) -> str:
        """Return it drawn with lines and letters, for a terminal."""
        from harness.model.toastdrawing import draw_text

        return draw_text(self)

    def _repr_html_(self) -> str:
        from harness.model.toastdrawing import draw_html

        return draw_html(self)


class ToastAnswer(StrEnum):
    """What the user did."""

    CLICKED = "clicked"
    DISMISSED = "dismissed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastResponse:
    """The user's answer.

    Attributes:
        answer: what the user did.
        arguments: that of the pressed button; for a click on the toast itself, what it was to launch with.
        inputs: what was entered, by the id of the input; every input is there when something was clicked.
    """

    answer: ToastAnswer
    arguments: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict, hash=False)
