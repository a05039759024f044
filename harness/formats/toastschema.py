"""What Windows makes of a toast's XML: what keeps it from being shown, and what it passes over without a word.

Source: learn.microsoft.com, "Toast XML Schema" (a page for each element), "Toast content schema", "App notification
content" and "Troubleshooting push notifications" (names and values are case-sensitive). How much of a toast a mistake
costs is documented for a part only; the rest is from memory, and where pages disagree the finding says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from harness.errors import Problem
from harness.formats.entrynames import shown
from harness.formats.xmlnodes import XmlNode

__all__ = ["ToastEffect", "ToastFinding", "check_tree", "LARGEST_TOAST", "LEGACY_TEMPLATES"]

#: Bytes of a toast's XML in UTF-8. Source: the archived Tiles and Toasts blog, "How to keep your tile notification
#: payload under 5 KB", and learn.microsoft.com on push notifications; for local toasts from memory.
LARGEST_TOAST = 5 * 1024

#: The templates of Windows 8, which are shown still, and how many texts each has.
LEGACY_TEMPLATES = {
    f"Toast{image}Text0{number}": texts
    for image in ("", "ImageAnd")
    for number, texts in ((1, 1), (2, 2), (3, 2), (4, 3))
}

_MOST_TEXTS = 3
_TRUTHS = ("true", "false", "1", "0")
_SOUND = re.compile(
    r"ms-winsoundevent:Notification\.(Default|IM|Mail|Reminder|SMS|Looping\.(Alarm|Call)([2-9]|10)?)"
    r"|ms-(appx|appdata|resource):.+"
)


class ToastEffect(StrEnum):
    """What a mistake costs."""

    NOTHING_SHOWN = "nothing is shown"
    PART_IGNORED = "that part is ignored"
    UNCERTAIN = "what Windows does is not certain"


@dataclass(frozen=True, slots=True)
class ToastFinding(Problem):
    """Something in a toast that is not as Windows wants it; `where` is the line and the element's path."""

    effect: ToastEffect = ToastEffect.PART_IGNORED

    def __str__(self) -> str:
        return f"{self.where}: {self.message}, and {self.effect}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """What an element may have: attributes, values of those that are not free, children and how many."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)


_ACTIVATION = ("foreground", "background", "protocol")
_TARGET = "protocolActivationTargetApplicationPfn"
_LOCALE = ("lang", "baseUri", "addImageQuery")

_ELEMENTS = {
    "toast": _Element(
        optional=(
            *("launch", "duration", "displayTimestamp", "scenario", "useButtonStyle", "activationType"),
            *("hint-people", _TARGET),
        ),
        values={
            "duration": ("short", "long"),
            "scenario": ("default", "reminder", "alarm", "incomingCall", "urgent"),
            "useButtonStyle": _TRUTHS,
            "activationType": _ACTIVATION,
        },
        children=("visual", "actions", "audio", "header"),
    ),
    "visual": _Element(
        optional=(*_LOCALE, "version", "branding"), values={"addImageQuery": _TRUTHS}, children=("binding",)
    ),
    "binding": _Element(
        required=("template",),
        optional=(*_LOCALE, "fallback", "branding"),
        values={"addImageQuery": _TRUTHS},
        children=("text", "image", "group", "progress"),
    ),
    "text": _Element(
        optional=(
            *("id", "lang", "placement", "hint-maxLines", "hint-minLines", "hint-style", "hint-wrap", "hint-align"),
            "hint-callScenarioCenterAlign",
        ),
        values={
            "placement": ("attribution",),
            "hint-wrap": _TRUTHS,
            "hint-callScenarioCenterAlign": _TRUTHS,
            "hint-align": ("auto", "left", "center", "right"),
        },
    ),
    "image": _Element(
        required=("src",),
        optional=("id", "alt", "addImageQuery", "placement", "hint-crop", "hint-removeMargin", "hint-align"),
        values={
            "placement": ("appLogoOverride", "hero"),
            "hint-crop": ("circle", "none"),
            "addImageQuery": _TRUTHS,
            "hint-removeMargin": _TRUTHS,
            "hint-align": ("stretch", "left", "center", "right"),
        },
    ),
    "group": _Element(children=("subgroup",)),
    "subgroup": _Element(
        optional=("hint-weight", "hint-textStacking"),
        values={"hint-textStacking": ("top", "center", "bottom")},
        children=("text", "image"),
    ),
    "progress": _Element(required=("value", "status"), optional=("title", "valueStringOverride")),
    "actions": _Element(
        optional=("hint-systemCommands",),
        values={"hint-systemCommands": ("SnoozeAndDismiss",)},
        children=("input", "action"),
        most={"input": 5, "action": 5},
    ),
    "input": _Element(
        required=("id", "type"),
        optional=("title", "placeHolderContent", "defaultInput"),
        values={"type": ("text", "selection")},
        children=("selection",),
        most={"selection": 5},
    ),
    "selection": _Element(required=("id", "content")),
    "action": _Element(
        required=("content", "arguments"),
        optional=(
            *("activationType", "afterActivationBehavior", "placement", "imageUri", "type", _TARGET),
            # The page of the element writes hint-inputid, the examples hint-inputId.
            *("hint-inputId", "hint-inputid", "hint-buttonStyle", "hint-toolTip"),
        ),
        values={
            "activationType": (*_ACTIVATION, "system"),
            "afterActivationBehavior": ("default", "pendingUpdate"),
            "placement": ("contextMenu",),
            "hint-buttonStyle": ("Success", "Critical"),
        },
    ),
    "audio": _Element(optional=("src", "loop", "silent"), values={"loop": _TRUTHS, "silent": _TRUTHS}),
    "header": _Element(
        required=("id", "title", "arguments"),
        optional=("activationType", _TARGET),
        values={"activationType": ("foreground", "protocol")},
    ),
}


def check_tree(root: XmlNode) -> list[ToastFinding]:
    """Return everything that Windows would not do as the XML says; elements first, then what they mean together."""
    if root.name != "toast":
        return [_nothing(root, f"the outermost element is {shown(root.name)!r}, expected 'toast'")]
    return [*_elements(root), *_visual(root), *_buttons(root), *_inputs(root), *_rest(root)]


# --- one element at a time ----------------------------------------------------------------------------------------


def _elements(node: XmlNode) -> Iterator[ToastFinding]:
    rule = _ELEMENTS[node.name]
    for name in rule.required:
        if name not in node.attributes:
            yield _nothing(node, f"has no attribute {name!r}, which it needs")
    for name, value in node.attributes.items():
        allowed = rule.values.get(name)
        if name not in (*rule.required, *rule.optional):
            yield _ignored(node, f"has an attribute {_named(name, (*rule.required, *rule.optional))}")
        elif allowed and value not in allowed:
            yield _ignored(node, f"has {name}={_named(value, allowed)}, expected one of {', '.join(allowed)}")
    for name, most in rule.most.items():
        if (count := len(node.all(name))) > most:
            yield _nothing(node, f"holds {count} elements {name!r}, at most {most} are allowed")
    for child in node.children:
        if child.name in rule.children:
            yield from _elements(child)
        elif child.name == "commands" and node.name == "toast":
            yield _ignored(child, "is from Windows 8.1 and not supported any more; 'scenario' and 'actions' replace it")
        else:
            yield _ignored(child, f"is not expected inside {node.name!r}: {_named(child.name, rule.children)}")


def _named(name: str, known: tuple[str, ...]) -> str:
    """Quote a name that is not known, with the one that was meant if only its case is wrong."""
    meant = next((one for one in known if one.casefold() == name.casefold()), None)
    return f"{shown(name)!r}" + (f" (XML is case-sensitive, write {meant!r})" if meant else "")


# --- what elements mean together ----------------------------------------------------------------------------------


def _visual(root: XmlNode) -> Iterator[ToastFinding]:
    visuals = root.all("visual")
    bindings = [binding for visual in visuals for binding in visual.all("binding")]
    if not bindings:
        yield _nothing(visuals[0] if visuals else root, f"has no {'binding' if visuals else 'visual'!r}")
    for extra in (*visuals[1:], *bindings[1:]):
        yield _ignored(extra, "is there although a toast has only one")
    for binding in bindings[:1]:
        template = binding.get("template")
        if template == "ToastGeneric":
            yield from _generic(binding)
        elif template in LEGACY_TEMPLATES:
            yield from _legacy(binding, LEGACY_TEMPLATES[template])
        elif template:
            known = ("ToastGeneric", *LEGACY_TEMPLATES)
            yield _nothing(binding, f"has the template {_named(template, known)}, expected 'ToastGeneric'")


def _generic(binding: XmlNode) -> Iterator[ToastFinding]:
    texts = [text for text in binding.all("text") if text.get("placement") != "attribution"]
    if not texts:
        yield _uncertain(binding, "has no text; Windows writes 'New notification'")
    for text in texts[_MOST_TEXTS:]:
        yield _ignored(text, f"is a text too many, only {_MOST_TEXTS} and the attribution are shown")
    for placement in ("appLogoOverride", "hero"):
        for extra in [image for image in binding.all("image") if image.get("placement") == placement][1:]:
            yield _ignored(extra, f"is a second picture in the place {placement!r}")
    for image in binding.all("image"):
        if image.get("src").startswith(("http:", "https:")):
            yield _ignored(image, "is on the web, which only packaged apps may show")
    for progress in binding.all("progress"):
        value = progress.get("value", "0")
        if value != "indeterminate" and not re.fullmatch(r"0*(0?\.\d{1,12}|[01](\.0*)?)", value):
            yield _ignored(progress, f"has value={shown(value)!r}, expected 0.0 to 1.0 or 'indeterminate'")


def _legacy(binding: XmlNode, most: int) -> Iterator[ToastFinding]:
    for text in binding.all("text")[most:]:
        yield _ignored(text, f"is a text too many, the template {binding.get('template')!r} has {most}")
    for other in (*binding.all("group"), *binding.all("progress")):
        yield _ignored(other, "needs the template 'ToastGeneric'")


def _buttons(root: XmlNode) -> Iterator[ToastFinding]:
    actions = root.first("actions")
    buttons = actions.all("action") if actions else []
    inputs = {each.get("id"): each for each in actions.all("input")} if actions else {}
    if buttons and any(button.get("imageUri") for button in buttons):
        for button in buttons:
            if not button.get("imageUri") and button.get("placement") != "contextMenu":
                yield _ignored(button, "has no imageUri, although others have; then all must")
    has_styles = root.get("useButtonStyle") in ("true", "1")
    for button in buttons:
        if button.get("hint-buttonStyle") and not has_styles:
            yield _ignored(button, "has a hint-buttonStyle, which needs useButtonStyle='true' on 'toast'")
        name = button.get("hint-inputId") or button.get("hint-inputid")
        if name and name not in inputs:
            yield _ignored(button, f"names the input {shown(name)!r}, which is not there")
        if button.get("activationType") == "system":
            yield from _system(button, inputs.get(name))


def _system(button: XmlNode, times: XmlNode | None) -> Iterator[ToastFinding]:
    does = button.get("arguments")
    if does not in ("snooze", "dismiss"):
        yield _ignored(button, f"asks the system for {shown(does)!r}, expected 'snooze' or 'dismiss'")
    if does == "snooze" and times:
        for selection in times.all("selection"):
            if not re.fullmatch(r"\d{1,6}", selection.get("id")):
                text = f"has the id {shown(selection.get('id'))!r}, expected the minutes to snooze for"
                yield _ignored(selection, text)


def _inputs(root: XmlNode) -> Iterator[ToastFinding]:
    actions = root.first("actions")
    seen: set[str] = set()
    for child in actions.children if actions else []:
        if child.name == "action":
            seen.add("")
        elif child.name == "input":
            if "" in seen:
                yield _nothing(child, "comes after an 'action', expected all inputs before the first")
            if child.get("id") in seen:
                yield _ignored(child, f"has the id {shown(child.get('id'))!r}, which another input has too")
            seen.add(child.get("id"))
            yield from _input(child)


def _input(node: XmlNode) -> Iterator[ToastFinding]:
    choices = [choice.get("id") for choice in node.all("selection")]
    default = node.get("defaultInput")
    if node.get("type") == "selection" and default and default not in choices:
        yield _ignored(node, f"has defaultInput={shown(default)!r}, which is none of its choices")
    if node.get("type") == "text" and choices:
        yield _ignored(node, "is a text box with choices")


def _rest(root: XmlNode) -> Iterator[ToastFinding]:
    scenario, actions, audio = root.get("scenario"), root.first("actions"), root.first("audio")
    buttons = actions.all("action") if actions else []
    has_system_buttons = actions is not None and actions.get("hint-systemCommands") == "SnoozeAndDismiss"
    if scenario in ("reminder", "alarm") and not has_system_buttons:
        if not buttons:
            yield _ignored(root, f"has scenario={scenario!r} and no button, which makes it an ordinary toast")
        elif all(button.get("activationType", "foreground") == "foreground" for button in buttons):
            text = f"has scenario={scenario!r} and only buttons that bring the app to the front"
            yield _uncertain(root, f"{text}; one page of the documentation asks for one that works in the background")
    if moment := root.get("displayTimestamp"):
        try:
            if datetime.fromisoformat(moment).tzinfo is None:
                yield _uncertain(root, f"has displayTimestamp={shown(moment)!r} without a time zone")
        except ValueError:
            yield _ignored(root, f"has displayTimestamp={shown(moment)!r}, expected a time in ISO 8601")
    if audio:
        if audio.get("loop") in ("true", "1") and root.get("duration") != "long" and scenario in ("", "default"):
            yield _ignored(audio, "has loop='true', which needs duration='long' on 'toast'")
        if audio.get("src") and not _SOUND.fullmatch(audio.get("src")):
            yield _ignored(audio, f"has the sound {shown(audio.get('src'))!r}, which Windows does not have")


def _nothing(node: XmlNode, message: str) -> ToastFinding:
    return ToastFinding(node.where, message, ToastEffect.NOTHING_SHOWN)


def _ignored(node: XmlNode, message: str) -> ToastFinding:
    return ToastFinding(node.where, message, ToastEffect.PART_IGNORED)


def _uncertain(node: XmlNode, message: str) -> ToastFinding:
    return ToastFinding(node.where, message, ToastEffect.UNCERTAIN)
