"""`ime-harness unpack`: the files of a package, verified, decrypted and written to a folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.files import new_folder
from harness.cli.packages import open_package, verified_contents
from harness.cli.terminal import LateBar, progress
from harness.cli.verb import Verb
from harness.cli.visible import visible

if TYPE_CHECKING:
    from harness.formats.contents import PackageFile

__all__ = ["VERB"]

_CHUNK = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("package", metavar="PACKAGE", type=Path, help="an .intunewin file")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="a new or empty folder")


def run(arguments: argparse.Namespace) -> int:
    """Unpack the package; nothing is left behind when it is bad."""
    from harness.report.words import size_text

    output: Path = arguments.output
    with (
        progress("verifying") as bar,
        open_package(arguments.package, bar) as package,
        new_folder(output) as folder,
        verified_contents(package, bar, spool_folder=folder.parent) as contents,
    ):
        bar.restart("unpacking", contents.total_bytes)
        for file in contents:
            _write(folder, file, bar)
    count = sum(not file.is_folder for file in contents)
    total = size_text(contents.total_bytes)
    print(visible(f"unpacked {count} file{'s' if count != 1 else ''}, {total}, to {output}"))
    return 0


VERB = Verb(
    name="unpack",
    summary="write the files of a package to a folder",
    description=(
        "Verify and decrypt a package and write its files to a folder. A package that\n"
        "was changed, or holds names that lead out of the folder, leaves nothing behind."
    ),
    examples=("ime-harness unpack contoso-vpn.intunewin -o ./contoso-vpn",),
    add_arguments=add_arguments,
    run=run,
)


def _write(folder: Path, file: PackageFile, bar: LateBar) -> None:
    target = folder.joinpath(*file.path.split("\\"))
    if file.open is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open() as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            out.write(chunk)
            bar.advance(len(chunk))
    if file.modified:
        moment = file.modified.timestamp()
        os.utime(target, (moment, moment))
