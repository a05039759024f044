"""Steps about toasts: what the user sees and answers."""

from __future__ import annotations

from datetime import timedelta

from pytest_bdd import then, when

from harness.device import ManagedDevice
from harness.durations import format_duration
from harness.emulator.toasts import EmulatedToast
from harness.errors import UsageError
from harness.model.toasts import ToastKind
from harness.steps.phrases import TOASTS, step

__all__: list[str] = []

_WORDS = {kind: word for word, kind in TOASTS.items()}


def _shown(device: ManagedDevice, user: str) -> list[EmulatedToast]:
    """Return the toasts a user was shown, oldest first."""
    toasts = device.machine.toasts.shown
    return [shown for shown in toasts if shown.session.account.name.casefold() == user.casefold()]


def _words(toasts: list[EmulatedToast]) -> str:
    return ", ".join(_WORDS[shown.toast.kind] for shown in toasts) or "nothing"


def _count(device: ManagedDevice, user: str, kind: ToastKind) -> int:
    return sum(shown.toast.kind is kind for shown in _shown(device, user))


@when(step('"{user}" clicks "{button}" in the {kind:Toast} toast'))
def user_clicks(device: ManagedDevice, user: str, button: str, kind: ToastKind) -> None:
    """Press a button of a toast that is on the screen, by what it says."""
    there = [shown for shown in _shown(device, user) if shown.is_on_screen]
    toast = next((shown for shown in there if shown.toast.kind is kind), None)
    if toast is None:
        raise UsageError(f"{user} does not see the {_WORDS[kind]} toast now - on the screen is: {_words(there)}")
    toast.click(button)


@then(step('"{user}" sees the {kind:Toast} toast'))
def user_sees(device: ManagedDevice, user: str, kind: ToastKind) -> None:
    """Check that a user was shown a toast: download, success, failure, restart required or restart countdown."""
    assert _count(device, user, kind), f"{user} was not shown the {_WORDS[kind]} toast, but: {_all(device, user)}"


@then(step('"{user}" sees the {kind:Toast} toast within {limit:Duration}'))
def user_sees_within(device: ManagedDevice, user: str, kind: ToastKind, limit: timedelta) -> None:
    """Let time pass until a user is shown a toast, one that was not shown before."""
    before = _count(device, user, kind)
    reached = device.run_until(lambda: _count(device, user, kind) > before, limit)
    assert reached, f"{user} is not shown the {_WORDS[kind]} toast within {format_duration(limit)}"


@then(step('"{user}" does not see the {kind:Toast} toast'))
def user_does_not_see(device: ManagedDevice, user: str, kind: ToastKind) -> None:
    """Check that a user was not shown a toast."""
    assert not _count(device, user, kind), f"{user} was shown: {_all(device, user)}"


@then(step('"{user}" sees the toasts {kinds} in that order'))
def user_sees_in_order(device: ManagedDevice, user: str, kinds: str) -> None:
    """Check all toasts a user was shown, for example `download, success`."""
    wanted = [kind.strip() for kind in kinds.split(",")]
    if unknown := [kind for kind in wanted if kind not in TOASTS]:
        raise UsageError(f'"{unknown[0]}" is not a toast - use one of: {", ".join(TOASTS)}')
    found = _all(device, user)
    assert ", ".join(wanted) == found, f"{user} was shown: {found}"


@then(step('the {kind:Toast} toast says "{text}"'))
def toast_says(device: ManagedDevice, kind: ToastKind, text: str) -> None:
    """Check that the last toast of a kind holds some words, in its title or below."""
    toasts = [shown.toast for shown in device.toasts if shown.toast.kind is kind]
    assert toasts, f"nobody was shown the {_WORDS[kind]} toast"
    said = "\n".join((toasts[-1].title, *toasts[-1].lines))
    assert text in said, f'the {_WORDS[kind]} toast does not say "{text}", but:\n{said}'


@then("nobody sees a toast")
def nobody_sees_toast(device: ManagedDevice) -> None:
    """Check that no toast was shown to anybody."""
    found = [f"{shown.session.account.name}: {_WORDS[shown.toast.kind]}" for shown in device.toasts]
    assert not found, f"these were shown: {', '.join(found)}"


def _all(device: ManagedDevice, user: str) -> str:
    return _words(_shown(device, user))
