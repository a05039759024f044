"""The port to the service, with the verbs the real agent uses; a tenant answers them in process, HTTP could too.

Source of the verbs and encodings: public clients of the SideCar gateway (`RequestContentType` values), which work
against the real service. Where no source knows a document's shape, its description below says "ours".
"""

from __future__ import annotations

from typing import BinaryIO, Protocol

from harness.errors import HarnessError

__all__ = ["DEVICE_USER_ID", "Gateway", "ServiceUnreachable"]

#: The user id of the device session, which belongs to nobody (seen in device logs).
DEVICE_USER_ID = "00000000-0000-0000-0000-000000000000"


class ServiceUnreachable(HarnessError, ConnectionError):
    """The service did not answer; the agent logs it and tries again at the next check-in.

    It is a `ConnectionError`, so a gateway that raises any other `ConnectionError` or a `TimeoutError` is understood
    as well.
    """


class Gateway(Protocol):
    """What the agent asks of the service on behalf of this device.

    Every method may raise `ServiceUnreachable` (or any `ConnectionError` or `TimeoutError`). Answers are the wire's
    text: whoever is on the other side is not trusted, and the agent parses and checks all of it.
    """

    def request_applications(self, user_id: str) -> str:
        """Answer `RequestApplication`: the apps that are required or to be uninstalled.

        Args:
            user_id: the Entra object id of the session's user for apps that target users, `DEVICE_USER_ID` for those
                that target the device.

        Returns:
            The `ResponsePayload`: base64 of a little-endian 32-bit length and a gzip stream, which holds the JSON
            array of policies. `harness.formats.policy.encode_response_payload` writes it.
        """
        ...

    def get_available_apps(self, user_id: str) -> str:
        """Answer `GetAvailableApp`: the apps the user may install from the Company Portal.

        Args:
            user_id: the Entra object id of the user.

        Returns:
            A `ResponsePayload`, as `request_applications` does; every policy has `Intent` 1.
        """
        ...

    def get_content_info(self, app_id: str, version: int) -> str:
        r"""Answer `GetContentInfo`: where the content of that version of the app is, and how it is decrypted.

        Returns:
            A JSON object with two texts that hold JSON themselves, or null when the service has no such content:

            * `ContentInfo`: `{"UploadLocation": "http://.../<guid>.intunewin.bin", "Size": <bytes of the encrypted
              file>}`.
            * `DecryptInfo`: `{"EncryptionKey", "IV", "MacKey", "Mac", "ProfileIdentifier", "FileDigest",
              "FileDigestAlgorithm"}`, everything but the last two names base64, as in `Detection.xml`. The real answer
              wraps this in a CMS envelope for the device's certificate, which is not reproduced; `MacKey`, `Mac` and
              the digest are ours there, since what the service sends of them is not known.
        """
        ...

    def download(self, location: str) -> BinaryIO:
        """Open the encrypted content at an `UploadLocation` of `get_content_info`; the agent closes the stream.

        The stream holds what `IntuneWinPackage/Contents/IntunePackage.intunewin` holds: MAC, initialisation vector and
        ciphertext. It may raise `ConnectionError` while it is read, too: the download then fails as on a lost line.
        """
        ...

    def send_results(self, payload: str) -> None:
        """Take a `Win32AppResult`: a JSON array with one object for every app whose report has changed.

        The real schema is not known. Ours is the reporting state of each app as the agent logs it, with the user id
        and the time (`harness.agent.reporting` documents the fields).
        """
        ...
