"""XML as a small tree with lines, and what is refused."""

import pytest

from harness.errors import FormatError, UsageError
from harness.formats.xmlnodes import read_xml, xml_element

DOCUMENT = """<?xml version="1.0" encoding="utf-16"?>
<t:toast xmlns:t="urn:x" t:launch="a">
  <visual/>
  <visual>one<b/>two</visual>
</t:toast>"""


def test_elements_know_where_they_are():
    """Line and path, attributes, text and children; names without namespaces, whatever encoding is declared."""
    root = read_xml(DOCUMENT, "toast.xml")
    first, second = root.all("visual")

    assert ("toast", {"launch": "a"}, "line 2, toast") == (root.name, root.attributes, root.where)
    assert ("line 3, toast/visual", "line 4, toast/visual[2]") == (first.where, second.where)
    assert ("onetwo", first, None) == (second.text, root.first("visual"), root.first("b"))
    assert ("a", "", "z") == (root.get("launch"), root.get("x"), root.get("x", "z"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_bytes_are_read_by_their_first_characters(encoding):
    """UTF-8 and UTF-16, with and without a byte order mark."""
    assert "Grüße" == read_xml("<a>Grüße</a>".encode(encoding), "x").text


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("<a><b></a>", "is not well-formed XML: mismatched tag: line 1"),
        ("", "no element found"),
        (b"\xff\xfea", "is not text"),
        ("<a>\ud800</a>", "is not text"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "has a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "has a document type"),
        ("<a>\n" * 101 + "</a>" * 101, "line 101: is nested more than 100 deep"),
    ],
)
def test_what_is_refused(document, message):
    """Damaged, hostile and absurd documents, with the name of the document."""
    with pytest.raises(FormatError, match=message) as caught:
        read_xml(document, "toast.xml")
    assert "toast.xml" == caught.value.source


def test_many_children_are_read_quickly():
    """Counting them for their paths takes no longer for the last one."""
    root = read_xml(f"<a>{'<b/>' * 20_000}</a>", "x")

    assert "a/b[20000]" == root.children[-1].path


def test_elements_are_written_and_read_back():
    """Whatever they hold; line ends too, although what is inside is indented."""
    text, value = "a\r\n <b> & \t", '"quoted"\r\n<\t>'
    inner = xml_element("b", {"x": value}, text)
    written = xml_element("a", {}, [inner, xml_element("c", {"y": ""})])

    assert written.startswith("<a>\n  <b ")
    assert written.endswith('\n  <c y="" />\n</a>')
    root = read_xml(written, "x")
    assert (text, value) == (root.children[0].text, root.children[0].get("x"))


@pytest.mark.parametrize("text", ["\0", "\x1b[31m", "\ufffe", "\ud800"])
def test_some_characters_cannot_be_written(text):
    """XML has no way to say them."""
    with pytest.raises(UsageError, match="XML has no way to say"):
        xml_element("a", {}, text)
