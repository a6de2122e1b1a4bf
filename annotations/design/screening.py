"""Screening for headphones: which trials a listener gets, and whether the answers pass.

Every trial has three sounds, heard in the positions 1, 2 and 3, one of which is the target. The browser makes them
from what is planned here (static/annotations/screening/):

* `huggins`: three noises; the target hides a tone that only two separate ears hear (Milne et al. 2021, Behavior
  Research Methods 53).
* `antiphase`: three tones; the target is the softest, and one of the others is turned by 180° between the ears, so
  that from loudspeakers it seems to be the softest (Woods et al. 2017, Atten Percept Psychophys 79).

Who guesses gets five of six right in 1.8 % of the cases, and all six in 0.14 %.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["huggins", "antiphase"]
Outcome = Literal["pass", "fail"]

POSITIONS = (1, 2, 3)
# Where the target and the antiphase tone may stand. Any three in a row have each position once as their target.
_PLACES = ((1, 2), (2, 3), (3, 1), (1, 3), (2, 1), (3, 2))


@dataclass(frozen=True, slots=True)
class ScreeningTrial:
    """One trial: `target` and `antiphase` are positions (1 to 3); `antiphase` is None in a `huggins` trial.

    `seed`: 32 bits, from which the browser draws the noises.
    """

    kind: Kind
    seed: int
    target: int
    antiphase: int | None = None


def plan_screening(*, kind: Kind, n_trials: int, seed: int, attempt: int = 0) -> list[ScreeningTrial]:
    """Return a listener's trials; each further `attempt` (from 0) has others.

    Every position is the target equally often, or once more where `n_trials` is no multiple of 3, in random order.
    With antiphase tones also the six pairs of positions are used equally often: each once in six trials.
    """
    bits = np.random.PCG64([seed, attempt])
    turn = int(bits.random_raw()) % len(_PLACES)
    places = [_PLACES[(turn + at) % len(_PLACES)] for at in range(n_trials)]
    order = np.argsort(bits.random_raw(n_trials), kind="stable")
    seeds = bits.random_raw(n_trials) >> np.uint64(32)
    return [
        ScreeningTrial(
            kind=kind,
            seed=int(seeds[number]),
            target=places[at][0],
            antiphase=places[at][1] if kind == "antiphase" else None,
        )
        for number, at in enumerate(order)
    ]


def score(answers: Sequence[int], targets: Sequence[int]) -> int:
    """Return how many answers are the target; both hold positions (1 to 3), one a trial, in the order of trials.

    Raises `ValueError` if they are not equally many, or hold anything else.

    >>> score([1, 3, 2], [1, 2, 2])
    2
    """
    if not {*answers, *targets} <= set(POSITIONS):
        raise ValueError(f"positions are 1, 2 or 3; answers {list(answers)}, targets {list(targets)}")
    return sum(answer == target for answer, target in zip(answers, targets, strict=True))


def outcome(correct: int, *, pass_mark: int) -> Outcome:
    """Return `pass` from `pass_mark` correct answers on, else `fail`; what a failure does is the study's choice."""
    return "pass" if correct >= pass_mark else "fail"


def page_data(trials: Sequence[ScreeningTrial], *, loudness: float) -> dict[str, Any]:
    """Return what the page needs to make the sounds, ready for JSON.

    `loudness`: LUFS at which the study's clips are served; each sound of a trial, and the reference noise, gets it.

    The shape is `{"loudness": -23.0, "trials": [{"kind": "huggins", "seed": 2971215073, "target": 2, "antiphase":
    null}, …]}`. The page cannot make the sounds without the targets, so a listener who reads the page's source can
    cheat; the server keeps its own plan and scores the answers itself.
    """
    return {"loudness": loudness, "trials": [asdict(trial) for trial in trials]}
