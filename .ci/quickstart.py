"""Run the quickstart notebook, show its progress and what it prints, and say where its results are."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from common import ROOT, execute, read, with_parameters
from nbclient import NotebookClient

EXAMPLES, RESULTS = ROOT / "example_notebooks", ROOT / "quickstart_results"


class Reader(NotebookClient):
    """Run a notebook and show a reader what comes out, as it comes out."""

    def output(self, outs, msg, display_id, cell_index):
        out = super().output(outs, msg, display_id, cell_index)
        if msg["msg_type"] == "stream":
            stream = sys.stderr if msg["content"]["name"] == "stderr" else sys.stdout
            print(msg["content"]["text"], end="", file=stream, flush=True)
        return out


def announce(cell, cell_index):
    """Print a heading when the run comes to it."""
    lines = cell.source.splitlines()
    if cell.cell_type == "markdown" and lines and lines[0].startswith("#"):
        print(f"\n[{time.strftime('%H:%M:%S')}] {lines[0].lstrip('# ')}", flush=True)


def show(name: str, results: Path, **parameters) -> None:
    """Run an example before a reader's eyes, and keep it with what it showed, also if it fails."""
    results.mkdir(exist_ok=True)
    notebook = with_parameters(read(EXAMPLES / name), output_dir=str(results), **parameters)
    try:
        execute(notebook, EXAMPLES, Reader, on_cell_start=announce)
    finally:
        nbformat.write(notebook, results / name)
    print(f"\nThe executed notebook and all that it wrote are in {results}:", *sorted(
        f"  {path.name}" for path in results.iterdir()), sep="\n")


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    print(f"Running example_notebooks/quickstart.ipynb{' with few folds' if quick else ': a few minutes'}.")
    show("quickstart.ipynb", RESULTS, quick=quick)
