"""Run the quickstart notebook, show its progress and what it prints, and say where its results are."""

from __future__ import annotations

import sys
import time

import nbformat
from common import ROOT
from nbclient import NotebookClient
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

RESULTS = ROOT / "quickstart_results"


class Reader(NotebookClient):
    """Run a notebook and show a reader what comes out, as it comes out."""

    def output(self, outs, msg, display_id, cell_index):
        out = super().output(outs, msg, display_id, cell_index)
        if msg["msg_type"] == "stream":
            stream = sys.stderr if msg["content"]["name"] == "stderr" else sys.stdout
            stream.write(msg["content"]["text"])
            stream.flush()
        return out


def announce(cell, cell_index):
    """Print a heading when the run comes to it."""
    lines = cell.source.splitlines()
    if cell.cell_type == "markdown" and lines and lines[0].startswith("#"):
        print(f"\n[{time.strftime('%H:%M:%S')}] {lines[0].lstrip('# ')}", flush=True)


def main() -> None:
    RESULTS.mkdir(exist_ok=True)
    quick = "--quick" in sys.argv
    print(f"Running example_notebooks/quickstart.ipynb{' with few folds' if quick else ': a few minutes'}.")
    notebook = parameterize_notebook(load_notebook_node(str(ROOT / "example_notebooks" / "quickstart.ipynb")),
                                     {"output_dir": str(RESULTS), "quick": quick})
    client = Reader(notebook, timeout=None, kernel_name="python3", on_cell_start=announce,
                    resources={"metadata": {"path": str(ROOT / "example_notebooks")}})
    try:
        client.execute()
    finally:
        nbformat.write(notebook, RESULTS / "quickstart.ipynb")
    print(f"\nThe executed notebook, the pictures, the scores and a balanced table are in {RESULTS}:")
    for path in sorted(RESULTS.iterdir()):
        print(f"  {path.name}")


if __name__ == "__main__":
    main()
