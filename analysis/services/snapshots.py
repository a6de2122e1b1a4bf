"""Agreement as computed at one moment: what the study page shows, so that no page computes anything."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from analysis.agreement.compute import Effort, agreement_of
from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population
from analysis.export.manifest import sha256
from analysis.export.responses import responses_table
from analysis.listeners.compute import ListenerFigures, listener_figures
from analysis.models import AgreementSnapshot
from analysis.queries.answers import answers_of
from analysis.queries.freshness import LISTENERS, is_current, latest_snapshot, participants_of, state_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.report import drawing
from analysis.report.panels import SUITABILITY, TRIADS, panels
from analysis.services.predict import predict_version
from annotations.enums import Stage
from annotations.models import StudyVersion

RESAMPLES, SEED = 2000, 0
# What excluding would change is looked at on the way, not reported: fewer do, and new figures are there sooner.
WHAT_IF_RESAMPLES = 500


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
    predicted = predictions_of(shown, answers.plan)
    agreement = agreement_of(answers, predicted, effort)
    what_if = min(n_resamples, WHAT_IF_RESAMPLES)
    listeners = listener_figures(version, answers, predicted, n_resamples=what_if, seed=SEED)
    encoders = {model.name: model.encoder for model in shown}
    return store_snapshot(
        listeners=listeners,
        version=version,
        population=whose,
        responses_digest=sha256(responses_table(answers).text),
        settings={"bootstrap": n_resamples, "seed": SEED, "state": state, "models": encoders},
        figures=[row.as_json() for row in agreement.rows],
        picture=picture_of(agreement.rows, encoders),
        n_judgements=len(answers.rows),
    )


@transaction.atomic
def store_snapshot(*, listeners: ListenerFigures, **fields: Any) -> AgreementSnapshot:
    """Store a snapshot, without the rows of those who were erased while it was computed.

    Participants are locked as `erase_participant` locks them: an erasure is over by then, or finds the snapshot.
    """
    people = participants_of(fields["version"].pk, fields["population"]).exclude(stage=Stage.WITHDRAWN)
    staying = set(people.order_by("pk").select_for_update(no_key=True).values_list("key", flat=True))
    kept = replace(listeners, qualities=tuple(one for one in listeners.qualities if one.participant in staying))
    fields["settings"][LISTENERS] = kept.as_json()
    return AgreementSnapshot.objects.create(**fields)


def forget_erased(*, study_pk: int, key_sha256: str) -> None:
    """Take a participant's row out of every snapshot of a study, known by the SHA-256 of the key."""
    for snapshot in AgreementSnapshot.objects.select_for_update(no_key=True).filter(version__study=study_pk):
        listeners = snapshot.settings.get(LISTENERS, {"qualities": []})
        kept = [one for one in listeners["qualities"] if sha256(one["participant"]) != key_sha256]
        if len(kept) < len(listeners["qualities"]):
            listeners["qualities"] = kept
            snapshot.save(update_fields=["settings"])


def picture_of(rows: tuple[Row, ...], encoders: dict[str, str]) -> str:
    """Return dots with intervals for every question that models can be held against, empty where there is none."""
    shown = [panel for kind in (TRIADS, SUITABILITY) for panel in panels(rows, kind, encoders, subset=INCLUDED)]
    return drawing.dot_plot(shown, name="agreement") if shown else ""
