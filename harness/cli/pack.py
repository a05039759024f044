"""`ime-harness pack`: a folder becomes a package, as Microsoft's Win32 Content Prep Tool makes one."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from harness.cli.files import new_file, opened, reason
from harness.cli.terminal import CountedStream, Ticker, progress
from harness.cli.verb import Verb
from harness.cli.visible import visible
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.formats.applicationinfo import ApplicationInfo
    from harness.formats.contents import PackageFile
    from harness.formats.msi import MsiFacts

__all__ = ["VERB"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="everything in it is packed, hidden files too")
    parser.add_argument("setup", metavar="SETUP", help="the setup file, as a path below FOLDER")
    parser.add_argument(
        "-o", "--output", metavar="OUT.intunewin", type=Path, required=True, help="the package; not inside FOLDER"
    )
    parser.add_argument("--force", action="store_true", help="replace OUT.intunewin if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Pack the folder."""
    from harness.report.words import size_text

    folder, output = arguments.folder, arguments.output
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder - name the folder that holds the setup file")
    if output.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{output} lies inside {folder} - write the package to another folder")
    setup = _below(folder, arguments.setup)
    with new_file(output, may_replace=arguments.force) as out:
        files, info = _pack(folder, setup, out, spool_folder=output.parent)
        size = size_text(out.seek(0, os.SEEK_END))
    count = sum(not file.is_folder for file in files)
    total = size_text(sum(file.size_bytes for file in files))
    print(visible(f"packed {count} file{'s' if count != 1 else ''}, {total}; the setup file is {info.setup_file}"))
    print(visible(f"wrote {output}, {size}"))
    return 0


VERB = Verb(
    name="pack",
    summary="make an .intunewin package of a folder",
    description="Make an .intunewin package of everything in a folder, encrypted with new keys.",
    examples=(
        "ime-harness pack ./contoso-vpn setup.exe -o contoso-vpn.intunewin",
        "ime-harness pack ./7zip 7z2501-x64.msi -o 7zip.intunewin --force",
    ),
    add_arguments=add_arguments,
    run=run,
)


def _pack(
    folder: Path, setup: str, out: BinaryIO, *, spool_folder: Path
) -> tuple[Sequence[PackageFile], ApplicationInfo]:
    import secrets
    import tempfile

    from harness.formats.packing import pack

    with progress("packing") as bar:
        files = list(_walk(folder, folder, bar.advance))
        bar.total_bytes = sum(file.size_bytes for file in files)
        facts = _msi_facts(files, setup)
        info = pack(
            files,
            setup,
            out,
            random_bytes=secrets.token_bytes,
            spool=lambda: cast("BinaryIO", tempfile.TemporaryFile(dir=spool_folder)),  # noqa: SIM115 - `pack` closes it
            name=facts.name if facts else None,
            msi_info=facts.detection if facts else None,
        )
    return files, info


def _walk(folder: Path, top: Path, tick: Ticker) -> Iterator[PackageFile]:
    """Find everything below a folder, links refused."""
    from harness.formats.contents import PackageFile

    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {reason(error)}") from None
    for entry in entries:
        path, facts = Path(entry.path), entry.stat(follow_symlinks=False)
        name = "\\".join(path.relative_to(top).parts)
        if _is_link(entry) or not (entry.is_dir() or entry.is_file()):
            kind = "a link" if _is_link(entry) else "neither a file nor a folder"
            raise UsageError(f"{path} is {kind}, which a package cannot hold - put what it stands for in its place")
        modified = datetime.fromtimestamp(facts.st_mtime, UTC).astimezone().replace(tzinfo=None)
        if entry.is_dir():
            yield PackageFile(path=name, modified=modified, open=None)
            yield from _walk(path, top, tick)
        else:
            yield PackageFile(
                path=name, size_bytes=facts.st_size, modified=modified, open=partial(_open_counted, path, tick)
            )


def _is_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or bool(getattr(entry, "is_junction", lambda: False)())


def _open_counted(path: Path, tick: Ticker) -> BinaryIO:
    return cast("BinaryIO", CountedStream(opened(path), tick))


def _below(folder: Path, setup: str) -> str:
    """Return the setup file as a path below the folder; a path to a file in the folder will do as well."""
    path = Path(setup)
    is_below = not path.is_absolute() and (folder / path).is_file()
    if not is_below and path.is_file() and path.resolve().is_relative_to(folder.resolve()):
        return str(path.resolve().relative_to(folder.resolve()))
    return setup


def _msi_facts(files: list[PackageFile], setup: str) -> MsiFacts | None:
    """Read what the packaging tool reads of an MSI; None for every other setup file."""
    from harness.formats.contents import PackageContents
    from harness.formats.msi import read_msi_information

    file = PackageContents(files).find(setup)
    if file is None or file.open is None or not file.path.lower().endswith(".msi"):
        return None
    with file.open() as stream:
        return read_msi_information(stream, file.path)
