"""The probe: a program that the exam starts, and that does and tells what its command line says.

`probe print:hello env:PATH exit:3` writes a line, tells a variable, and ends with 3. Words are done one after the
other; after `args` the rest of the line is not done but told. What is told (`cwd`, `bits`, `env:PATH`) is one line of
JSON each, so that nothing is lost on the way.

On an emulated machine the words are done by a program of its own. Everywhere else this module is the program:
`python -m harness.machine.contract.probe print:hello`.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from harness.errors import UsageError

__all__ = ["Word", "Body", "parse", "perform", "main"]

#: What the probe understands; those that end in a colon are followed by what they are about.
VERBS = (
    "account",  # tell who it runs as
    "args",  # tell every word that follows, and do none of them
    "bits",  # tell how wide it is
    "command-line",  # tell the line it was started with
    "cwd",  # tell the current folder
    "elevated",  # tell whether it has all rights of an administrator
    "env:",  # tell a variable; null when there is none
    "error:",  # write a line to the standard error stream
    "exit:",  # end with a code
    "hold:",  # open a file and keep it open
    "image",  # tell the file it runs
    "kill:",  # end a process by its id, and tell 0 or the error
    "lock:",  # take a mutex, and tell whether it got it
    "parent",  # tell who started it
    "pid",  # tell its process id
    "print:",  # write a line
    "readline",  # read a line and tell it; null at the end
    "require:",  # end with 1 unless a variable has a value, NAME=VALUE; NAME= for one that is not there
    "session",  # tell the session it is in
    "set:",  # set a variable, NAME=VALUE
    "sleep:",  # let so many seconds pass
    "spawn:",  # start a command line as a child, and tell its process id, or minus the error
    "wait",  # wait for the child that was started last, and tell its exit code
)


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to do: `env:PATH` is the verb `env` and the operand `PATH`."""

    verb: str
    operand: str = ""


class Body(Protocol):
    """A process that can do what words say."""

    def fact(self, name: str) -> Any:
        """Return what is known about the process by a verb: `cwd`, `bits`, `account`, ..."""
        ...

    def write(self, text: str, *, is_error: bool = False) -> None:
        """Write a line to a standard stream."""
        ...

    def read_line(self) -> str | None:
        """Read a line of the standard input, without its end; None when there is none."""
        ...

    def variable(self, name: str) -> str | None:
        """Return an environment variable."""
        ...

    def set_variable(self, name: str, value: str) -> None:
        """Set an environment variable."""
        ...

    def hold(self, path: str) -> None:
        """Open a file and keep it open until the end."""
        ...

    def lock(self, name: str) -> bool:
        """Take a named mutex; return whether the process owns it now."""
        ...

    def kill(self, pid: int) -> int:
        """End a process; return 0 or the Win32 error."""
        ...

    def spawn(self, command_line: str) -> int:
        """Start a child; return its process id, or minus the Win32 error."""
        ...

    async def wait(self) -> int:
        """Wait for the child that was started last; return its exit code."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


def parse(arguments: Sequence[str]) -> list[Word]:
    """Read the words of a command line.

    Raises:
        UsageError: for a word that the probe does not know.
    """
    words: list[Word] = []
    for index, argument in enumerate(arguments):
        verb, colon, operand = argument.partition(":")
        if f"{verb}{colon}" not in VERBS:
            raise UsageError(f"the probe does not know the word {argument!r} - it knows {', '.join(VERBS)}")
        if verb == "args":
            return [*words, *(Word("arg", rest) for rest in arguments[index + 1 :])]
        words.append(Word(verb, operand))
    return words


async def perform(words: Sequence[Word], body: Body) -> int:  # noqa: C901, PLR0912 - a few lines for each verb
    """Do what the words say, and return the exit code."""
    for word in words:
        operand = word.operand
        match word.verb:
            case "exit":
                return int(operand)
            case "print" | "error":
                body.write(operand, is_error=word.verb == "error")
            case "arg":
                _tell(body, operand)
            case "sleep":
                await body.sleep(float(operand))
            case "env":
                _tell(body, body.variable(operand))
            case "set":
                name, _, value = operand.partition("=")
                body.set_variable(name, value)
            case "require":
                name, _, value = operand.partition("=")
                if (body.variable(name) or "") != value:
                    return 1
            case "readline":
                _tell(body, body.read_line())
            case "hold":
                body.hold(operand)
            case "lock":
                _tell(body, body.lock(operand))
            case "kill":
                _tell(body, body.kill(int(operand)))
            case "spawn":
                _tell(body, body.spawn(operand))
            case "wait":
                _tell(body, await body.wait())
            case _:
                _tell(body, body.fact(word.verb))
    return 0


def _tell(body: Body, value: object) -> None:
    body.write(json.dumps(value))


class _RealBody:
    """A process of the computer this runs on."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._held: list[BinaryIO] = []
        self._mutexes: list[int] = []

    def fact(self, name: str) -> Any:
        match name:
            case "pid":
                return os.getpid()
            case "parent":
                return os.getppid()
            case "cwd":
                return os.getcwd()  # noqa: PTH109 - as it is
            case "bits":
                return struct.calcsize("P") * 8
            case "image":
                return sys.executable
            case _:
                return _windows_fact(name)

    def write(self, text: str, *, is_error: bool = False) -> None:
        stream = sys.stderr if is_error else sys.stdout
        stream.write(f"{text}\n")
        stream.flush()

    def read_line(self) -> str | None:
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)  # noqa: TID251 - the probe is about this very computer

    def set_variable(self, name: str, value: str) -> None:
        os.environ[name] = value  # noqa: TID251 - the same

    def hold(self, path: str) -> None:
        self._held.append(open(path, "rb"))  # noqa: SIM115, PTH123 - open is what is wanted

    def lock(self, name: str) -> bool:
        kernel = _kernel()
        handle = kernel.CreateMutexW(None, False, name)
        self._mutexes.append(handle)
        return int(kernel.WaitForSingleObject(handle, 0)) in (0, 0x80)  # got it, or its owner has ended

    def kill(self, pid: int) -> int:
        try:
            os.kill(pid, 15)
        except OSError as error:
            return getattr(error, "winerror", None) or error.errno or 1
        return 0

    def spawn(self, command_line: str) -> int:
        try:
            # The whole line is what CreateProcess gets; the probe starts what the exam says.
            self._child = subprocess.Popen(command_line)  # noqa: S603
        except OSError as error:
            return -(getattr(error, "winerror", None) or error.errno or 1)
        return self._child.pid

    async def wait(self) -> int:
        if self._child is None:
            raise UsageError("there is no child to wait for - start one with `spawn:` before")
        return self._child.wait()

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251, TID251 - the probe's time is this computer's

    def close(self) -> None:
        """Close the files that are held."""
        for file in self._held:
            file.close()


def _windows_fact(name: str) -> Any:
    """Return what only Windows knows of a process."""
    import ctypes

    if name == "command-line":
        command_line = _kernel().GetCommandLineW
        command_line.restype = ctypes.c_wchar_p
        return command_line()
    if name == "session":
        session = ctypes.c_ulong()
        _kernel().ProcessIdToSessionId(os.getpid(), ctypes.byref(session))
        return session.value
    windows: Any = ctypes.WinDLL  # type: ignore[attr-defined,unused-ignore]  # there on Windows only
    if name == "elevated":
        return bool(windows("shell32").IsUserAnAdmin())
    buffer, size = ctypes.create_unicode_buffer(512), ctypes.c_ulong(512)
    windows("secur32").GetUserNameExW(2, buffer, ctypes.byref(size))  # NameSamCompatible: DOMAIN\name
    return buffer.value


def _kernel() -> Any:
    import ctypes

    return ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]  # Windows only


def _finished(steps: Iterator[Any]) -> int:
    """Run a coroutine that never waits for anybody else."""
    try:
        next(steps)
    except StopIteration as stop:
        return int(stop.value)
    raise AssertionError("the probe waited for somebody")


def main(arguments: Sequence[str]) -> int:
    """Do what the words say on this computer, and return the exit code."""
    body = _RealBody()
    try:
        return _finished(perform(parse(arguments), body).__await__())
    finally:
        body.close()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    # Codes have 32 bits on Windows; sys.exit takes signed ones there.
    sys.exit(code if code < 2**31 else code - 2**32)
