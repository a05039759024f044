"""The page in a real browser, driven through a pipe with the DevTools protocol."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.report.html import render_html
from harness.report.result import RunResult

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_CHROMIUM is None, reason="there is no Chromium on this computer"),
    pytest.mark.skipif(sys.platform == "win32", reason="pipes are handed over as file descriptors 3 and 4"),
]

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


#: Chromium reads from file descriptor 3 and writes to 4, which the test runner may have given to something else.
_LAUNCH = """
import fcntl, os, sys
high = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
os.dup2(high[0], 3)
os.dup2(high[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One Chromium; `view` opens a page in it."""

    def __init__(self, profile: Path) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        command = [str(_CHROMIUM), *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(to_browser), str(from_browser), *command],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._calls = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        os.write(self._write, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._calls:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def view(self, page: Path, *, width: int, dark: bool = False) -> str:
        """Open a page at that width and return its session."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable", session)
        is_phone = width < 500
        scale = 3 if is_phone else 1
        self.call(
            "Emulation.setDeviceMetricsOverride",
            session,
            width=width,
            height=800,
            deviceScaleFactor=scale,
            mobile=is_phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", session, features=[scheme])
        self.events.clear()
        self.call("Page.navigate", session, url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())
        return session

    def evaluate(self, session: str, script: str) -> Any:
        """Return the value of an expression in the page."""
        return self.call("Runtime.evaluate", session, expression=script, returnByValue=True)["result"].get("value")

    def complaints(self) -> list[dict[str, Any]]:
        """Return what the browser had to say: errors, warnings, refused policies."""
        kinds = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        return [event for event in self.events if event.get("method") in kinds]

    def requests(self) -> list[str]:
        """Return the addresses the page asked for."""
        kinds = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in kinds]

    def close(self) -> None:
        """End the browser."""
        self.call("Browser.close")
        self._process.wait(timeout=20)
        os.close(self._write)
        os.close(self._read)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._read, 1 << 20)
            assert data, "Chromium has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser for the tests of this module."""
    one = Browser(tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


@pytest.fixture(params=["installed", "not_detected", "hostile"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the page of each hand-made result, with everything in it unfolded."""
    result: RunResult = request.getfixturevalue(request.param)
    path = tmp_path / "report.html"
    path.write_text(render_html(result).replace("<details", "<details open"), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_fits_and_nothing_is_complained_about(browser: Browser, page: Path, *, width: int, dark: bool) -> None:
    """No error, no request but for the page itself, and nothing wider than the screen."""
    session = browser.view(page, width=width, dark=dark)

    assert [] == browser.complaints()
    assert [page.as_uri()] == browser.requests()
    assert width >= browser.evaluate(session, "document.documentElement.scrollWidth")
    too_wide = (
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right >"
        " document.documentElement.clientWidth + 1 && !e.closest('.scroll, svg')).map(e => e.outerHTML.slice(0, 90))"
    )
    assert [] == browser.evaluate(session, too_wide)


def test_one_drawing_is_shown_for_each_width(browser: Browser, page: Path) -> None:
    """A phone gets the narrow one."""
    shown = (
        "[...document.querySelectorAll('.drawing svg')].filter(e => e.getBoundingClientRect().width > 0)"
        ".map(e => e.classList[0])"
    )

    assert ["only-narrow"] == browser.evaluate(browser.view(page, width=390), shown)
    assert ["only-wide"] == browser.evaluate(browser.view(page, width=1280), shown)


def test_the_log_can_be_filtered(browser: Browser, tmp_path: Path, installed: RunResult) -> None:
    """By words, all of which must be there, and by how serious a line is."""
    path = tmp_path / "report.html"
    path.write_text(render_html(installed), encoding="utf-8")
    session = browser.view(path, width=1280)
    state = (
        "[[...document.querySelectorAll('#log-lines > li')].filter(e => e.offsetHeight).length,"
        " document.getElementById('log-count').textContent]"
    )
    type_in = "(f => {{ f.value = {!r}; f.dispatchEvent(new Event('input')); }})(document.getElementById('log-filter'))"

    everything = browser.evaluate(session, state)
    browser.evaluate(session, type_in.format("win32app LPEXIT"))
    some = browser.evaluate(session, state)
    browser.evaluate(session, type_in.format(""))
    browser.evaluate(session, "document.getElementById('log-loud').click()")
    loud = browser.evaluate(session, state)

    total = len(installed.log)
    assert [[total, f"{total} lines"], [1, f"1 of {total} lines"], [3, f"3 of {total} lines"]] == [
        everything,
        some,
        loud,
    ]


def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path, hostile: RunResult) -> None:
    """No dialog opens, and no element of its making is there."""
    path = tmp_path / "report.html"
    path.write_text(render_html(hostile), encoding="utf-8")

    session = browser.view(path, width=1280)

    assert 0 == browser.evaluate(session, "document.querySelectorAll('img, iframe, object').length")
    assert not any(event.get("method") == "Page.javascriptDialogOpening" for event in browser.events)
