"""reg.exe."""

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.tools.cases import LEARN, MEMORY, REG_DONE, REG_NOT_FOUND, Case, ids, said

WINE = "from memory of Wine's tests of reg.exe"
ADD = r"reg add HKLM\SOFTWARE\Contoso"
KEY = r"HKLM\SOFTWARE\Contoso"
PLACE = RegistryPath.parse(KEY)
LONG = r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso"
SHOWN = ("    Version    REG_SZ    1.2.3", "    Count    REG_DWORD    0x5")
FILLED = (
    rf"{ADD} /v Version /d 1.2.3",
    rf"{ADD} /v Count /t REG_DWORD /d 5",
    rf"{ADD}\Sub /v Name /d Ada",
    rf"{ADD}\Empty",
)


def usage(verb):
    """Return what reg.exe says of arguments that make no sense."""
    return ("ERROR: Invalid syntax.", f'Type "REG {verb} /?" for usage.')


def bad_key(verb):
    """Return what reg.exe says of a key that can be none."""
    return ("ERROR: Invalid key name.", f'Type "REG {verb} /?" for usage.')


QUERIES = [
    Case(
        rf"reg query {KEY}",
        (
            "",
            LONG,
            "    Version    REG_SZ    1.2.3",
            "    Count    REG_DWORD    0x5",
            "",
            rf"{LONG}\Empty",
            rf"{LONG}\Sub",
        ),
        source=MEMORY,
        before=FILLED,
    ),
    Case(rf"reg query {KEY} /v version", ("", LONG, "    Version    REG_SZ    1.2.3", ""), before=FILLED),
    Case(rf"REG QUERY {KEY} -v Version", ("", LONG, "    Version    REG_SZ    1.2.3", ""), before=FILLED),
    Case(rf"reg query {KEY} /ve", ("", LONG, "    (Default)    REG_SZ    (value not set)", ""), before=FILLED),
    Case(
        rf"reg query {KEY} /ve",
        ("", LONG, "    (Default)    REG_SZ    x", ""),
        before=(rf"{ADD} /ve /d x",),
    ),
    Case(
        rf"reg query {KEY}\Sub\ ", ("", rf"{LONG}\Sub", "    Name    REG_SZ    Ada", ""), before=FILLED, source=MEMORY
    ),
    Case(rf"reg query {KEY}\Empty", ("",), before=FILLED, source=MEMORY),
    Case(
        rf"reg query {KEY} /s",
        ("", LONG, *SHOWN, "", rf"{LONG}\Empty", "", rf"{LONG}\Sub", "    Name    REG_SZ    Ada", ""),
        before=FILLED,
        source=MEMORY,
    ),
    Case(
        rf"reg query {KEY} /t REG_DWORD /s",
        ("", LONG, "    Count    REG_DWORD    0x5", "", rf"{LONG}\Empty", ""),
        before=FILLED,
        source=MEMORY,
    ),
    Case(rf"reg query {KEY} /z /v Count", ("", LONG, "    Count    REG_DWORD (4)    0x5", ""), before=FILLED),
    Case(
        rf"reg query {KEY} /v List /se #",
        ("", LONG, "    List    REG_MULTI_SZ    a#b", ""),
        before=(rf"{ADD} /v List /t REG_MULTI_SZ /d a\0b",),
    ),
    Case(
        rf"reg query {KEY} /f ada /s",
        ("", rf"{LONG}\Sub", "    Name    REG_SZ    Ada", "", "End of search: 1 match(es) found."),
        before=FILLED,
        source=MEMORY,
    ),
    Case(
        rf"reg query {KEY} /f sub /k",
        ("", rf"{LONG}\Sub", "End of search: 1 match(es) found."),
        before=FILLED,
    ),
    Case(rf"reg query {KEY} /f ada /c /s", ("", "End of search: 0 match(es) found."), code=1, before=FILLED),
    Case(
        rf"reg query {KEY} /f 1.2 /e /d",
        ("", "End of search: 0 match(es) found."),
        code=1,
        before=FILLED,
    ),
    Case(
        rf"reg query {KEY} /f Vers /v",
        ("", LONG, "    Version    REG_SZ    1.2.3", "", "End of search: 1 match(es) found."),
        before=FILLED,
    ),
    Case(
        rf"reg query {KEY} /v Version /f 1.2",
        ("", LONG, "    Version    REG_SZ    1.2.3", "", "End of search: 1 match(es) found."),
        before=FILLED,
    ),
    Case(
        rf"reg query {KEY} /f * /t REG_DWORD",
        ("", LONG, SHOWN[1], "", rf"{LONG}\Empty", rf"{LONG}\Sub", "End of search: 3 match(es) found."),
        before=FILLED,
        source=MEMORY,
    ),
    Case(
        rf"reg query {KEY} /v Name /s",
        ("", rf"{LONG}\Sub", "    Name    REG_SZ    Ada", "", "End of search: 1 match(es) found."),
        before=FILLED,
    ),
    Case(rf"reg query {KEY} /v Nope /s", ("", "End of search: 0 match(es) found."), code=1, before=FILLED),
    Case(rf"reg query {KEY} /v Nope", err=(REG_NOT_FOUND,), code=1, before=FILLED),
    Case(r"reg query HKLM\SOFTWARE\Nope", err=(REG_NOT_FOUND,), code=1),
    Case(r"reg query HKLM\SOFTWARE\Nope /f x", err=(REG_NOT_FOUND,), code=1),
    Case(r"reg query HKXX\SOFTWARE", err=bad_key("QUERY"), code=1, source=WINE),
    Case(r"reg query HKLM\\SOFTWARE", err=bad_key("QUERY"), code=1, source=WINE),
    Case(r"reg query HKLM/SOFTWARE", err=bad_key("QUERY"), code=1, source=MEMORY),
    Case("reg query", err=usage("QUERY"), code=1),
    Case("reg query /s", err=usage("QUERY"), code=1),
    Case(rf"reg query {KEY} /foo", err=usage("QUERY"), code=1),
    Case(rf"reg query {KEY} /v", err=usage("QUERY"), code=1, source=WINE),
    Case(rf"reg query {KEY} /k", err=usage("QUERY"), code=1, source=MEMORY),
    Case(rf"reg query {KEY} /v a /ve", err=usage("QUERY"), code=1, source=WINE),
    Case(rf"reg query {KEY} /s /s", err=usage("QUERY"), code=1, source=WINE),
    Case(rf"reg query {KEY} /reg:32 /reg:64", err=usage("QUERY"), code=1),
    Case(rf"reg query {KEY} /t REG_FOO", err=usage("QUERY"), code=1, before=FILLED),
    Case("reg", err=("ERROR: Invalid syntax.", 'Type "REG /?" for usage.'), code=1),
    Case("reg frobnicate", err=("ERROR: Invalid syntax.", 'Type "REG /?" for usage.'), code=1),
]


@pytest.mark.parametrize("case", QUERIES, ids=ids)
def test_queries(check, case):
    """Keys and values are shown and searched as reg.exe does."""
    check(case)


NUMERIC = ("ERROR: Invalid syntax. Specify valid numeric value for '/d'.", 'Type "REG ADD /?" for usage.')
HEXADECIMAL = ("ERROR: Invalid syntax. Specify valid hexadecimal value for '/d'.", 'Type "REG ADD /?" for usage.')
DATA = ("ERROR: Invalid syntax. Specify valid data for '/d'.", 'Type "REG ADD /?" for usage.')


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("/v A /d x", "A", RegistryValue.of("x")),
        ("/v A", "A", RegistryValue.of("")),
        ("/ve /d x", "", RegistryValue.of("x")),
        ("/d x", "", RegistryValue.of("x")),
        ('/v "A B" /d "C:\\x y\\\\"', "A B", RegistryValue.of("C:\\x y\\")),
        ("/v A /t REG_EXPAND_SZ /d %x%", "A", RegistryValue(RegistryType.REG_EXPAND_SZ, "%x%")),
        ("/v A /t reg_dword /d 16", "A", RegistryValue.of(16)),
        ("/v A /t REG_DWORD /d 0x10", "A", RegistryValue.of(16)),
        ("/v A /t REG_DWORD", "A", RegistryValue.of(0)),
        ("/v A /t REG_QWORD /d 4294967296", "A", RegistryValue.of(2**32)),
        ("/v A /t REG_BINARY /d 0aFf", "A", RegistryValue.of(b"\x0a\xff")),
        ("/v A /t REG_BINARY /d abc", "A", RegistryValue.of(b"\x0a\xbc")),
        (r"/v A /t REG_MULTI_SZ /d a\0b", "A", RegistryValue.of(("a", "b"))),
        ("/v A /t REG_MULTI_SZ /s , /d a,b", "A", RegistryValue.of(("a", "b"))),
        ("/v A /t REG_MULTI_SZ", "A", RegistryValue.of(())),
        ("/v A /t REG_NONE", "A", RegistryValue(RegistryType.REG_NONE, b"\0\0")),
    ],
)
def test_values_are_written(machine, run, words, name, value):
    """`reg add` writes data of every type. Source: learn.microsoft.com, "reg add"; the rest is from memory."""
    assert ((REG_DONE,), (), 0) == said(run(f"{ADD} {words} /f"))
    assert value == machine.registry.get(PLACE, name)


CHANGES = [
    Case(f"{ADD} /v A /t REG_DWORD /d x /f", err=NUMERIC, code=1, source=WINE),
    Case(f"{ADD} /v A /t REG_DWORD /d 4294967296 /f", err=NUMERIC, code=1, source=WINE),
    Case(f"{ADD} /v A /t REG_DWORD /d -1 /f", err=NUMERIC, code=1, source=WINE),
    Case(f"{ADD} /v A /t REG_BINARY /d xyz /f", err=HEXADECIMAL, code=1, source=WINE),
    Case(rf"{ADD} /v A /t REG_MULTI_SZ /d a\0\0b /f", err=DATA, code=1, source=WINE),
    Case(f"{ADD} /v A /s , /d x /f", err=usage("ADD"), code=1, source=WINE),
    Case(f"{ADD} /v A /t REG_FOO /f", err=usage("ADD"), code=1, source=WINE),
    Case(f"{ADD} /v A /ve /f", err=usage("ADD"), code=1, source=WINE),
    Case(f"{ADD} /v", err=usage("ADD"), code=1, source=WINE),
    Case(r"reg add Contoso /f", err=bad_key("ADD"), code=1),
    Case(f"{ADD} /f", (REG_DONE,)),
    Case(rf"reg delete {KEY} /f", (REG_DONE,), before=FILLED),
    Case(rf"reg delete {KEY} /v Count /f", (REG_DONE,), before=FILLED),
    Case(rf"reg delete {KEY} /va /f", (REG_DONE,), before=FILLED),
    Case(rf"reg delete {KEY} /v Nope /f", err=(REG_NOT_FOUND,), code=1, before=FILLED),
    Case(rf"reg delete {KEY} /ve /f", err=(REG_NOT_FOUND,), code=1, before=FILLED),
    Case(rf"reg delete {KEY} /f", err=(REG_NOT_FOUND,), code=1),
    Case(rf"reg delete {KEY} /v a /va /f", err=usage("DELETE"), code=1, source=WINE),
    Case("reg delete HKLM /f", err=usage("DELETE"), code=1, source=MEMORY),
    Case(rf"reg copy {KEY} HKLM\SOFTWARE\Other /s /f", (REG_DONE,), before=FILLED),
    Case(rf"reg copy {KEY} HKLM\SOFTWARE\Other", (REG_DONE,), before=FILLED),
    Case(rf"reg copy HKLM\SOFTWARE\Nope {KEY} /f", err=(REG_NOT_FOUND,), code=1),
    Case(
        rf"reg copy {KEY} {KEY} /f",
        err=("ERROR: The registry entry cannot be copied onto itself.", 'Type "REG COPY /?" for usage.'),
        code=1,
        source=MEMORY,
    ),
    Case(
        rf"reg compare {KEY} {KEY}\Sub",
        (
            rf"< Value:  {LONG}  Count  REG_DWORD  0x5",
            rf"> Value:  {LONG}\Sub  Name  REG_SZ  Ada",
            rf"< Value:  {LONG}  Version  REG_SZ  1.2.3",
            "",
            "Results Compared:  Different",
        ),
        code=2,
        before=FILLED,
        source=LEARN,
    ),
    Case(rf"reg compare {KEY} {KEY}", ("", "Results Compared:  Identical"), before=FILLED),
    Case(
        rf"reg compare {KEY} {KEY} /v Count /os",
        (f"= Value:  {LONG}  Count  REG_DWORD  0x5", "", "Results Compared:  Identical"),
        before=FILLED,
    ),
    Case(
        rf"reg compare {KEY} HKLM\SOFTWARE\Other /s",
        (rf"< Key:  {LONG}\Sub", "", "Results Compared:  Different"),
        code=2,
        before=(*FILLED, rf"reg copy {KEY} HKLM\SOFTWARE\Other /s", r"reg delete HKLM\SOFTWARE\Other\Sub /f"),
    ),
    Case(
        rf"reg compare HKLM\SOFTWARE\Other {KEY} /s /on",
        ("", "Results Compared:  Different"),
        code=2,
        before=(*FILLED, rf"reg copy {KEY} HKLM\SOFTWARE\Other"),
    ),
    Case(rf"reg compare {KEY} HKLM\Nope", err=(REG_NOT_FOUND,), code=1, before=FILLED),
    Case(rf"reg compare {KEY} {KEY} /oa /od", err=usage("COMPARE"), code=1, before=FILLED),
    Case(rf"reg export {KEY} C:\x.reg", (REG_DONE,), before=FILLED),
    Case(rf"reg export {KEY} C:\x.reg /y", (REG_DONE,), before=(*FILLED, rf"reg export {KEY} C:\x.reg")),
    Case(r"reg export HKLM\SOFTWARE\Nope C:\x.reg", err=(REG_NOT_FOUND,), code=1),
    Case(
        rf"reg export {KEY} C:\Nope\x.reg",
        err=("ERROR: Unable to write to the file. There may be a disk or file system error.",),
        code=1,
        before=FILLED,
        source=MEMORY,
    ),
    Case(
        r"reg import C:\x.reg",
        err=(REG_DONE,),
        before=(*FILLED, rf"reg export {KEY} C:\x.reg", rf"reg delete {KEY} /f"),
        source="that it says so on the standard error stream is from memory",
    ),
    Case(
        r"reg import C:\nope.reg",
        err=("ERROR: Error opening the file. There may be a disk or file system error.",),
        code=1,
        source=MEMORY,
    ),
    Case(rf"reg save {KEY} C:\x.hiv", (REG_DONE,), before=FILLED),
    Case(rf"reg save {KEY} C:\x.hiv /y", (REG_DONE,), before=(*FILLED, rf"reg save {KEY} C:\x.hiv")),
    Case(r"reg load HKLM\Temp C:\x.hiv", (REG_DONE,), before=(*FILLED, rf"reg save {KEY} C:\x.hiv")),
    Case(
        r"reg load HKLM\SOFTWARE C:\x.hiv",
        err=("ERROR: Access is denied.",),
        code=1,
        source=MEMORY,
        before=(*FILLED, rf"reg save {KEY} C:\x.hiv"),
    ),
    Case(r"reg load HKLM\Temp C:\nope.hiv", err=(REG_NOT_FOUND,), code=1, source=MEMORY),
    Case(r"reg load HKCU\Temp C:\x.hiv", err=bad_key("LOAD"), code=1),
    Case(
        r"reg unload HKLM\Temp",
        (REG_DONE,),
        before=(*FILLED, rf"reg save {KEY} C:\x.hiv", r"reg load HKLM\Temp C:\x.hiv"),
    ),
    Case(r"reg unload HKLM\Temp", err=(REG_NOT_FOUND,), code=1),
    Case(r"reg unload HKLM\SOFTWARE", err=("ERROR: Access is denied.",), code=1, source=MEMORY),
]


@pytest.mark.parametrize("case", CHANGES, ids=ids)
def test_changes(check, case):
    """Every other verb says what it did or why it did not."""
    check(case)


class TestWhatIsThereAfterwards:
    """The registry, after the words."""

    def test_a_file_goes_out_and_in(self, machine, run):
        """What was exported is imported again."""
        for line in (*FILLED, rf"reg export {KEY} C:\x.reg", rf"reg delete {KEY} /f", r"reg import C:\x.reg"):
            run(line)
        assert RegistryValue.of("Ada") == machine.registry.get(PLACE.child("Sub"), "Name")

    def test_a_hive_is_loaded_and_unloaded(self, machine, run):
        """What is changed in a loaded hive is in its file afterwards."""
        for line in (*FILLED, rf"reg save {KEY} C:\x.hiv", r"reg load HKU\T C:\x.hiv", r"reg add HKU\T /v N /d 1 /f"):
            run(line)
        run(r"reg unload HKU\T")
        run(r"reg load HKLM\Again C:\x.hiv")
        expected = ("", r"HKEY_LOCAL_MACHINE\Again", "    N    REG_SZ    1", "")
        assert expected == said(run(r"reg query HKLM\Again /v N"))[0]

    def test_every_kind_of_data_is_shown(self, machine, run):
        """Bytes in capitals, none as nothing."""
        machine.registry.set(PLACE, "B", RegistryValue.of(b"\x0a\xff"))
        machine.registry.set(PLACE, "N", RegistryValue(RegistryType.REG_NONE, b""))
        expected = ("", LONG, "    B    REG_BINARY    0AFF", "    N    REG_NONE    ", "")
        assert expected == said(run(f"reg query {KEY}"))[0]

    def test_copies_are_complete(self, machine, run):
        """`/s` takes what is below along, and what cannot be is left out."""
        for line in (*FILLED, rf"reg copy {KEY} {KEY}\Copy /s /f"):
            run(line)
        assert ["Empty", "Sub"] == machine.registry.subkeys(PLACE.child("Copy"))

    @pytest.mark.parametrize(("answer", "data"), [("y\r\n", "2"), ("No\r\n", "1")])
    def test_a_value_is_overwritten_when_asked(self, machine, run, answer, data):
        """Without `/f` reg.exe asks, and whoever feeds it answers."""
        run(f"{ADD} /v A /d 1")
        done = run(f"{ADD} /v A /d 2", stdin=answer)
        assert done.stdout.startswith("Value A exists, overwrite(Yes/No)? ")
        assert data == machine.registry.get(PLACE, "A").data

    @pytest.mark.parametrize(
        "line",
        [rf"reg delete {KEY}", rf"reg delete {KEY} /v Count", rf"reg delete {KEY} /va", rf"reg export {KEY} C:\x.reg"],
    )
    def test_no_is_taken_for_an_answer(self, machine, run, line):
        """Whoever says no keeps what there is."""
        for one in (*FILLED, rf"reg export {KEY} C:\x.reg"):
            run(one)
        assert "canceled by the user" in run(line, stdin="n\r\n").stdout
        assert RegistryValue.of(5) == machine.registry.get(PLACE, "Count")

    def test_a_copy_asks_before_it_replaces(self, machine, run):
        """A value that is there already is replaced when somebody agrees."""
        for line in (*FILLED, r"reg add HKLM\SOFTWARE\Other /v Version /d 0"):
            run(line)
        run(rf"reg copy {KEY} HKLM\SOFTWARE\Other", stdin="n\r\n")
        kept = run(r"reg query HKLM\SOFTWARE\Other /v Version").stdout
        run(rf"reg copy {KEY} HKLM\SOFTWARE\Other", stdin="all\r\n")
        replaced = run(r"reg query HKLM\SOFTWARE\Other /v Version").stdout
        assert ("    0\r\n" in kept, "    1.2.3\r\n" in replaced) == (True, True)

    def test_a_question_that_nobody_answers_is_told(self, run):
        """On Windows the tool would hang."""
        run(f"{ADD} /v A /d 1")
        with pytest.raises(NotEmulated, match="/f"):
            run(f"{ADD} /v A /d 2")


class TestViews:
    """Which half of the registry a reg.exe sees."""

    def test_the_tool_of_a_32_bit_parent_sees_the_32_bit_half(self, machine, run):
        """A 32-bit process finds SysWOW64's reg.exe: the classic trap of packages."""
        run(f"{ADD} /v A /d x /f", parent_bits=32)
        assert RegistryValue.of("x") == machine.registry.get(PLACE, "A", View.VIEW_32)
        assert not machine.registry.exists(PLACE, View.VIEW_64)

    def test_it_is_the_image_that_counts(self, machine, run):
        """System32, said by a 32-bit process, is SysWOW64; Sysnative is the real one."""
        run(rf"C:\Windows\System32\reg.exe add {KEY}\A /f", parent_bits=32)
        run(rf"C:\Windows\Sysnative\reg.exe add {KEY}\B /f", parent_bits=32)
        assert ["A"] == machine.registry.subkeys(PLACE, View.VIEW_32)
        assert ["B"] == machine.registry.subkeys(PLACE, View.VIEW_64)

    @pytest.mark.parametrize(("bits", "switch", "view"), [(32, "/reg:64", View.VIEW_64), (64, "/reg:32", View.VIEW_32)])
    def test_a_switch_chooses_the_other_half(self, machine, run, bits, switch, view):
        """`/reg:64` and `/reg:32` mean what they say, whoever asks."""
        run(f"{ADD} /v A /d x /f {switch}", parent_bits=bits)
        assert machine.registry.exists(PLACE, view)
        assert not machine.registry.exists(PLACE, view.other)

    def test_files_go_into_the_half_that_is_meant(self, machine, run):
        """Import, export and save have their view too."""
        run(f"{ADD} /v A /d x /f /reg:32")
        run(rf"reg export {KEY} C:\x.reg /reg:32")
        assert REG_DONE in run(rf"reg save {KEY} C:\x.hiv /reg:32").stdout
        run(r"reg import C:\x.reg /reg:64")
        assert machine.registry.exists(PLACE, View.VIEW_64)
        assert REG_DONE in run(rf"reg save {KEY} C:\y.hiv /reg:64").stdout


class TestRights:
    """Who may not."""

    @pytest.mark.parametrize(
        "line",
        [
            f"{ADD} /v A /d x /f",
            r"reg delete HKLM\SOFTWARE\Microsoft /f",
            r"reg query HKLM\SECURITY",
            r"reg query HKU\S-1-5-19",
        ],
    )
    def test_standard_users_are_refused(self, as_user, line):
        """A standard user writes nothing of the machine's. Source: from memory of Windows 10."""
        assert ((), ("ERROR: Access is denied.",), 1) == said(as_user(line))

    @pytest.mark.parametrize(
        "line", [r"reg save HKCU\Software C:\x.hiv", r"reg load HKLM\T C:\x.hiv", r"reg unload HKLM\T"]
    )
    def test_hives_take_a_privilege(self, as_user, line):
        """Only administrators save and load hives. Source: learn.microsoft.com, RegSaveKey."""
        assert ((), ("ERROR: A required privilege is not held by the client.",), 1) == said(as_user(line))

    def test_everybody_has_a_hive(self, machine, as_user, ada):
        """HKCU is the user's own."""
        as_user(r"reg add HKCU\Software\Contoso /v A /d x /f")
        own = machine.registry.of_user(ada.sid)
        assert RegistryValue.of("x") == own.get(RegistryPath.parse(r"HKCU\Software\Contoso"), "A")

    def test_a_search_goes_on_where_it_may(self, as_user):
        """What may not be read is told, and left out."""
        out, err, _ = said(as_user(r"reg query HKLM /f nothing-of-that-name /k"))
        assert (("", "End of search: 0 match(es) found."), True) == (out, "ERROR: Access is denied." in err)

    def test_an_import_that_is_refused(self, machine, as_user):
        """Who may not write does not import."""
        machine.files.write(r"C:\x.reg", b"REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\r\n")
        assert ((), ("ERROR: Error accessing the registry.",), 1) == said(as_user(r"reg import C:\x.reg"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("reg query /?", "help"),
        (r"reg query \\PC-1\HKLM\SOFTWARE", "another computer"),
        (r"reg restore HKLM\SOFTWARE\X C:\x.hiv", "restore"),
        ("reg flags HKLM", "flags"),
        (r"reg import C:\bad.reg", "bad lines"),
    ],
)
def test_what_is_not_modelled_is_said(machine, run, line, words):
    """Nothing is passed over in silence."""
    machine.files.write(r"C:\bad.reg", b"REGEDIT4\r\n\r\n[HKEY_NOWHERE\\X]\r\n")
    with pytest.raises(NotEmulated, match=words):
        run(line)
