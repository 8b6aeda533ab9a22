"""Forests as a second step: what was tried, and how well rows are told apart.

    python benchmarks/forest_tries.py             # tries that are not in the file yet
    python benchmarks/forest_tries.py "leaf 3"    # one of them once more

Six development tables, 100 minority rows for training, as many made, as many held-out
ones for the judges of `tables.py`; two seeds, two other
seeds for some of the tries. One line a try, table and seed in
`forest_tries.csv`: the two-sample AUC (0.5 is perfect), the median distance to the
nearest row for training (held-out real rows = 1), copies, seconds of fit and rows, and
the AUC that the last critic had. No rules, no values are mended: the forests alone.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from tables import arms, distances, load, split, two_sample_auc

from smotegan import forest_gan
from smotegan.encoder import TableEncoder
from smotegan.forest import ColumnForests
from smotegan.forest_gan import Critic, ForestGAN, Game
from smotegan.layout import Layout
from smotegan.samplers import ClassData, SMOTEStep, without_rows
from smotegan.table import TableCodec

TABLES = ["attrition", "mlc_churn", "lending_club", "flights", "Caravan", "nassCDS"]
FILE = Path(__file__).with_name("forest_tries.csv")


class Drawn(ColumnForests):
    """A donor is any real row of the leaf, as in the prototype."""

    def _deal(self, P, i, rows, used, rng):
        tree = rng.integers(self.root.shape[1], size=len(rows))
        leaf = self.trees.leaves(P, rows, self.root[i, tree])
        turn = (rng.random(len(rows)) * self.count[leaf]).astype(int)
        return self.order[self.start[leaf] + turn]


class Unsmoothed(ColumnForests):
    """Values exactly as they are in real rows."""

    def smooth(self, donors, rng):
        return self.pick(donors)


class Anywhere(Game):
    """Rows and columns at random; the critic accepts."""

    def round(self, critic, *rest):
        self.rows, self.columns = (0.6, 0.6), (0.6, 0.6)
        return super().round(critic, *rest)


class Redrawn(Game):
    """Every value three times more, and no critic."""

    def play(self, anchors, critics, rng, mend=None, without=-1):
        drawn = self.begin(anchors, rng, mend)
        for _ in range(3):
            self.generator.redraw(drawn.donors, np.ones(drawn.donors.shape, bool), rng)
        drawn.codes = self.codes_of(drawn.donors, anchors, rng, mend)
        return drawn


class OfThese(Game):
    """Critics that grow on the very rows that are made, and on those for training."""

    def play(self, anchors, critics, rng, mend=None, without=-1):
        drawn = self.begin(anchors, rng, mend)
        real = self.generator.codes[:, :self.n_columns]
        for _ in range(3):
            pair = real, drawn.codes
            critic = Critic.grow(self.generator.space, [pair], rng)
            drawn = self.round(critic, drawn, rng, mend)
        return drawn


ALL = {"share": 1.0, "rounds": 0}  # every value once, and no critic
GAME = {"share": 0.8, "rounds": 1}
TRIES: dict[str, dict] = {
    "all values once": ALL,
    "1 round, share 0.8": GAME,
    "1 round, share 0.8, all taken": GAME | {"accept": False},
    "3 rounds, share 0.8": GAME | {"rounds": 3},
    "3 rounds, share 0.8, all taken": GAME | {"rounds": 3, "accept": False},
    "3 rounds": ALL | {"rounds": 3},
    "6 rounds, share 0": {"share": 0.0, "rounds": 6},
    "share 0.8": GAME | {"rounds": 0},
    "share 0.6": ALL | {"share": 0.6},
    **{f"leaf {n}": ALL | {"leaf": n} for n in (3, 8, 12)},
    **{f"trees {n}": ALL | {"n_trees": n} for n in (3, 5, 20)},
    **{f"{n:.0%} of the columns at a split": ALL | {"max_features": n}
       for n in (0.3, 1.0)},
    "donors drawn": ALL | {"ColumnForests": Drawn},
    "donors drawn, 3 rounds": ALL | {"ColumnForests": Drawn, "rounds": 3},
    "not smoothed": ALL | {"ColumnForests": Unsmoothed},
    "four redraws": ALL | {"Game": Redrawn},
    "rows and columns at random, 3 rounds": ALL | {"Game": Anywhere, "rounds": 3},
    "critics of these rows, 3 rounds": ALL | {"Game": OfThese},
    "critic of 100 trees, 3 rounds": ALL | {"rounds": 3, "critic_trees": 100},
    "critic's leaf 10, 3 rounds": ALL | {"rounds": 3, "critic_leaf": 10},
    "trees in sequence": {"arm": "trees"},
    "noise": {"arm": "noise"},
}
# The best of many tries is lucky: some once more, with seeds that chose nothing
AGAIN = ("1 round, share 0.8", "1 round, share 0.8, all taken", "share 0.8",
         "all values once")
FRESH = ", fresh seeds"
TRIES |= {name + FRESH: TRIES[name] for name in AGAIN}


def forests(X, y, n: int, seed: int, ColumnForests=ColumnForests, Game=Game,
            **settings) -> tuple:
    """Rows of forests alone, and the AUC of the last critic."""
    codec = TableCodec(missing="model").fit(X)
    layout, codes = Layout.of(codec.transform(X), codec)
    rare = ClassData(1, codes[y == 1], layout.sizes, layout.spread, codes, y,
                     layout.units, kinds=layout.kinds)
    rare.encoder = TableEncoder(rare.sizes, rare.kinds).fit(rare.rows)
    proposal = SMOTEStep().propose(rare, n, seed)
    rows = rare.encoder.transform(rare.rows)
    with patch.multiple(forest_gan, ColumnForests=ColumnForests, Game=Game):
        step = ForestGAN(guard=False, random_state=seed, **settings)
        step.fit(rows, rare.encoder.transform(proposal.X), table=rare,
                 parents=np.column_stack([proposal.base, proposal.neighbor]),
                 propose=some_rows(rare, seed))
        made, _ = step.refine_rows(proposal.X, rare.encoder, anchors=proposal.anchor)
    told = step.rounds_["critic_auc"].iloc[-1] if len(step.rounds_) else np.nan
    return codec.inverse_transform(layout.columns_of(made)), told


def some_rows(rare: ClassData, seed: int):
    """What proposes rows from a part of a class, as the sampler does."""
    random = np.random.RandomState(seed)

    def propose(seen, n):
        hidden = np.delete(np.arange(len(rare.rows)), seen)
        made = SMOTEStep().propose(without_rows(rare, hidden), n, random)
        parents = np.column_stack([made.base, made.neighbor])
        return rare.encoder.transform(made.X), seen[parents]
    return propose


def line(name: str, table: str, seed: int, arm: str = "",
         **settings) -> dict:
    """One try on one table."""
    X, y, fitted, held = split(table, 100, seed)
    start, told = time.perf_counter(), np.nan
    if arm:
        rows = arms[arm](X, y, len(fitted), seed)
    else:
        rows, told = forests(X, y, len(fitted), seed, **settings)
    seconds = time.perf_counter() - start
    rows = rows.reset_index(drop=True)[list(X)]
    away, real = distances(rows, fitted), distances(held, fitted)
    return {"try": name, "table": table, "seed": seed,
            "auc": two_sample_auc(held, rows, seed, draws=1),
            "nearest": np.median(away) / np.median(real),
            "copies": (away < 1e-9).mean(), "real_copies": (real < 1e-9).mean(),
            "seconds": seconds, "critic_auc": told}


def main(wanted: list[str]) -> None:
    """Run what is missing or wanted, and print the means."""
    known = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"try": []})
    known = known[~known["try"].isin(wanted)]
    for table in TABLES:
        load(table)
    for name in wanted or [name for name in TRIES if name not in set(known["try"])]:
        seeds = (2, 3) if name.endswith(FRESH) else (0, 1)
        lines = [line(name, table, seed, **TRIES[name])
                 for table in TABLES for seed in seeds]
        known = pd.concat([known, pd.DataFrame(lines).round(4)], ignore_index=True)
        known.to_csv(FILE, index=False)
        part = known[known["try"] == name]
        print(f"{name:28s} auc {part['auc'].mean():.3f}, worst table "
              f"{part.groupby('table')['auc'].mean().max():.3f}, nearest "
              f"{part['nearest'].mean():.2f}, {part['seconds'].mean():.2f} s",
              flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
