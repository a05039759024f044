"""Batch files of the usual shapes that packages ship, whole, on a machine."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from harness.emulator.installers import Installer
from harness.emulator.machine import EmulatedMachine
from harness.emulator.processes import EmulatedProcess
from harness.model.commands import Command
from harness.model.windows import Account, Bits, RegistryPath, RegistryValue, View
from tests.emulator.msi.building import PRODUCT_CODE, Msi

PACKAGE = r"C:\Windows\IMECache\app_1"
CONTOSO = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso")
Run = Callable[..., EmulatedProcess]


@pytest.fixture
def run(machine: EmulatedMachine) -> Run:
    """Give a function that runs a package's batch file as the agent does, from a 32-bit process of SYSTEM."""

    def run(script: str, arguments: str = "", *, name: str = "Install.cmd", bits: Bits = 32) -> EmulatedProcess:
        machine.files.write(rf"{PACKAGE}\{name}", script.lstrip("\n").replace("\n", "\r\n").encode("cp437"))
        command = Command(command_line=f"{name} {arguments}".strip(), working_directory=PACKAGE, parent_bits=bits)
        process = machine.processes.start(command)
        machine.clock.advance(timedelta(hours=2))
        return process

    return run


def msi() -> bytes:
    """Return a package that installs one file."""
    return Msi().component("C1", key_path="app.exe").file("app.exe", b"MZ app").build()


MSI_INSTALL = r"""
@echo off
setlocal
set "LOGDIR=%ProgramData%\Contoso\Logs"
if not exist "%LOGDIR%" md "%LOGDIR%"
msiexec.exe /i "%~dp0app.msi" /qn /norestart /l*v "%LOGDIR%\app.log"
set "RC=%ERRORLEVEL%"
if %RC% EQU 0 goto :ok
if %RC% EQU 3010 goto :reboot
if %RC% EQU 1641 goto :reboot
echo Installation failed: %RC%>>"%LOGDIR%\install.log"
exit /b %RC%
:reboot
echo Restart needed
exit /b 3010
:ok
echo Installed
exit /b 0
"""


def test_an_msi_with_a_log_and_exit_codes(run: Run, machine: EmulatedMachine) -> None:
    """A package is installed with a log; the exit code is passed on."""
    machine.files.write(rf"{PACKAGE}\app.msi", msi())
    process = run(MSI_INSTALL)

    assert (0, "Installed\r\n") == (process.exit.code, process.exit.stdout)
    assert machine.files.exists(r"C:\ProgramData\Contoso\Logs\app.log")
    assert machine.files.exists(r"C:\Program Files\Contoso Test\app.exe")


def test_a_missing_msi_is_reported(run: Run, machine: EmulatedMachine) -> None:
    """Windows Installer says 1619, the batch file logs it and ends with it."""
    process = run(MSI_INSTALL)

    assert 1619 == process.exit.code
    log = machine.files.read(r"C:\ProgramData\Contoso\Logs\install.log")
    assert b"Installation failed: 1619\r\n" == log


def test_files_are_copied_and_keys_written_in_both_views(run: Run, machine: EmulatedMachine) -> None:
    """Files go to Program Files, the registry gets a value in each half."""
    machine.files.write(rf"{PACKAGE}\Files\app.ini", b"[app]")
    machine.files.write(rf"{PACKAGE}\Files\lang\de.ini", b"[de]")
    process = run(
        r"""
@echo off
pushd "%~dp0"
set "TARGET=%ProgramW6432%\Contoso\App"
if not defined ProgramW6432 set "TARGET=%ProgramFiles%\Contoso\App"
xcopy "Files\*" "%TARGET%\" /E /I /Y /Q >nul || exit /b 1
reg add "HKLM\SOFTWARE\Contoso\App" /v Version /t REG_SZ /d "2.0.1" /f /reg:64 >nul || exit /b 2
reg add "HKLM\SOFTWARE\Contoso\App" /v Version /t REG_SZ /d "2.0.1" /f /reg:32 >nul || exit /b 3
popd
exit /b 0
"""
    )
    key = CONTOSO.child("App")

    assert 0 == process.exit.code
    assert machine.files.exists(r"C:\Program Files\Contoso\App\lang\de.ini")
    values = [machine.registry.get(key, "Version", view) for view in View]
    assert [RegistryValue.of("2.0.1")] * 2 == values


ARCHITECTURE = r"""
@echo off
if defined PROCESSOR_ARCHITEW6432 (
  "%SystemRoot%\Sysnative\cmd.exe" /c "%~f0" %*
  exit /b
)
if /i "%PROCESSOR_ARCHITECTURE%"=="AMD64" (set BITS=64) else (set BITS=32)
echo %BITS% %*
exit /b %BITS%
"""


@pytest.mark.parametrize("bits", [32, 64])
def test_a_batch_file_restarts_itself_in_the_native_half(run: Run, bits: Bits) -> None:
    """Started by a 32-bit agent or not, the work is done by the 64-bit command processor."""
    process = run(ARCHITECTURE, "/silent", bits=bits)

    assert (64, "64 /silent\r\n") == (process.exit.code, process.exit.stdout)


EXISTS = r"""
@echo off
setlocal EnableExtensions EnableDelayedExpansion
set "APP=%ProgramFiles%\Contoso\app.txt"
if exist "%APP%" (
  for /f "usebackq tokens=1,2 delims==" %%a in ("%APP%") do (
    if /i "%%a"=="version" set "FOUND=%%b"
  )
  if "!FOUND!"=="%~1" (
    echo Version !FOUND! is there already
    exit /b 0
  )
  echo Replacing !FOUND!
) else (
  echo New
  md "%ProgramFiles%\Contoso"
)
>"%APP%" echo version=%~1
exit /b 0
"""


def test_nothing_is_done_when_the_version_is_there(run: Run) -> None:
    """What an earlier run left is read and compared."""
    outputs = [run(EXISTS, version, bits=64).exit.stdout for version in ("1.0", "1.0", "2.0")]

    assert ["New\r\n", "Version 1.0 is there already\r\n", "Replacing 1.0\r\n"] == outputs


COMPARE = r"""
@echo off
call :compare %1 %2
exit /b %ERRORLEVEL%

:compare
setlocal
set "A=%~1"
set "B=%~2"
:parts
for /f "tokens=1* delims=." %%i in ("%A%") do set "A1=%%i" & set "A=%%j"
for /f "tokens=1* delims=." %%i in ("%B%") do set "B1=%%i" & set "B=%%j"
if %A1% LSS %B1% endlocal & exit /b 1
if %A1% GTR %B1% endlocal & exit /b 2
if not defined A if not defined B endlocal & exit /b 0
if not defined A set "A=0"
if not defined B set "B=0"
goto parts
"""


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("1.2.3", "1.2.3", 0), ("1.10", "1.9", 2), ("1.2", "1.2.1", 1), ("2", "1.9.9", 2), ("1.0", "1", 0)],
)
def test_versions_are_compared_part_by_part(run: Run, left: str, right: str, expected: int) -> None:
    """A subroutine takes versions apart until they differ."""
    assert expected == run(COMPARE, f"{left} {right}").exit.code


def test_a_product_is_found_in_the_uninstall_keys_and_removed(run: Run, machine: EmulatedMachine) -> None:
    """`reg query` is searched for a name, and what is found is uninstalled."""
    machine.files.write(rf"{PACKAGE}\app.msi", msi())
    run(MSI_INSTALL)
    process = run(
        r"""
@echo off
set "UNINST=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
set "GUID="
for /f "delims=" %%K in ('reg query "%UNINST%" /reg:64 ^| findstr /i /r "{.*}"') do (
  reg query "%%K" /v DisplayName /reg:64 2>nul | findstr /i /c:"Contoso Test" >nul && set "GUID=%%~nxK"
)
if not defined GUID (
  echo Not found
  exit /b 1605
)
echo Removing %GUID%
start "" /wait msiexec.exe /x %GUID% /qn /norestart
exit /b %ERRORLEVEL%
""",
        name="Uninstall.cmd",
    )

    assert (0, f"Removing {PRODUCT_CODE}\r\n") == (process.exit.code, process.exit.stdout)
    assert not machine.files.exists(r"C:\Program Files\Contoso Test\app.exe")


SETUP = r"""
@echo off
set "LOG=%TEMP%\contoso_install.log"
call :log Starting
start /wait "" "%~dp0setup.exe" /S /D=C:\Contoso
set RC=%errorlevel%
call :log setup.exe ended with %RC%
if %RC%==3010 (
  call :log A restart is needed
  set RC=0
)
exit /b %RC%

:log
>>"%LOG%" echo %DATE% %TIME% - %*
goto :eof
"""


@pytest.mark.parametrize(("ends", "expected"), [(0, 0), (3010, 0), (1603, 1603)])
def test_a_setup_program_is_waited_for_and_logged(run: Run, machine: EmulatedMachine, ends: int, expected: int) -> None:
    """The log has the time before and after, and a restart counts as success."""
    machine.files.write(rf"{PACKAGE}\setup.exe", b"")
    machine.programs["setup.exe"] = Installer(takes="2 min", exit_code=ends)
    process = run(SETUP)

    assert (expected, timedelta(minutes=2)) == (process.exit.code, process.exit.elapsed)
    log = machine.files.read(r"C:\Windows\Temp\contoso_install.log").decode()
    assert "Mon 03/02/2026  8:00:00.00 - Starting" == log.splitlines()[0]
    assert f"Mon 03/02/2026  8:02:00.00 - setup.exe ended with {ends}" == log.splitlines()[1]


def test_robocopy_success_is_mapped(run: Run, machine: EmulatedMachine) -> None:
    """What is below 8 is success."""
    machine.files.write(rf"{PACKAGE}\Fonts\a.ttf", b"font")
    process = run(
        r"""
@echo off
robocopy "%~dp0Fonts" "C:\Contoso\Fonts" /E /R:2 /W:1 /NP /NFL /NDL /NJH /NJS >nul
if %ERRORLEVEL% GEQ 8 exit /b %ERRORLEVEL%
exit /b 0
"""
    )

    assert 0 == process.exit.code
    assert machine.files.exists(r"C:\Contoso\Fonts\a.ttf")


def test_a_batch_file_waits_until_a_program_has_ended(run: Run, machine: EmulatedMachine) -> None:
    """It looks every ten seconds, at most thirty times."""
    machine.files.write(rf"{PACKAGE}\worker.exe", b"")
    machine.programs["worker.exe"] = Installer(takes="35 s")
    process = run(
        r"""
@echo off
start "" /b worker.exe
set /a TRIES=0
:wait
tasklist /fi "imagename eq worker.exe" /nh 2>nul | find /i "worker.exe" >nul
if errorlevel 1 goto done
set /a TRIES+=1
if %TRIES% geq 30 exit /b 1618
ping -n 11 127.0.0.1 >nul
goto wait
:done
echo %TRIES%
exit /b 0
"""
    )

    assert (0, "4\r\n", timedelta(seconds=40)) == (process.exit.code, process.exit.stdout, process.exit.elapsed)


def test_every_profile_gets_a_file(run: Run, machine: EmulatedMachine, ada: Account) -> None:
    """A loop over the profiles leaves the usual folders out."""
    machine.sign_in(ada)
    process = run(
        r"""
@echo off
setlocal enabledelayedexpansion
set COUNT=0
for /d %%U in ("%SystemDrive%\Users\*") do (
  if /i not "%%~nxU"=="Public" if /i not "%%~nxU"=="Default" if /i not "%%~nxU"=="All Users" (
    if not exist "%%U\AppData\Roaming\Contoso" mkdir "%%U\AppData\Roaming\Contoso"
    echo x>"%%U\AppData\Roaming\Contoso\app.ini"
    set /a COUNT+=1
  )
)
echo !COUNT!
"""
    )

    assert (0, "1\r\n") == (process.exit.code, process.exit.stdout)
    assert machine.files.exists(rf"{ada.profile}\AppData\Roaming\Contoso\app.ini")


SWITCHES = r"""
@echo off
set MODE=install
set QUIET=
:next
if "%~1"=="" goto run
if /i "%~1"=="/uninstall" set MODE=uninstall
if /i "%~1"=="/q" set QUIET=1
if /i "%~1"=="/log" (
  set "LOG=%~2"
  shift
)
shift
goto next
:run
if not defined LOG set "LOG=none"
if not defined QUIET echo loud
echo %MODE% %LOG%
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", "loud\r\ninstall none\r\n"),
        ("/q", "install none\r\n"),
        ('/Q /LOG "C:\\a b\\x.log" /Uninstall', "uninstall C:\\a b\\x.log\r\n"),
    ],
)
def test_switches_are_read_in_a_loop(run: Run, arguments: str, expected: str) -> None:
    """`shift` goes through the arguments."""
    assert expected == run(SWITCHES, arguments).exit.stdout


def test_rights_are_checked_first(run: Run) -> None:
    """A key that only administrators may read tells them apart."""
    process = run(
        r"""
@echo off
reg query HKU\S-1-5-19 >nul 2>&1
if %errorlevel% neq 0 (
  echo Run this as an administrator
  exit /b 5
)
whoami
"""
    )

    assert (0, "nt authority\\system\r\n") == (process.exit.code, process.exit.stdout)


def test_temporary_files_go_at_the_end(run: Run, machine: EmulatedMachine) -> None:
    """A batch file works in a folder of its own, and cleans up whatever happens."""
    process = run(
        r"""
@echo off
set "WORK=%TEMP%\contoso_%RANDOM%"
md "%WORK%" || exit /b 1
copy /y "%~dp0Install.cmd" "%WORK%\" >nul
(
  echo [Settings]
  echo Silent=1
  echo Path=%ProgramData%
)>"%WORK%\answers.ini"
findstr /b "Silent=" "%WORK%\answers.ini" || (call :clean & exit /b 2)
call :clean
exit /b 0
:clean
rd /s /q "%WORK%"
goto :eof
"""
    )

    assert (0, "Silent=1\r\n") == (process.exit.code, process.exit.stdout)
    assert not [name for name in machine.files.names(r"C:\Windows\Temp") if name.startswith("contoso_")]
