"""Run the quickstart notebook, show its progress and what it prints, and say where its results are."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from common import ROOT, execute, read, with_parameters
from nbclient import NotebookClient

EXAMPLES = ROOT / "example_notebooks"


class Reader(NotebookClient):
    """Run a notebook and show a reader what comes out, as it comes out."""

    def output(self, outs, msg, display_id, cell_index):
        if msg["msg_type"] == "stream":
            print(msg["content"]["text"], end="", file=getattr(sys, msg["content"]["name"]), flush=True)
        return super().output(outs, msg, display_id, cell_index)


def announce(cell, cell_index):
    """Print a heading when the run comes to it."""
    if cell.cell_type == "markdown" and cell.source.startswith("#"):
        print(f"\n[{time.strftime('%H:%M:%S')}] {cell.source.splitlines()[0].lstrip('# ')}", flush=True)


def show(name: str, results: Path, **parameters) -> None:
    """Run an example before a reader's eyes, and keep it with what it showed, also if it fails."""
    results.mkdir(exist_ok=True)
    print(f"Running {name}{' in short' if parameters['quick'] else ': a few minutes'}.")
    notebook = with_parameters(read(EXAMPLES / name), output_dir=str(results), **parameters)
    try:
        execute(notebook, EXAMPLES, Reader, on_cell_start=announce)
    finally:
        nbformat.write(notebook, results / name)
    print(f"\nThe executed notebook and all that it wrote are in {results}:", *sorted(
        f"  {path.name}" for path in results.iterdir()), sep="\n")


if __name__ == "__main__":
    show("quickstart.ipynb", ROOT / "quickstart_results", quick="--quick" in sys.argv)
