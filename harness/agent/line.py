"""The service as one machine reaches it: not at all while the machine has no network."""

from __future__ import annotations

from typing import BinaryIO

from harness.agent.gateway import Gateway, ServiceUnreachable
from harness.machine.ports import Machine

__all__ = ["Line"]


class Line:
    """Fulfils the `Gateway` port through another gateway; every call of the agent goes through it.

    The calls themselves take no time, whatever the latency is: they are a few kilobytes.

    Args:
        gateway: the service.
        machine: whose network the calls go over.
    """

    def __init__(self, gateway: Gateway, machine: Machine) -> None:
        self._gateway = gateway
        self._machine = machine

    def request_applications(self, user_id: str) -> str:
        """Answer `RequestApplication`.

        Raises:
            ServiceUnreachable: while the machine is offline, as all other methods do.
        """
        return self._reached.request_applications(user_id)

    def get_available_apps(self, user_id: str) -> str:
        """Answer `GetAvailableApp`."""
        return self._reached.get_available_apps(user_id)

    def get_content_info(self, app_id: str, version: int) -> str:
        """Answer `GetContentInfo`."""
        return self._reached.get_content_info(app_id, version)

    def download(self, location: str) -> BinaryIO:
        """Open the encrypted content; how long its bytes take is for `Network.transfer` to say."""
        return self._reached.download(location)

    def send_results(self, payload: str) -> None:
        """Take a `Win32AppResult`."""
        self._reached.send_results(payload)

    @property
    def _reached(self) -> Gateway:
        if not self._machine.network.status.is_online:
            raise ServiceUnreachable("the machine has no network")
        return self._gateway
