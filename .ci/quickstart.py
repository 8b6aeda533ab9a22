"""Run the quickstart: show what it prints, and say where its results are."""

import sys
import time

import nbformat
from common import ROOT, execute, read, with_parameters
from nbclient import NotebookClient

EXAMPLES, RESULTS, NAME = ROOT / "example_notebooks", ROOT / "quickstart_results", "quickstart.ipynb"


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


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    RESULTS.mkdir(exist_ok=True)
    print(f"Running {NAME}{' in short' if quick else ': a few minutes'}.")
    notebook = with_parameters(read(EXAMPLES / NAME), output_dir=str(RESULTS), quick=quick)
    try:
        execute(notebook, EXAMPLES, Reader, on_cell_start=announce)
    finally:
        nbformat.write(notebook, RESULTS / NAME)
    print(f"\nThe executed notebook and all that it wrote are in {RESULTS}:", *sorted(
        f"  {path.name}" for path in RESULTS.iterdir()), sep="\n")
