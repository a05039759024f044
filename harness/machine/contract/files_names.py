"""What names and paths mean on every machine's volumes, and what is in files."""

from __future__ import annotations

import io

from harness.machine.contract.check import FOLDER, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, OTHER, read, write
from harness.machine.ports import Machine

_NAMES = 'learn.microsoft.com, "Naming Files, Paths, and Namespaces"'
_FORMATS = 'learn.microsoft.com, "File path formats on Windows systems"'
_LENGTH = 'learn.microsoft.com, "Maximum Path Length Limitation"'
_CREATE = "learn.microsoft.com, CreateFileW"
_POINTER = "learn.microsoft.com, SetFilePointer and SetEndOfFile"
_CODES = 'learn.microsoft.com, "System Error Codes"; which comes when is from memory'

_LITERAL = "\\\\?\\"


@behaviour("files.names.letters", source="learn.microsoft.com, RtlUpcaseUnicodeChar; the table's extent from memory")
def check_letters_are_compared_one_by_one(machine: Machine) -> None:
    """An umlaut is found under its capital; a sharp s is not two letters s."""
    write(machine, rf"{FOLDER}\größe.txt")
    expect(True, machine.files.exists(rf"{FOLDER}\GRÖßE.TXT"))
    expect(False, machine.files.exists(rf"{FOLDER}\GRÖSSE.TXT"))


@behaviour("files.names.change-of-case", source="learn.microsoft.com, MoveFileEx; from memory")
def check_case_alone_can_change(machine: Machine) -> None:
    """Renaming a file to another spelling of its name changes the spelling."""
    write(machine)
    machine.files.move(FILE, rf"{FOLDER}\File.TXT")
    expect(["File.TXT"], list(machine.files.names(FOLDER)))


@behaviour("files.names.above-the-root", source=_FORMATS)
def check_nothing_is_above_the_root(machine: Machine) -> None:
    """`..` in the root of a volume is the root."""
    write(machine)
    expect(b"data", read(machine, FILE.replace("C:\\", "C:\\..\\..\\")))


@behaviour("files.names.repeated-separators", source=_FORMATS)
def check_separators_may_be_repeated(machine: Machine) -> None:
    """Several separators in a row count as one."""
    write(machine)
    expect(b"data", read(machine, FILE.replace("\\file", "\\\\/file")))


@behaviour("files.names.literal", source=_FORMATS)
def check_literal_names_keep_their_end(machine: Machine) -> None:
    r"""With \\?\ in front a name may end in a dot; without it such a file is not found."""
    machine.files.make_folder(FOLDER)
    literal = f"{_LITERAL}{FOLDER}\\dot."
    with machine.files.open(literal, "wb") as file:
        file.write(b"data")
    try:
        expect(["dot."], list(machine.files.names(FOLDER)))
        expect((True, False), (machine.files.exists(literal), machine.files.exists(rf"{FOLDER}\dot.")))
    finally:
        machine.files.delete(literal)


@behaviour("files.names.control-characters", source=_NAMES)
def check_control_characters(machine: Machine) -> None:
    """A name with a control character is error 123."""
    machine.files.make_folder(FOLDER)
    with expect_error(123):
        machine.files.open(f"{FOLDER}\\a\x07b", "wb")


@behaviour("files.names.nul", source=_NAMES)
def check_nul_swallows_everything(machine: Machine) -> None:
    """NUL takes what is written to it and is always empty, in every folder."""
    machine.files.make_folder(FOLDER)
    with machine.files.open(rf"{FOLDER}\NUL", "r+b") as file:
        file.write(b"data")
    with machine.files.open(rf"{FOLDER}\nul") as file:
        expect(b"", file.read())
    expect([], list(machine.files.names(FOLDER)))


@behaviour("files.names.short", source=f'{_NAMES}, "Short vs. Long Names"')
def check_short_names(machine: Machine) -> None:
    r"""`C:\PROGRA~1` is Program Files."""
    long, short = (machine.files.info(path).path for path in (r"C:\Program Files", r"C:\PROGRA~1"))
    expect(long.upper(), short.upper())


@behaviour("files.names.deep", source=_LENGTH)
def check_long_paths(machine: Machine) -> None:
    r"""With \\?\ in front a path may have far more than 260 characters."""
    deep = f"{_LITERAL}{FOLDER}" + f"\\{'d' * 100}" * 5
    machine.files.make_folder(deep)
    with machine.files.open(f"{deep}\\file.txt", "wb") as file:
        file.write(b"data")
    try:
        expect(b"data", read(machine, f"{deep}\\file.txt"))
    finally:
        machine.files.delete(f"{_LITERAL}{FOLDER}\\{'d' * 100}")


@behaviour("files.names.too-long", source=_LENGTH)
def check_longest_path(machine: Machine) -> None:
    r"""A path of more than 32,767 characters is error 206, also with \\?\ in front."""
    with expect_error(206):
        machine.files.open(f"{_LITERAL}{FOLDER}" + "\\d" * 17_000, "wb")


@behaviour("files.names.another-computer", source=_CODES)
def check_other_computers(machine: Machine) -> None:
    """A computer that is not there is error 53."""
    with expect_error(53):
        machine.files.open(r"\\ime-harness-is-not-there\share\file.txt")


@behaviour("files.names.administrative-share", source='learn.microsoft.com, "Remove administrative shares"')
def check_administrative_shares(machine: Machine) -> None:
    r"""The volume is shared with administrators as `\\localhost\C$`."""
    write(machine)
    expect(b"data", read(machine, FILE.replace("C:", r"\\localhost\C$")))


@behaviour("files.errors.missing-drive", source=_CODES)
def check_missing_drives(machine: Machine) -> None:
    """A drive that is not there is error 3."""
    drives = {volume.drive for volume in machine.files.volumes()}
    missing = next(drive for drive in ("Q:", "O:", "L:", "B:") if drive not in drives)
    with expect_error(3):
        machine.files.open(rf"{missing}\file.txt")


@behaviour("files.errors.file-as-folder", source=_CODES)
def check_file_is_no_folder(machine: Machine) -> None:
    """A file on the way to a file is error 3, for reading and for writing."""
    write(machine)
    for mode in ("rb", "wb"):
        with expect_error(3):
            machine.files.open(rf"{FILE}\below.txt", "rb" if mode == "rb" else "wb")


@behaviour("files.errors.new-file", source=f"{_CREATE} with CREATE_NEW; winerror.h")
def check_a_new_file_is_new(machine: Machine) -> None:
    """Making a new file where one is, is error 80, and that one stays as it is."""
    write(machine)
    with expect_error(80):
        machine.files.open(FILE, "xb")
    expect(b"data", read(machine))
    machine.files.open(OTHER, "xb").close()
    expect(0, machine.files.info(OTHER).size_bytes)


@behaviour("files.errors.existing-file", source=f"{_CREATE} with OPEN_EXISTING; winerror.h")
def check_an_existing_file_exists(machine: Machine) -> None:
    """Opening a missing file to change it is error 2."""
    machine.files.make_folder(FOLDER)
    with expect_error(2):
        machine.files.open(FILE, "r+b")


@behaviour("files.content.in-place", source="learn.microsoft.com, WriteFile")
def check_writing_in_place(machine: Machine) -> None:
    """Writing into an existing file leaves the rest as it was."""
    write(machine, data=b"0123456789")
    with machine.files.open(FILE, "r+b") as file:
        file.seek(3)
        file.write(b"xy")
    expect(b"012xy56789", read(machine))


@behaviour("files.content.gap", source=_POINTER)
def check_gaps_are_zeros(machine: Machine) -> None:
    """What is skipped beyond the end is filled with zeros."""
    write(machine, data=b"ab")
    with machine.files.open(FILE, "r+b") as file:
        file.seek(4)
        file.write(b"e")
    expect(b"ab\0\0e", read(machine))


@behaviour("files.content.truncate", source=_POINTER)
def check_files_shrink_and_grow(machine: Machine) -> None:
    """A file is cut off, or made longer with zeros, without a write."""
    write(machine, data=b"0123456789")
    with machine.files.open(FILE, "r+b") as file:
        file.truncate(3)
        file.truncate(5)
    expect(b"012\0\0", read(machine))


@behaviour("files.content.append", source=f"{_CREATE} with FILE_APPEND_DATA; from memory")
def check_appending_is_at_the_end(machine: Machine) -> None:
    """Two who append to a file do not overwrite each other."""
    write(machine, data=b"")
    with machine.files.open(FILE, "ab") as one, machine.files.open(FILE, "ab") as two:
        for file, data in ((one, b"1"), (two, b"2"), (one, b"3")):
            file.seek(0, io.SEEK_END)
            file.write(data)
            file.flush()
    expect(b"123", read(machine))


@behaviour("files.folders.made-with-those-above", source="learn.microsoft.com, SHCreateDirectoryEx; CreateDirectory")
def check_folders_above_are_made(machine: Machine) -> None:
    """A folder is made with those above it, and making it again changes nothing."""
    write(machine, rf"{FOLDER}\one\two\file.txt")
    machine.files.make_folder(rf"{FOLDER}\ONE\two")
    expect(["one"], list(machine.files.names(FOLDER)))
    expect(["file.txt"], list(machine.files.names(rf"{FOLDER}\one\two")))


@behaviour("files.folders.order", source="learn.microsoft.com, FindNextFile: NTFS lists names in alphabetical order")
def check_order_of_a_listing(machine: Machine) -> None:
    """A folder lists its names in alphabetical order, without regard to case."""
    for name in ("b", "A", "C", "a1"):
        write(machine, rf"{FOLDER}\{name}")
    expect(["A", "a1", "b", "C"], list(machine.files.names(FOLDER)))
