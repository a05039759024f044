"""What the checks of `winreg` share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness.machine.contract.check import KEY, Examinee, expect

__all__ = ["made", "expect_os_error", "expect_raises"]


@contextmanager
def made(machine: Examinee, below: str = "") -> Iterator[Any]:
    """Give a handle with all rights to the key of the checks, or to one below it; the key is made."""
    winreg = machine.winreg
    with winreg.CreateKeyEx(
        winreg.HKEY_LOCAL_MACHINE, KEY.child(below).key if below else KEY.key, 0, winreg.KEY_ALL_ACCESS
    ) as key:
        yield key


@contextmanager
def expect_os_error(winerror: int, kind: type[OSError] = OSError) -> Iterator[None]:
    """Make sure that what is done inside raises an OSError of a kind and with a Win32 code.

    Raises:
        AssertionError: when it works, or fails otherwise.
    """
    try:
        yield
    except OSError as error:
        expect(winerror, getattr(error, "winerror", None))
        expect(True, isinstance(error, kind) or f"{kind.__name__}, not {error!r}")
    else:
        raise AssertionError(f"expected error {winerror}, but it worked")


@contextmanager
def expect_raises(kind: type[Exception]) -> Iterator[None]:
    """Make sure that what is done inside raises an error of Python's.

    Raises:
        AssertionError: when it works.
    """
    try:
        yield
    except kind:
        pass
    else:
        raise AssertionError(f"expected {kind.__name__}, but it worked")
