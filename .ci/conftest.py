"""How the tests run: one thread each, the longest first; at their end the table of figures and one closing line."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
                                          "TF_NUM_INTEROP_THREADS")})
os.environ.update(MPLBACKEND="agg", PYTHONPATH=str(ROOT), TF_CPP_MIN_LOG_LEVEL="3")
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the package beside these tests, whatever is installed
collect_ignore_glob = ["[!t]*.py"]  # scripts hold no doctests
CHAINS = ("test_site", "test_hook")  # each shares what is made once, and has a mark to stay on one worker
KEY = "smotegan/seconds"


def pytest_collection_modifyitems(config, items):
    """Start with the chains, and then with what took longest in the last run; without one, with the notebooks."""
    took = config.cache.get(KEY, {})
    items.sort(key=lambda item: 0 if any(chain in item.nodeid for chain in CHAINS) else
               1 / (1 + took.get(item.nodeid, 30 * ("test_notebooks" in item.nodeid))))


def pytest_terminal_summary(terminalreporter, config):
    """Print the figures of the pages that ran, and of the package."""
    import pages

    stats = terminalreporter.stats
    reports = [report for key in ("passed", "failed") for report in stats.get(key, []) if report.when == "call"]
    config.cache.set(KEY, config.cache.get(KEY, {}) | {report.nodeid: report.duration for report in reports})
    rows: dict[str, dict] = {}
    for name, row in (value for report in reports for key, value in report.user_properties if key == "page"):
        rows.setdefault(name, {}).update(row)
    if rows:
        terminalreporter.section("figures")
        terminalreporter.write_line(pages.tables(rows))
    failed = {report.nodeid for key in ("failed", "error") for report in stats.get(key, [])}
    config.closing = f"{len(stats.get('passed', []))} passed, {len(failed)} failed"


def pytest_unconfigure(config):
    """Close with a line that says only how many passed and how many failed."""
    if hasattr(config, "closing"):
        print(config.closing)
