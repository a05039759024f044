r"""The database of installed services: read from the registry at a boot, and written through to it.

The service control manager reads the `Services` key when the machine starts. What a script or an installer then writes
there behind its back, a new service or another start type, counts from the next boot on; only which program a service
is, and as whom it runs, is read again at each start.

Source: learn.microsoft.com, "Database of Installed Services"; technet.microsoft.com, "Start" below `Services` ("You
cannot change the starting rules for a service by editing this entry"); ReactOS base/system/services/database.c agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from harness.emulator.serviceconfig import (
    DELETE_FLAG,
    SERVICES,
    ServiceConfig,
    config_of,
    recovery_values,
    registry_values,
)
from harness.emulator.serviceprocesses import Service
from harness.model.names import folded
from harness.model.services import Recovery, StartType
from harness.model.windows import Hive, RegistryPath, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.frozen import KeyImage
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ServiceDatabase"]

_PLACE = ("SYSTEM", "CONTROLSET001", "SERVICES")
_WIN32 = 0x30


class ServiceDatabase:
    """The services of one machine, as the service control manager knows them.

    What the registry held at the boot is kept as an image, and a service is made of it when somebody asks for it.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._images: Mapping[str, KeyImage] = {}
        self._services: dict[str, Service] = {}
        self._gone: set[str] = set()
        self._needed: set[str] | None = None

    def read(self) -> None:
        """Read the registry, as at a boot, and remove the services that were to be deleted."""
        self._services.clear()
        self._gone.clear()
        self._needed = None
        key: KeyImage | None = self._machine.registry.snapshot().hives[Hive.HKLM]
        for name in _PLACE:
            key = key.keys.get(name) if key else None
        self._images = key.keys if key else {}
        for name, image in self._images.items():
            if DELETE_FLAG.upper() in image.values:
                self._gone.add(name)
                self._machine.registry.delete(SERVICES.child(image.name))

    def find(self, name: str) -> Service | None:
        """Return a service that somebody has asked for already, or that was added; None for any other."""
        return self._services.get(folded(name))

    def config(self, name: str) -> ServiceConfig | None:
        """Return what a service's key said at the boot, or what has been changed through the manager since."""
        service = self._services.get(folded(name))
        if service:
            return service.config
        image = None if folded(name) in self._gone else self._images.get(folded(name))
        return config_of(image.name, image.values) if image else None

    def configs(self) -> Iterator[ServiceConfig]:
        """Return every service and driver, sorted by name."""
        names = (set(self._images) - self._gone) | set(self._services)
        for name in sorted(names):
            config = self.config(name)
            if config:
                yield config

    def win32_names(self) -> list[str]:
        """Return the names of what is no driver, sorted."""
        return [config.name for config in self.configs() if config.type & _WIN32]

    def has_display_name(self, wanted: str) -> bool:
        """Return whether a service or driver has such a name, or is shown under it."""
        known = folded(wanted)
        if self.config(wanted) or any(folded(service.display_name) == known for service in self._services.values()):
            return True
        unseen = [image for name, image in self._images.items() if name not in self._gone | self._services.keys()]
        shown = [image.values["DISPLAYNAME"][1].data for image in unseen if "DISPLAYNAME" in image.values]
        return any(isinstance(text, str) and folded(text) == known for text in shown)

    def automatic(self) -> Iterator[ServiceConfig]:
        """Return what the registry said at the boot about the services that start with it."""
        for name, image in self._images.items():
            start = image.values.get("START")
            if start and start[1].data == StartType.AUTOMATIC and name not in self._gone:
                config = config_of(image.name, image.values)
                if config and not config.is_driver:
                    yield config

    def needed_at_boot(self) -> AbstractSet[str]:
        """Return the folded names of what the services that start with the machine need, whatever starts that."""
        if self._needed is None:
            self._needed = set()
            todo = [name for config in self.automatic() if config.is_automatic for name in config.depends_on]
            for name in todo:  # grows while it is walked
                config = None if folded(name) in self._needed else self.config(name)
                if config and config.start_type is not StartType.DISABLED:
                    self._needed.add(folded(name))
                    todo += config.depends_on
        return self._needed

    def known(self) -> list[Service]:
        """Return the services that somebody has asked for since the boot, sorted by name."""
        return [self._services[name] for name in sorted(self._services)]

    # Changing

    def keep(self, service: Service) -> Service:
        """Remember a service that was made of its key, or is new."""
        self._services[folded(service.name)] = service
        return service

    def write(self, config: ServiceConfig, recovery: Recovery | None = None) -> None:
        """Write a service's key; without a word on recovery, what it says of that stays."""
        key = SERVICES.child(config.name)
        for name, value in registry_values(config).items():
            self._set(key, name, value)
        for name, value in (recovery_values(recovery) if recovery else {}).items():
            self._set(key, name, value)

    def mark(self, service: Service) -> None:
        """Note that a service that runs is to be deleted, where the next boot finds it."""
        service.is_marked = True
        key = SERVICES.child(service.name)
        self._set(key, DELETE_FLAG, RegistryValue.of(1))
        self._set(key, "Start", RegistryValue.of(int(StartType.DISABLED)))

    def forget(self, name: str) -> None:
        """Remove a service and its key, whatever is left of that."""
        self._gone.add(folded(name))
        self._services.pop(folded(name), None)
        key = SERVICES.child(name)
        if self._machine.registry.exists(key):
            self._machine.registry.delete(key)

    def _set(self, key: RegistryPath, name: str, value: RegistryValue | None) -> None:
        registry = self._machine.registry
        if value is not None:
            registry.set(key, name, value)
        elif registry.get(key, name) is not None:
            registry.delete_value(key, name)
