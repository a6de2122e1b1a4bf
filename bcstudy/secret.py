"""The site's secret key: from the environment, else made once and kept beside the database."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bcstudy import env


def secret_key(path: Path) -> str:
    """Return `BCSTUDY_SECRET_KEY`, or the key in `path`, made at first use and readable by its owner only."""
    given = env.text("BCSTUDY_SECRET_KEY")
    if given:
        return given
    with suppress(FileExistsError):
        # Two processes may start at once: the key is complete before it gets its name; the first wins.
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()
