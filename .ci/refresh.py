"""Run every notebook anew and report which printed tables differ from the committed ones.

Pictures and sliders are not compared, and timings are not: a number before a unit of time or of memory, and cells with
the tag `timing`. Words of a notebook's name choose some; `--write` puts the new outputs into the notebooks.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import zip_longest
from pathlib import Path

import nbformat
from common import NOTEBOOKS, ROOT, execute, has_tag, read
from nbclient.exceptions import CellExecutionError

NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
TIMING = re.compile(rf"{NUMBER}(?=\s*(?:s|ms|µs|us|seconds?|minutes?|min|MB|GB|kB)\b)", re.I)
ADDRESS = re.compile(r"( at)? 0x[0-9a-f]+|\d\d:\d\d:\d\d")


def comparable(cell) -> list[str]:
    """The lines that a cell printed or showed, without timings, addresses and the spaces that follow from them."""
    text = "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "")
                     for output in cell.get("outputs", []) if output.get("name") != "stderr")
    text = TIMING.sub("#", ADDRESS.sub("", text))
    return [re.sub(r"[ \-]{2,}", " ", line).strip() for line in text.splitlines() if line.strip()]


def size(old: list[str], new: list[str]) -> str:
    """How far the numbers of two outputs are apart, in words."""
    before, after = ([float(number.replace(",", "")) for number in re.findall(NUMBER, " ".join(lines))]
                     for lines in (old, new))
    if len(before) != len(after):
        return f"{len(before)} numbers became {len(after)}"
    gaps = [abs(a - b) / max(abs(a), abs(b)) for a, b in zip(before, after, strict=True) if a != b]
    return f"{len(gaps)} of {len(before)} numbers, by {max(gaps):.2g} at most" if gaps else "words only"


def difference(place: int, old, new) -> str | None:
    """What differs in a cell, with the first lines that do; nothing where it is the same but for timings."""
    if old.cell_type != "code" or has_tag(old, "timing") or has_tag(old, "slider"):
        return None
    before, after = comparable(old), comparable(new)
    pairs = [pair for pair in zip_longest(before, after, fillvalue="(no line)") if pair[0] != pair[1]]
    return (f"  cell {place}: {size(before, after)}; cells of timings need the tag `timing`\n"
            f"    - {pairs[0][0]:.110}\n    + {pairs[0][1]:.110}") if pairs else None


def refresh(path: Path, write: bool) -> tuple[Path, float, list[str]]:
    """Run a notebook: how long it took, and what differs."""
    committed, start = read(path), time.perf_counter()
    try:
        made = execute(deepcopy(committed), path.parent)
    except CellExecutionError as error:
        return path, time.perf_counter() - start, [f"  it does not run: {error}"]
    if write:
        nbformat.write(made, path)
    pairs = zip(committed.cells, made.cells, strict=True)
    found = [difference(place, old, new) for place, (old, new) in enumerate(pairs)]
    return path, time.perf_counter() - start, [text for text in found if text]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names of notebooks; all without any")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the new outputs in; then: make prepare")
    asked = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore")
    chosen = [path for path in NOTEBOOKS if not asked.words or any(word in path.stem for word in asked.words)]
    differ = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for path, seconds, found in pool.map(lambda path: refresh(path, asked.write), chosen):
            differ += bool(found)
            print(f"{path.relative_to(ROOT)}: {f'{len(found)} differ' if found else 'the same'}, {seconds:.0f} s",
                  *found, sep="\n", flush=True)
    print(f"\n{len(chosen) - differ} of {len(chosen)} notebooks print what was committed; {differ} differ.")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
