"""Whatever listeners do in whatever order: nothing is overdrawn, nothing is lost, nobody gets a trial twice."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from annotations.enums import Check
from tests.annotations.allocation_machine import Listeners
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import add_check

DESIGNS = ["least_filled", "blocks", "latin", "adaptive"]
N_TRIALS, IN_BLOCK = 4, 2


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_is_overdrawn_or_lost_whatever_happens(make_study: MakeStudy, design: str) -> None:
    version = make_study(n_trials=N_TRIALS, planned=2, trials_per_participant=IN_BLOCK, design=design)
    for trial in version.trials.all():
        trial.block, trial.priority = f"b{trial.position // IN_BLOCK}", trial.position / N_TRIALS
        trial.save()
    add_check(version, Check.PRACTICE, "try")
    add_check(version, Check.ATTENTION, "listen")
    for at in range(N_TRIALS):
        add_check(version, Check.REPEAT, f"again{at}", of=f"t{at}")

    class OnThisStudy(Listeners):
        def __init__(self) -> None:
            self.version = version
            super().__init__()

    run_state_machine_as_test(
        OnThisStudy,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
