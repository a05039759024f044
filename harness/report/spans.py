"""Which events of a timeline are the two ends of one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.timeline import Event

__all__ = ["Span", "spans_of"]

#: The last word of a kind that begins something, and of those that end it: `process started`, `process ended`.
_BEGINS = frozenset({"started"})
_ENDS = frozenset({"ended", "finished", "stopped", "failed", "timed out"})


#: Kinds that belong together without looking so.
_BY_NAME = {"restart": "restart started", "booted": "restart ended"}


#: What goes on all the time, and says nothing by doing so.
_ALWAYS = frozenset({"agent", "service"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something that took time.

    Attributes:
        begin: the event it began with.
        end: the event it ended with; None when it went on to the end.
    """

    begin: Event
    end: Event | None


def spans_of(events: Iterable[Event]) -> list[Span]:
    """Pair the events that begin and end the same thing, in the order they began.

    Two events belong together when they are in the same lane, their kinds differ in the last word only, and the facts
    that both carry under the same name agree for the process or the app.
    """
    spans: list[Span] = []
    open_ones: list[tuple[int, Event]] = []
    for event in events:
        noun, word = _split(event.kind)
        if noun in _ALWAYS:
            continue
        if word in _BEGINS:
            open_ones.append((len(spans), event))
            spans.append(Span(begin=event, end=None))
        elif word in _ENDS:
            match = next((one for one in reversed(open_ones) if _is_end_of(one[1], noun, event)), None)
            if match:
                open_ones.remove(match)
                spans[match[0]] = Span(begin=match[1], end=event)
    return spans


def _split(kind: str) -> tuple[str, str]:
    kind = _BY_NAME.get(kind, kind)
    for word in _BEGINS | _ENDS:
        if kind.endswith(f" {word}"):
            return kind.removesuffix(f" {word}"), word
    return kind, ""


def _is_end_of(begin: Event, noun: str, end: Event) -> bool:
    same = all(begin.data[key] == end.data[key] for key in ("pid", "app_id") if key in begin.data and key in end.data)
    return begin.lane is end.lane and _split(begin.kind)[0] == noun and same
