"""report.html: one self-contained page that reads like a paper's results section."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from analysis.agreement.compute import Agreement
from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population, Subset
from analysis.export.cells import instant
from analysis.queries.answers import Answers
from analysis.queries.runs import Model
from analysis.queries.study_list import title_of
from analysis.report import drawing, flow, tables
from analysis.report.numbers import counted, plain, with_interval
from analysis.report.panels import (
    FEWEST_TRIALS,
    SUITABILITY,
    TRIADS,
    Dot,
    Panel,
    StrataPanel,
    panels,
    strata_panels,
)
from annotations.models import StudyVersion


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure: `claim` above it, `svg`, what it shows in words, and a caption that can be pasted."""

    number: int
    claim: str
    svg: str
    description: str
    caption: str


def report_html(
    *,
    version: StudyVersion,
    answers: Answers,
    models: Sequence[Model],
    agreement: Agreement,
    settings: Mapping[str, Any],
) -> str:
    """Return the report; the same input gives the same text."""
    names = [model.name for model in models]
    rows = agreement.rows
    excluded = any(one.excluded for one in answers.answering)
    context = {
        "title": title_of(version),
        "version": version,
        "corpus": version.corpus,
        "simulated": flow.who(answers) == "simulated listeners",
        "who": flow.who(answers),
        "groups": flow.simulated_groups(answers),
        "about": _about(version, answers),
        "steps": flow.flow(answers),
        "figures": _figures(answers, models, rows),
        "model_tables": tables.model_tables(rows, names) if names else [],
        "suitability_tables": tables.suitability_tables(rows, names),
        "listener_tables": tables.listener_tables(rows, excluded=excluded),
        "stratum_tables": tables.stratum_tables(rows, names),
        "comparison_tables": tables.comparison_table(agreement.comparisons),
        "models": models,
        "settings": settings,
        "excluded": excluded,
    }
    return str(render_to_string("analysis/report.html", context))


def _about(version: StudyVersion, answers: Answers) -> str:
    """Return the study in one paragraph."""
    plan = answers.plan
    data = [trial for trial in plan.trials if not trial.check]
    by_task = Counter(trial.task for trial in data)
    tasks = ", ".join(f"{counted(n, 'trial')} of the task {task}" for task, n in by_task.items()) or "no trials"
    pages = {(row.participant, row.trial) for row in answers.rows}
    n_listeners = counted(len(answers.answering), "listener")
    moments = [row.answered_at for row in answers.rows if "answered_at" not in (row.unknown or [])]
    days = sorted({instant(moment)[:10] for moment in moments})
    when = (f" on {days[0]}" if len(days) == 1 else f" between {days[0]} and {days[-1]}") if days else ""
    return (
        f"Version {version.number} of the study {version.study.slug} has {tasks}, made of the sounds of the corpus "
        f"{version.corpus.slug}. {n_listeners} gave {counted(len(pages), 'answer')}{when}." + _adaptive(answers)
    )


def _adaptive(answers: Answers) -> str:
    """Return what to know of answers to trials that were chosen for what others had answered; empty without any."""
    if not answers.n_adaptive:
        return ""
    told = f" {counted(answers.n_adaptive, 'answer')} went to trials chosen for what others had answered"
    if answers.subset == Subset.ALL:
        return f"{told}. They are in the figures, which they bias: the trials are no fair sample."
    return f"{told}; they are in responses.csv and in no figure. All figures are from the random share."


def _figures(answers: Answers, models: Sequence[Model], rows: Sequence[Row]) -> list[Drawn]:
    encoders = {model.name: model.encoder for model in models}
    drawn: list[Drawn] = []
    for kind, caption in ((TRIADS, _TRIADS), (SUITABILITY, _SUITABILITY)):
        shown = panels(rows, kind, encoders, subset=INCLUDED)
        if shown:
            number = len(drawn) + 1
            svg = drawing.dot_plot(shown, name=f"figure{number}")
            drawn.append(Drawn(number, _claim(shown[0]), svg, _in_words(shown), caption))
    strata = strata_panels(rows, encoders, subset=INCLUDED) if encoders else []
    if strata:
        number = len(drawn) + 1
        svg = drawing.strata_plot(strata, name=f"figure{number}")
        drawn.append(Drawn(number, "Agreement by stratum", svg, _in_words(strata), _STRATA))
    return [*drawn, _answers_figure(answers, len(drawn) + 1)]


_TRIADS = (
    "Dots: mean credit of each model over judgements of triads, with 95 % intervals (two-way bootstrap over "
    "participants and trials). Dashed: chance. Solid, with its interval: leave-one-out consistency of the listeners. "
    "Dotted: oracle, which no model can exceed."
)
_SUITABILITY = (
    "Dots: share of pairs of clips of a context, rated differently by listeners, that the model orders the same way, "
    "with 95 % intervals. Dashed: chance. Solid, with its interval: single listeners against the means of the others."
)
_STRATA = (
    "Dots: mean credit of each model over the judgements of each stratum, with 95 % intervals. Dashed: chance. Black "
    f"ticks: leave-one-out consistency. Strata of fewer than {FEWEST_TRIALS} trials are in agreement.csv only."
)


def _claim(panel: Panel) -> str:
    """Return what a panel says of its highest model, no more than its numbers do."""
    best = max((dot for dot in panel.dots if dot.row.estimate is not None), key=_estimate, default=None)
    if best is None:
        return f"{panel.title}: no model has been compared with listeners yet"
    chance = panel.lines[0].row.estimate or 0.0
    figure = f"{with_interval(best.row)}, chance {plain(chance)}"
    if best.row.low is not None and best.row.low > chance:
        return f"{panel.title}: of the models, {best.label} comes nearest to listeners ({figure})"
    return f"{panel.title}: no model is clearly above chance; highest is {best.label} ({figure})"


def _estimate(dot: Dot) -> float:
    return dot.row.estimate or 0.0


def _in_words(shown: Sequence[Panel | StrataPanel]) -> str:
    return " ".join(panel.description for panel in shown)


def _answers_figure(answers: Answers, number: int) -> Drawn:
    per_trial = Counter(trial for _, trial in {(row.participant, row.trial) for row in answers.rows})
    shown = []
    for task in answers.plan.tasks:
        trials = [trial for trial in answers.plan.trials if trial.task == task and not trial.check]
        if trials:
            planned = max(trial.planned for trial in trials) if answers.population == Population.PEOPLE else None
            shown.append((task, [per_trial[trial.pk] for trial in trials], planned))
    total = sum(sum(counts) for _, counts, _ in shown)
    words = " ".join(
        f"{task}: {min(counts)} to {max(counts)} answers a trial"
        + (f", {planned} planned." if planned is not None else ".")
        for task, counts, planned in shown
    )
    svg = drawing.answers_plot(shown, name=f"figure{number}") if shown else ""
    claim = f"{counted(total, 'answer')} to {counted(sum(len(counts) for _, counts, _ in shown), 'trial')}"
    caption = "How many trials of each task have how many answers. Dashed, for people: the planned number."
    return Drawn(number, claim, svg, words, caption)
