"""What the study page's templates may ask."""

from collections.abc import Iterable

from django import template

from analysis.queries.run_lines import RunLine
from analysis.report import numbers

register = template.Library()


@register.filter
def any_unfinished(runs: Iterable[RunLine]) -> bool:
    """Tell whether a worker has still to do one of the runs."""
    return any(run.unfinished for run in runs)


@register.filter
def counted(n: int, noun: str) -> str:
    """Return a count with its noun, such as 1,260 judgements."""
    return numbers.counted(n, noun)
