"""Products and convolutions with ordered weights."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from modeling.ml.errors import PrecisionUnavailableError
from modeling.ml.precision import check_bfloat16
from modeling.ml.wavlm import ordered
from modeling.ml.wavlm.ordered import OrderedProduct
from modeling.ml.wavlm.windows import Convolution


def has_bfloat16() -> bool:
    try:
        check_bfloat16()
    except PrecisionUnavailableError:
        return False
    return True


@pytest.fixture(params=["ordered", "plain"])
def order(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Products with weights in the processor's order, where it has one, and as a GPU computes them."""
    if request.param == "plain" or not has_bfloat16():
        monkeypatch.setattr(ordered, "on_this_processor", lambda weight: False)


def drawn(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize("activation", [nn.GELU(), nn.GELU(approximate="tanh"), nn.ReLU(), nn.Identity()])
def test_a_product_is_that_of_the_rounded_numbers_rounded_once(activation: nn.Module) -> None:
    rows, weight, bias = drawn(7, 48).bfloat16(), drawn(20, 48), drawn(20)
    exact = F.linear(rows.float(), weight.bfloat16().float())
    with torch.inference_mode():
        product = OrderedProduct(weight, torch.bfloat16)
        found, plain = product.activated(rows, bias, activation), product(rows)
    assert found.dtype == plain.dtype == torch.bfloat16
    torch.testing.assert_close(plain.float(), exact, rtol=2**-8, atol=1e-4)
    # Where nothing is ordered, the products are rounded before the bias comes to them.
    torch.testing.assert_close(found.float(), activation(exact + bias), rtol=2**-7, atol=0.1)


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv1d(12, 10, 3, stride=2, bias=False),
        nn.Conv1d(12, 10, 2, stride=2),
        nn.Conv1d(12, 12, 8, padding=4, groups=3),
    ],
)
def test_a_convolution_is_that_of_torch(conv: nn.Conv1d) -> None:
    steps = drawn(31, 12)
    with torch.inference_mode():
        expected = F.gelu(conv(steps.T[None]))[0].T
        full = Convolution(conv, torch.float32).activated(steps, nn.GELU())
        half = Convolution(conv, torch.bfloat16).activated(steps.bfloat16(), nn.GELU())
    torch.testing.assert_close(full, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(half.float(), expected, rtol=0.02, atol=0.02)
    assert expected.abs().max() > 0.5  # so that the tolerance means something
