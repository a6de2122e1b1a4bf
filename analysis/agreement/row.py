"""One row of agreement.csv, and the words it is written with."""

from dataclasses import asdict, dataclass
from typing import Any

from analysis.stats.figure import Figure

# Answers of participants who were not excluded, and of everyone: exclusion is shown with and without.
INCLUDED = "included"
ALL_ANSWERS = "all answers"
SUBSETS = (INCLUDED, ALL_ANSWERS)

COLUMNS = {
    "measure": "what is measured; `measures` in manifest.json says what each one is",
    "model": "label of the embedding run; empty where the figure is about listeners alone",
    "subset": "`included`: answers of participants not excluded; `all answers`: everyone's",
    "stratum": "which trials and question, as name=value joined by semicolons",
    "n_trials": "trials (for ratings: rated clips) that entered",
    "n_judgements": "judgements that entered",
    "estimate": "the value; empty where undefined",
    "low": "lower end of the 95 % interval; empty where there is none",
    "high": "upper end of the 95 % interval; empty where there is none",
    "method": "how estimate and interval were computed",
    "reason": "why there is no estimate or no interval; empty otherwise",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its name: measure × model × subset × stratum."""

    measure: str
    model: str
    subset: str
    stratum: str
    n_trials: int
    n_judgements: int
    estimate: float | None
    low: float | None
    high: float | None
    method: str
    reason: str

    @classmethod
    def of(cls, figure: Figure, *, measure: str, subset: str, stratum: str, model: str = "") -> "Row":
        """Name a figure."""
        numbers = (figure.n_trials, figure.n_judgements, figure.estimate, figure.low, figure.high)
        return cls(measure, model, subset, stratum, *numbers, figure.method, figure.reason)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Row":
        """Read a row from a snapshot."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """Return the row for a snapshot."""
        return asdict(self)


def stratum(**parts: str) -> str:
    """Return the name of a stratum.

    >>> stratum(task="prosodic", question="odd", stratum="mhm")
    'task=prosodic;question=odd;stratum=mhm'
    """
    return ";".join(f"{name}={value}" for name, value in parts.items())
