"""Calling methods: how one is written in Python, and what .NET says when a call does not fit.

A method is a function that takes the world of the script, the object, and the arguments as they come. It raises
`Thrown` for an exception of .NET; the caller wraps it as PowerShell does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from harness.emulator.powershell.runtime.errors import NetException, ScriptError, failure
from harness.emulator.powershell.runtime.values import Value

if TYPE_CHECKING:
    from datetime import datetime

    from harness.emulator.powershell.types.conversion import Converter
    from harness.emulator.powershell.types.operators import Operators
    from harness.emulator.programs import ProgramRun

__all__ = ["World", "Thrown", "call", "accepts", "no_method", "no_overload", "argument_error", "NetMethod"]

#: A method of .NET in Python.
NetMethod = Callable[..., Value]


class World(Protocol):
    """What methods may use: conversions, operators, and the process the script runs in."""

    converter: Converter
    operators: Operators
    run: ProgramRun
    guids: int

    def local_now(self) -> datetime:
        """Return the machine's local time."""
        ...

    def full_path(self, path: str) -> str:
        """Return a path of the file system from the current folder of the process."""
        ...


class Thrown(Exception):
    """A method threw an exception of .NET."""

    def __init__(self, type_name: str, message: str, *, bases: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.exception = NetException(type_name, message, bases=bases)


def argument_error(message: str, parameter: str = "") -> Thrown:
    """Return the exception of an argument that is out of range."""
    text = f"{message}\r\nParameter name: {parameter}" if parameter else message
    return Thrown("System.ArgumentOutOfRangeException", text, bases=("System.ArgumentException",))


def accepts(method: NetMethod, count: int, taken: int) -> bool:
    """Return whether a function takes so many arguments after its first ones."""
    code = getattr(method, "__code__", None)
    if code is None:
        return True
    most = code.co_argcount - taken
    least = most - len(getattr(method, "__defaults__", None) or ())
    return least <= count and (count <= most or bool(code.co_flags & 0x04))


def call(method: NetMethod, name: str, leading: tuple[Any, ...], arguments: list[Value]) -> Value:
    """Call a method.

    Args:
        method: the function.
        name: what the script calls it.
        leading: what comes before the script's arguments.
        arguments: the script's.

    Raises:
        ScriptError: when the method throws, or takes another number of arguments.
    """
    if not accepts(method, len(arguments), len(leading)):
        raise no_overload(name, len(arguments))
    try:
        return method(*leading, *arguments)
    except Thrown as thrown:
        raise wrapped(thrown, name, len(arguments)) from thrown
    except ScriptError as error:
        if error.record.exception.type_name == "System.Management.Automation.PSInvalidCastException":
            raise _bad_argument(name, arguments, error) from error
        raise


def wrapped(thrown: Thrown, name: str, count: int) -> ScriptError:
    """Return what PowerShell makes of an exception that a method threw."""
    inner = thrown.exception
    return failure(
        f'Exception calling "{name}" with "{count}" argument(s): "{inner.message}"',
        inner.type_name.rsplit(".", 1)[-1],
        "NotSpecified",
        type_name="System.Management.Automation.MethodInvocationException",
        inner=inner,
    )


def no_overload(name: str, count: int) -> ScriptError:
    """Return the error of a call with a number of arguments that the method does not take."""
    return failure(
        f'Cannot find an overload for "{name}" and the argument count: "{count}".',
        "MethodCountCouldNotFindBest",
        "NotSpecified",
        type_name="System.Management.Automation.MethodException",
    )


def no_method(type_name: str, name: str) -> ScriptError:
    """Return the error of a method that is not there."""
    return failure(
        f"Method invocation failed because [{type_name}] does not contain a method named '{name}'.",
        "MethodNotFound",
        "InvalidOperation",
        target=name,
    )


def _bad_argument(name: str, arguments: list[Value], error: ScriptError) -> ScriptError:
    message = error.record.message
    return failure(
        f'Cannot convert argument to call "{name}" with "{len(arguments)}" argument(s): "{message}"',
        "MethodArgumentConversionInvalidCastArgument",
        "NotSpecified",
        type_name="System.Management.Automation.MethodException",
        inner=error.record.exception,
    )
