"""The network as a machine sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["NetworkStatus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkStatus:
    """How the machine is connected.

    Attributes:
        is_online: whether there is a way out at all.
        is_metered: whether the user pays by the byte.
        bandwidth: bytes a second; None when transfers take no time.
        latency: how long one way takes.
    """

    is_online: bool = True
    is_metered: bool = False
    bandwidth: float | None = None
    latency: timedelta = timedelta()
