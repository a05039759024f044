"""What every machine's volumes and environment must do."""

from __future__ import annotations

from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, read, write
from harness.machine.ports import Machine
from harness.model.windows import SYSTEM, View

_NAMES = 'learn.microsoft.com, "Naming Files, Paths, and Namespaces"'
_FORMATS = 'learn.microsoft.com, "File path formats on Windows systems"'
_REDIRECTOR = 'learn.microsoft.com, "File System Redirector"'
_WOW64 = 'learn.microsoft.com, "WOW64 Implementation Details"'
_WINE = "observed under Wine 8; the same on Windows from memory"
_MEMORY = "from memory of Windows 10 and 11; winerror.h"

_SYSTEM32 = r"C:\Windows\System32"


@behaviour("files.content.round-trip", source="learn.microsoft.com, WriteFile and ReadFile")
def check_content_reads_back(machine: Machine) -> None:
    """What was written and appended is read, and counted in the size."""
    write(machine)
    with machine.files.open(FILE, "ab") as file:
        file.write(b"+more")
    expect(b"data+more", read(machine, FILE))
    expect(9, machine.files.info(FILE).size_bytes)


@behaviour("files.content.overwrite", source="learn.microsoft.com, CreateFile")
def check_writing_anew_empties_a_file(machine: Machine) -> None:
    """Opening for writing empties what was there."""
    write(machine)
    machine.files.open(FILE, "wb").close()
    expect(0, machine.files.info(FILE).size_bytes)


@behaviour("files.names.case", source=_NAMES)
def check_names_keep_case(machine: Machine) -> None:
    """A file is found under any spelling of its name and keeps the first one."""
    write(machine, rf"{FOLDER}\MixedCase.TXT")
    expect(b"data", read(machine, rf"{FOLDER}\mixedcase.txt".upper()))
    write(machine, rf"{FOLDER}\MIXEDCASE.txt")
    expect(["MixedCase.TXT"], list(machine.files.names(FOLDER)))


@behaviour("files.names.slashes", source=_NAMES)
def check_slashes_are_accepted(machine: Machine) -> None:
    """A slash separates names as a backslash does."""
    write(machine)
    expect(b"data", read(machine, FILE.replace("\\", "/")))


@behaviour("files.names.dots", source=_FORMATS)
def check_dot_names_are_worked_out(machine: Machine) -> None:
    """`.` and `..` are worked out before the path is looked for."""
    write(machine)
    expect(True, machine.files.exists(rf"{FOLDER}\nowhere\..\.\file.txt"))


@behaviour("files.names.trailing", source=_FORMATS)
def check_trailing_dots_and_blanks_are_dropped(machine: Machine) -> None:
    """Dots and blanks at the end of a path do not count."""
    write(machine)
    expect(b"data", read(machine, f"{FILE}. "))


@behaviour("files.names.invalid", source=_NAMES)
def check_invalid_characters(machine: Machine) -> None:
    """A name with a character that no name may have is error 123."""
    for character in '<>"|?*':
        with expect_error(123):
            machine.files.make_folder(rf"{FOLDER}\a{character}b")


@behaviour("files.names.device-folders", source=_MEMORY)
def check_devices_are_no_folders(machine: Machine) -> None:
    """A folder cannot have the name of a device: error 267."""
    with expect_error(267):
        machine.files.make_folder(rf"{FOLDER}\con")


@behaviour("files.names.length", source=_NAMES)
def check_length_of_names(machine: Machine) -> None:
    r"""A name has at most 255 characters, also with \\?\ in front; one more is error 123."""
    machine.files.make_folder("\\\\?\\" + rf"{FOLDER}\{'n' * 255}")
    with expect_error(123):
        machine.files.make_folder("\\\\?\\" + rf"{FOLDER}\{'n' * 256}")


@behaviour("files.errors.missing-file", source=_WINE)
def check_missing_file_and_missing_folder(machine: Machine) -> None:
    """A missing file is error 2, a missing folder above it error 3."""
    machine.files.make_folder(FOLDER)
    with expect_error(2):
        machine.files.open(FILE)
    with expect_error(3):
        machine.files.open(rf"{FOLDER}\nowhere\file.txt")
    with expect_error(3):
        machine.files.open(rf"{FOLDER}\nowhere\file.txt", "wb")


@behaviour("files.errors.folder-as-file", source=_MEMORY)
def check_folder_is_not_opened_as_a_file(machine: Machine) -> None:
    """Opening a folder as a file is error 5."""
    machine.files.make_folder(FOLDER)
    with expect_error(5):
        machine.files.open(FOLDER)


@behaviour("files.errors.listing-a-file", source=_MEMORY)
def check_file_is_not_listed(machine: Machine) -> None:
    """Listing a file is error 267, listing what is not there error 3."""
    write(machine)
    with expect_error(267):
        machine.files.names(FILE)
    with expect_error(3):
        machine.files.names(rf"{FOLDER}\nowhere")


@behaviour("files.errors.folder-over-file", source=_WINE)
def check_folder_is_not_made_over_a_file(machine: Machine) -> None:
    """Making a folder where a file is, is error 183."""
    write(machine)
    with expect_error(183):
        machine.files.make_folder(FILE)


@behaviour("files.in-use.delete", source=_WINE)
def check_open_file_is_not_deleted(machine: Machine) -> None:
    """Deleting or moving an open file is error 32; closed, it can be deleted."""
    write(machine)
    with machine.files.open(FILE):
        with expect_error(32):
            machine.files.delete(FILE)
        with expect_error(32):
            machine.files.move(FILE, rf"{FOLDER}\other.txt")
    machine.files.delete(FILE)
    expect(False, machine.files.exists(FILE))


@behaviour("files.move.replaces", source="learn.microsoft.com, MoveFileEx with MOVEFILE_REPLACE_EXISTING")
def check_moving_replaces_a_file(machine: Machine) -> None:
    """Moving a file replaces a file of that name."""
    write(machine)
    write(machine, rf"{FOLDER}\other.txt", b"old")
    machine.files.move(FILE, rf"{FOLDER}\other.txt")
    expect(["other.txt"], list(machine.files.names(FOLDER)))
    expect(b"data", read(machine, rf"{FOLDER}\other.txt"))


@behaviour("files.folders.delete", source=_WINE)
def check_folder_is_deleted_with_its_files(machine: Machine) -> None:
    """A folder is deleted with everything in it."""
    write(machine, rf"{FOLDER}\one\two\file.txt")
    machine.files.delete(rf"{FOLDER}\one")
    expect([], list(machine.files.names(FOLDER)))


@behaviour("files.times.from-the-clock", source="learn.microsoft.com, GetFileTime")
def check_times_are_the_machines(machine: Machine) -> None:
    """A new file was created and modified now, by the machine's clock."""
    before = machine.clock.now()
    write(machine)
    info = machine.files.info(FILE)
    # A file system may round, and finds the time a moment after it was asked for.
    margin = timedelta(seconds=5)
    expect(True, before - margin <= info.created <= info.modified <= machine.clock.now() + margin)


@behaviour("files.version.system-programs", source="learn.microsoft.com, GetFileVersionInfo")
def check_windows_programs_have_its_version(machine: Machine) -> None:
    """Windows' own programs carry the version of Windows, Windows Installer's 5.0, a text file none."""
    for name, expected in (("cmd.exe", "10.0"), ("msiexec.exe", "5.0")):
        expect(expected, ".".join(str(machine.files.version(rf"{_SYSTEM32}\{name}")).split(".")[:2]))
    write(machine)
    expect(None, machine.files.version(FILE))


@behaviour("files.redirection.system32", source=_REDIRECTOR, needs=[Capability.WOW64])
def check_system32_is_another_folder_for_32_bit_programs(machine: Machine) -> None:
    """A 32-bit program's System32 is SysWOW64; it finds the real one as Sysnative, which others do not have."""
    wide, narrow = read(machine, rf"{_SYSTEM32}\cmd.exe"), read(machine, r"C:\Windows\SysWOW64\cmd.exe")
    expect(False, wide == narrow)
    expect(narrow, read(machine, rf"{_SYSTEM32}\cmd.exe", View.VIEW_32))
    expect(wide, read(machine, r"C:\Windows\Sysnative\cmd.exe", View.VIEW_32))
    expect(False, machine.files.exists(r"C:\Windows\Sysnative\cmd.exe"))


@behaviour("files.redirection.exempt", source=_REDIRECTOR, needs=[Capability.WOW64])
def check_exempt_folders_are_shared(machine: Machine) -> None:
    r"""System32\drivers\etc is the same folder for 32-bit programs."""
    hosts = rf"{_SYSTEM32}\drivers\etc\hosts"
    expect(read(machine, hosts), read(machine, hosts, View.VIEW_32))


@behaviour("environment.width", source=_WOW64, needs=[Capability.WOW64])
def check_32_bit_process_has_its_own_program_files(machine: Machine) -> None:
    """A 32-bit process has another ProgramFiles and PROCESSOR_ARCHITECTURE, and PROCESSOR_ARCHITEW6432 besides."""
    wide, narrow = machine.environment(SYSTEM, 64), machine.environment(SYSTEM, 32)
    expect(narrow["ProgramFiles(x86)"], narrow["ProgramFiles"])
    expect(wide["ProgramW6432"], wide["ProgramFiles"])
    expect("x86", narrow["PROCESSOR_ARCHITECTURE"])
    expect(wide["PROCESSOR_ARCHITECTURE"], narrow["PROCESSOR_ARCHITEW6432"])
    expect(False, "PROCESSOR_ARCHITEW6432" in wide)


@behaviour("environment.system-account", source=_MEMORY)
def check_system_has_no_home(machine: Machine) -> None:
    """SYSTEM works in the systemprofile and has Windows' temporary folder."""
    variables = machine.environment(SYSTEM, 64 if machine.facts.is_64_bit else 32)
    expect(r"C:\WINDOWS\SYSTEM32\CONFIG\SYSTEMPROFILE", variables["USERPROFILE"].upper())
    expect(r"C:\WINDOWS\TEMP", variables["TEMP"].upper())
    expect(False, "HOMEPATH" in variables)
