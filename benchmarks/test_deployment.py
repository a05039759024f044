"""A whole scripted deployment, from a new machine to the report, beside the start of an empty Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from harness import emulated_device

NOTES = Path(__file__).parents[1] / "fixtures/packages/contoso-notes"


def deploy() -> float:
    """Deploy a real MSI package on a new device and return the machine seconds that passed."""
    with emulated_device() as device:
        app = device.tenant.publish(NOTES / "contoso-notes.json", NOTES / "contoso-notes.intunewin")
        device.sync()
        device.advance("2 min")
        assert "installed" == device.status(app).words
        return device.clock.monotonic().total_seconds()


def seconds_of_an_empty_python() -> float:
    """Return the median of a few starts of `python -c pass`."""
    taken = []
    for _ in range(5):
        before = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def test_whole_deployment(benchmark):
    """Poll, detect, download, verify, unpack, install an MSI, detect again, notify, report."""
    machine_seconds = benchmark(deploy)
    taken = benchmark.stats.stats.median
    empty = seconds_of_an_empty_python()

    benchmark.extra_info["times an empty python"] = round(taken / empty, 2)
    benchmark.extra_info["times faster than the device"] = round(machine_seconds / taken)
    print(
        f"\na deployment takes {taken * 1000:.0f} ms: {taken / empty:.1f} times `python -c pass`, "
        f"{machine_seconds / taken:,.0f} times faster than the device's own clock"
    )
