"""Open every page of _site/ in a browser, on a desk and on a phone, and measure what is cut or too wide.

Needs Playwright, and a Chromium or Chrome: one that is installed, or Playwright's own; without them it says so.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec

from common import ROOT

SITE = ROOT / "_site"
WIDTHS = (1280, 390)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")

# What is wrong with the page that is open, one line a fault. A thing that can be scrolled by itself is not cut, but at
# the desk no input cell should need that.
MEASURE = """
([wide]) => {
  const found = [], root = document.documentElement, article = document.querySelector("article.bd-article");
  const short = node => node.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  const say = (what, node) => found.push(what + ": " + (short(node) || node.outerHTML.slice(0, 80)));
  const scrolls = node => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const inside = node => {
    for (let up = node.parentElement; up && up !== article; up = up.parentElement) if (scrolls(up)) return true;
    return false;
  };
  if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  if (!article) return [...found, "no article"];
  const edge = article.getBoundingClientRect().right + 1;
  for (const node of article.querySelectorAll("*")) {
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    if (!box.width || style.position === "absolute" || node.closest("mjx-assistive-mml, .visually-hidden")) continue;
    if (box.right > edge && !inside(node)) say(`${node.tagName.toLowerCase()} leaves the page by ` +
      `${Math.round(box.right - edge)} px`, node);
    const hidden = ["hidden", "clip"].includes(style.overflowX) && !node.closest("mjx-container");
    const more = node.clientWidth ? node.scrollWidth - node.clientWidth : 0;
    if (hidden && more > 1) say(`${node.tagName.toLowerCase()} is cut by ${more} px`, node);
  }
  for (const node of article.querySelectorAll(".cell_input pre, .highlight-python pre"))
    if (wide && node.scrollWidth > node.clientWidth + 1) say(`code needs ${node.scrollWidth - node.clientWidth} px ` +
      "more", node);
  for (const node of article.querySelectorAll("div.math"))
    if (wide && node.scrollWidth > node.clientWidth + 1) say("an equation is too wide", node);
  for (const node of article.querySelectorAll("table.dataframe td"))
    if (parseFloat(getComputedStyle(node).paddingLeft) < 4) { say("a table without room", node); break; }
  for (const node of article.querySelectorAll("img")) {
    const box = node.getBoundingClientRect();
    if (!node.naturalWidth) say("a picture does not load", node);
    else if (node.closest(".cell_output") && box.width < 0.6 * node.naturalWidth)
      say(`a picture of ${node.naturalWidth} px is shown at ${Math.round(box.width)} px`, node);
  }
  const boxes = [...document.querySelectorAll(".search-button__button, input[type=search]")];
  const seen = boxes.filter(node => node.offsetParent && node.getBoundingClientRect().left >= 0);
  if (seen.length > 1) found.push(`${seen.length} search boxes`);
  return found;
}
"""


def browser_path() -> str | None:
    """The browser that BROWSER_PATH names, that of this machine, or Playwright's own; None without any."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path and find_spec("playwright"):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        path = own if os.path.exists(own) else None
    return path


def faults(page, address: str) -> list[str]:
    """What is wrong with a page, at each width."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_function("!window.MathJax || !MathJax.startup || !MathJax.startup.promise || "
                           "MathJax.startup.promise.then(() => true)")
    page.evaluate("() => document.querySelectorAll('article details').forEach(fold => fold.open = true)")
    found = []
    for width in WIDTHS:  # a window that is made narrower, as a reader may do; no second load
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(50)
        found += [f"{width} px: {fault}" for fault in page.evaluate(MEASURE, [width >= 1280])]
    outside = {url for url in asked if not url.startswith(("file:", "data:", "http://127.0.0.1"))}
    return found + [f"asks the network for {url}" for url in sorted(outside)]


def look(chromium, path: str) -> list[str]:
    """Measure every page at every width."""
    found, browser = [], chromium.launch(executable_path=path, args=list(QUIET))
    context = browser.new_context(offline=True)
    for file in sorted(SITE.rglob("*.html")):
        if "_static" in file.parts or file.stem in {"search", "genindex", "py-modindex"}:
            continue
        page = context.new_page()
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        found += [f"{file.relative_to(SITE)}, {fault}" for fault in faults(page, file.as_uri())]
        page.close()
    browser.close()
    return found


def browser_or_word() -> str | None:
    """The browser to use, or a word that there is none."""
    path = browser_path()
    if not path or not find_spec("playwright"):
        print(f"no browser found, skipped ({'Playwright is missing' if path else 'no Chromium, no Chrome'})")
        return None
    return path


def main() -> None:
    if not (path := browser_or_word()):
        return
    from playwright.sync_api import sync_playwright

    if not (SITE / "index.html").exists():
        sys.exit("There is no site in _site/: run 'make docs' first.")
    with sync_playwright() as playwright:
        found = look(playwright.chromium, path)
    if found:
        sys.exit("\n".join(found))
    print(f"In a browser: nothing is cut or too wide at {' and '.join(map(str, WIDTHS))} px.")


if __name__ == "__main__":
    main()
