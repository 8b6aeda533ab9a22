"""The package is what the notebooks say, its imports point up the list of pages, and the wheel holds what it must."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
import yaml
from common import ROOT, modules, settings
from nbformat.v4 import new_code_cell, new_output
from numpydoc.validate import validate
from refresh import difference

TOOLS, CONFIG = Path(sys.executable).parent, settings()
PACKAGE = CONFIG["lib_path"]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", "_build", "_site", "__pycache__", "*_results",
                                  "course_copies", "build", "dist", "*.egg-info")
HOOKS = [hook["id"] for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
         for hook in repo["hooks"] if "stages" not in hook]
CONTRACTS = """
[importlinter]
root_package = {package}

[importlinter:contract:up]
name = Imports point up the list of pages
type = layers
containers = {package}
exhaustive = true
exhaustive_ignores = _modidx
    __main__
layers = {layers}

[importlinter:contract:front]
name = No module imports the front of the package
type = forbidden
source_modules = {package}.*
forbidden_modules = {package}
as_packages = false
allow_indirect_imports = true
"""
WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None  # an import of it is an error
from sklearn.datasets import make_classification
from smotegan import SMOTEGAN
X, y = make_classification(200, weights=[0.8], random_state=0)
SMOTEGAN(gan="none", random_state=0).fit_resample(X, y)
"""


def run(*command, cwd=ROOT):
    """Run a command; a non-zero exit is a failure that shows what was printed."""
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path, "PYTHONPATH": str(cwd)})
    if done.returncode:
        pytest.fail(f"{done.stdout[-6000:]}\n{done.stderr[-6000:]}", pytrace=False)


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """A copy of the project in which hooks may write, known to git."""
    copy = tmp_path_factory.mktemp("tree") / "smotegan"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for words in (["init", "-q"], ["add", "-A"]):
        run("git", *words, cwd=copy)
    return copy


@pytest.mark.xdist_group("tree")
@pytest.mark.parametrize("hook", HOOKS)
def test_hook(hook, tree):
    """What pre-commit checks holds, and changes nothing."""
    run(TOOLS / "pre-commit", "run", "--all-files", "--show-diff-on-failure", "--color=never", hook, cwd=tree)


@pytest.mark.xdist_group("tree")
def test_wheel(tree):
    """The wheel and the source distribution build without a network, and hold package, types and licence."""
    run(sys.executable, "-m", "build", "--no-isolation", tree)
    wheel, = (tree / "dist").glob("*.whl")
    run(TOOLS / "twine", "check", "--strict", wheel, *(tree / "dist").glob("*.tar.gz"))
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
    wanted = {"py.typed", "__init__.py", *(f"{module}.py" for module in modules())}
    assert wanted <= names and any(name.endswith("LICENSE") for name in names)


@pytest.mark.parametrize("swap", [False, True], ids=["as they are", "planted fault"])
def test_imports(swap, tmp_path):
    """Imports point up the list of pages only, every module has a page, and a reversed list is complained about."""
    layers, config = modules()[::-1], tmp_path / "contracts.ini"
    layers = layers[::-1] if swap else layers
    config.write_text(CONTRACTS.format(package=PACKAGE, layers="\n    ".join(["", *layers])), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="not allowed") if swap else nullcontext():
        run(TOOLS / "lint-imports", "--no-cache", config)


def test_without_tensorflow():
    """The package is imported, and SMOTE's rows are made, where there is no TensorFlow."""
    run(sys.executable, "-c", WITHOUT_TENSORFLOW)


def documented():
    """The dotted names whose docstrings must be complete: all that are longer than a line, and all public methods."""
    for module in map(import_module, (f"{PACKAGE}.{name}" for name in modules())):
        for name in module.__all__:
            thing = getattr(module, name)
            if (inspect.isclass(thing) or inspect.isroutine(thing)) and "\n" in (thing.__doc__ or ""):
                yield f"{module.__name__}.{name}"
            if inspect.isclass(thing) and hasattr(thing, "get_params"):
                yield from (f"{module.__name__}.{name}.{method}" for method, value in vars(thing).items()
                            if callable(value) and not method.startswith("_"))


def test_docstrings():
    """The public docstrings keep numpydoc's rules; one that says so need not repeat the parameters of another."""
    ignored, found = set(CONFIG["numpydoc_ignore"].split(",")), []
    for name in documented():
        result = validate(name)
        inherits = "Parameters and attributes are those of" in " ".join((result["docstring"] or "").split())
        found += [f"{name}: {code} {text}" for code, text in result["errors"]
                  if code not in ignored and not (inherits and code == "PR01")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("before", "after", "tag", "seen"), [
    ("AUC 0.91\n", "AUC 0.92\n", "", True), ("a\nb\n", "a\n", "", True), ("cost   5", "cost   6", "", True),
    ("AUC 0.91, 3.2 s\n", "AUC 0.91, 14 s\n", "", False), ("1.2 GB", "0.9 GB", "", False),
    ("<f>", "<f at 0x55d0>", "", False), ("k = 1", "k = 2", "slider", False), ("took 3", "took 4", "timing", False),
    ("a    1", "a  1", "", False)])
def test_refresh(before, after, tag, seen):
    """'make refresh' sees a changed number and a lost line, and no timing, address or slider."""
    old, new = (new_code_cell(metadata={"tags": [tag or "plain"]}, outputs=[new_output("stream", text=text)])
                for text in (before, after))
    assert (difference(0, old, new) is not None) == seen


def test_fuzz():
    """The sampler keeps its promises on random tables; 'make fuzz' draws many more, and shrinks one that fails."""
    from smotegan.testing import check_promises, table_examples

    @hypothesis.settings(max_examples=int(os.environ.get("TABLES", 10)), deadline=None, database=None,
                         derandomize="TABLES" not in os.environ,
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(table_examples())
    def fuzz(example):
        check_promises(*example)

    fuzz()
