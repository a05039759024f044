"""Steps about what the device reports to the service."""

from __future__ import annotations

import json

from pytest_bdd import then

from harness.device import ManagedDevice
from harness.errors import UsageError
from harness.model.states import ResultantAppState, as_hex
from harness.steps.phrases import step
from harness.tenant import Report

__all__: list[str] = []

_COLUMNS = 2


def _last_report(device: ManagedDevice, app: str) -> Report:
    reports = device.tenant.reports_about(app)
    assert reports, f"nothing was reported about {app}"
    return reports[-1]


@then(step('"{app}" is reported as "{state:Reported}"'))
def app_is_reported(device: ManagedDevice, app: str, state: ResultantAppState) -> None:
    """Check the state in the device's last report about an app, in the portal's words."""
    found = ResultantAppState(_last_report(device, app).fields["ResultantAppState"])
    assert state is found, f"{app} is reported as {found.label}, not {state.label}"


@then(step('"{app}" is reported with the error {code:Code}'))
def app_is_reported_with_error(device: ManagedDevice, app: str, code: int) -> None:
    """Check the error code in the device's last report about an app."""
    found = as_hex(_last_report(device, app).fields["EnforcementErrorCode"] or 0)
    assert as_hex(code) == found, f"{app} is reported with the error {found}, not {as_hex(code)}"


@then(step('the report about "{app}" holds'))
def report_holds(device: ManagedDevice, app: str, datatable: list[list[str]]) -> None:
    """Check fields of the device's last report about an app, by the agent's names: a table of name and value."""
    fields = _last_report(device, app).fields
    if any(len(row) != _COLUMNS for row in datatable):
        raise UsageError("a report is compared with a table of two columns - write: | EnforcementState | 1000 |")
    if unknown := [name for name, _ in datatable if name not in fields]:
        raise UsageError(f"a report has no {', '.join(unknown)} - it has: {', '.join(fields)}")
    found = {name: _shown(fields[name]) for name, _ in datatable}
    assert {name: value for name, value in datatable} == found  # noqa: C416 - a row is a list, and two long


@then(step('the device has reported "{app}" {count:Times}'))
def app_is_reported_times(device: ManagedDevice, app: str, count: int) -> None:
    """Check how often the device has reported an app."""
    found = len(device.tenant.reports_about(app))
    assert count == found, f"{app} was reported {found} times, not {count}"


@then(step('nothing is reported about "{app}"'))
def nothing_is_reported(device: ManagedDevice, app: str) -> None:
    """Check that the device has not reported an app."""
    found = len(device.tenant.reports_about(app))
    assert found == 0, f"{app} was reported {found} times"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
