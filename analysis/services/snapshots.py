"""Agreement as computed at one moment: what the study page shows, so that no page computes anything."""

from analysis.agreement.compute import Effort, agreement_of
from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population
from analysis.export.manifest import sha256
from analysis.export.responses import responses_table
from analysis.models import AgreementSnapshot
from analysis.queries.answers import answers_of
from analysis.queries.freshness import is_current, latest_snapshot, state_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.report import drawing
from analysis.report.panels import SUITABILITY, TRIADS, panels
from analysis.services.predict import predict_version
from annotations.models import StudyVersion

RESAMPLES, SEED = 2000, 0


def refresh_agreement(*, version_pk: int, population: str, n_resamples: int = RESAMPLES) -> AgreementSnapshot:
    """Return a snapshot of the answers as they are now: a new one, unless nothing has changed since the last.

    Missing predictions are computed first.
    """
    version = StudyVersion.objects.select_related("corpus").get(pk=version_pk)
    predict_version(version_pk=version_pk)
    whose = Population(population)
    state = state_of(version_pk, whose)
    last = latest_snapshot(version_pk, whose)
    if last is not None and is_current(last, state):
        return last
    shown = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
    answers = answers_of(plan_of(version), whose)
    effort = Effort(n_resamples, SEED, thorough=False)
    agreement = agreement_of(answers, predictions_of(shown, answers.plan), effort)
    encoders = {model.name: model.encoder for model in shown}
    return AgreementSnapshot.objects.create(
        version=version,
        population=whose,
        responses_digest=sha256(responses_table(answers).text),
        settings={"bootstrap": n_resamples, "seed": SEED, "state": state, "models": encoders},
        figures=[row.as_json() for row in agreement.rows],
        picture=picture_of(agreement.rows, encoders),
        n_judgements=len(answers.rows),
    )


def picture_of(rows: tuple[Row, ...], encoders: dict[str, str]) -> str:
    """Return dots with intervals for every question that models can be held against, empty where there is none."""
    shown = [panel for kind in (TRIADS, SUITABILITY) for panel in panels(rows, kind, encoders, subset=INCLUDED)]
    return drawing.dot_plot(shown, name="agreement") if shown else ""
