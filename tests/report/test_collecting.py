"""From a device to a result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.agent.status import AppStatus, Phase
from harness.device import ManagedDevice, emulated_device
from harness.model.apps import Win32App
from harness.model.assignments import InstallIntent
from harness.model.states import Applicability, DetectionState, ErrorCode, ResultantAppState
from harness.model.toasts import Toast
from harness.report.collecting import collect_result, log_files
from harness.report.facts import PackageFacts
from harness.report.result import Outcome, RunResult

APP = Win32App(id="9c1ab4ae-9b3c-4e7d-8ac1-0e5f6c2f7a11", display_name="Contoso VPN", install_command_line="setup.exe")
SEEN = AppStatus(app_id=APP.id, name=APP.display_name, user_id="", intent=InstallIntent.REQUIRED, phase=Phase.DONE)
THERE = replace(SEEN, detection=DetectionState.DETECTED, state=ResultantAppState.INSTALLED)
NOT_THERE = replace(SEEN, detection=DetectionState.NOT_DETECTED, state=ResultantAppState.NOT_INSTALLED)


NOT_TRIED = "Contoso VPN could not be installed, so its removal was not tried: it"


@pytest.fixture
def result_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that collects the result of a new device whose agent says this."""

    def collect(status: AppStatus, intent: InstallIntent = InstallIntent.REQUIRED, **more: Any) -> RunResult:
        with emulated_device() as device:
            device.tenant.add(APP)
            monkeypatch.setattr(ManagedDevice, "status", lambda *_: status)
            package = PackageFacts(file_name="x", size_bytes=1, setup_file="setup.exe", tool_version="")
            before = device.machine.snapshot()
            return collect_result(
                device, APP, intent=intent, before=before, package=package, definition="x.json", **more
            )

    return collect


@pytest.mark.parametrize(
    ("status", "intent", "more", "outcome", "summary"),
    [
        (THERE, "required", {}, Outcome.INSTALLED, "Contoso VPN was there already, so nothing was done."),
        (
            replace(THERE, applicability=Applicability.MINIMUM_OS_VERSION_NOT_MET),
            "required",
            {},
            Outcome.INSTALLED,
            "Contoso VPN was there already, so nothing was done.",
        ),
        (
            replace(NOT_THERE, applicability=Applicability.MINIMUM_OS_VERSION_NOT_MET),
            "required",
            {},
            Outcome.NOT_APPLICABLE,
            "Contoso VPN may not be installed on this device: minimum os version not met.",
        ),
        (
            replace(NOT_THERE, error_code=ErrorCode.NOT_DETECTED_AFTER_INSTALL),
            "available",
            {},
            Outcome.FAILED,
            "Contoso VPN failed with 0x87D1041C.",
        ),
        (NOT_THERE, "uninstall", {}, Outcome.UNINSTALLED, "Contoso VPN was installed and removed again."),
        (
            replace(THERE, error_code=ErrorCode.STILL_DETECTED_AFTER_UNINSTALL),
            "uninstall",
            {},
            Outcome.FAILED,
            "Contoso VPN failed with 0x87D1041D.",
        ),
        (
            replace(NOT_THERE, phase=Phase.DOWNLOADING),
            "required",
            {"is_done": False},
            Outcome.UNFINISHED,
            "Contoso VPN is not done when the time is up: downloading.",
        ),
        (
            NOT_THERE,
            "required",
            {},
            Outcome.UNFINISHED,
            "Contoso VPN is not done when the time is up: not installed.",
        ),
        (
            replace(NOT_THERE, phase=Phase.WAITING_FOR_RESTART),
            "required",
            {},
            Outcome.PENDING_RESTART,
            "Contoso VPN is there only after a restart, which nobody forces.",
        ),
        (
            NOT_THERE,
            "uninstall",
            {"removal_skipped": True},
            Outcome.FAILED,
            f"{NOT_TRIED} is not done when the time is up: not installed.",
        ),
        (
            replace(NOT_THERE, error_code=ErrorCode.NOT_DETECTED_AFTER_INSTALL),
            "uninstall",
            {"removal_skipped": True},
            Outcome.FAILED,
            f"{NOT_TRIED} failed with 0x87D1041C.",
        ),
        (
            replace(NOT_THERE, applicability=Applicability.MINIMUM_OS_VERSION_NOT_MET),
            "uninstall",
            {"removal_skipped": True},
            Outcome.FAILED,
            f"{NOT_TRIED} may not be installed on this device: minimum os version not met.",
        ),
    ],
)
def test_the_outcome_follows_from_what_the_agent_says(
    result_of: Any, *, status: AppStatus, intent: str, more: dict[str, bool], outcome: Outcome, summary: str
) -> None:
    """And the summary says it in one sentence."""
    result = result_of(status, InstallIntent(intent), **more)

    assert (outcome, summary) == (result.outcome, result.summary)
    assert (outcome in (Outcome.INSTALLED, Outcome.UNINSTALLED)) == result.intent_reached


def test_an_app_nobody_has_looked_at_has_no_states(result_of: Any) -> None:
    """What is not known is null, not a guess."""
    states = result_of(replace(SEEN, intent=None), is_done=False).states

    assert (None, None, None, None, None) == (
        states.detection,
        states.applicability,
        states.enforcement,
        states.compliance,
        states.resultant,
    )


@pytest.mark.parametrize(
    ("code", "exit_code", "text"),
    [
        (ErrorCode.DOWNLOAD_FAILED, None, ErrorCode.DOWNLOAD_FAILED.text),
        (0x80070643, 1603, "The installer ended with exit code 1603."),
        (0x80070002, None, "The installer could not be started."),
    ],
)
def test_error_codes_are_put_into_words(result_of: Any, *, code: int, exit_code: int | None, text: str) -> None:
    """The agent's own by name, others by what they were made from."""
    result = result_of(replace(NOT_THERE, error_code=code, exit_code=exit_code))

    assert (code, text) == (result.error.code, result.error.text)


def test_the_device_is_only_looked_at() -> None:
    """Collecting twice gives the same, and time stands still."""
    with emulated_device(seed=7) as device:
        device.tenant.add(APP)
        package = PackageFacts(file_name="x", size_bytes=1, setup_file="setup.exe", tool_version="")
        before = device.machine.snapshot()
        device.advance("1 min")
        facts = {"before": before, "package": package, "definition": "x", "is_done": False}
        results = [collect_result(device, APP, intent=InstallIntent.REQUIRED, **facts) for _ in range(2)]

    assert results[0] == results[1]
    assert (7, 60.0) == (results[0].seed, results[0].time.elapsed_seconds)
    assert "AzureAD\\ada" in results[0].device.users


def test_toasts_that_are_not_on_the_screen() -> None:
    """What nobody has answered is on the screen, or its user has yet to find it, or it went with the session."""
    with emulated_device() as device:
        before = device.machine.snapshot()
        device.tenant.add(APP)
        session = device.machine.sessions.signed_in()[0]
        for quiet in (False, True):
            device.machine.toasts.show(Toast(title="Hello", suppress_popup=quiet), session)

        def answers() -> list[str | None]:
            package = PackageFacts(file_name="x", size_bytes=1, setup_file="setup.exe", tool_version="")
            intent = InstallIntent.REQUIRED
            result = collect_result(device, APP, intent=intent, before=before, package=package, definition="x.json")
            return [toast.answer for toast in result.toasts]

        assert [None, "not on the screen"] == answers()
        device.machine.sign_out(session.account)
        assert ["gone with the session", "not on the screen"] == answers()


def test_log_files_are_there_once_the_agent_has_begun() -> None:
    """A device that has just been made has none."""
    with emulated_device() as device:
        before = log_files(device)
        device.advance("1 s")
        after = log_files(device)

    assert {} == before
    assert b"EMS Agent Started" in after["IntuneManagementExtension.log"]
