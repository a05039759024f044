"""Microsoft Graph JSON: a `win32LobApp` with its assignments, as `$expand=assignments` gives it.

Read are both spellings of rules, `rules[]` and the older `detectionRules` and `requirementRules`; written is the first
alone. Names are matched without regard to case and fields that mean nothing here are passed over, as the service does.

Source: the Graph reference of the `win32LobApp...` and `mobileAppAssignment` resources, and real request bodies.
`#imeHarness.win32LobAppProcessRule` is an extension of this project; Graph does not have it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from harness.errors import NotEmulated
from harness.formats.graph_assignments import read_assignment, write_assignment
from harness.formats.graph_releases import minimum_operating_system, release_to_graph, windows_release
from harness.formats.graph_rules import read_older_rule, read_rule, write_rule
from harness.formats.graph_values import (
    converter,
    minutes,
    read_attributes,
    reader_of,
    tag,
)
from harness.formats.misfits import Misfit, describe
from harness.formats.policy_rules import carried_rule
from harness.formats.structuring import ObjectReader, Reader, guid, integer, list_of, read_document, text
from harness.model.apps import InstallExperience, ReturnCode, Win32App
from harness.model.assignments import Assignment
from harness.model.rules import Rule, RuleType

__all__ = ["AppDocument", "read_app", "write_app", "app_id_for"]

_TYPE = "#microsoft.graph.win32LobApp"
_A_DAY = 1440
#: The project's own name space of ids that are made from names.
_NAMESPACE = "0b9d4f5e-2f43-5c0e-8a55-6c1f5f0b7d0a"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDocument:
    """One app with its assignments."""

    app: Win32App
    assignments: tuple[Assignment, ...] = ()


def read_app(data: bytes | str, source: str) -> AppDocument:
    """Read an app.

    Without an `id` it gets one made from its name, so that the same document always means the same app.
    `committedContentVersion` becomes the version.

    Args:
        data: the JSON document.
        source: its name in error messages.

    Raises:
        FormatError: with every problem and its JSON path.
        NotEmulated: for excluded groups, assignment filters and script installers.
    """
    return read_document(data, _read_document, source)


def write_app(document: AppDocument) -> str:
    """Write an app with its assignments, in the present spelling; what is not set is left out."""
    app = document.app
    fields: dict[str, object] = converter().unstructure(app)
    del fields["rules"], fields["version"]
    release = app.minimum_supported_windows_release
    if release is not None:
        fields["minimumSupportedWindowsRelease"] = release_to_graph(release)
    written = {
        "@odata.type": _TYPE,
        **fields,
        "committedContentVersion": str(app.version),
        "rules": [write_rule(rule) for rule in app.rules],
        "assignments": [write_assignment(assignment) for assignment in document.assignments],
    }
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def app_id_for(display_name: str) -> str:
    """Return the id of an app that comes without one; the same name always gives the same id."""
    import uuid

    return str(uuid.uuid5(uuid.UUID(_NAMESPACE), display_name))


def _read_document(value: object) -> AppDocument:
    fields = ObjectReader(value)
    if fields.has("value") and not fields.has("displayName"):
        raise Misfit("expected one app, found a list of them - take one element of its 'value'")
    fields.get("@odata.type", tag({_TYPE: True}), default=True)
    readers: dict[str, Reader[Any]] = {
        "display_name": _name,
        "install_experience": reader_of(InstallExperience, readers={"max_run_time": minutes(1, _A_DAY)}),
        "return_codes": list_of(reader_of(ReturnCode, readers={"return_code": integer(-(2**31), 2**32 - 1)})),
    }
    special = ("id", "version", "rules", "minimum_supported_windows_release")
    values = read_attributes(Win32App, fields, readers=readers, leave_out=special)
    oldest = fields.get("minimumSupportedOperatingSystem", minimum_operating_system, None)
    release = fields.get("minimumSupportedWindowsRelease", windows_release, oldest)
    app_id = fields.get("id", guid, "")
    version = fields.get("committedContentVersion", _content_version, 1)
    for name in ("activeInstallScript", "activeUninstallScript"):
        fields.get(name, _refuse_script, None)
    rules = _read_rules(fields)
    assignments = fields.get("assignments", list_of(read_assignment), ())
    fields.close()
    app = Win32App(
        id=app_id or app_id_for(values["display_name"]),
        version=version,
        rules=rules,
        minimum_supported_windows_release=release,
        **values,
    )
    return AppDocument(app=app, assignments=assignments)


def _read_rules(fields: ObjectReader) -> tuple[Rule, ...]:
    """Read both spellings; when they say the same, as the service's own answers do, `rules` counts."""
    rules = fields.get("rules", list_of(read_rule()), ())
    read_older = {
        "detectionRules": RuleType.DETECTION,
        "requirementRules": RuleType.REQUIREMENT,
    }
    older: dict[str, tuple[Rule, ...]] = {
        name: fields.get(name, list_of(read_older_rule(kind)), ()) for name, kind in read_older.items()
    }
    if not rules:
        return (*(older["detectionRules"] or ()), *(older["requirementRules"] or ()))
    for name, kind in read_older.items():
        if not (older[name] and fields.is_right("rules", name)):
            continue
        present = Counter(carried_rule(rule) for rule in rules if rule.rule_type is kind)
        if present != Counter(carried_rule(rule) for rule in older[name]):
            fields.fail(name, "says something else than 'rules' - delete one of the two spellings")
    return rules


def _name(value: object) -> str:
    found = text(value)
    if not found.strip():
        raise Misfit("expected a name, found an empty text")
    return found


def _content_version(value: object) -> int:
    found = text(value)
    if not (found.isascii() and found.isdigit() and len(found) <= 9):  # noqa: PLR2004  # below 2**31
        raise Misfit(f"expected a number as a text such as '1', found {describe(value)}")
    return int(found)


def _refuse_script(_: object) -> None:
    raise NotEmulated("script installers", where="app", hint="use a command line as the installer")
