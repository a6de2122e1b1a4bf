"""Planning screening trials and judging the answers."""

import json
from collections import Counter
from math import comb

import pytest

from annotations.design.screening import Kind, outcome, page_data, plan_screening, score

KINDS: list[Kind] = ["huggins", "antiphase"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_trials", range(1, 14))
def test_every_position_is_the_target_equally_often(kind: Kind, n_trials: int) -> None:
    for seed in range(50):
        targets = Counter(trial.target for trial in plan_screening(kind=kind, n_trials=n_trials, seed=seed))
        counts = [targets[position] for position in (1, 2, 3)]
        assert sum(counts) == n_trials
        assert max(counts) - min(counts) <= 1


def test_six_antiphase_trials_have_each_pair_of_positions_once() -> None:
    trials = plan_screening(kind="antiphase", n_trials=6, seed=3)
    pairs = {(trial.target, trial.antiphase) for trial in trials}
    assert pairs == {(target, other) for target in (1, 2, 3) for other in (1, 2, 3) if target != other}


def test_a_huggins_trial_has_no_antiphase_tone() -> None:
    assert {trial.antiphase for trial in plan_screening(kind="huggins", n_trials=6, seed=3)} == {None}


def test_a_seed_repeats_its_plan_for_good() -> None:
    """Planned again years later, or by another version of numpy, a listener's trials must be the same."""
    trials = plan_screening(kind="antiphase", n_trials=3, seed=1)
    assert [(t.seed, t.target, t.antiphase) for t in trials] == [
        (1339305888, 3, 1),
        (1818173253, 1, 3),
        (3554955571, 2, 3),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_listeners_and_attempts_differ_in_order_and_sounds(kind: Kind) -> None:
    plans = [plan_screening(kind=kind, n_trials=6, seed=s, attempt=a) for s in range(40) for a in range(2)]
    orders = Counter(tuple(trial.target for trial in plan) for plan in plans)
    assert len(orders) > 30  # of 90 possible; 80 random draws miss few
    seeds = [trial.seed for plan in plans for trial in plan]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_the_order_gives_no_target_away() -> None:
    """At every place of the order each position is about equally often the target."""
    plans = [plan_screening(kind="huggins", n_trials=6, seed=seed) for seed in range(900)]
    for place in range(6):
        counts = Counter(plan[place].target for plan in plans)
        assert all(240 <= counts[position] <= 360 for position in (1, 2, 3))  # 300 ± 4.2 standard deviations


def test_score_counts_the_targets_found() -> None:
    assert score([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3]) == 6
    assert score([1, 1, 1, 1, 1, 1], [1, 2, 3, 1, 2, 3]) == 2
    assert score([], []) == 0


@pytest.mark.parametrize(("answers", "targets"), [([1, 2], [1]), ([1], [1, 2]), ([0], [1]), ([1], [4])])
def test_score_refuses_what_is_no_set_of_answers(answers: list[int], targets: list[int]) -> None:
    with pytest.raises(ValueError, match=r"positions are 1, 2 or 3|zip\(\) argument"):
        score(answers, targets)


def test_the_pass_mark_itself_passes() -> None:
    assert [outcome(correct, pass_mark=5) for correct in (0, 4, 5, 6)] == ["fail", "fail", "pass", "pass"]


def test_guessing_passes_as_rarely_as_is_said() -> None:
    hit, miss = 1 / 3, 2 / 3
    five_or_six = sum(comb(6, k) * hit**k * miss ** (6 - k) for k in (5, 6))
    assert round(100 * five_or_six, 1) == 1.8
    assert round(100 * hit**6, 2) == 0.14


def test_the_page_gets_plain_json() -> None:
    trials = plan_screening(kind="huggins", n_trials=2, seed=5)
    data = page_data(trials, loudness=-23.0)
    assert json.loads(json.dumps(data)) == data
    assert data["loudness"] == -23.0
    assert [set(trial) for trial in data["trials"]] == [{"kind", "seed", "target", "antiphase"}] * 2
