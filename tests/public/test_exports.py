"""The names of the package itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

import harness


@pytest.mark.parametrize("name", harness.__all__)
def test_every_public_name_is_there(name):
    """Every exported name can be had, and is documented."""
    assert getattr(harness, name).__doc__


def test_homes_are_the_exports():
    """The table of homes holds just the exported names, each once."""
    assert sorted(harness.__all__) == sorted(name for names in harness._HOMES.values() for name in names)


def test_unknown_name_is_an_attribute_error():
    """A name that is not exported is missing, as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        harness.nothing  # noqa: B018


def test_public_names_are_listed():
    """`dir(harness)` offers the exported names for completion."""
    assert set(harness.__all__) <= set(dir(harness))


def test_importing_the_package_is_cheap():
    """Importing the package loads nothing heavy."""
    code = "import harness, sys; print([m for m in ('pyfakefs', 'cattrs', 'cryptography', 'rich') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == result.stdout.strip()
