"""Steps about toasts: what the user sees and answers."""

from __future__ import annotations

from pytest_bdd import then

from harness.device import ManagedDevice
from harness.model.toasts import ToastKind
from harness.steps.phrases import step

__all__: list[str] = []

#: What QA calls the toasts.
_KINDS = {
    "download": ToastKind.DOWNLOADING,
    "success": ToastKind.SUCCESS,
    "failure": ToastKind.FAILURE,
    "restart required": ToastKind.RESTART_REQUIRED,
    "restart countdown": ToastKind.RESTART_COUNTDOWN,
}


def _seen(device: ManagedDevice, user: str | None = None) -> list[str]:
    words = {kind: word for word, kind in _KINDS.items()}
    return [
        words[shown.toast.kind]
        for shown in device.toasts
        if user is None or shown.session.account.name.casefold() == user.casefold()
    ]


@then(step('"{user}" sees the {kind} toast'))
def user_sees(device: ManagedDevice, user: str, kind: str) -> None:
    """Check that a user was shown a toast: download, success, failure, restart required or restart countdown."""
    assert kind in _seen(device, user), f"{user} saw: {', '.join(_seen(device, user)) or 'nothing'}"


@then(step('"{user}" does not see the {kind} toast'))
def user_does_not_see(device: ManagedDevice, user: str, kind: str) -> None:
    """Check that a user was not shown a toast."""
    assert kind in _KINDS, f"{kind!r} is not a toast - use one of {', '.join(_KINDS)}"
    assert kind not in _seen(device, user)


@then(step('"{user}" sees the toasts {kinds} in that order'))
def user_sees_in_order(device: ManagedDevice, user: str, kinds: str) -> None:
    """Check all toasts a user was shown, for example `download, success`."""
    assert [kind.strip() for kind in kinds.split(",")] == _seen(device, user)


@then("nobody sees a toast")
def nobody_sees_toast(device: ManagedDevice) -> None:
    """Check that no toast was shown to anybody."""
    assert [] == _seen(device)
