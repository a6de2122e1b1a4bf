"""The report's figures: each makes one claim, which its numbers bear out, and has a caption that can be pasted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population
from analysis.queries.answers import Answers
from analysis.queries.runs import Model
from analysis.report import drawing, layers
from analysis.report.numbers import counted, plain, with_interval
from analysis.report.panels import (
    FEWEST_CLIPS,
    FEWEST_TRIALS,
    SUITABILITY,
    TRIADS,
    Dot,
    Panel,
    StrataPanel,
    panels,
    strata_panels,
)
from analysis.report.sketch import Sketch


def figures(
    answers: Answers, models: Sequence[Model], rows: Sequence[Row], maps: Sequence[Sketch] = ()
) -> list[Sketch]:
    """Return the figures of results, in their order."""
    encoders = {model.name: model.encoder for model in models}
    return [
        *_dot_plots(rows, encoders),
        *layers.layer_figures(rows, models),
        *_strata_plots(rows, encoders),
        *maps,
        _answers_figure(answers),
    ]


def _dot_plots(rows: Sequence[Row], encoders: Mapping[str, str]) -> Iterator[Sketch]:
    for kind, caption in ((TRIADS, _TRIADS), (SUITABILITY, _SUITABILITY)):
        shown = panels(rows, kind, encoders, subset=INCLUDED)
        if shown:
            draw = partial(_dots, shown)
            yield Sketch(_claim(shown[0]), draw, _in_words(shown), caption)


def _dots(shown: Sequence[Panel], name: str) -> str:
    return drawing.dot_plot(shown, name=name)


def _strata_plots(rows: Sequence[Row], encoders: Mapping[str, str]) -> Iterator[Sketch]:
    for kind, caption in ((TRIADS, _STRATA), (SUITABILITY, _SUITABILITY_STRATA)):
        strata = strata_panels(rows, encoders, subset=INCLUDED, kind=kind) if encoders else []
        if strata:
            claim = "Agreement by part of the trials" if kind is TRIADS else "Suitability by part of the trials"
            yield Sketch(claim, partial(_strata, strata), _in_words(strata), caption)


def _strata(shown: Sequence[StrataPanel], name: str) -> str:
    return drawing.strata_plot(shown, name=name)


_TRIADS = (
    "Dots: mean credit of each model over judgements, with 95 % intervals (two-way bootstrap over "
    "participants and trials). Dashed: chance. Solid, with its interval: leave-one-out consistency of the listeners. "
    "Dotted: oracle, which no model can exceed."
)
_SUITABILITY = (
    "Dots: share of pairs of clips of a context, rated differently by listeners, that the model orders the same way, "
    "with 95 % intervals. Dashed: chance. Solid, with its interval: single listeners against the means of the others."
)
_STRATA = (
    "Dots: mean credit of each model over the judgements of each part of the trials, with 95 % intervals. Dashed: "
    "chance. Black ticks: leave-one-out consistency of the listeners. Parts of fewer than "
    f"{FEWEST_TRIALS} trials are in agreement.csv only."
)
_SUITABILITY_STRATA = (
    "Dots: share of pairs of clips of a context that each model orders as listeners do, in each part of the trials, "
    "with 95 % intervals. Dashed: chance. Black ticks: single listeners against the means of the others. Parts of "
    f"fewer than {FEWEST_CLIPS} rated clips are in agreement.csv only."
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


def _answers_figure(answers: Answers) -> Sketch:
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
    claim = f"{counted(total, 'answer')} to {counted(sum(len(counts) for _, counts, _ in shown), 'trial')}"
    caption = "How many trials of each task have how many answers. Dashed, for people: the planned number."
    return Sketch(claim, partial(_counts, shown) if shown else None, words, caption)


def _counts(shown: Sequence[tuple[str, Sequence[int], int | None]], name: str) -> str:
    return drawing.answers_plot(shown, name=name)
