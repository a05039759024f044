"""Command lines as the agent runs them."""

import pytest

from harness.agent.contexts import DEVICE_SESSION, CheckInSession, InstallContext
from harness.agent.execution import ExecutionType, prepare_command_line
from harness.agent.settings import AgentSettings
from harness.emulator.accounts import entra_account
from harness.emulator.installers import Installer
from harness.model.apps import DeviceRestartBehavior, InstallExperience, RunAsAccount, Win32App
from harness.model.assignments import Assignment, TargetType
from harness.model.windows import RegistryPath, RegistryValue, View
from tests.agent.stage import KEY

SUPPRESS = DeviceRestartBehavior.SUPPRESS


def _line(stage, line, *, behavior=DeviceRestartBehavior.BASED_ON_RETURN_CODE, user=None, uninstall=False):
    run_as = RunAsAccount.USER if user else RunAsAccount.SYSTEM
    app = Win32App(
        id="1",
        display_name="x",
        install_command_line=line,
        uninstall_command_line=line,
        install_experience=InstallExperience(device_restart_behavior=behavior, run_as_account=run_as),
    )
    context = InstallContext(account=user, session_id=1) if user else InstallContext()
    kind = ExecutionType.UNINSTALL if uninstall else ExecutionType.INSTALL
    return prepare_command_line(app, kind, stage.agent._tools, context)


@pytest.mark.parametrize(
    ("line", "behavior", "expected"),
    [
        ('msiexec /i "a.msi" /qn', None, 'msiexec /i "a.msi" /qn ALLUSERS=1'),
        (
            'msiexec.exe /I "a.msi" /qn',
            SUPPRESS,
            'msiexec.exe /I "a.msi" /qn ALLUSERS=1 REBOOT=ReallySuppress /norestart',
        ),
        ("msiexec -package a.msi", None, "msiexec -package a.msi ALLUSERS=1"),
        ("msiexec /i a.msi ALLUSERS=2 ", None, "msiexec /i a.msi ALLUSERS=2"),
        (
            "msiexec /i a.msi ALLUSERS=1 REBOOT=R /norestart",
            SUPPRESS,
            "msiexec /i a.msi ALLUSERS=1 REBOOT=R /norestart",
        ),
        (r"C:\Windows\System32\MsiExec.exe /x {1} /qn", None, r"C:\Windows\System32\MsiExec.exe /x {1} /qn"),
        ("msiexec /x {1}", SUPPRESS, "msiexec /x {1} REBOOT=ReallySuppress /norestart"),
        ("setup.exe /i a.msi", SUPPRESS, "setup.exe /i a.msi"),
        (r'"%SystemRoot%\Sysnative\cmd.exe" /c a.cmd', None, r'"C:\Windows\Sysnative\cmd.exe" /c a.cmd'),
        (r'"%ProgramFiles%\a.exe"', None, r'"C:\Program Files (x86)\a.exe"'),
        ("%unknown% a", None, "%unknown% a"),
    ],
)
def test_install_command_lines(stage, line, behavior, expected):
    """Variables are those of a 32-bit process; msiexec in the system context gets what restarts and users need."""
    assert expected == _line(stage, line, behavior=behavior or DeviceRestartBehavior.BASED_ON_RETURN_CODE)


def test_uninstall_command_line(stage):
    """Variables in the uninstall command line are left as they are (documented)."""
    assert r"%ProgramFiles%\a.exe" == _line(stage, r"%ProgramFiles%\a.exe", uninstall=True)


def test_users_msi(stage, ada):
    """In the user's context an MSI is not forced to be for everybody."""
    assert "msiexec /i a.msi" == _line(stage, "msiexec /i a.msi", user=ada)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("msiexec /i a.msi", "msiexec /i a.msi /qn"),
        ("msiexec /i a.msi /qb", "msiexec /i a.msi /qb"),
        ("msiexec /i a.msi -quiet", "msiexec /i a.msi -quiet"),
        ("msiexec /i a.msi /passive", "msiexec /i a.msi /passive"),
    ],
)
def test_settings_of_preparation(make_stage, line, expected):
    """What is added to msiexec is a setting."""
    settings = AgentSettings(adds_quiet_to_msi=True, prepares_msi_command_lines=False)
    assert expected == _line(make_stage(settings), line)


def test_32_bit_parent(stage):
    """A program of Windows itself is found where a 32-bit process sees it (observed)."""
    stage.machine.programs["cmd.exe"] = Installer(writes_registry={KEY: {"Version": "1"}})
    stage.require(install_command_line="cmd.exe /c install.cmd")
    stage.sync()
    (started,) = [event for event in stage.machine.timeline.of(kind="process started") if "install.cmd" in event.text]
    assert "(32-bit, session 0)" in started.text
    assert stage.machine.registry.exists(RegistryPath.parse(KEY), View.VIEW_32)


def test_attempts_on_the_timeline(stage):
    """What the report needs of an attempt is on the timeline."""
    app = stage.require()
    stage.sync()
    started, finished = (stage.machine.timeline.of(kind=f"install {word}")[0].data for word in ("started", "finished"))
    expected = {"app_id": app.id, "command_line": "setup.exe /S", "attempt": 0, "execution": "Install"}
    assert expected == started
    assert {**expected, "exit_code": 0, "meaning": "success", "elapsed_seconds": 30.0} == finished


def test_lines(stage):
    """The lines of a run are those of real devices, in their order."""
    app = stage.require()
    stage.sync()
    expected = [
        (
            "[Win32App][ExecutionActionHandler] Handler invoked with execution type: Install for policy with id: "
            f"{app.id} and version: 1."
        ),
        "[Win32App] ===Step=== Execute retry 0",
        "[Win32App] ===Step=== InstallBehavior RegularWin32App, Intent 3, UninstallCommandLine remove.exe /S",
        "setup.exe /S",
        rf"[Win32App] SetCurrentDirectory: C:\Windows\IMECache\{app.id}_1",
        "[Win32App] Launch Win32AppInstaller in machine session",
        "[Win32App] lastWin32Error 0 after CreateProcess",
        "[Win32App] Create installer process successfully.",
        "[Win32App] Installer process timeout milliseconds: 3600000.",
        "[Win32App] Installation is done, collecting result",
        "[Win32App] lpExitCode 0",
        "[Win32App] hResultFromWin32 0",
        "[Win32App] lpExitCode is defined as Success",
        "[Win32App] Setting enforcementState as: Success",
        "[Win32App] DeviceRestartBehavior: 0",
    ]
    lines = stage.lines()
    assert expected == [line for line in lines if line in expected]
    command = lines.index("setup.exe /S")
    assert (expected[4], expected[5]) == (lines[command + 1], lines[command + 2])


def test_contexts(stage, ada):
    """SYSTEM runs in the machine session, a user in their own."""
    session = CheckInSession(session=stage.machine.sessions.signed_in()[0])
    users = Win32App(
        id="1",
        display_name="x",
        install_command_line="x",
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER),
    )
    context = session.context_of(users)
    assert (ada, "user", "user session") == (context.account, context.word, context.session_word)
    assert DEVICE_SESSION.context_of(users) is None
    assert ("system", "machine session") == (InstallContext().word, InstallContext().session_word)
    assert ("", 0) == (DEVICE_SESSION.sid, DEVICE_SESSION.id)


@pytest.mark.parametrize(("inherits", "expected"), [(True, None), (False, "new")])
def test_variables_of_installers(make_stage, inherits, expected):
    """Installers get the agent's own variables, which are as old as the computer's start, unless a setting says so."""
    stage = make_stage(AgentSettings(installers_inherit_variables=inherits))
    key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
    stage.machine.registry.set(key, "CONTOSO", RegistryValue.of("new"))
    seen = []

    async def program(run):
        seen.append((run.environment.get("CONTOSO"), run.info.parent_pid))
        return 0

    stage.require(program=program)
    stage.sync()

    service = stage.machine.services.query("IntuneManagementExtension")
    assert [(expected, service.pid if inherits else 0)] == seen


@pytest.mark.parametrize(("elevates", "expected"), [(True, True), (False, False)])
def test_rights_of_an_administrators_installers(make_stage, elevates, expected):
    """In the user's context the agent asks for an administrator's full token, unless a setting says otherwise."""
    stage = make_stage(AgentSettings(elevates_user_installs=elevates), users=())
    boss = entra_account("boss", seed="1", is_administrator=True)
    stage.machine.sign_in(boss)
    seen = []

    async def program(run):
        seen.append((run.info.account.name, run.info.is_elevated))
        return 0

    as_user = InstallExperience(run_as_account=RunAsAccount.USER)
    stage.require(program=program, install_experience=as_user, assignment=Assignment(target_type=TargetType.USER))
    stage.sync()

    assert [("boss", expected)] == seen


def test_standard_users_installers_have_no_more_rights(stage):
    """There is no other token to ask for."""
    seen = []

    async def program(run):
        seen.append((run.info.account.name, run.info.is_elevated))
        return 0

    as_user = InstallExperience(run_as_account=RunAsAccount.USER)
    stage.require(program=program, install_experience=as_user, assignment=Assignment(target_type=TargetType.USER))
    stage.sync()

    assert [("ada", False)] == seen


def test_an_agent_without_a_service_is_nobodys_parent(stage):
    """As when somebody removed it while it worked."""
    stage.machine.services.stop("IntuneManagementExtension")
    stage.machine.services.delete("IntuneManagementExtension")

    assert 0 == stage.agent._tools.own_pid
