"""The noise model has the kappa and accuracies asked for, and power comes out as theory says."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from analysis.stats.compare import paired_sign_flip
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss
from analysis.stats.noise_model import (
    Noise,
    UnreachableError,
    answered,
    chosen_by_model,
    earned,
    errors,
    overlap_for,
    sigma_for,
)
from analysis.stats.power import Comparison, Size, needed, people_needed, sigmas, simulated


def judgements_of(counts):
    """Judgements with these counts; participants are numbered within each triad."""
    rows = [np.repeat(np.arange(3), row.astype(int)) for row in counts]
    trial = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    person = np.concatenate([np.arange(len(row)) for row in rows])
    return Judgements(trial, person, np.concatenate(rows), len(rows), int(person.max()) + 1)


@pytest.mark.parametrize("kappa", [0.05, 0.16, 0.5])
@pytest.mark.parametrize("guessing", [0.0, 0.2])
def test_simulated_people_have_the_kappa_asked_for(kappa, guessing):
    study = answered(Noise(kappa, guessing), np.random.default_rng(1), n_trials=20_000, raters=4, each=50)

    assert (study.counts.sum(axis=1) == 4).all()
    assert Fleiss().figure(judgements_of(study.counts)).estimate == pytest.approx(kappa, abs=0.01)


@pytest.mark.parametrize("measure", ["majority", "judgement"])
def test_models_have_the_accuracy_asked_for_and_err_together_as_asked(measure):
    noise = Noise(0.3, overlap=0.6)
    wanted = {"majority": (0.7, 0.6), "judgement": (0.55, 0.5)}[measure]
    of_errors = sigmas(Comparison(*wanted, noise, 5, 50, measure))
    rng = np.random.default_rng(2)
    study = answered(noise, rng, n_trials=60_000, raters=5, each=50)
    chosen = [chosen_by_model(study, e, s) for e, s in zip(errors(noise, rng, 60_000), of_errors, strict=True)]
    for slots, accuracy in zip(chosen, wanted, strict=True):
        got, possible = earned(study, slots, measure)
        assert got.sum() / possible.sum() == pytest.approx(accuracy, abs=0.01)
    same = float((chosen[0] == chosen[1]).mean())

    assert overlap_for(same, noise, of_errors) == pytest.approx(0.6, abs=0.03)


def test_the_known_case():
    """288 triads: a standard error near .025, so that .74 and .76 cannot be told apart unpaired."""
    comparison = Comparison(0.76, 0.74, Noise(0.5, overlap=0.0), 5, 48)
    size = simulated(comparison, 288, sigmas(comparison), n_studies=400, seed=1)

    assert size.standard_error == pytest.approx(0.025, abs=0.002)
    assert size.standard_error == pytest.approx(np.sqrt(0.75 * 0.25 / 288), rel=0.1)
    assert size.least_difference(paired=False) > 4 * (0.76 - 0.74)
    assert size.power < 0.2
    assert size.n_people == 30


def test_power_is_that_of_mcnemars_test_with_the_same_discordant_triads():
    comparison = Comparison(0.70, 0.60, Noise(0.4, guessing=0.0, overlap=0.5), 1, 50)
    of_errors, n = sigmas(comparison), 150
    rng = np.random.default_rng(3)
    study = answered(comparison.noise, rng, n_trials=100_000, raters=1, each=50)
    chosen = [
        chosen_by_model(study, e, s) for e, s in zip(errors(comparison.noise, rng, 100_000), of_errors, strict=True)
    ]
    one, other = (earned(study, slots, "majority")[0] for slots in chosen)
    better, worse = float((one > other).mean()), float((one < other).mean())
    exact = 0.0
    for discordant in range(n + 1):
        wins = np.arange(discordant + 1)
        found = 2 * wins - discordant > 1.96 * np.sqrt(discordant)
        chance = binom.pmf(wins, discordant, better / (better + worse))[found].sum()
        exact += binom.pmf(discordant, n, better + worse) * chance
    size = simulated(comparison, n, of_errors, n_studies=800, seed=4)

    assert size.power == pytest.approx(exact, abs=4 * size.power_error + 0.01)


def test_the_normal_approximation_is_that_of_the_permutation_test():
    noise, rng = Noise(0.3), np.random.default_rng(5)
    study = answered(noise, rng, n_trials=200, raters=5, each=50)
    chosen = [chosen_by_model(study, e, s) for e, s in zip(errors(noise, rng, 200), (1.0, 2.5), strict=True)]
    (one, _), (other, _) = (earned(study, slots, "judgement") for slots in chosen)
    z = (one - other).sum() / np.sqrt(((one - other) ** 2).sum())
    from scipy.special import ndtr

    a, b = (np.eye(3)[slots] for slots in chosen)
    assert paired_sign_flip(judgements_of(study.counts), a, b) == pytest.approx(2 * ndtr(-abs(z)), abs=0.02)


def test_the_number_needed_reaches_the_power():
    comparison = Comparison(0.70, 0.60, Noise(0.3), 3, 40)
    found, sizes = needed(comparison, 0.8, n_studies=150)
    at = next(size for size in sizes if size.n_trials == found)

    assert binomtest(round(at.power * 150), 150, 0.8).pvalue > 0.001
    assert [size.n_trials for size in sizes] == sorted({size.n_trials for size in sizes})
    assert needed(comparison, 0.8, n_studies=150) == (found, sizes)
    closer = Comparison(0.70, 0.699, Noise(0.3), 3, 40)
    assert needed(closer, 0.8, n_studies=150)[0] is None


def test_people_needed():
    comparison = Comparison(0.7, 0.6, Noise(0.3), 5, 48)

    assert people_needed(288, comparison) == 30
    assert people_needed(10, comparison) == 5  # nobody judges a triad twice
    assert Size(1, 1, 0.8, 0.0, 0.025, 0.01).least_difference(paired=False) == pytest.approx(
        2.8016 * 0.025 * 2**0.5, rel=1e-3
    )


@pytest.mark.parametrize("accuracy", [0.2, 0.99])
def test_an_accuracy_that_cannot_be_had_names_what_can(accuracy):
    with pytest.raises(UnreachableError, match=r"kappa 0.16 and 5 judgements .* lies between 0.33 .* and 0.7"):
        sigma_for(accuracy, Noise(0.16), raters=5, measure="majority")


def test_a_kappa_that_guesses_rule_out_is_refused():
    for kappa in (0.0, 0.9):
        with pytest.raises(UnreachableError, match="kappa must be above 0"):
            Noise(kappa, guessing=0.1)
