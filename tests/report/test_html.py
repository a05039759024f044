"""The page: complete, self-contained, and safe whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from harness.report.facts import Changes
from harness.report.html import render_html
from harness.report.result import Outcome, RunResult


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Take note of text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text in one line."""
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def count(self, tag: str) -> int:
        """Return how many elements of that name there are."""
        return sum(name == tag for name, _ in self.elements)


def test_the_page_says_what_came_of_it(installed: RunResult) -> None:
    """Verdict, explanation, changes, toasts, log and device."""
    text = Page(render_html(installed)).text

    for part in (
        "Contoso VPN 5.2 is installed; the device restarted once on the way.",
        "What happened",
        "exit code 3010",
        "1 d 6 min",
        "02 Mar 10:00:00 to 03 Mar 10:06:13",
        "success, wants a restart",
        "Restart required",
        "ada pressed 'Later'",
        r"HKLM\SOFTWARE\Contoso\VPN",
        "profile.ini 112 bytes",
        '"EnforcementState": 1000',
        "[Win32App] lpExitCode 3010",
        "Windows 11 23H2 Enterprise",
        "Restart at 10:04:04",
        "23 h 19 min later",
    ):
        assert part in text


def test_a_failure_says_why(not_detected: RunResult) -> None:
    """The code is shown as the portal and the log write it."""
    page = Page(render_html(not_detected))

    for part in ("0x87D1041C", "-2016345060", "Why", "not detected", "HKLM\\SOFTWARE\\WOW6432Node"):
        assert part in page.text
    assert ("body", {"class": "is-bad"}) in page.elements


def test_a_run_in_which_nothing_happened_is_a_page_too(installed: RunResult) -> None:
    """Every section says that it has nothing to say."""
    empty = replace(
        installed,
        outcome=Outcome.UNFINISHED,
        intent_reached=False,
        explanation=(),
        attempts=(),
        restarts=(),
        timeline=(),
        toasts=(),
        changes=Changes(),
        reports=(),
        log=(),
        app=replace(installed.app, publisher="", uninstall_command_line="", display_version=None),
        package=replace(installed.package, tool_version=""),
        device=replace(installed.device, users=()),
    )

    page = Page(render_html(empty))

    for part in ("never started", "No toast was shown.", "Nothing.", "None.", "The agent wrote no log.", "nobody"):
        assert part in page.text
    assert ("body", {"class": "is-wait"}) in page.elements
    assert "figure" not in {tag for tag, _ in page.elements}


def test_hostile_text_is_text(installed: RunResult, hostile: RunResult) -> None:
    """Names, toasts, logs, keys and reports cannot add an element, an attribute or a script."""
    good, evil = Page(render_html(installed)), Page(render_html(hostile))

    assert 1 == evil.count("script") == good.count("script")
    assert 0 == evil.count("img")
    assert not any(name.startswith("on") for _, attributes in evil.elements for name in attributes)
    assert "<script>alert(1)</script>" in evil.text
    assert "<script>alert" not in evil.html


def test_hostile_text_cannot_end_the_style_or_the_script(hostile: RunResult) -> None:
    """Both are files of ours, and nothing of the run is in them."""
    html = render_html(hostile)

    assert 1 == html.count("</style>") == html.count("</script>")


def test_the_page_needs_nothing_else(installed: RunResult) -> None:
    """No address in it leads anywhere, and its policy would not let it."""
    page = Page(render_html(installed))

    assert not any({"src", "href", "action", "srcset"} & set(attributes) for _, attributes in page.elements)
    assert not re.search(r"https?://|url\((?!#)|@import", page.html)
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_policy_names_the_style_and_the_script_by_their_hashes(installed: RunResult) -> None:
    """What the browser will compute."""
    html = render_html(installed)
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()

        assert f"{tag}-src &#39;sha256-{digest}&#39;" in html


def test_the_page_is_the_same_every_time(installed: RunResult) -> None:
    """The same result gives the same bytes."""
    assert render_html(installed) == render_html(installed)


def test_the_books_of_windows_installer_are_folded(installed: RunResult) -> None:
    """They are many, and say little about the app."""
    book = r"HKLM\SOFTWARE\Classes\Installer\Products\1"
    values = tuple(replace(change, key=book) for change in installed.changes.registry)

    both = Page(render_html(replace(installed, changes=Changes(registry=installed.changes.registry + values))))
    alone = Page(render_html(replace(installed, changes=Changes(registry=values))))

    assert {"class": "inner"} in [attributes for tag, attributes in both.elements if tag == "details"]
    assert "Nothing but Windows Installer's own records." in alone.text


@pytest.mark.parametrize(("count", "is_open"), [(9, True), (81, False)])
def test_long_lists_are_folded(installed: RunResult, *, count: int, is_open: bool) -> None:
    """A few changes are open, many are not."""
    registry = (installed.changes.registry * 9)[:count]

    page = Page(render_html(replace(installed, changes=replace(installed.changes, registry=registry))))

    details = [attributes for tag, attributes in page.elements if tag == "details"]
    assert is_open == ("open" in details[1])
