"""What does `compare` cost beside the fits, what do two workers gain, how much memory do 100,000 rows take?

    python benchmarks/compare_speed.py      # on a quiet machine; prints a table, writes compare_speed.csv

Overhead is the time that is not spent in training and predicting. Memory is the peak of the process and of its largest
worker. The last line is the first answer of `advise`, with its default arms, the GAN among them.
"""

from __future__ import annotations

import os
import resource
import time
import warnings
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from smotegan import advise, compare, predictions

ARMS = ["none", "class weights", "random over-sampling", "random under-sampling", "SMOTE"]
LOGISTIC = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def table(n: int, d: int):
    """A table with 5 % of positives."""
    return make_classification(n, d, n_informative=d // 3, weights=[0.95], flip_y=0.02, random_state=0)


def timed(function, *args, **settings) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    function(*args, progress=False, **settings)
    return time.perf_counter() - start


def overhead(n: int, d: int, classifier, times: int = 3) -> list[float]:
    """The share of the time that is not training and predicting."""
    inside, run_part, found = [0.0], predictions.run_part, []

    def measured(*args):
        start = time.perf_counter()
        result = run_part(*args)
        inside[0] += time.perf_counter() - start
        return result

    predictions.run_part = measured
    for _ in range(times):
        inside[0] = 0.0
        whole = timed(lambda **s: compare(*table(n, d), classifier, ARMS, **s).table("F1"))
        found.append(whole / inside[0] - 1)
    predictions.run_part = run_part
    return found


def workers(times: int = 3) -> list[float]:
    """How many times as fast two workers are."""
    forest, data = RandomForestClassifier(50, random_state=0), table(2000, 20)
    timed(compare, *data, forest, ARMS[:2], n_jobs=2, n_repeats=1)  # starts the workers
    return [timed(compare, *data, forest, ARMS, n_jobs=1) / timed(compare, *data, forest, ARMS, n_jobs=2)
            for _ in range(times)]


def memory() -> tuple[float, float]:
    """Megabytes at the peak, and seconds, for 100,000 rows of 30 columns and two workers."""
    seconds = timed(compare, *table(100_000, 30), LOGISTIC, ARMS, n_jobs=2, n_repeats=1, inner_cv=3)
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(peaks), seconds


def main() -> None:
    """Measure, print, write."""
    warnings.simplefilter("ignore")
    lines = []

    def note(what, values):
        lines.append({"what": what, "median": np.median(values), "low": min(values), "high": max(values)})
        print(lines[-1], flush=True)

    for n, d in ((500, 10), (2000, 20), (10_000, 30)):
        note(f"overhead of compare, {n} x {d}, logistic regression", overhead(n, d, LOGISTIC))
    note("two workers, times as fast as one", workers())
    note("advise, 1,000 x 20, two workers, seconds", [timed(advise, *table(1000, 20), LOGISTIC, n_jobs=2)])
    peak, seconds = memory()
    note("compare, 100,000 x 30, two workers, megabytes at the peak", [peak])
    note("compare, 100,000 x 30, two workers, seconds", [seconds])
    pd.DataFrame(lines).round(3).to_csv(Path(__file__).parent / "compare_speed.csv", index=False)


if __name__ == "__main__":
    main()
