"""Registry data as Python has them, in and out.

Source: Py2Reg and Reg2Py of CPython's PC/winreg.c. Types without a form of their own are bytes, and so are those that
nobody has heard of; no data at all are None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from harness.emulator.winreg.arguments import as_dword
from harness.formats.registrybytes import bytes_of_value, value_of_bytes
from harness.model.windows import RegistryData, RegistryType, RegistryValue

__all__ = ["data_of", "type_of", "value_of"]

T = TypeVar("T")

_SZ = RegistryType.REG_SZ
_new = object.__new__
_set_type: Callable[[RegistryValue, RegistryType], None] = vars(RegistryValue)["type"].__set__
_set_data: Callable[[RegistryValue, RegistryData], None] = vars(RegistryValue)["data"].__set__
_TEXTS = (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ)
_NUMBERS: dict[int, int] = {RegistryType.REG_DWORD: 4, RegistryType.REG_QWORD: 8}


def data_of(value: RegistryValue) -> object:
    """Return what a program gets to see of a value."""
    data = value.data
    if value.type in _TEXTS:
        return str(data).partition("\0")[0]  # a text ends at its first NUL, whatever follows
    if value.type in _NUMBERS:
        if isinstance(data, int):
            return data
        # Data of another length than the type's: what there is of it.
        return int.from_bytes(bytes_of_value(value)[: _NUMBERS[value.type]], "little")
    if isinstance(data, tuple):
        return [part for text in data for part in text.split("\0")]
    return bytes_of_value(value) or None


def type_of(value: RegistryValue) -> int:
    """Return the number of a value's type as C makes an `int` of it."""
    number = int(value.type)
    return number if number < 2**31 else number - 2**32


def value_of(type_: object, data: Any) -> RegistryValue:
    """Return what a program writes.

    Args:
        type_: any number of 32 bits.
        data: what the type takes, or None.

    Raises:
        ValueError: for data that the type does not take, or a negative type.
        OverflowError: for a number that does not fit.
        TypeError: for what is no bytes where only bytes will do, or a type that is no number.
        BufferError: for bytes that do not lie one after the other.
    """
    if type_ == _SZ and data.__class__ is str:
        text = _new(RegistryValue)  # most are texts, and the `__init__` of a frozen class takes twice as long
        _set_type(text, _SZ)
        _set_data(text, data)
        return text
    kind = as_dword(type_)
    if kind in _TEXTS:
        return RegistryValue(RegistryType(kind), _checked(str, data, ""))
    if kind in _NUMBERS:
        return RegistryValue(RegistryType(kind), _number(data, bits=_NUMBERS[kind] * 8))
    if kind == RegistryType.REG_MULTI_SZ:
        texts = [_checked(str, text, None) for text in _checked(list, data, [])]
        return RegistryValue(RegistryType.REG_MULTI_SZ, tuple(part for text in texts for part in text.split("\0")))
    return value_of_bytes(kind, b"" if data is None else _bytes(data))


def _number(data: object, *, bits: int) -> int:
    number = _checked(int, data, 0)
    if number < 0:
        raise OverflowError("can't convert negative value to unsigned int")
    if number >= 2**bits:
        raise OverflowError("Python int too large to convert to C unsigned long")
    return int(number)


def _bytes(data: object) -> bytes:
    try:
        view = memoryview(data)  # type: ignore[arg-type]  # found out here
    except TypeError:
        kind = type(data).__name__
        raise TypeError(f"Objects of type '{kind}' can not be used as binary registry values") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.tobytes()


def _checked(kind: type[T], data: object, nothing: T | None) -> T:
    if data is None and nothing is not None:
        return nothing
    if not isinstance(data, kind):
        raise ValueError("Could not convert the data to the specified type.")  # noqa: TRY004 - as CPython does
    return data
