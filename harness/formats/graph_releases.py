"""Releases of Windows in Graph's JSON: `minimumSupportedWindowsRelease` and the older object of flags."""

from __future__ import annotations

from harness.formats.structuring import ObjectReader, boolean, one_of
from harness.model.windows import WINDOWS_RELEASES

__all__ = ["windows_release", "minimum_operating_system", "release_to_graph"]

#: What Graph calls a release that the model calls otherwise (seen in public modules and in the reference).
_GRAPH_NAMES = {"20H2": "2H20"}
#: `minimumSupportedOperatingSystem` -> release, oldest first. Windows 8 means any: Win32 apps need Windows 10.
_OPERATING_SYSTEMS = {
    "v8_0": None,
    "v8_1": None,
    "v10_0": "1507",
    "v10_1607": "1607",
    "v10_1703": "1703",
    "v10_1709": "1709",
    "v10_1803": "1803",
    "v10_1809": "1809",
    "v10_1903": "1903",
    "v10_1909": "1909",
    "v10_2004": "2004",
    "v10_2H20": "20H2",
    "v10_21H1": "21H1",
}


def windows_release(value: object) -> str:
    """Read `minimumSupportedWindowsRelease`."""
    names = {release_to_graph(release): release for release in WINDOWS_RELEASES}
    return one_of(names | {release: release for release in _GRAPH_NAMES})(value)


def release_to_graph(release: str) -> str:
    """Return what Graph calls a release of Windows."""
    return _GRAPH_NAMES.get(release, release)


def minimum_operating_system(value: object) -> str | None:
    """Read `minimumSupportedOperatingSystem`: of the flags that are set, the newest counts; None for any."""
    fields = ObjectReader(value)
    flags = {name: fields.get(name, boolean, default=False) for name in _OPERATING_SYSTEMS}
    for name in fields.names:
        if name not in flags and fields.get(name, _is_set, default=False):
            fields.fail(name, f"expected flags for {', '.join(_OPERATING_SYSTEMS)}, found another release")
    fields.close()
    newest = [release for name, release in _OPERATING_SYSTEMS.items() if flags[name]]
    return newest[-1] if newest else None


def _is_set(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
