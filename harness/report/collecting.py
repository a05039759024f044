"""From a device, after a run, to the result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from harness.agent.folders import IMECACHE, LOGS, AgentFolders
from harness.agent.status import AppStatus, Phase
from harness.device import ManagedDevice
from harness.emulator.frozen import MachineSnapshot
from harness.formats.applicationinfo import ApplicationInfo
from harness.machine.ports import ShownToast
from harness.model.apps import Win32App
from harness.model.assignments import InstallIntent
from harness.model.states import Applicability, DetectionState, ErrorCode, as_hex
from harness.model.toasts import ToastAnswer
from harness.report.facts import (
    AppFacts,
    Attempt,
    AttemptEnd,
    Changes,
    DeviceFacts,
    ErrorFacts,
    FileChange,
    PackageFacts,
    RegistryChange,
    Restart,
    RunTime,
    SentReport,
    States,
    ToastButtonFacts,
    ToastFacts,
)
from harness.report.result import Outcome, RunResult
from harness.report.spans import spans_of
from harness.timeline import Event, Lane

__all__ = ["collect_result", "log_files", "package_facts"]

#: What became of a toast that nobody answered and that is not on the screen any more.
_GONE = "gone with the session"
#: What became of one that nobody has answered and that its user has yet to find: quiet, put off, or away.
_NOT_ON_SCREEN = "not on the screen"

_DETECTION_WORDS = {
    DetectionState.DETECTED: "detected",
    DetectionState.NOT_DETECTED: "not detected",
    DetectionState.NOT_COMPUTED: "not computed",
}


def collect_result(
    device: ManagedDevice,
    app: Win32App,
    *,
    intent: InstallIntent,
    before: MachineSnapshot,
    package: PackageFacts,
    definition: str,
    is_done: bool = True,
    removal_skipped: bool = False,
) -> RunResult:
    """Return what a run on a device came to; the device is only looked at.

    Args:
        device: the device after the run.
        app: the app that was deployed.
        intent: what was wanted.
        before: the machine when the app was assigned; the run began then.
        package: where the content came from.
        definition: where the app came from, in words.
        is_done: whether the agent was done before the time was up.
        removal_skipped: whether the app was never removed, because it could not be installed before.
    """
    status, events = device.status(app), [event for event in device.timeline if event.at >= before.at]
    now = device.clock.now()
    attempts = tuple(_attempts(events, app, now))
    restarts = tuple(_restarts(events))
    outcome = _outcome(status, intent, is_done=is_done, removal_skipped=removal_skipped)
    return RunResult(
        outcome=outcome,
        intent=intent,
        intent_reached=outcome in (Outcome.INSTALLED, Outcome.UNINSTALLED),
        summary=_summary(outcome, status, app, attempts, restarts, removal_skipped=removal_skipped),
        error=None if status.error_code is None else ErrorFacts.of(status.error_code, _error_text(status)),
        explanation=_paragraphs(device, app),
        app=_app_facts(app, definition),
        package=package,
        states=_states(status),
        attempts=attempts,
        restarts=restarts,
        timeline=tuple(events),
        toasts=tuple(_toast(shown) for shown in device.toasts if shown.shown_at >= before.at),
        changes=_changes(device, before),
        reports=tuple(
            SentReport(user_id=report.user_id, app_id=report.app_id, payload=report.fields)
            for report in device.tenant.reports
        ),
        device=_device_facts(device),
        time=RunTime(started_at=before.at, ended_at=now, elapsed_seconds=(now - before.at).total_seconds()),
        seed=device.agent.seed,
        log=tuple(device.log()),
    )


def package_facts(file_name: str, size_bytes: int, info: ApplicationInfo) -> PackageFacts:
    """Return what a result says about a package.

    Args:
        file_name: the name of the `.intunewin` file, without its folder.
        size_bytes: its size.
        info: its Detection.xml.
    """
    return PackageFacts(
        file_name=file_name, size_bytes=size_bytes, setup_file=info.setup_file, tool_version=info.tool_version
    )


def log_files(device: ManagedDevice) -> dict[str, bytes]:
    """Return the agent's log files on the machine, by name."""
    files = device.machine.files
    if not files.exists(LOGS):
        return {}
    return {name: files.read(rf"{LOGS}\{name}") for name in files.names(LOGS)}


# The verdict


def _outcome(status: AppStatus, intent: InstallIntent, *, is_done: bool, removal_skipped: bool) -> Outcome:
    is_there = status.detection is DetectionState.DETECTED
    if status.error_code is not None or removal_skipped:
        return Outcome.FAILED
    if status.applicability is not Applicability.APPLICABLE and not is_there:
        return Outcome.NOT_APPLICABLE
    if not is_done:
        return Outcome.UNFINISHED
    if intent is InstallIntent.UNINSTALL:
        reached, goal = status.detection is DetectionState.NOT_DETECTED, Outcome.UNINSTALLED
    else:
        reached, goal = is_there, Outcome.INSTALLED
    if reached:
        return goal
    return Outcome.PENDING_RESTART if status.phase is Phase.WAITING_FOR_RESTART else Outcome.UNFINISHED


def _summary(
    outcome: Outcome,
    status: AppStatus,
    app: Win32App,
    attempts: tuple[Attempt, ...],
    restarts: tuple[Restart, ...],
    *,
    removal_skipped: bool,
) -> str:
    times = "once" if len(restarts) == 1 else f"{len(restarts)} times"
    after = f"; the device restarted {times} on the way" if restarts else ""
    if status.phase is Phase.WAITING_FOR_RESTART:
        after += "; it is complete after the next restart, which nobody forces"
    code = "" if status.error_code is None else f" with {as_hex(status.error_code)}"
    sentences = {
        Outcome.INSTALLED: f"is installed{after}." if attempts else "was there already, so nothing was done.",
        Outcome.UNINSTALLED: f"was installed and removed again{after}.",
        Outcome.NOT_APPLICABLE: f"may not be installed on this device: {_words(status.applicability)}.",
        Outcome.PENDING_RESTART: "is there only after a restart, which nobody forces.",
        Outcome.UNFINISHED: f"is not done when the time is up: {status.words}.",
        Outcome.FAILED: f"failed{code}{after}.",
    }
    first = _outcome(status, InstallIntent.REQUIRED, is_done=False, removal_skipped=False)
    skipped = f"could not be installed, so its removal was not tried: it {sentences[first]}"
    return f"{app.display_name} {skipped if removal_skipped else sentences[outcome]}"


def _error_text(status: AppStatus) -> str:
    """Say what an error code means: the agent's own codes by name, others by the exit code they were made from."""
    code = status.error_code or 0
    if code in list(ErrorCode):
        return ErrorCode(code).text
    if status.exit_code is not None:
        return f"The installer ended with exit code {status.exit_code}."
    return "The installer could not be started."


def _words(applicability: Applicability) -> str:
    return applicability.name.lower().replace("_", " ")


def _paragraphs(device: ManagedDevice, app: Win32App) -> tuple[str, ...]:
    """Return the explanation without its first sentence, which says what the summary says."""
    explanation = device.explain(app)
    return (*explanation.reasons, *(rule.text for rule in explanation.rules))


# The facts


def _attempts(events: list[Event], app: Win32App, now: datetime) -> Iterator[Attempt]:
    for span in spans_of(event for event in events if event.data.get("app_id") == app.id):
        if span.begin.kind != "install started":
            continue
        end = span.end
        code = end.data.get("exit_code") if end else None
        meaning = end.data.get("meaning") if end else None
        until = end.at if end else now
        yield Attempt(
            started_at=span.begin.at,
            command_line=str(span.begin.data["command_line"]),
            end=_attempt_end(end, code),
            exit_code=int(code) if code is not None else None,
            meaning=str(meaning) if meaning is not None else None,
            elapsed_seconds=(until - span.begin.at).total_seconds(),
        )


def _attempt_end(end: Event | None, code: object) -> AttemptEnd:
    if end is None:
        return AttemptEnd.RUNNING
    if end.kind == "install timed out":
        return AttemptEnd.TIMED_OUT
    return AttemptEnd.NOT_STARTED if code is None else AttemptEnd.EXITED


def _restarts(events: list[Event]) -> Iterator[Restart]:
    for event in events:
        if event.lane is Lane.POWER and event.kind == "restart":
            yield Restart(at=event.at, reason=str(event.data["reason"]))


def _toast(shown: ShownToast) -> ToastFacts:
    toast, response = shown.toast, shown.response
    return ToastFacts(
        shown_at=shown.shown_at,
        user=str(shown.session.account),
        kind=toast.kind.value,
        app_name=toast.app_name,
        title=toast.title,
        lines=toast.lines,
        attribution=toast.attribution,
        buttons=tuple(
            ToastButtonFacts(
                content=button.words,
                is_pressed=response is not None
                and response.answer is ToastAnswer.CLICKED
                and response.arguments == button.arguments,
            )
            for button in toast.buttons
        ),
        answer=response.answer.value if response else _unanswered(shown),
    )


def _unanswered(shown: ShownToast) -> str | None:
    if shown.answered.is_set:
        return _GONE
    return None if shown.is_on_screen else _NOT_ON_SCREEN


def _states(status: AppStatus) -> States:
    if status.intent is None:
        return States(detection=None, applicability=None, enforcement=None, compliance=None, resultant=None)
    return States(
        detection=_DETECTION_WORDS[status.detection],
        applicability=status.applicability.wire_name,
        enforcement=status.enforcement_state.wire_name if status.enforcement_state else None,
        compliance="".join(word.capitalize() for word in status.compliance.name.split("_")),
        resultant=status.state.graph_name,
    )


def _changes(device: ManagedDevice, before: MachineSnapshot) -> Changes:
    own = (
        r"HKLM\SOFTWARE\Microsoft\IntuneManagementExtension",
        r"HKLM\SOFTWARE\Microsoft\IntuneWindowsAgent",
        AgentFolders.on(device.machine.facts).home,
        LOGS.rpartition("\\")[0],
        IMECACHE,
    )
    diff = device.machine.changes_since(before).without(own)
    return Changes(
        registry=tuple(
            RegistryChange(
                change=change.change,
                key=change.path.short,
                name=change.name,
                type=value.type.name if (value := change.after or change.before) else None,
                before=None if change.before is None else str(change.before),
                after=None if change.after is None else str(change.after),
            )
            for change in diff.registry
        ),
        files=tuple(
            FileChange(
                change=change.change,
                path=change.path,
                is_directory=change.is_directory,
                size_bytes_before=change.size_before,
                size_bytes_after=change.size_after,
            )
            for change in diff.files
        ),
    )


def _app_facts(app: Win32App, definition: str) -> AppFacts:
    return AppFacts(
        id=app.id,
        name=app.display_name,
        version=app.version,
        display_version=app.display_version,
        publisher=app.publisher,
        install_command_line=app.install_command_line,
        uninstall_command_line=app.uninstall_command_line,
        definition=definition,
    )


def _device_facts(device: ManagedDevice) -> DeviceFacts:
    facts = device.machine.facts
    return DeviceFacts(
        name=facts.name,
        release=facts.release,
        os_version=f"{facts.os_version}.{facts.revision}",
        edition=facts.edition,
        architecture=facts.architecture.value,
        memory_mb=facts.memory_mb,
        disk_mb=facts.disk_size_mb,
        processors=facts.processors,
        time_zone=facts.time_zone,
        users=tuple(str(session.account) for session in device.machine.sessions.signed_in()),
    )
