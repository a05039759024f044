"""Reading the user's files and writing them whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harness.errors import HarnessError, Unavailable, UsageError

__all__ = ["check_replaceable", "new_file", "new_folder", "open_input", "opened", "read_input", "reason", "writing"]

#: Reasons that are the computer's and not the user's.
_NOT_THE_USERS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}


@contextmanager
def open_input(path: Path) -> Iterator[BinaryIO]:
    """Open a file of the user's for reading and seeking.

    Raises:
        UsageError: if it is not there, is a folder, or may not be read.
    """
    with opened(path) as stream:
        if not stream.seekable():
            raise UsageError(f"cannot read {path}: it is a pipe or device - write it to a file first")
        yield stream


def opened(path: Path) -> BinaryIO:
    """Return a file of the user's, opened for reading.

    Raises:
        UsageError: if it is not there, is a folder, or may not be read.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason(error)}") from None


def read_input(path: Path, *, most_bytes: int) -> bytes:
    """Read a small file of the user's.

    Raises:
        UsageError: if it cannot be read, or is larger than `most_bytes`.
    """
    with open_input(path) as stream:
        data = stream.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise UsageError(f"{path} has more than {most_bytes:,} bytes - is it the right file?")
    return data


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn failures to write `path` into messages.

    Raises:
        UsageError: if the place cannot be written to.
        Unavailable: if the disk is full or fails.
    """
    try:
        yield
    except (HarnessError, BrokenPipeError):
        raise
    except OSError as error:
        message = f"cannot write {path}: {reason(error)}"
        raise (Unavailable if error.errno in _NOT_THE_USERS else UsageError)(message) from None


@contextmanager
def new_file(path: Path, *, may_replace: bool) -> Iterator[BinaryIO]:
    """Write a file that is there when the block ends, and not at all when it fails.

    Args:
        path: where it will be; its folder must exist.
        may_replace: whether a file that is there already is replaced.

    Raises:
        UsageError: if it is there and may not be replaced, or cannot be written.
        Unavailable: if the disk is full or fails.
    """
    import secrets

    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder - name a file")
    if path.exists() and not may_replace:
        raise UsageError(f"{path} exists already - name another file, or add --force to replace it")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    with writing(path):
        try:
            with partial.open("x+b") as stream:
                yield stream
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def check_replaceable(path: Path, *, marker: bytes, what: str) -> None:
    """Refuse to write a file where that cannot be done, or something else would be lost.

    Args:
        path: the file to write.
        marker: what the first 4 KB of a file hold that may be replaced.
        what: such a file in words.

    Raises:
        UsageError: if the folder is not there, or another file is.
    """
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent} - make it, or name another file")
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder - name a file")
    if path.exists():
        with opened(path) as stream:
            if marker not in stream.read(4096):
                raise UsageError(f"{path} exists and is not {what} - name another file")


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a folder that is there when the block ends, and is as it was when it fails.

    The block gets the folder to write to. `path` may be an empty folder; one that is not there is made.

    Raises:
        UsageError: if there is something in it, or it cannot be written.
        Unavailable: if the disk is full or fails.
    """
    import secrets
    import shutil

    with writing(path):
        exists = path.is_dir()
        if exists and any(path.iterdir()):
            raise UsageError(f"{path} is not empty - name a folder that is new or empty")
        if not exists and os.path.lexists(path):
            raise UsageError(f"{path} is a file - name a folder that is new or empty")
        name = f".{secrets.token_hex(4)}.partial"
        partial = path / name if exists else path.with_name(f".{path.name}{name}")
        partial.mkdir()
        try:
            yield partial
            if exists:
                for child in sorted(partial.iterdir()):
                    child.rename(path / child.name)
                partial.rmdir()
            else:
                partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def reason(error: OSError) -> str:
    """Return what the operating system says about a failure."""
    return (error.strerror or str(error)).lower()
