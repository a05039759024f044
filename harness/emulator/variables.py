"""The environment variables of one process: names without regard to case, in the spelling they were made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from harness.errors import MachineError
from harness.model.names import folded

__all__ = ["Variables"]

#: A name with its value and what ends it (learn.microsoft.com, SetEnvironmentVariableW).
_LONGEST = 32_767


class Variables(MutableMapping[str, str]):
    """Environment variables; `variables["PATH"]` and `variables["Path"]` are the same.

    A process may change its own; what it starts later inherits the change.
    """

    def __init__(self, *layers: Mapping[str, str]) -> None:
        """Lay variables over each other; a later layer replaces values and keeps the spelling of names."""
        self._values: dict[str, tuple[str, str]] = {}
        for layer in layers:
            if isinstance(layer, Variables) and not self._values:
                self._values = layer._values.copy()  # noqa: SLF001 - of its own kind
                continue
            for name, value in layer.items():
                self._put(name, value)

    def __getitem__(self, name: str) -> str:
        return self._values[folded(name)][1]

    def __setitem__(self, name: str, value: str) -> None:
        """Set a variable as SetEnvironmentVariable does.

        Raises:
            MachineError: 87 for a name that is empty or holds `=`, or for more than 32,767 characters.
        """
        if not name or "=" in name[1:] or len(name) + len(value) + 2 > _LONGEST:
            raise MachineError(87, "the parameter is incorrect, this cannot be an environment variable", name[:80])
        self._put(name, value)

    def __delitem__(self, name: str) -> None:
        del self._values[folded(name)]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._values.values()])

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Variables({dict(self)!r})"

    def _put(self, name: str, value: str) -> None:
        known = self._values.get(folded(name))
        self._values[folded(name)] = (known[0] if known else name, value)
