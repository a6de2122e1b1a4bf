"""Items per second of stage 2 against sentence-transformers' MultipleNegativesRankingLoss, in the same run.

    .venv/bin/python bench/train_joint.py [--items 100000] [--batch 4096] [--rounds 3] [--context 4096] [--audio 0]

An item is a backchannel of 1,024 numbers and a context of 4,096 (with `--audio 1024` the context is audio
and text side by side), drawn at random and written to a temporary folder as `train_joint` caches them; both are
projected to 256 by one linear layer. Each way of training has a process of its own (for its peak memory), maps the same
files, begins with the same weights and reads the same batches; they take turns, so that other load on the machine
strikes all alike. Given are the best round's items per second, the least processor time, and the loss at the end, by
which one sees that they learn the same. A round is an epoch: reading, both directions, gradients, Adam.

The other way is what a user of sentence-transformers would write with cached embeddings: two `nn.Linear`, the loss in
both directions, `torch.optim.Adam`.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.taking_turns import Process, has_bfloat16

THEIRS, FULL, HALF = "sentence-transformers", "ours, float32", "ours, bfloat16"
WAYS = (THEIRS, FULL, HALF)
BACKCHANNEL, DIMENSION, TEMPERATURE = 1024, 256, 0.1


def write_items(folder: Path, arguments: argparse.Namespace) -> None:
    """Write random items in which a backchannel follows from its context, noise added."""
    from modeling.ml.joint import files

    rng = np.random.default_rng(arguments.seed)
    n, seen = arguments.items, np.arange(arguments.items)
    parts = {"context text": arguments.context} | ({"context audio": arguments.audio} if arguments.audio else {})
    arrays = files.create(folder, n=n, widths={"backchannel": BACKCHANNEL, **parts})
    follows = rng.normal(size=(arguments.context, BACKCHANNEL)).astype(np.float32) / np.sqrt(arguments.context)
    for start in range(0, n, 2000):
        for name in parts:
            shape = arrays[name][start : start + 2000].shape
            arrays[name][start : start + 2000] = rng.standard_normal(shape, dtype=np.float32)
        noise = rng.standard_normal((len(seen[start : start + 2000]), BACKCHANNEL), dtype=np.float32)
        arrays["backchannel"][start : start + 2000] = arrays["context text"][start : start + 2000] @ follows + noise
    zeros = np.zeros(n, dtype=np.int64)
    files.seal(folder, clip=seen, form=seen, dialogue=seen, speaker=seen, split=zeros, sources={})


Epoch = Callable[[int], Iterator[float]]
"""Trains one epoch, yielding the loss of each batch."""


def trainer(way: str, folder: Path, arguments: argparse.Namespace) -> Epoch:
    """Return one way of training."""
    from modeling.ml.joint.files import open_items
    from modeling.ml.joint.items import Split
    from modeling.ml.joint.reading import Batches
    from modeling.ml.joint.settings import JointSettings
    from modeling.ml.joint.state import TrainingState
    from modeling.ml.joint.step import Step

    items = open_items(folder)
    settings = JointSettings(
        context=tuple(items.context),
        batch=arguments.batch,
        dimension=DIMENSION,
        temperature=TEMPERATURE,
        precision="bfloat16" if way == HALF else "float32",
    )
    if way == THEIRS:
        return theirs(items, settings)
    state = TrainingState.begin(items, settings, "cpu")
    batches = Batches(items, items.rows(Split.TRAIN), settings, "cpu")
    step = Step(state.model, state.optimizer, half=way == HALF)
    return lambda number: (step(batch) for batch in batches.epoch(number))


def theirs(items: Any, settings: Any) -> Epoch:
    """Return what a user of sentence-transformers would write, with our weights and batches."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    from modeling.ml.joint.baselines import untrained

    begin = untrained(items, settings)
    width = items.width(settings.context)
    contexts, backchannels = torch.nn.Linear(width, DIMENSION), torch.nn.Linear(BACKCHANNEL, DIMENSION)
    contexts.load_state_dict(begin.layers[0].state_dict())
    backchannels.load_state_dict(begin.backchannel.state_dict())
    loss = MultipleNegativesRankingLoss(
        None, scale=1 / TEMPERATURE, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
    )
    weights = [*contexts.parameters(), *backchannels.parameters()]
    optimizer = torch.optim.Adam(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    parts, labels = [np.asarray(part) for part in items.parts(settings.context)], torch.empty(0)
    own = np.asarray(items.backchannel)

    def epoch(number: int) -> Iterator[float]:
        order = np.random.default_rng([settings.seed, number]).permutation(len(items))
        for start in range(0, len(items) // settings.batch * settings.batch, settings.batch):
            rows = order[start : start + settings.batch]
            read = [torch.from_numpy(part[rows]) for part in parts]
            context = contexts(torch.cat(read, dim=1) if len(read) > 1 else read[0])
            value = loss.compute_loss_from_embeddings([context, backchannels(torch.from_numpy(own[rows]))], labels)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            yield value.item()

    return epoch


def serve(way: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Train an epoch whenever a line comes in; answer with seconds, processor time, the last loss and peak memory."""
    epoch = trainer(way, folder, arguments)
    next(epoch(0))  # the first batch pays for what is loaded and allocated once; it is part of no round
    print(json.dumps("ready"), flush=True)
    for number, _ in enumerate(sys.stdin, start=1):
        began, busy = time.perf_counter(), time.process_time()
        losses = list(epoch(number))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        answer = {"seconds": seconds, "busy": busy, "items": len(losses) * arguments.batch, "mib": peak_mib()}
        print(json.dumps(answer | {"loss": float(np.mean(losses[-5:]))}), flush=True)


def peak_mib() -> float:
    """Return the most memory this process ever had, mapped files included (`ru_maxrss` counts its parent's too)."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


def report(processes: dict[str, Process], size: float) -> None:
    """Print the table; `size`: MiB of embeddings, which are mapped and count as memory once read."""
    slow = {key: min(each[key] for each in processes[THEIRS].rounds) for key in ("seconds", "busy")}
    print(f"{'':24}items/s   ratio   CPU s/million items   ratio   peak MiB   beside the embeddings   loss at the end")
    for way, process in processes.items():
        best = {key: min(each[key] for each in process.rounds) for key in ("seconds", "busy")}
        last = process.rounds[-1]
        print(
            f"{way:24}{last['items'] / best['seconds']:7.0f}{slow['seconds'] / best['seconds']:7.2f}×"
            f"{1e6 * best['busy'] / last['items']:22.0f}{slow['busy'] / best['busy']:7.2f}×"
            f"{last['mib']:11.0f}{last['mib'] - size:24.0f}{last['loss']:18.4f}"
        )


def main() -> None:
    """Run the bench, or be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("items", 100_000), ("batch", 4096), ("rounds", 3), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--audio", type=int, default=0)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        serve(arguments.way, arguments.folder, arguments)
        return
    with tempfile.TemporaryDirectory(prefix="bcstudy-bench-") as made:
        folder = Path(made)
        write_items(folder, arguments)
        size = sum(path.stat().st_size for path in folder.glob("*.npy")) / 2**20
        print(f"{arguments.items} items, {size:.0f} MiB of embeddings; batches of {arguments.batch}")
        ways = [way for way in WAYS if way != HALF or has_bfloat16()]
        if HALF not in ways:
            print("no bfloat16 arithmetic on this machine: float32 only")
        same = ("--folder", made, "--batch", str(arguments.batch))
        processes = {way: Process(__file__, "--way", way, *same) for way in ways}
        for _ in range(arguments.rounds):
            for process in processes.values():
                process.round()
        for process in processes.values():
            process.end()
        report(processes, size)


if __name__ == "__main__":
    main()
