"""Changes gathered under the key or folder they are in."""

from __future__ import annotations

from harness.emulator.changes import Change
from harness.report.facts import FileChange, RegistryChange
from harness.report.groups import by_folder, by_key, is_windows_installer_record


def key(path: str, name: str | None = None) -> RegistryChange:
    """Return an added key, or an added value in it."""
    return RegistryChange(change=Change.ADDED, key=path, name=name, type=None, before=None, after=None)


def file(path: str, change: Change = Change.ADDED, *, is_directory: bool = False) -> FileChange:
    """Return a changed file or folder."""
    return FileChange(
        change=change, path=path, is_directory=is_directory, size_bytes_before=None, size_bytes_after=None
    )


def test_values_are_gathered_under_their_key() -> None:
    """A new key is marked so, one that was there is not."""
    new, old = key(r"HKLM\SOFTWARE\New"), key(r"HKLM\SOFTWARE\Old", "x")
    value = key(r"HKLM\SOFTWARE\New", "a")

    groups = by_key([old, new, value])

    assert [(r"HKLM\SOFTWARE\New", Change.ADDED, (value,)), (r"HKLM\SOFTWARE\Old", None, (old,))] == [
        (group.path, group.change, group.members) for group in groups
    ]


def test_keys_that_only_hold_keys_are_left_out() -> None:
    """An empty key at the end of the branch is shown."""
    assert [r"HKLM\A\B\C"] == [group.path for group in by_key([key(r"HKLM\A"), key(r"HKLM\A\B"), key(r"HKLM\A\B\C")])]


def test_files_are_gathered_under_their_folder() -> None:
    """Folders that only hold folders are left out, a file of the root has a folder too."""
    changes = [
        file(r"C:\Program Files\Contoso", is_directory=True),
        file(r"C:\Program Files\Contoso\App", is_directory=True),
        file(r"C:\Program Files\Contoso\App\a.exe"),
        file("C:\\b.txt", Change.REMOVED),
    ]

    groups = by_folder(changes)

    assert [("C:\\", None, 1), (r"C:\Program Files\Contoso\App", Change.ADDED, 1)] == [
        (group.path, group.change, len(group.members)) for group in groups
    ]


def test_the_books_of_windows_installer_come_last() -> None:
    """They say little about the app."""
    book = r"HKLM\SOFTWARE\Classes\Installer\Products\1"
    own = r"HKLM\SOFTWARE\Contoso"

    assert [own, book] == [group.path for group in by_key([key(book, "x"), key(own, "x")])]
    assert is_windows_installer_record(r"C:\WINDOWS\Installer\1.msi")
    assert is_windows_installer_record(r"C:\Windows\Installer")
    assert not is_windows_installer_record(r"C:\Windows\InstallerFiles")
