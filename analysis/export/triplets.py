"""Judgements of triads as triplets for ordinal embedding, by row number in stimuli.csv (from 0).

- cblearn's list order: one row (anchor, near, far) says that the anchor is more like `near` than like `far`. A
  judgement with odd clip k says so twice: i is more like j than k, and j is more like i than k.
- SPoSE and VICE: one line ``a b odd`` a judgement, separated by blanks.

Only judgements that figures count are here: no checks, no excluded participants.
"""

from collections.abc import Iterator, Mapping

from analysis.agreement.row import INCLUDED
from analysis.agreement.samples import TRIAD_KINDS, counted_rows
from analysis.export.table import Table
from analysis.queries.answers import Answers

CBLEARN = {
    "anchor": "row number in stimuli.csv, from 0",
    "near": "the clip judged more like the anchor",
    "far": "the odd clip",
}
SPOSE = {"a": "row number in stimuli.csv, from 0", "b": "the other of the pair", "odd": "the odd clip"}


def cblearn_table(answers: Answers, index: Mapping[int, int]) -> Table:
    """Return list-order triplets; `index` maps a stimulus' primary key to its row number."""
    rows = [triplet for a, b, odd in judged(answers, index) for triplet in ([a, b, odd], [b, a, odd])]
    return Table("triplets_cblearn.csv", CBLEARN, rows)


def spose_text(answers: Answers, index: Mapping[int, int]) -> str:
    """Return ``a b odd`` lines."""
    return "".join(f"{a} {b} {odd}\n" for a, b, odd in judged(answers, index))


def judged(answers: Answers, index: Mapping[int, int], only: int | None = None) -> Iterator[tuple[int, int, int]]:
    """Yield clips a, b and the odd one, numbered by `index`, of every judgement of a triad that figures count.

    `only`: the primary key of the one question that is wanted.
    """
    triads = {trial.pk: [index[pk] for pk in trial.clip_pks] for trial in answers.plan.triads}
    for question in answers.plan.questions:
        if question.kind not in TRIAD_KINDS or only not in (None, question.pk):
            continue
        for row in counted_rows(answers, question, INCLUDED):
            if row.trial in triads and row.chosen_slot is not None:
                pair = list(triads[row.trial])
                odd = pair.pop(row.chosen_slot)
                yield pair[0], pair[1], odd
