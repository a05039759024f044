r"""Looking at a rule: whether it holds on this machine, and the evidence.

One function per type of rule; nothing here changes the machine. Scripts are not looked at but run, see
`harness.agent.scripts`. Source of the semantics: controlled experiments on Windows 11 24H2 (IntuneScriptLab) and lines
of real logs; what is neither is marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from harness.agent.comparisons import (
    Incomparable,
    compare,
    compare_text,
    compare_versions,
    read_date,
    read_integer,
)
from harness.agent.findings import Evidence, Finding, LogNote
from harness.agent.products import find_product
from harness.agent.rulewords import comparison_note, describe_wanted, invalid, verdict_word
from harness.formats import wirenumbers as wire
from harness.formats.commandline import expand_environment
from harness.machine.ports import Machine
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    ProcessOperation,
    ProcessRule,
    ProductCodeRule,
    RegistryOperation,
    RegistryRule,
    Rule,
    RuleType,
)
from harness.model.windows import Account, Bits, RegistryPath, RegistryValue

__all__ = ["look", "rule_path"]

_MIB = 1024 * 1024
_EXISTENCE = (RegistryOperation.EXISTS, RegistryOperation.DOES_NOT_EXIST)

#: Observed: present file -> action status Failed, NotComputed, 0x87D30004; absent file -> not detected.
_NOT_EXIST_IS_BROKEN = "the agent cannot evaluate a detection rule that asks for a file not to exist"


class _RuleValueError(Exception):
    """The value a rule compares with does not read, so the rule is invalid whatever is found."""


@singledispatch
def look(rule: Rule, machine: Machine, account: Account) -> Finding:
    """Return whether a rule holds for a process of that account, with the evidence.

    Raises:
        TypeError: for a type of rule that is not looked at, which is a script.
    """
    raise TypeError(f"{type(rule).__name__} on {machine.facts.name} for {account} is not looked at but run")


@look.register
def _look_at_registry(rule: RegistryRule, machine: Machine, account: Account) -> Finding:
    try:
        key = RegistryPath.parse(rule.key_path)
    except ValueError as error:
        return invalid(rule, rule.key_path, str(error))
    path, view, where = key.of_user(account.sid), rule.view, f"{key} ({rule.view})"
    key_exists = machine.registry.exists(path, view)
    value = machine.registry.get(path, rule.value_name, view) if key_exists else None
    found = _registry_words(rule, value, key_exists=key_exists)
    actual = None
    if rule.operation_type in _EXISTENCE:
        is_there = value is not None if rule.value_name else key_exists
        is_met = is_there is (rule.operation_type is RegistryOperation.EXISTS)
        verb = rule.operation_type.value.replace("doesNotExist", "DoesNotExist").replace("exists", "Exist")
        note = f"[Win32App] To check {verb}, Path: {key}, valueName: {rule.value_name} {verdict_word(rule)}: {is_met}"
    elif value is None:
        is_met = False
        note = f"[Win32App] Path: {key}, valueName: {rule.value_name} is not found, {verdict_word(rule)}: False"
    else:
        actual = str(value)
        try:
            is_met = _compare_registry(rule, actual)
        except _RuleValueError as error:
            return invalid(rule, where, str(error))
        except Incomparable as error:
            is_met, found = False, str(error)
        note = comparison_note(rule, rule.operator, actual, is_met=is_met)
    summary = (
        f"[Win32App] Checked reg path: {key}, name: {rule.value_name}, operator: {wire.OPERATORS[rule.operator]}, "
        f"type: {wire.REGISTRY_OPERATIONS[rule.operation_type]}, value: {rule.comparison_value or ''} , "
        f"result of {verdict_word(rule)}: {is_met}"
    )
    evidence = Evidence(wanted=describe_wanted(rule), where=where, found=found, actual=actual)
    return Finding(rule=rule, is_met=is_met, evidence=evidence, notes=((1, note), (1, summary)))


def _compare_registry(rule: RegistryRule, actual: str) -> bool:
    """Compare a value's data; a text that holds a number counts as one (observed with REG_SZ "42")."""
    wanted, operator = rule.comparison_value or "", _operator_of(rule.operator)
    match rule.operation_type:
        case RegistryOperation.STRING:
            return compare_text(actual, operator, wanted)
        case RegistryOperation.INTEGER:
            limit = _wanted(read_integer, wanted)
            return compare(read_integer(actual), operator, limit)
        case RegistryOperation.VERSION:
            return compare_versions(actual, operator, wanted)
        case _:
            raise _RuleValueError("the rule does not say what it looks for")


@look.register
def _look_at_file(rule: FileSystemRule, machine: Machine, account: Account) -> Finding:
    path = rule_path(rule, machine, account)
    where = f"{path} ({rule.view})"
    exists = machine.files.exists(path, rule.view)
    actual = problem = None
    is_met, found = exists, "it is there" if exists else _missing(machine, path, rule)
    match rule.operation_type:
        case FileSystemOperation.EXISTS:
            pass
        case FileSystemOperation.NOT_CONFIGURED:
            return invalid(rule, where, "the rule does not say what it looks for")
        case FileSystemOperation.DOES_NOT_EXIST if rule.rule_type is RuleType.DETECTION:
            is_met, problem = False, _NOT_EXIST_IS_BROKEN if exists else None
        case FileSystemOperation.DOES_NOT_EXIST:
            is_met = not exists
        case _ if exists:
            try:
                is_met, actual, found = _compare_file(rule, machine, path)
            except _RuleValueError as error:
                return invalid(rule, where, str(error))
        case _:
            pass
    notes = _file_notes(rule, machine, path, actual, exists=exists, is_met=is_met)
    evidence = Evidence(wanted=describe_wanted(rule), where=where, found=found, actual=actual)
    return Finding(rule=rule, is_met=is_met, evidence=evidence, problem=problem, notes=notes)


def _compare_file(rule: FileSystemRule, machine: Machine, path: str) -> tuple[bool, str | None, str]:
    """Compare version, size or date of a file that exists: verdict, value found, and that in words."""
    wanted, operator = rule.comparison_value or "", _operator_of(rule.operator)
    info = machine.files.info(path, rule.view)
    if rule.operation_type is FileSystemOperation.VERSION:
        wanted = _wanted(_version_text, wanted)
        version = None if info.is_directory else machine.files.version(path, rule.view)
        if version is None:
            return False, None, "a file without a version resource"
        return compare_versions(str(version), operator, wanted), str(version), f"version {version}"
    if rule.operation_type is FileSystemOperation.SIZE_IN_MB:
        limit = _wanted(read_integer, wanted)
        if info.is_directory:
            return False, None, "a folder, which has no size"
        size = info.size_bytes // _MIB
        return compare(size, operator, limit), str(size), f"{size} MB ({info.size_bytes} bytes)"
    moment = info.modified if rule.operation_type is FileSystemOperation.MODIFIED_DATE else info.created
    text = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return compare(moment, operator, _wanted(read_date, wanted)), text, text


@look.register
def _look_at_product(rule: ProductCodeRule, machine: Machine, account: Account) -> Finding:
    bare, operator = rule.product_code.strip().strip("{}"), rule.product_version_operator
    product = find_product(machine.registry, rule.product_code, account)
    notes: list[LogNote] = []
    if product is None:
        is_met, found, actual = False, "no such product is installed", None
        notes += [
            (2, f"CheckProductCodeExists fails with product code {{{bare}}}, errorCode = 1605, try without brace"),
            (3, f"CheckProductCodeExists fails with product code {bare}, errorCode = 87"),
            (1, f"[Win32App] Checked ProductCode {{{bare}}}, Cannot find, {verdict_word(rule)}: False"),
        ]
    else:
        is_met, actual = True, product.version
        found = f"version {actual or 'unknown'}"
        if operator is not Operator.NOT_CONFIGURED:
            is_met = compare_versions(actual, operator, rule.product_version or "")
            notes.append((1, comparison_note(rule, operator, actual, is_met=is_met)))
        notes.append((1, f"[Win32App] Checked ProductCode {{{bare}}}, {verdict_word(rule)}: {is_met}"))
    where = "the products of Windows Installer"
    evidence = Evidence(wanted=describe_wanted(rule), where=where, found=found, actual=actual)
    return Finding(rule=rule, is_met=is_met, evidence=evidence, notes=tuple(notes))


@look.register
def _look_at_process(rule: ProcessRule, machine: Machine, account: Account) -> Finding:
    """Ours, not Intune's: the agent has no such rule."""
    del account  # processes of every account count
    running = machine.processes.running(rule.process_name)
    is_met = bool(running) is (rule.operation_type is ProcessOperation.EXISTS)
    pids = ", ".join(str(process.pid) for process in running)
    found = f"running with process id {pids}" if running else "no such process is running"
    note = (
        f"[Win32App] Checked process {rule.process_name} (a rule of ime-harness, not of Intune), "
        f"running: {bool(running)}, {verdict_word(rule)}: {is_met}"
    )
    evidence = Evidence(wanted=describe_wanted(rule), where="the running processes", found=found)
    return Finding(rule=rule, is_met=is_met, evidence=evidence, notes=((1, note),))


def rule_path(rule: FileSystemRule, machine: Machine, account: Account) -> str:
    r"""Return the path a file rule looks at, variables expanded as a process of the rule's width has them.

    Observed: `%ProgramFiles%` is `C:\Program Files` unless `check_32_bit_on_64_system` is set, although the agent is
    a 32-bit process.
    """
    bits: Bits = 32 if rule.check_32_bit_on_64_system or not machine.facts.is_64_bit else 64
    variables = machine.environment(account, bits)
    folder = expand_environment(rule.path.strip(), variables).replace("/", "\\").rstrip("\\")
    name = expand_environment(rule.file_or_folder_name.strip(), variables).strip("\\")
    return f"{folder}\\{name}" if name else folder


def _operator_of(operator: Operator) -> Operator:
    if operator is Operator.NOT_CONFIGURED:
        raise _RuleValueError("the rule has no operator")
    return operator


def _wanted(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except Incomparable as error:
        raise _RuleValueError(str(error)) from None


def _version_text(text: str) -> str:
    if not re.fullmatch(r"\s*[0-9]+(\.[0-9]+){0,3}\s*", text):
        raise Incomparable(f"{text!r} is not a version such as 1.2.3.4")
    return text


def _registry_words(rule: RegistryRule, value: RegistryValue | None, *, key_exists: bool) -> str:
    if not key_exists:
        return "no such key"
    if value is None:
        return f"the key, without value '{rule.value_name}'" if rule.value_name else "the key"
    return f"{value.type.name} {str(value)!r}"


def _missing(machine: Machine, path: str, rule: FileSystemRule) -> str:
    folder = path.rpartition("\\")[0]
    return "the folder, without it" if folder and machine.files.exists(folder, rule.view) else "no such folder"


def _file_notes(
    rule: FileSystemRule, machine: Machine, path: str, actual: str | None, *, exists: bool, is_met: bool
) -> tuple[LogNote, ...]:
    verdict = f"{verdict_word(rule)}: {is_met}"
    if exists:
        notes = [f"[Win32App] Checked filePath: {path}, Exists: True, {verdict}"]
    else:
        notes = [f"[Win32App] Path doesn't exists: {path} {verdict}"]
    if actual is not None:
        notes.insert(0, comparison_note(rule, rule.operator, actual, is_met=is_met))
    if machine.facts.is_64_bit and not rule.check_32_bit_on_64_system:
        notes = ["[Win32App] Disable Wow64FsRedirection", *notes, "[Win32App] Revert Wow64FsRedirection"]
    return tuple((1, note) for note in notes)
