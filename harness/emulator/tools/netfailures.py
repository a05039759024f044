"""How net.exe ends when something fails: on the standard error stream, with exit code 2."""

from __future__ import annotations

from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure

__all__ = ["net_failure", "system_error"]

_FAILED = 2


def net_failure(text: str, number: int) -> ToolFailure:
    """Return a failure that net.exe has a message of its own for."""
    return ToolFailure(_FAILED, text, "", f"More help is available by typing NET HELPMSG {number}.", "")


def system_error(code: int) -> ToolFailure:
    """Return a failure that Windows has the message for."""
    return ToolFailure(_FAILED, f"System error {code} has occurred.", "", error_text(code), "")
