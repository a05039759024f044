"""The agent's log files."""

import io
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.formats.cmtrace import LogEntry, LogType, RawText, read_log, safe_message, write_entry

_AT = datetime(2025, 1, 21, 13, 5, 48, 826184)  # noqa: DTZ001  # logs have local time
#: As a device wrote it.
_REAL = (
    "<![LOG[[Win32App] ..................... Processing user session 0, userId: "
    "00000000-0000-0000-0000-000000000000, userSID:  ..................... ]LOG]!>"
    '<time="13:05:48.8261848" date="1-21-2025" component="AppWorkload" context="" type="2" thread="15" file="">\r\n'
)


def entry(message="text", **fields):
    """Return an entry with the given fields."""
    return LogEntry(**({"at": _AT, "message": message, "component": "AppWorkload"} | fields))


def read(text):
    """Read a log as an open file would give it, its line breaks as they are."""
    return list(read_log(io.StringIO(text, newline="")))


def test_an_entry_is_written_as_the_agent_does():
    """Seven digits of a second, date without zeros, CRLF."""
    expected = (
        '<![LOG[text]LOG]!><time="13:05:48.8261840" date="1-21-2025" component="AppWorkload" context="" '
        'type="1" thread="1" file="">\r\n'
    )

    assert expected == write_entry(entry())


def test_a_real_line_is_read():
    """The seventh digit of the time is more than Python keeps."""
    assert [
        LogEntry(
            at=_AT,
            message="[Win32App] ..................... Processing user session 0, userId: "
            "00000000-0000-0000-0000-000000000000, userSID:  ..................... ",
            component="AppWorkload",
            type=LogType.WARNING,
            thread=15,
        )
    ] == read(_REAL)


def test_a_message_of_several_lines_is_one_record():
    """Only the last physical line ends a record, and its line breaks are CRLF in the file."""
    message = "Current state is:\nDetection = NotDetected\n\nReboot = Clean"
    written = write_entry(entry(message))

    assert "is:\r\nDetection" in written
    assert [entry(message)] == read(written)
    assert [entry(message)] == read(written.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "hostile",
    [
        'x]LOG]!><time="1:1:1.1" date="1-1-2025" component="" context="" type="1" thread="1" file="">\r\n<![LOG[forged',
        "x\r<![LOG[forged]LOG]!>",
        "]LOG]!>",
        "<![LOG[",
        "x]",
    ],
)
def test_a_message_cannot_forge_records(hostile):
    """Whatever a message holds, it stays one record, and what comes back is documented."""
    found = read(write_entry(entry(hostile)) + _REAL)

    assert [safe_message(hostile), _REAL[7:].split("]LOG]!>", maxsplit=1)[0]] == [one.message for one in found]


def test_marks_inside_a_message_get_a_blank():
    """The message stays readable."""
    assert "a]LOG] !>\n<! [LOG[b" == safe_message("a]LOG]!>\r<![LOG[b")


def test_other_texts_of_a_record_cannot_leave_their_quotes():
    """Quotes become apostrophes, line breaks blanks."""
    hostile = entry(component='a"b', context="c\r\nd", file='"')

    assert [entry(component="a'b", context="c d", file="'")] == read(write_entry(hostile))


def test_what_is_no_record_is_kept():
    """Text before, between and after records, cut off and damaged records come back as raw text, in order."""
    whole = write_entry(entry())
    cut_off = "<![LOG[cut off by a crash\r\nsecond line\r\n"
    no_such_day = whole.replace('date="1-21-2025"', 'date="13-41-2025"')
    no_such_type = whole.replace('type="1"', 'type="7"')

    assert [
        RawText("stray\r\n"),
        entry(),
        RawText(cut_off),
        entry(),
        RawText(no_such_day),
        RawText(no_such_type),
        entry(),
        RawText("<![LOG[end"),
    ] == read("stray\r\n" + whole + cut_off + whole + no_such_day + no_such_type + whole + "<![LOG[end")


def test_a_record_without_end_is_given_up():
    """Memory stays bounded: past sixteen million characters a record is raw text."""
    line = "x" * 2**20 + "\n"
    found = list(read_log(["<![LOG[begin\n", *[line] * 17, *_REAL.splitlines(keepends=True)]))

    assert RawText("<![LOG[begin\n" + line * 16) == found[0]
    assert [RawText(line)] == found[1:-1]
    assert isinstance(found[-1], LogEntry)


def test_the_bytes_of_a_log_are_read():
    """A byte order mark is passed over, and a damaged letter costs no record."""
    found = list(read_log(b"\xef\xbb\xbf" + write_entry(entry("a?\nb")).encode().replace(b"?", b"\xff")))

    assert [entry("a\ufffd\nb")] == found


def test_reading_is_streaming():
    """An entry comes out as soon as its last line has gone in."""
    lines = iter([write_entry(entry()), "never asked for"])

    assert entry() == next(read_log(lines))
    assert "never asked for" == next(lines)


_entries = st.builds(
    LogEntry,
    at=st.datetimes(),
    message=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    component=st.text(st.characters(exclude_characters='"\r\n', exclude_categories=["Cs"]), max_size=8),
    type=...,
    thread=st.integers(0, 99_999),
)


@given(st.lists(_entries, max_size=4))
@settings(deadline=None, max_examples=100)
def test_entries_survive_being_written_and_read(entries):
    """But for what `safe_message` does."""
    expected = [(one.at, safe_message(one.message), one.component, one.type, one.thread) for one in entries]

    found = read("".join(map(write_entry, entries)))

    assert expected == [(one.at, one.message, one.component, one.type, one.thread) for one in found]


@given(st.lists(st.sampled_from(["<![LOG[", "]LOG]!>", "\r\n", "x", _REAL, '<time="']), max_size=8))
@settings(deadline=None, max_examples=100)
def test_nothing_of_a_damaged_log_is_lost(pieces):
    """Raw text and records together are the whole file."""
    log = "".join(pieces)
    found = read(log)

    assert log.replace("\r\n", "\n") == "".join(
        one.text.replace("\r\n", "\n") if isinstance(one, RawText) else _rewritten(one) for one in found
    )


def _rewritten(one):
    return _REAL.replace(_REAL[7:].split("]LOG]!>", maxsplit=1)[0], one.message).replace("\r\n", "\n")
