"""The figures as files: CSV for programs, Markdown and LaTeX for papers."""

from collections.abc import Sequence

from analysis.agreement.row import Row
from analysis.export.table import Table
from analysis.report.numbers import with_interval
from analysis.retrieval.figures import WAYS, Difference, Estimate, Evaluated
from analysis.stats.figure import Figure

COLUMNS = {
    "model": "what ranks the candidates",
    "role": "joint space, or which baseline",
    "turns": "turns of text before the backchannel; empty where none are read",
    "ranked": "what is ranked: all candidates; the first of the same word form; word forms; word forms, with their "
    "frequency in the training part counted in; within random batches",
    "pool": "number of candidates, of word forms, or of items in a batch",
    "measure": "top_10, top_25, top_50: share of contexts whose true one is in that part of the pool, in %; recall_k; "
    "mrr: mean reciprocal rank; median_rank: over the pool's size",
    "estimate": "the value",
    "low": "lower end of the 95 % interval, dialogues resampled",
    "high": "upper end",
    "contexts": "contexts that entered",
    "method": "how estimate and interval were made",
    "reason": "why there is no interval",
    "run": "digest of the training run",
}
DIFFERENCES = {
    "more": "model with more turns, or the one that is compared with word frequency",
    "fewer": "the same with fewer, or word frequency",
    **{name: COLUMNS[name] for name in ("ranked", "measure")},
    "estimate": "more minus fewer, on the same contexts and resamples",
    **{name: COLUMNS[name] for name in ("low", "high", "contexts", "method", "reason")},
}
SHOWN = (
    ("all", "top_10", "Top 10 %"),
    ("all", "top_25", "Top 25 %"),
    ("all", "top_50", "Top 50 %"),
    ("all", "mrr", "MRR"),
    ("all", "median_rank", "Median rank / N"),
    ("forms", "mrr", "Word form, MRR"),
    ("forms_expected", "mrr", "Word form with its frequency, MRR"),
    ("batch", "top_10", "Batch-pooled top 10 %"),
)
SPECIAL = str.maketrans({character: f"\\{character}" for character in "%&_#$"} | {"–": "--", "−": "$-$"})


def estimates_table(found: Evaluated) -> Table:
    """Return retrieval.csv."""
    return Table("retrieval.csv", COLUMNS, [_cells(one) for one in found.estimates])


def differences_table(found: Evaluated) -> Table:
    """Return differences.csv."""
    return Table("differences.csv", DIFFERENCES, [_difference(one) for one in found.differences])


def markdown(found: Evaluated, notes: Sequence[str]) -> str:
    """Return the table for reading, differences below it, and what is to be known of the pool."""
    lines = [*_markdown(("Model", "Turns", *(title for _, _, title in SHOWN)), rows_shown(found)), ""]
    if found.differences:
        lines += [
            "Differences between numbers of turns, and to word frequency, on the same contexts and resamples:",
            "",
        ]
        heads = ("More", "Fewer", "Ranked", "Measure", "Difference")
        lines += [*_markdown(heads, _differences_shown(found)), ""]
    return "\n".join([*lines, *(f"{note}" for note in notes)]) + "\n"


def latex(found: Evaluated) -> str:
    """Return the table as a LaTeX tabular (booktabs)."""
    heads = ["Model", "Turns", *(title for _, _, title in SHOWN)]
    body = [" & ".join(cell.translate(SPECIAL) for cell in row) + r" \\" for row in [heads, *rows_shown(found)]]
    top = [rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}", r"\toprule", body[0], r"\midrule"]
    return "\n".join([*top, *body[1:], r"\bottomrule", r"\end{tabular}"]) + "\n"


def rows_shown(found: Evaluated) -> list[tuple[str, ...]]:
    """Return a row of text for each model."""
    named = {(one.model, one.way, one.measure): one for one in found.estimates}
    models = {one.model: one for one in found.estimates}
    rows = []
    for model, one in models.items():
        cells = [named.get((model, way, measure)) for way, measure, _ in SHOWN]
        turns = "–" if one.turns is None else str(one.turns)
        rows.append((model, turns, *("–" if each is None else said(each.figure) for each in cells)))
    return rows


def said(figure: Figure) -> str:
    """Return an estimate with its interval."""
    return with_interval(Row.of(figure, measure="", subset="", stratum=""))


def _differences_shown(found: Evaluated) -> list[tuple[str, ...]]:
    return [(one.more, one.fewer, WAYS[one.way], one.measure, said(one.figure)) for one in found.differences]


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in [heads, *rows]]
    return [lines[0], "|" + "---|" * len(heads), *lines[1:]]


def _cells(one: Estimate) -> list[str | int | float | None]:
    figure = one.figure
    told: list[str | int | float | None] = [one.model, one.role, one.turns, WAYS[one.way], one.pool, one.measure]
    values = [figure.estimate, figure.low, figure.high, figure.n_trials or None]
    return [*told, *values, figure.method, figure.reason, one.run]


def _difference(one: Difference) -> list[str | int | float | None]:
    figure = one.figure
    told = [one.more, one.fewer, WAYS[one.way], one.measure]
    return [*told, figure.estimate, figure.low, figure.high, figure.n_trials, figure.method, figure.reason]
