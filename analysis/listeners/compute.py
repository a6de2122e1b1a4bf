"""Everything about listeners one by one: computed from answers, or read from a snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.export.table import Table
from analysis.listeners import quality, what_if
from analysis.listeners.quality import Quality, qualities_of
from analysis.listeners.rules import rules_of
from analysis.listeners.what_if import Effect, effects_of
from analysis.models import AgreementSnapshot
from analysis.queries.answers import Answers
from analysis.queries.freshness import LISTENERS
from analysis.queries.listening import listening_of
from analysis.queries.predictions import Predicted
from annotations.models import StudyVersion


@dataclass(frozen=True, slots=True)
class ListenerFigures:
    """A row for each listener, and what each rule of exclusion would change."""

    qualities: tuple[Quality, ...]
    effects: tuple[Effect, ...]

    @property
    def tables(self) -> list[Table]:
        """listeners.csv and exclusions.csv."""
        return [
            Table("listeners.csv", quality.COLUMNS, [one.cells() for one in self.qualities]),
            Table("exclusions.csv", what_if.COLUMNS, [one.cells() for one in self.effects]),
        ]

    @classmethod
    def of_snapshot(cls, snapshot: AgreementSnapshot | None) -> "ListenerFigures":
        """Read the figures of a snapshot; empty without one, and of one from before there were any."""
        stored = snapshot.settings.get(LISTENERS, {}) if snapshot else {}
        return cls(
            tuple(Quality.from_json(one) for one in stored.get("qualities", [])),
            tuple(Effect.from_json(one) for one in stored.get("effects", [])),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the figures for a snapshot."""
        return {
            "qualities": [one.as_json() for one in self.qualities],
            "effects": [one.as_json() for one in self.effects],
        }


def listener_figures(
    version: StudyVersion, answers: Answers, models: Sequence[Predicted], *, n_resamples: int, seed: int
) -> ListenerFigures:
    """Compute the figures of everyone who answered; the same answers and seed give the same numbers."""
    qualities = qualities_of(answers, listening_of(version))
    rules = rules_of(version, answers, qualities)
    effects = effects_of(rules, answers, qualities, models, n_resamples=n_resamples, seed=seed)
    return ListenerFigures(tuple(qualities), tuple(effects))
