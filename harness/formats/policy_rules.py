"""Detection and requirement rules in the agent's policy: JSON texts inside of JSON texts.

Source: policies seen on devices and public parsers of them; the file's text has a boolean where that of the registry
has 0 or 1. The text of a file or registry requirement is put together from what parsers read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, assert_never

from harness.errors import UsageError
from harness.formats import wirenumbers as wire
from harness.formats.misfits import Misfit, describe, placed
from harness.formats.structuring import ObjectReader, Reader, base64_bytes, flag, integer, nested_json, text
from harness.formats.wirenumbers import named_by
from harness.model.rules import (
    FileSystemRule,
    Operator,
    PowerShellScriptRule,
    ProcessRule,
    ProductCodeRule,
    RegistryRule,
    Rule,
    RuleRunAs,
    RuleType,
    ScriptOperation,
)

__all__ = ["write_rule", "read_rule", "carried_rule", "compact"]

#: The field that marks a text as an extension of this project; Microsoft's texts do not have it.
_EXTENSION = "ImeHarnessExtension"

#: How the two kinds of rules name the same things: the kind, the text, and inside it the operation and the value.
_NAMES = {
    RuleType.DETECTION: ("DetectionType", "DetectionText", "DetectionType", "DetectionValue"),
    RuleType.REQUIREMENT: ("Type", "RequirementText", "Type", "Value"),
}
_ANY_INT = integer(-(2**31), 2**31 - 1)


def compact(value: Any) -> str:
    """Write JSON as the service does: without blanks, letters beyond ASCII as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_rule(rule: Rule) -> dict[str, object]:
    """Return a rule as the element of `DetectionRule` or `ExtendedRequirementRules` that it is.

    Raises:
        UsageError: for a product code as a requirement, which Intune does not have.
    """
    kind_name, text_name, operation, value = _NAMES[rule.rule_type]
    fields: dict[str, object]
    match rule:
        case RegistryRule():
            kind = wire.REGISTRY
            fields = {
                "Check32BitOn64System": int(rule.check_32_bit_on_64_system),
                "Path": rule.key_path,
                "KeyName": rule.value_name,
                operation: wire.REGISTRY_OPERATIONS[rule.operation_type],
                "Operator": wire.OPERATORS[rule.operator],
                value: rule.comparison_value,
            }
        case FileSystemRule():
            kind = wire.FILE_SYSTEM
            fields = {
                "Path": rule.path,
                "FileOrFolderName": rule.file_or_folder_name,
                "Check32BitOn64System": rule.check_32_bit_on_64_system,
                operation: wire.FILE_OPERATIONS[rule.operation_type],
                "Operator": wire.OPERATORS[rule.operator],
                value: rule.comparison_value,
            }
        case ProductCodeRule():
            if rule.rule_type is RuleType.REQUIREMENT:
                raise UsageError(
                    f"the product code {rule.product_code} is a requirement - Intune only detects by product codes"
                )
            kind = wire.PRODUCT_CODE
            fields = {
                "ProductCode": rule.product_code,
                "ProductVersion": rule.product_version,
                "ProductVersionOperator": wire.OPERATORS[rule.product_version_operator],
            }
        case PowerShellScriptRule():
            kind = wire.SCRIPT
            fields = _script_fields(rule)
        case ProcessRule():
            kind = wire.PROCESS
            fields = {
                _EXTENSION: "process existence; not a rule of Intune's",
                "ProcessName": rule.process_name,
                operation: wire.PROCESS_OPERATIONS[rule.operation_type],
            }
        case _:
            assert_never(rule)
    return {kind_name: kind, text_name: compact(fields)}


def read_rule(rule_type: RuleType) -> Reader[Rule]:
    """Return a reader of rules of one type."""
    kind_name, text_name, operation, value = _NAMES[rule_type]
    readers: Mapping[int, Callable[[ObjectReader], Rule]] = {
        wire.REGISTRY: lambda fields: RegistryRule(
            rule_type=rule_type,
            key_path=fields.require("Path", text),
            value_name=fields.get("KeyName", text, ""),
            check_32_bit_on_64_system=fields.get("Check32BitOn64System", flag, False),
            operation_type=fields.require(operation, named_by(wire.REGISTRY_OPERATIONS)),
            operator=fields.get("Operator", named_by(wire.OPERATORS), Operator.NOT_CONFIGURED),
            comparison_value=fields.get(value, text, None),
        ),
        wire.FILE_SYSTEM: lambda fields: FileSystemRule(
            rule_type=rule_type,
            path=fields.require("Path", text),
            file_or_folder_name=fields.require("FileOrFolderName", text),
            check_32_bit_on_64_system=fields.get("Check32BitOn64System", flag, False),
            operation_type=fields.require(operation, named_by(wire.FILE_OPERATIONS)),
            operator=fields.get("Operator", named_by(wire.OPERATORS), Operator.NOT_CONFIGURED),
            comparison_value=fields.get(value, text, None),
        ),
        wire.SCRIPT: lambda fields: _script_rule(fields, rule_type),
        wire.PROCESS: lambda fields: _process_rule(fields, rule_type, operation),
    }
    if rule_type is RuleType.DETECTION:
        readers = {**readers, wire.PRODUCT_CODE: _product_code_rule}

    def read(value: object) -> Rule:
        item = ObjectReader(value)
        kind = item.require(kind_name, _ANY_INT)
        if not item.is_right(kind_name):
            item.close()
        if kind not in readers:
            expected = ", ".join(str(number) for number in sorted(readers))
            raise placed(f".{kind_name}", Misfit(f"expected one of {expected}, found {describe(kind)}"))
        rule = item.require(text_name, nested_json(_closed(readers[kind])))
        item.close()
        return rule

    return read


def carried_rule(rule: Rule) -> Rule:
    """Return what is left of a rule after it has travelled: a script loses its name, and what detection ignores."""
    if not isinstance(rule, PowerShellScriptRule):
        return rule
    if rule.rule_type is RuleType.REQUIREMENT:
        return PowerShellScriptRule(
            rule_type=RuleType.REQUIREMENT,
            script_content=rule.script_content,
            enforce_signature_check=rule.enforce_signature_check,
            run_as_32_bit=rule.run_as_32_bit,
            run_as_account=rule.run_as_account,
            operation_type=rule.operation_type,
            operator=rule.operator,
            comparison_value=rule.comparison_value,
        )
    return PowerShellScriptRule(
        script_content=rule.script_content,
        enforce_signature_check=rule.enforce_signature_check,
        run_as_32_bit=rule.run_as_32_bit,
    )


def _script_fields(rule: PowerShellScriptRule) -> dict[str, object]:
    fields: dict[str, object] = {
        "EnforceSignatureCheck": int(rule.enforce_signature_check),
        "RunAs32Bit": int(rule.run_as_32_bit),
    }
    if rule.rule_type is RuleType.REQUIREMENT:
        fields |= {
            "RunAsAccount": wire.RULE_RUN_AS[rule.run_as_account],
            "Type": wire.SCRIPT_OPERATIONS[rule.operation_type],
            "Operator": wire.OPERATORS[rule.operator],
            "Value": rule.comparison_value,
        }
    return {**fields, "ScriptBody": base64.b64encode(rule.script_content).decode()}


def _script_rule(fields: ObjectReader, rule_type: RuleType) -> PowerShellScriptRule:
    content = fields.require("ScriptBody", base64_bytes)
    enforce = fields.get("EnforceSignatureCheck", flag, False)
    run_as_32_bit = fields.get("RunAs32Bit", flag, False)
    if rule_type is RuleType.DETECTION:
        return PowerShellScriptRule(
            script_content=content, enforce_signature_check=enforce, run_as_32_bit=run_as_32_bit
        )
    return PowerShellScriptRule(
        rule_type=rule_type,
        script_content=content,
        enforce_signature_check=enforce,
        run_as_32_bit=run_as_32_bit,
        run_as_account=fields.get("RunAsAccount", named_by(wire.RULE_RUN_AS), RuleRunAs.SYSTEM),
        operation_type=fields.get("Type", named_by(wire.SCRIPT_OPERATIONS), ScriptOperation.NOT_CONFIGURED),
        operator=fields.get("Operator", named_by(wire.OPERATORS), Operator.NOT_CONFIGURED),
        comparison_value=fields.get("Value", text, None),
    )


def _product_code_rule(fields: ObjectReader) -> ProductCodeRule:
    return ProductCodeRule(
        product_code=fields.require("ProductCode", text),
        product_version=fields.get("ProductVersion", text, None),
        product_version_operator=fields.get(
            "ProductVersionOperator", named_by(wire.OPERATORS), Operator.NOT_CONFIGURED
        ),
    )


def _process_rule(fields: ObjectReader, rule_type: RuleType, operation: str) -> ProcessRule:
    fields.get(_EXTENSION, text, "")
    return ProcessRule(
        rule_type=rule_type,
        process_name=fields.require("ProcessName", text),
        operation_type=fields.require(operation, named_by(wire.PROCESS_OPERATIONS)),
    )


def _closed(build: Callable[[ObjectReader], Rule]) -> Reader[Rule]:
    def read(value: object) -> Rule:
        fields = ObjectReader(value)
        rule = build(fields)
        fields.close()
        return rule

    return read
