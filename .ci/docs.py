"""Build the site into _site/ from the notebooks with their committed outputs, and the docstrings."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from html import unescape
from importlib import import_module
from io import BytesIO
from pathlib import Path

import nbformat
from common import (
    COURSE,
    EXAMPLES,
    NOTEBOOKS,
    PAGES,
    ROOT,
    WORKED,
    has_tag,
    modules,
    read,
    settings,
    title,
    without_directives,
)
from course import solved, stub
from PIL import Image

BUILD, SITE = ROOT / "_build", ROOT / "_site"
MODULES = modules()
IS_PAGE = (ROOT / "nbs" / "contributing.ipynb").exists()  # then CONTRIBUTING.md is only its rendering
CONTRIBUTING = "contributing.ipynb" if IS_PAGE else "CONTRIBUTING.md"
REFERENCE = ["CHANGELOG"] if IS_PAGE else ["CONTRIBUTING", "CHANGELOG"]

COURSE_TEXTS = {"README": "course", "TEACHERS": "teachers", "LICENSE": "course_licence"}  # what they are called here
FILES = f"{settings()['git_url']}/blob/main"
START = ["quickstart", "your_csv"]
MEASURED = [path for path in EXAMPLES if path not in WORKED and path.stem not in START]

CHAPTERS = {"0": "Data", "1": "Tables", "2": "SMOTE and distances", "3": "The GAN", "4": "The sampler",
            "5": "Evidence", "6": "Use", "7": "Statistics"}  # pages are numbered by tens

# The front page's pictures: the notebook, a piece of the cell that drew it, and a line of text.
ALL = "\n\n[All notebooks](notebooks.md), with what each needs and how long it takes."
GALLERY = [
    ("quickstart", "before_and_after.png", "Two real data sets: the rows of SMOTE, and those of SMOTEGAN"),
    ("lesson_2_threshold", "ax.axvline(cheapest", "What a threshold costs: no synthetic row is needed for this"),
    ("lesson_3_smote", "[1, 5, 20, 60], axes", "SMOTE with few neighbours, and with many"),
    ("lesson_4_gan", "gan.frames[-1][0]", "Noise in, frauds out: a GAN that fits on a screen"),
    ("lesson_5_refine", "draw_arrows(ax, pool, moves)", "From where SMOTE put a row to where the GAN puts it"),
    ("lesson_6_judge", "sns.heatmap(seen", "Which measure sees which planted fault"),
    ("lesson_7_decide", "promised.index", "What the folds promised, and what the next year brought"),
    ("measured", "ratio of energy distances", "Many data sets: how far the rows are from held-out ones"),
]

WIDE = 96  # characters of an output that fit the desk
FOLD = 20  # an exported cell of more lines than this is folded
PACKED = ".webp"
MATHJAX = ["tex-chtml.js", "output", "input", "a11y"]  # what the site needs of it; the rest is 20 MB

CONF = """
project, author, copyright, release = {title!r}, {author!r}, {copyright!r}, {version!r}
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx-mathjax-offline"]
html_theme, html_title = "sphinx_book_theme", {title!r}
html_theme_options = {{"repository_url": {git_url!r}, "use_repository_button": True, "home_page_in_toc": True,
                      "use_download_button": False, "use_fullscreen_button": False}}
html_static_path, html_css_files = ["static"], ["smotegan.css"]
html_copy_source = html_show_sourcelink = False
nb_execution_mode = "off"
myst_enable_extensions = ["attrs_inline", "dollarmath", "amsmath"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autodoc_member_order = "bysource"
maximum_signature_line_length = 80
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

HIDDEN = ("set_fit_request, set_transform_request, set_inverse_transform_request, "
          "set_fit_resample_request, set_score_request, set_predict_request")
BADGE = re.compile(r"\[!\[([^\]]*)\]\(https?://[^)]*badge[^)]*\)\]\(([^)]*)\)")


def toc(caption: str, entries: list[str]) -> str:
    """A table of contents for the side of the page."""
    return TOC.format(caption=caption, entries="\n".join(entries))


def contents() -> str:
    """The contents of the site: where to start, the course, the examples, the chapters, the reference."""
    texts = list(COURSE_TEXTS.values())
    lists = {"Start here": [*START, "notebooks"],
             "Course": [texts[0], *(path.stem for path in COURSE), *texts[1:]],
             "Worked examples": [path.stem for path in WORKED],
             "Measured and replicated": [path.stem for path in MEASURED]}
    for page in PAGES:
        if page.stem != "index":
            lists.setdefault(CHAPTERS.get(page.stem[0], "Contributing"), []).append(page.stem)
    lists["Reference"] = [f"api/{module}" for module in MODULES] + REFERENCE
    return "".join(map(toc, lists, lists.values()))


def head(notebook, start: str) -> str:
    """What the head of a notebook says after a bold start, such as **Time**."""
    text = "\n\n".join(cell.source for cell in notebook.cells[:4] if cell.cell_type == "markdown")
    found = re.search(rf"^\*\*{start}\*\*\s*(.+?)(?:\n\s*\n|\Z)", text, re.M | re.S)
    return " ".join(found[1].split()) if found else ""


def all_notebooks() -> str:
    """A page that lists every notebook with what it needs and how long it takes."""
    groups = {"Start here": [path for path in EXAMPLES if path.stem in START], "Course": COURSE,
              "Worked examples": WORKED,
              "Measured and replicated": MEASURED,
              "The library": [path for path in PAGES if path.stem[0].isdigit()]}
    lines = ["# All notebooks", "", "What each needs and how long it takes, as its own head says."]
    for group, paths in groups.items():
        lines += ["", f"## {group}", "", "| notebook | needs | time |", "|---|---|---|"]
        for path in paths:
            notebook = read(path)
            needs, time = (relink(head(notebook, start)).replace("|", "\\|") for start in ("You need", "Time"))
            lines.append(f"| [{title(notebook)}]({path.stem}.ipynb) | {needs} | {time} |")
    return "\n".join(lines) + "\n"


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


def pictures(cell) -> list[bytes]:
    """The pictures among the outputs of a cell."""
    found = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
    return [base64.b64decode(picture) for picture in found if picture]


def gallery() -> str:
    """Pictures that the notebooks drew, each a link to its page."""
    folder, cards = BUILD / "gallery", []
    folder.mkdir()
    paths = {path.stem: path for path in NOTEBOOKS}
    for number, (name, text, caption) in enumerate(GALLERY):
        notebook = read(paths[name])
        found = [pictures(cell)[-1] for cell in notebook.cells if text in cell.source and pictures(cell)]
        if not found:
            sys.exit(f"GALLERY in .ci/docs.py: no cell of {name} with a picture holds {text!r}")
        small = Image.open(BytesIO(found[0])).convert("RGB").quantize(96)  # the page holds it in full
        small.save(folder / f"{number}.png", optimize=True)
        cards.append(f"[![{caption}](gallery/{number}.png)]({name}.ipynb)\n**[{title(notebook)}]({name}.ipynb)**: "
                     f"{caption}.")
    return "## In pictures\n\n```{container} gallery\n\n" + "\n\n".join(cards) + "\n\n```"


def fold(cell) -> None:
    """Fold a long cell of the package behind a line that says what it defines."""
    lines = cell.source.splitlines()
    if cell.cell_type == "code" and lines[0].startswith("#| export") and len(lines) > FOLD:
        names = re.findall(r"^(?:def|class) (\w+)|^(\w+)(?:: [^=]+)? = ", cell.source, re.M)
        names = ", ".join(first or second for first, second in names) or "imports"
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        cell.metadata["mystnb"] = {"code_prompt_show": f"Show {names} ({len(lines) - 1} lines)",
                                   "code_prompt_hide": f"Hide {names}"}


def exercise(cell) -> list:
    """An exercise on the site: the task's start, and its solution behind a line to click."""
    empty, full = nbformat.v4.new_code_cell(stub(cell.source)), nbformat.from_dict(cell)
    full.source = solved(cell.source)
    full.metadata["tags"] = [*full.metadata.get("tags", []), "hide-input"]
    full.metadata["mystnb"] = {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"}
    return [empty, full]


def relink(text: str) -> str:
    """All notebooks lie in one folder on the site, and a badge from elsewhere becomes words."""
    for name, target in COURSE_TEXTS.items():
        text = re.sub(rf"\]\((?:[\w./]*/course/|course/){name}\.md", f"]({target}.md", text)
    text = re.sub(r"\]\((?:\.\./)*(?:example_notebooks/|nbs/|course/|worked/)+(?=\w)", "](", text)
    text = re.sub(r"\]\((?:\.\./)*(data/)", rf"]({FILES}/example_notebooks/\1", text)
    text = re.sub(r"\]\((?:\.\./)+(benchmarks/|LICENSE)", rf"]({FILES}/\1", text)
    text = re.sub(r"\]\((?:\.\./)+(\w+\.ipynb)", r"](\1", text)
    text = re.sub(r"\]\((?:\.\./)+CONTRIBUTING\.md", f"]({CONTRIBUTING}", text)
    text = re.sub(r"\]\((?:\.\./)+README\.md", "](index.ipynb", text)
    return BADGE.sub(r"[\1](\2)", text)


def relink_course(text: str) -> str:
    """A text or a cell of the course: its links to the texts beside it, and all others."""
    for name, target in COURSE_TEXTS.items():
        text = re.sub(rf"\]\({name}\.md", f"]({target}.md", text)
    return relink(text)


def write_sources() -> None:
    """Lay out what Sphinx reads: the notebooks without directives, the API pages, the settings."""
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "api").mkdir(parents=True)
    for path in NOTEBOOKS:
        notebook = read(path)
        for cell in notebook.cells:
            fold(cell)
        notebook = without_directives(notebook)
        notebook.cells = [made for cell in notebook.cells
                          for made in (exercise(cell) if has_tag(cell, "exercise") else [cell])]
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = (relink_course if path in COURSE else relink)(cell.source)
        if path.stem == "index":
            top, below = notebook.cells[0].source.split("\n## Which notebook")
            notebook.cells[0].source = top
            notebook.cells[1:1] = [nbformat.v4.new_markdown_cell(text)
                                   for text in (gallery(), "## Which notebook" + below + ALL)]
            notebook.cells.append(nbformat.v4.new_markdown_cell(contents()))
        nbformat.write(notebook, BUILD / path.name)
    (BUILD / "notebooks.md").write_text(all_notebooks(), encoding="utf-8")
    for name, target in COURSE_TEXTS.items():
        text = (COURSE[0].parent / f"{name}.md").read_text(encoding="utf-8")
        (BUILD / f"{target}.md").write_text(relink_course(text), encoding="utf-8")
    for module in MODULES:
        (BUILD / "api" / f"{module}.rst").write_text(api_page(f"smotegan.{module}"), encoding="utf-8")
    for name in REFERENCE:
        shutil.copy(ROOT / f"{name}.md", BUILD)
    if (ROOT / "nbs" / "images").exists():
        shutil.copytree(ROOT / "nbs" / "images", BUILD / "images")
    shutil.copytree(ROOT / ".ci" / "site", BUILD / "static")
    (BUILD / "conf.py").write_text(CONF.format(**settings()), encoding="utf-8")


def natural_widths(html: str, folder: Path) -> str:
    """Write the width of each picture into its tag: on a phone, wide ones scroll instead of shrinking."""
    def with_width(match):
        path = folder / match[1]
        if path.suffix != PACKED or not path.exists():
            return match[0]
        with Image.open(path) as picture:
            return f'<img style="--natural: {picture.width}px" {match[0].removeprefix("<img ")}'
    return re.sub(r'<img [^>]*?src="([^"]+)"', with_width, html)


def is_prose(text: str) -> bool:
    """Whether printed lines may be broken: they are no columns, or the long ones are sentences behind a label."""
    gaps = [(len(line) > WIDE, len(re.findall(r"\S {2,}(?=\S)", line))) for line in text.splitlines()]
    long = [gap for wide, gap in gaps if wide]
    return max((gap for _, gap in gaps), default=0) == 0 or (bool(long) and max(long) <= 2)


def break_sentences(html: str) -> str:
    """Let printed sentences break into lines; columns keep theirs and scroll."""
    def with_class(match):
        prose = is_prose(unescape(re.sub("<[^>]+>", "", match[3])))
        return f"{match[1]}{' prose' if prose else ''}{match[2]}{match[3]}"
    return re.sub(r'(<div class="output (?:stream|text_plain)[^"]*)("><div class="highlight"><pre>)(.*?</pre>)',
                  with_class, html, flags=re.S)


def pack_pictures(folder: Path) -> None:
    """Store pictures with 256 colours, as WebP without a loss; the notebooks hold them in full."""
    for path in folder.glob("*.png"):
        Image.open(path).convert("RGB").quantize(256).convert("RGB").save(path.with_suffix(PACKED), lossless=True)
        path.unlink()


def plain_tokens(made: Path) -> re.Pattern:
    """The tags around pieces of code that have the colour of all code, in the light and in the dark."""
    css = (made / "_static" / "pygments.css").read_text(encoding="utf-8")
    base = dict(re.findall(r'data-theme="(\w+)"\] \.highlight \{[^}]*?[; ]color: (#\w+)', css))
    rules = re.findall(r'data-theme="(\w+)"\] \.highlight \.(\w+) \{ (.*?) \}', css)
    colored = {name for theme, name, rule in rules if rule != f"color: {base[theme]}"}
    plain = sorted({name for _, name, _ in rules} - colored)
    return re.compile(rf'<span class="(?:{"|".join(plain)})">([^<]*)</span>')


def finish(made: Path) -> None:
    """Let wide outputs fit a screen, and leave out what no page asks for."""
    pack_pictures(made / "_images")
    plain = plain_tokens(made)
    for path in made.rglob("*.html"):
        html = plain.sub(r"\1", path.read_text(encoding="utf-8"))
        html = re.sub(r'(src="[^"]*_images/[^"]*)\.png"', rf'\1{PACKED}"', html)
        path.write_text(natural_widths(break_sentences(html), path.parent), encoding="utf-8")
    for path in (made / "_static" / "mathjax").iterdir():
        if path.name not in MATHJAX:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(made / "_static" / "mathjax" / "output" / "svg", ignore_errors=True)  # the pages draw with fonts
    for name in ("asciimath.js", "mml.js", "tex-full.js", "mml"):  # the pages write TeX, which tex-chtml.js reads
        path = made / "_static" / "mathjax" / "input" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.rmtree(made / "_static" / "locales", ignore_errors=True)  # the theme in other languages
    for path in made.rglob("*.map"):
        path.unlink()


def build() -> None:
    """Build the site; a warning of Sphinx is an error."""
    write_sources()
    made = BUILD / "_build" / "html"  # MyST-NB leaves a folder of its own beside its output
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
                    "-d", BUILD / "_build" / "doctrees", BUILD, made], check=True)
    finish(made)
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.move(made, SITE)


if __name__ == "__main__":
    build()
    print(f"The site is in {SITE}: open {SITE / 'index.html'}")
