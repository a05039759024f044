"""What every machine must do with processes that run and end."""

from __future__ import annotations

import json
from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, Examinee, behaviour, expect, expect_error
from harness.machine.contract.probing import ended, native_bits, probed, started, told
from harness.machine.ports import Process
from harness.model.commands import ProcessInfo
from harness.model.windows import SYSTEM

_EXIT = "learn.microsoft.com, ExitProcess and GetExitCodeProcess"
_TERMINATE = 'learn.microsoft.com, TerminateProcess and "Terminating a Process"'
_INHERIT = 'learn.microsoft.com, "Inheritance" (processes and threads)'
_STREAMS = 'learn.microsoft.com, "Creating a Child Process with Redirected Input and Output"'
_TABLE = "learn.microsoft.com, tool help and PSAPI functions; from memory of Windows 10 and 11"
_IMAGES = "from memory of Windows 10 and 11: the image section of a running program holds its file"
_MUTEX = 'learn.microsoft.com, CreateMutexW, ReleaseMutex and "Kernel object namespaces"'
_RIGHTS = 'learn.microsoft.com, "Process Security and Access Rights"'

_MOMENT = timedelta(seconds=2)


# Exit codes


@behaviour("processes.exit.code", source=_EXIT)
def check_exit_code(machine: Examinee) -> None:
    """A process ends with the code it says, of which 32 bits count without sign."""
    for said, code in (("0", 0), ("3010", 3010), ("4294967295", 2**32 - 1)):
        expect(code, probed(machine, f"exit:{said}").code)


@behaviour("processes.exit.259", source=_EXIT)
def check_259_is_a_code_like_others(machine: Examinee) -> None:
    """A process may end with 259, which GetExitCodeProcess otherwise says of one that runs."""
    expect(259, probed(machine, "exit:259").code)


@behaviour("processes.exit.seen-by-parent", source=_EXIT)
def check_parent_gets_the_exit_code(machine: Examinee) -> None:
    """Whoever started a process can wait for its end and gets its code."""
    expect(17, told(machine, f'"spawn:{machine.probe} exit:17" wait')[1])


@behaviour("processes.wait.time-out", source="learn.microsoft.com, WaitForSingleObject")
def check_waiting_has_a_limit(machine: Examinee) -> None:
    """Waiting with a time limit comes back while the process goes on."""
    process = started(machine, f"{machine.probe} sleep:6 exit:4")
    expect(None, machine.run(process.wait(_MOMENT)))
    expect(True, _runs(machine, process))
    expect(4, ended(machine, process).code)
    expect(4, ended(machine, process).code)


@behaviour("processes.exit.elapsed", source=_EXIT)
def check_how_long_it_ran(machine: Examinee) -> None:
    """The time from start to end is known afterwards."""
    expect(True, timedelta(seconds=3) <= probed(machine, "sleep:3").elapsed < timedelta(seconds=30))


# Streams


@behaviour("processes.streams.apart", source=_STREAMS)
def check_output_and_error_stream(machine: Examinee) -> None:
    """What is written to the standard output and to the error stream arrives apart and in order."""
    how = probed(machine, "print:one error:wrong print:two")
    expect((["one", "two"], ["wrong"]), (how.stdout.splitlines(), how.stderr.splitlines()))


@behaviour("processes.streams.input", source=_STREAMS)
def check_input(machine: Examinee) -> None:
    """A process reads what it is given line by line, and then the end."""
    expect(["first", "second", None], told(machine, "readline readline readline", stdin="first\r\nsecond\r\n"))


@behaviour("processes.streams.no-input", source=_STREAMS)
def check_no_input(machine: Examinee) -> None:
    """A process that is given nothing to read is at the end at once."""
    expect([None], told(machine, "readline"))


@behaviour("processes.streams.of-the-killed", source=_STREAMS)
def check_output_of_a_killed_process(machine: Examinee) -> None:
    """What a process wrote before it was killed has arrived."""
    process = started(machine, f"{machine.probe} print:begun sleep:60 print:done")
    machine.pass_time(_MOMENT)
    process.kill()
    expect(["begun"], ended(machine, process).stdout.splitlines())


# The table


@behaviour("processes.table.while-it-runs", source=_TABLE)
def check_process_is_listed_while_it_runs(machine: Examinee) -> None:
    """A process is on the table from its start to its end, found by its image name in any case."""
    process = started(machine, f"{machine.probe} sleep:60")
    name = process.info.name
    expect(True, process.info.pid in [row.pid for row in machine.processes.running(name.upper())])
    process.kill()
    ended(machine, process)
    expect(False, process.info.pid in [row.pid for row in machine.processes.running(name)])


@behaviour("processes.table.ids", source=_TABLE)
def check_ids_are_multiples_of_four(machine: Examinee) -> None:
    """Process ids are multiples of four, and no two processes have the same."""
    ids = [row.pid for row in machine.processes.running()]
    expect(len(ids), len(set(ids)))
    expect(set(), {pid % 4 for pid in ids} - {0})


@behaviour("processes.table.row", source=_TABLE)
def check_row_says_who_and_what(machine: Examinee) -> None:
    """The row of a process says its command line, account, session, width, folder, rights and start."""
    before = machine.clock.now()
    line = f"{machine.probe} pid session sleep:60"
    process = started(machine, line)
    row = _row(machine, process)
    process.kill()
    expect((line, SYSTEM.sid, 0, native_bits(machine)), (row.command_line, row.account.sid, row.session_id, row.bits))
    expect((FOLDER, True), (row.working_directory.rstrip("\\"), row.is_elevated))
    expect(True, before - _MOMENT <= row.started <= machine.clock.now())


@behaviour("processes.table.own-view", source=_TABLE)
def check_process_knows_itself(machine: Examinee) -> None:
    """A process sees the same id, session and image as others see."""
    process = started(machine, f"{machine.probe} pid session image bits")
    pid, session, image, bits = map(json.loads, ended(machine, process).stdout.splitlines())
    info = process.info
    expect((info.pid, info.session_id, info.bits), (pid, session, bits))
    expect(info.image_path.upper(), image.upper())


@behaviour("processes.table.windows-itself", source=_TABLE)
def check_windows_own_processes(machine: Examinee) -> None:
    """The service control manager and the security authority run as SYSTEM in session 0."""
    for name in ("services.exe", "lsass.exe"):
        (row,) = machine.processes.running(name)
        expect((SYSTEM.sid, 0), (row.account.sid, row.session_id))


@behaviour("processes.table.account", source=_RIGHTS, needs=[Capability.OTHER_ACCOUNTS])
def check_process_of_a_user(machine: Examinee) -> None:
    """A process runs as the account it is started for."""
    process = started(machine, f"{machine.probe} account", account=machine.standard_user)
    (name,) = map(json.loads, ended(machine, process).stdout.splitlines())
    expect(machine.standard_user.sid, process.info.account.sid)
    expect(str(machine.standard_user).upper(), name.upper())


# Parents and children


@behaviour("processes.children.parent", source=_INHERIT)
def check_child_knows_its_parent(machine: Examinee) -> None:
    """A child's parent is the process that started it; it runs as the same account, in the same folder."""
    parent, child = _family(machine)
    row = _row_of(machine, child)
    expect((parent.info.pid, SYSTEM.sid, FOLDER), (row.parent_pid, row.account.sid, row.working_directory.rstrip("\\")))
    parent.kill(tree=True)


@behaviour("processes.children.outlive", source=_TERMINATE)
def check_children_outlive_their_parent(machine: Examinee) -> None:
    """Killing a process leaves what it started running, still with its parent's id."""
    parent, child = _family(machine)
    parent.kill()
    ended(machine, parent)
    row = _row_of(machine, child)
    expect(parent.info.pid, row.parent_pid)
    expect([0], told(machine, f"kill:{child}"))
    expect([], [one for one in machine.processes.running() if one.pid == child])


@behaviour("processes.children.tree", source='learn.microsoft.com, "taskkill" (/T)')
def check_tree_is_killed(machine: Examinee) -> None:
    """Killing a tree ends what the process started too."""
    parent, child = _family(machine)
    parent.kill(tree=True)
    expect(1, ended(machine, parent).code)
    expect([], [one for one in machine.processes.running() if one.pid == child])


@behaviour("processes.children.normal-end", source=_TERMINATE)
def check_children_outlive_a_normal_end(machine: Examinee) -> None:
    """A child goes on when its parent ends by itself."""
    process = started(machine, f'{machine.probe} "spawn:{machine.probe} sleep:60" exit:0')
    (child,) = map(json.loads, ended(machine, process).stdout.splitlines())
    expect(process.info.pid, _row_of(machine, child).parent_pid)
    expect([0], told(machine, f"kill:{child}"))


# Killing


@behaviour("processes.kill.again", source=_TERMINATE)
def check_killing_what_has_ended(machine: Examinee) -> None:
    """Killing a process that has ended changes nothing about how it ended."""
    process = started(machine, f"{machine.probe} exit:5")
    ended(machine, process)
    process.kill()
    expect(5, ended(machine, process).code)


@behaviour("processes.kill.unknown", source=_RIGHTS)
def check_killing_an_unknown_id(machine: Examinee) -> None:
    """A process id that there is not is a bad parameter."""
    expect([87], told(machine, "kill:99999996"))


@behaviour("processes.kill.rights", source=_RIGHTS, needs=[Capability.OTHER_ACCOUNTS])
def check_users_cannot_kill_system(machine: Examinee) -> None:
    """A standard user, and an administrator with a filtered token, may not end a process of SYSTEM."""
    process = started(machine, f"{machine.probe} sleep:60")
    for account in (machine.standard_user, machine.administrator):
        expect([5], told(machine, f"kill:{process.info.pid}", account=account))
    expect(True, _runs(machine, process))
    expect([0], told(machine, f"kill:{process.info.pid}", account=machine.administrator, is_elevated=True))
    expect(False, _runs(machine, process))


@behaviour("processes.kill.own", source=_RIGHTS, needs=[Capability.OTHER_ACCOUNTS])
def check_users_can_kill_their_own(machine: Examinee) -> None:
    """A standard user may end a process of their own."""
    process = started(machine, f"{machine.probe} sleep:60", account=machine.standard_user)
    expect([0], told(machine, f"kill:{process.info.pid}", account=machine.standard_user))
    expect(False, _runs(machine, process))


# What a process holds


@behaviour("processes.holds.own-image", source=_IMAGES)
def check_running_program_cannot_be_deleted(machine: Examinee) -> None:
    """The file of a running program cannot be deleted (5) or written (32), but renamed; afterwards it can."""
    path = rf"{FOLDER}\tool.exe"
    machine.files.make_folder(FOLDER)
    machine.put_probe(path)
    process = started(machine, f"{path} sleep:60")
    try:
        with expect_error(5):
            machine.files.delete(path)
        with expect_error(32):
            machine.files.open(path, "r+b").close()
        machine.files.move(path, rf"{FOLDER}\renamed.exe")
    finally:
        process.kill()
        ended(machine, process)
    machine.files.delete(rf"{FOLDER}\renamed.exe")
    expect(False, machine.files.exists(rf"{FOLDER}\renamed.exe"))


@behaviour("processes.holds.open-files", source="learn.microsoft.com, CreateFileW (share modes), ExitProcess")
def check_open_file_is_let_go_at_the_end(machine: Examinee) -> None:
    """A file that a process holds open cannot be deleted (32) until it ends, however it ends."""
    path = rf"{FOLDER}\held.txt"
    machine.files.make_folder(FOLDER)
    machine.files.open(path, "wb").close()
    process = started(machine, f"{machine.probe} hold:{path} sleep:60")
    machine.pass_time(_MOMENT)
    with expect_error(32):
        machine.files.delete(path)
    process.kill()
    ended(machine, process)
    machine.files.delete(path)
    expect(False, machine.files.exists(path))


@behaviour("processes.mutex.one-owner", source=_MUTEX)
def check_mutex_has_one_owner(machine: Examinee) -> None:
    """A mutex that one process owns is not had by another, until the owner gives it back or ends."""
    name = r"Global\ImeHarnessContract"
    process = started(machine, f"{machine.probe} lock:{name} sleep:60")
    machine.pass_time(_MOMENT)
    expect([False], told(machine, f"lock:{name}"))
    process.kill()
    ended(machine, process)
    expect([True], told(machine, f"lock:{name}"))


@behaviour("processes.mutex.namespaces", source=_MUTEX)
def check_local_name_is_global_in_session_0(machine: Examinee) -> None:
    """In session 0 a name without prefix, a local and a global one are the same mutex; again for its owner."""
    words = " ".join(rf"lock:{prefix}ImeHarnessContract" for prefix in ("", "Local\\", "Global\\"))
    process = started(machine, f"{machine.probe} {words} sleep:60")
    machine.pass_time(_MOMENT)
    expect([False], told(machine, r"lock:Global\ImeHarnessContract"))
    process.kill()
    expect(["true"] * 3, ended(machine, process).stdout.split())


def _family(machine: Examinee) -> tuple[Process, int]:
    """Start a process with a child, and return it and the child's id."""
    parent = started(machine, f'{machine.probe} "spawn:{machine.probe} sleep:60" sleep:60')
    machine.pass_time(_MOMENT)
    (child,) = [row.pid for row in machine.processes.running() if row.parent_pid == parent.info.pid]
    return parent, child


def _row_of(machine: Examinee, pid: int) -> ProcessInfo:
    return next(row for row in machine.processes.running() if row.pid == pid)


def _row(machine: Examinee, process: Process) -> ProcessInfo:
    return _row_of(machine, process.info.pid)


def _runs(machine: Examinee, process: Process) -> bool:
    return any(row.pid == process.info.pid for row in machine.processes.running())
