"""`manage.py fit_people`: from a study's export to a fitted transform and to a map, by real services."""

import csv
import hashlib
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analysis.services.export import export_agreement
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.ml.alignment.stored import load_transform
from modeling.ml.errors import TrainingError
from modeling.ml.ordinal.stored import load_map
from modeling.models import EmbeddingRun, TrainingRun
from modeling.queries.training import curves_of
from modeling.queries.vectors import vectors_of
from modeling.services import leases
from modeling.services.judgements import freeze_judgements, frozen_judgements
from modeling.services.training.doing import train_run
from tests.analysis.rows import Built, add_participant, add_run, answer, make_corpus, make_study

pytestmark = pytest.mark.django_db
TOKENS = ("ah", "hm", "mhm", "oh", "right", "uh", "uhu", "yeah")


@pytest.fixture
def study(db: None, settings: Any, tmp_path: Path) -> Built:
    """People hear two dimensions of clips; the run's vectors hold these beside a large one that they do not hear."""
    settings.MODELS_ROOT = tmp_path / "models"
    built = make_study(make_corpus(tokens=TOKENS), n_triads=128, trials_per_participant=128)
    rng = np.random.default_rng(0)
    heard = {
        key: np.array([float(clip.attributes[f"percept_{name}"]) for name in ("pitch", "energy")])
        for key, clip in built.sounds.items()
    }
    vectors = {key: [*heard[key], 6 * rng.normal(), *(0.1 * rng.normal(size=3))] for key in heard}
    add_run(built.version.corpus, "planted", vectors=vectors)
    for person in range(2):
        participant = add_participant(built, f"p{person}")
        for key, trial in built.trials.items():
            clips = [heard[clip.stimulus.key] for clip in trial.clips.order_by("slot")]
            a, b, c = (clip / np.linalg.norm(clip) for clip in clips)
            answer(built, participant, key, {"odd": int(np.argmax([b @ c, a @ c, a @ b]))})
    spoiler = add_participant(built, "spoiler", excluded=True, exclusion="too fast")
    for key in list(built.trials)[:10]:
        answer(built, spoiler, key, {"odd": 0})
    return built


@pytest.fixture
def export(study: Built, tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    export_agreement(study_slug=study.slug, output=folder, n_resamples=10)
    return folder


def fit(*words: object) -> str:
    out = StringIO()
    call_command("fit_people", *map(str, words), stdout=out)
    return out.getvalue()


ALIGN = ("--align", "planted", "--rank", 1, "--strengths", 0.01, "--here")


def test_a_planted_direction_is_fitted_and_called_fitted(export: Path) -> None:
    out = fit(export, *ALIGN)
    assert "256 judgements of" in out  # two people's, not the excluded one's
    assert "fitted rank 1: planted, run " in out
    figures = dict(re.findall(r"^(embeddings as they are|fitted transform|chance)\s+(\S+)", out, re.MULTILINE))
    assert float(figures["fitted transform"]) > float(figures["embeddings as they are"]) + 0.15
    assert "Fitted to people, tested on clips never seen in training" in out

    run = TrainingRun.objects.get()
    assert run.label.startswith("fitted")
    assert run.metrics["judgements"] == 256
    assert run.metrics["fitted"]["bits"] < run.metrics["raw"]["bits"] - 0.1
    assert run.metrics["folds"] == run.done - 1 == 6
    transform, card = load_transform(run.folder, embedding=EmbeddingRun.objects.get().digest)
    assert (card["fitted"], card["settings"]["judgements"]) == (True, run.settings["judgements"])
    vectors = vectors_of(EmbeddingRun.objects.get(), ["mhm0", "mhm1", "oh0"])
    assert transform.apply(vectors).shape == (3, 6)
    assert fit(export, *ALIGN).count("fold") == out.count("fold")  # asked again: the same table, nothing is fitted
    assert TrainingRun.objects.count() == 1
    refuses_what_does_not_match(run.folder)


def refuses_what_does_not_match(folder: Path) -> None:
    with pytest.raises(TrainingError, match="was fitted to the embedding run"):
        load_transform(folder, embedding="0" * 64)
    with pytest.raises(TrainingError, match="not of the format"):
        load_map(folder)
    path = folder / "transform.safetensors"
    path.write_bytes(path.read_bytes()[:-8] + b"12345678")
    with pytest.raises(TrainingError, match=r"is not the file that card\.json was written with"):
        load_transform(folder)


def test_a_map_of_people_alone(export: Path) -> None:
    out = fit(export, "--map", "--dimensions", 1, 2, "--folds", 3, "--starts", 1, "--here")
    run = TrainingRun.objects.get()
    assert f"{run}, run" in out
    assert run.label == "map of people, soe: demo"
    rows = re.findall(r"^([12])\s+(0\.\d+)\s+0\.\d+\s*(yes)?", out, re.MULTILINE)
    assert [row[0] for row in rows] == ["1", "2"]
    assert max(float(row[1]) for row in rows) > 0.6
    curve = curves_of(run)["held-out accuracy"]["validation"]
    assert [(step, f"{value:.3f}") for step, value in curve] == [(1, rows[0][1]), (2, rows[1][1])]
    clips, positions, card = load_map(run.folder)
    assert positions.shape == (len(clips), run.metrics["chosen"])
    assert set(clips) <= set(run.corpus.stimuli.values_list("key", flat=True))
    assert card["metrics"]["source"]["study"] == "demo"
    with (run.folder / "coordinates.csv").open(newline="") as file:
        assert next(csv.reader(file))[:2] == ["stimulus", "d1"]
    (run.folder / "coordinates.csv").write_text("stimulus,d1\nmhm0,1.0\n")
    with pytest.raises(TrainingError, match="not the file that"):
        load_map(run.folder)


@pytest.mark.parametrize("words", [ALIGN, ("--map", "--dimensions", 1, 2, "--folds", 2, "--starts", 1, "--here")])
def test_a_stopped_run_goes_on_with_what_it_lacks(export: Path, words: tuple[object, ...]) -> None:
    fit(export, *words)
    whole = TrainingRun.objects.get()
    file = whole.folder / json.loads((whole.folder / "card.json").read_text())["file"]
    expected = file.read_bytes()
    pieces = sorted((whole.folder / "folds").iterdir())
    for lost in (file, whole.folder / "card.json", *pieces[2:]):
        lost.unlink()
    first = pieces[0].stat().st_mtime_ns
    # As a worker leaves it that was killed after two folds.
    TrainingRun.objects.update(state=RunState.QUEUED, metrics={}, done=2, saved=2)
    steps: list[int] = []
    stopping = lambda: bool(steps) and steps[-1] == 3  # noqa: E731
    progress = lambda run: steps.append(run.done) if not run.phase or run.done > 2 else None  # noqa: E731
    assert train_run(digest=whole.digest, owner="me", progress=progress, stopping=stopping)
    whole.refresh_from_db()
    assert (whole.state, whole.saved) == (RunState.QUEUED, 3)
    assert leases.cancel(run=whole)
    with pytest.raises(CommandError, match=r"Stopped; 3 of \d steps are saved"):
        fit(export, *words)
    fit(export, *words, "--resume")
    assert pieces[0].stat().st_mtime_ns == first
    assert file.read_bytes() == expected
    pieces[0].write_text(json.dumps(json.loads(pieces[0].read_text()) | {"of": "another"}))
    TrainingRun.objects.update(state=RunState.QUEUED)
    with pytest.raises(CommandError, match=rf"{pieces[0].name} belongs to another run\. Remove it"):
        fit(export, *words)


def test_a_changed_file_and_answers_of_others_than_people_are_refused(export: Path) -> None:
    for name in ("triplets_spose.txt", "stimuli.csv", "responses.csv"):
        content = (export / name).read_bytes()
        (export / name).write_bytes(content + b"0 1 2\n")
        with pytest.raises(CommandError, match=rf"{name} was changed after the export.*Write the export again"):
            fit(export, "--map", "--here")
        (export / name).write_bytes(content)
    path = export / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"population": {"name": "simulated", "called": "simulated listeners"}}))
    with pytest.raises(CommandError, match="holds answers of simulated listeners"):
        fit(export, "--map")
    assert not TrainingRun.objects.exists()


def test_what_cannot_be_is_told_plainly(export: Path, study: Built, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No finished embedding run is called 'wavlm'.*There: planted"):
        fit(export, "--align", "wavlm")
    with pytest.raises(CommandError, match="--rank x: give a whole number, or full"):
        fit(export, "--align", "planted", "--rank", "x")
    with pytest.raises(CommandError, match="--rank belongs to --align"):
        fit(export, "--map", "--rank", 2)
    with pytest.raises(CommandError, match="is no export"):
        fit(tmp_path / "nowhere", "--map")
    add_run(study.version.corpus, "lacking", lacking=("mhm0", "oh3"))
    with pytest.raises(CommandError, match="The run lacking has no vector for mhm0, oh3"):
        fit(export, "--align", "lacking", "--here")
    Corpus.objects.update(digest="f" * 64)
    EmbeddingRun.objects.update(corpus_digest="f" * 64)
    with pytest.raises(CommandError, match="Embed that corpus as it was exported, or export again"):
        fit(export, *ALIGN)


def test_judgements_are_frozen_under_their_digest(export: Path, settings: Any) -> None:
    digest, frozen = freeze_judgements(path=export)
    path = settings.MODELS_ROOT / "judgements" / f"{digest}.json"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    again = frozen_judgements(digest)
    assert again.to_bytes() == frozen.to_bytes() == path.read_bytes()
    assert dict(zip(again.keys, again.tokens, strict=True))["mhm0"] == "mhm"
    path.write_bytes(path.read_bytes().replace(b"mhm0", b"mhm9"))
    with pytest.raises(RunError, match="was changed"):
        frozen_judgements(digest)


def test_triplets_of_another_tool_make_a_map(shared_data: Path, settings: Any, tmp_path: Path, db: None) -> None:
    settings.MODELS_ROOT = tmp_path / "models"
    faces = shared_data / "cfd36_triplets" / "cfd36_triplets_individual.csv"
    with faces.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sampleAlg"] == "random"][:1500]
    path = tmp_path / "faces.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    out = fit(path, "--map", "--dimensions", 2, "--folds", 2, "--starts", 1, "--here")
    assert "1500 judgements of" in out
    assert "chance 1/2" in out
    run = TrainingRun.objects.get()
    assert (run.corpus, run.metrics["clips"]) == (None, 36)
    assert run.metrics["tried"][0]["accuracy"] > 0.6
    with pytest.raises(CommandError, match="No finished embedding run"):
        fit(path, "--align", "planted")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("anchor,near,far\na,b,c\na,,c\n", "line 3: a, , c is no answer"),
        ("anchor,near,far\na,b,b\n", "holds no triplet of three different clips"),
        ("Center,Left,Right,Answer\na,b,c,d\n", "line 2: a, b, c, d is no answer"),
        ("a,b\n1,2\n", "has none of these sets of columns"),
        ("anchor,near,far\n", "holds no triplet"),
    ],
)
def test_a_csv_that_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "triplets.csv"
    path.write_text(text)
    with pytest.raises(RunError, match=message):
        freeze_judgements(path=path)


def test_answers_name_the_nearer_one(tmp_path: Path, settings: Any) -> None:
    settings.MODELS_ROOT = tmp_path
    path = tmp_path / "asked.csv"
    path.write_text("Center,Left,Right,Answer\nx,left,right,right\nx,x,left,left\n")
    _, frozen = freeze_judgements(path=path)
    items = [frozen.keys[clip] for clip in frozen.judged.items[0]]
    assert (items, frozen.judged.odd.tolist()) == (["x", "right", "left"], [2])
    assert (frozen.n_judgements, frozen.source["left_out"]) == (1, 1)
