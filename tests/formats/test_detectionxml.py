"""Detection.xml: what tools write is read, what is wrong is said in full, and hostile XML does nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, UsageError
from harness.formats.applicationinfo import ApplicationInfo, EncryptionInfo, MsiExecutionContext, MsiInfo
from harness.formats.detectionxml import parse_detection_xml, to_detection_xml

ENCRYPTION = EncryptionInfo(
    encryption_key=bytes(range(32)),
    mac_key=bytes(32),
    initialization_vector=bytes(16),
    mac=b"\xff" * 32,
    file_digest=b"\x7f" * 32,
)
INFO = ApplicationInfo(
    name="Contoso & Söhne <App>",
    setup_file="bin\\setup.msi",
    file_name="IntunePackage.intunewin",
    unencrypted_content_size=12_345,
    encryption=ENCRYPTION,
    tool_version="1.8.6.0",
    description='the "best" app\r\nof all',
    msi_info=MsiInfo(
        product_code="{00000000-0000-0000-0000-000000000001}",
        product_version="1.2.3",
        package_code="{00000000-0000-0000-0000-000000000002}",
        upgrade_code="{00000000-0000-0000-0000-000000000003}",
        execution_context=MsiExecutionContext.ANY,
        requires_reboot=True,
        is_machine_install=True,
        includes_odbc_data_source=True,
        publisher="Contoso",
    ),
)
XML = to_detection_xml(INFO).decode()


def parsed(text: str | bytes) -> ApplicationInfo:
    """Read a document."""
    return parse_detection_xml(text.encode() if isinstance(text, str) else text, source="a.intunewin")


def problems(text: str | bytes) -> list[str]:
    """Return what is found wrong with a document."""
    with pytest.raises(FormatError) as caught:
        parsed(text)
    assert caught.value.source == "a.intunewin"
    return [str(problem) for problem in caught.value.problems]


def test_what_is_written_is_read_back():
    """Every element survives, special characters and line ends too."""
    assert parsed(XML) == INFO


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32))


@settings(deadline=None, max_examples=60)
@given(
    text,
    text.filter(str.strip),
    st.integers(0, 10**15),
    text,
    st.none() | st.builds(MsiInfo, product_code=text, requires_logon=st.booleans(), publisher=text),
)
def test_any_texts_are_read_back(name, setup_file, size, version, msi_info):
    """Texts, sizes and MSI facts of any kind survive writing and reading."""
    info = ApplicationInfo(
        name=name,
        setup_file=setup_file,
        file_name="x",
        unencrypted_content_size=size,
        encryption=ENCRYPTION,
        tool_version=version,
        msi_info=msi_info,
    )

    assert info == parsed(to_detection_xml(info))


def test_the_document_looks_as_the_packaging_tool_writes_it():
    """No declaration, XmlSerializer's namespaces, two blanks a level, CR LF, and its order of elements."""
    lines = XML.split("\r\n")

    assert lines[0] == (
        '<ApplicationInfo xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ToolVersion="1.8.6.0">'
    )
    assert lines[1] == "  <Name>Contoso &amp; Söhne &lt;App&gt;</Name>"
    assert [line.strip().strip("</>").split(">")[0] for line in lines[1:] if line.startswith("  <")] == [
        "Name",
        "Description",
        "UnencryptedContentSize",
        "FileName",
        "SetupFile",
        "EncryptionInfo",
        "EncryptionInfo",
        "MsiInfo",
        "MsiInfo",
    ]
    assert lines[-3] == "    <MsiPublisher>Contoso</MsiPublisher>"
    assert "    <MsiIncludesODBCDataSource>true</MsiIncludesODBCDataSource>" in lines
    assert "    <MsiRequiresLogon>false</MsiRequiresLogon>" in lines


@pytest.mark.parametrize(
    "data",
    [
        XML.encode("utf-8-sig"),
        XML.encode("utf-16"),
        XML.encode("utf-16-le"),
        XML.encode("utf-16-be"),
        ('<?xml version="1.0" encoding="utf-16"?>' + XML).encode(),
        ('<?xml version="1.0" encoding="utf-8"?>' + XML).encode("utf-16"),
        XML.replace("<ApplicationInfo", '<ApplicationInfo xmlns="urn:x"').encode(),
        XML.replace("Info>", "Info >").replace("<Mac>", "<!-- c --><Mac>\n  ").replace("</Mac>", "\n</Mac>").encode(),
    ],
    ids=["BOM", "UTF-16", "UTF-16 LE", "UTF-16 BE", "lies UTF-16", "lies UTF-8", "namespace", "white space"],
)
def test_other_spellings_are_read(data):
    """Encodings, declarations that lie, namespaces, comments and white space make no difference."""
    assert parsed(data) == INFO


def test_booleans_may_be_numbers_and_an_empty_msi_info_is_none():
    """XML's other spelling of booleans is read; an MsiInfo without elements says nothing."""
    info = parsed(XML.replace("<MsiRequiresLogon>false", "<MsiRequiresLogon> 1 "))
    assert info.msi_info is not None
    assert info.msi_info.requires_logon
    head, _, rest = XML.partition("<MsiInfo>")
    assert parsed(head + "<MsiInfo />" + rest.partition("</MsiInfo>")[2]).msi_info is None


def test_what_an_msi_does_not_say_is_empty():
    """Null texts, which XmlSerializer leaves out, come back as empty."""
    head, _, rest = XML.partition("<MsiInfo>")
    info = parsed(head + "<MsiInfo><MsiProductCode>x</MsiProductCode></MsiInfo>" + rest.partition("</MsiInfo>")[2])

    assert info.msi_info == MsiInfo(product_code="x")


def test_all_problems_come_at_once_with_their_paths():
    """Each wrong element is named by its path, in the order of the document."""
    broken = (
        XML.replace("12345", "12k")
        .replace("<SetupFile>bin\\setup.msi<", "<SetupFile> <")
        .replace("<FileName>IntunePackage.intunewin</FileName>", "")
        .replace("<Mac>", "<Mac>AAAA")
        .replace("<MacKey>", "<MacKey>*")
        .replace("ProfileVersion1", "ProfileVersion9")
        .replace("SHA256", "MD5")
        .replace("<MsiExecutionContext>Any", "<MsiExecutionContext>Nobody")
        .replace("<MsiRequiresReboot>true", "<MsiRequiresReboot>perhaps")
    )

    at = "Detection.xml: ApplicationInfo"
    assert problems(broken) == [
        f"{at}/UnencryptedContentSize: '12k' is not a whole number of bytes",
        f"{at}/FileName: is missing",
        f"{at}/SetupFile: is empty",
        f"{at}/EncryptionInfo/MacKey: is not base64",
        f"{at}/EncryptionInfo/Mac: is 35 bytes long, expected 32",
        f"{at}/EncryptionInfo/ProfileIdentifier: is 'ProfileVersion9', and only 'ProfileVersion1' is known",
        f"{at}/EncryptionInfo/FileDigestAlgorithm: is 'MD5', and only 'SHA256' is known",
        f"{at}/MsiInfo/MsiExecutionContext: is 'Nobody', expected one of System, User, Any",
        f"{at}/MsiInfo/MsiRequiresReboot: 'perhaps' is neither 'true' nor 'false'",
    ]


def test_missing_and_doubled_elements_are_named():
    """No EncryptionInfo, an empty key and a second Mac, which two readers could read as two packages."""
    assert problems("<ApplicationInfo/>") == [
        f"Detection.xml: ApplicationInfo/{name}: is missing"
        for name in ("Name", "UnencryptedContentSize", "FileName", "SetupFile", "EncryptionInfo")
    ]
    assert problems(XML.replace("<Mac>", "<Mac>AAAA</Mac><Mac>")) == [
        "Detection.xml: ApplicationInfo/EncryptionInfo/Mac: is there 2 times, expected once",
        "Detection.xml: ApplicationInfo/EncryptionInfo/Mac: is 3 bytes long, expected 32",
    ]
    empty = XML.replace(XML.partition("<EncryptionKey>")[2].partition("<")[0], "")
    assert problems(empty) == ["Detection.xml: ApplicationInfo/EncryptionInfo/EncryptionKey: is empty"]


BILLION_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><ApplicationInfo><Name>&c;</Name></ApplicationInfo>'
)
EXTERNAL = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><ApplicationInfo/>'


@pytest.mark.parametrize("hostile", [BILLION_LAUGHS, EXTERNAL, EXTERNAL.encode("utf-16")])
def test_document_types_are_refused(hostile):
    """Entities that fetch files or multiply are refused by what declares them, before they are looked at."""
    assert problems(hostile) == [
        "Detection.xml: has a document type ('a'), which Detection.xml never has and which is refused"
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not well-formed XML: no element found: line 1, column 0"),
        (b"<ApplicationInfo>", "is not well-formed XML: no element found: line 1, column 17"),
        (b"<Other xmlns='urn:x'/>", "its root element is 'Other', expected 'ApplicationInfo'"),
        (b"<ApplicationInfo>\xe4", "is not UTF-8: unexpected end of data at byte 17, expected UTF-8 or UTF-16"),
        (b"\xff\xfe<", "is not UTF-16-LE: truncated data at byte 0, expected UTF-8 or UTF-16"),
        (b"<ApplicationInfo>&x;</ApplicationInfo>", "is not well-formed XML: undefined entity &x;: line 1, column 17"),
    ],
)
def test_what_is_not_such_a_document_is_refused(data, message):
    """Empty, cut off, of another kind, in no known encoding: one sentence each."""
    assert len(found := problems(data)) == 1
    assert found[0].startswith("Detection.xml: ")
    assert message.partition(":")[0] in found[0]


def test_elements_nested_very_deeply_do_no_harm():
    """A megabyte of opening tags is an error like any other."""
    depth = 100_000
    assert "is missing" in problems("<ApplicationInfo>" + "<a>" * depth + "</a>" * depth + "</ApplicationInfo>")[0]


def test_a_control_character_cannot_be_written():
    """XML 1.0 has no way to say most control characters, so they are refused by name."""
    with pytest.raises(UsageError, match=r"holds the character '.x07', which XML has no way to say"):
        to_detection_xml(ApplicationInfo(**{**_fields(INFO), "name": "ding\a"}))


def _fields(info: ApplicationInfo) -> dict:
    return {name: getattr(info, name) for name in info.__slots__}
