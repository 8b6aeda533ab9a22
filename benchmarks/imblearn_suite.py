"""imbalanced-learn's own tests, with SMOTE and its variants replaced by SMOTEGAN without a GAN.

A failure that is not expected makes it exit with 1. SMOTENC, SMOTEN and RandomOverSampler are left as they are:
SMOTEGAN reads the kinds of columns itself, and refuses missing and infinite values, so their tests do not apply.
"""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import imblearn
import imblearn.over_sampling as over_sampling
import pytest

from smotegan import SMOTEGAN

FOLDERS = ("over_sampling", "combine", "ensemble/tests/test_bagging.py", "tests/test_pipeline.py")
INSIDE = "it reads an attribute of the sampler that SMOTEGAN has cloned into itself"
TAKES_OVER = "where a first step cannot work, SMOTE takes over and a note says so, instead of an error or no rows"
EXPECTED = {
    r"combine/.*(pass_smote|validate_estimator_init)": "SMOTEENN and SMOTETomek want a subclass of SMOTE",
    r"test_borderline_smote_in_danger$|test_kmeans_smote$|test_sample_kmeans_custom|test_smote_m_neighbors": INSIDE,
    r"no_in_danger_samples|not_enough_clusters|svm_smote_all_noise|svm_smote_not_svm": TAKES_OVER,
}
NAMES = ("SMOTE", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN")


def stand_in(real: type) -> type:
    """SMOTEGAN without a GAN, with an over-sampler of imbalanced-learn as first step, its name and its parameters."""
    signature = inspect.signature(real.__init__)
    names = [name for name in signature.parameters if name != "self"]

    def init(self, *args, **parameters):
        bound = signature.bind(self, *args, **parameters)
        bound.apply_defaults()
        vars(self).update((name, bound.arguments[name]) for name in names)

    init.__signature__ = signature
    return type(real.__name__, (SMOTEGAN,), {
        "__init__": init, "_parameter_constraints": real._parameter_constraints, "gan": "none", "kinds": "infer",
        "missing": "refuse", "scale": False, "aware": False,
        "smote": property(lambda self: real(**{name: getattr(self, name) for name in names}))})


class Results:
    """What pytest reports, test by test."""

    def __init__(self):
        self.passed, self.failed = [], {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("imblearn/")[-1]
        if report.failed:
            lines = str(report.longrepr).splitlines()
            self.failed[name] = next((x[2:].strip() for x in reversed(lines) if x.startswith("E ")), lines[-1])
        elif report.when == "call" and report.passed:
            self.passed.append(name)


def reason_for(name: str) -> str | None:
    """Why a test is expected to fail, None where it is not."""
    return next((why for pattern, why in EXPECTED.items() if re.search(pattern, name)), None)


def main() -> int:
    results = Results()
    for name in NAMES:
        setattr(over_sampling, name, stand_in(getattr(over_sampling, name)))
    root = Path(imblearn.__file__).parent
    with redirect_stdout(StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", *(str(root / folder) for folder in FOLDERS)], plugins=[results])
    bad = 0
    for name, message in sorted(results.failed.items()):
        why = reason_for(name)
        bad += why is None
        print(f"{'UNEXPECTED' if why is None else 'expected  '} {name}: {why or message}")
    print(f"{len(results.passed)} passed, {len(results.failed) - bad} failed as expected, {bad} unexpected")
    return int(bad > 0 or not results.passed)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
