"""The figures of each page and of each module, and the limits in settings.ini that a page breaks."""

import ast
import re
from itertools import groupby, pairwise

import house
import pandas as pd
from common import PAGES, ROOT, SETTINGS, limits, module_of, modules

LIMITS = limits("page_limits")
PACKAGE = ROOT / SETTINGS["lib_path"]
NUMBERED = [path for path in PAGES if re.match(r"[0-9]{2}_", path.stem)]
GAN_CHAPTER = ("32", "33", "34", "35", "36")
SOLUTION = re.compile(r"<details>.*?```python\n(.*?)```.*?</details>", re.S)
OLD_WORDS = re.compile(r"\b(made[- ]up|holes|exams|foreign|rare\s+rows|common\s+rows|herds?|rungs?|bent)\b", re.I)
HEAD = ["You will be able to", "You need", "Time"]
COLUMNS = ["cells", "exported", "run", "used", "prose", "longest", "pictures", "gap", "public", "seconds"]


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell, without the lines that only IPython reads."""
    return ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", source, flags=re.M))


def docstring_nodes(source: str) -> list[ast.Constant]:
    """The docstrings of functions and classes."""
    bodies = [node.body[0] for node in ast.walk(parse(source))
              if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    return [first.value for first in bodies if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)]


def code_lines(source: str) -> list[int]:
    """The numbers of the lines of code: no docstrings, comments, directives and blank lines."""
    documented = {line for node in docstring_nodes(source) for line in range(node.lineno, node.end_lineno + 1)}
    return [number for number, line in enumerate(source.split("\n"), 1)
            if line.strip() and not line.lstrip().startswith(("#", "%", "!")) and number not in documented]


def sentences(markdown: str) -> list[str]:
    """The sentences of prose: no tables, fences, formulas and headings; each item of a list apart."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<!--.*?-->", "\n\n", markdown, flags=re.S)
    text = re.sub(r"\$[^$\n]+\$", "x", re.sub(r"^[ \t]*(\||#).*$", "\n", text, flags=re.M))
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
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    found = re.search(r"^__all__ = (\[.*?\])", source, re.M | re.S)
    return ast.literal_eval(found[1]) if found else []


def figures(notebook) -> dict:
    """The figures of a page; `run`: the longest run of exported cells with nothing executed between them."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    marks = [is_exported(cell) for cell in code]
    lengths = [len(code_lines(cell.source)) for cell in code]
    used = [not all(marks[place + 1:place + 3] or [True]) for place, mark in enumerate(marks) if mark]
    pictures = [place for place, cell in enumerate(notebook.cells) if is_picture(cell)]
    return {
        "cells": len(notebook.cells), "exported": sum(marks),
        "run": max((len(list(run)) for mark, run in groupby(marks) if mark), default=0),
        "used": sum(used) / len(used) if used else 1.0,
        "prose": sum(len(text.split()) for text in markdown) / max(sum(lengths), 1),
        "longest": max((length for length, mark in zip(lengths, marks, strict=True) if mark), default=0),
        "pictures": len(pictures), "gap": max(b - a for a, b in pairwise([0, *pictures, len(notebook.cells)])),
        "wide": max((len(line) for cell in code for line in cell.source.split("\n")), default=0),
        "sentence": max((len(text.split()) for cell in markdown for text in sentences(cell)), default=0),
        "public": len(public_names(module)) if (module := module_of(notebook)) else 0,
    }


def missing_parts(notebook) -> dict[str, list[str]]:
    """What the head and the foot of a page lack, and the old words in its Markdown and in exported docstrings."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    foot = ("## What to remember", "## Exercises")
    solved = len(SOLUTION.findall(text.split("## Exercises")[-1]))
    texts = [text, *(node.value for cell in notebook.cells if is_exported(cell)
                     for node in docstring_nodes(cell.source))]
    return {"head": ["# Title, > subtitle"] * (not re.match(r"# \S.*\n+> \S", notebook.cells[0].source))
            + [f"**{start}**" for start in HEAD if not re.search(rf"^\*\*{start}\b[^*]*\*\*", text, re.M)],
            "foot": [title for title in foot if not re.search(rf"^{title}\s*$", text, re.M)]
            + [f"more folded solutions than {solved}"] * (solved < LIMITS["solutions"]),
            "words": [f"others than {word}" for text in texts for word in OLD_WORDS.findall(text)]}


def complaints(name: str, notebook) -> dict[str, str]:
    """The limits that a page breaks: a sentence for each, with the page, the figure and the limit."""
    found = figures(notebook)
    highest = {key: found[key] for key in ("cells", "run", "longest", "wide")}
    if name.startswith(GAN_CHAPTER):
        highest |= {"picture_gap": found["gap"], "sentence": found["sentence"]}
    if name == "33_training":  # the first picture from the first call of train_plainly on
        calls = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code" and any(
            isinstance(node, ast.Call) and ast.unparse(node.func) == "train_plainly"
            for node in ast.walk(parse(cell.source)))]
        highest["first_picture"] = min((place for place, cell in enumerate(notebook.cells)
                                        if is_picture(cell) and calls and place >= calls[0]), default=float("inf"))
    broken = {key: f"{name}: {key} is {value}, at most {LIMITS[key]:g}" for key, value in highest.items()
              if value > LIMITS[key]}
    broken |= {key: f"{name}: {key} is {found[key]:.2f}, at least {LIMITS[key]:g}" for key in ("used", "prose")
               if found[key] < LIMITS[key]}
    return broken | {key: f"{name}: {key}: it needs {', '.join(missing)}"
                     for key, missing in missing_parts(notebook).items() if missing}


def public_complaints(names: dict[str, list[str]]) -> list[str]:
    """What is wrong with the public names of all modules."""
    total = sum(map(len, names.values()))
    found = [f"'tf' is a public name of {module}" for module, public in names.items() if "tf" in public]
    return found + [f"{total} public names, at most {LIMITS['public']:g}: {names}"] * (total > LIMITS["public"])


def tables(rows: dict[str, dict]) -> str:
    """The figures of pages; the lines of each module; the functions of the package with their median length."""
    pages = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=COLUMNS).sort_index()
    package = pd.DataFrame.from_dict(house.modules(ROOT), orient="index").reindex(modules()).drop(columns="lengths")
    package.loc["all modules"], whole = package.sum(), house.size(ROOT)
    return (f"{pages.to_string(float_format='{:.2f}'.format, na_rep='-')}\n\n{package.to_string()}\n\n"
            f"{whole['functions']} functions, their median length is {whole['median length']} lines")
