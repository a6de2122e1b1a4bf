"""Memory of stage 2 from the database to the trained space: items stream, so that none needs more than its embeddings.

    .venv/bin/python bench/memory.py [--items 100000] [--epochs 2] [--batch 4096]

Invented dialogues of 200 turns, every other of which is a backchannel of one of 1,023 word forms, are imported and
searched by the real services into a database of their own. Then the real runs: backchannels become indicators of 1,024
numbers; contexts of one turn go through a language model of 4,096 hidden numbers (one thin layer with RANDOM
weights: memory does not depend on them) from a folder; both are trained on. Each step is a process of its own. Given
are its seconds, the most memory that it ever had with mapped files (as the kernel counts it: pages of a mapped file are
memory once they were touched, and given back where it runs short), and the most without these, which nothing gives
back.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TURNS, FORMS, HIDDEN = 200, 1023, 4096
STEPS = ("import", "extract", "backchannels", "contexts", "train")


def write_dialogues(path: Path, n_items: int) -> None:
    """Write dialogues as JSON lines: A says two words, B backchannels, and so on."""
    rng = np.random.default_rng(0)
    letters = np.array(list("bdfgklmnprstvz"))
    words = ["".join(rng.choice(letters, 3)) + "a" for _ in range(200)]
    forms = [f"{letters[at // 196]}{letters[at // 14 % 14]}{letters[at % 14]}o" for at in range(FORMS)]
    with path.open("w") as file:
        for number in range(n_items // (TURNS // 2)):
            said = [(" ".join(rng.choice(words, 2)), str(rng.choice(forms))) for _ in range(TURNS // 2)]
            turns = [
                {"speaker": speaker, "text": text, "tag": tag}
                for told, form in said
                for speaker, text, tag in (("A", told, "sd"), ("B", form, "b"))
            ]
            split = "test" if number % 10 == 0 else "validation" if number % 10 == 1 else "train"
            file.write(json.dumps({"dialogue": f"d{number:05}", "split": split, "turns": turns}) + "\n")


def write_model(folder: Path, dialogues: Path) -> None:
    """Save a Llama with 4,096 hidden numbers and little else, and a tokenizer of the first dialogues."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.utils import logging

    from modeling.ml.lm import scratch

    logging.disable_progress_bar()
    with dialogues.open() as file:
        told = [json.loads(next(file)) for _ in range(5)]
    texts = (turn["text"] for one in told for turn in one["turns"])
    tokenizer = scratch.train_tokenizer(texts, markers=["<A>", "<B>"], size="tiny")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=HIDDEN, intermediate_size=64, num_hidden_layers=1,
        num_attention_heads=1, num_key_value_heads=1, head_dim=64, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def do(step: str, home: Path, arguments: argparse.Namespace) -> None:
    """Do one step in this process and print what it took."""
    os.environ |= {"BCSTUDY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "bcstudy.settings"}
    import django

    django.setup()
    began = time.monotonic()
    with watched() as peak:
        _do(step, home, arguments)
    print(json.dumps({"seconds": time.monotonic() - began, "mib": status("VmHWM"), "own": peak[0]}))


def _do(step: str, home: Path, arguments: argparse.Namespace) -> None:
    from corpus.models import Corpus
    from corpus.services import extract_backchannels, import_dialogues

    if step == "import":
        import_dialogues(path=home / "talk.jsonl", corpus_slug="talk", format_name="jsonl")
    elif step == "extract":
        extract_backchannels(corpus_slug="talk")
    elif step in ("backchannels", "contexts"):
        _train("item_vectors", Corpus.objects.get(slug="talk"), vector_settings(home)[step], [])
    else:
        from modeling.models import TrainingRun

        runs = TrainingRun.objects.filter(kind="item_vectors")
        parents = [runs.get(settings__part=part) for part in ("backchannel", "context")]
        settings = {"dimension": 256, "batch": arguments.batch, "epochs": arguments.epochs}
        settings |= {"backchannel": parents[0].digest, "context": [parents[1].digest]}
        _train("joint", Corpus.objects.get(slug="talk"), settings, parents)


def vector_settings(home: Path) -> dict[str, dict[str, Any]]:
    """Return what is embedded of items, 1,024 and 4,096 numbers each."""
    return {
        "backchannels": {"part": "backchannel", "source": "form", "forms": FORMS},
        "contexts": {"part": "context", "source": "lm", "model": str(home / "lm"), "turns": 1},
    }


def _train(kind: str, corpus: Any, settings: dict[str, Any], parents: list[Any]) -> None:
    from modeling.services.training.doing import train_run
    from modeling.services.training.runs import request_training

    run = request_training(kind=kind, corpus=corpus, settings=settings, parents=parents).run
    train_run(digest=run.digest, owner="bench")
    run.refresh_from_db()
    if run.state != "finished":
        raise SystemExit(f"{run}: {run.reason}")


@contextmanager
def watched() -> Iterator[list[float]]:
    """Give a list that holds the most memory of this process's own, in MiB, looked at 20 times a second."""
    peak, stop = [status("RssAnon")], threading.Event()

    def look() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], status("RssAnon"))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield peak
    stop.set()
    thread.join()


def status(name: str) -> float:
    """Return what the kernel says of this process, in MiB."""
    found = re.search(rf"{name}:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


def main() -> None:
    """Run the bench, or be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("items", 100_000), ("epochs", 2), ("batch", 4096)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        do(arguments.step, arguments.home, arguments)
        return
    with tempfile.TemporaryDirectory(prefix="bcstudy-bench-") as made:
        home = Path(made)
        write_dialogues(home / "talk.jsonl", arguments.items)
        write_model(home / "lm", home / "talk.jsonl")
        environment = os.environ | {"BCSTUDY_HOME": made, "PYTHONPATH": str(ROOT)}
        migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
        print(f"{arguments.items} items, {arguments.items * (HIDDEN + FORMS + 1) * 4 / 2**20:.0f} MiB of embeddings")
        print(f"{'':16}{'seconds':>10}{'peak MiB':>12}{'without mapped files':>24}")
        for step in STEPS:
            words = [f"--{name}={getattr(arguments, name)}" for name in ("items", "epochs", "batch")]
            command = [sys.executable, __file__, "--step", step, "--home", made, *words]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"{step:16}{told['seconds']:10.0f}{told['mib']:12.0f}{told['own']:24.0f}", flush=True)


if __name__ == "__main__":
    main()
