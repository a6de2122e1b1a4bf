"""`manage.py fit_people`: from a study, or its export, to a fitted transform and to a map, by real services."""

import csv
import hashlib
import json
import re
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analysis.errors import AnalysisError
from analysis.export.formats import FORMATS, file_bytes
from analysis.export.table import Table
from analysis.services.export import LAYOUTS, Shape, export_agreement
from analysis.services.judgements import freeze_judgements_of
from corpus.errors import ImportFaultsError
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
from modeling.services.judgements import frozen_judgements
from modeling.services.training.doing import train_run
from tests.analysis.planted_people import planted_people
from tests.analysis.rows import Built, add_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(db: None, settings: Any, tmp_path: Path) -> Built:
    settings.MODELS_ROOT = tmp_path / "models"
    return planted_people()


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
    with pytest.raises(CommandError, match=r"holds answers of simulated listeners"):
        fit(export, "--map")
    assert not TrainingRun.objects.exists()


def test_what_cannot_be_is_told_plainly(export: Path, study: Built, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No finished embedding run is called 'wavlm'.*There: planted"):
        fit(export, "--align", "wavlm")
    with pytest.raises(CommandError, match="--rank x: give a whole number, or full"):
        fit(export, "--align", "planted", "--rank", "x")
    with pytest.raises(CommandError, match="--rank belongs to --align"):
        fit(export, "--map", "--rank", 2)
    with pytest.raises(CommandError, match=r"nowhere is no folder, no file and no study.*Studies here: demo"):
        fit("nowhere", "--map")
    with pytest.raises(CommandError, match="is no export"):
        fit(tmp_path, "--map")
    with pytest.raises(CommandError, match="has no version 7"):
        fit("demo", "--map", "--study-version", 7)
    with pytest.raises(CommandError, match="--study-version belongs to the slug"):
        fit(export, "--map", "--study-version", 1)
    with pytest.raises(CommandError, match=r"holds answers, which only a study gives a meaning.*import_responses"):
        fit(export / "responses.csv", "--map")
    add_run(study.version.corpus, "lacking", lacking=("mhm0", "oh3"))
    with pytest.raises(CommandError, match="The run lacking has no vector for mhm0, oh3"):
        fit(export, "--align", "lacking", "--here")
    Corpus.objects.update(digest="f" * 64)
    EmbeddingRun.objects.update(corpus_digest="f" * 64)
    with pytest.raises(CommandError, match="Embed that corpus as it was, or export again"):
        fit(export, *ALIGN)


def test_judgements_are_frozen_under_their_digest(export: Path, settings: Any) -> None:
    digest, frozen = freeze_judgements_of(name=str(export))
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
        ("anchor,near,far\na,b,c\na,,c\n", r"triplets.csv:3: a, , c is no answer. Mend or remove it"),
        ("anchor,near,far\na,b,b\n", "holds no triplet of three different clips"),
        ("Center,Left,Right,Answer\na,b,c,d\n", "triplets.csv:2: a, b, c, d is no answer"),
        ("a,b\n1,2\n", "has none of these sets of columns"),
        ("anchor,near,far\n", "holds no triplet"),
    ],
)
def test_a_csv_that_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "triplets.csv"
    path.write_text(text)
    with pytest.raises((AnalysisError, ImportFaultsError), match=message):
        freeze_judgements_of(name=str(path))


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_answers_name_the_nearer_one(form: str, tmp_path: Path, settings: Any) -> None:
    settings.MODELS_ROOT = tmp_path
    path = tmp_path / f"asked.{form}"
    asked = {name: name for name in ("Center", "Left", "Right", "Answer")}
    rows = [["x", "left", "right", "right"], ["x", "x", "left", "left"]]
    path.write_bytes(file_bytes(Table("asked.csv", asked, rows), form))
    _, frozen = freeze_judgements_of(name=str(path))
    items = [frozen.keys[clip] for clip in frozen.judged.items[0]]
    assert (items, frozen.judged.odd.tolist()) == (["x", "right", "left"], [2])
    assert (frozen.n_judgements, frozen.source["left_out"]) == (1, 1)


def test_a_study_and_its_export_in_every_format_and_layout_hold_the_same(study: Built, tmp_path: Path) -> None:
    _, expected = freeze_judgements_of(name=study.slug)
    assert (expected.n_judgements, expected.judged.anchored) == (256, False)
    shapes = [Shape(form) for form in FORMATS] + [Shape(layout=layout) for layout in LAYOUTS[1:]]
    for number, shape in enumerate(shapes):
        folder = tmp_path / f"export{number}"
        export_agreement(study_slug=study.slug, output=folder, n_resamples=1, shape=shape)
        digest, frozen = freeze_judgements_of(name=str(folder))
        source = {**frozen.source}
        assert source.pop("export") == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
        assert source == expected.source
        assert (frozen.keys, frozen.tokens) == (expected.keys, expected.tokens)
        for name in ("items", "odd", "count"):
            assert getattr(frozen.judged, name).tolist() == getattr(expected.judged, name).tolist()
        assert frozen_judgements(digest).source == frozen.source


def test_a_transform_is_fitted_to_a_study_by_its_slug(study: Built, export: Path) -> None:
    out = fit(study.slug, *ALIGN)
    run = TrainingRun.objects.get()
    assert run.metrics["source"]["study_digest"] == study.version.digest
    assert run.corpus == study.version.corpus
    # The same judgements give the same figures, whichever way they came.
    assert fit(export, *ALIGN).splitlines()[-8:-1] == out.splitlines()[-8:-1]


def test_answers_to_anchored_questions_make_a_map_of_their_study(tmp_path: Path, settings: Any, db: None) -> None:
    settings.MODELS_ROOT, settings.MEDIA_ROOT = tmp_path / "models", tmp_path / "media"
    clips = [f"clip{number}" for number in range(7)]
    rows = [
        [f"p{person}", *(clips[number] for number in three), clips[three[1 if abs(a - b) <= abs(a - c) else 2]]]
        for person in range(2)
        for three in permutations(range(7), 3)
        for a, b, c in [three]
        if b < c
    ]
    path = tmp_path / "collected.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["worker_id", "Center", "Left", "Right", "Answer"], *rows])
    call_command("import_triplets", path, study="line", folder=tmp_path / "line", stdout=StringIO())
    _, of_file = freeze_judgements_of(name=str(path))
    _, of_study = freeze_judgements_of(name="line")
    assert (of_study.keys, of_study.judged.anchored) == (of_file.keys, True)
    assert sorted(triples(of_study)) == sorted(triples(of_file))
    out = fit("line", "--map", "--dimensions", 1, "--folds", 2, "--starts", 2, "--here")
    assert "chance 1/2" in out
    keys, positions, _ = load_map(TrainingRun.objects.get().folder)
    order = [keys[clip] for clip in positions[:, 0].argsort()]
    assert order in (clips, clips[::-1])
    export_agreement(study_slug="line", output=tmp_path / "export", n_resamples=1)
    with pytest.raises(CommandError, match="anchored questions are read from the database: give the study's slug"):
        fit(tmp_path / "export", "--map")


def triples(frozen: Any) -> list[tuple[int, ...]]:
    return [(*items, *rest) for items, *rest in zip(
        frozen.judged.items.tolist(), frozen.judged.odd.tolist(), frozen.judged.count.tolist(), strict=True
    )]  # fmt: skip
