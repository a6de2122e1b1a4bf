"""People's judgements of triads, from a study, an export or a file of triplets, frozen for what is fitted to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.agreement.row import INCLUDED
from analysis.agreement.samples import ANCHOR, counted_rows
from analysis.enums import Population, Subset
from analysis.errors import AnalysisError
from analysis.export.triplets import judged
from analysis.imports.judged import JudgedTriads
from analysis.imports.judged_export import read_export
from analysis.imports.judged_triplets import read_triplet_file
from analysis.queries.answers import Answers, answers_of
from analysis.queries.plan import plan_of
from analysis.queries.stimuli import sounds_of
from analysis.queries.versions import version_of
from annotations.models import Study
from modeling.services.judgements import freeze_judgements

if TYPE_CHECKING:
    from modeling.ml.judgements.frozen import Frozen


def freeze_judgements_of(*, name: str, version_number: int | None = None) -> tuple[str, "Frozen"]:
    """Freeze what `name` stands for and return its digest and the judgements.

    `name` is the path of an export's folder or of a file of triplets (CSV, JSON, Parquet), where there is one, else a
    study's slug. Raises `AnalysisError` (of a study's version `UnknownStudyError`) or `ImportFaultsError`.
    """
    path = Path(name).expanduser()
    if not path.exists():
        _check_study(name)
        found = study_triads(slug=name, version_number=version_number)
    elif version_number is not None:
        raise AnalysisError(f"{path} is a file or folder. --study-version belongs to the slug of a study.")
    else:
        found = read_triplet_file(path) if path.is_file() else read_export(path)
    return freeze_judgements(
        keys=found.keys, tokens=found.tokens, triads=found.triads, anchored=found.anchored, source=found.source
    )


def _check_study(name: str) -> None:
    known = sorted(Study.objects.values_list("slug", flat=True))
    if name not in known:
        raise AnalysisError(
            f"{name} is no folder, no file and no study. Give the folder that export_agreement wrote, a file of "
            f"triplets, or the slug of a study. Studies here: {', '.join(known) or 'none yet'}."
        )


def study_triads(*, slug: str, version_number: int | None = None) -> JudgedTriads:
    """Return people's judgements of a study as an export written now holds them.

    Where none chose an odd one out, they are those that compared two clips with an anchor. Raises `AnalysisError` where
    there are neither.
    """
    version = version_of(slug, version_number)
    answers = answers_of(plan_of(version), Population.PEOPLE, Subset.RANDOM)
    sounds = sounds_of(version.corpus_id)
    index = {sound.pk: place for place, sound in enumerate(sounds)}
    odd = [triad for triad in judged(answers, index) if len(set(triad)) == 3]
    triads = odd or [triad for triad in _compared(answers, index) if len(set(triad)) == 3]
    if not triads:
        raise AnalysisError(
            f"Version {version.number} of {slug!r} has no judgement of three different clips by people who are "
            "included. Collect answers to questions of the kinds odd_one_out, pair or anchor, or bring some: "
            "manage.py import_responses STUDY FILE"
        )
    source = {
        "study": slug,
        "version": version.number,
        "study_digest": version.digest,
        "corpus": version.corpus.slug,
        "corpus_digest": version.corpus.digest,
        "population": Population.PEOPLE.value,
        "subset": Subset.RANDOM.value,
    }
    tokens = {sound.key: sound.token for sound in sounds}
    return JudgedTriads([sound.key for sound in sounds], tokens, triads, anchored=not odd, source=source)


def _compared(answers: Answers, index: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Yield anchor, the clip more like it and the other, of every anchored judgement that figures count."""
    triads = {trial.pk: [index[pk] for pk in trial.clip_pks] for trial in answers.plan.triads}
    for question in answers.plan.questions:
        if question.kind != ANCHOR:
            continue
        for row in counted_rows(answers, question, INCLUDED):
            if row.trial in triads and row.chosen_slot:
                anchor, *pair = triads[row.trial]
                near = pair.pop(row.chosen_slot - 1)
                yield anchor, near, pair[0]
