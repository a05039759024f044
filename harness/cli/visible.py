"""Text from packages, policies and logs, made fit for a terminal."""

from __future__ import annotations

from harness.model.visible import visible

__all__ = ["visible"]
