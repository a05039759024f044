"""Builds the notebooks from their sources: `python notebooks/build.py [NAME ...]`.

A source is a Python file in which `# %%` begins a code cell and `# %% [markdown]` a text cell. The notebook gets the same
bytes every time: cell ids come from the position, and no outputs are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).parent
_TEXT = "[markdown]"


def sources() -> list[Path]:
    """Return the sources of all notebooks, in reading order."""
    return sorted(HERE.glob("[0-9][0-9]_*.py"))


def build(source: Path) -> NotebookNode:
    """Return the notebook of one source, valid after nbformat."""
    cells = []
    for number, part in enumerate(source.read_text(encoding="utf-8").split("# %%")[1:], 1):
        kind, _, body = part.partition("\n")
        if kind.strip() == _TEXT:
            text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines())
            cell = new_markdown_cell(text)
        else:
            cell = new_code_cell(body.strip())
        cell["id"] = f"{source.stem[:2]}-{number:02}"
        cells.append(cell)
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    return notebook


def main(names: list[str]) -> None:
    """Build the named notebooks, or all."""
    for source in sources():
        if not names or source.stem in names:
            target = source.with_suffix(".ipynb")
            target.write_text(nbformat.writes(build(source)) + "\n", encoding="utf-8", newline="\n")
            print(target.name)


if __name__ == "__main__":
    main(sys.argv[1:])
