"""Writing everything about a study's answers into one folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.agreement import comparisons
from analysis.agreement.compute import Agreement, Effort, agreement_of
from analysis.agreement.mixed import mixed_table
from analysis.agreement.row import COLUMNS as AGREEMENT
from analysis.enums import Population, Subset
from analysis.errors import AnalysisError
from analysis.export import psych_ds, study_tables, triplets
from analysis.export.folder import MANIFEST, check_free, write_folder
from analysis.export.formats import FORMATS, file_bytes, file_name
from analysis.export.manifest import manifest_text
from analysis.export.predictions import predictions_table
from analysis.export.responses import responses_table
from analysis.export.table import Table
from analysis.listeners.compute import listener_figures
from analysis.queries.answers import Answers, answers_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import Predicted, predictions_of
from analysis.queries.runs import models_shown
from analysis.queries.steps import StepColumns, step_columns
from analysis.queries.stimuli import Sound, sounds_of
from analysis.queries.versions import answers_elsewhere, version_of
from analysis.report.layers import without_worse_layers
from analysis.report.page import report_files
from analysis.services.maps import maps_of
from analysis.services.predict import predict_version
from annotations.models import StudyVersion

FLAT, PSYCH_DS = "flat", "psych-ds"
LAYOUTS = (FLAT, PSYCH_DS)


@dataclass(frozen=True, slots=True)
class Shape:
    """How files are written: the format of tables, and the layout of the folder."""

    form: str = "csv"
    layout: str = FLAT

    def check(self) -> None:
        """Raise `AnalysisError` for what cannot be."""
        if self.form not in FORMATS or self.layout not in LAYOUTS:
            raise AnalysisError(f"Give --format {'|'.join(FORMATS)} and --layout {'|'.join(LAYOUTS)}.")
        if self.layout == PSYCH_DS and self.form != "csv":
            raise AnalysisError("Tables of Psych-DS are CSV files. Leave --format out, or --layout.")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; `elsewhere` counts the answers to other versions, which are not in the files."""

    folder: Path
    files: tuple[str, ...]
    n_participants: int
    n_answers: int
    models: tuple[str, ...]
    elsewhere: dict[int, int]

    @property
    def report(self) -> Path:
        """Where the report lies."""
        return self.folder / next(name for name in self.files if name.endswith("report.html"))


def export_agreement(
    *,
    study_slug: str,
    output: Path,
    population: Population = Population.PEOPLE,
    subset: Subset = Subset.RANDOM,
    models: Sequence[str] = (),
    n_resamples: int = 2000,
    seed: int = 0,
    version_number: int | None = None,
    shape: Shape | None = None,
    mixed: bool = False,
) -> Exported:
    """Write the files of FORMATS.md; the same answers and seed give the same bytes.

    Missing predictions are computed first; `mixed` adds mixed_model.csv.

    Raises `FolderInTheWayError`, `UnknownStudyError`, `UnknownRunError`.
    """
    shape = shape or Shape()
    shape.check()
    if n_resamples < 1 or seed < 0:
        raise AnalysisError("Give --bootstrap of at least 1 and --seed of 0 or more.")
    folder = output.expanduser().absolute()
    check_free(folder)
    version = version_of(study_slug, version_number)
    shown = models_shown(version.corpus_id, corpus_digest=version.corpus_digest, names=models)
    predict_version(version_pk=version.pk)
    answers = answers_of(plan_of(version), population, subset)
    predicted = predictions_of(shown, answers.plan)
    agreement = agreement_of(answers, predicted, Effort(n_resamples, seed))
    settings = {
        "bootstrap": n_resamples,
        "seed": seed,
        "subset": subset.value,
        "models": [model.name for model in shown],
    }
    further = [mixed_table(answers, predicted, agreement.comparisons)] if mixed else []
    files = _files(version, answers, predicted, agreement, settings, shape, further)
    write_folder(folder, files)
    pages = {(row.participant, row.trial) for row in answers.rows}
    names = tuple(model.name for model in shown)
    elsewhere = answers_elsewhere(version, population)
    return Exported(folder, tuple(files), len(answers.answering), len(pages), names, elsewhere)


def _files(
    version: StudyVersion,
    answers: Answers,
    predicted: Sequence[Predicted],
    agreement: Agreement,
    settings: dict[str, Any],
    shape: Shape,
    further: list[Table],
) -> dict[str, bytes]:
    sounds = sounds_of(version.corpus_id)
    models = [one.model for one in predicted]
    steps = step_columns(version, answers.population)
    listeners = listener_figures(version, answers, predicted, n_resamples=settings["bootstrap"], seed=settings["seed"])
    tables = [*_tables(answers, steps, sounds, predicted, agreement), *listeners.tables, *further]
    placed = without_worse_layers(agreement.rows, models)
    maps = maps_of(version, answers, placed, sounds, seed=settings["seed"])
    report = report_files(
        version=version,
        answers=answers,
        models=models,
        agreement=agreement,
        listeners=listeners,
        settings=settings,
        maps=maps,
    )
    others = {"triplets_spose.txt": triplets.spose_text(answers, _index(sounds)), **report}
    files = _laid_out(version, tables, {name: text.encode() for name, text in others.items()}, shape)
    manifest = manifest_text(
        study=version, answers=answers, models=models, settings=settings, files=files, tables=tables
    )
    return files | {MANIFEST: manifest.encode()}


def _laid_out(
    version: StudyVersion, tables: Sequence[Table], others: dict[str, bytes], shape: Shape
) -> dict[str, bytes]:
    """Return the files by their paths in the folder."""
    if shape.layout == FLAT:
        return {file_name(table, shape.form): file_bytes(table, shape.form) for table in tables} | others
    slug = version.study.slug
    titles = version.definition["title"]
    described = psych_ds.description_text(
        name=slug,
        description=f"{next(iter(titles.values()))} Answers, agreement and predictions of the listening study {slug}.",
        tables=tables,
        more={"identifier": version.digest, "version": str(version.number)},
    )
    return (
        {psych_ds.DESCRIPTION: described.encode()}
        | {psych_ds.data_file(slug, table): file_bytes(table, "csv") for table in tables}
        | {psych_ds.other_file(name): content for name, content in others.items()}
    )


def _tables(
    answers: Answers, steps: StepColumns, sounds: list[Sound], predicted: Sequence[Predicted], agreement: Agreement
) -> list[Table]:
    return [
        responses_table(answers),
        study_tables.trials_table(answers.plan),
        study_tables.stimuli_table(sounds),
        study_tables.participants_table(answers, steps),
        Table("agreement.csv", AGREEMENT, [list(row.as_json().values()) for row in agreement.rows]),
        Table("comparisons.csv", comparisons.COLUMNS, [one.cells() for one in agreement.comparisons]),
        predictions_table(answers.plan, predicted, agreement.probabilities),
        triplets.cblearn_table(answers, _index(sounds)),
    ]


def _index(sounds: Sequence[Sound]) -> dict[int, int]:
    return {sound.pk: index for index, sound in enumerate(sounds)}
