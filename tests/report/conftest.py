"""Results made by hand: what a run of each kind comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.emulator.changes import Change
from harness.formats.cmtrace import LogEntry, LogType
from harness.model.assignments import InstallIntent
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
from harness.timeline import Event, Lane

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
APP = "9c1ab4ae-9b3c-4e7d-8ac1-0e5f6c2f7a11"


def _at(text: str) -> datetime:
    hours, minutes, seconds = text.split(":")
    return START + timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def _event(at: str, lane: Lane, kind: str, text: str, **data: Any) -> Event:
    return Event(at=_at(at), lane=lane, kind=kind, text=text, data=data)


EVENTS = (
    _event("0:00:00", Lane.SERVICE, "app assigned", "Contoso VPN 5.2 is assigned as required", app_id=APP),
    _event("0:00:01", Lane.AGENT, "check-in started", "the agent checks in because Ada pressed Sync"),
    _event("0:00:01.2", Lane.SERVICE, "policy sent", "1 app for the device"),
    _event("0:00:01.4", Lane.AGENT, "not detected", "Contoso VPN 5.2 is not there", app_id=APP),
    _event("0:00:01.5", Lane.AGENT, "applicable", "every requirement is met", app_id=APP),
    _event("0:00:01.6", Lane.TOAST, "toast shown", "ada sees 'Contoso VPN 5.2 is downloading and installing'"),
    _event("0:00:01.7", Lane.CONTENT, "download started", "content of Contoso VPN 5.2", app_id=APP),
    _event("0:00:04.1", Lane.CONTENT, "download finished", "1.4 MB, verified and unpacked", app_id=APP),
    _event("0:00:04.5", Lane.PROCESS, "process started", "setup.exe /S as SYSTEM", pid=4812, name="setup.exe"),
    _event("0:00:06", Lane.PROCESS, "process started", "vcredist.exe /q", pid=4900, name="vcredist.exe"),
    _event("0:01:10", Lane.PROCESS, "process ended", "vcredist.exe exits with 0", pid=4900),
    _event("0:03:40", Lane.REGISTRY, "value set", r"HKLM\SOFTWARE\Contoso\VPN : Version = 5.2.1"),
    _event("0:03:41", Lane.FILES, "files written", "14 files below C:\\Program Files\\Contoso VPN"),
    _event("0:04:04.5", Lane.PROCESS, "process ended", "setup.exe exits with 3010", pid=4812, code=3010),
    _event("0:04:04.6", Lane.AGENT, "detected", "Contoso VPN 5.2 is there", app_id=APP),
    _event("0:04:04.8", Lane.TOAST, "toast shown", "ada sees 'Restart required'"),
    _event("0:04:05", Lane.AGENT, "check-in finished", "everything is reported"),
    _event("0:04:05", Lane.SERVICE, "report received", "Contoso VPN 5.2: pending restart", app_id=APP),
    _event("0:30:00", Lane.USER, "toast answered", "ada presses 'Later'"),
    _event("23:49:04", Lane.TOAST, "toast shown", "ada sees 'Your computer restarts in 15 minutes'"),
    _event("24:04:04.8", Lane.POWER, "restart", "the grace period is over"),
    _event("24:05:34.8", Lane.POWER, "booted", "PC-042 is up again"),
    _event("24:06:11", Lane.AGENT, "check-in started", "the agent checks in after its start"),
    _event("24:06:12", Lane.AGENT, "detected", "Contoso VPN 5.2 is there", app_id=APP),
    _event("24:06:12.5", Lane.AGENT, "check-in finished", "everything is reported"),
    _event("24:06:13", Lane.SERVICE, "report received", "Contoso VPN 5.2: installed", app_id=APP),
)


def _toast(at: str, kind: str, title: str, *lines: str, buttons: tuple[str, ...] = (), pressed: str = "") -> ToastFacts:
    return ToastFacts(
        shown_at=_at(at),
        user="AzureAD\\ada",
        kind=kind,
        app_name="Contoso VPN 5.2",
        title=title,
        lines=lines,
        attribution="",
        buttons=tuple(ToastButtonFacts(content=text, is_pressed=text == pressed) for text in buttons),
        answer="clicked" if pressed else "timed out",
    )


def _log() -> tuple[LogEntry, ...]:
    at = datetime(2026, 3, 2, 10, 0, 1)  # noqa: DTZ001 - the log has naive local times
    messages = (
        (2, "[Win32App] ---------------------- application poller starts. ----------------------"),
        (1, "[Win32App] Got 1 active user sessions"),
        (1, "[Win32App] Got 1 Win32App(s) for user 00000000-0000-0000-0000-000000000000 in session 0"),
        (1, "[Win32App] Completed detectionManager SideCarRegistryDetectionManager"),
        (1, "[Win32App][ActionProcessor] Current state is:\nDetection = NotDetected\nApplicability =  Applicable"),
        (1, "[Win32App] lpExitCode 3010"),
        (3, "[Win32App] a line the agent wrote as an error"),
        (2, "[Win32App] ---------------------- application poller stopped. ----------------------"),
    )  # fmt: skip
    return tuple(
        LogEntry(at=at + timedelta(seconds=7 * i), component="AppWorkload", type=LogType(kind), message=message)
        for i, (kind, message) in enumerate(messages)
    )


def _changes() -> Changes:
    key, folder = r"HKLM\SOFTWARE\Contoso\VPN", r"C:\Program Files\Contoso VPN"
    uninstall = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\Contoso VPN"
    run = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run"

    def value(at: str, name: str, after: str, before: str | None = None, kind: str = "REG_SZ") -> RegistryChange:
        change = Change.CHANGED if before is not None else Change.ADDED
        return RegistryChange(change=change, key=at, name=name, type=kind, before=before, after=after)

    return Changes(
        registry=(
            RegistryChange(change=Change.ADDED, key=key, name=None, type=None, before=None, after=None),
            value(key, "", "Contoso VPN"),
            value(key, "Version", "5.2.1"),
            value(key, "Seats", "25", kind="REG_DWORD"),
            RegistryChange(change=Change.ADDED, key=uninstall, name=None, type=None, before=None, after=None),
            value(uninstall, "DisplayName", "Contoso VPN"),
            value(uninstall, "UninstallString", f'"{folder}\\uninstall.exe" /S'),
            value(run, "ContosoTray", f"{folder}\\tray.exe --new", before=f"{folder}\\tray.exe --old"),
            RegistryChange(
                change=Change.REMOVED, key=run, name="OldAgent", type="REG_SZ", before="C:\\old.exe", after=None
            ),
        ),
        files=(
            FileChange(
                change=Change.ADDED, path=folder, is_directory=True, size_bytes_before=None, size_bytes_after=None
            ),
            *(
                FileChange(
                    change=Change.ADDED,
                    path=f"{folder}\\{name}",
                    is_directory=False,
                    size_bytes_before=None,
                    size_bytes_after=size,
                )
                for name, size in (("vpn.exe", 48_128), ("profile.ini", 112), ("tray.exe", 9_216))
            ),
            FileChange(
                change=Change.CHANGED,
                path=r"C:\Windows\win.ini",
                is_directory=False,
                size_bytes_before=92,
                size_bytes_after=403,
            ),
            FileChange(
                change=Change.REMOVED,
                path=r"C:\ProgramData\old.log",
                is_directory=False,
                size_bytes_before=None,
                size_bytes_after=None,
            ),
        ),
    )


@pytest.fixture
def installed() -> RunResult:
    """Return the result of an app that needed a restart, a day later."""
    states = States(
        detection="detected",
        applicability="Applicable",
        enforcement="Success",
        compliance="Installed",
        resultant="installed",
    )
    payload = {"ApplicationId": APP, "ResultantAppState": 1, "EnforcementState": 1000, "EnforcementErrorCode": None}
    return RunResult(
        outcome=Outcome.INSTALLED,
        intent=InstallIntent.REQUIRED,
        intent_reached=True,
        summary="Contoso VPN 5.2 is installed; the device restarted once on the way.",
        error=None,
        explanation=("The installer asked for a restart (exit code 3010), and the grace period of 24 h was used up.",),
        app=AppFacts(
            id=APP,
            name="Contoso VPN 5.2",
            version=1,
            display_version="5.2",
            publisher="Contoso Ltd",
            install_command_line="setup.exe /S",
            uninstall_command_line=r'"%ProgramFiles%\Contoso VPN\uninstall.exe" /S',
            definition="contoso-vpn.json",
        ),
        package=PackageFacts(
            file_name="contoso-vpn.intunewin", size_bytes=1_468_006, setup_file="setup.exe", tool_version="1.8.6.0"
        ),
        states=states,
        attempts=(
            Attempt(
                started_at=_at("0:00:04.5"),
                command_line="setup.exe /S",
                end=AttemptEnd.EXITED,
                exit_code=3010,
                meaning="softReboot",
                elapsed_seconds=240.0,
            ),
        ),
        restarts=(Restart(at=_at("24:04:04.8"), reason="the grace period of Contoso VPN 5.2 is over"),),
        timeline=EVENTS,
        toasts=(
            _toast("0:00:01.6", "ToastDownloadingMessage", "Contoso VPN 5.2", "Downloading and installing..."),
            _toast(
                "0:04:04.8",
                "restartRequired",
                "Restart required",
                "Contoso VPN 5.2 needs a restart to finish.",
                "Your computer restarts tomorrow at 10:04.",
                buttons=("Restart now", "Later"),
                pressed="Later",
            ),
            _toast(
                "23:49:04",
                "restartCountdown",
                "Your computer restarts in 15 minutes",
                "Save your work.",
                buttons=("OK",),
            ),
        ),
        changes=_changes(),
        reports=(SentReport(user_id="00000000-0000-0000-0000-000000000000", app_id=APP, payload=payload),),
        device=DeviceFacts(
            name="PC-042",
            release="Windows 11 23H2",
            os_version="10.0.22631.4317",
            edition="Enterprise",
            architecture="x64",
            memory_mb=16384,
            disk_mb=262144,
            processors=8,
            time_zone="Europe/Berlin",
            users=("AzureAD\\ada",),
        ),
        time=RunTime(started_at=START, ended_at=_at("24:06:13"), elapsed_seconds=86_773.0),
        seed=1,
        log=_log(),
    )


@pytest.fixture
def not_detected(installed: RunResult) -> RunResult:
    """Return the result of a 32-bit app whose rule looks into the 64-bit registry."""
    text = "The application was not detected after installation completed successfully."
    states = States(
        detection="not detected",
        applicability="Applicable",
        enforcement="Error",
        compliance="NotInstalled",
        resultant="failed",
    )
    return replace(
        installed,
        outcome=Outcome.FAILED,
        intent_reached=False,
        summary="Contoso Legacy 2.0 failed: it was not detected after its installer had succeeded.",
        error=ErrorFacts.of(0x87D1041C, text),
        explanation=(
            r"The rule looked for Version below HKLM\SOFTWARE\Contoso\Legacy in the 64-bit registry: no such key.",
            r"It is in the 32-bit registry (HKLM\SOFTWARE\WOW6432Node\Contoso\Legacy), where a 32-bit program writes.",
        ),
        app=replace(installed.app, name="Contoso Legacy 2.0", display_version="2.0"),
        states=states,
        attempts=(replace(installed.attempts[0], exit_code=0, meaning="success", elapsed_seconds=3.2),),
        restarts=(),
        timeline=EVENTS[:8],
        toasts=installed.toasts[:1],
        time=RunTime(started_at=START, ended_at=_at("0:00:12"), elapsed_seconds=12.0),
    )


@pytest.fixture
def hostile(installed: RunResult) -> RunResult:
    """Return a result whose every text tries to be markup."""
    return _everywhere(installed, lambda text: f'{text}<script>alert(1)</script><img src=x onerror="alert(2)">')


def _everywhere(result: RunResult, change: Callable[[str], str]) -> RunResult:
    evil = change("evil")
    return replace(
        result,
        summary=evil,
        explanation=(evil,),
        error=ErrorFacts.of(1, evil),
        app=replace(result.app, name=evil, publisher=evil, install_command_line=evil, definition=evil),
        package=replace(result.package, file_name=evil, setup_file=evil, tool_version=evil),
        states=States(detection=evil, applicability=evil, enforcement=evil, compliance=evil, resultant=evil),
        attempts=tuple(replace(attempt, command_line=evil) for attempt in result.attempts),
        restarts=tuple(replace(restart, reason=evil) for restart in result.restarts),
        timeline=tuple(replace(event, text=evil, data={"name": evil, **event.data}) for event in result.timeline),
        toasts=tuple(
            replace(
                toast,
                title=evil,
                lines=(evil,),
                app_name=evil,
                attribution=evil,
                user=evil,
                buttons=(ToastButtonFacts(content=evil, is_pressed=True),),
            )
            for toast in result.toasts
        ),
        changes=Changes(
            registry=tuple(
                replace(change, key=evil, name=evil, before=evil, after=evil) for change in result.changes.registry
            ),
            files=tuple(replace(change, path=evil) for change in result.changes.files),
        ),
        reports=tuple(replace(report, payload={evil: evil}) for report in result.reports),
        device=replace(result.device, name=evil, users=(evil,)),
        log=tuple(replace(line, message=evil, component=evil) for line in result.log),
    )
