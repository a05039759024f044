"""`ime-harness devices`: the machines one can start from, and those described in files, looked at closely."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from harness.cli.terminal import console, plain_output, whole_lines
from harness.cli.verb import Verb
from harness.cli.visible import visible

if TYPE_CHECKING:
    from rich.console import Console

    from harness.emulator.machines import MachineDefinition

__all__ = ["VERB", "DEVICES_FORMAT"]

#: The name of the JSON's format.
DEVICES_FORMAT = "ime-harness-devices/1"

_DESCRIPTION = """\
List the Windows machines that `ime-harness run --device` takes: their names,
releases, builds and processors, and where what is on them is known from.

With files, check those that describe machines of your own and list them. A file
is YAML, which says what is different from one of the machines here, or a .reg
file or registry hive, which is laid over the default machine. Hives are read to
their end.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="*", help="a file that describes a machine: .yaml, .reg or hive")
    parser.add_argument("--json", action="store_true", help=f"print one JSON object ({DEVICES_FORMAT})")


def run(arguments: argparse.Namespace) -> int:
    """List the machines."""
    from harness.emulator.machines import DEFINITIONS, machine_definition

    if arguments.files:
        definitions = [machine_definition(name) for name in arguments.files]
        for definition in definitions:
            _read_whole(definition)
    else:
        definitions = list(DEFINITIONS.values())
    if arguments.json:
        document = {"format": DEVICES_FORMAT, "devices": [_facts(definition) for definition in definitions]}
        plain_output().write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        out = console(sys.stdout)
        with whole_lines(out):
            _show(definitions, out)
    return 0


VERB = Verb(
    name="devices",
    summary="list the Windows machines to start from",
    description=_DESCRIPTION,
    examples=(
        "ime-harness devices",
        "ime-harness devices --json",
        "ime-harness devices training-room.yaml",
    ),
    add_arguments=add_arguments,
    run=run,
)


def _read_whole(definition: MachineDefinition) -> None:
    """Look at everything in the hives of a machine, so that damage is found now."""
    from harness.emulator.additions import AddedHive
    from harness.formats.hives import HiveKey

    additions = definition.additions
    if additions is None:
        return
    for part in (*additions.registry, *(part for user in additions.users for part in user.registry)):
        if isinstance(part, AddedHive) and isinstance(part.image, HiveKey):
            part.image.check()


def _facts(definition: MachineDefinition) -> dict[str, Any]:
    facts = definition.facts
    return {
        "name": definition.name,
        "description": definition.description,
        "based_on": definition.based_on,
        "release": facts.release,
        "build": facts.build,
        "revision": facts.revision,
        "edition": facts.edition,
        "architecture": facts.architecture,
        "computer_name": facts.name,
        "memory_mb": facts.memory_mb,
        "processors": facts.processors,
        "disk_size_mb": facts.disk_size_mb,
        "time_zone": facts.time_zone,
        "source": definition.source,
    }


def _show(definitions: list[MachineDefinition], out: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from harness.emulator.machines import DEFAULT_MACHINE

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("name", "release", "build", "processor", ""):
        table.add_column(heading, no_wrap=True)
    for definition in definitions:
        facts = definition.facts
        note = "(default)" if definition.name == DEFAULT_MACHINE else ""
        build = f"{facts.build}.{facts.revision}"
        table.add_row(Text(visible(definition.name)), facts.release, build, facts.architecture, note)
    out.print(table)
    notes = {definition.facts.release: definition.source for definition in definitions if not definition.based_on}
    if notes:
        out.print()
    for release, source in notes.items():
        out.print(Text(f"{release}: {source}"), soft_wrap=True)
    for definition in definitions:
        if definition.based_on:
            out.print()
            out.print(Text(visible(_words(definition))), soft_wrap=True)


def _words(definition: MachineDefinition) -> str:
    added = definition.additions
    counts = [
        f"based on {definition.based_on}",
        definition.facts.edition,
        f"called {definition.facts.name} on the network",
    ]
    if added:
        counts += [
            f"{len(things)} {word}{'' if len(things) == 1 else 's'}"
            for things, word in ((added.files, "file"), (added.users, "user"))
            if things
        ]
    text = f"{definition.name}: {', '.join(counts)}"
    return f"{text}\n  {definition.description}" if definition.description else text
