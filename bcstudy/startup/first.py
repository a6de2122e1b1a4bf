"""What only the first start does: the researcher's account and the demo study."""

import secrets
from io import StringIO
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command

from annotations.models import Study
from modeling.services.runs import request_run
from modeling.tasks import queue_run

RESEARCHER = "researcher"
DEMO = "demo"
DEMO_ENCODERS = ("spectral", "prosody", "wavlm")


def researcher_password(home: Path) -> str | None:
    """Return the password of the account made at the first start, or None once it was changed.

    The account is made where there is none; the password is kept readable for its owner only.
    """
    kept = home / "researcher_password"
    users = get_user_model().objects
    user = users.filter(username=RESEARCHER).first()
    if user is None:
        password = secrets.token_urlsafe(12)
        kept.touch(mode=0o600)
        kept.write_text(password)
        users.create_superuser(username=RESEARCHER, password=password)
        return password
    password = kept.read_text() if kept.exists() else ""
    return password if password and user.check_password(password) else None


def demo_is_missing() -> bool:
    """Tell whether the demo study has still to be made."""
    return not Study.objects.filter(slug=DEMO).exists()


def make_demo_study(folder: Path) -> None:
    """Make the demo corpus and its study, and let participants in."""
    quiet = StringIO()  # what these commands advise next is done here
    call_command("make_demo_corpus", output=folder, stdout=quiet)
    call_command("load_study", str(folder / "study.yaml"), stdout=quiet)
    call_command("set_study_state", DEMO, "live", stdout=quiet)


def request_demo_runs() -> None:
    """Ask the worker for what three encoders hear in the demo corpus; what was asked for before stays as it is.

    Where no hub can be reached and no weights are kept, the run of WavLM fails and says so, and is not tried again
    by itself.
    """
    corpus = Study.objects.get(slug=DEMO).versions.latest().corpus
    for encoder in DEMO_ENCODERS:
        if not corpus.embedding_runs.filter(encoder=encoder).exists():
            queue_run(request_run(corpus=corpus, encoder=encoder).run.digest)
