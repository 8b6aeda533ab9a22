"""What the scripts of this folder share: where things are, and how notebooks are read."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "nbs").glob("*.ipynb"))
COURSE = sorted((ROOT / "example_notebooks" / "course").glob("lesson_*.ipynb"))
WORKED = sorted((ROOT / "example_notebooks" / "worked").glob("*.ipynb"))
EXAMPLES = [*sorted((ROOT / "example_notebooks").glob("*.ipynb")), *WORKED]
NOTEBOOKS = [*PAGES, *EXAMPLES, *COURSE]


def settings() -> dict[str, str]:
    """The settings of the project."""
    parser = ConfigParser(delimiters=["="], interpolation=None)
    parser.read(ROOT / "settings.ini", encoding="utf-8")
    return dict(parser["DEFAULT"])


def read(path: Path):
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def has_tag(cell, tag: str) -> bool:
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def title(notebook) -> str:
    """The first heading of a notebook."""
    return next(re.findall(r"^# (.+)$", cell.source, re.M)[0] for cell in notebook.cells
                if cell.cell_type == "markdown" and cell.source.startswith("# "))


def without_directives(notebook):
    """Take the lines that only nbdev reads (#| ...) off the cells; drop the cells that are hidden or had no others.

    Of a cell that says `#| echo: false` only the output is for readers; it gets the tag `remove-input`.
    """
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("#| hide")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.source.startswith("#| echo: false"):
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
            cell.source = re.sub(r"^#\|.*\n?", "", cell.source, flags=re.M).strip("\n")
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def modules() -> list[str]:
    """The modules that the pages export, in the order of the pages."""
    found = [re.search(r"^#\| default_exp (\w+)", cell.source, re.M) for page in PAGES for cell in read(page).cells[:3]]
    return [match[1] for match in found if match]
