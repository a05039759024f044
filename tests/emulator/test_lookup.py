"""Which file a command line starts."""

import pytest

from harness.emulator.lookup import find_image
from harness.errors import MachineError
from harness.model.commands import Command
from harness.model.windows import Architecture

X86, X64, ARM64 = 0x014C, 0x8664, 0xAA64


@pytest.fixture
def find(machine):
    """Give a function that finds what a command line starts, and one folder on the path."""

    def find(command_line, *, parent_image=None, on=machine, **settings):
        command = Command(**{"command_line": command_line, "working_directory": r"C:\Package"} | settings)
        environment = on.environment(command.account, command.parent_bits)
        path = rf'{environment["Path"]};;"C:\Tools";'
        return find_image(
            command,
            files=on.files,
            facts=on.facts,
            environment={**environment, "Path": path},
            parent_image=parent_image,
        )

    machine.files.make_folder(r"C:\Tools")
    return find


class TestSearch:
    """Where a name without folder is looked for."""

    PLACES = (
        r"C:\Agent\tool.exe",
        r"C:\Package\tool.exe",
        r"C:\Windows\SysWOW64\tool.exe",
        r"C:\Windows\System\tool.exe",
        r"C:\Windows\tool.exe",
        r"C:\Tools\tool.exe",
    )

    @pytest.mark.parametrize("first", range(len(PLACES)))
    def test_the_first_place_that_has_it_counts(self, machine, find, first):
        """The parent's folder, the current one, the system's, Windows, the path."""
        for place in self.PLACES[first:]:
            machine.files.write(place, b"")

        image = find("tool /S", parent_image=r"C:\Agent\agent.exe", parent_bits=32)

        assert self.PLACES[first] == image.path

    def test_the_path_of_windows_finds_programs_of_windows(self, find):
        """PowerShell is there only."""
        assert r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" == find("powershell -File x.ps1").path

    def test_folders_are_no_programs(self, machine, find):
        """A folder of the name is passed over."""
        machine.files.make_folder(r"C:\Package\tool.exe")
        machine.files.write(r"C:\Tools\tool.exe", b"")

        assert r"C:\Tools\tool.exe" == find("tool.exe").path

    @pytest.mark.parametrize(
        ("command_line", "expected"),
        [
            (r"sub\setup.exe /S", r"C:\Package\sub\setup.exe"),
            (r".\sub\setup /S", r"C:\Package\sub\setup.exe"),
            (r"\Package\sub\SETUP.EXE", r"C:\Package\sub\setup.exe"),
            (r'"C:\Package\sub\setup.exe" /S', r"C:\Package\sub\setup.exe"),
            (r"C:/Package/sub/setup.exe", r"C:\Package\sub\setup.exe"),
        ],
    )
    def test_paths_count_from_the_working_folder(self, machine, find, command_line, expected):
        """Relative, rooted, absolute; the file's own spelling is given back."""
        machine.files.write(r"C:\Package\sub\setup.exe", b"")

        assert expected == find(command_line).path

    @pytest.mark.parametrize(
        ("present", "expected"),
        [
            ([r"C:\Program Files\App\sub dir\setup.exe"], r"C:\Program Files\App\sub dir\setup.exe"),
            (
                [r"C:\Program Files\App\sub dir\setup.exe", r"C:\Program Files\App\sub.exe"],
                r"C:\Program Files\App\sub.exe",
            ),
            ([r"C:\Program Files\App\sub dir\setup.exe", r"C:\Program.exe"], r"C:\Program.exe"),
        ],
    )
    def test_an_unquoted_path_with_blanks_may_end_at_each(self, machine, find, present, expected):
        """The classic trap, as documented."""
        for path in present:
            machine.files.write(path, b"")

        assert expected == find(r"C:\Program Files\App\sub dir\setup.exe /S").path

    def test_a_file_without_extension_comes_before_the_program(self, machine, find):
        """When the name has a folder; `.exe` is appended only if there is no such file."""
        machine.files.write(r"C:\Package\sub\tool.exe", b"")
        assert r"C:\Package\sub\tool.exe" == find(r"sub\tool /S").path

        machine.files.write(r"C:\Package\sub\tool", b"")
        assert r"C:\Package\sub\tool" == find(r"sub\tool /S").path


class TestNotFound:
    """What Windows says when there is nothing to start."""

    @pytest.mark.parametrize("command_line", ["sub", r"C:\Package\sub", r'"C:\Package\sub" /S', "sub.exe"])
    def test_a_folder_is_no_program(self, machine, find, command_line):
        """5, whether the name has an extension or not."""
        machine.files.make_folder(r"C:\Package\sub")
        machine.files.make_folder(r"C:\Package\sub.exe")

        with pytest.raises(MachineError, match="this is a folder") as caught:
            find(command_line)
        assert 5 == caught.value.winerror

    @pytest.mark.parametrize(("length", "code"), [(32_766, 2), (32_767, 206)])
    def test_a_line_has_a_longest_length(self, find, length, code):
        """With the character that ends it, 32,767."""
        with pytest.raises(MachineError) as caught:
            find("nosuch.exe ".ljust(length, "x"))

        assert code == caught.value.winerror
        assert len(str(caught.value)) < 300

    @pytest.mark.parametrize(
        ("command_line", "code", "said"),
        [
            ("nosuch.exe /S", 2, r"looked in C:\Package, the Windows folders and PATH"),
            ('"nosuch.exe" /S', 2, "looked in"),
            (r"C:\Package\nosuch.exe", 2, r"C:\Package does not hold it"),
            (r"C:\Nowhere\nosuch.exe", 3, r"the folder C:\Nowhere is not there"),
            (r"sub\nosuch.exe /log=C:\x.txt", 3, r"the folder C:\Package\sub is not there"),
            ("nosuch key:value", 2, "looked in"),
            (r"nosuch /log C:\x.txt:stream", 2, "looked in"),
            ("", 87, "names no program"),
            ('""', 87, "names no program"),
        ],
    )
    def test_the_code_and_the_place_are_named(self, find, command_line, code, said):
        """File, folder, or nothing at all."""
        with pytest.raises(MachineError) as caught:
            find(command_line)

        assert code == caught.value.winerror
        assert said in str(caught.value)


class TestWidth:
    """How wide the process is, and which half of Windows it comes from."""

    @pytest.mark.parametrize(
        ("command_line", "parent_bits", "path", "bits"),
        [
            ("msiexec.exe", 64, r"C:\Windows\System32\msiexec.exe", 64),
            ("msiexec.exe", 32, r"C:\Windows\SysWOW64\msiexec.exe", 32),
            (r"C:\Windows\System32\msiexec.exe", 32, r"C:\Windows\SysWOW64\msiexec.exe", 32),
            (r"C:\Windows\Sysnative\msiexec.exe", 32, r"C:\Windows\System32\msiexec.exe", 64),
            (r"C:\Windows\SysWOW64\msiexec.exe", 64, r"C:\Windows\SysWOW64\msiexec.exe", 32),
        ],
    )
    def test_a_32_bit_parent_starts_the_32_bit_half(self, find, command_line, parent_bits, path, bits):
        """Unless it says Sysnative."""
        image = find(command_line, parent_bits=parent_bits)

        assert (path, bits) == (image.path, image.bits)

    def test_sysnative_is_nothing_to_a_64_bit_parent(self, find):
        """The name exists for 32-bit programs only."""
        with pytest.raises(MachineError):
            find(r"C:\Windows\Sysnative\msiexec.exe", parent_bits=64)

    @pytest.mark.parametrize(("machine_type", "bits"), [(X86, 32), (X64, 64)])
    def test_the_header_of_a_program_says_how_wide_it_is(self, machine, find, image, machine_type, bits):
        """Whatever the parent is."""
        machine.files.write(r"C:\Package\setup.exe", image(machine_type))

        found = find("setup.exe", parent_bits=32)

        assert (bits, True) == (found.bits, found.is_program)

    @pytest.mark.parametrize("content", [b"", b"MZ", b"MZ".ljust(64, b"\xff"), b"#!/bin/sh"])
    def test_what_only_stands_for_a_program_is_32_bit(self, machine, find, content):
        """Most setup programs are."""
        machine.files.write(r"C:\Package\setup.exe", content)

        found = find("setup.exe")

        assert (32, False) == (found.bits, found.is_program)

    @pytest.mark.parametrize(
        ("architecture", "machine_type", "bits"),
        [
            (Architecture.X86, X86, 32),
            (Architecture.ARM64, X86, 32),
            (Architecture.ARM64, ARM64, 64),
            (Architecture.ARM64, X64, 64),
        ],
    )
    def test_a_windows_starts_programs_for_its_processor(self, fill, find, architecture, machine_type, bits):
        """And what it can stand in for: an ARM64 Windows 11 starts x64 programs too."""
        assert bits == find("setup.exe", on=fill(architecture, machine_type), parent_bits=32).bits

    @pytest.mark.parametrize(
        ("architecture", "machine_type"),
        [(Architecture.X86, X64), (Architecture.X64, ARM64), (Architecture.X64, 0x01C4)],
    )
    def test_programs_for_other_processors_do_not_start(self, fill, find, architecture, machine_type):
        """216, and which processor this is."""
        machine = fill(architecture, machine_type)

        with pytest.raises(MachineError, match=f"another processor than this {architecture} one") as caught:
            find("setup.exe", on=machine, parent_bits=32)
        assert 216 == caught.value.winerror

    @pytest.fixture
    def fill(self, make_machine, image):
        """Give a function that makes a machine with a setup program in its package."""

        def fill(architecture, machine_type):
            machine = make_machine(architecture)
            machine.files.write(r"C:\Package\setup.exe", image(machine_type))
            return machine

        return fill

    def test_everything_is_32_bit_on_a_32_bit_windows(self, make_machine, find):
        """Its System32 too."""
        found = find("msiexec.exe", on=make_machine(Architecture.X86), parent_bits=32)

        assert (r"C:\Windows\System32\msiexec.exe", 32) == (found.path, found.bits)
