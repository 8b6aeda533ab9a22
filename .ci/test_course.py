"""The lessons keep the rules of the course, each rule complains about its planted fault, the copies hold what they may.

That the exercises can be solved, and do not pass while they are empty, is tested where the notebooks run.
"""

import course
import nbformat
import pytest
from common import COURSE, execute, has_tag, read
from nbclient.exceptions import CellExecutionError
from nbformat import v4 as new

LESSONS = pytest.mark.parametrize("path", COURSE, ids=[path.stem for path in COURSE])
LONG = [new.new_code_cell("x = 1\n" * 9)] * 99
SLIDER = new.new_code_cell(metadata={"tags": ["slider"]}, outputs=[new.new_output("stream", text="x")])
FAULTS = [  # a piece of the complaint; a text that is taken away, or cells that are added
    ("check below it", '"check"', []), ("marked solution", "SOLUTION", []), ("words of prose", "", LONG),
    ("median code cell", "", LONG), ("slider", "", [SLIDER]), ("3 exercises", '"exercise"', []),
    ("folded answers", "<details>", []), *((part, part, []) for part in course.PARTS),
]


@LESSONS
def test_rules(path):
    """A lesson keeps the rules."""
    assert course.complaints(read(path)) == []


@pytest.mark.parametrize(("complaint", "taken", "added"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(complaint, taken, added):
    """A lesson with a planted fault is complained about."""
    text = COURSE[0].read_text(encoding="utf-8")
    assert taken in text
    lesson = nbformat.reads(text.replace(taken, '""' if taken.startswith('"') else "") if taken else text, 4)
    lesson.cells += added
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
    student, teacher = course.student(course.graded(read(path))), course.teacher(course.graded(read(path)))
    source, solved = ("\n".join(cell.source for cell in copy.cells) for copy in (student, teacher))
    assert "SOLUTION" not in source and source.count("# Your lines here.") >= 3
    assert "SOLUTION" not in solved and "# Your lines here." not in solved
    assert not any(cell.get("outputs") for cell in student.cells)
    checks = [cell.metadata for cell in student.cells if has_tag(cell, "check")]
    assert checks and all(check.nbgrader.grade and not check.editable for check in checks)
