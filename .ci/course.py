"""The course: make the students' and the teachers' copies, and the notebook that proves its exercises.

The sources in example_notebooks/course/ hold everything. A cell with the tag `exercise` has its solution between
`### BEGIN SOLUTION` and `### END SOLUTION`; the cells below it with the tag `check` try it. The students' copies are
made by nbgrader's own preprocessors, so that they are an assignment of nbgrader as well; nbgrader itself, which keeps
its courses in a database, is not needed. A cell with the tag `slider` needs a kernel and is committed without output.
"""

import re
import shutil
from itertools import takewhile
from statistics import median_high

from common import COURSE, ROOT, SETTINGS, has_tag, limits, read
from nbformat import v4, write
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ClearSolutions, ComputeChecksums, LockCells
from pages import code_lines

COPIES = ROOT / "course_copies"
CLEAR = ClearSolutions(enforce_metadata=False, code_stub={"python": "# Your lines here.\n..."})
MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.M)
LICENCE = ("*Text and pictures: [CC-BY 4.0](https://creativecommons.org/licenses/by/4.0/), the smotegan founders. "
           "Code: Apache 2.0.*")
LIMITS = limits("course_limits")
NO_TENSORFLOW = ("Lesson 1", "Lesson 2", "Lesson 3")
PARTS = ("## Wrap-up", "## Quiz", "## What to remember", LICENCE, "**Before you run:**")
LAZY = "import sys\nassert 'tensorflow' not in sys.modules, 'this lesson must not need TensorFlow'"


def stub(source: str) -> str:
    """An exercise without its solution."""
    return CLEAR.preprocess_cell(v4.new_code_cell(source), {"language": "python"}, 0)[0].source


def solved(source: str) -> str:
    """An exercise with its solution, and without the marks around it."""
    return MARKS.sub("", source).rstrip("\n")


def exercises(notebook):
    """Each exercise with its checks, which follow it at once."""
    for place, cell in enumerate(notebook.cells):
        if has_tag(cell, "exercise"):
            yield cell, list(takewhile(lambda later: has_tag(later, "check"), notebook.cells[place + 1:]))


def proof(notebook):
    """The lesson with its exercises left empty, where their checks must fail, and each solved in a world of its own.

    That world is a copy of the lesson's names: later cells that need what only a solution defines fail.
    """
    def code(source, *tags):
        return v4.new_code_cell(source, metadata={"tags": list(tags)})

    proved = {}
    for cell, checks in exercises(notebook):
        lines = [f"exec({source!r}, world)" for source in (solved(cell.source), *(check.source for check in checks))]
        proved[cell.id] = [code(stub(cell.source)), *(code(check.source, "raises-exception") for check in checks),
                           code("\n".join(["world = dict(globals())", *lines]))]
    cells = [made for cell in notebook.cells if not has_tag(cell, "check") for made in proved.get(cell.id, [cell])]
    lazy = any(name in notebook.cells[0].source for name in NO_TENSORFLOW)
    return v4.new_notebook(cells=[*cells, *[code(LAZY)] * lazy])


def failed_to_fail(notebook) -> list[str]:
    """The checks that an empty exercise passed."""
    return [cell.source for cell in notebook.cells if has_tag(cell, "raises-exception")
            and not any(output.output_type == "error" for output in cell.outputs)]


def complaints(notebook) -> list[str]:
    """What a lesson breaks of the rules of the course."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    words = re.sub(r"```.*?```|\$\$.*?\$\$|<[^>]+>|\]\([^)]*\)", " ", prose, flags=re.S)
    lengths, tried = [len(code_lines(solved(cell.source))) for cell in code], list(exercises(notebook))
    ratio = len(re.findall(r"\w[\w'’.,%-]*", words)) / sum(lengths)
    kept = {
        **{f"it has the part {part!r}": part in prose for part in PARTS},
        f"its median code cell has at most {LIMITS['median']:g} lines": median_high(lengths) <= LIMITS["median"],
        f"it has at least {LIMITS['prose']:g} words of prose a line of code": ratio >= LIMITS["prose"],
        f"it has at least {LIMITS['exercises']:g} exercises": len(tried) >= LIMITS["exercises"],
        "it has at least three questions with folded answers": prose.count("<details>") >= 6,
        "each exercise has a marked solution": all(MARKS.search(cell.source) for cell, _ in tried),
        "each exercise has a check below it": all(checks for _, checks in tried),
        "no slider is committed with its output": not any(has_tag(cell, "slider") and cell.outputs for cell in code)}
    return [rule for rule, holds in kept.items() if not holds]


def absolute_links(text: str) -> str:
    """Links that leave the course lead to the project on the web."""
    base, folder = f"{SETTINGS['git_url']}/blob/main", COURSE[0].parent.relative_to(ROOT).as_posix()
    text = re.sub(r"\]\(\.\./\.\./", f"]({base}/", text)
    text = re.sub(r"\]\(\.\./(?!data/)", f"]({base}/example_notebooks/", text)
    return re.sub(r"\]\((\w+\.md)", rf"]({base}/{folder}/\1", text)


def graded(notebook):
    """The lesson with nbgrader's metadata: exercises are solutions to write, and their checks give a point each."""
    for place, cell in enumerate(notebook.cells):
        cell.source = absolute_links(cell.source) if cell.cell_type == "markdown" else cell.source
        if (exercise := has_tag(cell, "exercise")) or has_tag(cell, "check"):
            cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": f"cell-{place}", "cell_type": "code",
                                         "solution": exercise, "grade": not exercise, "locked": not exercise,
                                         "task": False, **({} if exercise else {"points": 1})}
    return notebook


def student(notebook):
    """The copy for a student: no solutions, no outputs, and checks that cannot be edited."""
    for step in (CLEAR, LockCells(), ClearOutput(), CheckCellMetadata(), ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def teacher(notebook):
    """The copy for a teacher: solutions without their marks, and outputs."""
    for cell in notebook.cells:
        cell.source = solved(cell.source) if has_tag(cell, "exercise") else cell.source
    return notebook


if __name__ == "__main__":
    shutil.rmtree(COPIES, ignore_errors=True)
    for make in (student, teacher):
        (COPIES / make.__name__).mkdir(parents=True)
        for path in COURSE:
            write(make(graded(read(path))), COPIES / make.__name__ / path.name)
    (COPIES / "data").mkdir()
    for path in (ROOT / "example_notebooks" / "data").glob("shop*.csv.gz"):
        shutil.copy(path, COPIES / "data")
    for name in ("TEACHERS.md", "LICENSE.md"):
        text = (COURSE[0].parent / name).read_text(encoding="utf-8")
        (COPIES / "teacher" / name).write_text(absolute_links(text), encoding="utf-8")
    print(f"{len(COURSE)} lessons for students, without solutions and outputs, and for teachers are in {COPIES}")
