"""The environment variables of one process: names without regard to case, in the spelling they were made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.names import folded

__all__ = ["Variables"]


class Variables(Mapping[str, str]):
    """Environment variables; `variables["PATH"]` and `variables["Path"]` are the same."""

    def __init__(self, *layers: Mapping[str, str]) -> None:
        """Lay variables over each other; a later layer replaces values and keeps the spelling of names."""
        self._values: dict[str, tuple[str, str]] = {}
        for layer in layers:
            for name, value in layer.items():
                known, _ = self._values.get(folded(name), (name, ""))
                self._values[folded(name)] = (known, value)

    def __getitem__(self, name: str) -> str:
        return self._values[folded(name)][1]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._values.values()])

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Variables({dict(self)!r})"
