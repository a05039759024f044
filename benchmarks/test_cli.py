"""Start-up of the command line, beside Python's own in the same run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]
NOTES = REPOSITORY / "fixtures" / "packages" / "contoso-notes" / "contoso-notes.intunewin"

_ROUNDS = 15


def _seconds(*command: object) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *map(str, command)], cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - start


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["inspect", NOTES], ["run", NOTES], ["run", NOTES, "--json"]],
    ids=["help", "inspect", "run", "run --json"],
)
def test_start_up(benchmark: Callable[..., Any], arguments: list[object]) -> None:
    """`python -m harness ...` beside `python -c pass`; both are run in turn, so that a busy moment meets both."""
    bare: list[float] = []

    def measure_bare() -> None:
        bare.append(_seconds("-c", "pass"))

    benchmark.pedantic(_seconds, args=("-m", "harness", *arguments), setup=measure_bare, rounds=_ROUNDS)

    own = benchmark.stats.stats.median
    words = " ".join(Path(str(argument)).name for argument in arguments)
    print(
        f"\nime-harness {words}: {own * 1000:.0f} ms, python -c pass: {median(bare) * 1000:.0f} ms, "
        f"ratio {own / median(bare):.1f}"
    )
