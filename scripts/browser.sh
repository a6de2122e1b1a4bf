#!/bin/sh
# Finds a Chromium for the browser tests: an installed one, else the distribution's package, else Playwright's own.
# Where the distribution has Firefox ESR, it is installed too, with a sound server: one test drives it. So is R with lme4
# (60 MB to fetch, a minute or two), with which one test compares the mixed model.
set -u
cd "$(dirname "$0")/.."

found() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  .venv/bin/python - <<'PYTHON'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

log=$(mktemp)
can_install() { command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; }
install() { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; }

if can_install && ! { command -v firefox-esr && command -v pulseaudio; } >/dev/null 2>&1; then
  echo "bcstudy: installing the distribution's Firefox for the browser tests"
  install firefox-esr pulseaudio >"$log" 2>&1 || echo "bcstudy: no Firefox could be installed; its test will be skipped"
fi

if can_install && ! Rscript --vanilla -e 'quit(status = !requireNamespace("lme4", quietly = TRUE))' >/dev/null 2>&1; then
  echo "bcstudy: installing the distribution's R with lme4 for one test"
  install r-cran-lme4 >"$log" 2>&1 || echo "bcstudy: no lme4 could be installed; its test will be skipped"
fi

found && exit 0
if can_install; then
  echo "bcstudy: installing the distribution's Chromium for the browser tests"
  install chromium >"$log" 2>&1
  found && exit 0
fi
echo "bcstudy: fetching Playwright's Chromium for the browser tests"
.venv/bin/playwright install chromium >>"$log" 2>&1
found && exit 0
tail -5 "$log" >&2
echo "bcstudy: no Chromium could be found or installed: install one (apt install chromium, or .venv/bin/playwright install chromium) and start again" >&2
exit 1
