"""Writing everything about a study's answers into one folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.agreement import comparisons
from analysis.agreement.compute import Agreement, Effort, agreement_of
from analysis.agreement.row import COLUMNS as AGREEMENT
from analysis.enums import Population
from analysis.errors import AnalysisError
from analysis.export import study_tables, triplets
from analysis.export.folder import MANIFEST, check_free, write_folder
from analysis.export.manifest import manifest_text
from analysis.export.predictions import predictions_table
from analysis.export.responses import responses_table
from analysis.export.table import Table
from analysis.queries.answers import Answers, answers_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import Predicted, predictions_of
from analysis.queries.runs import models_shown
from analysis.queries.screening import screened_of
from analysis.queries.stimuli import Sound, sounds_of
from analysis.queries.versions import answers_elsewhere, version_of
from analysis.report.page import report_html
from analysis.services.predict import predict_version
from annotations.models import StudyVersion


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; `elsewhere` counts the answers to other versions, which are not in the files."""

    folder: Path
    files: tuple[str, ...]
    n_participants: int
    n_answers: int
    models: tuple[str, ...]
    elsewhere: dict[int, int]


def export_agreement(
    *,
    study_slug: str,
    output: Path,
    population: Population = Population.PEOPLE,
    models: Sequence[str] = (),
    n_resamples: int = 2000,
    seed: int = 0,
    version_number: int | None = None,
) -> Exported:
    """Write the files of FORMATS.md; the same answers and seed give the same bytes.

    Missing predictions are computed first. Raises `FolderInTheWayError`, `UnknownStudyError`, `UnknownRunError`.
    """
    if n_resamples < 1 or seed < 0:
        raise AnalysisError("Give --bootstrap of at least 1 and --seed of 0 or more.")
    folder = output.expanduser().absolute()
    check_free(folder)
    version = version_of(study_slug, version_number)
    shown = models_shown(version.corpus_id, corpus_digest=version.corpus_digest, names=models)
    predict_version(version_pk=version.pk)
    answers = answers_of(plan_of(version), population)
    predicted = predictions_of(shown, answers.plan)
    agreement = agreement_of(answers, predicted, Effort(n_resamples, seed))
    settings = {"bootstrap": n_resamples, "seed": seed, "models": [model.name for model in shown]}
    files = _files(version, answers, predicted, agreement, settings)
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
) -> dict[str, str]:
    sounds = sounds_of(version.corpus_id)
    models = [one.model for one in predicted]
    tables = _tables(answers, sounds, predicted, agreement)
    files = {table.name: table.text for table in tables}
    files["triplets_spose.txt"] = triplets.spose_text(answers, _index(sounds))
    files["report.html"] = report_html(
        version=version, answers=answers, models=models, agreement=agreement, settings=settings
    )
    files[MANIFEST] = manifest_text(
        study=version, answers=answers, models=models, settings=settings, files=files, tables=tables
    )
    return files


def _tables(answers: Answers, sounds: list[Sound], predicted: Sequence[Predicted], agreement: Agreement) -> list[Table]:
    return [
        responses_table(answers),
        study_tables.trials_table(answers.plan),
        study_tables.stimuli_table(sounds),
        study_tables.participants_table(answers, screened_of(answers.plan.version_pk, answers.population)),
        Table("agreement.csv", AGREEMENT, [list(row.as_json().values()) for row in agreement.rows]),
        Table("comparisons.csv", comparisons.COLUMNS, [one.cells() for one in agreement.comparisons]),
        predictions_table(answers.plan, predicted, agreement.probabilities),
        triplets.cblearn_table(answers, _index(sounds)),
    ]


def _index(sounds: Sequence[Sound]) -> dict[int, int]:
    return {sound.pk: index for index, sound in enumerate(sounds)}
