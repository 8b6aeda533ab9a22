"""The package is what the notebooks say, its imports point up the list of pages, and the wheel holds what it must."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import hypothesis
import pytest
import yaml
from common import ROOT, modules
from nbformat.v4 import new_code_cell, new_notebook, new_output
from refresh import comparable

TOOLS = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", "_build", "_site", "__pycache__", "*_results",
                                  "course_copies", "build", "dist", "*.egg-info")
HOOKS = [hook["id"] for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
         for hook in repo["hooks"]]
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


@pytest.mark.xdist_group("hooks")
@pytest.mark.parametrize("hook", HOOKS)
def test_hook(hook, tree):
    """What pre-commit checks holds, and changes nothing."""
    run(TOOLS / "pre-commit", "run", "--all-files", "--show-diff-on-failure", "--color=never", hook, cwd=tree)


def test_wheel(tree):
    """The wheel and the source distribution build without a network, and hold package, types and licence."""
    run(sys.executable, "-m", "build", "--no-isolation", tree)
    wheel, = (tree / "dist").glob("*.whl")
    run(TOOLS / "twine", "check", "--strict", wheel, *(tree / "dist").glob("*.tar.gz"))
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
    wanted = {"py.typed", "__init__.py", *(f"{module}.py" for module in modules())}
    assert wanted <= names and any(name.endswith("LICENSE") for name in names)


def test_without_tensorflow():
    """The package is imported, and SMOTE's rows are made, where there is no TensorFlow."""
    run(sys.executable, "-c", WITHOUT_TENSORFLOW)


def test_refresh():
    """'make refresh' sees a changed number and a lost line, and no timing, address or slider."""
    def seen(text, tag="plain"):
        return comparable(new_notebook(cells=[new_code_cell(metadata={"tags": [tag]}, outputs=[
            new_output("stream", text=text)])]))

    assert seen("AUC 0.91") != seen("AUC 0.92") and seen("a\nb") != seen("a") and seen("cost   5") != seen("cost   6")
    assert seen("AUC 0.91, 3.2 s") == seen("AUC 0.91, 14 s") and seen("1.2 GB") == seen("0.9 GB")
    assert seen("<f>") == seen("<f at 0x55d0>") and seen("a    1") == seen("a  1")
    assert seen("k = 1", "slider") == seen("k = 2", "slider") and seen("took 3", "timing") == seen("took 4", "timing")


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
