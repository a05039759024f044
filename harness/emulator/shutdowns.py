"""Asking for the end of a boot: who asked, when it is due, and what happens when two ask.

Source: learn.microsoft.com, "InitiateShutdownW" and "shutdown" (the command); winerror.h for 1115, 1116 and 1190.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.durations import format_duration
from harness.emulator.clock import VirtualTask
from harness.errors import MachineError
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ShutdownKind", "ShutdownRequest", "Shutdowns"]


class ShutdownKind(StrEnum):
    """How a boot ends; the value reads on after "the machine"."""

    RESTART = "restarts"
    SHUT_DOWN = "shuts down"


_WORDS = {ShutdownKind.RESTART: "restart", ShutdownKind.SHUT_DOWN: "shutdown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownRequest:
    """A restart or shutdown that was asked for.

    Attributes:
        kind: what is to happen.
        reason: why, in words.
        delay: how long after it was asked for.
        asked_by: who asked: a program, a person; empty when nobody says.
        is_forced: whether programs are ended without being asked. Nothing here ever objects, so that this is only told.
        is_hybrid: whether a shutdown may keep the kernel for a fast startup.
    """

    kind: ShutdownKind
    reason: str
    delay: timedelta = timedelta()
    asked_by: str = ""
    is_forced: bool = False
    is_hybrid: bool = True


class Shutdowns:
    """The one request that a machine can have.

    Args:
        machine: the machine.
        carry_out: what happens when it is due.

    Attributes:
        pending: the request that counts; None when there is none.
    """

    def __init__(self, machine: EmulatedMachine, carry_out: Callable[[ShutdownRequest], None]) -> None:
        self.pending: ShutdownRequest | None = None
        self._machine = machine
        self._carry_out = carry_out
        self._due = timedelta()
        self._task: VirtualTask[None] | None = None

    @property
    def due_in(self) -> timedelta | None:
        """How long until what is asked for happens; None when nothing is."""
        return self._due - self._machine.clock.monotonic() if self.pending else None

    def ask(self, request: ShutdownRequest) -> None:
        """Let it happen; of two requests the earlier one counts, the other is dropped.

        Raises:
            MachineError: 1115 while the machine goes down already.
        """
        self._check_is_up(request)
        if self.due_in is not None and self.due_in <= max(request.delay, timedelta()):
            word = _WORDS[request.kind]
            text = f"a shutdown or restart is under way already; not asked again for: {request.reason}"
            self._tell(f"{word} dropped", text, request)
            return
        self._schedule(request)

    def initiate(self, request: ShutdownRequest) -> None:
        """Let it happen as `shutdown.exe` does: the second to ask gets an error.

        Raises:
            MachineError: 1190 when one is scheduled already, 1115 while the machine goes down.
        """
        self._check_is_up(request)
        if self.pending:
            raise MachineError(1190, "a system shutdown has already been scheduled", self.pending.reason)
        self._schedule(request)

    def abort(self) -> ShutdownRequest:
        """Call off what is asked for, and return it.

        Raises:
            MachineError: 1116 when nothing is, or when it has begun.
        """
        pending = self.pending
        if pending is None:
            raise MachineError(1116, "unable to abort the system shutdown because no shutdown was in progress")
        self.forget()
        word = _WORDS[pending.kind]
        self._tell(f"{word} called off", f"the {word} is called off", pending)
        return pending

    def forget(self) -> None:
        """Drop what is asked for without a word, as a boot's end does."""
        task, self._task, self.pending = self._task, None, None
        if task:
            task.cancel()

    def _schedule(self, request: ShutdownRequest) -> None:
        self.forget()
        clock, delay = self._machine.clock, max(request.delay, timedelta())
        self.pending, self._due = request, clock.monotonic() + delay
        when = f"in {format_duration(delay)}" if delay else "now"
        asked = f" ({request.asked_by})" if request.asked_by else ""
        self._tell(
            f"{_WORDS[request.kind]} scheduled",
            f"the machine {request.kind} {when}: {request.reason}{asked}",
            request,
            delay_s=request.delay.total_seconds(),
        )
        self._task = clock.spawn_apart(self._come_due(request, delay), name=f"the {_WORDS[request.kind]}")

    async def _come_due(self, request: ShutdownRequest, delay: timedelta) -> None:
        await self._machine.clock.sleep(delay)
        self._task = self.pending = None
        self._carry_out(request)

    def _check_is_up(self, request: ShutdownRequest) -> None:
        if self._machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", request.reason)

    def _tell(self, kind: str, text: str, request: ShutdownRequest, **data: float) -> None:
        self._machine.timeline.add(
            Lane.POWER,
            kind,
            text,
            reason=request.reason,
            asked_by=request.asked_by,
            is_forced=request.is_forced,
            **data,
        )
