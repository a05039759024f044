"""Toasts drawn as the user sees them: HTML for notebooks, boxes of letters for a terminal.

Nothing is fetched: a picture is a place with its description. Every text comes from outside and is made harmless.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from harness.model.toastparts import ButtonStyle, ImagePlacement, InputType, ToastButton, ToastImage, ToastInput

if TYPE_CHECKING:
    from harness.model.toasts import Toast

__all__ = ["draw_html", "draw_text"]

#: How many lines there are below the title, and how many rows title and lines take. Source: learn.microsoft.com, "App
#: notification content".
_SHOWN_LINES = 2
_TITLE_ROWS = 2
_ROWS = 4
_LONGEST = 2_000


def _sender(toast: Toast) -> str:
    """Return who a toast comes from, for the bar at its top."""
    if toast.kind.is_of_agent:
        return toast.attribution or "Microsoft Intune Management Extension"
    return toast.app_name or "An app"


def _attribution(toast: Toast) -> str:
    return "" if toast.kind.is_of_agent else toast.attribution


def _buttons(toast: Toast) -> list[ToastButton]:
    return [button for button in toast.buttons if not button.is_in_context_menu]


def _placed(toast: Toast, placement: ImagePlacement) -> list[ToastImage]:
    return [image for image in toast.images if image.placement is placement]


def _entered(entry: ToastInput) -> str:
    """Return what an input shows at the beginning."""
    if entry.type is InputType.TEXT:
        return entry.default or entry.placeholder
    return next((choice.content for choice in entry.selections if choice.id == entry.default), "")


# --- HTML -----------------------------------------------------------------------------------------------------------

_STYLE = """
.ime-toast{width:364px;max-width:100%;box-sizing:border-box;border-radius:8px;overflow:hidden;margin:6px 0;
font:14px/20px 'Segoe UI Variable','Segoe UI',system-ui,sans-serif;background:#f9f9f9;color:#1a1a1a;
border:1px solid rgb(0 0 0/12%);box-shadow:0 6px 16px rgb(0 0 0/18%)}
.ime-toast *{box-sizing:border-box;margin:0}
.ime-toast .in{padding:12px 16px 16px}
.ime-toast .bar,.ime-toast .row,.ime-toast .cols{display:flex;gap:8px}
.ime-toast .bar{font-size:12px;line-height:16px;margin-bottom:10px;align-items:center}
.ime-toast .bar b{flex:1;font-weight:400}
.ime-toast .icon{width:16px;height:16px;border-radius:3px;background:linear-gradient(135deg,#3aa0f3,#0f5ab8)}
.ime-toast .pic{background:#d5dbe3;color:#30353b;font-size:11px;line-height:14px;padding:4px;overflow:hidden;
display:flex;align-items:center;justify-content:center;text-align:center}
.ime-toast .hero{height:90px}.ime-toast .inline{height:90px;margin-top:8px;border-radius:4px}
.ime-toast .logo{width:48px;height:48px;flex:none}.ime-toast .round{border-radius:50%}
.ime-toast .cols>*{flex:1;min-width:0}
.ime-toast .title{font-weight:600}.ime-toast .line{opacity:.7}.ime-toast .small{opacity:.7;font-size:12px}
.ime-toast .track{height:4px;border-radius:2px;background:rgb(128 128 128/35%);margin:6px 0}
.ime-toast .done{height:4px;border-radius:2px;background:#0f6cbd}
.ime-toast .entry,.ime-toast .button{flex:1;padding:5px 8px;border-radius:4px;border:1px solid rgb(128 128 128/35%);
min-height:32px}
.ime-toast .row{margin-top:12px}.ime-toast .button{text-align:center;background:rgb(255 255 255/60%)}
.ime-toast .Success{background:#0f7b0f;color:#fff}.ime-toast .Critical{background:#c42b1c;color:#fff}
@media(prefers-color-scheme:dark){.ime-toast{background:#2c2c2c;color:#fff;border-color:rgb(255 255 255/14%)}
.ime-toast .pic{background:#464c54;color:#e6e9ec}.ime-toast .button{background:rgb(255 255 255/9%)}
.ime-toast .Success{background:#6ccb5f;color:#000}.ime-toast .Critical{background:#ff99a4;color:#000}}
"""


def draw_html(toast: Toast, note: str = "") -> str:
    """Return a toast as HTML that stands by itself, light or dark as the reader's screen is.

    Args:
        toast: what it says.
        note: a small line below the toast, for example what became of it.
    """
    logos, inside = _placed(toast, ImagePlacement.APP_LOGO), "".join(_text_html(toast))
    if logos:
        inside = f'<div class="row" style="margin:0">{_picture(logos[0], "logo")}<div>{inside}</div></div>'
    parts = [
        *(_picture(image, "hero") for image in _placed(toast, ImagePlacement.HERO)[:1]),
        '<div class="in"><div class="bar"><span class="icon"></span>',
        f'<b>{escape(_sender(toast))}</b><span aria-hidden="true">···&ensp;✕</span></div>',
        inside,
        *(_picture(image, "inline") for image in _placed(toast, ImagePlacement.INLINE)),
        *_below_html(toast),
        "</div>",
    ]
    under = f'<div style="font-size:12px;opacity:.75">{escape(note)}</div>' if note else ""
    return f'<style>{_STYLE}</style><div class="ime-toast" role="alert">{"".join(parts)}</div>{under}'


def _text_html(toast: Toast) -> Iterator[str]:
    yield f'<div class="title">{escape(toast.title)}</div>'
    for line in toast.lines[:_SHOWN_LINES]:
        yield f'<div class="line">{escape(line)}</div>'
    if attribution := _attribution(toast):
        yield f'<div class="small">{escape(attribution)}</div>'


def _below_html(toast: Toast) -> Iterator[str]:
    for group in toast.groups:
        columns = (
            "".join(
                _picture(child, "inline") if isinstance(child, ToastImage) else f"<div>{escape(child.content)}</div>"
                for child in column.children
            )
            for column in group.columns
        )
        yield f'<div class="cols">{"".join(f"<div>{column}</div>" for column in columns)}</div>'
    for bar in toast.progress:
        done = 35 if bar.value is None else round(bar.value * 100)
        yield f'<div>{escape(bar.title)}</div><div class="track"><div class="done" style="width:{done}%"></div></div>'
        yield f'<div class="bar"><b>{escape(bar.status)}</b><span>{escape(bar.value_words)}</span></div>'
    # Beside a text box is the button that sends it; the one of a menu is with the others.
    boxes = {entry.id for entry in toast.inputs if entry.type is InputType.TEXT}
    for entry in toast.inputs:
        is_box = entry.id in boxes
        beside = [_button_html(button) for button in _buttons(toast) if is_box and button.input_id == entry.id]
        arrow = '<span style="float:right">▾</span>' if entry.type is InputType.SELECTION else ""
        label = f'<div class="small">{escape(entry.title)}</div>' if entry.title else ""
        box = f'<div class="entry">{escape(_entered(entry))}{arrow}</div>'
        yield f'{label}<div class="row">{box}{"".join(beside)}</div>'
    if rest := [_button_html(button) for button in _buttons(toast) if button.input_id not in boxes]:
        yield f'<div class="row">{"".join(rest)}</div>'


def _button_html(button: ToastButton) -> str:
    style = f" {button.style.value}" if button.style is not ButtonStyle.PLAIN else ""
    return f'<div class="button{style}" title="{escape(button.tooltip)}">{escape(button.words)}</div>'


def _picture(image: ToastImage, place: str) -> str:
    shape = " round" if image.is_round else ""
    words = escape(image.alt or image.source.replace("\\", "/").rpartition("/")[2])
    return f'<div class="pic {place}{shape}" role="img">{words}</div>'


# --- letters --------------------------------------------------------------------------------------------------------

_WIDTH = 56


def draw_text(toast: Toast, note: str = "") -> str:
    """Return a toast drawn with lines and letters; control characters are shown as `·`.

    Args:
        toast: what it says.
        note: a line below the toast.
    """
    bar = _fitted(f"▣ {_plain(_sender(toast))}", _WIDTH - 8)
    lines = [f"{bar}{' ' * (_WIDTH - 6 - _columns(bar))}···  ✕", ""]
    for image in (*_placed(toast, ImagePlacement.HERO), *_placed(toast, ImagePlacement.APP_LOGO)):
        lines += _picture_text(image)
    lines += _wrapped(toast.title)[:_TITLE_ROWS]
    lines += [row for line in toast.lines[:_SHOWN_LINES] for row in _wrapped(line)][:_ROWS]
    lines += _wrapped(_attribution(toast))
    for image in _placed(toast, ImagePlacement.INLINE):
        lines += _picture_text(image)
    lines += _below_text(toast)
    inner = [f"│ {line}{' ' * (_WIDTH - _columns(line))} │" for line in lines]
    under = [f"  {_plain(note)}"] if note else []
    return "\n".join([f"╭{'─' * (_WIDTH + 2)}╮", *inner, f"╰{'─' * (_WIDTH + 2)}╯", *under])


def _below_text(toast: Toast) -> Iterator[str]:
    for group in toast.groups:
        for column in group.columns:
            for child in column.children:
                yield from _picture_text(child) if isinstance(child, ToastImage) else _wrapped(child.content)
    for bar in toast.progress:
        yield from _wrapped(bar.title)
        done = 0 if bar.value is None else round(bar.value * _WIDTH)
        yield "█" * done + "░" * (_WIDTH - done)
        yield from _wrapped(f"{bar.status}  {bar.value_words}".rstrip())
    for entry in toast.inputs:
        yield from _wrapped(entry.title)
        arrow = " ▾" if entry.type is InputType.SELECTION else ""
        shown = _fitted(_plain(_entered(entry)), _WIDTH - 4 - len(arrow))
        yield f"[ {shown}{'_' * (_WIDTH - 4 - len(arrow) - _columns(shown))}{arrow} ]"
    if buttons := _buttons(toast):
        yield ""
        yield from _rows([f"[ {_fitted(_plain(button.words), _WIDTH - 4)} ]" for button in buttons])


def _rows(words: Sequence[str]) -> Iterator[str]:
    row = ""
    for word in words:
        if row and _columns(row) + 2 + _columns(word) > _WIDTH:
            yield row
            row = ""
        row = f"{row}  {word}" if row else word
    yield row


def _picture_text(image: ToastImage) -> list[str]:
    words = image.alt or image.source.replace("\\", "/").rpartition("/")[2]
    return [_fitted(f"⟦ {_plain(words)} ⟧", _WIDTH)]


def _wrapped(text: str) -> list[str]:
    """Break a text at its spaces; a word that is too long is cut."""
    lines = [""]
    for word in _plain(text[:_LONGEST]).split(" "):
        if lines[-1] and _columns(lines[-1]) + 1 + _columns(word) > _WIDTH:
            lines.append("")
        lines[-1] = _fitted(f"{lines[-1]} {word}" if lines[-1] else word, _WIDTH)
    return [line for line in lines if line]


def _plain(text: str) -> str:
    """Return a text without line ends, and with `·` for what would move the cursor or change colours."""
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "·" for letter in text)


def _fitted(text: str, width: int) -> str:
    text = text[: 4 * width]
    if _columns(text) <= width:
        return text
    while _columns(text) >= width:
        text = text[:-1]
    return f"{text}…"


def _columns(text: str) -> int:
    """Return how many places a text takes in a terminal: two for a wide letter, none for a mark on another."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
