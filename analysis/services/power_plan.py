"""How large a study must be to tell two models apart, and what it costs: from assumptions or from a pilot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.imports.pilot import Pilot
from analysis.queries.versions import version_of
from analysis.stats.noise_model import UnreachableError, overlap_for
from analysis.stats.power import Comparison, Size, needed, sigmas
from annotations.checking.expected import Pay, participant_seconds
from annotations.checking.facts import StudyFacts
from annotations.checking.from_database import facts_of_version
from annotations.checking.from_file import facts_of_file

PAGE, AROUND = 20.0, 300.0
"""Seconds assumed for a triad, and for consent, instructions and screening, where no study says more."""


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """What was assumed, the triads needed (None: more than are sensible), and the sizes that were simulated."""

    comparison: Comparison
    needed: int | None
    sizes: Sequence[Size]


def plan_power(comparison: Comparison, *, power: float, n_studies: int, seed: int) -> PowerPlan:
    """Simulate; raise `AnalysisError` for an accuracy or kappa that no study can have."""
    if not comparison.accuracy > comparison.against:
        raise AnalysisError("Give the better model's accuracy to --accuracy and a smaller one to --against.")
    if not 0 < power < 1:
        raise AnalysisError("Give a --power between 0 and 1, such as 0.8.")
    if comparison.raters < 1 or comparison.each < 1 or n_studies < 2:
        raise AnalysisError("Give --raters and --trials-each of at least 1 and --studies of at least 2.")
    try:
        found, sizes = needed(comparison, power, n_studies=n_studies, seed=seed)
    except UnreachableError as error:
        raise AnalysisError(f"Impossible: {error}.") from error
    return PowerPlan(comparison, found, sizes)


def with_pilots_overlap(comparison: Comparison, pilot: Pilot, *, seed: int) -> Comparison:
    """Return the comparison with models that choose as much alike as in the pilot."""
    try:
        overlap = overlap_for(pilot.same, comparison.noise, sigmas(comparison, seed), seed=seed)
    except UnreachableError as error:
        raise AnalysisError(f"Impossible: {error}.") from error
    return replace(comparison, noise=replace(comparison.noise, overlap=round(overlap, 2)))


def study_facts(study: str, progress: Callable[[int, int], None]) -> StudyFacts:
    """Return what is known of a study file or of a loaded study, as `check_study` reads it."""
    path = Path(study)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        facts, _ = facts_of_file(path, progress)
    else:
        facts, _ = facts_of_version(version_of(study))
    if facts is None or not facts.ordinary:
        raise AnalysisError(f"{study} cannot be planned as it is; `manage.py check_study {study}` says what to mend.")
    return facts


def seconds_each(facts: StudyFacts | None, n_trials: int) -> float:
    """Return how long one participant with so many triads needs."""
    return participant_seconds(facts) if facts else AROUND + PAGE * n_trials


def cost(pay: Pay, size: Size, comparison: Comparison, facts: StudyFacts | None) -> float:
    """Return what a study of this size costs, with fees and without taxes."""
    return pay.total(seconds_each(facts, min(comparison.each, size.n_trials)), size.n_people)
