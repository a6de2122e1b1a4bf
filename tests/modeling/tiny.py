"""Tiny WavLM models with seeded weights, saved as real ones are and loaded through the real path."""

import json
from pathlib import Path
from typing import Any

import numpy as np

SHAPES: dict[str, dict[str, Any]] = {
    # As wavlm-base: group norm over time, norms after the parts, sounds as they are.
    "base": {"feat_extract_norm": "group", "do_stable_layer_norm": False, "conv_bias": False},
    # As wavlm-large: layer norm, norms before the parts.
    "large": {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True},
}
LAYERS = 3


def save_tiny_wavlm(folder: Path, *, shape: str = "base", normalise: bool | None = None, seed: int = 0) -> Path:
    """Save a WavLM of 3 layers and 32 dimensions with seeded weights; returns the folder."""
    import torch
    from transformers import WavLMConfig, WavLMModel

    config = WavLMConfig(
        hidden_size=32,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=48,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        num_buckets=32,
        max_bucket_distance=64,
        **SHAPES[shape],
    )
    torch.manual_seed(seed)
    model = WavLMModel(config)
    for name, parameter in model.named_parameters():
        if "gru_rel_pos" in name or "norm" in name or "rel_attn_embed" in name:
            parameter.data += 0.5 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    normalise = shape == "large" if normalise is None else normalise
    preprocessor = {"do_normalize": normalise, "sampling_rate": 16_000, "return_attention_mask": True}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    return folder


def voices(*seconds: float, rate: int = 16_000, seed: int = 0) -> list[np.ndarray]:
    """Return gliding tones with overtones, swelling and fading, a little noise: one of each duration."""
    rng = np.random.default_rng(seed)
    sounds = []
    for duration in seconds:
        time = np.arange(round(duration * rate)) / rate
        f0 = rng.uniform(90, 250) * 2 ** (rng.uniform(-0.5, 0.5) * time)
        phase = 2 * np.pi * np.cumsum(f0) / rate
        tone = sum(np.sin(k * phase) * rng.uniform(0.2, 1) / k for k in range(1, 12))
        sound = tone * np.hanning(len(time) + 2)[1:-1] * 0.1 + rng.normal(0, 0.003, len(time))
        sounds.append((sound + 0.01).astype(np.float32))
    return sounds
