"""Planted faults: each limit of a page complains about its own, and no other does."""

from __future__ import annotations

import pages
import pytest
from nbformat import v4 as new
from pages import HEAD, LIMITS

TEXT = "A short sentence of prose. " * 40


def function(lines: int, docstring: str = "One line.") -> str:
    """An exported cell with so many lines of code."""
    return "\n".join(["#| export", "def f():", f'    """{docstring}"""', *["    x = 1"] * (lines - 1)])


@pytest.fixture
def page():
    """A small page of the GAN chapter that keeps every limit."""
    picture = new.new_output("display_data", data={"image/png": "AAAA"})
    solution = "<details><summary>Solution</summary>\n\n```python\nassert 1\n```\n\n</details>"
    cells = [new.new_markdown_cell("# Title\n\n> Subtitle."), new.new_code_cell("import math"),
             new.new_markdown_cell("\n\n".join(f"**{start}** something." for start in HEAD))]
    for number in range(18):
        cells += [new.new_markdown_cell(TEXT), new.new_code_cell(function(4)),
                  new.new_code_cell("train_plainly()", outputs=[picture] if number % 2 == 0 else [])]
    cells.append(new.new_markdown_cell(f"## What to remember\n\n- This.\n\n## Exercises\n\n{solution}\n\n{solution}"))
    return new.new_notebook(cells=cells)


def edit(place: int, old: str, text: str):
    """Replace a text in a cell that must hold it."""
    def plant(page):
        assert old in page.cells[place].source
        page.cells[place].source = page.cells[place].source.replace(old, text, 1)
    return plant


def export(*numbers: int):
    """Export the uses that stand behind these of the exported cells."""
    def plant(page):
        for number in numbers:
            page.cells[5 + 3 * number].source = function(1)
    return plant


def no_pictures(page):
    """Take the pictures off one cell more than may stand between two."""
    for cell in page.cells[27:28 + int(LIMITS["picture_gap"])]:
        if cell.cell_type == "code":
            cell.outputs = []


def thin_prose(page):
    """Leave a word of prose in each cell; what docstrings say does not count."""
    for cell in page.cells[3:-1]:
        cell.source = "Short." if cell.cell_type == "markdown" else cell.source.replace("One line.", "Prose.\n" * 200)


def late_picture(page):
    """Call train_plainly only after the cell where its picture should stand."""
    for cell in page.cells[3:int(LIMITS["first_picture"]) + 1]:
        if cell.cell_type == "code":
            cell.source = cell.source.replace("train_plainly()", "other()")


MANY, LONG = "word " * (int(LIMITS["sentence"]) + 1), function(int(LIMITS["longest"]) + 1)
FAULTS = [
    ("cells", lambda page: page.cells.extend([new.new_markdown_cell("More.")] * 10)),
    ("run", export(0, 1, 2)), ("used", export(*(number for number in range(17) if number % 3))),
    ("longest", edit(4, function(4), LONG)), ("prose", thin_prose),
    ("wide", edit(5, "()", "()  # " + "x" * int(LIMITS["wide"]))), ("picture_gap", no_pictures),
    ("first_picture", late_picture), ("sentence", edit(3, "A short", MANY + "A short")),
    ("sentence", edit(3, "A short", f"# Heading\n\n- {MANY}")),
    ("head", edit(0, "# Title", "Title")), ("head", edit(0, "> Subtitle.", "Subtitle.")),
    *(("head", edit(2, f"**{start}**", start)) for start in HEAD),
    *(("foot", edit(-1, f"## {title}", title)) for title in ("What to remember", "Exercises")),
    ("foot", lambda page: page.cells[-1].update(source=page.cells[-1].source.rsplit("<details>", 1)[0])),
    *(("words", edit(place, old, text)) for word in ("made-up", "made up", "holes", "Foreign", "rare rows", "herd")
      for place, old, text in ((3, "A short", f"{word}. A short"), (4, "One line.", f"One {word}."))),
]


def test_nothing_planted(page):
    """The page without a fault has none."""
    assert pages.complaints("33_training", page) == {}


def test_every_limit_is_tried():
    """No limit stands in settings.ini without a fault for it; time, names and solutions are tried elsewhere."""
    assert {key for key, _ in FAULTS} | {"seconds", "public", "solutions"} >= set(LIMITS)


@pytest.mark.parametrize(("key", "plant"), FAULTS, ids=[f"{key}-{number}" for number, (key, _) in enumerate(FAULTS)])
def test_fault(page, key, plant):
    """The limit complains, and no other."""
    plant(page)
    assert set(pages.complaints("33_training", page)) == {key}


def test_what_is_no_sentence(page):
    """A heading, a table, a fence and a formula are no sentences."""
    edit(3, "A short", f"# {MANY}\n\n| {MANY} |\n\n```\n{MANY}\n```\n\n$$ {MANY} $$\n\n- a\n- b\n\nA short")(page)
    assert pages.complaints("33_training", page) == {}


def test_rules_of_the_gan_chapter(page):
    """The rules for pictures are for its pages only."""
    no_pictures(page)
    late_picture(page)
    assert pages.complaints("20_smote", page) == {}
    assert set(pages.complaints("32_generators", page)) == {"picture_gap"}


def test_public_names():
    """One public name too many is seen, and tf among them."""
    names = [f"name{number}" for number in range(int(LIMITS["public"]))]
    assert pages.public_complaints({"a": names}) == {}
    assert set(pages.public_complaints({"a": names, "b": ["one"]})) == {"public"}
    assert set(pages.public_complaints({"a": ["tf"]})) == {"tf"}
