"""What the agent says about an app: state messages in the registry, the report, and how a report changed.

Sources: the `ComplianceStateMessage` and the report ("Sending status to company portal based on report") are
verbatim from devices, with their order of fields. Of the `EnforcementStateMessage` only the first three fields are
known; the others are taken from the former. Codes are signed on the wire and unsigned here, as `ErrorCode` is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.formats.misfits import Misfit, describe
from harness.formats.policy_rules import compact
from harness.formats.stateencoding import reader_of, write_fields
from harness.formats.structuring import ObjectReader, read_document
from harness.model.apps import RunAsAccount
from harness.model.assignments import InstallIntent, TargetType
from harness.model.states import (
    Applicability,
    ComplianceState,
    DesiredState,
    DetectionState,
    EnforcementState,
    ResultantAppState,
)

__all__ = [
    "ComplianceStateMessage",
    "EnforcementStateMessage",
    "ReportingImpact",
    "ReportingState",
    "Change",
    "write_compliance_message",
    "read_compliance_message",
    "write_enforcement_message",
    "read_enforcement_message",
    "write_report",
    "read_report",
    "write_report_delta",
    "read_report_delta",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceStateMessage:
    """Whether an app is there; the value of that name below the app's key.

    Attributes:
        error_code: unsigned; None when there is none.
        targeting_method: 0 when the app itself is assigned, 1 when it came as a dependency.
        install_context: whom the app is installed for.
        product_version: the version that was detected, None when detection does not tell.
    """

    applicability: Applicability
    compliance_state: ComplianceState
    desired_state: DesiredState
    error_code: int | None = None
    targeting_method: int = 0
    install_context: RunAsAccount
    target_type: TargetType
    product_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementStateMessage:
    """How far installing got; the value of that name below the app's key. Attributes as of the other message."""

    enforcement_state: EnforcementState
    error_code: int | None = None
    targeting_method: int = 0
    install_context: RunAsAccount = RunAsAccount.SYSTEM
    target_type: TargetType = TargetType.DEVICE
    product_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingImpact:
    """What other apps have to do with the report; these are the values seen for an app without relations."""

    desired_state: DesiredState = DesiredState.UNKNOWN
    classification: int = 2
    conflict_reason: int = 0
    impacting_apps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingState:
    """The report of one app, as the agent logs it. Defaults are the values seen for an ordinary app.

    Attributes:
        detection_error_code: unsigned, as the other two codes are; None when there is none.
        targeting_method: 0 when the app itself is assigned.
        detected_identity_version: the version that was detected, None when detection does not tell.
    """

    application_id: str
    resultant_app_state: ResultantAppState
    reporting_impact: ReportingImpact = ReportingImpact()
    writeable_to_storage: bool = True
    can_generate_compliance_state: bool = True
    can_generate_enforcement_state: bool = True
    is_app_reportable: bool = True
    is_app_aggregatable: bool = True
    available_app_enforcement_flag: int = 0
    desired_state: DesiredState
    detection_state: DetectionState
    detection_error_occurred: bool = False
    detection_error_code: int | None = None
    applicability_state: Applicability
    applicability_error_occurred: bool = False
    applicability_error_code: int | None = None
    enforcement_state: EnforcementState | None = None
    enforcement_error_code: int | None = None
    targeting_method: int = 0
    targeting_type: TargetType
    install_context: RunAsAccount
    intent: InstallIntent
    internal_version: int = 1
    detected_identity_version: str | None = None
    removal_reason: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of a report before and after; states are named as `wire_name` does, codes signed."""

    old: str | int | None
    new: str | int | None


def write_compliance_message(message: ComplianceStateMessage) -> str:
    """Write the JSON of `ComplianceStateMessage`."""
    return compact({**write_fields(message), "AssignmentFilterIds": None})


def read_compliance_message(document: str, source: str) -> ComplianceStateMessage:
    """Read the JSON of `ComplianceStateMessage`.

    Raises:
        FormatError: if it is damaged.
    """
    return read_document(document, reader_of(ComplianceStateMessage), source)


def write_enforcement_message(message: EnforcementStateMessage) -> str:
    """Write the JSON of `EnforcementStateMessage`."""
    return compact({**write_fields(message), "AssignmentFilterIds": None})


def read_enforcement_message(document: str, source: str) -> EnforcementStateMessage:
    """Read the JSON of `EnforcementStateMessage`; of the fields not known for sure, any may be missing.

    Raises:
        FormatError: if it is damaged.
    """
    return read_document(document, reader_of(EnforcementStateMessage), source)


def write_report(state: ReportingState) -> str:
    """Write the JSON of a report."""
    return compact(write_fields(state))


def read_report(document: str, source: str) -> ReportingState:
    """Read the JSON of a report.

    Raises:
        FormatError: if it is damaged.
    """
    return read_document(document, reader_of(ReportingState, {"reporting_impact": reader_of(ReportingImpact)}), source)


def write_report_delta(changes: Mapping[str, Change]) -> str:
    """Write what changed in a report, by the fields' names on the wire, as the agent logs it."""
    return compact({name: {"OldValue": change.old, "NewValue": change.new} for name, change in changes.items()})


def read_report_delta(document: str, source: str) -> dict[str, Change]:
    """Read what changed in a report.

    Raises:
        FormatError: if it is damaged.
    """

    def read(value: object) -> dict[str, Change]:
        changes = ObjectReader(value)
        found = {name: changes.require(name, _read_change) for name in changes.names}
        changes.close()
        return found

    return read_document(document, read, source)


def _read_change(value: object) -> Change:
    found = ObjectReader(value)
    change = Change(old=found.require("OldValue", _plain), new=found.require("NewValue", _plain))
    found.close()
    return change


def _plain(value: object) -> str | int | None:
    if value is None or isinstance(value, str | int):
        return value
    raise Misfit(f"expected a text, a whole number or null, found {describe(value)}")
