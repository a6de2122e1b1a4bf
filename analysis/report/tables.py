"""Tables of the report: a caption, column heads and cells of text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.agreement.comparisons import ACCURACY, IN_ORDER, Comparison
from analysis.agreement.row import ALL_ANSWERS, INCLUDED, Row
from analysis.report.numbers import counted, p_value, with_interval
from analysis.report.panels import (
    SUITABILITY,
    TRIADS,
    Kind,
    is_large,
    is_part,
    part_of,
    readable,
    whole_of,
)

OF_MODELS = {
    "accuracy_judgement": "Accuracy, judgements",
    "accuracy_majority": "Accuracy, majorities",
    "accuracy_unanimous": "Accuracy, unanimous",
    "model_relative": "From chance (0) to ceiling (1)",
    "log_loss_bits": "Log-loss, bits",
    "suitability_true_first": "True response first",
}
OF_LISTENERS = {
    "leave_one_out": "Leave-one-out consistency",
    "oracle": "Oracle accuracy",
    "percent_agreement": "Agreeing pairs of answers",
    "fleiss_kappa": "Fleiss’ kappa",
    "krippendorff_alpha_nominal": "Krippendorff’s alpha, nominal",
    "gwet_ac1": "Gwet’s AC1",
    "krippendorff_alpha_ordinal": "Krippendorff’s alpha, ordinal",
    "krippendorff_alpha_interval": "Krippendorff’s alpha, interval",
    "icc_a_1": "ICC(A,1)",
    "icc_a_k": "ICC(A,k)",
    "split_half": "Split-half reliability, Spearman–Brown",
    "spearman_between_listeners": "Spearman’s rho, listeners by twos",
    "kendall_w": "Kendall’s W",
}
OF_SUITABILITY = {
    "suitability_pairwise_accuracy": "Pairs ordered alike",
    "suitability_kendall_within": "Kendall’s tau-b, within",
    "suitability_spearman_within": "Spearman’s rho, within",
    "suitability_spearman_all": "Spearman’s rho, all clips",
    "suitability_true_first": "True response first",
}
# What stands for a model in the ceiling's row of the table of suitability.
CEILINGS = {
    "suitability_pairwise_accuracy": "suitability_pairwise_accuracy_one_out",
    "suitability_kendall_within": "suitability_kendall_within_one_out",
    "suitability_spearman_within": "suitability_spearman_within_one_out",
    "suitability_true_first": "suitability_true_first_people",
}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it is printed; the first cell of each row is its head. `note` stands below it."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def by_name(rows: Iterable[Row]) -> dict[tuple[str, str, str, str], Row]:
    """Return rows by subset, stratum, measure and model."""
    return {(row.subset, row.stratum, row.measure, row.model): row for row in rows}


def model_tables(rows: Sequence[Row], models: Sequence[str], notes: Mapping[str, str] | None = None) -> list[TextTable]:
    """Return, for each question whose answer is one of several, how often every model chooses as people do.

    `notes` by question stand below. Questions that models do not answer have no table.
    """
    tables = []
    for question in _questions(rows, "leave_one_out"):
        measures = _of_some_model(rows, question, OF_MODELS)
        if measures:
            table = _of_models(rows, models, question, measures, "Models against listeners")
            tables.append(replace(table, note=(notes or {}).get(question, "")))
    return tables


def suitability_tables(
    rows: Sequence[Row], models: Sequence[str], notes: Mapping[str, str] | None = None
) -> list[TextTable]:
    """Return, for each question about suitability, how every model orders the clips, and how people do."""
    named = by_name(rows)
    tables = []
    for question in _questions(rows, CEILINGS["suitability_pairwise_accuracy"]):
        measures = _of_some_model(rows, question, OF_SUITABILITY) or OF_SUITABILITY
        table = _of_models(rows, models, question, measures, "Suitability")
        people = [named.get((INCLUDED, question, CEILINGS.get(measure, ""), "")) for measure in measures]
        ceiling = ("single listeners", *("–" if row is None else with_interval(row) for row in people))
        tables.append(TextTable(table.caption, table.heads, (*table.rows, ceiling), (notes or {}).get(question, "")))
    return tables


def _of_some_model(rows: Sequence[Row], question: str, measures: Mapping[str, str]) -> dict[str, str]:
    """Return the measures that a question has for a model."""
    known = {row.measure for row in rows if row.stratum == question and row.model}
    return {measure: title for measure, title in measures.items() if measure in known}


def _of_models(
    rows: Sequence[Row], models: Sequence[str], stratum: str, measures: Mapping[str, str], what: str
) -> TextTable:
    named = by_name(rows)
    body = []
    for model in models:
        found = [named.get((INCLUDED, stratum, measure, model)) for measure in measures]
        body.append((model, *("–" if row is None else with_interval(row) for row in found)))
    return TextTable(f"{what}: {readable(stratum)}. {_size(rows, stratum)}", ("Model", *measures.values()), tuple(body))


def listener_tables(rows: Sequence[Row], *, excluded: bool) -> list[TextTable]:
    """Return how far listeners agree on each question; with `excluded`, before and after exclusion."""
    named = by_name(rows)
    tables = []
    for stratum in dict.fromkeys(row.stratum for row in rows if not is_part(row.stratum)):
        body = []
        for measure, title in OF_LISTENERS.items():
            row = named.get((INCLUDED, stratum, measure, ""))
            if row is None:
                continue
            before = named.get((ALL_ANSWERS, stratum, measure, ""))
            both = (with_interval(row), with_interval(before)) if excluded and before else (with_interval(row),)
            body.append((title, *both, f"{row.n_trials:,}", f"{row.n_judgements:,}"))
        values = ("After exclusion", "All answers") if excluded else ("Estimate",)
        caption = f"Listeners with each other: {readable(stratum)}"
        tables.append(TextTable(caption, ("Measure", *values, "Trials", "Judgements"), tuple(body)))
    return tables


def stratum_tables(rows: Sequence[Row], models: Sequence[str]) -> list[TextTable]:
    """Return, for each question, what models and listeners reach in parts of its trials; small ones are named below."""
    return [
        *_of_parts(rows, models, TRIADS, "Accuracy at judgement level", "Leave-one-out"),
        *_of_parts(rows, models, SUITABILITY, "Pairs ordered alike", "Single listeners"),
    ]


def _of_parts(rows: Sequence[Row], models: Sequence[str], kind: Kind, what: str, ceiling: str) -> list[TextTable]:
    named = by_name(rows)
    every = [row for row in rows if row.subset == INCLUDED and row.measure == kind.ceiling and is_part(row.stratum)]
    tables = []
    for question, how in dict.fromkeys((whole_of(row.stratum), part_of(row.stratum)[0]) for row in every):
        here = [row for row in every if (whole_of(row.stratum), part_of(row.stratum)[0]) == (question, how)]
        here.sort(key=_label)
        body = []
        for row in (row for row in here if is_large(row, kind)):
            found = [named.get((INCLUDED, row.stratum, kind.measure, model)) for model in models]
            cells = ["–" if one is None else with_interval(one) for one in found]
            n_judgements = _sizes(rows, row.stratum)[1]
            body.append((_label(row), f"{row.n_trials:,}", f"{n_judgements:,}", with_interval(row), *cells))
        trials = "Trials" if kind is TRIADS else "Rated clips"
        heads = (how.capitalize(), trials, "Judgements", ceiling, *models)
        tables.append(TextTable(f"{what} by {how}: {readable(question)}", heads, tuple(body), _too_small(here, kind)))
    return [table for table in tables if table.rows]


def _label(row: Row) -> str:
    return part_of(row.stratum)[1]


def _too_small(ceilings: Sequence[Row], kind: Kind) -> str:
    """Return which parts are left out, with their size; empty where none is."""
    small = [f"{_label(row)} ({row.n_trials})" for row in ceilings if not is_large(row, kind)]
    if not small:
        return ""
    what = "trials" if kind is TRIADS else "rated clips"
    rule = f"Too small to be shown (fewer than {kind.fewest} {what}; their figures are in agreement.csv)"
    return f"{rule}: {', '.join(small)}."


def comparison_table(comparisons: Sequence[Comparison]) -> list[TextTable]:
    """Return every two models compared, if there are two: a table for choices and one for the order of clips."""
    titles = {
        ACCURACY: ("Models against each other, on the same trials and resamples", "Difference in accuracy", "Trials"),
        IN_ORDER: (
            "Models against each other in suitability, on the same clips and resamples",
            "Difference in pairs ordered alike",
            "Rated clips",
        ),
    }
    tables = []
    for measure, (caption, difference, trials) in titles.items():
        rows = []
        for one in (one for one in comparisons if one.measure == measure):
            figure = one.figure
            row = Row.of(figure, measure="", subset=one.subset, stratum=one.stratum)
            names = (f"{one.model_a} − {one.model_b}", readable(one.stratum))
            rows.append((*names, with_interval(row), p_value(one.p), p_value(one.p_holm), f"{figure.n_trials:,}"))
        heads = ("Models", "Judged", difference, "p", "p, Holm", trials)
        tables += [TextTable(caption, heads, tuple(rows))] if rows else []
    return tables


def _questions(rows: Sequence[Row], measure: str) -> list[str]:
    """Return the whole questions that have a measure."""
    return list(dict.fromkeys(row.stratum for row in rows if row.measure == measure and not is_part(row.stratum)))


def _size(rows: Sequence[Row], stratum: str) -> str:
    """Return how much was judged."""
    trials, judgements = _sizes(rows, stratum)
    return f"{counted(judgements, 'judgement')} of {counted(trials, 'trial')}"


def _sizes(rows: Sequence[Row], stratum: str) -> tuple[int, int]:
    """Return how many trials and judgements there are, after exclusion."""
    sizes = [(row.n_trials, row.n_judgements) for row in rows if row.stratum == stratum and row.subset == INCLUDED]
    return max(sizes, default=(0, 0))
