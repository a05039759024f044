"""How methods become functions of the module."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from harness.emulator.winreg.failures import of_windows
from harness.errors import MachineError

__all__ = ["called", "as_windows", "exposed"]

_F = TypeVar("_F", bound=Callable[..., object])
_P = ParamSpec("_P")
_R = TypeVar("_R")


def called(name: str) -> Callable[[_F], _F]:
    """Give a method the name it has in the module."""

    def rename(function: _F) -> _F:
        for one in (function, getattr(function, "__wrapped__", function)):
            one.__name__ = one.__qualname__ = name
        return function

    return rename


def as_windows(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a method raise the errors of the machine as the module does."""

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except MachineError as error:
            raise of_windows(error) from None

    return call


def exposed(part: object) -> Mapping[str, Callable[..., object]]:
    """Return the methods of an object that were given a name, bound to it."""
    named = {attribute: getattr(member, "__name__", attribute) for attribute, member in vars(type(part)).items()}
    return {name: getattr(part, attribute) for attribute, name in named.items() if name != attribute}
