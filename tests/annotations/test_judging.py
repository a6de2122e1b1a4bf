"""Excluding, including and erasing while many listen, on both databases: counts stay true, nothing is overdrawn."""

import pytest

from tests.annotations.test_crowd import CROWD, populated
from tests.running_site import Site

__all__ = ["populated"]

JUDGED = CROWD.replace("crowd import crowd", "judging import judged_crowd")
JUDGED = JUDGED.replace(
    "crowd(version, n_listeners=42, n_threads=40)", "judged_crowd(version, n_listeners=9, n_threads=4)"
)


@pytest.mark.data_layer
def test_counts_stay_true_while_people_are_excluded_included_and_erased(populated: Site) -> None:
    seen = populated.python(JUDGED)
    assert (seen["errors"], seen["judging"]) == ([], [])
    assert seen["worst"] <= 0, "a trial had more than planned"
    assert seen["lost"] == []
    assert seen["excluded"] > 0
    assert seen["erased"] == 3
    assert seen["counted_of_excluded"] == 0
    assert seen["uneven"] == []
