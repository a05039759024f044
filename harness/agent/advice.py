"""The nearest thing to what a rule looked for, and the rule that would have found it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

from harness.agent.comparisons import compare_versions
from harness.agent.detection import look, rule_path
from harness.agent.findings import Finding
from harness.agent.products import UNINSTALL, is_guid, uninstall_entries
from harness.errors import MachineError
from harness.machine.ports import Machine
from harness.model.apps import Win32App
from harness.model.rules import (
    FileSystemOperation,
    FileSystemRule,
    Operator,
    ProcessRule,
    ProductCodeRule,
    RegistryOperation,
    RegistryRule,
    Rule,
)
from harness.model.windows import Account, Hive, RegistryPath, View

__all__ = ["Advice", "advise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What would help.

    Attributes:
        text: one or two sentences for a packager.
        corrected: the rule that holds on this machine; None when no small change makes one.
    """

    text: str
    corrected: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a rule was looked at with."""

    app: Win32App
    machine: Machine
    account: Account
    finding: Finding

    def holds(self, rule: Rule, account: Account | None = None) -> bool:
        """Return whether another rule would hold."""
        return look(rule, self.machine, account or self.account).is_met

    @property
    def people(self) -> list[Account]:
        """The signed-in users other than the account the rule is evaluated as."""
        accounts = [session.account for session in self.machine.sessions.signed_in()]
        return [account for account in accounts if account.sid != self.account.sid]


def advise(finding: Finding, app: Win32App, machine: Machine, account: Account) -> Advice | None:
    """Return the best advice about a rule that does not hold; None when nothing near is found."""
    scene = Scene(app=app, machine=machine, account=account, finding=finding)
    return next(iter([*_advice(finding.rule, scene)]), None)


@singledispatch
def _advice(rule: Rule, scene: Scene) -> Iterator[Advice]:
    """Yield advice, best first; scripts have none, since nothing is known of what they look at."""
    del rule, scene
    yield from ()


# Registry


@_advice.register
def _about_registry(rule: RegistryRule, scene: Scene) -> Iterator[Advice]:
    try:
        path = RegistryPath.parse(rule.key_path)
    except ValueError:
        yield Advice(text="Begin the key path with the name of a hive, for example HKEY_LOCAL_MACHINE.")
        return
    if scene.finding.problem:
        return
    if rule.operation_type is RegistryOperation.DOES_NOT_EXIST:
        yield Advice(text="It is there although the rule wants it absent.")
        return
    other = replace(rule, check_32_bit_on_64_system=not rule.check_32_bit_on_64_system)
    if scene.holds(other):
        yield Advice(text=_other_view(other.view, "key"), corrected=other)
    yield from _other_hives(rule, path, scene)
    yield from _other_spelling(rule, path, scene)
    if scene.finding.evidence.actual is not None:
        yield from _other_value(rule, rule.operator, scene)


def _other_view(view: View, what: str) -> str:
    switch = "on" if view is View.VIEW_32 else "off"
    who = "32-bit" if view is View.VIEW_32 else "64-bit"
    return (
        f"The {what} is in the {view} part of Windows, where a {who} installer writes, and the rule looks into the "
        f"{view.other} part. Turn 'Associated with a 32-bit app on 64-bit clients' {switch}."
    )


def _other_hives(rule: RegistryRule, path: RegistryPath, scene: Scene) -> Iterator[Advice]:
    if path.hive is Hive.HKLM:
        own = replace(rule, key_path=str(RegistryPath(Hive.HKCU, path.key)))
        for account in (scene.account, *scene.people):
            if scene.holds(own, account):
                text = f"It was written for {account.name} only (HKEY_CURRENT_USER). Install the app per machine"
                yield Advice(text=f"{text}, or run it as the user and detect it there.", corrected=own)
    elif path.hive is Hive.HKCU:
        for account in scene.people:
            if scene.holds(rule, account):
                text = f"It is in the registry of {account.name}, and the rule looks into that of {scene.account.name}"
                yield Advice(text=f"{text}. Run the app as the user, or detect something under HKEY_LOCAL_MACHINE.")
        machine_wide = replace(rule, key_path=str(RegistryPath(Hive.HKLM, path.key)))
        if scene.holds(machine_wide):
            yield Advice(text="It is under HKEY_LOCAL_MACHINE, not HKEY_CURRENT_USER.", corrected=machine_wide)


def _other_spelling(rule: RegistryRule, path: RegistryPath, scene: Scene) -> Iterator[Advice]:
    """Look for the name that was meant: of the value when the key is there, of the key otherwise."""
    registry, real = scene.machine.registry, path.of_user(scene.account.sid)
    for view in (rule.view, rule.view.other):
        seen = replace(rule, check_32_bit_on_64_system=view is View.VIEW_32)
        if registry.exists(real, view):
            for name in _near(rule.value_name, list(registry.values(real, view))):
                renamed = replace(seen, value_name=name)
                if name != rule.value_name and scene.holds(renamed):
                    yield Advice(
                        text=f"The key has no value '{rule.value_name}', but one called '{name}'.", corrected=renamed
                    )
            if rule.value_name and view is rule.view and scene.finding.evidence.actual is None:
                names = ", ".join(repr(name or "(Default)") for name in registry.values(real, view)) or "none"
                yield Advice(text=f"The key is there, without the value '{rule.value_name}'; its values are: {names}.")
        elif registry.exists(real.parent, view):
            for name in _near(path.name, registry.subkeys(real.parent, view)):
                renamed = replace(seen, key_path=str(path.parent.child(name)))
                if scene.holds(renamed):
                    yield Advice(text=f"There is no key '{path.name}', but one called '{name}'.", corrected=renamed)


def _other_value(rule: RegistryRule | FileSystemRule, operator: Operator, scene: Scene) -> Iterator[Advice]:
    """Compare what was found with what was wanted, when both are there."""
    actual, wanted = scene.finding.evidence.actual or "", rule.comparison_value or ""
    is_newer = compare_versions(actual, Operator.GREATER_THAN, wanted)
    if rule.operation_type.value == "version" and operator is Operator.EQUAL and is_newer:
        newer = replace(rule, operator=Operator.GREATER_THAN_OR_EQUAL)
        yield Advice(
            text=f"Version {actual} is there, newer than {wanted}. Use 'greater than or equal'.", corrected=newer
        )
    exact = replace(rule, operator=Operator.EQUAL, comparison_value=actual)
    text = f"It is there, but with {actual!r}, and the rule wants {operator.value} {wanted!r}."
    yield Advice(text=text, corrected=exact if scene.holds(exact) else None)


# Files


@_advice.register
def _about_file(rule: FileSystemRule, scene: Scene) -> Iterator[Advice]:
    if rule.operation_type is FileSystemOperation.DOES_NOT_EXIST:
        text = "Detect something that the app brings: the agent cannot evaluate 'does not exist' for files."
        yield Advice(
            text=text if scene.finding.problem else "The file is absent, but such a rule never detects an app."
        )
        return
    path = rule_path(rule, scene.machine, scene.account)
    if scene.finding.evidence.actual is not None:
        yield from _other_value(rule, rule.operator, scene)
    other = replace(rule, check_32_bit_on_64_system=not rule.check_32_bit_on_64_system)
    if scene.holds(other):
        yield Advice(text=_other_view(other.view, "file"), corrected=other)
    for folder in _other_folders(rule.path):
        moved = replace(rule, path=folder)
        if scene.holds(moved):
            yield Advice(text=f"It is in {folder}.", corrected=moved)
    for account in scene.people:
        if rule_path(rule, scene.machine, account) != path and scene.holds(rule, account):
            text = f"It is in the profile of {account.name}, and the rule looks into that of {scene.account.name}"
            yield Advice(text=f"{text}. Run the app as the user, or install and detect it per machine.")
    if "%" in path:
        yield Advice(text=f"{path} holds a variable that {scene.account.name} does not have.")
    yield from _other_names(rule, path, scene)


def _other_folders(folder: str) -> Iterator[str]:
    for one, another in (("Program Files (x86)", "Program Files"), ("Program Files", "Program Files (x86)")):
        if one in folder and (one != "Program Files" or "Program Files (x86)" not in folder):
            yield folder.replace(one, another)
    for one, another in (("%ProgramFiles(x86)%", "%ProgramFiles%"), ("%ProgramFiles%", "%ProgramFiles(x86)%")):
        if one.casefold() in folder.casefold():
            start = folder.casefold().index(one.casefold())
            yield folder[:start] + another + folder[start + len(one) :]


def _other_names(rule: FileSystemRule, path: str, scene: Scene) -> Iterator[Advice]:
    folder, _, name = path.rpartition("\\")
    try:
        names = scene.machine.files.names(folder, rule.view)
    except MachineError:
        return
    for near in _near(name, names):
        renamed = replace(rule, file_or_folder_name=near)
        if near.casefold() != name.casefold() and scene.holds(renamed):
            yield Advice(text=f"{folder} has no '{name}', but '{near}'.", corrected=renamed)


# Products and processes


@_advice.register
def _about_product(rule: ProductCodeRule, scene: Scene) -> Iterator[Advice]:
    if not is_guid(rule.product_code):
        yield Advice(
            text=f"{rule.product_code!r} is not a product code such as {{12345678-90AB-CDEF-1234-567890ABCDEF}}."
        )
        return
    if scene.finding.evidence.actual is not None:
        actual, operator = scene.finding.evidence.actual, rule.product_version_operator
        newer = replace(rule, product_version_operator=Operator.GREATER_THAN_OR_EQUAL)
        fits = operator is Operator.EQUAL and scene.holds(newer)
        text = f"The product is there in version {actual}, and the rule wants {operator.value} {rule.product_version}."
        yield Advice(text=text, corrected=newer if fits else None)
    for account in scene.people:
        if scene.holds(rule, account):
            yield Advice(
                text=f"The product was installed for {account.name} only. Install it per machine (ALLUSERS=1)."
            )
    registry, braced = scene.machine.registry, f"{{{rule.product_code.strip().strip('{}')}}}"
    for key, view in uninstall_entries(braced, scene.account):
        if registry.exists(key, view):
            as_key = RegistryRule(key_path=str(key), check_32_bit_on_64_system=view is View.VIEW_32)
            text = "There is an uninstall entry of that name, but Windows Installer did not make it."
            yield Advice(text=f"{text} Detect the key itself.", corrected=as_key)
    yield from _other_products(rule, scene)


def _other_products(rule: ProductCodeRule, scene: Scene) -> Iterator[Advice]:
    """Look for a product of the app's name: a new version of a package usually has a new product code."""
    registry, root = scene.machine.registry, RegistryPath(Hive.HKLM, UNINSTALL)
    for view in View:
        for name in registry.subkeys(root, view) if registry.exists(root, view) else ():
            other = replace(rule, product_code=name)
            label = str(registry.get(root.child(name), "DisplayName", view) or "")
            if is_guid(name) and _near(scene.app.display_name, [label]) and scene.holds(other):
                yield Advice(text=f"'{label}' is installed with another product code, {name}.", corrected=other)


@_advice.register
def _about_process(rule: ProcessRule, scene: Scene) -> Iterator[Advice]:
    if scene.finding.evidence.found.startswith("running"):
        yield Advice(text=f"{rule.process_name} runs, and the rule wants that it does not.")
        return
    for near in _near(rule.process_name, [process.name for process in scene.machine.processes.running()]):
        renamed = replace(rule, process_name=near)
        yield Advice(text=f"No process is called '{rule.process_name}', but one is called '{near}'.", corrected=renamed)
    yield Advice(text=f"{rule.process_name} does not run. Such a rule holds only while the program runs.")


def _near(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that could have been meant, nearest first: other case, braces, or a few letters."""
    folded = {one.casefold(): one for one in names}
    found = difflib.get_close_matches(name.casefold(), folded, n=2, cutoff=0.75)
    return [folded[one] for one in found]
