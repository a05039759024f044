"""Parameters of commands, as cmdlets declare them and functions write them.

Source: learn.microsoft.com, about_Functions_Advanced_Parameters, about_Parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.emulator.powershell.runtime.values import Value

if TYPE_CHECKING:
    from harness.emulator.powershell.expressions import Attribute, Expression

__all__ = ["Parameter", "COMMON", "CHANGING", "text", "texts", "switch", "number", "anything", "Validation"]

SWITCH = "System.Management.Automation.SwitchParameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What an attribute asks of a value.

    Attributes:
        kind: the attribute's name in lower case, `validateset`.
        arguments: its arguments, already values.
        options: its named arguments.
    """

    kind: str
    arguments: tuple[Value, ...] = ()
    options: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    Attributes:
        name: without the dash.
        type: the full name of its type, or an accelerator; `object` takes anything.
        aliases: other names.
        position: its place among those without a name; None when it must be named.
        is_mandatory: whether there is no command without it.
        from_pipeline: whether it takes what comes down the pipeline.
        from_property: whether it takes the property of its name of what comes down the pipeline.
        takes_rest: whether it takes all that is left.
        sets: the parameter sets it belongs to; empty for all.
        choices: the only values it takes.
        default: its value when it is not given.
        allows_null: whether a mandatory one takes `$null`, empty texts and empty lists.
        written_default: a function's default.
        validations: what a function's attributes ask.
        set_facts: what is different by set: set -> (is_mandatory, position, from_pipeline, from_property).
        transformation: attributes of a function that are not modelled.
    """

    name: str
    type: str = "object"
    aliases: tuple[str, ...] = ()
    position: int | None = None
    is_mandatory: bool = False
    from_pipeline: bool = False
    from_property: bool = False
    takes_rest: bool = False
    sets: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    default: Value = None
    allows_null: bool = False
    written_default: Expression | None = None
    validations: tuple[Validation, ...] = ()
    transformation: tuple[Attribute, ...] = ()

    @property
    def is_switch(self) -> bool:
        """Whether it is given without a value."""
        return self.type in ("switch", SWITCH)

    def names(self) -> tuple[str, ...]:
        """Return its names in lower case."""
        return (self.name.lower(), *(alias.lower() for alias in self.aliases))


def text(name: str, **facts: Any) -> Parameter:
    """Declare a parameter that takes a text."""
    return Parameter(name=name, type="string", **facts)


def texts(name: str, **facts: Any) -> Parameter:
    """Declare a parameter that takes one or more texts."""
    return Parameter(name=name, type="string[]", **facts)


def switch(name: str, **facts: Any) -> Parameter:
    """Declare a parameter without a value."""
    return Parameter(name=name, type="switch", **facts)


def number(name: str, **facts: Any) -> Parameter:
    """Declare a parameter that takes an integer."""
    return Parameter(name=name, type="int", **facts)


def anything(name: str, **facts: Any) -> Parameter:
    """Declare a parameter that takes any value."""
    return Parameter(name=name, type="object", **facts)


#: What every cmdlet and every advanced function takes. Source: about_CommonParameters.
COMMON: Sequence[Parameter] = (
    text("ErrorAction", aliases=("ea",)),
    text("WarningAction", aliases=("wa",)),
    text("InformationAction", aliases=("infa",)),
    switch("Verbose", aliases=("vb",)),
    switch("Debug", aliases=("db",)),
    text("ErrorVariable", aliases=("ev",)),
    text("WarningVariable", aliases=("wv",)),
    text("InformationVariable", aliases=("iv",)),
    text("OutVariable", aliases=("ov",)),
    number("OutBuffer", aliases=("ob",)),
    text("PipelineVariable", aliases=("pv",)),
)

#: What cmdlets that change something take besides. Source: about_CommonParameters, "Risk Mitigation Parameters".
CHANGING: Sequence[Parameter] = (switch("WhatIf", aliases=("wi",)), switch("Confirm", aliases=("cf",)))
