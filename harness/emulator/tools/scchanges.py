r"""What `sc create`, `config`, `failure` and `description` change; each returns the function that it calls on Windows.

Source: learn.microsoft.com, "sc.exe create", "sc.exe config", "sc.exe failure", "sc.exe description".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from harness.emulator.accounts import account_of_service
from harness.emulator.serviceconfig import SERVICES, ServiceConfig
from harness.emulator.tools.failures import not_modelled
from harness.emulator.tools.scwords import START_WORDS, bad_usage, failed
from harness.errors import MachineError
from harness.model.services import Recovery, RecoveryAction, StartType
from harness.model.windows import RegistryPath, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["create", "change", "change_recovery", "describe", "set_number"]

_OPTIONS = ("type", "start", "error", "binpath", "group", "tag", "depend", "obj", "displayname", "password")
_TYPES = {"own": 0x10, "share": 0x20, "kernel": 0x1, "filesys": 0x2}
_ERRORS = {"ignore": 0, "normal": 1, "severe": 2, "critical": 3}
_ACTIONS = {
    "": RecoveryAction.NONE,
    "restart": RecoveryAction.RESTART_SERVICE,
    "reboot": RecoveryAction.RESTART_COMPUTER,
    "run": RecoveryAction.RUN_COMMAND,
}
_BAD_ACCOUNT = 1057


def create(run: ProgramRun, name: str, arguments: Sequence[str]) -> str:
    """Make a service, which is not started.

    Raises:
        ToolFailure: when the arguments make no sense, or Windows refuses.
    """
    options = _options(arguments, _OPTIONS, "create")
    if not options.get("binpath"):
        raise bad_usage("create")
    config = ServiceConfig(name=name, display_name=name, start_type=StartType.MANUAL, image_path=options["binpath"])
    try:
        run.machine.services.register(_changed(run, config, options, "create"))
    except MachineError as error:
        raise failed("CreateService", error) from error
    return "CreateService"


def change(run: ProgramRun, name: str, arguments: Sequence[str]) -> str:
    """Change what the database says of a service.

    Raises:
        ToolFailure: when the arguments make no sense, or Windows refuses.
    """
    options = _options(arguments, _OPTIONS, "config")
    if not options:
        raise bad_usage("config")
    service = run.machine.services.get(name)
    try:
        run.machine.services.configure(_changed(run, service.config, options, "config"))
    except MachineError as error:
        raise failed("ChangeServiceConfig", error) from error
    return "ChangeServiceConfig"


def change_recovery(run: ProgramRun, name: str, arguments: Sequence[str]) -> str:
    """Say what is to be done when a service fails.

    Raises:
        ToolFailure: when the arguments make no sense, or Windows refuses.
    """
    options = _options(arguments, ("reset", "reboot", "command", "actions"), "failure")
    if not options:
        raise bad_usage("failure")
    if ("reset" in options) != ("actions" in options):
        raise bad_usage("failure", "ERROR:  The reset and actions options must be set simultaneously.")
    if "actions" not in options or options.get("reboot"):
        raise not_modelled(run, "sc failure without actions=, or with a reboot message")
    recovery = Recovery(
        actions=_actions(options["actions"]), reset_after=_reset(options["reset"]), command=options.get("command", "")
    )
    try:
        run.machine.services.configure(run.machine.services.get(name).config, recovery)
    except MachineError as error:
        raise failed("ChangeServiceConfig2", error) from error
    return "ChangeServiceConfig2"


def describe(run: ProgramRun, name: str, arguments: Sequence[str]) -> str:
    """Set what a service is said to be for.

    Raises:
        ToolFailure: when the arguments make no sense.
    """
    if len(arguments) > 1:
        raise bad_usage("description")
    text = arguments[0] if arguments else ""
    run.machine.registry.set(_key(run, name), "Description", RegistryValue.of(text))
    return "ChangeServiceConfig2"


def set_number(run: ProgramRun, name: str, value_name: str, number: int) -> str:
    """Set a number in the key of a service."""
    run.machine.registry.set(_key(run, name), value_name, RegistryValue.of(number))
    return "ChangeServiceConfig2"


def _key(run: ProgramRun, name: str) -> RegistryPath:
    return SERVICES.child(run.machine.services.get(name).name)


def _changed(run: ProgramRun, config: ServiceConfig, options: Mapping[str, str], verb: str) -> ServiceConfig:
    changes: dict[str, Any] = {}
    for name, value in options.items():
        match name:
            case "start":
                changes["start_type"] = _chosen(START_WORDS, value, verb)
                changes["is_delayed"] = value.lower() == "delayed-auto"
            case "error":
                changes["error_control"] = _chosen(_ERRORS, value, verb)
            case "type":
                changes["type"] = _chosen(_TYPES, value, verb)
            case "binpath":
                changes["image_path"] = value
            case "displayname":
                changes["display_name"] = value or config.name
            case "group":
                changes["group"] = value
            case "obj":
                changes["object_name"] = _object_name(run, value, verb)
            case "depend":
                names = [one for one in value.split("/") if one]
                changes["depends_on"] = tuple(one for one in names if not one.startswith("+"))
                changes["groups_needed"] = tuple(one[1:] for one in names if one.startswith("+"))
            case "tag":
                if value.lower() == "yes":
                    raise not_modelled(run, "tag= yes, the order of drivers within a group")
                _chosen({"no": 0}, value, verb)
            case _:
                pass  # a password: nobody checks it here
    return replace(config, **changes)


def _chosen(words: Mapping[str, Any], value: str, verb: str) -> Any:
    if value.lower() not in words:
        raise bad_usage(verb)
    return words[value.lower()]


def _object_name(run: ProgramRun, value: str, verb: str) -> str:
    try:
        account_of_service(value, run.machine.facts.name)
    except MachineError as error:
        doing = "CreateService" if verb == "create" else "ChangeServiceConfig"
        raise failed(doing, _BAD_ACCOUNT) from error
    return value


def _options(arguments: Sequence[str], known: Collection[str], verb: str) -> dict[str, str]:
    """Return the options of the form `name= value`, by their names in lower case.

    Raises:
        ToolFailure: for one that there is not, or that has no value.
    """
    options: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name, sign, value = rest.pop(0).partition("=")
        name = name.strip().lower()
        if not sign or name not in known:
            raise bad_usage(verb)
        if not value:
            if not rest:
                raise bad_usage(verb)
            value = rest.pop(0)
        value = value.removeprefix(" ")
        if name in options:
            raise bad_usage(verb)
        options[name] = value
    return options


def _reset(text: str) -> timedelta | None:
    if text.upper() == "INFINITE":
        return None
    if not text.isdigit():
        raise bad_usage("failure")
    return timedelta(seconds=int(text))


def _actions(text: str) -> tuple[tuple[RecoveryAction, timedelta], ...]:
    if not text:
        return ()
    words = text.split("/")
    if len(words) % 2:
        words.append("")
    found = []
    for word, delay in zip(words[::2], words[1::2], strict=True):
        if word.lower() not in _ACTIONS or not (delay.isdigit() or not delay):
            raise bad_usage("failure")
        found.append((_ACTIONS[word.lower()], timedelta(milliseconds=int(delay or 0))))
    return tuple(found)
