"""Ids and process numbers for log lines: drawn from a seed, so that a run repeats itself."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

__all__ = ["content_name", "draw_guid", "draw_process_id"]


def draw_guid(seed: int, purpose: str, now: datetime) -> str:
    """Return a GUID; the same seed, purpose and time always give the same."""
    return str(uuid.UUID(bytes=_digest(seed, purpose, now)[:16], version=4))


def draw_process_id(seed: int, purpose: str, now: datetime) -> int:
    """Return a process id that Windows could have given: a multiple of four."""
    return 1_000 + 4 * (int.from_bytes(_digest(seed, purpose, now)[:2], "big") % 8_000)


def content_name(app_id: str, version: int) -> str:
    """Return what files and folders of a version of an app are called: `<app id>_<version>`."""
    return f"{app_id}_{version}"


def _digest(seed: int, purpose: str, now: datetime) -> bytes:
    return hashlib.sha256(f"{seed} {purpose} {now.isoformat()}".encode()).digest()
