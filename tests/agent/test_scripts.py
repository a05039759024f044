"""PowerShell rules: what their output means, and what is logged around them."""

import hashlib
from datetime import timedelta

import pytest

from harness.agent.declared import DeclaredScripts, ScriptResult
from harness.agent.settings import AgentSettings
from harness.errors import NotEmulated
from harness.model.apps import InstallExperience, RunAsAccount
from harness.model.rules import Operator, PowerShellScriptRule, RegistryRule, RuleRunAs, RuleType, ScriptOperation
from harness.model.states import Applicability, DetectionState
from tests.agent.stage import Stage

SCRIPT = b"\xef\xbb\xbfWrite-Host 'Detected'"
NOTHING = RegistryRule(key_path=r"HKLM\SOFTWARE\Nothing")
SIGNED = SCRIPT + b"\r\n# SIG # Begin signature block\r\n"


@pytest.fixture
def scripts():
    """Give the declared results that the device's settings hold."""
    return DeclaredScripts()


@pytest.fixture
def stage(make_stage, scripts):
    """Give a device whose scripts are declared."""
    return make_stage(AgentSettings(scripts=scripts))


def _detect(stage: Stage, rule: PowerShellScriptRule, **fields):
    app = stage.require(rule, **fields)
    stage.device.sync()
    stage.device.advance("10 s")
    return app


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ScriptResult(stdout="Detected\r\n"), True),
        (ScriptResult(stdout=""), False),
        (ScriptResult(stdout="\r\n"), False),
        (ScriptResult(stdout="Detected", exit_code=1), False),
        (ScriptResult(stdout="Detected", stderr="oops"), False),
        (ScriptResult(exit_code=0xC0000142), False),
        (ScriptResult(stdout="Detected", takes=timedelta(seconds=3601)), False),
    ],
)
def test_detection_script(make_stage, scripts, result, expected):
    """Detected is: exit code 0, something on stdout, nothing on stderr, in time (observed)."""
    stage = make_stage(AgentSettings(scripts=scripts))
    app = stage.require(PowerShellScriptRule(script_content=SCRIPT))
    scripts.declare(app.id, result)
    stage.device.sync()
    assert stage.device.run_until(lambda: bool(stage.texts("detection")), "2 h")
    assert expected is (": detected" in stage.texts("detection")[0])


def test_result_by_content(stage, scripts):
    """A result can be declared for the script itself, and may depend on the machine."""
    digest = hashlib.sha256(SCRIPT).hexdigest()
    scripts.declare(digest.upper(), lambda machine: ScriptResult(stdout=machine.facts.name))
    app = _detect(stage, PowerShellScriptRule(script_content=SCRIPT))
    assert DetectionState.DETECTED is stage.device.status(app).detection


def test_undeclared_script(stage):
    """A script whose result nobody declared stops the run with a hint."""
    stage.require(PowerShellScriptRule(script_content=SCRIPT))
    with pytest.raises(NotEmulated, match=r"declare in Python what the script prints"):
        stage.device.sync()


@pytest.mark.parametrize(("content", "expected"), [(SCRIPT, False), (SIGNED, True)])
def test_signature(stage, scripts, content, expected):
    """An unsigned script is not run when signatures are enforced, and does not detect."""
    rule = PowerShellScriptRule(script_content=content, enforce_signature_check=True)
    app = stage.require(rule)
    scripts.declare(app.id, ScriptResult(stdout="Detected"))
    stage.sync("5 s")
    assert expected is (": detected" in stage.texts("detection")[0])


def test_lines_of_a_detection(stage, scripts):
    """The lines around a script are those of real devices, in their order; its file is there only meanwhile."""
    rule = PowerShellScriptRule(script_content=SCRIPT)
    app = stage.require(rule)
    scripts.declare(app.id, ScriptResult(stdout="Detected\r\n"))
    stage.device.sync()
    folder = r"C:\Program Files (x86)\Microsoft Intune Management Extension\Content\DetectionScripts"
    path = rf"{folder}\{app.id}_1.ps1"
    assert SCRIPT == stage.machine.files.read(path)
    stage.device.advance("10 s")
    assert not stage.machine.files.exists(path)
    lines, owner = stage.lines(), "SideCarScriptDetectionManager"
    expected = [
        "[Win32App] DetectionType 3",
        "[Win32App] Start detectionManager SideCarScriptDetectionManager",
        "[Win32App] Using FileStream",
        f"[Win32App] Detection script file {path} is saved.",
        "[Win32App] SideCarScriptDetectionManager create files for outputs",
        "[Win32App] SideCarScriptDetectionManager Launch powershell executor in machine session",
        "[Win32App] SideCarScriptDetectionManager Powershell execution process timeout milliseconds: 3600000.",
        "[Win32App] SideCarScriptDetectionManager Execution is done, collecting result",
        "[Win32App] SideCarScriptDetectionManager Powershell execution got lpExitCode: 0 lastWin32Error: 0",
        "[Win32App] SideCarScriptDetectionManager Powershell ExitCode: 0",
        f"[Win32App] Detection script file {path}quotedExitCodeFilePath.txt is deleted.",
        "[Win32App] Checked Powershell script result: Detected\n\n",
        (
            "[Win32App] Checked Powershell script exitCode: 0 EnforceSignatureCheck: 0 RunAs32Bit: 0 InstallExRunAs: 1"
            ", result of applicationDetected: True"
        ),
        f"[Win32App] Detection script file {path} is deleted.",
        f"[Win32App] detectionManager {owner} got applicationDetectedByCurrentRule: True as system",
    ]
    assert expected == [line for line in lines if line in expected]
    assert any("-powershellDetection" in line and f'"{path}"' in line and " 3600 " in line for line in lines)
    assert "Powershell script is successfully executed." in stage.lines("AgentExecutor")


def test_32_bit_host(stage, scripts):
    """A rule may ask for the 32-bit PowerShell."""
    app = stage.require(PowerShellScriptRule(script_content=SCRIPT, run_as_32_bit=True))
    scripts.declare(app.id, ScriptResult(stderr="oops"))
    stage.sync("5 s")
    lines = stage.lines("AgentExecutor")
    assert r"PowerShell path is C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe" in lines
    assert "Powershell script is failed to execute" in lines
    assert any("ExitCode: -1" in line for line in stage.lines())


def test_script_of_a_users_app(stage, scripts):
    """The scripts of a user's app run in the user's session."""
    experience = InstallExperience(run_as_account=RunAsAccount.USER)
    app = stage.offer(PowerShellScriptRule(script_content=SCRIPT), install_experience=experience)
    scripts.declare(app.id, ScriptResult(stdout="Detected"))
    stage.sync("10 s")
    lines = stage.lines()
    assert r"[Win32App] After impersonation: AzureAD\ada" in lines
    assert "[Win32App] SideCarScriptDetectionManager Launch powershell executor in user session" in lines
    assert DetectionState.DETECTED is stage.device.status(app).detection


def test_timed_out_script(stage, scripts):
    """A script that outlives its time limit is logged as such."""
    app = stage.require(PowerShellScriptRule(script_content=SCRIPT))
    scripts.declare(app.id, ScriptResult(takes=timedelta(hours=2)))
    stage.sync("61 min")
    line = "Error:Powershell script execution timed out. timeout = 3600 seconds"
    assert line in stage.lines("AgentExecutor")


def test_full_disk(stage, scripts):
    """A script file that cannot be written or deleted is logged, and the run goes on."""
    app = stage.require(PowerShellScriptRule(script_content=SCRIPT))
    scripts.declare(app.id, ScriptResult(stdout="Detected"))
    blocker = r"C:\Program Files (x86)\Microsoft Intune Management Extension\Content"
    stage.machine.files.write(blocker, b"a file where a folder should be")
    stage.sync("5 s")
    assert any("is not saved" in line for line in stage.lines())
    assert any("is not deleted" in line for line in stage.lines())


# Requirements


def _requires(operation, operator, value, **more):
    return PowerShellScriptRule(
        rule_type=RuleType.REQUIREMENT,
        script_content=SCRIPT,
        operation_type=operation,
        operator=operator,
        comparison_value=value,
        **more,
    )


EQUALS = (ScriptOperation.STRING, Operator.EQUAL, "yes")
UNMET, UNREADABLE = Applicability.SCRIPT_REQUIREMENT_RULE_NOT_MET, Applicability.REQUIREMENTS_NOT_MET
MET = Applicability.APPLICABLE


@pytest.mark.parametrize(
    ("wanted", "result", "expected"),
    [
        (EQUALS, ScriptResult(stdout="Yes\r\n"), MET),
        (EQUALS, ScriptResult(stdout="yes \r\n"), UNMET),
        (EQUALS, ScriptResult(stdout="yes\r\nyes\r\n"), UNMET),
        (EQUALS, ScriptResult(), UNMET),
        (EQUALS, ScriptResult(stdout="yes", exit_code=1), UNMET),
        (EQUALS, ScriptResult(stdout="yes", stderr="x"), UNMET),
        ((ScriptOperation.INTEGER, Operator.GREATER_THAN, "3"), ScriptResult(stdout="4\n"), MET),
        ((ScriptOperation.INTEGER, Operator.GREATER_THAN, "3"), ScriptResult(stdout="3"), UNMET),
        ((ScriptOperation.INTEGER, Operator.EQUAL, "3"), ScriptResult(), UNMET),
        ((ScriptOperation.INTEGER, Operator.EQUAL, "3"), ScriptResult(stdout="x"), UNREADABLE),
        ((ScriptOperation.INTEGER, Operator.EQUAL, "x"), ScriptResult(stdout="3"), UNREADABLE),
        ((ScriptOperation.VERSION, Operator.EQUAL, "1.0"), ScriptResult(stdout="1.0.0"), MET),
        ((ScriptOperation.BOOLEAN, Operator.EQUAL, "true"), ScriptResult(stdout="True"), MET),
    ],
)
def test_requirement_script(stage, scripts, wanted, result, expected):
    """Output is read as the rule says and compared; what does not read has another code (observed)."""
    app = stage.require(NOTHING, _requires(*wanted))
    scripts.declare(app.id, result)
    stage.sync("10 s")
    assert expected is stage.device.status(app).applicability


def test_requirement_script_as_user(make_stage, scripts):
    """A requirement script of a user needs one: in the device's session it is not met."""
    stage = make_stage(AgentSettings(scripts=scripts), users=())
    rule = _requires(ScriptOperation.STRING, Operator.EQUAL, "yes", run_as_account=RuleRunAs.USER)
    app = stage.require(NOTHING, rule)
    scripts.declare(app.id, ScriptResult(stdout="yes"))
    stage.sync("10 s")
    assert Applicability.SCRIPT_REQUIREMENT_RULE_NOT_MET is stage.device.status(app).applicability
    assert any("needs a signed-in user" in line for line in stage.lines())


def test_requirement_script_as_user_in_their_session(stage, scripts):
    """In a user's session the script runs as that user."""
    rule = _requires(ScriptOperation.STRING, Operator.EQUAL, "yes", run_as_account=RuleRunAs.USER)
    app = stage.offer(NOTHING, rule)
    scripts.declare(app.id, ScriptResult(stdout="yes"))
    stage.sync("10 s")
    assert Applicability.APPLICABLE is stage.device.status(app).applicability
    assert any("SideCarScriptRequirementManager Launch powershell executor in user" in line for line in stage.lines())
