"""How much of the room above SMOTE is used? Shares of the gap to further real rows.

    python benchmarks/room.py --jobs 2               # all of it: room.csv.gz
    python benchmarks/room.py --n 40 --seeds 2 --tasks pima vehicle1 --out mine.csv.gz
    python benchmarks/room.py --arms SMOTEGAN --fresh            # one arm once more

A data set is cut down to `n` minority rows for training. Some of the other minority
rows are kept as *further real rows*, the rest tests. Every arm makes as many rows as
there are further real ones. SMOTE's rows are 0 % of the gap, the further real rows
100 %. One line a task, size, seed and arm; all arms of a draw share its split and the
rows that judge. Draws that are in the file already are not computed again.

Scores are means over three classifiers; no threshold is tuned. `energy` (distance to
held-out minority rows, in standard deviations of the minority rows for training), `auc`
(two-sample, 0.5 is best) and `coverage` judge the rows, and so do `copies`
(`majority copies`): the share of rows that repeat a minority (majority) row for
training. The reading functions below need nothing but pandas and SciPy.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":  # a thread a worker, said before NumPy is loaded
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

REAL, BASE = "further real rows", "SMOTE"  # 100 % and 0 % of the gap
NULL_PAIR = ("local noise", "local noise, again")  # the same arm with another seed
UNTRAINED = (BASE, "SMOTE, scaled", "copies", "wide SMOTE", "smoothed bootstrap", "local noise",
             "ProWSyn", "best by the judge", "local noise, chosen")
SCORES = {"AP": 1, "ROC-AUC": 1, "Brier": -1, "F1": 1, "MCC": 1, "G-mean": 1}
ROWS = ["energy", "auc", "coverage", "copies", "majority copies", "seconds"]
BLOCKS = ("share", "low", "high")
KEY = ["task", "n", "seed", "arm"]


# ---- the arms -----------------------------------------------------------------------

def arms() -> dict:
    """The arms by name; a new one is one line: from a seed to a sampler.

    A function `(X, y, m) -> rows` may stand for the sampler. Nothing is built before
    its turn, so an arm that cannot be built stops no other.
    """
    from smotegan import GAN, SMOTEGAN
    from smotegan.samplers import ProWSyn

    gan = GAN(jit_compile=False)  # as the default, without a compilation for each set

    def untrained(smote, seed, candidates=1):
        return SMOTEGAN(smote=smote, gan="none", random_state=seed,
                        candidates=candidates)

    return {
        "SMOTE": lambda seed: SMOTEGAN(
            smote="smote", gan="none", scale=False, random_state=seed),
        "SMOTE, scaled": lambda seed: untrained("smote", seed),
        "copies": lambda seed: untrained("copies", seed),
        "wide SMOTE": lambda seed: untrained("wide", seed),
        "smoothed bootstrap": lambda seed: untrained("bootstrap", seed),
        "local noise": lambda seed: untrained("spread", seed),
        "local noise, again": lambda seed: untrained("spread", seed + 10_000),
        "ProWSyn": lambda seed: untrained(ProWSyn(), seed),
        "best by the judge": lambda seed: partial(best_control, seed),
        "local noise, chosen": lambda seed: untrained("spread", seed, 8),
        "SMOTEGAN": lambda seed: SMOTEGAN(random_state=seed),
        "SMOTEGAN, network": lambda seed: SMOTEGAN(gan=gan, random_state=seed),
        "SMOTEGAN, aware": lambda seed: SMOTEGAN(
            gan=gan, aware=True, random_state=seed),
    }


def held_out_distance(step, X, y, seed: int) -> float:
    """How far the rows of a first step are from held-out minority rows, in four folds."""
    from sklearn.model_selection import KFold

    from smotegan import SMOTEGAN
    from smotegan.distance import column_scale, judged_distances

    rare, found = np.flatnonzero(y == 1), []
    for seen, hidden in KFold(4, shuffle=True, random_state=seed).split(rare):
        keep = np.delete(np.arange(len(y)), rare[hidden])
        sampler = SMOTEGAN(smote=step, gan="none", random_state=seed, candidates=1,
                           sampling_strategy={1: 2 * len(rare)})
        rows = sampler.fit_resample(X[keep], y[keep])[0][len(keep):]
        scale = column_scale(X[rare[seen]])
        found.append(judged_distances(rows / scale, X[rare[hidden]] / scale,
                                      X[rare[seen]] / scale))
    return float(np.concatenate(found).mean())


def best_control(seed: int, X, y, m: int) -> np.ndarray:
    """Rows of the untrained first step that the judge finds nearest; no copies."""
    from smotegan import SMOTEGAN
    from smotegan.samplers import ProWSyn

    steps = ["smote", "spread", "wide", "bootstrap", ProWSyn()]
    best = min(steps, key=lambda step: held_out_distance(step, X, y, seed))
    sampler = SMOTEGAN(smote=best, gan="none", random_state=seed, candidates=1,
                       sampling_strategy={1: int(y.sum()) + m})
    return sampler.fit_resample(X, y)[0][len(X):]


def rows_of(arm: str, draw: Draw, seed: int) -> np.ndarray:
    """The rows of an arm, as many as there are further real ones."""
    m = len(draw.further)
    if arm == REAL:
        return draw.further
    made = arms()[arm](seed)
    if callable(made):  # a function of the table
        rows = made(draw.X, draw.y, m)
    else:
        made.set_params(sampling_strategy={1: int(draw.y.sum()) + m})
        rows = made.fit_resample(draw.X, draw.y)[0][len(draw.X):]
    if len(rows) != m:
        raise ValueError(f"{m} rows were asked for, and {len(rows)} came.")
    return rows


# ---- the tasks ----------------------------------------------------------------------

MAJORITY, MINORITY, A = 4500, 1500, 2 / np.sqrt(20)  # rows of a world; Breiman's a


def twonorm(rng):
    """Two normal clouds, on opposite sides of the origin (Breiman 1996)."""
    return rng.normal(-A, size=(MAJORITY, 20)), rng.normal(A, size=(MINORITY, 20))


def ringnorm(rng):
    """A wide cloud around a narrow one; half of the usual a (Breiman 1996)."""
    narrow = rng.normal(A / 2, size=(MAJORITY, 20))
    return narrow, rng.normal(0, 2, size=(MINORITY, 20))


def threenorm(rng):
    """Two minority clouds, and the majority between them (Breiman 1996)."""
    side = rng.choice([-A, A], size=(MINORITY, 1))
    majority = rng.normal(np.tile([A, -A], 10), size=(MAJORITY, 20))
    return majority, rng.normal(side, size=(MINORITY, 20))


def correlated(rng):
    """A round cloud, and one with correlated columns (condition 30), 1.5 away."""
    turn, _ = np.linalg.qr(rng.normal(size=(10, 10)))
    lengths = np.geomspace(30**-0.25, 30**0.25, 10)  # standard deviations
    shift = rng.normal(size=10)
    minority = (rng.normal(size=(MINORITY, 10)) * lengths) @ turn.T
    majority = rng.normal(size=(MAJORITY, 10))
    return majority, minority + 1.5 * shift / np.linalg.norm(shift)


def one_against_rest(name: str, *labels: int) -> dict:
    """Tasks from a set with several classes: each label against all others."""
    return {f"{name} {label}": (name, label) for label in labels}


BINARY = ("kc1", "page_blocks0", "pima", "satimage", "segment0", "vehicle1",
          "wisconsin", "yeast1")
TASKS = {  # by group: the set and the label of the minority, or a world
    "numeric": {
        **{name: (name, 1) for name in BINARY},
        **one_against_rest("segment", 2, 3, 4),
        **one_against_rest("abalone", 5, 7, 10),
        **one_against_rest("yeast", 0, 6),
        **one_against_rest("contraceptive", 1, 2),
    },
    "one-hot": {
        **one_against_rest("nursery", 4),
        **one_against_rest("splice", 0, 1),
        "ada": ("ada", 1),
    },
    "simulated": {"twonorm": twonorm, "ringnorm": ringnorm, "threenorm": threenorm,
                  "correlated": correlated},
}
GROUPS = {task: group for group, tasks in TASKS.items() for task in tasks}


class Draw(NamedTuple):
    """One split of a task: training rows, further real minority rows, test rows."""

    X: np.ndarray
    y: np.ndarray
    further: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def load(task: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """All rows of a task, and 1 for the minority. A world is drawn anew each time."""
    source = TASKS[GROUPS[task]][task]
    if callable(source):
        parts = source(np.random.default_rng([seed, sum(map(ord, task))]))
        return np.concatenate(parts), np.repeat([0, 1], [len(part) for part in parts])
    from smotegan import load_dataset

    X, y = load_dataset(source[0])
    return X.to_numpy(dtype=float), (y == source[1]).to_numpy().astype(int)


def sizes(y: np.ndarray, n: int) -> tuple[int, int, int]:
    """Majority rows for training, further real rows, minority rows that test."""
    rare = int(y.sum())
    majority = min(1500, int(0.6 * (len(y) - rare)))
    further = min((rare - n) // 2, majority - n)
    return majority, further, rare - n - further


def split(task: str, n: int, seed: int) -> Draw:
    """Cut a task down to `n` minority rows."""
    X, y = load(task, seed)
    rng = np.random.default_rng([seed, n, sum(map(ord, task))])
    rare, others = (rng.permutation(np.flatnonzero(y == label)) for label in (1, 0))
    majority, m, _ = sizes(y, n)
    train = np.r_[others[:majority], rare[:n]]
    test = np.r_[others[majority:majority + 3000], rare[n + m:]]
    return Draw(X[train], y[train], X[rare[n:n + m]], X[test], y[test])


# ---- one draw -----------------------------------------------------------------------

def classifiers() -> dict:
    """The three that are asked."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    return {
        "logistic": LogisticRegression(max_iter=500),
        "boosting": HistGradientBoostingClassifier(max_iter=60, random_state=0),
        "7-NN": KNeighborsClassifier(7),
    }


def scores_of(y, chance) -> list[float]:
    """The scores in the order of `SCORES`; one half is the threshold."""
    from imblearn.metrics import geometric_mean_score
    from sklearn import metrics

    label = (chance >= 0.5).astype(int)
    return [
        metrics.average_precision_score(y, chance), metrics.roc_auc_score(y, chance),
        metrics.brier_score_loss(y, chance), metrics.f1_score(y, label),
        metrics.matthews_corrcoef(y, label), geometric_mean_score(y, label)]


def utility(draw: Draw, rows: np.ndarray) -> dict:
    """The scores on the test rows, each a mean over the classifiers."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = np.r_[draw.X, rows], np.r_[draw.y, np.ones(len(rows), dtype=int)]
    found = []
    for classifier in classifiers().values():
        model = make_pipeline(StandardScaler(), classifier).fit(X, y)
        found.append(scores_of(draw.y_test, model.predict_proba(draw.X_test)[:, 1]))
    return dict(zip(SCORES, np.mean(found, axis=0), strict=True))


def share_of_copies(rows: np.ndarray, known: np.ndarray) -> float:
    """The share of rows that equal a known one in all columns, but for rounding."""
    from scipy.spatial.distance import cdist

    return float((cdist(rows, known, "chebyshev").min(axis=1) < 1e-9).mean())


def fidelity(draw: Draw, rows: np.ndarray, seed: int) -> dict:
    """How like held-out minority rows some rows are, and how many are copies."""
    from smotegan.distance import (
        column_scale,
        coverage,
        energy_distance,
        two_sample_auc,
    )

    order = np.random.default_rng(seed)
    judges = order.permutation(draw.X_test[draw.y_test == 1])[:300]
    rows = order.permutation(rows)[:600]
    rare = draw.X[draw.y == 1]
    scale = column_scale(rare)
    return {
        "energy": energy_distance(judges, rows, scale),
        "auc": two_sample_auc(judges, rows[:300], random_state=0),
        "coverage": coverage(judges, rows[:300]),
        "copies": share_of_copies(rows / scale, rare / scale),
        "majority copies": share_of_copies(rows / scale, draw.X[draw.y == 0] / scale)}


def run_draw(task: str, n: int, seed: int, names: list[str]) -> tuple[list, dict]:
    """The lines of some arms on one draw, and why an arm has none."""
    warnings.simplefilter("ignore")
    draw, lines, failed = split(task, n, seed), [], {}
    for name in names:
        start = time.perf_counter()
        try:
            rows = rows_of(name, draw, seed)
        except Exception as error:  # the other arms go on
            failed[name] = f"{type(error).__name__}: {error}"
            continue
        seconds = time.perf_counter() - start
        known = {"group": GROUPS[task], "task": task, "n": n, "seed": seed, "arm": name}
        lines.append({**known, "m": len(rows), **utility(draw, rows),
                      **fidelity(draw, rows, seed), "seconds": seconds})
    return lines, failed


# ---- the table in its file ----------------------------------------------------------

def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The lines in one order, whenever they were computed."""
    places = [{name: place for place, name in enumerate(names)}
              for names in (GROUPS, [REAL, *arms()])]
    ranks = {"task": places[0], "arm": places[1]}
    return table.sort_values(
        KEY, key=lambda column: column.map(ranks.get(column.name, lambda x: x)),
        kind="stable", ignore_index=True)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table; whoever interrupts it keeps the file as it was."""
    part = path.with_name(f"part-{path.name}")
    table.to_csv(part, index=False, float_format="%.4g")
    part.replace(path)


def wanted(chosen, results: pd.DataFrame) -> list[tuple]:
    """The draws that are to be made, each with the arms that it lacks."""
    done = set(results[KEY].itertuples(index=False, name=None))
    labels = {task: load(task, 0)[1] for task in chosen.tasks}
    draws = []
    for n in chosen.n:
        short = [task for task, y in labels.items() if min(sizes(y, n)[1:]) < 20]
        if short:
            print(f"n = {n}: too few minority rows in {', '.join(short)}")
        draws += [(task, n, seed) for seed in range(chosen.seeds)
                  for task in chosen.tasks if task not in short]
    lacking = [(*draw, [arm for arm in chosen.arms if (*draw, arm) not in done])
               for draw in draws]
    return [draw for draw in lacking if draw[-1]]


def without(results: pd.DataFrame, chosen) -> pd.DataFrame:
    """The table without what was chosen."""
    out = results["seed"] < chosen.seeds
    for column, values in {"task": chosen.tasks, "n": chosen.n,
                           "arm": chosen.fresh_arms}.items():
        out &= results[column].isin(values)
    return results[~out]


def run(chosen, results: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, dict]:
    """Make the draws that are lacking and write each; the table, and what failed."""
    from joblib import Parallel, delayed

    draws, failed = wanted(chosen, results), {}
    parts = Parallel(chosen.jobs, return_as="generator")(
        delayed(run_draw)(*draw) for draw in draws)
    for number, (draw, (lines, errors)) in enumerate(zip(draws, parts, strict=True), 1):
        if lines:
            old = [results] if len(results) else []
            results = in_order(pd.concat([*old, pd.DataFrame(lines)]))
            write(results, path)
        for arm in errors.keys() - failed.keys():
            print(f"No line for '{arm}': {errors[arm]}", flush=True)
        failed = {**errors, **failed}
        print(f"{number} of {len(draws)}: {draw[0]}, n = {draw[1]}, seed {draw[2]}",
              flush=True)
    return results, failed


# ---- reading it ---------------------------------------------------------------------

def by_task(results: pd.DataFrame, n: int, group: str | Sequence[str],
            names: Sequence[str]) -> pd.DataFrame:
    """Means over the draws that have all the named arms; of seconds, the median.

    One line a task, columns (score, arm). `group` is a key of `TASKS` or several.
    """
    groups = [group] if isinstance(group, str) else group
    part = results[(results["n"] == n) & results["group"].isin(groups)
                   & results["arm"].isin(names)]
    if lacking := set(names) - set(part["arm"]):
        raise ValueError(f"No line of {sorted(lacking)} for n = {n} and {group!r}.")
    wide = part.pivot(index=["task", "seed"], columns="arm", values=[*SCORES, *ROWS])
    complete = wide[wide["AP"].notna().all(axis=1)].groupby("task")
    return complete.agg({column: "median" if column[0] == "seconds" else "mean"
                         for column in wide})  # seconds: a first fit compiles


def gains(means: pd.DataFrame, arm: str, rival: str = BASE) -> pd.DataFrame:
    """How much better an arm is than its rival: one line a task, a column a score."""
    return pd.DataFrame({score: sign * (means[score, arm] - means[score, rival])
                         for score, sign in SCORES.items()})


def gap(results: pd.DataFrame, n: int, group="numeric") -> pd.Series:
    """The gap itself: what further real rows are better by than SMOTE's, on average."""
    return gains(by_task(results, n, group, [BASE, REAL]), REAL).mean()


def share_and_interval(gain: np.ndarray, room: np.ndarray, draws=2000, seed=0):
    """A ratio of means in percent, and its 95 % interval by a bootstrap over lines.

    Without room (a mean that is not above 0) there is no share. There is no interval
    for fewer than three lines, nor where one in forty resamples has no room.
    """
    picks = np.random.default_rng(seed).integers(len(gain), size=(draws, len(gain)))
    rooms = room[picks].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 100 * gain[picks].mean(axis=1) / rooms
        share = 100 * gain.mean(axis=0) / room.mean(axis=0)
        ends = np.percentile(shares, [2.5, 97.5], axis=0)
    share = np.where(room.mean(axis=0) > 0, share, np.nan)
    vague = (rooms <= 0).mean(axis=0) >= 1 / 40 if len(gain) > 2 else True
    ends = np.where(vague, np.nan, ends)
    return share, *ends


def rows_judged(means: pd.DataFrame, arm: str) -> dict:
    """What the held-out minority rows say of an arm's rows, beside SMOTE's."""
    ratio = means["energy"].clip(lower=1e-3)
    rise = means["auc", arm] - means["auc", BASE]
    found = {"tasks": len(means),
             "energy ratio": np.exp(np.log(ratio[arm] / ratio[BASE]).mean())}
    found |= {score: means[score, arm].mean() for score in ROWS[1:]}
    return found | {"largest rise of auc": rise.max(), "rise on": rise.idxmax()}


def share_of_gap(results: pd.DataFrame, n: int, group="numeric", draws=2000,
                 seed=0) -> pd.DataFrame:
    """The share of the gap that each arm closes, in percent.

    One line an arm. Columns come in four blocks: `share`, `low` and `high` (the 95 %
    interval over tasks) by score, and `rows`: the number of tasks, the geometric mean
    of energy over SMOTE's, means of the other measures, and where the two-sample AUC
    rises most over SMOTE's.
    """
    lines = {}
    for arm in results.loc[results["n"] == n, "arm"].unique():
        try:
            means = by_task(results, n, group, list({arm, BASE, REAL}))
        except ValueError:  # not in this group
            continue
        found = share_and_interval(gains(means, arm).to_numpy(),
                                   gains(means, REAL).to_numpy(), draws, seed)
        blocks = {block: dict(zip(SCORES, values, strict=True))
                  for block, values in zip(BLOCKS, found, strict=True)}
        blocks["rows"] = rows_judged(means, arm)
        lines[arm] = {(block, name): value for block, values in blocks.items()
                      for name, value in values.items()}
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.columns = pd.MultiIndex.from_tuples(table.columns)
    return table


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """A table of `share_of_gap` for the eye: the share, its interval in brackets."""
    def text(share, low, high):
        inside = "none" if np.isnan(low) else f"{low:.0f}, {high:.0f}"
        return "no room" if np.isnan(share) else f"{share:.0f} [{inside}]"

    columns = {score: list(map(text, *(table[block, score] for block in BLOCKS)))
               for score in table["share"]}
    return pd.DataFrame(columns, index=table.index)


def holm(p: Sequence[float]) -> np.ndarray:
    """Holm's correction of some p-values."""
    order = np.argsort(p)
    raised = np.asarray(p)[order] * np.arange(len(p), 0, -1)
    return np.maximum.accumulate(raised).clip(max=1)[np.argsort(order)]


def against(results: pd.DataFrame, n: int, arm: str, rival: str,
            group="numeric") -> pd.DataFrame:
    """An arm against its rival: mean gain, sets won and lost, Wilcoxon's p, Holm's."""
    from scipy.stats import wilcoxon

    found = gains(by_task(results, n, group, [arm, rival]), arm, rival)
    p = [wilcoxon(found[score]).pvalue if found[score].any() else 1.0
         for score in SCORES]
    return pd.DataFrame({
        "gain": found.mean(), "better on": (found > 0).sum(),
        "worse on": (found < 0).sum(), "p": p, "p (Holm)": holm(p)})


def best_untrained(results: pd.DataFrame, n: int, group="numeric",
                   controls=UNTRAINED) -> pd.Series:
    """The average rank of each control over tasks and scores, the best one first."""
    present = set(results.loc[results["n"] == n, "arm"])
    names = [name for name in controls if name in present]
    means = by_task(results, n, group, names)
    ranks = [(-sign * means[score][names]).rank(axis=1)
             for score, sign in SCORES.items()]
    return pd.concat(ranks).mean().sort_values().rename("average rank")


def null_pair(results: pd.DataFrame, n: int, group="numeric",
              pair=NULL_PAIR) -> pd.Series:
    """Points of the gap between two arms that are equal in distribution, by score."""
    means = by_task(results, n, group, [*pair, BASE, REAL])
    room = gains(means, REAL).mean()
    points = 100 * gains(means, *pair).mean() / room.where(room > 0)
    return points.abs().rename("points")


def show(results: pd.DataFrame) -> None:
    """Print the shares of the gap, for each size and group."""
    for (n, group), part in results.groupby(["n", "group"], sort=False):
        if {BASE, REAL} <= set(part["arm"]):
            table = share_of_gap(results, n, group)
            rows = table["rows"].drop(columns="rise on").astype(float).round(3)
            print(f"\nn = {n}, {group}: % of the gap\n", readable(table).to_string(),
                  "\n", rows.to_string(), sep="")


# ---- the command --------------------------------------------------------------------

def options():
    """Read the command line."""
    reader = argparse.ArgumentParser()
    names = [REAL, *arms()]
    reader.add_argument("--n", nargs="+", type=int, default=[20, 40, 100])
    reader.add_argument("--seeds", type=int, default=10)
    reader.add_argument("--jobs", type=int, default=1)
    reader.add_argument("--arms", nargs="+", choices=names, default=names, metavar="A")
    reader.add_argument("--tasks", nargs="+", choices=GROUPS, default=list(GROUPS),
                        metavar="T")
    reader.add_argument("--fresh", action="store_true",
                        help="compute what was chosen again")
    reader.add_argument("--out", default="room.csv.gz")
    chosen = reader.parse_args()
    chosen.fresh_arms = chosen.arms
    chosen.arms = list(dict.fromkeys([REAL, BASE, *chosen.arms]))
    return chosen


def main() -> None:
    """Make the draws that are lacking, write the table, print the shares."""
    chosen = options()
    path = Path(__file__).parent / chosen.out
    results = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=KEY)
    if chosen.fresh and len(results):
        results = without(results, chosen)
    results, failed = run(chosen, results, path)
    if len(results):
        show(results)
    if failed:
        raise SystemExit(f"\nNot every draw has a line of: {', '.join(failed)}. "
                         "The reasons stand above.")


if __name__ == "__main__":
    main()
