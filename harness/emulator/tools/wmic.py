r"""wmic.exe: queries of Windows Management Instrumentation, and the few methods that packages call.

Its lines end with CR CR LF, as those of the real one do when they are not on a console: scripts trip over it.

Source: learn.microsoft.com, "WMI command line (WMIC) utility"; forms, texts and
line ends are from memory of Windows 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.emulator.tools.wmiclasses import WMI_CLASSES, Row, WmiClass
from harness.emulator.tools.wmicmethods import call, delete_processes
from harness.emulator.tools.wmicwords import BAD_ALIAS, BAD_QUERY, instance_path, say
from harness.emulator.tools.wql import BadQuery, Value, condition
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["wmic"]

_VERBS = ("GET", "LIST", "CALL", "DELETE", "SET", "CREATE", "ASSOC")
#: Aliases of WMIC whose classes are not modelled.
_OTHER_ALIASES = (
    "baseboard", "bootconfig", "cdrom", "cpu", "datafile", "desktop", "desktopmonitor", "diskdrive", "diskquota",
    "environment", "fsdir", "group", "idecontroller", "irq", "job", "loadorder", "logon", "memcache", "memorychip",
    "memphysical", "netclient", "netlogin", "netprotocol", "netuse", "nic", "nicconfig", "ntdomain", "ntevent",
    "nteventlog", "onboarddevice", "pagefile", "pagefileset", "partition", "port", "portconnector", "printer",
    "printerconfig", "printjob", "qfe", "quotasetting", "rdaccount", "rdnic", "rdpermissions", "rdtoggle",
    "recoveros", "registry", "scsicontroller", "server", "share", "shadowcopy", "shadowstorage", "sounddev",
    "startup", "sysaccount", "sysdriver", "systemenclosure", "systemslot", "tapedrive", "temperature", "timezone",
    "ups", "voltage", "volume", "volumequotasetting", "volumeuserquota", "wmiset",
)  # fmt: skip
_TOKEN = re.compile(r'\s*((?:"[^"]*"?|\'[^\']*\'?|\((?:"[^"]*"|\'[^\']*\'|[^()])*\)|[^\s"\'(])+|\()')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """A command line taken apart.

    Attributes:
        wmi_class: the class that is asked.
        where: the condition; empty for none.
        verb: what to do with the instances.
        rest: what follows the verb.
        asks: whether methods are to be confirmed.
    """

    wmi_class: WmiClass
    where: str
    verb: str
    rest: Sequence[str]
    asks: bool


async def wmic(run: ProgramRun) -> int:
    """Run one wmic.exe command line and return its exit code.

    Raises:
        NotEmulated: for classes, properties and methods that the machine does not model.
    """
    check_no_help(run)
    query = _read(run)
    if query.verb in ("SET", "CREATE", "ASSOC"):
        raise not_modelled(run, f"the verb {query.verb}")
    if query.verb == "CALL" and not query.where:
        return await call(run, query.wmi_class, None, query.rest, asks=query.asks)
    rows = list(_matching(run, query))
    if not rows:
        run.write_error("No Instance(s) Available.\r\r\n\r\r\n")
        return 0
    if query.verb == "CALL":
        return await call(run, query.wmi_class, rows, query.rest, asks=query.asks)
    if query.verb == "DELETE":
        if query.wmi_class.alias != "process":
            raise not_modelled(run, f"deleting instances of {query.wmi_class.name}")
        return delete_processes(run, [(row, instance_path(run, query.wmi_class, row)) for row in rows])
    _show(run, query, rows)
    return 0


def _read(run: ProgramRun) -> _Query:
    words = _words(run)
    asks = True
    while words and words[0].startswith("/"):
        switch = words.pop(0).lower()
        if switch in ("/interactive:off", "/nointeractive"):
            asks = False
        elif switch != "/interactive:on":
            raise not_modelled(run, f"the switch {switch}")
    if not words:
        raise not_modelled(run, "its interactive prompt")
    wmi_class = _class_of(run, words)
    where = ""
    if words and words[0].upper() == "WHERE":
        words.pop(0)
        where = words.pop(0) if words else ""
        while words and words[0].upper() not in _VERBS and not words[0].startswith("/"):
            where += f" {words.pop(0)}"
    if words and words[-1].lower() == "/nointeractive":
        words.pop()
        asks = False
    verb = words.pop(0).upper() if words else "LIST"
    if verb not in _VERBS:
        raise ToolFailure(BAD_QUERY, f"{verb} - Invalid alias verb.")
    return _Query(wmi_class=wmi_class, where=_unwrapped(where), verb=verb, rest=words, asks=asks)


def _words(run: ProgramRun) -> list[str]:
    line = run.command_line.lstrip()
    program = re.match(r'"[^"]*"|\S+', line)
    assert program is not None  # a process has a command line
    return [match[1] for match in _TOKEN.finditer(line, program.end())]


def _class_of(run: ProgramRun, words: list[str]) -> WmiClass:
    word = words.pop(0)
    if word.upper() in ("PATH", "CLASS") and words:
        name = words.pop(0).strip('"')
        found = next((one for one in WMI_CLASSES if folded(one.name) == folded(name)), None)
        if found is None or word.upper() == "CLASS" or "." in name:
            raise not_modelled(run, f"the class {name}", _known())
        return found
    found = next((one for one in WMI_CLASSES if folded(one.alias) == folded(word)), None)
    if found is None and word.lower() in _OTHER_ALIASES:
        raise not_modelled(run, f"the alias {word}", _known())
    if found is None:
        raise ToolFailure(BAD_ALIAS, f"{word} - Alias not found.")
    return found


def _known() -> str:
    return f"the machine answers for {', '.join(one.alias for one in WMI_CLASSES)}"


def _unwrapped(text: str) -> str:
    text = text.strip()
    while len(text) > 1 and (
        (text[0] == text[-1] == '"' and '"' not in text[1:-1]) or (text[0] == "(" and text[-1] == ")" and _is_one(text))
    ):
        text = text[1:-1].strip()
    return text


def _is_one(text: str) -> bool:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def _matching(run: ProgramRun, query: _Query) -> Iterator[Row]:
    try:
        fulfils = condition(query.where) if query.where else None
        for row in query.wmi_class.rows(run):
            if fulfils is None or fulfils({folded(name): _plain(value) for name, value in row.items()}):
                yield row
    except BadQuery as error:
        raise ToolFailure(
            BAD_QUERY, f"Node - {run.machine.facts.name.upper()}", "ERROR:", "Description = Invalid query", ""
        ) from error


# Showing


def _show(run: ProgramRun, query: _Query, rows: Sequence[Row]) -> None:
    names, form = _asked(run, query, rows)
    cells = [[_shown(row.get(name)) for name in names] for row in rows]
    if form == "csv":
        say(run, "", ",".join(["Node", *names]))
        for row in cells:
            say(run, ",".join([run.machine.facts.name, *row]))
    elif form == "list":
        for row in cells:
            say(run, "", "", *(f"{name}={text}" for name, text in zip(names, row, strict=True)))
        say(run, "", "", "")
    else:
        widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
        for row in (names, *cells):
            say(run, "".join(text.ljust(width + 2) for text, width in zip(row, widths, strict=True)))
        say(run, "")


def _asked(run: ProgramRun, query: _Query, rows: Sequence[Row]) -> tuple[list[str], str]:
    """Return which properties are to be shown, sorted, and in which form: `table`, `list` or `csv`."""
    switches = [word.lower() for word in query.rest if word.startswith("/")]
    wanted = [
        name.strip() for word in query.rest if not word.startswith("/") for name in word.split(",") if name.strip()
    ]
    form = "table"
    for switch in switches:
        if switch in ("/value", "/format:list", "/format:value"):
            form = "list"
        elif switch in ("/format:csv", '/format:"csv"'):
            form = "csv"
        elif switch != "/format:table":
            raise not_modelled(run, f"the switch {switch}")
    if query.verb == "LIST" or not wanted or wanted == ["*"]:
        raise not_modelled(
            run, f"all properties of {query.wmi_class.name}", f"name those that are needed: get {', '.join(rows[0])}"
        )
    known = {folded(name): name for row in rows for name in row}
    for name in wanted:
        if folded(name) not in known:
            hint = f"the machine knows {', '.join(sorted(known.values()))}"
            raise not_modelled(run, f"the property {name} of {query.wmi_class.name}", hint)
    return sorted((known[folded(name)] for name in wanted), key=str.lower), form


def _plain(value: Value) -> Value:
    return _shown(value) if isinstance(value, datetime) else value


def _shown(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            offset = value.utcoffset()
            minutes = 0 if offset is None else int(offset.total_seconds() // 60)
            return f"{value:%Y%m%d%H%M%S}.{value.microsecond:06}{minutes:+04}"
        case _:
            return str(value)
