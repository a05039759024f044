"""Functions that write and delete, and those that have nothing to do any more.

Source, of what they take, return and raise: CPython's PC/winreg.c, tried out with CPython 3.13; of which rights a
handle must have: learn.microsoft.com, "Registry Functions". Windows 7 took away what the last three are about.
"""

from __future__ import annotations

from typing import Any

from harness.emulator.registryrights import KeyRights
from harness.emulator.winreg.arguments import as_dword, as_int, as_name, as_text
from harness.emulator.winreg.constants import WOW64_64KEY
from harness.emulator.winreg.data import value_of
from harness.emulator.winreg.exposing import as_windows, called
from harness.emulator.winreg.failures import of_windows
from harness.emulator.winreg.openkeys import OpenKey
from harness.emulator.winreg.process import RegistryProcess, refuse_performance_data
from harness.errors import MachineError
from harness.machine.wow64 import written_by_32_bit
from harness.model.windows import RegistryType, RegistryValue, View

__all__ = ["Writing"]

_SET = int(KeyRights.KEY_SET_VALUE)


class Writing:
    """The functions of one process that write and delete."""

    __slots__ = ("_is_32_bit", "_lock", "_opened", "_opener", "_registry", "_type")

    def __init__(self, process: RegistryProcess) -> None:
        self._registry = process.registry
        self._opener = process.opener
        self._opened = process.opened
        self._type = process.handle_type
        self._lock = process.lock
        self._is_32_bit = process.is_32_bit

    @called("SetValueEx")
    def set_value_ex(self, key: Any, value_name: Any, reserved: object, type: Any, value: object, /) -> None:  # noqa: A002, ARG002
        """Set a value."""
        if value_name.__class__ is not str or "\0" in value_name:
            value_name = as_name(value_name, "SetValueEx", "argument 2")
        typed = value_of(type, value)
        opened = key.opened if key.__class__ is self._type else None
        try:
            if opened is None or opened.live is None or not opened.rights & _SET:
                opened = self._opened(key, _SET)
            if self._is_32_bit:
                typed = _as_stored(opened, typed)
            with self._lock:
                self._registry.set(opened.where, value_name, typed, opened.view)
        except MachineError as error:
            raise of_windows(error) from None

    @called("SetValue")
    @as_windows
    def set_value(self, key: object, sub_key: str | None, type: int, value: str, /) -> None:  # noqa: A002
        """Set the default value of a key, making the key if need be."""
        name = as_name(sub_key, "SetValue", "argument 2")
        kind = as_dword(type)
        if not isinstance(value, str):
            raise TypeError(
                f"SetValue() argument 4 must be str, not {'None' if value is None else value.__class__.__name__}"
            )
        if kind != RegistryType.REG_SZ:
            raise TypeError("type must be winreg.REG_SZ")
        refuse_performance_data(key)
        typed = RegistryValue(RegistryType.REG_SZ, value)
        with self._lock:
            opened = self._opener.create(self._opened(key), name, _SET) if name else self._opened(key, _SET)
            if self._is_32_bit:
                typed = _as_stored(opened, typed)
            self._registry.set(opened.where, "", typed, opened.view)

    @called("DeleteValue")
    @as_windows
    def delete_value(self, key: object, value: str | None, /) -> None:
        """Delete a value."""
        name = as_name(value, "DeleteValue", "argument 2")
        opened = self._opened(key, _SET)
        with self._lock:
            self._registry.delete_value(opened.where, name, opened.view)

    @called("DeleteKey")
    @as_windows
    def delete_key(self, key: object, sub_key: str, /) -> None:
        """Delete a key that has no keys below it."""
        self._delete(key, as_text(sub_key, "DeleteKey", "argument 2"), 0)

    @called("DeleteKeyEx")
    @as_windows
    def delete_key_ex(self, key: object, sub_key: str, access: int = WOW64_64KEY, reserved: int = 0) -> None:
        """Delete a key that has no keys below it, in one of the halves of Windows."""
        name = as_text(sub_key, "DeleteKeyEx", "argument 'sub_key'")
        wanted, _ = as_int(access), as_int(reserved)
        self._delete(key, name, wanted)

    def _delete(self, key: object, name: str, access: int) -> None:
        opened = self._opened(key)
        with self._lock:
            self._opener.delete(opened, name, access)

    @called("FlushKey")
    @as_windows
    def flush_key(self, key: object, /) -> None:
        """Look at the handle, and do nothing more: what is written is written."""
        self._opened(key)

    # Reflection, which Windows 7 took away

    @called("DisableReflectionKey")
    @as_windows
    def disable_reflection_key(self, key: object, /) -> None:
        """Look at the handle, and do nothing more."""
        self._opened(key)

    @called("EnableReflectionKey")
    @as_windows
    def enable_reflection_key(self, key: object, /) -> None:
        """Look at the handle, and do nothing more."""
        self._opened(key)

    @called("QueryReflectionKey")
    @as_windows
    def query_reflection_key(self, key: object, /) -> bool:
        """Return that reflection is disabled."""
        self._opened(key)
        return True


def _as_stored(opened: OpenKey, value: RegistryValue) -> RegistryValue:
    """Return what a key holds when a 32-bit process writes a value."""
    return written_by_32_bit(value) if opened.view is View.VIEW_32 else value
