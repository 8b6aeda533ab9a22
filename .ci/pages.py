"""The numbers of each page, held against `page_limits` in settings.ini. With --selftest, plant every fault."""

from __future__ import annotations

import ast
import re
import sys
from itertools import pairwise
from statistics import median, quantiles

import nbformat
from common import PAGES, ROOT, modules, read, settings


def limits(name: str) -> dict[str, float]:
    """Limits as settings.ini names them."""
    return {key: float(value) for key, value in (part.split("=") for part in settings()[name].split())}


LIMITS = limits("page_limits")
NUMBERED = [path for path in PAGES if re.match(r"[0-9]{2}_", path.stem)]
SOLUTION = re.compile(r"<details>.*?```python\n(.*?)```.*?</details>", re.S)
OLD_WORDS = re.compile(r"\b(made[- ]up|holes|exams|foreign|rare\s+rows|common\s+rows)\b", re.I)
HEAD = ["You will be able to", "You need", "Time"]
COLUMNS = ["cells", "exported", "median", "p90", "longest", "prose", "pictures", "gap", "wide", "sentences",
           "public", "seconds"]


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell, without the lines that only IPython reads."""
    return ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", source, flags=re.M))


def docstring_nodes(source: str) -> list[ast.Constant]:
    """The docstrings of a cell."""
    found = []
    for node in ast.walk(parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = node.body[0]
            if (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                    and isinstance(first.value.value, str)):
                found.append(first.value)
    return found


def code_lines(source: str) -> int:
    """The lines of code, without docstrings, comments, directives and blank lines."""
    documented = {line for node in docstring_nodes(source) for line in range(node.lineno, node.end_lineno + 1)}
    return sum(bool(line.strip()) and not line.lstrip().startswith(("#", "%", "!")) and number not in documented
               for number, line in enumerate(source.split("\n"), 1))


def words(markdown: str) -> int:
    """The words of prose: no fences, formulas, tags of HTML and addresses."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<[^>]+>|\]\([^)]*\)", " ", markdown, flags=re.S)
    return len(re.findall(r"\w[\w'’.,%-]*", text))


def sentences(markdown: str) -> list[str]:
    """The sentences of prose: no tables, fences, formulas and headings; each item of a list apart."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<!--.*?-->", "\n\n", markdown, flags=re.S)
    text = re.sub(r"^[ \t]*(\||#).*$", "\n", text, flags=re.M)
    text = re.sub(r"\$[^$\n]+\$", "x", text)
    blocks = re.split(r"\n\s*\n|^\s*(?:[-*+]|\d+\.)\s+|^>|</?\w+[^>]*>", text, flags=re.M)
    return [part for block in blocks for part in re.split(r"(?<=[.!?])[\"'*_)`]*\s+", block) if part.strip()]


def is_picture(cell) -> bool:
    """Whether a picture is among the outputs of a cell."""
    return any(kind in output.get("data", {}) for output in cell.get("outputs", [])
               for kind in ("image/png", "image/svg+xml"))


def calls(source: str, name: str) -> bool:
    """Whether a cell calls a function."""
    return any(isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
               for node in ast.walk(parse(source)))


def public_names(module: str) -> list[str]:
    """The names in a module's __all__, without importing it."""
    tree = ast.parse((ROOT / settings()["lib_path"] / f"{module}.py").read_text(encoding="utf-8"))
    return next((ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
                 and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)), [])


def module_of(notebook) -> str | None:
    """The module that a page exports."""
    found = [re.search(r"^#\| default_exp (\w+)", cell.source, re.M) for cell in notebook.cells[:3]]
    return next((match[1] for match in found if match), None)


def numbers(notebook, seconds: float | None = None) -> dict:
    """The figures of a page."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    exported = [cell.source for cell in code if re.search(r"^#\|\s*exporti?\b", cell.source, re.M)]
    lengths = [code_lines(source) for source in exported] or [0]
    pictures = [index for index, cell in enumerate(notebook.cells) if is_picture(cell)]
    words = sum(len(text.split()) for text in markdown)
    words += sum(len(node.value.split()) for cell in code for node in docstring_nodes(cell.source))
    module = module_of(notebook)
    return {
        "cells": len(notebook.cells), "exported": len(exported),
        "median": median(lengths), "longest": max(lengths),
        "p90": quantiles(lengths, n=10, method="inclusive")[-1] if len(lengths) > 1 else lengths[0],
        "prose": words / max(sum(code_lines(cell.source) for cell in code), 1),
        "pictures": len(pictures),
        "gap": max(b - a for a, b in pairwise([0, *pictures, len(notebook.cells)])),
        "wide": sum(len(line) > LIMITS["wide"] for cell in code for line in cell.source.split("\n")),
        "sentences": sum(len(text.split()) > LIMITS["sentence"] for cell in markdown for text in sentences(cell)),
        "public": len(public_names(module)) if module else 0, "seconds": seconds,
    }


def first_picture(notebook) -> float:
    """The index of the first picture from the first call of train_plainly on; infinite without one."""
    cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    start = next((index for index, cell in cells if calls(cell.source, "train_plainly")), float("inf"))
    return next((index for index, cell in cells if index >= start and is_picture(cell)), float("inf"))


def old_words(notebook) -> list[str]:
    """The old words in Markdown and in the docstrings of exported cells."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    texts += [node.value for cell in notebook.cells if cell.cell_type == "code"
              and re.search(r"^#\|\s*exporti?\b", cell.source, re.M) for node in docstring_nodes(cell.source)]
    return sorted({word.lower() for text in texts for word in OLD_WORDS.findall(text)})


def missing_parts(notebook) -> dict[str, list[str]]:
    """The parts that the head and the foot of a page lack."""
    first = notebook.cells[0].source if notebook.cells[0].cell_type == "markdown" else ""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    head = [] if re.match(r"# \S", first) else ["a first cell with '# Title'"]
    head += [] if re.search(r"^> \S", first, re.M) else ["'> subtitle' in the first cell"]
    head += [f"**{start}**" for start in HEAD if not re.search(rf"^\*\*{start}\b[^*]*\*\*", text, re.M)]
    foot = [f"'{title}'" for title in ("## What to remember", "## Exercises")
            if not re.search(rf"^{title}\s*$", text, re.M)]
    solved = len(SOLUTION.findall(text.split("## Exercises")[-1]))
    if solved < LIMITS["solutions"]:
        foot.append(f"folded solutions: {solved}, at least {LIMITS['solutions']:g}")
    return {"head": head, "foot": foot}


def complaints(name: str, notebook, seconds: float | None = None) -> dict[str, str]:
    """The limits that a page breaks: a sentence for each, with the page, the figure and the limit."""
    found, is_gan = numbers(notebook, seconds), name[:2] in {"32", "33", "34", "35", "36"}
    broken = {}

    def at_most(key, figure, limit, what):
        if figure is not None and figure > limit:
            broken[key] = f"{name}: {what} is {figure:.4g}, the limit is {limit:g}"

    for key in ("median", "p90", "longest"):
        at_most(key, found[key], LIMITS[key], f"{key} of the exported cells in lines")
    at_most("seconds", seconds, LIMITS["seconds"], "time of the page in seconds")
    at_most("wide", found["wide"], 0, f"number of code lines over {LIMITS['wide']:g} characters")
    if found["prose"] < LIMITS["prose"]:
        broken["prose"] = f"{name}: words of prose a line of code {found['prose']:.2f}, at least {LIMITS['prose']:g}"
    if is_gan:
        at_most("picture_gap", found["gap"], LIMITS["picture_gap"], "longest way to a picture in cells")
        at_most("sentence", found["sentences"], 0, f"number of sentences over {LIMITS['sentence']:g} words")
    if name == "33_training":
        at_most("first_picture", first_picture(notebook), LIMITS["first_picture"],
                "cell of the first picture from a call of train_plainly on")
    for key, missing in missing_parts(notebook).items():
        if missing:
            broken[key] = f"{name}: the {key} lacks {', '.join(missing)}"
    if words := old_words(notebook):
        broken["words"] = f"{name}: old words: {', '.join(words)}; the limit is none"
    return broken


def public_complaints(names: dict[str, list[str]]) -> dict[str, str]:
    """The limits that the public names of all modules break."""
    total, broken = sum(map(len, names.values())), {}
    if total > LIMITS["public"]:
        each = ", ".join(f"{module} {len(found)}" for module, found in names.items())
        broken["public"] = f"public names of all modules: {total}, the limit is {LIMITS['public']:g} ({each})"
    if wrong := [module for module, found in names.items() if "tf" in found]:
        broken["tf"] = f"'tf' is among the public names of {', '.join(wrong)}; the limit is none"
    return broken


def check_public() -> None:
    """Hold the public names of the package against their limit."""
    if broken := public_complaints({module: public_names(module) for module in modules()}):
        raise AssertionError("\n".join(broken.values()))


def check_numbers(path) -> None:
    """Hold a page against its limits."""
    if broken := complaints(path.stem, read(path)):
        raise AssertionError("\n".join(broken.values()))


def table(seconds: dict[str, float]) -> str:
    """The numbers of all pages, one line a page."""
    lines = [f"{'page':16}" + "".join(f"{column:>10}" for column in COLUMNS)]
    for path in NUMBERED:
        try:
            row = numbers(read(path), seconds.get(path.stem))
        except Exception as error:  # the check of this page says more
            lines.append(f"{path.stem:16}  {type(error).__name__}: {error}")
            continue
        shown = ["-" if row[c] is None else f"{row[c]:.1f}" if isinstance(row[c], float) else str(row[c])
                 for c in COLUMNS]
        lines.append(f"{path.stem:16}" + "".join(f"{text:>10}" for text in shown))
    return "\n".join(lines)


def function(lines: int, name: str = "f", docstring: str = "One line.") -> str:
    """An exported cell with so many lines of code."""
    return "\n".join(["#| export", f"def {name}():", f'    """{docstring}"""', *["    x = 1"] * (lines - 1)])


def good_page():
    """A small page of the GAN chapter that keeps every limit."""
    new = nbformat.v4
    picture = new.new_output("display_data", data={"image/png": "AAAA"})
    solution = "<details><summary>Solution</summary>\n\n```python\nassert 1\n```\n\n</details>"
    cells = [new.new_markdown_cell("# Title\n\n> Subtitle."), new.new_code_cell("import math"),
             new.new_markdown_cell("\n\n".join(f"**{start}** something." for start in HEAD))]
    for index in range(20):
        cells += [new.new_markdown_cell("A short sentence of prose. " * 40), new.new_code_cell(function(4)),
                  new.new_code_cell("train_plainly()", outputs=[picture] if index % 2 == 0 else [])]
    cells.append(new.new_markdown_cell(f"## What to remember\n\n- This.\n\n## Exercises\n\n{solution}\n\n{solution}"))
    return new.new_notebook(cells=cells)


def edit(page, index: int, old: str, new: str) -> None:
    """Replace a text in a cell that must hold it."""
    assert old in page.cells[index].source, old
    page.cells[index].source = page.cells[index].source.replace(old, new, 1)


def resize(page, lines: int, number: int) -> None:
    """Give the first exported cells another length."""
    for cell in [cell for cell in page.cells if cell.source.startswith("#| export")][:number]:
        cell.source = function(lines)


def no_pictures(page, start: int, stop: int) -> None:
    """Take the pictures off some cells."""
    for cell in page.cells[start:stop]:
        if cell.cell_type == "code":
            cell.outputs = []


def thin_prose(page) -> None:
    """Leave a word of prose in each cell."""
    for cell in page.cells[3:-1]:
        if cell.cell_type == "markdown":
            cell.source = "Short."


def late_picture(page) -> None:
    """Call train_plainly only after the cell where its picture should stand."""
    for cell in page.cells[3:int(LIMITS["first_picture"]) + 1]:
        if cell.cell_type == "code":
            cell.source = cell.source.replace("train_plainly()", "other()")


def faults():
    """Each fault: the limit that must complain, and what plants it."""
    def whole(key):
        return int(LIMITS[key]) + 1

    yield "median", lambda page: resize(page, whole("median"), 20)
    yield "p90", lambda page: resize(page, whole("p90"), 4)
    yield "longest", lambda page: resize(page, whole("longest"), 1)
    yield "prose", thin_prose
    yield "wide", lambda page: edit(page, 5, "()", "()  # " + "x" * int(LIMITS["wide"]))
    yield "picture_gap", lambda page: no_pictures(page, 27, 27 + whole("picture_gap"))
    yield "first_picture", late_picture
    yield "sentence", lambda page: edit(page, 3, "A short", "word " * whole("sentence") + "A short")
    yield "sentence", lambda page: edit(page, 3, "A short", "# Heading\n\n- " + "word " * whole("sentence"))
    yield "head", lambda page: edit(page, 0, "# Title", "Title")
    yield "head", lambda page: edit(page, 0, "> Subtitle.", "Subtitle.")
    for start in HEAD:
        yield "head", lambda page, start=start: edit(page, 2, f"**{start}**", start)
    for title in ("What to remember", "Exercises"):
        yield "foot", lambda page, title=title: edit(page, -1, f"## {title}", title)
    yield "foot", lambda page: setattr(page.cells[-1], "source", page.cells[-1].source.rsplit("<details>", 1)[0])
    for word in ("made-up", "made up", "holes", "exams", "Foreign", "rare rows", "common rows"):
        yield "words", lambda page, word=word: edit(page, 3, "A short", f"{word}. A short")
        yield "words", lambda page, word=word: edit(page, 4, "One line.", f"One {word}.")


def selftest() -> None:
    """Plant each fault into a good page: its limit complains, and no other."""
    tried = {"seconds", "public", "solutions"}
    assert complaints("33_training", good_page(), LIMITS["seconds"]) == {}, complaints("33_training", good_page())
    assert set(complaints("33_training", good_page(), LIMITS["seconds"] + 1)) == {"seconds"}
    for key, plant in faults():
        page = good_page()
        plant(page)
        found = complaints("33_training", page)
        assert set(found) == {key}, f"the fault for {key} made {found or 'nobody'} complain"
        tried.add(key)
    assert tried >= set(LIMITS), f"never tried: {set(LIMITS) - tried}"
    free = good_page()  # what is a heading, a table, a fence or a formula is no sentence
    many = "word " * (int(LIMITS["sentence"]) + 1)
    edit(free, 3, "A short", f"# {many}\n\n| {many} |\n\n```\n{many}\n```\n\n$$ {many} $$\n\n- a\n- b\n\nA short")
    assert complaints("33_training", free) == {}, complaints("33_training", free)
    gap, late = good_page(), good_page()  # these limits are for the GAN chapter, and for one page
    no_pictures(gap, 27, 27 + int(LIMITS["picture_gap"]) + 1)
    late_picture(late)
    assert complaints("20_smote", gap) == {} and complaints("32_generators", late) == {}
    names = [f"name{index}" for index in range(int(LIMITS["public"]))]
    assert public_complaints({"a": names}) == {}
    assert set(public_complaints({"a": names, "b": ["one"]})) == {"public"}
    assert set(public_complaints({"a": ["tf"]})) == {"tf"}


if __name__ == "__main__":
    if "--selftest" in sys.argv:
        selftest()
        print("Every limit complains about its fault, and about no other.")
    else:
        print(table({}))
