"""What a function's parameters are, from the way it is written.

Source: learn.microsoft.com, about_Functions, about_Functions_Advanced_Parameters,
about_Functions_CmdletBindingAttribute.
"""

from __future__ import annotations

from harness.emulator.powershell.expressions import (
    ArrayExpression,
    ArrayLiteral,
    Attribute,
    Expression,
    Number,
    Text,
    TypeName,
    Unary,
    Variable,
)
from harness.emulator.powershell.expressions import Parameter as ParameterNode
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.parameters import SWITCH, Parameter, Validation
from harness.emulator.powershell.runtime.values import Closure, Int64, Value
from harness.emulator.powershell.statements import CommandExpression, Pipeline
from harness.emulator.powershell.types.names import type_named
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Signature", "signature_of"]

_VALIDATIONS = (
    *("validatenotnull", "validatenotnullorempty", "validateset", "validaterange", "validatepattern"),
    *("validatelength", "validatecount"),
)
_ALLOWING = ("allownull", "allowemptystring", "allowemptycollection")
#: Attributes that change nothing here.
_IDLE = ("argumentcompleter", "supportswildcards", "dontshow", "outputtype", "psdefaultvalue")


class Signature:
    """The parameters of a function.

    Attributes:
        parameters: in their order.
        is_advanced: whether it has common parameters and takes nothing that it does not declare.
        supports_should_process: whether it has -WhatIf and -Confirm.
        default_set: the parameter set that counts when nothing decides.
    """

    def __init__(self, closure: Closure, defined: dict[str, NetType]) -> None:
        nodes = closure.parameters if closure.parameters is not None else closure.block.parameters or ()
        binding = next((a for a in closure.block.attributes if _name(a) == "cmdletbinding"), None)
        options = {} if binding is None else {name.lower(): constant(value) for name, value in binding.named}
        self.supports_should_process = bool(options.get("supportsshouldprocess"))
        self.default_set = to_text(options.get("defaultparametersetname"))
        self.is_advanced = binding is not None or any(
            isinstance(attribute, Attribute) and _name(attribute) == "parameter"
            for node in nodes
            for attribute in node.attributes
        )
        takes_places = options.get("positionalbinding", True)
        self.parameters = [_parameter(node, defined) for node in nodes]
        if takes_places and all(parameter.position is None for parameter in self.parameters):
            self.parameters = _in_order(self.parameters)
        if self.supports_should_process:
            self.parameters += [
                Parameter(name="WhatIf", type="switch", aliases=("wi",)),
                Parameter(name="Confirm", type="switch", aliases=("cf",)),
            ]


def signature_of(closure: Closure, defined: dict[str, NetType]) -> Signature:
    """Return the parameters of a function; worked out once for each script block.

    Raises:
        Unmodelled: for what is not modelled.
    """
    if closure.spec is None:
        closure.spec = Signature(closure, defined)
    found: Signature = closure.spec
    return found


def _in_order(parameters: list[Parameter]) -> list[Parameter]:
    from dataclasses import replace

    place = 0
    found = []
    for parameter in parameters:
        if parameter.is_switch or parameter.takes_rest:
            found.append(parameter)
        else:
            found.append(replace(parameter, position=place))
            place += 1
    return found


def _name(attribute: Attribute) -> str:
    return attribute.type.name.lower().rsplit(".", 1)[-1].removesuffix("attribute")


def _parameter(node: ParameterNode, defined: dict[str, NetType]) -> Parameter:
    kind = "object"
    facts: dict[str, Value] = {}
    sets: list[str] = []
    validations: list[Validation] = []
    aliases: tuple[str, ...] = ()
    for attribute in node.attributes:
        if isinstance(attribute, TypeName):
            kind = type_named(attribute, defined).name
            continue
        name = _name(attribute)
        if name == "parameter":
            options = {key.lower(): True if value is None else constant(value) for key, value in attribute.named}
            if options.get("parametersetname"):
                sets.append(to_text(options["parametersetname"]))
            facts = {**options, **{key: value for key, value in facts.items() if value}}
        elif name == "alias":
            aliases = tuple(to_text(constant(argument)) for argument in attribute.arguments)
        elif name in _VALIDATIONS:
            options_of = tuple((key, constant(value)) for key, value in attribute.named)
            arguments = tuple(constant(argument) for argument in attribute.arguments)
            validations.append(Validation(kind=name, arguments=arguments, options=options_of))
        elif name in _ALLOWING:
            facts["allows"] = True
        elif name not in _IDLE:
            raise Unmodelled(f"the attribute [{attribute.type.name}] of a parameter", "check the value in the body")
    return Parameter(
        name=node.name,
        type="switch" if kind == SWITCH else kind,
        aliases=aliases,
        position=facts.get("position"),
        is_mandatory=bool(facts.get("mandatory")),
        from_pipeline=bool(facts.get("valuefrompipeline")),
        from_property=bool(facts.get("valuefrompipelinebypropertyname")),
        takes_rest=bool(facts.get("valuefromremainingarguments")),
        sets=tuple(sets),
        allows_null=bool(facts.get("allows")),
        written_default=node.default,
        validations=tuple(validations),
    )


def constant(node: Expression | None) -> Value:  # noqa: PLR0911
    """Return the value of an expression that needs no script to run.

    Raises:
        Unmodelled: for any other.
    """
    match node:
        case None:
            return True
        case Text(value=value):
            return value
        case Number(value=value, is_long=is_long):
            return Int64(value) if is_long else value
        case Variable(name=name) if name.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name.lower()]
        case Unary(operator="-", operand=operand):
            return -constant(operand)
        case ArrayLiteral(items=items):
            return [constant(item) for item in items]
        case ArrayExpression(body=body) if len(body.statements) == 1:
            only = body.statements[0]
            if isinstance(only, Pipeline) and isinstance(only.elements[0], CommandExpression):
                return constant(only.elements[0].expression)
    raise Unmodelled("an attribute whose argument has to be worked out", "write a constant")
