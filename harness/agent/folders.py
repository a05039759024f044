r"""Where the agent keeps things on a machine; `Program Files (x86)` is `Program Files` on a 32-bit Windows.

Source: Microsoft's description of the Win32 app flow, and paths in logs of real devices.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.windows import MachineFacts

__all__ = ["IMECACHE", "LOGS", "AgentFolders"]

#: Content is unpacked below it, and installers run in it.
IMECACHE = r"C:\Windows\IMECache"
#: The log files.
LOGS = r"C:\ProgramData\Microsoft\IntuneManagementExtension\Logs"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFolders:
    """The agent's program folder and what lies below it.

    Attributes:
        home: the program folder.
    """

    home: str

    @classmethod
    def on(cls, facts: MachineFacts) -> AgentFolders:
        """Return the folders on a machine."""
        program_files = "Program Files (x86)" if facts.is_64_bit else "Program Files"
        return cls(home=rf"C:\{program_files}\Microsoft Intune Management Extension")

    @property
    def service_image(self) -> str:
        """The service's program; it is a 32-bit one."""
        return rf"{self.home}\Microsoft.Management.Services.IntuneWindowsAgent.exe"

    @property
    def executor_image(self) -> str:
        """The program that runs scripts and shows toasts."""
        return rf"{self.home}\agentexecutor.exe"

    @property
    def scripts(self) -> str:
        """Where detection and requirement scripts lie while they run."""
        return rf"{self.home}\Content\DetectionScripts"

    def incoming(self, content: str) -> str:
        """Return the downloaded, still encrypted file of a content such as `<app id>_<version>`."""
        return rf"{self.home}\Content\Incoming\{content}.bin"

    def staging(self, content: str) -> str:
        """Return the decrypted archive of a content."""
        return rf"{self.home}\Content\Staging\{content}.zip"
