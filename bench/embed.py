"""Clips per second of the batched WavLM encoder against transformers as a user would write it, in the same run.

    .venv/bin/python bench/embed.py [--clips 120] [--rounds 2] [--layer 12] [--seed 1]
    .venv/bin/python bench/embed.py --clips 1000 --layer 6

A user gives clips to the feature extractor and the model one at a time, or in batches of 16 as they come, and takes a
layer of `hidden_states`: all layers are computed. (Batches change the vectors: the first convolution of this shape
is normed over time, padding included.)

WavLM of the base shape with RANDOM weights, which this script draws itself and saves to a temporary folder: speed
does not depend on them. Clips are synthetic voices of 0.2 to 1.2 s. Each way of embedding has a process of its own
(for its peak memory), loads the same folder, and they take turns, so that other load on the machine strikes all alike;
the best round of each counts. What reduced precision changes is measured against transformers in float32: the
cosines of all pairs, and the choices in random triads.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.taking_turns import Process, has_bfloat16

RATE = 16_000
ONE, PADDED = "transformers, one at a time", "transformers, batches of 16"
BATCHED, HALF = "ours, float32", "ours, bfloat16"
WAYS = (ONE, PADDED, BATCHED, HALF)
USERS_BATCH = 16
TRIADS = 5000


def voices(n: int, seed: int) -> list[np.ndarray]:
    """Return `n` voices (samples,) float32 of 0.2 to 1.2 s: gliding pulse trains through three random resonances."""
    from scipy.signal import lfilter

    rng = np.random.default_rng(seed)
    clips = []
    for _ in range(n):
        time_s = np.arange(round(rng.uniform(0.2, 1.2) * RATE)) / RATE
        hertz = rng.uniform(80, 300) * 2 ** (rng.uniform(-0.6, 0.6) * time_s / time_s[-1])
        sound = (np.cumsum(hertz) / RATE) % 1 - 0.5 + rng.normal(0, 0.05, len(time_s))
        for low, high, width in ((300, 900, 80), (900, 2300, 120), (2300, 3200, 160)):
            radius = np.exp(-np.pi * width / RATE)
            angle = 2 * np.pi * rng.uniform(low, high) / RATE
            sound = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], sound)
        sound *= np.hanning(len(sound) + 2)[1:-1]
        clips.append((0.3 * sound / np.abs(sound).max()).astype(np.float32))
    return clips


def save_random_model(folder: Path, seed: int) -> None:
    """Save a model of the base shape with weights drawn at random."""
    import torch
    from transformers import WavLMConfig, WavLMModel

    torch.manual_seed(seed)
    WavLMModel(WavLMConfig()).save_pretrained(folder)
    extractor = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": False, "sampling_rate": RATE}
    (folder / "preprocessor_config.json").write_text(json.dumps(extractor))


def embedder(way: str, folder: Path, layer: int) -> Any:
    """Return a function from clips to vectors (n, 768)."""
    if way in (ONE, PADDED):
        return as_a_user(folder, layer, batch=1 if way == ONE else USERS_BATCH)
    from modeling.ml.encoders import check_settings, load_encoder

    precision = "bfloat16" if way == HALF else "float32"
    settings = check_settings("wavlm", {"weights": str(folder), "layer": layer, "precision": precision})
    encoder = load_encoder("wavlm", settings)
    return lambda clips: encoder.encode(clips, [RATE] * len(clips))


def as_a_user(folder: Path, layer: int, *, batch: int) -> Any:
    """Return what a user of transformers would write."""
    import torch
    from transformers import AutoFeatureExtractor, AutoModel

    extractor = AutoFeatureExtractor.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()

    def embed(clips: list[np.ndarray]) -> np.ndarray:
        vectors = []
        for start in range(0, len(clips), batch):
            inputs = extractor(
                clips[start : start + batch],
                sampling_rate=RATE,
                padding=True,
                return_attention_mask=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                hidden = model(**inputs, output_hidden_states=True).hidden_states[layer]
                mask = model._get_feature_vector_attention_mask(hidden.shape[1], inputs["attention_mask"])
            sums = (hidden * mask[:, :, None]).sum(dim=1)
            vectors.append((sums / mask.sum(dim=1, keepdim=True)).numpy())
        return np.concatenate(vectors)

    return embed


def serve(way: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Embed all clips whenever a line comes in; answer with the seconds it took and the peak memory so far."""
    clips = voices(arguments.clips, arguments.seed)
    embed = embedder(way, folder, arguments.layer)
    embed(clips[:4])
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        vectors = embed(clips)
        seconds = time.perf_counter() - began
        np.save(folder / f"{WAYS.index(way)}.npy", vectors)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "mib": peak}), flush=True)


def differences(vectors: np.ndarray, reference: np.ndarray, seed: int) -> str:
    """Say how far cosines and triad choices are from the reference's."""
    from modeling.ml.similarity import cosine_similarities, odd_slots

    ours, theirs = cosine_similarities(vectors), cosine_similarities(reference)
    rng = np.random.default_rng(seed)
    triads = np.array([rng.choice(len(vectors), 3, replace=False) for _ in range(TRIADS)])
    other = odd_slots(ours, triads) != odd_slots(theirs, triads)
    a, b, c = triads[other].T
    pairs = np.sort(np.stack([theirs[b, c], theirs[a, c], theirs[a, b]], axis=1), axis=1)
    margin = f", all with the two best pairs within {(pairs[:, 2] - pairs[:, 1]).max():.1e}" if other.any() else ""
    worst = np.abs(ours - theirs).max()
    return f"cosines within {worst:.1e}; {TRIADS - other.sum()} of {TRIADS} triad choices the same{margin}"


def report(processes: dict[str, Process], folder: Path, arguments: argparse.Namespace) -> None:
    """Print the table."""
    import torch

    seconds = sum(len(clip) for clip in voices(arguments.clips, arguments.seed)) / RATE
    print(
        f"{arguments.clips} clips, {seconds:.0f} s in all; layer {arguments.layer}; {torch.get_num_threads()} threads"
    )
    reference = np.load(folder / f"{WAYS.index(ONE)}.npy")
    took = {way: min(each["seconds"] for each in process.rounds) for way, process in processes.items()}
    print(f"{'':30}clips/s  ratio to one at a time  to batches of {USERS_BATCH}   peak MiB")
    for way, process in processes.items():
        one, padded = took[ONE] / took[way], took[PADDED] / took[way]
        mib = process.rounds[-1]["mib"]
        print(f"{way:30}{arguments.clips / took[way]:7.1f}{one:22.2f}×{padded:15.2f}×{mib:11.0f}")
    for way in list(processes)[1:]:
        print(f"{way}: {differences(np.load(folder / f'{WAYS.index(way)}.npy'), reference, arguments.seed)}")


def main() -> None:
    """Run the bench, or be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--layer", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        serve(arguments.way, arguments.folder, arguments)
        return
    with tempfile.TemporaryDirectory(prefix="bcstudy-bench-") as made:
        folder = Path(made)
        print("WavLM, base shape, RANDOM weights drawn here (no trained weights are involved)")
        save_random_model(folder, arguments.seed)
        ways = [way for way in WAYS if way != HALF or has_bfloat16()]
        if HALF not in ways:
            print("no bfloat16 arithmetic on this machine: float32 only")
        same = [f"--{name}={getattr(arguments, name)}" for name in ("clips", "layer", "seed")]
        processes = {way: Process(__file__, "--way", way, "--folder", made, *same) for way in ways}
        for _ in range(arguments.rounds):
            for process in processes.values():
                process.round()
        for process in processes.values():
            process.end()
        report(processes, folder, arguments)


if __name__ == "__main__":
    main()
