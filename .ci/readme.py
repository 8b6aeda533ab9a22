"""Render index.ipynb as README.md, contributing.ipynb as CONTRIBUTING.md. With --check, only say whether they are."""

from __future__ import annotations

import re
import sys

from common import ROOT, read, without_directives

OUTPUT = {"stream": lambda o: o["text"], "execute_result": lambda o: o["data"].get("text/plain", "")}
RENDERED = {"index.ipynb": "README.md", "contributing.ipynb": "CONTRIBUTING.md"}


def output_text(output) -> str:
    """The text of one output; pictures are linked from the page's prose instead."""
    return OUTPUT.get(output.output_type, lambda o: "")(output).rstrip("\n")


def relink(text: str) -> str:
    """Turn links that start in nbs/ into links that start at the root."""
    text = text.replace("](images/", "](nbs/images/").replace("](../", "](")
    for name, target in RENDERED.items():
        text = re.sub(rf"\]\({name}(#[^)]*)?\)", rf"]({target}\1)", text)
    return re.sub(r"\]\(([0-9]{2}_\w+\.ipynb(#[^)]*)?)\)", r"](nbs/\1)", text)


def render(name: str) -> str:
    """The text of a page, with its committed outputs."""
    parts = []
    for cell in without_directives(read(ROOT / "nbs" / name)).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        if "remove-input" not in cell.metadata.get("tags", []):
            parts.append(f"```python\n{cell.source}\n```")
        printed = "\n".join(filter(None, map(output_text, cell.outputs)))
        if printed:
            parts.append(f"```text\n{printed}\n```")
    return relink("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    stale = []
    for name, target in RENDERED.items():
        if not (ROOT / "nbs" / name).exists():
            continue
        path, text = ROOT / target, render(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(f"{target} differs from nbs/{name}: run 'make prepare'.")
    if stale:
        sys.exit("\n".join(stale))
