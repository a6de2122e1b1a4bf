"""Planted truth comes out, baselines stay where they belong; the same seed and a resumed run give the same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from modeling.ml.joint import baselines, checkpoint
from modeling.ml.joint.errors import CheckpointError, JointError, TrainingDivergedError
from modeling.ml.joint.items import Split
from modeling.ml.joint.project import project
from modeling.ml.joint.settings import JointSettings
from modeling.ml.joint.sweep import Grid, finished_rows, sweep
from modeling.ml.joint.training import Watch, train
from modeling.ml.similarity import cosine_similarities, odd_slots

from .planted import changed, planted

SETTINGS = JointSettings(
    context=("text",), dimension=16, batch=256, epochs=25, patience=25, learning_rate=1e-2, weight_decay=1e-5
)
SHORT = replace(SETTINGS, epochs=4, learn_temperature=True, depth=2, hidden=12, excluded="form")


@pytest.fixture(scope="module")
def truth():
    return planted()


@pytest.fixture(scope="module")
def trained(truth, tmp_path_factory):
    return train(truth[0], SETTINGS, tmp_path_factory.mktemp("runs") / "text")


def triad_accuracy(vectors, positions, seed=0):
    """Share of random triads whose odd one out is that of the planted positions."""
    triads = np.array([np.random.default_rng([seed, i]).choice(len(vectors), 3, replace=False) for i in range(1500)])
    apart = positions[:, None] - positions
    true = odd_slots(-np.linalg.norm(apart, axis=2), triads)
    return float((odd_slots(cosine_similarities(vectors), triads) == true).mean())


def test_retrieval_finds_what_the_context_determines(truth, trained):
    items, _ = truth
    rows = items.rows(Split.TEST)
    figures = baselines.joint_ranks(trained.model, items, rows, ("text",)).figures()
    assert figures["top_10"] > 0.85
    assert figures["mrr"] > 0.15  # chance: .026
    assert trained.card["best_figure"] > 0.85


def test_untrained_and_raw_and_frequency_stay_at_chance(truth):
    items, _ = truth
    rows = items.rows(Split.TEST)
    untrained = [
        baselines.joint_ranks(baselines.untrained(items, replace(SETTINGS, seed=seed)), items, rows, ("text",))
        for seed in range(8)
    ]
    assert np.mean([ranks.figures()["top_10"] for ranks in untrained]) == pytest.approx(0.1, abs=0.05)
    assert baselines.raw_ranks(items, rows, "audio").figures()["top_10"] == pytest.approx(0.1, abs=0.06)
    forms = np.bincount(items.form[items.rows(Split.TRAIN)])
    expected = (items.form[rows] == forms.argmax()).mean()
    frequency = baselines.frequency_ranks(items, rows).figures()
    assert frequency["top_50"] >= expected > 0.2
    assert frequency["recall_1"] == 0  # all of the commonest form are tied


def test_audio_alone_stays_at_chance(truth, tmp_path):
    items, _ = truth
    outcome = train(items, replace(SETTINGS, context=("audio",), epochs=5), tmp_path / "audio")
    ranks = baselines.joint_ranks(outcome.model, items, items.rows(Split.TEST), ("audio",))
    assert ranks.figures()["top_10"] == pytest.approx(0.1, abs=0.06)


def test_triads_follow_the_planted_positions_where_voices_hide_them_in_the_raw_space(truth, trained):
    items, positions = truth
    rows = items.rows(Split.TEST)
    projected = project(trained.model, items, rows, ("text",))[1]
    raw = triad_accuracy(items.backchannel[rows], positions[rows])
    joint = triad_accuracy(projected, positions[rows])
    assert raw < 0.45
    assert joint > 0.65
    untrained = project(baselines.untrained(items, SETTINGS), items, rows, ("text",))[1]
    assert triad_accuracy(untrained, positions[rows]) < 0.45


def test_embeddings_are_the_same_whatever_the_batch(truth, trained):
    items, _ = truth
    rows = items.rows(Split.TEST)
    together = project(trained.model, items, rows, ("text",))
    alone = [project(trained.model, items, rows[i : i + 1], ("text",)) for i in range(0, len(rows), 17)]
    for which in (0, 1):
        np.testing.assert_array_equal(np.concatenate([one[which] for one in alone]), together[which][::17])


def test_same_seed_same_bytes_and_another_seed_others(truth, tmp_path):
    files = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        card = train(truth[0], replace(SHORT, seed=seed), tmp_path / name).card
        files.append((tmp_path / name / card["tensors"]).read_bytes())
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize("after_batches", [0, 3, 7])
def test_a_run_broken_off_and_resumed_ends_with_the_same_bytes(truth, tmp_path, after_batches):
    whole = train(truth[0], SHORT, tmp_path / "whole")
    asked = iter(range(100))
    broken = train(truth[0], SHORT, tmp_path / "broken", watch=Watch(cancelled=lambda: next(asked) >= after_batches))
    assert broken.ended == "cancelled"
    resumed = train(truth[0], SHORT, tmp_path / "broken", resume=True)
    assert resumed.ended == "all epochs"
    one, other = (tmp_path / name / whole.card["tensors"] for name in ("whole", "broken"))
    assert one.read_bytes() == other.read_bytes()
    assert _without_seconds(resumed.card) == _without_seconds(whole.card)


def _without_seconds(card):
    return card | {"points": [{**point, "seconds": None} for point in card["points"]]}


def test_learning_the_temperature_moves_it_and_fixing_it_does_not(truth, trained, tmp_path):
    learned = train(truth[0], SHORT, tmp_path / "learned").card["points"]
    assert learned[-1]["temperature"] != pytest.approx(0.1, abs=1e-3)
    assert {round(point["temperature"], 6) for point in trained.card["points"]} == {0.1}


def test_stops_when_no_longer_better_and_keeps_the_best(truth, tmp_path):
    points = []
    settings = replace(SETTINGS, context=("audio",), epochs=40, patience=2)
    outcome = train(truth[0], settings, tmp_path / "run", watch=Watch(point=points.append))
    assert outcome.ended == "no longer better"
    figures = [point.figures["top_10"] for point in points]
    best = outcome.card["best_epoch"]
    assert figures.index(max(figures)) == best == len(figures) - 3
    model, _ = checkpoint.load_model(tmp_path / "run")
    again = baselines.joint_ranks(model, truth[0], truth[0].rows(Split.VALIDATION), ("audio",)).figures()
    assert again["top_10"] == figures[best]


def test_progress_says_what_is_done_and_what_remains(truth, tmp_path):
    seen = []
    train(truth[0], replace(SHORT, epochs=2), tmp_path / "run", watch=Watch(progress=seen.append))
    n = len(truth[0].rows(Split.TRAIN)) // 256
    assert [(each.epoch, each.items) for each in seen] == [(e, 256 * b) for e in (1, 2) for b in range(1, n + 1)]
    assert seen[-1].remaining_s == 0
    assert all(each.items_per_s > 0 and each.of_items == 256 * n for each in seen)


def test_bfloat16_trains_as_well(truth, trained, tmp_path):
    from modeling.ml.errors import PrecisionUnavailableError

    try:
        outcome = train(truth[0], replace(SETTINGS, precision="bfloat16"), tmp_path / "half")
    except PrecisionUnavailableError:
        pytest.skip("no bfloat16 arithmetic on this machine")
    assert outcome.card["best_figure"] == pytest.approx(trained.card["best_figure"], abs=0.03)


def test_a_sweep_has_a_row_for_each_cell_and_does_not_repeat_itself(truth, tmp_path):
    contexts = {("text", 5): ("text",), ("audio", 5): ("audio",), ("audio+text", 5): ("audio", "text")}
    grid = Grid(contexts=contexts, dimensions=(8,), batches=(64,), depths=(1, 2), excluded=("none", "form"))
    base = replace(SHORT, epochs=2)
    rows = sweep(truth[0], grid, base, tmp_path)
    assert len({(row["modality"], row["depth"], row["excluded"]) for row in rows}) == len(rows) == 12
    best = {row["modality"]: row["top_10"] for row in rows if row["depth"] == 1}
    assert best["text"] > best["audio"]
    trained = []
    again = sweep(truth[0], grid, base, tmp_path, watch=Watch(progress=trained.append))
    assert again == rows == finished_rows(grid, base, tmp_path)
    assert not trained


def test_refuses_to_resume_other_data_or_settings_and_to_overwrite(truth, tmp_path):
    items, _ = truth
    settings = replace(SHORT, epochs=1)
    train(items, settings, tmp_path)
    with pytest.raises(CheckpointError, match="holds a run already"):
        train(items, settings, tmp_path)
    with pytest.raises(CheckpointError, match="dimension was 16 and is 8, seed was 0 and is 3"):
        train(items, replace(settings, dimension=8, seed=3), tmp_path, resume=True)
    other = changed(items, backchannel=items.backchannel * 1.01)
    with pytest.raises(CheckpointError, match="was trained on the items"):
        train(other, settings, tmp_path, resume=True)
    longer = train(items, replace(settings, epochs=2), tmp_path, resume=True)
    assert longer.card["epoch"] == 2


def test_a_loss_that_is_no_number_ends_the_run_with_advice(truth, tmp_path):
    wild = replace(SETTINGS, learning_rate=1e38)
    with pytest.raises(TrainingDivergedError, match="Lower the learning rate"):
        train(truth[0], wild, tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [{"depth": 5}, {"batch": 1}, {"temperature": 0.001}, {"excluded": "word"}, {"context": ()}, {"precision": "int8"}],
)
def test_settings_that_cannot_be_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(JointError, match=name):
        replace(SETTINGS, **wrong).check()
