"""Start time and memory of one web worker, beside a bare Django project served by the same gunicorn in the same run.

    python bench/web.py [--runs 5]

Aim: < 150 MB resident and < 2 s from the start of gunicorn to the first page served, torch not loaded.
"""

import argparse
import os
import statistics
import sys
import tempfile
import textwrap
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bcstudy.processes import spawn, stop
from tests.running_site import BIN, ROOT, Site, environment, free_port

BARE = textwrap.dedent("""
    from django.conf import settings
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path
    urlpatterns = [path("healthz", lambda request: HttpResponse("ok"))]
    application = get_wsgi_application()
""")


def worker_of(master: int) -> int:
    """Return the pid of gunicorn's only worker."""
    return int(Path(f"/proc/{master}/task/{master}/children").read_text().split()[0])


def resident(pid: int) -> tuple[float, float]:
    """Return resident and proportional memory of a process, in MB."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return tuple(int(rows[name].split()[0]) / 1000 for name in ("Rss", "Pss"))  # type: ignore[return-value]


def measure(application: str, env: dict[str, str], folder: Path, pages: list[str]) -> dict[str, float | bool]:
    """Start gunicorn with one worker, fetch `pages`, and measure it."""
    port = free_port()
    env = env | {"BCSTUDY_PORT": str(port), "BCSTUDY_WEB_WORKERS": "1"}
    command = [str(BIN / "gunicorn"), "-c", "python:bcstudy.gunicorn_conf", application]
    began = time.monotonic()
    process = spawn(command, log=folder / "web.log", env=env)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            with suppress(OSError):
                urllib.request.urlopen(url + "/healthz", timeout=1).read()
                break
            if time.monotonic() - began > 60:
                raise SystemExit((folder / "web.log").read_text())
            time.sleep(0.01)
        seconds = time.monotonic() - began
        for page in pages:
            for _ in range(5):
                urllib.request.urlopen(url + page, timeout=30).read()
        worker = worker_of(process.pid)
        rss, pss = resident(worker)
        maps = Path(f"/proc/{worker}/maps").read_text()
        return {"start_s": seconds, "rss_mb": rss, "pss_mb": pss, "torch": "libtorch" in maps}
    finally:
        stop(process, wait_s=5)


def main() -> None:
    """Measure both in turn, `--runs` times, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "bare.py").write_text(BARE)
        bare_env = os.environ | {"PYTHONPATH": f"{folder}:{ROOT}"}
        site = Site(folder / "home")
        site.manage("migrate", "--verbosity", "0")
        site.manage("make_demo_corpus", "--output", str(folder / "demo"))
        site.manage("load_study", str(folder / "demo" / "study.yaml"))
        site.manage("set_study_state", "demo", "live")
        env = environment(folder / "home")
        ours, bare = [], []
        for _ in range(runs):
            ours.append(measure("bcstudy.wsgi", env, folder, ["/s/demo/", "/admin/login/"]))
            bare.append(measure("bare", bare_env, folder, []))
    print(f"{'':24}{'bcstudy':>12}{'bare Django':>14}{'ratio':>8}   (medians of {runs})")
    for name, unit in (("start_s", "s"), ("rss_mb", "MB"), ("pss_mb", "MB")):
        a, b = (statistics.median(float(row[name]) for row in rows) for rows in (ours, bare))
        print(f"{name:24}{a:>10.2f} {unit:2}{b:>11.2f} {unit:2}{a / b:>8.2f}")
    print(f"torch loaded: {any(row['torch'] for row in ours)}")


if __name__ == "__main__":
    main()
