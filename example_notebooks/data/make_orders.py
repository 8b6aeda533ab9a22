"""Write orders.csv.gz: a shop's 5,000 orders, about 3 % of them frauds, as messy as a file from a shop is.

Run it by hand, from any folder: ``python example_notebooks/data/make_orders.py``. The seed is fixed, so that the same
versions of NumPy and pandas write the same file.

The truth is planted. The chance of a fraud is logistic in

- the logarithm of the amount: 1.2 for each time the amount is multiplied by e;
- the account: 3.2 if it is younger than 30 days when the order comes in (a threshold), nothing otherwise;
- the hour and the amount: 1.2 from 0:00 to 5:59, and another 2.5 if the amount is above 150 as well (an interaction);
- the country: 0 for most, 2.0 for XA, XB and XC, 3.0 for XD;
- the payment: card 0, transfer -1.5, invoice 1.0, wallet -0.7, voucher 2.0.

Nothing else matters: not the age of the customer, the items, the product, the device, the newsletter, what was spent
before or the discount. Whether a value is missing does not matter either.

What is messy on purpose:

- ``order_no`` rises with gaps and says nothing; ``customer`` is nearly unique;
- ``ordered_at`` is ISO text with a time, ``account_since`` is text with the day first ("03/11/2019 14:22");
- ``spent_before`` is text with a space and a decimal comma ("1 204,50"), and a few cells that are no numbers ("n.n.");
- ``newsletter`` is "Y" or "N"; ``currency`` is constant; ``age``, ``country``, ``device`` and ``discount`` have gaps;
- ``chargeback_amount`` is filled for frauds only: it is written when the answer is known;
- ``complaints`` counts letters within 60 days, most of which come because of frauds: it nearly gives the answer away.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

ROWS, SEED = 5000, 20240311
COUNTRIES = ["DE", "FR", "NL", "PL", "IT", "ES", "AT", "BE", "CZ", "DK", "SE", "PT", "FI", "IE", "HU", "RO", "GR", "SK",
             "BG", "HR", "SI", "LT", "LV", "EE", "LU", "CY", "MT", "NO", "CH", "GB", "XA", "XB", "XC", "XD"]
RISK = {"XA": 2.0, "XB": 2.0, "XC": 2.0, "XD": 3.0}
PAYMENTS = {"card": (0.55, 0.0), "transfer": (0.15, -1.5), "invoice": (0.15, 1.0), "wallet": (0.12, -0.7),
            "voucher": (0.03, 2.0)}
PRODUCTS = ["shoes", "coats", "shirts", "toys", "books", "lamps", "chairs", "phones", "tablets", "bags", "watches",
            "tents"]
NAMES = ["ana", "ben", "chi", "dora", "emre", "fatou", "goran", "hana", "ivo", "jun", "kofi", "lea", "mira", "noor",
         "olga", "pavel", "quinn", "rosa", "sven", "tariq", "uma", "vera", "wen", "xenia", "yusuf", "zora"]


def with_gaps(values, share, rng) -> pd.Series:
    """Values of which a share is missing."""
    return pd.Series(values).mask(rng.random(len(values)) < share)


def fraud_chance(amount, hour, account_days, country, payment) -> np.ndarray:
    """The truth: the chance of a fraud; the first number sets the share of all frauds."""
    night, large = hour < 6, amount > 150
    logit = -5.65 + 1.2 * np.log(amount / 50) + 3.2 * (account_days < 30) + 1.2 * night + 2.5 * (night & large)
    logit += np.array([RISK.get(code, 0.0) for code in country]) + np.array([PAYMENTS[how][1] for how in payment])
    return 1 / (1 + np.exp(-logit))


def draw_truth(rng) -> pd.DataFrame:
    """What decides, and the answer, without any mess."""
    weights = np.arange(1.0, len(COUNTRIES) + 1) ** -1.8
    weights[-4:] = weights[3:7] / 3
    hours = np.array([1.6, 1.2, 0.9, 0.7, 0.6, 0.7, 1.5, 2.5, 4, 5, 5, 5.5, 6, 5.5, 5, 5, 5.5, 6, 7, 8, 8, 7, 5, 3])
    table = pd.DataFrame({
        "amount": np.maximum(np.exp(rng.normal(3.9, 0.8, ROWS)) * (1 + 0.3 * rng.pareto(2.5, ROWS)), 2.0).round(2),
        "hour": rng.choice(24, ROWS, p=hours / hours.sum()),
        "account_days": np.where(rng.random(ROWS) < 0.12, rng.uniform(0, 30, ROWS), rng.gamma(1.5, 500, ROWS)),
        "country": rng.choice(COUNTRIES, ROWS, p=weights / weights.sum()),
        "payment": rng.choice(list(PAYMENTS), ROWS, p=[share for share, _ in PAYMENTS.values()])})
    table["chance"] = fraud_chance(*(table[column].to_numpy() for column in table))
    table["fraud"] = rng.random(ROWS) < table["chance"]
    return table


def comma(values) -> list[str]:
    """Numbers as text with a space for thousands and a decimal comma."""
    return [f"{value:,.2f}".translate(str.maketrans({",": " ", ".": ","})) for value in values]


def make_orders() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The messy table, and the truth behind it."""
    rng = np.random.default_rng(SEED)
    truth = draw_truth(rng)
    days = np.sort(rng.integers(0, 366, ROWS))
    ordered = (pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D") + pd.to_timedelta(truth["hour"], "h")
               + pd.to_timedelta(rng.integers(0, 3600, ROWS), "s"))
    since = ordered - pd.to_timedelta(truth["account_days"], "D")
    fraud = truth["fraud"].to_numpy()
    customer = [f"{name}{number}@example.org" for name, number in
                zip(rng.choice(NAMES, ROWS), rng.integers(0, 9000, ROWS), strict=True)]
    spent = pd.Series(comma(np.exp(rng.normal(5.0, 1.2, ROWS))))
    spent[rng.random(ROWS) < 0.01] = "n.n."
    table = pd.DataFrame({
        "order_no": 700_000 + np.cumsum(rng.integers(1, 9, ROWS)),
        "customer": customer,
        "ordered_at": ordered.dt.strftime("%Y-%m-%d %H:%M:%S"),
        "account_since": since.dt.strftime("%d/%m/%Y %H:%M"),
        "amount": truth["amount"],
        "items": 1 + rng.poisson(1.4, ROWS),
        "age": with_gaps(np.clip(rng.normal(41, 14, ROWS), 18, 95).astype(int), 0.08, rng).astype("Int64"),
        "country": with_gaps(truth["country"], 0.02, rng),
        "payment": truth["payment"],
        "product": rng.choice(PRODUCTS, ROWS),
        "device": with_gaps(rng.choice(["phone", "desktop", "tablet"], ROWS, p=[0.6, 0.32, 0.08]), 0.05, rng),
        "newsletter": rng.choice(["Y", "N"], ROWS, p=[0.3, 0.7]),
        "spent_before": spent,
        "discount": with_gaps(rng.choice([0.0, 0.05, 0.1, 0.25], ROWS, p=[0.7, 0.1, 0.15, 0.05]), 0.03, rng),
        "currency": "EUR",
        "chargeback_amount": truth["amount"].where(fraud & (rng.random(ROWS) < 0.985)),
        "complaints": np.where(fraud, rng.poisson(2.2, ROWS), rng.poisson(0.1, ROWS)),
        "fraud": np.where(fraud, "yes", "no")})
    return table, truth


if __name__ == "__main__":
    orders, truth = make_orders()
    path = Path(__file__).with_name("orders.csv.gz")
    orders.to_csv(path, index=False, compression={"method": "gzip", "compresslevel": 9, "mtime": 0})
    print(f"{path.name}: {len(orders)} rows, {(orders['fraud'] == 'yes').sum()} frauds, "
          f"{path.stat().st_size / 1000:.0f} kB; AUC of the true chance "
          f"{roc_auc_score(truth['fraud'], truth['chance']):.2f}")
