"""A toast's XML turned into a toast: as much of it as Windows shows, mistakes passed over as Windows does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from harness.formats.toastschema import LEGACY_TEMPLATES
from harness.formats.xmlnodes import XmlNode
from harness.model.toasts import (
    ActivationType,
    ButtonStyle,
    ImagePlacement,
    InputType,
    Toast,
    ToastAudio,
    ToastButton,
    ToastColumn,
    ToastDuration,
    ToastGroup,
    ToastHeader,
    ToastImage,
    ToastInput,
    ToastProgress,
    ToastScenario,
    ToastSelection,
    ToastText,
)

__all__ = ["toast_of", "bind"]

E = TypeVar("E", bound=StrEnum)

#: What Windows writes where a toast has no text (from memory).
_NO_TEXT = "New notification"


def bind(root: XmlNode, data: Mapping[str, str]) -> list[XmlNode]:
    """Put values in the places that are bound to data, `{name}`: texts and progress bars of the binding.

    Source: learn.microsoft.com, "Toast progress bar and data binding".

    Returns:
        The elements bound to data that there is no value for.
    """
    unbound = []
    for visual in root.all("visual"):
        for binding in visual.all("binding"):
            for node in binding.children:
                if node.name == "text" and (name := _bound(node.text)):
                    node.text = data.get(name, node.text)
                    unbound += [] if name in data else [node]
                if node.name == "progress":
                    names = {key: name for key, value in node.attributes.items() if (name := _bound(value))}
                    found = {key: data[name] for key, name in names.items() if name in data}
                    unbound += [] if len(found) == len(names) else [node]
                    node.attributes = {**node.attributes, **found}
    return unbound


def toast_of(root: XmlNode) -> Toast:
    """Return what a toast's XML says; what is missing or not known is left out."""
    visual = root.first("visual")
    binding = visual.first("binding") if visual else None
    template = binding.get("template") if binding else ""
    texts, attribution = _texts(binding) if binding else ([], "")
    actions = root.first("actions")
    return Toast(
        title=texts[0] if texts else _NO_TEXT if binding else "",
        lines=tuple(texts[1 : LEGACY_TEMPLATES.get(template)]),
        attribution=attribution,
        images=tuple(_image(image) for image in binding.all("image")) if binding else (),
        groups=tuple(_group(group) for group in binding.all("group")) if binding else (),
        progress=tuple(_progress(bar) for bar in binding.all("progress")) if binding else (),
        inputs=tuple(_inputs(actions)) if actions else (),
        buttons=tuple(_buttons(actions, has_styles=_truth(root, "useButtonStyle"))) if actions else (),
        scenario=_one_of(ToastScenario, root, "scenario", ToastScenario.DEFAULT),
        duration=_one_of(ToastDuration, root, "duration", ToastDuration.SHORT),
        header=_first(root, "header", _header),
        audio=_first(root, "audio", _audio),
        launch=root.get("launch"),
        activation_type=_one_of(ActivationType, root, "activationType", ActivationType.FOREGROUND),
        timestamp=_moment(root.get("displayTimestamp")),
    )


def _texts(binding: XmlNode) -> tuple[list[str], str]:
    nodes = binding.all("text")
    if binding.get("template") in LEGACY_TEMPLATES:
        nodes = sorted(nodes, key=lambda node: int(number) if (number := node.get("id", "0")).isdecimal() else 0)
    attribution = [node.text for node in nodes if node.get("placement") == "attribution"]
    texts = [node.text for node in nodes if node.get("placement") != "attribution"]
    return texts, attribution[0] if attribution else ""


def _image(node: XmlNode) -> ToastImage:
    return ToastImage(
        source=node.get("src"),
        placement=_one_of(ImagePlacement, node, "placement", ImagePlacement.INLINE),
        alt=node.get("alt"),
        is_round=node.get("hint-crop") == "circle",
    )


def _group(node: XmlNode) -> ToastGroup:
    return ToastGroup(columns=tuple(_column(column) for column in node.all("subgroup")))


def _column(node: XmlNode) -> ToastColumn:
    weight = node.get("hint-weight")
    return ToastColumn(
        children=tuple(
            _image(child) if child.name == "image" else _styled(child)
            for child in node.children
            if child.name in ("image", "text")
        ),
        weight=int(weight) if weight.isascii() and weight.isdecimal() and len(weight) < 10 else 0,  # noqa: PLR2004
    )


def _styled(node: XmlNode) -> ToastText:
    return ToastText(
        content=node.text,
        style=node.get("hint-style"),
        align=node.get("hint-align"),
        wraps=_truth(node, "hint-wrap"),
    )


def _progress(node: XmlNode) -> ToastProgress:
    value: float | None = None
    if node.get("value") != "indeterminate":
        try:
            value = float(node.get("value"))
        except ValueError:
            value = 0.0
        value = min(value, 1.0) if value >= 0 else 0.0
    return ToastProgress(
        status=node.get("status"), value=value, title=node.get("title"), value_text=node.get("valueStringOverride")
    )


def _inputs(actions: XmlNode) -> list[ToastInput]:
    return [
        ToastInput(
            id=node.get("id"),
            type=InputType(node.get("type")),
            title=node.get("title"),
            placeholder=node.get("placeHolderContent"),
            default=node.get("defaultInput"),
            selections=tuple(
                ToastSelection(id=choice.get("id"), content=choice.get("content")) for choice in node.all("selection")
            ),
        )
        for node in actions.all("input")
        if node.get("type") in tuple(InputType)
    ]


def _buttons(actions: XmlNode, *, has_styles: bool) -> list[ToastButton]:
    buttons = [
        ToastButton(
            content=node.get("content"),
            arguments=node.get("arguments"),
            activation_type=_one_of(ActivationType, node, "activationType", ActivationType.FOREGROUND),
            image=node.get("imageUri"),
            is_in_context_menu=node.get("placement") == "contextMenu",
            style=_one_of(ButtonStyle, node, "hint-buttonStyle", ButtonStyle.PLAIN)
            if has_styles
            else ButtonStyle.PLAIN,
            tooltip=node.get("hint-toolTip"),
            input_id=node.get("hint-inputId") or node.get("hint-inputid"),
            keeps_toast=node.get("afterActivationBehavior") == "pendingUpdate",
        )
        for node in actions.all("action")
    ]
    if actions.get("hint-systemCommands") == "SnoozeAndDismiss":
        # Windows also offers a menu of times, which are not documented.
        buttons += [
            ToastButton(content="", arguments=does, activation_type=ActivationType.SYSTEM)
            for does in ("snooze", "dismiss")
        ]
    return buttons


def _header(node: XmlNode) -> ToastHeader:
    return ToastHeader(
        id=node.get("id"),
        title=node.get("title"),
        arguments=node.get("arguments"),
        activation_type=_one_of(ActivationType, node, "activationType", ActivationType.FOREGROUND),
    )


def _audio(node: XmlNode) -> ToastAudio:
    return ToastAudio(source=node.get("src"), loops=_truth(node, "loop"), is_silent=_truth(node, "silent"))


T = TypeVar("T")


def _first(root: XmlNode, name: str, read: Callable[[XmlNode], T]) -> T | None:
    node = root.first(name)
    return read(node) if node else None


def _one_of(kind: type[E], node: XmlNode, name: str, default: E) -> E:
    value = node.get(name)
    return kind(value) if value in tuple(kind) else default


def _truth(node: XmlNode, name: str) -> bool:
    return node.get(name) in ("true", "1")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bound(text: str) -> str:
    """Return the name that a text is bound to; empty for an ordinary text."""
    inner = text.strip()
    is_bound = inner.startswith("{") and inner.endswith("}") and inner[1:-1].isidentifier()
    return inner[1:-1] if is_bound else ""
