"""Where links lead: those of Markdown and notebooks, and those of the built site."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from common import read

CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
LINK = re.compile(r"\]\(<?([^)\s>]+)|(?:src|href)=[\"']([^\"']+)|^\[[^\]]+\]:\s*(\S+)", re.M)
OUTSIDE = re.compile(r"[a-z]+:|//", re.I)


def prose(path: Path) -> str:
    """The text of a Markdown file, or of the Markdown cells of a notebook, without its code blocks."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"```.*?```", "", text, flags=re.S)


@cache
def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings of a file."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(path), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path: Path) -> list[str]:
    """The relative links of a Markdown file or a notebook that lead to no file, or to no heading of one."""
    dead = []
    for groups in LINK.findall(CODE.sub("", prose(path))):
        link = next(filter(None, groups))
        if OUTSIDE.match(link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        known = target.suffix in {".md", ".ipynb"}
        if not target.exists() or (anchor and known and anchor.lower() not in anchors(target)):
            dead.append(f"{path.name}: {link}")
    return dead


class Names(HTMLParser):
    """What a page of the site links to, and the places in it that can be linked to."""

    def __init__(self, path: Path):
        super().__init__()
        self.links, self.places = [], {"", "top"}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.places |= {value for key, value in attrs if key in {"id", "name"}}
        self.links += [value for key, value in attrs if key in {"href", "src"} and value]


def dead_site_links(site: Path) -> list[str]:
    """The links of the built site, #places included, that lead nowhere in it, and what it would load from elsewhere."""
    pages = {path.resolve(): Names(path) for path in site.rglob("*.html") if "_static" not in path.parts}
    dead = []
    for path, page in pages.items():
        for link in page.links:
            if OUTSIDE.match(link):
                continue
            name, _, place = unquote(link).partition("#")
            target = (path.parent / name.split("?")[0]).resolve() if name else path
            if not target.is_file() or (target in pages and place not in pages[target].places):
                dead.append(f"{path.relative_to(site.resolve())}: {link}")
    return dead
