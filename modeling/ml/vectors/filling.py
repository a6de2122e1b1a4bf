"""The loop that fills a store: batch by batch, saved every few seconds, stopped when asked."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

import numpy as np

from modeling.ml.vectors.embedders import Embedder
from modeling.ml.vectors.store import VectorStore

SAVE_EVERY_S = 3.0


class Watcher(Protocol):
    """Who is told how far it is, and may stop it."""

    def at(self, *, step: int, total: int, speed: float | None = None) -> None:
        """Take in that so many items are done."""

    def saved(self, step: int) -> None:
        """Take in that so many are on disk."""

    def stop(self) -> bool:
        """Tell whether to stop."""


def fill(store: VectorStore, contents: Iterable[Any], embedder: Embedder, watcher: Watcher) -> bool:
    """Embed the contents that follow what is stored, None for items that have none; tell whether all are done.

    What is done when it is asked to stop is saved.
    """
    began, first, saved = time.monotonic(), store.done, time.monotonic()
    for batch in _batches(contents, embedder.batch):
        if watcher.stop():
            store.save()
            watcher.saved(store.done)
            return False
        there = [content for content in batch if content is not None]
        vectors = embedder.embed(there) if there else np.zeros((0, embedder.width), np.float32)
        store.add(vectors, np.array([content is not None for content in batch]))
        speed = (store.done - first) / max(time.monotonic() - began, 1e-9)
        watcher.at(step=store.done, total=store.n, speed=speed)
        if time.monotonic() - saved > SAVE_EVERY_S:
            store.save()
            watcher.saved(store.done)
            saved = time.monotonic()
    return True


def _batches(contents: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(contents)
    while batch := list(islice(rest, size)):
        yield batch
