"""Faults that somebody else planted, after the report was finished.

    python benchmarks/report_others.py --draws 20  # -> report_others.csv.gz
"""

from __future__ import annotations

import argparse
import os
import zlib
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from report_trust import quietly
from sklearn.neighbors import NearestNeighbors
from tqdm import tqdm

from smotegan.columns import read_tables
from smotegan.measures import alarms, measure_all
from smotegan.questions import both_of
from smotegan.sentences import name_innocent, seen_shift

HERE = Path(__file__).parent
SIZE, MADE, MAJORITY = 300, 1000, 1000  # held-out (and training), synthetic, majority rows
CHANNELS = ["app", "phone", "web"]
# Price of one item and share of the orders, by category.
PRICES = {"clothing": (34, 0.24), "books": (14, 0.18), "home": (45, 0.15), "toys": (22, 0.11), "garden": (38, 0.10),
          "sport": (55, 0.08), "beauty": (18, 0.06), "food": (11, 0.05), "pets": (26, 0.03)}
DECIMALS = {"items": 0, "net": 2, "shipping": 2, "gross": 2, "paid": 2, "age": 0, "minutes": 1, "parcel": 2, "wait": 2,
            "stars": 0}


def times(n, rng, majority):
    """Minutes of half a year, at lunch and in the evening, less often on weekends."""
    weights = np.where(np.arange(182) % 7 < 5, 1.0, 0.45)
    days = rng.choice(182, n, p=weights / weights.sum())
    lunch = rng.random(n) < (0.35 if majority else 0.55)
    hours = np.where(lunch, rng.normal(12.5, 1.5, n), rng.normal(20, 1.7, n)) % 24
    return pd.Timestamp("2024-01-01") + pd.to_timedelta(days * 1440 + np.floor(hours * 60), unit="min")


def orders(n, rng, majority=False):
    """Orders of a web shop; wait hangs on member and parcel together, minutes on age by a parabola."""
    price, share = np.array(list(PRICES.values())).T
    kind = rng.choice(len(PRICES), n, p=share[::-1] if majority else share)
    channel = rng.choice(CHANNELS, n, p=[0.55, 0.05, 0.4] if majority else [0.35, 0.2, 0.45])
    member = rng.random(n) < pd.Series(channel).map({"app": 0.75, "phone": 0.2, "web": 0.45}).to_numpy()
    items = 1 + rng.poisson(2.0 if majority else 1.1, n)
    net = (price[kind] * items**0.8 * rng.lognormal(-0.2 if majority else 0, 0.55, n)).round(2)
    shipping = np.where(net >= 80, 0, 2.5 + rng.gamma(2, 1.2, n)).round(2)
    gross = (net + shipping).round(2)
    paid = np.where(rng.random(n) < 0.7, gross, gross * rng.beta(3, 1.5, n)).round(2)
    age = np.rint(18 + 67 * (rng.beta(1.6, 4, n) if majority else rng.beta(2, 3, n)))
    bulky = rng.random(n) < (0.3 if majority else 0.5)
    slow = member == bulky
    return pd.DataFrame({
        "placed": times(n, rng, majority), "channel": channel, "member": member,
        "category": np.array(list(PRICES))[kind], "items": items.astype(float), "net": net, "shipping": shipping,
        "gross": gross, "paid": paid, "age": age,
        "minutes": (4 + 0.012 * (age - 40) ** 2 + rng.gamma(4, 0.75, n)).round(1),
        "parcel": np.where(bulky, rng.lognormal(2.2, 0.25, n), rng.lognormal(0.1, 0.3, n)).round(2),
        "wait": rng.gamma(6, np.where(slow, 0.45, 0.2)).round(2),
        "stars": np.where(rng.random(n) < pd.Series(channel).map({"app": 0.1, "phone": 0.8, "web": 0.35}), np.nan,
                          rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], n, p=[0.08, 0.07, 0.15, 0.3, 0.4]))}).astype(
        {"channel": object, "category": object})


def refill(rows, gone, wanted, rng):
    """Clean new rows of a wanted sort in the place of rows that are gone."""
    fresh = orders(10 * len(rows), rng)
    return pd.concat([rows[~gone], fresh[wanted(fresh)].head(gone.sum())], ignore_index=True)


def thin_mode(s, rng):
    """A third of the orders in heavy parcels become orders in light ones."""
    return refill(s, (s.parcel > 3.5) & (rng.random(len(s)) < 0.33), lambda rows: rows.parcel <= 3.5, rng)


def empty_corner(s, rng):
    """No order by somebody above 50 for more than 80."""
    return refill(s, (s.age > 50) & (s.net > 80), lambda rows: (rows.age <= 50) | (rows.net <= 80), rng)


def boost_level(s, rng):
    """Orders for pets in the place of 4 % of the others."""
    return refill(s, (s.category != "pets") & (rng.random(len(s)) < 0.04), lambda rows: rows.category == "pets", rng)


def straighten(s, rng):
    """The straight line of minutes on age, with its own residuals in another order."""
    line = np.polyval(np.polyfit(s.age, s.minutes, 1), s.age)
    return s.assign(minutes=(line + rng.permutation(s.minutes - line)).round(1))


def calm(s):
    """Minutes drawn towards the parabola by half."""
    curve = 7 + 0.012 * (s.age - 40) ** 2
    return s.assign(minutes=(curve + 0.5 * (s.minutes - curve)).round(1))


def smooth_hours(s, rng):
    """A quarter of the orders at any minute of their day."""
    free = s.placed.dt.normalize() + pd.to_timedelta(rng.integers(0, 1440, len(s)), unit="min")
    return s.assign(placed=s.placed.mask(rng.random(len(s)) < 0.25, free))


def flip_members(s, rng):
    """Member turned into its contrary in half the orders by phone."""
    return s.assign(member=s.member ^ ((s.channel == "phone") & (rng.random(len(s)) < 0.5)))


def pay_too_much(s, rng):
    """In 4 % of the orders up to a tenth more is paid than is due."""
    more = (s.gross * rng.uniform(1.01, 1.1, len(s))).round(2)
    return s.assign(paid=s.paid.mask(rng.random(len(s)) < 0.04, more))


def thin_tail(s):
    """Net above its 95 % point drawn half the way to it on the log scale, and the sums with it."""
    start = s.net.quantile(0.95)
    net = s.net.where(s.net <= start, start * (s.net / start) ** 0.5).round(2)
    gross = (net + s.shipping).round(2)
    return s.assign(net=net, gross=gross, paid=s.paid.where(net == s.net, s.paid / s.gross * gross).round(2))


def fill_gaps(s, rng):
    """A third of the missing stars filled with the most frequent value."""
    return s.assign(stars=s.stars.mask(s.stars.isna() & (rng.random(len(s)) < 0.33), 5.0))


def between(t, k, rng):
    """Rows between training rows and one of their five neighbours, with the categories of the first."""
    full = t[list(DECIMALS)].fillna(t[list(DECIMALS)].median())
    scaled = (full - full.mean()) / full.std()
    near = NearestNeighbors(n_neighbors=6).fit(scaled).kneighbors(scaled, return_distance=False)
    first = rng.integers(0, len(t), k)
    one, other = (t.iloc[rows].reset_index(drop=True) for rows in (first, near[first, rng.integers(1, 6, k)]))
    part = pd.Series(rng.random(k))
    mixed = {name: (one[name] + part * (other[name].fillna(one[name]) - one[name])).round(digits)
             for name, digits in DECIMALS.items()}
    return one.assign(**mixed, placed=(one.placed + part * (other.placed - one.placed)).dt.floor("min"))


def blur(s, rng):
    """Noise of a twentieth of the spread in every number, rounded as before."""
    return s.assign(**{name: (s[name] + rng.normal(0, 0.05 * s[name].std(), len(s))).round(digits)
                       for name, digits in DECIMALS.items()})


# As in report_trust: a function of the synthetic rows s, training rows t, held-out rows h, majority rows m and a
# generator r; and the columns that may be named, or none where rows are at fault.
MONEY = {"net", "gross", "paid"}
FAULTS = {
    "a mode thinned by a third": (lambda s, t, h, m, r: thin_mode(s, r), {"parcel", "wait", "member", "channel"}),
    "a parabola made straight": (lambda s, t, h, m, r: straighten(s, r), {"minutes", "age"}),
    "half the noise on a curve": (lambda s, t, h, m, r: calm(s), {"minutes", "age"}),
    "hours smoothed in a quarter": (lambda s, t, h, m, r: smooth_hours(s, r), {"placed"}),
    "a boolean flipped in a group": (lambda s, t, h, m, r: flip_members(s, r),
                                     {"member", "channel", "wait", "parcel", "stars"}),
    "4 % paid above due": (lambda s, t, h, m, r: pay_too_much(s, r), MONEY | {"shipping"}),
    "rows between neighbours": (lambda s, t, h, m, r: between(t, len(s), r), set()),
    "a three-way link lost": (lambda s, t, h, m, r: s.assign(wait=r.permutation(s.wait)),
                              {"wait", "member", "parcel", "channel"}),
    "a heavy tail thinned": (lambda s, t, h, m, r: thin_tail(s), MONEY | {"items", "category"}),
    "two levels merged": (lambda s, t, h, m, r: s.assign(category=s.category.replace("beauty", "home")),
                          MONEY | {"category", "items", "shipping"}),
    "a rare level doubled": (lambda s, t, h, m, r: boost_level(s, r), MONEY | {"category", "items", "shipping"}),
    "an empty corner": (lambda s, t, h, m, r: empty_corner(s, r),
                        MONEY | {"age", "minutes", "items", "category", "shipping"}),
    "a little noise everywhere": (lambda s, t, h, m, r: blur(s, r), set(DECIMALS) - {"stars"} | {"member"}),
    "a third of the gaps filled": (lambda s, t, h, m, r: fill_gaps(s, r), {"stars", "channel"}),
}


def report_line(fault, n, made, draw):
    """What the report says of one draw: which measures ring, and which columns are named."""
    rng = np.random.default_rng([draw, n, made, zlib.crc32(f"orders {fault}".encode())])
    h, t, s, m = orders(n, rng), orders(n, rng), orders(made, rng), orders(MAJORITY, rng, True)
    if fault != "none":
        s = FAULTS[fault][0](s, t, h, m, rng)
    c = read_tables({"X_minority_test": h, "X_synthetic": s, "X_minority_train": t, "X_majority_train": m})
    both = both_of(c, "X_minority_test", "X_synthetic", draw)
    found = measure_all(both)
    rung = alarms(found)
    named = name_innocent(found, rung, both)["column"].tolist()
    return {"world": "orders", "fault": fault, "n": n, "made": made, "draw": draw,
            "rings": "|".join(name for name, level in rung.items() if level), "named": "|".join(named),
            "seen shift": round(seen_shift(both), 3), "AUC": round(found["two-sample AUC"].value, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "report_others.csv.gz")
    options = parser.parse_args()
    cases = [("none", SIZE, MADE, draw) for draw in range(3 * options.draws)]
    cases += [(fault, SIZE, MADE, draw) for draw in range(options.draws) for fault in FAULTS]
    found = Parallel(options.jobs, return_as="generator")(delayed(quietly)(report_line, case) for case in cases)
    pd.DataFrame(tqdm(found, total=len(cases))).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
