"""Run every notebook anew and report which printed tables differ from the committed ones.

Pictures and sliders are not compared, and timings are not: a number before a unit of time or of memory, and cells with
the tag `timing`. Words of a notebook's name choose some; `--write` puts the new outputs into the notebooks.
"""

import argparse
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from difflib import unified_diff
from pathlib import Path

import nbformat
from common import NOTEBOOKS, ROOT, execute, has_tag, read
from nbclient.exceptions import CellExecutionError

NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
TIMING = re.compile(rf"{NUMBER}(?=\s*(?:s|ms|µs|us|seconds?|minutes?|min|MB|GB|kB)\b)", re.I)
ADDRESS = re.compile(r"( at)? 0x[0-9a-f]+|\d\d:\d\d:\d\d")


def comparable(notebook) -> list[str]:
    """The lines that a notebook printed or showed, without timings, addresses and the spaces that follow from them."""
    lines = [f"cell {place}: {line}" for place, cell in enumerate(notebook.cells)
             if not (has_tag(cell, "timing") or has_tag(cell, "slider")) for output in cell.get("outputs", [])
             if output.get("name") != "stderr"
             for line in (output.get("text") or output.get("data", {}).get("text/plain", "")).splitlines()]
    return [re.sub(r"[ \-]{2,}", " ", TIMING.sub("#", ADDRESS.sub("", line))).strip() for line in lines]


def refresh(path: Path, write: bool) -> list[str]:
    """Run a notebook: the lines that differ."""
    try:
        made = execute(deepcopy(read(path)), path.parent)
    except CellExecutionError as error:
        return [f"  it does not run: {error}"]
    differ = [f"  {line:.140}" for line in unified_diff(comparable(read(path)), comparable(made), n=0, lineterm="")
              if line.startswith(("-cell", "+cell"))]
    if write:
        nbformat.write(made, path)
    return differ


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names of notebooks; all without any")
    parser.add_argument("--write", action="store_true", help="put the new outputs in; then: make prepare")
    asked = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore")
    chosen = [path for path in NOTEBOOKS if not asked.words or any(word in path.stem for word in asked.words)]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda path: refresh(path, asked.write), chosen)
        differ = 0
        for path, lines in zip(chosen, found, strict=True):
            differ += bool(lines)
            print(f"{path.relative_to(ROOT)}: {'differs' if lines else 'the same'}", *lines, sep="\n", flush=True)
    print(f"{len(chosen) - differ} of {len(chosen)} notebooks print what was committed; {differ} differ.")
    sys.exit(differ > 0)
