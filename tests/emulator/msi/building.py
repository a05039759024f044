"""MSIs written by hand, on any computer, so that a test can ask for exactly the table it is about.

The layout of the compound file is MS-CFB's, that of the tables msitools' and Wine's; that real tools read what comes
out is tested where they are installed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.emulator.msi.cabinets import build_cabinet
from tests.emulator.msi.compoundfile import build_compound

PRODUCT_CODE = "{11111111-2222-3333-4444-555555555555}"
PACKAGE_CODE = "{99999999-8888-7777-6666-555555555555}"
UPGRADE_CODE = "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}"

Cell = str | int | bytes | None

#: Columns: `s` text, `i` 16-bit, `I` 32-bit, `v` stream; `*` marks the key.
SCHEMA = {
    "AppSearch": "Property:s* Signature_:s*",
    "Binary": "Name:s* Data:v",
    "Component": "Component:s* ComponentId:s Directory_:s Attributes:i Condition:s KeyPath:s",
    "CompLocator": "Signature_:s* ComponentId:s Type:i",
    "Condition": "Feature_:s* Level:i* Condition:s",
    "CreateFolder": "Directory_:s* Component_:s*",
    "CustomAction": "Action:s* Type:I Source:s Target:s",
    "Dialog": "Dialog:s* Attributes:I",
    "Directory": "Directory:s* Directory_Parent:s DefaultDir:s",
    "DrLocator": "Signature_:s* Parent:s* Path:s* Depth:i",
    "Environment": "Environment:s* Name:s Value:s Component_:s",
    "Error": "Error:i* Message:s",
    "Feature": "Feature:s* Feature_Parent:s Title:s Description:s Display:i Level:i Directory_:s Attributes:i",
    "FeatureComponents": "Feature_:s* Component_:s*",
    "File": "File:s* Component_:s FileName:s FileSize:I Version:s Language:s Attributes:i Sequence:I",
    "Font": "File_:s* FontTitle:s",
    "Icon": "Name:s* Data:v",
    "InstallExecuteSequence": "Action:s* Condition:s Sequence:i",
    "InstallUISequence": "Action:s* Condition:s Sequence:i",
    "IniLocator": "Signature_:s* FileName:s Section:s Key:s Field:i Type:i",
    "LaunchCondition": "Condition:s* Description:s",
    "LockPermissions": "LockObject:s* Table:s* Domain:s* User:s* Permission:I",
    "Media": "DiskId:i* LastSequence:I DiskPrompt:s Cabinet:s VolumeLabel:s Source:s",
    "MsiFileHash": "File_:s* Options:i HashPart1:I HashPart2:I HashPart3:I HashPart4:I",
    "MsiServiceConfig": "MsiServiceConfig:s* Name:s Event:i ConfigType:I Argument:s Component_:s",
    "MsiServiceConfigFailureActions": (
        "MsiServiceConfigFailureActions:s* Name:s Event:i ResetPeriod:I RebootMessage:s Command:s Actions:s "
        "DelayActions:s Component_:s"
    ),
    "MsiShortcutProperty": "MsiShortcutProperty:s* Shortcut_:s PropertyKey:s PropVariantValue:s",
    "ODBCDriver": "Driver:s* Component_:s Description:s File_:s File_Setup:s",
    "ODBCDataSource": "DataSource:s* Component_:s Description:s",
    "Property": "Property:s* Value:s",
    "RegLocator": "Signature_:s* Root:i Key:s Name:s Type:i",
    "Registry": "Registry:s* Root:i Key:s Name:s Value:s Component_:s",
    "RemoveFile": "FileKey:s* Component_:s FileName:s DirProperty:s InstallMode:i",
    "RemoveRegistry": "RemoveRegistry:s* Root:i Key:s Name:s Component_:s",
    "SelfReg": "File_:s* Cost:i",
    "ServiceControl": "ServiceControl:s* Name:s Event:i Arguments:s Wait:i Component_:s",
    "ServiceInstall": (
        "ServiceInstall:s* Name:s DisplayName:s ServiceType:I StartType:I ErrorControl:I LoadOrderGroup:s "
        "Dependencies:s StartName:s Password:s Arguments:s Component_:s Description:s"
    ),
    "Shortcut": (
        "Shortcut:s* Directory_:s Name:s Component_:s Target:s Arguments:s Description:s Hotkey:i Icon_:s IconIndex:i "
        "ShowCmd:i WkDir:s"
    ),
    "Signature": (
        "Signature:s* FileName:s MinVersion:s MaxVersion:s MinSize:I MaxSize:I MinDate:I MaxDate:I Languages:s"
    ),
    "Upgrade": ("UpgradeCode:s* VersionMin:s* VersionMax:s* Language:s* Attributes:I* Remove:s ActionProperty:s"),
}

#: The usual order of an installation (learn.microsoft.com, "Suggested InstallExecuteSequence").
SEQUENCE = {
    "FindRelatedProducts": 25,
    "AppSearch": 50,
    "LaunchConditions": 100,
    "ValidateProductID": 700,
    "CostInitialize": 800,
    "FileCost": 900,
    "CostFinalize": 1000,
    "MigrateFeatureStates": 1200,
    "InstallValidate": 1400,
    "InstallInitialize": 1500,
    "ProcessComponents": 1600,
    "UnpublishFeatures": 1800,
    "StopServices": 1900,
    "DeleteServices": 2000,
    "RemoveRegistryValues": 2600,
    "RemoveShortcuts": 3200,
    "RemoveEnvironmentStrings": 3300,
    "RemoveFiles": 3500,
    "RemoveFolders": 3600,
    "CreateFolders": 3700,
    "InstallFiles": 4000,
    "CreateShortcuts": 4500,
    "WriteRegistryValues": 5000,
    "WriteEnvironmentStrings": 5200,
    "InstallServices": 5800,
    "MsiConfigureServices": 5850,
    "StartServices": 5900,
    "RegisterUser": 6000,
    "RegisterProduct": 6100,
    "PublishFeatures": 6300,
    "PublishProduct": 6400,
    "InstallFinalize": 6600,
}


@dataclass
class Msi:
    """What goes into an MSI; `build` writes it. It begins as a per-machine x64 package with one empty feature."""

    template: str = "x64;1033"
    package_code: str = PACKAGE_CODE
    word_count: int = 2
    page_count: int = 500
    properties: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[tuple[Cell, ...]]] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=lambda: dict(SEQUENCE))
    streams: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    code_page: int = 65001

    def __post_init__(self) -> None:
        self.properties = {
            "ProductCode": PRODUCT_CODE,
            "ProductName": "Contoso Test",
            "ProductVersion": "1.2.3",
            "ProductLanguage": "1033",
            "Manufacturer": "Contoso",
            "UpgradeCode": UPGRADE_CODE,
            "ALLUSERS": "1",
            **self.properties,
        }
        self.add("Directory", ("TARGETDIR", None, "SourceDir"), ("ProgramFiles64Folder", "TARGETDIR", "."))
        self.add("Directory", ("INSTALLDIR", "ProgramFiles64Folder", "CONTOSO|Contoso Test"))
        self.add("Feature", ("Main", None, "Main", None, 1, 1, None, 0))

    def add(self, table: str, *rows: tuple[Cell, ...]) -> Msi:
        """Add rows to a table."""
        self.tables.setdefault(table, []).extend(rows)
        return self

    def component(
        self,
        name: str = "C1",
        *,
        attributes: int = 256,
        condition: str | None = None,
        key_path: str | None = None,
        feature: str = "Main",
        directory: str = "INSTALLDIR",
        guid: str | None = "",
    ) -> Msi:
        """Add a component of a feature; its GUID follows from its name."""
        number = zlib.crc32(name.encode())
        guid = f"{{{number:08X}-0000-4000-8000-000000000000}}" if guid == "" else guid
        self.add("Component", (name, guid, directory, attributes, condition, key_path))
        return self.add("FeatureComponents", (feature, name))

    def file(
        self,
        key: str,
        data: bytes,
        component: str = "C1",
        *,
        name: str = "",
        version: str | None = None,
        attributes: int = 0,
    ) -> Msi:
        """Add a file; it goes into the cabinet."""
        self.files[key] = data
        row = (key, component, name or key, len(data), version, None, attributes, len(self.files))
        return self.add("File", row)

    def value(self, key: str, name: str | None, value: str | None, component: str = "C1", root: int = 2) -> Msi:
        """Add a registry value."""
        number = len(self.tables.get("Registry", ())) + 1
        return self.add("Registry", (f"R{number}", root, key, name, value, component))

    def action(  # noqa: PLR0917 - in the order of the table
        self, name: str, number: int, kind: int = 0, source: str = "", target: str = "", condition: str = ""
    ) -> Msi:
        """Sequence an action; with a type it is a custom one."""
        if kind:
            self.add("CustomAction", (name, kind, source or None, target or None))
        self.sequence.pop(name, None)
        return self.add("InstallExecuteSequence", (name, condition or None, number))

    def build(self) -> bytes:
        """Write the MSI."""
        tables = {name: list(rows) for name, rows in self.tables.items()}
        tables["Property"] = [*self.properties.items()]
        own = [(name, None, number) for name, number in self.sequence.items()]
        tables["InstallExecuteSequence"] = [*own, *tables.get("InstallExecuteSequence", [])]
        streams = dict(self.streams)
        if self.files and "Media" not in tables:
            tables["Media"] = [(1, len(self.files), None, "#files.cab", None, None)]
            streams["files.cab"] = build_cabinet(self.files)
        return build_msi(
            tables,
            streams,
            summary={7: self.template, 9: self.package_code, 14: self.page_count, 15: self.word_count},
            code_page=self.code_page,
        )


# --- tables -----------------------------------------------------------------------------------------------------


def build_msi(
    tables: Mapping[str, Sequence[tuple[Cell, ...]]],
    streams: Mapping[str, bytes],
    summary: Mapping[int, str | int],
    code_page: int = 65001,
) -> bytes:
    """Write tables, streams and summary as an MSI."""
    pool: dict[str, int] = {}

    def reference(text: str | None) -> int:
        return pool.setdefault(text, len(pool) + 1) if text else 0

    parts: dict[str, bytes] = {"\x05SummaryInformation": _summary(summary)}
    columns: list[tuple[str, int, str, int]] = []
    for table in sorted(tables):
        shapes = [shape.split(":") for shape in SCHEMA[table].split()]
        for number, (name, kind) in enumerate(shapes, start=1):
            columns.append((table, number, name, _COLUMN_TYPES[kind[0]] | (0x2000 if "*" in kind else 0x1000)))
        data = b""
        for index, (_, kind) in enumerate(shapes):
            for row in tables[table]:
                cell = row[index] if index < len(row) else None
                data += _cell(kind[0], cell, reference)
                if kind[0] == "v" and isinstance(cell, bytes):
                    parts[encoded(f"{table}.{row[0]}")] = cell
        parts["\u4840" + encoded(table)] = data
    parts["\u4840" + encoded("_Tables")] = b"".join(struct.pack("<H", reference(name)) for name in sorted(tables))
    parts["\u4840" + encoded("_Columns")] = b"".join(
        struct.pack("<H", reference(str(row[index])) if index in (0, 2) else (int(row[index]) ^ 0x8000) & 0xFFFF)
        for index in range(4)
        for row in columns
    )
    codec = {65001: "utf-8", 1252: "cp1252", 932: "cp932"}.get(code_page, "latin-1")
    texts = [text.encode(codec, "surrogateescape") for text in pool]
    parts["\u4840" + encoded("_StringData")] = b"".join(texts)
    lengths = (
        struct.pack("<HH", len(text), 1) if len(text) < 0x10000 else struct.pack("<HHI", 0, 1, len(text))
        for text in texts
    )
    parts["\u4840" + encoded("_StringPool")] = struct.pack("<I", code_page) + b"".join(lengths)
    for name, data in streams.items():
        parts[encoded(name)] = data
    return build_compound(parts)


_COLUMN_TYPES = {"s": 0x0D00 | 255, "i": 0x0502, "I": 0x0104, "v": 0x0900}


def _cell(kind: str, cell: Cell, reference) -> bytes:
    if kind == "s":
        return struct.pack("<H", reference(None if cell is None else str(cell)))
    if kind == "v":
        return struct.pack("<H", 0 if cell is None else 1)
    if cell is None:
        return bytes(2 if kind == "i" else 4)
    if kind == "i":
        return struct.pack("<H", (int(cell) ^ 0x8000) & 0xFFFF)
    return struct.pack("<I", (int(cell) ^ 0x80000000) & 0xFFFFFFFF)


def encoded(name: str) -> str:
    """Return a stream's name as the compound file has it: two characters in one."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
    out, at = "", 0
    while at < len(name):
        pair = [alphabet.find(character) for character in name[at : at + 2]]
        if pair[0] < 0:
            out, at = out + name[at], at + 1
        elif len(pair) == 2 and pair[1] >= 0:
            out, at = out + chr(0x3800 + (pair[1] << 6) + pair[0]), at + 2
        else:
            out, at = out + chr(0x4800 + pair[0]), at + 1
    return out


def _summary(properties: Mapping[int, str | int]) -> bytes:
    format_id = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    values: list[tuple[int, bytes]] = [(1, struct.pack("<Ihxx", 2, 1252))]
    for number, value in properties.items():
        if isinstance(value, int):
            values.append((number, struct.pack("<Ii", 3, value)))
        else:
            text = value.encode("cp1252") + b"\0"
            values.append((number, struct.pack("<II", 30, len(text)) + text + bytes(-len(text) % 4)))
    offset, index, body = 8 + 8 * len(values), b"", b""
    for number, value in values:
        index += struct.pack("<II", number, offset + len(body))
        body += value
    section = struct.pack("<II", offset + len(body), len(values)) + index + body
    return struct.pack("<HHI16sI16sI", 0xFFFE, 0, 0x00020006, bytes(16), 1, format_id, 48) + section
