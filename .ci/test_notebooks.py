"""Every notebook runs; the pages keep their limits; every head says what it needs; no output is noise."""

import re
import time

import pages
import pytest
from common import COURSE, EXAMPLES, NOTEBOOKS, PAGES, execute, modules, read, with_parameters
from course import failed_to_fail, proof
from nbformat.v4 import new_code_cell

SHARED = 2  # two tests share the cores, and the limits are for a free machine
NOISE = re.compile(  # what no committed output may hold
    r"(?<![\w./:])/(?:root|home|work|tmp|Users|var|usr)/[\w./-]*|[A-Z]:\\+Users\S*|\x1b\[[\d;]*m|\bat 0x[0-9a-f]+|"
    r"^.*\b(?:WARNING:|\w*Warning: ).*$|^[IWE]0000 .*$", re.M)


def of(paths):
    """A test for each notebook."""
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


@of(PAGES)
def test_page(path, record_property):
    """A page runs from top to bottom, and then the folded solutions of its exercises, in the time it may take.

    Its time is that of the clock or of the processor, whichever is less: the clock runs on while others have the core.
    """
    notebook, start = read(path), time.perf_counter()
    folded = [solution for cell in notebook.cells if cell.cell_type == "markdown"
              for solution in pages.SOLUTION.findall(cell.source)]
    notebook.cells += map(new_code_cell, [*folded, "import os\nprint(sum(os.times()[:4]))"])
    execute(notebook, path.parent)
    seconds = min(time.perf_counter() - start, float(notebook.cells[-1].outputs[-1].text))
    record_property("page", [path.stem, {"seconds": round(seconds, 1)}])
    assert seconds <= pages.LIMITS["seconds"] * SHARED


@of(EXAMPLES)
def test_example(path):
    """An example runs with its quick parameters."""
    execute(with_parameters(read(path), quick=True), path.parent)


@of(COURSE)
def test_exercises(path):
    """A lesson runs; the checks of each exercise fail while it is empty, and pass when it is solved."""
    notebook = execute(with_parameters(proof(read(path)), quick=True), path.parent)
    assert not failed_to_fail(notebook)


@of(pages.NUMBERED)
def test_limits(path, record_property):
    """A page keeps the limits of settings.ini."""
    notebook = read(path)
    record_property("page", [path.stem, pages.figures(notebook)])
    broken = pages.complaints(path.stem, notebook)
    assert not broken, "\n".join(broken.values())


def test_public_names():
    """The package has few public names."""
    assert pages.public_complaints({module: pages.public_names(module) for module in modules()}) == []


@of([path for path in NOTEBOOKS if path.stem not in {"index", "contributing"}])
def test_head(path):
    """A notebook says at its head what it teaches, what it needs and how long it takes."""
    head = "\n".join(cell.source for cell in read(path).cells[:4])
    assert not [start for start in pages.HEAD if f"**{start}**" not in head]


@of(NOTEBOOKS)
def test_outputs(path):
    """A notebook was committed with its outputs, and none is an error, a warning, or a path of a machine."""
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]
    assert outputs, "committed without outputs: run it from top to bottom"
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    shown = [text for output in outputs for kind, text in [("text/", output.get("text", "")),
                                                           *output.get("data", {}).items()]
             if kind.startswith("text/") and isinstance(text, str)]
    assert not NOISE.findall("\n".join(shown)), "'make prepare' takes off addresses; the rest needs a hand"
