"""The command processor of the emulated machine, `cmd.exe`, and the small programs batch files expect beside it."""

from __future__ import annotations

from harness.emulator.cmd.registration import programs

__all__ = ["programs"]
