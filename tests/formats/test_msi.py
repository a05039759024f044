"""MSI files, and what the portal and the packaging tool read from them."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, NotEmulated
from harness.formats.detectionxml import MsiExecutionContext, MsiInfo
from harness.formats.msi import architecture_of, read_msi_information
from harness.formats.msidatabase import MsiDatabase
from harness.model.apps import MsiInformation, MsiPackageType
from harness.model.windows import Architecture
from tests.emulator.msi.building import PACKAGE_CODE, PRODUCT_CODE, UPGRADE_CODE, Msi, build_msi, encoded
from tests.emulator.msi.compoundfile import build_compound


def opened(msi: Msi | bytes) -> MsiDatabase:
    """Open an MSI."""
    return MsiDatabase(io.BytesIO(msi if isinstance(msi, bytes) else msi.build()), "app.msi")


def facts(msi: Msi):
    """Read what an MSI says about itself."""
    return read_msi_information(io.BytesIO(msi.build()), "app.msi")


def test_tables_are_read() -> None:
    """Rows come in file order; texts, numbers and nulls are what was written."""
    database = opened(Msi().file("a", b"x", attributes=-5))

    (row,) = database.rows("File")
    assert ("a", 1, -5, "", 7) == (
        row.text("File"),
        row.number("FileSize"),
        row.number("Attributes"),
        row.text("Version"),
        row.number("Language", 7) if row.is_null("Language") else None,
    )
    assert "1" == row.text("FileSize")
    assert () == database.rows("NoSuchTable")
    assert "File" in database.tables


def test_summary_is_read() -> None:
    """Template, package code, installer version and source flags come from the summary."""
    database = opened(Msi(word_count=10))

    assert ("x64;1033", PACKAGE_CODE, 500, 10) == (
        database.template,
        database.package_code,
        database.installer_version,
        database.word_count,
    )


def test_missing_summary_values() -> None:
    """What the summary does not say is empty or zero."""
    database = opened(build_msi({"Property": [("A", "1")]}, {}, {}))

    assert ("", "", 0) == (database.template, database.package_code, database.word_count)


@pytest.mark.parametrize("size", [0, 10, 4095, 4096, 5000, 100_000])
def test_streams_are_read(size: int) -> None:
    """Small streams and large ones come as they were written, from any place."""
    data = bytes(number % 251 for number in range(size))
    stream = opened(Msi(streams={"some.cab": data})).stream("some.cab")

    assert stream is not None
    assert data == stream.read()
    stream.seek(size // 2)
    assert data[size // 2 :] == stream.read()
    assert opened(Msi()).stream("none.cab") is None


def test_seeking_in_a_large_stream() -> None:
    """A large stream knows its places."""
    stream = opened(Msi(streams={"x": bytes(5000)})).stream("x")

    assert stream is not None
    assert (4990, 5000, 10, 5000) == (stream.seek(-10, 2), stream.seek(10, 1), stream.seek(10), stream.seek(5000))
    assert b"" == stream.read()


def test_stream_in_pieces() -> None:
    """A stream whose sectors do not lie in a row is put together; one whose chain breaks is refused."""
    data = bytes(number % 251 for number in range(6000))
    msi = bytearray(Msi(streams={"x": data}).build())
    place = msi.index(data[:512])
    first = place // 512 - 1
    (fat_sector,) = struct.unpack_from("<I", msi, 76)
    fat = (fat_sector + 1) * 512

    # Let the first two sectors of the stream change places with the next two.
    a, b, c, d = (bytes(msi[place + 512 * n : place + 512 * (n + 1)]) for n in range(4))
    msi[place : place + 2048] = a + c + b + d
    struct.pack_into("<III", msi, fat + 4 * first, first + 2, first + 3, first + 1)
    stream = opened(bytes(msi)).stream("x")
    assert stream is not None
    assert data == stream.read()

    struct.pack_into("<I", msi, fat + 4 * first, 0xFFFFFFFE)
    with pytest.raises(FormatError, match="chain of sectors ends at byte 512"):
        opened(bytes(msi)).stream("x")


@pytest.mark.parametrize("data", [b"", b"no MSI", bytes(2000), Msi().build()[:1500]])
def test_what_is_no_msi(data: bytes) -> None:
    """Anything else is refused with the file's name."""
    with pytest.raises(FormatError, match=r"app\.msi: not a readable MSI"):
        opened(data)


def test_msi_without_properties() -> None:
    """A compound file without a Property table is no MSI."""
    with pytest.raises(FormatError):
        opened(build_compound({"x": b"y"}))
    with pytest.raises(FormatError, match="no Property table"):
        opened(build_msi({"Error": [(1, "x")]}, {}, {}))


@pytest.mark.parametrize("code_page", [874, 1252])
def test_texts_that_cannot_be_read(code_page: int) -> None:
    """A code page that is unknown, or that the texts are not in, is named."""
    msi = Msi(code_page=code_page)
    msi.properties["Name"] = "\udc81"

    with pytest.raises(NotEmulated, match="code page"):
        opened(msi)


def test_wrong_columns() -> None:
    """A missing column, and a text where a number belongs, say in which table."""
    (row, *_) = opened(Msi()).rows("Property")

    with pytest.raises(FormatError, match=r"app\.msi: table Property: column 'None' is missing"):
        row.text("None")
    with pytest.raises(FormatError, match="expected a number"):
        row.number("Value")


def test_broken_table() -> None:
    """A table whose size is wrong is refused when it is read."""
    msi = Msi()
    msi.tables["Condition"] = [("Main", 1, "1")]
    data = bytearray(msi.build())
    entry = data.index(("\u4840" + encoded("Condition")).encode("utf-16-le"))
    struct.pack_into("<Q", data, entry + 120, 5)

    with pytest.raises(FormatError, match="table Condition does not read"):
        opened(bytes(data)).rows("Condition")


def test_facts() -> None:
    """Everything the portal and the packaging tool want to know is read."""
    msi = Msi(template="x64;1033").component().add("ServiceInstall", ("S", "s", "C1"))
    msi.value("SOFTWARE\\X", "V", "1").add("Directory", ("System64Folder", "TARGETDIR", "."))
    msi.properties["REBOOT"] = "Force"

    found = facts(msi)

    information = MsiInformation(
        product_code=PRODUCT_CODE,
        product_version="1.2.3",
        upgrade_code=UPGRADE_CODE,
        requires_reboot=True,
        package_type=MsiPackageType.PER_MACHINE,
        product_name="Contoso Test",
        publisher="Contoso",
    )
    detection = MsiInfo(
        product_code=PRODUCT_CODE,
        product_version="1.2.3",
        package_code=PACKAGE_CODE,
        upgrade_code=UPGRADE_CODE,
        execution_context=MsiExecutionContext.SYSTEM,
        requires_reboot=True,
        is_machine_install=True,
        includes_services=True,
        contains_system_registry_keys=True,
        contains_system_folders=True,
        publisher="Contoso",
    )
    assert (information, detection) == (found.information, found.detection)
    assert (Architecture.X64, 1033) == (found.architecture, found.language)


@pytest.mark.parametrize(
    ("properties", "package_type", "is_machine_install", "requires_logon"),
    [
        ({"ALLUSERS": "1"}, MsiPackageType.PER_MACHINE, True, False),
        ({"ALLUSERS": ""}, MsiPackageType.PER_USER, False, True),
        ({"ALLUSERS": "2"}, MsiPackageType.DUAL_PURPOSE, True, False),
        ({"ALLUSERS": "2", "MSIINSTALLPERUSER": "1"}, MsiPackageType.DUAL_PURPOSE, False, False),
    ],
)
def test_whom_it_installs_for(
    properties: dict[str, str],
    package_type: MsiPackageType,
    is_machine_install: bool,  # noqa: FBT001
    requires_logon: bool,  # noqa: FBT001
) -> None:
    """ALLUSERS and MSIINSTALLPERUSER say for whom a package installs."""
    found = facts(Msi(properties=properties))

    assert (package_type, is_machine_install, requires_logon) == (
        found.information.package_type,
        found.is_machine_install,
        found.requires_logon,
    )


def test_little_is_enough() -> None:
    """A package without publisher, upgrade code and language still has facts."""
    msi = Msi()
    for name in ("Manufacturer", "UpgradeCode", "ProductLanguage"):
        del msi.properties[name]

    found = facts(msi)

    assert (None, None, 0) == (found.information.publisher, found.information.upgrade_code, found.language)


def test_everything_that_is_missing_is_told() -> None:
    """All required properties that are missing are named at once."""
    msi = Msi()
    msi.properties = {"X": "1"}

    with pytest.raises(FormatError) as error:
        facts(msi)

    assert 3 == len(error.value.problems)


@pytest.mark.parametrize(
    ("template", "architecture"),
    [
        ("x64;1033", Architecture.X64),
        ("Intel;1033,1031", Architecture.X86),
        (";1033", Architecture.X86),
        ("", Architecture.X86),
        ("Arm64;1033", Architecture.ARM64),
        ("AMD64;0", Architecture.X64),
        ("Intel64;1033", None),
        ("Arm;1033", None),
    ],
)
def test_architecture(template: str, architecture: Architecture | None) -> None:
    """The Template summary names the platform."""
    assert architecture is architecture_of(template)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_damage_is_found_or_harmless(data: st.DataObject) -> None:
    """Whatever bytes are changed, reading ends, with facts or with a clear error."""
    msi = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 6))):
        msi[data.draw(st.integers(0, len(msi) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FormatError, NotEmulated):
        read_msi_information(io.BytesIO(bytes(msi)), "app.msi")


DAMAGED = Msi().component().file("a", b"x").value("K", "N", "V").build()
