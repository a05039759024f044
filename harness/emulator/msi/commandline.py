"""msiexec's command line.

Source: learn.microsoft.com, "Command-Line Options" and "Standard Installer Command-Line Options" of Windows Installer.
msiexec splits the line itself: a backslash escapes nothing, and two quotes inside quotes are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from harness.errors import NotEmulated
from harness.formats.guids import is_guid

__all__ = ["MsiCommand", "Verb", "UiLevel", "LogRequest", "Misuse", "parse_command_line"]

_PROPERTY = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)=(.*)", re.DOTALL)
_LOG_FLAGS = frozenset("iwearucmopvx+!*")
_DEFAULT_LOG_FLAGS = "iwearmo"
#: What may follow a letter without a blank: a product code, or what looks like a path.
_ATTACHED = re.compile(r"\{.*|.*[\\:.].*")
_HINT = "run the package with /i or /x, or say with an installer file what this command line does"

#: Long option -> the property it sets.
_LONG_PROPERTIES = {
    "norestart": ("REBOOT", "ReallySuppress"),
    "forcerestart": ("REBOOT", "Force"),
    "promptrestart": ("REBOOTPROMPT", ""),
}
_LONG_VERBS = {"package": "i", "uninstall": "x"}
_NOT_EMULATED = {
    "a": "administrative installations (msiexec /a)",
    "j": "advertising a product (msiexec /j)",
    "ju": "advertising a product (msiexec /ju)",
    "jm": "advertising a product (msiexec /jm)",
    "p": "patches (msiexec /p)",
    "update": "patches (msiexec /update)",
    "y": "registering a module (msiexec /y)",
    "z": "unregistering a module (msiexec /z)",
    "n": "instances of a product (msiexec /n)",
    "c": "msiexec /c",
    "m": "msiexec /m",
    "t": "msiexec /t",
    "g": "msiexec /g",
}


class Verb(StrEnum):
    """What msiexec is asked to do."""

    INSTALL = "install"
    UNINSTALL = "uninstall"
    REPAIR = "repair"


class UiLevel(IntEnum):
    """How much msiexec shows; the number is the UILevel property's."""

    NONE = 2
    BASIC = 3
    REDUCED = 4
    FULL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """What `/L` asks for: the letters with `*` spelt out, and whether to append to the file."""

    path: str
    flags: frozenset[str]
    appends: bool = False

    @property
    def is_verbose(self) -> bool:
        """Whether everything is wanted."""
        return "v" in self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiCommand:
    """A command line that msiexec accepts.

    Attributes:
        target: a package's path, or a product code.
        properties: names in upper case; an empty value clears the property.
        shows_errors: whether a message box says what went wrong; false with `/qn` and the `-` modifier.
        repair_mode: the letters after `/f`.
    """

    verb: Verb
    target: str
    ui: UiLevel = UiLevel.FULL
    shows_errors: bool = True
    shows_end: bool = False
    log: LogRequest | None = None
    properties: dict[str, str] = field(default_factory=dict)
    repair_mode: str = ""

    def chosen_properties(self) -> dict[str, str]:
        """Return the properties with what the verb stands for; a repair ignores those of the command line."""
        if self.verb is Verb.REPAIR:
            return {"REINSTALL": "ALL", "REINSTALLMODE": self.repair_mode}
        return {**self.properties, "REMOVE": "ALL"} if self.verb is Verb.UNINSTALL else self.properties

    @property
    def is_product_code(self) -> bool:
        """Whether the target is a product code, not a path."""
        return is_guid(self.target)


class Misuse(Exception):
    """A command line that msiexec does not accept; `is_quiet` when it then shows no help dialog."""

    def __init__(self, message: str, *, is_quiet: bool = False) -> None:
        super().__init__(message)
        self.is_quiet = is_quiet


def parse_command_line(line: str) -> MsiCommand:
    """Read a whole command line, the program's name included.

    Raises:
        Misuse: if msiexec would show its help.
        NotEmulated: for an option that is real but not modelled.
    """
    words = list(_split(line))[1:]
    reader = _Reader(line)
    try:
        rest = iter(words)
        for word in rest:
            reader.read(word, rest)
        return reader.command()
    except Misuse as misuse:
        quiet = re.compile(r"[-/](q|qn|qn\+|quiet)", re.IGNORECASE)
        raise Misuse(str(misuse), is_quiet=any(map(quiet.fullmatch, words))) from None


def _split(line: str) -> Iterator[str]:
    word, is_open, has_word = "", False, False
    at = 0
    while at < len(line):
        character = line[at]
        if character == '"':
            if is_open and line[at + 1 : at + 2] == '"':
                word += '"'
                at += 1
            else:
                is_open = not is_open
            has_word = True
        elif character in " \t" and not is_open:
            if has_word:
                yield word
            word, has_word = "", False
        else:
            word, has_word = word + character, True
        at += 1
    if has_word:
        yield word


class _Reader:
    """Collects what the words of a command line say."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._verb: Verb | None = None
        self._target = self._repair_mode = ""
        self._ui, self._modifiers = UiLevel.FULL, ""
        self._log: LogRequest | None = None
        self._properties: dict[str, str] = {}

    def read(self, word: str, rest: Iterator[str]) -> None:
        if word[:1] in ("/", "-") and len(word) > 1:
            self._option(word[1:], rest)
        elif match := _PROPERTY.fullmatch(word):
            self._properties[match[1].upper()] = match[2]
        else:
            raise Misuse(f"'{word}' is neither an option nor PROPERTY=VALUE")

    def command(self) -> MsiCommand:
        if self._verb is None:
            raise Misuse("no package and no product is named")
        return MsiCommand(
            verb=self._verb,
            target=self._target,
            ui=self._ui,
            shows_errors=self._ui is not UiLevel.NONE and "-" not in self._modifiers,
            shows_end="+" in self._modifiers,
            log=self._log,
            properties=self._properties,
            repair_mode=self._repair_mode,
        )

    def _option(self, option: str, rest: Iterator[str]) -> None:
        name = option.lower()
        if name in _LONG_PROPERTIES:
            key, value = _LONG_PROPERTIES[name]
            self._properties[key] = value
        elif name == "quiet":
            self._set_ui("n")
        elif name == "passive":
            self._set_ui("b!")
            self._properties.setdefault("REBOOTPROMPT", "S")
        elif name == "log":
            self._set_log("*", rest)
        elif name in _LONG_VERBS:
            self._set_verb(_LONG_VERBS[name], "", rest)
        elif name in ("help", "?", "h"):
            raise Misuse("help is asked for")
        elif name in _NOT_EMULATED:
            raise NotEmulated(_NOT_EMULATED[name], where=self._line, hint=_HINT)
        else:
            self._short_option(name[0], option[1:], rest)

    def _short_option(self, letter: str, attached: str, rest: Iterator[str]) -> None:
        if letter in ("i", "x", "f"):
            self._set_verb(letter, attached, rest)
        elif letter == "q":
            self._set_ui(attached.lower())
        elif letter == "l":
            self._set_log(attached.lower(), rest)
        else:
            raise Misuse(f"'/{letter}{attached}' is no option")

    def _set_verb(self, letter: str, attached: str, rest: Iterator[str]) -> None:
        if self._verb is not None:
            raise Misuse("more than one of /i, /x and /f is given")
        if letter == "f":
            modes = re.match(r"[podecaumsv]*", attached.lower())
            self._repair_mode = (modes[0] if modes else "") or "omus"
            attached = attached[modes.end() :] if modes else attached
        if attached and not _ATTACHED.fullmatch(attached):
            raise Misuse(f"'/{letter}{attached}' is no option")
        self._verb = {"i": Verb.INSTALL, "x": Verb.UNINSTALL, "f": Verb.REPAIR}[letter]
        self._target = attached or next(rest, "")
        if not self._target or (self._target[0] == "/" and not attached):
            raise Misuse(f"/{letter} names no package and no product")

    def _set_ui(self, letters: str) -> None:
        match = re.fullmatch(r"([nbrf]?)([-+!]*)", letters)
        if match is None:
            raise Misuse(f"'/q{letters}' is no user interface level")
        levels = {"": UiLevel.NONE, "n": UiLevel.NONE, "b": UiLevel.BASIC, "r": UiLevel.REDUCED, "f": UiLevel.FULL}
        self._ui, self._modifiers = levels[match[1]], match[2]

    def _set_log(self, letters: str, rest: Iterator[str]) -> None:
        path = next(rest, "")
        if not set(letters) <= _LOG_FLAGS or not path:
            raise Misuse(f"'/L{letters}' is no way to log, or the file is missing")
        flags = set(letters) - set("+!*")
        if "*" in letters:
            flags |= _LOG_FLAGS - set("vx+!*")
        flags = flags or set(_DEFAULT_LOG_FLAGS)
        self._log = LogRequest(path=path, flags=frozenset(flags), appends="+" in letters)
