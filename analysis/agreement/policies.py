"""The policies of an adaptive study on arrays: what one more answer to each triad would tell, from the answers so far.

`counts` (n_trials, 3) are the judgements of each odd slot; `similarities` are a model's, (n_trials, 3).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.stats import temperature, triads
from analysis.stats.priorities import committee_information, undecided

Floats = npt.NDArray[np.float64]
N_MAPS, DIMENSION, STEPS = 6, 2, 200
WORD = 3.0
"""How many judgements of a triad a model's word about it weighs."""


def by_models(similarities: Sequence[Floats], counts: Floats) -> Floats:
    """Where models disagree most: what the answer tells about which of them is right.

    People depart from a model triad by triad, so that their tenth answer to one triad tells less than the first. What
    a model expects of the next answer is therefore Dirichlet-multinomial: its probabilities, weighing as much as
    `WORD` judgements, and those given so far. Without that the same few triads would be asked again and again.
    """
    so_far = counts.sum(axis=1, keepdims=True)
    return committee_information(
        [(WORD * _probabilities(table, counts) + counts) / (WORD + so_far) for table in similarities]
    )


def by_people(counts: Floats) -> Floats:
    """Where people have not decided: the probability that the leading answer is not what most people would say."""
    return undecided(counts)


def by_map(clips: npt.ArrayLike, counts: Floats, *, seed: int) -> Floats:
    """Where maps of resampled judgements disagree: what the answer tells about the map.

    `clips` (n_trials, 3): any ids. Raises `AnalysisError` where there are fewer judgements than clips.
    """
    from modeling.ml.ordinal.embedding import embed
    from modeling.ml.ordinal.judged import Judged

    names, items = np.unique(np.asarray(clips), return_inverse=True)
    items = items.reshape(-1, 3)
    trial, odd = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel().astype(int), axis=1)
    ordered = np.sort(items, axis=1)
    different = (ordered[:, 1:] != ordered[:, :-1]).all(axis=1)
    trial, odd = trial[different[trial]], odd[different[trial]]
    if len(trial) < len(names):
        raise AnalysisError(
            f"{len(trial)} judgements of {len(names)} clips are too few for a map. Go by models or people until there "
            "are more."
        )
    rng = np.random.default_rng(seed)
    said = []
    for _ in range(N_MAPS):
        drawn = rng.integers(len(trial), size=len(trial))
        judged = Judged.of(items[trial[drawn]], odd[drawn])
        start = int(rng.integers(2**31))
        drawn_map = embed(judged, dimension=DIMENSION, n_clips=len(names), starts=1, steps=STEPS, seed=start)
        said.append(_probabilities(-_apart(drawn_map.positions[items]), counts))
    return committee_information(said)


def _apart(clips: Floats) -> Floats:
    """Return the distance of the pair that leaves each slot odd: (n_trials, 3, dimension) → (n_trials, 3)."""
    pairs = ((1, 2), (0, 2), (0, 1))
    return np.stack([np.linalg.norm(clips[:, one] - clips[:, other], axis=1) for one, other in pairs], axis=1)


def _probabilities(similarities: Floats, counts: Floats) -> Floats:
    """Return softmax(s / T), T as judged so far; before the first judgement the spread of s within trials."""
    judged = counts.sum(axis=1) > 0
    if triads.covered(similarities)[judged].any():
        sharpness = temperature.fit(similarities, counts)
    else:
        spread = float(np.nanmean(np.nanstd(similarities, axis=1)))
        sharpness = spread if spread > 0 else float("inf")
    return triads.probabilities(similarities, sharpness)
