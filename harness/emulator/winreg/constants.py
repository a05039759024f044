"""The numbers of the `winreg` module.

Source: CPython's PC/winreg.c for which there are, winnt.h and winreg.h for what they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.emulator.registryrights import KeyRights
from harness.model.windows import Bits

__all__ = [
    "WOW64_64KEY",
    "WOW64_32KEY",
    "MAXIMUM_ALLOWED",
    "PREDEFINED",
    "LOCAL_SETTINGS",
    "PERFORMANCE",
    "CONSTANTS",
    "handle_constants",
    "low_half",
]


#: Bits of an access mask that say which view is meant, and that all rights there are are wanted.
WOW64_64KEY = 0x100
WOW64_32KEY = 0x200
MAXIMUM_ALLOWED = 0x200_0000

#: The predefined keys the module names.
PREDEFINED: Mapping[str, int] = {
    "HKEY_CLASSES_ROOT": 0x8000_0000,
    "HKEY_CURRENT_USER": 0x8000_0001,
    "HKEY_LOCAL_MACHINE": 0x8000_0002,
    "HKEY_USERS": 0x8000_0003,
    "HKEY_PERFORMANCE_DATA": 0x8000_0004,
    "HKEY_CURRENT_CONFIG": 0x8000_0005,
    "HKEY_DYN_DATA": 0x8000_0006,
}

#: HKEY_CURRENT_USER_LOCAL_SETTINGS, which the module has no name for but Windows takes.
LOCAL_SETTINGS = 0x8000_0007

#: HKEY_PERFORMANCE_DATA, HKEY_PERFORMANCE_TEXT and HKEY_PERFORMANCE_NLSTEXT.
PERFORMANCE = frozenset({0x8000_0004, 0x8000_0050, 0x8000_0060})

#: What is the same for every process.
CONSTANTS: Mapping[str, int] = {
    **{name: int(right) for name, right in KeyRights.__members__.items() if name.startswith("KEY_")},
    "KEY_WOW64_64KEY": WOW64_64KEY,
    "KEY_WOW64_32KEY": WOW64_32KEY,
    "REG_OPTION_RESERVED": 0,
    "REG_OPTION_NON_VOLATILE": 0,
    "REG_OPTION_VOLATILE": 1,
    "REG_OPTION_CREATE_LINK": 2,
    "REG_OPTION_BACKUP_RESTORE": 4,
    "REG_OPTION_OPEN_LINK": 8,
    "REG_LEGAL_OPTION": 0x1F,
    "REG_CREATED_NEW_KEY": 1,
    "REG_OPENED_EXISTING_KEY": 2,
    "REG_WHOLE_HIVE_VOLATILE": 1,
    "REG_REFRESH_HIVE": 2,
    "REG_NO_LAZY_FLUSH": 4,
    "REG_NOTIFY_CHANGE_NAME": 1,
    "REG_NOTIFY_CHANGE_ATTRIBUTES": 2,
    "REG_NOTIFY_CHANGE_LAST_SET": 4,
    "REG_NOTIFY_CHANGE_SECURITY": 8,
    "REG_LEGAL_CHANGE_FILTER": 0x1000_000F,
    "REG_NONE": 0,
    "REG_SZ": 1,
    "REG_EXPAND_SZ": 2,
    "REG_BINARY": 3,
    "REG_DWORD": 4,
    "REG_DWORD_LITTLE_ENDIAN": 4,
    "REG_DWORD_BIG_ENDIAN": 5,
    "REG_LINK": 6,
    "REG_MULTI_SZ": 7,
    "REG_RESOURCE_LIST": 8,
    "REG_FULL_RESOURCE_DESCRIPTOR": 9,
    "REG_RESOURCE_REQUIREMENTS_LIST": 10,
    "REG_QWORD": 11,
    "REG_QWORD_LITTLE_ENDIAN": 11,
}


def handle_constants(bits: Bits) -> Mapping[str, int]:
    """Return the predefined keys as a process of that width has them: a 64-bit one extends their sign."""
    sign = 0xFFFF_FFFF_0000_0000 if bits == 64 else 0  # noqa: PLR2004
    return {name: sign | number for name, number in PREDEFINED.items()}


def low_half(handle: int) -> int:
    """Return the half of a handle that says which predefined key it is; Windows ignores the other."""
    return handle & 0xFFFF_FFFF
