"""The exam's probe as a program of the emulated machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, BinaryIO

from harness.emulator.programs import ProgramRun
from harness.errors import MachineError, UsageError
from harness.machine.contract.probe import parse, perform
from harness.machine.ports import Process

__all__ = ["probe"]


async def probe(run: ProgramRun) -> int:
    """Do what the words on the command line say."""
    body = _EmulatedBody(run)
    try:
        return await perform(parse(run.arguments), body)
    finally:
        body.close()


class _EmulatedBody:
    """A process of the emulated machine; fulfils `harness.machine.contract.probe.Body`."""

    def __init__(self, run: ProgramRun) -> None:
        self._run = run
        self._child: Process | None = None
        self._held: list[BinaryIO] = []

    def fact(self, name: str) -> Any:
        run, info = self._run, self._run.info
        return {
            "pid": info.pid,
            "parent": info.parent_pid,
            "cwd": run.working_directory,
            "bits": info.bits,
            "image": info.image_path,
            "command-line": run.command_line,
            "session": info.session_id,
            "elevated": info.is_elevated,
            "account": str(info.account),
        }[name]

    def write(self, text: str, *, is_error: bool = False) -> None:
        (self._run.print_error if is_error else self._run.print)(text)

    def read_line(self) -> str | None:
        return self._run.read_line()

    def variable(self, name: str) -> str | None:
        return self._run.environment.get(name)

    def set_variable(self, name: str, value: str) -> None:
        self._run.environment[name] = value

    def hold(self, path: str) -> None:
        self._held.append(self._run.files.open(path))

    def lock(self, name: str) -> bool:
        return self._run.try_lock(name)

    def kill(self, pid: int) -> int:
        try:
            self._run.kill(pid)
        except MachineError as error:
            return error.winerror
        return 0

    def spawn(self, command_line: str) -> int:
        try:
            self._child = self._run.start(command_line)
        except MachineError as error:
            return -error.winerror
        return self._child.info.pid

    async def wait(self) -> int:
        if self._child is None:
            raise UsageError("there is no child to wait for - start one with `spawn:` before")
        ended = await self._child.wait()
        return ended.code if ended else -1

    async def sleep(self, seconds: float) -> None:
        await self._run.sleep(timedelta(seconds=seconds))

    def close(self) -> None:
        """Close the files that are held, as the end of a process does."""
        for file in self._held:
            file.close()
