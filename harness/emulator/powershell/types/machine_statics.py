r"""Static members that look at the machine: `[Environment]`, `[IO.File]`, `[IO.Path]`, `[Microsoft.Win32.Registry]`.

Source: learn.microsoft.com, Environment, File, Directory, Path, Registry classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from harness.emulator.environment import known_folders
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import EnumValue, TypedArray, Value, Version, is_null
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World
from harness.emulator.powershell.types.file_statics import FILE_METHODS, guarded, item_at, path_of
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.security_statics import SECURITY_METHODS
from harness.model.windows import RegistryPath

__all__ = ["MACHINE_METHODS", "MACHINE_PROPERTIES"]

_FOLDERS: Final[Mapping[str, str]] = {
    "Desktop": "Desktop",
    "DesktopDirectory": "Desktop",
    "Programs": "Programs",
    "MyDocuments": "Documents",
    "Startup": "Startup",
    "StartMenu": "StartMenu",
    "Fonts": "Fonts",
    "CommonStartMenu": "CommonStartMenu",
    "CommonPrograms": "CommonPrograms",
    "CommonStartup": "CommonStartup",
    "CommonDesktopDirectory": "PublicDesktop",
    "ApplicationData": "RoamingAppData",
    "LocalApplicationData": "LocalAppData",
    "CommonApplicationData": "ProgramData",
    "Windows": "Windows",
    "System": "System",
    "ProgramFiles": "ProgramFiles",
    "UserProfile": "Profile",
    "SystemX86": "SystemX86",
    "ProgramFilesX86": "ProgramFilesX86",
    "CommonProgramFiles": "ProgramFilesCommon",
    "CommonProgramFilesX86": "ProgramFilesCommonX86",
    "CommonDocuments": "PublicDocuments",
    "MyPictures": "Pictures",
}


def _folder(world: World, which: Value) -> str:
    wanted = to_text(which).lower()
    name = next((known for folder, known in _FOLDERS.items() if folder.lower() == wanted), None)
    folders = known_folders(
        world.run.info.account, bits=world.run.info.bits, is_64_bit=world.run.machine.facts.is_64_bit
    )
    if name is None or name not in folders:
        raise Unmodelled(f"the folder [Environment+SpecialFolder]::{to_text(which)}", "use an environment variable")
    return folders[name]


_TARGETS = {
    "machine": r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
    "user": r"HKCU\Environment",
}


def _get_variable(world: World, name: Value, target: Value = "Process") -> Value:
    where = to_text(target).lower()
    if where == "process":
        return world.run.environment.get(to_text(name))
    found = world.run.registry.get(_TARGETS[where], to_text(name))
    return None if found is None else world.run.files.expand(str(found.data))


def _set_variable(world: World, name: Value, value: Value, target: Value = "Process") -> None:
    where = to_text(target).lower()
    if where == "process":
        world.set_environment(to_text(name), None if is_null(value) else to_text(value))  # type: ignore[attr-defined]
    elif is_null(value) or not to_text(value):
        if world.run.registry.get(_TARGETS[where], to_text(name)):
            world.run.registry.delete_value(_TARGETS[where], to_text(name))
    else:
        world.run.registry.set(_TARGETS[where], to_text(name), to_text(value))


def _os_version(world: World) -> PSObject:
    facts = world.run.machine.facts
    text = f"Microsoft Windows NT 10.0.{facts.build}.0"
    return PSObject(
        ["System.OperatingSystem", "System.Object"],
        {
            "Platform": EnumValue("System.PlatformID", "Win32NT", 2),
            "ServicePack": "",
            "Version": Version(10, 0, facts.build, 0),
            "VersionString": text,
        },
        text=lambda: text,
    )


# Files


# Registry


def _registry_place(name: Value) -> RegistryPath:
    try:
        return RegistryPath.parse(to_text(name))
    except ValueError as error:
        raise Thrown(
            "System.ArgumentException",
            "Registry key name must start with a valid base key name.\r\nParameter name: keyName",
        ) from error


def _registry_get(world: World, key: Value, name: Value, default: Value) -> Value:
    from harness.emulator.powershell.providers.registry_items import data_of

    place = _registry_place(key)
    if not world.run.registry.exists(place):
        return None
    found = world.run.registry.get(place, "" if is_null(name) else to_text(name))
    return default if found is None else data_of(world.run, found)


def _registry_set(world: World, key: Value, name: Value, value: Value, kind: Value = None) -> None:
    from harness.emulator.powershell.providers.registry_items import typed_value

    world.run.registry.set(
        _registry_place(key),
        "" if is_null(name) else to_text(name),
        typed_value(value, "" if kind is None else to_text(kind)),
    )


def _root(name: str) -> Callable[[World], Value]:
    def get(world: World) -> Value:
        from harness.emulator.powershell.providers.registry_items import key_object

        return key_object(world.run, RegistryPath.parse(name))

    return get


def _open_base(world: World, hive: Value, view: Value = "Default") -> Value:
    from harness.emulator.powershell.providers.registry_items import key_object
    from harness.model.windows import View

    names = {
        "LocalMachine": "HKLM",
        "CurrentUser": "HKCU",
        "Users": "HKU",
        "ClassesRoot": "HKCR",
        "CurrentConfig": "HKCC",
    }
    chosen = {"registry64": View.VIEW_64, "registry32": View.VIEW_32}.get(to_text(view).lower())
    short = next((short for name, short in names.items() if name.lower() == to_text(hive).lower()), None)
    if short is None:
        raise Thrown("System.ArgumentException", "Registry HKEY was out of the legal range.")
    return key_object(world.run, RegistryPath.parse(short), view=chosen)


MACHINE_METHODS: Final[dict[str, dict[str, NetMethod]]] = {
    "System.Environment": {
        "GetEnvironmentVariable": _get_variable,
        "SetEnvironmentVariable": guarded(_set_variable),
        "GetFolderPath": _folder,
        "ExpandEnvironmentVariables": lambda world, text: world.run.files.expand(to_text(text)),
        "GetCommandLineArgs": lambda world: TypedArray("System.String", ["powershell.exe", *world.run.arguments]),
        "Exit": lambda _, code: _exit(int(code)),
    },
    **FILE_METHODS,
    "System.Diagnostics.FileVersionInfo": {
        "GetVersionInfo": guarded(lambda world, path: item_at(world, path_of(world, path)).get("VersionInfo")),
    },
    "Microsoft.Win32.Registry": {"GetValue": guarded(_registry_get), "SetValue": guarded(_registry_set)},
    "Microsoft.Win32.RegistryKey": {"OpenBaseKey": _open_base},
    **SECURITY_METHODS,
}


def _exit(code: int) -> Value:
    from harness.emulator.powershell.runtime.errors import ExitScript

    raise ExitScript(code)


def _is_64_bit_system(world: World) -> bool:
    return world.run.machine.facts.is_64_bit


def _machine_name(world: World) -> str:
    return world.run.environment.get("COMPUTERNAME") or world.run.machine.facts.name.upper()


def _processors(world: World) -> int:
    return world.run.machine.facts.processors


def _tick_count(world: World) -> int:
    return int(world.run.machine.clock.elapsed().total_seconds() * 1000)


MACHINE_PROPERTIES: Final[dict[str, dict[str, Callable[[World], Value]]]] = {
    "System.Environment": {
        "Is64BitProcess": lambda world: world.run.info.bits == 64,  # noqa: PLR2004
        "Is64BitOperatingSystem": _is_64_bit_system,
        "MachineName": _machine_name,
        "UserName": lambda world: world.run.info.account.name,
        "UserDomainName": lambda world: world.run.info.account.domain,
        "UserInteractive": lambda world: world.run.info.session_id != 0,
        "OSVersion": _os_version,
        "Version": lambda _: Version(4, 0, 30319, 42000),
        "NewLine": lambda _: "\r\n",
        "CurrentDirectory": lambda world: world.run.working_directory,
        "SystemDirectory": lambda _: r"C:\Windows\system32",
        "ProcessorCount": _processors,
        "CommandLine": lambda world: world.run.command_line,
        "TickCount": _tick_count,
        "ExitCode": lambda _: 0,
    },
    "System.IO.Path": {
        "DirectorySeparatorChar": lambda _: "\\",
        "PathSeparator": lambda _: ";",
    },
    "Microsoft.Win32.Registry": {
        "LocalMachine": _root("HKLM"),
        "CurrentUser": _root("HKCU"),
        "Users": _root("HKU"),
        "ClassesRoot": _root("HKCR"),
    },
    "System.Net.ServicePointManager": {
        "SecurityProtocol": lambda _: EnumValue("System.Net.SecurityProtocolType", "Tls12", 3072)
    },
}
