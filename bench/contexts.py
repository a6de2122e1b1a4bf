"""Contexts embedded per second: one by one, in batches, and with shared beginnings, in the same run.

    .venv/bin/python bench/contexts.py [--dialogues 3] [--turns 80] [--rounds 3] [--texts FOLDER]

A Llama-style model of the small shape with RANDOM weights: speed does not depend on them. Two sets of contexts:
windows of 1, 3 and 5 turns before every other turn, and everything that was said so far. The dialogues are invented
(words drawn as often as words are), or real ones: `--texts FOLDER` of files with lines `speaker|utterance|tag`. The
ways take turns, so that other load on the machine strikes all alike; the best round of each counts, in processor time
of this process.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from modeling.ml.lm import scratch
from modeling.ml.lm.context import embed_contexts

ONE, BATCHED, SHARED = "one by one", "batched", "batched, beginnings shared"
Turns = list[tuple[str, str]]


def invented(n: int, turns: int, seed: int = 0) -> Iterator[Turns]:
    """Yield dialogues of turns of 1 to 20 words, word k with probability falling as 1/k."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        words = [rng.zipf(1.3, rng.integers(1, 20)) % 2000 for _ in range(turns)]
        yield [("AB"[at % 2], " ".join(f"w{word}" for word in each)) for at, each in enumerate(words)]


def real(folder: Path, n: int, turns: int) -> Iterator[Turns]:
    """Yield the beginnings of dialogues that lie as text files in the folder."""
    for path in sorted(folder.glob("*.txt"))[:n]:
        lines = [line.split("|")[:2] for line in path.read_text(errors="replace").splitlines() if line.count("|") == 2]
        spoken = [(who, " ".join(text for _, text in each)) for who, each in groupby(lines, key=lambda line: line[0])]
        yield spoken[:turns]


def contexts_of(dialogue: Turns) -> dict[str, list[str]]:
    """Return the contexts of a dialogue by set."""
    said = [f"<{who}> {words}" for who, words in dialogue]
    sets: dict[str, list[str]] = {"1, 3 and 5 turns": [], "all turns so far": []}
    for at in range(1, len(dialogue), 2):
        head = f"<{dialogue[at][0]}>"
        sets["1, 3 and 5 turns"] += [" / ".join([*said[max(0, at - n) : at], head]) for n in (1, 3, 5)]
        sets["all turns so far"].append(" / ".join([*said[:at], head]))
    return sets


def one_by_one(model: Any, tokenizer: Any, texts: list[str]) -> np.ndarray:
    """Return the vectors as a user of transformers would compute them."""
    import torch

    rows = []
    with torch.no_grad():
        for text in texts:
            tokens = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
            rows.append(model(input_ids=tokens, output_hidden_states=True).hidden_states[-1][0, -1].numpy())
    return np.stack(rows)


def main() -> None:
    """Print a table for each set of contexts."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialogues", type=int, default=3)
    parser.add_argument("--turns", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--texts", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    source = real(options.texts, options.dialogues, options.turns) if options.texts else None
    dialogues = list(source or invented(options.dialogues, options.turns))
    plain = (" / ".join(words for _, words in dialogue) for dialogue in dialogues)
    tokenizer = scratch.train_tokenizer(plain, markers=["<A>", "<B>"], size="small")
    model = scratch.make_model(tokenizer, size="small", seed=0).eval()
    for name in contexts_of(dialogues[0]):
        texts = [text for dialogue in dialogues for text in contexts_of(dialogue)[name]]
        ways: dict[str, Callable[[], np.ndarray]] = {
            ONE: lambda texts=texts: one_by_one(model, tokenizer, texts),
            BATCHED: lambda texts=texts: embed_contexts(model, tokenizer, texts, share=False),
            SHARED: lambda texts=texts: embed_contexts(model, tokenizer, texts),
        }
        report(name, len(texts), *timed(ways, options.rounds))


def timed(ways: dict[str, Callable[[], np.ndarray]], rounds: int) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return the best processor seconds and the vectors of each way."""
    best, vectors = dict.fromkeys(ways, float("inf")), {}
    for _ in range(rounds):
        for way, compute in ways.items():
            began = time.process_time()
            vectors[way] = compute()
            best[way] = min(best[way], time.process_time() - began)
    return best, vectors


def report(name: str, number: int, best: dict[str, float], vectors: dict[str, np.ndarray]) -> None:
    """Print a table of one set of contexts."""
    print(f"\n{name}: {number} contexts")
    print("| way | contexts per second of processor time | times | largest difference |\n|---|---|---|---|")
    for way, seconds in best.items():
        differs = np.abs(vectors[way] - vectors[ONE]).max()
        print(f"| {way} | {number / seconds:.0f} | {best[ONE] / seconds:.1f} | {differs:.1e} |")


if __name__ == "__main__":
    main()
