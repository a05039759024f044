"""Setup programs declared in a JSON file: `ime-harness run ... --installer FILE`. The format: fixtures/README.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from harness.durations import parse_duration
from harness.emulator.installers import Installer
from harness.emulator.programs import Program, ProgramRun
from harness.errors import NotEmulated, UsageError
from harness.formats.misfits import Misfit, describe, placed
from harness.formats.registryreading import registry_key, registry_value
from harness.formats.structuring import (
    ObjectReader,
    Reader,
    base64_bytes,
    boolean,
    integer,
    list_of,
    mapping_of,
    one_of,
    read_document,
    strict_object,
    text,
)
from harness.model.names import folded
from harness.model.windows import View

__all__ = ["read_installers", "DeclaredProgram", "DeclaredRun"]

T = TypeVar("T")

_VIEWS = {view.value: view for view in View}

_SUCCESS = 0
_PROGRAM_FIELDS = ("program", "runs")
_CONDITIONS = ("when", "unless", "hangs")
_EFFECTS = (
    "takes",
    "exit_code",
    "view",
    "prints",
    "removes_files",
    "removes_registry",
    "writes_files",
    "writes_registry",
    "needs_user",
    "starts",
    "restarts_machine",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRun:
    """What a program does when it is started with certain arguments.

    Attributes:
        when: arguments that must all be there, compared exactly: `/S` is not `/s` to every setup program.
        unless: arguments of which none may be there.
        does: what happens.
    """

    when: tuple[str, ...]
    unless: tuple[str, ...]
    does: Installer

    def answers(self, arguments: Iterable[str]) -> bool:
        """Return whether this is what happens with those arguments."""
        given = set(arguments)
        return given.issuperset(self.when) and given.isdisjoint(self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredProgram:
    """A program declared in a file; the first run that answers counts.

    Attributes:
        name: the file name of the program.
        runs: what it does.
        source: the file it was declared in.
    """

    name: str
    runs: tuple[DeclaredRun, ...]
    source: str

    async def __call__(self, run: ProgramRun) -> int:
        """Do what is declared for the run's arguments.

        Raises:
            NotEmulated: when nothing is declared for them.
        """
        for declared in self.runs:
            if declared.answers(run.arguments):
                return await declared.does(run)
        given = " ".join(run.arguments) or "no arguments"
        raise NotEmulated(
            f"what {self.name!r} does with {given}",
            where=run.command_line,
            hint=f"{self.source} declares {_declared(self.runs)}: add a run for these, or mend the command line",
        )


def read_installers(data: bytes, source: str) -> dict[str, Program]:
    """Read the programs a JSON file declares, by file name: what to put into `machine.programs`.

    Args:
        data: the file's bytes.
        source: the file's name, for messages.

    Raises:
        FormatError: with everything that is wrong, each with its JSON path.
    """
    programs = read_document(data, _programs(source), source)
    return {program.name: program for program in programs}


def _programs(source: str) -> Reader[tuple[DeclaredProgram, ...]]:
    def read(value: object) -> tuple[DeclaredProgram, ...]:
        one = _program(source)
        programs = list_of(one)(value) if isinstance(value, list) else (one(value),)
        names = [folded(program.name) for program in programs]
        for number, name in enumerate(names):
            if name in names[:number]:
                twice = Misfit(f"the program {programs[number].name!r} is declared twice - put all its runs into one")
                raise placed(f"[{number}].program", twice)
        return programs

    return read


def _program(source: str) -> Reader[DeclaredProgram]:
    def read(value: object) -> DeclaredProgram:
        fields = strict_object(value, _PROGRAM_FIELDS)
        name = fields.require("program", _file_name)
        runs = fields.require("runs", _at_least_one(list_of(_run)))
        fields.close()
        return DeclaredProgram(name=name, runs=runs, source=source)

    return read


def _run(value: object) -> DeclaredRun:
    fields = strict_object(value, (*_CONDITIONS, *_EFFECTS))
    when = fields.get("when", list_of(text), ())
    unless = fields.get("unless", list_of(text), ())
    does = _hanging(fields) if fields.get("hangs", boolean, default=False) is True else _effects(fields)
    fields.close()
    return DeclaredRun(when=when, unless=unless, does=does)


def _hanging(fields: ObjectReader) -> Installer:
    for name in _EFFECTS:
        if fields.has(name):
            fields.require(name, _refuse("a program that hangs never gets that far - leave it out, or 'hangs'"))
    return Installer.hangs()


def _effects(fields: ObjectReader) -> Installer:
    takes = fields.get("takes", _duration, timedelta())
    exit_code = fields.get("exit_code", integer(0, 2**32 - 1), _SUCCESS)
    view = fields.get("view", one_of(_VIEWS), None)
    prints = fields.get("prints", text, "")
    removes_files = fields.get("removes_files", list_of(_path), ())
    removes_registry = fields.get("removes_registry", list_of(_key), ())
    writes_files = fields.get("writes_files", mapping_of(_path, _content), {})
    writes_registry = fields.get("writes_registry", mapping_of(_key, mapping_of(text, registry_value)), {})
    needs_user = fields.get("needs_user", boolean, default=False)
    starts = fields.get("starts", list_of(text), ())
    restarts_machine = fields.get("restarts_machine", boolean, default=False)
    if not fields.is_right(*_EFFECTS):
        return Installer()
    return Installer(
        takes=takes,
        exit_code=exit_code,
        view=view,
        prints=prints,
        removes_files=removes_files,
        removes_registry=removes_registry,
        writes_files=writes_files,
        writes_registry=writes_registry,
        needs_user=needs_user,
        starts=starts,
        restarts_machine=restarts_machine,
    )


# Readers of single fields


def _refuse(message: str) -> Reader[None]:
    def read(value: object) -> None:  # noqa: ARG001 - whatever it is
        raise Misfit(message)

    return read


def _at_least_one(items: Reader[tuple[T, ...]]) -> Reader[tuple[T, ...]]:
    def read(value: object) -> tuple[T, ...]:
        found = items(value)
        if not found:
            raise Misfit("expected at least one, found an empty list")
        return found

    return read


def _file_name(value: object) -> str:
    found = text(value)
    if not found.strip() or any(character in found for character in "\\/:"):
        raise Misfit(f"expected a file name without folder, such as setup.exe, found {describe(value)}")
    return found


def _duration(value: object) -> timedelta:
    try:
        return parse_duration(text(value))
    except UsageError:
        raise Misfit(f"expected a duration such as '40 s' or '4 min', found {describe(value)}") from None


def _path(value: object) -> str:
    found = text(value)
    if not found.strip():
        raise Misfit("expected a path, found an empty text")
    return found


def _key(value: object) -> str:
    registry_key(value)
    return text(value)


def _content(value: object) -> str | bytes:
    if not isinstance(value, dict):
        return text(value)
    fields = strict_object(value, ("base64",))
    content = fields.require("base64", base64_bytes)
    fields.close()
    return content


def _declared(runs: tuple[DeclaredRun, ...]) -> str:
    """Say for which arguments something is declared; every run has conditions, or it would have answered."""
    said = []
    for run in runs:
        parts = [f"with {' '.join(run.when)}"] if run.when else []
        parts += [f"without {' '.join(run.unless)}"] if run.unless else []
        said.append(" ".join(parts))
    return ", or ".join(said)
