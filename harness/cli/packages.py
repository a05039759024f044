"""Opening packages, whole: nothing is given out before MAC, digest and every entry of the content are checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from harness.cli.files import open_input
from harness.cli.terminal import CountedStream, LateBar

if TYPE_CHECKING:
    from harness.formats.contents import PackageContents
    from harness.formats.intunewin import IntuneWinPackage

__all__ = ["open_package", "read_through", "verified_contents"]

_CHUNK = 1 << 20


@contextmanager
def open_package(path: Path, bar: LateBar) -> Iterator[IntuneWinPackage]:
    """Open a package; its content is not verified yet.

    Args:
        path: the `.intunewin` file.
        bar: is told about every byte that is read.

    Raises:
        UsageError: if the file cannot be read.
        FormatError: if it is not a package.
    """
    from harness.formats.intunewin import IntuneWinPackage

    with open_input(path) as stream:
        counted = cast("BinaryIO", CountedStream(stream, bar.advance))
        yield IntuneWinPackage.open(counted, source=str(path))


@contextmanager
def verified_contents(
    package: IntuneWinPackage, bar: LateBar, *, spool_folder: Path | None = None
) -> Iterator[PackageContents]:
    """Verify and decrypt a package into a temporary file, and give its files.

    Args:
        package: an open package.
        bar: shows how far that is.
        spool_folder: where the temporary file lies; the system's place for such files if None.

    Raises:
        FormatError: if the content was changed, belongs to other keys, or holds what it must not.
    """
    import tempfile

    from harness.formats.contents import open_contents

    # Once for the MAC, once for the plain text.
    bar.restart("verifying", 2 * package.content_bytes)
    with tempfile.TemporaryFile(dir=spool_folder) as plain:
        package.decrypt(cast("BinaryIO", plain))
        yield open_contents(cast("BinaryIO", plain), source=package.source)


def read_through(contents: PackageContents, bar: LateBar) -> None:
    """Read every file of a package, so that a damaged or lying one is found before anything is done with it.

    Raises:
        FormatError: if a file does not read, or is not as long as declared.
    """
    bar.restart("verifying", contents.total_bytes)
    for file in contents:
        if file.open:
            with file.open() as stream:
                while chunk := stream.read(_CHUNK):
                    bar.advance(len(chunk))
