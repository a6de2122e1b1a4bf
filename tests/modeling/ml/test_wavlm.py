"""The batched WavLM gives what transformers gives for one clip at a time, for every layer, whatever the batch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modeling.ml.encoders import check_settings, load_encoder
from modeling.ml.encoders.wavlm import normalised
from modeling.ml.errors import EncoderError, PrecisionUnavailableError, UnusableSoundError
from modeling.ml.precision import check_bfloat16
from modeling.ml.similarity import cosine_similarities
from modeling.ml.wavlm import attention, convolution
from tests.modeling.tiny import LAYERS, voices

CLIPS = voices(0.31, 0.2, 1.2, 0.55, 0.5501, 0.9, 0.21, 0.7, 1.13)
RATES = [16_000] * len(CLIPS)
TINY = Callable[..., Path]


def encoder(folder: Path, **settings: Any) -> Any:
    return load_encoder("wavlm", check_settings("wavlm", {"weights": str(folder), **settings}))


def by_transformers(folder: Path, clips: list[np.ndarray], *, normalise: bool) -> list[np.ndarray]:
    """Return for each layer the mean over frames of each clip, computed alone by transformers' own model."""
    from transformers import WavLMModel

    model = WavLMModel.from_pretrained(folder).eval()
    layers: list[list[np.ndarray]] = [[] for _ in range(LAYERS + 1)]
    for clip in clips:
        heard = torch.from_numpy(normalised(clip) if normalise else clip)[None]
        with torch.inference_mode():
            out = model(heard, output_hidden_states=True)
        states = [*out.hidden_states[:LAYERS], out.last_hidden_state]
        for kept, state in zip(layers, states, strict=True):
            kept.append(state[0].mean(dim=0).numpy())
    return [np.stack(kept) for kept in layers]


@pytest.mark.parametrize("shape", ["base", "large"])
def test_every_layer_is_that_of_transformers_one_clip_at_a_time(tiny_wavlm: TINY, shape: str) -> None:
    expected = by_transformers(tiny_wavlm(shape), CLIPS, normalise=shape == "large")
    for layer, states in enumerate(expected):
        found = encoder(tiny_wavlm(shape), layer=layer).encode(CLIPS, RATES)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, states, atol=1e-5, rtol=0)
        assert np.abs(states).max() > 0.1  # so that the tolerance means something


@pytest.mark.parametrize("shape", ["base", "large"])
def test_a_clip_is_the_same_alone_in_any_order_and_in_any_company(tiny_wavlm: TINY, shape: str) -> None:
    wavlm = encoder(tiny_wavlm(shape))
    together = wavlm.encode(CLIPS, RATES)
    alone = np.concatenate([wavlm.encode([clip], [16_000]) for clip in CLIPS])
    np.testing.assert_allclose(together, alone, atol=1e-5, rtol=0)
    np.testing.assert_allclose(wavlm.encode(CLIPS[::-1], RATES)[::-1], together, atol=1e-5, rtol=0)


@pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask")
def test_batches_of_transformers_with_group_norm_would_differ(tiny_wavlm: TINY) -> None:
    """The trap that the encoder avoids: padding enters the statistics of the first layer."""
    from transformers import WavLMModel

    model = WavLMModel.from_pretrained(tiny_wavlm("base")).eval()
    short, long = CLIPS[1], CLIPS[2]
    padded = torch.zeros(2, len(long))
    padded[0, : len(short)], padded[1] = torch.from_numpy(short), torch.from_numpy(long)
    mask = torch.tensor([[1] * len(short) + [0] * (len(long) - len(short)), [1] * len(long)])
    with torch.inference_mode():
        alone = model(torch.from_numpy(short)[None]).last_hidden_state[0]
        batched = model(padded, attention_mask=mask).last_hidden_state[0, : len(alone)]
    assert (alone - batched).abs().max() > 1e-2


def test_the_clips_differ_so_that_equality_shows_something(tiny_wavlm: TINY) -> None:
    vectors = encoder(tiny_wavlm("base")).encode(CLIPS, RATES)
    cosines = cosine_similarities(vectors)[~np.eye(len(CLIPS), dtype=bool)]
    assert cosines.max() < 0.9999


def test_negative_layers_count_from_the_last(tiny_wavlm: TINY) -> None:
    for negative, layer in ((-1, LAYERS), (-2, LAYERS - 1), (-LAYERS - 1, 0)):
        a = encoder(tiny_wavlm(), layer=negative).encode(CLIPS[:2], RATES[:2])
        assert np.array_equal(a, encoder(tiny_wavlm(), layer=layer).encode(CLIPS[:2], RATES[:2]))


@pytest.mark.parametrize("layer", [LAYERS + 1, -LAYERS - 2])
def test_a_layer_that_there_is_not_is_refused_with_the_range(tiny_wavlm: TINY, layer: int) -> None:
    with pytest.raises(EncoderError, match=r"from 0 to 3, or from -1 \(the last\) to -4"):
        encoder(tiny_wavlm(), layer=layer)


@pytest.mark.parametrize("samples", [1, 150, 399, 400, 719, 720])
def test_a_clip_shorter_than_a_frame_is_filled_up_to_one(tiny_wavlm: TINY, samples: int) -> None:
    clip = CLIPS[0][2000 : 2000 + samples]
    filled = np.concatenate([clip, np.zeros(max(0, 400 - samples), np.float32)])
    expected = by_transformers(tiny_wavlm(), [filled], normalise=False)[-1]
    found = encoder(tiny_wavlm()).encode([clip, CLIPS[2]], [16_000, 16_000])
    np.testing.assert_allclose(found[:1], expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", ["base", "large"])
def test_long_clips_in_pieces_are_the_same(tiny_wavlm: TINY, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encoder(tiny_wavlm(shape)).encode(CLIPS, RATES)
    monkeypatch.setattr(convolution, "PIECE", 7)
    monkeypatch.setattr(attention, "SCORES_AT_ONCE", 900)
    np.testing.assert_allclose(encoder(tiny_wavlm(shape)).encode(CLIPS, RATES), whole, atol=1e-5, rtol=0)


def test_what_the_preprocessor_says_about_normalising_is_done(tiny_wavlm: TINY) -> None:
    plain, scaled = tiny_wavlm("large", normalise=False), tiny_wavlm("large", normalise=True)
    louder = [clip * 4 for clip in CLIPS]
    one = encoder(scaled)
    np.testing.assert_allclose(one.encode(louder, RATES), one.encode(CLIPS, RATES), atol=1e-4, rtol=0)
    assert not np.allclose(encoder(plain).encode(louder, RATES), encoder(plain).encode(CLIPS, RATES), atol=1e-3)


def test_normalising_is_that_of_transformers() -> None:
    from transformers import Wav2Vec2FeatureExtractor

    extractor = Wav2Vec2FeatureExtractor(do_normalize=True)
    for clip in CLIPS:
        expected = extractor(clip, sampling_rate=16_000, return_tensors="np").input_values[0]
        np.testing.assert_allclose(normalised(clip), expected, atol=1e-6)


def test_other_rates_are_resampled(tiny_wavlm: TINY) -> None:
    wavlm = encoder(tiny_wavlm())
    time = np.arange(48_000) / 48_000
    at_48 = (0.1 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    at_16 = np.ascontiguousarray(at_48[::3])
    vectors = wavlm.encode([at_48, at_16], [48_000, 16_000])
    assert cosine_similarities(vectors)[0, 1] > 0.999
    assert wavlm.encode([at_48], [16_000]).shape == (1, 32)


def has_bfloat16() -> bool:
    try:
        check_bfloat16()
    except PrecisionUnavailableError:
        return False
    return True


def test_half_precision_keeps_cosines_or_is_refused(tiny_wavlm: TINY) -> None:
    if not has_bfloat16():
        with pytest.raises(PrecisionUnavailableError, match="float32"):
            encoder(tiny_wavlm(), precision="bfloat16")
        return
    full = encoder(tiny_wavlm()).encode(CLIPS, RATES)
    half = encoder(tiny_wavlm(), precision="bfloat16").encode(CLIPS, RATES)
    assert not np.array_equal(full, half)
    assert np.abs(cosine_similarities(full) - cosine_similarities(half)).max() < 5e-4


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.array([0, np.nan], np.float32)])
def test_sounds_that_nothing_can_be_heard_in_are_refused(tiny_wavlm: TINY, sound: np.ndarray) -> None:
    with pytest.raises(UnusableSoundError, match="Sound 1"):
        encoder(tiny_wavlm()).encode([CLIPS[0], sound], [16_000, 16_000])
