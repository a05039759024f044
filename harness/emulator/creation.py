"""What CreateProcess decides before there is a process: the program, its rights, its variables.

Source: learn.microsoft.com, CreateProcessW, "Environment Variables" (a child inherits its parent's block),
CreateEnvironmentBlock (what somebody else's process gets), "How User Account Control works" (740), winerror.h; the
order in which things are looked at is from memory.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.emulator.cmd.implied import by_command_processor
from harness.emulator.environment import inherited
from harness.emulator.faults import Operation
from harness.emulator.lookup import Image, find_image
from harness.emulator.manifests import ExecutionLevel, execution_level, looks_like_an_installer
from harness.emulator.process_view import view_of
from harness.emulator.programs import Program
from harness.emulator.unknown_programs import check_is_startable, not_emulated
from harness.emulator.variables import Variables
from harness.errors import MachineError
from harness.model.commands import Command, ProcessInfo
from harness.model.windows import Bits, Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["Plan", "Parent", "plan", "block_for"]

_POLICIES = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What a process has from the one that starts it.

    Attributes:
        info: its row of the process table.
        environment: its variables.
    """

    info: ProcessInfo
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A process that can be started.

    Attributes:
        command: what was asked for, with the rights that the process gets.
        image: its file.
        program: what the file does.
        environment: its variables.
    """

    command: Command
    image: Image
    program: Program
    environment: Variables


def plan(machine: EmulatedMachine, command: Command, parent: Parent | None) -> Plan:
    """Decide what a command starts.

    Args:
        machine: where.
        command: what is asked for.
        parent: the process that starts it; None when it is not on the process table.

    Raises:
        MachineError: 2, 3, 5, 87, 193, 206, 216 as `find_image` and Windows have it, 267 when the working folder is not
            there, 740 when the program asks for more rights than the command has, 1008 when nobody is signed in to the
            session, 1115 while the machine restarts, or what a fault says.
        NotEmulated: when nothing says what the program does.
    """
    _check_session(machine, command)
    inherits = parent if parent and parent.info.account.sid == command.account.sid else None
    image = find_image(
        command,
        files=machine.files,
        facts=machine.facts,
        environment=inherits.environment if inherits else machine.environment(command.account, command.parent_bits),
        parent_image=parent.info.image_path if parent else None,
    )
    check_is_startable(image)
    if command.account.is_administrator and not command.token.has_all_rights and not _is_on(machine, "EnableLUA"):
        command = replace(command, is_elevated=True)
    if not command.token.has_all_rights:
        _check_elevation(machine, image, command)
    if machine.faults:
        machine.faults.strike(Operation.START_PROCESS, image.path)
    program = machine.programs.find(image.path)
    if program is None and image.path.lower().endswith((".bat", ".cmd")):
        return plan(machine, by_command_processor(command), parent)
    if program is None:
        raise not_emulated(image, command)
    _check_folder(machine, command)
    return Plan(
        command=command, image=image, program=program, environment=block_for(machine, command, image.bits, parent)
    )


def block_for(machine: EmulatedMachine, command: Command, bits: Bits, parent: Parent | None) -> Variables:
    """Return the variables of a new process: its parent's, or when that is somebody else, what the registry says.

    Args:
        machine: where.
        command: what is started; its variables come on top.
        bits: how wide the process is.
        parent: the process that starts it; None when it is not on the process table.
    """
    if parent and parent.info.account.sid == command.account.sid:
        return Variables(inherited(parent.environment, machine.facts, bits), command.environment)
    return Variables(machine.environment(command.account, bits), command.environment)


def _check_session(machine: EmulatedMachine, command: Command) -> None:
    if machine.power.is_down:
        raise MachineError(1115, "a system shutdown is in progress", command.command_line)
    sessions = machine.sessions.signed_in()
    if command.session_id and all(session.id != command.session_id for session in sessions):
        raise MachineError(1008, f"nobody is signed in to session {command.session_id}", command.command_line)


def _check_elevation(machine: EmulatedMachine, image: Image, command: Command) -> None:
    """Refuse a program that asks for an administrator, or looks as if it needed one."""
    if not image.is_program or not _is_on(machine, "EnableLUA"):
        return
    with machine.files.open(image.path) as file:
        level = execution_level(file)
    account = command.account
    match level:
        case ExecutionLevel.REQUIRE_ADMINISTRATOR:
            why = "its manifest asks for an administrator"
        case ExecutionLevel.HIGHEST_AVAILABLE if account.is_administrator:
            why = "its manifest asks for all rights that the user can have"
        case None if image.bits == 32 and looks_like_an_installer(image.path):  # noqa: PLR2004 - the width
            if not _is_on(machine, "EnableInstallerDetection"):
                return
            why = (
                "Windows takes it for an installer by its name, since it has no manifest that says what rights it needs"
            )
        case _:
            return
    name = ntpath.basename(image.path)
    message = f"the requested operation requires elevation, {account} starts {name} without it and {why}"
    raise MachineError(740, message, image.path)


def _is_on(machine: EmulatedMachine, policy: str) -> bool:
    """Return whether a part of User Account Control is switched on, as it is on a client unless somebody changed it."""
    value = machine.registry.get(_POLICIES, policy)
    return value is None or value.data != 0


def _check_folder(machine: EmulatedMachine, command: Command) -> None:
    folder = command.working_directory
    try:
        is_folder = machine.files.info(folder, view_of(command.parent_bits, machine.facts)).is_directory
    except MachineError:
        is_folder = False
    if not is_folder:
        raise MachineError(267, "the folder to start the program in is not there", folder)
