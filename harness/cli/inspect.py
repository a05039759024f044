"""`ime-harness inspect`: what a package says about itself, whether it is whole, and what it holds."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.packages import open_package, verified_contents
from harness.cli.terminal import console, plain_output, progress, whole_lines
from harness.cli.verb import Verb
from harness.cli.visible import visible
from harness.errors import FormatError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from harness.formats.applicationinfo import MsiInfo
    from harness.formats.contents import PackageFile
    from harness.formats.intunewin import IntuneWinPackage

__all__ = ["VERB", "PACKAGE_FORMAT"]

#: The name of the JSON's format.
PACKAGE_FORMAT = "ime-harness-package/1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("package", metavar="PACKAGE", type=Path, help="an .intunewin file")
    parser.add_argument("--json", action="store_true", help=f"print one JSON object ({PACKAGE_FORMAT})")


def run(arguments: argparse.Namespace) -> int:
    """Show the package; a damaged one is shown as far as it can be read."""
    damage: FormatError | None = None
    with progress("verifying") as bar, open_package(arguments.package, bar) as package:
        facts = _facts(arguments.package, package)
        try:
            with verified_contents(package, bar) as contents:
                facts["verified"] = True
                facts["contents"] = [_file(file) for file in contents]
        except FormatError as error:
            damage = error
            facts["problems"] = [str(problem) for problem in error.problems]
    if arguments.json:
        plain_output().write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    else:
        out = console(sys.stdout)
        with whole_lines(out):
            _show(facts, out)
    if damage:
        raise damage
    return 0


VERB = Verb(
    name="inspect",
    summary="show what a package says and holds",
    description=(
        "Show what Detection.xml says, whether MAC and digest of the content are right,\n"
        "and the files of a package. Keys are not shown."
    ),
    examples=(
        "ime-harness inspect contoso-vpn.intunewin",
        "ime-harness inspect contoso-vpn.intunewin --json",
    ),
    add_arguments=add_arguments,
    run=run,
)


def _facts(path: Path, package: IntuneWinPackage) -> dict[str, Any]:
    info = package.info
    return {
        "format": PACKAGE_FORMAT,
        "file_name": path.name,
        "size_bytes": path.stat().st_size,
        "name": info.name,
        "description": info.description,
        "setup_file": info.setup_file,
        "tool_version": info.tool_version,
        "content": {
            "entry": package.content_name,
            "encrypted_bytes": package.content_bytes,
            "plain_bytes": info.unencrypted_content_size,
            "profile": info.encryption.profile_identifier,
            "mac": info.encryption.mac.hex(),
            "digest_algorithm": info.encryption.file_digest_algorithm,
            "digest": info.encryption.file_digest.hex(),
        },
        "msi": _msi(info.msi_info) if info.msi_info else None,
        "verified": False,
        "problems": [],
        "contents": [],
    }


def _msi(info: MsiInfo) -> dict[str, Any]:
    return {
        "product_code": info.product_code,
        "product_version": info.product_version,
        "package_code": info.package_code,
        "upgrade_code": info.upgrade_code,
        "publisher": info.publisher,
        "execution_context": info.execution_context,
        "requires_logon": info.requires_logon,
        "requires_reboot": info.requires_reboot,
        "is_machine_install": info.is_machine_install,
        "is_user_install": info.is_user_install,
        "includes_services": info.includes_services,
        "includes_odbc_data_source": info.includes_odbc_data_source,
        "contains_system_registry_keys": info.contains_system_registry_keys,
        "contains_system_folders": info.contains_system_folders,
    }


def _file(file: PackageFile) -> dict[str, Any]:
    modified = file.modified.isoformat(sep=" ") if file.modified else None
    return {"path": file.path, "is_folder": file.is_folder, "size_bytes": file.size_bytes, "modified": modified}


def _show(facts: dict[str, Any], out: Console) -> None:
    from rich.text import Text

    from harness.report.words import size_text

    content, msi = facts["content"], facts["msi"]
    rows = [
        ("package", f"{facts['file_name']}, {size_text(facts['size_bytes'])}"),
        ("name", facts["name"]),
        ("description", facts["description"]),
        ("setup file", facts["setup_file"]),
        ("packed by", f"tool version {facts['tool_version'] or 'not said'}"),
        ("content", f"{size_text(content['plain_bytes'])} plain, {content['entry']}"),
        ("digest", f"{content['digest_algorithm']} {content['digest']}"),
        ("verified", "yes, MAC and digest are right" if facts["verified"] else "NO"),
    ]
    if msi:
        rows += [
            ("MSI", f"{msi['publisher']}, version {msi['product_version']}"),
            ("product code", msi["product_code"]),
            ("upgrade code", msi["upgrade_code"]),
            ("installs for", msi["execution_context"] or "not said"),
        ]
    for name, value in rows:
        if value:
            line = Text(f"{name:<14}", style="bold").append(visible(value), style="")
            out.print(line, soft_wrap=True)
    if facts["contents"]:
        out.print()
        out.print(_contents_table(facts["contents"]))


def _contents_table(files: list[dict[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from harness.report.words import size_text

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("modified", no_wrap=True)
    table.add_column("path", overflow="fold")
    for file in files:
        size = "" if file["is_folder"] else size_text(file["size_bytes"])
        path = f"{file['path']}\\" if file["is_folder"] else file["path"]
        table.add_row(size, file["modified"] or "", Text(visible(path)))
    return table
