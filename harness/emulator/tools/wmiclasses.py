r"""What Windows Management Instrumentation says of the machine, class by class, as far as the machine knows it.

A property that is missing here is not answered with something made up: whoever asks for it gets `NotEmulated`. What a
computer says of its make comes from `HKLM\HARDWARE\DESCRIPTION\System\BIOS`, where a machine definition can put it.

Source: learn.microsoft.com, "Win32_OperatingSystem class" and the pages of the other classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.emulator.msi.products import Context, Owner, find_product
from harness.emulator.tools.localaccounts import local_users
from harness.emulator.tools.processrows import process_rows
from harness.emulator.tools.wql import Value
from harness.emulator.windowsservices import check_can_be_stopped
from harness.errors import MachineError
from harness.formats.guids import is_packed_guid, unpack_guid
from harness.model.services import ServiceInfo, ServiceState, StartType
from harness.model.windows import Architecture, Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["WmiClass", "WMI_CLASSES", "Row"]

#: An instance: its properties by name.
Row = Mapping[str, Value]

_CURRENT_VERSION = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
_BIOS = RegistryPath(Hive.HKLM, r"HARDWARE\DESCRIPTION\System\BIOS")
_FIRST_11 = 22_000
_MIB, _KIB = 1 << 20, 1 << 10
_ARCHITECTURES = {Architecture.X86: "32-bit", Architecture.X64: "64-bit", Architecture.ARM64: "ARM 64-bit Processor"}
_SYSTEM_TYPES = {
    Architecture.X86: "X86-based PC",
    Architecture.X64: "x64-based PC",
    Architecture.ARM64: "ARM64-based PC",
}
_STATES = {
    ServiceState.STOPPED: "Stopped",
    ServiceState.START_PENDING: "Start Pending",
    ServiceState.STOP_PENDING: "Stop Pending",
    ServiceState.RUNNING: "Running",
}
_START_MODES = {
    StartType.BOOT: "Boot",
    StartType.SYSTEM: "System",
    StartType.AUTOMATIC: "Auto",
    StartType.MANUAL: "Manual",
    StartType.DISABLED: "Disabled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WmiClass:
    """A class of instances.

    Attributes:
        name: `Win32_Product`.
        alias: what `wmic` calls it, `product`.
        keys: the properties that tell instances apart.
        rows: makes the instances, as the process may see them.
    """

    name: str
    alias: str
    keys: Sequence[str]
    rows: Callable[[ProgramRun], Iterator[Row]]


def _operating_system(run: ProgramRun) -> Iterator[Row]:
    machine, facts = run.machine, run.machine.facts
    product = str(machine.registry.get(_CURRENT_VERSION, "ProductName") or "Windows")
    if facts.build >= _FIRST_11 and "Server" not in facts.release:
        product = product.replace("Windows 10", "Windows 11")
    installed = machine.registry.get(_CURRENT_VERSION, "InstallDate")
    seconds = installed.data if installed and isinstance(installed.data, int) else None
    owner = machine.registry.get(_CURRENT_VERSION, "RegisteredOwner")
    yield {
        "BuildNumber": str(facts.build),
        "BuildType": "Multiprocessor Free",
        "Caption": f"Microsoft {product}",
        "CSName": facts.name,
        "InstallDate": None if seconds is None else datetime.fromtimestamp(seconds, UTC),
        "LastBootUpTime": machine.power.booted_at,
        "LocalDateTime": machine.clock.now(),
        "Locale": "0409",
        "Manufacturer": "Microsoft Corporation",
        "MUILanguages": '{"en-US"}',
        "Name": rf"Microsoft {product}|C:\Windows|\Device\Harddisk0\Partition3",
        "NumberOfUsers": len(machine.sessions.signed_in()),
        "OSArchitecture": _ARCHITECTURES[facts.architecture],
        "OSLanguage": 1033,
        "ProductType": 3 if "Server" in facts.release else 1,
        "RegisteredUser": str(owner or ""),
        "SerialNumber": str(machine.registry.get(_CURRENT_VERSION, "ProductId") or ""),
        "ServicePackMajorVersion": 0,
        "ServicePackMinorVersion": 0,
        "SystemDirectory": r"C:\Windows\system32",
        "SystemDrive": "C:",
        "TotalVisibleMemorySize": facts.memory_mb * _KIB,
        "Version": facts.os_version,
        "WindowsDirectory": r"C:\Windows",
    }


def _computer_system(run: ProgramRun) -> Iterator[Row]:
    facts = run.machine.facts
    active = run.machine.sessions.active
    row: dict[str, Value] = {
        "Caption": facts.name,
        "DNSHostName": facts.name,
        "Domain": "WORKGROUP",
        "Name": facts.name,
        "NumberOfLogicalProcessors": facts.processors,
        "NumberOfProcessors": 1,
        "PartOfDomain": False,
        "SystemType": _SYSTEM_TYPES[facts.architecture],
        "TotalPhysicalMemory": facts.memory_mb * _MIB,
        "UserName": str(active.account) if active else None,
        "Workgroup": "WORKGROUP",
    }
    yield row | _from_bios(run, {"Manufacturer": "SystemManufacturer", "Model": "SystemProductName"})


def _system_product(run: ProgramRun) -> Iterator[Row]:
    name = "Computer System Product"
    names = {"Name": "SystemProductName", "Vendor": "SystemManufacturer", "Version": "SystemVersion"}
    yield {"Caption": name, "Description": name, **_from_bios(run, names)}


def _bios(run: ProgramRun) -> Iterator[Row]:
    names = {"Manufacturer": "BIOSVendor", "SMBIOSBIOSVersion": "BIOSVersion", "SerialNumber": "SystemSerialNumber"}
    yield {"PrimaryBIOS": True, "Status": "OK", **_from_bios(run, names)}


def _from_bios(run: ProgramRun, names: Mapping[str, str]) -> dict[str, Value]:
    found = {name: run.machine.registry.get(_BIOS, value) for name, value in names.items()}
    return {name: str(value) for name, value in found.items() if value is not None}


def _products(run: ProgramRun) -> Iterator[Row]:
    sid = run.token.account.sid
    registry = run.machine.registry
    for owner in (Owner(Context.MACHINE), Owner(Context.USER, sid), Owner(Context.MANAGED, sid)):
        listed = owner.advertised.child("Products")
        for packed in registry.subkeys(listed) if registry.exists(listed) else ():
            product = find_product(registry, unpack_guid(packed), sid) if is_packed_guid(packed) else None
            if product is None or product.owner != owner:
                continue
            properties = owner.product(product.code).child("InstallProperties")
            texts = {
                name: str(registry.get(properties, value) or "")
                for name, value in (
                    ("InstallDate", "InstallDate"),
                    ("InstallLocation", "InstallLocation"),
                    ("InstallSource", "InstallSource"),
                    ("Vendor", "Publisher"),
                    ("Version", "DisplayVersion"),
                )
            }
            yield texts | {
                "AssignmentType": int(owner.context is Context.MACHINE),
                "Caption": product.name,
                "Description": product.name,
                "IdentifyingNumber": product.code,
                "InstallState": 5,
                "Language": str(product.language),
                "LocalPackage": product.local_package,
                "Name": product.name,
                "PackageCode": product.package_code,
            }


def _processes(run: ProgramRun) -> Iterator[Row]:
    for row in process_rows(run):
        may_look = row.owner != "N/A"
        info = row.info
        yield {
            "Caption": row.name,
            "CommandLine": info.command_line if info and may_look else None,
            "CreationDate": info.started if info else None,
            "Description": row.name,
            "ExecutablePath": info.image_path if info and may_look else None,
            "Handle": str(row.pid),
            "Name": row.name,
            "ParentProcessId": info.parent_pid if info else 0,
            "ProcessId": row.pid,
            "SessionId": row.session_id,
        }


def _services(run: ProgramRun) -> Iterator[Row]:
    for name in run.machine.services.names():
        info = run.machine.services.query(name)
        config = run.machine.services.get(name).config
        yield {
            "AcceptStop": info.state is ServiceState.RUNNING and _can_be_stopped(info),
            "Caption": info.display_name,
            "DelayedAutoStart": info.is_delayed,
            "DisplayName": info.display_name,
            "ExitCode": info.exit_code,
            "Name": info.name,
            "PathName": info.image_path,
            "ProcessId": info.pid,
            "Started": info.state is not ServiceState.STOPPED,
            "StartMode": _START_MODES[info.start_type],
            "StartName": config.object_name,
            "State": _STATES.get(info.state, "Unknown"),
            "Status": "OK",
        }


def _can_be_stopped(info: ServiceInfo) -> bool:
    try:
        check_can_be_stopped(info.name)
    except MachineError:
        return False
    return True


def _disks(run: ProgramRun) -> Iterator[Row]:
    for volume in run.files.volumes():
        yield {
            "Caption": volume.drive,
            "Description": "Local Fixed Disk",
            "DeviceID": volume.drive,
            "DriveType": 3,
            "FileSystem": "NTFS",
            "FreeSpace": volume.free_bytes,
            "Name": volume.drive,
            "Size": volume.size_bytes,
            "VolumeName": volume.label,
        }


def _accounts(run: ProgramRun) -> Iterator[Row]:
    computer = run.machine.facts.name
    for user in local_users(run.machine):
        yield {
            "Caption": rf"{computer}\{user.name}",
            "Description": user.comment,
            "Disabled": not user.is_active,
            "Domain": computer,
            "LocalAccount": True,
            "Name": user.name,
            "SID": user.sid,
            "Status": "OK" if user.is_active else "Degraded",
        }


WMI_CLASSES = (
    WmiClass(name="Win32_OperatingSystem", alias="os", keys=("Name",), rows=_operating_system),
    WmiClass(name="Win32_ComputerSystem", alias="computersystem", keys=("Name",), rows=_computer_system),
    WmiClass(name="Win32_ComputerSystemProduct", alias="csproduct", keys=("Name",), rows=_system_product),
    WmiClass(name="Win32_BIOS", alias="bios", keys=("Name",), rows=_bios),
    WmiClass(name="Win32_Product", alias="product", keys=("IdentifyingNumber", "Name", "Version"), rows=_products),
    WmiClass(name="Win32_Process", alias="process", keys=("Handle",), rows=_processes),
    WmiClass(name="Win32_Service", alias="service", keys=("Name",), rows=_services),
    WmiClass(name="Win32_LogicalDisk", alias="logicaldisk", keys=("DeviceID",), rows=_disks),
    WmiClass(name="Win32_UserAccount", alias="useraccount", keys=("Domain", "Name"), rows=_accounts),
)
