"""One reported number: an estimate with its interval and evidence, or a named reason why there is none."""

import math
from dataclasses import dataclass, replace
from typing import Self

NO_JUDGEMENTS = "no judgements"
ALL_VALUES_EQUAL = "all values equal"


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic as it is reported.

    `estimate` is None exactly where the statistic is undefined, and `reason` then names why. `low` and `high` are
    the ends of the interval, both None where none was asked for or none can be had (`reason` names the latter).
    `n_trials` and `n_judgements` count what entered the estimate; `method` says how estimate and interval were made.

    Raises `ValueError` for a value that is not finite, half an interval, or an undefined value without a reason.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    n_trials: int = 0
    n_judgements: int = 0
    method: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        for name in ("estimate", "low", "high"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name} is {value}: an undefined value is None with a reason, never NaN or infinite")
        if self.estimate is None and not self.reason:
            raise ValueError("an undefined figure must name its reason")
        if (self.low is None) != (self.high is None) or (self.estimate is None and self.low is not None):
            raise ValueError("an interval has two ends and belongs to an estimate")

    @classmethod
    def undefined(cls, reason: str, *, n_trials: int = 0, n_judgements: int = 0, method: str = "") -> Self:
        """Return a figure that has no value, and why."""
        return cls(None, None, None, n_trials, n_judgements, method, reason)

    @property
    def is_defined(self) -> bool:
        """Whether there is an estimate."""
        return self.estimate is not None

    def with_estimate(self, estimate: float) -> Self:
        """Return the same evidence and method with an estimate."""
        return replace(self, estimate=estimate, reason="")

    def because(self, reason: str) -> Self:
        """Return the same evidence and method without an estimate, for another reason."""
        return replace(self, estimate=None, low=None, high=None, reason=reason)

    def with_interval(self, low: float, high: float, *, method: str) -> Self:
        """Return the same estimate with an interval; `method` is appended to how the estimate was made."""
        return replace(self, low=low, high=high, method=f"{self.method}; {method}", reason="")

    def without_interval(self, reason: str) -> Self:
        """Return the same estimate, saying why it has no interval; an undefined figure keeps its own reason."""
        return self if not self.is_defined else replace(self, low=None, high=None, reason=reason)
