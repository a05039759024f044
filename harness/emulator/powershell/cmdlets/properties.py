"""Get-ItemProperty and its kin: values of registry keys, properties of files.

Source: learn.microsoft.com, Get-ItemProperty, Set-ItemProperty, New-ItemProperty, Remove-ItemProperty,
Rename-ItemProperty; RegistryProviderStrings.resx for the texts.
"""

from __future__ import annotations

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.cmdlets.targets import FILTERS, PATHS, access_of, is_pattern, is_wanted, places
from harness.emulator.powershell.providers.file_items import file_object
from harness.emulator.powershell.providers.places import FILES, REGISTRY, Place
from harness.emulator.powershell.providers.registry_items import data_of, property_object, provider_notes, typed_value
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import MISSING, PSObject, custom_object
from harness.emulator.powershell.runtime.parameters import anything, switch, text, texts
from harness.emulator.powershell.runtime.values import EnumValue, Hashtable, Value
from harness.emulator.powershell.types.members import properties_of
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError

__all__ = ["CMDLETS"]


def _registry_only(call: Call, place: Place) -> None:
    if place.provider != REGISTRY:
        raise Unmodelled(f"{call.command.name} on the provider {place.provider}", "set the object's property instead")


async def _no_property(call: Call, name: str, place: Place) -> None:
    await call.error(
        f"Property {name} does not exist at path {place.path}.",
        "System.Management.Automation.PSArgumentException",
        "InvalidArgument",
        name,
        "System.Management.Automation.PSArgumentException",
    )


def _names(call: Call, place: Place, written: list[str]) -> tuple[list[str], list[str]]:
    """Return the values of a key that names and patterns mean, and the names that mean nothing."""
    known = list(call.run.registry.values(place.key))
    found: list[str] = []
    missing: list[str] = []
    for name in written:
        wanted = "" if name.lower() == "(default)" else name
        if has_wildcard(wanted):
            found += [one for one in known if wildcard(wanted).fullmatch(one)]
        elif any(one.lower() == wanted.lower() for one in known):
            found += [one for one in known if one.lower() == wanted.lower()]
        else:
            missing.append(name)
    return [name or "(default)" for name in found], missing


async def _denied(call: Call, place: Place) -> None:
    await call.error(
        "Requested registry access is not allowed.", "System.Security.SecurityException", "PermissionDenied",
        place.path,
        "System.Security.SecurityException",
    )  # fmt: skip


@cmdlet(
    "Get-ItemProperty",
    *PATHS,
    texts("Name", position=1, aliases=("PSProperty",)),
    *FILTERS,
    aliases=("gp",),
    default_set="Path",
)
async def _get_item_property(call: Call) -> None:
    async for place, written in places(call):
        if not is_wanted(call, place.name):
            continue
        if place.provider == FILES:
            await _file_properties(call, place)
            continue
        _registry_only(call, place)
        try:
            names = None
            if call["Name"]:
                names, missing = _names(call, place, call["Name"])
                if not is_pattern(written):
                    for name in missing:
                        await _no_property(call, name, place)
                if not names:
                    continue
            made = property_object(call.run, place, names)
        except MachineError:
            await _denied(call, place)
            continue
        if made is not None:
            await call.write(made)


async def _file_properties(call: Call, place: Place) -> None:
    item = access_of(call).item(place)
    if not call["Name"]:
        await call.write(item)
        return
    chosen: dict[str, Value] = {}
    for pattern in call["Name"]:
        for member in properties_of(item):
            if wildcard(pattern).fullmatch(member.name) and not member.name.startswith("PS"):
                chosen[member.name] = member.read()
    if chosen:
        await call.write(custom_object({**chosen, **provider_notes(place)}))


@cmdlet(
    "Get-ItemPropertyValue",
    *PATHS,
    texts("Name", position=1, aliases=("PSProperty",), is_mandatory=True),
    *FILTERS,
    aliases=("gpv",),
    default_set="Path",
)
async def _get_item_property_value(call: Call) -> None:
    async for place, written in places(call):
        if place.provider == FILES:
            item = file_object(call.run, place.path, place, is_child=False)
            for name in call["Name"]:
                value = item.get(name)
                if value is MISSING:
                    await _no_property(call, name, place)
                else:
                    await call.write(value)
            continue
        _registry_only(call, place)
        for name in call["Name"]:
            found = call.run.registry.get(place.key, "" if name.lower() == "(default)" else name)
            if found is None:
                if not is_pattern(written):
                    await _no_property(call, name, place)
            else:
                await call.write(data_of(call.run, found))


def _kind(value: Value) -> str:
    return value.name if isinstance(value, EnumValue) else "" if value is None else to_text(value)


def _stored(name: str) -> str:
    return "" if name.lower() == "(default)" else name


@cmdlet(
    "Set-ItemProperty",
    *PATHS,
    text("Name", position=1, aliases=("PSProperty",), from_property=True),
    anything("Value", position=2),
    anything("InputObject"),
    anything("Type", aliases=("PropertyType",)),
    *FILTERS,
    switch("Force"),
    switch("PassThru"),
    aliases=("sp",),
    default_set="Path",
)
async def _set_item_property(call: Call) -> None:
    pairs = [(call["Name"], call["Value"])]
    if isinstance(call["InputObject"], PSObject | Hashtable):
        pairs = [(member.name, member.read()) for member in properties_of(call["InputObject"])]
    async for place, _ in places(call):
        for name, value in pairs:
            if place.provider == FILES:
                call.shell.set_member(access_of(call).item(place), name, value)
                continue
            _registry_only(call, place)
            existing = call.run.registry.get(place.key, _stored(name))
            kind = _kind(call["Type"])
            data = typed_value(value, kind)
            if not kind and existing is not None and type(existing.data) is type(data.data):
                data = type(data)(existing.type, data.data)
            await _write(call, place, name, data)
        if call["PassThru"]:
            await call.write(property_object(call.run, place, [call["Name"]]))


async def _write(call: Call, place: Place, name: str, data: Value) -> bool:
    try:
        call.run.registry.set(place.key, _stored(name), data)
    except MachineError:
        await _denied(call, place)
        return False
    return True


@cmdlet(
    "New-ItemProperty",
    *PATHS,
    text("Name", position=1, aliases=("PSProperty",), from_property=True, is_mandatory=True),
    anything("Value", from_property=True),
    anything("PropertyType", aliases=("Type",), from_property=True),
    *FILTERS,
    switch("Force"),
    default_set="Path",
)
async def _new_item_property(call: Call) -> None:
    async for place, _ in places(call):
        _registry_only(call, place)
        name = call["Name"]
        if call.run.registry.get(place.key, _stored(name)) is not None and not call["Force"]:
            await call.error(
                "The property already exists.",
                "System.IO.IOException",
                "WriteError",
                place.path,
                "System.IO.IOException",
            )
            continue
        value = call["Value"]
        kind = _kind(call["PropertyType"])
        if value is None and kind.lower() in ("", "string", "expandstring"):
            value = ""
        if await _write(call, place, name, typed_value(value, kind or ("String" if isinstance(value, str) else ""))):
            await call.write(property_object(call.run, place, [name]))


@cmdlet(
    "Remove-ItemProperty",
    *PATHS,
    texts("Name", position=1, aliases=("PSProperty",), from_property=True, is_mandatory=True),
    *FILTERS,
    switch("Force"),
    aliases=("rp",),
    default_set="Path",
)
async def _remove_item_property(call: Call) -> None:
    async for place, _ in places(call):
        _registry_only(call, place)
        found, missing = _names(call, place, call["Name"])
        for name in missing:
            await _no_property(call, name, place)
        for name in found:
            try:
                call.run.registry.delete_value(place.key, _stored(name))
            except MachineError:
                await _denied(call, place)


@cmdlet(
    "Rename-ItemProperty",
    *PATHS,
    text("Name", position=1, is_mandatory=True),
    text("NewName", position=2, is_mandatory=True),
    *FILTERS,
    switch("Force"),
    switch("PassThru"),
    aliases=("rnp",),
    default_set="Path",
)
async def _rename_item_property(call: Call) -> None:
    async for place, _ in places(call):
        _registry_only(call, place)
        value = call.run.registry.get(place.key, _stored(call["Name"]))
        if value is None:
            await _no_property(call, call["Name"], place)
            continue
        call.run.registry.set(place.key, _stored(call["NewName"]), value)
        call.run.registry.delete_value(place.key, _stored(call["Name"]))


CMDLETS = (
    _get_item_property, _get_item_property_value, _set_item_property, _new_item_property, _remove_item_property,
    _rename_item_property,
)  # fmt: skip
