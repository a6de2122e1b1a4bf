"""Packed frames and the vectors made of them."""

import torch

from modeling.ml.pooling import mean_over_frames
from modeling.ml.wavlm.attention import position_bias, position_table
from modeling.ml.wavlm.packing import Clips
from modeling.ml.wavlm.products import CentredProduct, FullProduct

FRAMES = torch.randn(9, 4, generator=torch.Generator().manual_seed(0)) + 3.0
CLIPS = Clips([2, 1, 6])


def test_a_clip_pools_its_own_frames_only() -> None:
    pooled = mean_over_frames(CLIPS.apart(FRAMES))
    expected = torch.stack([FRAMES[:2].mean(0), FRAMES[2], FRAMES[3:].mean(0)])
    torch.testing.assert_close(pooled, expected)
    torch.testing.assert_close(CLIPS.means(FRAMES), expected)


def test_a_product_in_bfloat16_keeps_the_means_of_clips_in_float32() -> None:
    generator = torch.Generator().manual_seed(1)
    weight, bias = torch.randn(5, 4, generator=generator), torch.randn(5, generator=generator)
    full = FullProduct(weight, bias)(FRAMES, CLIPS)
    centred = CentredProduct(weight, bias)(FRAMES, CLIPS)
    rounded = torch.nn.functional.linear(FRAMES.bfloat16(), weight.bfloat16(), bias.bfloat16()).float()
    assert not torch.equal(full, centred)
    off, off_rounded = ((CLIPS.means(each) - CLIPS.means(full)).abs().max() for each in (centred, rounded))
    assert off < off_rounded / 4
    # A clip of one frame is its own mean: exact.
    torch.testing.assert_close(centred[2], full[2])


def test_the_position_bias_is_that_of_transformers_in_any_piece() -> None:
    from transformers.models.wavlm.modeling_wavlm import WavLMAttention

    torch.manual_seed(0)
    attention = WavLMAttention(32, 4, num_buckets=32, max_distance=64).eval()
    with torch.inference_mode():
        whole = attention.compute_bias(50, 50)
        table = position_table(attention, 50)
        torch.testing.assert_close(position_bias(table, 0, 50), whole)
        torch.testing.assert_close(position_bias(table, 13, 31), whole[:, 13:31])
