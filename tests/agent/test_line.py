"""The service as a machine reaches it."""

import pytest

from harness.agent.gateway import DEVICE_USER_ID, ServiceUnreachable
from harness.agent.line import Line
from harness.model.states import EnforcementState, ErrorCode


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("request_applications", [DEVICE_USER_ID]),
        ("get_available_apps", [DEVICE_USER_ID]),
        ("get_content_info", ["x", 1]),
        ("send_results", ["[]"]),
        ("download", ["x"]),
    ],
)
def test_every_call_goes_over_the_network(stage, monkeypatch, call, arguments):
    """Offline none of them reaches the service; online all do."""
    asked = []
    monkeypatch.setattr(stage.tenant, call, lambda *given: asked.append([*given]))
    line = Line(stage.tenant, stage.machine)
    stage.machine.network.goes_offline()
    with pytest.raises(ServiceUnreachable, match="no network"):
        getattr(line, call)(*arguments)
    assert [] == asked

    stage.machine.network.goes_online()
    getattr(line, call)(*arguments)

    assert [arguments] == asked


def test_a_machine_that_is_offline_at_a_check_in(stage):
    """The check-in fails; the next one finds the app."""
    app = stage.require()
    stage.machine.network.goes_offline(for_="10 min")
    stage.sync()
    assert "waiting for check-in" == stage.device.status(app).words
    assert any("the machine has no network" in text for text in stage.texts("check-in failed"))

    stage.device.advance("80 min")
    assert "installed" == stage.device.status(app).words


def test_reports_wait_for_the_network(stage):
    """What could not be sent is sent at the next check-in."""
    app = stage.require()
    stage.machine.network.goes_offline(after="20 s", for_="30 min")
    stage.sync("20 min")
    assert ("installed", []) == (stage.device.status(app).words, stage.tenant.reports_about(app))

    stage.device.advance("80 min")
    assert stage.tenant.reports_about(app)


def test_a_line_that_drops_is_tried_once_more(stage):
    """Delivery Optimization fails, the plain CDN delivers (seen)."""
    stage.machine.network.bandwidth = 1_000
    app = stage.require(size=10_000)
    stage.machine.network.drop(after="5 s")
    stage.sync()

    assert "installed" == stage.device.status(app).words
    assert "[Win32App] CDN mode, download completes." in stage.lines()
    assert any(line.startswith("Job has failed. Error: 80072EFE") for line in stage.lines("IntuneManagementExtension"))


def test_a_line_that_is_gone_is_an_error(stage):
    """Both ways fail; nothing half is left, and the app waits like any other that failed."""
    stage.machine.network.bandwidth = 1_000
    app = stage.require(size=10_000)
    stage.machine.network.goes_offline(after="5 s", for_="1 h")
    stage.sync()

    status = stage.device.status(app)
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.DOWNLOAD_FAILED) == (
        status.enforcement_state,
        status.error_code,
    )
    assert any("80072EE7" in line for line in stage.lines())
    stage.device.advance("26 h")
    assert "installed" == stage.device.status(app).words


def test_a_background_download_that_fails_while_nobody_waits(stage):
    """The next check-in begins it anew."""
    stage.machine.network.bandwidth = 1
    app = stage.require(size=3_000)
    stage.machine.network.goes_offline(after="40 min", for_="1 min")
    stage.sync("45 min")
    assert "pending install" == stage.device.status(app).words
    stage.machine.network.bandwidth = 10_000

    stage.device.advance("60 min")

    assert "installed" == stage.device.status(app).words
    assert 2 == len(stage.texts("download started"))


def test_a_background_download_ends_with_the_agent(stage):
    """What it had is lost; Delivery Optimization's own memory is not modelled."""
    stage.machine.network.bandwidth = 1
    stage.require(size=3_000)
    stage.sync("35 min")
    stage.device.restart_agent()
    stage.device.advance("1 s")
    assert {} == stage.agent._tools.transfers


def test_a_line_without_limit(stage):
    """How much of a download has arrived is then anybody's guess."""
    stage.machine.network.bandwidth = None
    stage.machine.network.latency = "2 h"
    stage.require()
    stage.sync("40 min")
    assert any("bytes 0/" in line for line in stage.lines())
