"""Who may do what with which file."""

from __future__ import annotations

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.filerights import FileRights, check_file_access, file_rights
from harness.model.windows import LOCAL_SERVICE, SYSTEM, Token
from tests.emulator.volumes import code_of

ADA = Token(account=entra_account("ada"))
ADMIN = Token(account=entra_account("boss", is_administrator=True))
ELEVATED = Token(account=ADMIN.account, is_elevated=True)
READ, WRITE = FileRights.FILE_GENERIC_READ, FileRights.FILE_GENERIC_WRITE
LIST, ADD_FILE, ADD_FOLDER = (
    FileRights.FILE_LIST_DIRECTORY,
    FileRights.FILE_ADD_FILE,
    FileRights.FILE_ADD_SUBDIRECTORY,
)


class TestEverybody:
    """What the default lists give to Users."""

    @pytest.mark.parametrize(
        ("place", "may_read", "may_write"),
        [
            (r"C:\Windows\System32\cmd.exe", True, False),
            (r"C:\Windows\System32\config\SAM", False, False),
            (r"C:\Windows\Prefetch\x.pf", False, False),
            (r"C:\Program Files\Contoso\app.exe", True, False),
            (r"C:\Program Files (x86)\Contoso\app.exe", True, False),
            (r"C:\ProgramData\Microsoft\IntuneManagementExtension\Logs\x.log", True, False),
            (r"C:\Users\desktop.ini", True, False),
            (r"C:\Users\Default\Desktop\x.lnk", True, False),
            (r"C:\Users\Public\Documents\x.txt", True, True),
            (r"C:\Users\Public\Desktop\x.lnk", True, False),
            (r"C:\USERS\ADA\x.txt", True, True),
            (r"C:\Users\boss\x.txt", False, False),
            (r"C:\Users\adam\x.txt", False, False),
            (r"C:\Tools\x.txt", True, True),
            (r"C:\pagefile.txt", True, True),
            (r"C:\System Volume Information\x", False, False),
            (r"D:\x.txt", True, True),
            (r"D:\System Volume Information", False, False),
        ],
    )
    def test_files(self, place: str, *, may_read: bool, may_write: bool) -> None:
        """Reading and writing a file that is there."""
        for token in (ADA, Token(account=ADA.account, is_elevated=True)):
            rights = file_rights(place, token)
            assert (may_read, may_write) == (READ in rights, WRITE in rights)
        if not may_write:
            assert 5 == code_of(lambda: check_file_access(place, WRITE, ADA))

    @pytest.mark.parametrize(
        ("place", "may_list", "may_add_file", "may_add_folder"),
        [
            ("C:\\", True, False, True),
            (r"C:\Tools", True, True, True),
            (r"C:\ProgramData", True, True, True),
            (r"C:\ProgramData\Contoso", True, True, True),
            (r"C:\Windows\Temp", False, True, True),
            (r"C:\Windows\Temp\below", True, True, True),
            (r"C:\Windows", True, False, False),
            (r"C:\Users", True, False, False),
            ("D:\\", True, True, True),
        ],
    )
    def test_folders(self, place: str, *, may_list: bool, may_add_file: bool, may_add_folder: bool) -> None:
        """Listing a folder, making files and folders in it."""
        rights = file_rights(place, ADA, is_folder=True, owner="")
        assert (may_list, may_add_file, may_add_folder) == (LIST in rights, ADD_FILE in rights, ADD_FOLDER in rights)

    def test_who_made_a_file_may_change_it(self) -> None:
        """In ProgramData everybody changes only what is their own; who made it may be unknown."""
        place = r"C:\ProgramData\Contoso\settings.ini"
        assert WRITE in file_rights(place, ADA, owner=ADA.account.sid)
        assert WRITE in file_rights(place, ADA)
        assert WRITE not in file_rights(place, ADA, owner="")
        assert READ in file_rights(place, ADA, owner="")
        check_file_access(place, WRITE | FileRights.DELETE, ADA, owner=ADA.account.sid)


class TestOthers:
    """Administrators, SYSTEM, services."""

    def test_system_may_do_everything(self) -> None:
        """SYSTEM is refused nothing."""
        check_file_access(r"C:\System Volume Information\x", FileRights.FILE_ALL_ACCESS, Token(account=SYSTEM))

    def test_administrators_may_when_elevated(self) -> None:
        """An administrator is a user until elevated; even then some places are closed."""
        assert WRITE not in file_rights(r"C:\Windows\x", ADMIN)
        check_file_access(r"C:\Windows\x", FileRights.FILE_ALL_ACCESS, ELEVATED)
        check_file_access(r"C:\Users\ada\x", FileRights.FILE_ALL_ACCESS, ELEVATED)
        assert 5 == code_of(lambda: check_file_access("C:\\System Volume Information", LIST, ELEVATED))

    def test_services_have_their_profile(self) -> None:
        """LOCAL SERVICE writes to its own profile, which others cannot look into."""
        place = rf"{LOCAL_SERVICE.profile}\AppData\x"
        check_file_access(place, WRITE, Token(account=LOCAL_SERVICE))
        assert 5 == code_of(lambda: check_file_access(place, READ, ADA))
