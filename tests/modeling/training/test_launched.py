"""`accelerate launch manage.py finetune_llm`: two processes share a run, and it ends as that of one process."""

import json
import re
import signal
import subprocess
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from corpus.models import Corpus
from modeling.errors import RunError
from modeling.management.launched import Launched, launched
from modeling.ml.lm.base import load_model
from modeling.models import TrainingRun
from tests.modeling.test_workers import rows
from tests.modeling.training.talking import write_talk
from tests.modeling.training.test_finetune_command import PREPARE
from tests.running_site import BIN, ROOT, Site

WORDS = "finetune_llm talk --from-scratch tiny --epochs 12 --block 64 --batch 4 --turns 1 --precision float32 --here"
# In spite of its name `--multi_gpu` starts processes on whatever there is; `--cpu` starts one unless there is MPI.
LAUNCH = "launch --multi_gpu --num_processes 2 --num_machines 1 --main_process_port 0 --mixed_precision no"


@pytest.fixture
def talking(site: Site) -> Site:
    site.python(PREPARE.format(path=str(write_talk(site.home / "talk.jsonl"))))
    return site


def launch(site: Site, *further: str) -> "subprocess.Popen[str]":
    """Start two processes of the command."""
    command = [str(BIN / "accelerate"), *LAUNCH.split(), str(ROOT / "manage.py"), *WORDS.split(), *further]
    return subprocess.Popen(
        command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run_row(site: Site) -> dict[str, Any]:
    (row,) = rows(site, "select * from modeling_trainingrun")
    return row


@pytest.mark.worker
@pytest.mark.django_db
def test_two_processes_stop_together_go_on_and_end_as_one(talking: Site, talk: Corpus) -> None:
    with launch(talking) as first:
        assert first.stdout is not None
        next(line for line in first.stdout if " steps " in line)
        first.send_signal(signal.SIGTERM)
        said = first.communicate(timeout=240)[0]
    stopped = run_row(talking)
    assert stopped["state"] == "cancelled", said
    assert re.search(rf"Stopped; {stopped['saved']} of {stopped['total']} steps are saved", said)
    assert 0 < stopped["saved"] < stopped["total"]

    with launch(talking, "--resume") as second:
        said = second.communicate(timeout=400)[0]
    assert second.returncode == 0, said
    assert said.count("Perplexity of scratch-tiny") == 1  # one process shows it
    both = run_row(talking)
    assert (both["state"], both["done"], both["saved"]) == ("finished", both["total"], both["total"])
    assert both["done_when_taken"] == stopped["saved"]

    call_command(*WORDS.split(), stdout=StringIO())
    alone = TrainingRun.objects.get()
    assert alone.total == both["total"]
    metrics = json.loads(both["metrics"])
    for when in ("before", "after"):
        assert metrics[when]["all_tokens"] == pytest.approx(alone.metrics[when]["all_tokens"], rel=0.01)
        assert metrics[when]["backchannel"]["1"] == pytest.approx(alone.metrics[when]["backchannel"]["1"], rel=0.02)
    folder = talking.home / "models" / "language_model" / both["digest"][:16]
    one, two = (load_model(str(each / "model"))[0].state_dict() for each in (alone.folder, folder))
    assert one.keys() == two.keys()
    assert all((one[name] - two[name]).abs().max() < 0.02 for name in one)


@pytest.mark.parametrize(
    ("given", "process"),
    [
        ({}, Launched(0, 1)),
        ({"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}, Launched(1, 2)),
        ({"OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "ACCELERATE_USE_CPU": "True"}, Launched(3, 4)),
    ],
)
def test_a_process_knows_which_it_is(given: dict[str, str], process: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert launched() == process


def test_one_process_where_several_were_asked_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `accelerate launch --cpu --num_processes 2` tells the one process that it starts."""
    monkeypatch.setenv("ACCELERATE_USE_CPU", "True")
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    with pytest.raises(RunError, match="--multi_gpu --num_processes N"):
        launched()
