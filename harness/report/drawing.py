"""The timeline as a drawing: one row for every part, bars for what took time, dots for what happened at once.

Only geometry is worked out here, in pixels; the page's template turns it into SVG.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from harness.durations import format_duration
from harness.report.axis import Cut, TimeAxis
from harness.report.spans import Span, spans_of
from harness.report.words import lane_name
from harness.timeline import Event, Lane

__all__ = ["Bar", "Dot", "Drawing", "Row", "Tick", "draw_timeline", "tone_of"]

#: Pixels: a row, one more track in it, the axis above the rows, the margin, one character, two dots that touch.
_ROW, _TRACK, _HEAD, _MARGIN, _CHARACTER, _TOUCHING = 34.0, 24.0, 34.0, 10.0, 6.5, 11.0

#: Pixels: the column of names on a wide drawing, the least width that has one, the line for a name without it.
_NAMES, _WIDE, _NAME_LINE = 92.0, 600.0, 14.0

#: Pixels of the shortest bar, and characters of the shortest cut label.
_LEAST_BAR, _SHORTEST = 4.0, 8

_BAD_WORDS = ("failed", "killed", "timed out", "error", "not met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled moment on the axis; `anchor` is SVG's `text-anchor`."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """What happened at one moment, or at moments too close to tell apart: `count` of them."""

    x: float
    y: float
    tone: str
    title: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What took time; the label stands inside, or right of it when `label_x` says so."""

    x: float
    y: float
    width: float
    tone: str
    title: str
    label: str
    label_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of the machine: its name, and where its band is."""

    name: str
    top: float
    height: float
    tone: str
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything to draw, in a box of `width` by `height` pixels; the rows begin at `top`."""

    width: float
    height: float
    top: float
    has_names_beside: bool
    rows: tuple[Row, ...]
    cuts: tuple[Cut, ...]
    ticks: tuple[Tick, ...]
    restarts: tuple[float, ...]


def draw_timeline(
    events: Sequence[Event], *, width: float, local: Callable[[datetime], datetime], subject: str = ""
) -> Drawing | None:
    """Lay out the events; None when there are none.

    Args:
        events: what happened, oldest first.
        width: pixels to fill.
        local: turns a moment into the machine's local time, for the labels.
        subject: the app that all of it is about, whose name labels need not repeat.
    """
    return _Layout(events, width, local, subject).drawing() if events else None


def tone_of(event: Event) -> str:
    """Return the colour name of an event: `bad` for failures, otherwise its row."""
    is_bad = event.data.get("error_code") is not None or any(word in event.kind for word in _BAD_WORDS)
    return "bad" if is_bad else _row_of(event).value


class _Layout:
    """Where everything goes, for one list of events and one width."""

    def __init__(
        self, events: Sequence[Event], width: float, local: Callable[[datetime], datetime], subject: str
    ) -> None:
        self.events = events
        self.subject = subject
        self.width = width
        self.local = local
        self.is_wide = width >= _WIDE
        self.left = _NAMES if self.is_wide else _MARGIN
        self.right = width - _MARGIN
        self.spans = spans_of(events)
        cut_width = 72 if self.is_wide else 50
        self.axis = TimeAxis([event.at for event in events], left=self.left, right=self.right, cut_width=cut_width)

    def drawing(self) -> Drawing:
        rows: list[Row] = []
        top = _HEAD
        for lane in Lane:
            own = [event for event in self.events if _row_of(event) is lane]
            if own:
                rows.append(self.row(lane, own, top))
                top += rows[-1].height
        return Drawing(
            width=self.width,
            height=top + _MARGIN,
            top=_HEAD,
            has_names_beside=self.is_wide,
            rows=tuple(rows),
            cuts=self.axis.cuts,
            ticks=self.ticks(),
            restarts=tuple(self.edges(span)[0] for span in self.spans if span.begin.lane is Lane.POWER),
        )

    def row(self, lane: Lane, events: list[Event], top: float) -> Row:
        spans = [span for span in self.spans if _row_of(span.begin) is lane]
        name_line = 0.0 if self.is_wide else _NAME_LINE
        first = top + name_line + _ROW / 2
        tracks = self.tracks(spans)
        bars = [
            self.bar(span, y=first + i * _TRACK, until=self.edges(after)[0] if after else self.right)
            for i, track in enumerate(tracks)
            for span, after in zip(track, [*track[1:], None], strict=True)
        ]
        ends = {id(event) for span in spans for event in (span.begin, span.end)}
        alone = [event for event in events if id(event) not in ends]
        count = len(tracks)
        dots: tuple[Dot, ...] = ()
        if alone:
            is_crowded = any(
                bar.x - _TOUCHING < self.axis.x(e.at) < bar.x + bar.width + _TOUCHING for e in alone for bar in bars
            )
            own_track = count if is_crowded or not count else 0
            dots = self.dots(alone, y=first + own_track * _TRACK, bars=[] if own_track == count else bars)
            count = max(count, own_track + 1)
        return Row(
            name=lane_name(lane),
            top=top,
            height=name_line + _ROW + (count - 1) * _TRACK,
            tone=lane.value,
            bars=tuple(bars),
            dots=dots,
        )

    def tracks(self, spans: list[Span]) -> list[list[Span]]:
        """Put spans that overlap on tracks of their own."""
        tracks: list[list[Span]] = []
        for span in spans:
            begin = self.edges(span)[0]
            free = next((track for track in tracks if self.edges(track[-1])[1] <= begin), None)
            if free is None:
                tracks.append([span])
            else:
                free.append(span)
        return tracks

    def edges(self, span: Span) -> tuple[float, float]:
        left = self.axis.x(span.begin.at)
        right = self.axis.x(span.end.at) if span.end else self.right
        return left, max(right, left + _LEAST_BAR)

    def bar(self, span: Span, *, y: float, until: float) -> Bar:
        left, right = self.edges(span)
        took = f" ({format_duration(span.end.at - span.begin.at)})" if span.end else ""
        name = str(span.begin.data.get("name") or self.words(span.begin))
        inside, beside = (_fit(name + took, room) for room in (right - left - 12, until - right - 10))
        is_inside = len(inside) >= len(beside)
        return Bar(
            x=left,
            y=y,
            width=right - left,
            tone=tone_of(span.end or span.begin),
            title=f"{span.begin.text}{took}" + (f"\n{span.end.text}" if span.end else ""),
            label=inside if is_inside else beside,
            label_x=left + 6 if is_inside else right + 5,
        )

    def dots(self, events: list[Event], *, y: float, bars: Sequence[Bar]) -> tuple[Dot, ...]:
        groups: list[list[Event]] = []
        for event in events:
            if groups and self.axis.x(event.at) - self.axis.x(groups[-1][0].at) < _TOUCHING:
                groups[-1].append(event)
            else:
                groups.append([event])
        starts = sorted([self.axis.x(group[0].at) for group in groups] + [bar.x for bar in bars])
        return tuple(self.dot(group, y=y, starts=starts) for group in groups)

    def dot(self, events: list[Event], *, y: float, starts: Sequence[float]) -> Dot:
        x = self.axis.x(events[0].at)
        until = next((start for start in starts if start > x), self.right + _MARGIN)
        tones = [tone_of(event) for event in events]
        return Dot(
            x=x,
            y=y,
            tone="bad" if "bad" in tones else tones[0],
            title="\n".join(event.text for event in events),
            label=_fit(self.words(events[-1]), until - x - 22),
            count=len(events),
        )

    def words(self, event: Event) -> str:
        return event.text.removeprefix(f"{self.subject}: ")

    def ticks(self) -> tuple[Tick, ...]:
        chosen: list[tuple[float, Tick]] = []
        for moment in self.axis.landmarks():
            x = self.axis.x(moment)
            label = f"{self.local(moment):%H:%M:%S}"
            room = len(label) * _CHARACTER + 10
            anchor, middle = "middle", x
            if x - self.left < room / 2:
                anchor, middle = "start", x + room / 2
            elif self.right - x < room / 2:
                anchor, middle = "end", x - room / 2
            if all(abs(middle - other) >= room and label != tick.label for other, tick in chosen):
                chosen.append((middle, Tick(x=x, label=label, anchor=anchor)))
        return tuple(tick for _, tick in sorted(chosen, key=lambda item: item[0]))


def _row_of(event: Event) -> Lane:
    """Return the row of an event: its lane's, but content has one of its own, though the agent sees to it."""
    is_content = event.lane is Lane.AGENT and event.kind.startswith(("download ", "content "))
    return Lane.CONTENT if is_content else event.lane


def _fit(text: str, room: float) -> str:
    """Cut a text to the pixels there are; empty when too little would be left to read."""
    characters = int(room / _CHARACTER)
    if len(text) <= characters:
        return text
    return f"{text[: characters - 1].rstrip()}…" if characters >= _SHORTEST else ""
