"""Maps of clips: a model that hears as listeners do lies on their map, one that does not lies elsewhere."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.enums import Population, Subset
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.queries.runs import models_shown
from analysis.queries.stimuli import Sound, sounds_of
from analysis.report.maps import HumanMap, MapSet, map_figures, map_tables, said
from analysis.services.export import export_agreement
from analysis.services.maps import maps_of
from modeling.enums import RunState
from modeling.models import TrainingRun
from tests.analysis.rows import (
    START,
    Built,
    add_participant,
    add_run,
    add_trial,
    answer,
    digest,
    make_corpus,
    make_study,
)

pytestmark = pytest.mark.django_db


def hearing(built: Built) -> dict[str, np.ndarray]:
    """Where each clip lies for the listeners: near a grid on a small part of a sphere: cosines tell distances."""
    grid = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)
    points = (grid + np.random.default_rng(1).uniform(-0.4, 0.4, size=grid.shape)) / 10
    keys = sorted(key for key, clip in built.sounds.items() if clip.role == "backchannel")
    return {key: np.array([*point, np.sqrt(1 - point @ point)]) for key, point in zip(keys, points, strict=True)}


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


@pytest.fixture
def heard(db: None, rng: np.random.Generator) -> Built:
    """Nine clips of one word, all triads of which two people judge without an error, and two runs."""
    corpus = make_corpus(tokens=["mhm"], per_token=9)
    built = make_study(corpus, n_triads=0)
    task = next(iter(built.questions.values())).task
    triads = [(a, b, c) for a in range(9) for b in range(a + 1, 9) for c in range(b + 1, 9)]
    points = hearing(built)
    keys = list(points)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    add_run(corpus, "alike", vectors={key: [*(5 * points[key] @ turn), 0] for key in points})
    add_run(corpus, "unlike", seed=8)
    people = [add_participant(built, f"p{number}") for number in range(2)]
    for number, triad in enumerate(triads):
        name, clips = f"t{number:03d}", [keys[at] for at in triad]
        add_trial(built, name, task, [built.sounds[key] for key in clips], stratum="mhm")
        a, b, c = (points[key] for key in clips)
        for one in people:
            answer(built, one, name, {"odd": int(np.argmax([b @ c, a @ c, a @ b]))})
    return built


def maps(built: Built, seed: int = 0) -> list[MapSet]:
    version = built.version
    answers = answers_of(plan_of(version), Population.PEOPLE, Subset.RANDOM)
    models = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
    return maps_of(version, answers, models, sounds_of(version.corpus_id), seed=seed)


def test_a_planted_model_lies_on_the_map_of_listeners_and_a_random_one_does_not(heard: Built, tmp_path: Path) -> None:
    (one,) = maps(heard)
    alike, unlike = one.models
    assert one.title == "prosodic · odd, mhm"
    assert (one.human.judgements, len(one.human.clips)) == (168, 9)
    assert alike.disparity is not None
    assert unlike.disparity is not None
    assert alike.disparity < 0.05
    assert alike.p is not None
    assert alike.p < 0.001
    assert unlike.disparity > 0.5
    assert unlike.p is not None
    assert unlike.p > 0.05
    (figure,) = map_figures([one])
    assert figure.claim.startswith(
        "prosodic · odd, mhm: of the models, the map of alike is most like that of listeners"
    )
    assert figure.draw is not None
    svg = figure.draw("figure1")
    for words in ("listeners", "alike", "unlike", "mhm0"):
        assert f">{words}</text>" in svg
    assert svg == figure.draw("figure1")
    (table,) = map_tables([one])
    assert [row[:2] for row in table.rows] == [("alike", "9"), ("unlike", "9")]
    assert "computed for this report, 3 starts, seed 0" in said([one], 0)
    export_agreement(study_slug=heard.slug, output=tmp_path / "out", n_resamples=20)
    assert "p &lt; 0.001 after Holm’s correction" in (tmp_path / "out" / "report.html").read_text()
    assert (tmp_path / "out" / "tables" / "map-1.tex").exists()
    assert "Jackson, D. A. (1995)" in (tmp_path / "out" / "methods.md").read_text()


def stored(built: Built, *, of: str) -> TrainingRun:
    """A finished map of judgements, which lies as the listeners hear."""
    points = hearing(built)
    keys = list(points)
    picture = {"clips": keys, "tokens": ["mhm"] * len(keys), "positions": [points[key][:2].tolist() for key in keys]}
    return TrainingRun.objects.create(
        kind="ordinal", digest=digest(of), data_digest="", label="map", state=RunState.FINISHED, finished_at=START,
        metrics={"source": {"study_digest": of}, "method": "tste", "judgements": 160, "picture": picture},
    )  # fmt: skip


def test_a_finished_map_of_this_version_is_taken_and_no_other(heard: Built) -> None:
    stored(heard, of="another study")
    run = stored(heard, of=heard.version.digest)
    (one,) = maps(heard)
    assert (one.human.source, one.human.method) == (f"run {run.digest[:12]}", "tste")
    assert one.human.judgements == 160
    disparity = one.models[0].disparity
    assert disparity is not None
    assert disparity < 0.01
    assert "t-STE" in said([one], 0)


def test_few_judgements_make_no_map(heard: Built) -> None:
    plan, sounds = plan_of(heard.version), sounds_of(heard.version.corpus_id)
    every = answers_of(plan, Population.PEOPLE)
    assert [one.models for one in maps_of(heard.version, every, [], sounds, seed=0)] == [()]
    few = replace(every, rows=every.rows[:19])  # 38 comparisons, and 2 · 9 · ln 9 are 39.6
    assert maps_of(heard.version, few, [], sounds, seed=0) == []
    assert maps_of(heard.version, replace(every, rows=every.rows[:20]), [], sounds, seed=0) != []
    assert (map_figures([]), map_tables([]), said([], 0)) == ([], [], "")


@pytest.mark.parametrize(
    ("words", "speakers", "written"),
    [(1, 1, "clip3"), (1, 3, "clip3"), (3, 1, "clip3"), (12, 1, "word3"), (12, 12, "word3")],
)
def test_points_are_told_apart_without_colour(words: int, speakers: int, written: str) -> None:
    """By shape, with a legend, where there are few words or speakers; by their word where there are many."""
    clips = [
        Sound(n, f"clip{n}", "backchannel", f"word{n % words}", ("", "", "", "", f"voice{n % speakers}"), {})
        for n in range(12)
    ]
    human = HumanMap(clips, np.random.default_rng(0).normal(size=(12, 2)), 300, "run", "soe")
    (figure,) = map_figures([MapSet("prosodic · odd", human, (), 1)])
    assert figure.draw is not None
    svg = figure.draw("figure1")
    assert f">{written}</text>" in svg
    assert (">word</text>" in svg, ">speaker</text>" in svg) == (words == 3, (words, speakers) == (1, 3))
    assert len(set(re.findall(r'<use xlink:href="#([^"]+)"', svg))) >= (3 if 3 in (words, speakers) else 1)


def test_a_model_without_these_clips_says_so(heard: Built) -> None:
    keys = [key for key, clip in heard.sounds.items() if clip.role == "backchannel"]
    add_run(heard.version.corpus, "lacking", lacking=keys[:3])
    (one,) = maps(heard)
    lacking = next(model for model in one.models if model.name == "lacking")
    assert (lacking.disparity, lacking.reason) == (None, "has embedded 6 of these clips")
    (table,) = map_tables([one])
    assert ("lacking", "undefined: has embedded 6 of these clips", "–", "–", "–", "–") in table.rows
    (figure,) = map_figures([one])
    assert figure.draw is not None
    assert ">has embedded 6 of these clips</text>" in figure.draw("figure1")
