r"""Names of zip entries as paths on Windows: `Files\setup.exe` is one, `..\setup.exe`, `C:x` and `NUL.txt` are not.

Source: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harness.model.names import folded

__all__ = ["windows_path", "name_problems", "clashes", "shown"]

_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[1-9¹²³])", re.IGNORECASE)
_INVALID = re.compile(r'[\x00-\x1f<>:"|?*]')
_DRIVE = re.compile(r"[A-Za-z]:")
_MAX_PART = 255
_MAX_PATH = 32_000
_SHOWN = 160


def windows_path(name: str) -> str:
    r"""Return the relative Windows path an entry name stands for: `./a//b/` is `a\b`; slashes of both kinds part."""
    return "\\".join(part for part in name.replace("/", "\\").split("\\") if part not in ("", "."))


def name_problems(name: str) -> Iterator[str]:
    """Say everything that keeps an entry name from being a file or folder below its own folder on Windows."""
    path = name.replace("/", "\\")
    if path.startswith("\\\\"):
        yield "is a network path, expected a relative one"
    elif path.startswith("\\"):
        yield "is an absolute path, expected a relative one"
    elif _DRIVE.match(path):
        yield "begins with a drive letter, expected a relative path"
        path = path[2:]
    elif not windows_path(name):
        yield "is not the name of a file or folder"
    if len(path) > _MAX_PATH:
        yield f"is {len(path):,} characters long, and Windows takes 32,767"
        return
    for part in dict.fromkeys(path.split("\\")):
        if part not in ("", "."):
            yield from _part_problems(part)


def _part_problems(part: str) -> Iterator[str]:
    if part == "..":
        yield "leads out of its folder with '..'"
        return
    if invalid := sorted(set(_INVALID.findall(part))):
        yield f"has characters that Windows does not allow in names: {shown(' '.join(invalid))}"
    if part[-1] in ". ":
        yield f"has a part that ends in a dot or a space ({shown(part)!r}), which Windows drops"
    if _DEVICE.fullmatch(part.partition(".")[0].rstrip()):
        yield f"has a part that is a device on Windows ({shown(part)!r}), not a file"
    if len(part) > _MAX_PART:
        yield f"has a part of {len(part):,} characters, and Windows takes {_MAX_PART}"


def clashes(paths: Sequence[tuple[str, bool]]) -> Iterator[tuple[int, str]]:
    r"""Find paths that cannot be beside each other in one folder: the same file twice, a file that is also a folder.

    Args:
        paths: Windows paths, and whether each is a folder. A folder may come several times.

    Yields:
        the index of a path and what is wrong with it; of two the one that comes later.
    """
    # Sorted with the lowest character between the parts, all that is below `a` follows `a` at once.
    keys = sorted((folded(path).replace("\\", "\0"), is_folder, index) for index, (path, is_folder) in enumerate(paths))
    file_key, file_index = "", -1
    for key, is_folder, index in keys:
        if file_index >= 0 and (key == file_key or key.startswith(file_key + "\0")):
            later, earlier = max(index, file_index), min(index, file_index)
            yield later, _clash(shown(paths[earlier][0]), is_same=key == file_key and not is_folder)
        elif not is_folder:
            file_key, file_index = key, index


def _clash(other: str, *, is_same: bool) -> str:
    if is_same:
        return f"is there twice: as {other!r} too, and Windows does not tell upper from lower case"
    return f"clashes with {other!r}: one path would be both a file and a folder"


def shown(name: str) -> str:
    """Return a name fit for a message: control characters escaped, so that none reaches a terminal; not endless."""
    visible = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in name[: _SHOWN + 1]
    )
    return visible if len(name) <= _SHOWN else f"{visible[:_SHOWN]}..."
