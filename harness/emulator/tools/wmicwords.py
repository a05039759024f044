"""What `wmic` writes, and the codes it ends with. From memory; the codes are wbemcli.h's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.wmiclasses import Row, WmiClass

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["BAD_ALIAS", "BAD_QUERY", "say", "instance_path"]

#: An alias that there is not (from memory), and WBEM_E_INVALID_QUERY.
BAD_ALIAS, BAD_QUERY = 44125, 0x80041017


def say(run: ProgramRun, *lines: str) -> None:
    """Write lines with the ends that WMIC gives them."""
    for line in lines:
        run.write(f"{line}\r\r\n")


def instance_path(run: ProgramRun, wmi_class: WmiClass, row: Row) -> str:
    """Return the full path of an instance."""
    escaped = ((name, str(row.get(name) or "").replace("\\", "\\\\")) for name in wmi_class.keys)
    keys = ",".join(f'{name}="{value}"' for name, value in escaped)
    return rf"\\{run.machine.facts.name}\ROOT\CIMV2:{wmi_class.name}.{keys}"
