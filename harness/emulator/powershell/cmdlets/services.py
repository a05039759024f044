"""Get-Service, Start-Service, Stop-Service, Restart-Service, Set-Service.

Source: learn.microsoft.com, the pages of the cmdlets; ServiceController class.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.parameters import anything, switch, text, texts
from harness.emulator.powershell.runtime.values import EnumValue, Value
from harness.emulator.powershell.types.enums import ENUMS
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.errors import MachineError
from harness.model.services import ServiceInfo

__all__ = ["CMDLETS"]

_STATUS = {number: name for name, number in ENUMS["System.ServiceProcess.ServiceControllerStatus"][0].items()}
_START = {number: name for name, number in ENUMS["System.ServiceProcess.ServiceStartMode"][0].items()}


def service_object(call: Call, info: ServiceInfo) -> PSObject:
    """Return a service as ServiceController."""
    services = call.run.machine.services
    name = info.name
    found = PSObject(
        ["System.ServiceProcess.ServiceController", "System.ComponentModel.Component", "System.Object"],
        text=lambda: "System.ServiceProcess.ServiceController",
        data=name,
    )

    def status() -> Value:
        number = int(services.query(name).state)
        return EnumValue("System.ServiceProcess.ServiceControllerStatus", _STATUS[number], number)

    def start_type() -> Value:
        number = int(services.query(name).start_type)
        return EnumValue("System.ServiceProcess.ServiceStartMode", _START[number], number)

    facts = {"Name": name, "ServiceName": name, "DisplayName": info.display_name, "MachineName": ".", "CanStop": True}
    for key, value in facts.items():
        found.note(key, value)
        found.members[key.lower()].kind = "Property"
    held = [status()]
    found.lazily("Status", lambda: held[0])
    found.lazily("StartType", start_type)
    found.lazily("RequiredServices", lambda: [service_object(call, services.query(one)) for one in info.depends_on])
    found.lazily("ServicesDependedOn", lambda: [service_object(call, services.query(one)) for one in info.depends_on])
    found.lazily(
        "DependentServices", lambda: [service_object(call, services.query(one)) for one in services.dependents(name)]
    )

    def refresh() -> None:
        held[0] = status()

    async def wait(wanted: Value, _: Value = None) -> None:
        number = ENUMS["System.ServiceProcess.ServiceControllerStatus"][0]
        del number, wanted
        refresh()

    found.methods.update(
        refresh=refresh, start=lambda: services.start(name), stop=lambda: services.stop(name), waitforstatus=wait,
        close=lambda: None, dispose=lambda: None,
    )  # fmt: skip
    return found


async def _found(call: Call) -> list[ServiceInfo]:
    services = call.run.machine.services
    known = {name.lower(): services.query(name) for name in services.names()}
    given = call["InputObject"]
    if given is not None:
        items = given if isinstance(given, list) else [given]
        return [services.query(item.data) for item in items if isinstance(item, PSObject)]
    by_display = call["DisplayName"]
    found: list[ServiceInfo] = []
    for pattern in by_display or call["Name"] or ["*"]:
        rule = wildcard(pattern)
        matching = [info for info in known.values() if rule.fullmatch(info.display_name if by_display else info.name)]
        if not by_display and not matching and not has_wildcard(pattern):
            matching = [
                info
                for info in known.values()
                if info.display_name.lower() == pattern.lower() and call.command.name != "Get-Service"
            ]
        if not matching and not has_wildcard(pattern):
            what = "display name" if by_display else "service name"
            await call.error(
                f"Cannot find any service with {what} '{pattern}'.",
                "NoServiceFoundForGivenDisplayName" if by_display else "NoServiceFoundForGivenName",
                "ObjectNotFound",
                pattern,
                "Microsoft.PowerShell.Commands.ServiceCommandException",
            )
        found += [info for info in matching if info not in found]
    return sorted(found, key=lambda info: info.name.lower())


_WHICH = (
    texts("Name", position=0, from_pipeline=True, from_property=True, aliases=("ServiceName",), sets=("Name",)),
    texts("DisplayName", sets=("DisplayName",)),
    anything("InputObject", from_pipeline=True, sets=("InputObject",)),
    texts("Include"),
    texts("Exclude"),
)


@cmdlet(
    "Get-Service",
    *_WHICH,
    texts("ComputerName"),
    switch("DependentServices", aliases=("DS",)),
    switch("RequiredServices", aliases=("SDO",)),
    aliases=("gsv",),
    default_set="Name",
)
async def _get_service(call: Call) -> None:
    for info in await _found(call):
        made = service_object(call, info)
        if call["DependentServices"]:
            await call.write_all(made.get("DependentServices"))
        elif call["RequiredServices"]:
            await call.write_all(made.get("RequiredServices"))
        else:
            await call.write(made)


async def _control(call: Call, action: str) -> None:
    services = call.run.machine.services
    for info in await _found(call):
        try:
            if action == "start" and services.query(info.name).state == 4:  # noqa: PLR2004 - it runs
                continue
            if action == "stop" and services.query(info.name).state == 1:
                continue
            getattr(services, action)(info.name)
        except MachineError as error:
            verb = {"start": "started", "stop": "stopped", "restart": "stopped"}[action]
            what = {"start": "Start", "stop": "Stop", "restart": "Stop"}[action]
            await call.error(
                f"Service '{info.display_name} ({info.name})' cannot be {verb} due to the following error: "
                f"{error.strerror}",
                f"CouldNot{what}Service", "OpenError", info.name,
                "Microsoft.PowerShell.Commands.ServiceCommandException",
            )  # fmt: skip
            continue
        if call["PassThru"]:
            await call.write(service_object(call, services.query(info.name)))


@cmdlet("Start-Service", *_WHICH, switch("PassThru"), aliases=("sasv",), default_set="Name")
async def _start_service(call: Call) -> None:
    await _control(call, "start")


@cmdlet(
    "Stop-Service",
    *_WHICH,
    switch("Force"),
    switch("NoWait"),
    switch("PassThru"),
    aliases=("spsv",),
    default_set="Name",
)
async def _stop_service(call: Call) -> None:
    await _control(call, "stop")


@cmdlet("Restart-Service", *_WHICH, switch("Force"), switch("PassThru"), default_set="Name")
async def _restart_service(call: Call) -> None:
    await _control(call, "restart")


@cmdlet(
    "Set-Service",
    text("Name", position=0, from_pipeline=True, from_property=True, is_mandatory=True),
    text("StartupType", aliases=("StartMode", "SM", "ST")),
    text("Status"),
    text("DisplayName", aliases=("DN",)),
    text("Description"),
    switch("PassThru"),
)
async def _set_service(call: Call) -> None:
    if call["DisplayName"] or call["Description"]:
        raise Unmodelled("Set-Service -DisplayName and -Description", "leave the names as they are")
    services = call.run.machine.services
    name = call["Name"]
    if name.lower() not in [known.lower() for known in services.names()]:
        await call.error(
            f"Service {name} was not found on computer '.'.",
            "InvalidOperationException",
            "ObjectNotFound",
            name,
            "System.InvalidOperationException",
        )
        return
    if call["StartupType"]:
        numbers = {known.lower(): number for number, known in _START.items()}
        wanted = call["StartupType"].lower()
        if wanted not in numbers:
            raise Unmodelled(f"the start type {call['StartupType']}", "use Automatic, Manual or Disabled")
        call.run.registry.set(rf"HKLM\SYSTEM\CurrentControlSet\Services\{name}", "Start", numbers[wanted])
    match (call["Status"] or "").lower():
        case "running":
            services.start(name)
        case "stopped":
            services.stop(name)
        case _:
            return


CMDLETS = (_get_service, _start_service, _stop_service, _restart_service, _set_service)
