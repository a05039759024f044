"""Arguments: their conversion to the type of a parameter, and what is asked of them.

Source: learn.microsoft.com, about_Functions_Advanced_Parameters; ParameterBinderStrings.resx of PowerShell 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled, failure
from harness.emulator.powershell.runtime.parameters import Parameter
from harness.emulator.powershell.runtime.validation import check_value
from harness.emulator.powershell.runtime.values import NOTHING, Value, is_null
from harness.emulator.powershell.types.conversion import Converter
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Argument", "ParameterName", "Values", "binding_error"]

_STRING = "System.String"


class ParameterName(str):
    """A parameter's name among the values of `$args`, with its dash."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command.

    Attributes:
        value: its value; NOTHING for a parameter without one.
        text: a number as written; empty for anything else.
        name: the parameter's name, without dash; empty for an argument by place.
    """

    value: Value
    text: str = ""
    name: str = ""


def binding_error(
    message: str, error_id: str, category: str = "InvalidArgument", inner: ScriptError | None = None
) -> ScriptError:
    """Return an error of binding."""
    return failure(
        message,
        error_id,
        category,
        type_name="System.Management.Automation.ParameterBindingException",
        inner=inner.record.exception if inner else None,
    )


class Values:
    """Converts and checks arguments."""

    _converter: Converter
    _defined: dict[str, NetType] | None
    _is_script: bool
    _is_strict: bool

    # Values

    def type_of(self, parameter: Parameter) -> NetType:
        """Return the type of a parameter."""
        found = find_type(parameter.type, self._defined)
        if found is None:
            raise Unmodelled(f"the type [{parameter.type}] of the parameter {parameter.name}", "leave the type out")
        return found

    def convert(self, parameter: Parameter, argument: Argument) -> Value:
        """Return an argument as the type of its parameter, checked.

        Raises:
            ScriptError: when it does not fit.
        """
        value = None if argument.value is NOTHING else argument.value
        kind = self.type_of(parameter)
        if argument.text and kind.name in (_STRING, f"{_STRING}[]"):
            value = argument.text
        if kind.name == _STRING and isinstance(value, list) and self._is_strict:
            raise self._no_list(parameter, value)
        try:
            converted = value if kind.name == "System.Object" else self._converter.convert(value, kind)
        except ScriptError as error:
            raise self._not_converted(parameter, error) from error
        self.check(parameter, value, converted)
        return converted

    def _no_list(self, parameter: Parameter, value: list[Value]) -> ScriptError:
        if self._is_script:
            return binding_error(
                f"Cannot process argument transformation on parameter '{parameter.name}'. Cannot convert value to type "
                "System.String.",
                "ParameterArgumentTransformationError",
                "InvalidData",
            )
        del value
        return binding_error(
            f"Cannot convert 'System.Object[]' to the type 'System.String' required by parameter '{parameter.name}'. "
            "Specified method is not supported.",
            "CannotConvertArgument",
        )

    def _not_converted(self, parameter: Parameter, error: ScriptError) -> ScriptError:
        message = error.record.message
        if self._is_script:
            return binding_error(
                f"Cannot process argument transformation on parameter '{parameter.name}'. {message}",
                "ParameterArgumentTransformationError",
                "InvalidData",
                error,
            )
        return binding_error(
            f"Cannot bind parameter '{parameter.name}'. {message}", "CannotConvertArgumentNoMessage", inner=error
        )

    def check(self, parameter: Parameter, given: Value, value: Value) -> None:
        """Check a value against what its parameter asks.

        Raises:
            ScriptError: when it does not fit.
        """
        if parameter.is_mandatory and not parameter.allows_null:
            self._check_given(parameter, given)
        if parameter.choices:
            chosen = value if isinstance(value, list) else [value]
            for one in chosen:
                if to_text(one).lower() not in [choice.lower() for choice in parameter.choices]:
                    raise self._not_chosen(parameter, one)
        for validation in parameter.validations:
            check_value(validation, parameter.name, value, self._converter)

    def _check_given(self, parameter: Parameter, value: Value) -> None:
        what = ""
        if is_null(value):
            what = "null"
        elif isinstance(value, str) and not value:
            what = "an empty string"
        elif isinstance(value, list):
            if not value:
                what = "an empty array"
            elif any(is_null(item) for item in value):
                what = "null"
        if what:
            kind = {"null": "Null", "an empty string": "EmptyString", "an empty array": "EmptyArray"}[what]
            raise binding_error(
                f"Cannot bind argument to parameter '{parameter.name}' because it is {what}.",
                f"ParameterArgumentValidationError{kind}NotAllowed",
                "InvalidData",
            )

    def _not_chosen(self, parameter: Parameter, value: Value) -> ScriptError:
        return binding_error(
            f"Cannot validate argument on parameter '{parameter.name}'. The argument \"{to_text(value)}\" does not "
            "belong "
            f'to the set "{",".join(parameter.choices)}" specified by the ValidateSet attribute. Supply an argument '
            "that "
            "is in the set and then try the command again.",
            "ParameterArgumentValidationError",
            "InvalidData",
        )
