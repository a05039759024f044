"""How checks of the volumes make files, look into them, and clear away what is marked read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.machine.contract.check import FOLDER
from harness.machine.ports import Machine
from harness.model.files import FileAttributes
from harness.model.windows import View

__all__ = ["FILE", "OTHER", "marked", "read", "write"]

#: The file that most checks are about, and one beside it.
FILE = rf"{FOLDER}\file.txt"
OTHER = rf"{FOLDER}\other.txt"


def write(machine: Machine, path: str = FILE, data: bytes = b"data") -> None:
    """Write a file, making its folder if need be."""
    machine.files.make_folder(path.rpartition("\\")[0])
    with machine.files.open(path, "wb") as file:
        file.write(data)


def read(machine: Machine, path: str = FILE, view: View = View.VIEW_64) -> bytes:
    """Return what a file holds."""
    with machine.files.open(path, "rb", view) as file:
        return file.read()


@contextmanager
def marked(machine: Machine, path: str, attributes: FileAttributes) -> Iterator[None]:
    """Mark a file or folder for a while."""
    machine.files.set_attributes(path, attributes)
    try:
        yield
    finally:
        if machine.files.exists(path):
            machine.files.set_attributes(path, FileAttributes.NORMAL)
