"""Why an app is in its state, in words a packager understands."""

from dataclasses import replace

import pytest

from harness.agent.advice import advise
from harness.agent.declared import DeclaredScripts, ScriptResult
from harness.agent.detection import look
from harness.agent.exitcodes import describe_exit_code
from harness.agent.findings import Evidence, Finding
from harness.agent.products import UNINSTALL
from harness.agent.settings import AgentSettings
from harness.emulator.executables import make_executable
from harness.emulator.installers import Installer
from harness.model.apps import (
    DEFAULT_RETURN_CODES,
    InstallExperience,
    ReturnCode,
    ReturnCodeType,
    RunAsAccount,
    Win32App,
)
from harness.model.assignments import Assignment, InstallIntent, TargetType
from harness.model.commands import Command
from harness.model.files import FileVersion
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    PowerShellScriptRule,
    ProcessOperation,
    ProcessRule,
    ProductCodeRule,
    RegistryOperation,
    RegistryRule,
    RuleType,
)
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryValue, View
from tests.agent.stage import KEY

APP = Win32App(id="1", display_name="Contoso App", install_command_line="setup.exe")
CODE = "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}"
OTHER = "{11111111-2222-3333-4444-555555555555}"


def _advice(machine, rule, account=SYSTEM):
    finding = look(rule, machine, account)
    assert not finding.is_met
    return advise(finding, APP, machine, account)


def _set(machine, path, name="Version", data="1.0", view=View.VIEW_64):
    machine.registry.set(RegistryPath.parse(path), name, RegistryValue.of(data), view)


def _compares(operation, operator, value, **more):
    return RegistryRule(
        key_path=KEY, value_name="Version", operation_type=operation, operator=operator, comparison_value=value, **more
    )


# Registry


@pytest.mark.parametrize("view", list(View))
def test_other_view(machine, view):
    """A key in the other half of the registry is found, and the rule mended."""
    _set(machine, KEY, view=view)
    rule = RegistryRule(key_path=KEY, value_name="Version", check_32_bit_on_64_system=view is View.VIEW_64)
    advice = _advice(machine, rule)
    assert f"is in the {view} part of Windows" in advice.text
    assert look(advice.corrected, machine, SYSTEM).is_met


def test_current_user_instead_of_machine(machine, ada):
    """A key in a user's registry is found for a rule that looks at the machine."""
    machine.registry.set(
        RegistryPath(Hive.HKCU, r"SOFTWARE\Contoso\App").of_user(ada.sid), "Version", RegistryValue.of("1")
    )
    advice = _advice(machine, RegistryRule(key_path=KEY, value_name="Version"))
    assert "for ada only" in advice.text
    assert r"HKEY_CURRENT_USER\SOFTWARE\Contoso\App" == advice.corrected.key_path


def test_registry_of_another_account(machine, ada):
    """A rule about HKEY_CURRENT_USER that is evaluated as SYSTEM does not see the user's."""
    machine.registry.set(
        RegistryPath(Hive.HKCU, r"SOFTWARE\Contoso").of_user(ada.sid), "Version", RegistryValue.of("1")
    )
    advice = _advice(machine, RegistryRule(key_path=r"HKCU\SOFTWARE\Contoso", value_name="Version"))
    assert "the registry of ada, and the rule looks into that of SYSTEM" in advice.text


def test_machine_instead_of_current_user(machine):
    """A key under HKEY_LOCAL_MACHINE is found for a rule about the user's."""
    _set(machine, KEY)
    advice = _advice(machine, RegistryRule(key_path=r"HKCU\SOFTWARE\Contoso\App", value_name="Version"))
    assert KEY == advice.corrected.key_path


def test_misspelt_value(machine):
    """A value of nearly the same name is named."""
    _set(machine, KEY, "Versoin")
    advice = _advice(machine, RegistryRule(key_path=KEY, value_name="Version"))
    assert ("Versoin", True) == (advice.corrected.value_name, "one called 'Versoin'" in advice.text)


@pytest.mark.parametrize(("name", "listed"), [("Publisher", "'Publisher'"), ("", "'(Default)'"), (None, "none")])
def test_missing_value(machine, name, listed):
    """Without a near name the values that are there are listed."""
    machine.registry.create(RegistryPath.parse(KEY))
    if name is not None:
        _set(machine, KEY, name)
    advice = _advice(machine, RegistryRule(key_path=KEY, value_name="Version"))
    assert f"its values are: {listed}." in advice.text


def test_misspelt_key(machine):
    """A key of nearly the same name is named, as when braces are missing."""
    _set(machine, rf"HKLM\{UNINSTALL}\{CODE}", "DisplayName")
    advice = _advice(machine, RegistryRule(key_path=rf"HKLM\{UNINSTALL}\{CODE.strip('{}')}", value_name="DisplayName"))
    assert f"one called '{CODE}'" in advice.text
    assert look(advice.corrected, machine, SYSTEM).is_met


@pytest.mark.parametrize("path", [r"HKLM\Nowhere\At\All", r"HKCR\Contoso.Document", r"HKLM\SOFTWARE\Contoso\Apps"])
def test_nothing_near(machine, path):
    """Where nothing is near that would do, nothing is said."""
    _set(machine, KEY, "Other")
    assert _advice(machine, RegistryRule(key_path=path, value_name="Version")) is None


def test_rule_without_hive(machine):
    """A key path without a hive is named as the mistake."""
    assert "Begin the key path" in _advice(machine, RegistryRule(key_path=r"SOFTWARE\Contoso")).text


def test_key_that_should_be_absent(machine):
    """A key that is there although the rule wants it absent is said to be."""
    _set(machine, KEY)
    rule = RegistryRule(key_path=KEY, operation_type=RegistryOperation.DOES_NOT_EXIST)
    assert "wants it absent" in _advice(machine, rule).text


@pytest.mark.parametrize(
    ("rule", "words", "operator"),
    [
        (_compares(RegistryOperation.VERSION, Operator.EQUAL, "4.9"), "newer than 4.9", Operator.GREATER_THAN_OR_EQUAL),
        (_compares(RegistryOperation.VERSION, Operator.EQUAL, "6"), "with '5.1'", Operator.EQUAL),
        (_compares(RegistryOperation.VERSION, Operator.GREATER_THAN, "6"), "wants greaterThan '6'", Operator.EQUAL),
        (_compares(RegistryOperation.INTEGER, Operator.EQUAL, "6"), "with '5.1'", None),
    ],
)
def test_other_value(machine, rule, words, operator):
    """A value that differs is shown beside the one that is wanted."""
    _set(machine, KEY, data="5.1")
    advice = _advice(machine, rule)
    assert words in advice.text
    assert operator is (advice.corrected.operator if advice.corrected else None)


def test_no_operator(machine):
    """A version rule without an operator has nothing to be compared with."""
    _set(machine, KEY, data="5.1")
    assert _advice(machine, _compares(RegistryOperation.VERSION, Operator.NOT_CONFIGURED, "5")) is None


# Files


def _file(path=r"C:\Program Files\Contoso", name="app.exe", **more):
    return FileSystemRule(path=path, file_or_folder_name=name, **more)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (_file("%ProgramFiles%\\Contoso"), "32-bit part of Windows"),
        (_file(), r"It is in C:\Program Files (x86)\Contoso."),
        (_file("%ProgramW6432%\\Contoso", "app.ex"), None),
    ],
)
def test_other_program_files(machine, rule, words):
    """A file in the other Program Files is found, whether the folder is written out or not."""
    machine.files.write(r"C:\Program Files (x86)\Contoso\app.exe", b"")
    advice = _advice(machine, rule)
    if words is None:
        assert advice is None
    else:
        assert words in advice.text
        assert look(advice.corrected, machine, SYSTEM).is_met


@pytest.mark.parametrize("path", [r"C:\Program Files (x86)\Contoso", r"%ProgramFiles(x86)%\Contoso"])
def test_64_bit_program_files(machine, path):
    """The same the other way round."""
    machine.files.write(r"C:\Program Files\Contoso\app.exe", b"")
    assert look(_advice(machine, _file(path)).corrected, machine, SYSTEM).is_met


def test_users_profile(machine, ada):
    """A file in a user's profile is found for a rule that is evaluated as SYSTEM."""
    machine.files.write(rf"{ada.profile}\AppData\Local\Contoso\app.exe", b"")
    advice = _advice(machine, _file(r"%LOCALAPPDATA%\Contoso"))
    assert "the profile of ada, and the rule looks into that of SYSTEM" in advice.text


def test_unknown_variable(machine):
    """A variable that the account does not have is named."""
    assert "a variable that SYSTEM does not have" in _advice(machine, _file(r"%ContosoHome%\bin")).text


def test_other_name(machine):
    """A file of nearly the same name is named."""
    machine.files.write(r"C:\Program Files\Contoso\apps.exe", b"")
    advice = _advice(machine, _file())
    assert ("apps.exe", True) == (advice.corrected.file_or_folder_name, "but 'apps.exe'" in advice.text)


def test_other_version(machine):
    """The version that is there is shown beside the one that is wanted."""
    machine.files.write(r"C:\Program Files\Contoso\app.exe", make_executable(FileVersion(2)))
    rule = _file(operation_type=FileSystemOperation.VERSION, operator=Operator.EQUAL, comparison_value="1.0")
    assert "newer than 1.0" in _advice(machine, rule).text


@pytest.mark.parametrize(("exists", "words"), [(True, "cannot evaluate"), (False, "never detects")])
def test_file_that_must_not_exist(machine, exists, words):
    """Such a rule is no detection rule."""
    if exists:
        machine.files.write(r"C:\Program Files\Contoso\app.exe", b"")
    assert words in _advice(machine, _file(operation_type=FileSystemOperation.DOES_NOT_EXIST)).text


# Products, processes, scripts


def _product(machine, code=CODE, *, installer=1, name="Contoso App", sid=None):
    path = RegistryPath(Hive.HKLM, rf"{UNINSTALL}\{code}")
    path = RegistryPath(Hive.HKCU, path.key).of_user(sid) if sid else path
    for value, data in {"WindowsInstaller": installer, "DisplayVersion": "1.2", "DisplayName": name}.items():
        machine.registry.set(path, value, RegistryValue.of(data))


def test_no_product_code(machine):
    """What is no product code is named as the mistake."""
    assert "not a product code" in _advice(machine, ProductCodeRule(product_code="Contoso")).text


@pytest.mark.parametrize(
    ("operator", "wanted", "corrected"),
    [(Operator.EQUAL, "1.1", True), (Operator.EQUAL, "2", False), (Operator.GREATER_THAN, "2", False)],
)
def test_product_in_another_version(machine, operator, wanted, corrected):
    """The version that is there is named, and a newer one accepted."""
    _product(machine)
    rule = ProductCodeRule(product_code=CODE, product_version_operator=operator, product_version=wanted)
    advice = _advice(machine, rule)
    assert ("in version 1.2" in advice.text, corrected) == (True, advice.corrected is not None)


def test_product_of_a_user(machine, ada):
    """A product that was installed for one user is found."""
    _product(machine, sid=ada.sid)
    assert "for ada only" in _advice(machine, ProductCodeRule(product_code=CODE)).text


def test_entry_of_another_installer(machine):
    """An uninstall entry that Windows Installer did not make is found, and can be detected as a key."""
    _product(machine, installer=0)
    advice = _advice(machine, ProductCodeRule(product_code=CODE))
    assert look(advice.corrected, machine, SYSTEM).is_met


@pytest.mark.parametrize(("name", "found"), [("Contoso App", True), ("Fabrikam", False)])
def test_product_of_the_same_name(machine, name, found):
    """A product of the app's name with another code is found: a new version usually has one."""
    _product(machine, OTHER, name=name)
    _set(machine, rf"HKLM\{UNINSTALL}\Contoso App", "DisplayName", "Contoso App")
    advice = _advice(machine, ProductCodeRule(product_code=CODE))
    assert found is (advice is not None and OTHER == advice.corrected.product_code)


def test_process(machine):
    """A process that does not run may be called otherwise, or only run at times; one that runs is said to."""
    machine.files.write(r"C:\contoso.exe", b"")
    machine.programs["contoso.exe"] = Installer.hangs()
    assert "does not run" in _advice(machine, ProcessRule(process_name="contoso1.exe")).text
    machine.processes.start(Command(command_line=r"C:\contoso.exe", working_directory="C:\\"))
    assert "one is called 'contoso.exe'" in _advice(machine, ProcessRule(process_name="contoso1.exe")).text
    absent = ProcessRule(process_name="contoso.exe", operation_type=ProcessOperation.DOES_NOT_EXIST)
    assert "wants that it does not" in _advice(machine, absent).text


def test_no_advice_about_a_script(machine):
    """Nothing is known of what a script looks at."""
    rule = PowerShellScriptRule(script_content=b"")
    finding = Finding(rule=rule, is_met=False, evidence=Evidence(wanted="", where="", found=""))
    assert advise(finding, APP, machine, SYSTEM) is None


# Whole explanations


def _explain(stage, app):
    return str(stage.device.explain(app))


def test_wrong_view(stage):
    """The classical mistake: a 32-bit installer and a 64-bit rule."""
    program = Installer(writes_registry={KEY: {"Version": "1.0"}}, view=View.VIEW_32)
    app = stage.require(program=program)
    stage.sync()
    explanation = stage.device.explain(app)
    assert "App 1: failed with 0x87D1041C." == explanation.verdict
    assert "a success, but the app's detection rules do not all hold" in explanation.reasons[0]
    (rule,) = explanation.rules
    assert rule.advice.corrected.check_32_bit_on_64_system
    assert "no such key. The key is in the 32-bit part" in rule.text


def test_installed(stage):
    """Of an installed app every rule holds."""
    app = stage.require()
    stage.sync()
    explanation = stage.device.explain(app)
    assert (True, None) == (explanation.rules[0].finding.is_met, explanation.rules[0].advice)
    assert "App 1: installed." == explanation.paragraphs[0]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (Installer.fails(1603), "ended with 1603: a fatal error"),
        (Installer.fails(0xC0000142), "ended with 3221225794 (0xC0000142): a DLL could not be initialized"),
        (Installer.fails(77), "ended with 77. The app's return codes do not name it"),
        (Installer.is_busy(), "every attempt ended like this"),
        (Installer.hangs(), "did not end within 1 h. It may wait for somebody"),
    ],
)
def test_failed_installer(stage, program, words):
    """An exit code is put into words; the rules do not matter then."""
    app = stage.require(program=program)
    stage.sync("70 min")
    assert words in _explain(stage, app)
    assert () == stage.device.explain(app).rules


def test_program_not_started(stage):
    """A program that is not there is said not to have been started."""
    app = stage.require(install_command_line="other.exe")
    stage.sync()
    assert "could not be started" in _explain(stage, app)


def test_no_content(stage):
    """A failed download is explained by its code and what happened."""
    app = stage.require()
    stage.tenant._packages.clear()
    stage.sync()
    text = _explain(stage, app)
    assert ("Failed to retrieve content information." in text, "no content for this app" in text) == (True, True)


def test_waiting(stage):
    """Before the first check-in, between attempts and before a restart an app waits."""
    app = stage.require(program=Installer(exit_code=1618))
    assert "at its next check-in" in _explain(stage, app)
    stage.sync("1 min")
    assert "which means: try again" in _explain(stage, app)


def test_waiting_for_a_restart(stage):
    """Before a restart an app waits."""
    app = stage.require(program=Installer(exit_code=3010))
    stage.sync()
    assert "The machine must restart" in _explain(stage, app)


def test_not_applicable(stage):
    """An app that does not apply says what it asks for."""
    app = stage.require(minimum_memory_in_mb=99_999)
    stage.sync()
    assert "needs 99999 MB of memory, and there are 16384 MB" in _explain(stage, app)
    assert () == stage.device.explain(app).rules


def test_requirement_rule(stage):
    """A requirement rule that does not hold is explained; those that hold are left out."""
    met = RegistryRule(rule_type=RuleType.REQUIREMENT, key_path=r"HKLM\SOFTWARE\Microsoft")
    unmet = RegistryRule(rule_type=RuleType.REQUIREMENT, key_path=r"HKLM\SOFTWARE\Nothing")
    app = stage.require(RegistryRule(key_path=KEY), met, unmet)
    stage.sync()
    explanation = stage.device.explain(app)
    assert [unmet] == [rule.rule for rule in explanation.rules]
    assert "The requirement rule does not hold" in str(explanation)


def test_no_rule(stage):
    """An app without detection rules is told from one with a bad rule, though the code is the same."""
    app = stage.require()
    stage.tenant.add(replace(app, rules=()))
    stage.sync()
    reasons = stage.device.explain(app).reasons
    assert ("The app has no detection rule, so the agent neither installs nor removes the app.",) == reasons


def test_invalid_rule(stage):
    """A rule that cannot be evaluated says why."""
    app = stage.require(_file(r"C:\Windows", "System32", operation_type=FileSystemOperation.DOES_NOT_EXIST))
    stage.sync()
    assert "The agent cannot evaluate a detection rule that asks for a file not to exist." in _explain(stage, app)


def test_still_detected(stage):
    """An app that could not be removed shows the rule that still holds."""
    app = stage.require(
        RegistryRule(key_path=r"HKLM\SOFTWARE\Microsoft"), assignment=Assignment(intent=InstallIntent.UNINSTALL)
    )
    stage.sync()
    text = _explain(stage, app)
    assert "The uninstaller ended with 0" in text
    assert "The detection rule holds" in text


def test_script(make_stage):
    """A script is not run for an explanation; what it last said is told."""
    scripts = DeclaredScripts()
    stage = make_stage(AgentSettings(scripts=scripts))
    app = stage.require(PowerShellScriptRule(script_content=b"x"))
    scripts.declare(app.id, ScriptResult(exit_code=1, stdout="no"))
    assert "it has not run yet" in _explain(stage, app)
    stage.sync()
    assert "exit code 1, stdout 'no'" in _explain(stage, app)


def test_account_of_a_users_app(stage):
    """The rules of a user's app are looked at as that user."""
    app = stage.require(
        RegistryRule(key_path=r"HKCU\SOFTWARE\Contoso", value_name="a"),
        program=Installer(writes_registry={r"HKCU\SOFTWARE\Contoso": {"a": "1"}}),
        install_experience=InstallExperience(run_as_account=RunAsAccount.USER),
        assignment=Assignment(target_type=TargetType.USER),
    )
    stage.sync()
    assert "The detection rule holds" in _explain(stage, app)


@pytest.mark.parametrize(
    ("code", "codes", "words"),
    [
        (3010, (), "a success that needs a restart. The app's return codes do not name it"),
        (3010, (), "Add it as 'softReboot'."),
        (
            3010,
            (ReturnCode(return_code=3010, type=ReturnCodeType.FAILED),),
            "name it 'failed'. It is usually 'softReboot'.",
        ),
        (5, (ReturnCode(return_code=5, type=ReturnCodeType.FAILED),), "access was denied. The app's return codes name"),
        (1618, DEFAULT_RETURN_CODES, "say to try again"),
    ],
)
def test_exit_codes(code, codes, words):
    """An exit code is explained beside what the return codes make of it."""
    app = Win32App(id="1", display_name="x", install_command_line="x", return_codes=codes)
    assert words in describe_exit_code(app, code)


def test_status_in_words(stage):
    """A status says name, state and code."""
    app = stage.require(program=Installer.fails(1))
    assert "App 1: waiting for check-in" == str(stage.device.status(app))
    assert f"{app.id}: waiting for check-in" == str(stage.agent.status_of(app.id))
    stage.sync()
    assert "App 1: failed (0x80070001)" == str(stage.device.status(app))
