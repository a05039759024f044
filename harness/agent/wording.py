"""What toasts say. The texts are data and this project's own: those of the real agent are not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.formats.structuring import ObjectReader, Reader, list_of, read_document, text
from harness.model.toasts import ToastKind

__all__ = ["ToastText", "Wording", "default_wording", "fill", "read_wording"]

T = TypeVar("T")
N = TypeVar("N", bound=str)

_KINDS = [kind for kind in ToastKind if kind.is_of_agent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastText:
    """Title and lines of one kind of toast; `{app}` and `{time}` stand for the app's name and a duration."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Every text a toast may show.

    Attributes:
        attribution: the small line at the end.
        install: what is said about installations, by kind.
        uninstall: the same about removals.
        restart_in: added where the time of the restart is known.
        buttons: texts of `restart`, `snooze` and `dismiss`.
    """

    attribution: str
    install: Mapping[ToastKind, ToastText]
    uninstall: Mapping[ToastKind, ToastText]
    restart_in: str
    buttons: Mapping[str, str]


def read_wording(document: bytes | str, source: str) -> Wording:
    """Read a wording from JSON, in the shape of `toasts.json` beside this module.

    Raises:
        FormatError: if it is not of that shape, or texts are missing.
    """
    return read_document(document, _read_wording, source)


def default_wording() -> Wording:
    """Return the texts that come with the project."""
    from importlib.resources import files

    return read_wording(files("harness.agent").joinpath("toasts.json").read_bytes(), "toasts.json")


def fill(pattern: str, app: str, time: str = "") -> str:
    """Put an app's name and a duration into a text."""
    return pattern.replace("{time}", time).replace("{app}", app)


def _read_wording(value: object) -> Wording:
    fields = ObjectReader(value)
    wording = Wording(
        attribution=fields.get("attribution", text, ""),
        install=fields.require("install", _by_name(_KINDS, _read_toast)),
        uninstall=fields.require("uninstall", _by_name(_KINDS, _read_toast)),
        restart_in=fields.require("restart in", text),
        buttons=fields.require("buttons", _by_name(["restart", "snooze", "dismiss"], text)),
    )
    fields.close()
    return wording


def _read_toast(value: object) -> ToastText:
    fields = ObjectReader(value)
    toast = ToastText(title=fields.require("title", text), lines=fields.get("lines", list_of(text), ()))
    fields.close()
    return toast


def _by_name(names: Sequence[N], read: Reader[T]) -> Reader[Mapping[N, T]]:
    """Return a reader of objects that have exactly these keys."""

    def read_all(value: object) -> Mapping[N, T]:
        fields = ObjectReader(value)
        found = {name: fields.require(str(name), read) for name in names}
        fields.close()
        return found

    return read_all
