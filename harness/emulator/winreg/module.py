"""One process's `winreg`, put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec
from types import ModuleType

from harness.emulator.faults import Faults
from harness.emulator.files import EmulatedFiles
from harness.emulator.process_files import ProcessFiles
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.winreg.constants import CONSTANTS, handle_constants
from harness.emulator.winreg.exposing import exposed
from harness.emulator.winreg.handletype import HandleTable, handle_type
from harness.emulator.winreg.handling import Handling
from harness.emulator.winreg.hivefiles import HiveFiles
from harness.emulator.winreg.opening import Opener
from harness.emulator.winreg.process import RegistryProcess
from harness.emulator.winreg.reading import Reading
from harness.emulator.winreg.writing import Writing
from harness.model.windows import Bits, Token, View

__all__ = ["winreg_module"]

_TEXT = """The registry of an emulated Windows machine, with the functions of Python's winreg module."""


def winreg_module(
    registry: EmulatedRegistry,
    files: EmulatedFiles,
    *,
    token: Token,
    bits: Bits,
    has_two_halves: bool,
    environment: Callable[[], Mapping[str, str]],
    working_directory: str,
    enabled_privileges: Collection[str],
    faults: Faults,
    lock: AbstractContextManager[object],
) -> ModuleType:
    """Return a module like `winreg` for one process.

    Args:
        registry: the machine's registry.
        files: its volumes.
        token: whose rights the process has.
        bits: how wide it is.
        has_two_halves: whether this Windows has a 32-bit half beside its own.
        environment: returns the process's variables.
        working_directory: where its relative paths begin.
        enabled_privileges: the privileges it has enabled.
        faults: what goes wrong on purpose.
        lock: one for all processes of the machine; held while the registry is changed.
    """
    seen = registry.of_user(token.account.sid)
    view = View.of(bits) if has_two_halves else View.VIEW_64
    table = HandleTable(digits=bits // 4)
    handles = handle_type(table)
    process = RegistryProcess(
        registry=seen,
        opener=Opener(seen, token, view, table),
        table=table,
        handle_type=handles,
        token=token,
        environment=environment,
        faults=faults,
        lock=lock,
        is_32_bit=view is View.VIEW_32,
    )
    seen_files = ProcessFiles(files, token, view, working_directory=working_directory, environment={})
    parts = (Handling(process), Reading(process), Writing(process), HiveFiles(process, seen_files, enabled_privileges))
    module = ModuleType("winreg", _TEXT)
    module.__spec__ = ModuleSpec("winreg", None, origin="built-in")
    vars(module).update(handle_constants(bits), **CONSTANTS, HKEYType=handles, error=OSError)
    for part in parts:
        vars(module).update(exposed(part))
    return module
