r"""The services and drivers of a freshly installed Windows: their keys below `Services`.

Those that packages, scripts and the service control manager ask for, not the some 250 of a real one. Display names are
written out, where Windows has references to resources.

Source: `sc qc` on Windows 10 22H2 and 11 23H2, from memory. On Windows Server other services start by themselves;
only those are told apart that are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.emulator.baseline_data import Data, Keys, expand
from harness.emulator.baseline_releases import release_of
from harness.model.windows import MachineFacts

__all__ = ["service_keys"]

_SERVICES = r"SYSTEM\CurrentControlSet\Services"
_SYSTEM32 = r"%SystemRoot%\system32"

#: winsvc.h: kernel driver, file system driver, own process, shared process; with a desktop.
_KERNEL, _FILE_SYSTEM, _OWN, _SHARED, _INTERACTIVE = 0x1, 0x2, 0x10, 0x20, 0x100
_BOOT, _SYSTEM_START, _AUTOMATIC, _MANUAL, _DISABLED = range(5)
_ACCOUNTS = {
    "": "LocalSystem", "local": r"NT AUTHORITY\LocalService", "network": r"NT AUTHORITY\NetworkService",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Service:
    """One service.

    Attributes:
        name: its key.
        display: the name people see.
        start: when it starts.
        host: the group of svchost.exe it runs in, or the whole command line of its process.
        needs: the services it depends on, with blanks between.
        account: who it runs as.
        type: what it is.
        is_delayed: whether it waits until the others have started.
    """

    name: str
    display: str
    start: int
    host: str
    needs: str = ""
    account: str = ""
    type: int = _SHARED
    is_delayed: bool = False


def _delayed(
    name: str,
    display: str,
    host: str,
    needs: str = "",
    account: str = "",
    *,
    type: int = _SHARED,  # noqa: A002
) -> _Service:
    return _Service(name, display, _AUTOMATIC, host, needs, account, type, is_delayed=True)


_COMMON = (
    _Service("AppIDSvc", "Application Identity", _MANUAL, "LocalServiceNetworkRestricted", "RpcSs CryptSvc", "local"),
    _Service("Appinfo", "Application Information", _MANUAL, "netsvcs", "RpcSs ProfSvc"),
    _Service("AppXSvc", "AppX Deployment Service (AppXSVC)", _MANUAL, "wsappx", "RpcSs StateRepository"),
    _Service("BFE", "Base Filtering Engine", _AUTOMATIC, "LocalServiceNoNetworkFirewall", "RpcSs", "local"),
    _Service("BITS", "Background Intelligent Transfer Service", _MANUAL, "netsvcs", "RpcSs"),
    _Service(
        "BrokerInfrastructure",
        "Background Tasks Infrastructure Service",
        _AUTOMATIC,
        "DcomLaunch",
        "RpcEptMapper DcomLaunch RpcSs",
    ),
    _Service("ClipSVC", "Client License Service (ClipSVC)", _MANUAL, "wsappx", "RpcSs"),
    _Service("CoreMessagingRegistrar", "CoreMessaging", _AUTOMATIC, "LocalServiceNoNetwork", "RpcSs", "local"),
    _Service("CryptSvc", "Cryptographic Services", _AUTOMATIC, "NetworkService", "RpcSs", "network"),
    _Service("DcomLaunch", "DCOM Server Process Launcher", _AUTOMATIC, "DcomLaunch"),
    _Service("Dhcp", "DHCP Client", _AUTOMATIC, "LocalServiceNetworkRestricted", "nsi Afd", "local"),
    _Service("DiagTrack", "Connected User Experiences and Telemetry", _AUTOMATIC, "utcsvc", "RpcSs", type=_OWN),
    _Service("DmEnrollmentSvc", "Device Management Enrollment Service", _MANUAL, "netsvcs", "RpcSs", type=_OWN),
    _Service(
        "dmwappushservice",
        "Device Management Wireless Application Protocol (WAP) Push message Routing Service",
        _MANUAL,
        "netsvcs",
        "RpcSs",
    ),
    _Service("Dnscache", "DNS Client", _AUTOMATIC, "NetworkService", "nsi Afd", "network"),
    _delayed("DoSvc", "Delivery Optimization", "NetworkService", "RpcSs", "network"),
    _Service("DPS", "Diagnostic Policy Service", _AUTOMATIC, "LocalServiceNoNetwork", account="local"),
    _Service("EventLog", "Windows Event Log", _AUTOMATIC, "LocalServiceNetworkRestricted", account="local"),
    _Service("EventSystem", "COM+ Event System", _AUTOMATIC, "LocalService", "RpcSs", "local"),
    _Service("gpsvc", "Group Policy Client", _AUTOMATIC, "netsvcs", "RpcSs Mup"),
    _Service("InstallService", "Microsoft Store Install Service", _MANUAL, "netsvcs", "RpcSs"),
    _Service("iphlpsvc", "IP Helper", _AUTOMATIC, "NetSvcs", "RpcSs Winmgmt Tcpip nsi"),
    _Service("KeyIso", "CNG Key Isolation", _MANUAL, rf"{_SYSTEM32}\lsass.exe", "RpcSs"),
    _Service("LanmanServer", "Server", _AUTOMATIC, "netsvcs", "SamSs srv2"),
    _Service("LanmanWorkstation", "Workstation", _AUTOMATIC, "NetworkService", "bowser mrxsmb20 nsi", "network"),
    _Service("LSM", "Local Session Manager", _AUTOMATIC, "DcomLaunch", "RpcEptMapper DcomLaunch RpcSs"),
    _Service("mpssvc", "Windows Defender Firewall", _AUTOMATIC, "LocalServiceNoNetworkFirewall", "mpsdrv BFE", "local"),
    _Service("msiserver", "Windows Installer", _MANUAL, r"%systemroot%\system32\msiexec.exe /V", "RpcSs", type=_OWN),
    _Service("Netlogon", "Netlogon", _MANUAL, rf"{_SYSTEM32}\lsass.exe", "LanmanWorkstation"),
    _Service(
        "NlaSvc", "Network Location Awareness", _AUTOMATIC, "NetworkService", "nsi RpcSs Tcpip Dhcp EventLog", "network"
    ),
    _Service("nsi", "Network Store Interface Service", _AUTOMATIC, "LocalService", "RpcSs nsiproxy", "local"),
    _Service("PlugPlay", "Plug and Play", _MANUAL, "DcomLaunch"),
    _Service("Power", "Power", _AUTOMATIC, "DcomLaunch"),
    _Service("ProfSvc", "User Profile Service", _AUTOMATIC, "netsvcs", "RpcSs"),
    _Service("RpcEptMapper", "RPC Endpoint Mapper", _AUTOMATIC, "RPCSS", account="network"),
    _Service("RpcSs", "Remote Procedure Call (RPC)", _AUTOMATIC, "rpcss", "RpcEptMapper DcomLaunch", "network"),
    _Service("SamSs", "Security Accounts Manager", _AUTOMATIC, rf"{_SYSTEM32}\lsass.exe", "RpcSs"),
    _Service("Schedule", "Task Scheduler", _AUTOMATIC, "netsvcs", "RpcSs SystemEventsBroker"),
    _Service("SENS", "System Event Notification Service", _AUTOMATIC, "netsvcs", "EventSystem"),
    _delayed("sppsvc", "Software Protection", rf"{_SYSTEM32}\sppsvc.exe", "RpcSs", "network", type=_OWN),
    _Service("StateRepository", "State Repository Service", _MANUAL, "appmodel", "RpcSs"),
    _Service("SystemEventsBroker", "System Events Broker", _AUTOMATIC, "DcomLaunch", "RpcEptMapper RpcSs"),
    _Service("TermService", "Remote Desktop Services", _MANUAL, "NetworkService", "RpcSs", "network"),
    _Service("Themes", "Themes", _AUTOMATIC, "netsvcs"),
    _Service("TokenBroker", "Web Account Manager", _MANUAL, "netsvcs", "UserManager"),
    _Service(
        "TrustedInstaller",
        "Windows Modules Installer",
        _MANUAL,
        r"%SystemRoot%\servicing\TrustedInstaller.exe",
        type=_OWN,
    ),
    _Service("UserManager", "User Manager", _AUTOMATIC, "netsvcs", "RpcSs ProfSvc"),
    _delayed("UsoSvc", "Update Orchestrator Service", "netsvcs", "RpcSs"),
    _Service("W32Time", "Windows Time", _MANUAL, "LocalService", account="local"),
    _Service("WdiServiceHost", "Diagnostic Service Host", _MANUAL, "LocalService", account="local"),
    _Service(
        "WinDefend",
        "Microsoft Defender Antivirus Service",
        _AUTOMATIC,
        r'"%ProgramData%\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe"',
        "RpcSs",
        type=_OWN,
    ),
    _Service("Winmgmt", "Windows Management Instrumentation", _AUTOMATIC, "netsvcs", "RpcSs"),
    _Service("wlidsvc", "Microsoft Account Sign-in Assistant", _MANUAL, "netsvcs", "RpcSs", type=_OWN),
    _Service("WpnService", "Windows Push Notifications System Service", _AUTOMATIC, "netsvcs", "RpcSs"),
    _Service("wuauserv", "Windows Update", _MANUAL, "netsvcs", "RpcSs"),
)

_SPOOLER = _Service(
    "Spooler", "Print Spooler", _AUTOMATIC, rf"{_SYSTEM32}\spoolsv.exe", "RpcSs HTTP", type=_OWN | _INTERACTIVE
)
_CLIENT = (
    _SPOOLER,
    _Service("RemoteRegistry", "Remote Registry", _DISABLED, "localService", "RpcSs", "local"),
    _Service(
        "SecurityHealthService",
        "Windows Security Service",
        _MANUAL,
        rf"{_SYSTEM32}\SecurityHealthService.exe",
        "RpcSs",
        type=_OWN,
    ),
    _Service("WinRM", "Windows Remote Management (WS-Management)", _MANUAL, "NetworkService", "RpcSs HTTP", "network"),
    _delayed("wscsvc", "Security Center", "LocalServiceNetworkRestricted", "RpcSs", "local"),
    _delayed(
        "WSearch",
        "Windows Search",
        rf"{_SYSTEM32}\SearchIndexer.exe /Embedding",
        "RpcSs BrokerInfrastructure",
        type=_OWN,
    ),
)
_SERVER = (
    _SPOOLER,
    _delayed("RemoteRegistry", "Remote Registry", "localService", "RpcSs", "local"),
    _Service(
        "WinRM", "Windows Remote Management (WS-Management)", _AUTOMATIC, "NetworkService", "RpcSs HTTP", "network"
    ),
)

_DRIVERS = (
    _Service(
        "AFD",
        "Ancillary Function Driver for Winsock",
        _SYSTEM_START,
        r"\SystemRoot\system32\drivers\afd.sys",
        type=_KERNEL,
    ),
    _Service("bowser", "Browser", _MANUAL, r"system32\DRIVERS\bowser.sys", type=_FILE_SYSTEM),
    _Service("HTTP", "HTTP Service", _MANUAL, r"system32\drivers\HTTP.sys", type=_KERNEL),
    _Service(
        "mpsdrv",
        "Windows Defender Firewall Authorization Driver",
        _MANUAL,
        r"System32\drivers\mpsdrv.sys",
        type=_KERNEL,
    ),
    _Service(
        "mrxsmb", "SMB MiniRedirector Wrapper and Engine", _MANUAL, r"system32\DRIVERS\mrxsmb.sys", type=_FILE_SYSTEM
    ),
    _Service(
        "mrxsmb20", "SMB 2.0 MiniRedirector", _MANUAL, r"system32\DRIVERS\mrxsmb20.sys", "mrxsmb", type=_FILE_SYSTEM
    ),
    _Service("Mup", "Mup", _BOOT, r"System32\Drivers\mup.sys", type=_FILE_SYSTEM),
    _Service("nsiproxy", "NSI Proxy Service Driver", _SYSTEM_START, r"system32\drivers\nsiproxy.sys", type=_KERNEL),
    _Service("srv2", "Server SMB 2.xxx Driver", _MANUAL, r"System32\DRIVERS\srv2.sys", type=_FILE_SYSTEM),
    _Service("Tcpip", "TCP/IP Protocol Driver", _BOOT, r"System32\drivers\tcpip.sys", type=_KERNEL),
)


def service_keys(facts: MachineFacts) -> Keys:
    """Return the keys of the services, below HKLM."""
    services = (*_COMMON, *(_SERVER if release_of(facts).is_server else _CLIENT), *_DRIVERS)
    return {rf"{_SERVICES}\{service.name}": dict(_values(service)) for service in services}


def _values(service: _Service) -> Iterator[tuple[str, Data]]:
    is_driver = service.type < _OWN
    yield "DisplayName", service.display
    yield "ErrorControl", 3 if service.start == _BOOT else 1
    is_hosted = "\\" not in service.host
    line = rf"{_SYSTEM32}\svchost.exe -k {service.host} -p" if is_hosted else service.host
    yield "ImagePath", expand(line)
    yield "Start", service.start
    yield "Type", service.type
    if service.needs:
        yield "DependOnService", tuple(service.needs.split())
    if service.is_delayed:
        yield "DelayedAutostart", 1
    if not is_driver:
        yield "ObjectName", _ACCOUNTS[service.account]
