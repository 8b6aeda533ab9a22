"""Before a commit: export the package, clean the notebooks, render README and CONTRIBUTING, list the layers."""

import re
from pathlib import Path

import nbformat
from common import NOTEBOOKS, ROOT, has_tag, modules, read, without_directives
from nbdev.clean import nbdev_clean
from nbdev.doclinks import nbdev_export

TEXT = {"stream": lambda output: output["text"],  # pictures are linked from the prose instead
        "execute_result": lambda output: output["data"].get("text/plain", "")}
RENDERED = {"index.ipynb": "README.md", "contributing.ipynb": "CONTRIBUTING.md"}


def clean(path: Path) -> None:
    """Take what differs in every run off a notebook: metadata, stderr, addresses, sliders that have no kernel."""
    notebook = read(path)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = [] if has_tag(cell, "slider") else [
            output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            if text := output.get("data", {}).get("text/plain"):
                output["data"]["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", text)
    nbformat.write(notebook, path)
    nbdev_clean(str(path))


def render(name: str) -> str:
    """The text of a page, with its committed outputs; its links start at the root."""
    parts = []
    for cell in without_directives(read(ROOT / "nbs" / name)).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        if not has_tag(cell, "remove-input"):
            parts.append(f"```python\n{cell.source}\n```")
        printed = [TEXT[output.output_type](output).rstrip("\n") for output in cell.outputs
                   if output.output_type in TEXT]
        if any(printed):
            parts.append("```text\n" + "\n".join(filter(None, printed)) + "\n```")
    text = "\n\n".join(parts).replace("](images/", "](nbs/images/").replace("](../", "](")
    for page, target in RENDERED.items():
        text = re.sub(rf"\]\({page}(#[^)]*)?\)", rf"]({target}\1)", text)
    return re.sub(r"\]\(([0-9]{2}_\w+\.ipynb(#[^)]*)?)\)", r"](nbs/\1)", text) + "\n"


if __name__ == "__main__":
    nbdev_export()
    for path in NOTEBOOKS:
        clean(path)
    for name, target in RENDERED.items():
        (ROOT / target).write_text(render(name), encoding="utf-8")
    contracts = (ROOT / ".importlinter").read_text(encoding="utf-8").split("\nlayers =")[0]
    layers = [contracts, "layers =", *(f"    {module}" for module in reversed(modules()))]
    (ROOT / ".importlinter").write_text("\n".join(layers) + "\n", encoding="utf-8")
    print("Exported, cleaned and rendered. Now: make test")
