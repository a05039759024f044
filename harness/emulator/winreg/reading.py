"""Functions that read keys and values.

Source, of what they take, return and raise: CPython's PC/winreg.c, tried out with CPython 3.13; of which rights a
handle must have: learn.microsoft.com, "Registry Functions". Reading a value has a short way for what is asked most of
the time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from harness.emulator.registryrights import KeyRights
from harness.emulator.winreg.arguments import as_int, as_name, as_text
from harness.emulator.winreg.data import data_of, type_of
from harness.emulator.winreg.exposing import as_windows, called
from harness.emulator.winreg.failures import failure
from harness.emulator.winreg.process import RegistryProcess, refuse_performance_data
from harness.formats.commandline import expand_environment
from harness.model.names import folded
from harness.model.windows import RegistryType

__all__ = ["Reading"]

_QUERY, _ENUMERATE = int(KeyRights.KEY_QUERY_VALUE), int(KeyRights.KEY_ENUMERATE_SUB_KEYS)

_NOT_FOUND, _INVALID_DATA, _NO_MORE = 2, 13, 259

_SINCE_1601 = datetime(1601, 1, 1, tzinfo=UTC)


class Reading:
    """The functions of one process that read."""

    __slots__ = ("_environment", "_faults", "_lock", "_opened", "_opener", "_registry", "_type")

    def __init__(self, process: RegistryProcess) -> None:
        self._registry = process.registry
        self._opener = process.opener
        self._opened = process.opened
        self._type = process.handle_type
        self._lock = process.lock
        self._faults = process.faults
        self._environment = process.environment

    @called("QueryValueEx")
    def query_value_ex(self, key: Any, name: Any, /) -> tuple[object, int]:
        """Return data and type of a value."""
        if key.__class__ is self._type and not self._faults:
            opened: Any = key.opened
            try:
                live = opened.live
                found = live.values.get(name.upper() if name.isascii() else folded(name))
            except AttributeError:
                pass  # something is None, or worse
            else:
                if opened.rights & _QUERY and not live.is_deleted:
                    if found is not None:
                        value = found[1]
                        data = value.data
                        if data.__class__ is str and "\0" not in data:
                            return data, value.type._value_
                        return data_of(value), type_of(value)
                    if "\0" not in name:
                        raise failure(_NOT_FOUND, f"there is no value {name or '(default)'}")
        return self._queried(key, name)

    @as_windows
    def _queried(self, key: object, name: object) -> tuple[object, int]:
        wanted = as_name(name, "QueryValueEx", "argument 2")
        opened = self._opened(key, _QUERY)
        value = self._registry.get(opened.where, wanted, opened.view)
        if value is None:
            raise failure(_NOT_FOUND, f"{opened.path} has no value {wanted or '(default)'}")
        return data_of(value), type_of(value)

    @called("QueryValue")
    @as_windows
    def query_value(self, key: object, sub_key: str | None, /) -> str:
        """Return the default value of a key, an empty text when it has none."""
        name = as_name(sub_key, "QueryValue", "argument 2")
        refuse_performance_data(key)
        opened = self._opener.open(self._opened(key), name, _QUERY) if name else self._opened(key, _QUERY)
        value = self._registry.get(opened.where, "", opened.view)
        if value is None:
            return ""
        if value.type is not RegistryType.REG_SZ:
            raise failure(_INVALID_DATA, f"{opened.path}: the default value is {value.type.name}, not REG_SZ")
        return str(data_of(value))

    @called("EnumKey")
    @as_windows
    def enum_key(self, key: object, index: int, /) -> str:
        """Return the name of one of the keys below a key."""
        number = as_int(index)
        opened = self._opened(key, _ENUMERATE)
        with self._lock:
            names = self._opener.names(opened)
        if not 0 <= number < len(names):
            raise failure(_NO_MORE)
        return names[number]

    @called("EnumValue")
    @as_windows
    def enum_value(self, key: object, index: int, /) -> tuple[str, object, int]:
        """Return name, data and type of one of the values of a key."""
        number = as_int(index)
        opened = self._opened(key, _QUERY)
        with self._lock:
            rows = opened.live.rows if opened.live else tuple(self._registry.values(opened.where, opened.view).items())
        if not 0 <= number < len(rows):
            raise failure(_NO_MORE)
        name, value = rows[number]
        return name.partition("\0")[0], data_of(value), type_of(value)

    @called("QueryInfoKey")
    @as_windows
    def query_info_key(self, key: object, /) -> tuple[int, int, int]:
        """Return how many keys and values are in a key, and when it was last written, as a FILETIME."""
        opened = self._opened(key, _QUERY)
        with self._lock:
            keys, values = self._opener.names(opened), self._registry.values(opened.where, opened.view)
            since = self._registry.modified(opened.where, opened.view) - _SINCE_1601
        return len(keys), len(values), since // timedelta(microseconds=1) * 10

    @called("ExpandEnvironmentStrings")
    def expand_environment_strings(self, string: str, /) -> str:
        """Replace the names of environment variables by what they are."""
        return expand_environment(as_text(string, "ExpandEnvironmentStrings", "argument"), self._environment())
