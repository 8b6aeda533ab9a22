"""Run the notebook your_csv on a file, show its progress and what it prints, and say where the results are."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

import nbformat
from common import ROOT
from nbclient.exceptions import CellExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from quickstart import Reader, announce

from smotegan.prepare import guess_columns, prepare_table
from smotegan.read import is_url, read_table

RESULTS = ROOT / "csv_results"
FILES = ("report.html", "model.joblib", "balanced.csv", "your_csv.ipynb")  # of an earlier run
USAGE = ("make csv CSV=path TARGET=column [COST=15] [KINDS='{\"column\": \"kind\"}'] [QUICK=1]\n"
         "COST is what a missed rare case costs, where a false alarm costs 1.")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make csv", usage=USAGE)
    parser.add_argument("path")
    parser.add_argument("target")
    parser.add_argument("--cost", type=float, default=15)
    parser.add_argument("--kinds", type=json.loads, default={})
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if not asked.path or not asked.target:
        parser.error("CSV and TARGET must both be given")
    return asked


def check(asked: argparse.Namespace) -> str:
    """The whole path of the file, and the name of the target as the file has it, or an error at once."""
    path = asked.path if is_url(asked.path) else str(Path(asked.path).expanduser().resolve())
    with warnings.catch_warnings(action="ignore"):  # the notebook shows them
        table = read_table(path)
        prepare_table(table, asked.target, guess_columns(table, asked.target, asked.kinds))
    return path


def run(parameters: dict) -> None:
    """Run the notebook, and keep it with what it showed, also if it fails."""
    folder = ROOT / "example_notebooks"
    notebook = parameterize_notebook(load_notebook_node(str(folder / "your_csv.ipynb")), parameters)
    client = Reader(notebook, timeout=None, kernel_name="python3", on_cell_start=announce,
                    resources={"metadata": {"path": str(folder)}})
    try:
        client.execute()
    finally:
        nbformat.write(notebook, RESULTS / "your_csv.ipynb")


def main() -> int:
    asked = arguments()
    try:
        path = check(asked)
        RESULTS.mkdir(exist_ok=True)
        for name in FILES:
            (RESULTS / name).unlink(missing_ok=True)
        print(f"Running example_notebooks/your_csv.ipynb on {Path(path).name}: a few minutes.")
        run({"path": path, "target": asked.target, "costs": {"false positive": 1, "false negative": asked.cost},
             "kinds": asked.kinds, "quick": asked.quick, "output_dir": str(RESULTS)})
    except CellExecutionError as error:
        print(f"make csv: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"make csv: {error}", file=sys.stderr)
        return 2
    print(f"\nThe page for a colleague, the model, the balanced table and the executed notebook are in {RESULTS}:")
    for file in sorted(RESULTS.iterdir()):
        print(f"  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
