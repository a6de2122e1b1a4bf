"""The row of each listener: what listeners.csv, the report and the page of listeners show."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.export.cells import Cell
from analysis.listeners import gather
from analysis.listeners.gather import Habits, Ratings, Repeated
from analysis.queries.answers import Answers, Listener
from analysis.queries.listening import Listening
from analysis.stats import competence, habits, repeats, response_times, with_others
from analysis.stats.figure import Figure
from analysis.stats.with_others import AgainstGuessing

COLUMNS = {
    "participant": "random public key, as in participants.csv",
    "population": "people or simulated; a file holds one of them",
    "included": "1, or 0 where excluded; no figure here depends on who is excluded",
    "exclusion": "why excluded",
    "n_pages": "pages answered, practice left out",
    "n_triads": "judgements of triads, and choices among three clips, that others judged too",
    "agreement": "own choices among three against the mode of the others', ties share",
    "agreement_guessing": "what guessing gives on average",
    "agreement_p": "chance that a guesser agrees so well or better (exact, one-sided)",
    "competence": "probability of answering by the triad's latent consensus (one-coin Dawid-Skene); guessing is 1/3",
    "competence_low": "lower end of its 95 % credible interval",
    "competence_high": "upper end of it",
    "n_ratings": "ratings and ranks of clips that others gave too",
    "rating_correlation": "correlation of own ratings and ranks with the others' means, centred within question",
    "n_repeats": "choices in trials that came twice",
    "repeats_same": "share of them with the same clip chosen both times",
    "repeats_guessing": "what guessing gives: 1 / number of clips",
    "repeats_p": "chance that a guesser chooses the same clip so often or more (exact, one-sided)",
    "n_repeated_ratings": "ratings of clips in trials that came twice",
    "repeats_difference": "mean absolute difference of the two ratings, in widths of the scale",
    "repeats_difference_guessing": "the same where the second ratings are dealt at random among the repeated clips",
    "repeats_correlation": "correlation of the two ratings, centred within question",
    "rt_median_ms": "median response time, milliseconds from the moment all sounds could be played",
    "rt_p10_ms": "10 % quantile",
    "rt_p90_ms": "90 % quantile",
    "rt_below_hearing": "share of pages answered sooner than hearing every sound once takes",
    "rt_drift": "slope of log response time on the page's number: -0.01 is 1 % faster with each page",
    "modal_position": "share of choices at the place on the screen that was chosen most; 1 is always the same button",
    "rating_sd": "standard deviation of ratings, in widths of the scale",
    "rating_endpoints": "share of ratings at an end of the scale",
    "undefined": "columns without a value and why, as name: reason, joined by semicolons",
}


@dataclass(frozen=True, slots=True)
class Quality:
    """One listener; every field is a column of listeners.csv and means what `COLUMNS` says."""

    participant: str
    population: str
    included: bool
    exclusion: str
    n_pages: int
    n_triads: int
    agreement: float | None
    agreement_guessing: float | None
    agreement_p: float | None
    competence: float | None
    competence_low: float | None
    competence_high: float | None
    n_ratings: int
    rating_correlation: float | None
    n_repeats: int
    repeats_same: float | None
    repeats_guessing: float | None
    repeats_p: float | None
    n_repeated_ratings: int
    repeats_difference: float | None
    repeats_difference_guessing: float | None
    repeats_correlation: float | None
    rt_median_ms: float | None
    rt_p10_ms: float | None
    rt_p90_ms: float | None
    rt_below_hearing: float | None
    rt_drift: float | None
    modal_position: float | None
    rating_sd: float | None
    rating_endpoints: float | None
    undefined: str

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Quality":
        """Read a listener from a snapshot."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """Return the listener for a snapshot."""
        return asdict(self)

    def cells(self) -> list[Cell]:
        """Return the row of listeners.csv."""
        return list(asdict(self).values())

    def why_not(self, name: str) -> str:
        """Return the reason why a column has no value, empty where it has one."""
        reasons = dict(part.split(": ", 1) for part in self.undefined.split("; ") if part)
        return reasons.get(name, "")


def qualities_of(answers: Answers, listening: Listening) -> list[Quality]:
    """Return a row for everyone who answered, in the order of their keys."""
    judged, rated = gather.triad_judgements(answers), gather.ratings(answers)
    agreement, competent = with_others.leave_one_out(judged), competence.competences(judged)
    habits_of, repeated = gather.habits(answers, listening), gather.repeated(answers, listening)
    return [
        _row(answers, one, agreement[at], competent[at], _own(rated, at), habits_of[one.pk], repeated[one.pk])
        for at, one in enumerate(answers.answering)
    ]


def _own(rated: Ratings, person: int) -> Figure:
    own = rated.person == person
    return with_others.correlation_within(rated.share[own], rated.others[own], rated.question[own])


def _row(
    answers: Answers,
    one: Listener,
    agreement: AgainstGuessing,
    competent: Figure,
    correlation: Figure,
    habit: Habits,
    again: Repeated,
) -> Quality:
    same = repeats.same_choice(again.first, again.second, again.n_options)
    apart = repeats.rating_difference(again.rated_first, again.rated_second, again.question)
    figures = {
        "agreement": agreement.figure,
        "competence": competent,
        "rating_correlation": correlation,
        "repeats_same": same.figure,
        "repeats_difference": apart.figure,
        "repeats_correlation": repeats.rating_correlation(
            np.array(again.rated_first), np.array(again.rated_second), again.question
        ),
        **response_times.profile(habit.rt_ms, habit.position, habit.least_ms),
        "modal_position": habits.modal_position(habit.places),
        "rating_sd": habits.rating_spread(habit.shares),
        "rating_endpoints": habits.endpoint_share(habit.shares),
    }
    return Quality(
        participant=one.key,
        population=answers.population.value,
        included=not one.excluded,
        exclusion=one.exclusion,
        n_pages=habit.n_pages,
        n_triads=agreement.figure.n_judgements,
        agreement_guessing=agreement.expected,
        agreement_p=agreement.p,
        competence_low=competent.low,
        competence_high=competent.high,
        n_ratings=correlation.n_judgements,
        n_repeats=same.figure.n_trials,
        repeats_guessing=same.expected,
        repeats_p=same.p,
        n_repeated_ratings=apart.figure.n_trials,
        repeats_difference_guessing=apart.expected,
        undefined=_reasons(figures),
        **{name: figure.estimate for name, figure in figures.items()},
    )


def _reasons(figures: Mapping[str, Figure]) -> str:
    return "; ".join(f"{name}: {figure.reason}" for name, figure in figures.items() if not figure.is_defined)
