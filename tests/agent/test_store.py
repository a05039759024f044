"""What the agent remembers in the registry."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.agent.appstate import AppState, RebootStatus
from harness.agent.registryvalues import RegistryValues, from_wire_time, to_wire_time
from harness.agent.store import AgentStore
from harness.model.apps import RunAsAccount
from harness.model.assignments import InstallIntent, TargetType
from harness.model.states import (
    Applicability,
    ComplianceState,
    DesiredState,
    DetectionState,
    EnforcementState,
    ErrorCode,
    ResultantAppState,
)
from harness.model.windows import Hive, RegistryPath, RegistryValue
from tests.agent.stage import DEVICE, START

APP = "00000000-0000-0000-0000-00000000000a"
ROOT = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\IntuneManagementExtension")


@pytest.fixture
def store(machine):
    """Give the store of a machine."""
    return AgentStore(machine.registry)


YEARS = (datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2040-01-01"))

STATES = st.builds(
    AppState,
    app_id=st.just(APP),
    version=st.integers(0, 99),
    name=st.sampled_from(["", "Contoso"]),
    intent=st.sampled_from([None, InstallIntent.REQUIRED, InstallIntent.AVAILABLE, InstallIntent.UNINSTALL]),
    desired=st.sampled_from(DesiredState),
    detection=st.sampled_from([DetectionState.DETECTED, DetectionState.NOT_DETECTED]),
    detected_version=st.sampled_from([None, "1.0"]),
    applicability=st.sampled_from([Applicability.APPLICABLE, Applicability.MINIMUM_OS_VERSION_NOT_MET]),
    enforcement=st.none() | st.sampled_from(EnforcementState),
    error_code=st.none() | st.sampled_from([code.value for code in ErrorCode]),
    exit_code=st.none() | st.integers(0, 2**32 - 1),
    attempts=st.integers(0, 3),
    reboot=st.sampled_from(RebootStatus),
    target_type=st.sampled_from(TargetType),
    install_context=st.sampled_from(RunAsAccount),
    updated_at=st.datetimes(*YEARS, timezones=st.just(UTC)),
)


@given(STATES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip(store, state):
    """What is written comes back; the key of another version does not."""
    store.save(state)
    assert state == store.load(DEVICE, APP.upper())
    assert [state] == list(store.states())


def test_layout(store, machine):
    """The keys and values are where public admin scripts look for them."""
    store.save(
        AppState(
            app_id=APP,
            name="Contoso",
            intent=InstallIntent.REQUIRED,
            desired=DesiredState.PRESENT,
            detection=DetectionState.DETECTED,
            enforcement=EnforcementState.SUCCESS,
            exit_code=0,
            updated_at=START,
        )
    )
    key = ROOT.child(rf"Win32Apps\{DEVICE}\{APP}_1")
    names = {name: str(value) for name, value in machine.registry.values(key).items()}
    expected = {
        "ExitCode": "0",
        "Intent": "3",
        "LastUpdatedTimeUtc": "2026-03-02T08:00:00.000000Z",
        "RebootStatus": "Clean",
    }
    assert expected == names
    compliance = machine.registry.get(key.child("ComplianceStateMessage"), "ComplianceStateMessage")
    assert (
        '{"Applicability":0,"ComplianceState":1,"DesiredState":2,"ErrorCode":null,"TargetingMethod":0,'
        '"InstallContext":2,"TargetType":2,"ProductVersion":null,"AssignmentFilterIds":null}'
    ) == str(compliance)
    enforcement = machine.registry.get(key.child("EnforcementStateMessage"), "EnforcementStateMessage")
    assert str(enforcement).startswith('{"EnforcementState":1000,"ErrorCode":null,')


def test_keys_that_somebody_else_changes(store):
    """What others change in the registry is seen, and what they delete is gone."""
    store.save(AppState(app_id=APP, updated_at=START))
    key = store.apps.child(DEVICE).child(f"{APP}_1")
    assert store.load(DEVICE, APP).exit_code is None
    key.set("ExitCode", 5)
    assert 5 == store.load(DEVICE, APP).exit_code
    key.delete()
    assert store.load(DEVICE, APP) is None


def test_unknown_app(store):
    """An app that was never looked at is not known, nor is one whose key is not the agent's."""
    assert store.load(DEVICE, APP) is None
    store.apps.child(DEVICE).child(f"{APP}_x").set("ExitCode", 1)
    store.apps.child(DEVICE).child("other_1").set("ExitCode", 1)
    store.apps.child("OperationalState").child(APP).set("ExitCode", 1)
    assert (None, []) == (store.load(DEVICE, APP), list(store.states()))


def test_damaged_messages(store):
    """Messages that do not read count as missing; other values of the wrong type as well."""
    store.save(AppState(app_id=APP, enforcement=EnforcementState.SUCCESS, updated_at=START))
    key = store.apps.child(DEVICE).child(f"{APP}_1")
    for name in ("ComplianceStateMessage", "EnforcementStateMessage"):
        key.child(name).set(name, "{damaged")
    key.set("LastUpdatedTimeUtc", "yesterday")
    key.set("RebootStatus", "Maybe")
    key.set("Intent", "3")
    state = store.load(DEVICE, APP)
    assert (None, None, RebootStatus.CLEAN, None) == (state.enforcement, state.updated_at, state.reboot, state.intent)


def test_requests(store):
    """Requests are kept for each user until they are settled."""
    store.request("u", "a", uninstall=False)
    store.request("u", "b", uninstall=True)
    assert ({"a": False, "b": True}, {}) == (store.requests("u"), store.requests("v"))
    store.settle_request("u", "a")
    store.settle_request("u", "a")
    assert {"b": True} == store.requests("u")


@pytest.mark.parametrize("text", ["{", "5", "[5]", '["x"]', '["2026-03-02T08:00:00Z", "2026-03-02T08:00:00"]'])
def test_damaged_schedule(store, text):
    """A damaged schedule counts as empty."""
    store.settings.set("StartDeadlineSchedule", text)
    assert [] == store.start_deadline_schedule()


def test_schedule(store):
    """Start times and deadlines come back sorted, each once."""
    later = START + timedelta(hours=1)
    store.set_start_deadline_schedule([later, START, later])
    assert [START, later] == store.start_deadline_schedule()
    store.set_start_deadline_schedule([])
    assert [] == store.start_deadline_schedule()


def test_wire_times():
    """Times of schedules are written as seen; anything else is none."""
    assert "03/02/2026 08:00:00" == to_wire_time(START)
    assert START == from_wire_time(to_wire_time(START))
    assert (None, None) == (from_wire_time("2026-03-02"), from_wire_time("02/30/2026 08:00:00"))


def test_values(machine):
    """Reading a value of another type gives none; times need a zone."""
    values = RegistryValues(machine.registry, ROOT.child("Test"))
    values.set("number", 5)
    values.set("text", "x")
    values.set("moment", START)
    values.set("local", "2026-03-02T08:00:00")
    assert (5, None, "x", None) == (
        values.number("number"),
        values.text("number"),
        values.text("text"),
        values.number("text"),
    )
    assert (START, None, None) == (values.moment("moment"), values.moment("local"), values.moment("missing"))
    machine.registry.set(values.key, "none", RegistryValue.of(""))
    assert values.text("none") is None
    values.delete()
    values.delete()
    assert [] == values.names()


@pytest.mark.parametrize(
    ("changes", "compliance", "resultant"),
    [
        ({"detection": DetectionState.DETECTED}, ComplianceState.INSTALLED, ResultantAppState.INSTALLED),
        ({"detection": DetectionState.NOT_DETECTED}, ComplianceState.NOT_INSTALLED, ResultantAppState.NOT_INSTALLED),
        ({}, ComplianceState.NOT_INSTALLED, ResultantAppState.UNKNOWN),
        ({"error_code": 5}, ComplianceState.ERROR, ResultantAppState.FAILED),
        (
            {"error_code": 5, "desired": DesiredState.NOT_PRESENT, "detection": DetectionState.DETECTED},
            ComplianceState.INSTALLED,
            ResultantAppState.UNINSTALL_FAILED,
        ),
        (
            {"applicability": Applicability.APP_UNSUPPORTED_DUE_TO_UNKNOWN_REASON},
            ComplianceState.UNKNOWN,
            ResultantAppState.NOT_APPLICABLE,
        ),
        (
            {"enforcement": EnforcementState.IN_PROGRESS, "error_code": 5},
            ComplianceState.ERROR,
            ResultantAppState.PENDING_INSTALL,
        ),
    ],
)
def test_what_the_portal_shows(changes, compliance, resultant):
    """Compliance and the portal's state follow from the rest."""
    state = AppState(app_id=APP, **changes)
    assert (compliance, resultant) == (state.compliance, state.resultant)
