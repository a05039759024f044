"""`timeout.exe` and `choice.exe`, which wait for a key or for time to pass.

Source: learn.microsoft.com, "timeout" and "choice"; messages and that redirected input is refused: from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from harness.emulator.cmd.tools.texts import has_input
from harness.emulator.programs import ProgramRun

__all__ = ["choice", "timeout"]

_LONGEST = 99_999
_NO_CHOICE = 255


async def timeout(run: ProgramRun) -> int:
    """Wait so many seconds, which nobody cuts short by a key; -1 waits for one."""
    words = [word.lower() for word in run.arguments]
    text = ""
    position = 0
    while position < len(words):
        word = words[position]
        if word in ("/t", "-t"):
            position += 1
            text = words[position] if position < len(words) else ""
        elif word not in ("/nobreak", "-nobreak"):
            text = text or word
        position += 1
    if not re.fullmatch(r"[+-]?\d+", text):
        what = "Value expected for '/T'." if text == "" and words else f"Invalid argument/option - '{text}'."
        run.print_error(
            f"ERROR: {what if words else 'Invalid syntax. Default option is not allowed more than 1 time(s).'}"
        )
        run.print_error('Type "TIMEOUT /?" for usage.')
        return 1
    seconds = int(text)
    if not -1 <= seconds <= _LONGEST:
        run.print_error("ERROR: Invalid value for timeout (/T) specified. Valid range is -1 to 99999 seconds.")
        return 1
    if has_input(run):
        run.print_error("ERROR: Input redirection is not supported, exiting the process immediately.")
        return 1
    if seconds < 0:
        run.print("\r\nPress any key to continue ...")
        await run.show_dialog("Press any key to continue ...")
        return 0
    key = "CTRL+C to quit" if "/nobreak" in words else "a key to continue"
    run.print(f"\r\nWaiting for {seconds} seconds, press {key} ...")
    await run.sleep(timedelta(seconds=seconds))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What `choice` asks: which keys, the one that counts after so many seconds, and how."""

    keys: str
    default: str
    seconds: int
    question: str
    is_hidden: bool
    is_cased: bool


async def choice(run: ProgramRun) -> int:
    """Ask for one of several keys; the exit code is its number."""
    asked = _choice_settings(run)
    if isinstance(asked, str):
        run.print_error(f"ERROR: {asked}")
        run.print_error('Type "CHOICE /?" for usage.')
        return _NO_CHOICE
    shown = "" if asked.is_hidden else f"[{','.join(asked.keys)}]?"
    run.write(f"{asked.question}{' ' if asked.question and shown else ''}{shown}")
    while key := _key(run):
        found = asked.keys.find(key if asked.is_cased else key.upper())
        if found >= 0:
            run.print(asked.keys[found])
            return found + 1
    if asked.default:
        await run.sleep(timedelta(seconds=asked.seconds))
        run.print(asked.default)
        return asked.keys.index(asked.default) + 1
    if has_input(run):
        run.print_error("ERROR: The file is either empty or does not contain the valid choices.")
        return _NO_CHOICE
    await run.show_dialog(asked.question or "choice")
    return 0


def _key(run: ProgramRun) -> str:
    """Read one character of the standard input that is no line end; empty at the end."""
    text = run.stdin.read()
    run.stdin = type(run.stdin)(text[1:])
    return text[:1]


def _choice_settings(run: ProgramRun) -> _Choice | str:
    """Return what is asked, or what is wrong with the arguments."""
    values = {"c": "YN", "d": "", "m": "", "t": ""}
    flags: set[str] = set()
    words = iter(run.arguments)
    for word in words:
        switch = word.lower()
        if switch in ("/n", "/cs"):
            flags.add(switch)
        elif switch[:2] in ("/c", "/t", "/d", "/m") and switch[2:3] in ("", ":"):
            values[switch[1]] = word[3:] if switch[2:] else next(words, "")
        else:
            return f'Invalid argument/option - "{word}".'
    is_cased = "/cs" in flags
    keys, default = (values["c"], values["d"]) if is_cased else (values["c"].upper(), values["d"].upper())
    if not keys or len(set(keys)) != len(keys):
        return "Duplicate choices are not allowed." if keys else "Invalid syntax."
    if bool(default) != bool(values["t"]) or not re.fullmatch(r"\d{0,4}", values["t"]):
        return "Invalid syntax. Option /T and /D go together."
    if len(default) > 1 or default not in keys:
        return "Default option given is not in choice options."
    return _Choice(
        keys=keys,
        default=default,
        seconds=int(values["t"] or "0"),
        question=values["m"],
        is_hidden="/n" in flags,
        is_cased=is_cased,
    )
