"""Figures measured on real triplet judgements (two alternatives a triplet) come out again."""

import csv
import io
import json
import zipfile

import numpy as np

from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut
from analysis.stats.judgements import Judgements


def test_twelve_shared_triplets_of_faces(shared_data):
    path = shared_data / "cfd36_triplets" / "cfd36_triplets_individual.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sampleAlg"] == "validation"]
    sides = [sorted((row["Left"], row["Right"])) for row in rows]
    judged = Judgements.from_labels(
        trials=[(row["Center"], *pair) for row, pair in zip(rows, sides, strict=True)],
        participants=[row["worker_id"] for row in rows],
        choices=[pair.index(row["Answer"]) for row, pair in zip(rows, sides, strict=True)],
    )

    assert (judged.n_trials, judged.n_participants) == (12, 39)
    assert round(LeaveOneOut().figure(judged).estimate, 4) == 0.6624
    assert round(Alpha().figure(judged).estimate, 4) == 0.1205


def test_thirty_alien_eggs(shared_data):
    archive = zipfile.ZipFile(shared_data / "alien_eggs_next_triplets" / "alien_eggs_n30_next-fig3.json.zip")
    answers = json.loads(archive.read("next-fig3.json"))["participant_responses"]
    rows = []
    for person, asked in answers.items():
        for one in asked:
            place = {target["label"]: target["index"] for target in one["target_indices"]}
            pair = sorted((place["left"], place["right"]))
            if one.get("index_winner") is not None:
                rows.append(((place["center"], *pair), person, pair.index(one["index_winner"])))
    trials, participants, choices = zip(*rows, strict=True)
    judged = Judgements.from_labels(trials=trials, participants=participants, choices=choices)

    assert (len(answers), len(judged)) == (424, 20_086)
    assert round(LeaveOneOut(at_least=2).figure(judged).estimate, 4) == 0.7455
    assert round(LeaveOneOut(at_least=5).figure(judged).estimate, 4) == 0.7132


def test_three_hundred_alien_eggs_against_their_true_distance(shared_data):
    archive = zipfile.ZipFile(shared_data / "alien_eggs_next_triplets" / "alien_eggs_n300_responses.csv.zip")
    rows = list(csv.DictReader(io.TextIOWrapper(archive.open("responses.csv"), encoding="utf-8")))
    near = np.array([[-abs(_place(row["Center"]) - _place(row[side])) for side in ("Left", "Right")] for row in rows])
    chosen = np.array([("Left", "Right").index(_side(row)) for row in rows])
    judged = Judgements(np.arange(len(rows)), np.zeros(len(rows), dtype=int), chosen, len(rows), 1, 2)
    agreeing = (near == near.max(axis=1, keepdims=True)).astype(float)  # either answer agrees with equal distances

    assert len(judged) == 17_611
    assert round(JudgementAccuracy(agreeing).figure(judged).estimate, 4) == 0.8632


def _place(name: str) -> int:
    """Eggs are numbered along their one true dimension."""
    return int(name.removeprefix("i"))


def _side(row: dict[str, str]) -> str:
    return "Left" if row["Answer"] == row["Left"] else "Right"
