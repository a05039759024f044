"""Which services belong to Windows."""

import pytest

from harness.emulator.windowsservices import check_can_be_stopped, is_of_windows, is_shared_program, physical_image
from harness.errors import MachineError


@pytest.mark.parametrize(
    ("written", "image"),
    [
        (r"%SystemRoot%\system32\svchost.exe -k netsvcs -p", r"C:\Windows\system32\svchost.exe"),
        (r'"C:\Program Files\A B\c.exe" /x', r"C:\Program Files\A B\c.exe"),
        (r"C:\Program Files\A B\c.exe /x", r"C:\Program Files\A B\c.exe"),
        (r"system32\drivers\afd.sys", r"C:\Windows\system32\drivers\afd.sys"),
        (r"\SystemRoot\System32\drivers\x.sys", r"C:\Windows\System32\drivers\x.sys"),
        (r"\??\C:\Tools\x.sys", r"C:\Tools\x.sys"),
        (r"C:\Tools\run me", r"C:\Tools\run"),
        ("", ""),
    ],
)
def test_the_file_of_a_command_line(written, image):
    """Whatever prefix, variable or quotes it is written with."""
    assert image == physical_image(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"%SystemRoot%\system32\svchost.exe -k netsvcs", True),
        (r"%systemroot%\System32\SPOOLSV.EXE", True),
        (r'"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe"', True),
        (r"C:\Windows\contoso.exe", False),
        (r"C:\Tools\svchost.exe", False),
    ],
)
def test_which_services_are_windows_own(written, expected):
    """By name and folder: others install into Windows' folders, and call themselves like it."""
    assert expected is is_of_windows(written)


def test_some_programs_run_many_services():
    """Such as svchost.exe and lsass.exe; not the spooler."""
    paths = (
        r"C:\Windows\system32\svchost.exe -k x",
        r"C:\Windows\system32\lsass.exe",
        r"C:\Windows\system32\spoolsv.exe",
    )
    assert [True, True, False] == [is_shared_program(path) for path in paths]


@pytest.mark.parametrize(("name", "code"), [("rpcss", 1052), ("Schedule", 5)])
def test_some_cannot_be_stopped(name, code):
    """Windows needs them."""
    with pytest.raises(MachineError) as caught:
        check_can_be_stopped(name)
    assert code == caught.value.winerror


def test_others_can():
    """The spooler, for one."""
    check_can_be_stopped("Spooler")
