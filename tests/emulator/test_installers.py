"""Setup programs by what they do, in Python and in JSON."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.installer_file import read_installers
from harness.emulator.installers import Installer
from harness.errors import FormatError, NotEmulated, UsageError
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

KEY = r"HKLM\SOFTWARE\Contoso"
FIXTURE = Path(__file__).parents[2] / "fixtures" / "packages" / "contoso-vpn" / "installer.json"


def value(machine, key, name, view=View.VIEW_64):
    """Return the data of a registry value, or None."""
    found = machine.registry.get(RegistryPath.parse(key), name, view)
    return found and found.data


class TestNamedOnes:
    """Behaviours with a name."""

    @pytest.mark.parametrize(
        ("installer", "code", "minutes"),
        [
            (Installer.succeeds(), 0, 0),
            (Installer.succeeds(takes="4 min"), 0, 4),
            (Installer.fails(), 1603, 0),
            (Installer.fails(1625, takes=timedelta(minutes=2)), 1625, 2),
            (Installer.is_busy(), 1618, 0),
        ],
    )
    def test_they_end_as_their_name_says(self, finish, installer, code, minutes):
        """With the code and after the time."""
        ended = finish("setup.exe", installer).exit

        assert (code, timedelta(minutes=minutes)) == (ended.code, ended.elapsed)

    def test_one_that_hangs_never_ends(self, finish):
        """Until somebody kills it."""
        process = finish("setup.exe", Installer.hangs())

        assert process.exit is None
        process.kill()
        assert 1 == process.exit.code


class TestEffects:
    """What is left behind."""

    def test_what_it_cannot_do_is_told(self, machine, finish):
        """It ends with the error's code, and the timeline says at which path: it may be the declaration's mistake."""
        ended = finish("setup.exe", Installer(writes_files={r"Q:\x.txt": "x"})).exit

        told = machine.timeline.of(kind="declared change failed")
        assert 3 == ended.code
        assert [True] == [event.text.startswith("setup.exe cannot do what is declared of it: ") for event in told]
        assert told[0].text.endswith("the machine has no such drive: Q:\\")

    def test_everything_happens_at_the_end(self, machine, start):
        """Nothing is there before."""
        start(
            "setup.exe",
            Installer(
                takes="4 min", writes_registry={KEY: {"Version": "1.0"}}, writes_files={r"C:\App\a.txt": "hello"}
            ),
        )
        machine.clock.advance(timedelta(minutes=3))
        assert (None, False) == (value(machine, KEY, "Version", View.VIEW_32), machine.files.exists(r"C:\App"))

        machine.clock.advance(timedelta(minutes=1))

        assert "1.0" == value(machine, KEY, "Version", View.VIEW_32)
        assert b"hello" == machine.files.read(r"C:\App\a.txt")

    def test_an_installer_that_is_killed_leaves_nothing(self, machine, start):
        """It never got to its end."""
        process = start("setup.exe", Installer(takes="4 min", writes_registry={KEY: {"Version": "1.0"}}))
        machine.clock.advance(timedelta(minutes=3))

        process.kill()
        machine.clock.advance(timedelta(minutes=3))

        assert value(machine, KEY, "Version", View.VIEW_32) is None

    def test_data_has_the_type_one_expects(self, machine, finish):
        """Or the one that is given; the empty name is the default value; a key may be empty."""
        typed = RegistryValue(RegistryType.REG_EXPAND_SZ, "%TEMP%")
        values = {"": "default", "Number": 7, "List": ["a", "b"], "Bytes": b"\1\2", "Typed": typed}

        finish("setup.exe", Installer(writes_registry={KEY: values, rf"{KEY}\Empty": {}}))

        found = machine.registry.values(RegistryPath.parse(KEY), View.VIEW_32)
        types = [RegistryType.REG_SZ, RegistryType.REG_DWORD, RegistryType.REG_MULTI_SZ, RegistryType.REG_BINARY]
        assert [*types, RegistryType.REG_EXPAND_SZ] == [found[name].type for name in values]
        assert machine.registry.exists(RegistryPath.parse(rf"{KEY}\Empty"), View.VIEW_32)

    @pytest.mark.parametrize(
        ("view", "programs", "system"),
        [
            (None, r"C:\Program Files (x86)", "SysWOW64"),
            (View.VIEW_32, r"C:\Program Files (x86)", "SysWOW64"),
            (View.VIEW_64, r"C:\Program Files", "System32"),
        ],
    )
    def test_the_view_is_the_processs_own_unless_said(self, machine, finish, view, programs, system):
        """It decides about keys, variables in paths, and System32."""
        installer = Installer(
            view=view,
            writes_registry={KEY: {"a": "b"}},
            writes_files={r"%ProgramFiles%\App\a.txt": b"", r"C:\Windows\System32\b.txt": b""},
        )

        finish("setup.exe", installer)

        where = view or View.VIEW_32
        assert ("b", None) == (value(machine, KEY, "a", where), value(machine, KEY, "a", where.other))
        assert machine.files.exists(rf"{programs}\App\a.txt")
        assert machine.files.exists(rf"C:\Windows\{system}\b.txt")

    def test_removing_comes_before_writing(self, machine, finish):
        """Files, empty folders and keys go; full folders stay; what is missing does not matter."""
        for path in (r"C:\Old\a.txt", r"C:\Full\keep.txt", r"C:\App\a.txt"):
            machine.files.write(path, b"old")
        machine.registry.set(RegistryPath.parse(rf"{KEY}\Sub"), "a", RegistryValue.of("old"))

        finish(
            "setup.exe",
            Installer(
                view=View.VIEW_64,
                removes_files=[r"C:\Old\a.txt", r"C:\Old", r"C:\Full", r"C:\Gone\x", r"C:\App\a.txt"],
                removes_registry=[KEY, r"HKLM\SOFTWARE\Gone"],
                writes_files={r"C:\App\a.txt": "new"},
                writes_registry={KEY: {"b": "new"}},
            ),
        )

        assert [False, True] == [machine.files.exists(path) for path in (r"C:\Old", r"C:\Full\keep.txt")]
        assert b"new" == machine.files.read(r"C:\App\a.txt")
        assert ([], "new") == (list(machine.registry.subkeys(RegistryPath.parse(KEY))), value(machine, KEY, "b"))

    def test_an_error_of_the_machine_ends_the_run_with_its_code(self, machine, finish, ada):
        """A standard user cannot write to Program Files; the reason is on the error stream."""
        session = machine.sign_in(ada)
        installer = Installer(writes_files={r"C:\Program Files\a.txt": ""}, writes_registry={r"HKCU\X": {"a": "b"}})

        ended = finish("setup.exe", installer, account=ada, session_id=session.id).exit

        assert 5 == ended.code
        assert "[WinError 5] access is denied to AzureAD\\ada: C:\\Program Files\\a.txt\r\n" == ended.stderr
        assert not machine.registry.exists(RegistryPath.parse("HKCU\\X").of_user(ada.sid))

    def test_removing_what_may_not_be_removed_is_an_error(self, machine, finish, ada):
        """Only missing files are passed over."""
        session = machine.sign_in(ada)

        ended = finish(
            "setup.exe",
            Installer(removes_files=[r"C:\Windows\explorer.exe"]),
            account=ada,
            session_id=session.id,
        ).exit

        assert 5 == ended.code

    def test_output_children_and_restart(self, machine, start):
        """It prints, starts programs that go on without it, and restarts the machine."""
        machine.files.write(r"C:\Package\child.exe", b"")
        machine.programs["child.exe"] = Installer.hangs()
        installer = Installer(prints="done", starts=["child.exe /x"], restarts_machine=True, exit_code=1641)
        process = start("setup.exe", installer)

        machine.clock.run_until(lambda: bool(machine.processes.running("child.exe")), timedelta(minutes=1))
        assert ["child.exe /x"] == [row.command_line for row in machine.processes.running("child.exe")]
        machine.clock.advance(timedelta(minutes=5))

        assert (1641, "done\r\n") == (process.exit.code, process.exit.stdout)
        assert [] == machine.processes.running("child.exe")
        assert "the machine restarts: setup.exe restarts the machine" in [event.text for event in machine.timeline]

    def test_one_that_needs_a_user_hangs_in_session_0(self, machine, finish):
        """And is not modelled where somebody could click."""
        assert finish("setup.exe", Installer(needs_user=True)).exit is None
        assert machine.timeline.of(kind="dialog shown")

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"takes": "a while"}, "is not a duration"),
            ({"writes_registry": {r"SOFTWARE\X": {}}}, "does not begin with a hive"),
            ({"removes_registry": [r"SOFTWARE\X"]}, "does not begin with a hive"),
            ({"writes_registry": {KEY: {"a": -1}}}, "does not fit the registry"),
            ({"removes_registry": KEY}, "removes_registry is one text - write a list"),
            ({"removes_files": "C:\\X"}, "removes_files is one text - write a list"),
            ({"starts": "x.exe"}, "starts is one text - write a list"),
        ],
    )
    def test_mistakes_are_found_when_it_is_made(self, settings, message):
        """Not when it runs."""
        with pytest.raises(UsageError, match=message):
            Installer(**settings)


class TestFile:
    """The JSON file of `--installer`."""

    def read(self, *programs):
        """Read programs given as Python values."""
        return read_installers(json.dumps(list(programs)).encode(), "installer.json")

    def test_the_shipped_one_installs_and_removes(self, machine, finish):
        """What fixtures/README.md promises."""
        machine.programs.update(read_installers(FIXTURE.read_bytes(), "installer.json"))
        machine.files.write(r"C:\Package\contoso-vpn-setup.exe", b"")
        before = machine.snapshot()

        installed = finish("contoso-vpn-setup.exe /S", parent_bits=32).exit

        assert (3010, timedelta(seconds=40)) == (installed.code, installed.elapsed)
        assert ("5.2.0", 520) == tuple(value(machine, rf"{KEY}\VPN", name) for name in ("Version", "Build"))
        assert "5.2.0.0" == str(machine.files.version(r"C:\Program Files\Contoso VPN\vpn.exe"))
        assert 0 == finish(r'"C:\Program Files\Contoso VPN\uninstall.exe" /S').exit.code
        left = [str(change) for change in machine.changes_since(before).files]
        assert [] == [change for change in left if "Contoso VPN" in change]

    def test_without_its_silent_switch_the_shipped_one_hangs(self, machine, finish):
        """As declared."""
        machine.programs.update(read_installers(FIXTURE.read_bytes(), "installer.json"))
        machine.files.write(r"C:\Package\contoso-vpn-setup.exe", b"")

        assert finish("contoso-vpn-setup.exe").exit is None

    def test_a_single_program_needs_no_list(self):
        """One object is enough."""
        programs = read_installers(b'{"program": "Setup.exe", "runs": [{}]}', "x.json")

        assert ["Setup.exe"] == list(programs)

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("setup.exe /S", 1),
            ("setup.exe /quiet /S", 1),
            ("setup.exe /S /D=x", 2),
            ("setup.exe /quiet", 3),
            ("setup.exe", 4),
        ],
    )
    def test_the_first_run_that_fits_counts(self, machine, finish, line, code):
        """All of `when`, none of `unless`."""
        machine.programs.update(
            self.read(
                {
                    "program": "setup.exe",
                    "runs": [
                        {"when": ["/S"], "unless": ["/D=x"], "exit_code": 1},
                        {"when": ["/S", "/D=x"], "exit_code": 2},
                        {"when": ["/quiet"], "exit_code": 3},
                        {"exit_code": 4},
                    ],
                }
            )
        )
        machine.files.write(r"C:\Package\setup.exe", b"")

        assert code == finish(line).exit.code

    @pytest.mark.parametrize(
        ("line", "given"),
        [("setup.exe /s", "/s"), ("setup.exe", "no arguments"), ("setup.exe /S /x", "/S /x")],
    )
    def test_other_arguments_are_not_emulated(self, machine, start, line, given):
        """The case of arguments counts; the message says what is declared."""
        runs = [{"when": ["/S"], "unless": ["/x"]}, {"when": ["/remove"]}]
        machine.programs.update(self.read({"program": "setup.exe", "runs": runs}))
        machine.files.write(r"C:\Package\setup.exe", b"")
        start(line)

        with pytest.raises(NotEmulated) as caught:
            machine.clock.advance(timedelta(minutes=1))
        assert f"what 'setup.exe' does with {given}" == caught.value.what
        assert (
            "installer.json declares with /S without /x, or with /remove: add a run for these, or mend the command line"
            == caught.value.hint
        )

    def test_what_must_not_be_there_is_said_alone(self, machine, start):
        """A run may have no more to say than what it does not answer."""
        runs = [{"unless": ["/x"]}]
        machine.programs.update(self.read({"program": "setup.exe", "runs": runs}))
        machine.files.write(r"C:\Package\setup.exe", b"")
        start("setup.exe /x")

        with pytest.raises(NotEmulated, match="declares without /x"):
            machine.clock.advance(timedelta(minutes=1))

    def test_every_field_does_what_it_says(self, machine, finish):
        """All of them in one run."""
        run = {
            "when": [],
            "takes": "40 s",
            "exit_code": 7,
            "view": "64-bit",
            "prints": "hello",
            "removes_files": [r"C:\Old.txt"],
            "removes_registry": [r"HKLM\SOFTWARE\Old"],
            "writes_files": {r"C:\App\a.txt": "grün", r"C:\App\b.bin": {"base64": "AAEC"}},
            "writes_registry": {
                KEY: {
                    "": "default",
                    "Text": "t",
                    "Number": 7,
                    "Large": 2**40,
                    "List": ["a", "b"],
                    "Expand": {"type": "REG_EXPAND_SZ", "data": "%TEMP%"},
                    "Binary": {"type": "reg_binary", "data": "01 ff"},
                    "Quad": {"type": "REG_QWORD", "data": 1},
                    "Multi": {"type": "REG_MULTI_SZ", "data": []},
                }
            },
            "starts": ["child.exe"],
            "restarts_machine": False,
            "needs_user": False,
        }
        machine.files.write(r"C:\Old.txt", b"")
        machine.registry.create(RegistryPath.parse(r"HKLM\SOFTWARE\Old"))
        for name in ("setup.exe", "child.exe"):
            machine.files.write(rf"C:\Package\{name}", b"")
        child = {"program": "child.exe", "runs": [{"hangs": True}]}
        machine.programs.update(self.read({"program": "setup.exe", "runs": [run]}, child))

        ended = finish("setup.exe").exit

        assert (7, "hello\r\n", timedelta(seconds=40)) == (ended.code, ended.stdout, ended.elapsed)
        assert ("grün".encode(), b"\0\1\2") == tuple(
            machine.files.read(rf"C:\App\{name}") for name in ("a.txt", "b.bin")
        )
        found = machine.registry.values(RegistryPath.parse(KEY))
        data = {"": "default", "Text": "t", "Number": 7, "Large": 2**40, "List": ("a", "b"), "Expand": "%TEMP%"}
        assert data | {"Binary": b"\1\xff", "Quad": 1, "Multi": ()} == {name: one.data for name, one in found.items()}
        assert (RegistryType.REG_QWORD, RegistryType.REG_EXPAND_SZ) == (found["Quad"].type, found["Expand"].type)
        assert not machine.files.exists(r"C:\Old.txt")
        assert not machine.registry.exists(RegistryPath.parse(r"HKLM\SOFTWARE\Old"))
        assert 1 == len(machine.processes.running("child.exe"))

    @pytest.mark.parametrize(
        ("document", "where", "message"),
        [
            ([], None, None),
            (5, "$", "expected an object, found 5"),
            ([5], "$[0]", "expected an object, found 5"),
            ({}, "$", "the field 'program' is missing"),
            ({"program": "a.exe", "runs": []}, "$.runs", "expected at least one, found an empty list"),
            ({"program": "C:\\a.exe", "runs": [{}]}, "$.program", "expected a file name without folder"),
            ({"program": " ", "runs": [{}]}, "$.program", "expected a file name without folder"),
            ({"program": "a.exe", "runs": [{}], "x": 1}, "$.x", "unknown field - the fields here are program, runs"),
            ({"program": "a.exe", "run": [{}]}, "$.run", "unknown field - did you mean 'runs'?"),
            (("exit_kode", 1), "$.runs[0].exit_kode", "unknown field - did you mean 'exit_code'?"),
            (("when", "/S"), "$.runs[0].when", "expected a list, found '/S'"),
            (("unless", [1]), "$.runs[0].unless[0]", "expected a text, found 1"),
            (("takes", "long"), "$.runs[0].takes", "expected a duration such as '40 s' or '4 min', found 'long'"),
            (("takes", 40), "$.runs[0].takes", "expected a text, found 40"),
            (("exit_code", -1), "$.runs[0].exit_code", "expected 0 to 4294967295, found -1"),
            (("view", "32"), "$.runs[0].view", "expected one of 64-bit, 32-bit, found '32'"),
            (("prints", 1), "$.runs[0].prints", "expected a text, found 1"),
            (("removes_files", [""]), "$.runs[0].removes_files[0]", "expected a path, found an empty text"),
            (("removes_registry", ["X"]), "$.runs[0].removes_registry[0]", "'X' does not begin with a hive"),
            (("writes_files", []), "$.runs[0].writes_files", "expected an object, found a list"),
            (("writes_files", {" ": ""}), "$.runs[0].writes_files[' ']", "expected a path"),
            (("writes_files", {"C": 1}), "$.runs[0].writes_files.C", "expected a text, found 1"),
            (("writes_files", {"C": {"base64": "!"}}), "$.runs[0].writes_files.C.base64", "expected base64, found '!'"),
            (("writes_files", {"C": {"hex": "00"}}), "$.runs[0].writes_files.C", "the field 'base64' is missing"),
            (("writes_registry", {"X": {}}), "$.runs[0].writes_registry.X", "'X' does not begin with a hive"),
            (("writes_registry", {"HKLM": 1}), "$.runs[0].writes_registry.HKLM", "expected an object, found 1"),
            (("hangs", "perhaps"), "$.runs[0].hangs", "expected true or false, found 'perhaps'"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_place(self, document, where, message):
        """The JSON path, what was found, what was expected."""
        if isinstance(document, tuple):
            document = [{"program": "a.exe", "runs": [{document[0]: document[1]}]}]
            where = where.replace("$", "$[0]")
        if where is None:
            assert {} == read_installers(json.dumps(document).encode(), "x.json")
            return
        with pytest.raises(FormatError) as caught:
            read_installers(json.dumps(document).encode(), "x.json")

        assert any(problem.where == where and message in problem.message for problem in caught.value.problems), str(
            caught.value
        )

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (True, "expected a text, a whole number, a list of texts or an object, found true"),
            (1.5, "expected a text, a whole number, a list of texts or an object, found 1.5"),
            (-1, "expected 0 to 18446744073709551615, found -1"),
            ([1], "expected a text, found 1"),
            ({"type": "REG_LINK", "data": ""}, "expected one of REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_QWORD"),
            ({"type": "REG_DWORD", "data": 2**32}, "expected 0 to 4294967295"),
            ({"type": "REG_DWORD", "data": "1"}, "expected a whole number, found '1'"),
            ({"type": "REG_BINARY", "data": "xx"}, "expected bytes in hexadecimal such as '01 ff', found 'xx'"),
            ({"type": "REG_BINARY", "data": 1}, "expected a text, found 1"),
            ({"type": "REG_SZ"}, "the field 'data' is missing"),
            ({"data": "x"}, "the field 'type' is missing"),
        ],
    )
    def test_wrong_registry_data_is_named(self, data, message):
        """As every other field."""
        with pytest.raises(FormatError) as caught:
            self.read({"program": "a.exe", "runs": [{"writes_registry": {"HKLM\\SOFTWARE\\X": {"v": data}}}]})

        assert message in str(caught.value)

    def test_all_problems_are_named_at_once(self):
        """One run of the command line shows everything there is to mend."""
        with pytest.raises(FormatError) as caught:
            self.read(
                {"program": "a.exe", "runs": [{"takes": "x", "exit_code": "y"}]},
                {"program": "", "runs": [{"hangs": True, "takes": "1 s", "exit_code": 0}]},
            )

        assert [
            "$[0].runs[0].takes",
            "$[0].runs[0].exit_code",
            "$[1].program",
            "$[1].runs[0].takes",
            "$[1].runs[0].exit_code",
        ] == [problem.where for problem in caught.value.problems]

    def test_a_program_is_declared_once(self):
        """Whatever the case of its name."""
        with pytest.raises(FormatError, match=r"\$\[1\].program: the program 'SETUP.exe' is declared twice"):
            self.read({"program": "setup.exe", "runs": [{}]}, {"program": "SETUP.exe", "runs": [{}]})

    @settings(deadline=None, max_examples=60)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["program", "runs", "when", "takes", "writes_registry", "HKLM\\X", "hangs", "type"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        )
    )
    def test_any_json_is_read_or_refused_in_our_words(self, document):
        """Nothing a document says makes the reader crash."""
        try:
            programs = read_installers(json.dumps(document).encode(), "x.json")
        except FormatError as error:
            programs, where = {}, {problem.where[:1] for problem in error.problems}
        else:
            where = {"$"}
        assert {"$"} == where
        assert all(callable(program) for program in programs.values())
