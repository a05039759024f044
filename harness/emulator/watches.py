"""Who wants to know when a registry key changes."""

from __future__ import annotations

from collections.abc import Iterable

from harness.emulator.keys import Key
from harness.machine.clock import Signal

__all__ = ["Watches"]


class Watches(dict[Key, dict[bool, Signal]]):
    """The signals that wait for changes of keys; each is set once, at the next change.

    Key -> what waits for changes of its own, and what for those anywhere below too. A dict itself, for every write asks
    whether anybody watches anything.
    """

    __slots__ = ()

    def add(self, keys: Iterable[Key], *, below: bool) -> Signal:
        """Return what is set at the next change of any of the keys.

        Whoever asks for the same single key before it changes gets the same signal: it says the same to all.
        """
        waiting = [self.setdefault(key, {}) for key in keys]
        signal = waiting[0].get(below) if len(waiting) == 1 else None
        if signal is None:
            signal = Signal()
            for of_key in waiting:
                before = of_key.get(below)
                if before is not None:
                    signal.listen(before.set)
                of_key[below] = signal
        return signal

    def changed(self, key: Key) -> None:
        """Tell those who watch a key, or all below one that is above it."""
        due = [*self.pop(key, {}).values()]
        above = key.parent
        while above is not None:
            waiting = self.get(above)
            if waiting is not None and True in waiting:
                due.append(waiting.pop(True))
                if not waiting:
                    del self[above]
            above = above.parent
        for signal in due:
            signal.set()

    def deleted(self, parent: Key) -> None:
        """Tell those whose key was just deleted, and those who watch the one it was in."""
        gone = [key for key in self if key.is_deleted]
        due = [signal for key in gone for signal in self.pop(key).values()]
        for signal in due:
            signal.set()
        self.changed(parent)
