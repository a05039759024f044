"""What PowerShell rules print and return, declared beforehand: the scripts themselves are not run yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from harness.errors import NotEmulated
from harness.machine.ports import Machine

__all__ = ["DeclaredScripts", "ScriptResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult:
    """How a script ended.

    Attributes:
        exit_code: that of powershell.exe, signed or unsigned.
        stdout: what it printed, with the line breaks; `Write-Host` and `Write-Warning` end up here too (observed).
        stderr: what it printed as errors.
        takes: how long it ran; None for what the settings say.
    """

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""
    takes: timedelta | None = None


class DeclaredScripts:
    """The declared results, by the script's SHA-256 in hexadecimal or by the id of the app it belongs to.

    A result is a value, or a function of the machine, for scripts that say something else after the installation.
    """

    def __init__(self) -> None:
        self._results: dict[str, ScriptResult | Callable[[Machine], ScriptResult]] = {}

    def declare(self, key: str, result: ScriptResult | Callable[[Machine], ScriptResult]) -> None:
        """Say how the script with that SHA-256, or every script of the app with that id, ends."""
        self._results[key.casefold()] = result

    def result_of(self, script: bytes, app_id: str, machine: Machine) -> ScriptResult:
        """Return how a script of an app ends on this machine.

        Raises:
            NotEmulated: if nothing was declared for it.
        """
        digest = hashlib.sha256(script).hexdigest()
        for key in (digest, app_id.casefold()):
            declared = self._results.get(key)
            if declared is not None:
                return declared(machine) if callable(declared) else declared
        raise NotEmulated(
            "running a PowerShell script",
            where=f"a rule of app {app_id}",
            hint=(
                "give the app a registry, file or product code rule for this run, or declare in Python what the script "
                f"prints: settings.scripts.declare('{digest}', ScriptResult(stdout='Detected'))"
            ),
        )
