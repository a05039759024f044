"""Windows Installer: msiexec applies the tables of a real MSI to the emulated machine."""

from harness.emulator.msi.execution import MsiPace
from harness.emulator.msi.program import msiexec

__all__ = ["MsiPace", "msiexec"]
