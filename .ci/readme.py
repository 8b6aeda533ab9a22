"""Render nbs/index.ipynb as README.md. With --check, only say whether README.md is up to date."""

from __future__ import annotations

import re
import sys

from common import ROOT, read, without_directives

OUTPUT = {"stream": lambda o: o["text"], "execute_result": lambda o: o["data"].get("text/plain", "")}


def output_text(output) -> str:
    """The text of one output; pictures are linked from the page's prose instead."""
    return OUTPUT.get(output.output_type, lambda o: "")(output).rstrip("\n")


def render() -> str:
    """The README, from the committed outputs of the index."""
    parts = []
    for cell in without_directives(read(ROOT / "nbs" / "index.ipynb")).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        printed = "\n".join(filter(None, map(output_text, cell.outputs)))
        if printed:
            parts.append(f"```text\n{printed}\n```")
    text = "\n\n".join(parts) + "\n"
    text = text.replace("](images/", "](nbs/images/").replace("](../", "](")
    return re.sub(r"\]\((\d\d_\w+\.ipynb)\)", r"](nbs/\1)", text)


if __name__ == "__main__":
    path, text = ROOT / "README.md", render()
    if "--check" in sys.argv:
        if path.read_text(encoding="utf-8") != text:
            sys.exit("README.md differs from nbs/index.ipynb: run 'make prepare'.")
    else:
        path.write_text(text, encoding="utf-8")
