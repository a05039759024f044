"""`import NAME` finds a module of ours for a while."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

__all__ = ["installed_module"]

M = TypeVar("M", bound=ModuleType)


@contextmanager
def installed_module(module: M) -> Iterator[M]:
    """Make importing a module's name find it until the block is left; then everything is as it was.

    Code that imported the name before keeps what it has, and so does code that imports it inside the block. Blocks may
    be nested. It counts for every thread of this Python.

    Args:
        module: what to find; its `__name__` says under which name.
    """
    name = module.__name__
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield module
    finally:
        if before is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = before
