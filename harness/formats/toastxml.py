"""Toast XML: what Windows is handed to show a toast, written and read.

`check_toast` says what Windows would not do as it is told: it mostly says nothing itself. `read_toast` raises only for
what Windows refuses, XML that is not well-formed.

Source: learn.microsoft.com, "Toast XML Schema" and "Toast content schema".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.formats.toastreading import bind, toast_of
from harness.formats.toastschema import LARGEST_TOAST, ToastEffect, ToastFinding, check_tree
from harness.formats.xmlnodes import read_xml, xml_element
from harness.model.toasts import (
    ActivationType,
    ButtonStyle,
    Toast,
    ToastButton,
    ToastColumn,
    ToastDuration,
    ToastGroup,
    ToastImage,
    ToastInput,
    ToastProgress,
    ToastScenario,
)

__all__ = ["to_toast_xml", "read_toast", "check_toast", "inspect_toast", "ToastEffect", "ToastFinding", "LARGEST_TOAST"]

#: Attributes in order; None, False and an empty text leave one out.
_Attributes = dict[str, str | bool | None]


def read_toast(document: str | bytes, *, source: str = "toast", data: Mapping[str, str] | None = None) -> Toast:
    """Read a toast: `ToastGeneric`, or a template of Windows 8 (`ToastText02`).

    Args:
        document: the XML; bytes are UTF-8 or UTF-16.
        source: its name for messages.
        data: values for what is bound to data (`{progressValue}`).

    Raises:
        FormatError: if it is not well-formed XML, or holds a document type.
    """
    return inspect_toast(document, source=source, data=data)[0]


def check_toast(
    document: str | bytes, *, source: str = "toast", data: Mapping[str, str] | None = None
) -> list[ToastFinding]:
    """Return everything that Windows would not show as the XML says, with line, path and what it costs.

    Raises:
        FormatError: as `read_toast` does.
    """
    return inspect_toast(document, source=source, data=data)[1]


def inspect_toast(
    document: str | bytes, *, source: str = "toast", data: Mapping[str, str] | None = None
) -> tuple[Toast, list[ToastFinding]]:
    """Read and check a toast at once.

    Raises:
        FormatError: as `read_toast` does.
    """
    root = read_xml(document, source)
    unbound = bind(root, data or {})
    findings = check_tree(root)
    size = len(document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document)
    if size > LARGEST_TOAST:
        text = f"is {size:,} bytes long, Windows takes {LARGEST_TOAST:,}"
        findings.insert(0, ToastFinding(root.where, text, ToastEffect.NOTHING_SHOWN))
    for node in unbound:
        text = "is bound to data that is not there"
        findings.append(ToastFinding(node.where, text, ToastEffect.UNCERTAIN))
    return toast_of(root), findings


def to_toast_xml(toast: Toast) -> str:
    """Write a toast as `ToastGeneric`, indented, without a declaration; what is not part of the XML is left away.

    Raises:
        UsageError: if a text holds a character that XML cannot.
    """
    attributes: _Attributes = {
        "launch": toast.launch,
        "activationType": _not(toast.activation_type, ActivationType.FOREGROUND),
        "duration": _not(toast.duration, ToastDuration.SHORT),
        "scenario": _not(toast.scenario, ToastScenario.DEFAULT),
        "displayTimestamp": toast.timestamp.isoformat() if toast.timestamp else None,
        "useButtonStyle": any(button.style is not ButtonStyle.PLAIN for button in toast.buttons),
    }
    binding = xml_element("binding", {"template": "ToastGeneric"}, [*_visual(toast)])
    parts = [xml_element("visual", {}, [binding])]
    if toast.inputs or toast.buttons:
        inputs, buttons = map(_input, toast.inputs), map(_action, toast.buttons)
        parts.append(xml_element("actions", {}, [*inputs, *buttons]))
    if (audio := toast.audio) is not None:
        values: _Attributes = {"src": audio.source, "loop": audio.loops, "silent": audio.is_silent}
        parts.append(xml_element("audio", _given(values)))
    if (header := toast.header) is not None:
        names = {"id": header.id, "title": header.title, "arguments": header.arguments}
        told = _given({"activationType": _not(header.activation_type, ActivationType.FOREGROUND)})
        parts.append(xml_element("header", names | told))
    return xml_element("toast", _given(attributes), parts)


def _visual(toast: Toast) -> Iterator[str]:
    for line in (toast.title, *toast.lines):
        yield xml_element("text", {}, line)
    if toast.attribution:
        yield xml_element("text", {"placement": "attribution"}, toast.attribution)
    yield from map(_image, toast.images)
    yield from map(_group, toast.groups)
    yield from map(_progress, toast.progress)


def _image(image: ToastImage) -> str:
    rest = {"placement": image.placement.value, "alt": image.alt, "hint-crop": "circle" if image.is_round else None}
    return xml_element("image", {"src": image.source} | _given(rest))


def _group(group: ToastGroup) -> str:
    return xml_element("group", {}, [_column(column) for column in group.columns])


def _column(column: ToastColumn) -> str:
    children = []
    for child in column.children:
        if isinstance(child, ToastImage):
            children.append(_image(child))
        else:
            hints: _Attributes = {"hint-style": child.style, "hint-align": child.align, "hint-wrap": child.wraps}
            children.append(xml_element("text", _given(hints), child.content))
    return xml_element("subgroup", _given({"hint-weight": str(column.weight or "")}), children)


def _progress(bar: ToastProgress) -> str:
    value = "indeterminate" if bar.value is None else f"{bar.value:.4f}".rstrip("0").removesuffix(".")
    rest = {"title": bar.title, "valueStringOverride": bar.value_text}
    return xml_element("progress", {"status": bar.status, "value": value} | _given(rest))


def _input(entry: ToastInput) -> str:
    rest = {"title": entry.title, "placeHolderContent": entry.placeholder, "defaultInput": entry.default}
    choices = [xml_element("selection", {"id": each.id, "content": each.content}) for each in entry.selections]
    return xml_element("input", {"id": entry.id, "type": entry.type.value} | _given(rest), choices)


def _action(button: ToastButton) -> str:
    rest: _Attributes = {
        "activationType": _not(button.activation_type, ActivationType.FOREGROUND),
        "afterActivationBehavior": "pendingUpdate" if button.keeps_toast else None,
        "placement": "contextMenu" if button.is_in_context_menu else None,
        "imageUri": button.image,
        "hint-inputId": button.input_id,
        "hint-buttonStyle": button.style.value,
        "hint-toolTip": button.tooltip,
    }
    return xml_element("action", {"content": button.content, "arguments": button.arguments} | _given(rest))


def _given(attributes: Mapping[str, str | bool | None]) -> dict[str, str]:
    return {name: "true" if value is True else value for name, value in attributes.items() if value}


def _not(value: str, default: str) -> str | None:
    return None if value == default else str(value)
