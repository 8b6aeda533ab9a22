"""Use the notebooks and the site as a reader does: JupyterLab and the search box, in a real browser.

Quickstart, lesson 4 and lesson 7 are opened in JupyterLab, with their quick parameters, and all their cells are run; a
slider is moved. An error cell, a traceback on the page or a slider that redraws nothing is a failure. With --install a
browser is fetched where there is none; otherwise it says so, and does nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import nbformat
from browser import QUIET, SITE, WIDTHS, browser_or_word, browser_path, faults
from common import COURSE, ROOT
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

LESSONS = [path for path in COURSE if path.stem.startswith(("lesson_4", "lesson_7"))]
NOTEBOOKS = [ROOT / "example_notebooks" / "quickstart.ipynb", *LESSONS]
PATIENCE = 300  # seconds for all cells of a notebook
SEARCHES = {"calibrate": "lesson_2_threshold", "threshold": "lesson_2_threshold", "leak": "lesson_6_judge"}
LAB = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # all cells stay on the page
       "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
TRACEBACK = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'], .jp-RenderedText .ansi-red-fg"


def lay_out(folder: Path) -> None:
    """A copy of the examples in which the chosen notebooks are short, without outputs."""
    shutil.copytree(ROOT / "example_notebooks", folder / "example_notebooks")
    for path in NOTEBOOKS:
        notebook = parameterize_notebook(load_notebook_node(str(path)), {"quick": True})
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / path.relative_to(ROOT))
    (folder / "settings").mkdir()
    (folder / "settings" / "overrides.json").write_text(json.dumps(LAB), encoding="utf-8")


@contextmanager
def jupyterlab(folder: Path):
    """A JupyterLab that serves a folder; the address to open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, log = f"http://127.0.0.1:{port}", (folder / "jupyter.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--port-retries=0",
         "--ip=127.0.0.1", "--IdentityProvider.token=", f"--LabApp.app_settings_dir={folder / 'settings'}",
         f"--ServerApp.root_dir={folder}"], cwd=folder, stdout=log, stderr=log,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
             "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"), "PYTHONPATH": str(ROOT),
             "JUPYTERLAB_SETTINGS_DIR": str(folder / "user"), "OMP_NUM_THREADS": "1",
             "MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    try:
        for _ in range(120):
            try:
                urlopen(f"{address}/api/status", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            sys.exit("JupyterLab did not start:\n" + (folder / "jupyter.log").read_text(encoding="utf-8")[-2000:])
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing about it."""

    def log_message(self, *_):
        pass


@contextmanager
def web_server(folder: Path):
    """A server of the site; the address to open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def run_all(page) -> None:
    """Run all cells from the menu, and wait until none is left."""
    page.locator(".jp-NotebookPanel:visible .jp-Cell").first.wait_for(timeout=60_000)
    idle, dialog = page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']"), page.locator(".jp-Dialog")
    idle.or_(dialog).first.wait_for(timeout=120_000)
    page.wait_for_timeout(1000)
    if dialog.count():  # which kernel? the one that it names first
        dialog.locator(".jp-mod-accept").click()
        idle.first.wait_for(timeout=120_000)
    started = page.locator(".jp-NotebookPanel:visible .jp-InputPrompt", has_text="[*]")
    for _ in range(5):  # a kernel that has just started may not listen yet
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        for _ in range(40):
            page.wait_for_timeout(250)
            if started.count():
                break
        else:
            continue
        break
    page.wait_for_function(
        """() => {
          const cells = [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")];
          const prompts = cells.filter(cell => cell.querySelector(".cm-content").textContent.trim())
            .map(cell => cell.querySelector(".jp-InputPrompt").textContent);
          const failed = document.querySelector("[data-mime-type='application/vnd.jupyter.error']");
          return failed || (prompts.length && prompts.every(text => /\\[\\d+\\]/.test(text)));
        }""", timeout=PATIENCE * 1000)


def move_slider(page) -> str | None:
    """Move a slider by the keyboard: what is wrong if the picture below it stays as it was."""
    slider = page.locator(".jp-NotebookPanel:visible .widget-slider [role=slider], "
                          ".jp-NotebookPanel:visible .widget-slider .noUi-handle").first
    if not slider.count():
        return "it has no slider"
    slider.scroll_into_view_if_needed()
    area = slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')][1]")
    pictures = area.locator("img")
    pictures.first.wait_for(timeout=30_000)
    before = pictures.first.get_attribute("src")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    for _ in range(60):
        page.wait_for_timeout(500)
        if pictures.count() and pictures.first.get_attribute("src") != before:
            return None
    return "a slider was moved, and its picture stayed as it was"


def try_notebook(browser, address: str, path: Path) -> list[str]:
    """Open a notebook in JupyterLab, run it, look for errors and move a slider."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}/lab/tree/{path.relative_to(ROOT).as_posix()}?reset")
    found = []
    try:
        run_all(page)
        errors = page.locator(TRACEBACK)
        found += [f"an error on the page: {' '.join(errors.all_inner_texts())[-400:]}"] if errors.count() else []
        if path in LESSONS and not found and (wrong := move_slider(page)):
            found.append(wrong)
    except Exception as error:
        page.screenshot(path=ROOT / "_build" / f"e2e_{path.stem}.png")
        found.append(f"{type(error).__name__}: {str(error)[:400]} (a picture of it: _build/e2e_{path.stem}.png)")
    page.close()
    return [f"{path.name}: {fault}" for fault in found]


def try_search(browser, address: str) -> list[str]:
    """Look a word up as a reader does, open what is found, and look at it at both widths."""
    found, page = [], browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
    for word, wanted in SEARCHES.items():
        page.goto(f"{address}/index.html")
        page.locator(".search-button__button:visible, .search-button-field:visible").first.click()
        box = page.locator("input[type=search]:visible").first
        box.fill(word)
        box.press("Enter")
        links = page.locator("#search-results ul.search li a")
        links.first.wait_for(timeout=30_000)
        page.wait_for_timeout(1000)
        names = {(links.nth(index).get_attribute("href") or "").split("?")[0].split("#")[0].removesuffix(".html")
                 for index in range(links.count())}
        if wanted not in names:
            found.append(f"searching {word!r} does not find {wanted}, but {len(names)} others")
            continue
        other = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
        found += [f"{wanted}, {fault}" for fault in faults(other, f"{address}/{wanted}.html")]
        other.close()
    page.close()
    return [f"the site: {fault}" for fault in found]


def install() -> None:
    """Fetch Playwright's own Chromium, and what it needs of the system, where this machine has no browser."""
    if not browser_path():
        command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
        if subprocess.run(command).returncode:
            sys.exit("No browser could be fetched. Install Chromium or Chrome by hand (on Debian and Ubuntu: apt-get "
                     "install chromium), or name one: BROWSER_PATH=/path/to/chrome make e2e")


def main() -> None:
    if "--install" in sys.argv:
        install()
    if not (path := browser_or_word()):
        return
    from playwright.sync_api import sync_playwright

    if not (SITE / "index.html").exists():
        sys.exit("There is no site in _site/: run 'make docs' first.")
    (ROOT / "_build").mkdir(exist_ok=True)
    start = time.perf_counter()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        browser, folder = playwright.chromium.launch(executable_path=path, args=list(QUIET)), Path(temporary)
        lay_out(folder)
        with web_server(SITE) as address:
            found = try_search(browser, address)
        with jupyterlab(folder) as address:
            for notebook in NOTEBOOKS:
                found += try_notebook(browser, address, notebook)
        browser.close()
    if found:
        sys.exit("\n".join(found))
    print(f"In a browser: {len(NOTEBOOKS)} notebooks, {len(SEARCHES)} searches, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
