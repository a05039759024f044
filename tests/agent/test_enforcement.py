"""Bringing one app into its desired state, from download to clean-up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.agent.contexts import InstallContext
from harness.agent.execution import ExecutionType, run_installer
from harness.agent.settings import AgentSettings
from harness.emulator.installers import Installer
from harness.model.apps import (
    DEFAULT_RETURN_CODES,
    DeviceRestartBehavior,
    InstallExperience,
    ReturnCode,
    ReturnCodeType,
    RunAsAccount,
)
from harness.model.assignments import AppPolicy, Assignment, InstallIntent, TargetType
from harness.model.rules import FileSystemOperation, FileSystemRule, Operator, RegistryOperation, RegistryRule
from harness.model.states import (
    ComplianceState,
    DetectionState,
    EnforcementState,
    ErrorCode,
    ResultantAppState,
)
from harness.model.windows import RegistryPath, RegistryValue, View
from tests.agent.stage import KEY

STEPS = (
    "detection",
    "requirements",
    "download started",
    "download finished",
    "content ready",
    "install started",
    "install finished",
    "install timed out",
    "retry scheduled",
    "state",
)


def test_order_of_a_successful_installation(stage):
    """Detect, require, download, unpack, detect, install, detect: three detections in all (observed)."""
    app = stage.require()
    stage.sync()
    assert [
        *("detection", "requirements", "state", "download started", "download finished", "content ready", "state"),
        *("detection", "install started", "install finished", "state", "detection"),
    ] == stage.kinds(*STEPS)
    assert ["App 1: InProgress", "App 1: InProgressDownloadCompleted", "App 1: Success"] == stage.texts("state")
    status = stage.device.status(app)
    assert (ResultantAppState.INSTALLED, EnforcementState.SUCCESS, 0, 1) == (
        status.state,
        status.enforcement_state,
        status.exit_code,
        status.attempts,
    )


def test_words_while_it_goes_on(stage):
    """Whoever watches sees what is being done."""
    app = stage.require()
    words = [stage.device.status(app).words]
    stage.device.sync()
    for _ in range(4):
        words.append(stage.device.status(app).words)
        stage.device.advance("1 s")
    stage.device.advance("1 min")
    assert ["waiting for check-in", "downloading", "downloading", "downloading", "installing"] == words
    assert "installed" == stage.device.status(app).words


def test_installed_app_is_left_alone(stage):
    """An app that is there already is reported and nothing is run."""
    app = stage.require(RegistryRule(key_path=r"HKLM\SOFTWARE\Microsoft"))
    stage.sync()
    assert ["detection", "requirements", "state"] == stage.kinds(*STEPS)
    assert (ResultantAppState.INSTALLED, []) == (stage.device.status(app).state, stage.toasts)


def test_detected_version(stage):
    """The version that a rule found is reported."""
    rule = RegistryRule(
        key_path=KEY,
        value_name="Version",
        operation_type=RegistryOperation.VERSION,
        operator=Operator.GREATER_THAN_OR_EQUAL,
        comparison_value="1",
    )
    stage.require(rule)
    stage.sync()
    assert "1.0" == stage.tenant.reports[-1].fields["DetectedIdentityVersion"]


def test_app_that_appears_during_the_download(stage):
    """The second detection finds an app that came by another way; the installer is not run."""
    app = stage.require()
    stage.device.sync()
    stage.machine.registry.set(RegistryPath.parse(KEY), "Version", RegistryValue.of("1"))
    stage.device.advance("1 min")
    assert (ResultantAppState.INSTALLED, []) == (stage.device.status(app).state, stage.texts("install started"))


def test_app_that_appears_during_the_download_restarts_nothing(stage):
    """A forced restart follows an installation (documented), and there was none."""
    app = stage.experience(stage.require(), device_restart_behavior=DeviceRestartBehavior.FORCE)
    stage.device.sync()
    stage.machine.registry.set(RegistryPath.parse(KEY), "Version", RegistryValue.of("1"))
    stage.device.advance("1 h")
    assert (EnforcementState.SUCCESS, []) == (stage.device.status(app).enforcement_state, stage.texts("restart"))


def test_not_detected_after_installation(stage):
    """A success that detection does not confirm ends with 0x87D1041C; the state was Success for a moment (seen)."""
    app = stage.require(program=Installer(takes="30 s"))
    stage.sync()
    status = stage.device.status(app)
    assert (ResultantAppState.FAILED, ErrorCode.NOT_DETECTED_AFTER_INSTALL) == (status.state, status.error_code)
    assert ["App 1: Success", "App 1: Error, 0x87D1041C"] == stage.texts("state")[-2:]
    delta = (
        '{"EnforcementState":{"OldValue":"Success","NewValue":"Error"},'
        '"EnforcementErrorCode":{"OldValue":0,"NewValue":-2016345060}}'
    )
    assert any(line.endswith(delta) for line in stage.lines())
    assert ["DOWNLOADING", "FAILURE"] == stage.toasts


@pytest.mark.parametrize(("exit_code", "error_code"), [(1, 0x80070001), (1603, 0x80070643), (0xC0000142, 0x80070142)])
def test_exit_code_without_mapping(stage, exit_code, error_code):
    """An exit code nobody mapped is an error with 0x8007 before its low word; there is one attempt."""
    app = stage.require(program=Installer.fails(exit_code))
    stage.sync()
    status = stage.device.status(app)
    assert (EnforcementState.ERROR, error_code, exit_code, 1) == (
        status.enforcement_state,
        status.error_code,
        status.exit_code,
        status.attempts,
    )
    assert f"[Win32App] Admin did NOT set mapping for lpExitCode: {exit_code} of app: {app.id}" in stage.lines()


def test_exit_code_mapped_as_failure(stage):
    """An exit code that is mapped as a failure is one."""
    codes = (*DEFAULT_RETURN_CODES[1:], ReturnCode(return_code=0, type=ReturnCodeType.FAILED))
    app = stage.require(return_codes=codes)
    stage.sync()
    assert (ResultantAppState.FAILED, 0x80070000) == (
        stage.device.status(app).state,
        stage.device.status(app).error_code,
    )
    assert "[Win32App] lpExitCode is defined as Failed" in stage.lines()


def test_retry(stage):
    """An exit code that means "retry" gets three attempts, five minutes apart, then counts as a failure."""
    app = stage.require(program=Installer.is_busy())
    stage.sync("1 min")
    status = stage.device.status(app)
    assert ("waiting for retry", EnforcementState.ERROR_WITH_IMMEDIATE_RETRY) == (
        status.words,
        status.enforcement_state,
    )
    stage.device.advance("20 min")
    status = stage.device.status(app)
    assert (3, ResultantAppState.FAILED, 0x80070652) == (status.attempts, status.state, status.error_code)
    starts = [event.at for event in stage.machine.timeline.of(kind="install started")]
    assert [timedelta(minutes=5)] * 2 == [starts[1] - starts[0], starts[2] - starts[1]]
    assert [f"[Win32App] ===Step=== Execute retry {n}" for n in range(3)] == [
        line for line in stage.lines() if "Execute retry" in line
    ]


def test_retry_that_succeeds(stage):
    """A later attempt may succeed."""
    outcomes = [1618, 0]

    async def program(run):
        code = outcomes.pop(0)
        if not code:
            run.registry.set(KEY, "Version", "1", view=View.VIEW_64)
        return code

    app = stage.require(program=program)
    stage.sync("10 min")
    assert (ResultantAppState.INSTALLED, 2) == (stage.device.status(app).state, stage.device.status(app).attempts)


@pytest.mark.parametrize(("kills", "left"), [(False, 1), (True, 0)])
def test_time_limit(make_stage, kills, left):
    """An installer that outlives its time limit fails with 0x87D300C9 and is left running, unless set otherwise."""
    stage = make_stage(AgentSettings(kills_on_timeout=kills))
    experience = InstallExperience(max_run_time=timedelta(minutes=10))
    app = stage.require(program=Installer.hangs(), install_experience=experience)
    stage.sync("11 min")
    status = stage.device.status(app)
    assert (ErrorCode.INSTALL_TIMED_OUT, None) == (status.error_code, status.exit_code)
    assert left == len(stage.machine.processes.running("setup.exe"))
    lines = stage.lines()
    assert "[Win32App] Installation is timeout, collecting result" in lines
    assert "[Win32App] installer is running timeout, skip staged content clean up." in lines
    assert stage.machine.files.exists(rf"C:\Windows\IMECache\{app.id}_1\setup.exe")
    assert 600.0 == stage.machine.timeline.of(kind="install timed out")[0].data["elapsed_seconds"]


def test_time_limit_of_zero(stage):
    """A time limit of 0, as Store apps have it, is taken for the default."""
    app = stage.publish(install_experience=InstallExperience(max_run_time=timedelta()))
    stage.machine.programs["setup.exe"] = Installer.hangs()
    stage.machine.files.write(r"C:\pkg\setup.exe", b"")
    policy = AppPolicy(app=app, assignment=Assignment())
    stage.machine.clock.spawn(
        run_installer(policy, ExecutionType.INSTALL, r"C:\pkg", stage.agent._tools, context=InstallContext()), name="t"
    )
    stage.device.advance("1 h")
    assert ["App 1: not done after 1 h; the program is left running"] == stage.texts("install timed out")


def test_clean_up(stage):
    """Download, archive and folder are gone some time after the end."""
    app = stage.require()
    stage.sync("40 s")
    folder = rf"C:\Windows\IMECache\{app.id}_1"
    assert stage.machine.files.exists(folder)
    stage.device.advance("20 s")
    agent = r"C:\Program Files (x86)\Microsoft Intune Management Extension\Content"
    assert not stage.machine.files.exists(folder)
    assert [] == list(stage.machine.files.names(rf"{agent}\Incoming"))
    assert [] == list(stage.machine.files.names(rf"{agent}\Staging"))


def test_program_that_is_not_there(stage):
    """A command line whose program does not exist fails with the error of CreateProcess."""
    app = stage.require(install_command_line="install.exe /quiet")
    stage.sync()
    assert (0x80070002, None) == (stage.device.status(app).error_code, stage.device.status(app).exit_code)
    assert "[Win32App] Failed to create installer process. Error code = 2" in stage.lines()


@pytest.mark.parametrize("exists", [True, False])
def test_rule_that_cannot_be_evaluated(stage, exists):
    """A file that must not exist as detection rule: present fails with 0x87D30004, absent installs (observed)."""
    rule = FileSystemRule(
        path=r"C:\Windows",
        file_or_folder_name="System32" if exists else "none",
        operation_type=FileSystemOperation.DOES_NOT_EXIST,
    )
    app = stage.require(rule)
    stage.sync()
    status = stage.device.status(app)
    if exists:
        assert (ErrorCode.INVALID_DETECTION_RULE, DetectionState.NOT_COMPUTED, ComplianceState.ERROR, None) == (
            status.error_code,
            status.detection,
            status.compliance,
            status.enforcement_state,
        )
        assert [] == stage.texts("install started")
        assert any("action status: Failed and detection state: NotComputed" in line for line in stage.lines())
        assert -2016215036 == stage.tenant.reports[-1].fields["DetectionErrorCode"]
    else:
        assert (ErrorCode.NOT_DETECTED_AFTER_INSTALL, 1) == (status.error_code, status.attempts)


def test_rule_that_breaks_through_the_installation(stage):
    """A rule that cannot be evaluated after the installation fails it."""
    rule = FileSystemRule(path=r"C:\App", file_or_folder_name="a", operation_type=FileSystemOperation.DOES_NOT_EXIST)
    app = stage.require(rule, program=Installer(writes_files={r"C:\App\a": "x"}))
    stage.sync()
    status = stage.device.status(app)
    assert (EnforcementState.ERROR, ErrorCode.INVALID_DETECTION_RULE) == (status.enforcement_state, status.error_code)


def test_app_without_rules(stage):
    """Without a detection rule nothing can be detected, so nothing is installed."""
    app = stage.require()
    stage.tenant.add(replace(app, rules=()))
    stage.sync()
    assert ErrorCode.INVALID_DETECTION_RULE == stage.device.status(app).error_code


# Users


def test_users_app(stage, ada):
    """A user's app runs as the user, in their session, and is reported for them."""
    rule = RegistryRule(key_path=r"HKCU\SOFTWARE\Contoso\App", value_name="Version")
    app = stage.require(
        rule,
        program=Installer(writes_registry={r"HKCU\SOFTWARE\Contoso\App": {"Version": "1"}}),
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER),
        assignment=Assignment(target_type=TargetType.USER),
    )
    stage.sync()
    status = stage.device.status(app)
    assert (ResultantAppState.INSTALLED, ada.user_id) == (status.state, status.user_id)
    assert (ada.user_id, 1) == (stage.tenant.reports[-1].user_id, stage.tenant.reports[-1].fields["InstallContext"])
    assert "[Win32App] Trying to get elevated token for user." in stage.lines()


def test_user_signs_out_during_the_installation(stage, ada):
    """An installer that ends with its user's session failed because of that."""
    app = stage.require(
        program=Installer.hangs(),
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER),
        assignment=Assignment(target_type=TargetType.USER),
    )
    stage.sync("1 min")
    stage.machine.sign_out(ada)
    stage.device.advance("1 min")
    assert ErrorCode.USER_SIGNED_OUT == stage.device.status(app).error_code


def test_failure_of_a_users_app(stage):
    """While the user is there, the exit code is the reason."""
    app = stage.require(
        program=Installer.fails(),
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER),
        assignment=Assignment(target_type=TargetType.USER),
    )
    stage.sync()
    assert 0x80070643 == stage.device.status(app).error_code


# Removal


def test_uninstall(stage):
    """An app to be removed is downloaded, its uninstall command line run, and it must be gone then."""
    app = stage.require()
    stage.sync()
    stage.tenant.assign(app, intent=InstallIntent.UNINSTALL)
    stage.sync()
    status = stage.device.status(app)
    assert (ResultantAppState.NOT_INSTALLED, EnforcementState.SUCCESS, "not installed") == (
        status.state,
        status.enforcement_state,
        status.words,
    )
    assert "App 1: remove.exe /S" == stage.texts("install started")[-1]
    fields = stage.tenant.reports[-1].fields
    assert (1, 2, 4) == (fields["DesiredState"], fields["DetectionState"], fields["Intent"])


def test_words_of_a_removal(stage):
    """While it goes on, a removal is called one."""
    app = stage.require()
    stage.sync()
    stage.tenant.assign(app, intent=InstallIntent.UNINSTALL)
    stage.sync("5 s")
    assert "uninstalling" == stage.device.status(app).words


def test_uninstall_of_what_is_not_there(stage):
    """An app to be removed that is not there is left alone."""
    app = stage.require(assignment=Assignment(intent=InstallIntent.UNINSTALL))
    stage.sync()
    assert ("not installed", []) == (stage.device.status(app).words, stage.texts("install started"))
    line = "to uninstall has a detection state of: NotDetected. The app will not be enforced."
    assert any(line in text for text in stage.lines("AppActionProcessor"))


def test_still_detected_after_uninstall(stage):
    """An app that is still there after its removal ends with 0x87D1041D."""
    app = stage.require(
        RegistryRule(key_path=r"HKLM\SOFTWARE\Microsoft"), assignment=Assignment(intent=InstallIntent.UNINSTALL)
    )
    stage.sync()
    status = stage.device.status(app)
    assert (ErrorCode.STILL_DETECTED_AFTER_UNINSTALL, ResultantAppState.UNINSTALL_FAILED) == (
        status.error_code,
        status.state,
    )


def test_uninstall_of_an_unapplicable_app(stage):
    """Requirements do not keep an app from being removed."""
    app = stage.require()
    stage.sync()
    stage.tenant.add(replace(app, minimum_memory_in_mb=99_999))
    stage.tenant.assign(app, intent=InstallIntent.UNINSTALL)
    stage.sync()
    assert "not installed" == stage.device.status(app).words
