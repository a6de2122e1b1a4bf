# make run    everything set up and started, with a demo study
# make test   every test, on SQLite and on PostgreSQL
# make check  style, types, import rules, migrations, templates
.PHONY: run web worker test check lock bench format

PORT ?= 8000
export PYTHON

run:
	@sh scripts/setup.sh run
	@exec .venv/bin/python manage.py start --port $(PORT)

# A web server without the models, and a worker with them, for two machines.
web:
	@sh scripts/setup.sh web
worker:
	@sh scripts/setup.sh worker

# Each process has one module's tests at a time (what they share is set up once) and one thread to compute with.
PARALLEL = -n auto --dist loadscope --no-loadscope-reorder
ALONE = OMP_NUM_THREADS=1

test:
	@sh scripts/setup.sh dev
	@sh scripts/browser.sh
	$(ALONE) .venv/bin/python -m pytest $(PARALLEL)
	$(ALONE) .venv/bin/python -m tests.on_postgres -m data_layer $(PARALLEL)

check:
	@sh scripts/setup.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py check --fail-level WARNING
	.venv/bin/python -W error manage.py spectacular --validate --fail-on-warn --file /dev/null
	.venv/bin/djlint --lint templates */templates

format:
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

# Locks name no download address. One for each role; the others agree with the developers' one.
COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate -q \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock:
	$(COMPILE) --extra worker --extra demo --extra dev -o requirements/dev.lock
	$(COMPILE) --extra worker --extra demo -c requirements/dev.lock -o requirements/run.lock
	$(COMPILE) --extra worker -c requirements/dev.lock -o requirements/worker.lock
	$(COMPILE) -c requirements/dev.lock -o requirements/web.lock
	$(COMPILE) --extra worker --extra gpu -c requirements/dev.lock -o requirements/gpu.lock
