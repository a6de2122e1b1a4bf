"""Weights of participants and trials: bootstrap resamples, and the data with one unit left out.

Only units that have judgements are drawn. Chunks bound the memory and do not change the numbers: participants and
trials each have their own stream of random numbers, drawn resample by resample.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from analysis.stats.judgements import FloatArray, IntArray, Judgements
from analysis.stats.sample import Incidence, Sample

Resampled = Literal["both", "participants", "trials"]
CHUNK_BYTES = 32 * 2**20
FEWEST_AT_ONCE, MOST_AT_ONCE = 8, 256
MOST_JACKKNIFE_GROUPS = 500


class Units:
    """The participants and the clusters of trials that judgements are a sample of."""

    def __init__(self, judgements: Judgements) -> None:
        own = np.arange(judgements.n_trials)
        self.incidence = Incidence(judgements)
        self.cluster = own if judgements.cluster is None else judgements.cluster
        self.participants = np.unique(judgements.participant)
        self.clusters = np.unique(self.cluster[judgements.trial])

    @property
    def judgements(self) -> Judgements:
        """What the units are units of."""
        return self.incidence.judgements

    def resamples(self, n_resamples: int, seed: int, resampled: Resampled = "both") -> Iterator[Sample]:
        """Yield `n_resamples` bootstrap resamples in chunks; "participants" or "trials" alone leave the others be."""
        people, trials = (np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(2))
        for start in range(0, n_resamples, self._chunk()):
            size = min(self._chunk(), n_resamples - start)
            yield self._sample(
                copies(people, len(self.participants), size, drawn=resampled != "trials"),
                copies(trials, len(self.clusters), size, drawn=resampled != "participants"),
            )

    def without_participants(self, seed: int) -> Iterator[Sample]:
        """Yield the data without each participant (group of participants, where there are very many)."""
        for kept in self._all_but_one(len(self.participants), seed):
            yield self._sample(kept, np.ones((len(self.clusters), kept.shape[1])))

    def without_clusters(self, seed: int) -> Iterator[Sample]:
        """Yield the data without each cluster of trials (group of clusters, where there are very many)."""
        for kept in self._all_but_one(len(self.clusters), seed):
            yield self._sample(np.ones((len(self.participants), kept.shape[1])), kept)

    def without_answers(self, seed: int) -> Iterator[Sample]:
        """Yield the data without each answer (group of answers, where there are very many).

        An answer is what one participant said about one cluster of trials: one judgement of a triad, but the ratings of
        all clips of a context, which are no more independent of each other than the clips are.
        """
        judgements = self.judgements
        of_cluster = self.cluster[judgements.trial]
        pairs = judgements.participant * (int(self.cluster.max()) + 1) + of_cluster
        answers, answer = np.unique(pairs, return_inverse=True)
        for kept in self._all_but_one(len(answers), seed):
            yield Sample(self.incidence, kept[answer], np.ones((judgements.n_trials, kept.shape[1])))

    def _all_but_one(self, n_units: int, seed: int) -> Iterator[FloatArray]:
        groups = jackknife_groups(n_units, seed)
        n_groups = int(groups.max()) + 1
        for start in range(0, n_groups, self._chunk()):
            left_out = np.arange(start, min(start + self._chunk(), n_groups))
            yield (groups[:, None] != left_out).astype(np.float64)

    def _sample(self, of_participants: FloatArray, of_clusters: FloatArray) -> Sample:
        by_cluster = np.zeros((int(self.cluster.max()) + 1, of_clusters.shape[1]))
        by_cluster[self.clusters] = of_clusters
        by_person = np.zeros((self.judgements.n_participants, of_participants.shape[1]))
        by_person[self.participants] = of_participants
        return Sample.of_people(self.incidence, by_person, by_cluster[self.cluster])

    def _chunk(self) -> int:
        """How many resamples fit into memory together: counts, totals and what is gathered for each judgement."""
        judgements = self.judgements
        numbers = 4 * (judgements.n_categories + 1) * judgements.n_trials + 5 * len(judgements)
        return max(FEWEST_AT_ONCE, min(MOST_AT_ONCE, CHUNK_BYTES // (8 * numbers)))


def jackknife_groups(n_units: int, seed: int) -> IntArray:
    """Return the group of each unit: its own, or where there are very many units one of 500 random groups."""
    n_groups = min(n_units, MOST_JACKKNIFE_GROUPS)
    return np.random.default_rng(seed).permutation(np.arange(n_units) % n_groups) if n_groups else np.zeros(0, int)


def copies(rng: np.random.Generator, n_units: int, n_resamples: int, *, drawn: bool = True) -> FloatArray:
    """Return how often each unit is in each resample: (n_units, n_resamples)."""
    if not drawn:
        return np.ones((n_units, n_resamples))
    picked = rng.integers(n_units, size=(n_resamples, n_units)) * n_resamples
    flat = np.bincount((picked + np.arange(n_resamples)[:, None]).ravel(), minlength=n_units * n_resamples)
    return flat.reshape(n_units, n_resamples).astype(np.float64)
