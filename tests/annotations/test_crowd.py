"""Many at once on a real database file and on a real PostgreSQL server: nothing overdrawn, nothing lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import BOTH, site_on
from tests.running_site import Site

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


@pytest.fixture(params=BOTH)
def populated(request: pytest.FixtureRequest, migrated_home: Path, tmp_path: Path) -> Iterator[Site]:
    """An installation on either database."""
    with site_on(request.param, migrated_home, tmp_path) as (site, _):
        yield site


def test_nothing_is_overdrawn_or_lost_in_a_crowd(populated: Site) -> None:
    seen = populated.python(CROWD)
    assert seen["errors"] == []
    assert seen["worst"] <= 0, "a trial had more than planned"
    assert seen["lost"] == []
    assert seen["stored"] == seen["acknowledged"]
    assert seen["taken"] == seen["counted"] + seen["held"]
    # 24 listeners want 96 pages; there are 30.
    assert seen["per_trial"] == [6] * 5
