"""The loss against a plain NumPy reference in float64, its gradients, and what must not change it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from modeling.ml.joint import loss as module
from modeling.ml.joint.loss import info_nce


def reference(u, v, scale, groups=None):
    """Return the loss and its gradients by u, v and scale, written down from the definition."""
    n = len(u)
    s = scale * (u @ v.T)
    alike = np.zeros((n, n), dtype=bool) if groups is None else (groups[:, :, None] == groups[:, None, :]).any(axis=0)
    s[alike & ~np.eye(n, dtype=bool)] = -np.inf
    by_row = np.exp(s - s.max(axis=1, keepdims=True))
    by_row /= by_row.sum(axis=1, keepdims=True)
    by_column = np.exp(s - s.max(axis=0))
    by_column /= by_column.sum(axis=0)
    loss = -(np.log(np.diag(by_row)) + np.log(np.diag(by_column))).mean() / 2
    by_s = (by_row + by_column - 2 * np.eye(n)) / (2 * n)
    return loss, scale * by_s @ v, scale * by_s.T @ u, (by_s * (u @ v.T)).sum()


def pairs(n=23, d=7, seed=0):
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=(2, n, d))
    return u / np.linalg.norm(u, axis=1, keepdims=True), v / np.linalg.norm(v, axis=1, keepdims=True)


def ours(u, v, scale, groups=None, dtype=torch.float64, half=False):
    tensors = [torch.tensor(each, dtype=dtype, requires_grad=True) for each in (u, v, scale)]
    loss = info_nce(*tensors, None if groups is None else torch.from_numpy(groups), half=half)
    loss.backward()
    return loss.item(), *(each.grad.numpy() for each in tensors)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "ROWS", 5)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("scale", [1.0, 10.0, 40.0, 100.0, 300.0])
@pytest.mark.parametrize("masked", [False, True])
def test_loss_and_gradients_are_those_of_the_definition(scale, masked):
    u, v = pairs()
    groups = np.random.default_rng(1).integers(8, size=(2, len(u))) if masked else None
    for got, expected in zip(ours(u, v, scale, groups), reference(u, v, scale, groups), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.usefixtures("small_blocks")
def test_gradcheck():
    u, v = (torch.tensor(each, requires_grad=True) for each in pairs(8, 3))
    scale = torch.tensor(7.0, dtype=torch.float64, requires_grad=True)
    groups = torch.tensor([[0, 1, 2, 3, 0, 5, 6, 5]])
    assert torch.autograd.gradcheck(lambda *each: info_nce(*each, groups), (u, v, scale))


@pytest.mark.parametrize(("scale", "dtype_error"), [(10.0, 2e-6), (100.0, 2e-5), (300.0, 1e-4)])
def test_float32_keeps_rows_whose_similarities_are_all_low(scale, dtype_error):
    u, v = pairs()
    v = -u + 1e-3 * v  # every pair at a cosine of about −1: exponentials of e^{−2/T}
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    got = ours(u, v, scale, dtype=torch.float32)
    for one, expected in zip(got, reference(u, v, scale), strict=True):
        np.testing.assert_allclose(one, expected, rtol=100 * dtype_error, atol=dtype_error)


def test_order_of_the_batch_changes_nothing():
    u, v = pairs(50)
    groups = np.random.default_rng(1).integers(20, size=(1, 50))
    order = np.random.default_rng(2).permutation(50)
    loss, by_u, by_v, by_scale = ours(u, v, 10.0, groups)
    shuffled = ours(u[order], v[order], 10.0, groups[:, order])
    for got, expected in zip(shuffled, (loss, by_u[order], by_v[order], by_scale), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-14)


def test_items_of_one_group_do_not_push_each_other_away():
    u, v = pairs(6)
    groups = np.array([[0, 0, 0, 0, 0, 0]])
    loss, by_u, *_ = ours(u, v, 10.0, groups)
    assert loss == pytest.approx(0, abs=1e-12)  # nothing to be told apart from
    assert np.abs(by_u).max() < 1e-12
    alone = ours(u, v, 10.0, np.arange(6)[None])
    assert alone[0] == pytest.approx(reference(u, v, 10.0)[0])


def test_bfloat16_gradients_are_near_and_the_loss_is_the_same():
    u, v = pairs(600, 64)
    full, half = ours(u, v, 10.0, dtype=torch.float32), ours(u, v, 10.0, dtype=torch.float32, half=True)
    assert half[0] == full[0]
    for got, expected in zip(half[1:], full[1:], strict=True):
        assert np.linalg.norm(got - expected) < 4e-3 * np.linalg.norm(expected)


def test_a_scale_that_cannot_be_is_refused():
    u, v = (F.normalize(torch.ones(2, 2), dim=1) for _ in range(2))
    with pytest.raises(ValueError, match="not above 300"):
        info_nce(u, v, torch.tensor(400.0))
