"""The plugin's fixtures, in a project that has nothing but the package."""

from __future__ import annotations

PUBLISH = """
    device.tenant.publish(
        ime_folder / "packages/contoso-notes/contoso-notes.json",
        ime_folder / "packages/contoso-notes/contoso-notes.intunewin",
    )
"""


def test_a_test_gets_a_device(project):
    """And its machine, its tenant and its time, which belong together."""
    project.makepyfile(
        f"""
        def test_it(device, machine, tenant, clock, ime_folder):
            assert (device.machine, device.tenant, device.clock) == (machine, tenant, clock)
            {PUBLISH.strip()}
            device.sync()
            device.advance("5 min")
            assert "installed" == device.status("Contoso Notes").words
            assert machine.files.exists(r"C:\\Program Files\\Contoso Notes\\notes.exe")
            assert 1 == len(tenant.apps)
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_every_test_gets_a_device_of_its_own(project):
    """Which is closed when the test ends."""
    project.makepyfile(
        """
        import pytest

        machines = []

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(device, number):
            assert all(machine.is_closed for machine in machines)
            assert not device.machine.files.exists(r"C:\\mine.txt")
            device.machine.files.write(r"C:\\mine.txt", b"mine")
            machines.append(device.machine)
        """
    )
    project.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_tests_that_want_no_device_make_none(project):
    """The libraries that read packages are not even loaded."""
    project.makepyfile(
        """
        import sys

        def test_it():
            assert not {"cryptography", "pymsi", "jinja2"} & {*sys.modules}
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_folder_is_the_projects_root_unless_said_otherwise(pytester):
    """File names are relative to it."""
    pytester.makeini("[pytest]")
    pytester.makepyfile("def test_it(ime_folder, pytestconfig): assert pytestconfig.rootpath == ime_folder")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_relative_folder_is_below_the_root(pytester):
    """Wherever pytest is started."""
    pytester.makeini("[pytest]\nime_folder = files/of/apps")
    below = pytester.mkdir("below")
    below.joinpath("test_it.py").write_text(
        "def test_it(ime_folder, pytestconfig): assert pytestconfig.rootpath / 'files' / 'of' / 'apps' == ime_folder"
    )
    pytester.runpytest_subprocess("below").assert_outcomes(passed=1)


def test_a_project_may_keep_its_files_elsewhere(pytester):
    """By a fixture of the same name."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def ime_folder(tmp_path):
            (tmp_path / "a.json").write_text("[]")
            return tmp_path
        """
    )
    pytester.makepyfile("def test_it(scene): assert 'a.json' == scene.path('a.json').name")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_setting_is_documented(pytester):
    """`pytest --help` says what it is for."""
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(["*ime_folder (string): *where features find packages, app JSON and installer*"])
