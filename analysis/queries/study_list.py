"""All studies with what has come in."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from analysis.enums import Population
from analysis.queries.versions import KINDS
from annotations.enums import AssignmentState
from annotations.models import Assignment, Study, StudyVersion


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in the list."""

    slug: str
    state: str
    title: str
    version: int
    people: int
    simulated: int
    answers: int


def studies() -> list[StudyLine]:
    """Return every study with what has come in, over all of its versions, in four queries."""
    versions = StudyVersion.objects.defer("source", "consent").order_by("study", "number")
    newest: dict[int, StudyVersion] = {}
    for version in versions:
        known = newest.get(version.study_id)
        if known is None or version.frozen_at or not known.frozen_at:
            newest[version.study_id] = version
    of_study = _participants_by_study()
    answers = Assignment.objects.filter(state=AssignmentState.ANSWERED, participant__kind__in=KINDS[Population.PEOPLE])
    n_answers = dict(answers.order_by().values_list("participant__version__study").annotate(n=Count("pk")))
    return [
        _study_line(study, newest.get(study.pk), of_study.get(study.pk, Counter()), n_answers.get(study.pk, 0))
        for study in Study.objects.order_by("slug")
    ]


def _study_line(study: Study, version: StudyVersion | None, kinds: Counter[Population], n_answers: int) -> StudyLine:
    return StudyLine(
        slug=study.slug,
        state=study.state,
        title=title_of(version) if version else study.slug,
        version=version.number if version else 0,
        people=kinds[Population.PEOPLE],
        simulated=kinds[Population.SIMULATED],
        answers=n_answers,
    )


def _participants_by_study() -> dict[int, Counter[Population]]:
    of_study: dict[int, Counter[Population]] = {}
    rows = StudyVersion.objects.order_by().values_list("study", "participants__kind").annotate(n=Count("participants"))
    for study, kind, n in rows:
        for population, kinds in KINDS.items():
            if kind in kinds:
                of_study.setdefault(study, Counter())[population] += n
    return of_study


def title_of(version: StudyVersion) -> str:
    """Return the study's title in English, else in its first language, else its slug."""
    titles: dict[str, str] = version.definition.get("title", {})
    return titles.get("en") or next(iter(titles.values()), version.study.slug)
