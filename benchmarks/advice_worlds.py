"""Is the advice right? Worlds whose answer is known, because a large test set can be drawn from them.

    python benchmarks/advice_worlds.py --jobs 2      # both tables that are committed: advice_truth, advice_worlds

`truth` draws training tables of the size that the advice will see, trains every policy on each, and scores it on 12,000
further rows: what the best policy with sampling gains over the best without, on average. `advice` draws other tables
and asks `advise`. The arms are the cheap ones, and the folds are dealt at most twice.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from joblib import Parallel, delayed
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from smotegan.advice import advise
from smotegan.comparison import compare

HERE = Path(__file__).parent
ARMS = {"none": "none", "class weights": "class weights", "random under-sampling": "random under-sampling",
        "SMOTE": SMOTE()}


def cloud(n, few, rng):
    """A smooth cloud of the minority inside a wide majority."""
    return rng.normal(size=(n, 5)) * 1.3, 1.2 + 0.7 * rng.normal(size=(few, 5))


def thread(n, few, rng):
    """A minority along a curve in eight dimensions."""
    t = rng.uniform(-3, 3, size=few)
    curve = np.array([1.5 * np.sin(t * (0.4 + 0.25 * j) + j) for j in range(8)]).T
    return rng.normal(size=(n, 8)) * 1.2, curve + 0.15 * rng.normal(size=(few, 8))


def line(n, few, rng):
    """A minority along a straight line in eight dimensions."""
    along = np.array([(-1) ** j for j in range(8)]) / 1.5
    rows = np.outer(rng.uniform(-2.5, 2.5, size=few), along)
    return rng.normal(size=(n, 8)) * 1.2, rows + 0.5 + 0.2 * rng.normal(size=(few, 8))


def two(n, few, rng):
    """Two clouds of the minority, on both sides of the majority."""
    side = np.where(rng.random(few) < 0.5, 1, -1)[:, None]
    return rng.normal(size=(n, 4)) * 1.5, 1.6 * side + 0.5 * rng.normal(size=(few, 4))


def box(n, few, rng):
    """A minority in a corner of a box, with sharp edges."""
    return rng.uniform(-2, 2, size=(n, 6)), rng.uniform(0, 1.6, size=(few, 6))


def shift(n, few, rng):
    """Two normal classes, shifted: logistic regression is the right model."""
    return rng.normal(size=(n, 6)), rng.normal(size=(few, 6)) + 0.7


def noise(n, few, rng):
    """Classes that lie within each other, but for a shift in one of six columns."""
    return rng.normal(size=(n, 6)), rng.normal(size=(few, 6)) + np.r_[0.8, np.zeros(5)]


MODELS = {
    "logistic": LogisticRegression(max_iter=1000), "QDA": QuadraticDiscriminantAnalysis(),
    "tree": DecisionTreeClassifier(), "small tree": DecisionTreeClassifier(max_depth=4),
    "coarse tree": DecisionTreeClassifier(min_samples_leaf=20), "5-NN": KNeighborsClassifier(),
    "1-NN": KNeighborsClassifier(1), "short network": MLPClassifier((20,), max_iter=60),
}
WORLDS = [  # world, model, metric, rows, rows of the minority
    (cloud, "tree", "ROC-AUC", 2400, 200), (cloud, "1-NN", "G-mean", 2400, 200),
    (shift, "tree", "G-mean", 2400, 200), (shift, "5-NN", "ROC-AUC", 2400, 200),
    (shift, "1-NN", "ROC-AUC", 2400, 200), (two, "coarse tree", "average precision", 2400, 200),
    (thread, "coarse tree", "average precision", 2400, 200), (two, "tree", "G-mean", 2400, 200),
    (two, "short network", "average precision", 800, 80), (thread, "short network", "average precision", 800, 80),
    (shift, "logistic", "average precision", 2400, 200), (shift, "logistic", "G-mean", 2400, 200),
    (shift, "logistic", "Brier", 2400, 200), (cloud, "QDA", "average precision", 2400, 200),
    (line, "QDA", "ROC-AUC", 2400, 200), (box, "logistic", "ROC-AUC", 2400, 200),
    (cloud, "logistic", "balanced accuracy", 2400, 200), (noise, "logistic", "ROC-AUC", 2400, 200),
    (noise, "logistic", "log-loss", 2400, 200),
    (cloud, "5-NN", "average precision", 2400, 200), (thread, "5-NN", "average precision", 2400, 200),
    (line, "small tree", "average precision", 2400, 200), (line, "5-NN", "Brier", 2400, 200),
    (box, "5-NN", "F1", 2400, 200),
    (shift, "tree", "ROC-AUC", 400, 40), (shift, "logistic", "average precision", 400, 40),
    (cloud, "5-NN", "average precision", 400, 40), (two, "coarse tree", "average precision", 400, 40),
    (shift, "tree", "ROC-AUC", 240, 12), (shift, "logistic", "average precision", 240, 12),
    (cloud, "5-NN", "average precision", 240, 12), (two, "coarse tree", "average precision", 240, 12),
]
TEST = 12000


def draw(world, n: int, few: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """A table of a world, in random order."""
    rows = np.vstack(world(n - few, few, rng))
    order = rng.permutation(n)
    return rows[order], np.repeat([0, 1], [n - few, few])[order]


def truth(world, model, metric, n, few, seed) -> list[dict]:
    """The score of every policy, trained on one table and tested on many rows."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng([1, seed])
    train, test = draw(world, n, few, rng), draw(world, TEST, TEST * few // n, rng)
    X, y = (np.concatenate(parts) for parts in zip(train, test, strict=True))
    found = compare(X, y, MODELS[model], ARMS, cv=[(np.arange(n), np.arange(n, len(X)))], random_state=seed,
                    progress=False)
    score = found.score(metric)
    return [{"world": world.__name__, "model": model, "metric": metric, "n": n, "minority": few, "draw": seed,
             "arm": arm, "treatment": treatment, "value": values[0], "gain": float(score.gain(values)[0])}
            for (arm, treatment), values in found.values(metric).items()]


def advice(world, model, metric, n, few, seed) -> list[dict]:
    """What `advise` says on another table."""
    warnings.simplefilter("ignore")
    X, y = draw(world, n, few, np.random.default_rng([2, seed]))
    start = time.perf_counter()
    found = advise(X, y, MODELS[model], metric, arms=ARMS, n_repeats=2, random_state=seed, progress=False)
    return [{"world": world.__name__, "model": model, "metric": metric, "n": n, "minority": few, "draw": seed,
             "verdict": found.verdict, "gain": found.difference.mean, "better": found.difference.better,
             "rope": found.rope, "detectable": found.difference.detectable, "arm": found.policy[0],
             "treatment": found.policy[1], "folds": found.difference.n_folds,
             "seconds": time.perf_counter() - start}]


def main() -> None:
    """Run both parts and write their tables."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--draws", type=int, default=20)
    options.add_argument("--only", choices=["truth", "advice"])
    chosen = options.parse_args()
    for name, function, draws in (("truth", truth, max(2, chosen.draws // 2)), ("advice", advice, chosen.draws)):
        if chosen.only in (None, name):
            tasks = [delayed(function)(*world, seed) for seed in range(draws) for world in WORLDS]
            lines = [line for part in Parallel(chosen.jobs, verbose=1)(tasks) for line in part]
            out = "advice_truth.csv.gz" if name == "truth" else "advice_worlds.csv.gz"
            pd.DataFrame(lines).round(5).to_csv(HERE / out, index=False)


if __name__ == "__main__":
    main()
