"""The command line, `ime-harness`: one module for every verb."""

from harness.cli.command_line import run_command_line

__all__ = ["run_command_line"]
