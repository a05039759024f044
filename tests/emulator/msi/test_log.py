"""The log that msiexec writes."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.emulator.msi.building import Msi
from tests.emulator.msi.conftest import Bench


def test_verbose_log(bench: Bench, app: Msi) -> None:
    """A verbose log is UTF-16 with a byte order mark, and has Windows' lines in order."""
    bench.install(app, "/l*v log.txt")

    assert bench.machine.files.read(r"C:\Package\log.txt").startswith(b"\xff\xfe")
    log = bench.log()
    patterns = [
        r"=== Verbose logging started: 3/2/2026  08:00:00  Build type: SHIP UNICODE 5\.00\.\d+\.00  ",
        r"Calling process: C:\\Windows\\System32\\msiexec\.exe ===\r\n",
        r"MSI \(c\) \([0-9A-F]{2}:[0-9A-F]{2}\) \[08:00:00:000\]: ",
        r"Action start 08:00:01: INSTALL\.\r\n",
        r"MSI \(s\) \([0-9A-F]{2}:[0-9A-F]{2}\) \[08:00:01:000\]: Doing action: CostInitialize\r\n",
        r"Action ended 08:00:01: CostFinalize\. Return value 1\.\r\n",
        r"Executing op: RegAddValue",
        r"Action ended 08:00:02: INSTALL\. Return value 1\.\r\n",
        r"Property\(S\): ProductVersion = 1\.2\.3\r\n",
        r"Product: Contoso Test -- Installation completed successfully\.\r\n",
        r"Installation success or error status: 0\.\r\n",
        r"MainEngineThread is returning 0\r\n",
        r"=== Verbose logging stopped: 3/2/2026  08:00:02 ===\r\n\Z",
    ]
    assert re.search(".*".join(patterns), log, re.DOTALL)


def test_log_letters(bench: Bench, app: Msi) -> None:
    """Only what was asked for is written."""
    bench.install(app, "/la log.txt")

    lines = bench.log().splitlines()
    assert "=== Logging started: 3/2/2026  08:00:00 ===" == lines[0]
    assert all(line.startswith(("Action start", "Action ended", "=== Logging")) for line in lines)


def test_log_is_appended_to(bench: Bench, app: Msi) -> None:
    """With + a second log follows the first, without a second byte order mark."""
    bench.install(app, "/l+a log.txt")
    bench.run("msiexec /i app.msi /qn /l+a log.txt")

    assert 2 == bench.log().count("Logging started")
    assert "\ufeff" not in bench.log()


def test_log_is_replaced(bench: Bench, app: Msi) -> None:
    """Without + it begins anew."""
    bench.install(app, "/l*v log.txt")
    bench.run("msiexec /i app.msi /qn /l*v log.txt")

    assert 1 == bench.log().count("logging started")


def test_log_of_a_failure(bench: Bench, app: Msi) -> None:
    """A failure is in the log, with return value 3."""
    app.action("Stop", 150, 19, "", "No way.")

    bench.install(app, "/l*v log.txt")

    log = bench.log()
    assert re.search(r"Action ended \S+: Stop\. Return value 3\.\r\n", log)
    assert re.search(r"Action ended \S+: INSTALL\. Return value 3\.\r\n", log)
    assert "Product: Contoso Test -- Installation failed." in log
    assert "Note: No way." in log
    assert "MainEngineThread is returning 1603" in log


def test_log_of_what_cannot_be_opened(bench: Bench) -> None:
    """Why a package cannot be opened is in the log."""
    bench.put(b"nonsense", "bad.msi")
    bench.run("msiexec /i bad.msi /qn /l*v log.txt")

    assert "bad.msi" in bench.log()
    assert "MainEngineThread is returning 1620" in bench.log()


def test_hidden_properties(bench: Bench, app: Msi) -> None:
    """Properties that the package hides show asterisks."""
    app.properties["MsiHiddenProperties"] = "SECRET;OTHER"
    bench.install(app, "SECRET=hunter2 /l*v log.txt")

    assert "Property(S): SECRET = **********" in bench.log()
    assert "hunter2" not in bench.log()


def test_log_tells_its_own_place(bench: Bench, app: Msi) -> None:
    """Packages see where the log is."""
    bench.install(app, "/l*v log.txt")

    assert r"Property(S): MsiLogFileLocation = C:\Package\log.txt" in bench.log()


def test_log_that_cannot_be_written_any_more(bench: Bench, app: Msi) -> None:
    """A log that somebody takes away does not stop the installation."""
    bench.put(app)
    bench.machine.files.make_folder(r"C:\Package\logs")
    bench.start("msiexec /i app.msi /qn /l*v logs\\log.txt")
    bench.machine.clock.advance(timedelta(seconds=0.5))
    bench.machine.files.delete(r"C:\Package\logs")

    bench.machine.clock.advance(timedelta(minutes=1))

    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")
