"""A mixed-effects logistic model as a cross-check of the bootstrap: with which of two models people agree more.

    agrees ~ model + (1 | participant) + (1 | trial) + (1 | trial:model)

fitted as lme4's `glmer` does by default (nAGQ = 1): maximum likelihood with the integral over the random effects
replaced by Laplace's approximation (Bates et al. 2015, "Fitting linear mixed-effects models using lme4"; Breslow &
Clayton 1993, "Approximate inference in generalized linear mixed models", eq. 5 with the penalty's full curvature).
The last term matters: a model answers a triad once, however many people judge it.

A credit of 1/2 or 1/3 is not binary: triads in which either model ties are left out, of both.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.laplace import Deviance
from analysis.stats.triads import covered, validated

FORMULA = "agrees ~ model + (1 | participant) + (1 | trial) + (1 | trial:model)"
START = 0.7  # standard deviation of each random effect, in log odds
FLAT = 0.01  # the largest slope of the deviance at which the search has arrived
LEAST_CURVED = 1e-6
MOST_LOG_ODDS = 15.0
STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Mixed:
    """Log odds of agreeing with model A minus those of B, with standard error, or the reason why there are none.

    `participant`, `trial` and `trial_model` are the standard deviations of the random effects, in log odds; `intercept`
    are the log odds of agreeing with B. `n_trials` and `n_judgements` count what entered, a judgement once.
    """

    n_trials: int
    n_judgements: int
    difference: float | None = None
    error: float | None = None
    intercept: float | None = None
    participant: float | None = None
    trial: float | None = None
    trial_model: float | None = None
    reason: str = ""

    @property
    def z(self) -> float | None:
        """Wald's z of the difference."""
        return None if self.difference is None or self.error is None else self.difference / self.error

    @property
    def p(self) -> float | None:
        """Two-sided p of that z."""
        from scipy.special import ndtr

        return None if self.z is None else float(2 * ndtr(-abs(self.z)))


def mixed_logistic(judgements: Judgements, credit_a: ArrayLike, credit_b: ArrayLike) -> Mixed:
    """Fit the model to the judgements of triads that both models cover without a tie; credits are (n_trials, K)."""
    a, b = validated(credit_a, judgements.n_trials), validated(credit_b, judgements.n_trials)
    used = _single(a) & _single(b)
    kept = judgements.of_trials(used)
    empty = Mixed(len(np.unique(kept.trial)), len(kept))
    agrees = np.stack([table[kept.trial, kept.choice] for table in (a, b)])
    reason = _why_not(kept, agrees)
    return replace(empty, reason=reason) if reason else _fitted(kept, agrees, empty)


def _single(credit: FloatArray) -> BoolArray:
    return np.asarray(covered(credit) & (np.nan_to_num(credit).max(axis=1, initial=0.0) == 1.0))


def _why_not(kept: Judgements, agrees: FloatArray) -> str:
    if not len(kept):
        return "no judgements of triads that both models cover without a tie"
    if len(np.unique(kept.trial)) < 2 or len(np.unique(kept.participant)) < 2:
        return "a mixed model needs two triads and two participants"
    if (agrees.mean(axis=1) % 1 == 0).any():
        return "people agree with a model always or never: its log odds are infinite"
    return ""


def _fitted(kept: Judgements, agrees: FloatArray, empty: Mixed) -> Mixed:
    from scipy.optimize import minimize

    shares = agrees.mean(axis=1)
    of_a, of_b = np.log(shares / (1 - shares))
    deviance = _deviance(kept, agrees)
    start = np.array([START, START, START, of_b, of_a - of_b])
    found = minimize(deviance, start, jac=True, method="BFGS", options={"gtol": FLAT / 10, "maxiter": 200})
    if not np.isfinite(found.x).all() or np.abs(found.jac).max() > FLAT or np.abs(found.x[3:]).max() > MOST_LOG_ODDS:
        return replace(empty, reason="the mixed model did not converge")
    curvature = _curvature(deviance, found.x)
    if np.linalg.eigvalsh(curvature).min() < LEAST_CURVED:
        return replace(empty, reason="the mixed model is not determined: its likelihood is flat at the maximum")
    errors = np.sqrt(np.diag(2 * np.linalg.inv(curvature)))
    sds = [float(abs(one)) for one in found.x[:3]]
    return replace(
        empty, difference=float(found.x[4]), error=float(errors[4]), intercept=float(found.x[3]),
        participant=sds[0], trial=sds[1], trial_model=sds[2],
    )  # fmt: skip


def _deviance(kept: Judgements, agrees: FloatArray) -> Deviance:
    """Return the deviance of the answers to the triads that are there, A's agreement first."""
    trials, trial = np.unique(kept.trial, return_inverse=True)
    people, person = np.unique(kept.participant, return_inverse=True)
    cell = np.concatenate([2 * trial + 1, 2 * trial])
    return Deviance(np.tile(person, 2), cell, agrees.ravel(), n_people=len(people), n_trials=len(trials))


def _curvature(deviance: Deviance, at: FloatArray) -> FloatArray:
    """Return the matrix of second derivatives, by central differences of the gradient."""
    steps = STEP * np.eye(len(at))
    table = np.array([(deviance(at + step)[1] - deviance(at - step)[1]) / (2 * STEP) for step in steps])
    return np.asarray((table + table.T) / 2)
