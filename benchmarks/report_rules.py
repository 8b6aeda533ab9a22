"""Rules in the fidelity report: false alarms on real rows, and rules that were broken.

    python benchmarks/report_rules.py   # -> report_rules.csv.gz

From each of ten real tables three sets of rows are drawn: training rows, held-out ones, and rows that are
passed as synthetic. These are real, so every alarm is a false one. Then one rule is broken in three of ten of
them: a column of it takes the values of other rows. The rows are those of the larger class, as many as there are.
"""

from __future__ import annotations

import argparse
import os
import zlib
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from real_tables import SOURCES, load
from tqdm import tqdm

from smotegan.artefacts import ALPHA, ask_rules, known_rules
from smotegan.columns import read_tables
from smotegan.measures import MEASURES
from smotegan.questions import Both, both_of
from smotegan.sentences import rule_table, say_rules

HERE = Path(__file__).parent
TABLES = [name for name in SOURCES if name not in ("Caravan", "ames")]
LEVEL = ALPHA * MEASURES["rules"].weight / sum(measure.weight for measure in MEASURES.values())


def judged(held: pd.DataFrame, rows: pd.DataFrame, train: pd.DataFrame, trained: bool) -> Both:
    """Two sets of rows together, with training rows or without."""
    tables = {"held out": held, "rows": rows} | ({"X_minority_train": train} if trained else {})
    return both_of(read_tables(tables), "held out", "rows", 0)


def alarm(both: Both) -> tuple[float, pd.DataFrame, str]:
    """The p-value of the rules, the table of the rules, and the sentence."""
    p = ask_rules(both).p
    table = rule_table({"rules": LEVEL if p <= LEVEL else 0.0}, both)
    return p, table, say_rules(table, both)


def plant(rows: pd.DataFrame, both: Both, rng: np.random.Generator) -> tuple[pd.DataFrame, str, str]:
    """Rows in which a rule is broken, one that all real rows obey; the rule, and the column that was changed."""
    for k in rng.permutation(len(both.once(known_rules))):
        rule = both.once(known_rules)[k]
        name = rows.columns[rng.choice(rule.columns)]
        values = rows[name].sample(frac=1, random_state=int(rng.integers(2**31))).set_axis(rows.index)
        wrong = rows.assign(**{name: rows[name].where(rng.random(len(rows)) >= 0.3, values)})
        if rule.held.all() and rule.train.all():
            return wrong, rule.words, str(name)
    return rows, "", ""


def draw(name: str, n: int, turn: int) -> list[dict]:
    """Reports on rows that are real, and on rows that break a rule."""
    rng = np.random.default_rng(zlib.crc32(f"{name} {n} {turn}".encode()))
    X, y = load(name)
    X = X[y == 0].reset_index(drop=True)
    places = rng.permutation(len(X))[:3 * n]
    train, held, rows = (X.iloc[part] for part in np.array_split(places, 3))
    lines = []
    for trained in (True, False):
        both = judged(held, rows, train, trained)
        p, table, words = alarm(both)
        lines.append({"table": name, "n": n, "draw": turn, "training": trained, "broken": "", "p": p,
                      "rules": len(table), "alarms": int((table["compared"] == "broken").sum()), "said": words})
        wrong, broken, column = plant(rows, both, rng)
        if broken:
            p, table, words = alarm(judged(held, wrong, train, trained))
            obeyed = table.set_index("rule")["synthetic"].get(broken, np.nan)
            lines.append({**lines[-1], "broken": broken, "column": column, "p": p, "obeyed": obeyed, "said": words,
                          "alarms": int((table["compared"] == "broken").sum())})
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--tables", default=",".join(TABLES))
    options = parser.parse_args()
    lines = [line for name in tqdm(options.tables.split(",")) for n in (100, 300)
             for turn in range(options.draws) for line in draw(name, n, turn)]
    found = pd.DataFrame(lines)
    found.to_csv(HERE / "report_rules.csv.gz", index=False)
    clean = found[found["broken"] == ""]
    print(f"{len(clean)} clean reports: {(clean['alarms'] > 0).sum()} alarms, p <= 5 % in "
          f"{(clean['p'] <= 0.05).mean():.1%}; {clean['rules'].mean():.1f} rules")
    planted = found[(found["broken"] != "") & (found["obeyed"] < 0.9)]
    print(f"{len(planted)} planted: {(planted['alarms'] > 0).mean():.1%} found")


if __name__ == "__main__":
    main()
