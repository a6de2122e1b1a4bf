"""Planted maps come back up to Procrustes; the true dimension of real triplets, and what is held out of them."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes
from scipy.stats import spearmanr

from modeling.ml.ordinal.embedding import embed
from modeling.ml.ordinal.judged import Judged
from modeling.ml.ordinal.losses import soe, tste
from modeling.ml.ordinal.validation import choose_dimension, cross_validated


def judge(positions, triads, *, anchored=False, noise=0.0, seed=0):
    """Answers to triads by people who see these positions, with noise added to each distance."""
    rng = np.random.default_rng(seed)
    pairs = [(1, 2), (0, 2), (0, 1)]
    apart = np.stack([np.linalg.norm(positions[triads[:, a]] - positions[triads[:, b]], axis=1) for a, b in pairs], 1)
    apart += noise * rng.normal(size=apart.shape)
    if anchored:
        apart[:, 0] = np.inf
    return Judged.of(triads, apart.argmin(axis=1), anchored=anchored)


def some_triads(n, m, seed=0):
    rng = np.random.default_rng(seed)
    return np.array([rng.choice(n, 3, replace=False) for _ in range(m)])


@pytest.fixture(scope="module")
def positions():
    return np.random.default_rng(0).uniform(-1, 1, size=(30, 2))


@pytest.mark.parametrize(("method", "disparity"), [("soe", 0.005), ("tste", 0.05)])
@pytest.mark.parametrize("anchored", [False, True])
def test_a_planted_map_comes_back_up_to_turning_and_scaling(positions, method, disparity, anchored):
    judged = judge(positions, some_triads(30, 2500), anchored=anchored)
    made = embed(judged, dimension=2, method=method, starts=3)
    assert procrustes(positions, made.positions)[2] < disparity
    assert made.loss == min(made.losses)
    spread = made.positions.std(axis=0)
    assert spread[0] >= spread[1]


def test_same_seed_same_map(positions):
    judged = judge(positions, some_triads(30, 300))
    one, again = (embed(judged, dimension=2, starts=2, seed=3).positions for _ in range(2))
    np.testing.assert_array_equal(one, again)


def test_two_dimensions_are_chosen_where_there_are_two(positions):
    judged = judge(positions, some_triads(30, 1200), noise=0.15)
    dimension, tried = choose_dimension(judged, (1, 2, 3), n_folds=3, starts=1)
    assert dimension == 2
    assert tried[0].accuracy < tried[1].accuracy - 0.05
    assert tried[1].accuracy > 0.8


def test_held_out_accuracy_of_noise_is_chance():
    rng = np.random.default_rng(1)
    judged = Judged.of(some_triads(20, 800), rng.integers(3, size=800))
    assert cross_validated(judged, dimension=2, n_folds=4, starts=1).accuracy == pytest.approx(1 / 3, abs=0.05)


@given(st.lists(st.tuples(st.permutations(range(5)), st.integers(0, 2)), min_size=1, max_size=20))
def test_comparisons_state_what_was_answered(answers):
    judged = Judged.of([list(order[:3]) for order, _ in answers], [odd for _, odd in answers])
    stated = {tuple(row): weight for row, weight in zip(*(each.tolist() for each in judged.comparisons()), strict=True)}
    expected = {}
    for order, odd in answers:
        one, other = (order[slot] for slot in range(3) if slot != odd)
        for near in ((one, other), (other, one)):
            expected[(*near, order[odd])] = expected.get((*near, order[odd]), 0) + 1
    summed = {}
    triplets, weights = judged.comparisons()
    for row, weight in zip(triplets.tolist(), weights.tolist(), strict=True):
        summed[tuple(row)] = summed.get(tuple(row), 0) + weight
    assert summed == expected
    assert set(stated) == set(expected)


def test_ties_share_the_credit():
    judged = Judged(np.array([[0, 1, 2]] * 3), np.array([0, 1, 2]), np.ones(3, dtype=int))
    assert judged.credit(np.zeros((3, 2))).tolist() == [1 / 3] * 3
    assert judged.credit(np.array([[0.0], [1.0], [2.0]])).tolist() == [0.5, 0, 0.5]
    anchored = Judged(np.array([[1, 0, 2]] * 2), np.array([1, 2]), np.ones(2, dtype=int), anchored=True)
    assert anchored.credit(np.array([[0.0], [1.0], [2.0]])).tolist() == [0.5, 0.5]


def test_losses_are_those_of_the_papers():
    near, far = torch.tensor([0.25, 4.0]).double(), torch.tensor([1.0, 1.0]).double()
    np.testing.assert_allclose(soe(near, far, 2).numpy(), [0, 1.1**2], atol=1e-9)
    for dimension, alpha in ((1, 1), (2, 1), (5, 4)):
        kernel = [(1 + each / alpha) ** (-(alpha + 1) / 2) for each in (near, far)]
        expected = -torch.log(kernel[0] / (kernel[0] + kernel[1]))
        np.testing.assert_allclose(tste(near, far, dimension).numpy(), expected.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("items", "odd", "anchored", "message"),
    [
        ([[0, 1]], [0], False, "three clips for each"),
        ([[0, 1, 1]], [0], False, "three different clips"),
        ([[0, 1, 2]], [3], False, "odd slots are 0 to 2"),
        ([[0, 1, 2]], [0], True, "odd slots are 1 to 2"),
    ],
)
def test_judgements_that_cannot_be_are_refused(items, odd, anchored, message):
    with pytest.raises(ValueError, match=message):
        Judged(np.array(items), np.array(odd), np.ones(len(odd), dtype=int), anchored)


def test_three_hundred_eggs_lie_on_their_true_line(shared_data):
    """The eggs differ in one way; people's answers alone put them in that order, and predict answers held out."""
    archive = zipfile.ZipFile(shared_data / "alien_eggs_next_triplets" / "alien_eggs_n300_responses.csv.zip")
    rows = list(csv.DictReader(io.TextIOWrapper(archive.open("responses.csv"), encoding="utf-8")))
    number = {egg: i for i, egg in enumerate(sorted({row["Center"] for row in rows}))}
    places = np.array([int(egg.removeprefix("i")) for egg in sorted(number)])
    items = np.array([[number[row[side]] for side in ("Center", "Left", "Right")] for row in rows])
    odd = np.array([2 if row["Answer"] == row["Left"] else 1 for row in rows])
    seen = np.array([row["Alg.Label"] == "Train" for row in rows])
    held_out = Judged.of(items[~seen], odd[~seen], anchored=True)
    true = held_out.accuracy(places[:, None].astype(float))
    for method in ("soe", "tste"):
        made = embed(
            Judged.of(items[seen], odd[seen], anchored=True), dimension=1, method=method, n_clips=300, starts=2
        )
        assert abs(spearmanr(made.positions[:, 0], places).statistic) > 0.98
        assert held_out.accuracy(made.positions) > true - 0.02


def test_thirty_eggs_ask_for_one_dimension(shared_data):
    archive = zipfile.ZipFile(shared_data / "alien_eggs_next_triplets" / "alien_eggs_n30_next-fig3.json.zip")
    items, odd, random = [], [], []
    for asked in json.loads(archive.read("next-fig3.json"))["participant_responses"].values():
        for one in asked:
            place = {target["label"]: target["index"] for target in one["target_indices"]}
            if one.get("index_winner") is not None:
                items.append([place["center"], place["left"], place["right"]])
                odd.append(2 if one["index_winner"] == place["left"] else 1)
                random.append(one["alg_label"] in ("RandomSampling", "Test"))
    judged = Judged.of(np.array(items)[random], np.array(odd)[random], anchored=True)
    dimension, tried = choose_dimension(judged, (1, 2), n_folds=3, starts=1)
    assert dimension == 1
    assert tried[0].accuracy > 0.83


def test_faces_predict_held_out_answers(shared_data):
    path = shared_data / "cfd36_triplets" / "cfd36_triplets_individual.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sampleAlg"] == "random"]
    items = np.array([[int(row[name]) for name in ("head", "winner", "loser")] for row in rows])
    seen = np.array([row["sampleSet"] == "train" for row in rows])
    odd = np.full(len(items), 2)
    held_out = Judged.of(items[~seen], odd[~seen], anchored=True)
    for method in ("soe", "tste"):
        made = embed(Judged.of(items[seen], odd[seen], anchored=True), dimension=2, method=method, starts=1)
        assert held_out.accuracy(made.positions) > 0.7
