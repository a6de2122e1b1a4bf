"""What the study page's templates may ask."""

from collections.abc import Iterable

from django import template

from analysis.queries.progress import RunLine

register = template.Library()


@register.filter
def any_unfinished(runs: Iterable[RunLine]) -> bool:
    """Tell whether a worker has still to do one of the runs."""
    return any(run.unfinished for run in runs)
