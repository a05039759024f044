"""From arguments to an exit status: which verb runs, and what becomes of its errors."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence

from harness.cli import devices, inspect, pack, run, unpack
from harness.cli.verb import Verb
from harness.cli.visible import visible
from harness.errors import HarnessError, Unavailable

__all__ = ["run_command_line", "VERBS"]

#: Every verb, in the order of the help.
VERBS: tuple[Verb, ...] = (run.VERB, pack.VERB, unpack.VERB, inspect.VERB, devices.VERB)

_EXIT_STATUS = """\
exit status:
  0  the intent was reached, or the verb did its work
  1  the app failed on the device, or may not be installed there
  2  the input was wrong
  3  something that is needed is not available, or not emulated
"""

#: What the operating system says of a full disk or quota.
_FULL = (errno.ENOSPC, errno.EDQUOT)

#: Exit statuses of ends that are nobody's verdict: a bug (sysexits.h, EX_SOFTWARE), Ctrl+C and a reader that went away
#: (128 and the signal's number, as shells have it).
_BUG, _INTERRUPTED, _NO_READER = 70, 130, 141


def run_command_line(argv: Sequence[str]) -> int:
    """Run `ime-harness` with these arguments and return its exit status; errors go to standard error."""
    _never_fail_to_print()
    try:
        arguments = _parser().parse_args(argv)
        status = _run(arguments)
        sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        # Whoever read the output has gone, `head` for example. Python flushes once more at its end: let that succeed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_READER
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    return status


def _never_fail_to_print() -> None:
    """Let streams that cannot encode a character write it as an escape sequence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(arguments: argparse.Namespace) -> int:
    verb: Verb = arguments.verb
    try:
        return verb.run(arguments)
    except BrokenPipeError:
        raise
    except HarnessError as error:
        print(visible(str(error)), file=sys.stderr)
        return error.exit_status
    except Exception as error:  # noqa: BLE001 - whatever else comes is a bug, and is shown whole
        if isinstance(error, OSError) and error.errno in _FULL:
            print("cannot write: no space left - free some, or write to another place", file=sys.stderr)
            return Unavailable.exit_status
        import traceback

        traceback.print_exc()
        print("this is a bug in ime-harness - please report it with the command and the lines above", file=sys.stderr)
        return _BUG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ime-harness",
        description="Deploy Win32 apps on an emulated Windows machine as the Intune Management Extension does.",
        epilog=f"{_EXIT_STATUS}\n`ime-harness <verb> --help` says more about a verb.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    verbs = parser.add_subparsers(title="verbs", metavar="<verb>", required=True)
    for verb in VERBS:
        examples = "\n".join(f"  {line}" for line in verb.examples)
        one = verbs.add_parser(
            verb.name,
            help=verb.summary,
            description=verb.description,
            epilog=f"examples:\n{examples}\n",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_arguments(one)
        one.set_defaults(verb=verb)
    return parser


class _Version(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        _values: object,
        _option: str | None = None,
    ) -> None:
        from importlib.metadata import version

        print(f"{parser.prog} {version('ime-harness')}")
        parser.exit()
