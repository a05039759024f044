"""Dataclasses of state messages to JSON and back: names in PascalCase, states as numbers, codes signed."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, TypeVar

from harness.formats import wirenumbers as wire
from harness.formats.structuring import ObjectReader, Reader, boolean, integer, list_of, text
from harness.formats.wirenumbers import named_by
from harness.model.apps import RunAsAccount
from harness.model.assignments import InstallIntent, TargetType
from harness.model.states import (
    Applicability,
    ComplianceState,
    DesiredState,
    DetectionState,
    EnforcementState,
    ResultantAppState,
    as_signed,
)

__all__ = ["write_fields", "reader_of"]

T = TypeVar("T")
N = TypeVar("N", bound=IntEnum)

#: What is a name here and a number there.
_NUMBERS: Mapping[type, Mapping[Any, int]] = {
    RunAsAccount: wire.INSTALL_CONTEXTS,
    TargetType: wire.TARGET_TYPES,
    InstallIntent: wire.INTENTS,
}


def write_fields(value: Any) -> dict[str, object]:
    """Return the fields of a document, in the order of its attributes."""
    return {
        _wire_name(field.name): _written(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)
    }


def _wire_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _written(name: str, value: object) -> object:
    if isinstance(value, int) and name.endswith("error_code"):
        return as_signed(value)
    for kind, table in _NUMBERS.items():
        if isinstance(value, kind):
            return table[value]
    return write_fields(value) if dataclasses.is_dataclass(value) else value


def _member_of(cls: type[N]) -> Reader[N]:
    return named_by({member: int(member) for member in cls})


_NUMBER = integer(-(2**31), 2**31 - 1)


def _code(value: object) -> int:
    return _NUMBER(value) & 0xFFFFFFFF


def reader_of(cls: type[T], nested: Mapping[str, Reader[Any]] = types.MappingProxyType({})) -> Reader[T]:
    """Return a reader of one of the documents; what may be missing or null is what has a default.

    Args:
        cls: the dataclass of the document.
        nested: the readers of attributes that are documents themselves.
    """
    readers = {**_READERS, **nested}

    def read(value: object) -> T:
        found = ObjectReader(value)
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # only dataclasses are given
            name, read_field = _wire_name(field.name), readers[field.name]
            if field.default is dataclasses.MISSING:
                values[field.name] = found.require(name, read_field)
            else:
                values[field.name] = found.get(name, read_field, field.default)
        found.close()
        return cls(**values)

    return read


#: A name means the same in all of the documents.
_READERS: Mapping[str, Reader[Any]] = {
    "applicability": _member_of(Applicability),
    "applicability_error_code": _code,
    "applicability_error_occurred": boolean,
    "applicability_state": _member_of(Applicability),
    "application_id": text,
    "available_app_enforcement_flag": _NUMBER,
    "can_generate_compliance_state": boolean,
    "can_generate_enforcement_state": boolean,
    "classification": _NUMBER,
    "compliance_state": _member_of(ComplianceState),
    "conflict_reason": _NUMBER,
    "desired_state": _member_of(DesiredState),
    "detected_identity_version": text,
    "detection_error_code": _code,
    "detection_error_occurred": boolean,
    "detection_state": _member_of(DetectionState),
    "enforcement_error_code": _code,
    "enforcement_state": _member_of(EnforcementState),
    "error_code": _code,
    "impacting_apps": list_of(text),
    "install_context": named_by(wire.INSTALL_CONTEXTS),
    "intent": named_by(wire.INTENTS),
    "internal_version": _NUMBER,
    "is_app_aggregatable": boolean,
    "is_app_reportable": boolean,
    "product_version": text,
    "removal_reason": _NUMBER,
    "resultant_app_state": _member_of(ResultantAppState),
    "target_type": named_by(wire.TARGET_TYPES),
    "targeting_method": _NUMBER,
    "targeting_type": named_by(wire.TARGET_TYPES),
    "writeable_to_storage": boolean,
}
