"""What the scripts and tests of this folder share: where things are, and how notebooks are read and run."""

import re
import sys
from configparser import ConfigParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))  # for the figures of the house
PAGES = sorted((ROOT / "nbs").glob("*.ipynb"))
COURSE = sorted((ROOT / "example_notebooks" / "course").glob("lesson_*.ipynb"))
EXAMPLES = [path for part in (".", "worked") for path in sorted((ROOT / "example_notebooks" / part).glob("*.ipynb"))]
NOTEBOOKS = [*PAGES, *EXAMPLES, *COURSE]


_PARSER = ConfigParser(delimiters=["="], interpolation=None)
_PARSER.read(ROOT / "settings.ini", encoding="utf-8")
SETTINGS = _PARSER["DEFAULT"]


def limits(name: str) -> dict[str, float]:
    """Limits as settings.ini names them."""
    return {key: float(value) for key, value in (part.split("=") for part in SETTINGS[name].split())}


def read(path: Path):
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def has_tag(cell, tag: str) -> bool:
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def module_of(notebook) -> str | None:
    """The module that a page exports."""
    found = re.search(r"^#\| default_exp (\w+)", "\n".join(cell.source for cell in notebook.cells[:3]), re.M)
    return found and found[1]


def modules() -> list[str]:
    """The modules that the pages export, in the order of the pages."""
    return [module for page in PAGES if (module := module_of(read(page)))]


def without_directives(notebook):
    """Take off what only nbdev reads (#| ...), and hidden cells; of `#| echo: false` only the output is for readers."""
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("#| hide")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.source.startswith("#| echo: false"):
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
            cell.source = re.sub(r"^#\|.*\n?", "", cell.source, flags=re.M).strip("\n")
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def with_parameters(notebook, **parameters):
    """Set parameters behind the cell that has the tag `parameters`, as papermill does."""
    place = next((place for place, cell in enumerate(notebook.cells, 1) if has_tag(cell, "parameters")), 0)
    lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    notebook.cells.insert(place, nbformat.v4.new_code_cell(lines))
    return notebook


def execute(notebook, folder: Path, client=NotebookClient, **options):
    """Run a notebook in a folder, in place; the first error is raised."""
    client(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
           **options).execute()
    return notebook
