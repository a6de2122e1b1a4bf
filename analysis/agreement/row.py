"""One row of agreement.csv, and the words it is written with."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from analysis.stats.bootstrap import Bootstrap
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
    "percentile_low": "lower end of the 95 % percentile interval of the two-way bootstrap; wider with few judgements",
    "percentile_high": "upper end of it",
    "bca_low": "lower end of the 95 % bias-corrected and accelerated interval of the two-way bootstrap",
    "bca_high": "upper end of it",
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
    percentile_low: float | None = None
    percentile_high: float | None = None
    bca_low: float | None = None
    bca_high: float | None = None

    @classmethod
    def resampled(cls, resampled: Bootstrap, at: str, *, measure: str, subset: str, stratum: str, model: str) -> "Row":
        """Name a bootstrapped figure, with all its intervals."""
        row = cls.of(resampled.figure(at), measure=measure, subset=subset, stratum=stratum, model=model)
        percentile, bca = resampled.figure(at, interval="percentile"), resampled.figure(at, interval="bca")
        return replace(
            row,
            percentile_low=percentile.low,
            percentile_high=percentile.high,
            bca_low=bca.low,
            bca_high=bca.high,
        )

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
    """Return the name of a stratum. A semicolon in a value becomes a comma: it parts the values.

    >>> stratum(task="prosodic", question="odd", stratum="mhm")
    'task=prosodic;question=odd;stratum=mhm'
    """
    return ";".join(f"{name}={value.replace(';', ',')}" for name, value in parts.items())
