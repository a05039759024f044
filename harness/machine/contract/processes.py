"""What every machine must do when a program is started."""

from __future__ import annotations

import ntpath

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, Examinee, behaviour, expect, expect_error
from harness.machine.contract.images import ARM_THUMB, X64, X86, image
from harness.machine.contract.probing import ended, started, told
from harness.model.windows import Architecture

_CREATE = "learn.microsoft.com, CreateProcessW"
_SPLIT = "learn.microsoft.com, CommandLineToArgvW"
_CODES = "winerror.h; which code comes when from memory of Windows 10 and 11"
_REDIRECTOR = 'learn.microsoft.com, "File System Redirector"'
_UAC = 'learn.microsoft.com, "How User Account Control works"'


# The command line


@behaviour("processes.arguments.quotes", source=_SPLIT)
def check_quotes_hold_blanks(machine: Examinee) -> None:
    """Blanks inside quotes belong to the argument, and quotes may begin in its middle."""
    expect(["a b c", "d", "e"], told(machine, 'args "a b c" d e'))
    expect(["de fg", "h"], told(machine, 'args d"e f"g h'))


@behaviour("processes.arguments.escaped-quotes", source=_SPLIT)
def check_backslash_escapes_a_quote(machine: Examinee) -> None:
    """An odd number of backslashes before a quote makes it an ordinary character."""
    expect(['ab"c', "\\", "d"], told(machine, r'args "ab\"c" "\\" d'))
    expect([r"a\"b", "c", "d"], told(machine, r"args a\\\"b c d"))


@behaviour("processes.arguments.backslashes", source=_SPLIT)
def check_backslashes_elsewhere_are_plain(machine: Examinee) -> None:
    """Backslashes that no quote follows are taken as they are; before one, pairs stand for one."""
    expect(["a\\\\\\b", "C:\\x\\"], told(machine, "args a\\\\\\b C:\\x\\"))
    expect([r"a\\b c", "d"], told(machine, r'args a\\\\"b c" d'))


@behaviour("processes.arguments.quoted-folder", source=_SPLIT)
def check_backslash_before_the_closing_quote(machine: Examinee) -> None:
    r"""A quoted folder that ends in a backslash swallows what follows: `"C:\temp\" x` is one argument."""
    expect(['C:\\temp" x'], told(machine, 'args "C:\\temp\\" x'))


@behaviour("processes.arguments.empty", source=_SPLIT)
def check_empty_argument(machine: Examinee) -> None:
    """Two quotes with nothing between them are an empty argument."""
    expect(["", "x"], told(machine, 'args "" x'))


@behaviour("processes.arguments.blanks", source=_SPLIT)
def check_runs_of_blanks_separate_once(machine: Examinee) -> None:
    """Several blanks and tabs separate two arguments as one does."""
    expect(["a", "b"], told(machine, "args a \t  b"))


@behaviour("processes.command-line.empty", source=_CODES)
def check_empty_command_line(machine: Examinee) -> None:
    """A command line without a program is a bad parameter."""
    with expect_error(87):
        started(machine, "")


@behaviour("processes.command-line.too-long", source=_CREATE)
def check_longest_command_line(machine: Examinee) -> None:
    """A command line of more than 32,766 characters is refused before the program is looked for."""
    with expect_error(206):
        started(machine, "nosuch.exe".ljust(32_767, "x"))


# What cannot be started


@behaviour("processes.missing.file", source=_CODES)
def check_missing_program(machine: Examinee) -> None:
    """A program that is nowhere gives 2, with a folder or without one."""
    with expect_error(2):
        started(machine, "imeharnessnosuch.exe /S")
    with expect_error(2):
        started(machine, rf"{FOLDER}\nosuch.exe")


@behaviour("processes.missing.folder", source=_CODES)
def check_missing_folder_of_program(machine: Examinee) -> None:
    """A program in a folder that is not there gives 3."""
    with expect_error(3):
        started(machine, rf"{FOLDER}\nowhere\nosuch.exe")


@behaviour("processes.missing.working-folder", source=_CODES)
def check_missing_working_folder(machine: Examinee) -> None:
    """A working folder that is not there, or is a file, gives 267."""
    with expect_error(267):
        started(machine, f"{machine.probe} exit:0", working_directory=rf"{FOLDER}\nowhere")
    _write(machine, "file.txt", b"")
    with expect_error(267):
        started(machine, f"{machine.probe} exit:0", working_directory=rf"{FOLDER}\file.txt")


@behaviour("processes.refused.folder", source=_CODES)
def check_folder_is_no_program(machine: Examinee) -> None:
    """A folder cannot be started: access is denied."""
    machine.files.make_folder(rf"{FOLDER}\sub")
    with expect_error(5):
        started(machine, rf"{FOLDER}\sub")


@behaviour("processes.refused.no-image", source=_CODES)
def check_text_is_no_program(machine: Examinee) -> None:
    """A file that is no program gives 193, whatever its extension."""
    for name in ("readme.txt", "fake.exe"):
        _write(machine, name, b"hello")
        with expect_error(193):
            started(machine, rf"{FOLDER}\{name}")


@behaviour("processes.refused.other-processor", source=_CODES)
def check_program_for_another_processor(machine: Examinee) -> None:
    """A program for a processor that the machine cannot stand in for gives 216."""
    other = X64 if machine.facts.architecture is Architecture.X86 else ARM_THUMB
    _write(machine, "other.exe", image(other))
    with expect_error(216):
        started(machine, rf"{FOLDER}\other.exe")


# Rights


@behaviour("processes.elevation.required", source=_UAC, needs=[Capability.OTHER_ACCOUNTS])
def check_program_that_requires_an_administrator(machine: Examinee) -> None:
    """A program whose manifest asks for an administrator does not start from a filtered token or for others: 740."""
    _write(machine, "tool.exe", image(X86, level="requireAdministrator"))
    for account in (machine.standard_user, machine.administrator):
        with expect_error(740):
            started(machine, rf"{FOLDER}\tool.exe", account=account)


@behaviour("processes.elevation.highest", source=_UAC, needs=[Capability.OTHER_ACCOUNTS])
def check_program_that_asks_for_what_there_is(machine: Examinee) -> None:
    """`highestAvailable` gives 740 to an administrator with a filtered token."""
    _write(machine, "tool.exe", image(X86, level="highestAvailable"))
    with expect_error(740):
        started(machine, rf"{FOLDER}\tool.exe", account=machine.administrator)


@behaviour("processes.elevation.token", source=_UAC, needs=[Capability.OTHER_ACCOUNTS])
def check_administrator_has_a_filtered_token(machine: Examinee) -> None:
    """An administrator's process has all rights only when it is started elevated; SYSTEM's always has."""
    expect([False], told(machine, "elevated", account=machine.administrator))
    expect([True], told(machine, "elevated", account=machine.administrator, is_elevated=True))
    expect([True], told(machine, "elevated"))


# Where it is looked for


@behaviour("processes.lookup.extension", source=_CREATE)
def check_exe_is_appended(machine: Examinee) -> None:
    """`.exe` is appended to a name without extension."""
    _copy_probe(machine, "tool.exe")
    expect(7, ended(machine, started(machine, "tool exit:7")).code)


@behaviour("processes.lookup.working-folder", source=_CREATE)
def check_program_in_the_current_folder(machine: Examinee) -> None:
    """A program in the current folder is found by its name alone, and before that of the same name on the path."""
    _copy_probe(machine, "tool.exe")
    _copy_probe(machine, r"path\tool.exe")
    words = told(machine, f'set:PATH={FOLDER}\\path "spawn:tool.exe exit:3" wait')
    expect(3, words[1])
    process = started(machine, "tool.exe exit:0")
    ended(machine, process)
    expect(rf"{FOLDER}\tool.exe".upper(), process.info.image_path.upper())


@behaviour("processes.lookup.path", source=_CREATE)
def check_program_on_the_path(machine: Examinee) -> None:
    """A program that is in none of the other places is found in a folder of the caller's PATH."""
    _copy_probe(machine, r"path\imeharnesstool.exe")
    words = f'"set:PATH={FOLDER}\\path" "spawn:imeharnesstool.exe exit:4" wait'
    expect(4, told(machine, words, working_directory=r"C:\Windows")[1])


@behaviour("processes.lookup.system-folder", source=_CREATE)
def check_programs_of_windows_are_found(machine: Examinee) -> None:
    """The system folder is looked in without any PATH; a name that is nowhere there stays missing."""
    words = told(machine, '"set:PATH=" "spawn:imeharnessnosuch.exe"')
    expect([-2], words)


@behaviour("processes.lookup.spaces", source=_CREATE)
def check_unquoted_path_with_blanks(machine: Examinee) -> None:
    r"""An unquoted path may end at each blank: `C:\a b\c.exe` means `C:\a.exe` if there is one."""
    for name in (r"a b\tool.exe", "a.exe"):
        _copy_probe(machine, name)
        process = started(machine, rf"{FOLDER}\a b\tool.exe exit:5", working_directory=r"C:\Windows")
        process.kill()
        ended(machine, process)
        expect(rf"{FOLDER}\{name}".upper(), process.info.image_path.upper())


@behaviour("processes.lookup.relative", source=_CREATE)
def check_relative_path(machine: Examinee) -> None:
    """A path that is not absolute counts from the current folder."""
    _copy_probe(machine, r"sub\tool.exe")
    expect(6, ended(machine, started(machine, r"sub\tool.exe exit:6")).code)
    expect(6, ended(machine, started(machine, r".\sub\tool exit:6")).code)


@behaviour("processes.lookup.quoted", source=_CREATE)
def check_quoted_name_ends_at_the_quote(machine: Examinee) -> None:
    """A quoted name is taken whole, and never shortened."""
    _copy_probe(machine, "a.exe")
    with expect_error(3):
        started(machine, rf'"{FOLDER}\a b\tool.exe" exit:1')


@behaviour("processes.lookup.beside-the-parent", source=_CREATE)
def check_folder_of_the_caller_comes_first(machine: Examinee) -> None:
    """A program beside the one that starts it comes before one in the current folder."""
    _copy_probe(machine, r"app\parent.exe")
    _copy_probe(machine, r"app\child.exe")
    _write(machine, "child.exe", b"no program")
    process = started(machine, rf"{FOLDER}\app\parent.exe spawn:child.exe wait")
    pid, code = ended(machine, process).stdout.split()
    expect(True, int(pid) > 0)
    expect("0", code)


@behaviour("processes.lookup.wow64", source=_REDIRECTOR, needs=[Capability.WOW64])
def check_32_bit_parent_starts_the_32_bit_half(machine: Examinee) -> None:
    """A 32-bit program that starts one of System32 gets that of SysWOW64, and the real one as Sysnative."""
    for line, bits in ((r"C:\Windows\System32\msiexec.exe", 32), (r"C:\Windows\Sysnative\msiexec.exe", 64)):
        process = started(machine, f"{line} /?", parent_bits=32)
        process.kill()
        expect(bits, process.info.bits)


@behaviour("processes.width", source='learn.microsoft.com, "Process Interoperability"', needs=[Capability.WOW64])
def check_header_decides_about_the_width(machine: Examinee) -> None:
    """A program is as wide as its image says, whoever starts it."""
    words = told(machine, f'bits "spawn:{machine.probe_32} exit:0" wait')
    expect(64, words[0])
    process = started(machine, f"{machine.probe_32} bits", parent_bits=64)
    expect((32, "32"), (process.info.bits, ended(machine, process).stdout.strip()))


@behaviour("processes.working-folder", source=_CREATE)
def check_working_folder(machine: Examinee) -> None:
    """A process is in the folder it was started in."""
    machine.files.make_folder(rf"{FOLDER}\sub")
    (folder,) = told(machine, "cwd", working_directory=rf"{FOLDER}\sub")
    expect(rf"{FOLDER}\sub", folder.rstrip("\\"))


def _write(machine: Examinee, name: str, data: bytes) -> None:
    path = rf"{FOLDER}\{name}"
    machine.files.make_folder(ntpath.dirname(path))
    with machine.files.open(path, "wb") as file:
        file.write(data)


def _copy_probe(machine: Examinee, name: str) -> None:
    path = rf"{FOLDER}\{name}"
    machine.files.make_folder(ntpath.dirname(path))
    machine.put_probe(path)
