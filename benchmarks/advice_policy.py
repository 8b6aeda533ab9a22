"""What is it worth to follow the advice? On the development data sets, against fixed policies.

    python benchmarks/advice_policy.py --jobs 2      # the table that is committed: advice_policy.csv.gz

Each third of a data set is held out in turn. `advise` sees the rest, and what it recommends is trained on the rest and
scored on the third, by average precision, G-mean, Brier score and cost (a miss costs 10 false alarms). The fixed
policies are trained on the same rest. Thresholds and calibrations are learned from inner folds, nothing from the third.
The advice deals its folds twice, on sets of 3,000 rows and more once; its arms are the cheap ones, without the GAN.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import pandas as pd
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from smotegan import SMOTEGAN, load_dataset
from smotegan.advice import advise, best_policy
from smotegan.arms import read_arms
from smotegan.comparison import Comparison
from smotegan.data import DEV_DATASETS
from smotegan.folds import Settings, Split, make_splits
from smotegan.predictions import Problem, run_arm
from smotegan.scores import score_folds

MODELS = {"logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
          "tree": DecisionTreeClassifier(min_samples_leaf=5)}
ARMS = {"none": "none", "class weights": "class weights", "random under-sampling": "random under-sampling",
        "SMOTE": "SMOTE", "untrained spread": SMOTEGAN("spread", "none", candidates=1)}
FIXED = {**ARMS, "SMOTEGAN": SMOTEGAN()}
COSTS = {"false positive": 1, "false negative": 10}
METRICS = ["average precision", "G-mean", "Brier", "cost"]
POLICIES = {"always nothing": ("none", 0), "always the tuned threshold": ("none", 1), "always SMOTE": ("SMOTE", 0),
            "always SMOTEGAN": ("SMOTEGAN", 0), "always class weights": ("class weights", 0)}


def outer(X, y, train, test, model, seed: int) -> Comparison:
    """Every arm trained on the training part and judged on the test part, with inner folds for its threshold."""
    inner = make_splits(X[train], y[train], None, Settings(cv=5, n_repeats=1, random_state=seed))
    split = Split(0, train, test, [(train[one.train], train[one.test]) for one in inner], seed)
    arms, problem = read_arms(FIXED), Problem(X, y, 1, {"model": model})
    runs = [run for arm in arms for run in run_arm(arm, problem, 0, split)]
    return Comparison(arms, problem.classifiers, [split], runs, y, 1, Settings(costs=COSTS))


def value(judged: Comparison, metric: str, policy: tuple) -> float:
    """The gain of a policy on the test part."""
    score = judged.score(metric)
    return float(score.gain(score_folds(judged.folds(policy[0])[0], score, policy[1]))[0])


def run_fold(name: str, model: str, fold: int) -> list[dict]:
    """All policies on one third of a data set."""
    warnings.simplefilter("ignore")
    X, y = (part.to_numpy(dtype=float) for part in load_dataset(name))
    y, start = y.astype(int), time.perf_counter()
    train, test = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))[fold]
    judged = outer(X, y, train, test, MODELS[model], fold)
    first = advise(X[train], y[train], MODELS[model], "cost", COSTS, arms=ARMS,
                   n_repeats=2 if len(y) < 3000 else 1, random_state=fold, progress=False)
    lines, kinds = [], {"average precision": ("as it is",) * 2, "Brier": ("as it is", "recalibrated")}
    for metric in METRICS:
        advice, treatments = first.by(metric), kinds.get(metric, ("at 0.5", "tuned threshold"))
        guess = best_policy(first.comparison, judged.score(metric), None, advice.rope)
        chosen = {"follow the advice": advice.policy, "follow the best guess": guess,
                  **{title: (arm, treatments[how]) for title, (arm, how) in POLICIES.items()}}
        lines += [{"set": name, "model": model, "fold": fold, "metric": metric, "policy": title,
                   "gain": value(judged, metric, policy), "arm": policy[0], "treatment": policy[1],
                   "verdict": advice.verdict} for title, policy in chosen.items()]
    print(name, model, fold, f"{time.perf_counter() - start:.0f} s", flush=True)
    return lines


def main() -> None:
    """Run all data sets and write the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--sets", nargs="+", default=list(DEV_DATASETS))
    options.add_argument("--out", default="advice_policy.csv.gz")
    chosen = options.parse_args()
    tasks = [delayed(run_fold)(name, model, fold) for name in chosen.sets for model in MODELS for fold in range(3)]
    lines = [line for part in Parallel(chosen.jobs)(tasks) for line in part]
    pd.DataFrame(lines).round(5).to_csv(Path(__file__).parent / chosen.out, index=False)


if __name__ == "__main__":
    main()
