r"""netsh.exe: rules of the firewall, which are kept where Windows keeps them; traffic is not modelled, nor filtered.

A rule is a value below `FirewallPolicy\FirewallRules`. Its name is a GUID, which follows here from the rule and how
many there are, so that it is the same on every run.

Source: learn.microsoft.com, "netsh advfirewall firewall"; [MS-FASP], "Firewall Rule and the Firewall Rule Grammar
Rule"; the grammar and the texts are from memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["netsh"]

_RULES = RegistryPath(
    Hive.HKLM, r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
)
_PROTOCOLS = {"tcp": "6", "udp": "17", "icmpv4": "1", "icmpv6": "58", "any": ""}
_PROFILES = {"domain": "Domain", "private": "Private", "public": "Public"}
_ACTIONS = {"allow": "Allow", "block": "Block"}
_FAILED = 1
_ELEVATION = "The requested operation requires elevation (Run as administrator)."
_VERSION = "v2.31"


async def netsh(run: ProgramRun) -> int:
    """Run one netsh.exe command line and return its exit code.

    Raises:
        NotEmulated: for everything but adding, deleting and looking for rules of the firewall.
    """
    check_no_help(run)
    words = [word.lower() for word in run.arguments]
    if words[:2] != ["advfirewall", "firewall"] or len(words) < 4 or words[3] != "rule":  # noqa: PLR2004
        raise not_modelled(run, f"netsh {' '.join(run.arguments[:4])}")
    if words[2] not in ("add", "delete", "show"):
        raise not_modelled(run, f"netsh advfirewall firewall {words[2]} rule")
    options = _options(run.arguments[4:])
    if words[2] != "show" and not run.token.has_all_rights:
        raise ToolFailure(_FAILED, stdout=(_ELEVATION, ""))
    if not options.get("name"):
        raise ToolFailure(_FAILED, stdout=("A specified value is not valid.", ""))
    match words[2]:
        case "add":
            return _add(run, options)
        case "delete":
            return _delete(run, options)
        case _:
            return _show(run, options)


def _options(words: Sequence[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name.lower() in options:
            raise ToolFailure(_FAILED, stdout=(f"'{word}' is not a valid argument for this command.", ""))
        options[name.lower()] = value
    return options


def _add(run: ProgramRun, options: Mapping[str, str]) -> int:
    if not {"dir", "action"} <= options.keys():
        raise ToolFailure(_FAILED, stdout=("One or more essential parameters were not entered.", ""))
    text = "|".join([_VERSION, *_fields(run, options), ""])
    count = len(run.registry.values(_RULES)) if run.registry.exists(_RULES) else 0
    guid = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{count}.{text}.rules.ime-harness")).upper()
    run.registry.set(_RULES, f"{{{guid}}}", text)
    run.print("Ok.")
    run.print("")
    return 0


def _fields(run: ProgramRun, options: Mapping[str, str]) -> Iterator[str]:
    direction, action = options["dir"].lower(), options["action"].lower()
    if direction not in ("in", "out") or action not in _ACTIONS:
        raise ToolFailure(_FAILED, stdout=("A specified value is not valid.", ""))
    known = {
        "name", "dir", "action", "enable", "profile", "program", "protocol", "localport", "remoteport", "localip",
        "remoteip", "description", "service", "edge", "interfacetype",
    }  # fmt: skip
    if unknown := sorted(options.keys() - known):
        raise not_modelled(run, f"the option {unknown[0]}= of a rule")
    yield f"Action={_ACTIONS[action]}"
    yield f"Active={'FALSE' if options.get('enable', 'yes').lower() == 'no' else 'TRUE'}"
    yield f"Dir={direction.capitalize()}"
    protocol = options.get("protocol", "any").lower()
    number = protocol if protocol.isdigit() else _PROTOCOLS.get(protocol)
    if number is None:
        raise ToolFailure(_FAILED, stdout=("A specified protocol value is not valid.", ""))
    if number:
        yield f"Protocol={number}"
    for profile in options.get("profile", "any").lower().split(","):
        if profile != "any":
            if profile not in _PROFILES:
                raise ToolFailure(_FAILED, stdout=("A specified value is not valid.", ""))
            yield f"Profile={_PROFILES[profile]}"
    yield from _ports(options)
    for option, field in (("program", "App"), ("service", "Svc"), ("name", "Name"), ("description", "Desc")):
        if options.get(option):
            yield f"{field}={options[option]}"
    if options.get("edge", "no").lower() == "yes":
        yield "Edge=TRUE"


def _ports(options: Mapping[str, str]) -> Iterator[str]:
    for option, field in (("localport", "LPort"), ("remoteport", "RPort"), ("localip", "LA4"), ("remoteip", "RA4")):
        for value in options.get(option, "any").split(","):
            if value.lower() != "any":
                yield f"{field}={value}"


def _delete(run: ProgramRun, options: Mapping[str, str]) -> int:
    found = _found(run, options)
    for value in found:
        run.registry.delete_value(_RULES, value)
    run.print("")
    run.print(f"Deleted {len(found)} rule(s).")
    run.print("Ok.")
    run.print("")
    return 0


def _show(run: ProgramRun, options: Mapping[str, str]) -> int:
    for text in _found(run, options).values():
        fields = dict(part.partition("=")[::2] for part in text.split("|") if "=" in part)
        run.print("")
        run.print(f"Rule Name:                            {fields.get('Name', '')}")
        run.print("-" * 70)
        for label, value in (
            ("Enabled", "Yes" if fields.get("Active") == "TRUE" else "No"),
            ("Direction", fields.get("Dir", "")),
            ("Profiles", fields.get("Profile", "Domain,Private,Public")),
            ("Protocol", _protocol_name(fields.get("Protocol", ""))),
            ("Action", fields.get("Action", "")),
        ):
            run.print(f"{label}:".ljust(38) + value)
    run.print("Ok.")
    run.print("")
    return 0


def _protocol_name(number: str) -> str:
    names = {value: name for name, value in _PROTOCOLS.items()}
    name = names.get(number, number)
    return name.upper() if name in ("tcp", "udp") else name.capitalize()


def _found(run: ProgramRun, options: Mapping[str, str]) -> dict[str, str]:
    """Return the rules that are meant.

    Raises:
        ToolFailure: when there is none.
    """
    others = options.keys() - {"name", "dir", "program", "verbose"}
    if others:
        raise not_modelled(run, f"looking for rules by {', '.join(sorted(others))}")
    try:
        values = run.registry.values(_RULES)
    except MachineError:
        values = {}
    found = {}
    for name, value in values.items():
        fields = dict(part.partition("=")[::2] for part in str(value).split("|") if "=" in part)
        wanted = [("Name", options["name"]), ("Dir", options.get("dir")), ("App", options.get("program"))]
        if all(
            text is None or (field == "Name" and text.lower() == "all") or folded(fields.get(field, "")) == folded(text)
            for field, text in wanted
        ):
            found[name] = str(value)
    if not found:
        raise ToolFailure(_FAILED, stdout=("", "No rules match the specified criteria.", ""))
    return found
