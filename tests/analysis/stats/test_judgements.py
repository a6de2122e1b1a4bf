"""Judgements are checked once, with errors that name the fault."""

import numpy as np
import pytest

from analysis.stats.judgements import Judgements, category_values


def judged(**changes):
    given = {"trial": [0, 0, 2], "participant": [0, 1, 0], "choice": [2, 2, 1], "n_trials": 3, "n_participants": 2}
    return Judgements(**(given | changes))


def test_counts_keep_trials_without_judgements():
    assert judged().counts.tolist() == [[0, 0, 2], [0, 0, 0], [0, 1, 0]]
    assert judged().per_trial.tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"choice": [2, 3, 1]}, r"choice\[1\] is 3, outside 0 … 2"),
        ({"trial": [0, -1, 2]}, r"trial\[1\] is -1, outside 0 … 2"),
        ({"participant": [0.0, 1.0, 0.0]}, "participant must be a flat array of integers, not float64"),
        ({"trial": [0, 1]}, "must be equally long"),
        ({"cluster": [0, 0]}, "one entry for each of 3 trials, not 2"),
    ],
)
def test_faults_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        judged(**changes)


def test_subsets_keep_the_numbering():
    kept = judged().of_trials([True, True, False])

    assert len(kept) == 2
    assert kept.counts.tolist() == [[0, 0, 2], [0, 0, 0], [0, 0, 0]]
    assert judged().where([False, False, True]).trial.tolist() == [2]


def test_labels_are_numbered_in_sorted_order():
    made = Judgements.from_labels(
        trials=["b", "a"], participants=[7, 7], choices=["y", "x"], categories=["x", "y", "z"]
    )

    assert (made.trial.tolist(), made.choice.tolist()) == ([1, 0], [1, 0])
    assert (made.n_trials, made.n_participants, made.n_categories) == (2, 1, 3)


def test_a_label_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="'w' is not one of the categories"):
        Judgements.from_labels(trials=[1], participants=[1], choices=["w"], categories=["x"])


def test_matrix_has_gaps_and_refuses_two_answers_in_one_cell():
    table = judged().matrix([1, 2, 5])

    assert table[0].tolist() == [5, 5]
    assert np.isnan(table[1]).all()
    assert table[2, 0] == 2
    with pytest.raises(ValueError, match="same trial twice"):
        judged(participant=[0, 0, 0]).matrix()


def test_category_values_must_fit():
    with pytest.raises(ValueError, match="3 finite numbers"):
        category_values(judged(), [1, 2])
