r"""A drop-in for Python's `winreg` on an emulated machine.

`machine.winreg` is what a 64-bit program of SYSTEM finds. `machine.winreg_for(token, bits, environment)` is what any
other finds; a running program's is `run.winreg`. Inside `machine.winreg_installed()` it is what `import winreg` finds.

It has every function, constant and error of CPython 3.13's module, takes and returns what that does, and raises the
subclass of `OSError` that Windows would, with `winerror`. What is written through it is in `machine.registry` at once.
"""

from __future__ import annotations

from harness.emulator.winreg.module import winreg_module

__all__ = ["winreg_module"]
