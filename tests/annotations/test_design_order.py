"""The order of clips on the screen."""

from collections import Counter

from annotations.design.order import presented_order


def test_each_order_comes_once_in_every_run_of_pages() -> None:
    orders = [tuple(presented_order(seed=7, page=page, n_clips=3)) for page in range(12)]
    assert len(set(orders[:6])) == 6
    assert len(set(orders[6:])) == 6
    assert orders[:6] != orders[6:]


def test_the_same_seed_gives_the_same_orders_and_another_seed_others() -> None:
    first, again, other = (
        [presented_order(seed=seed, page=page, n_clips=3) for page in range(24)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_first_page_is_balanced_over_people() -> None:
    first = Counter(tuple(presented_order(seed=seed, page=0, n_clips=3)) for seed in range(600))
    assert len(first) == 6
    assert min(first.values()) > 60


def test_many_clips_are_all_shown() -> None:
    assert sorted(presented_order(seed=3, page=2, n_clips=9)) == list(range(9))


def test_each_clip_of_a_trial_is_equally_often_at_each_place_whoever_rates_it() -> None:
    for trial in range(20):
        shown: list[list[int]] = []
        for rating in range(9):
            page = (trial + 7 * rating) % 21
            shown.append(presented_order(seed=100 * trial + rating, page=page, n_clips=3, shown=shown))
            for place in range(3):
                counts = Counter(order[place] for order in shown)
                assert max(counts.values()) - min(counts[slot] for slot in range(3)) <= 1


def test_a_person_still_meets_the_orders_about_equally_often() -> None:
    others = [[presented_order(seed=seed, page=page, n_clips=3) for page in range(240)] for seed in (8, 9)]
    orders = Counter(
        tuple(presented_order(seed=3, page=page, n_clips=3, shown=[other[page] for other in others]))
        for page in range(240)
    )
    assert len(orders) == 6
    assert max(orders.values()) < 2 * min(orders.values())
