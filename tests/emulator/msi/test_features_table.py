"""Features, and the components that come with them."""

from __future__ import annotations

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

FOLDER = r"C:\Program Files\Contoso Test"
LISTED = r"HKLM\SOFTWARE\Classes\Installer\Features\11111111222233334444555555555555"


@pytest.fixture
def suite() -> Msi:
    """Give a package with a tree of features, each with a file of its name."""
    msi = Msi()
    for name, parent, level in (
        ("Editor", None, 1),
        ("Spelling", "Editor", 3),
        ("German", "Spelling", 3),
        ("Extras", None, 200),
        ("Never", None, 0),
    ):
        msi.add("Feature", (name, parent, name, None, 1, level, None, 0))
        msi.component(name, feature=name, key_path=name).file(name, b"x", name)
    return msi


def installed(bench: Bench) -> set[str]:
    """Return the files that are there."""
    files = bench.machine.files
    return set(files.names(FOLDER)) if files.exists(FOLDER) else set()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", {"Editor"}),
        ("INSTALLLEVEL=3", {"Editor", "Spelling", "German"}),
        ("INSTALLLEVEL=1000", {"Editor", "Spelling", "German", "Extras"}),
        ("INSTALLLEVEL=nonsense", {"Editor"}),
        ("ADDLOCAL=ALL", {"Editor", "Spelling", "German", "Extras"}),
        ("addlocal=German", {"Editor", "Spelling", "German"}),
        ("ADDLOCAL=Extras,Never", {"Extras"}),
        ("ADDLOCAL=ALL REMOVE=Spelling", {"Editor", "Extras"}),
        ("ADDDEFAULT=Editor", {"Editor"}),
        ("REINSTALL=ALL", set()),
    ],
)
def test_selection(bench: Bench, suite: Msi, arguments: str, expected: set[str]) -> None:
    """Levels choose unless properties do; parents come along, children go along, level 0 never comes."""
    assert 0 == bench.install(suite, arguments)

    assert expected == installed(bench)


def test_features_are_listed(bench: Bench, suite: Msi) -> None:
    """Windows knows every feature, its parent, and whether it is absent."""
    bench.install(suite, "ADDLOCAL=Spelling")

    names = ("Editor", "Spelling", "German", "Never")
    assert ["", "Editor", "\x06Spelling", "\x06"] == [bench.value(LISTED, name) for name in names]


def test_features_come_and_go(bench: Bench, suite: Msi) -> None:
    """An installed product takes more features, loses some, and goes with the last one."""
    bench.install(suite)

    assert 0 == bench.run("msiexec /i app.msi /qn ADDLOCAL=Extras")
    assert {"Editor", "Extras"} == installed(bench)
    assert 0 == bench.run("msiexec /i app.msi /qn REMOVE=Editor")
    assert {"Extras"} == installed(bench)
    assert "\x06" == bench.value(LISTED, "Editor")
    assert 0 == bench.run(f"msiexec /i {PRODUCT_CODE} /qn REMOVE=Extras,Main")
    assert set() == installed(bench)
    assert not bench.has_key(LISTED)


def test_feature_below_an_installed_one(bench: Bench, suite: Msi) -> None:
    """A feature is added below one that is there, which is not installed again."""
    bench.install(suite)
    bench.machine.files.delete(rf"{FOLDER}\Editor")

    bench.run("msiexec /i app.msi /qn ADDLOCAL=Spelling")

    assert {"Spelling"} == installed(bench)


def test_rows_of_features_and_components_that_there_are_not(bench: Bench, suite: Msi) -> None:
    """A feature's component that is missing is passed over, as is a component's feature."""
    suite.add("FeatureComponents", ("Editor", "Ghost"), ("Ghost", "Editor"))

    assert 0 == bench.install(suite)


def test_feature_that_nobody_lists_any_more(bench: Bench, suite: Msi) -> None:
    """A feature whose registration is gone counts as absent."""
    bench.install(suite)
    bench.machine.registry.delete_value(RegistryPath.parse(LISTED), "Editor")

    bench.run("msiexec /i app.msi /qn REINSTALL=ALL REMOVE=Main")

    assert {"Editor"} == installed(bench)


def test_single_feature_is_reinstalled(bench: Bench, suite: Msi) -> None:
    """REINSTALL writes the files of the features it names again."""
    bench.install(suite, "ADDLOCAL=ALL")
    for name in ("Editor", "Extras"):
        bench.machine.files.delete(rf"{FOLDER}\{name}")

    assert 0 == bench.run("msiexec /i app.msi /qn REINSTALL=Extras")

    assert {"Extras", "Spelling", "German"} == installed(bench)


def test_unknown_feature(bench: Bench, suite: Msi) -> None:
    """A feature that there is not ends the installation; names regard case."""
    assert 1603 == bench.install(suite, "ADDLOCAL=editor")
    assert "Error 2711" in bench.failures()[0]


def test_condition_changes_a_level(bench: Bench, suite: Msi) -> None:
    """The Condition table gives a feature another level; conditions of features that are not there do not matter."""
    suite.add("Condition", ("Extras", 1, "VersionNT >= 600"), ("Editor", 0, "WANTED"), ("Ghost", 0, "1"))

    bench.install(suite)

    assert {"Editor", "Extras"} == installed(bench)


def test_child_follows_its_parent(bench: Bench) -> None:
    """A feature that follows its parent is installed whatever its level."""
    msi = Msi().add("Feature", ("Child", "Main", None, None, 1, 999, None, 2)).component(feature="Child")

    bench.install(msi.file("f", b"x"))

    assert {"f"} == installed(bench)


@pytest.mark.parametrize(("attributes", "word"), [(4, "advertised"), (1, "source")])
def test_feature_that_is_not_installed_locally(bench: Bench, attributes: int, word: str) -> None:
    """Features that are advertised or run from the source by default are named; ADDLOCAL installs them."""
    msi = Msi().add("Feature", ("Odd", None, None, None, 1, 1, None, attributes)).component(feature="Odd")
    msi.file("f", b"x")

    with pytest.raises(NotEmulated, match=word):
        bench.install(msi)
    assert 0 == bench.install(msi, "ADDLOCAL=Odd")


def test_component_that_runs_from_the_source(bench: Bench) -> None:
    """A component that is never installed locally is named."""
    with pytest.raises(NotEmulated, match="component 'C1'"):
        bench.install(Msi().component(attributes=257))


@pytest.mark.parametrize("name", ["ADVERTISE", "ADDSOURCE", "COMPADDLOCAL", "FILEADDLOCAL"])
def test_other_ways_to_select(bench: Bench, suite: Msi, name: str) -> None:
    """Properties that select in ways that are not modelled are named."""
    with pytest.raises(NotEmulated, match=name):
        bench.install(suite, f"{name}=ALL")


def test_features_nested_too_deep(bench: Bench) -> None:
    """More than 16 levels, and circles, are refused."""
    deep = Msi()
    for level in range(20):
        deep.add("Feature", (f"F{level}", f"F{level - 1}" if level else None, None, None, 1, 1, None, 0))
    circle = Msi().add("Feature", ("A", "B", None, None, 1, 1, None, 0), ("B", "A", None, None, 1, 1, None, 0))

    assert [1603, 1603] == [bench.install(deep), bench.install(circle)]
    assert all("2701" in failure for failure in bench.failures())


def test_component_condition(bench: Bench) -> None:
    """A component whose condition is false is left out."""
    msi = Msi().component("C1", condition="VersionNT64").component("C2", condition="NOT VersionNT64")
    msi.file("yes", b"x", "C1").file("no", b"x", "C2")

    bench.install(msi)

    assert {"yes"} == installed(bench)


@pytest.mark.parametrize(("attributes", "stays"), [(256, True), (256 + 64, False)])
def test_component_whose_condition_turns_false(bench: Bench, attributes: int, stays: bool) -> None:  # noqa: FBT001
    """Once installed a component stays at a reinstallation, unless it is transitive."""
    msi = Msi().component(attributes=attributes, condition="WANTED OR REMOVE", key_path="f").file("f", b"x")
    bench.install(msi, "WANTED=1")

    bench.run("msiexec /i app.msi /qn REINSTALL=ALL")

    assert stays == ("f" in installed(bench))


def test_component_of_two_features(bench: Bench) -> None:
    """A component stays as long as one of its features does."""
    msi = Msi().component(key_path="f").file("f", b"x")
    msi.add("Feature", ("Second", None, None, None, 1, 1, None, 0)).add("FeatureComponents", ("Second", "C1"))
    bench.install(msi)

    bench.run("msiexec /i app.msi /qn REMOVE=Second")
    assert {"f"} == installed(bench)
    bench.run("msiexec /i app.msi /qn REMOVE=Main")
    assert set() == installed(bench)


def test_states_in_conditions(bench: Bench) -> None:
    """Conditions of actions see what features and components are and become."""
    msi = Msi().component(key_path="f").file("f", b"x").value(r"SOFTWARE\Contoso\S", "States", "[STATES]")
    msi.action(
        "SetStates", 1100, 51, "STATES", "right", "&Main=3 AND !Main=2 AND $C1=3 AND ?C1=2 AND &None=-1 AND ?X=-1"
    )

    bench.install(msi)

    assert "right" == bench.value(r"HKLM\SOFTWARE\Contoso\S", "States")


def test_a_feature_without_a_name_is_refused(bench: Bench) -> None:
    """A damaged table, in which every root would be below the nameless feature, ends the installation."""
    msi = Msi()
    msi.add("Feature", ("", None, "x", None, 1, 1, None, 0))
    msi.component("Main", key_path="Main").file("Main", b"x", "Main")

    assert 1603 == bench.install(msi, "ADDLOCAL=ALL")
    assert "Error 2701" in bench.failures()[0]
