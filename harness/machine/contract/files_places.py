"""Volumes, the two halves of Windows, versions of its programs, and who may go where, on every machine."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, Examinee, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, read, write
from harness.machine.ports import FileSystem, Machine
from harness.model.windows import Account, Token, View

_VOLUMES = "learn.microsoft.com, GetLogicalDrives, GetVolumeInformationW and GetDiskFreeSpaceExW"
_REDIRECTOR = 'learn.microsoft.com, "File System Redirector"'
_VERSION = "learn.microsoft.com, GetFileVersionInfoW"
_LISTS = "from memory of the default access lists of Windows 10 and 11"

_SYSTEM32, _SYSWOW64 = r"C:\Windows\System32", r"C:\Windows\SysWOW64"
_WOW64 = [Capability.WOW64]
_OTHERS = [Capability.OTHER_ACCOUNTS]


@behaviour("files.volumes.listed", source=_VOLUMES)
def check_volumes_are_listed(machine: Machine) -> None:
    """The volumes are listed by letter, C: among them, none with more free than it holds."""
    volumes = machine.files.volumes()
    drives = [volume.drive for volume in volumes]
    expect((sorted(drives), True), (drives, "C:" in drives))
    expect(True, all(0 <= volume.free_bytes <= volume.size_bytes for volume in volumes))


@behaviour("files.volumes.free", source=_VOLUMES)
def check_free_space_is_the_volumes(machine: Machine) -> None:
    """The free space that is asked for is what the volume lists, in whole megabytes."""
    # Others may write meanwhile.
    listed = next(volume for volume in machine.files.volumes() if volume.drive == "C:").free_bytes // 2**20
    expect(True, abs(machine.files.free_space_mb("C:") - listed) < 64)  # noqa: PLR2004 - megabytes


@behaviour("files.volumes.missing", source="winerror.h, ERROR_PATH_NOT_FOUND; from memory")
def check_a_missing_volume_has_no_space(machine: Machine) -> None:
    """Asking for the free space of a drive that is not there is error 3."""
    drives = {volume.drive for volume in machine.files.volumes()}
    with expect_error(3):
        machine.files.free_space_mb(next(drive for drive in ("Q:", "O:", "L:", "B:") if drive not in drives))


@behaviour("files.redirection.place", source=_REDIRECTOR, needs=_WOW64)
def check_redirected_files_say_where_they_are(machine: Machine) -> None:
    """What a 32-bit program finds in System32 says that it is in SysWOW64."""
    path = machine.files.info(rf"{_SYSTEM32}\cmd.exe", View.VIEW_32).path
    expect(rf"{_SYSWOW64}\cmd.exe".upper(), path.upper())


@behaviour("files.redirection.listing", source=_REDIRECTOR, needs=_WOW64)
def check_listings_are_redirected(machine: Machine) -> None:
    """A 32-bit program that lists System32 sees what is in SysWOW64."""
    expect(list(machine.files.names(_SYSWOW64)), list(machine.files.names(_SYSTEM32, View.VIEW_32)))


@behaviour("files.redirection.case", source=_REDIRECTOR, needs=_WOW64)
def check_redirection_knows_every_spelling(machine: Machine) -> None:
    """Redirection does not depend on how the path is spelled."""
    narrow = read(machine, rf"{_SYSWOW64}\cmd.exe")
    for path in (
        r"c:\WINDOWS\system32\CMD.EXE",
        "C:/Windows/./System32/cmd.exe",
        r"C:\Windows\Temp\..\System32\cmd.exe",
    ):
        expect(True, narrow == read(machine, path, View.VIEW_32))


@behaviour(
    "files.redirection.sysnative-hidden", source=f"{_REDIRECTOR}; that it is not listed is from memory", needs=_WOW64
)
def check_sysnative_is_not_listed(machine: Machine) -> None:
    """Sysnative is in no listing, not even in that of a 32-bit program."""
    for view in View:
        expect(False, "SYSNATIVE" in [name.upper() for name in machine.files.names(r"C:\Windows", view)])


@behaviour("files.redirection.regedit", source=_REDIRECTOR, needs=_WOW64)
def check_regedit_is_redirected(machine: Machine) -> None:
    r"""A 32-bit program's `C:\Windows\regedit.exe` is the one in SysWOW64."""
    narrow = read(machine, rf"{_SYSWOW64}\regedit.exe")
    expect(True, narrow == read(machine, r"C:\Windows\regedit.exe", View.VIEW_32))
    expect(False, narrow == read(machine, r"C:\Windows\regedit.exe"))


@behaviour("files.redirection.exempt-folders", source=_REDIRECTOR, needs=_WOW64)
def check_every_exempt_folder_is_shared(machine: Machine) -> None:
    """catroot, catroot2, driverstore, logfiles and spool are the same folders for 32-bit programs."""
    for name in ("catroot", "catroot2", "DriverStore", "LogFiles", "spool"):
        path = rf"{_SYSTEM32}\{name}"
        expect(machine.files.info(path).path, machine.files.info(path, View.VIEW_32).path)


@behaviour("files.redirection.literal", source=f"{_REDIRECTOR}; from memory", needs=_WOW64)
def check_literal_paths_are_redirected(machine: Machine) -> None:
    r"""\\?\ in front does not turn redirection off."""
    narrow = read(machine, rf"{_SYSWOW64}\cmd.exe")
    expect(True, narrow == read(machine, rf"\\?\{_SYSTEM32}\cmd.exe", View.VIEW_32))


@behaviour("files.redirection.shares", source=f"{_REDIRECTOR}; from memory", needs=_WOW64)
def check_shares_are_not_redirected(machine: Machine) -> None:
    """Through a share a 32-bit program finds the real System32."""
    wide = read(machine, rf"{_SYSTEM32}\cmd.exe")
    expect(True, wide == read(machine, r"\\localhost\C$\Windows\System32\cmd.exe", View.VIEW_32))


@behaviour("files.redirection.elsewhere", source=_REDIRECTOR, needs=_WOW64)
def check_other_folders_are_shared(machine: Machine) -> None:
    """What one half writes elsewhere, Program Files included, the other half finds there."""
    machine.files.make_folder(FOLDER, View.VIEW_32)
    machine.files.open(FILE, "wb", View.VIEW_32).close()
    expect(True, machine.files.exists(FILE))
    common = r"C:\Program Files\Common Files"
    expect(machine.files.info(common).path, machine.files.info(common, View.VIEW_32).path)


@behaviour("files.version.missing", source=_VERSION)
def check_version_of_a_missing_file(machine: Machine) -> None:
    """The version of a file that is not there is error 2."""
    machine.files.make_folder(FOLDER)
    with expect_error(2):
        machine.files.version(FILE)


@behaviour("files.version.copied", source=_VERSION)
def check_a_version_is_in_the_file(machine: Machine) -> None:
    """A copy of a program has its version, under any name; a program that is cut off has none."""
    machine.files.make_folder(FOLDER)
    machine.files.copy(rf"{_SYSTEM32}\cmd.exe", FILE)
    expect(machine.files.version(rf"{_SYSTEM32}\cmd.exe"), machine.files.version(FILE))
    with machine.files.open(FILE, "r+b") as file:
        file.truncate(10)
    expect(None, machine.files.version(FILE))


@behaviour("files.rights.windows", source=_LISTS, needs=_OTHERS)
def check_users_only_read_windows_and_programs(machine: Examinee) -> None:
    """A standard user reads Windows and Program Files and writes to neither: error 5."""
    files = _of(machine, machine.standard_user)
    with files.open(rf"{_SYSTEM32}\cmd.exe") as program:
        expect(b"MZ", program.read(2))
    for folder in (r"C:\Windows", _SYSTEM32, r"C:\Program Files"):
        with expect_error(5):
            files.open(rf"{folder}\ImeHarnessContract.txt", "wb")


@behaviour("files.rights.own-profile", source=_LISTS, needs=_OTHERS)
def check_users_own_their_profile(machine: Examinee) -> None:
    """A standard user makes and deletes files in the own profile."""
    files = _of(machine, machine.standard_user)
    path = rf"{machine.standard_user.profile}\ImeHarnessContract.txt"
    files.open(path, "wb").close()
    files.delete(path)
    expect(False, files.exists(path))


@behaviour("files.rights.other-profiles", source=_LISTS, needs=_OTHERS)
def check_profiles_are_closed_to_others(machine: Examinee) -> None:
    """A standard user cannot look into somebody else's profile: error 5; an administrator can when elevated."""
    profile = machine.administrator.profile
    with expect_error(5):
        _of(machine, machine.standard_user).names(profile)
    elevated = machine.seen_by(Token(account=machine.administrator, is_elevated=True)).files
    expect(True, len(elevated.names(machine.standard_user.profile)) > 0)


@behaviour("files.rights.not-elevated", source='learn.microsoft.com, "How User Account Control works"', needs=_OTHERS)
def check_administrators_are_users_until_elevated(machine: Examinee) -> None:
    """An administrator writes to Program Files only when elevated."""
    path = r"C:\Program Files\ImeHarnessContract.txt"
    with expect_error(5):
        _of(machine, machine.administrator).open(path, "wb")
    elevated = machine.seen_by(Token(account=machine.administrator, is_elevated=True)).files
    elevated.open(path, "wb").close()
    elevated.delete(path)
    expect(False, machine.files.exists(path))


@behaviour("files.rights.root", source=_LISTS, needs=_OTHERS)
def check_users_make_folders_in_the_root(machine: Examinee) -> None:
    r"""A standard user makes folders in the root of C: and files in those, but no files in the root: error 5."""
    files = _of(machine, machine.standard_user)
    folder = r"C:\ImeHarnessContract"
    with expect_error(5):
        files.open(r"C:\ImeHarnessContract.txt", "wb")
    files.make_folder(folder)
    try:
        files.open(rf"{folder}\file.txt", "wb").close()
        expect(True, machine.files.exists(rf"{folder}\file.txt"))
    finally:
        machine.files.delete(folder)


@behaviour("files.rights.config", source=f"{_LISTS}, as mended for CVE-2021-36934", needs=_OTHERS)
def check_hives_are_closed_to_users(machine: Examinee) -> None:
    """A standard user cannot look into the folder of the registry's hives: error 5."""
    with expect_error(5):
        _of(machine, machine.standard_user).names(rf"{_SYSTEM32}\config")


@behaviour("files.rights.program-data", source=_LISTS, needs=_OTHERS)
def check_users_add_to_program_data(machine: Examinee) -> None:
    """A standard user makes files in a folder that SYSTEM made below ProgramData, and reads those of SYSTEM."""
    write(machine)
    files = _of(machine, machine.standard_user)
    files.open(rf"{FOLDER}\users.txt", "wb").close()
    with files.open(FILE) as file:
        expect(b"data", file.read())
    expect(True, machine.files.exists(rf"{FOLDER}\users.txt"))


def _of(machine: Examinee, account: Account) -> FileSystem:
    return machine.seen_by(Token(account=account)).files
