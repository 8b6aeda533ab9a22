"""What does the house cost? Its size, the way of an array through it, the rows that it makes, and its times.

    python benchmarks/house.py                 # all four parts
    python benchmarks/house.py size way        # some of them
    python benchmarks/house.py --other PATH    # beside another checkout: in turn, with the ratio of the times

`size`: functions, their median length and lines. `way`: the functions of the package that one `fit_resample` of an
array enters, its files, and how often the way leads from one module to another. `rows`: a hash of what comes out, for
five data sets, several samplers and a mixed table; a checkout that makes other rows makes other hashes. `times`: of the
import and the first fit in a fresh process, and of later fits, in seconds; medians over processes. With another
checkout, processes of both take turns, so that a busy minute slows both. `--write` puts the figures into house.csv.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import subprocess
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PARTS = ("size", "way", "rows", "times")
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1",
               "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
STEPS = {"gan='none'": "none", "default": None}


def modules(tree: Path) -> dict[str, dict]:
    """For each module its lines, those of code and of docstrings, and the length of the body of each function."""
    found = {}
    for path in sorted((tree / "smotegan").glob("[!_]*.py")):
        source, documented, lengths = path.read_text(encoding="utf-8"), set(), []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
                told = ast.get_docstring(node, clean=False) is not None
                if told:
                    documented.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    body = node.body[told:]
                    lengths.append(body[-1].end_lineno - body[0].lineno + 1 if body else 0)
        lines = source.splitlines()
        code = [line for number, line in enumerate(lines, 1)
                if number not in documented and line.strip() and not line.lstrip().startswith("#")]
        found[path.stem] = {"lines": len(lines), "code": len(code), "docstrings": len(documented), "lengths": lengths}
    return found


def size(tree: Path) -> dict:
    """Functions, the median and the ninetieth percentile of their lengths, and the lines of all modules."""
    found = modules(tree).values()
    lengths = sorted(length for module in found for length in module["lengths"])
    return {"functions": len(lengths), "median length": lengths[len(lengths) // 2],
            "90 % are at most": lengths[9 * len(lengths) // 10],
            **{part: sum(module[part] for module in found) for part in ("lines", "code", "docstrings")}}


def way() -> dict:
    """What one `fit_resample` of 500 rows of 20 columns enters, the second time."""
    from sklearn.datasets import make_classification

    import smotegan

    root, found = os.path.dirname(smotegan.__file__), {}
    X, y = make_classification(500, weights=[0.9], flip_y=0, random_state=0)
    for name, gan in STEPS.items():
        smotegan.SMOTEGAN(gan=gan, random_state=0).fit_resample(X, y)
        entered, walk = set(), []

        def watch(frame, event, arg, entered=entered, walk=walk):
            code, back = frame.f_code, frame.f_back
            if event == "return" and code.co_filename.startswith(root) and back is not None:
                walk.append(back.f_code.co_filename)
            elif event == "call" and not code.co_name.startswith("<"):
                walk.append(code.co_filename)
                entered.add((code.co_filename, code.co_firstlineno))

        sampler = smotegan.SMOTEGAN(gan=gan, random_state=0)
        sys.setprofile(watch)
        try:
            sampler.fit_resample(X, y)
        finally:
            sys.setprofile(None)
        ours = [file for file in walk if file.startswith(root)]
        entered = [file for file, _ in entered if file.startswith(root)]
        found |= {f"{name}: functions entered": len(entered), f"{name}: modules": len(set(entered)),
                  f"{name}: changes between modules": sum(a != b for a, b in pairwise(ours))}
    return found


def mixed_table():
    """A table of numbers, counts, categories, times and gaps, with rare rows, and with three classes."""
    import numpy as np
    import pandas as pd

    rng, n = np.random.default_rng(0), 400
    table = pd.DataFrame({
        "amount": rng.lognormal(3, 1, n).round(2), "count": rng.poisson(3, n), "city": rng.choice(list("abc"), n),
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D"),
        "flag": rng.random(n) < 0.3, "level": pd.Categorical(rng.choice(["low", "high"], n)),
        "gap": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n))})
    return table, np.where(rng.random(n) < 0.15, "rare", "common"), rng.choice(list("abc"), n, p=[0.8, 0.15, 0.05])


def rows() -> dict:
    """A hash of the rows, of further rows and of their provenance."""
    import numpy as np
    from imblearn.over_sampling import BorderlineSMOTE

    from smotegan import GAN, SMOTEGAN, WGANGP, load_dataset

    def hashed(sampler, X, y):
        made = [sampler.fit_resample(X, y)[0], sampler.sample(50, next(iter(sampler.models_)), 1), sampler.provenance_]
        total = hashlib.sha1()
        for table in made:
            total.update(table.to_csv(float_format="%.17g").encode() if hasattr(table, "to_csv") else
                         np.ascontiguousarray(table).tobytes())
        return total.hexdigest()[:12]

    found, sets = {}, ("yeast_2_vs_4", "ionosphere", "page_blocks", "breast_cancer", "glass")
    for name in sets:
        X, y = load_dataset(name)
        found |= {f"{name}, {step}": hashed(SMOTEGAN(gan=gan, random_state=0), X, y) for step, gan in STEPS.items()}
    X, y = (np.asarray(part) for part in load_dataset(sets[0]))
    for name, settings in {
            "array": {}, "unguarded": {"gan": GAN(guard=False, cross_fit=False)}, "WGANGP": {"gan": WGANGP(epochs=3)},
            "noise, full GAN": {"smote": "noise", "gan": GAN("full", epochs=3)},
            "Borderline-SMOTE": {"smote": BorderlineSMOTE()}, "aware": {"aware": True},
            "scale=False": {"scale": False, "gan": "none"}}.items():
        found[name] = hashed(SMOTEGAN(random_state=0, **settings), X, y)
    X, rare, three = mixed_table()
    return found | {f"mixed, {name}": hashed(SMOTEGAN(random_state=0, missing="model"), X, y)
                    for name, y in {"two classes": rare, "three classes": three}.items()}


def times() -> dict:
    """The import, the first fit and the median of nine more, in this process."""
    start = time.perf_counter()
    from smotegan import SMOTEGAN, load_dataset

    found, (X, y) = {"import": time.perf_counter() - start}, load_dataset("yeast_2_vs_4")
    for name, gan in STEPS.items():
        took = []
        for seed in range(10):
            start = time.perf_counter()
            SMOTEGAN(gan=gan, random_state=seed).fit_resample(X, y)
            took.append(time.perf_counter() - start)
        found |= {f"{name}: first": took[0], f"{name}: warm": sorted(took[1:])[4]}
    return found


def ask(tree: Path, part: str) -> dict:
    """A part in a fresh process that imports the package of a checkout."""
    if part == "size":
        return size(tree)
    done = subprocess.run([sys.executable, "-W", "ignore", __file__, part, "--here"], cwd=tree, check=True,
                          stdout=subprocess.PIPE, env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(tree)})
    return json.loads(done.stdout.splitlines()[-1])


def measured(part: str, trees: list[Path], repeats: int):
    """One line a figure, one column a checkout; times are medians, and have their ratio."""
    import pandas as pd

    found = [pd.DataFrame({str(tree): ask(tree, part) for tree in trees})
             for _ in range(repeats if part == "times" else 1)]
    table = pd.concat(found).groupby(level=0, sort=False).median() if part == "times" else found[0]
    table.insert(0, "part", part)
    if len(trees) == 2 and part != "rows":
        table["ratio"] = (table[str(trees[0])] / table[str(trees[1])]).round(3)
    elif len(trees) == 2:
        table["ratio"] = (table[str(trees[0])] == table[str(trees[1])]).map({True: "equal", False: "differ"})
    return table.rename_axis("figure").reset_index().round(4)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; all without any")
    parser.add_argument("--other", type=Path, help="another checkout, to compare with")
    parser.add_argument("--repeats", type=int, default=5, help="fresh processes for the times")
    parser.add_argument("--write", action="store_true", help="put the figures of this checkout into house.csv")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if strange := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"no part {strange[0]!r}; there are {', '.join(PARTS)}")
    if asked.here:
        warnings.filterwarnings("ignore")
        print(json.dumps({"way": way, "rows": rows, "times": times}[asked.parts[0]]()))
        sys.exit()
    import pandas as pd

    tables = []
    for part in asked.parts or PARTS:
        trees = [HERE, *([asked.other.resolve()] if asked.other else [])]
        tables.append(measured(part, trees, asked.repeats))
        print(tables[-1].rename(columns={str(HERE): "here", str(trees[-1]): "other"} if asked.other else
                                {str(HERE): "here"}).to_string(index=False), flush=True)
    if asked.write:
        whole = pd.concat(tables)[["part", "figure", str(HERE)]].rename(columns={str(HERE): "value"})
        whole.to_csv(HERE / "benchmarks" / "house.csv", index=False)
