"""systeminfo.exe: what is known of the machine. What it does not know, its make and its network, says `N/A`.

Source: names, order and width are from memory of Windows 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import check_no_help
from harness.emulator.tools.options import Syntax
from harness.emulator.tools.resulttables import Column, csv_lines, table
from harness.emulator.tools.ustimes import us_date, us_time
from harness.emulator.tools.wmiclasses import WMI_CLASSES, Row

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["systeminfo"]

_SYNTAX = Syntax(tool="SYSTEMINFO", flags=("nh",), valued=("fo",))
_WIDTH = 27


async def systeminfo(run: ProgramRun) -> int:
    """Run one systeminfo.exe command line and return its exit code."""
    check_no_help(run)
    options = _SYNTAX.read(run, run.arguments)
    form = (options.get("fo") or "LIST").upper()
    if form not in ("LIST", "CSV", "TABLE"):
        raise _SYNTAX.error(f"Invalid syntax. '{options.get('fo')}' value is not allowed for '/fo' option.")
    if form == "LIST" and "nh" in options:
        raise _SYNTAX.error('Invalid syntax. /NH option is allowed only for "TABLE" and "CSV" formats.')
    facts = list(_facts(run))
    columns = [Column(name, max(len(name), len(text))) for name, text in facts]
    row = [text for _, text in facts]
    run.print("")
    if form == "LIST":
        lines = [f"{name}:".ljust(_WIDTH) + text for name, text in facts]
    else:
        lines = list((table if form == "TABLE" else csv_lines)(columns, [row], has_heading="nh" not in options))
    for line in lines:
        run.print(line)
    return 0


def _facts(run: ProgramRun) -> Iterator[tuple[str, str]]:
    system, computer = _row(run, "os"), _row(run, "computersystem")
    facts = run.machine.facts
    is_server = system["ProductType"] == 3  # noqa: PLR2004 - VER_NT_SERVER
    yield "Host Name", facts.name
    yield "OS Name", str(system["Caption"])
    yield "OS Version", f"{facts.os_version} N/A Build {facts.build}"
    yield "OS Manufacturer", "Microsoft Corporation"
    yield "OS Configuration", "Standalone Server" if is_server else "Standalone Workstation"
    yield "OS Build Type", str(system["BuildType"])
    yield "Registered Owner", str(system["RegisteredUser"]) or "N/A"
    yield "Registered Organization", "N/A"
    yield "Product ID", str(system["SerialNumber"]) or "N/A"
    yield "Original Install Date", _moment(run, system["InstallDate"])
    yield "System Boot Time", _moment(run, run.machine.power.booted_at)
    yield "System Manufacturer", str(computer.get("Manufacturer", "N/A"))
    yield "System Model", str(computer.get("Model", "N/A"))
    yield "System Type", str(computer["SystemType"])
    yield "Windows Directory", r"C:\Windows"
    yield "System Directory", r"C:\Windows\system32"
    yield "Boot Device", r"\Device\HarddiskVolume1"
    yield "System Locale", "en-us;English (United States)"
    yield "Input Locale", "en-us;English (United States)"
    yield "Total Physical Memory", f"{facts.memory_mb:,} MB"
    yield "Domain", "WORKGROUP"
    yield "Logon Server", rf"\\{facts.name}"


def _row(run: ProgramRun, alias: str) -> Row:
    return next(next(one for one in WMI_CLASSES if one.alias == alias).rows(run))


def _moment(run: ProgramRun, moment: object) -> str:
    if not isinstance(moment, datetime):
        return "N/A"
    local = moment.astimezone(run.machine.clock.time_zone)
    return f"{us_date(local)}, {us_time(local)}"
