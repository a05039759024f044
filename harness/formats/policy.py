"""The policy document the agent polls: what the service writes, what the agent parses.

Keys, their order and their spelling (`...DueToAssginmentFilters`, `MinimumWindows10BuildNumer`) are those of a policy
seen on a device, and so are the texts that hold JSON, up to three levels deep. Fields whose meaning is not known are
written as they were seen and passed over when read.

What does not travel: see `as_carried`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from harness.formats.architecturemask import architecture_mask, architectures_of
from harness.formats.policy_reading import read_policy
from harness.formats.policy_rules import carried_rule, compact
from harness.formats.policy_settings import carried_install_time, carried_restart, whole_minutes
from harness.formats.policy_writing import policy_fields, travelling_intent
from harness.formats.sessionpayload import decode_response_payload, encode_response_payload
from harness.formats.structuring import list_of, read_document
from harness.model.assignments import AppPolicy

__all__ = [
    "write_policies",
    "read_policies",
    "as_carried",
    "encode_response_payload",
    "decode_response_payload",
]


def write_policies(policies: Sequence[AppPolicy]) -> str:
    """Write what the service sends for these apps.

    Raises:
        UsageError: if an app asks for something Intune does not have.
    """
    written = compact([policy_fields(policy) for policy in policies])
    # The service writes with Json.NET, which escapes the slashes of dates and no others.
    return written.replace('"/Date(', '"\\/Date(').replace(')/"', ')\\/"')


def read_policies(document: bytes | str, source: str) -> tuple[AppPolicy, ...]:
    """Read what the service sent.

    Raises:
        FormatError: with every problem; paths lead through the texts, `$[0].DetectionRule(json)[0].DetectionType`.
        NotEmulated: for dependencies, supersedence, Store apps, script installers and assignment filters.
    """
    return read_document(document, list_of(read_policy), source)


def as_carried(policy: AppPolicy) -> AppPolicy:
    """Return what is left of a policy after it has travelled to the agent.

    The description, publisher, version for display, name of the package, information about the MSI and whether an
    available app may be uninstalled do not travel. Detection rules come before requirements, scripts lose their names,
    `availableWithoutEnrollment` becomes `available`, `allowed_architectures` take the place of the applicable ones,
    durations are whole minutes (rounded up) and times whole milliseconds.
    """
    app, assignment = policy.app, policy.assignment
    applicable, allowed = architectures_of(architecture_mask(app))
    experience = app.install_experience
    return AppPolicy(
        app=replace(
            app,
            description="",
            publisher="",
            display_version=None,
            file_name=None,
            msi_information=None,
            allow_available_uninstall=False,
            rules=tuple(carried_rule(rule) for rule in (*app.detection_rules, *app.requirement_rules)),
            applicable_architectures=applicable,
            allowed_architectures=allowed,
            install_experience=replace(
                experience, max_run_time=timedelta(minutes=whole_minutes(experience.max_run_time))
            ),
        ),
        assignment=replace(
            assignment,
            intent=travelling_intent(assignment.intent),
            restart_settings=carried_restart(assignment.restart_settings),
            install_time_settings=carried_install_time(assignment.install_time_settings),
        ),
    )
