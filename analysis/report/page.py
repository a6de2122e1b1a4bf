"""report.html: one self-contained page that reads like a paper's results section."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from analysis.agreement.compute import Agreement
from analysis.agreement.row import INCLUDED, Row
from analysis.export.cells import instant
from analysis.queries.answers import Answers
from analysis.queries.runs import Model
from analysis.report import drawing, flow, tables
from analysis.report.numbers import counted, with_interval
from analysis.report.panels import SUITABILITY, TRIADS, Panel, panels
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
        "title": _title(version),
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


def _title(version: StudyVersion) -> str:
    titles: Mapping[str, str] = version.definition.get("title", {})
    return titles.get("en") or next(iter(titles.values()), version.study.slug)


def _about(version: StudyVersion, answers: Answers) -> str:
    """Return the study in one paragraph."""
    plan = answers.plan
    data = [trial for trial in plan.trials if not trial.check]
    by_task = Counter(trial.task for trial in data)
    tasks = ", ".join(f"{counted(n, 'trial')} of the task {task}" for task, n in by_task.items()) or "no trials"
    pages = {(row.participant, row.trial) for row in answers.rows}
    n_listeners = counted(len(answers.answering), "listener")
    moments = [row.answered_at for row in answers.rows if "answered_at" not in (row.unknown or [])]
    when = f" between {instant(min(moments))[:10]} and {instant(max(moments))[:10]}" if moments else ""
    return (
        f"Version {version.number} of the study {version.study.slug} has {tasks}, made of the sounds of the corpus "
        f"{version.corpus.slug}. {n_listeners} gave {counted(len(pages), 'answer')}{when}."
    )


def _figures(answers: Answers, models: Sequence[Model], rows: Sequence[Row]) -> list[Drawn]:
    encoders = {model.name: model.encoder for model in models}
    drawn: list[Drawn] = []
    for kind, strata, caption in (
        (TRIADS, False, _TRIADS),
        (TRIADS, True, "As before, by stratum. " + _TRIADS),
        (SUITABILITY, False, _SUITABILITY),
    ):
        shown = panels(rows, kind, encoders, subset=INCLUDED, strata=strata)
        if shown and (shown[0].dots or not strata):
            number = len(drawn) + 1
            svg = drawing.dot_plot(shown, name=f"figure{number}")
            drawn.append(Drawn(number, _claim(shown, strata=strata), svg, _in_words(shown), caption))
    drawn.append(_answers_figure(answers, len(drawn) + 1))
    return drawn


_TRIADS = (
    "Dots: mean credit of each model over judgements of triads, with 95 % intervals (two-way bootstrap over "
    "participants and trials). Dashed: chance. Solid, with its interval: leave-one-out consistency of the listeners. "
    "Dotted: oracle, which no model can exceed."
)
_SUITABILITY = (
    "Dots: share of pairs of clips of a context, rated differently by people, that the model orders the same way, with "
    "95 % intervals. Dashed: chance. Solid, with its interval: single people against the means of the others."
)


def _claim(shown: Sequence[Panel], *, strata: bool) -> str:
    """Return what the figure says of its first panel's highest model, no more than its numbers do."""
    if strata:
        return "Agreement with listeners by stratum"
    panel = shown[0]
    best = max((dot for dot in panel.dots if dot.row.estimate is not None), key=_estimate, default=None)
    if best is None:
        return f"No model has been compared with listeners yet ({panel.title})"
    return f"{best.label} comes nearest to listeners in {panel.title}: {with_interval(best.row)}"


def _estimate(dot: Any) -> float:
    return float(dot.row.estimate)


def _in_words(shown: Sequence[Panel]) -> str:
    return " ".join(panel.description for panel in shown)


def _answers_figure(answers: Answers, number: int) -> Drawn:
    per_trial = Counter(trial for _, trial in {(row.participant, row.trial) for row in answers.rows})
    shown = []
    for task in answers.plan.tasks:
        trials = [trial for trial in answers.plan.trials if trial.task == task and not trial.check]
        if trials:
            shown.append((task, [per_trial[trial.pk] for trial in trials], max(trial.planned for trial in trials)))
    total = sum(sum(counts) for _, counts, _ in shown)
    words = " ".join(
        f"{task}: {min(counts)} to {max(counts)} answers a trial, {planned} planned." for task, counts, planned in shown
    )
    svg = drawing.answers_plot(shown, name=f"figure{number}") if shown else ""
    claim = f"{counted(total, 'answer')} to {counted(sum(len(counts) for _, counts, _ in shown), 'trial')}"
    caption = "How many trials of each task have how many answers. Dashed: the planned number. Checks are not shown."
    return Drawn(number, claim, svg, words, caption)
