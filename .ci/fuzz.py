"""Draw tables and check the promises of the sampler on each, twenty thousand times or as often as told."""

from __future__ import annotations

import logging
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from common import ROOT
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(ROOT))
from smotegan.testing import check_promises, table_examples

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
start, done = time.perf_counter(), 0


@settings(max_examples=TIMES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(table_examples())
def fuzz(example):
    """One table; a failing one is made as small as it can be, and printed."""
    global done
    check_promises(*example)
    done += 1
    if done % 1000 == 0:
        print(f"{done} tables kept every promise, {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    fuzz()
    print(f"{done} passed, 0 failed")
