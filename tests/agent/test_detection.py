"""Looking at rules: registry, files, products, processes."""

import pytest

from harness.agent.detection import look, rule_path
from harness.agent.products import UNINSTALL
from harness.emulator.executables import make_executable
from harness.emulator.installers import Installer
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
from harness.model.windows import SYSTEM, Architecture, Hive, RegistryPath, RegistryType, RegistryValue, View
from tests.agent.stage import make_facts

CODE = "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}"
KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso\App")
FOLDER = r"C:\Program Files\Contoso"


def _registry(operation=RegistryOperation.EXISTS, operator=Operator.EQUAL, value=None, name="Version", **more):
    return RegistryRule(
        **{"key_path": str(KEY), "value_name": name, "operation_type": operation}
        | {"operator": operator, "comparison_value": value}
        | more
    )


def _file(operation=FileSystemOperation.EXISTS, operator=Operator.EQUAL, value=None, **more):
    return FileSystemRule(
        **{"path": FOLDER, "file_or_folder_name": "app.exe", "operation_type": operation}
        | {"operator": operator, "comparison_value": value}
        | more
    )


# Registry


@pytest.mark.parametrize(
    ("name", "written", "exists"),
    [("Version", "1.0", True), ("Other", "1.0", False), ("", None, True), ("", "1.0", True)],
)
@pytest.mark.parametrize("operation", [RegistryOperation.EXISTS, RegistryOperation.DOES_NOT_EXIST])
def test_registry_existence(machine, name, written, exists, operation):
    """A rule without a value name asks for the key, any other for the value; absence can be asked for as well."""
    machine.registry.create(KEY)
    if written:
        machine.registry.set(KEY, "Version", RegistryValue.of(written))
    finding = look(_registry(operation, name=name), machine, SYSTEM)
    assert exists is (finding.is_met is (operation is RegistryOperation.EXISTS))


def test_missing_key(machine):
    """A missing key does not exist, and a rule that wants that is met (observed)."""
    assert not look(_registry(), machine, SYSTEM).is_met
    assert look(_registry(RegistryOperation.DOES_NOT_EXIST, name=""), machine, SYSTEM).is_met
    assert "no such key" == look(_registry(), machine, SYSTEM).evidence.found


@pytest.mark.parametrize(
    ("data", "rule", "expected"),
    [
        ("Contoso", _registry(RegistryOperation.STRING, Operator.EQUAL, "cONTOSO"), True),
        (5, _registry(RegistryOperation.STRING, Operator.EQUAL, "5"), True),
        ("a", _registry(RegistryOperation.STRING, Operator.NOT_EQUAL, "b"), True),
        (42, _registry(RegistryOperation.INTEGER, Operator.GREATER_THAN, "41"), True),
        ("42", _registry(RegistryOperation.INTEGER, Operator.EQUAL, "42"), True),
        ("forty-two", _registry(RegistryOperation.INTEGER, Operator.EQUAL, "42"), False),
        ("10.0.1", _registry(RegistryOperation.VERSION, Operator.LESS_THAN, "9.0"), False),
        ("10.0", _registry(RegistryOperation.VERSION, Operator.EQUAL, "10.0.0.0"), True),
    ],
)
def test_registry_comparison(machine, data, rule, expected):
    """Values compare as the rule says; a text that holds a number is one (observed)."""
    machine.registry.set(KEY, "Version", RegistryValue.of(data))
    assert expected is look(rule, machine, SYSTEM).is_met


def test_comparison_of_the_default_value(machine):
    """Without a value name a comparison is about the key's default value."""
    machine.registry.set(KEY, "", RegistryValue.of("1.0"))
    assert look(_registry(RegistryOperation.STRING, value="1.0", name=""), machine, SYSTEM).is_met


def test_comparison_without_a_value(machine):
    """A missing value is never met, whatever the operator."""
    machine.registry.create(KEY)
    finding = look(_registry(RegistryOperation.STRING, Operator.NOT_EQUAL, "x"), machine, SYSTEM)
    assert not finding.is_met
    assert "the key, without value 'Version'" == finding.evidence.found
    assert "the key" == look(_registry(RegistryOperation.STRING, value="x", name=""), machine, SYSTEM).evidence.found


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (_registry(RegistryOperation.INTEGER, value="many"), "not a whole number"),
        (_registry(RegistryOperation.STRING, Operator.NOT_CONFIGURED, "x"), "no operator"),
        (_registry(RegistryOperation.NOT_CONFIGURED), "does not say"),
        (_registry(key_path=r"SOFTWARE\Contoso"), "does not begin with a hive"),
    ],
)
def test_invalid_registry_rule(machine, rule, problem):
    """A rule that cannot be evaluated says why."""
    machine.registry.set(KEY, "Version", RegistryValue.of("1"))
    finding = look(rule, machine, SYSTEM)
    assert not finding.is_met
    assert problem in (finding.problem or "")


@pytest.mark.parametrize("check_32_bit", [True, False])
@pytest.mark.parametrize("view", list(View))
def test_registry_views(machine, check_32_bit, view):
    """A rule looks into the half of the registry that it is for."""
    machine.registry.set(KEY, "Version", RegistryValue.of("1"), view)
    finding = look(_registry(check_32_bit_on_64_system=check_32_bit), machine, SYSTEM)
    assert (view is View.VIEW_32) is (finding.is_met is check_32_bit)


@pytest.mark.parametrize("prefix", ["HKLM", "Computer\\HKEY_LOCAL_MACHINE", "hkey_local_machine"])
def test_spellings_of_a_key(machine, prefix):
    """A key path may begin as Registry Editor shows it (seen), and in any case."""
    machine.registry.set(KEY, "Version", RegistryValue.of("1"))
    assert look(_registry(key_path=rf"{prefix}\software\contoso\APP"), machine, SYSTEM).is_met


def test_current_user(machine, ada):
    """HKEY_CURRENT_USER is that of the account the rule is evaluated as."""
    machine.registry.set(
        RegistryPath(Hive.HKCU, r"SOFTWARE\Contoso").of_user(ada.sid), "Version", RegistryValue.of("1")
    )
    rule = _registry(key_path=r"HKCU\SOFTWARE\Contoso")
    assert look(rule, machine, ada).is_met
    assert not look(rule, machine, SYSTEM).is_met


def test_registry_lines(machine):
    """The log's lines are those of real devices."""
    machine.registry.set(KEY, "Version", RegistryValue.of("10.0.1"))
    rule = _registry(RegistryOperation.VERSION, Operator.LESS_THAN, "9.0")
    assert (
        "[Win32App] LessThan: actualVersion: 10.0.1, detectionVersion: 9.0, applicationDetected: False",
        (
            rf"[Win32App] Checked reg path: {KEY}, name: Version, operator: 8, type: 5, value: 9.0 , "
            "result of applicationDetected: False"
        ),
    ) == tuple(text for _, text in look(rule, machine, SYSTEM).notes)
    exists = look(_registry(name=""), machine, SYSTEM).notes[0][1]
    assert rf"[Win32App] To check Exist, Path: {KEY}, valueName:  applicationDetected: True" == exists


def test_other_data(machine):
    """Lists of texts count with what Windows shows of them."""
    machine.registry.set(KEY, "Version", RegistryValue(RegistryType.REG_MULTI_SZ, ("a", "b")))
    assert look(_registry(RegistryOperation.STRING, value="a; b"), machine, SYSTEM).is_met


# Files


@pytest.fixture
def app_file(machine):
    """Put a program of 3.5 MB and version 2.1 where the rules look."""
    image = make_executable(FileVersion(2, 1)).ljust(3_670_016, b"\0")
    machine.files.write(rf"{FOLDER}\app.exe", image)


@pytest.mark.usefixtures("app_file")
@pytest.mark.parametrize(
    ("operation", "operator", "value", "expected"),
    [
        (FileSystemOperation.EXISTS, Operator.NOT_CONFIGURED, None, True),
        (FileSystemOperation.VERSION, Operator.EQUAL, "2.1", True),
        (FileSystemOperation.VERSION, Operator.GREATER_THAN_OR_EQUAL, "2.1.0.1", False),
        (FileSystemOperation.SIZE_IN_MB, Operator.EQUAL, "3", True),
        (FileSystemOperation.SIZE_IN_MB, Operator.GREATER_THAN, "3", False),
        (FileSystemOperation.MODIFIED_DATE, Operator.GREATER_THAN, "2024-01-01T00:00:00Z", True),
        (FileSystemOperation.CREATED_DATE, Operator.EQUAL, "2026-03-02T08:00:00Z", True),
        (FileSystemOperation.CREATED_DATE, Operator.LESS_THAN, "2026-03-02T08:00:00Z", False),
    ],
)
def test_file_comparison(machine, operation, operator, value, expected):
    """A file's version, size in whole MiB and times compare as the rule says."""
    assert expected is look(_file(operation, operator, value), machine, SYSTEM).is_met


@pytest.mark.parametrize(
    "operation", [one for one in FileSystemOperation if one is not FileSystemOperation.DOES_NOT_EXIST]
)
def test_missing_file(machine, operation):
    """Nothing about a missing file is met."""
    finding = look(_file(operation, value="1"), machine, SYSTEM)
    assert not finding.is_met
    if operation is not FileSystemOperation.NOT_CONFIGURED:
        assert "no such folder" == finding.evidence.found


def test_folder(machine):
    """A folder exists, and has neither version nor size."""
    machine.files.make_folder(rf"{FOLDER}\app.exe")
    assert look(_file(), machine, SYSTEM).is_met
    assert not look(_file(FileSystemOperation.SIZE_IN_MB, Operator.EQUAL, "0"), machine, SYSTEM).is_met
    assert not look(_file(FileSystemOperation.VERSION, Operator.EQUAL, "0.0"), machine, SYSTEM).is_met
    assert look(_file(file_or_folder_name=""), machine, SYSTEM).is_met


def test_file_without_version(machine):
    """A file without a version resource never meets a version."""
    machine.files.write(rf"{FOLDER}\app.exe", b"text")
    finding = look(_file(FileSystemOperation.VERSION, Operator.LESS_THAN, "9"), machine, SYSTEM)
    assert (False, "a file without a version resource") == (finding.is_met, finding.evidence.found)


@pytest.mark.usefixtures("app_file")
@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (_file(FileSystemOperation.VERSION, value="new"), "not a version"),
        (_file(FileSystemOperation.SIZE_IN_MB, value="large"), "not a whole number"),
        (_file(FileSystemOperation.CREATED_DATE, value="today"), "not a date"),
        (_file(FileSystemOperation.SIZE_IN_MB, Operator.NOT_CONFIGURED, "1"), "no operator"),
        (_file(FileSystemOperation.NOT_CONFIGURED), "does not say"),
    ],
)
def test_invalid_file_rule(machine, rule, problem):
    """A rule that cannot be evaluated says why."""
    assert problem in (look(rule, machine, SYSTEM).problem or "")


def test_file_that_must_not_exist(machine):
    """As a detection rule this is broken: absent is not detected, present cannot be evaluated (observed)."""
    rule = _file(FileSystemOperation.DOES_NOT_EXIST)
    assert (False, None) == (look(rule, machine, SYSTEM).is_met, look(rule, machine, SYSTEM).problem)
    machine.files.write(rf"{FOLDER}\app.exe", b"")
    assert "not to exist" in (look(rule, machine, SYSTEM).problem or "")


def test_requirement_that_a_file_does_not_exist(machine):
    """As a requirement it works."""
    rule = _file(FileSystemOperation.DOES_NOT_EXIST, rule_type=RuleType.REQUIREMENT)
    assert look(rule, machine, SYSTEM).is_met
    machine.files.write(rf"{FOLDER}\app.exe", b"")
    assert not look(rule, machine, SYSTEM).is_met


@pytest.mark.parametrize(
    ("check_32_bit", "architecture", "expected"),
    [
        (False, Architecture.X64, r"C:\Program Files\Contoso\app.exe"),
        (True, Architecture.X64, r"C:\Program Files (x86)\Contoso\app.exe"),
        (False, Architecture.X86, r"C:\Program Files\Contoso\app.exe"),
        (True, Architecture.X86, r"C:\Program Files\Contoso\app.exe"),
    ],
)
def test_variables_have_the_width_of_the_rule(make_stage, check_32_bit, architecture, expected):
    """Variables are expanded as in a process of the rule's width, not the agent's (observed)."""
    machine = make_stage(facts=make_facts(architecture)).machine
    rule = _file(path="%programFILES%/Contoso/", check_32_bit_on_64_system=check_32_bit)
    assert expected == rule_path(rule, machine, SYSTEM)


def test_file_lines(machine):
    """The log's lines are those of real devices; a 64-bit look switches redirection off."""
    missing = [text for _, text in look(_file(), machine, SYSTEM).notes]
    assert [
        "[Win32App] Disable Wow64FsRedirection",
        rf"[Win32App] Path doesn't exists: {FOLDER}\app.exe applicationDetected: False",
        "[Win32App] Revert Wow64FsRedirection",
    ] == missing
    machine.files.write(rf"{FOLDER}\app.exe", b"")
    narrow = [text for _, text in look(_file(check_32_bit_on_64_system=True), machine, SYSTEM).notes]
    assert [rf"[Win32App] Checked filePath: {FOLDER}\app.exe, Exists: True, applicationDetected: True"] == narrow


def test_path_that_windows_cannot_have(machine):
    """An impossible path is not there."""
    assert not look(_file(path='C:\\a"b'), machine, SYSTEM).is_met


def test_folder_without_the_file(machine):
    """The evidence says whether the folder is there."""
    machine.files.make_folder(FOLDER)
    assert "the folder, without it" == look(_file(), machine, SYSTEM).evidence.found


# Products


def _install(machine, version="1.2.3"):
    path = RegistryPath(Hive.HKLM, rf"{UNINSTALL}\{CODE}")
    machine.registry.set(path, "WindowsInstaller", RegistryValue.of(1))
    machine.registry.set(path, "DisplayVersion", RegistryValue.of(version))


@pytest.mark.parametrize(
    ("operator", "version", "expected"),
    [
        (Operator.NOT_CONFIGURED, None, True),
        (Operator.EQUAL, "1.2.3", True),
        (Operator.GREATER_THAN_OR_EQUAL, "1.10", False),
    ],
)
def test_product_version(machine, operator, version, expected):
    """A product is detected by its code, and by its version if that is asked for."""
    _install(machine)
    rule = ProductCodeRule(product_code=CODE, product_version_operator=operator, product_version=version)
    finding = look(rule, machine, SYSTEM)
    assert expected is finding.is_met
    assert f"applicationDetected: {expected}" in finding.notes[-1][1]


def test_missing_product(machine):
    """A missing product is asked for with and without braces, and the log says so (seen)."""
    finding = look(ProductCodeRule(product_code=CODE), machine, SYSTEM)
    assert not finding.is_met
    bare = CODE.strip("{}")
    assert (
        (2, f"CheckProductCodeExists fails with product code {CODE}, errorCode = 1605, try without brace"),
        (3, f"CheckProductCodeExists fails with product code {bare}, errorCode = 87"),
        (1, f"[Win32App] Checked ProductCode {CODE}, Cannot find, applicationDetected: False"),
    ) == finding.notes


# Processes and scripts


def test_process_rule(machine):
    """A process rule, which is ours, asks whether a program runs."""
    runs = ProcessRule(process_name="setup.exe")
    absent = ProcessRule(process_name="setup.exe", operation_type=ProcessOperation.DOES_NOT_EXIST)
    assert (False, True) == (look(runs, machine, SYSTEM).is_met, look(absent, machine, SYSTEM).is_met)
    machine.files.write(r"C:\setup.exe", b"")
    machine.programs["setup.exe"] = Installer.hangs()
    machine.processes.start(Command(command_line=r"C:\setup.exe", working_directory="C:\\"))
    assert (True, False) == (look(runs, machine, SYSTEM).is_met, look(absent, machine, SYSTEM).is_met)
    assert "not of Intune" in look(runs, machine, SYSTEM).notes[0][1]


def test_scripts_are_not_looked_at(machine):
    """A script has to be run; looking at it is a mistake."""
    with pytest.raises(TypeError, match="not looked at but run"):
        look(PowerShellScriptRule(script_content=b""), machine, SYSTEM)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (_registry(), "value 'Version' exists"),
        (_registry(RegistryOperation.DOES_NOT_EXIST, name=""), "the key does not exist"),
        (_registry(RegistryOperation.STRING, value="x", name=""), "default value as string = x"),
        (_file(FileSystemOperation.VERSION, Operator.LESS_THAN, "2"), "version < 2"),
        (_file(FileSystemOperation.SIZE_IN_MB, Operator.EQUAL, "3"), "size in MB = 3"),
        (ProductCodeRule(product_code="{1}"), "product {1}"),
        (
            ProductCodeRule(product_code="{1}", product_version="2", product_version_operator=Operator.GREATER_THAN),
            "product {1}, version > 2",
        ),
        (
            ProcessRule(process_name="a.exe", operation_type=ProcessOperation.DOES_NOT_EXIST),
            "process a.exe does not run (a rule of ime-harness, not of Intune)",
        ),
    ],
)
def test_rules_in_words(machine, rule, words):
    """The evidence says in words what the rule asks for."""
    finding = look(rule, machine, SYSTEM)
    assert words == finding.evidence.wanted
    assert str(finding).startswith("met: " if finding.is_met else "not met: ")
