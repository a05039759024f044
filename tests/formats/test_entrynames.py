r"""Names of zip entries as Windows paths: `a/b.txt` is one, `..\b.txt`, `C:b.txt` and `NUL.txt` are not."""

import ntpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.formats.entrynames import clashes, name_problems, shown, windows_path
from harness.model.names import folded


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("setup.exe", "setup.exe"),
        ("Files/setup.exe", "Files\\setup.exe"),
        ("Files\\sub/setup.exe", "Files\\sub\\setup.exe"),
        ("Files/", "Files"),
        ("./Files//a", "Files\\a"),
        (" leading.txt", " leading.txt"),
        ("CONSOLE.txt", "CONSOLE.txt"),
        ("com10", "com10"),
        ("ünï.txt", "ünï.txt"),
        (".gitignore", ".gitignore"),
    ],
)
def test_good_names_are_paths(name, path):
    """Slashes of both kinds part; what only looks dangerous is allowed."""
    assert list(name_problems(name)) == []
    assert windows_path(name) == path


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("", ["is not the name of a file or folder"]),
        ("./", ["is not the name of a file or folder"]),
        ("/etc/passwd", ["is an absolute path, expected a relative one"]),
        ("\\Windows", ["is an absolute path, expected a relative one"]),
        ("//server/share/x", ["is a network path, expected a relative one"]),
        (
            "\\\\?\\C:\\x",
            ["is a network path, expected a relative one", "does not allow in names: ?", "does not allow in names: :"],
        ),
        ("C:\\x", ["begins with a drive letter, expected a relative path"]),
        ("c:x", ["begins with a drive letter, expected a relative path"]),
        ("../x", ["leads out of its folder with '..'"]),
        ("a\\..\\..\\x", ["leads out of its folder with '..'"]),
        ("CON", ["has a part that is a device on Windows ('CON'), not a file"]),
        ("a/nul.tar.gz", ["has a part that is a device on Windows ('nul.tar.gz'), not a file"]),
        ("com1 .txt", ["has a part that is a device on Windows ('com1 .txt'), not a file"]),
        ("LPT²", ["has a part that is a device on Windows ('LPT²'), not a file"]),
        ("conin$", ["has a part that is a device on Windows ('conin$'), not a file"]),
        ("a./b", ["has a part that ends in a dot or a space ('a.'), which Windows drops"]),
        ("...", ["has a part that ends in a dot or a space ('...'), which Windows drops"]),
        ("b ", ["has a part that ends in a dot or a space ('b '), which Windows drops"]),
        ("a|b?", ["does not allow in names: ? |"]),
        ("x:stream", ["begins with a drive letter"]),
        ("setup.exe:stream", ["does not allow in names: :"]),
        ("a\0b\x1b", [r"does not allow in names: \x00 \x1b"]),
        ("x" * 256, ["has a part of 256 characters, and Windows takes 255"]),
        ("x/" * 16_001, ["is 32,002 characters long, and Windows takes 32,767"]),
    ],
)
def test_bad_names_say_why(name, problems):
    """Everything that would leave the folder, or be another file on Windows, has its own sentence."""
    found = list(name_problems(name))

    assert len(found) == len(problems)
    assert all(expected in actual for expected, actual in zip(problems, found, strict=True))


@settings(deadline=None, max_examples=300)
@given(st.text("./\\:aC Nul\0~é", max_size=12))
def test_what_passes_stays_below_its_folder(name):
    """Joined to a folder, a name without problems is always a path strictly below it."""
    if not list(name_problems(name)):
        joined = ntpath.normpath(ntpath.join("D:\\base", windows_path(name)))
        assert joined.startswith("D:\\base\\")
        assert joined == "D:\\base\\" + windows_path(name)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([("a", False), ("b", False), ("a.b", False)], []),
        ([("a", True), ("a\\b", False), ("A", True)], []),
        ([("a.txt", False), ("b", False), ("A.TXT", False)], [(2, "is there twice: as 'a.txt' too")]),
        ([("é", False), ("É", False)], [(1, "is there twice")]),
        ([("strasse", False), ("straße", False)], []),
        ([("a", False), ("a\\b", False), ("a\\c\\d", True)], [(1, "clashes with 'a'"), (2, "clashes with 'a'")]),
        ([("a\\b", False), ("a b", False), ("A", False)], [(2, "clashes with 'a\\\\b': one path would be both")]),
        ([("a", False), ("a", True)], [(1, "clashes with 'a'")]),
        ([("a", True), ("a", False)], [(1, "clashes with 'a'")]),
    ],
)
def test_clashes_are_found(paths, expected):
    """The same file twice, in any case, and files that are also folders are found; repeated folders are not."""
    found = sorted(clashes(paths))

    assert [index for index, _ in expected] == [index for index, _ in found]
    assert all(text in actual for (_, text), (_, actual) in zip(expected, found, strict=True))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.lists(st.sampled_from("aAb"), min_size=1, max_size=3), st.booleans()), max_size=6))
def test_clashes_agree_with_writing_it_out(drawn):
    """There is a clash exactly when two paths, one a file, are equal or one is below the other."""
    paths = [("\\".join(parts), is_folder) for parts, is_folder in drawn]
    keys = [(folded(path) + "\\", is_folder) for path, is_folder in paths]
    expected = any(
        not is_folder and other.startswith(key)
        for index, (key, is_folder) in enumerate(keys)
        for other, _ in keys[:index] + keys[index + 1 :]
    )

    assert expected == bool(list(clashes(paths)))


def test_names_in_messages_are_harmless():
    """Control characters are escaped, and a long name is cut."""
    assert shown("a\x1b[2Jb\n") == r"a\x1b[2Jb\n"
    assert shown("x" * 1_000) == "x" * 160 + "..."
