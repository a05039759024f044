r"""The registry of a user on a freshly installed Windows, and the entry for their profile.

Source: memory of such machines, in US English; `S-1-5-18`'s profile and those of the services are in `baseline_keys`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from harness.emulator.baseline_data import Data, Keys, expand
from harness.model.windows import Account

__all__ = ["user_keys", "profile_key", "sid_bytes"]

_PROFILES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"

#: The format of dates, numbers and money: `Control Panel\International`.
_INTERNATIONAL: Mapping[str, Data] = {
    "Locale": "00000409", "LocaleName": "en-US", "sLanguage": "ENU", "sCountry": "United States", "iCountry": "1",
    "s1159": "AM", "s2359": "PM", "sDate": "/", "sTime": ":", "sDecimal": ".", "sThousand": ",", "sGrouping": "3;0",
    "sList": ",", "sCurrency": "$", "sMonDecimalSep": ".", "sMonThousandSep": ",", "sMonGrouping": "3;0",
    "sNativeDigits": "0123456789", "sNegativeSign": "-", "sPositiveSign": "", "sLongDate": "dddd, MMMM d, yyyy",
    "sShortDate": "M/d/yyyy", "sYearMonth": "MMMM yyyy", "sShortTime": "h:mm tt", "sTimeFormat": "h:mm:ss tt",
    "iCalendarType": "1", "iCurrDigits": "2", "iCurrency": "0", "iDate": "0", "iDigits": "2", "iFirstDayOfWeek": "6",
    "iFirstWeekOfYear": "0", "iLZero": "1", "iMeasure": "1", "iNegCurr": "0", "iNegNumber": "1", "iPaperSize": "1",
    "iTime": "0", "iTimePrefix": "0", "iTLZero": "0", "NumShape": "1",
}  # fmt: skip

#: `Shell Folders` by its names, below the profile; `User Shell Folders` has the same with a variable in front.
_SHELL_FOLDERS = {
    "AppData": r"AppData\Roaming",
    "Cache": r"AppData\Local\Microsoft\Windows\INetCache",
    "Cookies": r"AppData\Local\Microsoft\Windows\INetCookies",
    "Desktop": "Desktop",
    "Favorites": "Favorites",
    "History": r"AppData\Local\Microsoft\Windows\History",
    "Local AppData": r"AppData\Local",
    "My Music": "Music",
    "My Pictures": "Pictures",
    "My Video": "Videos",
    "NetHood": r"AppData\Roaming\Microsoft\Windows\Network Shortcuts",
    "Personal": "Documents",
    "PrintHood": r"AppData\Roaming\Microsoft\Windows\Printer Shortcuts",
    "Programs": r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs",
    "Recent": r"AppData\Roaming\Microsoft\Windows\Recent",
    "SendTo": r"AppData\Roaming\Microsoft\Windows\SendTo",
    "Start Menu": r"AppData\Roaming\Microsoft\Windows\Start Menu",
    "Startup": r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup",
    "Templates": r"AppData\Roaming\Microsoft\Windows\Templates",
    "{374DE290-123F-4565-9164-39C4925E467B}": "Downloads",
}


def user_keys(temporary: str = r"%USERPROFILE%\AppData\Local\Temp") -> Keys:
    """Return the keys below a user's hive."""
    folders = {name: expand(rf"%USERPROFILE%\{place}") for name, place in _SHELL_FOLDERS.items()}
    return {
        "Environment": {
            "Path": expand(r"%USERPROFILE%\AppData\Local\Microsoft\WindowsApps;"),
            "TEMP": expand(temporary),
            "TMP": expand(temporary),
        },
        **{rf"{_WINDOWS}\{name}": {} for name in ("Explorer", "Policies", "Run", "RunOnce", "Uninstall")},
        rf"{_WINDOWS}\Explorer\User Shell Folders": folders,
        r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon": {},
        r"SOFTWARE\Policies": {},
        r"Control Panel\Desktop": {"ScreenSaveActive": "1", "WallPaper": r"C:\Windows\web\wallpaper\Windows\img0.jpg"},
        r"Control Panel\International": _INTERNATIONAL,
        r"Control Panel\International\Geo": {"Nation": "244", "Name": "US"},
        r"Control Panel\International\User Profile": {"Languages": ("en-US",)},
        r"Keyboard Layout\Preload": {"1": "00000409"},
    }


def profile_key(account: Account) -> tuple[str, Mapping[str, Data]]:
    """Return the key below HKLM that says where an account's profile is, and its values."""
    values: Mapping[str, Data] = {
        "ProfileImagePath": expand(account.profile),
        "Flags": 0,
        "State": 0,
        "FullProfile": 1,
        "Sid": sid_bytes(account.sid),
    }
    return rf"{_PROFILES}\{account.sid}", values


def sid_bytes(sid: str) -> bytes:
    """Return a security identifier as Windows keeps it: `S-1-5-18` is `01 01 00 00 00 00 00 05 12 00 00 00`.

    Source: learn.microsoft.com, "SID" structure.
    """
    _, revision, authority, *parts = sid.split("-")
    numbers = struct.pack(f"<{len(parts)}I", *map(int, parts))
    return bytes((int(revision), len(parts))) + int(authority).to_bytes(6, "big") + numbers
