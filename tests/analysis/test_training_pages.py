"""The researcher's pages about training: who sees them, what they show, what they change."""

import re
from datetime import timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.report.curves import curve_of
from analysis.report.spots import drawn
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.models import TrainingPoint, TrainingRun
from modeling.services.training import runs
from modeling.services.training.base import Spot, SpotMap
from tests.analysis.test_study_page import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]
METRICS = {
    "model": "scratch-tiny",
    "split": "test",
    "before": {"all_tokens": 346.2, "backchannel": {"1": 352.0, "5": 361.0}},
    "after": {"all_tokens": 7.6, "backchannel": {"1": 11.46, "5": 10.7}, "backchannels": 30, "backchannel_tokens": 41},
    "frequency": {"all words": 128.0, "backchannel words": 8.77, "backchannel forms": 3.98},
}


@pytest.fixture
def researcher(client: Client) -> Client:
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    return client


def add(number: int = 0, **fields: Any) -> TrainingRun:
    corpus, _ = Corpus.objects.get_or_create(slug="talk")
    about = {
        "kind": "language_model",
        "label": "scratch-tiny",
        "digest": f"{number:064}",
        "data_digest": "d",
        "total": 40,
    }
    return TrainingRun.objects.create(**about | {"corpus": corpus, "settings": {"lr": 0.002, "turns": [1, 5]}} | fields)


def running() -> TrainingRun:
    now = timezone.now()
    run = add(state=RunState.RUNNING, lease_owner="a", taken_at=now, lease_until=now + timedelta(minutes=1))
    points = [
        (step, split, "loss", 6.0 / step + (split == "train"))
        for step in (1, 10, 20)
        for split in ("train", "validation")
    ]
    runs.record_points(run=run, owner="a", points=points)
    runs.record_step(run=run, owner="a", step=20, total=40, speed=7400.0)
    return run


@pytest.mark.parametrize("address", ["", "{pk}/", "{pk}/now/"])
def test_nobody_but_staff_sees_anything(client: Client, address: str) -> None:
    place = "/training/" + address.format(pk=add().pk)
    assert client.get(place).status_code == 302
    client.force_login(User.objects.create_user("visitor"))
    refused = client.get(place)
    assert refused.status_code == 403
    assert "scratch-tiny" not in refused.content.decode()


@pytest.mark.parametrize("action", ["cancel", "resume"])
def test_nobody_but_staff_changes_anything(client: Client, action: str) -> None:
    run = add(state=RunState.QUEUED if action == "cancel" else RunState.FAILED)
    client.force_login(User.objects.create_user("visitor"))
    assert client.post(f"/training/{run.pk}/{action}/").status_code == 403
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    assert client.get(f"/training/{run.pk}/{action}/").status_code == 405
    state = run.state
    run.refresh_from_db()
    assert run.state == state


def test_the_list_asks_as_often_for_100_runs_as_for_one(researcher: Client) -> None:
    counts = []
    researcher.get("/training/")  # the first request of a session stores more
    for first, last in ((0, 1), (1, 100)):
        for number in range(first, last):
            add(number)
        with CaptureQueriesContext(connection) as queries:
            page = researcher.get("/training/").content.decode()
        assert page.count("<tr>") == last + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_empty_list_says_how_to_begin(researcher: Client) -> None:
    page = researcher.get("/training/").content.decode()
    for command in ("import_dialogues", "finetune_llm", "train_joint", "fit_people"):
        assert f"manage.py {command} " in page


def test_a_running_run_shows_its_curves_and_fetches_itself(researcher: Client) -> None:
    run = running()
    page = researcher.get(f"/training/{run.pk}/").content.decode()
    assert f'hx-get="/training/{run.pk}/now/" hx-trigger="every 2s"' in page
    assert 'aria-label="loss: train 1.3 after step 20, validation 0.3 after step 20"' in page
    assert page.count("<polyline") == 2
    words = text_of(page)
    assert "20 of 40" in words
    assert "7,400 tokens a second" in words
    assert "turns 1 5" in words
    assert re.search(r"Time left \d+ s", words)
    part = researcher.get(f"/training/{run.pk}/now/").content.decode()
    assert part.strip().startswith('<div id="now" hx-get')
    assert "style=" not in page
    assert "<script>" not in page


def test_a_finished_run_shows_what_came_of_it_and_rests(researcher: Client) -> None:
    run = running()
    runs.finish_training(run=run, owner="a", metrics=METRICS, versions={})
    page = researcher.get(f"/training/{run.pk}/").content.decode()
    assert "hx-get" not in page
    words = text_of(page)
    assert "Perplexity of scratch-tiny (30 backchannels, 41 tokens of the test part)" in words
    assert "backchannels, 5 turns 361 10.7" in words
    assert "all words no 128" in words
    assert "Loss in figures" in words


def test_cancelling_and_going_on(researcher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = running()
    answer = researcher.post(f"/training/{run.pk}/cancel/", follow=True)
    assert answer.redirect_chain == [(f"/training/{run.pk}/", 302)]
    assert "Cancelled. What it has done is kept" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert "There was nothing to cancel" in researcher.post(f"/training/{run.pk}/cancel/", follow=True).content.decode()
    # No queue is reachable here: the run waits, and the page says so.
    answer = researcher.post(f"/training/{run.pk}/resume/", follow=True)
    assert "The queue cannot be reached" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert "No worker is at it" in answer.content.decode()


def test_kinds_curves_and_settings_are_said_in_words(researcher: Client) -> None:
    settings = {"context": ["a1" * 32, "b2" * 32], "options": {"bands": 40, "log": True}, "batch": 64}
    run = add(kind="joint", label="audio+lm_5 d16 b64", settings=settings, state=RunState.FINISHED, saved=36)
    TrainingPoint.objects.create(run=run, step=3, split="validation", name="top_10", value=0.25)
    TrainingPoint.objects.create(run=run, step=3, split="validation", name="mrr", value=0.125)
    page = researcher.get(f"/training/{run.pk}/").content.decode()
    assert 'aria-label="top 10 %: validation 0.25 after step 3"' in page
    words = text_of(page)
    assert "Joint space on talk" in words
    assert "MRR by step" in words
    assert "context a1a1a1a1… b2b2b2b2…" in words
    assert "options bands 40, log yes" in words
    assert "saved up to" not in words  # of a finished run it would say nothing
    assert "finished joint space talk" in text_of(researcher.get("/training/").content.decode())
    unknown = add(1, kind="of another version", label="old")
    assert "Of another version on talk" in text_of(researcher.get(f"/training/{unknown.pk}/").content.decode())


def test_a_failed_run_says_why_and_what_to_do(researcher: Client) -> None:
    run = add(state=RunState.FAILED, reason="There is no folder x.", advice="Give another.")
    words = text_of(researcher.get(f"/training/{run.pk}/").content.decode())
    assert "There is no folder x. Give another." in words
    assert "Go on" in words


def test_no_such_run(researcher: Client) -> None:
    assert researcher.get("/training/999/").status_code == 404


def test_a_curve_of_nothing_finite_is_an_empty_picture() -> None:
    curve = curve_of("loss", {"train": [(1, float("nan")), (2, float("inf"))]}, 10)
    assert (curve.lines, curve.table, curve.words) == ([], [], "loss: no point yet")


def test_points_of_a_curve_lie_inside_the_picture() -> None:
    curve = curve_of("loss", {"train": [(0, 1.9), (50, 8.3)], "validation": [(50, 4.0)]}, 100)
    (first, last) = (tuple(map(float, point.split(","))) for point in curve.lines[0].points.split(" "))
    assert first[0] == curve.left
    assert last[0] == pytest.approx((curve.left + curve.right) / 2)
    assert 0 < last[1] < first[1] < curve.bottom
    assert [tick.text for tick in curve.across] == ["0", "25", "50", "75", "100"]
    assert curve.table == [(50, ["8.3", "4"])]


def test_the_admin_lists_runs_and_changes_none(client: Client) -> None:
    run = running()
    client.force_login(User.objects.create_superuser("chief"))
    assert "scratch-tiny" in client.get("/admin/modeling/trainingrun/").content.decode()
    shown = client.get(f"/admin/modeling/trainingrun/{run.pk}/change/").content.decode()
    assert "_save" not in shown


MAP = {
    "tried": [
        {"dimension": 1, "accuracy": 0.61, "standard_error": 0.02, "folds": [0.6, 0.62]},
        {"dimension": 2, "accuracy": 0.74, "standard_error": 0.01, "folds": [0.73, 0.75]},
    ],
    "method": "soe", "chosen": 2, "loss": 0.01, "clips": 3, "triads": 40, "judgements": 120, "anchored": False,
    "picture": {"clips": ["a", "b", "c"], "tokens": ["mhm", "", "yeah"], "positions": [[-1, 0], [0.5, 0.5], [2, -0.5]]},
}  # fmt: skip


def test_a_map_of_people_is_drawn_and_said(researcher: Client) -> None:
    run = add(kind="ordinal", state=RunState.FINISHED, label="map of people, soe: demo", metrics=MAP)
    TrainingPoint.objects.create(run=run, step=1, split="validation", name="held-out accuracy", value=0.61)
    TrainingPoint.objects.create(run=run, step=2, split="validation", name="held-out accuracy", value=0.74)
    page = researcher.get(f"/training/{run.pk}/").content.decode()
    assert 'aria-label="Map of 3 clips from 120 judgements. Along the first axis' in page
    assert "from a mhm on the left to c yeah on the right" in page
    assert page.count("<title>a mhm</title>") == 1
    assert 'aria-label="held-out accuracy: validation 0.74 at number of dimensions 2"' in page
    assert "style=" not in page
    words = text_of(page)
    assert "Held-out accuracy by number of dimensions" in words
    assert "2 0.740 0.010 yes" in words
    assert "c yeah 2.000 -0.500" in words


def test_what_is_fitted_to_people_is_called_so(researcher: Client) -> None:
    metrics = {
        "raw": {"accuracy": 0.5, "bits": 1.4}, "fitted": {"accuracy": 0.71, "bits": 1.1}, "clips": 48, "triads": 128,
        "judgements": 256, "folds": 6, "trained_on": [212, 214], "strengths": [0.001, 0.01], "strength": 0.01,
    }  # fmt: skip
    run = add(
        kind="alignment",
        state=RunState.FINISHED,
        label="fitted rank 1: wavlm",
        metrics=metrics,
        settings={"embedding": "0123456789ab" * 5 + "cdef", "rank": 1},
    )
    words = text_of(researcher.get(f"/training/{run.pk}/").content.decode())
    assert "fitted rank 1: wavlm" in words
    assert "Fitted to people, tested on clips never seen in training (128 triads of 48 clips, 256 judgements" in words
    assert "embeddings as they are 0.500 1.400" in words
    assert "fitted transform 0.710 1.100" in words
    assert "embedding 01234567…" in words


def test_spots_lie_inside_the_picture_and_texts_apart() -> None:
    rng = np.random.default_rng(0)
    spots = tuple(Spot(f"k{n}", "mhm", *map(float, rng.normal(size=2))) for n in range(200))
    picture = drawn(SpotMap("", "", spots))
    assert all(0 < spot.x < picture.width and 0 < spot.y < picture.height for spot in picture.spots)
    written = [spot for spot in picture.spots if spot.text]
    assert 3 < len(written) <= 60
    for one, other in combinations(written, 2):
        assert abs(one.y - other.y) >= 12.9 or abs(one.x - other.x) >= 30
    level = drawn(SpotMap("", "", (Spot("a", "", 1.0, 1.0), Spot("b", "", 2.0, 1.0))))
    assert level.spots[0].y == level.spots[1].y == level.height / 2
    assert drawn(SpotMap("", "", (Spot("a", "", 1.0, 1.0),))).spots[0].text == "a"
