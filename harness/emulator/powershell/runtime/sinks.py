"""Where the output of a command goes.

Source: learn.microsoft.com, about_Output_Streams, about_Redirection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from harness.emulator.powershell.runtime.values import Value

__all__ = ["Sink", "ListSink", "NullSink", "CallSink", "OUTPUT", "ERROR", "WARNING", "VERBOSE", "DEBUG", "INFORMATION"]

OUTPUT, ERROR, WARNING, VERBOSE, DEBUG, INFORMATION = range(1, 7)


class Sink(Protocol):
    """Takes values one by one."""

    async def write(self, value: Value) -> None:
        """Take a value."""
        ...


class ListSink:
    """Keeps what it gets.

    Attributes:
        items: all of it.
    """

    __slots__ = ("items",)

    def __init__(self, items: list[Value] | None = None) -> None:
        self.items: list[Value] = [] if items is None else items

    async def write(self, value: Value) -> None:
        """Keep a value."""
        self.items.append(value)


class NullSink:
    """Forgets what it gets."""

    __slots__ = ()

    async def write(self, value: Value) -> None:
        """Forget a value."""


class CallSink:
    """Hands what it gets to a function."""

    __slots__ = ("_take",)

    def __init__(self, take: Callable[[Value], Awaitable[None]]) -> None:
        self._take = take

    async def write(self, value: Value) -> None:
        """Hand a value on."""
        await self._take(value)
