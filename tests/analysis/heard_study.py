"""A study of clips cut from planted dialogues, loaded, with imported answers that follow the planted dimension."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from django.core.management import call_command

from tests.modeling.training.planted_dialogues import planted_corpus

SLUG = "heard"
PEOPLE = ("p1", "p2")
STUDY = {
    "slug": SLUG,
    "title": "Short answers",
    "consent": "consent.md",
    "stimuli": "clips/stimuli.csv",
    "trials": "trials.csv",
    "tasks": {
        "prosodic": {"questions": [{"name": "odd", "kind": "odd_one_out", "text": "Which one is different?"}]},
        "fitting": {
            "show": ["context_audio", "transcript"],
            "questions": [
                {"name": "suitability", "kind": "rating", "per": "clip", "scale": [1, 5],
                 "ends": ["not at all", "extremely"], "text": "How suitable?"},
            ],
        },
    },
    "allocation": {"ratings_per_trial": 2, "trials_per_participant": 58},
}  # fmt: skip


def load_heard_study(folder: Path) -> str:
    """Make and load the study with its answers: 40 triads, and the 18 contexts with what was said and two others."""
    _, positions = planted_corpus(folder / "dialogues", slug="few", seed=7, parts={"test": 3})
    call_command("extract_backchannels", "few", clips=folder / "clips", context_seconds=2.0, verbosity=0)
    with (folder / "clips" / "stimuli.csv").open(newline="") as file:
        keys = [row["stimulus"] for row in csv.DictReader(file) if row["role"] == "backchannel"]
    assert len(keys) == len(positions) == 18
    (folder / "consent.md").write_text("You may stop at any time.\n")
    (folder / "study.yaml").write_text(json.dumps(STUDY))
    rng = np.random.default_rng(1)
    triads = [rng.choice(18, 3, replace=False).tolist() for _ in range(40)]
    fits = [[true, *rng.choice(np.delete(np.arange(18), true), 2, replace=False).tolist()] for true in range(18)]
    trials = [(f"t{at:02}", "prosodic", "", triad) for at, triad in enumerate(triads)]
    trials += [(f"c{at:02}", "fitting", f"{keys[at]}-context", clips) for at, clips in enumerate(fits)]
    rows = ((key, task, context, " ".join(keys[at] for at in clips)) for key, task, context, clips in trials)
    _write(folder / "trials.csv", ("trial", "task", "context", "clips"), rows)
    call_command("load_study", folder / "study.yaml", verbosity=0)
    said = [row for person in PEOPLE for row in _answers(person, trials, keys, positions)]
    _write(folder / "responses.csv", ("participant", "trial", "question", "clip", "value"), said)
    call_command("set_study_state", SLUG, "live", verbosity=0)
    call_command("import_responses", SLUG, folder / "responses.csv", verbosity=0)
    return SLUG


def _answers(
    person: str, trials: Sequence[tuple[str, str, str, list[int]]], keys: Sequence[str], positions: np.ndarray
) -> Iterable[tuple[str, ...]]:
    for trial, task, _, clips in trials:
        a, b, c = positions[clips]
        if task == "prosodic":
            odd = int(np.argmin([abs(b - c), abs(a - c), abs(a - b)]))
            yield person, trial, "odd", "", keys[clips[odd]]
        else:
            for place, clip in enumerate(clips):
                yield person, trial, "suitability", keys[clip], "2" if place else "5"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
