"""How checks start the probe and read what it tells."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from harness.machine.contract.check import FOLDER, Examinee
from harness.machine.ports import Process
from harness.model.commands import Command, Exit
from harness.model.windows import Bits

__all__ = ["native_bits", "started", "ended", "probed", "told"]

_LIMIT = timedelta(minutes=2)


def native_bits(machine: Examinee) -> Bits:
    """Return how wide a program of the machine's own is."""
    return 64 if machine.facts.is_64_bit else 32


def started(machine: Examinee, command_line: str, **settings: Any) -> Process:
    """Start a command line in the folder of the checks, unless another is given, as `Command` has it."""
    if "working_directory" not in settings:
        machine.files.make_folder(FOLDER)
    facts = {"working_directory": FOLDER, "parent_bits": native_bits(machine), **settings}
    return machine.processes.start(Command(command_line=command_line, **facts))


def ended(machine: Examinee, process: Process) -> Exit:
    """Wait for the end of a process.

    Raises:
        AssertionError: when it still runs after two minutes.
    """
    waiting: Coroutine[Any, Any, Exit | None] = process.wait(_LIMIT)
    how = machine.run(waiting)
    if how is None:
        process.kill(tree=True)
        raise AssertionError(f"{process.info.command_line} still runs after {_LIMIT}")
    return how


def probed(machine: Examinee, words: str, **settings: Any) -> Exit:
    """Let the probe do what words say, and return how it ended."""
    return ended(machine, started(machine, f"{machine.probe} {words}", **settings))


def told(machine: Examinee, words: str, **settings: Any) -> list[Any]:
    """Let the probe do what words say, and return what it told, one thing a line."""
    return [json.loads(line) for line in probed(machine, words, **settings).stdout.splitlines()]
