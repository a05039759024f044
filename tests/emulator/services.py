"""What several tests of services share."""

from datetime import timedelta

from harness.emulator.serviceconfig import SERVICES
from harness.model.windows import RegistryType, RegistryValue

MINUTE = timedelta(minutes=1)


async def nothing(machine):
    """Run for as long as the machine does."""
    await machine.clock.sleep(timedelta(days=1000))


def write_key(machine, name, image=r"C:\Contoso\svc.exe", start=2, **values):
    """Write a service's key, as an installer that does not ask the service manager."""
    values = {"Type": 0x10, "Start": start, "ImagePath": RegistryValue(RegistryType.REG_EXPAND_SZ, image)} | values
    for value_name, data in values.items():
        value = data if isinstance(data, RegistryValue) else RegistryValue.of(data)
        machine.registry.set(SERVICES.child(name), value_name, value)


def restart(machine, then=timedelta(minutes=5)):
    """Restart a machine on which nobody signs in again, and let time pass."""
    machine.power.signs_in_again = None
    machine.power.restart("a test")
    machine.clock.advance(then)


def told(machine, kind):
    """Return what the timeline says of that kind."""
    return [event.text for event in machine.timeline.of(kind=kind)]
