"""Registry keys and values as objects.

Source: learn.microsoft.com, about_Registry_Provider, RegistryKey class; numbers come back with their sign, as .NET has
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.providers.places import REGISTRY, Place
from harness.emulator.powershell.runtime.errors import failure
from harness.emulator.powershell.runtime.objects import Method, PSObject, custom_object
from harness.emulator.powershell.runtime.values import Byte, EnumValue, Int64, TypedArray, Value, is_null
from harness.emulator.powershell.types.calls import Thrown
from harness.emulator.powershell.types.conversion import to_number
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["key_object", "data_of", "typed_value", "property_object", "provider_notes", "KINDS"]

_KIND = "Microsoft.Win32.RegistryValueKind"
KINDS = {
    "string": RegistryType.REG_SZ,
    "expandstring": RegistryType.REG_EXPAND_SZ,
    "binary": RegistryType.REG_BINARY,
    "dword": RegistryType.REG_DWORD,
    "multistring": RegistryType.REG_MULTI_SZ,
    "qword": RegistryType.REG_QWORD,
    "none": RegistryType.REG_NONE,
}
_NAMES = {
    RegistryType.REG_SZ: ("String", 1),
    RegistryType.REG_EXPAND_SZ: ("ExpandString", 2),
    RegistryType.REG_BINARY: ("Binary", 3),
    RegistryType.REG_DWORD: ("DWord", 4),
    RegistryType.REG_MULTI_SZ: ("MultiString", 7),
    RegistryType.REG_QWORD: ("QWord", 11),
    RegistryType.REG_NONE: ("None", -1),
}
_SIGN_32, _SIGN_64 = 2**31, 2**63


def data_of(run: ProgramRun, value: RegistryValue, *, expands: bool = True) -> Value:
    """Return a registry value's data as .NET gives it."""
    data = value.data
    match value.type:
        case RegistryType.REG_DWORD | RegistryType.REG_DWORD_BIG_ENDIAN if isinstance(data, int):
            return data - 2 * _SIGN_32 if data >= _SIGN_32 else int(data)
        case RegistryType.REG_QWORD if isinstance(data, int):
            return Int64(data - 2 * _SIGN_64 if data >= _SIGN_64 else data)
        case RegistryType.REG_EXPAND_SZ if expands:
            return run.files.expand(str(data))
    if isinstance(data, tuple):
        return TypedArray("System.String", data)
    if isinstance(data, bytes):
        return TypedArray("System.Byte", map(Byte, data))
    return data


def typed_value(value: Value, kind: str = "") -> RegistryValue:
    """Return what is written to the registry for a value.

    Args:
        value: the value.
        kind: a name of RegistryValueKind; empty for the kind one expects.

    Raises:
        ScriptError: when the value does not fit the kind.
    """
    chosen = KINDS.get(kind.lower()) if kind and kind.lower() != "unknown" else None
    if kind and chosen is None and kind.lower() != "unknown":
        raise failure(
            f'Cannot convert value "{kind}" to type "{_KIND}".', "CannotConvertArgumentNoMessage", "InvalidArgument"
        )
    if chosen is None:
        chosen = _kind_for(value)
    return RegistryValue(chosen, _data_for(value, chosen))


def _kind_for(value: Value) -> RegistryType:
    if isinstance(value, Int64):
        return RegistryType.REG_QWORD
    if isinstance(value, int) and not isinstance(value, bool):
        return RegistryType.REG_DWORD
    if isinstance(value, TypedArray) and value.element == "System.Byte":
        return RegistryType.REG_BINARY
    return RegistryType.REG_MULTI_SZ if isinstance(value, list) else RegistryType.REG_SZ


def _data_for(value: Value, kind: RegistryType) -> str | int | bytes | tuple[str, ...] | None:
    match kind:
        case RegistryType.REG_DWORD | RegistryType.REG_QWORD:
            return _number_for(value, 2**32 if kind is RegistryType.REG_DWORD else 2**64)
        case RegistryType.REG_MULTI_SZ:
            return tuple(to_text(item) for item in value) if isinstance(value, list) else (to_text(value),)
        case RegistryType.REG_BINARY | RegistryType.REG_NONE:
            items = value if isinstance(value, list) else [] if is_null(value) else [value]
            try:
                return bytes(int(to_number(item) if isinstance(item, str) else item) for item in items)
            except (ValueError, TypeError) as error:
                raise _mismatch() from error
        case _:
            return to_text(value)


def _number_for(value: Value, size: int) -> int:
    number = to_number(value) if isinstance(value, str) else 0 if is_null(value) else value
    if isinstance(number, float):
        number = round(number)
    if not isinstance(number, int) or not -size // 2 <= number < size:
        raise _mismatch()
    return int(number) % size


def _mismatch() -> Exception:
    return failure(
        "The type of the value object did not match the specified RegistryValueKind or the object could not be "
        "properly "
        "converted.",
        "System.ArgumentException", "WriteError", type_name="System.ArgumentException",
    )  # fmt: skip


def provider_notes(place: Place) -> dict[str, Value]:
    """Return the notes that the provider adds to what it gives: PSPath and its kin."""
    parent = place.parent
    notes: dict[str, Value] = {
        "PSPath": place.ps_path,
        "PSParentPath": f"Microsoft.PowerShell.Core\\{place.provider}::{parent}" if parent else "",
        "PSChildName": place.name,
    }
    if place.drive:
        notes["PSDrive"] = place.drive
    notes["PSProvider"] = f"Microsoft.PowerShell.Core\\{place.provider}"
    return notes


def key_object(run: ProgramRun, key: RegistryPath, place: Place | None = None, *, view: View | None = None) -> PSObject:
    """Return a registry key as RegistryKey."""
    registry = run.registry
    where = place or Place(REGISTRY, str(key))
    made = PSObject(
        ["Microsoft.Win32.RegistryKey", "System.MarshalByRefObject", "System.Object"], text=lambda: str(key), data=key
    )
    made.lazily("SubKeyCount", lambda: len(registry.subkeys(key, view)))
    made.lazily("ValueCount", lambda: len(registry.values(key, view)))
    made.lazily("Name", lambda: str(key))
    if place is not None:
        made.lazily(
            "Property",
            lambda: TypedArray("System.String", [name or "(default)" for name in registry.values(key, view)]),
        )
        for name, value in provider_notes(where).items():
            made.note(name, value)
        made.note("PSIsContainer", value=True)
    made.methods.update({name.lower(): method for name, method in _methods(run, key, view).items()})
    return made


def _methods(run: ProgramRun, key: RegistryPath, view: View | None) -> dict[str, Method]:
    registry = run.registry

    def get_value(name: Value = "", default: Value = None, options: Value = None) -> Value:
        found = registry.get(key, to_text(name), view)
        expands = options is None or to_text(options).lower() != "donotexpandenvironmentnames"
        return default if found is None else data_of(run, found, expands=expands)

    def get_kind(name: Value) -> EnumValue:
        found = registry.get(key, to_text(name), view)
        if found is None:
            raise Thrown("System.IO.IOException", "The specified registry key does not exist.")
        shown, number = _NAMES.get(found.type, ("Unknown", 0))
        return EnumValue(_KIND, shown, number)

    def open_sub_key(name: Value, _: Value = None) -> Value:
        below = key.child(to_text(name).replace("/", "\\"))
        return key_object(run, below, view=view) if registry.exists(below, view) else None

    def set_value(name: Value, value: Value, kind: Value = None) -> None:
        registry.set(key, to_text(name), typed_value(value, "" if kind is None else to_text(kind)), view)

    def create_sub_key(name: Value, *_: Value) -> Value:
        registry.create(key.child(to_text(name)), view)
        return key_object(run, key.child(to_text(name)), view=view)

    def delete_sub_key(name: Value, *_: Value) -> None:
        try:
            registry.delete(key.child(to_text(name)), view)
        except MachineError as error:
            raise Thrown(
                "System.ArgumentException", "Cannot delete a subkey tree because the subkey does not exist."
            ) from error

    def delete_value(name: Value, throws: Value = True) -> None:  # noqa: FBT002
        try:
            registry.delete_value(key, to_text(name), view)
        except MachineError as error:
            if throws:
                raise Thrown("System.ArgumentException", "No value exists with that name.") from error

    return {
        "GetValue": get_value,
        "GetValueNames": lambda: TypedArray("System.String", list(registry.values(key, view))),
        "GetSubKeyNames": lambda: TypedArray("System.String", list(registry.subkeys(key, view))),
        "GetValueKind": get_kind,
        "OpenSubKey": open_sub_key,
        "SetValue": set_value,
        "CreateSubKey": create_sub_key,
        "DeleteSubKey": delete_sub_key,
        "DeleteSubKeyTree": delete_sub_key,
        "DeleteValue": delete_value,
        "Close": lambda: None,
        "Dispose": lambda: None,
        "Flush": lambda: None,
        "ToString": lambda: str(key),
    }


def property_object(run: ProgramRun, place: Place, names: list[str] | None) -> PSObject | None:
    """Return a key's values as an object, all or those of some names; None when there is none of them."""
    values = run.registry.values(place.key)
    wanted = None if names is None else [name.lower() for name in names]
    chosen: dict[str, Value] = {}
    for stored, value in values.items():
        name = stored or "(default)"
        if wanted is None or name.lower() in wanted:
            chosen[name] = data_of(run, value)
    if not chosen:
        return None
    return custom_object({**chosen, **provider_notes(place)})
