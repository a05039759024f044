"""Toasts on an emulated machine: who is shown what, where it goes, and what the scripted user does about it.

A toast is on the screen for 7 seconds, or 25 if it asks for long, or until it is answered; then it is in the
notification centre for up to three days, where it can be answered still. It goes there at once when its user is not to
be disturbed or is away. A toast that stays waits for a user who is away and is on the screen when they are back; an
ordinary one is shown on the lock screen, if Settings allow it, and afterwards only in the notification centre (from
memory: it is not shown a second time).

Source: learn.microsoft.com, "ToastDismissalReason" (7 and 25 seconds), "Send a local toast notification" (three days,
what becomes of a toast), "ToastNotification" (tag, group, SuppressPopup, ExpiresOnReboot), "ToastNotificationHistory";
at most 20 of an app: "Managing toast notifications in action center".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harness.emulator.disturbance import Attention, DoNotDisturb, FocusMode, ScreenUse, UserNotificationState
from harness.emulator.scripteduser import ScriptedUser, UserAnswer, UserPlan, UserRule
from harness.emulator.showntoast import EmulatedToast, ToastPlace
from harness.emulator.toastlife import live
from harness.emulator.toastreports import ToastReports
from harness.emulator.toastsettings import AGENT_APP_ID, NotificationSetting, ToastSettings
from harness.errors import MachineError, UsageError
from harness.formats.toastschema import LARGEST_TOAST, ToastEffect, ToastFinding
from harness.machine.moments import aware
from harness.machine.ports import Session
from harness.model.names import folded
from harness.model.toasts import Toast, ToastAnswer, ToastButton, ToastKind, ToastPriority, ToastResponse
from harness.model.windows import Account

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = [
    "AGENT_APP_ID",
    "DoNotDisturb",
    "EmulatedToast",
    "EmulatedToasts",
    "FocusMode",
    "NotificationSetting",
    "ScreenUse",
    "ToastPlace",
    "UserAnswer",
    "UserNotificationState",
    "UserPlan",
    "UserRule",
]

#: How many of an app's toasts the notification centre keeps.
_KEPT = 20

#: Buttons, inputs, choices of an input.
_MOST = 5

#: Characters of a tag or group. Source: learn.microsoft.com, "ToastNotification.Tag".
_LONGEST_TAG, _LONGEST_TAG_BEFORE, _CREATORS_UPDATE = 64, 16, 15063

#: From 20H2 on the cross takes a toast away for good; before, it went to the notification centre (from memory).
_CROSS_TAKES_AWAY = 19042

_ELEMENT_NOT_FOUND, _TOO_LARGE = 0x80070490, 0x803E0115


class EmulatedToasts:
    """Everything that is shown on a machine; fulfils the `Toasts` port.

    Attributes:
        user: what the scripted user does.
        settings: what the registry says about toasts.
        attention: whether users are there and may be disturbed.
        machine: whose toasts they are.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.user = ScriptedUser()
        self.settings = ToastSettings(machine)
        self.attention = Attention(machine, self.settings)
        self.machine = machine
        self._shown: list[EmulatedToast] = []
        # Those that are not gone for good, oldest first.
        self._there: list[EmulatedToast] = []
        self._dropped: list[EmulatedToast] = []
        self._reports = ToastReports(machine.timeline)
        machine.sessions.listen(lambda _, session: self._session_changed(session.account))

    # What there is

    @property
    def user_answers(self) -> dict[ToastKind, UserPlan]:
        """What the scripted user does, by kind of toast: an answer, several in turn, or a function of the toast."""
        return self.user.answers

    @property
    def shown(self) -> Sequence[EmulatedToast]:
        """Everything that reached a user since the machine was made, oldest first."""
        return tuple(self._shown)

    @property
    def on_screen(self) -> Sequence[EmulatedToast]:
        """What the users see at the moment, oldest first."""
        return tuple(toast for toast in self._there if toast.is_on_screen)

    @property
    def dropped(self) -> Sequence[EmulatedToast]:
        """What Windows did not show, oldest first, each with `why` and the findings in its XML."""
        return tuple(self._dropped)

    def history(self, account: Account, app_id: str = AGENT_APP_ID) -> Sequence[EmulatedToast]:
        """Return what of an app's is on a user's screen or in their notification centre, oldest first."""
        sid = folded(account.sid)
        return tuple(
            shown
            for shown in self._there
            if shown.app_id == app_id
            and folded(shown.session.account.sid) == sid
            and shown.place not in (ToastPlace.GONE, ToastPlace.SNOOZED)
        )

    # Showing

    def show(self, toast: Toast, session: Session, *, app_id: str = AGENT_APP_ID) -> EmulatedToast:
        """Show a toast in a user's session; an older one with the same tag and group makes way for it.

        Where settings or a policy forbid it, the toast comes back as dropped, as Windows says nothing either.

        Raises:
            MachineError: 1008 when nobody is signed in to the session, 0x80070490 for an empty `app_id`.
            UsageError: for more than five buttons, inputs or choices, or too long a tag, which Windows drops; for a
                time without a zone.
        """
        self._check(toast)
        return self._deliver(toast, session, app_id, ())

    def show_xml(
        self,
        document: str | bytes,
        session: Session,
        app_id: str,
        *,
        data: Mapping[str, str] | None = None,
        kind: ToastKind = ToastKind.OTHER,
        tag: str = "",
        group: str = "",
        expires: datetime | None = None,
        expires_on_restart: bool = False,
        priority: ToastPriority = ToastPriority.DEFAULT,
        suppress_popup: bool = False,
    ) -> EmulatedToast:
        """Show a toast by its XML, as a program does; what Windows does not show comes back as dropped, with findings.

        Args:
            document: the XML.
            session: whose screen.
            app_id: the AppUserModelID of the app it comes from.
            data: values for what the XML binds to data.
            kind: what the scripted user and the report take it for.
            tag: see `Toast`, as for all that follow.
            group: see `Toast`.
            expires: see `Toast`.
            expires_on_restart: see `Toast`.
            priority: see `Toast`.
            suppress_popup: see `Toast`.

        Raises:
            FormatError: when the XML is not well-formed.
            MachineError: 0x80070490 for an empty `app_id`, 0x803E0115 for more than 5 KB, 87 for too long a tag or
                group, 1008 when nobody is signed in to the session.
            UsageError: when `expires` has no zone.
        """
        from harness.formats.toastxml import inspect_toast

        toast, findings = inspect_toast(document, data=data)
        size = len(document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document)
        if size > LARGEST_TOAST:
            raise MachineError(_TOO_LARGE, "the size of the notification content is too large", toast.title)
        if max(len(tag), len(group)) > self._longest_tag:
            raise MachineError(87, f"a tag has at most {self._longest_tag} characters", toast.title)
        toast = replace(
            toast,
            kind=kind,
            app_name=self.settings.display_name(session.account, app_id) or app_id,
            tag=tag,
            group=group,
            expires=expires,
            expires_on_restart=expires_on_restart,
            priority=priority,
            suppress_popup=suppress_popup,
        )
        return self._deliver(toast, session, app_id, findings)

    def _deliver(self, toast: Toast, session: Session, app_id: str, findings: Sequence[ToastFinding]) -> EmulatedToast:
        if not app_id:
            raise MachineError(_ELEMENT_NOT_FOUND, "element not found: a toast needs its app's id", toast.title)
        if not self.attention.is_signed_in(session):
            raise MachineError(1008, f"nobody is signed in to session {session.id} to see a toast", toast.title)
        clock = self.machine.clock
        shown = EmulatedToast(toast, session, self, app_id=app_id, now=clock.now(), since=clock.elapsed())
        shown.findings = tuple(findings)
        shown.why = self._why_not(shown)
        if shown.why:
            self._dropped.append(shown)
            self._reports.dropped(shown)
            shown.answered.set()
            return shown
        for older in self.history(session.account, app_id):
            if toast.tag and (toast.tag, toast.group) == (older.toast.tag, older.toast.group):
                self.close(older, None, "replaced by a newer one")
        self._shown.append(shown)
        self._there.append(shown)
        self.appear(shown)
        for oldest in self.history(session.account, app_id)[:-_KEPT]:
            self.lay(oldest, ToastPlace.GONE)
        clock.spawn_apart(live(shown, self), name=f"the toast {toast.title!r}")
        return shown

    def _why_not(self, shown: EmulatedToast) -> str:
        """Return why Windows shows nothing of a toast, in silence; empty if it does."""
        account, app_id = shown.session.account, shown.app_id
        if any(finding.effect is ToastEffect.NOTHING_SHOWN for finding in shown.findings):
            return "its XML is not what Windows wants"
        if not self.settings.is_registered(account, app_id):
            return f"no app {app_id!r} is registered"
        if setting := self.settings.setting(account, app_id):
            return setting.words
        if shown.expires <= shown.shown_at:
            return "it had expired before it was shown"
        if self.attention.place_of(shown) is ToastPlace.CENTRE and not self.settings.is_kept(account, app_id):
            return "it may be neither on the screen nor in the notification centre"
        return ""

    # What becomes of them

    def close(self, shown: EmulatedToast, response: ToastResponse | None, why: str = "") -> None:
        """Take a toast away, with the user's answer or without; one that is gone stays as it is."""
        if shown.place is ToastPlace.GONE:
            return
        shown.response = response or shown.response
        self.lay(shown, ToastPlace.GONE)
        self._reports.closed(shown, response, why)
        shown.answered.set()

    def answer(self, shown: EmulatedToast, response: ToastResponse, button: ToastButton | None = None) -> None:
        """Let the user answer a toast; `EmulatedToast.click` and the like call this.

        Raises:
            UsageError: if it is neither on the screen nor in the notification centre.
        """
        self._require_open(shown)
        goes = ToastPlace.GONE
        is_cross = response.answer is ToastAnswer.DISMISSED and button is None and shown.is_on_screen
        if is_cross and self.machine.facts.build < _CROSS_TAKES_AWAY and self._is_kept(shown):
            goes = ToastPlace.CENTRE
        if button and button.keeps_toast:
            goes = shown.laid
        shown.response = response
        self.lay(shown, goes)
        self._reports.closed(shown, response, "")
        shown.answered.set()

    def put_off(self, shown: EmulatedToast, duration: timedelta) -> None:
        """Let the user put a toast off with the system's button; the app is not told.

        Raises:
            UsageError: if it is neither on the screen nor in the notification centre.
        """
        self._require_open(shown)
        shown.snoozed_for = duration
        self.lay(shown, ToastPlace.SNOOZED)
        self._reports.put_off(shown, duration)

    def remove(
        self, account: Account, app_id: str = AGENT_APP_ID, *, tag: str | None = None, group: str | None = None
    ) -> None:
        """Take an app's toasts back, as its program can: those of a tag, of a group, of both, or all of them."""
        for shown in self.history(account, app_id):
            if tag in (None, shown.toast.tag) and group in (None, shown.toast.group):
                self.close(shown, None, "taken back by its app")

    def end_session(self, session_id: int) -> None:
        """Take the toasts of a session off the screen, as signing out does; they stay in the notification centre."""
        for shown in [*self._there]:
            if shown.session.id == session_id and shown.place in (ToastPlace.SCREEN, ToastPlace.AWAY):
                self.lay(shown, ToastPlace.CENTRE if self._is_kept(shown) else ToastPlace.GONE)
                self._reports.closed(shown, None, "gone with the user's session")
                shown.answered.set()

    def _session_changed(self, account: Account) -> None:
        """Look anew at the toasts of a user who has come or gone: signed in, locked, unlocked, switched."""
        is_there = self.attention.is_present(account)
        for shown in [*self._there]:
            if folded(shown.session.account.sid) != folded(account.sid) or shown.place is ToastPlace.GONE:
                continue
            # Whoever was away begins to think when they are back.
            shown.plan_since = None
            if shown.place is ToastPlace.SCREEN and not is_there:
                if shown.toast.stays_on_screen:
                    self.lay(shown, ToastPlace.AWAY)
                else:
                    self.time_out(shown)
            elif shown.place is ToastPlace.AWAY and is_there:
                self.appear(shown)
            elif shown.place is ToastPlace.CENTRE:
                # The user may look for it now.
                self.lay(shown, ToastPlace.CENTRE)

    def expire(self, shown: EmulatedToast) -> None:
        """Let a toast go whose time in the notification centre is over too."""
        self.lay(shown, ToastPlace.GONE)
        self._reports.closed(shown, None, "expired")
        shown.answered.set()

    def is_over(self, shown: EmulatedToast) -> bool:
        """Return whether a toast's time in the notification centre is over, or a restart has taken it away."""
        if shown.laid is ToastPlace.DROPPED:
            return False
        since = self.machine.clock.elapsed() - shown.shown_since_start
        was_restarted = shown.toast.expires_on_restart and self.machine.power.uptime < since
        return was_restarted or self.machine.clock.now() >= shown.expires

    # Where they go

    def appear(self, shown: EmulatedToast) -> None:
        """Put a toast where it belongs that appears now, for the first time or again."""
        attention = self.attention
        place = attention.place_of(shown)
        is_away = not attention.is_present(shown.session.account) and not attention.is_quiet(shown)
        shown.was_on_lock_screen |= is_away and self.settings.shows_above_lock(shown.session.account)
        shown.times += 1
        shown.appeared = self.machine.clock.monotonic()
        shown.is_planned = False
        shown.plan_since = None
        self.lay(shown, place)
        self._reports.appeared(shown, is_away=is_away)

    def lay(self, shown: EmulatedToast, place: ToastPlace) -> None:
        """Put a toast somewhere, and tell whoever waits with it."""
        moved, shown.moved = shown.moved, type(shown.moved)()
        shown.laid = place
        if place is ToastPlace.GONE and shown in self._there:
            self._there.remove(shown)
        moved.set()

    def time_out(self, shown: EmulatedToast) -> None:
        """Let a toast leave the screen because its time there is over."""
        shown.response = ToastResponse(answer=ToastAnswer.TIMED_OUT)
        self.lay(shown, ToastPlace.CENTRE if self._is_kept(shown) else ToastPlace.GONE)
        self._reports.closed(shown, shown.response, "")
        shown.answered.set()

    # Small questions

    def _require_open(self, shown: EmulatedToast) -> None:
        if not shown.is_open:
            state = "is not on the screen any more - answer it while it is shown"
            if shown.place is ToastPlace.AWAY:
                state = f"cannot be answered, {shown.session.account.name} is away - unlock or switch to the session"
            raise UsageError(f"the toast {shown.toast.title!r} {state}")

    def _is_kept(self, shown: EmulatedToast) -> bool:
        return self.settings.is_kept(shown.session.account, shown.app_id)

    @property
    def _longest_tag(self) -> int:
        return _LONGEST_TAG if self.machine.facts.build >= _CREATORS_UPDATE else _LONGEST_TAG_BEFORE

    def _check(self, toast: Toast) -> None:
        if toast.timestamp is not None:
            aware(toast.timestamp, "a toast cannot show the time")
        counts = {"buttons": len(toast.buttons), "inputs": len(toast.inputs)}
        counts |= {f"choices in {entry.id!r}": len(entry.selections) for entry in toast.inputs}
        for what, count in counts.items():
            if count > _MOST:
                raise UsageError(f"the toast {toast.title!r} has {count} {what} - Windows shows at most {_MOST}")
        for tag in (toast.tag, toast.group):
            if len(tag) > self._longest_tag:
                raise UsageError(f"the tag {tag!r} is too long - Windows takes at most {self._longest_tag} characters")
