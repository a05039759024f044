"""Functions that open and close keys.

Source, of what they take, return and raise: CPython's PC/winreg.c, tried out with CPython 3.13; "RegOpenKeyExW" and
"RegCreateKeyExW" of learn.microsoft.com. Opening a key has a short way for what is asked most of the time: a test does
little else.
"""

from __future__ import annotations

from typing import Any

from harness.emulator.registryrights import KeyRights
from harness.emulator.winreg.arguments import as_int, as_name, as_path, as_pointer, as_text
from harness.emulator.winreg.constants import MAXIMUM_ALLOWED, WOW64_32KEY, WOW64_64KEY, low_half
from harness.emulator.winreg.exposing import as_windows, called
from harness.emulator.winreg.failures import failure, of_windows
from harness.emulator.winreg.handletype import Handle
from harness.emulator.winreg.openkeys import CLOSED, OpenKey
from harness.emulator.winreg.process import RegistryProcess
from harness.errors import MachineError

__all__ = ["Handling"]

_READ, _WRITE = int(KeyRights.KEY_READ), int(KeyRights.KEY_WRITE)
_VIEWS = WOW64_32KEY | WOW64_64KEY

_NOT_FOUND, _BAD_NETWORK_PATH, _INVALID_PARAMETER, _BAD_KEY = 2, 53, 87, 1010

#: REG_OPTION_OPEN_LINK, which `OpenKey` takes where it says that a number is reserved.
_OPEN_LINK = 8
_new = object.__new__


class Handling:
    """The functions of one process that open and close keys."""

    __slots__ = ("_lock", "_opened", "_opener", "_process", "_registry", "_type")

    def __init__(self, process: RegistryProcess) -> None:
        self._process = process
        self._registry = process.registry
        self._opener = process.opener
        self._opened = process.opened
        self._type = process.handle_type
        self._lock = process.lock

    @called("CloseKey")
    def close_key(self, hkey: object, /) -> None:
        """Close a handle."""
        if isinstance(hkey, self._type):
            hkey.__exit__(None, None, None)
        elif isinstance(hkey, int):
            number = as_pointer(hkey)
            if number and not low_half(number) & 0x8000_0000:  # predefined keys stay open
                self._process.table.close(number)
        elif hkey is not None:
            raise TypeError("The object is not a PyHKEY object")

    @called("OpenKey")
    def open_key(self, key: Any, sub_key: Any, reserved: int = 0, access: int = _READ) -> Handle:
        """Open a key that exists."""
        opener = self._opener
        parent = key.opened if key.__class__ is self._type else opener.roots.get(key)
        is_usual = sub_key.__class__ is str and sub_key and reserved == 0 and not access & _VIEWS
        if not is_usual or parent is None or parent is CLOSED:
            return self._opened_key(key, sub_key, reserved, access)
        view = parent.view
        try:
            with self._lock:
                where = self._registry.find_key(parent.where, sub_key, view)
                if where is None:
                    raise failure(_NOT_FOUND, f"there is no key {sub_key}")
                opened = opener.remembered.get((where, access, view)) or opener.opened(where, view, access)
        except MachineError as error:
            as_text(sub_key, "OpenKey", "argument 'sub_key'")
            raise of_windows(error) from None
        handle = _new(self._type)
        handle.opened = opened
        handle._number = 0  # noqa: SLF001 - this is who makes them
        return handle

    @called("OpenKeyEx")
    def open_key_ex(self, key: object, sub_key: str | None, reserved: int = 0, access: int = _READ) -> Handle:
        """Open a key that exists."""
        return self.open_key(key, sub_key, reserved, access)

    @as_windows
    def _opened_key(self, key: object, sub_key: object, reserved: object, access: object) -> Handle:
        name = as_name(sub_key, "OpenKey", "argument 'sub_key'")
        options, wanted = as_int(reserved), as_int(access)
        opened = self._opened(key)
        with self._lock:
            found = self._opener.open(opened, name, wanted, follow=not options & _OPEN_LINK)
        return self._process.handle(opened if opened.number and not name else found)

    @called("CreateKey")
    def create_key(self, key: object, sub_key: str | None, /) -> Handle:
        """Open a key with all rights there are, making it if need be."""
        if sub_key.__class__ is str and sub_key:
            return self.create_key_ex(key, sub_key, 0, MAXIMUM_ALLOWED)
        return self._created_key(key, sub_key)

    @as_windows
    def _created_key(self, key: object, sub_key: str | None) -> Handle:
        name = as_path(sub_key, "CreateKey", "argument 2")
        opened = self._opened(key)
        if not name and opened.number:
            return self._process.handle(opened)
        if name is None:
            raise failure(_BAD_KEY, "only a predefined key is opened without the name of a key below it")
        return self.create_key_ex(key, name, 0, MAXIMUM_ALLOWED)

    @called("CreateKeyEx")
    def create_key_ex(self, key: Any, sub_key: Any, reserved: int = 0, access: int = _WRITE) -> Handle:
        """Open a key, making it if need be."""
        opener = self._opener
        parent = key.opened if key.__class__ is self._type else opener.roots.get(key)
        try:
            is_usual = sub_key.__class__ is str and "\0" not in sub_key and reserved == 0
            if not is_usual or parent is None or parent is CLOSED:
                parent = self._parent_to_create(key, sub_key, reserved)
            with self._lock:
                opened = opener.create(parent, sub_key, access)
        except MachineError as error:
            raise of_windows(error) from None
        handle = _new(self._type)
        handle.opened = opened
        handle._number = 0  # noqa: SLF001 - this is who makes them
        return handle

    def _parent_to_create(self, key: object, sub_key: object, reserved: object) -> OpenKey:
        name = as_path(sub_key, "CreateKeyEx", "argument 'sub_key'")
        is_reserved = as_int(reserved)
        opened = self._opened(key)
        if name is None:
            raise failure(_BAD_KEY, "CreateKeyEx takes no key without a name")
        if is_reserved:
            raise failure(_INVALID_PARAMETER, "the third argument is reserved and must be 0")
        return opened

    @called("ConnectRegistry")
    @as_windows
    def connect_registry(self, computer_name: str | None, key: object, /) -> Handle:
        """Open a predefined key of a computer: of this one, since no other lets anybody at its registry."""
        name = as_name(computer_name, "ConnectRegistry", "argument 1")
        opened = self._opened(key)
        if name:
            raise failure(_BAD_NETWORK_PATH, f"no computer {name!r} answers: Remote Registry does not run by default")
        return self._process.handle(opened if opened.number else self._opener.open(opened, "", MAXIMUM_ALLOWED))
