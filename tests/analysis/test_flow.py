"""Who took part, step by step: everyone who is missing from the figures is counted where they left."""

from django.utils import timezone

from analysis.enums import Population
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.report.flow import flow
from annotations.enums import Stage
from tests.analysis.rows import Built, add_participant, answer


def test_everyone_is_counted_where_they_left(study: Built) -> None:
    now = timezone.now()
    trial = next(iter(study.trials))
    add_participant(study, "came", stage=Stage.ARRIVED)
    add_participant(study, "declined", stage=Stage.DECLINED)
    for name in ("loud", "speaker"):
        add_participant(study, name, stage=Stage.SCREENED_OUT, consented_at=now)
    for name, changes in {"left": {"stage": Stage.WORKING}, "hasty": {"excluded": True, "exclusion": "hasty"}}.items():
        answer(study, add_participant(study, name, consented_at=now, **changes), trial, {"odd": 0})
    answer(study, add_participant(study, "good", consented_at=now), trial, {"odd": 0})
    steps = flow(answers_of(plan_of(study.version), Population.PEOPLE))
    assert [(step.name, step.count, step.why) for step in steps] == [
        ("came", 7, ""),
        ("consented", 5, ""),
        ("gave answers", 3, "2 screened out"),
        ("finished", 2, ""),
        ("in the figures", 2, "excluded: 1 (hasty)"),
    ]
