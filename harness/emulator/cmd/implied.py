r"""Batch files that are started as if they were programs.

Source: learn.microsoft.com, CreateProcessW, which asks for the command interpreter in that case; that it starts it by
itself when it is given a batch file, and with which line, is from memory.
"""

from __future__ import annotations

from dataclasses import replace

from harness.model.commands import Command

__all__ = ["by_command_processor"]


def by_command_processor(command: Command) -> Command:
    """Return the command that runs a batch file instead of the one that names it."""
    return replace(command, command_line=rf'C:\Windows\system32\cmd.exe /c "{command.command_line.strip()}"')
