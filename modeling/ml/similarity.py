"""How alike two clips are to a model."""

import numpy as np
import numpy.typing as npt


def cosine_similarities(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the cosine of every pair: (n, dim) → (n, n) float64, symmetric, NaN where a vector is zero.

    >>> cosine_similarities(np.array([[1.0, 0.0], [3.0, 4.0]]))[0, 1].item()
    0.6
    """
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        unit = rows / lengths
    cosines: npt.NDArray[np.float64] = np.clip(unit @ unit.T, -1.0, 1.0)
    return cosines


def odd_slots(similarities: npt.NDArray[np.float64], triads: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the odd slot of each triad: the clip outside the most similar pair (METHODS, Coding a triad).

    `similarities` (n, n), `triads` (m, 3) clip indices in slot order → (m,) in 0..2; the first of tied pairs.
    """
    a, b, c = triads.T
    pairs = np.stack([similarities[b, c], similarities[a, c], similarities[a, b]], axis=1)
    odd: npt.NDArray[np.intp] = pairs.argmax(axis=1)
    return odd
