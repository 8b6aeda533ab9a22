"""Build the site into _site/ from the notebooks with their committed outputs, and the docstrings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module

import nbformat
from common import EXAMPLES, PAGES, ROOT, modules, read, settings, without_directives

BUILD, SITE = ROOT / "_build", ROOT / "_site"
MODULES = modules()
IS_PAGE = (ROOT / "nbs" / "contributing.ipynb").exists()  # then CONTRIBUTING.md is only its rendering
CONTRIBUTING = "contributing.ipynb" if IS_PAGE else "CONTRIBUTING.md"
REFERENCE = ["CHANGELOG"] if IS_PAGE else ["CONTRIBUTING", "CHANGELOG"]

CONF = """
project, author, copyright, release = {title!r}, {author!r}, {copyright!r}, {version!r}
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx-mathjax-offline"]
html_theme, html_title = "sphinx_book_theme", {title!r}
html_theme_options = {{"repository_url": {git_url!r}, "use_repository_button": True, "home_page_in_toc": True}}
nb_execution_mode = "off"
myst_enable_extensions = ["attrs_inline", "dollarmath", "amsmath"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autodoc_member_order = "bysource"
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]
exclude_patterns = ["_build"]
"""

TOC = """
```{{toctree}}
:hidden:
:caption: {caption}

{entries}
```
"""


def toc(caption: str, entries: list[str]) -> str:
    """A table of contents for the side of the page."""
    return TOC.format(caption=caption, entries="\n".join(entries))


HIDDEN = "set_fit_request, set_transform_request, set_inverse_transform_request"


def api_page(name: str) -> str:
    """The reference of a module: first what users call, then the pieces that it is made of."""
    module = import_module(name)
    things = {key: getattr(module, key) for key in module.__all__}
    things = {key: thing for key, thing in things.items() if callable(thing) and thing.__module__ == name}
    public = [key for key, thing in things.items() if "\n" in (thing.__doc__ or "")]
    public.sort(key=lambda key: not isinstance(things[key], type))
    lines = [name, "=" * len(name), "", f".. automodule:: {name}", ""]
    for key in public:
        kind = "autoclass" if isinstance(things[key], type) else "autofunction"
        members = [f"   :members:\n   :exclude-members: {HIDDEN}"] if kind == "autoclass" else []
        lines += [f".. {kind}:: {name}.{key}", *members, ""]
    pieces = [key for key in things if key not in public]
    if pieces:
        lines += ["The pieces", "-" * 10, ""]
    for key in pieces:
        lines += [f".. {'autoclass' if isinstance(things[key], type) else 'autofunction'}:: {name}.{key}", ""]
    return "\n".join(lines) + "\n"


def write_sources() -> None:
    """Lay out what Sphinx reads: the notebooks without directives, the API pages, the settings."""
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "api").mkdir(parents=True)
    for path in [*PAGES, *EXAMPLES]:
        notebook = without_directives(read(path))
        for cell in notebook.cells:
            cell.source = cell.source.replace("](../example_notebooks/", "](").replace("](../nbs/", "](")
            cell.source = cell.source.replace("](../CONTRIBUTING.md", f"]({CONTRIBUTING}")
        if path.stem == "index":
            contents = (toc("Pages", [page.stem for page in PAGES if page != path])
                        + toc("Examples", [example.stem for example in EXAMPLES])
                        + toc("Reference", [f"api/{module}" for module in MODULES] + REFERENCE))
            notebook.cells.append(nbformat.v4.new_markdown_cell(contents))
        nbformat.write(notebook, BUILD / path.name)
    for module in MODULES:
        (BUILD / "api" / f"{module}.rst").write_text(api_page(f"smotegan.{module}"), encoding="utf-8")
    for name in REFERENCE:
        shutil.copy(ROOT / f"{name}.md", BUILD)
    if (ROOT / "nbs" / "images").exists():
        shutil.copytree(ROOT / "nbs" / "images", BUILD / "images")
    (BUILD / "conf.py").write_text(CONF.format(**settings()), encoding="utf-8")


if __name__ == "__main__":
    write_sources()
    shutil.rmtree(SITE, ignore_errors=True)
    made = BUILD / "_build" / "html"  # MyST-NB leaves a folder of its own beside its output
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", BUILD, made], check=True)
    shutil.move(made, SITE)
    print(f"The site is in {SITE}: open {SITE / 'index.html'}")
