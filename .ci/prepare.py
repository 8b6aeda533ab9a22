"""Before a commit: export the package, clean the notebooks, render README.md and CONTRIBUTING.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from common import NOTEBOOKS, ROOT, has_tag, read


def strip_stderr(path: Path) -> None:
    """Take what was written to stderr off a notebook; a file without any is left alone."""
    notebook, found = read(path), False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            kept = [output for output in cell.outputs if output.get("name") != "stderr"]
            found, cell.outputs = found or len(kept) < len(cell.outputs), kept
    if found:
        nbformat.write(notebook, path)


def strip_addresses(path: Path) -> None:
    """Take addresses in memory, which differ in every run, off the outputs of a notebook."""
    notebook, found = read(path), False
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        text = output.get("data", {}).get("text/plain", "")
        clean = re.sub(r" at 0x[0-9a-f]+", "", text)
        if clean != text:
            output["data"]["text/plain"], found = clean, True
    if found:
        nbformat.write(notebook, path)


def strip_sliders(path: Path) -> None:
    """Take the output off the sliders: without a kernel it is an empty frame."""
    notebook, found = read(path), False
    for cell in notebook.cells:
        if has_tag(cell, "slider") and cell.outputs:
            cell.outputs, found = [], True
    if found or notebook.metadata.pop("widgets", None):
        nbformat.write(notebook, path)


if __name__ == "__main__":
    tools = Path(sys.executable).parent
    subprocess.run([tools / "nbdev_export"], cwd=ROOT, check=True)
    for path in NOTEBOOKS:
        strip_stderr(path)
        strip_sliders(path)
        strip_addresses(path)
        subprocess.run([tools / "nbdev_clean", "--fname", str(path)], cwd=ROOT, check=True)
    subprocess.run([sys.executable, ".ci/readme.py"], cwd=ROOT, check=True)
    print("Exported, cleaned and rendered. Now: make test")
