# Everything runs in a virtual environment of its own, .venv, which the first command makes.
#
#   make quickstart   balance two real data sets, compare, and leave the results in quickstart_results/
#   make csv CSV=path TARGET=column
#                     take a file of your own from reading to a decision, and leave the results in csv_results/;
#                     also COST=15 (a missed rare case, in false alarms), KINDS='{"column": "category"}', QUICK=1,
#                     POSITIVE=class, GUESS=1 (stop after the guess); the same as python -m smotegan path column
#   make test         check everything; ends with "N passed, N failed"; ONLY=20_smote for what has that in its name
#   make fuzz         twenty thousand random tables; an hour or less
#   make house        size, way through the modules, hashes of rows, times; OTHER=path compares with another checkout
#   make room         the room benchmark: what is missing of it in benchmarks/room.csv.gz; all of it in two hours or so
#   make tables       real, typed tables: what is missing of benchmarks/tables.csv.gz; hours, less with ARGS="--arms default --seeds 1"
#   make course       write the lessons for students, without solutions, and for teachers into course_copies/
#   make refresh      run every notebook anew and report which printed tables differ; WORDS="quickstart 34" for some
#   make e2e          build the site and use it, and notebooks in JupyterLab, in a real browser; fetches one if there is none
#   make lab          open the notebooks in JupyterLab
#   make docs         build the site into _site/
#   make prepare      before a commit: export the package, clean the notebooks, render the README

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN = .venv/bin
PARALLEL = -v -n 2 --dist loadgroup --doctest-modules --durations=10 --timeout=1200

.PHONY: quickstart csv test fuzz house room course refresh e2e lab docs prepare clean

quickstart: .venv/ready-examples
	@$(BIN)/python .ci/quickstart.py

csv: .venv/ready-examples
	@test -n "$(CSV)" -a -n "$(TARGET)" || { echo "CSV and TARGET must both be given: make csv CSV=path TARGET=column"; exit 2; }
	@$(BIN)/python -m smotegan "$(CSV)" "$(TARGET)" --output csv_results $(if $(COST),--cost "$(COST)") $(if $(KINDS),--kinds '$(KINDS)') $(if $(POSITIVE),--positive "$(POSITIVE)") $(if $(QUICK),--quick) $(if $(GUESS),--stop-after-guess)

test: .venv/ready-dev
	@$(BIN)/python -m pytest $(PARALLEL) $(if $(ONLY),-k "$(ONLY)",--cov=smotegan)

fuzz: .venv/ready-dev
	@TABLES=20000 $(BIN)/python -m pytest -s .ci -k test_fuzz

house: .venv/ready-dev
	@$(BIN)/python benchmarks/house.py $(if $(OTHER),--other "$(OTHER)")

room: .venv/ready-dev
	@$(BIN)/python benchmarks/room.py --jobs 2

tables: .venv/ready-benchmarks
	@$(BIN)/python benchmarks/tables.py $(ARGS)

course: .venv/ready-dev
	@$(BIN)/python .ci/course.py

refresh: .venv/ready-dev
	@$(BIN)/python .ci/refresh.py $(WORDS)

e2e: .venv/ready-dev
	@command -v chromium chromium-browser google-chrome >/dev/null || test -n "$(BROWSER_PATH)" || $(BIN)/playwright install --with-deps chromium
	@$(BIN)/python -m pytest -v .ci/test_site.py

lab: .venv/ready-dev
	$(BIN)/jupyter lab nbs/index.ipynb

docs: .venv/ready-dev
	@rm -rf _site docs/api
	@PYTHONWARNINGS=ignore $(BIN)/python -m sphinx -W -q --keep-going -c docs -d _build/doctrees . _site
	@echo "The site is in _site: open _site/index.html"

prepare: .venv/ready-dev
	@$(BIN)/python .ci/prepare.py

clean:
	rm -rf .venv _site _build docs/api dist quickstart_results csv_results course_copies build *.egg-info

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "smotegan needs Python 3.11, 3.12 or 3.13, and found none of them. Install one (python.org), or name it: make PYTHON=/path/to/python"; exit 1; }
	@echo "Making a virtual environment in .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Could not make it. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }

.venv/ready-%: settings.ini setup.py | .venv/bin/python
	@echo "Installing smotegan[$*] into .venv: about 2 GB, once, a few minutes"
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e ".[$*]"
	@touch $@
