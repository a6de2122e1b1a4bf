"""`manage.py finetune_llm`, in this process and as one that gets signals."""

import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Corpus
from modeling.models import TrainingRun
from modeling.services.training.runs import request_training
from tests.modeling.training.talking import write_talk
from tests.running_site import ROOT, Site

SHORT = ["--from-scratch", "tiny", "--epochs", "2", "--block", "64", "--batch", "4", "--precision", "float32"]


def finetune(*words: str) -> str:
    out = StringIO()
    call_command("finetune_llm", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_table_is_written_and_asking_again_trains_nothing(talk: Corpus) -> None:
    out = finetune("talk", *SHORT, "--turns", "1", "3", "--here")
    assert "scratch-tiny, run " in out
    assert re.search(r"\d of \d+ steps   [\d,]+ tokens a second", out)
    for row in ("all tokens", "backchannels, 1 turn ", "backchannels, 3 turns", "all words", "backchannel forms"):
        assert re.search(rf"^{row}\s+(no|yes|[\d.,]+)\s+[\d.,]+$", out, re.MULTILINE), row
    assert "5 turns" not in out
    again = finetune("talk", *SHORT, "--turns", "1", "3", "--here")
    assert "tokens a second" not in again
    assert again.splitlines()[1:] == out[out.index("\nPerplexity of") :].splitlines()
    assert TrainingRun.objects.count() == 1


@pytest.mark.django_db
def test_a_stopped_run_goes_on_only_with_resume(talk: Corpus) -> None:
    finetune("talk", *SHORT, "--here")
    TrainingRun.objects.update(state="cancelled", saved=3, metrics={})
    with pytest.raises(CommandError, match=r"(?s)Stopped; 3 of \d+ steps are saved\..*--resume"):
        finetune("talk", *SHORT, "--here")
    assert "Perplexity of scratch-tiny" in finetune("talk", *SHORT, "--here", "--resume")


@pytest.mark.django_db
def test_what_cannot_be_is_told_plainly(talk: Corpus) -> None:
    with pytest.raises(CommandError, match="There is no corpus 'walk'"):
        finetune("walk", *SHORT)
    with pytest.raises(CommandError, match="always trained in full"):
        finetune("talk", *SHORT, "--full")


@pytest.mark.django_db
def test_a_run_is_cancelled_by_command(talk: Corpus) -> None:
    run = request_training(kind="language_model", corpus=talk, settings={"scratch": "tiny"}).run
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("cancel_training", run.digest[:8], stdout=out)
        said.append(out.getvalue())
    assert said == ["scratch-tiny: cancelled.\n", "scratch-tiny: was cancelled already.\n"]
    run.refresh_from_db()
    assert run.state == "cancelled"
    with pytest.raises(CommandError, match="There is no training run"):
        call_command("cancel_training", "nosuch")


PREPARE = """
from django.core.management import call_command
call_command("import_dialogues", {path!r}, corpus="talk", format="jsonl")
call_command("extract_backchannels", "talk")
print(json.dumps(True))
"""


@pytest.fixture
def talking(site: Site) -> Site:
    path = str(write_talk(site.home / "talk.jsonl"))
    site.python(PREPARE.format(path=path))
    return site


@pytest.mark.worker
def test_a_signal_saves_a_checkpoint_and_says_how_to_go_on(talking: Site) -> None:
    words = ["finetune_llm", "talk", "--from-scratch", "tiny", "--epochs", "400", "--here"]
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=talking.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if " steps " in line)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 1
    assert "SIGTERM: stopping after this step" in out
    found = re.search(r"Stopped; (\d+) of (\d+) steps are saved", err)
    assert found, err
    assert 0 < int(found[1]) < int(found[2])
    assert f"Go on with: manage.py {' '.join(words)} --resume" in err
    row = row_of(talking)
    assert (row["state"], row["saved"]) == ("cancelled", int(found[1]))


@pytest.mark.worker
@pytest.mark.xdist_group("embedding workers")
def test_what_a_killed_or_a_stopped_worker_saved_is_not_trained_again(talking: Site) -> None:
    hurry(talking)
    killed = talking.start_worker()
    talking.manage("finetune_llm", "talk", "--from-scratch", "tiny", "--epochs", "30", "--no-wait")
    wait(talking, lambda row: row["saved"] > 0)
    talking.kill_worker(killed)
    left = row_of(talking)
    assert left["state"] == "running"
    assert 0 < left["saved"] < left["total"]

    asked_to_end = talking.start_worker()
    wait(talking, lambda row: row["saved"] > left["saved"])
    asked_to_end.send_signal(signal.SIGTERM)
    assert asked_to_end.wait(timeout=60) == 0
    stopped = row_of(talking)
    assert stopped["state"] == "queued"
    assert stopped["saved"] == stopped["done"] > left["saved"]
    assert stopped["done_when_taken"] >= left["saved"]

    talking.start_worker()
    row = wait(talking, lambda row: row["state"] not in ("queued", "running"))
    assert (row["state"], row["reason"]) == ("finished", "")
    assert row["done"] == row["total"] == row["saved"]
    assert row["done_when_taken"] == stopped["saved"]


def hurry(site: Site) -> None:
    """Short leases and a checkpoint after every step: a test cannot wait a minute."""
    (site.home / "hurried_training.py").write_text(HURRIED)
    (site.home / "hurried_training_settings.py").write_text(
        'from bcstudy.settings import *\nCELERY_IMPORTS = ("hurried_training",)\n'
    )
    site.env |= {
        "PYTHONPATH": os.pathsep.join([str(site.home), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "hurried_training_settings",
    }


HURRIED = """
from datetime import timedelta
from modeling.ml.lm import training
from modeling.services import leases
training.SAVE_EVERY_S, leases.HEARTBEAT_S, leases.LEASE = 0.3, 0.5, timedelta(seconds=4)
"""


def row_of(site: Site) -> dict[str, Any]:
    from tests.modeling.test_workers import rows

    return rows(site, "select * from modeling_trainingrun")[0]


def wait(site: Site, until: Any, seconds: float = 120) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while not until(row := row_of(site)):
        assert time.monotonic() < deadline, row
        assert row["state"] != "failed", row["reason"]
        time.sleep(0.05)
    return row
