"""Before a commit: export the package, clean the notebooks, render the README."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from common import EXAMPLES, PAGES, ROOT

tools = Path(sys.executable).parent
subprocess.run([tools / "nbdev_export"], cwd=ROOT, check=True)
for notebook in [*PAGES, *EXAMPLES]:
    subprocess.run([tools / "nbdev_clean", "--fname", str(notebook)], cwd=ROOT, check=True)
subprocess.run([sys.executable, ".ci/readme.py"], cwd=ROOT, check=True)
print("Exported, cleaned and rendered. Now: make test")
