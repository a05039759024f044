"""What attributes ask of a parameter's value.

Source: learn.microsoft.com, about_Functions_Advanced_Parameters, "Parameter and variable validation attributes".
"""

from __future__ import annotations

from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled, failure
from harness.emulator.powershell.runtime.parameters import Validation
from harness.emulator.powershell.runtime.values import Value, is_null
from harness.emulator.powershell.types.comparison import Comparison
from harness.emulator.powershell.types.conversion import Converter
from harness.emulator.powershell.types.patterns import net_regex
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["check_value"]


_EMPTY = "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again."


def check_value(validation: Validation, name: str, value: Value, converter: Converter) -> None:
    """Check a value.

    Raises:
        ScriptError: when it does not fit.
        Unmodelled: for an attribute that is not modelled.
    """
    why = _objection(validation, value, converter)
    if why:
        raise _invalid(name, why)


def _invalid(name: str, why: str) -> ScriptError:
    return failure(
        f"Cannot validate argument on parameter '{name}'. {why}",
        "ParameterArgumentValidationError",
        "InvalidData",
        type_name="System.Management.Automation.ParameterBindingException",
        bases=("System.Management.Automation.ValidationMetadataException",),
    )


def _objection(validation: Validation, value: Value, converter: Converter) -> str:  # noqa: PLR0911
    items = value if isinstance(value, list) else [value]
    match validation.kind:
        case "validatenotnull":
            return (
                "The argument is null. Provide a valid value for the argument, and then try running the command again."
                if is_null(value)
                else ""
            )
        case "validatenotnullorempty":
            if any(is_null(item) or item == "" for item in items) or (isinstance(value, list) and not value):
                return _EMPTY
            return ""
        case "validateset":
            return next((why for item in items if (why := _not_in_set(validation, item))), "")
        case "validaterange":
            return next((why for item in items if (why := _out_of_range(validation, item, converter))), "")
        case "validatepattern":
            return next((why for item in items if (why := _no_match(validation, item))), "")
        case "validatelength":
            return next((why for item in items if (why := _wrong_length(validation, item))), "")
        case "validatecount":
            return _wrong_count(validation, len(items))
        case kind:
            raise Unmodelled(f"the attribute [{kind}]", "check the value in the function's body")


def _not_in_set(validation: Validation, item: Value) -> str:
    choices = [to_text(choice) for choice in validation.arguments]
    if to_text(item).lower() in (choice.lower() for choice in choices):
        return ""
    return (
        f'The argument "{to_text(item)}" does not belong to the set "{",".join(choices)}" specified by the ValidateSet '
        "attribute. Supply an argument that is in the set and then try the command again."
    )


def _out_of_range(validation: Validation, item: Value, converter: Converter) -> str:
    low, high = validation.arguments
    comparison = Comparison(converter)
    if comparison.compare(low, item) > 0:
        return (
            f"The {to_text(item)} argument is less than the minimum allowed range of {to_text(low)}. Supply an "
            "argument "
            f"that is greater than or equal to {to_text(low)} and then try the command again."
        )
    if comparison.compare(high, item) < 0:
        return (
            f"The {to_text(item)} argument is greater than the maximum allowed range of {to_text(high)}. Supply an "
            f"argument that is less than or equal to {to_text(high)} and then try the command again."
        )
    return ""


def _no_match(validation: Validation, item: Value) -> str:
    pattern = to_text(validation.arguments[0])
    if net_regex(pattern, 1).search(to_text(item)):
        return ""
    return (
        f'The argument "{to_text(item)}" does not match the "{pattern}" pattern. Supply an argument that matches '
        f'"{pattern}" and try the command again.'
    )


def _wrong_length(validation: Validation, item: Value) -> str:
    low, high = (int(bound) for bound in validation.arguments)
    length = len(to_text(item))
    if length < low:
        return (
            f"The character length ({length}) of the argument is too short. Specify an argument with a length that is "
            f'greater than or equal to "{low}", and then try the command again.'
        )
    if length > high:
        return (
            f"The character length of the {length} argument is too long. Shorten the character length of the "
            "argument so "
            f'it is fewer than or equal to "{high}" characters, and then try the command again.'
        )
    return ""


def _wrong_count(validation: Validation, count: int) -> str:
    low, high = (int(bound) for bound in validation.arguments)
    if low <= count <= high:
        return ""
    return (
        f"The parameter requires at least {low} value(s) and no more than {high} value(s) - {count} value(s) were "
        "provided."
    )
