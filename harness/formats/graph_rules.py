"""Detection and requirement rules in Graph's JSON, in the present and in the older spelling.

Source: the Graph reference, `win32LobApp...Rule`, `...Detection` and `...Requirement`. The older types say
`detectionType` and `detectionValue` where the present ones say `operationType` and `comparisonValue`; which of the two
lists a rule stands in says what it is for.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.formats.graph_values import converter, reader_of, tagged
from harness.formats.misfits import Misfit, placed
from harness.formats.structuring import Reader
from harness.model.rules import (
    FileSystemRule,
    PowerShellScriptRule,
    ProcessRule,
    ProductCodeRule,
    RegistryRule,
    Rule,
    RuleRunAs,
    RuleType,
)

__all__ = ["read_rule", "read_older_rule", "write_rule"]

_GRAPH = "#microsoft.graph.win32LobApp"
_TAGS: Mapping[type[Rule], str] = {
    RegistryRule: f"{_GRAPH}RegistryRule",
    FileSystemRule: f"{_GRAPH}FileSystemRule",
    ProductCodeRule: f"{_GRAPH}ProductCodeRule",
    PowerShellScriptRule: f"{_GRAPH}PowerShellScriptRule",
    ProcessRule: "#imeHarness.win32LobAppProcessRule",
}
#: What a detection script does not say, unless it was given.
_NOT_FOR_DETECTION: Mapping[str, str] = {"displayName": "", "runAsAccount": RuleRunAs.SYSTEM}
_OLDER_NAMES = {"operation_type": "detectionType", "comparison_value": "detectionValue"}


def read_rule() -> Reader[Rule]:
    """Return a reader of the elements of `rules[]`."""
    readers: dict[str, Reader[Rule]] = {name: reader_of(cls) for cls, name in _TAGS.items()}
    return tagged({**readers, _TAGS[ProductCodeRule]: _product_code_rule})


def read_older_rule(rule_type: RuleType) -> Reader[Rule]:
    """Return a reader of the elements of `detectionRules` or `requirementRules`."""
    kinds: Mapping[str, type[Rule]] = {
        "Registry": RegistryRule,
        "FileSystem": FileSystemRule,
        "PowerShellScript": PowerShellScriptRule,
    }
    suffix = "Requirement"
    if rule_type is RuleType.DETECTION:
        kinds, suffix = {**kinds, "ProductCode": ProductCodeRule}, "Detection"
    fixed = {"rule_type": rule_type}
    return tagged(
        {f"{_GRAPH}{kind}{suffix}": reader_of(cls, names=_OLDER_NAMES, fixed=fixed) for kind, cls in kinds.items()}
    )


def write_rule(rule: Rule) -> dict[str, object]:
    """Return a rule as an element of `rules[]`.

    A detection script has no name, account or comparison of its own ("Do not specify ... if the rule is used for
    detection", Graph reference): there they are written only if they were given.
    """
    fields: dict[str, object] = converter().unstructure(rule)
    if isinstance(rule, PowerShellScriptRule) and rule.rule_type is RuleType.DETECTION:
        fields = {name: value for name, value in fields.items() if _NOT_FOR_DETECTION.get(name) != value}
    return {"@odata.type": _TAGS[type(rule)], **fields}


def _product_code_rule(value: object) -> ProductCodeRule:
    rule = reader_of(ProductCodeRule)(value)
    if rule.rule_type is RuleType.REQUIREMENT:
        raise placed(".ruleType", Misfit("expected detection, found requirement: Graph has no such product code rule"))
    return rule
