"""What every machine must do about the environment variables of processes."""

from __future__ import annotations

import json
from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect
from harness.machine.contract.probing import ended, native_bits, started, told
from harness.model.windows import SYSTEM, Architecture, Hive, RegistryPath, RegistryType, RegistryValue

_BLOCKS = 'learn.microsoft.com, "Environment Variables"'
_CREATED = "learn.microsoft.com, CreateEnvironmentBlock"
_SET = "learn.microsoft.com, SetEnvironmentVariableW"
_WOW64 = 'learn.microsoft.com, "WOW64 Implementation Details"'
_MEMORY = "from memory of Windows 10 and 11"

_SYSTEM_KEY = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
_NAME = "ImeHarnessContract"
_PROCESSORS = {Architecture.X86: "x86", Architecture.X64: "AMD64", Architecture.ARM64: "ARM64"}


@behaviour("environment.names.case", source=_BLOCKS)
def check_names_without_regard_to_case(machine: Examinee) -> None:
    """A variable is found under any spelling of its name."""
    (one, other) = told(machine, "env:SystemRoot env:SYSTEMROOT")
    expect(one, other)
    expect(True, bool(one))


@behaviour("environment.missing", source=_BLOCKS)
def check_missing_variable(machine: Examinee) -> None:
    """A variable that nobody set is not there."""
    expect([None], told(machine, f"env:{_NAME}"))


@behaviour("environment.set.own", source=_SET)
def check_process_changes_its_own(machine: Examinee) -> None:
    """A process can set a variable of its own, and replace it under another spelling of its name."""
    words = f"set:{_NAME}=1 set:{_NAME.upper()}=2 env:{_NAME}"
    expect(["2"], told(machine, words))


@behaviour("environment.set.nobody-else", source=_SET)
def check_change_stays_in_the_process(machine: Examinee) -> None:
    """What one process sets is not in others that it did not start."""
    told(machine, f"set:{_NAME}=1")
    expect([None], told(machine, f"env:{_NAME}"))


@behaviour("environment.inherited", source=_BLOCKS)
def check_child_inherits(machine: Examinee) -> None:
    """A child inherits its parent's variables, those too that the parent has changed since its start."""
    child = f'"spawn:{machine.probe} require:{_NAME}=1" wait'
    expect(0, told(machine, f"set:{_NAME}=1 {child}")[1])
    expect(1, told(machine, child)[1])


@behaviour("environment.inherited.copy", source=_BLOCKS)
def check_child_has_a_copy(machine: Examinee) -> None:
    """A parent's change reaches no child that runs already."""
    words = f'set:{_NAME}=1 "spawn:{machine.probe} sleep:3 require:{_NAME}=1" set:{_NAME}=2 wait'
    expect(0, told(machine, words)[1])


@behaviour("environment.inherited.old", source=_BLOCKS)
def check_running_process_keeps_its_block(machine: Examinee) -> None:
    """What is written to the registry is not in processes that run, nor in what they start."""
    words = f'sleep:4 env:{_NAME} "spawn:{machine.probe} require:{_NAME}=" wait'
    with_variable = told_while_set(machine, words)
    expect([None, 0], [with_variable[0], with_variable[2]])


@behaviour("environment.registry", source=_CREATED)
def check_new_block_has_what_the_registry_says(machine: Examinee) -> None:
    """A new block holds what is in the machine's Environment key; expandable texts are expanded."""
    try:
        machine.registry.set(_SYSTEM_KEY, _NAME, RegistryValue(RegistryType.REG_EXPAND_SZ, r"%SystemRoot%\x"))
        variables = machine.environment(SYSTEM, native_bits(machine))
    finally:
        machine.registry.delete_value(_SYSTEM_KEY, _NAME)
    expect(r"C:\WINDOWS\X", variables[_NAME].upper())


@behaviour("environment.registry.user", source=_CREATED, needs=[Capability.OTHER_ACCOUNTS])
def check_users_variables_replace_the_systems(machine: Examinee) -> None:
    """A user's variable replaces the machine's of that name, for that user only; Path is the machine's, then theirs."""
    user, bits = machine.standard_user, native_bits(machine)
    users_key = RegistryPath(Hive.HKU, rf"{user.sid}\Environment")
    path = machine.registry.get(users_key, "Path")
    try:
        for key, value in ((_SYSTEM_KEY, "machine"), (users_key, "user")):
            machine.registry.set(key, _NAME, RegistryValue.of(value))
        machine.registry.set(users_key, "Path", RegistryValue.of(r"C:\Mine"))
        own, systems = machine.environment(user, bits), machine.environment(SYSTEM, bits)
    finally:
        for key in (_SYSTEM_KEY, users_key):
            machine.registry.delete_value(key, _NAME)
        if path:
            machine.registry.set(users_key, "Path", path)
        else:
            machine.registry.delete_value(users_key, "Path")
    expect(("user", "machine"), (own[_NAME], systems[_NAME]))
    first, _, last = own["Path"].rpartition(";")
    expect((True, r"C:\Mine"), (bool(first), last))


@behaviour("environment.user", source=_MEMORY, needs=[Capability.OTHER_ACCOUNTS])
def check_users_folders(machine: Examinee) -> None:
    """A user's variables name the profile and folders in it."""
    user = machine.standard_user
    variables = machine.environment(user, native_bits(machine))
    expect(user.profile.upper(), variables["USERPROFILE"].upper())
    expect(user.name.upper(), variables["USERNAME"].upper())
    expect(rf"{user.profile}\AppData\Roaming".upper(), variables["APPDATA"].upper())
    expect(rf"{user.profile}\AppData\Local".upper(), variables["LOCALAPPDATA"].upper())
    expect(user.profile.upper(), f"{variables['HOMEDRIVE']}{variables['HOMEPATH']}".upper())


@behaviour("environment.system.name", source=_MEMORY)
def check_system_is_the_computer(machine: Examinee) -> None:
    """SYSTEM's user name is the computer's with a dollar sign."""
    variables = machine.environment(SYSTEM, native_bits(machine))
    expect(f"{variables['COMPUTERNAME']}$", variables["USERNAME"])


@behaviour("environment.machine", source=_MEMORY)
def check_what_everybody_has(machine: Examinee) -> None:
    """Every process knows the Windows folder, the processor, the extensions of programs and the command processor."""
    variables = machine.environment(SYSTEM, native_bits(machine))
    expect(r"C:\WINDOWS", variables["SystemRoot"].upper())
    expect(variables["SystemRoot"].upper(), variables["windir"].upper())
    expect("Windows_NT", variables["OS"])
    expect(_PROCESSORS[machine.facts.architecture], variables["PROCESSOR_ARCHITECTURE"])
    expect([".COM", ".EXE", ".BAT", ".CMD"], variables["PATHEXT"].upper().split(";")[:4])
    expect(r"C:\WINDOWS\SYSTEM32\CMD.EXE", variables["ComSpec"].upper())


@behaviour("environment.path", source=_MEMORY)
def check_path_begins_with_windows(machine: Examinee) -> None:
    """The folders of Windows and of PowerShell are on the path."""
    folders = [
        folder.rstrip("\\").upper() for folder in machine.environment(SYSTEM, native_bits(machine))["Path"].split(";")
    ]
    for folder in (r"C:\WINDOWS\SYSTEM32", r"C:\WINDOWS", r"C:\WINDOWS\SYSTEM32\WINDOWSPOWERSHELL\V1.0"):
        expect(True, folder in folders)


@behaviour("environment.width.child", source=_WOW64, needs=[Capability.WOW64])
def check_child_of_another_width(machine: Examinee) -> None:
    """A 32-bit child of a 64-bit process has the variables of its width, and its 64-bit child those of that width."""
    own = _PROCESSORS[machine.facts.architecture]
    narrow = f"require:PROCESSOR_ARCHITECTURE=x86 require:PROCESSOR_ARCHITEW6432={own}"
    expect(0, told(machine, f'"spawn:{machine.probe_32} {narrow}" wait')[1])
    expect(0, _first_code(machine, f"require:PROCESSOR_ARCHITECTURE={own} require:PROCESSOR_ARCHITEW6432="))


@behaviour("environment.width.same", source=_WOW64, needs=[Capability.WOW64])
def check_what_does_not_depend_on_the_width(machine: Examinee) -> None:
    """System folders and the user's are written alike in both widths, though they lead elsewhere."""
    wide, narrow = machine.environment(SYSTEM, 64), machine.environment(SYSTEM, 32)
    for name in ("ComSpec", "USERPROFILE", "LOCALAPPDATA", "TEMP", "Path", "ProgramData"):
        expect(wide[name], narrow[name])


def told_while_set(machine: Examinee, words: str) -> list[object]:
    """Return what a probe tells that was started before the machine's key got the variable."""
    process = started(machine, f"{machine.probe} {words}")
    machine.pass_time(timedelta(seconds=1))
    try:
        machine.registry.set(_SYSTEM_KEY, _NAME, RegistryValue.of("new"))
        how = ended(machine, process)
    finally:
        machine.registry.delete_value(_SYSTEM_KEY, _NAME)
    return [json.loads(line) for line in how.stdout.splitlines()]


def _first_code(machine: Examinee, words: str) -> int:
    """Return how a native child of a 32-bit process ends."""
    process = started(machine, f'{machine.probe_32} "spawn:{machine.probe} {words}" wait')
    return int(ended(machine, process).stdout.split()[1])
