"""Items with a planted truth: a context determines the backchannel, and a nuisance dominates the raw space."""

from dataclasses import replace

import numpy as np

from modeling.ml.joint.items import Items

MEANING, NUISANCE = 4, 20.0


def planted(n=1200, *, n_dialogues=60, noise=0.15, seed=0):
    """Return items and the perceptual positions (n, 4) of their backchannels.

    Of a backchannel's 24 numbers 8 come from its position; one direction, 20 times as large, is its speaker's voice.
    The text of the context holds the position behind a rotation, with noise; its audio (24) has nothing to do
    with it, but holds the other speaker's voice as strongly.
    """
    rng = np.random.default_rng(seed)
    dialogue = np.sort(rng.integers(n_dialogues, size=n))
    position = rng.normal(size=(n, MEANING))
    voice = rng.normal(size=n)
    backchannel = np.zeros((n, 24))
    backchannel[:, :8] = position @ rng.normal(size=(MEANING, 8)) / 2
    backchannel[:, 8:] = NUISANCE * voice[:, None] * _unit(rng, 16)
    text = (position + noise * rng.normal(size=position.shape)) @ rng.normal(size=(MEANING, 30))
    audio = NUISANCE * rng.normal(size=(n, 1)) * _unit(rng, 24)
    split = np.select([dialogue < n_dialogues * 0.6, dialogue < n_dialogues * 0.8], [0, 1], 2)
    items = Items(
        backchannel=(backchannel + 0.05 * rng.normal(size=backchannel.shape)).astype(np.float32),
        context={
            "text": (text + 0.05 * rng.normal(size=text.shape)).astype(np.float32),
            "audio": (audio + 0.05 * rng.normal(size=audio.shape)).astype(np.float32),
        },
        clip=np.arange(n),
        form=np.digitize(position[:, 0], [-1, 0, 1]).astype(np.int64),
        dialogue=dialogue,
        speaker=2 * dialogue + rng.integers(2, size=n),
        split=split.astype(np.int64),
        sources={"backchannel": "wavlm-1", "audio": "wavlm-1", "text": "lm-1"},
    )
    return items, position


def changed(items, **arrays):
    """Return the items with some arrays replaced."""
    return replace(items, **arrays)


def _unit(rng, width):
    direction = rng.normal(size=width)
    return direction / np.linalg.norm(direction)
