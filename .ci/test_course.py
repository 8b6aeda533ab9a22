"""The lessons keep the rules of the course, each rule complains about its planted fault, the copies hold what they may.

That the exercises can be solved, and do not pass while they are empty, is tested where the notebooks run.
"""

from __future__ import annotations

import course
import pytest
from common import COURSE, execute, has_tag, read
from nbclient.exceptions import CellExecutionError
from nbformat import v4 as new

LESSONS = pytest.mark.parametrize("path", COURSE, ids=[path.stem for path in COURSE])
LONG = [new.new_code_cell("x = 1\n" * 9)] * 99


def replaced(cell_type: str, old: str, text: str = ""):
    """Replace a text in all cells of a kind."""
    def plant(cells):
        for cell in cells:
            cell.source = cell.source.replace(old, text) if cell.cell_type == cell_type else cell.source
    return plant


FAULTS = [  # what breaks a lesson, behind a piece of the complaint about it
    ("no check below it", lambda cells: [cell.metadata.update(tags=[]) for cell in cells if has_tag(cell, "check")]),
    ("no marked solution", replaced("code", "SOLUTION")),
    ("words of prose", lambda cells: cells.extend(LONG)), ("median code cell", lambda cells: cells.extend(LONG)),
    ("committed with its output", lambda cells: cells.append(new.new_code_cell(
        metadata={"tags": ["slider"]}, outputs=[new.new_output("stream", text="x")]))),
    ("too few exercises", lambda cells: [cell.metadata.pop("tags", None) for cell in cells]),
    ("folded answers", replaced("markdown", "<details>")),
    *((part, replaced("markdown", part)) for part in (*course.PARTS, course.LICENCE, "**Before you run:**")),
]


@LESSONS
def test_rules(path):
    """A lesson keeps the rules."""
    assert course.complaints(read(path)) == []


@pytest.mark.parametrize(("complaint", "plant"), FAULTS, ids=[complaint for complaint, _ in FAULTS])
def test_fault(complaint, plant):
    """A lesson with a planted fault is complained about."""
    lesson = read(COURSE[0])
    plant(lesson.cells)
    assert any(complaint in text for text in course.complaints(lesson))


def lesson(*more):
    """A small lesson with an exercise, and with more cells."""
    exercise = "a = 1\n### BEGIN SOLUTION\na = b = 2\n### END SOLUTION"
    cells = [("# Title", "title"), (exercise, "exercise"), ("assert a == 2", "check"), *more]
    return new.new_notebook(cells=[new.new_code_cell(source, metadata={"tags": [tag]}) for source, tag in cells])


def test_proof(tmp_path):
    """A check that passes without a solution is noticed, and a cell that needs what only a solution defines fails."""
    assert course.failed_to_fail(execute(course.proof(lesson()), tmp_path)) == []
    assert course.failed_to_fail(execute(course.proof(lesson(("assert a", "check"))), tmp_path)) == ["assert a"]
    with pytest.raises(CellExecutionError, match="'b' is not defined"):
        execute(course.proof(lesson(("print(b)", "later"))), tmp_path)


@LESSONS
def test_copies(path):
    """The student's copy holds no solution and no output, the teacher's all of them; checks are locked, and graded."""
    student = course.student(course.graded(read(path)))
    source = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in source and source.count("# Your lines here.") >= 3
    assert not any(cell.get("outputs") for cell in student.cells)
    checks = [cell.metadata for cell in student.cells if has_tag(cell, "check")]
    assert checks and all(check.nbgrader.grade and not check.editable for check in checks)
    teacher = course.teacher(course.graded(read(path)))
    assert not any(mark in cell.source for cell in teacher.cells for mark in ("# Your lines here.", "END SOLUTION"))
