"""Run every notebook anew and report which printed tables differ from the committed ones.

Pictures and sliders are not compared, and timings are not: a number before a unit of time or of memory, and cells with
the tag `timing`. Words of a notebook's name choose some; `--write` puts the new outputs into the notebooks.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import nbformat
from common import NOTEBOOKS, ROOT, has_tag, read

NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
TIMING = re.compile(rf"{NUMBER}(?=\s*(?:s|ms|µs|us|seconds?|minutes?|min|MB|GB|kB)\b)", re.I)
TIMED = re.compile(r"second|\btimes? as long|\btime\b|\(s\)|\bms\b", re.I)
ADDRESS = re.compile(r"( at)? 0x[0-9a-f]+|\d\d:\d\d:\d\d")


def texts(cell) -> str:
    """What a cell printed or showed as text."""
    parts = []
    for output in cell.get("outputs", []):
        if output.get("name") != "stderr":
            parts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(parts)


def comparable(text: str) -> list[str]:
    """The lines of an output without timings, addresses and the spaces that follow from them."""
    text = TIMING.sub("#", ADDRESS.sub("", text))
    return [re.sub(r"[ \-]{2,}", " ", line).strip() for line in text.splitlines() if line.strip()]


def numbers(line: str) -> list[float]:
    """The numbers of a line."""
    return [float(number.replace(",", "")) for number in re.findall(NUMBER, line)]


def size(old: list[str], new: list[str]) -> str:
    """How far the numbers of two outputs are apart, in words."""
    before, after = (numbers(" ".join(lines)) for lines in (old, new))
    if len(before) != len(after):
        return f"{len(before)} numbers became {len(after)}"
    gaps = [abs(a - b) / max(abs(a), abs(b)) for a, b in zip(before, after, strict=True) if a != b]
    return f"{len(gaps)} of {len(before)} numbers, by {max(gaps):.2g} at most" if gaps else "words only"


def difference(place: int, old, new) -> str | None:
    """What differs in a cell, with the first lines that do; nothing where it is the same but for timings."""
    if has_tag(old, "timing") or has_tag(old, "slider"):
        return None
    before, after = comparable(texts(old)), comparable(texts(new))
    pairs = [pair for pair in zip_longest(before, after, fillvalue="(no line)") if pair[0] != pair[1]]
    if not pairs:
        return None
    hint = "  (perhaps timings: give the cell the tag `timing`)" if TIMED.search(texts(old)) else ""
    return f"  cell {place}: {size(before, after)}{hint}\n    - {pairs[0][0]:.110}\n    + {pairs[0][1]:.110}"


def selftest() -> None:
    """A changed number is seen, a lost line too; a timing, an address and a slider are not."""
    def differs(before: str, after: str, tags=()) -> bool:
        made = [nbformat.v4.new_code_cell(metadata={"tags": list(tags)}, outputs=[
            nbformat.v4.new_output("stream", text=text)]) for text in (before, after)]
        return difference(0, *made) is not None

    assert differs("AUC 0.91\n", "AUC 0.92\n") and differs("a\nb\n", "a\n") and differs("cost   5", "cost   6")
    assert not differs("AUC 0.91, 3.2 s\n", "AUC 0.91, 14 s\n") and not differs("1.2 GB", "0.9 GB")
    assert not differs("<f>", "<f at 0x55d0>") and not differs("k = 1", "k = 2", ["slider"])
    assert not differs("took 3", "took 4", ["timing"]) and not differs("a    1", "a  1")


def refresh(path: Path, write: bool) -> tuple[Path, float, list[str]]:
    """Run a notebook: how long it took, and what differs."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / path.name
        done = subprocess.run(
            [Path(sys.executable).parent / "papermill", path, new, "--no-progress-bar", "--cwd", path.parent],
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"})
        seconds = time.perf_counter() - start
        if done.returncode:
            return path, seconds, ["  it does not run:", *done.stderr.strip().splitlines()[-12:]]
        committed, made = read(path), read(new)
        if write:
            nbformat.write(made, path)
    pairs = enumerate(zip(committed.cells, made.cells, strict=True))
    found = [difference(place, old, new) for place, (old, new) in pairs if old.cell_type == "code"]
    return path, seconds, [text for text in found if text]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names of notebooks; all without any")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the new outputs in; then: make prepare")
    asked = parser.parse_args()
    chosen = [path for path in NOTEBOOKS if not asked.words or any(word in path.stem for word in asked.words)]
    differ = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for path, seconds, found in pool.map(lambda path: refresh(path, asked.write), chosen):
            differ += bool(found)
            print(f"{path.relative_to(ROOT)}: {len(found)} cells differ, {seconds:.0f} s" if found else
                  f"{path.relative_to(ROOT)}: the same, {seconds:.0f} s", *found, sep="\n", flush=True)
    print(f"\n{len(chosen) - differ} of {len(chosen)} notebooks print what was committed; {differ} differ.")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
