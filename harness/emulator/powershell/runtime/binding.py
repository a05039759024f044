"""Binding arguments to parameters: by name, alias and unique beginning, by place, from the pipeline.

Source: learn.microsoft.com, about_Parameters, about_Functions_Advanced_Parameters; the texts and ids of errors from
ParameterBinderStrings.resx of PowerShell 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.emulator.powershell.runtime.argument_values import Argument, ParameterName, Values, binding_error
from harness.emulator.powershell.runtime.errors import ScriptError
from harness.emulator.powershell.runtime.objects import MISSING
from harness.emulator.powershell.runtime.parameters import CHANGING, COMMON, Parameter
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Value, is_null
from harness.emulator.powershell.types.conversion import Converter
from harness.emulator.powershell.types.members import property_of
from harness.emulator.powershell.types.nettype import NetType, is_instance
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Argument", "Binder", "Bound", "ParameterName", "binding_error"]


@dataclass(slots=True)
class Bound:
    """What a command was given.

    Attributes:
        values: by the parameter's name as declared.
        rest: what no parameter took.
        common: the common parameters.
        sets: the parameter sets that are still possible; None for all.
    """

    values: dict[str, Value] = field(default_factory=dict)
    rest: list[Value] = field(default_factory=list)
    common: dict[str, Value] = field(default_factory=dict)
    sets: set[str] | None = None


class Binder(Values):
    """Binds arguments to the parameters of one command.

    Args:
        name: the command.
        parameters: what it takes.
        converter: converts values.
        defined: types that the script defined.
        is_script: whether it is a function: conversions are then told in other words.
        is_strict: whether what is left over is a mistake.
        default_set: the parameter set that counts when nothing decides.
        changes: whether it takes -WhatIf and -Confirm.
    """

    def __init__(
        self,
        name: str,
        parameters: Sequence[Parameter],
        converter: Converter,
        *,
        defined: dict[str, NetType] | None = None,
        is_script: bool = False,
        is_strict: bool = True,
        default_set: str = "",
        changes: bool = False,
    ) -> None:
        self._name = name
        self.parameters = parameters
        self._converter = converter
        self._defined = defined
        self._is_script = is_script
        self._is_strict = is_strict
        self._default_set = default_set
        self._by_name = {known: parameter for parameter in parameters for known in parameter.names()}
        common = (*COMMON, *CHANGING) if changes else tuple(COMMON)
        self._common = {known: parameter for parameter in common for known in parameter.names()} if is_strict else {}

    # By name and place

    def bind(self, arguments: Sequence[Argument]) -> Bound:
        """Bind what is written behind the command.

        Raises:
            ScriptError: when it does not fit.
        """
        bound = Bound()
        loose = self._bind_names(arguments, bound)
        self._bind_places(loose, bound)
        return bound

    def _bind_names(self, arguments: Sequence[Argument], bound: Bound) -> list[Argument]:
        loose: list[Argument] = []
        waiting: Parameter | None = None
        for argument in arguments:
            if not argument.name:
                if waiting is None:
                    loose.append(argument)
                else:
                    self._put(waiting, argument, bound)
                    waiting = None
                continue
            if waiting is not None:
                raise self._missing_value(waiting)
            parameter = self._find(argument.name)
            if parameter is None:
                loose.append(Argument(ParameterName(f"-{argument.name}")))
                if argument.value is not NOTHING:
                    loose.append(Argument(argument.value))
            elif parameter.is_switch:
                given = True if argument.value is NOTHING else argument.value
                self._put(parameter, Argument(given), bound)
            elif argument.value is not NOTHING:
                self._put(parameter, argument, bound)
            else:
                waiting = parameter
        if waiting is not None:
            raise self._missing_value(waiting)
        return loose

    def _missing_value(self, parameter: Parameter) -> ScriptError:
        kind = self.type_of(parameter).name
        return binding_error(
            f"Missing an argument for parameter '{parameter.name}'. Specify a parameter of type '{kind}' and try "
            "again.",
            "MissingArgument",
        )

    def _find(self, name: str) -> Parameter | None:
        key = name.lower()
        exact = self._by_name.get(key) or self._common.get(key)
        if exact:
            return exact
        found: dict[str, Parameter] = {}
        for table in (self._by_name, self._common):
            for known, parameter in table.items():
                if known.startswith(key):
                    found[parameter.name] = parameter
        if len(found) == 1:
            return next(iter(found.values()))
        own = {known: parameter for known, parameter in found.items() if parameter in self.parameters}
        if len(own) == 1 and self._is_script:
            return next(iter(own.values()))
        if found:
            matches = " ".join(f"-{known}" for known in found)
            raise binding_error(
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches "
                f"include: {matches}.",
                "AmbiguousParameter",
            )
        if not self._is_strict:
            return None
        raise binding_error(
            f"A parameter cannot be found that matches parameter name '{name}'.", "NamedParameterNotFound"
        )

    def _put(self, parameter: Parameter, argument: Argument, bound: Bound) -> None:
        target = bound.common if parameter.name.lower() in self._common else bound.values
        if parameter.name in target:
            raise binding_error(
                f"Cannot bind parameter because parameter '{parameter.name}' is specified more than once. To provide "
                "multiple values to parameters that can accept multiple values, use the array syntax. For example, "
                '"-parameter value1,value2,value3".',
                "ParameterAlreadyBound",
            )
        self._narrow(parameter, bound)
        target[parameter.name] = self.convert(parameter, argument)

    def _narrow(self, parameter: Parameter, bound: Bound) -> None:
        if not parameter.sets:
            return
        sets = set(parameter.sets) if bound.sets is None else bound.sets & set(parameter.sets)
        if not sets:
            raise binding_error(
                "Parameter set cannot be resolved using the specified named parameters.", "AmbiguousParameterSet"
            )
        bound.sets = sets

    def _fits(self, parameter: Parameter, bound: Bound) -> bool:
        return not parameter.sets or bound.sets is None or bool(bound.sets & set(parameter.sets))

    def _bind_places(self, loose: list[Argument], bound: Bound) -> None:
        remaining = list(loose)
        for parameter in self._positional(bound):
            if not remaining:
                break
            if parameter.name in bound.values or not self._fits(parameter, bound):
                continue
            if isinstance(remaining[0].value, ParameterName):
                break
            self._put(parameter, remaining.pop(0), bound)
        rest = next((parameter for parameter in self.parameters if parameter.takes_rest), None)
        if rest is not None and remaining and rest.name not in bound.values:
            bound.values[rest.name] = self.convert(rest, Argument([argument.value for argument in remaining]))
            return
        if remaining and self._is_strict:
            raise binding_error(
                f"A positional parameter cannot be found that accepts argument '{to_text(remaining[0].value)}'.",
                "PositionalParameterNotFound",
            )
        bound.rest = [argument.value for argument in remaining]

    def _positional(self, bound: Bound) -> list[Parameter]:
        found = [
            parameter for parameter in self.parameters if parameter.position is not None and not parameter.takes_rest
        ]
        wanted = self._default_set if bound.sets is None or self._default_set in bound.sets else ""

        def order(parameter: Parameter) -> tuple[int, bool]:
            return parameter.position or 0, bool(parameter.sets) and wanted not in parameter.sets

        return sorted(found, key=order)

    # From the pipeline

    def takes_pipeline(self) -> bool:
        """Return whether anything takes what comes down the pipeline."""
        return any(parameter.from_pipeline or parameter.from_property for parameter in self.parameters)

    def bind_item(self, bound: Bound, item: Value) -> dict[str, Value] | None:
        """Return what a pipeline's item gives the parameters; None when it fits none.

        Raises:
            ScriptError: when it fits a parameter and cannot be converted.
        """
        found: dict[str, Value] = {}
        free = [
            parameter
            for parameter in self.parameters
            if parameter.name not in bound.values and self._fits(parameter, bound)
        ]
        for parameter in free:
            if parameter.from_pipeline and self._is_of_type(parameter, item):
                found[parameter.name] = self.convert(parameter, Argument(item))
        for parameter in free:
            if parameter.from_property and parameter.name not in found:
                value = self._property(parameter, item)
                if (value is not MISSING and not found) or (
                    value is not MISSING and parameter.name not in found and not self._clashes(parameter, found)
                ):
                    found[parameter.name] = self.convert(parameter, Argument(value))
        if not found:
            found = self._coerced(free, item)
        return found or None

    def _clashes(self, parameter: Parameter, found: dict[str, Value]) -> bool:
        """Return whether a parameter belongs to another set than one that was found."""
        chosen = [known for known in self.parameters if known.name in found and known.sets]
        return bool(parameter.sets) and any(not set(known.sets) & set(parameter.sets) for known in chosen)

    def _coerced(self, free: list[Parameter], item: Value) -> dict[str, Value]:
        error: ScriptError | None = None
        for parameter in free:
            if parameter.from_pipeline:
                try:
                    return {parameter.name: self.convert(parameter, Argument(item))}
                except ScriptError as failed:
                    error = failed
        if error is not None and not is_null(item):
            return {}
        if error is not None:
            raise error
        return {}

    def _is_of_type(self, parameter: Parameter, item: Value) -> bool:
        kind = self.type_of(parameter)
        if kind.name in ("System.Object", "System.Management.Automation.PSObject"):
            return True
        element = kind.element
        return is_instance(item, kind) or (bool(element) and is_instance(item, NetType(element)))

    def _property(self, parameter: Parameter, item: Value) -> Value:
        for name in (parameter.name, *parameter.aliases):
            value = property_of(item, name)
            if value is not MISSING and not isinstance(item, str | int | list) and not isinstance(value, Closure):
                return value
        return MISSING

    def check_mandatory(self, bound: Bound, *, expects_input: bool) -> None:
        """Make sure that everything is there without which the command cannot run.

        Raises:
            ScriptError: naming what is missing.
        """
        missing = [
            parameter.name
            for parameter in self.parameters
            if parameter.is_mandatory
            and parameter.name not in bound.values
            and self._is_of_chosen_set(parameter, bound)
            and not (expects_input and (parameter.from_pipeline or parameter.from_property))
        ]
        if missing:
            raise binding_error(
                f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}.",
                "MissingMandatoryParameter",
            )

    def _is_of_chosen_set(self, parameter: Parameter, bound: Bound) -> bool:
        if not parameter.sets:
            return True
        if bound.sets is None:
            return self._default_set in parameter.sets
        if self._default_set in bound.sets:
            return self._default_set in parameter.sets
        return len(bound.sets) == 1 and bool(bound.sets & set(parameter.sets))
