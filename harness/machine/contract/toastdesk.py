"""What the exam needs to ask about toasts: programs that show some by their XML, and a user who handles them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from harness.machine.ports import Session, ShownToast
from harness.model.windows import RegistryPath, RegistryValue

if TYPE_CHECKING:
    from harness.machine.contract.check import Examinee

__all__ = [
    "DeskToast",
    "ToastDesk",
    "APP",
    "PUSH",
    "SETTINGS",
    "POLICY",
    "toast_xml",
    "registered",
    "setting",
    "seconds",
]

#: The app whose toasts the exam shows.
APP = "ImeHarness.Contract"

#: Where a user's settings of toasts are.
PUSH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\PushNotifications"
SETTINGS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Notifications\Settings"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\PushNotifications"


class DeskToast(ShownToast, Protocol):
    """A toast, and what its user can do with it."""

    @property
    def is_open(self) -> bool:
        """Whether the user can get at it, on the screen or in the notification centre."""
        ...

    def click(self, button: str = "", *, inputs: Mapping[str, str] | None = None) -> None:
        """Enter what is to be entered, and press a button, or the toast itself."""
        ...

    def dismiss(self) -> None:
        """Close it with its cross."""
        ...


class ToastDesk(Protocol):
    """A screen with a user at it, who does as the exam says."""

    @property
    def session(self) -> Session:
        """The session at the screen."""
        ...

    def show(
        self,
        document: str,
        app_id: str = APP,
        *,
        tag: str = "",
        group: str = "",
        expires: datetime | None = None,
        suppress_popup: bool = False,
    ) -> DeskToast:
        """Show a toast in the session as a program does, by its XML; one that is not shown is never open."""
        ...

    def history(self, app_id: str = APP) -> Sequence[DeskToast]:
        """Return an app's toasts, on the screen or in the notification centre, oldest first."""
        ...

    def remove(self, app_id: str = APP, *, tag: str | None = None, group: str | None = None) -> None:
        """Take an app's toasts back: those of a tag, a group, both, or all."""
        ...

    def state(self) -> int:
        """Return what SHQueryUserNotificationState says."""
        ...

    def set_do_not_disturb(self, *, is_on: bool) -> None:
        """Turn "do not disturb" on with its usual exceptions, or off."""
        ...

    def set_locked(self, *, is_locked: bool) -> None:
        """Lock or unlock the screen."""
        ...


def toast_xml(inside: str = "<text>Hello</text>", rest: str = "", **attributes: str) -> str:
    """Return a toast's XML, of what is inside its binding, what follows its visual, and its attributes."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<toast{written}><visual><binding template="ToastGeneric">{inside}</binding></visual>{rest}</toast>'


@contextmanager
def registered(machine: Examinee) -> Iterator[ToastDesk]:
    """Make the exam's app known in the user's registry; afterwards its toasts are gone, and so is the app."""
    desk = machine.toast_desk
    with setting(machine, rf"SOFTWARE\Classes\AppUserModelId\{APP}", "DisplayName", "Exam"):
        try:
            yield desk
        finally:
            desk.remove()


@contextmanager
def setting(machine: Examinee, key: str, name: str, data: str | int) -> Iterator[None]:
    """Set a value in the registry of the user at the screen, and put things back afterwards."""
    registry, sid = machine.registry, machine.toast_desk.session.account.sid
    path = RegistryPath.parse(rf"HKCU\{key}").of_user(sid)
    missing = path
    while not registry.exists(missing.parent) and missing.parent != missing:
        missing = missing.parent
    was_there, before = registry.exists(path), registry.get(path, name)
    registry.set(path, name, RegistryValue.of(data))
    try:
        yield
    finally:
        if not was_there:
            registry.delete(missing)
        elif before is None:
            registry.delete_value(path, name)
        else:
            registry.set(path, name, before)


def seconds(count: float) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)
