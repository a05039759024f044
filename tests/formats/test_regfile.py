"""`.reg` files: read as Windows reads them, but with every bad line named, and written as Registry Editor does."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, UsageError
from harness.formats.regfile import VERSION_4, VERSION_5, RegEdit, read_reg
from harness.formats.regfilewriting import write_reg
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue
from tests.formats.registryvalues import TEXT, names, values

KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso")
HEAD = f"{VERSION_5}\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\n"
HEAD_4 = f"{VERSION_4}\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\n"
SZ, EXPAND, BINARY, DWORD, MULTI, NONE, QWORD = (RegistryType(number) for number in (1, 2, 3, 4, 7, 0, 11))


def read(lines: str, head: str = HEAD) -> dict[str, RegistryValue | None]:
    """Return the values that lines below a key set; None for one that is deleted."""
    return {edit.name: edit.value for edit in read_reg(head + lines, source="x.reg").edits if edit.name is not None}


def problems(text: str | bytes) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(FormatError) as raised:
        read_reg(text, source="x.reg")
    assert "x.reg" == raised.value.source
    return [str(problem) for problem in raised.value.problems]


class TestReading:
    """What a file means."""

    @pytest.mark.parametrize(
        ("line", "name", "type_", "data"),
        [
            ('@="d"', "", SZ, "d"),
            ('""="d"', "", SZ, "d"),
            ('"@"="d"', "@", SZ, "d"),
            (r'"a\\b\"c"="C:\\x \"y\""', 'a\\b"c', SZ, 'C:\\x "y"'),
            ('"a" =\t"b"  ; said', "a", SZ, "b"),
            ('  "a"="b;c#d"', "a", SZ, "b;c#d"),
            ('"a"=dword:1', "a", DWORD, 1),
            ('"a"=dword:FfFFffff;x', "a", DWORD, 2**32 - 1),
            ('"a"=hex:', "a", BINARY, b""),
            ('"a"=hex:1,02,fF,', "a", BINARY, b"\1\2\xff"),
            ('"a"=hex: 01 , 02', "a", BINARY, b"\1\2"),
            ('"a"=hex(0):', "a", NONE, None),
            ('"a"=hex(3):00', "a", BINARY, b"\0"),
            ('"a"=hex(4):01,00,00,00', "a", DWORD, 1),
            ('"a"=hex(4):01,00', "a", DWORD, b"\1\0"),
            ('"a"=hex(b):01,00,00,00,00,00,00,00', "a", QWORD, 1),
            ('"a"=hex(1):61,00', "a", SZ, "a"),
            ('"a"=hex(2):61,00,00,00', "a", EXPAND, "a"),
            ('"a"=hex(7):61,00,00,00,62,00,00,00,00,00', "a", MULTI, ("a", "b")),
            ('"a"=hex(10006):01', "a", RegistryType(0x10006), b"\1"),
            ('"a"=hex(ffffffff):01', "a", RegistryType(0xFFFFFFFF), b"\1"),
        ],
    )
    def test_values(self, line: str, name: str, type_: RegistryType, data: object) -> None:
        """Names, types and data of every form, with blanks and comments."""
        assert {name: RegistryValue(type_, data)} == read(line)

    @pytest.mark.parametrize(
        "lines",
        [
            "hex:01,\\\n02",
            "hex:\\\n  01,02",
            "hex:01,  \\  ; said\n  02",
            "hex:01,\\\n\n \t\n  ; said\n  02",
            "hex:01,02,\\",
        ],
    )
    def test_bytes_go_on_in_the_next_line(self, lines: str) -> None:
        """After a comma and a backslash, over empty lines and comments; the file may end there."""
        assert {"a": RegistryValue(BINARY, b"\1\2")} == read(f'"a"={lines}')

    @pytest.mark.parametrize(
        ("root", "hive"),
        [
            ("HKEY_LOCAL_MACHINE", Hive.HKLM),
            ("hkey_Current_USER", Hive.HKCU),
            ("HKEY_USERS", Hive.HKU),
            ("HKEY_CLASSES_ROOT", Hive.HKCR),
            ("HKEY_CURRENT_CONFIG", Hive.HKCC),
            ("hklm", Hive.HKLM),
        ],
    )
    def test_roots(self, root: str, hive: Hive) -> None:
        """Every root, in any case, long and short."""
        edits = read_reg(f"{VERSION_5}\n[{root}\\a/b\\c]d\\]  ; said\n", source="x").edits

        assert (RegEdit(path=RegistryPath(hive, r"a/b\c]d")),) == edits

    def test_order_and_deletions(self) -> None:
        """Everything is done in the order of the file."""
        text = (
            f'{HEAD}"a"=-\n@= - ;x\n\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\n#x\n;x\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\New]'
        )
        edits = read_reg(text, source="x").edits

        assert (
            RegEdit(path=KEY),
            RegEdit(path=KEY, name="a", is_deletion=True),
            RegEdit(path=KEY, name="", is_deletion=True),
            RegEdit(path=KEY.parent.child("Old"), is_deletion=True),
            RegEdit(path=KEY.parent.child("New")),
        ) == edits
        assert [3, 4, 5, 7, 10] == [edit.line for edit in edits]

    @pytest.mark.parametrize(
        "data",
        [
            f'\ufeff{HEAD}"ä"="ß"'.encode("utf-16-le"),
            f'\ufeff{HEAD}"ä"="ß"'.encode("utf-16-be"),
            f'{HEAD}"ä"="ß"'.encode("utf-16-le"),
            f'\ufeff{HEAD}"ä"="ß"'.encode(),
            f'{HEAD}"ä"="ß"'.encode(),
            f'{HEAD}"ä"="ß"'.encode("cp1252"),
            f'{HEAD_4}"ä"="ß"'.encode("cp1252"),
            f'\ufeff{HEAD}"ä"="ß"'.replace("\n", "\r\n").encode("utf-16-le"),
            f'{HEAD}"ä"="ß"'.replace("\n", "\r").encode(),
        ],
    )
    def test_encodings(self, data: bytes) -> None:
        """UTF-16, UTF-8 and the code page, with every kind of line end."""
        edits = read_reg(data, source="x").edits

        assert RegEdit(path=KEY, name="ä", value=RegistryValue(SZ, "ß")) == edits[1]

    def test_texts_of_version_4_are_in_the_code_page(self) -> None:
        """Bytes of REG_SZ, REG_EXPAND_SZ and REG_MULTI_SZ are single characters there; those of other types are not."""
        found = read(
            '"e"=hex(2):25,e4,25,00\n"m"=hex(7):61,00,62,00,00\n"s"=hex(1):61\n"b"=hex(3):61,00', head=f" {HEAD_4}"
        )

        assert {
            "e": RegistryValue(EXPAND, "%ä%"),
            "m": RegistryValue(MULTI, ("a", "b")),
            "s": RegistryValue(SZ, "a"),
            "b": RegistryValue(BINARY, b"a\0"),
        } == found

    def test_another_code_page(self) -> None:
        """The machine's code page can be another one."""
        edits = read_reg(f'{HEAD_4}"a"="я"\n"b"=hex(2):ff'.encode("cp1251"), source="x", code_page="cp1251").edits

        assert ["я", "я"] == [edit.value.data for edit in edits if edit.value]


class TestProblems:
    """Every bad line is named; Windows would pass over it."""

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("foo", "is neither a key in brackets, nor a value in quotes, nor a comment: 'foo'"),
            ('"a"', 'expected "name"=..., found \'"a"\''),
            ('"a="b"', 'expected "name"=..., found \'"a="b"\''),
            ('"a"="b', "has a text without a quote at its end, or with something behind it: '\"b'"),
            ('"a"="b"c"', 'has a text without a quote at its end, or with something behind it: \'"b"c"\''),
            ('"a"="b" #c', "has a text without a quote at its end, or with something behind it: '\"b\" #c'"),
            (r'"a"="C:\temp"', "has '\\\\t' in 'C:\\\\temp' - write a backslash as two"),
            (r'"a\0"="b"', "has '\\\\0' in 'a\\\\0' - write a backslash as two"),
            ('"a"=dword:', "expected one to eight hexadecimal digits, found ''"),
            ('"a"=dword:123456789', "expected one to eight hexadecimal digits, found '123456789'"),
            ('"a"=dword:0x1', "expected one to eight hexadecimal digits, found '0x1'"),
            ('"a"=DWORD:1', "write dword in small letters"),
            ('"a"=HEX(2):1', "write hex(2) in small letters"),
            ('"a"=hex(0x2):1', 'expected "text", dword:..., hex:..., hex(type):... or -'),
            ('"a"=hex(100000000):1', 'expected "text", dword:..., hex:..., hex(type):... or -'),
            ('"a"=b', "expected \"text\", dword:..., hex:..., hex(type):... or -, found 'b'"),
            ('"a"=', "found ''"),
            ('"a"=-b', "has something behind the minus that deletes a value: '-b'"),
            ('"a"=hex:100', "expected hexadecimal bytes with commas between them, found '100'"),
            ('"a"=hex:1,,2', "expected hexadecimal bytes with commas between them, found ''"),
            ('"a"=hex:,', "expected hexadecimal bytes with commas between them, found ''"),
            ('"a"=hex:01\\\n02', "goes on in the next line without a comma before the backslash"),
            ('"a"=hex:01,\\\n\\\n02', "goes on in line 5, which has no bytes but '\\\\'"),
            ('"a"=hex:01,\\\n"b"="c"', 'goes on in line 5, which has no bytes but \'"b"="c"\''),
            ("[HKEY_LOCAL_MACHINE\\x", "is a key without a bracket at its end"),
            ("[HKEY_LOCAL_MACHINE\\x] y", "is a key without a bracket at its end"),
            ("[HKEY_LOCAL_MACHIN\\x]", "no root key called 'HKEY_LOCAL_MACHIN' - did you mean HKEY_LOCAL_MACHINE?"),
            ("[x\\y]", "no root key called 'x' - expected one of HKEY_LOCAL_MACHINE, "),
            ("[HKEY_USERS\\x\\\\y]", "has an empty name between two backslashes: 'HKEY_USERS\\\\x\\\\\\\\y'"),
            ("[-HKEY_USERS]", "deletes all of HKEY_USERS, which Windows does not do"),
            ("[" + "x" * 100, "xxx..."),
        ],
    )
    def test_lines(self, line: str, message: str) -> None:
        """What was found, and what was expected."""
        found = problems(f"{HEAD}{line}")

        assert 1 <= len(found) <= 3
        assert found[0].startswith("line 4: ")
        assert message in found[0]

    def test_all_at_once(self) -> None:
        """A file is read to its end; values below a key that does not read are not held against it."""
        found = problems(f'{VERSION_5}\n"a"="b"\n[x]\n"a"="b"\n"c"=d\n[-HKCU\\x]\n"e"="f"\n{HEAD[len(VERSION_5) :]}foo')

        assert ["line 2", "line 3", "line 5", "line 7", "line 11"] == [text.split(":")[0] for text in found]

    def test_there_is_an_end_to_them(self) -> None:
        """A hostile file has no say in how long its error message gets."""
        found = problems(f"{VERSION_5}\n" + "x\n" * 10_000)

        assert (101, "100 lines are wrong; the rest was not read") == (len(found), found[-1])

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ("", "line 1: expected 'Windows Registry Editor Version 5.00' or 'REGEDIT4', found ''"),
            ("REGEDIT5\n", "did you mean 'REGEDIT4'?"),
            ("windows registry editor version 5.00", "did you mean 'Windows Registry Editor Version 5.00'?"),
            ("\nREGEDIT4\n", "found '' - without it Windows takes no file for one of its own"),
            (b"\xef\xbb\xbfREGEDIT4\xff", "is no UTF-8 text at byte 11"),
            (b"\xff\xfea", "is no UTF-16-LE text at byte 2"),
            (b"REGEDIT4\n\x81", "is neither UTF-8 nor cp1252 text at byte 9"),
        ],
    )
    def test_no_such_file(self, data: str | bytes, message: str) -> None:
        """The first line decides, and the encoding."""
        assert message in problems(data)[0]

    def test_bytes_that_are_no_text(self) -> None:
        """In the code page of REGEDIT4 not every byte is a character."""
        assert ["line 4: has bytes that are no text in the code page cp1252"] == problems(f'{HEAD_4}"a"=hex(2):81')

    @given(text=st.text(max_size=60), head=st.sampled_from(["", HEAD, HEAD_4]))
    @settings(deadline=None)
    def test_nothing_else_is_raised(self, text: str, head: str) -> None:
        """Whatever a file holds, it reads or says what is wrong."""
        with suppress(FormatError):
            assert read_reg(head + text, source="x").version


class TestWriting:
    """What Registry Editor writes."""

    def test_as_registry_editor_writes_it(self) -> None:
        """Byte for byte, after an example that passes on Windows."""
        text = RegistryValue(MULTI, ("Line1", "Line2", "Line3"))
        edits = [
            RegEdit(path=KEY),
            RegEdit(path=KEY, name="", value=RegistryValue(SZ, 'say "\\"')),
            RegEdit(path=KEY, name="Multiple strings", value=text),
            RegEdit(path=KEY, name="Undefined hex", value=RegistryValue(RegistryType(0x100), b"%PATH%\0")),
            RegEdit(path=KEY, name="dword", value=RegistryValue(DWORD, 0x100)),
            RegEdit(path=KEY, name="short", value=RegistryValue(DWORD, b"")),
            RegEdit(path=KEY, name="old", is_deletion=True),
            RegEdit(path=KEY.child("Sub")),
            RegEdit(path=KEY.child("Gone"), is_deletion=True),
        ]
        expected = (
            "Windows Registry Editor Version 5.00\r\n\r\n"
            "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\r\n"
            '@="say \\"\\\\\\""\r\n'
            '"Multiple strings"=hex(7):4c,00,69,00,6e,00,65,00,31,00,00,00,4c,00,69,00,6e,\\\r\n'
            "  00,65,00,32,00,00,00,4c,00,69,00,6e,00,65,00,33,00,00,00,00,00\r\n"
            '"Undefined hex"=hex(100):25,50,41,54,48,25,00\r\n'
            '"dword"=dword:00000100\r\n'
            '"short"=hex(4):\r\n'
            '"old"=-\r\n\r\n'
            "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Sub]\r\n\r\n"
            "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Gone]\r\n\r\n"
        )

        assert b"\xff\xfe" + expected.encode("utf-16-le") == write_reg(edits)

    def test_long_names_and_data(self) -> None:
        """Lines of bytes have 80 characters at most, unless the name alone is longer."""
        for length in range(60, 90):
            edit = RegEdit(path=KEY, name="n" * length, value=RegistryValue(BINARY, bytes(200)))
            first, *others = write_reg([edit]).decode("utf-16").split("\r\n")[3:-2]

            assert len(first) <= max(80, length + len('""=hex:00,\\'))
            assert {78} == {len(line) for line in others[:-1]}
            assert edit == read_reg(write_reg([edit]), source="x").edits[1]

    def test_what_is_lost_and_what_is_not(self) -> None:
        """Of a text only what is before a NUL is written; one with a line break is written as bytes."""
        edits = [
            RegEdit(path=KEY, name="a", value=RegistryValue(SZ, "x\0y\n")),
            RegEdit(path=KEY, name="b", value=RegistryValue(SZ, "x\r\ny")),
        ]
        _, first, second = read_reg(write_reg(edits), source="x").edits

        assert (RegistryValue(SZ, "x"), RegistryValue(SZ, "x\r\ny")) == (first.value, second.value)

    def test_version_4(self) -> None:
        """It is in the code page, and says so of what is not in that."""
        edit = RegEdit(path=KEY, name="ä", value=RegistryValue(EXPAND, "%ä%"))
        data = write_reg([RegEdit(path=KEY), edit], version=VERSION_4)

        assert b'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\r\n"\xe4"=hex(2):25,e4,25,00\r\n\r\n' == data
        with pytest.raises(UsageError, match="'я' is not in the code page cp1252 of REGEDIT4 - write version 5"):
            write_reg([RegEdit(path=KEY.child("я"))], version=VERSION_4)

    def test_names_that_no_file_can_say(self) -> None:
        """A line break or a NUL in a name is an error and no broken file."""
        for edit in (RegEdit(path=KEY, name="a\nb", is_deletion=True), RegEdit(path=KEY.child("a\0b"))):
            with pytest.raises(UsageError, match=r"which no \.reg file can say"):
                write_reg([edit])


def _edits() -> st.SearchStrategy[list[RegEdit]]:
    plain = st.characters(exclude_characters="\0\r\n", exclude_categories=())
    value_names = st.text(plain, max_size=20)
    keys = st.lists(names().filter(lambda name: not set("\r\n") & set(name)), min_size=1, max_size=3).map("\\".join)
    paths = st.builds(RegistryPath, st.sampled_from(Hive), keys.filter(lambda key: key == key.strip("\\")))

    def of_key(path: RegistryPath, found: dict[str, RegistryValue | None]) -> list[RegEdit]:
        values_ = [RegEdit(path=path, name=name, value=v, is_deletion=v is None) for name, v in found.items()]
        return [RegEdit(path=path), *values_]

    made = st.builds(of_key, paths, st.dictionaries(value_names, st.none() | values(TEXT), max_size=4))
    deleted = st.builds(lambda path: [RegEdit(path=path, is_deletion=True)], paths)
    return st.lists(made | deleted, max_size=4).map(lambda groups: [edit for group in groups for edit in group])


@given(edits=_edits())
@settings(deadline=None, max_examples=60)
def test_what_is_written_reads_back(edits: list[RegEdit]) -> None:
    """Every edit comes back, in its order."""
    found = read_reg(write_reg(edits), source="x")

    assert (VERSION_5, tuple(edits)) == (found.version, found.edits)
    assert [edit.path.key for edit in edits] == [edit.path.key for edit in found.edits]
