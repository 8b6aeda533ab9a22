"""The site, from the notebooks with their committed outputs, and the docstrings: make docs.

Sphinx reads the project itself: links between notebooks lead where they lead in the repository, and one that leads
nowhere stops the build. toc.md holds the contents, gallery.md the pictures of the front page, templates/ the reference.
"""

from __future__ import annotations

import re
import shutil
import sys
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]
from common import NOTEBOOKS, SETTINGS, has_tag, read, without_directives
from course import solved, stub

project, author, copyright, release = (SETTINGS[key] for key in ("title", "author", "copyright", "version"))
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx-mathjax-offline"]
root_doc = "nbs/index"
include_patterns = ["nbs/*.ipynb", "example_notebooks/**.ipynb", "example_notebooks/course/*.md", "docs/*.md",
                    "docs/api/*.rst", "CHANGELOG.md"]
exclude_patterns = ["docs/toc.md", "docs/gallery.md"]
templates_path = [str(ROOT / "docs" / "templates")]
html_static_path, html_extra_path, html_css_files = ["static"], ["extra"], ["smotegan.css"]
html_theme, html_title = "sphinx_book_theme", f"{project} {release}"
html_theme_options = {"repository_url": SETTINGS["git_url"], "use_repository_button": True, "home_page_in_toc": True,
                      "use_download_button": False, "use_fullscreen_button": False}
html_copy_source = html_show_sourcelink = False
nb_execution_mode = "off"
myst_enable_extensions = ["attrs_inline", "dollarmath", "amsmath"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
numpydoc_validation_checks = {"all", "EX01", "ES01", "SA01", "SA04", "RT03", "GL01", "YD01"}  # all but these
numpydoc_validation_overrides = {  # one line may be enough, and another class may have the same parameters
    "SS03": ["^Alias for field number"], "RT01": [r"\A[^\n]*\Z"],
    "PR01": [r"\A[^\n]*\Z", r"Parameters and attributes are\s+those of"]}
autodoc_member_order = "bysource"
maximum_signature_line_length = 80
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

FOLD = 20  # an exported cell of more lines than this is folded
UNUSED = ("mathjax/output/svg", "mathjax/input/asciimath.js", "mathjax/input/mml.js", "mathjax/input/tex-full.js",
          "mathjax/input/mml", "locales")  # pages write TeX and draw it with fonts; the theme speaks English
BADGE = re.compile(r"\[!\[([^\]]*)\]\(https?://[^)]*badge[^)]*\)\]\(([^)]*)\)")
RENDERED = {"README": "index.ipynb", "CONTRIBUTING": "contributing.ipynb"}


def relink(text: str) -> str:
    """README and CONTRIBUTING are pages of the site, and a badge from elsewhere becomes words."""
    text = re.sub(r"\]\((?:\.\./)+(README|CONTRIBUTING)\.md", lambda match: f"](/nbs/{RENDERED[match[1]]}", text)
    return BADGE.sub(r"[\1](\2)", text)


def all_notebooks() -> str:
    """A table of every notebook with what it needs and how long it takes, as its head says."""
    lines = ["\n| notebook | needs | time |", "|---|---|---|"]
    for path in [path for path in NOTEBOOKS if path.stem not in {"index", "contributing"}]:
        head = "\n\n".join(cell.source for cell in read(path).cells[:4] if cell.cell_type == "markdown")
        name, folder = re.search(r"^# (.+)$", head, re.M)[1], f"/{path.parent.relative_to(ROOT).as_posix()}"
        needs, time = (" ".join(re.search(rf"^\*\*{start}\*\*\s*(.+?)(?:\n\s*\n|\Z)", head, re.M | re.S)[1].split())
                       for start in ("You need", "Time"))
        needs = re.sub(r"\]\((?!https?:|/)", f"]({folder}/", needs).replace("|", "\\|")
        lines.append(f"| [{name}]({folder}/{path.name}) | {needs} | {time} |")
    return "\n".join(lines)


def picture(match) -> str:
    """What a cell of a notebook drew, found by a piece of its source, small enough for the front page."""
    notebook = read(next(path for path in NOTEBOOKS if path.stem == match[1]))
    found = next(output.data["image/png"] for cell in notebook.cells if match[2] in cell.source
                 for output in cell.get("outputs", []) if "image/png" in output.get("data", {}))
    small = BytesIO()
    Image.open(BytesIO(b64decode(found))).convert("RGB").quantize(96).save(small, "PNG", optimize=True)
    return f"(data:image/png;base64,{b64encode(small.getvalue()).decode()})"


def folded(cell, show: str, hide: str):
    """A cell whose input is behind a line to click."""
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    cell.metadata["mystnb"] = {"code_prompt_show": show, "code_prompt_hide": hide}
    return cell


def on_the_site(cell) -> list:
    """A cell as the site has it: long cells of the package and solutions are folded."""
    if cell.cell_type == "markdown":
        cell.source = relink(cell.source)
    elif has_tag(cell, "exercise"):
        empty, cell.source = nbformat.v4.new_code_cell(stub(cell.source)), solved(cell.source)
        return [empty, folded(cell, "Show a solution", "Hide the solution")]
    elif cell.source.startswith("#| export") and (lines := cell.source.count("\n")) >= FOLD:
        names = re.findall(r"^(?:def |class )?(\w+)(?:[(:]|: [^=]+ = | = )", cell.source, re.M)
        folded(cell, f"Show {', '.join(names)} ({lines} lines)", f"Hide {', '.join(names)}")
    return [cell]


def read_source(app, name: str, content: list[str]) -> None:
    """What Sphinx reads instead of a file."""
    if app.env.doc2path(name).suffix != ".ipynb":
        content[0] = relink(content[0]) + (all_notebooks() if name == "docs/notebooks" else "")
        return
    notebook = nbformat.reads(content[0], as_version=4)
    notebook.cells = [made for cell in notebook.cells for made in on_the_site(cell)]
    if name == root_doc:
        gallery, toc = ((ROOT / "docs" / file).read_text(encoding="utf-8") for file in ("gallery.md", "toc.md"))
        gallery = re.sub(r'\(picture "(\w+): (.+?)"\)', picture, gallery)
        top, below = notebook.cells[0].source.split("\n## Which notebook")
        notebook.cells[:1] = map(nbformat.v4.new_markdown_cell, [top, gallery, f"## Which notebook{below}"])
        notebook.cells.append(nbformat.v4.new_markdown_cell(toc))
    content[0] = nbformat.writes(without_directives(notebook))


def fit_screen(app, name, template, context, doctree) -> None:
    """Let printed sentences break into lines, and write the width of pictures into their tags: a phone scrolls them."""
    sources = {made: source for source, made in app.builder.images.items()}

    def output(match):
        columns = re.search(r"\S {2,}\S", re.sub("<[^>]+>", "", match[3]))
        return f"{match[1]}{'' if columns else ' prose'}{match[2]}{match[3]}"

    def width(match):
        if not (path := app.srcdir / sources.get(match[2] + ".png", "none")).exists():
            return match[0]
        return f'{match[1]}{match[2]}.webp" style="--natural: {Image.open(path).width}px"'

    html = re.sub(r'(<div class="output (?:stream|text_plain)[^"]*)("><div class="highlight[^"]*"><pre>)(.*?</pre>)',
                  output, context.get("body", ""), flags=re.S)
    context["body"] = re.sub(r'(src="[^"]*_images/)([^"]*)\.png"', width, html)


def make_small(app, exception) -> None:
    """Store pictures with 256 colours, as WebP without a loss, and leave out what no page asks for."""
    for path in (app.outdir / "_images").glob("*.png"):
        Image.open(path).convert("RGB").quantize(256).convert("RGB").save(path.with_suffix(".webp"), lossless=True)
        path.unlink()
    static = app.outdir / "_static"
    unused = [path for path in (static / "mathjax").iterdir()
              if path.name not in {"tex-chtml.js", "output", "input", "a11y"}]
    for path in [*unused, *(static / name for name in UNUSED), *app.outdir.rglob("*.map")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def setup(app) -> None:
    """Tie all that to Sphinx."""
    app.connect("source-read", read_source)
    app.connect("html-page-context", fit_screen)
    app.connect("build-finished", make_small)
