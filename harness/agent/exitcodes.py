"""What exit codes usually mean, for explanations; what the agent does about them is decided elsewhere."""

from __future__ import annotations

from harness.model.apps import ReturnCodeType, Win32App

__all__ = ["describe_exit_code"]

#: Source: learn.microsoft.com, "MsiExec.exe and InstMsi.exe error messages" and "System error codes".
_MEANINGS = {
    1: "a general failure",
    2: "a file was not found",
    3: "a folder was not found",
    5: "access was denied",
    87: "a parameter was wrong",
    193: "a file is no program",
    740: "the program needs an administrator",
    1223: "the user cancelled",
    1601: "Windows Installer is not available",
    1602: "the user cancelled",
    1603: "a fatal error; the MSI log (/l*v) says where",
    1612: "the installation source is not available",
    1618: "another installation is running",
    1619: "the package could not be opened; check its name in the command line",
    1620: "the package is no Windows Installer package",
    1624: "a transform could not be applied",
    1625: "a policy forbids it",
    1633: "the package is not for this kind of processor",
    1638: "another version of the product is installed",
    1639: "the command line is wrong",
    1641: "a success, and the installer restarts the machine",
    3010: "a success that needs a restart",
    0xC0000005: "the program crashed",
    0xC0000135: "a DLL was not found",
    0xC0000142: "a DLL could not be initialized, often because there is no desktop",
}
_USUAL_TYPES = {
    1641: ReturnCodeType.HARD_REBOOT,
    3010: ReturnCodeType.SOFT_REBOOT,
    1618: ReturnCodeType.RETRY,
}


def describe_exit_code(app: Win32App, exit_code: int) -> str:
    """Say what an exit code means, what the app's return codes make of it, and what would help."""
    shown = f"{exit_code}" if exit_code <= 0xFFFF else f"{exit_code} (0x{exit_code:08X})"  # noqa: PLR2004 - a low word
    meaning = _MEANINGS.get(exit_code)
    text = f"The program ended with {shown}{f': {meaning}' if meaning else ''}."
    mapped, usual = app.meaning_of(exit_code), _USUAL_TYPES.get(exit_code)
    if mapped is None:
        text += " The app's return codes do not name it, so it counts as a failure."
        if usual:
            text += f" Add it as '{usual.value}'."
    elif mapped is ReturnCodeType.RETRY:
        text += " The app's return codes say to try again, and every attempt ended like this."
    else:
        text += f" The app's return codes name it '{mapped.value}'."
        if usual and usual is not mapped:
            text += f" It is usually '{usual.value}'."
    return text
