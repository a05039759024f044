"""What a verb of the command line is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Verb"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of `ime-harness`.

    Attributes:
        name: what is typed.
        summary: one line for `ime-harness --help`.
        description: what `ime-harness <verb> --help` says first.
        examples: lines to try, shown last.
        add_arguments: declares the verb's arguments.
        run: does the work and returns the exit status; heavy libraries are imported in there.
    """

    name: str
    summary: str
    description: str
    examples: tuple[str, ...]
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
