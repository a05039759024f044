"""Static members of `[IO.File]`, `[IO.Directory]`, `[IO.Path]`.

Source: learn.microsoft.com, File, Directory, Path classes.
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable
from typing import Final

from harness.emulator.powershell.runtime.host_errors import exception_of
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.scripts import decoded
from harness.emulator.powershell.runtime.values import TypedArray, Value, is_null
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError

__all__ = ["FILE_METHODS", "guarded", "item_at", "path_of"]


def guarded(work: Callable[..., Value]) -> NetMethod:
    """Let an error of Windows be an exception of .NET."""

    def apply(world: World, *arguments: Value) -> Value:
        try:
            return work(world, *arguments)
        except MachineError as error:
            kind, message, _, __ = exception_of(error)
            raise Thrown(kind, message, bases=("System.IO.IOException",) if ".IO." in kind else ()) from error

    return apply


def path_of(world: World, path: Value) -> str:
    """Return the absolute path that an argument means."""
    if is_null(path) or not to_text(path):
        raise Thrown("System.ArgumentException", "The path is not of a legal form.")
    return ntpath.normpath(ntpath.join(world.run.working_directory, to_text(path).replace("/", "\\")))


def _is_folder(world: World, path: Value) -> bool:
    if is_null(path) or not to_text(path):
        return False
    files = world.run.files
    return files.exists(path_of(world, path)) and files.info(path_of(world, path)).is_directory


def _is_file(world: World, path: Value) -> bool:
    if is_null(path) or not to_text(path):
        return False
    files = world.run.files
    return files.exists(path_of(world, path)) and not files.info(path_of(world, path)).is_directory


def _text_of(world: World, path: Value, encoding: Value = None) -> str:
    codec = encoding.data if isinstance(encoding, PSObject) else "utf-8"
    return decoded(world.run.files.read(path_of(world, path)), codec)


def _lines_of(world: World, path: Value, encoding: Value = None) -> TypedArray:
    return TypedArray("System.String", _text_of(world, path, encoding).splitlines())


def _write(world: World, path: Value, content: Value, encoding: Value = None, *, mode: str = "wb") -> None:
    codec = encoding.data if isinstance(encoding, PSObject) else "utf-8"
    with world.run.files.open(path_of(world, path), mode) as file:  # type: ignore[arg-type]
        file.write(to_text(content).encode(codec, "replace"))


def _write_lines(world: World, path: Value, lines: Value, encoding: Value = None) -> None:
    items = lines if isinstance(lines, list) else [lines]
    _write(world, path, "".join(f"{to_text(item)}\r\n" for item in items), encoding)


def _copy(world: World, source: Value, target: Value, replace: Value = False) -> None:  # noqa: FBT002
    world.run.files.copy(path_of(world, source), path_of(world, target), replace=bool(replace))


def _delete_file(world: World, path: Value) -> None:
    if _is_file(world, path):
        world.run.files.delete(path_of(world, path))


def _delete_folder(world: World, path: Value, recurses: Value = False) -> None:  # noqa: FBT002
    if world.run.files.names(path_of(world, path)) and not recurses:
        raise Thrown("System.IO.IOException", "The directory is not empty.\r\n")
    world.run.files.delete(path_of(world, path))


def item_at(world: World, path: str) -> Value:
    """Return a file or folder as an object."""
    from harness.emulator.powershell.providers.file_items import file_object

    return file_object(world.run, path, is_child=False)


def _create_folder(world: World, path: Value) -> Value:
    world.run.files.make_folder(path_of(world, path))
    return item_at(world, path_of(world, path))


def _below(world: World, path: Value, pattern: Value = "*", option: Value = None, *, folders: bool) -> TypedArray:
    from harness.emulator.powershell.types.patterns import wildcard

    matches = wildcard(to_text(pattern).replace("*.*", "*"))
    found: list[str] = []
    waiting = [path_of(world, path)]
    while waiting:
        here = waiting.pop(0)
        for name in world.run.files.names(here):
            full = ntpath.join(here, name)
            is_folder = world.run.files.info(full).is_directory
            if is_folder and option is not None and "all" in to_text(option).lower():
                waiting.append(full)
            if is_folder is folders and matches.fullmatch(name):
                found.append(full)
    return TypedArray("System.String", found)


def _temporary(world: World) -> str:
    folder = (world.run.environment.get("TEMP") or r"C:\Windows\Temp").rstrip("\\")
    return f"{folder}\\"


def _temporary_file(world: World) -> str:
    number = 0x1A2B
    while world.run.files.exists(path := f"{_temporary(world)}tmp{number:X}.tmp"):
        number += 1
    world.run.files.write(path, b"")
    return path


def _combine(_: World, *parts: Value) -> str:
    items = parts[0] if len(parts) == 1 and isinstance(parts[0], list) else list(parts)
    if any(is_null(item) for item in items):
        raise Thrown(
            "System.ArgumentNullException",
            "Value cannot be null.\r\nParameter name: path2",
            bases=("System.ArgumentException",),
        )
    found = ""
    for item in (to_text(item) for item in items):
        if not item:
            continue
        found = (
            item
            if not found or ntpath.isabs(item) or ":" in item[:2]
            else found + ("" if found[-1] in "\\/:" else "\\") + item
        )
    return found


def _change_extension(_: World, path: Value, extension: Value) -> str:
    stem = ntpath.splitext(to_text(path))[0]
    if is_null(extension):
        return stem
    ending = to_text(extension)
    return stem + (ending if ending.startswith(".") else f".{ending}")


def _local(world: World, value: Value) -> Value:
    return value.astimezone(world.run.machine.clock.time_zone).replace(tzinfo=None)


FILE_METHODS: Final[dict[str, dict[str, NetMethod]]] = {
    "System.IO.File": {
        "Exists": _is_file,
        "ReadAllText": guarded(_text_of),
        "ReadAllLines": guarded(_lines_of),
        "ReadAllBytes": guarded(
            lambda world, path: TypedArray("System.Byte", world.run.files.read(path_of(world, path)))
        ),
        "WriteAllText": guarded(_write),
        "WriteAllLines": guarded(_write_lines),
        "WriteAllBytes": guarded(
            lambda world, path, data: world.run.files.write(path_of(world, path), bytes(map(int, data)))
        ),
        "AppendAllText": guarded(
            lambda world, path, text, encoding=None: _write(world, path, text, encoding, mode="ab")
        ),
        "Delete": guarded(_delete_file),
        "Copy": guarded(_copy),
        "Move": guarded(
            lambda world, source, target: world.run.files.move(path_of(world, source), path_of(world, target))
        ),
        "GetLastWriteTime": guarded(
            lambda world, path: _local(world, world.run.files.info(path_of(world, path)).modified)
        ),
        "GetCreationTime": guarded(
            lambda world, path: _local(world, world.run.files.info(path_of(world, path)).created)
        ),
    },
    "System.IO.Directory": {
        "Exists": _is_folder,
        "CreateDirectory": guarded(_create_folder),
        "Delete": guarded(_delete_folder),
        "GetFiles": guarded(lambda world, path, *rest: _below(world, path, *rest, folders=False)),
        "GetDirectories": guarded(lambda world, path, *rest: _below(world, path, *rest, folders=True)),
        "GetCurrentDirectory": lambda world: world.run.working_directory,
        "Move": guarded(
            lambda world, source, target: world.run.files.move(path_of(world, source), path_of(world, target))
        ),
    },
    "System.IO.Path": {
        "Combine": _combine,
        "GetFileName": lambda _, path: ntpath.basename(to_text(path)),
        "GetFileNameWithoutExtension": lambda _, path: ntpath.splitext(ntpath.basename(to_text(path)))[0],
        "GetDirectoryName": lambda _, path: ntpath.dirname(to_text(path)),
        "GetExtension": lambda _, path: ntpath.splitext(to_text(path))[1],
        "GetPathRoot": lambda _, path: (
            "".join(ntpath.splitroot(to_text(path))[:2])
            if hasattr(ntpath, "splitroot")
            else ntpath.splitdrive(to_text(path))[0] + "\\"
        ),
        "GetFullPath": lambda world, path: path_of(world, path),  # noqa: PLW0108
        "GetTempPath": _temporary,
        "GetTempFileName": guarded(_temporary_file),
        "GetRandomFileName": lambda world: f"k{world.run.info.pid:07d}.tmp",
        "ChangeExtension": _change_extension,
        "IsPathRooted": lambda _, path: ntpath.isabs(to_text(path)) or to_text(path)[1:2] == ":",
        "HasExtension": lambda _, path: bool(ntpath.splitext(to_text(path))[1]),
        "GetInvalidFileNameChars": lambda _: TypedArray("System.Char", list('"<>|\0:*?\\/')),
    },
    "System.IO.FileInfo": {"new": lambda world, path: item_at(world, path_of(world, path))},
    "System.IO.DirectoryInfo": {"new": lambda world, path: item_at(world, path_of(world, path))},
}
