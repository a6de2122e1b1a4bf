"""A pilot's figures from a study in the database, without writing an export first."""

from collections.abc import Sequence
from pathlib import Path

from analysis.agreement.compute import Effort, agreement_of
from analysis.agreement.row import COLUMNS
from analysis.enums import Population
from analysis.export.formats import plain
from analysis.export.predictions import predictions_table
from analysis.export.responses import responses_table
from analysis.export.table import Table
from analysis.imports.pilot import ExportedTables, Pilot, read_pilot
from analysis.imports.rows import CsvRow
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.queries.versions import version_of
from analysis.services.predict import predict_version
from analysis.stats.noise_model import Measure


class StudyTables:
    """The tables that an export of the newest version's answers of people would have; intervals are left out."""

    def __init__(self, slug: str) -> None:
        self.name = slug
        version = version_of(slug)
        predict_version(version_pk=version.pk)
        answers = answers_of(plan_of(version), Population.PEOPLE)
        shown = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
        predicted = predictions_of(shown, answers.plan)
        agreement = agreement_of(answers, predicted, Effort(n_resamples=1, thorough=False))
        self._tables = {
            "agreement": Table("agreement.csv", COLUMNS, [list(row.as_json().values()) for row in agreement.rows]),
            "responses": responses_table(answers),
            "predictions": predictions_table(answers.plan, predicted, agreement.probabilities),
        }

    def rows(self, table: str, *columns: str) -> Sequence[CsvRow]:
        """Return the rows of a table."""
        found = self._tables[table]
        return [
            CsvRow(line, dict(zip(found.columns, map(plain, row), strict=True)))
            for line, row in enumerate(found.rows, start=2)
        ]


def pilot_of(pilot: str, *, measure: Measure, models: Sequence[str] = ()) -> Pilot:
    """Return the figures of a folder that `export_agreement` wrote, or of a study by its slug.

    Raises `UnknownStudyError` and what `read_pilot` does.
    """
    folder = Path(pilot).expanduser()
    tables = ExportedTables(folder) if folder.is_dir() or len(folder.parts) > 1 else StudyTables(pilot)
    return read_pilot(tables, measure=measure, models=models)
