"""The two-way bootstrap: right weights, same numbers for the same seed, and intervals that cover."""

import numpy as np
import pytest
from scipy.special import ndtr

from analysis.stats import bootstrap, resampling
from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut, Oracle
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss, PercentAgreement
from analysis.stats.resampling import Units
from analysis.stats.sample import Incidence, Sample

ALWAYS_FIRST = np.array([1.0, 0.0, 0.0])


def crossed(rng, n_trials, n_participants, *, each=None, spread=0.7):
    """A study with participant and trial effects; everyone judges everything, or trials get `each` judgements."""
    trial, participant = np.repeat(np.arange(n_trials), n_participants), np.tile(np.arange(n_participants), n_trials)
    if each is not None:
        trial = np.concatenate([rng.permutation(n_trials) for _ in range(each)])
        participant = np.arange(len(trial)) // (len(trial) // n_participants)
    effect = spread * rng.normal(size=n_participants)[participant] + spread * rng.normal(size=n_trials)[trial]
    agrees = rng.random(len(trial)) < ndtr(0.5 + effect)
    choice = np.where(agrees, 0, rng.integers(1, 3, size=len(trial)))
    return Judgements(trial, participant, choice, n_trials, n_participants)


def accuracy_in_the_population(spread=0.7):
    return float(ndtr(0.5 / np.sqrt(1 + 2 * spread**2)))


@pytest.fixture
def study():
    return crossed(np.random.default_rng(3), 12, 8)


@pytest.fixture
def statistics(study):
    credit = np.tile(ALWAYS_FIRST, (study.n_trials, 1))
    return {
        "accuracy": JudgementAccuracy(credit),
        "majority": MajorityAccuracy(credit),
        "leave one out": LeaveOneOut(),
        "oracle": Oracle(),
        "kappa": Fleiss(),
        "alpha": Alpha(),
    }


def test_weights_are_copies_of_rows(study, statistics):
    rng = np.random.default_rng(0)
    people, trials = rng.integers(0, 4, study.n_participants), rng.integers(0, 4, study.n_trials)
    sample = Sample(Incidence(study), people[study.participant][:, None] * 1.0, trials[:, None] * 1.0)
    copies = np.repeat(np.arange(len(study)), people[study.participant] * trials[study.trial])
    copied = Judgements(
        study.trial[copies], study.participant[copies], study.choice[copies], study.n_trials, study.n_participants
    )

    expected = statistics["accuracy"].figure(copied).estimate
    assert statistics["accuracy"].values(sample)[0] == pytest.approx(expected, abs=1e-12)


def test_a_participant_does_not_agree_with_their_own_copy():
    judged = Judgements([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 2, 2], 2, 2)
    doubled = Sample(Incidence(judged), np.full((4, 1), 2.0), np.ones((2, 1)))

    for statistic in (PercentAgreement(), Fleiss(), LeaveOneOut()):
        assert statistic.values(doubled)[0] == pytest.approx(statistic.figure(judged).estimate, abs=1e-12)
    # Alone with a copy of oneself there is nobody to agree with.
    alone = Sample(Incidence(judged), np.array([[2.0], [0], [2.0], [0]]), np.ones((2, 1)))
    assert np.isnan(PercentAgreement().values(alone)[0])
    assert np.isnan(LeaveOneOut().values(alone)[0])


def test_the_same_seed_gives_the_same_numbers_however_the_work_is_cut(study, statistics, monkeypatch):
    whole = bootstrap.two_way(study, statistics, n_resamples=60, seed=4)
    monkeypatch.setattr(resampling, "CHUNK_BYTES", 1)
    monkeypatch.setattr(resampling, "FEWEST_AT_ONCE", 7)
    cut = bootstrap.two_way(study, statistics, n_resamples=60, seed=4)
    other = bootstrap.two_way(study, statistics, n_resamples=60, seed=5)

    for name in statistics:
        assert cut.draws[name] == pytest.approx(whole.draws[name], abs=1e-13, nan_ok=True)
        assert cut.figure(name, interval="bca") == whole.figure(name, interval="bca")
    assert not np.array_equal(other.draws["accuracy"], whole.draws["accuracy"])


def test_participants_and_trials_are_drawn_independently(study):
    drawn = list(resampling.Units(study).resamples(400, seed=1))
    trials = np.concatenate([sample.trial_weights for sample in drawn], axis=1)
    weights = np.concatenate([sample.weights for sample in drawn], axis=1)
    people = np.stack([weights[study.participant == p][0] for p in range(study.n_participants)])

    assert (trials.sum(axis=0) == study.n_trials).all()
    assert (people.sum(axis=0) == study.n_participants).all()
    assert np.abs(np.corrcoef(trials[0], people[0])[0, 1]) < 0.15
    assert trials.var() == pytest.approx(1 - 1 / study.n_trials, abs=0.06)


def test_units_without_judgements_are_not_drawn(study, statistics):
    wider = Judgements(study.trial, study.participant, study.choice, study.n_trials + 30, study.n_participants + 50)
    credit = np.tile(ALWAYS_FIRST, (wider.n_trials, 1))
    one = bootstrap.two_way(study, statistics, n_resamples=50, seed=1).draws["accuracy"]
    other = bootstrap.two_way(wider, {"accuracy": JudgementAccuracy(credit)}, n_resamples=50, seed=1).draws["accuracy"]

    assert other.tolist() == one.tolist()


def test_clusters_are_drawn_as_wholes(study):
    clustered = Judgements(study.trial, study.participant, study.choice, 12, 8, cluster=np.repeat(np.arange(4), 3))
    weights = next(iter(resampling.Units(clustered).resamples(20, seed=0))).trial_weights

    assert (weights.reshape(4, 3, -1) == weights.reshape(4, 3, -1)[:, :1]).all()
    assert (weights[::3].sum(axis=0) == 4).all()


def test_difference_is_paired(study):
    rng = np.random.default_rng(8)
    similar = np.tile(ALWAYS_FIRST, (study.n_trials, 1))
    almost = similar.copy()
    almost[0] = [0, 1, 0]
    statistics = {"a": JudgementAccuracy(similar), "b": JudgementAccuracy(almost)}
    resampled = bootstrap.two_way(study, statistics, n_resamples=500, seed=int(rng.integers(9)))
    difference, single = resampled.difference("a", "b"), resampled.figure("a")

    assert difference.estimate == pytest.approx(single.estimate - resampled.figure("b").estimate)
    assert difference.high - difference.low < (single.high - single.low) / 2
    for kind in ("bca", "calibrated"):
        assert resampled.difference("a", "b", interval=kind).low is not None


def test_models_that_cover_different_trials_are_not_compared(study):
    partial = np.tile(ALWAYS_FIRST, (study.n_trials, 1))
    partial[0] = np.nan
    statistics = {
        "a": JudgementAccuracy(np.tile(ALWAYS_FIRST, (study.n_trials, 1))),
        "b": JudgementAccuracy(partial),
    }
    resampled = bootstrap.two_way(study, statistics, n_resamples=20)

    assert resampled.difference("a", "b").reason == "the two rest on different judgements"


def test_method_says_how(study, statistics):
    resampled = bootstrap.two_way(study, statistics, n_resamples=50, seed=7)
    larger = crossed(np.random.default_rng(1), 40, 8)
    accuracy = {"accuracy": JudgementAccuracy(np.tile(ALWAYS_FIRST, (40, 1)))}

    assert bootstrap.two_way(larger, accuracy, n_resamples=50, seed=7).figure("accuracy").method == (
        "mean credit over judgements; 95% calibrated BCa interval, two-way bootstrap, B = 50, seed 7"
    )
    assert resampled.figure("accuracy").method == (
        "mean credit over judgements; 95% percentile interval, two-way bootstrap, B = 50, seed 7"
    )
    assert resampled.figure("majority", interval="bca").method.endswith(
        "95% BCa interval, two-way bootstrap, B = 50, seed 7, recentred on the estimate"
    )


@pytest.mark.parametrize("name", ["accuracy", "majority", "leave one out", "oracle", "kappa", "alpha"])
@pytest.mark.parametrize("kind", ["percentile", "bca", "calibrated"])
def test_intervals_hold_their_estimate(study, statistics, name, kind):
    figure = bootstrap.two_way(study, statistics, n_resamples=400, seed=2).figure(name, interval=kind)

    assert figure.low < figure.estimate < figure.high


def test_two_way_intervals_cover_and_one_way_intervals_do_not():
    rng, truth, studies = np.random.default_rng(11), accuracy_in_the_population(), 300
    covered = dict.fromkeys(("both", "participants", "trials"), 0)
    for number in range(studies):
        judged = crossed(rng, 40, 30)
        accuracy = {"accuracy": JudgementAccuracy(np.tile(ALWAYS_FIRST, (40, 1)))}
        for way in covered:
            resampled = bootstrap.two_way(judged, accuracy, n_resamples=200, seed=number, resampled=way)
            figure = resampled.figure("accuracy", interval="percentile")
            covered[way] += figure.low <= truth <= figure.high

    assert 0.92 <= covered["both"] / studies <= 0.98
    assert covered["participants"] / studies < 0.88
    assert covered["trials"] / studies < 0.88


def test_with_few_judgements_a_trial_calibration_takes_out_the_noise_counted_thrice():
    rng, truth, studies = np.random.default_rng(12), accuracy_in_the_population(spread=0.5), 300
    covered, widths, estimates = {"percentile": 0, "calibrated": 0}, {"percentile": [], "calibrated": []}, []
    for number in range(studies):
        judged = crossed(rng, 120, 40, each=5, spread=0.5)
        accuracy = {"accuracy": JudgementAccuracy(np.tile(ALWAYS_FIRST, (120, 1)))}
        resampled = bootstrap.two_way(judged, accuracy, n_resamples=200, seed=number)
        estimates.append(resampled.figure("accuracy").estimate)
        for kind in covered:
            figure = resampled.figure("accuracy", interval=kind)
            covered[kind] += figure.low <= truth <= figure.high
            widths[kind].append(figure.high - figure.low)
    honest = 2 * 1.96 * np.std(estimates)

    assert 0.92 <= covered["calibrated"] / studies <= 0.98
    assert np.mean(widths["calibrated"]) == pytest.approx(honest, rel=0.15)
    assert covered["percentile"] / studies > 0.97
    assert np.mean(widths["percentile"]) > 1.2 * honest


def test_an_answer_is_all_that_somebody_said_of_the_clips_of_a_context():
    """Ratings of one page are no independent noise: the correction counts the page, not each of them."""
    person, clip = np.indices((3, 6)).reshape(2, -1)
    judged = Judgements(clip, person, np.zeros(18, dtype=int), 6, 3, 5, cluster=np.array([0, 0, 0, 1, 1, 1]))
    kept = np.concatenate([sample.weights for sample in Units(judged).without_answers(seed=0)], axis=1)
    left_out = {frozenset(zip(person[~one], clip[~one] // 3, strict=True)) for one in kept.T.astype(bool)}

    assert kept.shape == (18, 6)
    assert (kept.sum(axis=0) == 15).all()
    assert left_out == {frozenset({(p, context)}) for p in range(3) for context in range(2)}
