"""What toasts are made of: buttons, inputs, images, columns, a progress bar, a header, a sound.

Source: learn.microsoft.com, "Toast content schema" and the pages of its XML elements, "App notification content".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

__all__ = [
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


class ToastScenario(StrEnum):
    """What a toast is for, which decides how long it stays and whether it may disturb."""

    DEFAULT = "default"
    REMINDER = "reminder"
    ALARM = "alarm"
    INCOMING_CALL = "incomingCall"
    URGENT = "urgent"

    @property
    def stays(self) -> bool:
        """Whether such a toast asks to be on the screen until it is answered."""
        return self in (ToastScenario.REMINDER, ToastScenario.ALARM, ToastScenario.INCOMING_CALL)


class ToastDuration(StrEnum):
    """How long a toast that does not stay is on the screen: 7 or 25 seconds."""

    SHORT = "short"
    LONG = "long"


class ToastPriority(IntEnum):
    """Whether a toast may wake the screen of a device in standby; with WinRT's numbers."""

    DEFAULT = 0
    HIGH = 1


class ActivationType(StrEnum):
    """Who is told of a click: the app, its background task, the handler of a protocol, or Windows itself."""

    FOREGROUND = "foreground"
    BACKGROUND = "background"
    PROTOCOL = "protocol"
    SYSTEM = "system"


class ButtonStyle(StrEnum):
    """The colour of a button."""

    PLAIN = ""
    SUCCESS = "Success"
    CRITICAL = "Critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastButton:
    """A button: what it says, and the argument it sends back.

    Attributes:
        content: what it says; a system button without words says "Snooze" or "Dismiss".
        arguments: what the app is told; `snooze` or `dismiss` for a system button, an address for a protocol.
        activation_type: who is told.
        image: its icon; either all buttons have one or none.
        is_in_context_menu: whether it is in the menu that a right click opens, and not below the text.
        style: its colour.
        tooltip: what is said while the mouse is on it.
        input_id: the input it stands beside; for a snooze button, the one that says how many minutes.
        keeps_toast: whether the toast stays until the app has updated it (`pendingUpdate`).
    """

    content: str
    arguments: str
    activation_type: ActivationType = ActivationType.FOREGROUND
    image: str = ""
    is_in_context_menu: bool = False
    style: ButtonStyle = ButtonStyle.PLAIN
    tooltip: str = ""
    input_id: str = ""
    keeps_toast: bool = False

    @property
    def is_snooze(self) -> bool:
        """Whether Windows itself shows the toast again later."""
        return self.activation_type is ActivationType.SYSTEM and self.arguments == "snooze"

    @property
    def is_dismiss(self) -> bool:
        """Whether Windows itself takes the toast away."""
        return self.activation_type is ActivationType.SYSTEM and self.arguments == "dismiss"

    @property
    def words(self) -> str:
        """What the user reads: its content, else what Windows puts there, else the tooltip."""
        if self.content:
            return self.content
        return "Snooze" if self.is_snooze else "Dismiss" if self.is_dismiss else self.tooltip


class InputType(StrEnum):
    """How something is entered."""

    TEXT = "text"
    SELECTION = "selection"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastSelection:
    """One of the choices of an input: what the app is told, and what the user reads."""

    id: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastInput:
    """Something to enter: a text box, or a menu of at most five choices.

    Attributes:
        id: the name of the value in the answer.
        type: how it is entered.
        title: the label above.
        placeholder: what an empty text box says.
        default: the text at the beginning, or the id of the choice.
        selections: the choices.
    """

    id: str
    type: InputType = InputType.TEXT
    title: str = ""
    placeholder: str = ""
    default: str = ""
    selections: tuple[ToastSelection, ...] = ()


class ImagePlacement(StrEnum):
    """Where a picture is."""

    INLINE = ""
    APP_LOGO = "appLogoOverride"
    HERO = "hero"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastImage:
    """A picture.

    Attributes:
        source: where it is: `file:///...`, a path, `ms-appx:///...`, `ms-appdata:///...`; the web for packaged apps.
        placement: where it is shown.
        alt: what it shows, in words.
        is_round: whether it is cropped to a circle.
    """

    source: str
    placement: ImagePlacement = ImagePlacement.INLINE
    alt: str = ""
    is_round: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastText:
    """A text in a column; `style` and `align` are hints such as `captionSubtle` and `right`."""

    content: str
    style: str = ""
    align: str = ""
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastColumn:
    """A column of texts and pictures; `weight` is its width beside the others', 0 for whatever Windows finds good."""

    children: tuple[ToastText | ToastImage, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastGroup:
    """Columns that are shown together or not at all, below the text."""

    columns: tuple[ToastColumn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastProgress:
    """A progress bar.

    Attributes:
        status: what is being done, below the bar.
        value: how much is done, 0 to 1; None for a bar that only moves.
        title: what it is about, above the bar.
        value_text: what is said instead of a percentage.
    """

    status: str
    value: float | None = 0.0
    title: str = ""
    value_text: str = ""

    @property
    def value_words(self) -> str:
        """What is said at the bar's end; nothing while nobody knows how much is done."""
        if self.value_text or self.value is None:
            return self.value_text
        return f"{self.value:.0%}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastHeader:
    """What toasts are gathered under in the notification centre; those with the same `id` stand together."""

    id: str
    title: str
    arguments: str
    activation_type: ActivationType = ActivationType.FOREGROUND


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastAudio:
    """The sound of a toast; an empty `source` is the usual one of its scenario."""

    source: str = ""
    loops: bool = False
    is_silent: bool = False
