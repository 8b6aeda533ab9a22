"""Planted faults: each limit of a page complains about its own, and no other does."""

import pages
import pytest
from nbformat import v4 as new
from pages import HEAD, LIMITS

MORE = {key: int(limit) + 1 for key, limit in LIMITS.items()}  # one more than each limit


def function(lines: int) -> str:
    """An exported cell with so many lines of code."""
    return "\n".join(["#| export", "def f():", '    """One line."""', *["    x = 1"] * (lines - 1)])


@pytest.fixture
def good():
    """A small page of the GAN chapter that keeps every limit."""
    picture = new.new_output("display_data", data={"image/png": "AAAA"})
    solution = "<details><summary>Solution</summary>\n\n```python\nassert 1\n```\n\n</details>"
    cells = [new.new_markdown_cell("# Title\n\n> Subtitle."), new.new_code_cell("import math"),
             new.new_markdown_cell("\n\n".join(f"**{start}** something." for start in HEAD))]
    for number in range(18):
        cells += [new.new_markdown_cell("A short sentence of prose. " * 40), new.new_code_cell(function(4)),
                  new.new_code_cell("train_plainly()", outputs=[picture] if number % 2 == 0 else [])]
    cells.append(new.new_markdown_cell(f"## What to remember\n\n- This.\n\n## Exercises\n\n{solution}\n\n{solution}"))
    return new.new_notebook(cells=cells)


def edit(old: str, text: str, *places: int):
    """Replace a text in cells that must hold it."""
    def plant(page):
        for cell in (page.cells[place] for place in places):
            assert old in cell.source
            cell.source = cell.source.replace(old, text, 1)
    return plant


def export(*numbers: int):
    """Export the uses that stand behind these of the exported cells."""
    return edit("train_plainly()", function(1), *(5 + 3 * number for number in numbers))


def no_pictures(page):
    """Take the pictures off one cell more than may stand between two."""
    for cell in page.cells[27:27 + MORE["picture_gap"]]:
        cell.pop("outputs", None)


LONG, FIRST = "word " * MORE["sentence"], range(5, MORE["first_picture"], 3)
FAULTS = [
    ("cells", lambda page: page.cells.extend([new.new_markdown_cell("More.")] * 10)),
    ("run", export(0, 1, 2)), ("used", export(*(number for number in range(17) if number % 3))),
    ("longest", edit(function(4), function(MORE["longest"]), 4)),
    ("prose", edit("A short sentence of prose. " * 40, "Short.", *range(3, 57, 3))),
    ("wide", edit("()", "()  # " + "x" * MORE["wide"], 5)), ("picture_gap", no_pictures),
    ("first_picture", edit("train_plainly()", "other()", *FIRST)),
    ("sentence", edit("A short", LONG + "A short", 3)), ("sentence", edit("A short", f"# Heading\n\n- {LONG}", 3)),
    ("head", edit("# Title", "Title", 0)), ("head", edit("> Subtitle.", "Subtitle.", 0)),
    *(("head", edit(f"**{start}**", start, 2)) for start in HEAD),
    *(("foot", edit(f"## {title}", title, -1)) for title in ("What to remember", "Exercises")),
    ("foot", lambda page: page.cells[-1].update(source=page.cells[-1].source.rsplit("<details>", 1)[0])),
    *(("words", edit(old, f"{word}. {old}", place)) for word in ("made-up", "made up", "holes", "Foreign", "herd")
      for place, old in ((3, "A short"), (4, "One line."))),
]


@pytest.mark.parametrize(("key", "plant"), FAULTS, ids=[f"{key}-{number}" for number, (key, _) in enumerate(FAULTS)])
def test_fault(good, key, plant):
    """The limit complains, and no other; without the fault none does."""
    assert pages.complaints("33_training", good) == {}
    plant(good)
    assert set(pages.complaints("33_training", good)) == {key}


def test_every_limit_is_tried():
    """No limit stands in settings.ini without a fault for it; time, names and solutions are tried elsewhere."""
    assert {key for key, _ in FAULTS} | {"seconds", "public", "solutions"} >= set(LIMITS)


def test_what_is_no_fault(good):
    """A heading, a table, a fence and a formula are no sentences; pictures are asked of the GAN chapter only."""
    edit("A short", f"# {LONG}\n\n| {LONG} |\n\n```\n{LONG}\n```\n\n$$ {LONG} $$\n\n- a\n- b\n\nA short", 3)(good)
    assert pages.complaints("33_training", good) == {}
    no_pictures(good)
    assert pages.complaints("20_smote", good) == {}
    assert set(pages.complaints("32_generators", good)) == {"picture_gap"}


def test_public_names():
    """One public name too many is seen, and tf among them."""
    names = [f"name{number}" for number in range(int(LIMITS["public"]))]
    assert pages.public_complaints({"a": names}) == []
    assert len(pages.public_complaints({"a": names, "b": ["tf"]})) == 2
