"""Write shop.csv.gz and shop_next_year.csv.gz: the tidy orders of the course, about 3 % of them frauds.

Run it by hand, from any folder: ``python example_notebooks/data/make_shop.py``. The seeds are fixed, so that the same
versions of NumPy and pandas write the same files. All columns are numbers and nothing is missing; a messy file is
``orders.csv.gz``, from ``make_orders.py``.

The truth is planted. The chance of a fraud is logistic in

- the logarithm of the amount: 1.1 for each time the amount is multiplied by e;
- the account: 3.0 if it is younger than 30 days, nothing otherwise (a threshold);
- the hour and the amount: 0.8 from 0:00 to 5:59, and another 2.2 if the amount is above 150 as well (an interaction).

Nothing else matters: not the items, the age of the customer, or what was spent before. The amount is the goods and the
shipping, to the cent, so that three columns are linked. ``chance`` in the second file is the truth itself.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

FILES = {"shop": (5_000, 20250101), "shop_next_year": (20_000, 20260101)}  # rows and seed of each
HOURS = np.array([1.6, 1.2, 0.9, 0.7, 0.6, 0.7, 1.5, 2.5, 4, 5, 5, 5.5, 6, 5.5, 5, 5, 5.5, 6, 7, 8, 8, 7, 5, 3])


def fraud_chance(amount, hour, account_days) -> np.ndarray:
    """The truth: the chance of a fraud; the first number sets the share of all frauds."""
    night, large = hour < 6, amount > 150
    logit = -5.05 + 1.1 * np.log(amount / 50) + 3.0 * (account_days < 30) + 0.8 * night + 2.2 * (night & large)
    return 1 / (1 + np.exp(-logit))


def make_shop(rows: int, seed: int) -> pd.DataFrame:
    """A table of orders, with the true chance of each."""
    rng = np.random.default_rng(seed)
    goods = np.maximum(np.exp(rng.normal(3.9, 0.8, rows)) * (1 + 0.3 * rng.pareto(2.5, rows)), 2.0).round(2)
    shipping = np.where(goods >= 100, 0.0, 4.9) + np.where(rng.random(rows) < 0.15, 9.9, 0.0)
    table = pd.DataFrame({
        "goods": goods,
        "shipping": shipping.round(2),
        "amount": (goods + shipping).round(2),
        "items": 1 + rng.poisson(1.4, rows),
        "hour": rng.choice(24, rows, p=HOURS / HOURS.sum()),
        "account_days": np.where(rng.random(rows) < 0.1, rng.uniform(0, 30, rows),
                                 rng.gamma(1.5, 500, rows)).round(1),
        "age": np.clip(rng.normal(41, 14, rows), 18, 95).astype(int),
        "spent_before": np.exp(rng.normal(5.0, 1.2, rows)).round(2)})
    chance = fraud_chance(table["amount"], table["hour"], table["account_days"])
    return table.assign(chance=chance.round(5), fraud=(rng.random(rows) < chance).astype(int))


if __name__ == "__main__":
    for name, (rows, seed) in FILES.items():
        orders = make_shop(rows, seed)
        auc = roc_auc_score(orders["fraud"], orders["chance"])
        path = Path(__file__).with_name(f"{name}.csv.gz")
        kept = orders if "next" in name else orders.drop(columns="chance")
        kept.to_csv(path, index=False, compression={"method": "gzip", "compresslevel": 9, "mtime": 0})
        print(f"{path.name}: {rows} rows, {orders['fraud'].sum()} frauds, {path.stat().st_size / 1000:.0f} kB; "
              f"AUC of the true chance {auc:.2f}")
