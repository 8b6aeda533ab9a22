"""Are the rows better, and do they help? Five folds, repeated, over the 26 development sets of the package.

    python benchmarks/quality.py --jobs 2            # the table that is committed: quality.csv.gz
    python benchmarks/quality.py --jobs 2 --tries    # what was tried beside the defaults: tries.csv.gz, one repeat
    python benchmarks/quality.py --methods SMOTE "tau 0.5" --no-classifiers --out mine.csv.gz

One line a data set, fold and method. Fidelity is judged by the held-out minority rows of the fold: `energy` (distance
in units of the seen minority rows' standard deviations, a U-statistic) and `auc` (two-sample, 0.5 is best). Utility is
judged on the test fold by four classifiers. Nothing is resampled before splitting, and no threshold is tuned.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import numpy as np
import pandas as pd
from imblearn.metrics import geometric_mean_score
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from tries import ApGuard, CriticOnResiduals, half_of_the_gap

from smotegan import GAN, SMOTEGAN, WGANGP, ForestGAN, load_dataset
from smotegan.data import DEV_DATASETS
from smotegan.distance import column_scale, energy_distance, two_sample_auc
from smotegan.samplers import ProWSyn
from smotegan.spread import SpreadSMOTE

DEFAULT = GAN(jit_compile=False)  # without a compilation for each set
METHODS = {
    "none": None,
    "SMOTE": SMOTEGAN(smote="smote", gan="none", scale=False, rules=None),
    "spread": SMOTEGAN(smote="spread", gan="none"),
    "SMOTEGAN": SMOTEGAN(),
    "network": SMOTEGAN(gan=DEFAULT),
    "ProWSyn": SMOTEGAN(smote=ProWSyn(), gan="none", rules=None),
    "aware": SMOTEGAN(gan=DEFAULT, aware=True),
    "borrowing trees": SMOTEGAN(gan=ForestGAN(), aware=True),
}
COMMITTED = list(METHODS)
TRIES = {
    "no guard": GAN(guard=False), "no cross-fitting": GAN(cross_fit=False),
    "K 5": GAN(k_neighbors=5), "K 10": GAN(k_neighbors=10),
    "spread 0": GAN(spread=0.0), "spread 0.3": GAN(spread=0.3), "spread 1": GAN(spread=1.0),
    "tau 0.15": GAN(max_weight=0.15), "tau 0.5": GAN(max_weight=0.5), "tau 1": GAN(max_weight=1.0),
    "scored": GAN("scored"), "residual": GAN("residual"), "full": GAN("full"), "WGAN-GP": WGANGP(),
    "50 epochs": GAN(epochs=50), "8 generators": GAN(n_generators=8), "twice the rate": GAN(learning_rate=1e-3),
    "critic on residuals": CriticOnResiduals(),
}
METHODS |= {name: SMOTEGAN(gan=gan) for name, gan in TRIES.items()}
AMOUNTS = {"SMOTE, half": SMOTEGAN(smote="smote", gan="none", scale=False,
                                   sampling_strategy=half_of_the_gap),
           "SMOTEGAN, half": SMOTEGAN(sampling_strategy=half_of_the_gap), "guard by AP": ApGuard()}
METHODS |= AMOUNTS
SPREADS = {f"noise {h}": SMOTEGAN(smote=SpreadSMOTE(h), gan="none") for h in (0, 0.3, 0.45)}
METHODS |= SPREADS
CLASSIFIERS = {
    "logistic": LogisticRegression(max_iter=1000),
    "boosting": HistGradientBoostingClassifier(max_iter=60, random_state=0),
    "k-NN": KNeighborsClassifier(),
    "tree": DecisionTreeClassifier(random_state=0),
}


def fidelity(rows: np.ndarray, seen: np.ndarray, held_out: np.ndarray, seed: int) -> dict:
    """The two measures of synthetic rows, at most a thousand of them and four for each held-out row."""
    drawn = np.random.default_rng(seed).permutation(rows)
    few = drawn[:max(5, min(1000, 4 * len(held_out)))]
    return {"energy": energy_distance(held_out, drawn[:1000], column_scale(seen)) if len(held_out) > 1 else np.nan,
            "auc": two_sample_auc(held_out, few, random_state=seed) if min(len(held_out), len(few)) >= 5 else np.nan}


def utility(X, y, X_test, y_test) -> list[dict]:
    """The scores of each classifier; 0.5 is the threshold."""
    lines = []
    for name, classifier in CLASSIFIERS.items():
        model = make_pipeline(StandardScaler(), clone(classifier)).fit(X, y)
        chance = model.predict_proba(X_test)[:, 1]
        label = (chance >= 0.5).astype(int)
        lines.append({
            "classifier": name, "ROC-AUC": roc_auc_score(y_test, chance),
            "average precision": average_precision_score(y_test, chance), "F1": f1_score(y_test, label),
            "G-mean": geometric_mean_score(y_test, label), "balanced accuracy": balanced_accuracy_score(y_test, label),
            "MCC": matthews_corrcoef(y_test, label), "Brier": brier_score_loss(y_test, chance)})
    return lines


def run_fold(name: str, fold: int, train, test, methods: list[str], classifiers: bool) -> list[dict]:
    """All methods on one fold."""
    warnings.simplefilter("ignore")
    X, y = (part.to_numpy(dtype=float) for part in load_dataset(name))
    X_train, y_train, X_test, y_test = X[train], y[train].astype(int), X[test], y[test].astype(int)
    lines = []
    for method in methods:
        known = {"set": name, "fold": fold, "method": method, "minority": int(y.sum())}
        start, sampler = time.perf_counter(), METHODS[method]
        X_res, y_res = X_train, y_train
        if sampler is not None:
            sampler = clone(sampler).set_params(random_state=fold)
            X_res, y_res = sampler.fit_resample(X_train, y_train)
            known["seconds"] = time.perf_counter() - start
            known |= fidelity(X_res[len(X_train):], X_train[y_train == 1], X_test[y_test == 1], fold)
        found = utility(X_res, y_res, X_test, y_test) if classifiers else [{"classifier": ""}]
        lines += [{**known, **line} for line in found]
    return lines


def run_set(name: str, repeats: int, methods: list[str], classifiers: bool) -> list[dict]:
    """All folds of one data set."""
    X, y = load_dataset(name)
    splits = RepeatedStratifiedKFold(n_splits=5, n_repeats=repeats, random_state=0).split(X, y)
    lines = [run_fold(name, fold, *split, methods, classifiers) for fold, split in enumerate(splits)]
    print(name, flush=True)
    return [line for part in lines for line in part]


def main() -> None:
    """Read the options, run, write the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--methods", nargs="+", default=COMMITTED)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--no-classifiers", action="store_true")
    options.add_argument("--tries", action="store_true")
    options.add_argument("--out", default="quality.csv.gz")
    chosen = options.parse_args()
    if chosen.tries:
        chosen.methods, chosen.repeats, chosen.out = ["SMOTE", "SMOTEGAN", *TRIES, *AMOUNTS], 1, "tries.csv.gz"
    found = Parallel(chosen.jobs)(delayed(run_set)(name, chosen.repeats, chosen.methods, not chosen.no_classifiers)
                                  for name in DEV_DATASETS)
    table = pd.DataFrame([line for part in found for line in part])
    table.round(5).to_csv(Path(__file__).parent / chosen.out, index=False)


if __name__ == "__main__":
    main()
