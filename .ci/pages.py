"""The figures of each page and of each module, and the limits in settings.ini that a page breaks."""

from __future__ import annotations

import ast
import re
from itertools import groupby, pairwise
from statistics import median

from common import PAGES, ROOT, limits, module_of, modules, settings

LIMITS = limits("page_limits")
PACKAGE = ROOT / settings()["lib_path"]
NUMBERED = [path for path in PAGES if re.match(r"[0-9]{2}_", path.stem)]
GAN_CHAPTER = ("32", "33", "34", "35", "36")
SOLUTION = re.compile(r"<details>.*?```python\n(.*?)```.*?</details>", re.S)
OLD_WORDS = re.compile(r"\b(made[- ]up|holes|exams|foreign|rare\s+rows|common\s+rows|herds?|rungs?|bent)\b", re.I)
HEAD = ["You will be able to", "You need", "Time"]
COLUMNS = ["cells", "exported", "run", "used", "prose", "longest", "pictures", "gap", "public", "seconds"]


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell, without the lines that only IPython reads."""
    return ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", source, flags=re.M))


def docstring_nodes(tree: ast.AST) -> list[ast.Constant]:
    """The docstrings of functions and classes."""
    bodies = [node.body[0] for node in ast.walk(tree)
              if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    return [first.value for first in bodies if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)]


def numbered_code(source: str) -> list[int]:
    """The numbers of the lines of code: no docstrings, comments, directives and blank lines."""
    documented = {line for node in docstring_nodes(parse(source)) for line in range(node.lineno, node.end_lineno + 1)}
    return [number for number, line in enumerate(source.split("\n"), 1)
            if line.strip() and not line.lstrip().startswith(("#", "%", "!")) and number not in documented]


def code_lines(source: str) -> int:
    """The number of lines of code."""
    return len(numbered_code(source))


def sentences(markdown: str) -> list[str]:
    """The sentences of prose: no tables, fences, formulas and headings; each item of a list apart."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<!--.*?-->", "\n\n", markdown, flags=re.S)
    text = re.sub(r"^[ \t]*(\||#).*$", "\n", text, flags=re.M)
    text = re.sub(r"\$[^$\n]+\$", "x", text)
    blocks = re.split(r"\n\s*\n|^\s*(?:[-*+]|\d+\.)\s+|^>|</?\w+[^>]*>", text, flags=re.M)
    return [part for block in blocks for part in re.split(r"(?<=[.!?])[\"'*_)`]*\s+", block) if part.strip()]


def is_exported(cell) -> bool:
    """Whether nbdev writes a cell into the package."""
    return cell.cell_type == "code" and bool(re.search(r"^#\|\s*exporti?s?\b", cell.source, re.M))


def is_picture(cell) -> bool:
    """Whether a picture is among the outputs of a cell."""
    return any({"image/png", "image/svg+xml"} & set(output.get("data", {})) for output in cell.get("outputs", []))


def public_names(module: str) -> list[str]:
    """The names in a module's __all__, without importing it."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    return next((ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
                 and ast.unparse(node.targets[0]) == "__all__"), [])


def figures(notebook) -> dict:
    """The figures of a page; `run`: the longest run of exported cells with nothing executed between them."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    marks = [is_exported(cell) for cell in code]
    exported = [cell.source for cell, mark in zip(code, marks, strict=True) if mark]
    used = [not all(marks[place + 1:place + 3] or [True]) for place, mark in enumerate(marks) if mark]
    pictures = [place for place, cell in enumerate(notebook.cells) if is_picture(cell)]
    module = module_of(notebook)
    return {
        "cells": len(notebook.cells), "exported": len(exported),
        "run": max((len(list(run)) for mark, run in groupby(marks) if mark), default=0),
        "used": sum(used) / len(used) if used else 1.0,
        "prose": sum(len(text.split()) for text in markdown) / max(sum(code_lines(cell.source) for cell in code), 1),
        "longest": max(map(code_lines, exported), default=0),
        "pictures": len(pictures), "gap": max(b - a for a, b in pairwise([0, *pictures, len(notebook.cells)])),
        "wide": sum(len(line) > LIMITS["wide"] for cell in code for line in cell.source.split("\n")),
        "sentences": sum(len(text.split()) > LIMITS["sentence"] for cell in markdown for text in sentences(cell)),
        "public": len(public_names(module)) if module else 0,
    }


def first_picture(notebook) -> float:
    """The place of the first picture from the first call of train_plainly on; infinite without one."""
    called = False
    for place, cell in enumerate(notebook.cells):
        called |= cell.cell_type == "code" and "train_plainly" in {
            node.func.id for node in ast.walk(parse(cell.source))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        if called and is_picture(cell):
            return place
    return float("inf")


def old_words(notebook) -> list[str]:
    """The old words in Markdown and in the docstrings of exported cells."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    texts += [node.value for cell in notebook.cells if is_exported(cell)
              for node in docstring_nodes(parse(cell.source))]
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


def complaints(name: str, notebook) -> dict[str, str]:
    """The limits that a page breaks: a sentence for each, with the page, the figure and the limit."""
    found, broken = figures(notebook), {}
    highest = {"cells": "cells", "run": "longest run of exported cells with nothing executed",
               "longest": "lines of the longest exported cell"}
    for key, what in highest.items():
        if found[key] > LIMITS[key]:
            broken[key] = f"{name}: {what}: {found[key]}, the limit is {LIMITS[key]:g}"
    lowest = {"used": "share of exported cells followed by a use within two cells", "prose": "words a line of code"}
    for key, what in lowest.items():
        if found[key] < LIMITS[key]:
            broken[key] = f"{name}: {what}: {found[key]:.2f}, at least {LIMITS[key]:g}"
    if found["wide"]:
        broken["wide"] = f"{name}: {found['wide']} lines of code over {LIMITS['wide']:g} characters"
    if name[:2] in GAN_CHAPTER and found["gap"] > LIMITS["picture_gap"]:
        broken["picture_gap"] = f"{name}: {found['gap']} cells to a picture, the limit is {LIMITS['picture_gap']:g}"
    if name[:2] in GAN_CHAPTER and found["sentences"]:
        broken["sentence"] = f"{name}: {found['sentences']} sentences over {LIMITS['sentence']:g} words"
    if name == "33_training" and first_picture(notebook) > LIMITS["first_picture"]:
        broken["first_picture"] = f"{name}: no picture of train_plainly by cell {LIMITS['first_picture']:g}"
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


def page_table(rows: dict[str, dict]) -> str:
    """The figures of pages, one line a page."""
    def shown(value) -> str:
        return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)

    lines = [f"{'page':18}" + "".join(f"{column:>9}" for column in COLUMNS)]
    return "\n".join(lines + [f"{name:18}" + "".join(f"{shown(row.get(column)):>9}" for column in COLUMNS)
                              for name, row in sorted(rows.items())])


def module_table() -> str:
    """The lines of each module, and the functions of the package with their median length."""
    lines, totals, lengths = [f"{'module':18}{'lines':>9}{'code':>9}{'docstring':>10}"], [0, 0, 0], []
    for module in modules():
        source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
        tree, code = parse(source), numbered_code(source)
        lengths += [sum(node.lineno <= number <= node.end_lineno for number in code) for node in ast.walk(tree)
                    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        documented = sum(node.end_lineno - node.lineno + 1 for node in docstring_nodes(tree))
        row = [len(source.splitlines()), len(code), documented]
        totals = [total + value for total, value in zip(totals, row, strict=True)]
        lines.append(f"{module:18}{row[0]:>9}{row[1]:>9}{row[2]:>10}")
    lines.append(f"{'all modules':18}{totals[0]:>9}{totals[1]:>9}{totals[2]:>10}")
    return "\n".join([*lines, f"{len(lengths)} functions, their median length is {median(lengths):g} lines of code"])
