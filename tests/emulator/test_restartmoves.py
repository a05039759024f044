"""What the next boot is to move."""

from __future__ import annotations

from functools import partial

import pytest

from harness.emulator.files import EmulatedFiles
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.restartmoves import note_move
from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.volumes import Clock, code_of

KEY = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager")
LIST, SECOND = "PendingFileRenameOperations", "PendingFileRenameOperations2"


@pytest.fixture
def registry(clock: Clock) -> EmulatedRegistry:
    """Give an empty registry."""
    return EmulatedRegistry(clock)


@pytest.fixture
def files(clock: Clock, registry: EmulatedRegistry) -> EmulatedFiles:
    """Give volumes that note in that registry."""
    return EmulatedFiles(clock, 10, note_move=partial(note_move, registry))


def noted(registry: EmulatedRegistry, name: str = LIST) -> object:
    """Return what is in a list."""
    value = registry.get(KEY, name)
    return value and value.data


class TestNoting:
    """The list in the registry."""

    def test_paths_are_real(self, files: EmulatedFiles, registry: EmulatedRegistry) -> None:
        """Paths are written in full and redirected, one pair after the other."""
        files.move_at_restart("C:/Windows/System32/./x.dll", r"c:\Temp\x.dll", View.VIEW_32)
        files.move_at_restart("C:\\y", None)
        assert (
            r"\??\C:\Windows\SysWOW64\x.dll",
            r"!\??\C:\Temp\x.dll",
            r"\??\C:\y",
            "",
        ) == noted(registry)

    def test_the_second_list(self, files: EmulatedFiles, registry: EmulatedRegistry) -> None:
        """Once there is a second list, that one is used."""
        registry.set(KEY, SECOND, RegistryValue(RegistryType.REG_MULTI_SZ, ("a", "b")))
        files.move_at_restart(r"C:\x", None)
        assert (None, ("a", "b", r"\??\C:\x", "")) == (noted(registry), noted(registry, SECOND))

    def test_what_is_no_list(self, files: EmulatedFiles, registry: EmulatedRegistry) -> None:
        """A value of another type is replaced."""
        registry.set(KEY, LIST, RegistryValue.of(7))
        files.move_at_restart(r"C:\x", None)
        assert (r"\??\C:\x", "") == noted(registry)

    def test_impossible_paths(self, files: EmulatedFiles, registry: EmulatedRegistry) -> None:
        """A path that Windows refuses is refused now, and nothing is noted."""
        assert 123 == code_of(lambda: files.move_at_restart(r"C:\x", r"C:\a|b"))
        assert noted(registry) is None

    def test_without_a_registry(self, clock: Clock) -> None:
        """Volumes on their own say that they cannot."""
        with pytest.raises(NotEmulated, match="restart"):
            EmulatedFiles(clock, 10).move_at_restart(r"C:\x", None)
