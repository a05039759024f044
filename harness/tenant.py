"""The service's side: what the administrator published and assigned, and what devices reported.

A tenant answers the agent's verbs in process, in the formats that cross the wire: policies as the service writes them,
content as the package holds it. It knows no machine.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from harness.errors import NotEmulated, UsageError
from harness.formats.graph import read_app
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.policy import write_policies
from harness.formats.sessionpayload import encode_response_payload
from harness.model.apps import RunAsAccount, Win32App
from harness.model.assignments import AppPolicy, Assignment, InstallIntent, Notifications, TargetType

__all__ = ["Report", "Tenant"]

#: The user id of a check-in without a user (seen in device logs).
_DEVICE = "00000000-0000-0000-0000-000000000000"

#: Where content is said to be; nothing is ever fetched from there.
_CONTENT_HOST = "http://swdc.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a device said about one app.

    Attributes:
        app_id: the app.
        user_id: whose session it was; zeros for the device.
        fields: the reporting state as sent, with the agent's own names.
    """

    app_id: str
    user_id: str
    fields: dict[str, Any]


class Tenant:
    """Apps, their content, who they are assigned to, and the reports of devices.

    Attributes:
        reports: everything devices reported, oldest first.
        is_reachable: set it to False to let the service be down.
    """

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.is_reachable = True
        self._apps: dict[str, Win32App] = {}
        self._packages: dict[str, IntuneWinPackage] = {}
        self._assignments: dict[str, Assignment] = {}
        self._open_files = ExitStack()

    # What the administrator does

    def publish(self, app_file: str | Path, package: str | Path | IntuneWinPackage | None = None) -> Win32App:
        """Publish an app from files, as an upload to the portal does; assignments in its JSON are made too.

        Args:
            app_file: the app as Graph JSON.
            package: its `.intunewin`: a file, which stays open until `close`, or one that is opened already; without
                any the service has no content to deliver, as while an upload is unfinished.

        Raises:
            FormatError: if one of them does not read; nothing is published then.
            UsageError: if one of them cannot be opened.
        """
        app_file = Path(app_file)
        with _readable():
            document = read_app(app_file.read_bytes(), app_file.name)
        self.add(document.app, self._open(Path(package)) if isinstance(package, str | Path) else package)
        for assignment in document.assignments:
            self.assign(document.app, assignment)
        return document.app

    def close(self) -> None:
        """Close the files of published packages."""
        self._open_files.close()

    def add(self, app: Win32App, package: IntuneWinPackage | None = None) -> None:
        """Publish an app, or a new version of it.

        Args:
            app: the app.
            package: its content; without any the service has no content to deliver, as while an upload is unfinished.
        """
        self._apps[app.id] = app
        if package:
            self._packages[app.id] = package

    def assign(
        self,
        app: Win32App | str,
        assignment: Assignment | None = None,
        *,
        intent: InstallIntent | str = InstallIntent.REQUIRED,
        notifications: Notifications | str = Notifications.SHOW_ALL,
        target_type: TargetType | str = TargetType.DEVICE,
    ) -> None:
        """Assign an app; it is published if it is not yet. A second assignment replaces the first.

        Args:
            app: the app, or its id or display name.
            assignment: all settings at once; the other arguments are short for the usual ones.
            intent: required, available or uninstall.
            notifications: showAll, showReboot or hideAll.
            target_type: device, user or both.

        Raises:
            UsageError: for an app that is not known, or a word that Intune does not have.
            NotEmulated: for apps that are available without enrollment, which the agent has no part in.
        """
        chosen = assignment or Assignment(
            intent=_word(InstallIntent, "an intent", intent),
            notifications=_word(Notifications, "a setting of notifications", notifications),
            target_type=_word(TargetType, "a type of target", target_type),
        )
        if chosen.intent is InstallIntent.AVAILABLE_WITHOUT_ENROLLMENT:
            raise NotEmulated(
                "the intent availableWithoutEnrollment",
                where=f"the assignment of {app.display_name if isinstance(app, Win32App) else app}",
                hint="assign the app as available; an enrolled device never sees this intent",
            )
        if isinstance(app, Win32App) and app.id not in self._apps:
            self.add(app)
        self._assignments[self.app(app).id] = chosen

    def unassign(self, app: Win32App | str) -> None:
        """Take an assignment away; devices keep what they have installed."""
        self._assignments.pop(self.app(app).id, None)

    @property
    def apps(self) -> Sequence[Win32App]:
        """The published apps, in the order they were published."""
        return tuple(self._apps.values())

    def app(self, app: Win32App | str) -> Win32App:
        """Return a published app by itself, its id or its display name.

        Raises:
            UsageError: when there is none, or several have that name.
        """
        wanted = app.id if isinstance(app, Win32App) else app
        if wanted in self._apps:
            return self._apps[wanted]
        called = [known for known in self._apps.values() if known.display_name.casefold() == wanted.casefold()]
        if len(called) == 1:
            return called[0]
        if called:
            ids = ", ".join(known.id for known in called)
            raise UsageError(f"the tenant has {len(called)} apps called '{wanted}' - use the id of one: {ids}")
        names = ", ".join(f"'{known.display_name}'" for known in self._apps.values()) or "none"
        raise UsageError(f"the tenant has no app '{wanted}' - published are: {names}")

    def assignment_of(self, app: Win32App | str) -> Assignment | None:
        """Return how an app is assigned; None when it is not."""
        return self._assignments.get(self.app(app).id)

    def reports_about(self, app: Win32App | str) -> list[Report]:
        """Return what devices reported about an app, oldest first.

        Raises:
            UsageError: when there is no such app.
        """
        app_id = self.app(app).id
        return [report for report in self.reports if report.app_id == app_id]

    # What the agent asks (harness.agent.gateway.Gateway)

    def request_applications(self, user_id: str) -> str:
        """Answer the required apps and those to be uninstalled."""
        return self._policies(user_id, {InstallIntent.REQUIRED, InstallIntent.UNINSTALL})

    def get_available_apps(self, user_id: str) -> str:
        """Answer the apps in the Company Portal; whatever they target, they are the user's to choose."""
        return self._policies(user_id, {InstallIntent.AVAILABLE})

    def get_content_info(self, app_id: str, version: int) -> str:
        """Answer where the content is and how it is decrypted; null when there is none."""
        self._answer()
        package = self._packages.get(app_id)
        if package is None:
            return "null"
        secrets = package.info.encryption
        content = {"UploadLocation": f"{_CONTENT_HOST}/{app_id}/{version}.intunewin.bin", "Size": package.content_bytes}
        decrypt = {
            "EncryptionKey": _base64(secrets.encryption_key),
            "IV": _base64(secrets.initialization_vector),
            "MacKey": _base64(secrets.mac_key),
            "Mac": _base64(secrets.mac),
            "ProfileIdentifier": secrets.profile_identifier,
            "FileDigest": _base64(secrets.file_digest),
            "FileDigestAlgorithm": secrets.file_digest_algorithm,
        }
        return json.dumps({"ContentInfo": json.dumps(content), "DecryptInfo": json.dumps(decrypt)})

    def download(self, location: str) -> BinaryIO:
        """Open the content at a location that `get_content_info` named."""
        self._answer()
        app_id = location.removeprefix(f"{_CONTENT_HOST}/").split("/")[0]
        if app_id not in self._packages:
            raise ConnectionError(f"404: nothing at {location}")
        return self._packages[app_id].open_content()

    def send_results(self, payload: str) -> None:
        """Keep what a device reported."""
        self._answer()
        for fields in json.loads(payload):
            self.reports.append(
                Report(app_id=fields["ApplicationId"], user_id=fields.get("UserId", _DEVICE), fields=fields)
            )

    def _open(self, file: Path) -> IntuneWinPackage:
        """Open a package and keep its file open; one that does not read is closed again."""
        with ExitStack() as stack:
            with _readable():
                stream = stack.enter_context(file.open("rb"))
            package = IntuneWinPackage.open(stream, source=file.name)
            self._open_files.enter_context(stack.pop_all())
        return package

    def _policies(self, user_id: str, intents: set[InstallIntent]) -> str:
        self._answer()
        own = TargetType.DEVICE if user_id == _DEVICE else TargetType.USER
        return encode_response_payload(
            write_policies(
                [
                    AppPolicy(app=self._apps[app_id], assignment=assignment)
                    for app_id, assignment in self._assignments.items()
                    if assignment.intent in intents
                    and (
                        assignment.intent is InstallIntent.AVAILABLE
                        or own is _session_of(self._apps[app_id], assignment)
                    )
                ]
            )
        )

    def _answer(self) -> None:
        if not self.is_reachable:
            raise ConnectionError("the service does not answer")


def _session_of(app: Win32App, assignment: Assignment) -> TargetType:
    """Return whose session an app comes in; what targets both comes once, where it can be installed. A guess."""
    if assignment.target_type is not TargetType.BOTH:
        return assignment.target_type
    is_users = app.install_experience.run_as_account is RunAsAccount.USER
    return TargetType.USER if is_users else TargetType.DEVICE


W = TypeVar("W", bound=StrEnum)


def _word(kind: type[W], noun: str, word: str) -> W:
    try:
        return kind(word)
    except ValueError:
        raise UsageError(f"'{word}' is not {noun} - use one of: {', '.join(kind)}") from None


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {(error.strerror or '').lower()}") from None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
