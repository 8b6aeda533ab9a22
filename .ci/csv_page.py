"""Run the notebook your_csv on a file, show its progress and what it prints, and say where the results are."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from common import ROOT
from nbclient.exceptions import CellExecutionError
from quickstart import show

from smotegan.prepare import guess_columns, prepare_table
from smotegan.read import is_url, read_table

RESULTS = ROOT / "csv_results"
USAGE = ("make csv CSV=path TARGET=column [COST=15] [KINDS='{\"column\": \"kind\"}'] [QUICK=1]\n"
         "COST is what a missed rare case costs, where a false alarm costs 1.")


def main(path: str, target: str, cost: float, kinds: dict, quick: bool) -> int:
    """Refuse a file or a target that cannot be read at once; else run the notebook."""
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
    parser.add_argument("path")
    parser.add_argument("target")
    parser.add_argument("--cost", type=float, default=15)
    parser.add_argument("--kinds", type=json.loads, default={})
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if not asked.path or not asked.target:
        parser.error("CSV and TARGET must both be given")
    sys.exit(main(**vars(asked)))
