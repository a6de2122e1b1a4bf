"""Laplace's approximation to the likelihood of a logistic model with crossed random effects; `mixed` fits with it.

The answers are about trials and models: cell k = 2 · trial + (1 for model A, 0 for B). With standard normal effects
u of people, x₀ of trials and x₁, x₂ of the trial with B and with A, the log odds of an answer are

    β₀ + β₁ · [A] + σ_person · u + σ_trial · x₀ + σ_cell · (x₁ or x₂).

The matrix of second derivatives is block diagonal in the trials once people are taken out (a Schur complement), and of
a trial only the 2 × 2 covariance K of its cells matters (Woodbury): nothing larger than people × people is inverted.
"""

from dataclasses import dataclass

import numpy as np

from analysis.stats.judgements import FloatArray, IntArray

NEAR, PRECISE = 1e-6, 1e-20  # Newton's decrement: from where on whole steps are safe, and where a mode is found
SHORTEST, MOST_STEPS = 1e-6, 100
STEP = 1e-5


@dataclass(frozen=True, eq=False)
class _Factored:
    """The second derivatives at some weights. `cells` (P, 2T): summed weights; `between` (T, 2, 2): K (I + wK)⁻¹."""

    inverse: FloatArray
    cells: FloatArray
    shrunk: FloatArray
    between: FloatArray
    log_det: float


class Deviance:
    """−2 log likelihood at (σ_person, σ_trial, σ_cell, β₀, β₁), with its gradient.

    `person`, `cell` (n,) and `agrees` (n,) of 0 and 1. It is even in every σ, so that a search need not keep them above
    0. The modes found last are where the next search begins.
    """

    def __init__(self, person: IntArray, cell: IntArray, agrees: FloatArray, *, n_people: int, n_trials: int) -> None:
        self.person, self.cell, self.agrees = person, cell, agrees
        self.trial, self.is_a = cell // 2, (cell % 2).astype(np.float64)
        self.n_people, self.n_trials = n_people, n_trials
        self.of_people, self.of_trials = np.zeros(n_people), np.zeros((n_trials, 3))

    def __call__(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return deviance and gradient (5,)."""
        sigma, beta = parameters[:3], parameters[3:]
        self._find_modes(sigma, beta)
        chance = self._chance(sigma, beta)
        weights = chance * (1 - chance)
        at = self._factored(sigma, weights)
        value = 2 * self._penalised(sigma, beta) + at.log_det
        return value, self._gradient(sigma, chance, at)

    def _moved(self, sigma: FloatArray, people: FloatArray, trials: FloatArray) -> FloatArray:
        """Return what effects of people (P,) and trials (T, 3) add to the log odds of each answer."""
        cells = (sigma[1] * trials[:, :1] + sigma[2] * trials[:, 1:]).ravel()
        return np.asarray(sigma[0] * people[self.person] + cells[self.cell])

    def _odds(self, sigma: FloatArray, beta: FloatArray, people: FloatArray, trials: FloatArray) -> FloatArray:
        return np.asarray(beta[0] + beta[1] * self.is_a + self._moved(sigma, people, trials))

    def _chance(self, sigma: FloatArray, beta: FloatArray) -> FloatArray:
        from scipy.special import expit

        return np.asarray(expit(self._odds(sigma, beta, self.of_people, self.of_trials)))

    def _penalised(self, sigma: FloatArray, beta: FloatArray) -> float:
        """Return −log density of answers and effects together, without constants."""
        return self._density(self._odds(sigma, beta, self.of_people, self.of_trials), self.of_people, self.of_trials)

    def _density(self, odds: FloatArray, people: FloatArray, trials: FloatArray) -> float:
        fit = np.logaddexp(0, odds).sum() - self.agrees @ odds
        return float(fit + (people @ people + (trials**2).sum()) / 2)

    def _find_modes(self, sigma: FloatArray, beta: FloatArray) -> None:
        """Newton's method: steps are halved while they lead uphill, and whole ones once the mode is near."""
        for _ in range(MOST_STEPS):
            chance = self._chance(sigma, beta)
            at = self._factored(sigma, chance * (1 - chance))
            people, trials = self._weighed(sigma, self.agrees - chance)
            slope = (people - self.of_people, trials - self.of_trials)
            step = self._solved(sigma, at, *slope)
            left = float(slope[0] @ step[0] + (slope[1] * step[1]).sum())
            size = 1.0 if left < NEAR else self._downhill(sigma, beta, step)
            self.of_people, self.of_trials = self.of_people + size * step[0], self.of_trials + size * step[1]
            if left < PRECISE:
                return

    def _downhill(self, sigma: FloatArray, beta: FloatArray, step: tuple[FloatArray, FloatArray]) -> float:
        """Return how much of a step to take."""
        value, size = self._penalised(sigma, beta), 1.0
        while size > SHORTEST:
            moved = (self.of_people + size * step[0], self.of_trials + size * step[1])
            if self._density(self._odds(sigma, beta, *moved), *moved) <= value:
                break
            size /= 2
        return size

    def _weighed(self, sigma: FloatArray, of_answers: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of something of the answers by effect, times its σ: (P,) and (T, 3)."""
        cells = np.bincount(self.cell, of_answers, 2 * self.n_trials).reshape(-1, 2)
        people = np.bincount(self.person, of_answers, self.n_people)
        return sigma[0] * people, np.column_stack([sigma[1] * cells.sum(axis=1), sigma[2] * cells])

    def _factored(self, sigma: FloatArray, weights: FloatArray) -> _Factored:
        flat = np.bincount(self.person * 2 * self.n_trials + self.cell, weights, self.n_people * 2 * self.n_trials)
        cells = flat.astype(np.float64).reshape(self.n_people, 2 * self.n_trials)
        covariance = np.asarray(sigma[1] ** 2 + sigma[2] ** 2 * np.eye(2))
        of_cells = cells.sum(axis=0).reshape(-1, 2)
        inner = np.eye(2) + of_cells[:, :, None] * covariance  # I + wK of each trial
        between = covariance @ np.linalg.inv(inner)
        shrunk = np.einsum("ptk,tkl->ptl", cells.reshape(self.n_people, -1, 2), between).reshape(self.n_people, -1)
        left = np.diag(cells.sum(axis=1)) - shrunk @ cells.T
        schur = np.eye(self.n_people) + sigma[0] ** 2 * left
        log_det = np.log(np.linalg.det(inner)).sum() + np.linalg.slogdet(schur)[1]
        return _Factored(np.linalg.inv(schur), cells, shrunk, between, float(log_det))

    def _solved(
        self, sigma: FloatArray, at: _Factored, people: FloatArray, trials: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the second derivatives' inverse times (people, trials)."""
        of_cells = at.cells.sum(axis=0).reshape(-1, 2)

        def without_people(some: FloatArray) -> FloatArray:
            """A⁻¹ r = r − E w (I + Kw)⁻¹ E'r, E being the (3, 2) loadings of a trial's effects on its cells."""
            seen = sigma[1] * some[:, :1] + sigma[2] * some[:, 1:]
            drawn = of_cells * (seen - np.einsum("tkl,tl->tk", at.between, of_cells * seen))
            return np.asarray(some - np.column_stack([sigma[1] * drawn.sum(axis=1), sigma[2] * drawn]))

        alone = without_people(trials)
        cells = (sigma[1] * alone[:, :1] + sigma[2] * alone[:, 1:]).ravel()
        of_people = at.inverse @ (people - sigma[0] * (at.cells @ cells))
        taken = (sigma[0] * (of_people @ at.cells)).reshape(-1, 2)
        rest = trials - np.column_stack([sigma[1] * taken.sum(axis=1), sigma[2] * taken])
        return of_people, without_people(rest)

    def _leverage(self, sigma: FloatArray, at: _Factored) -> FloatArray:
        """Return what each answer's log odds vary by, given all answers: (n,)."""
        own = at.between[:, [0, 1], [0, 1]].ravel()
        spread = at.inverse @ at.shrunk
        together = (at.shrunk * spread).sum(axis=0)
        people = np.diag(at.inverse)[self.person] - 2 * spread[self.person, self.cell] + together[self.cell]
        return np.asarray(own[self.cell] + sigma[0] ** 2 * people)

    def _gradient(self, sigma: FloatArray, chance: FloatArray, at: _Factored) -> FloatArray:
        """Return the derivatives, the modes' own movement included."""
        weights, off = chance * (1 - chance), self.agrees - chance
        bend = self._leverage(sigma, at) * weights * (1 - 2 * chance)  # of log det by each answer's log odds
        people, trials = self._solved(sigma, at, *self._weighed(sigma, bend))
        follows = self._moved(sigma, people, trials)
        cells = self.of_trials[:, 1:].ravel()[self.cell]
        by = np.stack([self.of_people[self.person], self.of_trials[self.trial, 0], cells, 1 + 0 * cells, self.is_a])
        direct = by @ (bend - 2 * off - weights * follows)
        adjoint = [people[self.person], trials[self.trial, 0], trials[:, 1:].ravel()[self.cell]]
        direct[:3] += np.stack(adjoint) @ off
        direct[:3] += [self._by_sigma(sigma, weights, k) for k in range(3)]
        return np.asarray(direct)

    def _by_sigma(self, sigma: FloatArray, weights: FloatArray, k: int) -> float:
        """Return the derivative of log det by one σ at the same weights, by central differences."""
        step = STEP * np.eye(3)[k]
        high, low = (self._factored(one, weights).log_det for one in (sigma + step, sigma - step))
        return (high - low) / (2 * STEP)
