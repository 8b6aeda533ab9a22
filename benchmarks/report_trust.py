"""How far the fidelity report can be trusted: false alarms, planted faults, and rivals.

    python benchmarks/report_trust.py clean --draws 100   # false alarms -> report_clean.csv.gz
    python benchmarks/report_trust.py faults --draws 50   # planted faults -> report_faults.csv.gz
    python benchmarks/report_trust.py shifts --draws 50   # the shift that would be seen -> report_shifts.csv.gz
    python benchmarks/report_trust.py rivals --draws 12   # other tests on the same rows -> report_rivals.csv.gz

Rows come from two known worlds. `mixed` has rules, days, gaps, limits and categories; `numeric` has linked
numbers. A fault changes synthetic rows that are otherwise drawn as the real ones are. The report sees 1,000
synthetic rows, as many training rows as held-out ones, and 1,000 rows of a majority.
"""

from __future__ import annotations

import argparse
import os
import warnings
import zlib
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import chi2_contingency, ks_2samp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from tqdm import tqdm

from smotegan.columns import read_tables
from smotegan.measures import alarms, measure_all
from smotegan.questions import both_of
from smotegan.sentences import name_innocent, seen_shift

HERE = Path(__file__).parent
TOWNS = ["Kyiv", "Lima", "Oslo", "Rome"]
LINK = np.linalg.cholesky([[0.6 ** abs(i - j) for j in range(8)] for i in range(8)]).T
MADE = 1000  # synthetic rows
SIZES = (50, 100, 300, 1000)


def mixed(n, rng, majority=False):
    """Rows of a clinic, with rules between columns."""
    shift = 1.2 if majority else 0.0
    height = rng.normal(shift, 1, n)
    age = np.clip(np.rint(rng.normal(48, 15, n)), 18, 90)
    length, width = rng.lognormal(0.5 * shift, 0.5, n), rng.lognormal(0, 0.4, n)
    part, rest = rng.gamma(3, 10, n), rng.gamma(2, 15, n)
    town = rng.choice(TOWNS, n, p=[0.2, 0.2, 0.2, 0.4] if majority else [0.45, 0.3, 0.2, 0.05])
    road = np.where(rng.random(n) < 0.7, town, rng.choice(TOWNS, n))
    lab = np.where(rng.random(n) < np.where(age > 60, 0.8, 0.02), np.nan, rng.normal(size=n))
    days = 7 * rng.integers(0, 50, n) + rng.integers(0, 5, n)
    return pd.DataFrame({
        "age": age, "income": rng.lognormal(7, 0.6, n).round(2), "height": height,
        "weight": 0.7 * height + 0.7 * rng.normal(0, 1, n), "length": length, "width": width,
        "area": length * width, "part": part, "rest": rest, "total": part + rest,
        "visits": rng.poisson(3 + shift, n).astype(float), "dose": np.rint(rng.gamma(4, 1.5, n) * 2) / 2,
        "score": np.minimum(rng.normal(80, 20, n), 100.0), "lab": lab,
        "day": pd.Timestamp("2023-01-02") + pd.to_timedelta(days, unit="D"), "town": town, "road": road,
        "grade": np.where(height + rng.normal(0, 0.7, n) > 0, "high", "low")})


def numeric(n, rng, majority=False):
    """Linked numbers, two of them with heavy tails."""
    Z = rng.normal(size=(n, 8)) @ LINK + (0.8 if majority else 0.0)
    Z[:, 6:] = np.exp(Z[:, 6:])
    return pd.DataFrame(Z, columns=[f"x{i}" for i in range(8)])


WORLDS = {"mixed": mixed, "numeric": numeric}


def put(rows, name, value, share, rng):
    """A value in a share of the rows of a column."""
    return rows.assign(**{name: rows[name].mask(rng.random(len(rows)) < share, value)})


def exchange(rows, others, share, rng):
    """Other rows in the place of a share of the rows."""
    k = int(share * len(rows))
    drawn = others.sample(k, replace=k > len(others), random_state=int(rng.integers(2**31)))
    return pd.concat([rows.iloc[k:], drawn], ignore_index=True)


def repeat(rows, k):
    """The first k rows again and again."""
    return rows.iloc[np.resize(np.arange(k), len(rows))].reset_index(drop=True)


def move_days(rows, days):
    """Days moved by some days."""
    return rows.assign(day=rows["day"] + pd.to_timedelta(days, unit="D"))


def gaps_at_random(s, rng):
    """As many missing values, without their rule."""
    full = s["lab"].fillna(pd.Series(rng.normal(size=len(s)), index=s.index))
    return s.assign(lab=full.where(rng.random(len(s)) >= s["lab"].isna().mean()))


def cut_tail(s, rng):
    """The highest hundredth of the incomes drawn again from the others."""
    low = s["income"] < np.exp(7 + 0.6 * 2.326)
    return s.assign(income=s["income"].where(low, rng.choice(s["income"][low], len(s))))


# Each fault: a function of the synthetic rows s, training rows t, held-out rows h, majority rows m and a
# generator r; and the columns that may be named, or none where rows are at fault.
FAULTS = {
    "a mean off by 1/4 sd": (lambda s, t, h, m, r: s.assign(height=s.height + 0.25), {"height"}),
    "a tenth from another level": (lambda s, t, h, m, r: put(s, "town", "Oslo", 0.1, r), {"town"}),
    "15 % majority rows": (lambda s, t, h, m, r: exchange(s, m, 0.15, r), set()),
    "a product blurred by 10 %": (lambda s, t, h, m, r: s.assign(area=s.area * np.exp(r.normal(0, 0.1, len(s)))),
                                  {"area", "length", "width"}),
    "a product broken": (lambda s, t, h, m, r: s.assign(area=r.permutation(s.area)), {"area", "length", "width"}),
    "gaps without their rule": (lambda s, t, h, m, r: gaps_at_random(s, r), {"lab", "age"}),
    "a tail cut at 99 %": (lambda s, t, h, m, r: cut_tail(s, r), {"income"}),
    "weekdays changed": (lambda s, t, h, m, r: move_days(s, r.integers(0, 7, len(s))), {"day"}),
    "values rounded": (lambda s, t, h, m, r: s.assign(income=s.income.round(-1)), {"income"}),
    "halves in whole numbers": (lambda s, t, h, m, r: s.assign(visits=s.visits + 0.5 * (r.random(len(s)) < 0.2)),
                                {"visits"}),
    "no pile at the limit": (lambda s, t, h, m, r: s.assign(
        score=s.score.mask(s.score == 100, 100 - abs(r.normal(0, 3, len(s))))), {"score"}),
    "spreads x2, /2, x2, /2": (lambda s, t, h, m, r: s.assign(
        height=s.height * 2, weight=s.weight / 2, part=30 + (s.part - 30) * 2, rest=30 + (s.rest - 30) / 2),
        {"height", "weight", "part", "rest", "total"}),
    "a spread of .7": (lambda s, t, h, m, r: s.assign(lab=s.lab * 0.7), {"lab"}),
    "a correlation broken": (lambda s, t, h, m, r: s.assign(weight=r.permutation(s.weight)), {"weight", "height"}),
    "categories unlinked": (lambda s, t, h, m, r: s.assign(road=r.permutation(s.road)), {"road", "town"}),
    "a new level in 5 %": (lambda s, t, h, m, r: put(s, "town", "Bonn", 0.05, r), {"town"}),
    "5 % outside the range": (lambda s, t, h, m, r: put(s, "age", 140.0, 0.05, r), {"age"}),
    "copies of held-out rows": (lambda s, t, h, m, r: exchange(s, h, 1.0, r), set()),
    "half copies of held-out rows": (lambda s, t, h, m, r: exchange(s, h, 0.5, r), set()),
    "half copies of training rows": (lambda s, t, h, m, r: exchange(s, t, 0.5, r), set()),
    "rows three times": (lambda s, t, h, m, r: repeat(s, -(-len(s) // 3)), set()),
    "four rows again and again": (lambda s, t, h, m, r: repeat(s, 4), set()),
}


def tables(world, fault, n, made, draw):
    """Held-out, synthetic, training and majority rows of one draw."""
    rng = np.random.default_rng([draw, n, made, zlib.crc32(f"{world} {fault}".encode())])
    h, t, s, m = (WORLDS[world](k, rng, last) for k, last in ((n, False), (n, False), (made, False), (1000, True)))
    if fault != "none":
        s = FAULTS[fault][0](s, t, h, m, rng)
    return h, s, t, m


def report_line(world, fault, n, made, draw):
    """What the report says of one draw: which measures ring, and which columns are named."""
    h, s, t, m = tables(world, fault, n, made, draw)
    c = read_tables({"X_minority_test": h, "X_synthetic": s, "X_minority_train": t, "X_majority_train": m})
    both = both_of(c, "X_minority_test", "X_synthetic", draw)
    found = measure_all(both)
    rung = alarms(found)
    named = name_innocent(found, rung, both)["column"].tolist()
    return {"world": world, "fault": fault, "n": n, "made": made, "draw": draw,
            "rings": "|".join(name for name, level in rung.items() if level), "named": "|".join(named),
            "seen shift": round(seen_shift(both), 3), "AUC": round(found["two-sample AUC"].value, 3)}


def shift_line(world, n, draw):
    """Whether a shift of the size that the report names is found, in a column drawn at random."""
    h, s, t, m = tables(world, "none", n, MADE, 10_000 + draw)
    given = {"X_minority_test": h, "X_synthetic": s, "X_minority_train": t, "X_majority_train": m}
    size = seen_shift(both_of(read_tables(given), "X_minority_test", "X_synthetic", draw))
    numbers = [name for name in h.columns if h[name].dtype.kind == "f" and name not in ("area", "total")]
    name = numbers[np.random.default_rng(draw).integers(len(numbers))]
    spread = WORLDS[world](5000, np.random.default_rng(0))[name].std()
    given["X_synthetic"] = s.assign(**{name: s[name] + size * spread})
    rung = alarms(measure_all(both_of(read_tables(given), "X_minority_test", "X_synthetic", draw)))
    return {"world": world, "n": n, "draw": draw, "column": name, "shift": round(size, 3),
            "rings": "|".join(name for name, level in rung.items() if level)}


def column_tests(h, s):
    """The smallest p-value of Kolmogorov-Smirnov and chi-squared tests of the columns, times their number."""
    found = []
    for name in h.columns:
        if h[name].dtype == object:
            counts = pd.crosstab(np.repeat([0, 1], [len(h), len(s)]), pd.concat([h[name], s[name]]).to_numpy())
            found.append(chi2_contingency(counts)[1])
        else:
            one, other = (part[name].dropna().to_numpy().astype(float) for part in (h, s))
            found.append(ks_2samp(one, other, method="asymp").pvalue)
    return min(found) * len(found)


def boosting_auc(h, s):
    """The AUC of plain boosting in five folds, on codes."""
    both = pd.concat([h, s], ignore_index=True)
    X = both.apply(lambda x: pd.factorize(x, sort=True)[0] if x.dtype == object else x.astype("int64") // 10**9 //
                   86400 if x.dtype.kind == "M" else x).to_numpy(float)
    y = np.repeat([1, 0], [len(h), len(s)])
    scores = cross_val_predict(HistGradientBoostingClassifier(random_state=0), X, y, method="predict_proba",
                               cv=StratifiedKFold(5, shuffle=True, random_state=0))[:, 1]
    return roc_auc_score(y, scores)


def quality_score(h, s):
    """The overall score of SDMetrics' quality report."""
    from sdmetrics.reports.single_table import QualityReport

    kinds = {"O": "categorical", "M": "datetime"}
    columns = {name: {"sdtype": kinds.get(h[name].dtype.kind, "numerical")} for name in h.columns}
    report = QualityReport()
    report.generate(h, s, {"columns": columns}, verbose=False)
    return report.get_score()


def rival_line(fault, n, draw):
    """What three other tests say of one draw, beside the report."""
    h, s, *_ = tables("mixed", fault, n, MADE, draw)
    return {"fault": fault, "n": n, "draw": draw, "columns": column_tests(h, s), "boosting": boosting_auc(h, s),
            "SDMetrics": quality_score(h, s)}


def quietly(function, case):
    """Call a function without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*case)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["clean", "faults", "shifts", "rivals"])
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    draws = range(options.draws)
    function, cases = report_line, [("mixed", fault, n, MADE, draw) for draw in draws for n in options.sizes
                                    for fault in FAULTS]
    if options.what == "clean":
        cases = [(world, "none", n, made, draw) for draw in draws for n in (20, 50, 100, 500)
                 for made in (n, min(10 * n, 2000)) for world in WORLDS]
    if options.what == "shifts":
        function, cases = shift_line, [(world, n, draw) for draw in draws for n in options.sizes for world in WORLDS]
    if options.what == "rivals":
        function = rival_line
        cases = [("none", 300, draw) for draw in range(5 * options.draws)]
        cases += [(fault, 300, draw) for draw in draws for fault in FAULTS]
    found = Parallel(options.jobs, return_as="generator")(delayed(quietly)(function, case) for case in cases)
    lines = pd.DataFrame(tqdm(found, total=len(cases)))
    lines.to_csv(options.out or HERE / f"report_{options.what}.csv.gz", index=False)


if __name__ == "__main__":
    main()
