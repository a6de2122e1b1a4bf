"""Who took part, step by step: everyone who is missing from the figures is counted where they left, once."""

from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from analysis.enums import Population
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.queries.screened import screened_out_at
from analysis.report.canvas import standing_alone
from analysis.report.flow import Loss, Step, flow
from analysis.report.flow_chart import flow_figure
from annotations.enums import Stage
from annotations.models import StepResult
from tests.analysis.rows import Built, add_participant, answer

pytestmark = pytest.mark.data_layer
FEW = "rule: failed 2 of 2 attention trials, more than 1"
QUICK = "rule: failed 2 of 3 attention trials, more than 1; median response time 310.5 ms is below 2000 ms"


def everyone(study: Built) -> list[Step]:
    """The steps of a study in which every fate that there is befell somebody."""
    now = timezone.now()
    trial, other, *_ = study.trials
    study.trials[other].check_kind = "practice"
    study.trials[other].save()
    add_participant(study, "away", stage=Stage.WITHDRAWN, consented_at=now)
    for name, stage in {"came": Stage.ARRIVED, "no": Stage.DECLINED, "late": Stage.TIMED_OUT}.items():
        add_participant(study, name, stage=stage)
    for name, step in {"loud": "headphones", "speaker": "headphones", "lost": "comprehension", "odd": ""}.items():
        one = add_participant(study, name, stage=Stage.SCREENED_OUT, consented_at=now)
        if step:
            StepResult.objects.create(participant=one, step=step, passed=False, settled=True)
    for name, stage in {"idle": Stage.WORKING, "back": Stage.RETURNED, "empty": Stage.DONE}.items():
        add_participant(study, name, stage=stage, consented_at=now)
    answering: dict[str, dict[str, Any]] = {
        "good": {}, "left": {"stage": Stage.WORKING}, "few1": {"exclusion": FEW}, "few2": {"exclusion": FEW},
        "quick": {"exclusion": QUICK}, "known": {"exclusion": "knew the study"},
    }  # fmt: skip
    for name, changes in answering.items():
        one = add_participant(study, name, consented_at=now, excluded="exclusion" in changes, **changes)
        answer(study, one, trial, {"odd": 0})
    answer(study, add_participant(study, "tried", consented_at=now, stage=Stage.WORKING), other, {"odd": 0})
    answers = answers_of(plan_of(study.version), Population.PEOPLE)
    return flow(answers, screened_out_at(study.version, Population.PEOPLE))


def test_everyone_is_counted_where_they_left(study: Built) -> None:
    came, consented, answered, shown = everyone(study)
    assert (came.name, came.count, came.lost) == ("came", 18, ())
    assert (consented.name, consented.count) == ("consented", 14)
    assert consented.lost == (
        Loss("declined consent", 1), Loss("did not consent", 1), Loss("ran out of time", 1),
        Loss("withdrew; their answers are in no file and no figure", 1),
    )  # fmt: skip
    assert (answered.name, answered.count) == ("gave answers", 7)
    assert answered.lost == (
        Loss("screened out: headphone screening", 2), Loss("finished without an answer", 1),
        Loss("gave no answer", 1), Loss("returned their place", 1), Loss("screened out", 1),
        Loss("screened out: questions about the task", 1),
    )  # fmt: skip
    assert (shown.name, shown.count) == ("in the figures", 2)
    assert shown.lost == (
        Loss("excluded: failed attention trials", 2),
        Loss("excluded: failed attention trials; answered too quickly", 1), Loss("excluded: knew the study", 1),
        Loss("answered no trial that enters figures", 1),
    )  # fmt: skip
    assert shown.parts == (Loss("finished", 1), Loss("not finished; their answers count", 1))


def test_the_numbers_of_the_chart_add_up_and_are_said_in_words(study: Built) -> None:
    steps = everyone(study)
    for before, after in pairwise(steps):
        assert before.count - after.n_lost == after.count, after.name
    assert sum(part.count for part in steps[-1].parts) == steps[-1].count
    figure = flow_figure(steps)
    assert figure.draw is not None
    chart = ET.fromstring(standing_alone(figure.draw("f"), title=figure.claim, description=figure.description))
    name = "{http://www.w3.org/2000/svg}"
    assert [chart.findtext(f"{name}title"), chart.findtext(f"{name}desc")] == [figure.claim, figure.description]
    drawn = " ".join("".join(text.itertext()) for text in chart.iter(f"{name}text"))
    for step in steps:
        assert f"{step.name.capitalize()}: {step.count}" in drawn
        assert f"{step.name.capitalize()}: {step.count}" in figure.description
        for loss in (*step.lost, *step.parts):
            assert f"{loss.why}: {loss.count}" in drawn
            assert f"{loss.why} {loss.count}" in figure.description


def test_nobody_came_and_the_chart_says_so(study: Built) -> None:
    steps = flow(answers_of(plan_of(study.version), Population.PEOPLE))
    assert [(step.count, step.lost, step.parts) for step in steps] == [(0, (), ())] * 4
    assert flow_figure(steps).claim == "Of 0 who came, 0 are in the figures"
