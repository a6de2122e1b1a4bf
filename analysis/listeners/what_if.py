"""What each rule would change, before anyone excludes: agreement and models' accuracies with everyone and without some.

Both come from the same judgements and the same resamples (`stats.without`), so that the difference has an interval of
its own. Each rule is asked alone, of everyone who answered, excluded or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from analysis.agreement.choices import compared_with
from analysis.agreement.rated import RatingSample, fit_scores, rating_samples
from analysis.agreement.row import ALL_ANSWERS
from analysis.agreement.samples import ChoiceSample, choice_samples
from analysis.export.cells import Cell
from analysis.listeners.quality import Quality
from analysis.listeners.rules import Rule
from analysis.queries.answers import Answers
from analysis.queries.predictions import Predicted
from analysis.stats import accuracy, alpha, bootstrap, ceilings, intervals, kappa, suitability, triads
from analysis.stats.bootstrap import Bootstrap
from analysis.stats.judgements import BoolArray
from analysis.stats.statistic import Statistic
from analysis.stats.without import Without

NOBODY_GOES = "nobody would go"
# Every rule costs as much as the study's own figures, and of that many judgements most goes into the jackknives of the
# calibrated interval. The percentile interval is a little wide there, and narrow all the same.
MANY_JUDGEMENTS = 20_000
MOST_RESAMPLES, MOST_RESAMPLES_OF_MANY = 1000, 500
COLUMNS = {
    "rule": "who would be excluded; nobody is by this table",
    "source": "rule of the study, suggested, or excluded now",
    "circular": "1 where the rule looks at agreement with others, so that agreement rises by itself; 0 where it does "
    "not; empty where nobody can tell",
    "n_listeners": "listeners who answered",
    "n_listeners_out": "of these, how many would go",
    "n_excluded_already": "of those who would go, how many are excluded already",
    "n_pages": "pages answered, practice left out",
    "n_pages_out": "of these, how many would go",
    "measure": "as in agreement.csv; empty where nothing can be measured",
    "model": "as in agreement.csv",
    "stratum": "as in agreement.csv",
    "n_judgements": "judgements of everyone that enter the measure",
    "n_judgements_out": "of these, how many would go",
    "everyone": "the measure with everyone",
    "without": "the measure without those who would go",
    "difference": "without minus everyone",
    "low": "lower end of the 95 % interval of the difference, on the same resamples",
    "high": "upper end of it",
    "method": "how the difference and its interval were computed",
    "reason": "why there is no difference or no interval; empty otherwise",
}
Named = dict[tuple[str, str], Statistic]


@dataclass(frozen=True, slots=True)
class Effect:
    """One rule on one measure; every field is a column of exclusions.csv."""

    rule: str
    source: str
    circular: bool | None
    n_listeners: int
    n_listeners_out: int
    n_excluded_already: int
    n_pages: int
    n_pages_out: int
    measure: str = ""
    model: str = ""
    stratum: str = ""
    n_judgements: int = 0
    n_judgements_out: int = 0
    everyone: float | None = None
    without: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = "no judgements"

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Effect":
        """Read an effect from a snapshot."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """Return the effect for a snapshot."""
        return asdict(self)

    def cells(self) -> list[Cell]:
        """Return the row of exclusions.csv."""
        return list(asdict(self).values())


def effects_of(
    rules: Sequence[Rule],
    answers: Answers,
    qualities: Sequence[Quality],
    models: Sequence[Predicted],
    *,
    n_resamples: int,
    seed: int,
) -> list[Effect]:
    """Return every rule on every measure, in the order of the rules."""
    keys = [one.key for one in answers.participants]
    measured = [
        one
        for sample in _samples(answers, models)
        for one in _measured(*sample, keys, rules, n_resamples=n_resamples, seed=seed)
    ]
    found: list[Effect] = []
    for rule in rules:
        counts = _counts(rule, qualities)
        mine = [parts for name, parts in measured if name == rule.name]
        found += [Effect(**counts, **parts) for parts in mine or [{}]]
    return found


def _counts(rule: Rule, qualities: Sequence[Quality]) -> dict[str, Any]:
    out = [one for one in qualities if one.participant in rule.listeners]
    return {
        "rule": rule.name,
        "source": rule.source,
        "circular": rule.circular,
        "n_listeners": len(qualities),
        "n_listeners_out": len(out),
        "n_excluded_already": sum(not one.included for one in out),
        "n_pages": sum(one.n_pages for one in qualities),
        "n_pages_out": sum(one.n_pages for one in out),
    }


def _samples(answers: Answers, models: Sequence[Predicted]) -> Iterator[tuple[ChoiceSample | RatingSample, Named]]:
    for sample in choice_samples(answers, ALL_ANSWERS):
        if sample.whole and len(sample.judgements):
            yield sample, _of_choices(sample, models)
    for rated in rating_samples(answers, ALL_ANSWERS):
        if rated.whole and len(rated.judgements):
            yield rated, _of_ratings(rated, models)


def _of_choices(sample: ChoiceSample, models: Sequence[Predicted]) -> Named:
    measures: Named = {
        ("leave_one_out", ""): ceilings.LeaveOneOut(),
        ("fleiss_kappa", ""): kappa.Fleiss(),
        ("krippendorff_alpha_nominal", ""): alpha.Alpha("nominal"),
    }
    for one in compared_with(sample, models):
        credit = triads.credit(sample.scores(one))
        measures["accuracy_judgement", one.model.name] = accuracy.JudgementAccuracy(credit)
    return measures


def _of_ratings(sample: RatingSample, models: Sequence[Predicted]) -> Named:
    # Distances between ranks mean nothing.
    level: Literal["ordinal", "interval"] = "ordinal" if sample.ranked else "interval"
    measures: Named = {(f"krippendorff_alpha_{level}", ""): alpha.Alpha(level, sample.values)}
    for one in models if sample.about_suitability else ():
        scores = fit_scores(sample, one)
        measures["suitability_pairwise_accuracy", one.model.name] = suitability.WithinContext(
            scores, "pairwise", sample.values
        )
    return measures


def _measured(
    sample: ChoiceSample | RatingSample,
    measures: Named,
    keys: Sequence[str],
    rules: Sequence[Rule],
    *,
    n_resamples: int,
    seed: int,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rule and what it changes of each measure of one sample, all on the same resamples."""
    stay = {rule.name: np.array([keys[at] not in rule.listeners for at in sample.people], dtype=bool) for rule in rules}
    asked = {name: kept for name, kept in stay.items() if not kept.all()}
    statistics: dict[str, Statistic] = {"/".join(name): one for name, one in measures.items()}
    for rule, kept in asked.items():
        statistics |= {f"{rule}/{'/'.join(name)}": Without(one, kept) for name, one in measures.items()}
    most = MOST_RESAMPLES_OF_MANY if _are_many(sample) else MOST_RESAMPLES
    n = min(n_resamples, most) if asked else 0
    resampled = bootstrap.two_way(sample.judgements, statistics, n_resamples=n, seed=seed)
    for rule, kept in stay.items():
        for name in measures:
            yield rule, _parts(sample, resampled, name, rule if rule in asked else "", kept)


def _parts(
    sample: ChoiceSample | RatingSample, resampled: Bootstrap, name: tuple[str, str], rule: str, kept: BoolArray
) -> dict[str, Any]:
    """Return the fields of an `Effect` that are about one measure; without a `rule` nobody would go."""
    judged, plain = sample.judgements, "/".join(name)
    everyone = resampled.points[plain]
    parts: dict[str, Any] = {
        "measure": name[0],
        "model": name[1],
        "stratum": sample.stratum,
        "n_judgements": everyone.n_judgements,
        "everyone": everyone.estimate,
        "method": everyone.method,
    }
    if not rule:
        same = {"without": everyone.estimate, "difference": None if everyone.estimate is None else 0.0}
        return parts | same | {"reason": everyone.reason or NOBODY_GOES}
    kind: intervals.Kind = "percentile" if _are_many(sample) else intervals.DEFAULT
    without = resampled.points[f"{rule}/{plain}"]
    difference = resampled.difference(f"{rule}/{plain}", plain, interval=kind)
    counted = resampled.statistics[plain].counted(judged)
    return parts | {
        "n_judgements_out": int((counted & ~kept[judged.participant]).sum()),
        "without": without.estimate,
        "difference": difference.estimate,
        "low": difference.low,
        "high": difference.high,
        "method": difference.method,
        "reason": difference.reason,
    }


def _are_many(sample: ChoiceSample | RatingSample) -> bool:
    return len(sample.judgements) > MANY_JUDGEMENTS


def by_rule(effects: Sequence[Effect]) -> Mapping[str, list[Effect]]:
    """Return the effects of each rule, in order."""
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        found.setdefault(effect.rule, []).append(effect)
    return found
