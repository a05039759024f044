"""Rules in words: for people and for the agent's log."""

from __future__ import annotations

from harness.agent.findings import Evidence, Finding
from harness.model.rules import (
    FileSystemRule,
    Operator,
    ProcessOperation,
    ProcessRule,
    ProductCodeRule,
    RegistryRule,
    Rule,
    RuleType,
)

__all__ = ["comparison_note", "describe_wanted", "invalid", "verdict_word"]

_SIGNS = {
    Operator.NOT_CONFIGURED: "?",
    Operator.EQUAL: "=",
    Operator.NOT_EQUAL: "<>",
    Operator.GREATER_THAN: ">",
    Operator.GREATER_THAN_OR_EQUAL: ">=",
    Operator.LESS_THAN: "<",
    Operator.LESS_THAN_OR_EQUAL: "<=",
}


#: What a rule compares of a file, in words.
_FILE_WORDS = {"sizeInMB": "size in MB", "modifiedDate": "date modified", "createdDate": "date created"}


def describe_wanted(rule: Rule) -> str:
    """Say in words what a rule asks for, for example `value 'Version' as version >= 5.2`."""
    match rule:
        case RegistryRule():
            value = f"value '{rule.value_name}'"
            whole, compared = (value, value) if rule.value_name else ("the key", "default value")
            return _describe(whole, compared, rule)
        case FileSystemRule():
            return _describe("the file or folder", "", rule)
        case ProductCodeRule(product_version_operator=Operator.NOT_CONFIGURED):
            return f"product {rule.product_code}"
        case ProductCodeRule():
            sign = _SIGNS[rule.product_version_operator]
            return f"product {rule.product_code}, version {sign} {rule.product_version or ''}".rstrip()
        case ProcessRule():
            verb = "runs" if rule.operation_type is ProcessOperation.EXISTS else "does not run"
            return f"process {rule.process_name} {verb} (a rule of ime-harness, not of Intune)"
        case _:
            return f"script '{rule.display_name}'" if rule.display_name else "script"


def comparison_note(
    rule: RegistryRule | FileSystemRule | ProductCodeRule, operator: Operator, actual: str, *, is_met: bool
) -> str:
    """Write the log's line about a comparison.

    Seen for versions: `LessThan: actualVersion: 10.0.1, detectionVersion: 9.0, applicationDetected: False`; those of
    other types are inferred from it.
    """
    wanted = rule.product_version if isinstance(rule, ProductCodeRule) else rule.comparison_value
    is_version = isinstance(rule, ProductCodeRule) or rule.operation_type.value == "version"
    kind = "Version" if is_version else "Value"
    word = operator.value[0].upper() + operator.value[1:]
    verdict = verdict_word(rule)
    return f"[Win32App] {word}: actual{kind}: {actual}, detection{kind}: {wanted or ''}, {verdict}: {is_met}"


def verdict_word(rule: Rule) -> str:
    """Return how the log calls the verdict of a rule."""
    return "applicationDetected" if rule.rule_type is RuleType.DETECTION else "requirementMet"


def invalid(rule: Rule, where: str, problem: str) -> Finding:
    """Return the finding of a rule that cannot be evaluated."""
    evidence = Evidence(wanted=describe_wanted(rule), where=where, found="the rule cannot be evaluated")
    note = f"[Win32App] The rule cannot be evaluated: {problem}"
    return Finding(rule=rule, is_met=False, evidence=evidence, problem=problem, notes=((3, note),))


def _describe(whole: str, compared: str, rule: RegistryRule | FileSystemRule) -> str:
    match rule.operation_type.value:
        case "exists":
            return f"{whole} exists"
        case "doesNotExist":
            return f"{whole} does not exist"
        case kind:
            what = f"{compared} as {kind}" if compared else _FILE_WORDS.get(kind, kind)
            return f"{what} {_SIGNS[rule.operator]} {rule.comparison_value or ''}".rstrip()
