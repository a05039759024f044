"""Restarts that installations ask for."""

from __future__ import annotations

import pytest

from harness.errors import NotEmulated
from tests.emulator.msi.building import Msi
from tests.emulator.msi.conftest import Bench


@pytest.mark.parametrize(
    ("arguments", "code", "restarts"),
    [
        ("/qn", 1641, True),
        ("/qn /norestart", 3010, False),
        ("/qn REBOOT=R", 3010, False),
        ("/qn REBOOT=Suppress", 3010, False),
        ("/qn /forcerestart", 1641, True),
        ("/passive", 1641, True),
        ("/quiet /promptrestart", 1641, True),
    ],
)
@pytest.mark.parametrize("action", ["ScheduleReboot", "ForceReboot"])
def test_package_that_needs_a_restart(
    bench: Bench,
    app: Msi,
    *,
    action: str,
    arguments: str,
    code: int,
    restarts: bool,
) -> None:
    """Silently, the machine restarts at once, unless that is suppressed; then the exit code says so."""
    bench.put(app.action(action, 6700))
    booted = bench.machine.power.booted_at

    assert code == bench.run(f"msiexec /i app.msi {arguments}")

    assert restarts == (bench.machine.power.booted_at > booted)
    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")


def test_forced_restart_without_need(bench: Bench, app: Msi) -> None:
    """/forcerestart restarts after every success."""
    assert 1641 == bench.install(app, "/forcerestart")


def test_no_restart_without_need(bench: Bench, app: Msi) -> None:
    """/norestart changes nothing where no restart is needed."""
    assert 0 == bench.install(app, "/norestart")


def test_no_restart_after_a_failure(bench: Bench, app: Msi) -> None:
    """A failure does not restart, whatever was asked for."""
    app.action("Stop", 150, 19, "", "no")

    assert 1603 == bench.install(app, "/forcerestart")


def test_question_about_a_restart(bench: Bench, app: Msi) -> None:
    """With a basic user interface the user is asked, who is not there in session 0."""
    bench.put(app.action("ScheduleReboot", 6700))

    assert bench.run("msiexec /i app.msi /qb") is None


def test_restart_in_the_midst(bench: Bench, app: Msi) -> None:
    """ForceReboot before the end would go on after the restart, which is named, unless it is suppressed."""
    app.action("ForceReboot", 4100)

    with pytest.raises(NotEmulated, match="ForceReboot"):
        bench.install(app)
    assert 3010 == bench.install(app, "REBOOT=ReallySuppress")
