"""The paths a cmdlet was given, and going through them: every error is told, and the next one follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from harness.emulator.powershell.cmdlets.api import Call
from harness.emulator.powershell.providers.access import Access
from harness.emulator.powershell.providers.places import Place
from harness.emulator.powershell.runtime.errors import ScriptError
from harness.emulator.powershell.runtime.host_errors import exception_of
from harness.emulator.powershell.runtime.parameters import Parameter, texts
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.errors import MachineError

__all__ = ["PATHS", "FILTERS", "places", "report_error", "is_wanted", "access_of", "report_machine", "is_pattern"]

#: -Path and -LiteralPath, as every item cmdlet has them.
PATHS: Sequence[Parameter] = (
    texts("Path", position=0, sets=("Path",), from_pipeline=True, from_property=True, is_mandatory=True),
    texts("LiteralPath", sets=("LiteralPath",), aliases=("PSPath",), from_property=True, is_mandatory=True),
)
#: -Filter, -Include, -Exclude.
FILTERS: Sequence[Parameter] = (
    Parameter(name="Filter", type="string"),
    texts("Include"),
    texts("Exclude"),
)


def access_of(call: Call) -> Access:
    """Return what looks at paths for a cmdlet."""
    return Access(call.shell)


async def report_error(call: Call, error: ScriptError) -> None:
    """Tell an error of a path and go on."""
    record = error.record
    record.activity = record.activity or call.command.name
    record.command_type = record.command_type or call.command.command_type
    await call.report(record)


async def report_machine(call: Call, error: MachineError, target: str) -> None:
    """Tell an error of Windows and go on."""
    kind, message, error_id, category = exception_of(error)
    await call.error(message, error_id, category, target, kind)


async def places(call: Call, *, must_exist: bool = True, name: str = "Path") -> AsyncIterator[tuple[Place, str]]:
    """Go through what the paths of a call mean: each place, and the path it was written as.

    What is not there is told as an error. A path with wildcards that matches nothing is no error.
    """
    access = access_of(call)
    is_literal = call.has("LiteralPath") and not call.has(name)
    written = call["LiteralPath"] if is_literal else call[name]
    for text in written if isinstance(written, list) else [written]:
        try:
            found = access.expand(text, is_literal=is_literal)
            if must_exist:
                for place in found:
                    access.must_exist(place, text)
        except ScriptError as error:
            await report_error(call, error)
            continue
        for place in found:
            yield place, text


def is_wanted(call: Call, name: str) -> bool:
    """Return whether a name gets through -Filter, -Include and -Exclude."""
    if call["Filter"] and not wildcard(_filter(call["Filter"])).fullmatch(name):
        return False
    if call["Include"] and not any(wildcard(pattern).fullmatch(name) for pattern in call["Include"]):
        return False
    return not any(wildcard(pattern).fullmatch(name) for pattern in call["Exclude"] or ())


def _filter(pattern: str) -> str:
    """Return a filter of Windows as a pattern: `*.*` means everything."""
    return "*" if pattern == "*.*" else pattern


def is_pattern(text: str) -> bool:
    """Return whether a path has wildcards."""
    return has_wildcard(text)
