"""Run every check of the project, two at a time; the last line is `N passed, N failed`."""

from __future__ import annotations

import ast
import filecmp
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path

import course
import nbformat
import pages
import refresh
from common import COURSE, EXAMPLES, NOTEBOOKS, PAGES, ROOT, modules, read, settings
from links import dead_links, dead_site_links
from numpydoc.validate import validate

TOOLS = Path(sys.executable).parent
CONFIG = settings()
PACKAGE = CONFIG["lib_path"]
SITE_MB = 20
NOISE = re.compile(  # what no committed output may hold
    r"(?<![\w./:])/(?:root|home|work|tmp|Users|var|usr)/[\w./-]*|[A-Z]:\\+Users\S*|\x1b\[[\d;]*m|\bat 0x[0-9a-f]+|"
    r"^.*\b(?:WARNING:|\w*Warning: ).*$|^[IWE]0000 .*$", re.M)
SECONDS: dict[str, float] = {}  # what each page took in this run
WORKERS = 2  # checks at a time, each with one thread
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
                                     "TF_NUM_INTEROP_THREADS")}


class Failure(Exception):
    """A check that did not hold; its text says why."""


def run(*command, cwd=ROOT, **environment) -> str:
    """Run a command; a non-zero exit is a failure that shows what was printed."""
    return timed(*command, cwd=cwd, **environment)[0]


def timed(*command, cwd=ROOT, **environment) -> tuple[str, float]:
    """Run a command: what it printed, and how long it took, by the clock or by the processor, whichever is less.

    The clock runs on while another check has the core; the processor's time of two workers is added up.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, **ONE_THREAD, "MPLBACKEND": "agg", "PYTHONWARNINGS": "default", **environment})
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode, processor = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        else:  # on Windows
            process.wait()
            processor = float("inf")
        output.seek(0)
        printed = output.read()
    if process.returncode:
        raise Failure(printed[-6000:])
    return printed, min(time.perf_counter() - start, processor)


def check_clean(path: Path):
    """Hold a notebook against its cleaned copy, and look for errors and missing outputs."""
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        raise Failure("an error was committed among the outputs")
    if not any(cell.outputs for cell in code):
        raise Failure("committed without outputs: run it from top to bottom")
    if any(output.get("name") == "stderr" for cell in code for output in cell.outputs):
        raise Failure("what was written to stderr was committed among the outputs: run 'make prepare'")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "settings.ini", folder)
        copy = Path(folder) / "nbs" / path.name
        copy.parent.mkdir()
        shutil.copy(path, copy)
        run(TOOLS / "nbdev_clean", "--fname", copy, cwd=folder)
        if copy.read_text(encoding="utf-8") != path.read_text(encoding="utf-8"):
            raise Failure("not clean: run 'make prepare'")


def check_export():
    """Export the notebooks into a copy and compare it with the package."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("nbs", PACKAGE):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "settings.ini", folder)
        run(TOOLS / "nbdev_export", cwd=folder)
        names = {path.name for base in (ROOT, Path(folder)) for path in (base / PACKAGE).glob("*.py")}
        _, differ, missing = filecmp.cmpfiles(ROOT / PACKAGE, Path(folder) / PACKAGE, names, shallow=False)
        if differ or missing:
            raise Failure(f"{[*differ, *missing]} differ from the notebooks: run 'make prepare'")


def with_solutions(path: Path):
    """The notebook, and below it the folded solutions of its exercises as cells that run."""
    notebook = read(path)
    for cell in list(notebook.cells):
        if cell.cell_type == "markdown":
            for solution in pages.SOLUTION.findall(cell.source):
                notebook.cells.append(nbformat.v4.new_code_cell(solution))
    return notebook


def check_page(path: Path):
    """Run a page from top to bottom, and then the solutions of its exercises."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "settings.ini", folder)
        copy = Path(folder) / "nbs" / path.name
        copy.parent.mkdir()
        nbformat.write(with_solutions(path), copy)
        _, SECONDS[path.stem] = timed(TOOLS / "nbdev_test", "--path", copy, "--n_workers", "1", "--do_print",
                                      cwd=folder, PYTHONPATH=str(ROOT))
    allowed = pages.LIMITS["seconds"] * WORKERS  # the limit is for a free machine, and here it is shared
    if SECONDS[path.stem] > allowed:
        raise Failure(f"{path.stem}: took {SECONDS[path.stem]:.1f} seconds, the limit is {allowed:g}")


def check_links():
    """Every relative link leads to a file, and to a heading of it."""
    texts = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    files = [*texts, *sorted(COURSE[0].parent.glob("*.md")), *NOTEBOOKS]
    dead = [link for path in files for link in dead_links(path)]
    if dead:
        raise Failure("links that lead nowhere:\n" + "\n".join(dead))


def check_heads():
    """Every notebook says at its head what it teaches, what it needs and how long it takes."""
    heads = {path.name: "\n".join(cell.source for cell in read(path).cells[:4]) for path in NOTEBOOKS
             if path.stem not in {"index", "contributing"}}
    found = [f"{name}: no **{start}**" for name, text in heads.items() for start in pages.HEAD
             if f"**{start}**" not in text]
    if found:
        raise Failure("\n".join(found))


def printed(cell) -> str:
    """Everything that a cell printed or showed as text."""
    outputs = cell.get("outputs", [])
    shown = [text for output in outputs for kind, text in output.get("data", {}).items()
             if kind.startswith("text/") and isinstance(text, str)]
    return "\n".join([*(output.get("text", "") for output in outputs), *shown])


def check_noise():
    """No committed output is noise: stderr, warnings, paths and addresses of a machine, colours of a terminal."""
    found = []
    for path in NOTEBOOKS:
        for number, cell in enumerate(read(path).cells):
            where = f"{path.name}, cell {number}"
            if any(output.get("name") == "stderr" for output in cell.get("outputs", [])):
                found.append(f"{where}: stderr")
            found += [f"{where}: {match[0].strip()!r}" for match in NOISE.finditer(printed(cell))]
    if found:
        raise Failure("'make prepare' takes off stderr and addresses; the rest needs a hand:\n" + "\n".join(found))


def check_site():
    """The site builds without a warning, all its links lead somewhere in it, and it is small."""
    run(sys.executable, ".ci/docs.py", PYTHONWARNINGS="ignore")
    site = ROOT / "_site"
    if dead := dead_site_links(site):
        raise Failure("links of the site that lead nowhere:\n" + "\n".join(dead))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    if size > SITE_MB:
        raise Failure(f"the site has {size:.1f} MB, the limit is {SITE_MB}")


def check_browser(*arguments) -> str:
    """Measure the pages of the site in a browser, or use it as a reader does; says so where there is none."""
    return run(sys.executable, *arguments).strip().splitlines()[-1]


def imported(source: str):
    """Every import of a module, also inside functions: its line, the dotted module, the names taken from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [PACKAGE if node.level else "", node.module]))
            yield node.lineno, base, [alias.name for alias in node.names]


def wrong_imports(module: str, source: str, order: list[str]) -> list[str]:
    """The imports of a module that point down the list of pages, or take scikit-learn's private rules."""
    earlier, wrong = order[:order.index(module)] if module in order else [], []
    for line, base, names in imported(source):
        if base.split(".")[0] == PACKAGE:
            targets = [base.split(".")[1]] if "." in base else names or [PACKAGE]
            wrong += [f"{module}.py, line {line}: {name} is no earlier module" for name in targets
                      if name not in earlier]
        private = "sklearn.utils._param_validation"
        taken = {base, *(f"{base}.{name}" for name in names)}
        if module != "parameters" and private in taken:
            wrong.append(f"{module}.py, line {line}: {private} is for parameters.py only")
    return wrong


def check_imports():
    """Imports point up the list of pages only."""
    order, wrong = modules(), []
    for path in sorted((ROOT / PACKAGE).glob("*.py")):
        if path.stem in {"__init__", "_modidx"}:
            continue
        if path.stem not in order:
            wrong.append(f"{path.name}: no page exports it")
        wrong += wrong_imports(path.stem, path.read_text(encoding="utf-8"), order)
    if wrong:
        raise Failure("\n".join(wrong))


def ruff(length, *folders):
    """Run ruff with a line length."""
    run(TOOLS / "ruff", "check", "--line-length", int(length), *shlex.split(CONFIG["ruff_args"]), *folders)


def check_example(path: Path, notebook=None):
    """Run a notebook with its quick parameters, in the folder where it lies."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        nbformat.write(notebook or read(path), copy)
        run(TOOLS / "papermill", copy, copy, "-p", "quick", "True", "--no-progress-bar", "--cwd", path.parent)


def check_lesson(path: Path):
    """Hold a lesson against the rules of the course."""
    if found := course.complaints(read(path)):
        raise Failure("\n".join(found))


def check_exercises(path: Path):
    """Run a lesson: each exercise fails while it is empty, and passes with its solution."""
    check_example(path, course.proof(read(path), lazy=path.stem.startswith(course.NO_TENSORFLOW)))


def check_copies():
    """The students' copies hold no solution, the teachers' hold them all."""
    run(sys.executable, ".ci/course.py")
    for path in COURSE:
        student, teacher = (read(course.COPIES / kind / path.name) for kind in ("student", "teacher"))
        text = "\n".join(cell.source for cell in student.cells)
        shown = any(cell.get("outputs") for cell in student.cells)
        if "SOLUTION" in text or text.count("# Your lines here.") < 3 or shown:
            raise Failure(f"{path.name}: the student's copy holds solutions or outputs")
        if "# Your lines here." in "\n".join(cell.source for cell in teacher.cells):
            raise Failure(f"{path.name}: the teacher's copy lacks a solution")


def check_lazy():
    """Importing the package must not import TensorFlow."""
    run(sys.executable, "-c", "import sys, smotegan; sys.exit('tensorflow' in sys.modules)", PYTHONWARNINGS="ignore")


def docstrings():
    """The dotted names whose docstrings must be complete: all that are longer than a line, and all public methods."""
    for page in modules():
        module = import_module(f"{PACKAGE}.{page}")
        for name in module.__all__:
            thing = getattr(module, name)
            if "\n" in (getattr(thing, "__doc__", "") or "") and not isinstance(thing, (dict, tuple, str, int)):
                yield f"{module.__name__}.{name}"
            if isinstance(thing, type) and hasattr(thing, "get_params"):
                yield from (f"{module.__name__}.{name}.{method}" for method, value in vars(thing).items()
                            if callable(value) and not method.startswith("_"))


def check_docstrings():
    """Validate the public docstrings by numpydoc's rules."""
    ignored = set(CONFIG["numpydoc_ignore"].split(","))
    sys.path.insert(0, str(ROOT))
    found = []
    for name in docstrings():
        result = validate(name)
        inherits = "Parameters and attributes are those of" in " ".join((result["docstring"] or "").split())
        found += [f"{name}: {code} {text}" for code, text in result["errors"]
                  if code not in ignored and not (inherits and code == "PR01")]
    if found:
        raise Failure("\n".join(found))


def checks():
    """Every check: its name, its function and its arguments. Those that need the site stand behind it, in one list."""
    yield [("site     builds, and its links lead somewhere", check_site, ()),
           ("browser  nothing of the site is cut or too wide", check_browser, (".ci/browser.py",)),
           ("e2e      notebooks in JupyterLab, search on the site", check_browser, (".ci/e2e.py",))]
    for path in PAGES:
        yield [(f"page     {path.name}, and its solutions", check_page, (path,))]
    for path in EXAMPLES:
        yield [(f"example  {path.name}, quick", check_example, (path,))]
    for path in COURSE:
        yield [(f"course   {path.name}: its exercises", check_exercises, (path,))]
        yield [(f"course   {path.name}: its rules", check_lesson, (path,))]
    yield [("doctest  examples in docstrings", run, (
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", PACKAGE))]
    for path in NOTEBOOKS:
        yield [(f"clean    {path.name}", check_clean, (path,))]
    for path in pages.NUMBERED:
        yield [(f"numbers  {path.stem}", pages.check_numbers, (path,))]
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    folders = [PACKAGE, ".ci", "example_notebooks", "benchmarks"]
    yield from ([check] for check in (
        ("numbers  public names of all modules", pages.check_public, ()),
        ("copies   of the course: no solution for students", check_copies, ()),
        ("export   the package is what the notebooks say", check_export, ()),
        ("links    every relative link leads somewhere", check_links, ()),
        ("heads    every notebook says what it needs, and its time", check_heads, ()),
        ("noise    no output is a warning or a path of a machine", check_noise, ()),
        ("imports  point up the list of pages only", check_imports, ()),
        ("limits   each complains about its planted fault", pages.selftest, ()),
        ("limits   of the course complain about planted faults", course.selftest, ()),
        ("refresh  sees a changed number, and no timing", refresh.selftest, ()),
        ("readme   README.md, CONTRIBUTING.md are what nbs/ says", run, (sys.executable, ".ci/readme.py", "--check")),
        ("lazy     import smotegan loads no TensorFlow", check_lazy, ()),
        ("ruff     pages", ruff, (pages.LIMITS["wide"], "nbs")),
        ("ruff     package, scripts, examples, benchmarks", ruff, (CONFIG["line_length"], *folders)),
        ("mypy     package", run, (TOOLS / "mypy", *shlex.split(CONFIG["mypy_args"]), PACKAGE)),
        ("numpydoc public docstrings", check_docstrings, ()),
        ("schema   GitHub workflows", run, (
            TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows))))


def attempt(name: str, function, arguments) -> bool:
    """Run a check and print what came of it: whether it held."""
    start = time.perf_counter()
    try:
        remark = function(*arguments)
    except Exception as error:  # a check that breaks is a check that failed
        result, remark = "FAILED", f"\n{error}\n"
    else:
        result, remark = "ok", f"  {remark.strip():.70}" if isinstance(remark, str) and "browser" in remark else ""
    print(f"{name:58}{result:6}  {time.perf_counter() - start:5.1f} s{remark}", flush=True)
    return result == "ok"


def main() -> int:
    chosen, start = sys.argv[1:], time.perf_counter()
    lists = [[check for check in found if not chosen or any(word in check[0] for word in chosen)]
             for found in checks()]
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(lambda found: [attempt(*check) for check in found], found) for found in lists]
        held = [result for future in as_completed(futures) for result in future.result()]
    print(f"\n{pages.table(SECONDS)}\n\nAll of it took {(time.perf_counter() - start) / 60:.1f} minutes.")
    print(f"{sum(held)} passed, {len(held) - sum(held)} failed")
    return int(not held or not all(held))


if __name__ == "__main__":
    sys.exit(main())
