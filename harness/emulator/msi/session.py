"""One installation of one product: its properties, folders, features and components while actions run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from harness.emulator.msi.components import Component
from harness.emulator.msi.conditions import evaluate
from harness.emulator.msi.features import Feature, State
from harness.emulator.msi.folders import file_name, with_backslash
from harness.emulator.msi.formatted import format_text
from harness.emulator.msi.log import InstallLog
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.products import Context, InstalledProduct, Owner
from harness.emulator.msi.properties import Properties, is_privileged
from harness.formats.msi import architecture_of
from harness.formats.msidatabase import MsiDatabase, Row
from harness.model.names import folded
from harness.model.windows import SYSTEM, Architecture, Hive, RegistryPath, Token, View

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Session"]


class Session:
    """What actions work on.

    Attributes:
        product: what is installed already; None at a first installation.
        acting_token: who writes the product's files and values: SYSTEM for the elevated, else the user.
        directories: resolved paths by Directory identifier; empty before CostFinalize.
    """

    def __init__(
        self,
        *,
        run: ProgramRun,
        database: MsiDatabase,
        properties: Properties,
        log: InstallLog,
        stream: BinaryIO,
        product: InstalledProduct | None,
    ) -> None:
        self.run = run
        self.machine = run.machine
        self.database = database
        self.properties = properties
        self.log = log
        self.product = product
        self._stream = stream
        self.directories: dict[str, str] = {}
        self.features: dict[str, Feature] = {}
        self.components: dict[str, Component] = {}
        self.needs_restart = False
        self.is_rollback_disabled = False
        self.rollback_actions: list[str] = []
        self.acting_token = Token(account=SYSTEM) if is_privileged(run) else run.token
        self._environment = {folded(name): value for name, value in run.environment.items()}
        self._file_paths: dict[str, tuple[str, str]] | None = None

    def close(self) -> None:
        """Close the package."""
        self._stream.close()

    # What is installed, and for whom

    @property
    def package_name(self) -> str:
        """The MSI's name for messages."""
        return self.database.source

    @property
    def product_code(self) -> str:
        """The ProductCode, in upper case."""
        return self.properties.get("ProductCode", "").upper()

    @property
    def product_name(self) -> str:
        """The ProductName."""
        return self.properties.get("ProductName", "")

    @property
    def owner(self) -> Owner:
        """Whose product it is or becomes."""
        if self.product:
            return self.product.owner
        if self.properties.get("ALLUSERS") == "1":
            return Owner(Context.MACHINE)
        return Owner(Context.USER, self.run.info.account.sid)

    @property
    def is_per_machine(self) -> bool:
        """Whether it is everybody's."""
        return self.owner.context is Context.MACHINE

    @property
    def view(self) -> View:
        """The half of the registry that holds the product's uninstall entry."""
        is_32_bit = architecture_of(self.database.template) is Architecture.X86
        return View.VIEW_32 if is_32_bit and self.machine.facts.is_64_bit else View.VIEW_64

    @property
    def is_removal(self) -> bool:
        """Whether the whole product goes."""
        return bool(self.product) and all(one.outcome is State.ABSENT for one in self.features.values())

    @property
    def reinstall_mode(self) -> str:
        """The letters of REINSTALLMODE, which say what of an installed product is written again and when."""
        return self.properties.get("REINSTALLMODE", "omus").lower()

    def rewrites(self, component: Component, letter: str) -> bool:
        """Return whether a component's shortcuts (s) or machine's or user's values (m, u) are to be written."""
        return component.installed is not State.LOCAL or letter in self.reinstall_mode

    # Texts and conditions

    def holds(self, condition: str) -> bool:
        """Evaluate a condition.

        Raises:
            InstallFailure: if it is none.
        """
        return evaluate(condition, self._symbol)

    def format(self, text: str) -> str:
        """Replace the references of a formatted text."""
        return format_text(text, self._reference)

    def rows(self, table: str) -> Sequence[Row]:
        """Return the rows of a table."""
        return self.database.rows(table)

    def find(self, table: str, column: str, text: str) -> Row | None:
        """Return the first row of a table with that text in a column; None when there is none."""
        return self.database.find(table, column, text)

    # Places

    def component(self, name: str, table: str) -> Component:
        """Return the component that a row of `table` belongs to.

        Raises:
            InstallFailure: 2725 when there is none.
        """
        try:
            return self.components[name]
        except KeyError:
            message = f"Invalid database tables: {table} names the component '{name}', which is not there."
            raise InstallFailure(message, number=2725) from None

    def directory(self, name: str) -> str:
        """Return a directory's path.

        Raises:
            InstallFailure: 2727 when the Directory table has no such entry.
        """
        try:
            return self.directories[name]
        except KeyError:
            message = f"The directory entry '{name}' does not exist in the Directory table."
            raise InstallFailure(message, number=2727) from None

    def set_directory(self, name: str, path: str) -> None:
        """Move a directory and those below it, as custom actions do; before CostFinalize that is its property.

        Raises:
            InstallFailure: 2727 when there is no such directory, 2704 for an empty path.
        """
        if self.directories:
            before, after = self.directory(name), with_backslash(path)
            if not path:
                raise InstallFailure(f"The path for {name} is empty.", number=2704)
            for other, target in self.directories.items():
                if folded(target).startswith(folded(before)):
                    self.directories[other] = after + target[len(before) :]
                    self.properties.set(other, self.directories[other])
        else:
            self.properties.set(name, path)

    def file_path(self, key: str) -> str:
        """Return the full path of a file by its key; empty for one there is not."""
        if self._file_paths is None:
            self._file_paths = {
                row.text("File"): (row.text("Component_"), file_name(row.text("FileName"))) for row in self.rows("File")
            }
        component, name = self._file_paths.get(key, ("", ""))
        return self.directory(self.component(component, "File").directory) + name if component else ""

    def registry_place(self, root: int, key: str) -> RegistryPath:
        """Return the key that a root number and a path of the Registry table mean.

        Root -1 follows the context, and so does HKCR (learn.microsoft.com, "Registry Table").

        Raises:
            InstallFailure: 2725 for an unknown root.
        """
        user = RegistryPath(Hive.HKU, self.run.info.account.sid)
        machine = RegistryPath(Hive.HKLM)
        match root:
            case 0:
                return (machine if self.is_per_machine else user).child(r"SOFTWARE\Classes").child(key)
            case 1:
                return user.child(key)
            case 2:
                return machine.child(key)
            case 3:
                return RegistryPath(Hive.HKU, key)
            case -1:
                return (machine if self.is_per_machine else user).child(key)
            case _:
                raise InstallFailure(f"Invalid database tables: {root} is no registry root.", number=2725)

    # References

    def _symbol(self, name: str) -> str:
        rest = name[1:]
        match name[0]:
            case "%":
                return self._environment.get(folded(rest), "")
            case "$":
                return str(int(self.components[rest].action if rest in self.components else State.UNKNOWN))
            case "?":
                return str(int(self.components[rest].installed if rest in self.components else State.UNKNOWN))
            case "&":
                return str(int(self.features[rest].action if rest in self.features else State.UNKNOWN))
            case "!":
                return str(int(self.features[rest].installed if rest in self.features else State.UNKNOWN))
            case _:
                return self.properties.get(name, "")

    def _reference(self, name: str) -> str:
        rest = name[1:]
        match name[0]:
            case "%":
                return self._environment.get(folded(rest), "")
            case "#" | "!":
                return self.file_path(rest) if self.directories else ""
            case "$":
                component = self.components.get(rest)
                return self.directory(component.directory) if component and self.directories else ""
            case _:
                return self.properties.get(name, "")
