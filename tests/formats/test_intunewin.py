"""Opening packages: the shapes that tools make, and everything that can be wrong with one."""

import io
import zipfile

import pytest

from harness.errors import FormatError
from harness.formats.contents import open_contents
from harness.formats.intunewin import IntuneWinPackage

CONTENT = "IntuneWinPackage/Contents/IntunePackage.intunewin"
DETECTION = "IntuneWinPackage/Metadata/Detection.xml"


def unpacked(package) -> dict[str, bytes]:
    """Return all files of a package."""
    plain = io.BytesIO()
    assert package.decrypt(plain) == len(plain.getvalue())
    return {file.path: file.open().read() for file in open_contents(plain, source="app.intunewin")}


def failure(stream) -> str:
    """Return why a package cannot be used."""
    with pytest.raises(FormatError) as caught:
        IntuneWinPackage.open(stream, source="app.intunewin").decrypt(io.BytesIO())
    return str(caught.value)


def test_a_package_opens_and_unpacks(hand_made):
    """The current layout gives its description, its encrypted content as stored, and its files."""
    package = IntuneWinPackage.open(hand_made.build(), source="app.intunewin")

    assert package.info.setup_file == "setup.exe"
    assert package.info.tool_version == "1.4.0.0"
    assert package.content_name == CONTENT
    assert package.content_bytes == len(hand_made.encrypted)
    with package.open_content() as content:
        assert content.read() == hand_made.encrypted
    assert unpacked(package) == {"setup.exe": b"MZ" + bytes(range(256)) * 4, "Files\\readme.txt": b"hello"}


@pytest.mark.parametrize(
    "shape",
    [
        {"content_name": "IntuneWinPackage/Contents/Setup.intunewin", "file_name": "setup.intunewin"},
        {"content_name": CONTENT.replace("/", "\\"), "detection_name": DETECTION.replace("/", "\\")},
        {"content_name": CONTENT.upper(), "detection_name": DETECTION.lower()},
        {"compression": zipfile.ZIP_DEFLATED},
        {"change_xml": lambda xml: '<?xml version="1.0" encoding="utf-8"?>\n' + xml},
        {"change_xml": lambda xml: '\ufeff<?xml version="1.0" encoding="utf-16"?>' + xml},
    ],
    ids=["named after the app", "backslashes", "other case", "deflated outside", "declaration", "wrong declaration"],
)
def test_packages_of_other_shapes_open(hand_made, shape):
    """Older layouts, backslashes in entry names, any case, a compressed outer zip and XML declarations are read."""
    package = IntuneWinPackage.open(hand_made.but(**shape).build(), source="app.intunewin")

    assert set(unpacked(package)) == {"setup.exe", "Files\\readme.txt"}


def test_backslashes_in_inner_names_are_folders(hand_made, make_zip):
    """Names that a Windows packer wrote with backslashes give the same paths as names with slashes."""
    package = hand_made.but(plain=make_zip({"setup.exe": b"", "a\\b\\c.txt": b"x"}))

    assert unpacked(IntuneWinPackage.open(package.build(), source="app.intunewin")) == {
        "setup.exe": b"",
        "a\\b\\c.txt": b"x",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty, expected a zip file"),
        (b"MZ\x90\0 this program", "is not a zip file: begins with the bytes 4d 5a 90 00, expected 50 4b 03 04"),
    ],
)
def test_what_is_no_zip_file_is_refused(data, message):
    """An empty file and a file of another kind are named as such."""
    assert failure(io.BytesIO(data)) == f"app.intunewin: {message}"


def test_a_cut_off_package_is_refused(hand_made):
    """A package whose end is missing is called cut off, with what to do."""
    whole = hand_made.build().getvalue()

    assert "its end is missing - it is cut off; copy or download it again" in failure(io.BytesIO(whole[:-40]))


@pytest.mark.parametrize("name", ["content_name", "detection_name"])
def test_missing_parts_are_named_with_what_is_there(hand_made, name):
    """A zip file without Detection.xml, or without the content that it names, says what was expected and found."""
    message = failure(hand_made.but(**{name: "other/place.txt"}).build())

    expected = {"content_name": CONTENT, "detection_name": DETECTION}[name]
    assert message.startswith(f"app.intunewin: {expected}: is missing; the file holds '")
    assert "'other/place.txt'" in message


def test_an_empty_zip_and_a_crowded_one_say_what_they_hold(make_zip):
    """The list of entries in the message is short, and says so when there is none."""
    assert "the file holds nothing - is this" in failure(io.BytesIO(make_zip({})))
    assert "'e4', ... - is this" in failure(io.BytesIO(make_zip({f"e{number}": b"" for number in range(9)})))


def test_a_second_detection_xml_is_refused(hand_made):
    """Two entries that are the same on Windows would let two readers see two different packages."""
    stream = hand_made.build()
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(DETECTION.upper(), hand_made.detection_xml)

    assert failure(stream) == f"app.intunewin: {DETECTION}: is there 2 times, expected once"


def test_errors_in_detection_xml_name_entry_and_element(hand_made):
    """All problems of Detection.xml come at once, each with the zip entry and the element's path."""
    broken = hand_made.but(
        change_xml=lambda xml: xml.replace("<SetupFile>setup.exe</SetupFile>", "").replace("<Mac>", "<Mac>!")
    )

    assert failure(broken.build()).splitlines() == [
        f"app.intunewin: {DETECTION}: ApplicationInfo/SetupFile: is missing",
        f"app.intunewin: {DETECTION}: ApplicationInfo/EncryptionInfo/Mac: is not base64",
    ]


def test_a_huge_detection_xml_is_refused_unread(hand_made):
    """Detection.xml is small; one of megabytes is an attack, whatever it compresses to."""
    bomb = hand_made.but(compression=zipfile.ZIP_DEFLATED, change_xml=lambda xml: xml + " " * (1 << 20))

    assert "expected at most 1,048,576" in failure(bomb.build())


def test_content_that_compresses_is_refused(hand_made):
    """Ciphertext does not shrink, so content that did is a bomb, though its MAC may be right."""
    bomb = hand_made.but(content=bytes(1 << 20), compression=zipfile.ZIP_DEFLATED)

    assert "it looks like a zip bomb" in failure(bomb.build())


def test_content_problems_name_the_content_entry(hand_made):
    """What is wrong with the content is said of its zip entry."""
    cut = hand_made.but(content=hand_made.encrypted[:-16])

    assert failure(cut.build()).startswith(f"app.intunewin: {CONTENT}: is ")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_with_a_zip_password_is_refused(hand_made, compression):
    """An outer entry that a zip tool encrypted is named, not decrypted to rubbish."""
    data = bytearray(hand_made.but(compression=compression).build().getvalue())
    data[data.rindex(b"PK\1\2") + 8] |= 1

    assert f"{DETECTION}: is encrypted with a zip password" in failure(io.BytesIO(bytes(data)))
