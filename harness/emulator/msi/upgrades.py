"""Upgrades: products with the same upgrade code are found, and replaced.

Source: learn.microsoft.com, "Upgrade Table", "FindRelatedProducts", "MigrateFeatureStates",
"RemoveExistingProducts".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.emulator.msi.costing import decide
from harness.emulator.msi.features import State
from harness.emulator.msi.numbers import parse_version
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.products import InstalledProduct, find_product, related_products
from harness.emulator.msi.script import Removal, Step
from harness.emulator.msi.session import Session
from harness.formats.guids import pack_guid
from harness.formats.msidatabase import Row
from harness.model.files import FileVersion

__all__ = ["find_related_products", "migrate_feature_states", "remove_existing_products"]

_MIGRATE, _ONLY_DETECT, _IGNORE_FAILURE = 1, 2, 4
_MIN_INCLUSIVE, _MAX_INCLUSIVE, _LANGUAGES_EXCLUSIVE = 256, 512, 1024
_HIGHEST: Final = FileVersion(0xFFFF, 0xFFFF, 0xFFFF)


def find_related_products(session: Session, step: Step) -> None:
    """Put the codes of the products that each row describes into its property; not in maintenance."""
    if session.product:
        return
    for row in session.rows("Upgrade"):
        for product in _related(session, row):
            name = row.text("ActionProperty")
            codes = [code for code in session.properties.get(name, "").split(";") if code]
            if product.code not in codes:
                session.properties.set(name, ";".join([*codes, product.code]))
                step.note(f"FindRelatedProducts: Found application: {product.code}  {product.version}", "i")


def migrate_feature_states(session: Session, step: Step) -> None:
    """Choose the features that the product to be replaced has; not when features are chosen by hand."""
    if session.product or session.properties.get("Preselected"):
        return
    for row in session.rows("Upgrade"):
        if not row.number("Attributes") & _MIGRATE:
            continue
        for code in _codes(session, row):
            product = find_product(session.machine.registry, code, session.run.info.account.sid)
            if product:
                _take_states_of(session, product)
                decide(session, step)
                return


def remove_existing_products(session: Session, step: Step) -> None:
    """Plan the removal of the products that were found and are not only to be detected; not in maintenance."""
    if session.product:
        return
    for row in session.rows("Upgrade"):
        if row.number("Attributes") & _ONLY_DETECT:
            continue
        features = "ALL" if row.is_null("Remove") else session.format(row.text("Remove"))
        for code in _codes(session, row):
            if features and code not in [removal.code for removal in step.removals]:
                ignores_failure = bool(row.number("Attributes") & _IGNORE_FAILURE)
                step.removals.append(Removal(code, features, ignores_failure))


def _codes(session: Session, row: Row) -> Iterator[str]:
    for code in session.properties.get(row.text("ActionProperty"), "").split(";"):
        if code and code.upper() != session.product_code:
            yield code.upper()


def _related(session: Session, row: Row) -> Iterator[InstalledProduct]:
    upgrade_code = row.text("UpgradeCode")
    try:
        pack_guid(upgrade_code)
    except ValueError as error:
        raise InstallFailure(f"Invalid database tables: Upgrade: {error}.", number=2725) from None
    for product in related_products(session.machine.registry, upgrade_code, session.owner):
        if product.code != session.product_code and _matches(product, row):
            yield product


def _matches(product: InstalledProduct, row: Row) -> bool:
    """Compare the first three parts of the version, and the language."""
    attributes = row.number("Attributes")
    version = FileVersion(product.version.major, product.version.minor, product.version.build)
    lowest = _three_parts(row.text("VersionMin")) or FileVersion()
    highest = _three_parts(row.text("VersionMax")) or _HIGHEST
    if version < lowest or (version == lowest and row.text("VersionMin") and not attributes & _MIN_INCLUSIVE):
        return False
    if version > highest or (version == highest and row.text("VersionMax") and not attributes & _MAX_INCLUSIVE):
        return False
    languages = [language.strip() for language in row.text("Language").split(",") if language.strip()]
    is_listed = str(product.language) in languages
    return not languages or is_listed != bool(attributes & _LANGUAGES_EXCLUSIVE)


def _three_parts(text: str) -> FileVersion | None:
    version = parse_version(text)
    return FileVersion(version.major, version.minor, version.build) if version else None


def _take_states_of(session: Session, product: InstalledProduct) -> None:
    listed = product.owner.advertised.child("Features").child(pack_guid(product.code))
    for feature in session.features.values():
        value = session.machine.registry.get(listed, feature.name)
        if value is not None:
            feature.action = State.UNKNOWN if str(value).startswith("\x06") else State.LOCAL
