"""Run the quickstart, or the notebook your_csv on a file: show what it prints, and say where its results are."""

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

import nbformat
from common import ROOT, execute, read, with_parameters
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

EXAMPLES, RESULTS = ROOT / "example_notebooks", ROOT / "csv_results"
USAGE = ("make csv CSV=path TARGET=column [COST=15] [KINDS='{\"column\": \"kind\"}'] [QUICK=1]\n"
         "COST is what a missed rare case costs, where a false alarm costs 1.")


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


def show_csv(path: str, target: str, cost: float, kinds: dict, quick: bool) -> int:
    """Refuse a file or a target that cannot be read at once; else run the notebook."""
    from smotegan.prepare import guess_columns, prepare_table
    from smotegan.read import is_url, read_table

    try:
        path = path if is_url(path) else str(Path(path).expanduser().resolve())
        with warnings.catch_warnings(action="ignore"):  # the notebook shows them
            table = read_table(path)
            prepare_table(table, target, guess_columns(table, target, kinds))
        for file in RESULTS.glob("*.*"):  # of an earlier run
            file.unlink()
        show("your_csv.ipynb", RESULTS, path=path, target=target, kinds=kinds, quick=quick,
             costs={"false positive": 1, "false negative": cost})
    except CellExecutionError as error:
        print(f"make csv: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"make csv: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make csv", usage=USAGE)
    parser.add_argument("path", nargs="?")
    parser.add_argument("target", nargs="?")
    parser.add_argument("--cost", type=float, default=15)
    parser.add_argument("--kinds", type=json.loads, default={})
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if asked.path is None:
        sys.exit(show("quickstart.ipynb", ROOT / "quickstart_results", quick=asked.quick))
    if not asked.path or not asked.target:
        parser.error("CSV and TARGET must both be given")
    sys.exit(show_csv(**vars(asked)))
