"""The table at the end of a sweep."""

from collections.abc import Sequence
from typing import Any

from modeling.services.training.base import Table
from modeling.services.training.joining.plan import Planned

FIGURES = ("top_10", "top_25", "top_50", "mrr", "median_rank")
HEADS = ("top 10 %", "top 25 %", "top 50 %", "MRR", "median rank / N")


def sweep_table(planned: Sequence[Planned]) -> Table:
    """Return a row for each run: what tells it apart, validation top-10 %, retrieval on the test part."""
    told = [name for name in planned[0].cell if name != "modality"]
    rows = [_row(one.cell, told, one.run.metrics) for one in planned]
    pools = sorted({one.run.metrics["pool"] for one in planned})
    notes = sorted({note for one in planned for note in one.run.metrics["notes"]})
    size = " or ".join(f"{pool:,}" for pool in pools)
    caption = f"Retrieval of {size} test items (top 10 % of the validation part first)"
    return Table(caption, ("context", *told, "validation", *HEADS, "word form, MRR"), tuple(rows), "; ".join(notes))


def _row(cell: dict[str, Any], told: Sequence[str], metrics: dict[str, Any]) -> tuple[str, ...]:
    test = metrics["test"]
    figures = [f"{test['all'][name]:.3f}" if test else "–" for name in FIGURES]
    form = f"{test['forms']['mrr']:.3f}" if "forms" in test else "–"
    words = [str("–" if cell[name] is None else cell[name]) for name in told]
    return (str(cell["modality"]), *words, f"{metrics['validation']['top_10']:.3f}", *figures, form)
