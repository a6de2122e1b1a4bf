"""Maps: distances come back, a turned copy fits exactly, a random one does not, and scipy agrees."""

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import cdist

from analysis.stats.maps import aligned, classical_scaling, connected

RNG = np.random.default_rng(4)
HUMAN = RNG.normal(size=(20, 2))
TURN = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]]) @ np.diag([1, -1])  # and mirrored


def test_classical_scaling_gives_the_distances_back() -> None:
    distances = cdist(HUMAN, HUMAN)
    made = classical_scaling(distances)
    np.testing.assert_allclose(cdist(made.positions, made.positions), distances, atol=1e-10)
    assert made.share == pytest.approx(1)
    assert made.positions[:, 0].std() > made.positions[:, 1].std()


def test_the_share_is_of_all_that_a_space_holds() -> None:
    space = RNG.normal(size=(50, 4))
    spread = np.linalg.svd(space - space.mean(axis=0), compute_uv=False) ** 2
    assert classical_scaling(cdist(space, space)).share == pytest.approx(spread[:2].sum() / spread.sum())
    assert classical_scaling(np.zeros((5, 5))).share == 0
    assert classical_scaling(np.zeros((1, 1))).positions.tolist() == [[0, 0]]
    with pytest.raises(ValueError, match=r"\(n, n\)"):
        classical_scaling(np.zeros((3, 2)))


def test_a_turned_mirrored_and_scaled_copy_fits_exactly() -> None:
    made = aligned(HUMAN, 7 * HUMAN @ TURN + [3, -5], n_permutations=999)
    assert made.disparity == pytest.approx(0, abs=1e-12)
    assert made.p == 1 / 1000
    np.testing.assert_allclose(made.positions, HUMAN, atol=1e-10)


def test_a_random_map_does_not_fit_and_keeps_its_spread() -> None:
    made = aligned(HUMAN, RNG.normal(size=HUMAN.shape), n_permutations=999)
    assert made.disparity > 0.7
    assert made.p > 0.05
    assert np.linalg.norm(made.positions - made.positions.mean(axis=0)) == pytest.approx(
        np.linalg.norm(HUMAN - HUMAN.mean(axis=0))
    )


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_the_disparity_is_that_of_scipy(dimension: int) -> None:
    one, other = RNG.normal(size=(2, 12, dimension))
    assert aligned(one, other, n_permutations=9).disparity == pytest.approx(procrustes(one, other)[2], abs=1e-12)


def test_p_values_of_random_maps_are_spread_evenly() -> None:
    ps = [aligned(HUMAN, RNG.normal(size=HUMAN.shape), n_permutations=199, seed=n).p for n in range(200)]
    assert 0.4 < np.mean(ps) < 0.6
    assert np.mean(np.array(ps) <= 0.1) == pytest.approx(0.1, abs=0.06)


@pytest.mark.parametrize(("one", "other"), [(HUMAN, HUMAN[1:]), (HUMAN[:2], HUMAN[:2]), (HUMAN, np.ones((20, 2)))])
def test_maps_that_cannot_be_laid_over_each_other_are_refused(one: np.ndarray, other: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"same 3 clips or more|one spot"):
        aligned(one, other)


def test_clips_that_were_never_compared_are_in_other_parts() -> None:
    triads = np.array([[5, 6, 7], [0, 1, 2], [7, 9, 8], [2, 3, 1]])
    assert connected(triads, 11).tolist() == [0, 0, 0, 0, -1, 1, 1, 1, 1, 1, -1]
    assert connected(np.zeros((0, 3), dtype=np.int64), 2).tolist() == [-1, -1]
    chain = np.array([[n, n + 1, n + 2] for n in range(0, 60, 2)])
    assert connected(chain[::-1], 61).tolist() == [0] * 61
