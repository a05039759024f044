"""The state of a running script: where it is, what it knows, how errors are told.

Source: learn.microsoft.com, about_Automatic_Variables, about_Preference_Variables, about_Error_Handling.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harness.emulator.powershell.expressions import Node, Span
from harness.emulator.powershell.runtime.errors import ErrorRecord, ScriptError, Unmodelled, failure
from harness.emulator.powershell.runtime.scope import Scope
from harness.emulator.powershell.runtime.sinks import ERROR, Sink
from harness.emulator.powershell.runtime.source import Source
from harness.emulator.powershell.runtime.values import ArrayList, Closure, EnumValue, Hashtable, Value, is_null
from harness.emulator.powershell.types.conversion import Converter
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.operators import Operators
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import NotEmulated

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["State", "Frame", "Settings", "PREFERENCES"]

#: Source: about_Preference_Variables.
PREFERENCES: Mapping[str, str] = {
    "ErrorActionPreference": "Continue",
    "WarningPreference": "Continue",
    "VerbosePreference": "SilentlyContinue",
    "DebugPreference": "SilentlyContinue",
    "InformationPreference": "SilentlyContinue",
    "ProgressPreference": "Continue",
}
_ACTIONS = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What bounds a script.

    Attributes:
        steps: how many statements and items of loops and pipelines it may run.
        deepest_call: how many functions may call one another.
    """

    steps: int = 3_000_000
    deepest_call: int = 1_000


class Frame:
    """What holds while one command runs.

    Attributes:
        scope: its variables.
        source: the script its code stands in.
        streams: where each stream goes.
        command: the name of the function; empty for the script itself.
        closure: the function that runs; None for the script itself.
        depth: how many functions are open.
        input: what comes down the pipeline.
    """

    __slots__ = ("closure", "command", "depth", "input", "scope", "source", "streams")

    def __init__(self, scope: Scope, source: Source, streams: dict[int, Sink], *, depth: int = 0) -> None:
        self.scope = scope
        self.source = source
        self.streams = streams
        self.command = ""
        self.closure: Closure | None = None
        self.depth = depth
        self.input: list[Value] | None = None


class State:
    """What the parts of the interpreter share.

    Args:
        run: the process the script runs in.
        frame: where it begins.
        settings: what bounds it.

    Attributes:
        run: the process.
        frame: what holds now.
        at: the node that is being looked at.
        errors: `$Error`, the newest first.
        success: `$?`.
        exit_code: `$LASTEXITCODE`; None before any program ran.
        guarded: how many `try` and `trap` would catch an error.
        defined: types the script defined.
        guids: how many Guids were made.
        strict: the version of strict mode; 0 for none.
        converter: converts values.
        operators: applies operators.
    """

    def __init__(self, run: ProgramRun, frame: Frame, settings: Settings) -> None:
        self.run = run
        self.frame = frame
        self.settings = settings
        self.at: Span = Span(0, 0)
        self.errors = ArrayList()
        self.success = True
        self.exit_code: int | None = None
        self.guarded = 0
        self.defined: dict[str, NetType] = {}
        self.steps = 0
        self.strict = 0
        self.guids = 0
        self.special_conversions: dict[str, Callable[[Value], Value]] = {}
        self.converter = Converter(self.local_now, self.zone_offset, self._separator, self.special_conversions)
        self.operators = Operators(self.converter, self._set_matches)

    # Time and places

    def local_now(self) -> datetime:
        """Return the machine's local time."""
        return self.run.machine.clock.local_now().replace(tzinfo=None)

    def zone_offset(self, value: datetime) -> timedelta:
        """Return how far local time is ahead of universal time then."""
        zone = self.run.machine.clock.time_zone
        try:
            return value.replace(tzinfo=zone).utcoffset() or timedelta()
        except OverflowError:
            return timedelta()

    @abstractmethod
    def full_path(self, path: str) -> str:
        """Return a path of the file system from the current location."""

    # Variables

    def variable(self, name: str, default: Value = None) -> Value:
        """Return what a variable without drive holds, something else when it is not there."""
        cell = self.frame.scope.find(name)
        return default if cell is None else cell.value

    def _separator(self) -> str:
        cell = self.frame.scope.find("OFS")
        return " " if cell is None or is_null(cell.value) else to_text(cell.value)

    def _set_matches(self, table: Hashtable) -> None:
        self.frame.scope.put("Matches", table)

    # Bounds

    def step(self) -> None:
        """Count one more step.

        Raises:
            NotEmulated: beyond what a script may do.
        """
        self.steps += 1
        if self.steps > self.settings.steps:
            raise self.not_emulated(
                f"a script of more than {self.settings.steps:,} steps",
                "let it end or sleep, or allow more with Settings(steps=...)",
            )

    # Errors

    def place_of(self, at: Span | None = None) -> str:
        """Return where in the script something is."""
        return str(self.frame.source.place(at or self.at))

    def not_emulated(self, what: str, hint: str, node: Node | None = None) -> NotEmulated:
        """Return the error of something that is not modelled, with its place."""
        return NotEmulated(what, where=self.place_of(node.at if node else None), hint=hint)

    def unmodelled(self, error: Unmodelled) -> NotEmulated:
        """Return the error of something that is not modelled, found where the place is not known."""
        return self.not_emulated(error.what, error.hint)

    def action(self, name: str = "ErrorActionPreference") -> str:
        """Return what a preference variable says.

        Raises:
            ScriptError: when it says nothing known.
        """
        value = self.variable(name, PREFERENCES[name])
        if isinstance(value, EnumValue):
            return value.name
        return self.action_named(to_text(value)) if not is_null(value) else PREFERENCES[name]

    def action_named(self, text: str) -> str:
        """Return the preference a text names; a beginning is enough.

        Raises:
            ScriptError: when it names none.
        """
        key = text.strip().lower()
        found = [action for action in _ACTIONS if action.lower() == key]
        found = found or [action for action in _ACTIONS if key and action.lower().startswith(key)]
        if key.isdigit() and int(key) < len(_ACTIONS):
            return _ACTIONS[int(key)]
        if len(found) != 1:
            raise failure(
                f'Cannot convert value "{text}" to type "System.Management.Automation.ActionPreference". Error: '
                '"Unable '
                f"to match the identifier name {text} to a valid enumerator name. Specify one of the following "
                f'enumerator names and try again:\r\n{", ".join(_ACTIONS)}"',
                "InvalidCastFromStringToEnum",
            )
        return found[0]

    def placed(self, record: ErrorRecord) -> ErrorRecord:
        """Give an error record its place if it has none."""
        if record.place is None:
            record.place = self.frame.source.place(self.at)
        return record

    def remember(self, record: ErrorRecord) -> None:
        """Put an error record into `$Error`."""
        self.errors.insert(0, record)
        del self.errors[256:]

    async def report(self, record: ErrorRecord) -> None:
        """Tell an error that ends nothing, as `$ErrorActionPreference` says.

        Raises:
            ScriptError: when the preference is Stop.
        """
        self.placed(record)
        action = self.action()
        self.success = False
        if action in ("Stop", "Inquire"):
            raise ScriptError(record, ends_script=True)
        if action != "Ignore":
            self.remember(record)
        if action == "Continue":
            await self.frame.streams[ERROR].write(record)

    async def report_ended(self, error: ScriptError) -> None:
        """Tell an error that ended a statement, and go on behind it."""
        record = self.placed(error.record)
        self.success = False
        action = self.action()
        if not error.is_recorded and action != "Ignore":
            self.remember(record)
        if action == "Continue":
            await self.frame.streams[ERROR].write(record)
