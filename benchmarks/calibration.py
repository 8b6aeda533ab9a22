"""Do recalibrated probabilities mean what they say? Two worlds whose true probabilities are known.

    python benchmarks/calibration.py --draws 20  # -> calibration.csv.gz

A training set has 16, 50 or 200 minority rows, and nineteen times as many others. A sampler balances it, a classifier
learns it, and its probabilities are repaired in several ways, all from the same five folds. Each is judged on 4,000
rows by their true probabilities: expected log-loss, mean of the predictions over the mean of the truth, calibration
slope, AUC. `formula` is the change of the prior from one half to the natural share, `CalibratedClassifierCV` is
scikit-learn's with its defaults. Even draws come from Gaussian classes, odd ones from waves, as in nbs/67_rivals.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from joblib import Parallel, delayed
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from smotegan.calibrate import (
    METHODS,
    Line,
    calibration_folds,
    calibration_line,
    class_logits,
    logit,
    out_of_fold,
    platt_targets,
)

HERE = Path(__file__).parent
SHARE, TEST_ROWS, SIZES = 0.05, 4000, (16, 50, 200)
MINORITY = multivariate_normal([1, 1, 0.7, 0, 0], [[1, 0.7, 0, 0, 0], [0.7, 1, 0, 0, 0], [0, 0, 1, 0, 0],
                                                   [0, 0, 0, 2.25, 0], [0, 0, 0, 0, 1]])
MAJORITY = multivariate_normal(np.zeros(5))
SAMPLERS = {"SMOTE": SMOTE, "RandomUnderSampler": RandomUnderSampler}
CLASSIFIERS = {"logistic regression": LogisticRegression(),
               "boosting": HistGradientBoostingClassifier(random_state=0),
               "forest": RandomForestClassifier(random_state=0, n_jobs=1)}


def gaussians(n, rng):
    """Rows of two Gaussian classes, and the true probability of each row."""
    y = rng.random(n) < SHARE
    X = np.where(y[:, None], MINORITY.rvs(n, random_state=rng), MAJORITY.rvs(n, random_state=rng))
    odds = SHARE / (1 - SHARE) * np.exp(MINORITY.logpdf(X) - MAJORITY.logpdf(X))
    return X, y.astype(int), odds / (1 + odds)


def waves(n, rng):
    """Rows of even columns; the log-odds have a product and a wave."""
    X = rng.uniform(-2, 2, (n, 5))
    odds = np.exp(WAVE_LEVEL + 0.9 * X[:, 0] * X[:, 1] + 1.3 * np.sin(2 * X[:, 2]) + 0.6 * X[:, 3])
    truth = odds / (1 + odds)
    return X, (rng.random(n) < truth).astype(int), truth


WAVE_LEVEL = -3.995
WORLDS = {"Gaussians": gaussians, "waves": waves}


def training_rows(world, minority, seed):
    """Training rows with so many of the minority, in random order."""
    rng = np.random.default_rng(seed)
    X, y, _ = world(60 * minority + 500, rng)
    keep = np.concatenate([np.flatnonzero(y == 1)[:minority], np.flatnonzero(y == 0)[:19 * minority]])
    keep = rng.permutation(keep)
    return X[keep], y[keep]


def figures(truth, p, y):
    """How good some probabilities are."""
    safe = np.clip(p, 1e-6, 1 - 1e-6)
    loss = -(truth * np.log(safe) + (1 - truth) * np.log(1 - safe)).mean()
    return {"loss": loss, "ratio": p.mean() / truth.mean(), "slope": calibration_line(truth, p)[0],
            "auc": roc_auc_score(y, p)}


def ways(model, X, y, X_test, draw):
    """The probabilities of the test rows, repaired in each way."""
    fitted = clone(model).fit(X, y)
    z, raw = class_logits(fitted, X_test), fitted.predict_proba(X_test)[:, 1]
    yield "raw", raw
    yield "formula", Line(1, logit(y.mean())).predict(logit(raw))
    rows, z_oof = out_of_fold(model, X, y, calibration_folds(5, X, y, draw), np.array([0, 1]))
    for method, find in METHODS.items():
        yield method, find(z_oof[:, 0], platt_targets(y)[rows]).predict(z[:, 0])
    yield "CalibratedClassifierCV", CalibratedClassifierCV(model, cv=5).fit(X, y).predict_proba(X_test)[:, 1]


def one_draw(draw, minority):
    """All samplers, classifiers and ways on the rows of one draw."""
    name = list(WORLDS)[draw % 2]
    X, y = training_rows(WORLDS[name], minority, draw)
    X_test, y_test, truth = WORLDS[name](TEST_ROWS, np.random.default_rng(10_000 + draw))
    return [{"world": name, "draw": draw, "minority": minority, "sampler": sampler, "classifier": classifier,
             "way": way, **figures(truth, p, y_test)}
            for sampler, kind in SAMPLERS.items() for classifier, last in CLASSIFIERS.items()
            for way, p in ways(make_pipeline(kind(random_state=draw), last), X, y, X_test, draw)]


def main():
    """Run all draws and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", default=HERE / "calibration.csv.gz")
    options = parser.parse_args()
    work = [(draw, size) for size in SIZES for draw in range(options.draws)]
    found = Parallel(n_jobs=options.jobs)(delayed(one_draw)(*part) for part in tqdm(work))
    table = pd.DataFrame([line for lines in found for line in lines])
    table.round(4).to_csv(options.out, index=False, compression={"method": "gzip", "mtime": 0})


if __name__ == "__main__":
    main()
