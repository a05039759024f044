"""A device with the real agent, tenant and emulated machine, and small packages to deploy on it."""

import io
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from harness.agent.service import Agent
from harness.agent.settings import AgentSettings
from harness.device import ManagedDevice
from harness.emulator.accounts import entra_account
from harness.emulator.clock import VirtualClock
from harness.emulator.installers import Installer
from harness.emulator.machine import EmulatedMachine
from harness.emulator.programs import Program
from harness.formats.contents import PackageFile
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.packing import pack
from harness.model.apps import Win32App
from harness.model.assignments import Assignment, InstallIntent
from harness.model.rules import RegistryRule, Rule
from harness.model.windows import Architecture, MachineFacts, View
from harness.tenant import Tenant

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DEVICE = "00000000-0000-0000-0000-000000000000"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App"
MARK = RegistryRule(key_path=KEY, value_name="Version")
INSTALLS = Installer(takes="30 s", writes_registry={KEY: {"Version": "1.0"}}, view=View.VIEW_64)
REMOVES = Installer(takes="10 s", removes_registry=[KEY], view=View.VIEW_64)


@cache
def package_bytes(size: int = 1000) -> bytes:
    """Return a package of a setup program, an uninstaller and an incompressible file of that size."""
    noise = random.Random(0).randbytes(size)  # noqa: S311 - nothing secret
    contents = {"setup.exe": b"", "remove.exe": b"", "data\\big.bin": noise}
    files = [
        PackageFile(path=path, size_bytes=len(data), open=lambda data=data: io.BytesIO(data))
        for path, data in contents.items()
    ]
    files.append(PackageFile(path="empty", open=None))
    out = io.BytesIO()
    pack(files, "setup.exe", out, random_bytes=lambda count: bytes(range(count)), spool=io.BytesIO)
    return out.getvalue()


def make_facts(architecture: Architecture = Architecture.X64, **changes: object) -> MachineFacts:
    """Describe a machine."""
    is_narrow = architecture is Architecture.X86
    return MachineFacts(
        **{
            "name": "PC-042",
            "release": "Windows 10 22H2" if is_narrow else "Windows 11 23H2",
            "build": 19045 if is_narrow else 22631,
            "revision": 2428,
            "architecture": architecture,
        }
        | changes
    )


class Stage:
    """One device, and short words for what tests do with it."""

    def __init__(self, settings: AgentSettings, users: tuple[str, ...], facts: MachineFacts) -> None:
        self.tenant = Tenant()
        accounts = [entra_account(user, seed="1") for user in users]
        self.machine = EmulatedMachine(
            facts, VirtualClock(START, time_zone=facts.time_zone, freeze=False), users=accounts
        )
        self.agent = Agent(self.machine, self.tenant, settings, seed=1)
        self.agent.install()
        self.device = ManagedDevice(self.machine, self.tenant, self.agent)
        self._count = 0

    def publish(self, *rules: Rule, size: int = 1000, **fields: object) -> Win32App:
        """Publish an app that one registry value detects unless rules are given."""
        self._count += 1
        app = Win32App(
            **{
                "id": f"00000000-0000-0000-0000-{self._count:012}",
                "display_name": f"App {self._count}",
                "setup_file_path": "setup.exe",
                "install_command_line": "setup.exe /S",
                "uninstall_command_line": "remove.exe /S",
                "rules": rules or (MARK,),
            }
            | fields
        )
        package = IntuneWinPackage.open(io.BytesIO(package_bytes(size)), source=f"{app.display_name}.intunewin")
        self.tenant.add(app, package)
        return app

    def require(
        self, *rules: Rule, program: Program = INSTALLS, assignment: Assignment | None = None, **fields: object
    ) -> Win32App:
        """Publish an app, say what its setup program does, and assign it."""
        self.machine.programs["setup.exe"] = program
        self.machine.programs["remove.exe"] = REMOVES
        app = self.publish(*rules, **fields)
        self.tenant.assign(app, assignment or Assignment())
        return app

    def offer(self, *rules: Rule, program: Program = INSTALLS, **fields: object) -> Win32App:
        """Publish an app for the Company Portal."""
        return self.require(*rules, program=program, assignment=Assignment(intent=InstallIntent.AVAILABLE), **fields)

    def experience(self, app: Win32App, **changes: object) -> Win32App:
        """Change how an app installs."""
        self.tenant.add(replace(app, install_experience=replace(app.install_experience, **changes)))
        return self.tenant.app(app.id)

    def sync(self, then: str = "5 min") -> None:
        """Sync and let time pass."""
        self.device.sync()
        self.device.advance(then)

    def lines(self, name: str = "AppWorkload") -> list[str]:
        """Return the messages of a log."""
        return [entry.message for entry in self.device.log(name)]

    def kinds(self, *wanted: str) -> list[str]:
        """Return the kinds of events so far, those of interest only."""
        return [event.kind for event in self.machine.timeline if event.kind in wanted]

    def texts(self, kind: str) -> list[str]:
        """Return the texts of the events of a kind."""
        return [event.text for event in self.machine.timeline.of(kind=kind)]

    @property
    def toasts(self) -> list[str]:
        """The names of the toasts shown so far."""
        return [shown.toast.kind.name for shown in self.machine.toasts.shown]

    @property
    def now(self) -> timedelta:
        """Time since the start."""
        return self.machine.clock.now() - START
