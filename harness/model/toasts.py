"""Toasts: what the user is shown, and what the user did about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ToastKind", "ToastButton", "Toast", "ToastAnswer", "ToastResponse"]


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

    @property
    def is_about_restart(self) -> bool:
        """Whether the toast is still shown when an assignment shows only restart toasts."""
        return self in (ToastKind.RESTART_REQUIRED, ToastKind.RESTART_COUNTDOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastButton:
    """A button: what it says, and the argument it sends back."""

    content: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """One toast as the user sees it.

    Attributes:
        kind: why it is shown.
        app_name: the app it is about.
        title: the first line.
        lines: the lines below it, at most two are shown.
        buttons: at most five.
        stays: whether it stays on screen until it is answered (`scenario="reminder"`).
        tag: a newer toast with the same tag replaces it.
    """

    kind: ToastKind
    app_name: str
    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[ToastButton, ...] = ()
    attribution: str = ""
    stays: bool = False
    tag: str = ""


class ToastAnswer(StrEnum):
    """What the user did."""

    CLICKED = "clicked"
    DISMISSED = "dismissed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastResponse:
    """The user's answer; `arguments` is that of the pressed button, empty for the toast itself."""

    answer: ToastAnswer
    arguments: str = ""
