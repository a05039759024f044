"""The machine as one process sees it: which half of Windows, and what a token lets it do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.process_files import ProcessFiles
from harness.emulator.process_registry import ProcessRegistry
from harness.model.windows import Bits, MachineFacts, Token, View

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ProcessView", "seen_by", "view_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessView:
    """Registry and volumes as a process sees them.

    Attributes:
        registry: the registry, HKCU being the account's.
        files: the volumes.
    """

    registry: ProcessRegistry
    files: ProcessFiles


def view_of(bits: Bits, facts: MachineFacts) -> View:
    """Return the half of Windows a process of that width sees; a 32-bit Windows has but one."""
    return View.of(bits) if facts.is_64_bit else View.VIEW_64


def seen_by(machine: EmulatedMachine, token: Token, bits: Bits) -> ProcessView:
    r"""Return the machine as a new process of that token and width sees it; relative paths count from `C:\`."""
    view = view_of(bits, machine.facts)
    environment = machine.environment(token.account, bits if machine.facts.is_64_bit else 32)
    return ProcessView(
        registry=ProcessRegistry(machine.registry.of_user(token.account.sid), token, view),
        files=ProcessFiles(machine.files, token, view, working_directory="C:\\", environment=environment),
    )
