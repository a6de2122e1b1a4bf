"""Simulated listeners on the very samples that are played: who passes the screening, and who does not."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from annotations.design.screening import Kind, outcome, plan_screening, score
from tests.browser.screening_sounds import Sound, sound_maker, trial_sounds
from tests.browser.simulated_ears import Ears, choice, from_loudspeakers, on_one_ear, over_headphones

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def trial_sound(chromium_path: str) -> Iterator[Callable[..., Sound]]:
    with sound_maker(chromium_path) as make:
        yield trial_sounds(make)


@pytest.fixture(scope="module")
def scores(trial_sound: Callable[..., Sound]) -> Callable[[Kind, Ears], list[int]]:
    """The scores of listeners in six trials each, as planned for them, some of them hearing the same sounds."""
    plans = {
        kind: [plan_screening(kind=kind, n_trials=6, seed=seed) for seed in range(4)]
        for kind in ("huggins", "antiphase")
    }

    def scores(kind: Kind, hear: Ears) -> list[int]:
        generator = np.random.default_rng(1)
        found = []
        for plan in plans[kind] * 6:
            answers = [choice(trial_sound(trial), kind, hear, generator) for trial in plan]
            found.append(score(answers, [trial.target for trial in plan]))
        return found

    return scores


@pytest.mark.parametrize("kind", ["huggins", "antiphase"])
def test_listeners_with_headphones_pass(scores: Callable[[Kind, Ears], list[int]], kind: Kind) -> None:
    found = scores(kind, over_headphones)
    assert np.mean(found) > 5.9
    assert {outcome(correct, pass_mark=5) for correct in found} == {"pass"}


@pytest.mark.parametrize("hear", [from_loudspeakers, on_one_ear])
def test_without_two_separate_ears_huggins_pitch_is_guessed(
    scores: Callable[[Kind, Ears], list[int]], hear: Ears
) -> None:
    found = scores("huggins", hear)
    assert 1.4 < np.mean(found) < 2.6  # chance is 2 of 6; the mean of 24 listeners has a standard error of 0.24
    assert [outcome(correct, pass_mark=5) for correct in found].count("pass") <= 2


def test_from_loudspeakers_the_antiphase_tone_is_taken_for_the_quietest(
    scores: Callable[[Kind, Ears], list[int]],
) -> None:
    assert scores("antiphase", from_loudspeakers) == [0] * 24


def test_one_ear_passes_antiphase_tones(scores: Callable[[Kind, Ears], list[int]]) -> None:
    """They tell loudspeakers from headphones, not one ear from two; only Huggins pitch does."""
    assert scores("antiphase", on_one_ear) == [6] * 24
