"""What a program sees of its machine."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.installers import Installer
from harness.emulator.mutexes import Mutexes
from harness.emulator.programs import Programs
from harness.emulator.variables import Variables
from harness.errors import MachineError, NotEmulated, UsageError
from harness.model.commands import Command
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import Architecture, Hive, RegistryPath, RegistryType, RegistryValue, View

MINUTE = timedelta(minutes=1)


@pytest.fixture
def see(start, machine):
    """Give a function that runs a function inside a process and returns what it returned."""

    def see(look, command_line="setup.exe", **settings):
        seen = []

        async def program(run):
            seen.append(look(run))
            return 0

        start(command_line, program, **settings)
        machine.clock.advance(MINUTE)
        return seen[0]

    return see


@pytest.fixture
def session(machine, ada):
    """Sign ada in."""
    return machine.sign_in(ada)


@pytest.fixture
def as_ada(ada, session):
    """Give the settings that start a process as ada."""
    return {"account": ada, "session_id": session.id}


class TestPrograms:
    """Which program answers for which file."""

    def test_names_count_in_every_folder_and_whatever_their_case(self):
        """`.exe` may be left out."""
        programs, installer = Programs(), Installer()
        programs["Setup"] = installer

        assert installer == programs.find(r"C:\A\SETUP.exe") == programs["setup.EXE"]
        assert programs.find(r"C:\A\other.exe") is None
        assert (["Setup"], 1) == (list(programs), len(programs))

    def test_a_full_path_comes_first(self):
        """Slashes or backslashes."""
        programs = Programs()
        programs["setup.exe"] = Installer(exit_code=1)
        programs["C:/Special/setup.exe"] = Installer(exit_code=2)

        assert [2, 1] == [programs.find(rf"C:\{folder}\setup.exe").exit_code for folder in ("special", "other")]

    def test_a_program_can_be_taken_back(self):
        """As with any mapping."""
        programs = Programs()
        programs["setup.exe"] = Installer()

        del programs["SETUP.EXE"]

        assert programs.find("setup.exe") is None
        with pytest.raises(KeyError):
            programs["setup.exe"]

    @pytest.mark.parametrize(("name", "program"), [("", Installer()), ("  ", Installer()), ("setup.exe", 3010)])
    def test_what_cannot_be_a_program_is_refused(self, name, program):
        """At once, not when it is started."""
        with pytest.raises(UsageError, match="give a file name and an Installer"):
            Programs()[name] = program


class TestProgramRun:
    """Arguments, folder, environment, time."""

    def test_arguments_are_split_as_windows_splits_them(self, see):
        """The program itself is not among them."""
        line = r'setup.exe /S "C:\Program Files\X" a\\"b c"'

        assert ("/S", r"C:\Program Files\X", r"a\b c") == see(lambda run: run.arguments, line)

    def test_an_unquoted_path_with_blanks_spills_into_the_arguments(self, machine, see):
        """The line is split without knowing which file was found: so does every C program."""
        machine.files.write(r"C:\Program Files\App\setup.exe", b"")
        seen = []

        async def program(run):
            seen.append((run.info.image_path, run.arguments))
            return 0

        machine.programs[r"C:\Program Files\App\setup.exe"] = program
        see(lambda run: run.start(r"C:\Program Files\App\setup.exe /S"), "parent.exe")

        assert [(r"C:\Program Files\App\setup.exe", (r"Files\App\setup.exe", "/S"))] == seen

    def test_line_folder_and_row_are_those_of_the_command(self, see):
        """As given."""
        seen = see(lambda run: (run.command_line, run.working_directory, run.info.name), "setup.exe /S")

        assert ("setup.exe /S", r"C:\Package", "setup.exe") == seen

    def test_variables_are_found_whatever_their_case(self, see):
        """Those of the command come on top."""
        settings = {"environment": {"PATH": r"C:\Only", "Extra": "1"}}

        seen = see(
            lambda run: (run.environment["Path"], run.environment["EXTRA"], run.environment.get("no")), **settings
        )

        assert (r"C:\Only", "1", None) == seen

    def test_the_environment_is_that_of_the_processs_width(self, machine, see, image):
        """Not of its parent's."""
        machine.files.write(r"C:\Package\wide.exe", image(0x8664))
        seen = []

        async def wide(run):
            seen.append(run.environment["ProgramFiles"])
            return 0

        machine.programs["wide.exe"] = wide
        narrow = see(lambda run: (run.start("wide.exe"), run.environment["ProgramFiles"])[1])

        assert (r"C:\Program Files (x86)", [r"C:\Program Files"]) == (narrow, seen)

    def test_sleeping_takes_text_or_a_timedelta(self, machine, finish):
        """Both are the machine's time."""

        async def program(run):
            await run.sleep("90 s")
            await run.sleep(MINUTE)
            return 0

        assert timedelta(seconds=150) == finish("setup.exe", program).exit.elapsed

    def test_the_whole_machine_is_at_hand(self, machine, see):
        """For what a service does on a process's behalf."""
        assert machine is see(lambda run: run.machine)


class TestChildren:
    """Starting other programs."""

    def test_a_child_inherits_account_session_folder_and_variables(self, machine, see, as_ada, ada):
        """And knows its parent."""
        machine.files.write(r"C:\Package\child.exe", b"")
        seen = []

        async def child(run):
            seen.append((run.info, run.working_directory, run.environment["Given"], run.environment["More"]))
            return 0

        machine.programs["child.exe"] = child
        parent = see(
            lambda run: (run.start("child.exe", environment={"More": "2"}), run.info)[1],
            environment={"Given": "1"},
            **as_ada,
        )

        info, folder, given, more = seen[0]
        assert (ada, as_ada["session_id"], parent.pid) == (info.account, info.session_id, info.parent_pid)
        assert (r"C:\Package", "1", "2") == (folder, given, more)

    def test_a_child_is_looked_for_beside_its_parent_first(self, machine, see):
        """Even when it works elsewhere."""
        for folder in (r"C:\Package", r"C:\Elsewhere"):
            machine.files.write(rf"{folder}\helper.exe", b"")
        machine.programs["helper.exe"] = Installer()

        child = see(lambda run: run.start("helper.exe", working_directory=r"C:\Elsewhere"))

        assert r"C:\Package\helper.exe" == child.info.image_path

    def test_a_missing_child_is_the_programs_problem(self, finish):
        """It gets Windows' own error."""

        async def program(run):
            try:
                run.start("nosuch.exe")
            except OSError as error:
                return error.winerror

        assert 2 == finish("setup.exe", program).exit.code


class TestMutexes:
    """Keeping each other out."""

    def test_one_owner_at_a_time(self, machine, start):
        """Until it ends, however it ends."""
        got = []

        async def wants(run):
            got.append((run.info.name, run.try_lock(r"Global\_MSIExecute")))
            await run.sleep("10 min")
            return 0

        first = start("first.exe", wants)
        machine.clock.advance(MINUTE)
        start("second.exe", wants)
        machine.clock.advance(MINUTE)
        first.kill()
        start("third.exe", wants)
        machine.clock.advance(MINUTE)

        assert [("first.exe", True), ("second.exe", False), ("third.exe", True)] == got

    def test_it_is_given_back_as_often_as_it_was_taken(self, see):
        """An owner may take it twice."""

        def look(run):
            taken = [run.try_lock("X"), run.try_lock("X")]
            run.unlock("X")
            run.unlock("X")
            with pytest.raises(MachineError) as caught:
                run.unlock("X")
            return taken, caught.value.winerror

        assert ([True, True], 288) == see(look)

    @pytest.mark.parametrize(
        ("mine", "theirs", "is_same"),
        [
            (r"Global\X", r"global\X", True),
            (r"Global\X", r"Global\x", False),
            ("X", r"Local\X", True),
            ("X", r"Global\X", False),
            (r"Other\X", r"Global\X", False),
        ],
    )
    def test_names_in_a_users_session(self, mine, theirs, is_same, session, machine):
        """Global is one place, the rest is the session's; the case of names counts."""
        mutexes = Mutexes()
        shells = machine.processes.running()[-2:]

        assert {session.id} == {shell.session_id for shell in shells}
        assert mutexes.try_lock(mine, shells[0])
        assert is_same is not mutexes.try_lock(theirs, shells[1])

    def test_session_0_has_no_place_of_its_own(self, machine, session):
        """Its local names are the global ones."""
        mutexes = Mutexes()
        service, shell = machine.processes.running("lsass.exe")[0], machine.processes.running("explorer.exe")[0]

        assert mutexes.try_lock("X", service)
        assert [False, True] == [mutexes.try_lock(r"Global\X", shell), mutexes.try_lock("X", shell)]


class TestRegistryOfAProcess:
    """In its view, as its account."""

    KEY = r"HKLM\SOFTWARE\Contoso"

    @pytest.mark.parametrize("bits", [32, 64])
    def test_a_process_sees_the_view_of_its_width(self, machine, see, image, bits):
        """And the other one when it asks."""

        def look(run):
            run.registry.set(self.KEY, "Own", "own")
            run.registry.set(self.KEY, "Other", "other", view=View.of(bits).other)
            return run.registry.get(self.KEY, "Own").data, run.registry.get(self.KEY, "Other")

        machine.files.write(r"C:\Package\setup.exe", image(0x014C if bits == 32 else 0x8664))
        seen = []

        async def program(run):
            seen.append(look(run))
            return 0

        machine.programs["setup.exe"] = program
        see(lambda run: run.start("setup.exe"), "parent.exe")

        path = RegistryPath.parse(self.KEY)
        assert [("own", None)] == seen
        assert "own" == machine.registry.get(path, "Own", View.of(bits)).data
        assert "other" == machine.registry.get(path, "Other", View.of(bits).other).data

    def test_a_32_bit_windows_has_one_view(self, make_machine):
        """Nothing is redirected there."""
        machine = make_machine(Architecture.X86)
        machine.files.write(r"C:\Package\setup.exe", b"")
        installer = Installer(
            writes_registry={self.KEY: {"Folder": RegistryValue(RegistryType.REG_SZ, "%ProgramFiles%")}}
        )
        machine.programs["setup.exe"] = installer
        machine.processes.start(command(machine, "setup.exe"))
        machine.clock.advance(MINUTE)

        assert "%ProgramFiles%" == machine.registry.get(RegistryPath.parse(self.KEY), "Folder").data

    def test_hkcu_is_the_accounts(self, machine, see, as_ada, ada):
        """SYSTEM's for SYSTEM, ada's for ada."""
        see(lambda run: run.registry.set(r"HKCU\Software\X", "Who", "system"))
        see(lambda run: run.registry.set(r"HKCU\Software\X", "Who", "ada"), "ada.exe", **as_ada)

        who = [
            machine.registry.get(RegistryPath(Hive.HKU, rf"{sid}\Software\X"), "Who").data
            for sid in ("S-1-5-18", ada.sid)
        ]
        assert ["system", "ada"] == who

    def test_everything_the_registry_can_do(self, see):
        """Create, list, read, delete; text or path."""
        path = RegistryPath.parse(self.KEY)

        def look(run):
            registry = run.registry
            registry.create(path.child("Sub"))
            registry.set(path, "Number", 7)
            registry.set(self.KEY, "", ("a", "b"))
            seen = [
                registry.exists(self.KEY),
                registry.subkeys(path),
                {n: v.data for n, v in registry.values(path).items()},
            ]
            registry.delete_value(path, "number")
            registry.delete(path.child("Sub"))
            return [*seen, dict(registry.values(path)).keys(), registry.subkeys(path)]

        exists, subkeys, values, left, none = see(look)

        assert (True, ["Sub"], {"Number": 7, "": ("a", "b")}) == (exists, list(subkeys), values)
        assert ([""], []) == (list(left), list(none))

    def test_what_a_32_bit_program_writes_of_program_files(self, machine, see):
        """WOW64 changes the data, unless the other view was asked for."""
        text = RegistryValue(RegistryType.REG_EXPAND_SZ, r"%ProgramFiles%\X")
        see(lambda run: run.registry.set(self.KEY, "Own", text))
        see(lambda run: run.registry.set(self.KEY, "Asked", text, view=View.VIEW_64), "other.exe")

        path = RegistryPath.parse(self.KEY)
        assert r"%ProgramFiles(x86)%\X" == machine.registry.get(path, "Own", View.VIEW_32).data
        assert r"%ProgramFiles%\X" == machine.registry.get(path, "Asked").data

    def test_a_key_without_hive_is_the_authors_mistake(self, see):
        """Told with the hives there are."""

        def look(run):
            with pytest.raises(UsageError, match="does not begin with a hive"):
                run.registry.get(r"SOFTWARE\Contoso")
            return True

        assert see(look)


class TestFilesOfAProcess:
    """From its folder, in its half of Windows."""

    def test_relative_paths_count_from_the_working_folder(self, machine, see):
        """For everything files can do."""

        def look(run):
            files = run.files
            files.write(r"data\a.txt", b"hello")
            files.make_folder("empty")
            files.move(r"data\a.txt", "b.txt")
            with files.open("b.txt", "ab") as file:
                file.write(b" there")
            seen = [
                files.resolve("b.txt"),
                files.exists("b.txt"),
                files.info("b.txt").size_bytes,
                files.version("b.txt"),
                list(files.names(".")),
                files.read(r"\Package\b.txt"),
            ]
            files.delete("data")
            return [*seen, files.exists("data")]

        names = ["b.txt", "data", "empty", "setup.exe"]
        assert [r"C:\Package\b.txt", True, 11, None, names, b"hello there", False] == see(look)
        assert b"hello there" == machine.files.read(r"C:\Package\b.txt")

    def test_system32_is_that_of_the_width(self, machine, see):
        """And Sysnative is the real one."""
        see(lambda run: run.files.write(r"C:\Windows\System32\a.txt", b""))
        see(lambda run: run.files.write(r"%SystemRoot%\Sysnative\b.txt".replace("%SystemRoot%", "C:\\Windows"), b""))

        assert machine.files.exists(r"C:\Windows\SysWOW64\a.txt")
        assert machine.files.exists(r"C:\Windows\System32\b.txt")

    def test_variables_are_expanded_on_request(self, see):
        """In the process's own environment."""
        assert r"C:\Program Files (x86)\X" == see(lambda run: run.files.expand(r"%programfiles%\X"))


class TestRights:
    """Who may write where."""

    @pytest.mark.parametrize(
        "path",
        [
            r"C:\Users\ada\AppData\Local\X\a.txt",
            r"C:\Users\Public\a.txt",
            r"C:\ProgramData\Contoso\a.txt",
            r"C:\Windows\Temp\a.txt",
            r"C:\Own\a.txt",
        ],
    )
    def test_a_standard_user_may_write_here(self, machine, see, as_ada, path):
        """The profile, what is public, folders of one's own."""
        see(lambda run: run.files.write(path, b""), **as_ada)

        assert machine.files.exists(path)

    @pytest.mark.parametrize(
        "path",
        [
            r"C:\Program Files\X\a.txt",
            r"C:\Program Files (x86)\a.txt",
            r"C:\Windows\a.txt",
            r"c:\WINDOWS\System32\a.txt",
            r"C:\Users\bob\a.txt",
            r"C:\Users\ada\..\bob\a.txt",
            r"C:\Windows\Sysnative\a.txt",
            r"C:\PROGRA~2\a.txt",
        ],
    )
    def test_a_standard_user_may_not_write_here(self, machine, see, as_ada, path):
        """5, whatever would make something there, and nothing is there afterwards."""

        def look(run):
            files = run.files
            files.write(r"C:\Users\Public\a.txt", b"")
            tries = (
                lambda: files.write(path, b""),
                lambda: files.make_folder(path),
                lambda: files.make_folder(rf"{path}\below"),
            )
            return [code_of(attempt) for attempt in tries]

        assert {5} == set(see(look, **as_ada))
        assert not machine.files.exists(path)

    def test_what_is_there_is_safe_from_a_standard_user(self, machine, see, as_ada):
        """5 for every way to change, move, replace or delete it; it can be read and copied."""
        path = r"C:\Program Files\X\a.txt"
        machine.files.write(path, b"x")

        def look(run):
            files = run.files
            files.write("own.txt", b"")
            tries = (
                lambda: files.open(path, "ab"),
                lambda: files.delete(path),
                lambda: files.delete(r"C:\Program Files\X"),
                lambda: files.move(path, "b.txt"),
                lambda: files.move("own.txt", path),
                lambda: files.copy("own.txt", path),
                lambda: files.copy("own.txt", r"C:\Program Files\X\b.txt"),
                lambda: files.set_attributes(path, FileAttributes.HIDDEN),
                lambda: files.set_times(path, modified=run.info.started),
                lambda: files.make_link("other.txt", path, LinkKind.HARD),
                lambda: files.move_at_restart("own.txt", None),
            )
            files.copy(path, "copy.txt")
            return [code_of(attempt) for attempt in tries], files.read("copy.txt")

        assert ([5] * 11, b"x") == see(look, **as_ada)

    def test_a_folder_that_is_not_there_is_missing_for_everybody(self, see, as_ada):
        """3 when a file is opened in it, whoever asks."""
        path = r"C:\Program Files\Nowhere\a.txt"

        assert 3 == see(lambda run: code_of(lambda: run.files.open(path, "wb")), **as_ada)

    def test_links_of_a_standard_user(self, machine, see, as_ada):
        """Symbolic links take a privilege (1314); junctions do not."""

        def look(run):
            run.files.make_link("junction", r"C:\Users\Public", LinkKind.JUNCTION)
            return code_of(lambda: run.files.make_link("link", r"C:\Users\Public", LinkKind.SYMBOLIC))

        assert 1314 == see(look, **as_ada)
        assert machine.files.link_info(r"C:\Package\junction").target
        assert "" == machine.files.owner(r"C:\Users\Public")

    def test_a_link_is_not_what_it_leads_to(self, machine, see, as_ada):
        """Whoever may not delete a folder may delete their junction to it; other names of files are names."""

        def look(run):
            files = run.files
            files.make_link("windows", r"C:\Windows", LinkKind.JUNCTION)
            files.write("a.txt", b"a")
            files.make_link("b.txt", "a.txt", LinkKind.HARD)
            seen = [files.link_info("windows").target, files.read("b.txt")]
            files.delete("windows")
            files.move("b.txt", "c.txt")
            return [*seen, files.exists("windows"), files.exists("c.txt")]

        assert [r"C:\Windows", b"a", False, True] == see(look, **as_ada)
        assert machine.files.exists(r"C:\Windows\explorer.exe")

    def test_everything_a_user_may_do_with_files_of_their_own(self, machine, see, as_ada):
        """Mark, date, copy, replace, move, delete; whole folders too."""

        def look(run):
            files = run.files
            files.write(r"C:\ProgramData\Mine\deep\a.txt", b"a")
            files.write(r"C:\ProgramData\Mine\b.txt", b"b")
            files.set_attributes(r"C:\ProgramData\Mine\b.txt", FileAttributes.HIDDEN)
            files.set_times(r"C:\ProgramData\Mine\b.txt", modified=run.info.started)
            files.copy(r"C:\ProgramData\Mine\deep\a.txt", r"C:\ProgramData\Mine\c.txt")
            files.move(r"C:\ProgramData\Mine\deep\a.txt", r"C:\ProgramData\Mine\c.txt")
            files.move(r"C:\ProgramData\Mine", r"C:\ProgramData\Moved")
            names = list(files.names(r"C:\ProgramData\Moved"))
            files.delete(r"C:\ProgramData\Moved")
            return names, files.exists(r"C:\ProgramData\Moved")

        assert (["b.txt", "c.txt", "deep"], False) == see(look, **as_ada)

    def test_system_notes_renames_for_the_restart(self, machine, see):
        """Deleting is one, too."""
        see(lambda run: (run.files.write("a.txt", b""), run.files.move_at_restart("a.txt", None)))
        key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager")

        assert r"a.txt" in str(machine.registry.get(key, "PendingFileRenameOperations"))

    def test_what_others_made_in_a_shared_folder_is_theirs(self, machine, see, as_ada):
        r"""In C:\ProgramData everybody may make files, and change only their own."""
        bob = entra_account("bob")
        theirs = {"account": bob, "session_id": machine.sign_in(bob).id}
        path = r"C:\ProgramData\Shared\a.txt"
        see(lambda run: run.files.write(path, b"ada"), **as_ada)

        assert b"ada" == see(lambda run: run.files.read(path), "bob.exe", **theirs)
        assert 5 == see(lambda run: code_of(lambda: run.files.write(path, b"bob")), "bob2.exe", **theirs)
        see(lambda run: run.files.write(path, b"ada again"), "ada2.exe", **as_ada)
        assert b"ada again" == machine.files.read(path)

    def test_an_elevated_administrator_and_system_may_write_everywhere(self, machine, see):
        """What is there already too."""
        settings = {**self.as_boss(machine), "is_elevated": True}

        for name, how in (("a", {}), ("b", settings)):
            see(lambda run: run.files.write(rf"C:\Windows\{run.info.name}.txt", b""), f"{name}.exe", **how)
            see(lambda run: run.files.write(rf"C:\Windows\{run.info.name}.txt", b""), f"{name}.exe", **how)

        assert [True, True] == [machine.files.exists(rf"C:\Windows\{name}.exe.txt") for name in "ab"]

    def test_an_administrator_with_a_filtered_token_is_a_standard_user(self, machine, see):
        """Until something is started elevated."""
        settings = self.as_boss(machine)

        def look(run):
            return (
                run.info.is_elevated,
                code_of(lambda: run.files.write(r"C:\Windows\a.txt", b"")),
                code_of(lambda: run.registry.set(r"HKLM\SOFTWARE\X", "a", "b")),
            )

        assert (False, 5, 5) == see(look, **settings)

    def as_boss(self, machine):
        """Sign an administrator in, and return the settings that start a process as them."""
        boss = entra_account("boss", is_administrator=True)
        return {"account": boss, "session_id": machine.sign_in(boss).id}

    def test_a_standard_user_writes_to_their_own_hive_only(self, see, as_ada, ada):
        """5 for the machine's keys, other people's, and the merged classes."""

        def look(run):
            run.registry.set(r"HKCU\Software\X", "a", "b")
            run.registry.set(rf"HKU\{ada.sid}\Software\X", "a", "b")
            run.registry.set(rf"HKU\{ada.sid}_Classes\X", "a", "b")
            return [
                code_of(lambda: run.registry.set(r"HKLM\SOFTWARE\X", "a", "b")),
                code_of(lambda: run.registry.create(r"HKU\.DEFAULT\X")),
                code_of(lambda: run.registry.create_link(r"HKLM\SOFTWARE\X", "HKCU")),
                code_of(lambda: run.registry.delete(r"HKCR\.txt")),
                code_of(lambda: run.registry.delete_value(r"HKLM\SOFTWARE\X", "a")),
            ]

        assert [5] * 5 == see(look, **as_ada)

    def test_a_key_that_is_there_can_be_opened_by_making_it(self, see, as_ada):
        """RegCreateKeyEx opens what exists, which takes no right to make keys."""
        see(lambda run: run.registry.create(r"HKLM\SOFTWARE\Microsoft"), **as_ada)

    def test_what_nobody_may_read(self, see, as_ada):
        """5 for the account database, other people's profiles and hives that are not one's own."""
        bob = entra_account("bob")

        def look(run):
            machine = run.machine
            machine.sign_in(bob)
            machine.files.write(rf"{bob.profile}\a.txt", b"")
            files, registry = run.files, run.registry
            return [
                code_of(lambda: registry.get(r"HKLM\SAM\SAM", "x")),
                code_of(lambda: registry.values(rf"HKU\{bob.sid}\Environment")),
                code_of(lambda: registry.subkeys(rf"HKU\{bob.sid}")),
                code_of(lambda: registry.modified(rf"HKU\{bob.sid}")),
                code_of(lambda: registry.watch(rf"HKU\{bob.sid}")),
                code_of(lambda: files.names(bob.profile)),
                code_of(lambda: files.read(rf"{bob.profile}\a.txt")),
                code_of(lambda: files.info(rf"{bob.profile}\a.txt")),
                code_of(lambda: files.link_info(rf"{bob.profile}\a.txt")),
                code_of(lambda: files.version(rf"{bob.profile}\a.txt")),
                files.exists(rf"{bob.profile}\a.txt"),
                files.exists(bob.profile),
            ]

        assert [*([5] * 10), False, True] == see(look, **as_ada)

    def test_a_hive_that_is_not_loaded_is_missing(self, see, as_ada):
        """2, and not 5, for somebody who is not signed in."""
        assert 2 == see(lambda run: code_of(lambda: run.registry.values(r"HKU\S-1-5-21-1-2-3-9")), **as_ada)

    def test_everybody_may_read_what_is_public(self, see, as_ada):
        """Windows, the programs, the machine's keys; and what all may ask of volumes."""

        def look(run):
            run.registry.watch(r"HKLM\SOFTWARE")
            return [
                run.files.exists(r"C:\Windows\explorer.exe"),
                run.files.info(r"C:\Windows\explorer.exe").is_directory,
                [volume.drive for volume in run.files.volumes()],
                run.files.free_space_mb() > 0,
                run.registry.exists(r"HKLM\SOFTWARE\Microsoft"),
            ]

        assert [True, False, ["C:"], True, True] == see(look, **as_ada)


class TestDialogs:
    """Waiting for somebody to click."""

    async def asks(self, run):
        """Show a dialog."""
        await run.show_dialog("Where to install?")
        return 0

    def test_in_session_0_nobody_sees_it(self, machine, start):
        """The process hangs, and the timeline says why."""
        process = start("setup.exe", self.asks)
        machine.clock.advance(timedelta(days=30))

        assert process.exit is None
        (event,) = machine.timeline.of(kind="dialog shown")
        assert "setup.exe shows a dialog that nobody can see, and waits for an answer: Where to install?" == event.text

    def test_in_a_users_session_somebody_would_click(self, machine, start, as_ada):
        """Which is not modelled."""
        start("setup.exe", self.asks, **as_ada)

        with pytest.raises(NotEmulated, match=r"a dialog on AzureAD\\ada's screen: 'Where to install\?'"):
            machine.clock.advance(MINUTE)


class TestWinreg:
    """`import winreg` inside a process."""

    def test_it_is_the_processs(self, machine, see, as_ada, ada):
        """Its user's, in its half of Windows, within its rights."""

        def look(run):
            with machine.winreg_installed(run.winreg) as winreg:
                winreg.SetValue(winreg.HKEY_CURRENT_USER, r"Software\X", winreg.REG_SZ, "ada")
                with pytest.raises(PermissionError):
                    winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\X")
            return True

        assert see(look, **as_ada)
        assert "ada" == machine.registry.get(RegistryPath(Hive.HKU, rf"{ada.sid}\Software\X")).data


class TestVariables:
    """A process's environment."""

    def test_a_process_changes_its_own(self):
        """Under any spelling; names keep the first."""
        variables = Variables({"Path": "a"})
        variables["PATH"] = "b"
        variables["New"] = ""
        variables["=C:"] = r"C:\Package"
        del variables["new"]

        assert {"Path": "b", "=C:": r"C:\Package"} == dict(variables)

    @pytest.mark.parametrize(("name", "value"), [("", "x"), ("a=b", "x"), ("a", "x" * 32_765)])
    def test_what_cannot_be_a_variable(self, name, value):
        """87, and nothing is set."""
        variables = Variables()

        with pytest.raises(MachineError) as caught:
            variables[name] = value
        assert (87, 0) == (caught.value.winerror, len(variables))

    def test_later_layers_replace_values_and_keep_names(self):
        """Whatever their case."""
        variables = Variables({"Path": "a", "TEMP": "b"}, {"PATH": "c", "New": "d"})

        assert {"Path": "c", "TEMP": "b", "New": "d"} == dict(variables)
        assert (3, "c", True) == (len(variables), variables["pAtH"], "new" in variables)
        assert "Variables({'Path': 'c', 'TEMP': 'b', 'New': 'd'})" == repr(variables)

    def test_what_is_not_there_is_a_key_error(self):
        """As with any mapping."""
        with pytest.raises(KeyError):
            Variables()["X"]


def code_of(attempt) -> int:
    """Return the Win32 code an attempt fails with."""
    with pytest.raises(MachineError) as caught:
        attempt()
    return caught.value.winerror


def command(machine, command_line):
    """Return a command of a 32-bit parent."""
    return Command(command_line=command_line, working_directory=r"C:\Package", parent_bits=32)
