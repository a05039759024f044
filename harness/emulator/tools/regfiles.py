r"""`reg export`, `import`, `save`, `restore`, `load` and `unload`: the registry and files.

That `reg import` says on the standard error stream that it succeeded is a peculiarity of the real one.

Source: learn.microsoft.com, "reg export", "reg import", "reg save", "reg load", "reg unload"; the texts of the errors
are from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.emulator.process_view import view_of
from harness.emulator.tools.failures import ToolFailure, not_modelled
from harness.emulator.tools.regarguments import FAILED, Verb, bad_syntax, parse, parse_key, refused
from harness.emulator.tools.regediting import agrees
from harness.errors import FormatError, MachineError
from harness.model.windows import Hive, RegistryPath, View

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["export", "import_file", "save", "restore", "load", "unload"]

_EXPORT = Verb(name="EXPORT", operands=2, flags=("y",))
_IMPORT = Verb(name="IMPORT", operands=1)
_SAVE = Verb(name="SAVE", operands=2, flags=("y",))
_LOAD = Verb(name="LOAD", operands=2)
_UNLOAD = Verb(name="UNLOAD", operands=1)

_DONE = "The operation completed successfully."
_NO_PRIVILEGE = "ERROR: A required privilege is not held by the client."
_ALREADY_EXISTS = 183


def export(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Write a key with all below it into a `.reg` file.

    Raises:
        ToolFailure: when there is no such key, or the file cannot be written.
    """
    command = parse(_EXPORT, arguments)
    key = parse_key(run, _EXPORT, command.operands[0])
    path = command.operands[1]
    registry = run.machine.registry.of_token(run.token)
    data = registry.export_reg(key, command.view or _view(run))
    _may_overwrite(run, path, is_agreed=command.has("y"))
    try:
        with run.files.open(path, "wb") as file:
            file.write(data)
    except MachineError as error:
        raise ToolFailure(
            FAILED, "ERROR: Unable to write to the file. There may be a disk or file system error."
        ) from (error)
    run.print(_DONE)
    return 0


def import_file(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Do what a `.reg` file says.

    Raises:
        ToolFailure: when there is no such file, it does not read, or the registry refuses something.
    """
    command = parse(_IMPORT, arguments)
    path = command.operands[0]
    try:
        data = run.files.read(path)
    except MachineError as error:
        message = "ERROR: Error opening the file. There may be a disk or file system error."
        raise ToolFailure(FAILED, message) from error
    registry = run.machine.registry.of_token(run.token)
    try:
        registry.import_reg(data, source=path, view=command.view or _view(run))
    except FormatError as error:
        raise not_modelled(
            run,
            f"the parts of a .reg file that read, when others do not: {error}",
            "Windows leaves the bad lines out and goes on; mend the file, so that nothing of it gets lost",
        ) from error
    except MachineError as error:
        raise ToolFailure(FAILED, "ERROR: Error accessing the registry.") from error
    run.print_error(_DONE)
    return 0


def save(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Write a key with all below it into a hive file.

    Raises:
        ToolFailure: when the process may not, or there is no such key.
    """
    command = parse(_SAVE, arguments)
    key = parse_key(run, _SAVE, command.operands[0])
    path = command.operands[1]
    _check_privilege(run)
    run.registry.values(key, command.view)
    _may_overwrite(run, path, is_agreed=command.has("y"))
    if run.files.exists(path):
        run.files.delete(path)
    winreg = _winreg(run)
    access = winreg.KEY_READ | (winreg.KEY_WOW64_32KEY if command.view is View.VIEW_32 else 0)
    access |= winreg.KEY_WOW64_64KEY if command.view is View.VIEW_64 else 0
    with winreg.OpenKey(getattr(winreg, key.hive.value), key.key, 0, access) as handle:
        winreg.SaveKey(handle, run.files.resolve(path))
    run.print(_DONE)
    return 0


def restore(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Put a hive file in the place of a key, which the machine does not do.

    Raises:
        NotEmulated: always.
    """
    parse(Verb(name="RESTORE", operands=2), arguments)
    raise not_modelled(run, "reg restore", "load the file with reg load, and copy the keys with reg copy")


def load(run: ProgramRun, arguments: Sequence[str]) -> int:
    r"""Hang a hive file below HKLM or HKU.

    Raises:
        ToolFailure: when the process may not, the place is taken or none for hives, or the file is no hive.
    """
    command = parse(_LOAD, arguments)
    key = _place_of_hive(run, _LOAD, command.operands[0])
    path = command.operands[1]
    _check_privilege(run)
    winreg = _winreg(run)
    try:
        winreg.LoadKey(getattr(winreg, key.hive.value), key.key, run.files.resolve(path))
    except OSError as error:
        code = getattr(error, "winerror", 0)
        if code == _ALREADY_EXISTS:  # an existing key is told as access denied (from memory)
            raise ToolFailure(FAILED, "ERROR: Access is denied.") from error
        raise refused(MachineError(code, str(error), path)) from error
    run.print(_DONE)
    return 0


def unload(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Take a hive away that was loaded, and write its file.

    Raises:
        ToolFailure: when the process may not, or there is no such hive.
    """
    command = parse(_UNLOAD, arguments)
    key = _place_of_hive(run, _UNLOAD, command.operands[0])
    _check_privilege(run)
    run.machine.registry.unmount(key)
    run.print(_DONE)
    return 0


def _place_of_hive(run: ProgramRun, verb: Verb, text: str) -> RegistryPath:
    key = parse_key(run, verb, text)
    if key.hive not in (Hive.HKLM, Hive.HKU) or len(key.parts) != 1:
        raise bad_syntax(verb, "ERROR: Invalid key name.")
    return key


def _check_privilege(run: ProgramRun) -> None:
    if not run.token.has_all_rights:
        raise ToolFailure(FAILED, _NO_PRIVILEGE)


def _may_overwrite(run: ProgramRun, path: str, *, is_agreed: bool) -> None:
    if (
        not is_agreed
        and run.files.exists(path)
        and not agrees(run, f"File {path} already exists. Overwrite (Yes/No)?", "/y")
    ):
        raise ToolFailure(FAILED, stdout=("The operation was canceled by the user.",))


def _winreg(run: ProgramRun) -> Any:
    return run.machine.winreg_for(
        run.token,
        run.info.bits,
        run.environment,
        working_directory=run.working_directory,
        enabled_privileges=("SeBackupPrivilege", "SeRestorePrivilege"),
    )


def _view(run: ProgramRun) -> View:
    return view_of(run.info.bits, run.machine.facts)
