"""Registry keys and data as people write them in JSON and YAML: readers for `harness.formats.structuring`.

A text is REG_SZ, a whole number REG_DWORD (REG_QWORD when it is too large), a list of texts REG_MULTI_SZ; any other
type is an object, `{"type": "REG_EXPAND_SZ", "data": "%ProgramFiles%"}`, with REG_BINARY in hexadecimal.
"""

from __future__ import annotations

from harness.formats.misfits import Misfit, describe
from harness.formats.structuring import Reader, integer, list_of, one_of, strict_object, text
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

__all__ = ["registry_key", "registry_value"]

_TEXT_TYPES = (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ)
_NUMBERS = {RegistryType.REG_DWORD: 2**32 - 1, RegistryType.REG_QWORD: 2**64 - 1}
_TYPES = {type_.name: type_ for type_ in (*_TEXT_TYPES, *_NUMBERS, RegistryType.REG_MULTI_SZ, RegistryType.REG_BINARY)}
_FIELDS = ("type", "data")


def registry_key(value: object) -> RegistryPath:
    r"""Read a key: `HKLM\SOFTWARE\Contoso`, with short or long names of the root."""
    try:
        return RegistryPath.parse(text(value))
    except Misfit:
        raise
    except ValueError as error:
        raise Misfit(str(error)) from None


def registry_value(value: object) -> RegistryValue:
    """Read a value."""
    match value:
        case bool():
            raise Misfit(f"expected a text, a whole number, a list of texts or an object, found {describe(value)}")
        case str():
            return RegistryValue.of(text(value))
        case int():
            return RegistryValue.of(integer(0, 2**64 - 1)(value))
        case list():
            return RegistryValue.of(list_of(text)(value))
        case dict():
            return _typed(value)
        case _:
            raise Misfit(f"expected a text, a whole number, a list of texts or an object, found {describe(value)}")


def _typed(value: object) -> RegistryValue:
    fields = strict_object(value, _FIELDS)
    type_ = fields.require("type", one_of(_TYPES))
    data = fields.require("data", _reader_of(type_)) if fields.is_right("type") else ""
    fields.close()
    return RegistryValue(type_, data)


def _reader_of(type_: RegistryType) -> Reader[str | int | bytes | tuple[str, ...]]:
    if type_ in _TEXT_TYPES:
        return text
    if type_ in _NUMBERS:
        return integer(0, _NUMBERS[type_])
    return list_of(text) if type_ is RegistryType.REG_MULTI_SZ else _hexadecimal


def _hexadecimal(value: object) -> bytes:
    try:
        return bytes.fromhex(text(value))
    except ValueError as error:
        if isinstance(error, Misfit):
            raise
        raise Misfit(f"expected bytes in hexadecimal such as '01 ff', found {describe(value)}") from None
