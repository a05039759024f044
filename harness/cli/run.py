"""`ime-harness run`: a package is deployed on an emulated device, and what came of it is shown."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.files import check_replaceable, new_file, read_input, writing
from harness.cli.terminal import console, plain_output, progress, whole_lines
from harness.cli.verb import Verb
from harness.cli.visible import visible
from harness.durations import parse_duration
from harness.errors import FormatError, Problem, UsageError

if TYPE_CHECKING:
    from harness.report.result import RunResult

__all__ = ["VERB"]

#: What a report begins with; other files are not replaced by one.
_REPORT_MARKER = b'<meta name="generator" content="ime-harness">'

#: A description of what setup programs do, with the files they write.
_MOST_INSTALLER = 64 * 1024**2

_DESCRIPTION = """\
Deploy a package on an emulated Windows device as the Intune Management
Extension does, and show what comes of it.

An MSI package needs nothing else: it gets what the Intune portal fills in. Any
other package needs its app as Graph JSON (--app), and a description of what
its setup program does (--installer), since no code of it is run.

intents:
  required   the agent installs the app at its check-in
  available  the app is offered in the Company Portal, and the signed-in user
             presses Install there
  uninstall  the app is first installed as if it were required; then the
             assignment is changed, and the agent removes it at its next
             check-in. The changes shown are what is left behind, compared
             with the machine before the installation. When the installation
             fails, that is the result.

What policy does about restarts is part of the run: when the device restarts,
the run goes on until the agent has looked at the app again. Nobody restarts
it otherwise. Where the assignment has a start time or a deadline, the device is
switched on shortly before it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("package", metavar="PACKAGE", type=Path, help="an .intunewin file")
    parser.add_argument("--app", metavar="FILE.json", type=Path, help="the app as Graph JSON, with its assignments")
    parser.add_argument(
        "--intent",
        choices=("required", "available", "uninstall"),
        help="what is assigned; default: what FILE.json says, else required",
    )
    parser.add_argument(
        "--device",
        metavar="NAME|FILE",
        default="windows-11-23h2",
        help="the machine: a name that `ime-harness devices` lists, or a file that describes one; default: %(default)s",
    )
    parser.add_argument(
        "--for",
        dest="limit",
        metavar="DURATION",
        default="36 h",
        help="how much machine time the run may take, for example '30 min'; default: until the agent is done with the "
        "app, at most %(default)s",
    )
    parser.add_argument("--installer", metavar="FILE", type=Path, help="JSON that says what setup programs do")
    parser.add_argument("--seed", type=int, default=1, help="decides everything that is random; default: %(default)s")
    parser.add_argument("--report", metavar="FILE.html", type=Path, help="write the report; an older one is replaced")
    parser.add_argument("--json", action="store_true", help="print one JSON object (ime-harness-result/1)")
    parser.add_argument("--log", metavar="DIR", type=Path, help="copy the agent's log files to this folder")


def run(arguments: argparse.Namespace) -> int:
    """Deploy the package; the exit status says whether the intent was reached."""
    _check_outputs(arguments)
    limit = parse_duration(arguments.limit)
    result, logs = _deployed(arguments, limit)
    written = [_write_report(arguments.report, result)] if arguments.report else []
    written += _write_logs(arguments.log, logs) if arguments.log else []
    if arguments.json:
        plain_output().write(result.to_json())
    else:
        from harness.cli.run_text import print_result

        out = console(sys.stdout)
        with whole_lines(out):
            print_result(result, out)
    for line in written:
        print(line, file=sys.stderr if arguments.json else sys.stdout)
    return 0 if result.intent_reached else 1


VERB = Verb(
    name="run",
    summary="deploy a package on an emulated device and show what comes of it",
    description=_DESCRIPTION,
    examples=(
        "ime-harness run fixtures/packages/contoso-notes/contoso-notes.intunewin",
        "ime-harness run vpn.intunewin --app vpn.json --installer installer.json --report vpn.html",
        "ime-harness run notes.intunewin --intent uninstall --json",
    ),
    add_arguments=add_arguments,
    run=run,
)


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Refuse what could not be written in the end, before anything is done."""
    if arguments.report:
        check_replaceable(arguments.report, marker=_REPORT_MARKER, what="a report of ime-harness")
    if arguments.log and arguments.log.exists():
        if not arguments.log.is_dir():
            raise UsageError(f"cannot write the log to {arguments.log}: it is a file - name a folder")
        if any(arguments.log.glob("*.log")):
            raise UsageError(f"{arguments.log} holds log files already - name a new or empty folder")


def _deployed(arguments: argparse.Namespace, limit: timedelta) -> tuple[RunResult, dict[str, bytes]]:
    from harness.cli.apps import app_for
    from harness.cli.deployment import deploy, switched_on_at
    from harness.cli.packages import open_package, read_through, verified_contents
    from harness.device import emulated_device
    from harness.emulator.installer_file import read_installers
    from harness.report.collecting import collect_result, log_files, package_facts

    package_path: Path = arguments.package
    with progress("verifying") as bar, open_package(package_path, bar) as package:
        chosen = app_for(package.info, str(package_path), app_file=arguments.app, intent=arguments.intent)
        installers = {}
        if arguments.installer:
            installers = read_installers(
                read_input(arguments.installer, most_bytes=_MOST_INSTALLER), str(arguments.installer)
            )
        start = switched_on_at(chosen.assignment)
        with emulated_device(release=arguments.device, seed=arguments.seed, start=start) as device:
            device.machine.programs.update(installers)
            with verified_contents(package, bar) as contents:
                read_through(contents, bar)
                if arguments.app is None and not contents.find(package.info.setup_file):
                    raise FormatError(str(package_path), [_no_setup_file(package.info.setup_file)])
            bar.restart("deploying", package.content_bytes)
            deployment = deploy(device, chosen, package, limit)
            result = collect_result(
                device,
                chosen.app,
                intent=chosen.assignment.intent,
                before=deployment.before,
                package=package_facts(package_path.name, package_path.stat().st_size, package.info),
                definition=chosen.definition,
                is_done=deployment.is_done,
                removal_skipped=not deployment.was_there,
            )
            return result, log_files(device)


def _no_setup_file(name: str) -> Problem:
    text = f"is {visible(name)!r}, which the package does not hold - pack it again, or say with --app what is run"
    return Problem("Detection.xml: ApplicationInfo/SetupFile", text)


def _write_report(path: Path, result: RunResult) -> str:
    from harness.report.html import render_html

    with new_file(path, may_replace=True) as out:
        out.write(render_html(result).encode())
    return f"wrote the report to {path}"


def _write_logs(folder: Path, logs: dict[str, bytes]) -> list[str]:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in logs.items():
            with new_file(folder / name, may_replace=False) as out:
                out.write(data)
    return [f"wrote {len(logs)} log files to {folder}: {', '.join(logs)}"]
