"""The site as its readers use it: it builds, nothing is cut, search works; and notebooks work in JupyterLab.

The browser is that of BROWSER_PATH, a Chromium or Chrome of this machine, or Playwright's own; without one, what needs
it is skipped. Links that lead nowhere are warnings of MyST, and a warning stops the build.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from common import COURSE, ROOT, read, with_parameters

pytestmark = pytest.mark.xdist_group("site")
SITE, SITE_MB = ROOT / "_site", 36
BUILD = ["-m", "sphinx", "-W", "-q", "--keep-going", "-c", "docs", "-d", "_build/doctrees", ".", "_site"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTHS = (1280, 390)  # a desk and a phone
MEASURE, RUN_ALL = ((ROOT / ".ci" / name).read_text(encoding="utf-8") for name in ("measure.js", "run_all.js"))
SEARCHES = {"calibrate": "lesson_2_threshold", "threshold": "lesson_2_threshold", "leak": "lesson_6_judge"}
LAB_NOTEBOOKS = [ROOT / "example_notebooks" / "quickstart.ipynb",
                 *(path for path in COURSE if path.stem.startswith(("lesson_4", "lesson_7")))]
LAB = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # all cells stay on the page
       "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


@pytest.fixture(scope="session")
def site():
    """The pages of the site, built anew; a warning of Sphinx is an error."""
    for folder in (SITE, ROOT / "docs" / "api"):
        shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([sys.executable, *BUILD], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        pytest.fail(done.stderr[-6000:], pytrace=False)
    return [path for path in sorted(SITE.rglob("*.html")) if "_static" not in path.parts]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, browser_type):
    """The browser of this machine, if there is one."""
    found = [os.environ.get("BROWSER_PATH"), *map(shutil.which, BROWSERS), browser_type.executable_path]
    path = next((path for path in found if path and Path(path).exists()), None)
    if not path:
        pytest.skip("no Chromium, no Chrome: 'make e2e' fetches one")
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", "--disable-gpu"]}


def test_size(site):
    """The site is small."""
    assert sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) < SITE_MB * 1e6


def test_pages(site, new_context):
    """Nothing of a page is cut or too wide, on a desk and on a phone, and no page asks the network for anything."""
    context, found = new_context(), []
    context.on("request", lambda request: request.url.startswith(("file:", "data:")) or found.append(
        f"asks the network for {request.url}"))
    for path in [path for path in site if path.parent != SITE or path.stem == "CHANGELOG"]:
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_function("!window.MathJax || !MathJax.startup || !MathJax.startup.promise || "
                               "MathJax.startup.promise.then(() => true)")
        page.evaluate("() => document.querySelectorAll('article details').forEach(fold => fold.open = true)")
        for width in WIDTHS:  # a window that is made narrower, as a reader may do; no second load
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(50)
            found += [f"{path.relative_to(SITE)}, {width} px: {fault}"
                      for fault in page.evaluate(MEASURE, [width == WIDTHS[0]])]
        page.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("word", SEARCHES)
def test_search(word, site, page):
    """A reader of the front page looks a word up, and the lesson about it is among what is found."""
    page.goto((SITE / "nbs" / "index.html").as_uri())
    page.locator(".search-button__button:visible, .search-button-field:visible").first.click()
    box = page.locator("input[type=search]:visible").first
    box.fill(word)
    box.press("Enter")
    page.locator(f"#search-results ul.search li a[href*='{SEARCHES[word]}']").first.wait_for(timeout=30_000)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab over a copy of the examples in which the chosen notebooks are short; the address to open."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "example_notebooks", folder / "example_notebooks")
    for path in LAB_NOTEBOOKS:
        nbformat.write(with_parameters(read(path), quick=True), folder / path.relative_to(ROOT))
    (folder / "overrides.json").write_text(json.dumps(LAB), encoding="utf-8")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
             "--IdentityProvider.token=", f"--LabApp.app_settings_dir={folder}", f"--ServerApp.root_dir={folder}",
             "--LabApp.expose_app_in_browser=True"], cwd=folder, stdout=log, stderr=log,
            env={**os.environ, "HOME": str(folder), "MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    for _ in range(240):
        time.sleep(0.5)
        if found := re.search(r"http://127\.0\.0\.1:\d+", (folder / "log").read_text(encoding="utf-8")):
            break
    yield found[0] if found else pytest.fail((folder / "log").read_text(encoding="utf-8"))
    server.terminate()
    server.wait(20)


@pytest.mark.parametrize("path", LAB_NOTEBOOKS, ids=[path.stem for path in LAB_NOTEBOOKS])
def test_lab(path, lab, page):
    """A notebook runs in JupyterLab without an error, and a slider that is moved draws its picture anew."""
    page.goto(f"{lab}/lab?reset")
    page.wait_for_function("() => window.jupyterapp", timeout=120_000)
    assert page.evaluate(RUN_ALL, path.relative_to(ROOT).as_posix()) == []
    if path in COURSE:
        slider = page.locator(".widget-slider [role=slider], .widget-slider .noUi-handle").first
        slider.scroll_into_view_if_needed()
        picture = slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')][1]").locator("img").first
        before = picture.get_attribute("src")
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("([picture, before]) => picture.isConnected ? picture.src !== before : true",
                               arg=[picture.element_handle(), before], timeout=60_000)
        assert picture.get_attribute("src") != before
