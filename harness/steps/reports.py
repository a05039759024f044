"""Steps about what the device reports to the service."""

from __future__ import annotations

from pytest_bdd import then

from harness.device import ManagedDevice
from harness.model.states import ResultantAppState, as_hex
from harness.steps.phrases import step
from harness.tenant import Report

__all__: list[str] = []


def _last_report(device: ManagedDevice, app: str) -> Report:
    app_id = device.tenant.app(app).id
    reports = [report for report in device.tenant.reports if report.app_id == app_id]
    assert reports, f"nothing was reported about {app}"
    return reports[-1]


@then(step('"{app}" is reported as "{state}"'))
def app_is_reported(device: ManagedDevice, app: str, state: str) -> None:
    """Check the state in the device's last report about an app, in the portal's words."""
    assert state == ResultantAppState(_last_report(device, app).fields["ResultantAppState"]).label


@then(step('"{app}" is reported with the error {code:Code}'))
def app_is_reported_with_error(device: ManagedDevice, app: str, code: int) -> None:
    """Check the error code in the device's last report about an app."""
    assert as_hex(code) == as_hex(_last_report(device, app).fields["EnforcementErrorCode"] or 0)


@then(step('nothing is reported about "{app}"'))
def nothing_is_reported(device: ManagedDevice, app: str) -> None:
    """Check that the device has not reported an app."""
    app_id = device.tenant.app(app).id
    assert [] == [report for report in device.tenant.reports if report.app_id == app_id]
