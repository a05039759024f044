"""State messages, reports and their changes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError
from harness.formats.statemessages import (
    Change,
    ComplianceStateMessage,
    EnforcementStateMessage,
    ReportingImpact,
    ReportingState,
    read_compliance_message,
    read_enforcement_message,
    read_report,
    read_report_delta,
    write_compliance_message,
    write_enforcement_message,
    write_report,
    write_report_delta,
)
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

#: The three documents as devices wrote them.
_COMPLIANCE = (
    '{"Applicability":0,"ComplianceState":1,"DesiredState":2,"ErrorCode":null,"TargetingMethod":0,"InstallContext":2,'
    '"TargetType":1,"ProductVersion":null,"AssignmentFilterIds":null}'
)
_REPORT = (
    '{"ApplicationId":"1f3f5171-25a2-44da-b3e8-fba81184d1df","ResultantAppState":1,"ReportingImpact":{"DesiredState":3,'
    '"Classification":2,"ConflictReason":0,"ImpactingApps":[]},"WriteableToStorage":true,'
    '"CanGenerateComplianceState":true,"CanGenerateEnforcementState":true,"IsAppReportable":true,'
    '"IsAppAggregatable":true,"AvailableAppEnforcementFlag":0,"DesiredState":2,"DetectionState":1,'
    '"DetectionErrorOccurred":false,"DetectionErrorCode":null,"ApplicabilityState":0,'
    '"ApplicabilityErrorOccurred":false,"ApplicabilityErrorCode":null,"EnforcementState":1000,'
    '"EnforcementErrorCode":null,"TargetingMethod":0,"TargetingType":2,"InstallContext":1,"Intent":3,'
    '"InternalVersion":1,"DetectedIdentityVersion":"1.18.1462.0","RemovalReason":null}'
)
_DELTA = (
    '{"EnforcementState":{"OldValue":"Success","NewValue":"Error"},'
    '"EnforcementErrorCode":{"OldValue":0,"NewValue":-2016345060}}'
)


def test_a_compliance_message_is_written_as_on_a_device():
    """The order of fields is the device's."""
    message = ComplianceStateMessage(
        applicability=Applicability.APPLICABLE,
        compliance_state=ComplianceState.INSTALLED,
        desired_state=DesiredState.PRESENT,
        install_context=RunAsAccount.SYSTEM,
        target_type=TargetType.USER,
    )

    assert _COMPLIANCE == write_compliance_message(message)
    assert message == read_compliance_message(_COMPLIANCE, "registry")


def test_a_report_is_written_as_on_a_device():
    """All twenty-five fields in the device's order."""
    report = ReportingState(
        application_id="1f3f5171-25a2-44da-b3e8-fba81184d1df",
        resultant_app_state=ResultantAppState.INSTALLED,
        desired_state=DesiredState.PRESENT,
        detection_state=DetectionState.DETECTED,
        applicability_state=Applicability.APPLICABLE,
        enforcement_state=EnforcementState.SUCCESS,
        targeting_type=TargetType.DEVICE,
        install_context=RunAsAccount.USER,
        intent=InstallIntent.REQUIRED,
        detected_identity_version="1.18.1462.0",
    )

    assert _REPORT == write_report(report)
    assert report == read_report(_REPORT, "log")


def test_error_codes_are_signed_on_the_wire():
    """0x87D1041C is -2016345060 in the registry."""
    message = EnforcementStateMessage(
        enforcement_state=EnforcementState.ERROR, error_code=ErrorCode.NOT_DETECTED_AFTER_INSTALL
    )
    written = write_enforcement_message(message)

    assert written.startswith('{"EnforcementState":5000,"ErrorCode":-2016345060,"TargetingMethod":0,')
    assert message == read_enforcement_message(written, "registry")


def test_an_enforcement_message_may_lack_what_is_not_known_for_sure():
    """Two fields are enough, as in messages others have seen."""
    message = EnforcementStateMessage(enforcement_state=EnforcementState.SUCCESS, error_code=0)

    assert message == read_enforcement_message('{"EnforcementState":1000,"ErrorCode":0}', "registry")


def test_changes_of_a_report_are_written_as_logged():
    """States by name, codes signed."""
    changes = {
        "EnforcementState": Change(old="Success", new="Error"),
        "EnforcementErrorCode": Change(old=0, new=-2016345060),
    }

    assert _DELTA == write_report_delta(changes)
    assert changes == read_report_delta(_DELTA, "log")


def test_a_damaged_message_names_every_problem():
    """What stands in the registry is not trusted."""
    damaged = json.loads(_COMPLIANCE) | {"ComplianceState": 3, "ErrorCode": "x", "InstallContext": 0}
    del damaged["DesiredState"]

    with pytest.raises(FormatError) as caught:
        read_compliance_message(json.dumps(damaged), "registry")

    assert [
        (
            "$.ComplianceState: expected one of 1 (INSTALLED), 2 (NOT_INSTALLED), 4 (ERROR), 5 (UNKNOWN), "
            "100 (CLEANUP), "
            "found 3"
        ),
        "$: the field 'DesiredState' is missing",
        "$.ErrorCode: expected a whole number, found 'x'",
        "$.InstallContext: expected one of 1 (user), 2 (system), found 0",
    ] == [str(problem) for problem in caught.value.problems]


def test_a_damaged_change_is_refused():
    """A change has two plain values."""
    with pytest.raises(
        FormatError, match=r"\$\.State\.NewValue: expected a text, a whole number or null, found a list"
    ):
        read_report_delta('{"State":{"OldValue":null,"NewValue":[]}}', "log")


@given(
    st.builds(
        ReportingState,
        application_id=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        reporting_impact=st.builds(ReportingImpact, desired_state=..., impacting_apps=st.just(("a", "b"))),
        detection_error_code=st.none() | st.integers(0, 2**32 - 1),
        intent=st.sampled_from([InstallIntent.REQUIRED, InstallIntent.AVAILABLE, InstallIntent.UNINSTALL]),
        enforcement_state=st.none() | st.sampled_from(EnforcementState),
        is_app_reportable=...,
        removal_reason=st.none() | st.integers(0, 9),
    )
)
@settings(deadline=None, max_examples=50)
def test_reports_survive_being_written_and_read(report):
    """Every report reads back as itself."""
    assert report == read_report(write_report(report), "log")
