"""Training runs as they stand."""

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import TrainingPoint, TrainingRun
from modeling.queries.runs import UNFINISHED


def training_by_digest(digest: str) -> TrainingRun:
    """Return the run with this digest (or the beginning of it); raise `RunError` if there is none or several."""
    found = list(TrainingRun.objects.select_related("corpus").filter(digest__startswith=digest)[:2])
    if len(found) != 1 or not digest:
        raise RunError(f"There is {'more than one' if found else 'no'} training run {digest[:12]}.")
    return found[0]


def finished_training(kind: str, corpus_slug: str) -> list[TrainingRun]:
    """Return the finished runs of a kind on a corpus, the latest first."""
    return list(TrainingRun.objects.filter(kind=kind, corpus__slug=corpus_slug, state=RunState.FINISHED))


def unfinished_training() -> list[TrainingRun]:
    """Return the runs that a worker has still to do, the oldest first."""
    return list(TrainingRun.objects.filter(state__in=UNFINISHED).order_by("created_at"))


def curves_of(run: TrainingRun) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Return the points (step, value) of a run's curves: by name, then by split."""
    curves: dict[str, dict[str, list[tuple[int, float]]]] = {}
    rows = TrainingPoint.objects.filter(run=run).order_by("name", "split", "step")
    for name, split, step, value in rows.values_list("name", "split", "step", "value"):
        curves.setdefault(name, {}).setdefault(split, []).append((step, value))
    return curves
