"""The course: make the students' and the teachers' copies, and the notebook that proves its exercises.

The sources in example_notebooks/course/ hold everything. A cell with the tag `exercise` has its solution between
`### BEGIN SOLUTION` and `### END SOLUTION`, as in nbgrader; the cells below it with the tag `check` try it. A cell with
the tag `slider` needs a kernel and is committed without its output; the strip above it shows what it would.
"""

from __future__ import annotations

import ast
import re
import shutil
from copy import deepcopy

import nbformat
from common import COURSE, ROOT, has_tag, read, settings
from pages import code_lines, limits, parse, words

COPIES = ROOT / "course_copies"
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.M | re.S)
MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.M)
LICENCE = ("*Text and pictures: [CC-BY 4.0](https://creativecommons.org/licenses/by/4.0/), the smotegan founders. "
           "Code: Apache 2.0.*")
LIMITS = limits("course_limits")
NO_TENSORFLOW = ("lesson_1", "lesson_2", "lesson_3")
PARTS = ("## Wrap-up", "## Quiz", "## What to remember")

FAILS = """try:
    exec({source!r}, globals())
except Exception as error:
    print("without a solution:", type(error).__name__)
else:
    raise AssertionError("this check passes without a solution")
"""
LAZY = "import sys\nassert 'tensorflow' not in sys.modules, 'this lesson must not need TensorFlow'"


def stub(source: str) -> str:
    """An exercise without its solution."""
    return SOLUTION.sub(r"\1# Your lines here.\n\1...", source)


def solved(source: str) -> str:
    """An exercise with its solution, and without the marks around it."""
    return MARKS.sub("", source).rstrip("\n")


def exercises(notebook):
    """Each exercise: its place among the cells, and those of its checks."""
    for place, cell in enumerate(notebook.cells):
        if has_tag(cell, "exercise"):
            checks = []
            for later in range(place + 1, len(notebook.cells)):
                if not has_tag(notebook.cells[later], "check"):
                    break
                checks.append(later)
            yield place, checks


def proof(notebook, lazy: bool = False):
    """The lesson with each exercise twice: empty, where its checks must fail, and solved, where they must pass."""
    new, cells, places = nbformat.v4.new_code_cell, [], dict(exercises(notebook))
    checks = {check for found in places.values() for check in found}
    for place, cell in enumerate(notebook.cells):
        if place in places:
            source = [notebook.cells[check].source for check in places[place]]
            cells += [new(stub(cell.source)), *(new(FAILS.format(source=text)) for text in source)]
            cells += [new(solved(cell.source)), *map(new, source)]
        elif place not in checks:
            cells.append(cell)
    proved = deepcopy(notebook)
    proved.cells = cells + [new(LAZY)] * lazy
    return proved


def names(source: str, kind: type) -> set[str]:
    """The names that a cell stores or loads."""
    tree = parse(source)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}
    if kind is ast.Store:
        found |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return found


def borrowed(notebook) -> set[str]:
    """The names that only a solution defines, and that a cell of the lesson, or another exercise, needs."""
    places = dict(exercises(notebook))
    own = {place for place, checks in places.items() for place in (place, *checks)}
    code = {place: cell.source for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    lesson = set().union(*(names(source, ast.Store) for place, source in code.items() if place not in own))
    found = set()
    for place, checks in places.items():
        solution = names(code[place], ast.Store) - names(stub(code[place]), ast.Store) - lesson
        found |= {name for later, source in code.items() if later > place and later not in checks
                  for name in names(source, ast.Load) & solution - names(source, ast.Store)}
    return found


def complaints(notebook) -> list[str]:
    """What a lesson breaks of the rules of the course."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    lengths = sorted(code_lines(solved(cell.source)) for cell in code)
    middle, ratio = lengths[len(lengths) // 2], sum(words(cell.source) for cell in prose) / sum(lengths)
    foot = "\n".join(cell.source for cell in prose)
    found = [f"no part {part!r}" for part in PARTS if part not in foot]
    found += ["its licence is missing: " + LICENCE] * (LICENCE not in foot)
    found += ["no question to answer before running (**Before you run:**)"] * ("**Before you run:**" not in foot)
    found += [f"its median code cell has {middle} lines, the limit is {LIMITS['median']:g}"] * (
        middle > LIMITS["median"])
    found += [f"{ratio:.1f} words of prose a line of code, the least is {LIMITS['prose']:g}"] * (
        ratio < LIMITS["prose"])
    found += ["too few exercises"] * (len(list(exercises(notebook))) < LIMITS["exercises"])
    found += ["fewer than three questions with folded answers"] * (foot.count("<details>") < 6)
    for place, checks in exercises(notebook):
        found += [f"the exercise in cell {place} has no marked solution"] * (not SOLUTION.search(
            notebook.cells[place].source))
        found += [f"the exercise in cell {place} has no check below it"] * (not checks)
    found += [f"a solution alone defines {name!r}, which later cells need" for name in sorted(borrowed(notebook))]
    found += ["a slider was committed with its output: run 'make prepare'"
              for cell in code if has_tag(cell, "slider") and cell.outputs]
    return found


def faults(place: int, check: int):
    """What breaks a lesson, beside a piece of the complaint about it; `place` is that of an exercise."""
    new = nbformat.v4.new_code_cell
    yield "no check below it", lambda cells: cells.pop(check)
    yield "no marked solution", lambda cells: cells[place].update(source=solved(cells[place].source))
    yield "which later cells need", lambda cells: cells.extend(
        new(name) for name in names(cells[place].source, ast.Store) - names(stub(cells[place].source), ast.Store))
    yield "words of prose", lambda cells: cells.extend(new("x = 1\n" * 9) for _ in range(99))
    yield "median code cell", lambda cells: cells.extend(new("x = 1\n" * 9) for _ in range(99))
    yield "committed with its output", lambda cells: next(
        cell for cell in cells if has_tag(cell, "slider")).outputs.append(nbformat.v4.new_output("stream", text="x"))
    yield "too few exercises", lambda cells: [cell.metadata.pop("tags", None) for cell in cells]
    yield "folded answers", lambda cells: [
        cell.update(source=cell.source.replace("<details>", "")) for cell in cells if cell.cell_type == "markdown"]
    for part in (*PARTS, LICENCE, "**Before you run:**"):
        yield part.strip("*"), lambda cells, part=part: [
            cell.update(source=cell.source.replace(part, "")) for cell in cells if cell.cell_type == "markdown"]


def selftest() -> None:
    """Plant each fault into a lesson, which must complain; and a check that forgives an empty exercise."""
    lesson = read(COURSE[0])
    assert complaints(lesson) == [], complaints(lesson)
    place, checks = next((place, checks) for place, checks in exercises(lesson)
                         if len(checks) == 1 and not lesson.cells[place].source.startswith("def "))
    for words_of_it, plant in faults(place, checks[0]):
        broken = deepcopy(lesson)
        plant(broken.cells)
        found = complaints(broken)
        assert any(words_of_it in text for text in found), f"{words_of_it!r} was planted, and found was: {found}"
    forgives = deepcopy(lesson)
    forgives.cells[checks[0]].source = "assert True"
    try:
        exec(next(cell.source for cell in proof(forgives).cells if "assert True" in cell.source), {})
    except AssertionError:
        return
    raise AssertionError("a check that passes without a solution was forgiven")


def absolute_links(text: str, folder: str) -> str:
    """Links that leave the course lead to the project on the web."""
    base = f"{settings()['git_url']}/blob/main"
    text = re.sub(r"\]\(\.\./\.\./", f"]({base}/", text)
    text = re.sub(r"\]\(\.\./(?!data/)", f"]({base}/example_notebooks/", text)
    return re.sub(r"\]\((\w+\.md)", rf"]({base}/{folder}/\1", text)


def copy(notebook, teacher: bool):
    """A copy for a teacher, with solutions and outputs, or for a student, with neither."""
    made, folder = deepcopy(notebook), COURSE[0].parent.relative_to(ROOT).as_posix()
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = absolute_links(cell.source, folder)
        elif has_tag(cell, "exercise"):
            cell.source = solved(cell.source) if teacher else stub(cell.source)
        if cell.cell_type == "code" and not teacher:
            cell.outputs, cell.execution_count = [], None
    return made


def main() -> None:
    shutil.rmtree(COPIES, ignore_errors=True)
    for kind in ("student", "teacher"):
        (COPIES / kind).mkdir(parents=True)
        for path in COURSE:
            nbformat.write(copy(read(path), kind == "teacher"), COPIES / kind / path.name)
    (COPIES / "data").mkdir()
    for path in (ROOT / "example_notebooks" / "data").glob("shop*.csv.gz"):
        shutil.copy(path, COPIES / "data")
    for name in ("TEACHERS.md", "LICENSE.md"):
        text = (COURSE[0].parent / name).read_text(encoding="utf-8")
        text = absolute_links(text, COURSE[0].parent.relative_to(ROOT).as_posix())
        (COPIES / "teacher" / name).write_text(text, encoding="utf-8")
    print(f"{len(COURSE)} lessons for students, without outputs and solutions, and for teachers, with both, are in "
          f"{COPIES.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
