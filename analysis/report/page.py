"""The report: one self-contained page that reads like a paper's results section, and its parts as files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string

from analysis.agreement.compute import Agreement
from analysis.agreement.row import Row
from analysis.enums import Subset
from analysis.export.cells import instant
from analysis.export.manifest import versions
from analysis.listeners.compute import ListenerFigures
from analysis.queries.answers import Answers
from analysis.queries.loudness import loudness_of
from analysis.queries.runs import Model
from analysis.queries.screened import screened_out_at
from analysis.queries.study_list import title_of
from analysis.report import canvas, figures, flow, layers, methods, tables
from analysis.report.flow_chart import flow_figure
from analysis.report.latex import latex_files
from analysis.report.listener_drawing import listener_sketches
from analysis.report.listeners import listeners_shown
from analysis.report.maps import MapSet, map_figures, map_tables
from analysis.report.maps import said as maps_said
from analysis.report.numbers import counted
from analysis.report.panels import SUITABILITY, TRIADS, Kind
from analysis.report.sketch import Drawn, drawn
from analysis.report.tables import TextTable
from annotations.models import StudyVersion


def report_files(
    *,
    version: StudyVersion,
    answers: Answers,
    models: Sequence[Model],
    agreement: Agreement,
    listeners: ListenerFigures,
    settings: Mapping[str, Any],
    maps: Sequence[MapSet] = (),
) -> dict[str, str]:
    """Return report.html, and its figures, tables and methods as files; the same input gives the same texts."""
    steps = flow.flow(answers, screened_out_at(version, answers.population))
    listening = listeners_shown(listeners)
    of_results = figures.figures(answers, models, agreement.rows, map_figures(maps))
    shown = drawn([flow_figure(steps), *of_results, *listener_sketches(listening)])
    made = _tables(answers, models, agreement) | {"map": map_tables(maps)}
    facts = _facts(version, answers, models, agreement, settings)
    said = methods.methods_of(replace(facts, maps=maps_said(maps, settings["seed"])))
    context = {
        "title": title_of(version),
        "version": version,
        "corpus": version.corpus,
        "simulated": flow.who(answers) == "simulated listeners",
        "who": flow.who(answers),
        "groups": flow.simulated_groups(answers),
        "about": _about(version, answers),
        "steps": steps,
        "flow_figure": shown[0],
        "figures": shown[1 : 1 + len(of_results)],
        "listener_figures": shown[1 + len(of_results) :],
        **{f"{kind}_tables": of_kind for kind, of_kind in made.items()},
        "listeners": listening,
        "models": models,
        "methods": said,
        "settings": settings,
        "excluded": any(one.excluded for one in answers.answering),
    }
    page = str(render_to_string("analysis/report.html", context))
    return {
        "report.html": page,
        "methods.md": said.markdown(title_of(version)),
        **{f"figures/figure{one.number}.svg": _file(one) for one in shown if one.svg},
        **latex_files(made),
    }


def _file(figure: Drawn) -> str:
    return canvas.standing_alone(figure.svg, title=figure.claim, description=f"{figure.caption} {figure.description}")


def _tables(answers: Answers, models: Sequence[Model], agreement: Agreement) -> dict[str, list[TextTable]]:
    """Return the tables by their kind."""
    names, rows = [model.name for model in models], agreement.rows
    excluded = any(one.excluded for one in answers.answering)
    return {
        "model": tables.model_tables(rows, names, _notes(rows, models, TRIADS)) if names else [],
        "comparison": tables.comparison_table(agreement.comparisons),
        "suitability": tables.suitability_tables(rows, names, _notes(rows, models, SUITABILITY)),
        "stratum": tables.stratum_tables(rows, names),
        "listener": tables.listener_tables(rows, excluded=excluded),
    }


def _notes(rows: Sequence[Row], models: Sequence[Model], kind: Kind) -> dict[str, str]:
    """Return what stands below the table of models of each question: the best layers."""
    strata = dict.fromkeys(row.stratum for row in rows)
    return {stratum: layers.best_layers(rows, models, stratum, kind) for stratum in strata}


def _facts(
    version: StudyVersion,
    answers: Answers,
    models: Sequence[Model],
    agreement: Agreement,
    settings: Mapping[str, Any],
) -> methods.Facts:
    return methods.Facts(
        version=version,
        answers=answers,
        models=models,
        rows=agreement.rows,
        settings=settings,
        versions=versions(),
        loudness=loudness_of(version),
        n_comparisons=len(agreement.comparisons),
    )


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
