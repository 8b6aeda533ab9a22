"""What would an expert of the table say? Twelve real, typed tables, row by row.

    python benchmarks/tables.py                       # all of it: tables.csv.gz
    python benchmarks/tables.py --arms default aware --fresh     # two arms once more
    python benchmarks/tables.py --protocols fidelity --tables attrition OJ --seeds 1
    python benchmarks/tables.py --quick --arms default --tables attrition,mlc_churn

The tables and the rules of each are those of `real_tables.py`.

*Fidelity*: an arm sees 100 minority rows, or half of them (300 at most), and 3,000 rows
of the majority. It makes as many rows as there are minority rows for training, and
held-out ones judge: `auc` (two-sample, the mean of boosting and a forest, 0.5 is
perfect). It makes 1,000 rows: `auc of many` (as many of those, by chance), `nearest`
(median distance to the nearest row for training, held-out real rows = 1), `copies`,
shares of `values` (grids, lists) and of `piles` in points, and the known `rules` of the
table. The arm `real` is the null pair: rows for training against held-out ones.

*Use*: 40 or 100 minority rows for training, as many rows made as there are further real
ones; scores on a test part are means over logistic regression, boosting and a tree.
SMOTENC is 0 % of the gap, further real rows are 100 %.

One line a protocol, table, size, seed, arm and measure. Lines that are in the file are
not computed again. An arm whose package is missing is skipped: CTGAN and TVAE need
`ctgan` (and PyTorch), ARF needs `arfpy`; neither is in the extra `benchmarks`.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":  # a thread a worker, said before NumPy is loaded
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from real_tables import (
    SOURCES,
    categories,
    coded,
    for_trees,
    is_number,
    is_time,
    load,
    plain,
    rules_obeyed,
    seconds_of,
    unplain,
)
from room import holm, readable, share_and_interval

REAL, BASE = "real", "SMOTENC"
SCORES = {"AP": 1, "Brier": -1, "F1": 1, "MCC": 1, "G-mean": 1}
SIZES = {"fidelity": (100, 300), "use": (40, 100)}  # minority rows for training
KEY = ["protocol", "table", "n", "seed", "arm"]
MADE = 1000  # rows that an arm makes for shares and distances
INDEPENDENT = ("copies", "CTGAN", "TVAE", "ARF", "trees")  # a part of many is a few


# ---- the arms ------------------------------------------------------------------------

class Skipped(Exception):
    """An arm that cannot run here, and why."""


def smotenc(X, y, n, seed):
    """SMOTENC with five neighbours; SMOTE where all columns are numbers."""
    from imblearn.over_sampling import SMOTE, SMOTENC

    table = plain(X)
    texts = [name for name in table if not is_number(table[name])]
    wanted = {"sampling_strategy": {1: int(y.sum()) + n}, "random_state": seed}
    sampler = SMOTENC(texts, **wanted) if texts else SMOTE(**wanted)
    return unplain(sampler.fit_resample(table, y)[0].iloc[len(X):], X)


def copies(X, y, n, seed):
    """Minority rows once more, drawn at random."""
    picks = np.random.default_rng(seed).choice(np.flatnonzero(y == 1), n)
    return X.iloc[picks]


def ctgan(name: str) -> Callable:
    """CTGAN or TVAE with their defaults, fitted on the minority."""
    def arm(X, y, n, seed):
        try:
            import ctgan as package
            import torch
        except ImportError as error:
            raise Skipped(f"pip install ctgan ({error})") from error
        torch.manual_seed(seed)
        table = plain(X[y == 1])
        model = getattr(package, name)()
        model.set_random_state(seed)
        model.fit(table, [text for text in table if not is_number(table[text])])
        return unplain(model.sample(n), X)
    return arm


def arf(X, y, n, seed):
    """An adversarial random forest with its defaults, fitted on the minority."""
    try:
        if not hasattr(np, "in1d"):  # arfpy 0.1.1 asks for it, NumPy has dropped it
            vars(np)["in1d"] = np.isin
        from arfpy.arf import arf as model
    except ImportError as error:
        raise Skipped(f"pip install arfpy ({error})") from error
    np.random.seed(seed)  # noqa: NPY002  arfpy draws from it
    table = plain(X[y == 1]).reset_index(drop=True)
    fitted = model(table, verbose=False)
    fitted.forde()
    return unplain(fitted.forge(n), X)


def sequential_trees(X, y, n, seed, leaf=5):
    """Column by column, each from those before it: a tree's leaf gives a donor.

    The way of synthpop (Nowok, Raab and Dibben 2016): CART, leaves of five rows.
    """
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    rng = np.random.default_rng(seed)
    real = X[y == 1]
    codes = for_trees(*coded(real))
    donors = np.empty((n, codes.shape[1]), dtype=int)  # which real row gives the value
    made = np.empty((n, codes.shape[1]))
    for place, text in enumerate(categories(X)):
        if place == 0:
            donors[:, 0] = rng.integers(len(real), size=n)
        else:
            tree = DecisionTreeClassifier if text else DecisionTreeRegressor
            tree = tree(min_samples_leaf=leaf, random_state=seed)
            tree.fit(codes[:, :place], codes[:, place])
            leaves = tree.apply(codes[:, :place])
            wanted = tree.apply(made[:, :place])
            for number in np.unique(wanted):
                here = wanted == number
                donors[here, place] = rng.choice(np.flatnonzero(leaves == number),
                                                 here.sum())
        made[:, place] = codes[donors[:, place], place]
    return pd.DataFrame({name: real[name].iloc[donors[:, place]].array
                         for place, name in enumerate(X)})


def ours(**parameters) -> Callable:
    """SMOTEGAN with some of its parameters; a callable value is called for each fit."""
    def arm(X, y, n, seed):
        from smotegan import SMOTEGAN

        chosen = {name: value() if callable(value) else value
                  for name, value in parameters.items()}
        sampler = SMOTEGAN(missing="model", random_state=seed,
                           sampling_strategy={1: int(y.sum()) + n}, **chosen)
        return sampler.fit_resample(X, y)[0].iloc[len(X):]
    return arm


def network():
    """The network, whatever its judge says of it."""
    from smotegan import GAN

    return GAN(guard=False)


def forests():
    """The forests, where the package has them; an import puts them in the registry."""
    try:
        import smotegan.forest_gan  # noqa: F401
    except ImportError as error:
        raise Skipped(f"no forests here ({error})") from error
    return "forest"


arms: dict[str, Callable] = {  # name: (X, y, n, seed) -> n rows of the minority
    "SMOTENC": smotenc,
    "copies": copies,
    "CTGAN": ctgan("CTGAN"),
    "TVAE": ctgan("TVAE"),
    "ARF": arf,
    "trees": sequential_trees,
    "noise": ours(gan="noise"),
    "network": ours(gan=network),
    "forests": ours(gan=forests),
    "default": ours(),
    "aware": ours(aware=True),
}


def rows_of(arm: str, X, y, n: int, seed: int) -> pd.DataFrame:
    """The rows of an arm, with the kinds of the table."""
    rows = arms[arm](X, y, n, seed).reset_index(drop=True)[list(X)]
    if len(rows) != n:
        raise ValueError(f"{n} rows were asked for, and {len(rows)} came.")
    for name in X:
        if is_number(X[name]):
            rows[name] = pd.to_numeric(rows[name]).astype(float)
        elif not is_time(X[name]):
            rows[name] = rows[name].astype(object)
    return rows


# ---- fidelity ------------------------------------------------------------------------

def two_sample_auc(real: pd.DataFrame, synthetic: pd.DataFrame, seed=0,
                   draws=2) -> float:
    """How well boosting and a forest tell rows apart; a mean of both, 0.5 is perfect.

    Equal numbers of rows, cross-validated; a mean over draws of the rows.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    codes = np.split(for_trees(np.concatenate(coded(real, synthetic))), [len(real)])
    size = min(map(len, codes))
    rng, found = np.random.default_rng(seed), []
    for draw in range(draws):
        parts = [rng.permutation(part)[:size] for part in codes]
        X, y = np.concatenate(parts), np.repeat([0, 1], size)
        folds = StratifiedKFold(5, shuffle=True, random_state=seed + draw)
        for judge in (
                HistGradientBoostingClassifier(max_iter=60, random_state=seed),
                RandomForestClassifier(150, min_samples_leaf=2, random_state=seed)):
            chance = cross_val_predict(judge, X, y, cv=folds, method="predict_proba")
            found.append(roc_auc_score(y, chance[:, 1]))
    return float(np.mean(found))


def distances(rows: pd.DataFrame, known: pd.DataFrame, same=False) -> np.ndarray:
    """The distance of each row to the nearest known one, as Gower's, but standardised.

    A mean over columns: of numbers, the difference in standard deviations of the known
    rows; 1 for another category, or where only one of both is missing. `same`: the
    rows are the known ones, and none is compared with itself.
    """
    first, second = coded(rows, known)
    texts = categories(known)
    total = np.zeros((len(rows), len(known)))
    for place in range(first.shape[1]):
        a, b = first[:, place, None], second[None, :, place]
        lacking = np.isnan(a), np.isnan(b)
        spread = np.nanstd(b) if not lacking[1].all() else 0.0
        if texts[place]:
            part = (a != b).astype(float)
        else:
            part = np.abs(a - b) / (spread if spread > 0 else 1.0)
        part = np.where(lacking[0] ^ lacking[1], 1.0, part)
        total += np.where(lacking[0] & lacking[1], 0.0, part)
    if same:
        np.fill_diagonal(total, np.inf)
    return total.min(axis=1) / first.shape[1]


GRIDS = (1000, 100, 50, 25, 10, 5, 1, .5, .25, .1, .01, .001)
CLOCK = (86400, 3600, 1800, 900, 300, 60, 1)


def on_grid(values: np.ndarray, step: float) -> np.ndarray:
    """Which values are multiples of a step."""
    return np.abs(values / step - np.round(values / step)) < 1e-6


def share_of(mask: np.ndarray) -> float:
    """The share of what holds; of nothing, 1."""
    return float(mask.mean()) if len(mask) else 1.0


def kinds_of_values(known: np.ndarray, grids=GRIDS) -> dict[str, Callable]:
    """What values of a column have in common more often than by chance.

    Grids that hold a tenth of the values more than the next finer one would give them
    (zeros are on all grids and left out; of two that hold the same values, the coarser
    one), and the list of the values, where a value comes twenty times on average.
    """
    other = known[known != 0]
    shares = [share_of(on_grid(other, step)) for step in grids]
    finer = zip([*grids[1:], grids[-1] / 1e9], [*shares[1:], 0.0], strict=True)
    found, coarser = {}, 0.0
    for step, share, (next_step, below) in zip(grids, shares, finer, strict=True):
        if len(other) and share > max(below * next_step / step + .1, coarser + .01):
            found[f"multiples of {step:g}"] = (
                lambda x, step=step: on_grid(x[x != 0], step))
            coarser = share
    listed = np.unique(known)
    if 20 * len(listed) <= len(known):
        found["listed values"] = lambda x: np.isin(x, listed)
    return found


def shares_of_values(table: pd.DataFrame, real: pd.DataFrame, rows: pd.DataFrame):
    """Shares of values in real and synthetic rows: a line a column and a kind."""
    lines = []
    for name in table:
        if not (is_number(table[name]) or is_time(table[name])):
            continue
        clock = is_time(table[name])
        known, there, here = (
            (seconds_of(part[name]) if clock else part[name].astype(float)
             ).dropna().to_numpy() for part in (table, real, rows))
        if not (len(there) and len(here)):
            continue
        kinds = kinds_of_values(known, CLOCK if clock else GRIDS)
        lines += [("values", f"{name}: {kind}", share_of(holds(there)),
                   share_of(holds(here))) for kind, holds in kinds.items()]
        if len(np.unique(known)) > 20:
            values, counts = np.unique(there, return_counts=True)
            lines += [("piles", f"{name}: {value:g}", (there == value).mean(),
                       (here == value).mean())
                      for value in values[counts >= .05 * len(there)]]
    return pd.DataFrame(lines, columns=["measure", "detail", "real", "synthetic"])


def dealt(name: str, n: int, seed: int, *more: int):
    """A table and its classes, its generator, and the rare rows and the others in an
    order by chance."""
    X, y = load(name)
    rng = np.random.default_rng([seed, n, sum(map(ord, name)), *more])
    rare, others = (rng.permutation(np.flatnonzero(y == label)) for label in (1, 0))
    return X, y, rng, rare, others


class Split(NamedTuple):
    """A table for fidelity: rows for training, the minority of them, held-out ones."""

    X: pd.DataFrame
    y: np.ndarray
    fitted: pd.DataFrame
    held: pd.DataFrame


def split(name: str, n: int, seed: int) -> Split:
    """`n` minority rows for training, or half of them; at most 300 are held out."""
    X, y, rng, rare, others = dealt(name, n, seed)
    size = n if n == 100 else min(n, len(rare) // 2)
    train = rng.permutation(np.r_[others[:3000], rare[:size]])
    return Split(X.iloc[train].reset_index(drop=True), y[train],
                 X.iloc[rare[:size]].reset_index(drop=True),
                 X.iloc[rare[size:size + 300]].reset_index(drop=True))


def fidelity(name: str, n: int, seed: int, arm: str) -> list[tuple]:
    """The lines of an arm: measure, detail, value."""
    X, y, fitted, held = split(name, n, seed)
    start = time.perf_counter()
    rows = fitted if arm == REAL else rows_of(arm, X, y, MADE, seed)
    seconds = time.perf_counter() - start
    few = rows if arm == REAL or arm in INDEPENDENT else rows_of(
        arm, X, y, len(fitted), seed)
    few = few.iloc[:len(fitted)]
    some = rows.sample(len(fitted), random_state=seed)
    away = distances(rows, fitted, same=arm == REAL)
    real_away = distances(held, fitted)
    obeyed, should = (rules_obeyed(name, part) for part in (rows, fitted))
    exact = should.columns[should.all()]
    shares = shares_of_values(X, fitted, rows if arm != REAL else held)
    gaps = 100 * (shares["synthetic"] - shares["real"]).abs()
    lines = [("auc", "", two_sample_auc(held, few, seed)),
             ("auc of many", "", two_sample_auc(held, some, seed, draws=1)),
             ("nearest", "", float(np.median(away) / np.median(real_away))),
             ("copies", "", float((away < 1e-9).mean())),
             ("real copies", "", float((real_away < 1e-9).mean())),
             ("rows that obey all", "", obeyed[exact].all(axis=1).mean()),
             ("seconds", "", seconds)]
    for measure in ("values", "piles"):
        part = gaps[shares["measure"] == measure]
        worst = shares.loc[part.idxmax(), "detail"] if len(part) else ""
        lines += [(f"{measure}, mean gap", "", part.mean() if len(part) else 0.0),
                  (f"{measure}, largest gap", worst, part.max() if len(part) else 0.0)]
    for text in obeyed:
        lines += [("rule", text, obeyed[text].mean()),
                  ("rule, real", text, should[text].mean())]
    broken = (should.mean() - obeyed.mean()).clip(lower=0)
    return [*lines, ("rules, worst", broken.idxmax(), 100 * broken.max()),
            ("rules, kept", "", float((broken[exact] == 0).mean()))]


# ---- use -----------------------------------------------------------------------------

class Draw(NamedTuple):
    """A table for use: training rows, further real minority rows, test rows."""

    X: pd.DataFrame
    y: np.ndarray
    further: pd.DataFrame
    X_test: pd.DataFrame
    y_test: np.ndarray


def draw_of(name: str, n: int, seed: int) -> Draw:
    """Cut a table to `n` minority rows; the others are further ones, or test."""
    X, y, rng, rare, others = dealt(name, n, seed, 1)
    majority = min(1500, int(.6 * len(others)))
    more = min((len(rare) - n) // 2, majority - n, 500)
    train = rng.permutation(np.r_[others[:majority], rare[:n]])
    test = np.r_[others[majority:majority + 3000], rare[n + more:]]
    if not 0 < y[test].sum() < len(test):
        raise ValueError(f"The test part of {name} for n = {n} has one class only.")
    return Draw(X.iloc[train].reset_index(drop=True), y[train],
                X.iloc[rare[n:n + more]].reset_index(drop=True),
                X.iloc[test].reset_index(drop=True), y[test])


def scores_of(y, chance) -> list[float]:
    """The scores in the order of `SCORES`; one half is the threshold."""
    from imblearn.metrics import geometric_mean_score
    from sklearn import metrics

    label = (chance >= 0.5).astype(int)
    return [metrics.average_precision_score(y, chance),
            metrics.brier_score_loss(y, chance), metrics.f1_score(y, label),
            metrics.matthews_corrcoef(y, label), geometric_mean_score(y, label)]


def classifiers(texts: np.ndarray) -> list:
    """Logistic regression, boosting, a tree; `texts` are columns of categories."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True),
                            StandardScaler())
    table = make_column_transformer(
        (numbers, np.flatnonzero(~texts)),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=2),
         np.flatnonzero(texts)))
    return [make_pipeline(table, LogisticRegression(max_iter=300)),
            HistGradientBoostingClassifier(max_iter=60, random_state=0),
            DecisionTreeClassifier(min_samples_leaf=5, random_state=0)]


def use(name: str, n: int, seed: int, arm: str) -> list[tuple]:
    """The scores on the test rows with an arm's rows, means over the classifiers."""
    draw = draw_of(name, n, seed)
    start = time.perf_counter()
    rows = draw.further if arm == REAL else rows_of(
        arm, draw.X, draw.y, len(draw.further), seed)
    seconds = time.perf_counter() - start
    X, made, test = coded(draw.X, rows, draw.X_test)
    X, y = np.r_[X, made], np.r_[draw.y, np.ones(len(made), dtype=int)]
    linear, *trees = classifiers(categories(draw.X))
    both = np.split(for_trees(np.r_[X, test]), [len(X)])
    found = [scores_of(draw.y_test, model.fit(known, y).predict_proba(new)[:, 1])
             for model, known, new in (
                 (linear, X, test), *((tree, *both) for tree in trees))]
    scores = zip(SCORES, np.mean(found, axis=0), strict=True)
    return [*((score, "", float(value)) for score, value in scores),
            ("seconds", "", seconds)]


# ---- the table in its file -----------------------------------------------------------

PROTOCOLS = {"fidelity": fidelity, "use": use}


def run_arm(protocol: str, name: str, n: int, seed: int, arm: str) -> list[dict]:
    """The lines of an arm on a table, ready for the file."""
    warnings.simplefilter("ignore")
    known = dict(zip(KEY, (protocol, name, n, seed, arm), strict=True))
    return [{**known, "measure": measure, "detail": detail, "value": value}
            for measure, detail, value in PROTOCOLS[protocol](name, n, seed, arm)]


def read(path) -> pd.DataFrame:
    """The table of a file or an address."""
    return pd.read_csv(path, keep_default_na=False, na_values={"value": [""]})


def write(results: pd.DataFrame, path: Path) -> None:
    """Write the table in one order; whoever interrupts it keeps the file as it was."""
    places = {name: place for place, name in enumerate([*SOURCES, REAL, *arms])}
    results = results.sort_values(
        KEY, key=lambda column: column.map(lambda x: places.get(x, x)), kind="stable")
    part = path.with_name(f"part-{path.name}")
    results.to_csv(part, index=False, float_format="%.4g")
    part.replace(path)


def wanted(chosen) -> list[tuple]:
    """The runs that were chosen, in the order in which they are made."""
    return [(protocol, name, n, seed, arm)
            for protocol in chosen.protocols
            for seed in range(chosen.seeds)
            for n in SIZES[protocol] if n in chosen.n
            for name in chosen.tables for arm in chosen.arms]


def run(chosen, path: Path) -> pd.DataFrame:
    """Make what is lacking and write it, a table at a time."""
    results = (read(path) if path.exists()
               else pd.DataFrame(columns=[*KEY, "measure", "detail", "value"]))
    skipped: dict[str, Exception] = {}
    runs = wanted(chosen)
    if chosen.fresh and len(results):
        again = pd.MultiIndex.from_frame(results[KEY]).isin(runs)
        results = results[~again]
    done = set(results[KEY].itertuples(index=False, name=None))
    for protocol, name, n, seed, arm in runs:
        if arm in skipped or (protocol, name, n, seed, arm) in done:
            continue
        try:
            lines = run_arm(protocol, name, n, seed, arm)
        except Skipped as reason:
            skipped[arm] = reason
            print(f"skipped '{arm}': {reason}", flush=True)
            continue
        except Exception as error:  # the other arms go on
            print(f"No line for '{arm}' on {name}, n = {n}: "
                  f"{type(error).__name__}: {error}", flush=True)
            continue
        old = [results] if len(results) else []
        results = pd.concat([*old, pd.DataFrame(lines)], ignore_index=True)
        write(results, path)
        print(in_a_line(lines), flush=True)
    return results


def in_a_line(lines: list[dict]) -> str:
    """What an arm did on a table, for the eye."""
    first = lines[0]
    value = {line["measure"]: line["value"] for line in lines}
    detail = {line["measure"]: line["detail"] for line in lines}
    head = f"{first['table']:12} n={first['n']:<3} {first['arm']:8}"
    if first["protocol"] == "use":
        return f"{head} " + " ".join(f"{name} {value[name]:.3f}" for name in SCORES)
    worst = f" ({detail['rules, worst']})" if value["rules, worst"] > .05 else ""
    gap = (f" ({detail['values, largest gap']})"
           if value["values, largest gap"] > .5 else "")
    return (f"{head} auc {value['auc']:.3f} ({value['auc of many']:.3f}) "
            f"nearest {value['nearest']:.2f} "
            f"copies {value['copies']:.3f} | rows obey all "
            f"{value['rows that obey all']:.3f}, worst rule "
            f"-{value['rules, worst']:.1f}{worst} | values "
            f"{value['values, mean gap']:.1f}/{value['values, largest gap']:.1f}{gap}, "
            f"piles {value['piles, mean gap']:.1f}/{value['piles, largest gap']:.1f} "
            f"| {value['seconds']:.1f} s")


# ---- reading it ----------------------------------------------------------------------

def by_table(results: pd.DataFrame, protocol: str, n: int, measure: str):
    """A measure: a line a table, a column an arm; means (time: medians) of seeds."""
    part = results[(results["protocol"] == protocol) & (results["n"] == n)
                   & (results["measure"] == measure)]
    how = "median" if measure == "seconds" else "mean"
    wide = part.pivot_table(index="table", columns="arm", values="value", aggfunc=how)
    return wide.reindex(index=[name for name in SOURCES if name in wide.index],
                        columns=[arm for arm in (REAL, *arms) if arm in wide])


def rules_of(results: pd.DataFrame, n: int, arm: str) -> pd.DataFrame:
    """The rules of all tables: shares of real rows, and of an arm's, that obey."""
    part = results[(results["protocol"] == "fidelity") & (results["n"] == n)
                   & (results["arm"] == arm)]
    wide = part.pivot_table(index=["table", "detail"], columns="measure",
                            values="value", sort=False)
    return wide[["rule, real", "rule"]].dropna().set_axis(["real", arm], axis=1)


def gains(results: pd.DataFrame, n: int, arm: str, rival: str = BASE) -> pd.DataFrame:
    """How much better an arm is than its rival: a line a table, a column a score.

    Over the draws that both have.
    """
    part = results[(results["protocol"] == "use") & (results["n"] == n)
                   & results["arm"].isin([arm, rival])]
    wide = part.pivot_table(index=["table", "seed"], columns=["arm", "measure"],
                            values="value")
    both = (wide[arm] - wide[rival])[list(SCORES)].dropna()
    return both.groupby("table").mean() * pd.Series(SCORES)


def share_of_gap(results: pd.DataFrame, n: int) -> pd.DataFrame:
    """The share of the way from SMOTENC to further real rows that arms go, in percent.

    A ratio of means over tables, and its 95 % interval by a bootstrap over them, from
    the draws that the arm has. Columns: `share`, `low`, `high`, each by score.
    """
    lines = {}
    use_of = results[(results["protocol"] == "use") & (results["n"] == n)]
    draws = pd.MultiIndex.from_frame(use_of[["table", "seed"]])
    for arm in (name for name in arms if name in set(use_of["arm"]) - {BASE}):
        same = use_of[draws.isin(draws[use_of["arm"] == arm])]
        gain, room = gains(same, n, arm), gains(same, n, REAL)
        found = share_and_interval(gain.to_numpy(), room.loc[gain.index].to_numpy())
        lines[arm] = {(block, score): value
                      for block, values in zip(("share", "low", "high"), found,
                                               strict=True)
                      for score, value in zip(SCORES, values, strict=True)}
        lines[arm]["tables", ""] = len(gain)
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.columns = pd.MultiIndex.from_tuples(table.columns)
    return table


def against(results: pd.DataFrame, n: int, arm: str, rival: str) -> pd.DataFrame:
    """An arm against a rival: gain, tables won and lost, Wilcoxon's p, and Holm's."""
    from scipy.stats import wilcoxon

    found = gains(results, n, arm, rival)
    p = [wilcoxon(found[score]).pvalue if found[score].any() else 1.0
         for score in SCORES]
    return pd.DataFrame({
        "gain": found.mean(), "better on": (found > 0).sum(),
        "worse on": (found < 0).sum(), "p": p, "p (Holm)": holm(p)})


FIDELITY = ("auc", "auc of many", "nearest", "copies", "real copies",
            "rows that obey all", "rules, kept", "values, mean gap",
            "values, largest gap", "piles, mean gap", "seconds")


def show(results: pd.DataFrame) -> None:
    """Print means over tables (medians of distance, time), and shares of the gap."""
    for n in SIZES["fidelity"]:
        means = {measure: by_table(results, "fidelity", n, measure).agg(
            "median" if measure in ("nearest", "seconds") else "mean")
                 for measure in FIDELITY}
        if len(table := pd.DataFrame(means)):
            print(f"\nfidelity, n = {n}, over tables\n",
                  table.loc[[arm for arm in (REAL, *arms) if arm in table.index]]
                  .round(3).to_string(), sep="")
    for n in SIZES["use"]:
        have = set(results[(results["protocol"] == "use") & (results["n"] == n)]["arm"])
        if have > {REAL, BASE}:
            table = share_of_gap(results, n)
            print(f"\nuse, n = {n}: % of the way from {BASE} to further real rows\n",
                  readable(table).assign(tables=table["tables"]).to_string(), sep="")


# ---- the command ---------------------------------------------------------------------

def names(text: str) -> list[str]:
    """Names with commas between them."""
    return [name for name in text.split(",") if name]


def options():
    """Read the command line."""
    reader = argparse.ArgumentParser()
    everything = [REAL, *arms]
    for name, known in {"tables": list(SOURCES), "arms": everything,
                        "protocols": list(PROTOCOLS)}.items():
        reader.add_argument(f"--{name}", nargs="+", type=names, default=[known],
                            metavar="NAME", help=", ".join(known))
    reader.add_argument("--n", nargs="+", type=int, default=[40, 100, 300])
    reader.add_argument("--seeds", type=int, default=3)
    reader.add_argument("--quick", action="store_true",
                        help="fidelity at 100 rows, printed, nothing written")
    reader.add_argument("--fresh", action="store_true",
                        help="compute what was chosen again")
    reader.add_argument("--out", default="tables.csv.gz")
    chosen = reader.parse_args()
    for name, known in {"tables": SOURCES, "arms": everything,
                        "protocols": PROTOCOLS}.items():
        flat = list(dict.fromkeys(chain.from_iterable(getattr(chosen, name))))
        if strange := set(flat) - set(known):
            reader.error(f"--{name}: {sorted(strange)} not among {list(known)}")
        setattr(chosen, name, flat)
    return chosen


def quick(chosen) -> None:
    """A line a table and arm, and the means; nothing is written."""
    found = []
    for arm in chosen.arms:
        for name in chosen.tables:
            try:
                lines = run_arm("fidelity", name, 100, 0, arm)
            except Skipped as reason:
                print(f"skipped '{arm}': {reason}")
                break
            found += lines
            print(in_a_line(lines), flush=True)
    table = pd.DataFrame(found)
    if len(table):
        plain_lines = table[~table["measure"].isin(["rule", "rule, real"])]
        print(plain_lines.pivot_table(index="arm", columns="measure", values="value",
                                      sort=False).round(3).T.to_string())


def main() -> None:
    """Make the runs that are lacking, write the table, print means."""
    chosen = options()
    if chosen.quick:
        quick(chosen)
    else:
        show(run(chosen, Path(__file__).parent / chosen.out))


if __name__ == "__main__":
    main()
