"""What `ime-harness run` tells people: the verdict first, then only what explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.cli.visible import visible
from harness.report.drawing import tone_of
from harness.report.groups import Group, by_folder, by_key, is_windows_installer_record
from harness.report.notable import notable
from harness.report.result import RunResult
from harness.report.words import (
    answer_text,
    duration_text,
    exit_text,
    lane_name,
    meaning_text,
    since_text,
    verdict_of,
)
from harness.timeline import Event, Lane

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_result"]

_STYLES = {"good": "bold green", "bad": "bold red", "wait": "bold yellow"}
_MARKS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red"), None: (" ", "")}

#: More lines than these are counted instead of shown; the report and the JSON hold them all.
_MOST_STEPS, _MOST_PLACES = 40, 12

#: Lanes whose steps are shown as changes, further down.
_CHANGES = (Lane.REGISTRY, Lane.FILES)


def print_result(result: RunResult, console: Console) -> None:
    """Print the result of a run."""
    _verdict(result, console)
    for title, content in (
        ("What happened" if result.intent_reached else "Why", _paragraphs(result)),
        ("Timeline", _timeline(result)),
        ("Toasts", _toasts(result)),
        ("Registry", _places(by_key(result.changes.registry), "value")),
        ("Files", _places(by_folder(result.changes.files), "file")),
        ("Reported", _states(result)),
    ):
        parts = list(content)
        if parts:
            console.print()
            console.print(Text(title, style="bold"))
            for part in parts:
                console.print(Padding(part, (0, 0, 0, 2), expand=False))
    console.print()


def _verdict(result: RunResult, console: Console) -> None:
    style = _STYLES[verdict_of(result)]
    console.print(Text.assemble((result.outcome.upper(), style), "  ", (visible(result.summary), "bold")))
    if result.error:
        text = visible(result.error.text)
        console.print(Text.assemble((result.error.hex, style), f" {text} ", (f"({result.error.signed})", "dim")))
    device, took = result.device, duration_text(result.time.elapsed_seconds)
    where = f"{device.name}, {device.release}; {result.intent} intent; {took} of machine time"
    console.print(Text(visible(where), style="dim"))


def _paragraphs(result: RunResult) -> Iterator[Text]:
    for paragraph in result.explanation:
        yield Text(visible(paragraph))


def _timeline(result: RunResult) -> Iterator[Table | Text]:
    steps = [event for event in notable(result.timeline) if event.lane not in _CHANGES]
    table = _table(4)
    for event in steps[:_MOST_STEPS]:
        table.add_row(
            Text(f"{result.local(event.at):%H:%M:%S}", style="dim"),
            Text(since_text(event.at - result.time.started_at), style="dim"),
            Text(lane_name(event.lane)),
            Text(visible(_short(event, result)), style="red" if tone_of(event) == "bad" else ""),
        )
    yield table
    yield from _more(len(steps) - _MOST_STEPS, "step")
    for number, attempt in enumerate(result.attempts, 1):
        run = f"run {number} of the installer" if len(result.attempts) > 1 else "the installer"
        took = duration_text(attempt.elapsed_seconds)
        yield Text(f"{run}: exit code {exit_text(attempt)}, {meaning_text(attempt)}; it took {took}")


def _short(event: Event, result: RunResult) -> str:
    """Return what an event says, without the app's name and without the evidence, which the explanation has."""
    text = event.text.removeprefix(f"{result.app.name}: ")
    return str(event.data["state"]) if event.kind == "detection" else text


def _toasts(result: RunResult) -> Iterator[Table]:
    table = _table(2)
    for toast in result.toasts:
        lines = [(visible(toast.title), "bold"), *((visible(line), "") for line in toast.lines)]
        if toast.buttons:
            lines.append((" ".join(f"[{visible(button.content)}]" for button in toast.buttons), ""))
        lines.append((visible(answer_text(toast)), "dim"))
        words = Text("\n").join(Text(text, style=style) for text, style in lines)
        table.add_row(Text(f"{result.local(toast.shown_at):%H:%M:%S}", style="dim"), words)
    if result.toasts:
        yield table


def _places(groups: Sequence[Group[Any]], what: str) -> Iterator[Table | Text]:
    own = [group for group in groups if not is_windows_installer_record(group.path)]
    table = _table(2, between=1)
    for group in own[:_MOST_PLACES]:
        count = len(group.members)
        members = f"  {count} {what}{'s' if count != 1 else ''}" if count else ""
        mark, style = _MARKS[group.change]
        table.add_row(Text(mark, style=style), Text.assemble(visible(group.path), (members, "dim")))
    if own:
        yield table
    yield from _more(len(own) - _MOST_PLACES, "place")
    if records := len(groups) - len(own):
        places = "place" if records == 1 else "places"
        yield Text(f"{'and ' if own else ''}{records} {places} of Windows Installer's own", style="dim")


def _states(result: RunResult) -> Iterator[Text]:
    states = result.states
    said = [
        ("portal", states.resultant),
        ("detection", states.detection),
        ("applicability", states.applicability),
        ("enforcement", states.enforcement),
    ]
    yield Text(visible(", ".join(f"{name} {value}" for name, value in said if value)) or "nothing yet")


def _table(columns: int, *, between: int = 2) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, between, 0, 0))
    table.add_column(no_wrap=True)
    for _ in range(columns - 1):
        table.add_column(overflow="fold")
    return table


def _more(count: int, what: str) -> Iterable[Text]:
    return [Text(f"... and {count} more {what}{'s' if count > 1 else ''}", style="dim")] if count > 0 else []
