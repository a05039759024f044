"""Projects of their own, in which pytest runs as a program."""

from __future__ import annotations

from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a folder that finds the shipped fixtures."""
    pytester.makeini(f"[pytest]\nime_folder = {FIXTURES.as_posix()}\nfilterwarnings = error")
    return pytester
