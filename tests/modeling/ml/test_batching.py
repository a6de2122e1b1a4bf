"""Batches hold clips of like length, every clip once, within the budget."""

from hypothesis import given
from hypothesis import strategies as st

from modeling.ml.batching import length_batches


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 200))
def test_every_clip_once_within_the_budget_shortest_first(lengths: list[int], budget: int) -> None:
    batches = length_batches(lengths, budget=budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    in_order = [lengths[index] for batch in batches for index in batch]
    assert in_order == sorted(lengths)
    for batch in batches:
        longest = max(lengths[index] for index in batch)
        assert len(batch) * longest <= budget or len(batch) == 1


def test_a_batch_is_filled_before_the_next_begins() -> None:
    assert length_batches([10] * 7, budget=30) == [[0, 1, 2], [3, 4, 5], [6]]
