"""Which toast is shown when, and to whom.

Source: an app's assignment says which toasts its user sees (documented); one is shown when the download starts and one
with the result (Microsoft's description of the flow). The agent starts AgentExecutor with the toast's name and the
app's name in base64 (seen in logs). What toasts say is in `toasts.json` and not Microsoft's text.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from harness.agent.contexts import CheckInSession
from harness.agent.toolbox import Toolbox
from harness.agent.wording import Wording, fill
from harness.durations import format_duration
from harness.machine.ports import Session, ShownToast
from harness.model.assignments import AppPolicy, InstallIntent, Notifications
from harness.model.toasts import ActivationType, Toast, ToastButton, ToastKind

__all__ = ["Notifier"]


class Notifier:
    """Shows toasts for apps, as far as their assignments allow."""

    def __init__(self, tools: Toolbox, wording: Wording) -> None:
        self._tools = tools
        self._wording = wording

    def notify(self, kind: ToastKind, policy: AppPolicy, session: CheckInSession) -> ShownToast | None:
        """Show a toast about an app; None when the assignment hides it or nobody is signed in."""
        return self.show(
            kind,
            app_name=policy.app.display_name,
            is_uninstall=policy.assignment.intent is InstallIntent.UNINSTALL,
            notifications=policy.assignment.notifications,
            user_id=session.user_id,
        )

    def show(
        self,
        kind: ToastKind,
        *,
        app_name: str,
        notifications: Notifications,
        user_id: str,
        is_uninstall: bool = False,
        restart_in: timedelta | None = None,
        snooze: timedelta | None = None,
    ) -> ShownToast | None:
        """Show a toast; about restarts it may name the time left, and offer to put it off.

        Args:
            kind: why.
            app_name: the app it is about.
            notifications: what the assignment shows.
            user_id: whose session; for the device, or when that user is gone, the active user's.
            is_uninstall: whether the app is being removed.
            restart_in: how long until the restart.
            snooze: how long a reminder may be put off; None when it may not.
        """
        seat = self._session_of(user_id)
        if seat is None or not _is_shown(kind, notifications):
            return None
        words = (self._wording.uninstall if is_uninstall else self._wording.install)[kind]
        time = "" if restart_in is None else format_duration(restart_in)
        lines = [fill(line, app_name, time) for line in words.lines]
        if restart_in is not None and kind is ToastKind.RESTART_REQUIRED:
            lines.append(fill(self._wording.restart_in, app_name, time))
        toast = Toast(
            kind=kind,
            app_name=app_name,
            title=fill(words.title, app_name, time),
            lines=tuple(lines),
            buttons=self._buttons(restart_in, snooze),
            attribution=self._wording.attribution,
            stays=restart_in is not None,
            tag=f"{kind.value} {app_name}" if kind.is_about_restart else "",
        )
        self._log(toast)
        return self._tools.machine.toasts.show(toast, seat)

    def _buttons(self, restart_in: timedelta | None, snooze: timedelta | None) -> tuple[ToastButton, ...]:
        """Offer what the user may do about a restart whose time is set."""
        if restart_in is None:
            return ()
        texts = self._wording.buttons
        offered = [_button("restart", texts["restart"])]
        if snooze is not None:
            offered.append(_button("snooze", fill(texts["snooze"], "", format_duration(snooze))))
        return (*offered, _button("dismiss", texts["dismiss"]))

    def _session_of(self, user_id: str) -> Session | None:
        signed_in = self._tools.machine.sessions.signed_in()
        own = [session for session in signed_in if session.account.user_id == user_id]
        return next(iter((*own, *signed_in)), None)

    def _log(self, toast: Toast) -> None:
        """Write the lines of a toast; what the JSON holds and what the number means is not known."""
        name = base64.b64encode(toast.app_name.encode()).decode()
        brand = base64.b64encode(json.dumps({"CompanyName": ""}, separators=(",", ":")).encode()).decode()
        tools = self._tools
        tools.log.workload(
            f'[Win32App] Toast message with: "{tools.folders.executor_image}"  -toast "{toast.kind.value}" '
            f'"{name}" "{brand}" 0'
        )
        tools.log.executor("ExecutorLog AgentExecutor gets invoked")
        tools.log.executor(f"Adding argument toast with value {toast.kind.value} to the named argument list.")
        tools.log.executor("Agent executor completed.")


def _button(arguments: str, content: str) -> ToastButton:
    """Return a button that is answered without a window; a reminder needs one such to stay on the screen."""
    return ToastButton(content=content, arguments=arguments, activation_type=ActivationType.BACKGROUND)


def _is_shown(kind: ToastKind, notifications: Notifications) -> bool:
    return {
        Notifications.SHOW_ALL: True,
        Notifications.SHOW_REBOOT: kind.is_about_restart,
        Notifications.HIDE_ALL: False,
    }[notifications]
