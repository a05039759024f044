"""Every notebook is what its source says, is valid, and runs from top to bottom."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import nbformat
import pytest

nbclient = pytest.importorskip("nbclient", reason="the notebook extra is not installed")

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("notebook_build", HERE / "build.py")
assert _spec
assert _spec.loader
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

SOURCES = build.sources()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_notebook_is_built_from_its_source(source):
    """The committed notebook is what `notebooks/build.py` makes of the source."""
    committed = source.with_suffix(".ipynb").read_text(encoding="utf-8")

    assert nbformat.writes(build.build(source)) + "\n" == committed


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_notebook_is_valid(source):
    """The committed notebook is valid after nbformat."""
    nbformat.validate(nbformat.read(source.with_suffix(".ipynb"), as_version=4))


def run(source: Path) -> list[str]:
    """Run a notebook in a kernel of its own and return what its cells showed, as text."""
    notebook = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(HERE)}}).execute()
    return [
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]


def test_first_device_shows_what_it_says():
    """The first notebook installs a package, explains a failure, mends it, and times a slow setup program."""
    shown = run(HERE / "01_first_device.ipynb")

    states = [text for text in shown if text.startswith(("'", "("))]
    assert [
        "'Contoso Notes'",
        "'installed'",
        "('failed', '0x87d1041c')",
        "'installed'",
        "'installing'",
    ] == states
    assert any("32-bit" in text for text in shown)
