"""From a command line to a package that may be installed: finding it, opening it, and what speaks against it.

Source of the exit codes: learn.microsoft.com, "Windows Installer Error Codes"; which check comes first is from memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from harness.emulator.msi.commandline import MsiCommand, Verb
from harness.emulator.msi.outcomes import ExitCode, InstallFailure
from harness.emulator.msi.products import InstalledProduct, find_product
from harness.errors import FormatError, MachineError, NotEmulated
from harness.formats.guids import is_guid
from harness.formats.msi import architecture_of
from harness.formats.msidatabase import MsiDatabase
from harness.model.windows import Architecture

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Package", "open_package", "open_installed"]

_NEWEST_INSTALLER: Final = 500
_REQUIRED: Final = ("ProductCode", "ProductName", "ProductVersion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An opened MSI, its full path, and the product if it is installed."""

    database: MsiDatabase
    stream: BinaryIO
    path: str
    product: InstalledProduct | None


def open_package(run: ProgramRun, command: MsiCommand) -> Package:
    """Open what the command line names.

    Raises:
        InstallFailure: with the exit code msiexec gives when it cannot.
        NotEmulated: for a package on a web server, for transforms and patches.
    """
    _refuse_changes_of_the_package(run, command)
    if command.is_product_code:
        product = find_product(run.machine.registry, command.target, run.info.account.sid)
        if product is None:
            raise _unknown_product(command.target)
        return open_installed(run, product)
    if command.target.lower().startswith(("http://", "https://")):
        hint = "put the MSI into the package and install it from there"
        raise NotEmulated("installing from a web server", where=run.command_line, hint=hint)
    path = run.files.resolve(command.target)
    stream, database = _open(run, path)
    _check_platform(run, database)
    code = database.properties()["ProductCode"]
    product = find_product(run.machine.registry, code, run.info.account.sid)
    if product is None:
        if command.verb is not Verb.INSTALL or command.properties.get("REMOVE", "").upper() == "ALL":
            raise _unknown_product(code)
        return Package(database=database, stream=stream, path=path, product=None)
    if product.package_code.upper() != database.package_code.upper():
        message = f"Another version of this product is already installed: {product.name} {product.version}."
        raise InstallFailure(message, exit_code=ExitCode.PRODUCT_VERSION)
    return Package(database=database, stream=stream, path=path, product=product)


def open_installed(run: ProgramRun, product: InstalledProduct) -> Package:
    """Open the package that was kept of an installed product, or its source when that is gone.

    Raises:
        InstallFailure: 1612 when neither is there.
    """
    for path in (product.local_package, product.source):
        if path and run.machine.files.exists(path):
            stream, database = _open(run, path)
            if database.package_code.upper() == product.package_code.upper():
                return Package(database=database, stream=stream, path=path, product=product)
            stream.close()
    message = f"The installation source for {product.name} is not available."
    raise InstallFailure(message, exit_code=ExitCode.SOURCE_ABSENT)


def _open(run: ProgramRun, path: str) -> tuple[BinaryIO, MsiDatabase]:
    try:
        stream = run.files.open(path)
    except MachineError as error:
        message = f"This installation package could not be opened: {error}"
        raise InstallFailure(message, exit_code=ExitCode.PACKAGE_OPEN_FAILED) from error
    try:
        database = MsiDatabase(stream, path.rpartition("\\")[2])
        _check_identity(database)
    except FormatError as error:
        stream.close()
        message = f"This installation package could not be opened: {error}"
        raise InstallFailure(message, exit_code=ExitCode.PACKAGE_INVALID) from error
    return stream, database


def _check_identity(database: MsiDatabase) -> None:
    properties = database.properties()
    missing = [name for name in _REQUIRED if not properties.get(name)]
    if missing:
        raise FormatError(database.source, f"property {missing[0]} is missing")
    if not is_guid(properties["ProductCode"]) or not is_guid(database.package_code):
        raise FormatError(database.source, "product code or package code is no GUID")


def _check_platform(run: ProgramRun, database: MsiDatabase) -> None:
    """Refuse packages for other processors (1633) and for a newer Windows Installer (1613)."""
    wanted, present = architecture_of(database.template), run.machine.facts.architecture
    runs_on = {
        Architecture.X86: {Architecture.X86, Architecture.X64, Architecture.ARM64},
        Architecture.X64: {Architecture.X64, Architecture.ARM64},
        Architecture.ARM64: {Architecture.ARM64},
    }
    if wanted is None or present not in runs_on[wanted]:
        message = f"This installation package ({database.template}) is not supported on {present}."
        raise InstallFailure(message, exit_code=ExitCode.PLATFORM_UNSUPPORTED)
    if database.installer_version > _NEWEST_INSTALLER:
        message = f"This installation package needs Windows Installer {database.installer_version / 100:.2f}."
        raise InstallFailure(message, exit_code=ExitCode.PACKAGE_VERSION)


def _unknown_product(code: str) -> InstallFailure:
    message = f"This action is only valid for products that are currently installed: {code}."
    return InstallFailure(message, exit_code=ExitCode.UNKNOWN_PRODUCT)


def _refuse_changes_of_the_package(run: ProgramRun, command: MsiCommand) -> None:
    """Refuse what would make another package of this one."""
    for name, what in (("TRANSFORMS", "a transform"), ("PATCH", "a patch")):
        value = command.chosen_properties().get(name, "")
        if value:
            hint = "apply it to the MSI before packing, or say with an installer file what the setup does"
            raise NotEmulated(f"{what} ('{value}')", where=run.command_line, hint=hint)
